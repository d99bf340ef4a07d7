import { signal } from '@preact/signals'
import type { BatchFilter, BatchTarget, DeadlineRow } from '../api/names'
import type { Choices } from '../matrix/choice'
import type { ListChoices } from './choice'
import { queryOf } from './rows'

// The rows that are ticked. They outlive paging and refresh of their list, and belong to what it shows: with other
// choices there are none. What the address says of them is only whether all are ticked.

type Of = Pick<Choices, 'body' | 'serves'>

/** A row as it was when it was ticked. */
export interface Tick {
  area: string
  milestone: string
  revision: number
}

export interface Ticks {
  /** Of which list, see {@link listName}. */
  list: string
  /** Everything that the list shows is ticked, but for the rows. */
  whole: boolean
  /** The ticked rows by name; where everything is ticked, those that are not. */
  rows: ReadonlyMap<string, Tick>
}

const kept = signal<Ticks>({ list: '', whole: false, rows: new Map() })

/** What a list shows, whatever its order and however many pages of it are there. */
export function listName(election: string, area: string, choices: ListChoices, of: Of): string {
  const { pages: _pages, sort: _sort, tick: _tick, ...shown } = choices
  return JSON.stringify([election, area, shown, of.body, of.serves])
}

/** What is ticked in a list; at first what the address says. */
export function ticksOf(list: string, choices: ListChoices): Ticks {
  const { value } = kept
  return value.list === list ? value : { list, whole: choices.tick === 'all', rows: new Map() }
}

export function setTicks(next: Ticks): void {
  kept.value = next
}

/** Forgets what is ticked; for tests. */
export function forgetTicks(): void {
  kept.value = { list: '', whole: false, rows: new Map() }
}

/** The name of a row among the ticks. */
export function tickName({ milestone }: DeadlineRow): string {
  return `${milestone.area} ${milestone.id}`
}

function tickOf({ milestone }: DeadlineRow): Tick {
  return { area: milestone.area, milestone: milestone.id, revision: milestone.revision }
}

export function isTicked(ticks: Ticks, row: DeadlineRow): boolean {
  return ticks.rows.has(tickName(row)) !== ticks.whole
}

/** How many rows are ticked, of so many as the list has. */
export function tickedCount({ whole, rows }: Ticks, total: number): number {
  return whole ? Math.max(total - rows.size, 0) : rows.size
}

/** The ticks with some rows ticked, or not ticked any more. */
export function withRows(ticks: Ticks, some: readonly DeadlineRow[], on: boolean): Ticks {
  const rows = new Map(ticks.rows)
  for (const row of some) {
    if (on !== ticks.whole) rows.set(tickName(row), tickOf(row))
    else rows.delete(tickName(row))
  }
  return { ...ticks, rows }
}

/** The ticked rows that are not as they were when they were ticked, or that a list which is there as a whole has no more. */
export function changedSince(
  { whole, rows }: Ticks,
  shown: readonly DeadlineRow[],
  complete: boolean,
): string[] {
  if (whole) return []
  const now = new Map(shown.map(row => [tickName(row), row.milestone.revision]))
  return [...rows]
    .filter(([name, { revision }]) => (now.has(name) ? now.get(name) !== revision : complete))
    .map(([name]) => name)
}

/** The ticks with those rows as they are now; without those that the list has no more. */
export function asNow(ticks: Ticks, changed: readonly string[], shown: readonly DeadlineRow[]): Ticks {
  const rows = new Map(ticks.rows)
  for (const name of changed) rows.delete(name)
  const some = shown.filter(row => changed.includes(tickName(row)))
  return withRows({ ...ticks, rows }, some, true)
}

/** What is ticked as the server takes it. */
export function targetsOf(
  ticks: Ticks,
  choices: ListChoices,
  of: Of,
): { rows: BatchTarget[] } | { filter: BatchFilter; except?: BatchTarget[] } {
  const rows = [...ticks.rows.values()]
  if (!ticks.whole) return { rows }
  const { sort: _sort, ...filter } = queryOf(choices)
  const of_ = { ...(of.body ? { body: of.body } : {}), ...(of.serves ? { serves: of.serves } : {}) }
  const except = rows.map(({ area, milestone }) => ({ area, milestone }))
  return { filter: { ...filter, ...of_ }, ...(except.length > 0 ? { except } : {}) }
}
