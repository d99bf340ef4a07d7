// Calendar days without a clock and without a zone: a day is its ISO text, arithmetic is done on day numbers.

const perDay = 86_400_000

/** Days since 1970-01-01 of an ISO day. */
export function dayNumber(iso: string): number {
  return Date.UTC(Number(iso.slice(0, 4)), Number(iso.slice(5, 7)) - 1, Number(iso.slice(8, 10))) / perDay
}

/** The ISO day of a day number. */
export function isoOf(number: number): string {
  return new Date(number * perDay).toISOString().slice(0, 10)
}

export function addDays(iso: string, days: number): string {
  return isoOf(dayNumber(iso) + days)
}

/** Calendar days from one day to another; negative when `to` lies before. */
export function daysBetween(from: string, to: string): number {
  return dayNumber(to) - dayNumber(from)
}

/** Whether the text is a day that exists, in ISO form. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const number = dayNumber(text)
  return Number.isFinite(number) && isoOf(number) === text
}

/**
 * Reads what people type: 7/2/2021, 07-02-2021, 7.2.2021, 7/2/21 or ISO 2021-02-07; day first, as in Vietnam.
 * Days that do not exist (31/02) are refused with null.
 */
export function parseDay(typed: string): string | null {
  const text = typed.trim()
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text)
  const local = /^(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4}|\d{2})$/.exec(text)
  const parts = iso ? [iso[1], iso[2], iso[3]] : local ? [local[3], local[2], local[1]] : null
  if (!parts) return null
  const [year = '', month = '', day = ''] = parts
  const made = `${year.length === 2 ? `20${year}` : year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  return isDay(made) ? made : null
}

/** Viet Nam keeps UTC+7 the whole year. */
const hoursAhead = 7

/** What the clock on the wall in Viet Nam shows at an instant (RFC 3339): the day and HH:MM. */
export function wallClock(instant: string): { day: string; time: string } {
  const shifted = new Date(Date.parse(instant) + hoursAhead * 3_600_000).toISOString()
  return { day: shifted.slice(0, 10), time: shifted.slice(11, 16) }
}

/** The last instant of a day in Viet Nam, for `known_at`. */
export function endOfDay(iso: string): string {
  return `${iso}T23:59:59+07:00`
}
