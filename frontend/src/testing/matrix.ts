import type { Area, Matrix, MatrixCells, MatrixColumn, MatrixSums } from '../api/names'
import { areas, bacKan } from './fixture'

const nothing: MatrixSums = { total: 0, done: 0, confirmed: 0, overdue: 0, behind_plan: 0, due_soon: 0 }

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
  return {
    election,
    area,
    today,
    day,
    as_of: said.get('as_of'),
    revision: 1,
    next_refresh_after: 300,
    timings: ['overdue', 'done_on_time'],
    phases: [
      { key: 'direction', title: { vi: 'Chỉ đạo', en: 'Direction' }, first: 0, count: 1 },
      { key: 'setup', title: { vi: 'Thành lập tổ chức', en: 'Bodies' }, first: 1, count: 2 },
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
  }
}
