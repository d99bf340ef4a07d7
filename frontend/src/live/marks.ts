import { effect, signal } from '@preact/signals'
import type { ChangeEntry, DeadlineRow } from '../api/names'
import { phaseKey } from '../matrix/grid'
import { selfKey } from '../matrix/rows'
import { stopOf } from '../matrix/spot'
import { words } from '../text/words'

// What others have just changed is marked for a while: rows by their milestone, cells of a matrix by where it counts.

/** For how long, in milliseconds. */
export const markedFor = 60_000

interface Marks {
  /** Until when, and how it stands since, by `area id`. */
  rows: ReadonlyMap<string, { until: number; item: DeadlineRow | null }>
  /** Until when, by the name of the cell. */
  cells: ReadonlyMap<string, number>
}

const none: Marks = { rows: new Map(), cells: new Map() }
export const marks = signal<Marks>(none)
let timer: ReturnType<typeof setTimeout> | undefined

/** Marks what others have changed, seen from a place. */
export function mark(entries: readonly ChangeEntry[], place: string): void {
  const until = Date.now() + markedFor
  const rows = new Map(marks.value.rows)
  const cells = new Map(marks.value.cells)
  for (const { area, milestone, item } of entries) {
    if (!milestone) continue
    rows.set(`${area} ${milestone}`, { until, item })
    if (!item) continue
    const { family, phase } = item.milestone
    const over = area === place ? [selfKey] : [area, ...item.within.map(one => one.code)]
    for (const row of over) {
      for (const column of [family, phaseKey(phase)]) {
        if (column) cells.set(stopOf(row, column), until)
      }
    }
  }
  marks.value = { rows, cells }
  clearTimeout(timer)
  timer = setTimeout(sweep, markedFor)
}

function sweep(): void {
  const now = Date.now()
  const rows = new Map([...marks.value.rows].filter(([, { until }]) => until > now))
  const cells = new Map([...marks.value.cells].filter(([, until]) => until > now))
  marks.value = { rows, cells }
  const next = Math.min(...[...rows.values()].map(({ until }) => until))
  if (Number.isFinite(next)) timer = setTimeout(sweep, next - now)
}

/** Somebody has looked at it. */
export function unmark(area: string, milestone: string): void {
  const name = `${area} ${milestone}`
  if (!marks.value.rows.has(name)) return
  const rows = new Map(marks.value.rows)
  rows.delete(name)
  marks.value = { ...marks.value, rows }
}

export function forgetMarks(): void {
  clearTimeout(timer)
  if (marks.value !== none) marks.value = none
}

/** Whether others have just changed a milestone. */
export function isMarked(area: string, milestone: string): boolean {
  return marks.value.rows.has(`${area} ${milestone}`)
}

/** How a milestone stands since others have just changed it, as a row of a list; null where that is not known. */
export function sinceThen(area: string, milestone: string): DeadlineRow | null {
  return marks.value.rows.get(`${area} ${milestone}`)?.item ?? null
}

/** Marks the cells of a matrix as long as it is there; thousands of them are not drawn anew for it. */
export function paintCells(frame: HTMLElement): () => void {
  return effect(() => {
    const { cells } = marks.value
    const word = words().live.changed
    for (const cell of frame.querySelectorAll<HTMLElement>('td[data-changed]')) {
      if (!cells.has(cell.dataset.at ?? '')) unpaint(cell)
    }
    for (const name of cells.keys()) {
      const cell = frame.querySelector<HTMLElement>(`td[data-at="${CSS.escape(name)}"]`)
      if (!cell) continue
      cell.dataset.changed = ''
      cell.setAttribute('aria-description', word)
    }
  })
}

function unpaint(cell: HTMLElement): void {
  delete cell.dataset.changed
  cell.removeAttribute('aria-description')
}
