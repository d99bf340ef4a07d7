import type { Milestone, Timing, Work } from '../api/names'
import { limit, shortDay } from './date'
import { words } from './words'

/** How a state looks; each tone has its own icon and its own fill, so that none is told by colour alone. */
export type Tone =
  | 'done'
  | 'late_done'
  | 'overdue'
  | 'behind'
  | 'blocked'
  | 'soon'
  | 'running'
  | 'upcoming'
  | 'over'
  | 'unknown'
  | 'undated'
  | 'aside'

const tones: Record<Timing, Tone> = {
  upcoming: 'upcoming',
  running: 'running',
  due_soon: 'soon',
  behind_plan: 'behind',
  overdue: 'overdue',
  done_on_time: 'done',
  done_late: 'late_done',
  done: 'done',
  over: 'over',
  no_record: 'unknown',
  undated: 'undated',
  set_aside: 'aside',
}

export interface Status {
  tone: Tone
  /** What it says first: "Còn 3 ngày", "Trễ 2 ngày", "Xong đúng hạn". */
  text: string
  /** What is said beside it: the work, where that is not said already, or how long what is blocked still has. */
  work: string | null
}

/** Whether it is a stretch of time that nobody can be late with. */
export function isBar(nature: Milestone['nature']): boolean {
  return nature === 'period' || nature === 'right' || nature === 'prohibition'
}

export function toneOf(timing: Timing): Tone {
  return tones[timing]
}

/** A milestone's state in words. */
export function statusOf(
  milestone: Pick<Milestone, 'timing' | 'work' | 'nature' | 'days_left'> &
    Partial<Pick<Milestone, 'standing'>>,
): Status {
  const { timing, work, nature, standing } = milestone
  if (standing === 'returned') {
    return { tone: tones[timing], text: firstWord(milestone), work: words().standing.returnedShort }
  }
  if (standing === 'confirmed') {
    return { tone: tones[timing], text: firstWord(milestone), work: words().standing.confirmed }
  }
  if (isStuck(milestone)) {
    const left = timing === 'undated' ? null : firstWord(milestone)
    return { tone: 'blocked', text: words().work.blocked, work: left }
  }
  return { tone: tones[timing], text: firstWord(milestone), work: workWord(timing, work, nature) }
}

/** Whether it is blocked while it still has time: nobody may take it for healthy. What is late says so first. */
function isStuck({ timing, work, nature }: Parameters<typeof statusOf>[0]): boolean {
  const waiting = ['upcoming', 'running', 'due_soon', 'undated'].includes(timing)
  return work === 'blocked' && waiting && !isBar(nature)
}

function firstWord({ timing, work, nature, days_left: left }: Parameters<typeof statusOf>[0]): string {
  const t = words()
  const bar = isBar(nature)
  switch (timing) {
    case 'upcoming':
      if (left === null) return t.timing.upcoming
      return bar ? t.days.opens(left) : t.days.left(left)
    case 'running':
      if (left === null) return t.timing.running
      return bar ? t.days.ends(left) : t.days.left(left)
    case 'due_soon':
      return left === null ? t.timing.due_soon : t.days.left(left)
    case 'overdue':
      // A cut-off at 17:00 is missed on its own day: no day late yet, but late.
      return left === null || left >= 0 ? t.timing.overdue : t.days.left(left)
    case 'set_aside':
      return work === 'cancelled' || work === 'not_applicable' ? t.work[work] : t.timing.set_aside
    case 'undated':
      return bar ? t.timing.undated : t.work[work]
    case 'done':
    case 'done_on_time':
      // An election day is not finished in time: it takes place.
      return nature === 'event' ? t.timing.took_place : t.timing[timing]
    case 'no_record':
      return !bar && isUnderWay(work) ? t.timing.no_outcome : t.timing.no_record
    default:
      return t.timing[timing]
  }
}

function workWord(timing: Timing, work: Work, nature: Milestone['nature']): string | null {
  const t = words()
  if (isBar(nature)) return timing === 'running' ? t.timing.running : null
  const open = ['upcoming', 'running', 'due_soon', 'behind_plan', 'overdue'].includes(timing)
  if (open) return t.work[work]
  return timing === 'no_record' && isUnderWay(work) ? t.work[work] : null
}

/** Whether somebody has told that it was begun, if not how it ended. */
export function isUnderWay(work: Work): boolean {
  return work === 'in_progress' || work === 'blocked'
}

/** The dates of a milestone in one short line: its limit or its stretch, with the hour where there is one. */
export function datesOf(milestone: Milestone): string {
  const t = words().dates
  const from = limit(milestone.not_before_on, milestone.not_before_at)
  const to = limit(milestone.latest_on, milestone.latest_at)
  if (from && to) {
    if (milestone.not_before_on === milestone.latest_on && !milestone.latest_at) return t.on(to)
    return t.fromTo(from, to)
  }
  if (to) return isBar(milestone.nature) ? t.until(to) : milestone.nature === 'event' ? t.on(to) : t.limit(to)
  if (from) return milestone.nature === 'event' ? t.on(from) : t.from(from)
  if (milestone.done_on) return t.doneOn(shortDay(milestone.done_on))
  if (milestone.done_by) return t.doneBy(shortDay(milestone.done_by))
  if (milestone.planned_on) return t.planned(shortDay(milestone.planned_on))
  return milestone.binding === 'plan' ? words().chart.undatedPlan : words().chart.undatedLaw
}

/** "Phú Thọ, Thành lập Ủy ban bầu cử, trễ 2 ngày, hạn 07/02/2021": what a screen reader says of a row. */
export function accessibleName(milestone: Milestone, title: string, place: string): string {
  const t = words()
  const status = statusOf(milestone)
  const parts = [place, title, lowered(status.text)]
  if (status.work && status.work !== status.text) parts.push(lowered(status.work))
  const dates = datesOf(milestone)
  parts.push(dates)
  if (milestone.planned_on) parts.push(t.dates.planned(shortDay(milestone.planned_on)))
  if (milestone.done_on) parts.push(t.dates.doneOn(shortDay(milestone.done_on)))
  else if (milestone.done_by) parts.push(t.dates.doneBy(shortDay(milestone.done_by)))
  return t.list([...new Set(parts)])
}

/** The same text within a sentence. */
export function lowered(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
