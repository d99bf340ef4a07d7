import type { Area, Milestone, Timeline } from '../api/names'

/** A milestone as the address names it: its id, with its area in front when it comes from above. */
export function nameOf(milestone: Milestone, own: string): string {
  return milestone.area === own ? milestone.id : `${milestone.area}:${milestone.id}`
}

/** What the address's `m` points at. */
export function placeOf(name: string, own: string): { area: string; id: string } {
  const colon = name.indexOf(':')
  return colon < 0 ? { area: own, id: name } : { area: name.slice(0, colon), id: name.slice(colon + 1) }
}

/** The milestone of the timeline that the address's `m` points at, if it is on it. */
export function chosen(timeline: Timeline | null, name: string | null): Milestone | null {
  if (!timeline || !name) return null
  const { area, id } = placeOf(name, timeline.area.code)
  const among = area === timeline.area.code ? timeline.items : timeline.above
  return among.find(milestone => milestone.id === id && milestone.area === area) ?? null
}

/** The name of a place on the timeline's line of ancestors, in the language; its code when it is not on it. */
export function areaName(area: Area, code: string, lang: 'vi' | 'en'): string {
  const found = code === area.code ? area : area.ancestors.find(ancestor => ancestor.code === code)
  if (!found) return code
  return lang === 'en' ? found.name_en || found.name : found.name
}

/** What to do first: what is late, then what is due next, by day. Bars and what is done are not things to do. */
export function nextUp(timeline: Timeline, howMany: number): Milestone[] {
  const open = timeline.items.filter(
    item =>
      (item.nature === 'duty' || item.nature === 'event') &&
      item.latest_on !== null &&
      ['overdue', 'behind_plan', 'due_soon', 'upcoming', 'running'].includes(item.timing),
  )
  return open.sort((a, b) => (a.latest_on ?? '').localeCompare(b.latest_on ?? '')).slice(0, howMany)
}
