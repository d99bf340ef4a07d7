import { describe, expect, it } from 'vitest'
import golden from '../../../api/testdata/line/consult1_pc_district.json'
import type { Timeline } from '../api/names'
import { zooms } from '../state/address'
import { daysBetween } from '../state/day'
import { layout } from './layout'

// One rule all the way: the rulebook's file, its deadline, the row, the answer of the API. Go writes this golden
// and holds it (api/line_test.go); here is the last step, from the answer to the flag on the time axis.
const { axis, deadline, rule, row } = golden
const timeline = golden.timeline as unknown as Timeline

describe('the first consultation in Bắc Kạn city', () => {
  it('is the same day in the law, the table and the answer', () => {
    expect(daysBetween(timeline.election.election_day, deadline.latest)).toBe(rule.end.days)
    expect(row.latest_on).toBe(deadline.latest)
    expect(timeline.items[0]?.latest_on).toBe(deadline.latest)
  })

  it.each(zooms)('stands as a flag in the middle of its day (%s)', zoom => {
    const laid = layout(timeline, 1208, zoom)
    expect([laid.from, laid.to]).toEqual([axis.from, axis.to])
    const row = laid.groups[0]?.rows[0]
    expect(row?.bar).toBeNull()
    expect(row?.marks).toEqual([{ kind: axis.mark, day: axis.day, x: expect.any(Number) }])
    expect(row?.marks[0]?.x).toBeCloseTo(((axis.days_from_start + 0.5) / axis.days_shown) * laid.width)
    expect(row?.marks[0]?.x).toBeCloseTo((axis.days_from_start + 0.5) * laid.perDay)
  })
})
