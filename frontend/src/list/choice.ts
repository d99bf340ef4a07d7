import type { Level, Reach } from '../api/names'
import { isDay } from '../state/day'

// What one chose on the list of deadlines, as the address keeps it. Body and election are chosen as on the matrix.

export type ListState =
  | 'open'
  | 'late'
  | 'overdue'
  | 'behind_plan'
  | 'due_soon'
  | 'done'
  | 'no_record'
  | 'all'
export type ListSort = 'date' | 'lateness'

export const listStates: readonly ListState[] = [
  'open',
  'late',
  'overdue',
  'behind_plan',
  'due_soon',
  'done',
  'no_record',
  'all',
]
export const listSorts: readonly ListSort[] = ['date', 'lateness']
export const listLevels: readonly Level[] = ['national', 'province', 'district', 'commune']
export const reaches: readonly Reach[] = ['branch', 'own', 'below']

export interface ListChoices {
  state: ListState
  /** Null: as suits the state, see {@link sortOf}. */
  sort: ListSort | null
  /** A column of the matrix: a family, `local:` and a phase, or `phase:` and a phase for all of it. */
  family: string | null
  level: Level | null
  from: string | null
  to: string | null
  reach: Reach
  /** How many pages are shown. */
  pages: number
  /** Whether one comes to it with everything ticked. */
  tick: 'all' | null
}

export const listBegins: ListChoices = {
  state: 'open',
  sort: null,
  family: null,
  level: null,
  from: null,
  to: null,
  reach: 'branch',
  pages: 1,
  tick: null,
}

/** The order that suits: of what is late, the longest first. */
export function sortOf({ sort, state }: ListChoices): ListSort {
  return sort ?? (['late', 'overdue', 'behind_plan'].includes(state) ? 'lateness' : 'date')
}

/** How many choices beside the state leave something out. */
export function narrowings({ family, level, from, to, reach }: ListChoices): number {
  return [family, level, from, to, reach === 'branch' ? null : reach].filter(choice => choice !== null).length
}

const phaseMark = 'phase:'

/** What the family of the choices is: a column, or a whole phase. */
export function columnOf(family: string | null): { family: string | null; phase: string | null } {
  if (family?.startsWith(phaseMark)) return { family: null, phase: family.slice(phaseMark.length) }
  return { family, phase: null }
}

/** A whole phase as a choice. */
export function wholePhase(phase: string): string {
  return `${phaseMark}${phase}`
}

/** No more than this is read again after a reload. */
const mostPages = 50

function among<T extends string>(allowed: readonly T[], text: string | null): T | null {
  return allowed.find(value => value === text) ?? null
}

function dayIn(text: string | null): string | null {
  return text && isDay(text) ? text : null
}

/** Reads the choices from an address; what cannot be understood is taken as not said. */
export function parseListChoices(said: URLSearchParams): ListChoices {
  const pages = Number(said.get('pages'))
  return {
    state: among(listStates, said.get('state')) ?? 'open',
    sort: among(listSorts, said.get('sort')),
    family: said.get('family') || null,
    level: among(listLevels, said.get('level')),
    from: dayIn(said.get('from')),
    to: dayIn(said.get('to')),
    reach: among(reaches, said.get('reach')) ?? 'branch',
    pages: Number.isInteger(pages) && pages > 1 ? Math.min(pages, mostPages) : 1,
    tick: said.get('tick') === 'all' ? 'all' : null,
  }
}

/** Writes the choices into an address. */
export function sayListChoices(
  choices: ListChoices,
  say: (name: string, value: string | null, unless?: string) => void,
): void {
  say('state', choices.state, 'open')
  say('sort', choices.sort)
  say('family', choices.family)
  say('level', choices.level)
  say('from', choices.from)
  say('to', choices.to)
  say('reach', choices.reach, 'branch')
  say('pages', String(choices.pages), '1')
  say('tick', choices.tick)
}
