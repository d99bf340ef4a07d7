import type { Matrix, MatrixColumn, MatrixPhase, MatrixSums, Timing } from '../api/names'
import { shortDay } from '../text/date'
import { lowered, statusOf, type Tone, toneOf } from '../text/status'
import { count, said, words } from '../text/words'

// The pure part of the matrix: which columns are seen, what a cell says, where a key leads.

/** A column on the screen: a family of an open phase, a whole phase that is closed, or all of them together. */
export interface Seen {
  key: string
  /** Null where it stands for all phases. */
  phase: MatrixPhase | null
  /** The column itself; null where it stands for more than one. */
  column: MatrixColumn | null
}

/** A row by its place in the answer, or the area itself. */
export type RowAt = number | 'self'

/** The name of the column that stands for all phases. */
export const wholeKey = 'all'

/** The columns on the screen, in order. */
export function seenColumns(matrix: Matrix): Seen[] {
  return matrix.phases.flatMap<Seen>(phase =>
    phase.open
      ? columnsOf(matrix, phase).map(column => ({ key: column.key, phase, column }))
      : [{ key: phaseKey(phase.key), phase, column: null }],
  )
}

/** The columns of an open phase. */
export function columnsOf(matrix: Matrix, phase: MatrixPhase): MatrixColumn[] {
  return matrix.columns.slice(phase.first, phase.first + phase.count)
}

/** The one column that is shown where there is no room for more: as chosen, else all phases together. */
export function oneColumn(matrix: Matrix, chosen: string | null): Seen {
  const all = seenColumns(matrix)
  // Of a phase that has been opened, its first family.
  const found =
    all.find(seen => seen.key === chosen) ??
    all.find(seen => seen.phase && phaseKey(seen.phase.key) === chosen)
  return found ?? { key: wholeKey, phase: null, column: null }
}

/** The name of a phase's own column and header. */
export function phaseKey(phase: string): string {
  return `phase:${phase}`
}

export interface Own {
  timing: Timing
  /** Null where it stands for a whole phase. */
  id: string | null
  days: number | null
  bar: boolean
}

/** What a cell is about. */
export interface Content {
  /** The most pressing of what the row's place itself has. */
  own: Own | null
  /** How many more the place itself has here. */
  more: number
  /** What lies below the place; of more than one column together with what it has itself. */
  below: MatrixSums
  /** Whether the counts are of the place itself, too. */
  whole: boolean
}

const none: MatrixSums = { total: 0, done: 0, confirmed: 0, overdue: 0, behind_plan: 0, due_soon: 0 }
const sums = ['total', 'done', 'confirmed', 'overdue', 'behind_plan', 'due_soon'] as const

function sumsAt(of: Record<keyof MatrixSums, readonly number[]>, at: number): MatrixSums {
  const found = { ...none }
  // An array that is empty says nothing in any row.
  for (const name of sums) found[name] = of[name][at] ?? 0
  return found
}

/** What stands in a cell. */
export function contentOf(matrix: Matrix, { phase, column }: Seen, row: RowAt): Content {
  const at = row === 'self' ? 0 : row
  if (column) {
    const cells = row === 'self' ? column.self : column.cells
    const timing = matrix.timings[cells.own[at] ?? -1]
    const id = column.ids[cells.own_id[at] ?? -1]
    const own = timing && id ? { timing, id, days: cells.own_days[at] ?? null, bar: column.bar } : null
    return { own, more: cells.own_more[at] ?? 0, below: sumsAt(cells, at), whole: false }
  }
  if (!phase) {
    const below = row === 'self' ? matrix.totals : sumsAt(matrix.rows, at)
    return { own: null, more: 0, below, whole: true }
  }
  const cells = row === 'self' ? phase.self : phase.cells
  const timing = matrix.timings[cells?.own[at] ?? -1]
  const below = cells ? sumsAt(cells, at) : none
  // What can be late is shown before what merely runs: without anything to count it is such a stretch.
  const own = timing ? { timing, id: null, days: cells?.own_days[at] ?? null, bar: below.total === 0 } : null
  return { own, more: 0, below, whole: true }
}

/** Whether the area itself has anything, so that it stands as a row of its own. */
export function hasSelf(matrix: Matrix): boolean {
  return (
    matrix.columns.some(column => (column.self.own[0] ?? -1) >= 0) ||
    matrix.phases.some(phase => (phase.self?.own[0] ?? -1) >= 0)
  )
}

/** How counts look: what is late first, then what is next. */
export function toneOfSums(below: MatrixSums): Tone {
  if (below.overdue > 0) return 'overdue'
  if (below.behind_plan > 0) return 'behind'
  if (below.due_soon > 0) return 'soon'
  return below.done === below.total ? 'done' : 'upcoming'
}

/** How a cell looks: its own state, else its counts, and of many columns its counts; null where it says nothing. */
export function toneOfCell({ own, below, whole }: Content): Tone | null {
  if (own && !(whole && below.total > 0)) return toneOf(own.timing)
  return below.total > 0 ? toneOfSums(below) : null
}

/** "Còn 3 ngày", "Trễ 2 ngày", "Xong đúng hạn". */
export function ownText(own: Own): string {
  // What work is done on something undated is not in the matrix: as a stretch of time it says "no date" only.
  const nature = own.bar || own.timing === 'undated' ? 'period' : 'duty'
  return statusOf({ timing: own.timing, days_left: own.days, nature, work: 'not_started' }).text
}

/** As few letters as say where it stands: days, how many are late or due soon, else how much is done. */
export function shortText({ own, below, whole }: Content): string {
  if (own && !(whole && below.total > 0)) {
    return own.days === null ? '' : words().matrix.shortDays(Math.abs(own.days))
  }
  if (below.total === 0) return ''
  const pressing = below.overdue || below.behind_plan || below.due_soon
  if (pressing > 0) return shortCount(pressing)
  return below.done === below.total ? '' : `${Math.floor((below.done / below.total) * 100)}%`
}

/** 1234 as "1,2k": four letters at most below a million. */
function shortCount(n: number): string {
  if (n < 1000) return String(n)
  return `${n < 10_000 ? count(Math.floor(n / 100) / 10) : Math.floor(n / 1000)}k`
}

/** What is late, in words; nothing where nothing is. */
export function lateText(of: MatrixSums): string[] {
  const t = words().matrix
  if (of.overdue > 0) return [t.late(count(of.overdue))]
  return of.behind_plan > 0 ? [t.behindPlan(count(of.behind_plan))] : []
}

/** "xong 58 trên 63"; once something is confirmed both: "báo cáo 60, xác nhận 55 trên 63". */
export function doneText({
  done,
  confirmed,
  total,
}: Pick<MatrixSums, 'done' | 'confirmed' | 'total'>): string {
  const t = words().matrix
  if (confirmed === 0) return t.doneOf(count(done), count(total))
  return t.confirmedOf(count(done), count(confirmed), count(total))
}

/** "58/63 · 3 trễ". */
export function sumsText(of: MatrixSums): string {
  return [`${count(of.done)}/${count(of.total)}`, ...lateText(of)].join(' · ')
}

/** What a column is called. */
export function columnTitle({ phase, column }: Seen): string {
  const title = column?.title ?? phase?.title
  return title ? said(title) : words().matrix.allPhases
}

/** "Phú Thọ, Thành lập Ủy ban bầu cử, trễ 2 ngày, hạn 07/02/2021, bên dưới: xong 1 trên 9, 8 trễ". */
export function cellName(content: Content, place: string, seen: Seen, below: boolean): string {
  const t = words()
  const { own, more, below: of, whole } = content
  const parts = [place, columnTitle(seen)]
  const counts = t.list([doneText(of), ...lateText(of)])
  const ownWord = own && lowered(ownText(own))
  if (whole && of.total > 0) {
    parts.push(counts)
    if (ownWord) parts.push(below ? t.matrix.itself(ownWord) : ownWord)
    return t.list(parts)
  }
  if (ownWord) parts.push(ownWord)
  if (more > 0) parts.push(t.matrix.more(more))
  if (of.total > 0) parts.push(own ? t.matrix.belowLong(counts) : counts)
  if (!own && of.total === 0) parts.push(t.matrix.nothing)
  else if (seen.column?.latest_on) parts.push(t.dates.limit(shortDay(seen.column.latest_on)))
  return t.list(parts)
}

/** A spot in the grid: the rows of headers first; column 0 holds the names of the places. */
export interface Spot {
  row: number
  col: number
}

const page = 8

/**
 * Where a key leads from a spot, null where it is none of the grid's keys. `starts` says for every column at
 * which column its phase begins: in the rows of headers, of which there are `heads`, a phase is one stop. The empty
 * corner is no stop.
 */
export function moveTo(
  { row, col }: Spot,
  key: string,
  ctrl: boolean,
  rows: number,
  starts: readonly number[],
  heads: number,
): Spot | null {
  const lastCol = starts.length - 1
  const last = rows - 1
  const inHead = row < heads
  const stop = (to: number, at: number): Spot => {
    const within = Math.max(col === 0 ? heads : 0, Math.min(last, to))
    return { row: within, col: within < heads ? (starts[at] ?? at) : at }
  }
  const aside = (by: 1 | -1): Spot => {
    let at = col + by
    while (inHead && at > 0 && at <= lastCol && starts[at] !== at) at += by
    const first = inHead ? 1 : 0
    return at < first || at > lastCol ? { row, col } : { row, col: at }
  }
  switch (key) {
    case 'ArrowDown':
      return stop(row + 1, col)
    case 'ArrowUp':
      return stop(row - 1, col)
    case 'PageDown':
      return stop(inHead ? heads : row + page, col)
    case 'PageUp':
      return stop(inHead ? 0 : Math.max(heads, row - page), col)
    case 'ArrowRight':
      return aside(1)
    case 'ArrowLeft':
      return aside(-1)
    case 'Home':
      return ctrl ? { row: Math.min(heads, last), col: 0 } : { row, col: inHead ? Math.min(1, lastCol) : 0 }
    case 'End':
      if (ctrl) return { row: last, col: lastCol }
      return { row, col: inHead ? (starts[lastCol] ?? lastCol) : lastCol }
    default:
      return null
  }
}
