import type { Area, Matrix, MatrixCells, MatrixColumn, MatrixPhase, MatrixSums } from '../api/names'
import { areas, bacKan } from './fixture'

export const nothing: MatrixSums = {
  total: 0,
  done: 0,
  confirmed: 0,
  overdue: 0,
  behind_plan: 0,
  due_soon: 0,
}

export function cells(some: Partial<MatrixCells>): MatrixCells {
  return {
    own: [],
    own_id: [],
    own_days: [],
    own_more: [],
    total: [],
    done: [],
    confirmed: [],
    overdue: [],
    behind_plan: [],
    due_soon: [],
    ...some,
  }
}

function column(key: string, phase: string, title: string, some: Partial<MatrixColumn>): MatrixColumn {
  return {
    key,
    title: { vi: title, en: `${key} in English` },
    phase,
    local: false,
    bar: false,
    latest_on: null,
    ids: [],
    sums: nothing,
    self: cells({}),
    cells: cells({}),
    ...some,
  }
}

/**
 * The places below as the server would tell of them: every one is two days late with its committee, and what lies
 * below it is late but for one; the first alone is done. The area itself has a directive, which is done.
 */
export function matrixOf(area: Area, said: URLSearchParams): Matrix {
  const { election, today, day } = bacKan()
  const state = said.get('state')
  const below = areas.filter(one => one.parent === area.code && state !== 'behind_plan')
  if (said.get('sort') === 'lateness') below.reverse()
  const each = <T>(value: (at: number) => T) => below.map((_, at) => value(at))
  const first = below.findIndex(one => one.code === '06')
  const leaf = area.level === 'district'
  const committee = column('election_committee', 'setup', 'Thành lập Ủy ban bầu cử', {
    latest_on: '2021-02-07',
    ids: ['election_committee_province'],
    sums: { ...nothing, total: 80, done: 9, overdue: 71 },
    self: cells({ total: [80], done: [9], overdue: [71] }),
    cells: cells({
      own: each(at => (at === first ? 1 : 0)),
      own_id: each(() => 0),
      own_days: each(at => (at === first ? null : -2)),
      ...(leaf ? {} : { total: each(() => 9), done: each(() => 1), overdue: each(() => 8) }),
    }),
  })
  const teams = column('polling_team', 'setup', 'Thành lập Tổ bầu cử', {
    sums: { ...nothing, total: 90 },
    self: cells({ total: [90] }),
    cells: leaf ? cells({}) : cells({ total: each(() => 10) }),
  })
  const directive = column('directive', 'direction', 'Chỉ thị', {
    ids: ['politburo_directive_45'],
    sums: { ...nothing, total: 1, done: 1 },
    self: cells({ own: [1], own_id: [0] }),
  })
  const whole: Matrix = {
    changes_token: null,
    election,
    area,
    today,
    day,
    as_of: said.get('as_of'),
    revision: 1,
    next_refresh_after: 300,
    timings: ['overdue', 'done_on_time'],
    phases: [
      phaseOf('direction', { vi: 'Chỉ đạo', en: 'Direction' }, 0, [directive]),
      phaseOf('setup', { vi: 'Thành lập tổ chức', en: 'Bodies' }, 1, [committee, teams]),
    ],
    rows: {
      code: below.map(one => one.code),
      name: below.map(one => one.name),
      short_name: below.map(one => one.short_name),
      name_en: below.map(one => one.name_en),
      level: below.map(one => one.level),
      children: below.map(one => one.children),
      total: each(() => 20),
      done: each(at => (at === first ? 2 : 1)),
      confirmed: each(() => 0),
      overdue: each(at => (at === first ? 8 : 9)),
      behind_plan: each(() => 0),
      due_soon: each(() => 0),
    },
    columns: [directive, committee, teams],
    totals: { ...nothing, total: 171, done: 10, overdue: 71 },
    next: { on: '2021-01-30', title: { vi: 'Hội nghị hiệp thương', en: 'Consultation' } },
  }
  return opened(whole, said.get('open'))
}

const names = ['total', 'done', 'confirmed', 'overdue', 'behind_plan', 'due_soon'] as const

function phaseOf(key: string, title: MatrixPhase['title'], first: number, of: MatrixColumn[]): MatrixPhase {
  const sums = { ...nothing }
  for (const { sums: some } of of) for (const name of names) sums[name] += some[name]
  return { key, title, first, count: of.length, open: true, families: of.length, sums }
}

/** The matrix with only those phases open that the server is asked for; the others have their sums. */
export function opened(matrix: Matrix, open: string | null): Matrix {
  if (open === null || open === 'all') return matrix
  const columns: MatrixColumn[] = []
  const phases = matrix.phases.map(phase => {
    const members = matrix.columns.slice(phase.first, phase.first + phase.count)
    const first = columns.length
    if (open.split(',').includes(phase.key)) {
      columns.push(...members)
      return { ...phase, first }
    }
    const cells = summed(
      matrix,
      members.map(column => column.cells),
      matrix.rows.code.length,
    )
    const self = summed(
      matrix,
      members.map(column => column.self),
      1,
    )
    return { ...phase, first, count: 0, open: false, cells, self }
  })
  return { ...matrix, phases, columns }
}

function summed(matrix: Matrix, all: MatrixCells[], rows: number): NonNullable<MatrixPhase['cells']> {
  const each = <T>(value: (row: number) => T) => Array.from({ length: rows }, (_, row) => value(row))
  const own = each(row => Math.min(...all.map(cells => cells.own[row] ?? -1).filter(at => at >= 0)))
  const isOwn = (row: number, timing: string) =>
    all.filter(cells => matrix.timings[cells.own[row] ?? -1] === timing).length
  const below = (name: (typeof names)[number]) => (row: number) =>
    all.reduce((sum, cells) => sum + (cells[name][row] ?? 0), 0)
  return {
    own: own.map(at => (Number.isFinite(at) ? at : -1)),
    own_days: each(row => all.map(cells => cells.own_days[row]).find(days => days != null) ?? null),
    total: each(row => below('total')(row) + all.filter(cells => (cells.own[row] ?? -1) >= 0).length),
    done: each(row => below('done')(row) + isOwn(row, 'done_on_time')),
    confirmed: each(below('confirmed')),
    overdue: each(row => below('overdue')(row) + isOwn(row, 'overdue')),
    behind_plan: each(below('behind_plan')),
    due_soon: each(below('due_soon')),
  }
}

/** The same with so many rows, each as the first. */
export function withRows(matrix: Matrix, rows: number): Matrix {
  const stretch = <T>(list: readonly T[]): T[] => (list[0] === undefined ? [] : Array(rows).fill(list[0]))
  const all = <T extends object>(of: T): T =>
    Object.fromEntries(Object.entries(of).map(([name, list]) => [name, stretch(list as unknown[])])) as T
  const code = Array.from({ length: rows }, (_, at) => String(10_000 + at))
  return {
    ...matrix,
    rows: { ...all(matrix.rows), code, short_name: code.map(one => `Xã ${one}`) },
    columns: matrix.columns.map(column => ({ ...column, cells: all(column.cells) })),
    phases: matrix.phases.map(phase => (phase.cells ? { ...phase, cells: all(phase.cells) } : phase)),
  }
}
