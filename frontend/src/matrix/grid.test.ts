import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { MatrixSums } from '../api/names'
import { areas } from '../testing/fixture'
import { matrixOf, nothing, opened } from '../testing/matrix'
import {
  type Content,
  cellName,
  contentOf,
  moveTo,
  oneColumn,
  ownText,
  type Spot,
  seenColumns,
  shortText,
  sumsText,
  toneOfCell,
  toneOfSums,
} from './grid'

const nation = areas.find(area => area.code === 'VN')
if (!nation) throw new Error('the fixture has no nation')
const matrix = matrixOf(nation, new URLSearchParams())

const sums: fc.Arbitrary<MatrixSums> = fc
  .record({
    done: fc.nat(999),
    overdue: fc.nat(99),
    behind_plan: fc.nat(99),
    due_soon: fc.nat(99),
    rest: fc.nat(99),
  })
  .map(({ rest, ...s }) => ({
    ...s,
    confirmed: 0,
    total: s.done + s.overdue + s.behind_plan + s.due_soon + rest,
  }))

describe('the phases', () => {
  it('show every column when open, and one for all when closed', () => {
    fc.assert(
      fc.property(fc.subarray(matrix.phases.map(phase => phase.key)), open => {
        const some = opened(matrix, open.join(',') || 'none')
        const seen = seenColumns(some)
        expect(seen.filter(one => one.column).map(one => one.key)).toEqual(
          some.columns.map(column => column.key),
        )
        for (const one of seen) expect(one.column !== null).toBe(open.includes(one.phase?.key ?? ''))
        expect(new Set(seen.map(one => one.key)).size).toBe(seen.length)
        expect(new Set(seen.map(one => one.phase?.key))).toEqual(new Set(matrix.phases.map(p => p.key)))
      }),
    )
  })

  it('are one column where there is room for one: as chosen, else all of them', () => {
    const some = opened(matrix, 'setup')
    expect(oneColumn(some, null)).toMatchObject({ key: 'all', phase: null })
    expect(oneColumn(some, 'gone')).toMatchObject({ key: 'all' })
    expect(oneColumn(some, 'phase:direction')).toMatchObject({ key: 'phase:direction', column: null })
    expect(oneColumn(some, 'polling_team').key).toBe('polling_team')
    expect(oneColumn(some, 'phase:setup').key).toBe('election_committee')
    expect(contentOf(some, oneColumn(some, null), 'self').below).toEqual(some.totals)
  })
})

describe('a cell', () => {
  const [direction, committee, teams] = seenColumns(matrix)
  const closed = opened(matrix, 'none')
  const setup = seenColumns(closed)[1]
  if (!direction || !committee || !teams || !setup) throw new Error('the fixture has too few columns')
  const late = matrix.rows.code.indexOf('01')

  it('says its own state first, then what lies below', () => {
    const content = contentOf(matrix, committee, late)
    expect(content.own && ownText(content.own)).toBe('Trễ 2 ngày')
    expect(sumsText(content.below)).toBe('1/9 · 8 trễ')
    expect(toneOfCell(content)).toBe('overdue')
    expect(cellName(content, 'Hà Nội', committee, true)).toBe(
      'Hà Nội, Thành lập Ủy ban bầu cử, trễ 2 ngày, bên dưới: xong 1 trên 9, 8 trễ, hạn 07/02/2021',
    )
  })

  it('counts only where the place has nothing of its own', () => {
    const content = contentOf(matrix, teams, late)
    expect(content.own).toBeNull()
    expect(cellName(content, 'Hà Nội', teams, true)).toBe('Hà Nội, Thành lập Tổ bầu cử, xong 0 trên 10')
    expect(toneOfCell(content)).toBe('upcoming')
  })

  it('of a column that says nothing is empty', () => {
    const content = contentOf(matrix, direction, late)
    expect(toneOfCell(content)).toBeNull()
    expect(cellName(content, 'Hà Nội', direction, true)).toBe('Hà Nội, Chỉ thị, không có việc')
  })

  it('of a closed phase counts the place itself and all below, and says how the place itself stands', () => {
    const content = contentOf(closed, setup, late)
    expect(content.own).toMatchObject({ timing: 'overdue', id: null })
    expect(content.below).toMatchObject({ total: 20, done: 1, overdue: 9 })
    expect(sumsText(content.below)).toBe('1/20 · 9 trễ')
    expect(cellName(content, 'Hà Nội', setup, true)).toBe(
      'Hà Nội, Thành lập tổ chức, xong 1 trên 20, 9 trễ, riêng nơi này: trễ 2 ngày',
    )
    expect(cellName(content, 'Hà Nội', setup, false)).toContain('xong 1 trên 20, 9 trễ, trễ 2 ngày')
  })

  it('is short where there is no room: days, what presses, or how much is done', () => {
    const of = (below: Partial<MatrixSums>, whole = true): Content => ({
      own: null,
      more: 0,
      below: { ...nothing, ...below },
      whole,
    })
    expect(shortText(contentOf(matrix, committee, late))).toBe('2 ng')
    expect(shortText(of({ total: 9, overdue: 3, due_soon: 2 }))).toBe('3')
    expect(shortText(of({ total: 9, due_soon: 2 }))).toBe('2')
    expect(shortText(of({ total: 9, done: 6 }))).toBe('66%')
    expect(shortText(of({ total: 9, done: 9 }))).toBe('')
    expect(shortText(of({}))).toBe('')
    fc.assert(
      fc.property(sums, fc.nat(999_999), (any, overdue) => {
        expect(shortText(of({ ...any, overdue })).length).toBeLessThanOrEqual(4)
      }),
    )
  })

  it('of the area itself is read from its own entry', () => {
    expect(contentOf(matrix, direction, 'self').own?.id).toBe('politburo_directive_45')
  })

  it('looks late whenever something is late, and done only when all is', () => {
    fc.assert(
      fc.property(sums, any => {
        const tone = toneOfSums(any)
        expect(tone === 'overdue').toBe(any.overdue > 0)
        if (tone === 'done') expect(any.done).toBe(any.total)
        expect(sumsText(any).includes('trễ')).toBe(any.overdue > 0)
      }),
    )
  })
})

describe('the keyboard', () => {
  const grids = fc
    .record({
      rows: fc.integer({ min: 3, max: 80 }),
      heads: fc.constantFrom(0, 2),
      phases: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
    })
    .map(({ rows, heads, phases }) => {
      const starts = [0]
      for (const count of phases) {
        const first = starts.length
        for (let n = 0; n < count; n++) starts.push(first)
      }
      return { rows, heads, starts }
    })
  const keys = fc.constantFrom(
    ...['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Home', 'End', 'PageUp', 'PageDown'],
  )

  it('never leaves the grid, and stands on a phase as a whole in the header', () => {
    fc.assert(
      fc.property(grids, fc.array(fc.tuple(keys, fc.boolean())), ({ rows, heads, starts }, pressed) => {
        let at: Spot = { row: heads, col: 0 }
        for (const [key, ctrl] of pressed) {
          at = moveTo(at, key, ctrl, rows, starts, heads) ?? at
          expect(at.row).toBeGreaterThanOrEqual(0)
          expect(at.row).toBeLessThan(rows)
          expect(at.col).toBeGreaterThanOrEqual(at.row < heads ? 1 : 0)
          expect(at.col).toBeLessThan(starts.length)
          if (at.row < heads) expect(starts[at.col]).toBe(at.col)
        }
      }),
    )
  })

  it('comes back by the arrow against the one that led away', () => {
    fc.assert(
      fc.property(grids, fc.nat(), fc.nat(), ({ rows, heads, starts }, r, c) => {
        const at = { row: heads + (r % (rows - heads)), col: c % starts.length }
        const there = moveTo(at, 'ArrowDown', false, rows, starts, heads) ?? at
        if (there.row !== at.row) expect(moveTo(there, 'ArrowUp', false, rows, starts, heads)).toEqual(at)
        const aside = moveTo(at, 'ArrowRight', false, rows, starts, heads) ?? at
        if (aside.col !== at.col) expect(moveTo(aside, 'ArrowLeft', false, rows, starts, heads)).toEqual(at)
      }),
    )
  })

  it('jumps to both ends of a row and of the table', () => {
    const starts = [0, 1, 2, 2, 2]
    const from = { row: 3, col: 2 }
    expect(moveTo(from, 'Home', false, 9, starts, 2)).toEqual({ row: 3, col: 0 })
    expect(moveTo(from, 'End', false, 9, starts, 2)).toEqual({ row: 3, col: 4 })
    expect(moveTo(from, 'Home', true, 9, starts, 2)).toEqual({ row: 2, col: 0 })
    expect(moveTo(from, 'End', true, 9, starts, 2)).toEqual({ row: 8, col: 4 })
    expect(moveTo({ row: 0, col: 1 }, 'ArrowRight', false, 9, starts, 2)).toEqual({ row: 0, col: 2 })
    expect(moveTo({ row: 0, col: 2 }, 'ArrowRight', false, 9, starts, 2)).toEqual({ row: 0, col: 2 })
    expect(moveTo(from, 'x', false, 9, starts, 2)).toBeNull()
  })
})
