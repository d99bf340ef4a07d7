import { moveTo, phaseKey, type Seen } from './grid'
import type { Row } from './rows'

// Where one is in the grid: every stop has a name, "row column", that outlives a refresh of the data.

/** The row of links to the timeline, and below it the row that opens and closes phases. */
const heads = ['time', 'head'] as const
/** The column of the names of the places. */
export const placeKey = 'place'

/** The name of a stop. */
export function stopOf(row: string, col: string): string {
  return `${row} ${col}`
}

/** The name of a phase's stop in one of the rows of headers. */
export function headStop(head: (typeof heads)[number], phase: string): string {
  return stopOf(head, phaseKey(phase))
}

/** The name of the stop that leads to a whole column, ticked. */
export function tickStop(column: string): string {
  return stopOf('tick', column)
}

/** The stops of a grid, by row and column. */
export interface Stops {
  rows: string[][]
  /** How many of them are headers. */
  heads: number
  starts: number[]
}

/** All stops; where the columns are of no phase, the headers are none. */
export function stopsOf(
  rows: readonly Row[],
  columns: readonly Seen[],
  hasHeads: boolean,
  mayTick = false,
): Stops {
  const phases = columns.map(seen => seen.phase?.key ?? '')
  const above = hasHeads ? heads.map(head => ['', ...phases.map(phase => headStop(head, phase))]) : []
  if (hasHeads && mayTick && columns.some(seen => seen.column)) {
    above.push([
      '',
      ...columns.map(({ key, phase, column }) =>
        column ? tickStop(key) : headStop('head', phase?.key ?? ''),
      ),
    ])
  }
  const body = rows.map(row => [placeKey, ...columns.map(seen => seen.key)].map(col => stopOf(row.key, col)))
  const starts = [0, ...phases.map((key, at) => (hasHeads ? phases.indexOf(key) : at) + 1)]
  return { rows: [...above, ...body], heads: above.length, starts }
}

/** The stop that Tab reaches first. */
export function firstStop(stops: Stops): string {
  return stops.rows[stops.heads]?.[0] ?? ''
}

/** Where a stop stands; null where it does not exist. */
export function spotOf(stops: Stops, at: string): { row: number; col: number } | null {
  const row = stops.rows.findIndex(line => line.includes(at))
  return at === '' || row < 0 ? null : { row, col: stops.rows[row]?.indexOf(at) ?? 0 }
}

/** The stop that a key leads to, null where it is none of the grid's keys. */
export function stopAfter(stops: Stops, at: string, key: string, ctrl: boolean): string | null {
  const spot = spotOf(stops, at)
  if (!spot) return null
  const to = moveTo(spot, key, ctrl, stops.rows.length, stops.starts, stops.heads)
  return to && (stops.rows[to.row]?.[to.col] ?? null)
}

/** Where one was in the matrix of a place: the stop, and how far the frame was scrolled. */
export interface Left {
  at: string
  x: number
  y: number
}

const name = 'tiendo:left'
const most = 40
const left = new Map<string, Left>(recalled())

function recalled(): [string, Left][] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(name) ?? '[]')
    return Array.isArray(kept) ? (kept as [string, Left][]) : []
  } catch {
    return []
  }
}

/** Where one was in a matrix, so that back and reload lead to the same cell. */
export function leftAt(matrix: string): Left | null {
  return left.get(matrix) ?? null
}

export function leave(matrix: string, spot: Left): void {
  left.delete(matrix)
  left.set(matrix, spot)
  try {
    sessionStorage.setItem(name, JSON.stringify([...left].slice(-most)))
  } catch {
    // It is kept for as long as the page is open.
  }
}

/** Forgets where one was; for tests. */
export function forgetSpots(): void {
  left.clear()
  sessionStorage.removeItem(name)
}
