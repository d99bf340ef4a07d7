import { useEffect, useRef, useState } from 'preact/hooks'
import { askToSignIn } from '../access/asking'
import { peopleChanged } from '../access/peopleturn'
import { may, session } from '../access/session'
import { bring, templateAddress } from '../api/imports'
import type { Import, Problem, Timeline } from '../api/names'
import { Choice } from '../shell/choice'
import { Link } from '../shell/link'
import { Skeleton } from '../shell/state'
import { useUnsaved } from '../shell/unsaved'
import { address, go, type Taking, takings } from '../state/address'
import type { Cell } from '../state/cell'
import { words } from '../text/words'
import { Made } from './made'
import { Counts, Rows } from './rows'

interface Props {
  timeline: Timeline
  name: string
  kind: Taking
  cell: Cell<Timeline>
}

/** Taking in a spreadsheet at a place: choose, preview, confirm. */
export function ImportView({ timeline, name, kind, cell }: Props) {
  const t = words()
  const { election, area } = timeline
  const heading = useRef<HTMLHeadingElement>(null)
  const known = session()
  useEffect(() => heading.current?.focus(), [])
  const kinds = takings.filter(one => may(one === 'people' ? 'admit' : 'report', election.id, area))
  return (
    <section class="sheet import" aria-labelledby="import-title">
      <p class="plans-back">
        <Link to={{ taking: null }}>{t.plans.back}</Link>
      </p>
      <h2 id="import-title" ref={heading} tabIndex={-1}>
        {t.imports.title(name)}
      </h2>
      {known === null && <Skeleton lines={6} />}
      {known !== null && !kinds.includes(kind) && (
        <div class="remark">
          <p>{known.signed_in ? t.imports.notFor : t.imports.signIn}</p>
          {!known.signed_in && (
            <p>
              <button type="button" class="button" onClick={askToSignIn}>
                {t.signIn.open}
              </button>
            </p>
          )}
        </div>
      )}
      {kinds.includes(kind) && (
        <>
          {kinds.length > 1 && (
            <Choice
              label={t.imports.kind}
              values={kinds}
              chosen={kind}
              word={value => t.imports.kinds[value]}
              onChoose={taking => go({ taking }, { replace: true })}
            />
          )}
          <p>{t.imports.about[kind]}</p>
          <Templates election={election.id} area={area.code} kind={kind} />
          <Taken
            election={election.id}
            area={area.code}
            kind={kind}
            onDone={() => {
              if (kind === 'people') peopleChanged()
              else void cell.refresh()
            }}
          />
        </>
      )}
    </section>
  )
}

function Templates({ election, area, kind }: { election: string; area: string; kind: Taking }) {
  const t = words().imports
  const { lang } = address.value
  return (
    <p class="import-templates">
      <a class="button" href={templateAddress(election, area, `${kind}.xlsx`, lang)} download>
        {t.template}
      </a>
      <a class="button" href={templateAddress(election, area, `${kind}.csv`, lang)} download>
        {t.plainTemplate}
      </a>
    </p>
  )
}

interface TakenProps {
  election: string
  area: string
  kind: Taking
  onDone: () => void
}

/** The file: chosen, previewed, written. */
function Taken({ election, area, kind, onDone }: TakenProps) {
  const t = words()
  const [file, setFile] = useState<File | null>(null)
  const [correct, setCorrect] = useState(false)
  const [busy, setBusy] = useState<'reading' | 'writing' | null>(null)
  const [report, setReport] = useState<Import | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [network, setNetwork] = useState(false)
  const status = useRef<HTMLHeadingElement>(null)
  useUnsaved(report?.dry_run === true || (report?.links.length ?? 0) > 0)
  useEffect(() => {
    if (report) status.current?.focus()
  }, [report])

  const send = async (which: File, how: { partial?: boolean; dryRun: boolean; correct: boolean }) => {
    if (busy) return
    setBusy(how.dryRun ? 'reading' : 'writing')
    setProblem(null)
    setNetwork(false)
    const answer = await bring(kind, election, area, which, {
      dryRun: how.dryRun,
      partial: how.partial ?? false,
      correct: how.correct,
      preview: how.dryRun ? null : (report?.preview ?? null),
    })
    setBusy(null)
    if (answer.kind === 'data') {
      setReport(answer.data)
      if (!answer.data.dry_run) onDone()
    } else if (answer.kind === 'problem') {
      const held = answer.problem.code === 'import-refused' ? answer.problem.current : undefined
      // What was refused for being changed since the preview stays so: the preview is the one that was looked at.
      if (held) setReport({ ...(held as unknown as Import), preview: report?.preview ?? null })
      else if (how.dryRun) setReport(null)
      setProblem(answer.problem)
    } else setNetwork(true)
  }
  const choose = (which: File | undefined) => {
    if (!which) return
    setFile(which)
    setReport(null)
    void send(which, { dryRun: true, correct })
  }
  const written = report !== null && !report.dry_run && !report.held
  return (
    <>
      <Drop busy={busy !== null} onChoose={choose} />
      {kind === 'statuses' && (
        <label class="import-correct">
          <input
            type="checkbox"
            checked={correct}
            onChange={event => {
              const on = event.currentTarget.checked
              setCorrect(on)
              if (file && report && !written) void send(file, { dryRun: true, correct: on })
            }}
          />
          {t.imports.correct}
        </label>
      )}
      <p role="status" class="import-busy">
        {busy ? t.imports[busy] : written ? t.imports.done : ''}
      </p>
      {(problem || network) && (
        <p class="field-message" role="alert">
          {problem ? problem.detail : t.error.unreachable}
        </p>
      )}
      {report && file && (
        <section class="import-report" aria-labelledby="import-report">
          <h3 id="import-report" ref={status} tabIndex={-1}>
            {written ? t.imports.result(file.name) : t.imports.preview(file.name)}
          </h3>
          <Counts of={report} />
          {written && report.links.length > 0 && <Made links={report.links} />}
          <Listed report={report} />
          {!written && (
            <Confirm
              report={report}
              busy={busy !== null}
              onWrite={partial => void send(file, { dryRun: false, partial, correct })}
            />
          )}
        </section>
      )}
    </>
  )
}

/** Where a file is chosen, or dropped. */
function Drop({ busy, onChoose }: { busy: boolean; onChoose: (file: File | undefined) => void }) {
  const t = words().imports
  const [over, setOver] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  return (
    <fieldset
      class={`import-drop ${over ? 'over' : ''}`}
      onDragOver={event => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={event => {
        event.preventDefault()
        setOver(false)
        if (!busy) onChoose(event.dataTransfer?.files[0])
      }}
    >
      <input
        ref={input}
        id="import-file"
        type="file"
        accept=".xlsx,.csv"
        disabled={busy}
        onChange={event => {
          const [chosen] = event.currentTarget.files ?? []
          onChoose(chosen)
          // The same file again, mended meanwhile, is a choice as well.
          event.currentTarget.value = ''
        }}
      />
      <label class="button" for="import-file">
        {t.choose}
      </label>
      <p class="hint">{t.drop}</p>
    </fieldset>
  )
}

const filters = ['all', 'refused'] as const

function Listed({ report }: { report: Import }) {
  const t = words().imports
  const [only, setOnly] = useState<(typeof filters)[number]>('all')
  const rows = only === 'refused' ? report.rows.filter(one => one.result === 'refused') : report.rows
  return (
    <>
      {report.refused > 0 && report.refused < report.total && (
        <Choice
          label={t.shown}
          values={filters}
          chosen={only}
          word={value => (value === 'all' ? t.all : t.onlyRefused)}
          onChoose={setOnly}
        />
      )}
      {report.truncated && <p class="hint">{t.cut(report.rows.length, report.total)}</p>}
      {report.skipped.length > 0 && <p class="hint">{t.skipped(words().list(report.skipped))}</p>}
      <Rows rows={rows} label={t.shown} />
    </>
  )
}

interface ConfirmProps {
  report: Import
  busy: boolean
  onWrite: (partial: boolean) => void
}

/** What is written by confirming it. */
function Confirm({ report, busy, onWrite }: ConfirmProps) {
  const t = words().imports
  const acting = report.made + report.changed
  return (
    <>
      {report.refused > 0 && <p class="remark">{t.fix}</p>}
      {acting === 0 && report.refused === 0 && <p>{t.nothing}</p>}
      {acting > 0 && (
        <p class="buttons">
          <button
            type="button"
            class="button primary"
            aria-disabled={busy}
            onClick={() => !busy && onWrite(report.refused > 0)}
          >
            {report.refused > 0 ? t.commitRest(acting) : t.commit(acting)}
          </button>
        </p>
      )}
    </>
  )
}
