import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addDays, daysBetween, isoOf } from '../state/day'
import { along, keyed, monthTicks, nextPlayed, type Span, tempo, within } from './span'

const spans: fc.Arbitrary<Span> = fc
  .tuple(fc.integer({ min: 0, max: 30_000 }), fc.integer({ min: 1, max: 2000 }))
  .map(([first, length]) => ({ first: isoOf(first), last: isoOf(first + length) }))
const year: Span = { first: '2020-06-19', last: '2021-06-30' }

describe('the days to look back at', () => {
  it('lie from 0 to 1, in their order, whatever the day', () => {
    fc.assert(
      fc.property(spans, fc.integer({ min: -50, max: 2050 }), (span, days) => {
        const day = addDays(span.first, days)
        const at = along(span, day)
        expect(at).toBeGreaterThanOrEqual(0)
        expect(at).toBeLessThanOrEqual(1)
        expect(along(span, addDays(day, 1))).toBeGreaterThanOrEqual(at)
        expect(along(span, within(span, day))).toBe(at)
      }),
    )
    expect(along({ first: '2021-01-25', last: '2021-01-25' }, '2021-01-25')).toBe(1)
  })

  it('have ticks at the first days of months, never too many', () => {
    fc.assert(
      fc.property(spans, span => {
        const ticks = monthTicks(span)
        expect(ticks.length).toBeLessThanOrEqual(14)
        for (const tick of ticks) {
          expect(tick.day.slice(8)).toBe('01')
          expect(within(span, tick.day)).toBe(tick.day)
        }
      }),
    )
    expect(monthTicks(year).map(tick => `${tick.month}/${tick.year}`)).toEqual(
      '7/2020 8/2020 9/2020 10/2020 11/2020 12/2020 1/2021 2/2021 3/2021 4/2021 5/2021 6/2021'.split(' '),
    )
    expect(monthTicks({ first: '2021-02-01', last: '2021-02-20' }).map(tick => tick.day)).toEqual([
      '2021-02-01',
    ])
  })

  it('are walked by keys: a day, a week, the ends', () => {
    const from = (key: string) => keyed(year, '2021-03-20', key)
    expect(from('ArrowRight')).toBe('2021-03-21')
    expect(from('ArrowUp')).toBe('2021-03-21')
    expect(from('ArrowLeft')).toBe('2021-03-19')
    expect(from('ArrowDown')).toBe('2021-03-19')
    expect(from('PageUp')).toBe('2021-03-27')
    expect(from('PageDown')).toBe('2021-03-13')
    expect(from('Home')).toBe(year.first)
    expect(from('End')).toBe(year.last)
    expect(from('Enter')).toBeNull()
    expect(keyed(year, '2021-06-28', 'PageUp')).toBe(year.last)
    expect(keyed(year, year.first, 'ArrowLeft')).toBe(year.first)
  })

  it('are played to the last and no further, each once, a week at a time for who wants little motion', () => {
    fc.assert(
      fc.property(spans, fc.boolean(), (span, calm) => {
        const how = tempo(calm)
        const played = [span.first]
        for (;;) {
          const next = nextPlayed(span, played.at(-1) ?? '', how)
          if (next === null) break
          expect(daysBetween(played.at(-1) ?? '', next)).toBeLessThanOrEqual(how.days)
          played.push(next)
        }
        expect(played.at(-1)).toBe(span.last)
        expect(new Set(played).size).toBe(played.length)
      }),
      { numRuns: 30 },
    )
    expect(tempo(true).days).toBe(7)
    expect(tempo(false).days).toBe(1)
  })
})
