import type { WorkGroup } from '../api/names'

/** Which of one's work is listed. */
export interface WorkChoices {
  /** What is to be done in all places below one's own as well. */
  branch: boolean
  /** Only what waits for this reason; null: everything. */
  group: WorkGroup | null
  pages: number
}

export const workBegins: WorkChoices = { branch: false, group: null, pages: 1 }

/** The reasons for which something waits, the most urgent first. */
export const workGroups: readonly WorkGroup[] = [
  'returned',
  'overdue',
  'behind_plan',
  'due_soon',
  'running',
  'to_confirm',
]

const mostPages = 50

/** Reads what an address says of one's work. */
export function parseWorkChoices(said: URLSearchParams): WorkChoices {
  const pages = Number(said.get('pages') ?? 1)
  return {
    branch: said.get('among') === 'branch',
    group: workGroups.find(group => group === said.get('group')) ?? null,
    pages: Number.isInteger(pages) && pages > 0 ? Math.min(pages, mostPages) : 1,
  }
}

/** What an address says of it; what is usual is left out. */
export function sayWorkChoices({ branch, group, pages }: WorkChoices): Record<string, string> {
  return {
    ...(branch ? { among: 'branch' } : {}),
    ...(group ? { group } : {}),
    ...(pages > 1 ? { pages: String(pages) } : {}),
  }
}
