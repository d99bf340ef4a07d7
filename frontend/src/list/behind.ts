import type { MatrixSums } from '../api/names'
import type { Address } from '../state/address'
import { type ListChoices, type ListState, listBegins } from './choice'

/** The state that counts ask for first: what is late, then what is next, then what is left, else what is done. */
export function stateBehind(sums: MatrixSums): ListState {
  if (sums.overdue > 0) return 'overdue'
  if (sums.behind_plan > 0) return 'behind_plan'
  if (sums.due_soon > 0) return 'due_soon'
  return sums.done < sums.total ? 'open' : 'done'
}

/** A count somewhere on the page: whose, and of what. */
export interface Counted {
  area: string
  /** Key of a column, or {@link wholePhase}; null: of everything. */
  family: string | null
  /** Whether what the place itself has is counted, too; a cell of one column counts only what lies below. */
  whole: boolean
}

/** Where the list behind a count is: just those that it counts, the latest first. */
export function listBehind({ area, family, whole }: Counted, state: ListState): Partial<Address> {
  const list: ListChoices = { ...listBegins, state, family, reach: whole ? 'branch' : 'below' }
  return { area, view: 'list', milestone: null, list }
}
