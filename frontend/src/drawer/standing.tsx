import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { may } from '../access/session'
import { type Answer, messageAt } from '../api/answer'
import * as api from '../api/client'
import type { Milestone, MilestoneDetail, MilestoneJudged, Problem, Timeline } from '../api/names'
import { Field } from '../shell/field'
import { Icon } from '../shell/icon'
import { useUnsaved } from '../shell/unsaved'
import type { Cell } from '../state/cell'
import { moment } from '../text/date'
import { words } from '../text/words'
import { askAgain, withMilestones } from './follow'

interface StandingProps {
  detail: MilestoneDetail
  details: Cell<MilestoneDetail>
  item: Milestone
  timeline: Timeline
  cell: Cell<Timeline>
  /** It is the present, and the place's own milestone. */
  now: boolean
}

/** What the level above says of what was reported, and what whoever leads there can say. */
export function StandingPart(props: StandingProps) {
  const { detail, timeline, now } = props
  const t = words().standing
  const { standing, judgement } = detail
  const reported = standing === 'reported' || standing === 'confirmed'
  const judges = now && reported && may('confirm', timeline.election.id, timeline.area)
  const [said, setSaid] = useState<string | null>(null)
  const state = useRef<HTMLParagraphElement>(null)
  // The buttons go with what they did: whoever pressed one reads on here.
  useLayoutEffect(() => {
    if (said !== null) state.current?.focus()
  }, [said])
  if (standing === 'unreported') return null
  const why = judgement?.standing === 'returned' ? judgement.reason : null
  return (
    <section class={`drawer-part standing standing-${standing}`} aria-label={t.title}>
      <p class="standing-state" ref={state} tabIndex={-1}>
        <Icon name={standing} />
        <strong>{words().standing[standing]}</strong>
        {judgement && judgement.standing === standing && (
          <span class="hint">{t.by(judgement.by, moment(judgement.at))}</span>
        )}
      </p>
      {why && <p class="standing-why">{standing === 'returned' ? t.because(why) : t.before(why)}</p>}
      {judges && <Verdict key={standing} {...props} onDone={setSaid} />}
      <p class="good" role="status">
        {said}
      </p>
    </section>
  )
}

/** Confirming is one press; returning needs a reason first. */
function Verdict({
  detail,
  details,
  timeline,
  cell,
  onDone,
}: StandingProps & { onDone: (said: string) => void }) {
  const t = words().standing
  const election = timeline.election.id
  const [reason, setReason] = useState<string | null>(null)
  const [wrong, setWrong] = useState<string | null>(null)
  const [trouble, setTrouble] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const opener = useRef<HTMLButtonElement>(null)
  const send = async (ask: () => Promise<Answer<MilestoneJudged>>, done: string) => {
    if (busy) return
    setBusy(true)
    setTrouble(null)
    setWrong(null)
    const answer = await ask()
    setBusy(false)
    if (answer.kind === 'data') {
      const { milestone } = answer.data
      onDone(done)
      details.change(shown => ({ ...shown, work: milestone.work, standing: milestone.standing }))
      cell.change(shown => withMilestones(shown, [milestone]))
      askAgain(cell, election, detail.area, detail.id)
    } else if (answer.kind === 'unreachable') setTrouble(words().task.network)
    else if (answer.kind === 'problem') refuse(answer.problem)
  }
  const refuse = (problem: Problem) => {
    setWrong(messageAt(problem, '/reason'))
    if (problem.status === 412 || problem.code === 'milestone-not-reported') {
      setTrouble(problem.status === 412 ? t.changed : problem.detail)
      askAgain(cell, election, detail.area, detail.id)
    } else if (!messageAt(problem, '/reason')) setTrouble(words().task.refused(problem.detail))
  }
  const { area, id, revision } = detail
  const giveBack = () => {
    const why = (reason ?? '').trim()
    if (why === '') setWrong(t.reasonMissing)
    else void send(() => api.returnMilestone(election, area, id, revision, why), t.returnedNow)
  }
  const cancel = () => {
    setReason(null)
    setWrong(null)
    setTimeout(() => opener.current?.focus())
  }
  return (
    <>
      {reason === null ? (
        <div class="buttons">
          {detail.standing === 'reported' && (
            <button
              type="button"
              class="button small primary"
              aria-disabled={busy}
              onClick={() =>
                void send(() => api.confirmMilestone(election, area, id, revision), t.confirmedNow)
              }
            >
              {t.confirm}
            </button>
          )}
          <button
            type="button"
            class="button small"
            ref={opener}
            aria-disabled={busy}
            onClick={() => setReason('')}
          >
            {t.giveBack}
          </button>
        </div>
      ) : (
        <ReturnForm
          reason={reason}
          wrong={wrong}
          busy={busy}
          onInput={setReason}
          onSend={giveBack}
          onCancel={cancel}
        />
      )}
      {trouble && (
        <p class="wrong" role="alert">
          {trouble}
        </p>
      )}
    </>
  )
}

interface ReturnFormProps {
  reason: string
  wrong: string | null
  busy: boolean
  onInput: (reason: string) => void
  onSend: () => void
  onCancel: () => void
}

function ReturnForm({ reason, wrong, busy, onInput, onSend, onCancel }: ReturnFormProps) {
  const t = words()
  const form = useRef<HTMLFormElement>(null)
  useUnsaved(reason.trim() !== '')
  useLayoutEffect(() => {
    form.current?.querySelector('textarea')?.focus()
  }, [wrong])
  return (
    <form
      ref={form}
      class="task-form"
      noValidate
      aria-label={t.standing.send}
      onSubmit={event => {
        event.preventDefault()
        if (!busy) onSend()
      }}
      onKeyDown={event => {
        if (event.key !== 'Escape' || reason.trim() !== '') return
        event.preventDefault()
        event.stopPropagation()
        onCancel()
      }}
    >
      <Field
        label={t.standing.reason}
        hint={t.standing.reasonHint}
        value={reason}
        wrong={wrong}
        long
        onInput={onInput}
      />
      <div class="buttons">
        <button type="submit" class="button primary" aria-disabled={busy}>
          {busy ? t.task.saving : t.standing.send}
        </button>
        <button type="button" class="button" onClick={onCancel}>
          {t.task.cancel}
        </button>
      </div>
    </form>
  )
}
