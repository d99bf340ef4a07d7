import { may, type Verb } from '../access/session'
import type { DeadlineRow, Timeline } from '../api/names'

/** Whether the user may do something in a list: below its place, or with one of the rows that are there. */
export function offered(
  verb: 'report' | 'confirm',
  { election, area }: Timeline,
  rows: readonly DeadlineRow[],
): boolean {
  // What lies below a place is confirmed by who leads there.
  const there: Verb = verb === 'confirm' ? 'organise' : verb
  if (may(there, election.id, area)) return true
  return rows.some(row => may(verb, election.id, { code: row.area.code, ancestors: [...row.within, nation] }))
}

/** Rows leave it out of what they lie in. */
const nation = { code: 'VN' }
