import type { DeadlineList, DeadlineRow, MatrixSums } from '../api/names'
import { type Language, language } from '../state/address'
import { limit, longDay, shortDay } from '../text/date'
import { type Status, statusOf } from '../text/status'
import { count, said, words } from '../text/words'
import { columnOf, type ListChoices, type ListState, sortOf } from './choice'

// The pure part of the list: what is asked for, what a row says, what is copied.

/** How many rows come at a time. */
export const pageLength = 100

/** The filter as the server takes it. */
export function queryOf(choices: ListChoices) {
  const { state, level, from, to, reach } = choices
  const { family, phase } = columnOf(choices.family)
  const sort = sortOf(choices)
  return {
    ...(state === 'all' ? {} : { state }),
    ...(family ? { family } : {}),
    ...(phase ? { phase } : {}),
    ...(level ? { level } : {}),
    ...(from ? { from } : {}),
    ...(to ? { to } : {}),
    ...(reach === 'branch' ? {} : { reach }),
    ...(sort === 'date' ? {} : { sort }),
  }
}

/** The token in the address of the next page; null on the last. */
export function tokenIn(next: string | null): string | null {
  return next ? new URL(next, 'http://x').searchParams.get('after') : null
}

/** How many rows a state would show; null where counts do not say. */
export function countOf(counts: MatrixSums, state: ListState): number | null {
  switch (state) {
    case 'open':
      return counts.total - counts.done
    case 'late':
      return counts.overdue + counts.behind_plan
    case 'overdue':
    case 'behind_plan':
    case 'due_soon':
    case 'done':
      return counts[state]
    default:
      return null
  }
}

/** Its state; of what is behind a plan, by how many days; of what is done, whether the level above has still to confirm. */
export function statusIn({ area, milestone, days_behind: behind }: DeadlineRow): Status {
  const status = statusOf(milestone)
  // The nation has nobody above it.
  if (milestone.standing === 'reported' && milestone.work === 'done' && area.level !== 'national') {
    return { ...status, work: words().standing.reportedShort }
  }
  if (milestone.timing !== 'behind_plan' || behind === null) return status
  return { ...status, text: words().deadlines.behind(behind) }
}

/** Whether a row is past the law's limit or a plan's day. */
export function isLate({ milestone }: DeadlineRow): boolean {
  return milestone.timing === 'overdue' || milestone.timing === 'behind_plan'
}

/** The name of the row's place. */
export function placeIn({ area }: DeadlineRow, lang: Language): string {
  return lang === 'en' ? area.name_en || area.name : area.name
}

/** Where the place lies, the nearest first; below a place of which that is plain, as far as that place. */
export function withinOf({ within }: DeadlineRow, lang: Language, below = 'VN'): string {
  const known = within.findIndex(one => one.code === below)
  const said = known < 0 ? within : within.slice(0, known)
  return words().list(said.map(one => (lang === 'en' ? one.name_en || one.name : one.name)))
}

/** What is late among the rows, as text for a message: what is past the law's limit, then what is past a plan's day. */
export function messageOf(
  list: DeadlineList,
  rows: readonly DeadlineRow[],
  place: string,
  link: string,
): string {
  const t = words().deadlines
  const lang = language.value
  const late = rows.filter(isLate)
  const more = list.counts.overdue + list.counts.behind_plan - late.length
  const part = (title: (n: string) => string, of: DeadlineRow[]) =>
    of.length === 0
      ? []
      : ['', title(count(of.length)), ...of.map((row, at) => `${at + 1}. ${lineOf(row, lang)}`)]
  return [
    t.message(place, longDay(list.day)),
    ...part(
      t.messageLaw,
      late.filter(row => row.milestone.timing === 'overdue'),
    ),
    ...part(
      t.messagePlan,
      late.filter(row => row.milestone.timing === 'behind_plan'),
    ),
    '',
    ...(more > 0 ? [t.messageMore(count(more))] : []),
    link,
  ].join('\n')
}

function lineOf(row: DeadlineRow, lang: Language): string {
  const within = withinOf(row, lang)
  const place = within ? `${placeIn(row, lang)} (${within})` : placeIn(row, lang)
  const { milestone } = row
  const status = statusIn(row).text
  const day =
    milestone.timing === 'behind_plan' && milestone.planned_on
      ? words().dates.planned(shortDay(milestone.planned_on))
      : words().dates.limit(limit(milestone.latest_on, milestone.latest_at) ?? '')
  return `${place}: ${said(milestone.title)} – ${status.charAt(0).toLowerCase()}${status.slice(1)}, ${day}`
}
