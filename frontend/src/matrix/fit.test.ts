import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cut, fitRows, stretches } from './fit'

const rows = fc.integer({ min: 1, max: 400 })
const columns = fc.integer({ min: 1, max: 40 })
const room = fc.record({
  width: fc.integer({ min: 200, max: 3000 }),
  height: fc.integer({ min: 100, max: 2000 }),
})

describe('an overview', () => {
  it('of 63 provinces and 11 phases fits below the headers of a screen of 1440 by 900', () => {
    expect(fitRows(64, 11, { width: 1400, height: 515 })).toEqual({ blocks: 2, rowHeight: 16 })
    expect(fitRows(64, 11, { width: 1880, height: 700 })).toEqual({ blocks: 3, rowHeight: 30 })
    expect(fitRows(14, 11, { width: 1400, height: 515 }).rowHeight).toBe(30)
  })

  it('has all rows in sight where they can stand, and none of them below 11 pixels', () => {
    fc.assert(
      fc.property(rows, columns, room, (n, m, there) => {
        const { blocks, rowHeight } = fitRows(n, m, there)
        expect(rowHeight).toBeGreaterThanOrEqual(11)
        const fits = Math.ceil(n / blocks) * rowHeight <= there.height
        if (n * 11 <= there.height) expect(fits).toBe(true)
        if (!fits) expect(blocks).toBe(1)
      }),
    )
  })

  it('gives no less to a row when there is more room', () => {
    fc.assert(
      fc.property(rows, columns, room, fc.nat(500), (n, m, there, more) => {
        const before = fitRows(n, m, there)
        const taller = fitRows(n, m, { ...there, height: there.height + more })
        if (Math.ceil(n / before.blocks) * before.rowHeight <= there.height) {
          expect(taller.rowHeight).toBeGreaterThanOrEqual(before.rowHeight)
        }
      }),
    )
  })

  it('is cut into blocks that hold every row once, in order', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 1 }), fc.integer({ min: 1, max: 3 }), (list, blocks) => {
        const parts = cut(list, blocks)
        expect(parts.flat()).toEqual(list)
        expect(parts.length).toBeLessThanOrEqual(blocks)
        for (const part of parts) expect(part.length).toBeLessThanOrEqual(parts[0]?.length ?? 0)
      }),
    )
  })
})

describe('a long table', () => {
  const sight = fc.record({ top: fc.nat(20_000), height: fc.integer({ min: 1, max: 1500 }) })

  it('has the rows in sight and the one with the focus, and stays as high as all of them', () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 11, max: 60 }), sight, fc.nat(500), (n, height, seen, focused) => {
        const { shown, after } = stretches(n, height, seen, focused)
        let at = 0
        const there = new Set<number>()
        for (const { from, to, gap } of shown) {
          expect(from).toBe(at + gap / height)
          expect(to).toBeGreaterThan(from)
          for (let row = from; row < to; row++) there.add(row)
          at = to
        }
        expect(at * height + after).toBe(n * height)
        for (let row = 0; row < n; row++) {
          const inSight = (row + 1) * height > seen.top && row * height < seen.top + seen.height
          if (inSight || row === focused) expect(there.has(row)).toBe(true)
        }
      }),
    )
  })

  it('does not hold all rows', () => {
    const { shown } = stretches(10_600, 48, { top: 48_000, height: 800 }, 0)
    expect(shown.reduce((sum, { from, to }) => sum + to - from, 0)).toBeLessThan(60)
    expect(shown).toHaveLength(2)
  })
})
