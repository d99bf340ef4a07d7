import { dayNumber, parseDay, wallClock } from '../state/day'
import { words } from './words'

/** 25/01/2021. Both languages write dates the Vietnamese way: the documents do. */
export function shortDay(iso: string): string {
  return `${iso.slice(8, 10)}/${iso.slice(5, 7)}/${iso.slice(0, 4)}`
}

/** 25/01, where the year is plain from the axis. */
export function dayAndMonth(iso: string): string {
  return `${iso.slice(8, 10)}/${iso.slice(5, 7)}`
}

/** Thứ Hai, 25/01/2021. */
export function longDay(iso: string): string {
  // 1970-01-01 was a Thursday.
  const weekday = (((dayNumber(iso) + 4) % 7) + 7) % 7
  return `${words().weekdays[weekday]}, ${shortDay(iso)}`
}

/** A limit: the day, and the hour where the law sets one. */
export function limit(on: string | null, at: string | null, { long = false } = {}): string | null {
  if (at) {
    const { day, time } = wallClock(at)
    return words().dates.atTime(time, long ? longDay(day) : shortDay(day))
  }
  if (!on) return null
  return long ? longDay(on) : shortDay(on)
}

/** 25/01/2021 14:05, by the clock in Viet Nam. */
export function moment(instant: string): string {
  const { day, time } = wallClock(instant)
  return `${shortDay(day)} ${time}`
}

/** 14:05:09, by the clock in Viet Nam, of milliseconds since 1970. */
export function timeOf(milliseconds: number): string {
  return new Date(milliseconds + 7 * 3_600_000).toISOString().slice(11, 19)
}

/** What is wrong with a day as it was typed: it is missing, or there is none like it; null: nothing. */
export function dayFault(typed: string): string | null {
  if (typed.trim() === '') return words().task.dayMissing
  return parseDay(typed) ? null : words().asOf.notADay
}
