import { addDays, dayNumber } from '../state/day'

/** The days that there are to look back at, both included. */
export interface Span {
  first: string
  last: string
}

/** How far along the span a day is, from 0 to 1. A span of one day has only its end. */
export function along({ first, last }: Span, day: string): number {
  const length = dayNumber(last) - dayNumber(first)
  if (length <= 0) return 1
  return Math.min(1, Math.max(0, (dayNumber(day) - dayNumber(first)) / length))
}

/** The day itself, or the end of the span that is nearest to it. */
export function within({ first, last }: Span, day: string): string {
  return day < first ? first : day > last ? last : day
}

export interface MonthTick {
  day: string
  month: number
  year: number
  at: number
}

/** The first days of the months within the span; in a long one only every third, or only those of years. */
export function monthTicks(span: Span): MonthTick[] {
  const ticks: MonthTick[] = []
  let [year = 0, month = 0] = span.first.split('-').map(Number)
  if (span.first.slice(8) !== '01') month++
  for (;;) {
    if (month > 12) [year, month] = [year + 1, 1]
    const day = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-01`
    if (day > span.last) break
    ticks.push({ day, month, year, at: along(span, day) })
    month++
  }
  const every = ticks.length <= 14 ? 1 : ticks.length <= 42 ? 3 : 12
  return ticks.filter(tick => (tick.month - 1) % every === 0)
}

/** Where a key leads from a day; null for keys that lead nowhere. */
export function keyed(span: Span, day: string, key: string): string | null {
  const days = steps[key]
  if (days !== undefined) return within(span, addDays(day, days))
  if (key === 'Home') return span.first
  return key === 'End' ? span.last : null
}

const steps: Record<string, number> = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageDown: -7,
  PageUp: 7,
}

/** How playing goes: so many days further, so many milliseconds after the last day is drawn. */
export interface Tempo {
  days: number
  pause: number
}

/** Whoever asked for little motion gets a week at a time, with time to read. */
export function tempo(calm: boolean): Tempo {
  return calm ? { days: 7, pause: 1500 } : { days: 1, pause: 120 }
}

/** The day that playing shows next; null when it is over. */
export function nextPlayed(span: Span, day: string, { days }: Tempo): string | null {
  return day >= span.last ? null : within(span, addDays(day, days))
}
