import { useRef, useState } from 'preact/hooks'
import { ActDialog, type Faults } from '../act/dialog'
import * as api from '../api/client'
import type { Batch, Timeline } from '../api/names'
import { ReportFields } from '../drawer/form'
import { Field } from '../shell/field'
import { address } from '../state/address'
import { ownChanges } from '../state/refresh'
import { shortDay } from '../text/date'
import { count, words } from '../text/words'
import { BatchView } from './batch'
import { batchIn, type Deed, deedBegins, deedFaults, deedOf } from './deed'
import { setTicks, type Ticks, targetsOf } from './ticks'

interface Props {
  deed: Deed
  timeline: Timeline
  ticks: Ticks
  /** How many are ticked. */
  n: number
  place: string
  onClose: () => void
}

/** One thing done with all ticked rows: what, what it comes to row by row, and that it is done. */
export function BulkDialog({ deed, timeline, ticks, n, place, onClose }: Props) {
  const t = words()
  const { list: choices, matrix } = address.value
  // What the dialog was opened on; the list below it goes on.
  const [target] = useState(() => targetsOf(ticks, choices, matrix))
  const [title] = useState(() => t.bulk.title[deed](count(n)))
  const [draft, setDraft] = useState(() => deedBegins(shortDay(timeline.today)))
  const seen = useRef<Batch | null>(null)
  const check = (): Faults => {
    const wrong = deedFaults(deed, draft)
    return Object.fromEntries(
      Object.entries(wrong).map(([at, why]) => [at, why === 'day' ? t.asOf.notADay : missing(at)]),
    )
  }
  const missing = (at: string) => (at === '/reason' ? t.task.reasonMissing : t.task.dayMissing)
  const send = async (dryRun: boolean) => {
    const preview = seen.current?.preview
    const leftOut = dryRun || (seen.current?.refused ?? 0) > 0
    const answer = await api.postBatch(
      timeline.election.id,
      timeline.area.code,
      {
        ...target,
        ...deedOf(deed, draft),
        ...(leftOut ? { partial: true } : {}),
        ...(!dryRun && preview ? { preview } : {}),
      },
      dryRun,
    )
    if (answer.kind === 'data') seen.current = answer.data
    // What was done, or what others did since the rows were ticked: the list is looked at again.
    if (!dryRun || seen.current?.reasons.some(({ code }) => code === 'stale-revision')) ownChanges.value += 1
    return answer
  }
  return (
    <ActDialog<Batch>
      title={title}
      check={check}
      send={send}
      total={batch => batch.changed}
      commitWord={batch =>
        batch.refused > 0
          ? t.bulk.commitRest(count(batch.refused), count(batch.changed))
          : t.bulk.commit(count(batch.changed))
      }
      show={batch => <BatchView batch={batch} />}
      refused={problem => {
        const batch = batchIn(problem.current)
        return batch && <BatchView batch={batch} />
      }}
      pointers={['/planned_on', '/reason', '/done_on', '/done_by', '/evidence/issued_on']}
      onDone={() => setTicks(leftAfter(ticks, seen.current))}
      onClose={onClose}
    >
      {wrong => (
        <>
          <p class="hint">{t.bulk.where(place)}</p>
          {deed === 'report' && (
            <>
              <ReportFields
                draft={draft.report}
                wrong={wrong}
                onChange={change => setDraft({ ...draft, report: { ...draft.report, ...change } })}
              />
              <label class="radio">
                <input
                  type="checkbox"
                  checked={draft.correct}
                  onChange={() => setDraft({ ...draft, correct: !draft.correct })}
                />
                <span>{t.bulk.correct}</span>
              </label>
            </>
          )}
          {deed === 'plan' && (
            <Field
              label={t.fields.planned_on ?? t.drawer.planned}
              hint={t.bulk.plannedHint}
              value={draft.planned}
              wrong={wrong('/planned_on')}
              day
              onInput={planned => setDraft({ ...draft, planned })}
            />
          )}
          {deed === 'confirm' && <p>{t.bulk.confirmHint}</p>}
          {deed === 'return' && (
            <Field
              label={t.task.reason}
              hint={t.bulk.returnHint}
              value={draft.reason}
              wrong={wrong('/reason')}
              long
              onInput={reason => setDraft({ ...draft, reason })}
            />
          )}
        </>
      )}
    </ActDialog>
  )
}

/** What stays ticked: the rows that were refused, as far as they are named. */
function leftAfter(ticks: Ticks, batch: Batch | null): Ticks {
  const refused = new Set(
    (batch?.rows ?? []).filter(row => row.result === 'refused').map(row => `${row.area} ${row.milestone}`),
  )
  const rows = new Map([...ticks.rows].filter(([name]) => !ticks.whole && refused.has(name)))
  return { list: ticks.list, whole: false, rows }
}
