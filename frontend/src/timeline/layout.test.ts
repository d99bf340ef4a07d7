import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Milestone, Timeline } from '../api/names'
import { zooms } from '../state/address'
import { addDays, dayNumber, daysBetween } from '../state/day'
import { bacKan } from '../testing/fixture'
import { layout, perDayFor, placeLabels, type Row, spanAt, xOf, zoomStep } from './layout'

const day = fc.integer({ min: dayNumber('2020-01-01'), max: dayNumber('2022-12-31') }).map(number => {
  return addDays('1970-01-01', number)
})
const maybe = fc.option(day, { freq: 3 })
const natures = ['duty', 'event', 'period', 'right', 'prohibition', 'on_occurrence'] as const

function timelineOf(items: Partial<Milestone>[], shown: string): Timeline {
  const base = bacKan()
  const [pattern] = base.items
  if (!pattern) throw new Error('the fixture is empty')
  return {
    ...base,
    day: shown,
    above: [],
    items: items.map((item, at) => ({ ...pattern, planned_on: null, ...item, id: `m${at}`, key: `m${at}` })),
  }
}

const made = fc
  .record({
    nature: fc.constantFrom(...natures),
    a: maybe,
    b: maybe,
    planned_on: maybe,
    done_on: maybe,
    done_by: maybe,
    timed: fc.boolean(),
  })
  .map(({ a, b, timed, ...rest }) => {
    const [from, to] = a && b && a > b ? [b, a] : [a, b]
    return {
      ...rest,
      not_before_on: from,
      latest_on: to,
      not_before_at: null,
      latest_at: timed && to ? `${to}T17:00:00+07:00` : null,
    }
  })

const cases = fc.record({
  items: fc.array(made, { minLength: 1, maxLength: 12 }),
  shown: day,
  width: fc.integer({ min: 240, max: 3000 }),
  zoom: fc.constantFrom(...zooms),
})

function rowsOf(
  timeline: Timeline,
  width: number,
  zoom: (typeof zooms)[number],
): { all: Row[]; at: ReturnType<typeof layout> } {
  const at = layout(timeline, width, zoom, () => 80)
  return { all: [...at.above, ...at.groups.flatMap(group => group.rows)], at }
}

describe('the layout', () => {
  it('puts every date where the scale says, whatever the zone of the browser', () => {
    fc.assert(
      fc.property(cases, ({ items, shown, width, zoom }) => {
        const { all, at } = rowsOf(timelineOf(items, shown), width, zoom)
        const place = (iso: string, part: number) => (daysBetween(at.from, iso) + part) * at.perDay
        expect(at.shown?.x).toBeCloseTo(place(shown, 0.5), 6)
        expect(at.electionDay.x).toBeCloseTo(place('2021-05-23', 0.5), 6)
        for (const { milestone, marks, bar } of all) {
          for (const mark of marks) expect(mark.x).toBeCloseTo(place(mark.day, 0.5), 6)
          if (!bar) continue
          if (milestone.not_before_on) expect(bar.x).toBeCloseTo(place(milestone.not_before_on, 0), 6)
          if (!milestone.latest_on) continue
          const end = place(milestone.latest_on, milestone.latest_at ? 17 / 24 : 1)
          expect(bar.x + bar.width).toBeCloseTo(Math.max(end, bar.x + 2), 6)
        }
      }),
    )
  })

  it('leaves nothing outside the chart, no bar without width, nothing out of order', () => {
    fc.assert(
      fc.property(cases, ({ items, shown, width, zoom }) => {
        const { all, at } = rowsOf(timelineOf(items, shown), width, zoom)
        expect(at.width).toBeGreaterThanOrEqual(width - 1e-6)
        const inside = (x: number) => {
          expect(x).toBeGreaterThanOrEqual(-1e-6)
          expect(x).toBeLessThanOrEqual(at.width + 2)
        }
        for (const { bar, marks, thread, note } of all) {
          for (const mark of marks) inside(mark.x)
          if (bar) {
            inside(bar.x)
            inside(bar.x + bar.width)
            expect(bar.width).toBeGreaterThanOrEqual(2)
          }
          if (thread) expect(thread.width).toBeGreaterThan(0)
          if (note?.side === 'start') inside(note.x + 80)
          if (note?.side === 'end') inside(note.x)
        }
      }),
    )
  })

  it('has every milestone in one row, in the order of the server within its phase', () => {
    const timeline = bacKan()
    const { at } = rowsOf(timeline, 1000, 'all')
    expect(at.above.map(row => row.milestone.id)).toEqual(timeline.above.map(item => item.id))
    for (const group of at.groups) {
      expect(group.rows.map(row => row.milestone.id)).toEqual(
        timeline.items.filter(item => item.phase === group.phase.key).map(item => item.id),
      )
    }
    expect(at.groups.flatMap(group => group.rows)).toHaveLength(timeline.items.length)
  })

  it('fits the whole period into the width, and gives months and days their length', () => {
    const at = layout(bacKan(), 1000, 'all')
    expect(at.width).toBeCloseTo(1000, 6)
    expect(at.from).toBe('2020-06-01')
    for (const [index, month] of at.months.entries()) {
      const next = at.months[index + 1]
      expect(month.x + month.width).toBeCloseTo(next ? next.x : at.width, 6)
    }
    expect(layout(bacKan(), 1000, 'day').perDay).toBe(30)
  })

  it('draws what is owed as a flag, what runs as a bar, and what has no date not at all', () => {
    const { all } = rowsOf(bacKan(), 1000, 'all')
    const find = (id: string) => all.find(row => row.milestone.id === id)
    expect(find('consult1_pc_district')).toMatchObject({
      bar: null,
      marks: [{ kind: 'flag', day: '2021-02-17' }],
    })
    expect(find('candidacy_window_pc_district')?.bar).toMatchObject({ openStart: false, openEnd: false })
    expect(find('candidacy_window_pc_district')?.marks).toEqual([])
    expect(find('bk_propaganda')?.bar).toMatchObject({ openEnd: true })
    expect(find('polling_areas_decided')).toMatchObject({ bar: null, marks: [], note: null })
    expect(find('bk_plan_18')?.marks.map(mark => mark.kind)).toEqual(['flag', 'done'])
  })

  it('tells a day that is known from one that is only a bound', () => {
    const timeline = timelineOf(
      [
        { done_by: '2021-02-16', done_on: null },
        { done_on: '2021-02-16', done_by: '2021-02-16' },
      ],
      '2021-01-25',
    )
    const { all } = rowsOf(timeline, 1000, 'all')
    expect(all.map(row => row.marks.map(mark => mark.kind).at(-1))).toEqual(['done_by', 'done'])
  })

  it('does not stretch to a day that is looked back at long before the period', () => {
    const timeline = bacKan()
    const now = layout(timeline, 1000, 'all')
    const long = layout({ ...timeline, day: '2011-03-01', as_of: '2011-03-01' }, 1000, 'all')
    expect([long.from, long.to, long.shown]).toEqual([now.from, now.to, null])
  })

  it('puts the note of what is done at its tick, wherever the limit stands', () => {
    const early = { latest_on: '2021-06-01', done_on: '2021-02-10' }
    const { all } = rowsOf(timelineOf([{ nature: 'duty', ...early }], '2021-01-25'), 1000, 'all')
    const row = all[0]
    const tick = row?.marks.find(mark => mark.kind === 'done')?.x ?? 0
    expect(Math.abs((row?.note?.x ?? 0) - tick)).toBeLessThan(20)
  })

  it('does not stretch a closed election to the years after it, but looks back into it', () => {
    const timeline = bacKan()
    const running = layout(timeline, 1000, 'all')
    timeline.election.state = 'closed'
    const years = layout({ ...timeline, day: '2026-11-20' }, 1000, 'all')
    expect([years.from, years.to, years.shown]).toEqual([running.from, running.to, null])
    expect(layout({ ...timeline, day: '2021-02-20' }, 1000, 'all').shown?.day).toBe('2021-02-20')
    expect(layout({ ...timeline, day: '2020-01-05' }, 1000, 'all').shown).toBeNull()
  })

  it('draws a voting day of its own only where it differs', () => {
    const timeline = bacKan()
    expect(layout(timeline, 1000, 'all').votingDay).toBeNull()
    timeline.area.voting_day = '2021-05-22'
    expect(layout(timeline, 1000, 'all').votingDay?.day).toBe('2021-05-22')
  })
})

describe('what is in sight', () => {
  const near = fc.constantFrom(...zooms.filter(zoom => zoom !== 'all'))
  const width = fc.integer({ min: 300, max: 2000 })

  it('is the same again when a link with it is opened in a window of the same width', () => {
    fc.assert(
      fc.property(near, width, fc.nat(6000), (zoom, wide, x) => {
        const at = layout(bacKan(), wide, zoom)
        const left = Math.min(x, Math.max(0, at.width - wide))
        const span = spanAt(at, left, wide)
        const again = layout(bacKan(), wide, zoom, undefined, perDayFor(span, wide))
        const then = spanAt(again, xOf(again, span.from), wide)
        expect(then.from).toBe(span.from)
        expect(Math.abs(daysBetween(then.to, span.to))).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('is the same stretch in a window of another width', () => {
    fc.assert(
      fc.property(
        near,
        fc.integer({ min: 700, max: 1400 }),
        fc.integer({ min: 700, max: 1400 }),
        (zoom, a, b) => {
          const span = spanAt(layout(bacKan(), a, zoom), 300, a)
          const other = layout(bacKan(), b, zoom, undefined, perDayFor(span, b))
          const then = spanAt(other, xOf(other, span.from), b)
          expect(then.from).toBe(span.from)
          // What fits as a whole is never drawn narrower than the window.
          expect(daysBetween(then.from, then.to)).toBeLessThanOrEqual(daysBetween(span.from, span.to) + 1)
        },
      ),
    )
  })

  it('is drawn nearer and further step by step, and stops at both ends', () => {
    expect(zoomStep('all', 1)).toBe('month')
    expect(zoomStep('week', 1)).toBe('day')
    expect(zoomStep('day', 1)).toBe('day')
    expect(zoomStep('month', -1)).toBe('all')
    expect(zoomStep('all', -1)).toBe('all')
    for (const zoom of zooms.slice(1, -1)) expect(zoomStep(zoomStep(zoom, 1), -1)).toBe(zoom)
  })
})

describe('labels of lines', () => {
  it('never cover each other and stay on the chart', () => {
    const line = fc.record({ x: fc.integer({ min: 0, max: 600 }), width: fc.integer({ min: 20, max: 200 }) })
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 4 }), lines => {
        const width = 600
        const boxes = placeLabels(lines, width).map(({ x, side, level }, at) => {
          const needs = lines[at]?.width ?? 0
          return { from: side === 'right' ? x : x - needs, to: side === 'right' ? x + needs : x, level }
        })
        for (const [at, box] of boxes.entries()) {
          expect(box.from).toBeGreaterThanOrEqual(0)
          expect(box.to).toBeLessThanOrEqual(width)
          for (const other of boxes.slice(at + 1)) {
            expect(other.level !== box.level || other.to <= box.from || other.from >= box.to).toBe(true)
          }
        }
      }),
    )
  })
})
