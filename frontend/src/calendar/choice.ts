import type { BodyKind, Level } from '../api/names'

// The pure part of calendars: what a subscriber chooses, and the address that it makes.

/** How long before the last day one is reminded: days, as the server takes them; none. */
export const alarms = ['', '1', '3,1', '7,3,1'] as const
export type Alarm = (typeof alarms)[number]

export interface Choice {
  levels: Level[]
  /** Only what organs of this kind are responsible for; null: whoever is. */
  body: BodyKind | null
  alarm: Alarm
  lang: 'vi' | 'en'
}

/** The levels that a place's calendar can show: its own and those below. */
export function levelsFrom(own: Level, all: readonly Level[]): Level[] {
  return all.slice(Math.max(0, all.indexOf(own)))
}

/** The levels as the server takes them: the place alone goes without saying. */
export function levelsSaid(own: Level, levels: readonly Level[]): string {
  return levels.length === 1 && levels[0] === own ? '' : levels.join(',')
}

/** The address of a place's public calendar. */
export function publicAddress(
  origin: string,
  election: string,
  area: string,
  own: Level,
  choice: Choice,
): string {
  const query = new URLSearchParams()
  const levels = levelsSaid(own, choice.levels)
  if (levels) query.set('levels', levels)
  if (choice.body) query.set('body', choice.body)
  if (choice.alarm) query.set('alarm', choice.alarm)
  if (choice.lang === 'en') query.set('language', 'en')
  const path = `/api/v1/elections/${encodeURIComponent(election)}/areas/${encodeURIComponent(area)}/calendar.ics`
  // Programs that people paste it into take a plain comma.
  return `${origin}${path}${query.size > 0 ? `?${query}`.replaceAll('%2C', ',') : ''}`
}

/** The address that has a device open its calendar program. */
export function webcal(address: string): string {
  return address.replace(/^https?:/, 'webcal:')
}
