import type { ChangeEntry, Milestone } from '../api/names'
import { language } from '../state/address'
import { lowered, statusOf } from '../text/status'
import { count, said, words } from '../text/words'

/** What others have changed since it was last said. */
export interface Summary {
  /** The latest entry of each thing that was changed. */
  things: ReadonlyMap<string, ChangeEntry>
  /** There is more than is known one by one. */
  more: boolean
}

export const nothingNew: Summary = { things: new Map(), more: false }

/** Whether somebody else did it: neither this page nor the clock. */
export function isOthers(entry: ChangeEntry, own: string): boolean {
  return entry.tag !== own && entry.kind !== 'milestone_turned'
}

/** What was there, and what comes to it; what happens to one thing twice is one thing. */
export function withMore(summary: Summary, entries: readonly ChangeEntry[], more: boolean): Summary {
  const things = new Map(summary.things)
  for (const entry of entries) {
    const { area, milestone, subject, kind } = entry
    things.set(`${area} ${milestone ?? `${kind} ${subject}`}`, entry)
  }
  return { things, more: summary.more || more }
}

/** How many are named at most; of more only the first is. */
const named = 2

/** "Có 3 thay đổi mới: Bắc Kạn, Thành lập Ủy ban bầu cử: xong đúng hạn; …; và 1 thay đổi khác". */
export function summaryText({ things, more }: Summary): string {
  const t = words().live
  if (more) return t.many
  const lang = language.value
  const lines = [...things.values()].flatMap(({ item }) =>
    item
      ? [
          t.line(
            lang === 'en' ? item.area.name_en || item.area.name : item.area.name,
            said(item.milestone.title),
            stateOf(item.milestone),
          ),
        ]
      : [],
  )
  const shown = lines.slice(0, things.size > named ? 1 : named)
  const left = things.size - shown.length
  return t.news(things.size, count(things.size), [
    ...shown,
    ...(shown.length > 0 && left > 0 ? [t.others(left, count(left))] : []),
  ])
}

/** "còn 23 ngày, đang làm". */
function stateOf(milestone: Milestone): string {
  const { text, work } = statusOf(milestone)
  return words().list([text, ...(work && work !== text ? [work] : [])].map(lowered))
}
