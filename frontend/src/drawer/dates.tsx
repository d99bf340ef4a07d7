import type { ComponentChildren } from 'preact'
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { messageAt } from '../api/answer'
import * as api from '../api/client'
import type { Milestone, MilestoneDetail, Problem, Timeline } from '../api/names'
import type { Cell } from '../state/cell'
import { isDay, parseDay } from '../state/day'
import { limit, longDay, shortDay } from '../text/date'
import { isBar, isUnderWay } from '../text/status'
import { words } from '../text/words'
import { Conflict } from './conflict'
import { askAgain, withMilestones } from './follow'

interface DatesProps {
  item: Milestone
  revision: number | null
  cell: Cell<Timeline>
  details: Cell<MilestoneDetail>
  timeline: Timeline
  editable: boolean
}

/** The four dates: not before, latest, the place's own plan, done. */
export function FourDates(props: DatesProps) {
  const { item, timeline } = props
  const t = words()
  const latest = limit(item.latest_on, item.latest_at, { long: true })
  const undated = item.binding === 'plan' ? t.chart.undatedPlan : t.chart.undatedLaw
  const done = item.done_on
    ? longDay(item.done_on)
    : item.done_by
      ? t.table.doneByLong(longDay(item.done_by))
      : null
  return (
    <section class="drawer-part" aria-label={t.drawer.dates}>
      <dl class="dates">
        <DateOf label={t.drawer.notBefore} none={t.drawer.noLimit}>
          {limit(item.not_before_on, item.not_before_at, { long: true })}
        </DateOf>
        <DateOf label={latestLabel(item)} none={item.not_before_on ? t.drawer.noLimit : undated} strong>
          {latest}
        </DateOf>
        {plannable(item, timeline) && (
          <div class="date date-planned">
            <dt>{t.drawer.planned}</dt>
            <dd>
              <Planned {...props} />
            </dd>
          </div>
        )}
        {!isBar(item.nature) && (
          <DateOf label={t.drawer.done} none={doneNone(item)}>
            {done}
          </DateOf>
        )}
      </dl>
    </section>
  )
}

/** An event has its day; everything else a last one. */
function latestLabel({ nature, binding }: Milestone): string {
  const t = words().drawer
  if (nature === 'event') return t.eventDay
  return binding === 'plan' ? t.latestPlan : t.latest
}

/** What stands where no day of being done is known. */
function doneNone({ timing, work }: Milestone): string {
  const t = words()
  if (timing !== 'no_record') return t.drawer.notYet
  return isUnderWay(work) ? t.timing.no_outcome : t.timing.no_record
}

/** Whether a place may set itself a day: where nothing is to be done, or no more, there is nothing to plan. */
function plannable(item: Milestone, timeline: Timeline): boolean {
  return !isBar(item.nature) && (item.planned_on !== null || isOpen(item, timeline))
}

/** Whether something is left to do; only then does the server take a planned day. */
function isOpen({ tasks_total: tasks, work }: Milestone, { election }: Timeline): boolean {
  const left = work === 'not_started' || work === 'in_progress' || work === 'blocked'
  return tasks > 0 && left && election.state !== 'closed'
}

interface DateOfProps {
  label: string
  none: string
  strong?: boolean
  children: ComponentChildren
}

function DateOf({ label, none, strong = false, children }: DateOfProps) {
  return (
    <div class="date">
      <dt>{label}</dt>
      <dd class={children ? (strong ? 'date-strong' : '') : 'date-none'}>{children || none}</dd>
    </div>
  )
}

type Trouble =
  | { kind: 'day' }
  | { kind: 'network' }
  | { kind: 'problem'; problem: Problem }
  | { kind: 'conflict'; theirs: { planned_on: string | null; revision: number }; mine: string | null }

/** The place's own planned day, to set, move and clear. */
function Planned({ item, revision, cell, details, timeline, editable }: DatesProps) {
  const t = words()
  const id = useId()
  const [typed, setTyped] = useState<string | null>(null)
  // What is typed is about the day as it was then.
  const [base, setBase] = useState({ planned: item.planned_on, revision })
  const [busy, setBusy] = useState(false)
  const [trouble, setTrouble] = useState<Trouble | null>(null)
  const [saved, setSaved] = useState(false)
  const stage = trouble?.kind === 'conflict' ? 'conflict' : typed === null ? 'day' : 'form'
  const frame = useRef<HTMLElement | null>(null)
  useFocusOn(stage, trouble, saved, frame)
  const election = timeline.election.id

  const send = async (planned: string | null, over: number | null): Promise<void> => {
    if (over === null || busy) return
    setBusy(true)
    setSaved(false)
    setTrouble(null)
    const answer = await api.patchMilestone(election, item.area, item.id, over, { planned_on: planned })
    setBusy(false)
    if (answer.kind === 'data') {
      const { milestone } = answer.data
      setTyped(null)
      setSaved(true)
      cell.change(shown => withMilestones(shown, [milestone]))
      details.change(shown => ({ ...shown, planned_on: milestone.planned_on, revision: milestone.revision }))
      askAgain(cell, election, item.area, item.id)
    } else if (answer.kind === 'unreachable') setTrouble({ kind: 'network' })
    else if (answer.kind === 'problem') {
      const found = troubleOf(answer.problem, planned)
      // Something else about the milestone was changed: of the day there is nothing to choose.
      const other = found.kind === 'conflict' && found.theirs.planned_on === base.planned
      if (other && found.theirs.revision !== over) await send(planned, found.theirs.revision)
      else setTrouble(found)
    }
  }
  const take = () => {
    const day = parseDay(typed ?? '')
    if (day) void send(day, base.revision)
    else setTrouble({ kind: 'day' })
  }
  const start = () => {
    setTrouble(null)
    setSaved(false)
    setBase({ planned: item.planned_on, revision })
    setTyped(shortDay(item.planned_on ?? timeline.today))
  }
  if (trouble?.kind === 'conflict') {
    const { theirs, mine } = trouble
    return (
      <Conflict
        rows={[{ field: 'planned_on', theirs: theirs.planned_on, mine }]}
        of={{ election, area: item.area, milestone: item.id, revision: theirs.revision }}
        onTheirs={() => {
          setTrouble(null)
          setTyped(null)
          askAgain(cell, election, item.area, item.id)
        }}
        onMine={() => void send(mine, theirs.revision)}
      />
    )
  }
  const message = messageOf(trouble)
  if (typed === null) {
    return (
      <div
        class="plan-day"
        ref={made => {
          frame.current = made
        }}
      >
        <span class={item.planned_on ? '' : 'date-none'}>
          {item.planned_on ? longDay(item.planned_on) : t.drawer.notSet}
        </span>
        {editable && (
          <span class="buttons">
            {isOpen(item, timeline) && (
              <button type="button" class="button small" onClick={start}>
                {item.planned_on ? t.plan.change : t.plan.set}
              </button>
            )}
            {item.planned_on && (
              <button
                type="button"
                class="button small quiet"
                aria-disabled={busy}
                onClick={() => void send(null, revision)}
              >
                {t.plan.clear}
              </button>
            )}
          </span>
        )}
        <span role="status">{saved && <span class="good">{t.task.saved}</span>}</span>
        {message && (
          <p class="wrong" role="alert">
            {message}
          </p>
        )}
      </div>
    )
  }
  return (
    <form
      class="plan-form"
      ref={form => {
        frame.current = form
      }}
      onSubmit={event => {
        event.preventDefault()
        take()
      }}
      onKeyDown={event => {
        // Esc leaves the form first, the drawer next.
        if (event.key !== 'Escape') return
        event.preventDefault()
        event.stopPropagation()
        setTyped(null)
      }}
    >
      <label class="only-read" for={id}>
        {t.plan.label} ({t.asOf.format})
      </label>
      <input
        id={id}
        class="day-input"
        inputMode="numeric"
        autocomplete="off"
        value={typed}
        aria-invalid={message !== null}
        aria-describedby={message ? `${id}-wrong` : undefined}
        onInput={event => setTyped(event.currentTarget.value)}
      />
      {item.planned_on !== base.planned && (
        <p class="remark" role="status">
          {t.live.overtaken}
        </p>
      )}
      <button type="submit" class="button small primary" aria-disabled={busy}>
        {busy ? t.task.saving : t.task.save}
      </button>
      <button type="button" class="button small quiet" onClick={() => setTyped(null)}>
        {t.task.cancel}
      </button>
      {message && (
        <p class="wrong" id={`${id}-wrong`} role="alert">
          {message}
        </p>
      )}
    </form>
  )
}

/** What had the focus makes way for something else: the field, or the button that stays, gets it. */
function useFocusOn(
  stage: 'conflict' | 'day' | 'form',
  trouble: Trouble | null,
  saved: boolean,
  frame: { current: HTMLElement | null },
): void {
  const was = useRef(stage)
  useLayoutEffect(() => {
    const moved = was.current !== stage
    was.current = stage
    const lost = saved && !frame.current?.contains(document.activeElement)
    if (stage === 'form' && (moved || trouble)) frame.current?.querySelector('input')?.focus()
    if (stage === 'day' && (moved || lost)) frame.current?.querySelector('button')?.focus()
  }, [stage, trouble, saved, frame])
}

function troubleOf(problem: Problem, mine: string | null): Trouble {
  const { current } = problem
  if (problem.status !== 412 || !current) return { kind: 'problem', problem }
  const { planned_on, revision } = current as { planned_on?: unknown; revision?: unknown }
  return {
    kind: 'conflict',
    theirs: {
      planned_on: typeof planned_on === 'string' && isDay(planned_on) ? planned_on : null,
      revision: typeof revision === 'number' ? revision : 0,
    },
    mine,
  }
}

function messageOf(trouble: Trouble | null): string | null {
  const t = words()
  switch (trouble?.kind) {
    case 'day':
      return t.asOf.notADay
    case 'network':
      return t.task.network
    case 'problem':
      return messageAt(trouble.problem, '/planned_on') ?? t.task.refused(trouble.problem.detail)
    default:
      return null
  }
}
