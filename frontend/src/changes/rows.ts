import type { Difference, DifferenceCounts, DifferenceKind } from '../api/names'
import { limit, shortDay } from '../text/date'
import type { Tone } from '../text/status'
import { words } from '../text/words'
import { differenceKinds } from './choice'

/** How a kind of difference looks; its word always stands beside the picture. */
export const toneOfKind: Record<DifferenceKind, Tone> = {
  done: 'done',
  begun: 'running',
  blocked: 'blocked',
  became_late: 'overdue',
  date_moved: 'upcoming',
  planned: 'soon',
  occurred: 'soon',
  added: 'over',
  reopened: 'running',
  taken_back: 'undated',
  done_day_moved: 'late_done',
  set_aside: 'aside',
  cancelled: 'aside',
  standing: 'over',
}

/** The kinds that there are any of, the chosen one too. */
export function kindsIn(counts: DifferenceCounts, chosen: DifferenceKind | null = null): DifferenceKind[] {
  return differenceKinds.filter(kind => counts[kind] > 0 || kind === chosen)
}

/** What stands under one place. */
export interface PlaceGroup {
  area: Difference['area']
  within: Difference['within']
  items: Difference[]
}

/** Differences come by place; those of one place stand together. */
export function byPlace(items: readonly Difference[]): PlaceGroup[] {
  const groups: PlaceGroup[] = []
  for (const item of items) {
    const last = groups.at(-1)
    if (last && last.area.code === item.area.code) last.items.push(item)
    else groups.push({ area: item.area, within: item.within, items: [item] })
  }
  return groups
}

/** In words: "Chưa làm → Xong 22/01/2021", "hạn 07/02/2021 → hạn 09/02/2021". */
export function differenceText({ before, after, kinds }: Difference): string {
  const t = words()
  const said: string[] = []
  const step = (from: string | null, to: string | null) => {
    if (from !== to) said.push(t.changes.fromTo(from ?? t.dates.none, to ?? t.dates.none))
  }
  const work = (side: Side) => [t.work[side.work], doneDay(side)].filter(Boolean).join(' ')
  const end = (side: Side) => {
    const day = limit(side.latest_on, side.latest_at)
    return day && t.dates.limit(day)
  }
  const start = (side: Side) => {
    const day = limit(side.not_before_on, side.not_before_at)
    return day && t.dates.from(day)
  }
  const planned = (side: Side) => side.planned_on && t.dates.planned(shortDay(side.planned_on))
  if (!before) {
    const days = [start(after), end(after), planned(after)].filter(Boolean)
    return t.list([
      t.changes.isNew,
      ...days.map(String),
      ...(after.work === 'not_started' ? [] : [work(after)]),
    ])
  }
  step(work(before), work(after))
  step(start(before), start(after))
  step(end(before), end(after))
  step(planned(before), planned(after))
  if (kinds.includes('became_late')) {
    said.push(t.list([t.timing[after.timing], ...[end(after) ?? planned(after)].filter(one => one !== null)]))
  }
  if (kinds.includes('standing'))
    step(t.changes.standings[before.standing], t.changes.standings[after.standing])
  return said.join(' · ')
}

type Side = Difference['after']

function doneDay(side: Side): string | null {
  if (side.work !== 'done') return null
  if (side.done_on) return shortDay(side.done_on)
  return side.done_by ? `≤ ${shortDay(side.done_by)}` : null
}
