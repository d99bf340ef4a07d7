// The pure part of the days on which one is reminded: so many days before a limit.

/** How many days may be chosen. */
export const mostDays = 6

const usual = [30, 14, 7, 5, 3, 2, 1, 0]

/** What can be chosen, the earliest first: the usual days, and what was chosen elsewhere. */
export function daysOffered(chosen: readonly number[]): number[] {
  return [...new Set([...usual, ...chosen])].sort((a, b) => b - a)
}

/** The choice with a day ticked or unticked, the earliest first; no more than {@link mostDays}. */
export function withDay(chosen: readonly number[], day: number, ticked: boolean): number[] {
  const others = chosen.filter(one => one !== day)
  if (!ticked || others.length >= mostDays) return others
  return [...others, day].sort((a, b) => b - a)
}

/** Whether the same days are chosen, in whatever order. */
export function sameDays(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every(day => b.includes(day))
}
