import type { Matrix, MatrixCells, MatrixColumn, MatrixPhase, MatrixSums, Timing } from '../api/names'
import { shortDay } from '../text/date'
import { statusOf, type Tone, toneOf } from '../text/status'
import { count, said, words } from '../text/words'

// The pure part of the matrix: which columns are seen, what a cell says, where a key leads.

/** A column on the screen: a family of an open phase, or a whole phase that is closed. */
export interface Seen {
  key: string
  phase: MatrixPhase
  /** The column itself; null where it stands for a closed phase. */
  column: MatrixColumn | null
  members: readonly MatrixColumn[]
}

/** A row by its place in the answer, or the area itself. */
export type RowAt = number | 'self'

function membersOf(matrix: Matrix, phase: MatrixPhase): MatrixColumn[] {
  return matrix.columns.slice(phase.first, phase.first + phase.count)
}

function presses({ overdue, behind_plan, due_soon }: MatrixSums): boolean {
  return overdue + behind_plan + due_soon > 0
}

/** The phases to show open: as chosen; else where something presses; else the first with work left. */
export function openPhases(matrix: Matrix, chosen: readonly string[] | null): string[] {
  if (chosen) return matrix.phases.map(phase => phase.key).filter(key => chosen.includes(key))
  const having = (test: (sums: MatrixSums) => boolean) =>
    matrix.phases.filter(phase => membersOf(matrix, phase).some(column => test(column.sums)))
  const pressing = having(presses)
  const open = pressing.length > 0 ? pressing : having(sums => sums.total > sums.done).slice(0, 1)
  return open.map(phase => phase.key)
}

/** The columns on the screen, in order. */
export function seenColumns(matrix: Matrix, open: readonly string[]): Seen[] {
  return matrix.phases.flatMap<Seen>(phase => {
    const members = membersOf(matrix, phase)
    if (!open.includes(phase.key)) return [{ key: phaseKey(phase), phase, column: null, members }]
    return members.map(column => ({ key: column.key, phase, column, members: [column] }))
  })
}

/** The name of a phase's own column and header. */
export function phaseKey(phase: MatrixPhase): string {
  return `phase:${phase.key}`
}

export interface Own {
  timing: Timing
  id: string
  days: number | null
  bar: boolean
}

/** What a cell is about. */
export interface Content {
  /** The most pressing of what the row's place itself has. */
  own: Own | null
  /** How many more the place itself has here. */
  more: number
  /** What lies below the place. */
  below: MatrixSums
}

const none: MatrixSums = { total: 0, done: 0, confirmed: 0, overdue: 0, behind_plan: 0, due_soon: 0 }
const sums = ['total', 'done', 'confirmed', 'overdue', 'behind_plan', 'due_soon'] as const

const byPressure: readonly Timing[] = [
  'overdue',
  'behind_plan',
  'due_soon',
  'running',
  'upcoming',
  'undated',
  'no_record',
  'done_late',
  'done_on_time',
  'done',
  'over',
  'set_aside',
]

function pressure(own: Own): [number, number, number] {
  return [own.bar ? 1 : 0, byPressure.indexOf(own.timing), own.days ?? Number.MAX_SAFE_INTEGER]
}

function morePressing(a: Own, b: Own): Own {
  const left = pressure(a)
  const right = pressure(b)
  const at = left.findIndex((value, index) => value !== right[index])
  return at >= 0 && (right[at] ?? 0) < (left[at] ?? 0) ? b : a
}

function oneOf(matrix: Matrix, column: MatrixColumn, cells: MatrixCells, at: number): Content {
  // An array that is empty says nothing in any row.
  const timing = matrix.timings[cells.own[at] ?? -1]
  const id = column.ids[cells.own_id[at] ?? -1]
  const own = timing && id ? { timing, id, days: cells.own_days[at] ?? null, bar: column.bar } : null
  const below = { ...none }
  for (const name of sums) below[name] = cells[name][at] ?? 0
  return { own, more: cells.own_more[at] ?? 0, below }
}

/** What stands in a cell; a closed phase holds the most pressing of its own and the sums of its counts. */
export function contentOf(matrix: Matrix, seen: Seen, row: RowAt): Content {
  return seen.members
    .map(column =>
      oneOf(matrix, column, row === 'self' ? column.self : column.cells, row === 'self' ? 0 : row),
    )
    .reduce(together, { own: null, more: 0, below: none })
}

function together(a: Content, b: Content): Content {
  const below = { ...none }
  for (const name of sums) below[name] = a.below[name] + b.below[name]
  const own = a.own && b.own ? morePressing(a.own, b.own) : (a.own ?? b.own)
  return { own, more: a.more + b.more + (a.own && b.own ? 1 : 0), below }
}

/** Whether the area itself has anything, so that it stands as a row of its own. */
export function hasSelf(matrix: Matrix): boolean {
  return matrix.columns.some(column => (column.self.own[0] ?? -1) >= 0)
}

/** How counts look: what is late first, then what is next. */
export function toneOfSums(below: MatrixSums): Tone {
  if (below.overdue > 0) return 'overdue'
  if (below.behind_plan > 0) return 'behind'
  if (below.due_soon > 0) return 'soon'
  return below.done === below.total ? 'done' : 'upcoming'
}

/** How a cell looks: its own state, else its counts; null where it says nothing. */
export function toneOfCell({ own, below }: Content): Tone | null {
  if (own) return toneOf(own.timing)
  return below.total > 0 ? toneOfSums(below) : null
}

/** "Còn 3 ngày", "Trễ 2 ngày", "Xong đúng hạn". */
export function ownText(own: Own): string {
  // What work is done on something undated is not in the matrix: as a stretch of time it says "no date" only.
  const nature = own.bar || own.timing === 'undated' ? 'period' : 'duty'
  return statusOf({ timing: own.timing, days_left: own.days, nature, work: 'not_started' }).text
}

/** What is late, in words; nothing where nothing is. */
export function lateText(of: MatrixSums): string[] {
  const t = words().matrix
  if (of.overdue > 0) return [t.late(count(of.overdue))]
  return of.behind_plan > 0 ? [t.behindPlan(count(of.behind_plan))] : []
}

/** "58/63 · 3 trễ". */
export function sumsText(of: MatrixSums): string {
  return [`${count(of.done)}/${count(of.total)}`, ...lateText(of)].join(' · ')
}

/** "Đã xong 60 trên 63 · 3 trễ · 5 sắp đến hạn". */
export function totalsText(of: MatrixSums): string {
  const t = words().matrix
  const parts = [t.totals(count(of.done), count(of.total)), t.late(count(of.overdue))]
  if (of.behind_plan > 0) parts.push(t.behindPlan(count(of.behind_plan)))
  if (of.due_soon > 0) parts.push(t.soon(count(of.due_soon)))
  return parts.join(' · ')
}

/** "Phú Thọ, Thành lập Ủy ban bầu cử, trễ 2 ngày, hạn 07/02/2021, bên dưới: xong 1 trên 9, 8 trễ". */
export function cellName(content: Content, place: string, seen: Seen): string {
  const t = words()
  const { own, more, below } = content
  const parts = [place, said(seen.column?.title ?? seen.phase.title)]
  if (own) parts.push(lowered(ownText(own)))
  if (more > 0) parts.push(t.matrix.more(more))
  const counts = t.list([t.matrix.doneOf(count(below.done), count(below.total)), ...lateText(below)])
  if (below.total > 0) parts.push(own ? t.matrix.belowLong(counts) : counts)
  if (!own && below.total === 0) parts.push(t.matrix.nothing)
  else if (seen.column?.latest_on) parts.push(t.dates.limit(shortDay(seen.column.latest_on)))
  return t.list(parts)
}

function lowered(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}

/** A spot in the grid: row 0 holds the headers of the phases, column 0 the names of the places. */
export interface Spot {
  row: number
  col: number
}

const page = 8

/**
 * Where a key leads from a spot, null where it is none of the grid's keys. `starts` says for every column at
 * which column its phase begins: in the header row a phase is one stop. The empty corner is no stop.
 */
export function moveTo(
  { row, col }: Spot,
  key: string,
  ctrl: boolean,
  rows: number,
  starts: readonly number[],
): Spot | null {
  const lastCol = starts.length - 1
  const last = rows - 1
  const stop = (to: number, at: number): Spot => {
    const within = Math.max(col === 0 ? 1 : 0, Math.min(last, to))
    return { row: within, col: within === 0 ? (starts[at] ?? at) : at }
  }
  const aside = (by: 1 | -1): Spot => {
    let at = col + by
    while (row === 0 && at > 0 && at <= lastCol && starts[at] !== at) at += by
    const first = row === 0 ? 1 : 0
    return at < first || at > lastCol ? { row, col } : { row, col: at }
  }
  switch (key) {
    case 'ArrowDown':
      return stop(row + 1, col)
    case 'ArrowUp':
      return stop(row - 1, col)
    case 'PageDown':
      return stop(row + page, col)
    case 'PageUp':
      return stop(Math.max(row === 0 ? 0 : 1, row - page), col)
    case 'ArrowRight':
      return aside(1)
    case 'ArrowLeft':
      return aside(-1)
    case 'Home':
      return ctrl ? { row: Math.min(1, last), col: 0 } : { row, col: row === 0 ? Math.min(1, lastCol) : 0 }
    case 'End':
      if (ctrl) return { row: last, col: lastCol }
      return { row, col: row === 0 ? (starts[lastCol] ?? lastCol) : lastCol }
    default:
      return null
  }
}
