import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Matrix, MatrixSums } from '../api/names'
import { areas } from '../testing/fixture'
import { matrixOf } from '../testing/matrix'
import {
  cellName,
  contentOf,
  moveTo,
  openPhases,
  ownText,
  seenColumns,
  sumsText,
  toneOfCell,
  toneOfSums,
  totalsText,
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

/** A matrix of any phases, each column with any sums. */
const matrices: fc.Arbitrary<Matrix> = fc
  .array(fc.array(sums, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 6 })
  .map(phases => {
    let first = 0
    const [one] = matrix.columns
    if (!one) throw new Error('the fixture has no column')
    const made = phases.map((columns, at) => {
      const phase = {
        key: `p${at}`,
        title: { vi: `P${at}`, en: '' },
        first,
        count: columns.length,
        open: true,
        families: columns.length,
        sums: columns[0] ?? one.sums,
      }
      first += columns.length
      return {
        phase,
        columns: columns.map((s, n) => ({ ...one, key: `${at}-${n}`, phase: `p${at}`, sums: s })),
      }
    })
    return { ...matrix, phases: made.map(m => m.phase), columns: made.flatMap(m => m.columns) }
  })

describe('the phases', () => {
  it('are open where something presses, else at the first work left', () => {
    fc.assert(
      fc.property(matrices, any => {
        const open = openPhases(any, null)
        const of = (key: string) => any.columns.filter(column => column.phase === key).map(c => c.sums)
        const presses = (key: string) =>
          of(key).some(s => s.overdue > 0 || s.behind_plan > 0 || s.due_soon > 0)
        const pressing = any.phases.map(phase => phase.key).filter(presses)
        const left = any.phases.map(phase => phase.key).filter(key => of(key).some(s => s.done < s.total))
        expect(open).toEqual(pressing.length > 0 ? pressing : left.slice(0, 1))
      }),
    )
  })

  it('show every column when open, and one for all when closed', () => {
    fc.assert(
      fc.property(matrices, fc.array(fc.nat(7)), (any, chosen) => {
        const open = openPhases(
          any,
          chosen.map(at => `p${at}`),
        )
        const seen = seenColumns(any, open)
        expect(seen.flatMap(one => one.members.map(column => column.key))).toEqual(
          any.columns.map(column => column.key),
        )
        for (const one of seen) expect(one.column !== null).toBe(open.includes(one.phase.key))
        expect(new Set(seen.map(one => one.key)).size).toBe(seen.length)
      }),
    )
  })
})

describe('a cell', () => {
  const [direction, committee, teams] = seenColumns(matrix, ['direction', 'setup'])
  const setup = seenColumns(matrix, [])[1]
  if (!direction || !committee || !teams || !setup) throw new Error('the fixture has too few columns')
  const late = matrix.rows.code.indexOf('01')

  it('says its own state first, then what lies below', () => {
    const content = contentOf(matrix, committee, late)
    expect(content.own && ownText(content.own)).toBe('Trễ 2 ngày')
    expect(sumsText(content.below)).toBe('1/9 · 8 trễ')
    expect(toneOfCell(content)).toBe('overdue')
    expect(cellName(content, 'Hà Nội', committee)).toBe(
      'Hà Nội, Thành lập Ủy ban bầu cử, trễ 2 ngày, bên dưới: xong 1 trên 9, 8 trễ, hạn 07/02/2021',
    )
  })

  it('counts only where the place has nothing of its own', () => {
    const content = contentOf(matrix, teams, late)
    expect(content.own).toBeNull()
    expect(cellName(content, 'Hà Nội', teams)).toBe('Hà Nội, Thành lập Tổ bầu cử, xong 0 trên 10')
    expect(toneOfCell(content)).toBe('upcoming')
  })

  it('of a column that says nothing is empty', () => {
    const content = contentOf(matrix, direction, late)
    expect(toneOfCell(content)).toBeNull()
    expect(cellName(content, 'Hà Nội', direction)).toBe('Hà Nội, Chỉ thị, không có việc')
  })

  it('of a closed phase holds the most pressing of its own and all counts', () => {
    const content = contentOf(matrix, setup, late)
    expect(content.own?.timing).toBe('overdue')
    expect(content.below).toMatchObject({ total: 19, done: 1, overdue: 8 })
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

  it('and the whole are summed up in words', () => {
    expect(totalsText({ ...matrix.totals, due_soon: 3 })).toBe('Đã xong 10 trên 171 · 71 trễ · 3 sắp đến hạn')
  })
})

describe('the keyboard', () => {
  const grids = fc
    .record({
      rows: fc.integer({ min: 2, max: 80 }),
      phases: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
    })
    .map(({ rows, phases }) => {
      const starts = [0]
      for (const count of phases) {
        const first = starts.length
        for (let n = 0; n < count; n++) starts.push(first)
      }
      return { rows, starts }
    })
  const keys = fc.constantFrom(
    ...['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Home', 'End', 'PageUp', 'PageDown'],
  )

  it('never leaves the grid, and stands on a phase as a whole in the header', () => {
    fc.assert(
      fc.property(grids, fc.array(fc.tuple(keys, fc.boolean())), ({ rows, starts }, pressed) => {
        let at = { row: 1, col: 0 }
        for (const [key, ctrl] of pressed) {
          at = moveTo(at, key, ctrl, rows, starts) ?? at
          expect(at.row).toBeGreaterThanOrEqual(0)
          expect(at.row).toBeLessThan(rows)
          expect(at.col).toBeGreaterThanOrEqual(at.row === 0 ? 1 : 0)
          expect(at.col).toBeLessThan(starts.length)
          if (at.row === 0) expect(starts[at.col]).toBe(at.col)
        }
      }),
    )
  })

  it('comes back by the arrow against the one that led away', () => {
    fc.assert(
      fc.property(grids, fc.nat(), fc.nat(), ({ rows, starts }, r, c) => {
        const at = { row: 1 + (r % (rows - 1)), col: c % starts.length }
        const there = moveTo(at, 'ArrowDown', false, rows, starts) ?? at
        if (there.row !== at.row) expect(moveTo(there, 'ArrowUp', false, rows, starts)).toEqual(at)
        const aside = moveTo(at, 'ArrowRight', false, rows, starts) ?? at
        if (aside.col !== at.col) expect(moveTo(aside, 'ArrowLeft', false, rows, starts)).toEqual(at)
      }),
    )
  })

  it('jumps to both ends of a row and of the table', () => {
    const starts = [0, 1, 2, 2, 2]
    const from = { row: 3, col: 2 }
    expect(moveTo(from, 'Home', false, 9, starts)).toEqual({ row: 3, col: 0 })
    expect(moveTo(from, 'End', false, 9, starts)).toEqual({ row: 3, col: 4 })
    expect(moveTo(from, 'Home', true, 9, starts)).toEqual({ row: 1, col: 0 })
    expect(moveTo(from, 'End', true, 9, starts)).toEqual({ row: 8, col: 4 })
    expect(moveTo({ row: 0, col: 1 }, 'ArrowRight', false, 9, starts)).toEqual({ row: 0, col: 2 })
    expect(moveTo({ row: 0, col: 2 }, 'ArrowRight', false, 9, starts)).toEqual({ row: 0, col: 2 })
    expect(moveTo(from, 'x', false, 9, starts)).toBeNull()
  })
})
