import { describe, expect, it } from 'vitest'
import type { Milestone, Timing } from '../api/names'
import { bacKan } from '../testing/fixture'
import { accessibleName, datesOf, statusOf } from './status'

function named(id: string): Milestone {
  const found = bacKan().items.find(item => item.id === id)
  if (!found) throw new Error(`the fixture has no ${id}`)
  return found
}

const timings: Timing[] = [
  'upcoming',
  'running',
  'due_soon',
  'behind_plan',
  'overdue',
  'done_on_time',
  'done_late',
  'done',
  'over',
  'no_record',
  'undated',
  'set_aside',
]

describe('a state in words', () => {
  const duty = named('consult1_pc_district')

  it('says days to the limit, and how far the work is', () => {
    expect(statusOf(duty)).toEqual({ tone: 'upcoming', text: 'Còn 23 ngày', work: 'Chưa làm' })
    expect(statusOf({ ...duty, timing: 'overdue', days_left: -2 }).text).toBe('Trễ 2 ngày')
    expect(statusOf({ ...duty, timing: 'due_soon', days_left: 0 }).text).toBe('Hôm nay')
    expect(statusOf({ ...duty, timing: 'due_soon', days_left: 1 }).text).toBe('Ngày mai')
  })

  it('never says of a bar that it is late or not started', () => {
    const bar = named('campaign_pc')
    expect(statusOf(bar)).toEqual({ tone: 'upcoming', text: 'Bắt đầu sau 93 ngày', work: null })
    expect(statusOf({ ...bar, timing: 'over', days_left: null }).text).toBe('Đã kết thúc')
  })

  it('claims nothing where nothing is known', () => {
    const silent = statusOf({ ...duty, timing: 'no_record', days_left: null })
    expect(silent).toEqual({ tone: 'unknown', text: 'Chưa có dữ liệu', work: null })
  })

  it('has words for every timing', () => {
    for (const timing of timings) {
      expect(statusOf({ ...duty, timing, days_left: null }).text).not.toBe('')
      expect(statusOf({ ...duty, nature: 'right', timing, days_left: null }).text).not.toBe('')
    }
  })
})

describe('the dates of a row', () => {
  it('say limit, stretch with its hour, or that the law sets none', () => {
    expect(datesOf(named('consult1_pc_district'))).toBe('hạn 17/02/2021')
    expect(datesOf(named('candidacy_window_pc_district'))).toBe('22/02/2021 – 17:00 ngày 14/03/2021')
    expect(datesOf(named('polling_areas_decided'))).toBe('Luật không ấn định ngày')
    expect(datesOf(named('bk_plan_18'))).toBe('ngày 14/01/2021')
    expect(datesOf(named('bk_steering_committee'))).toBe('Kế hoạch không ghi ngày')
  })
})

describe('the accessible name', () => {
  it('reads place, milestone, state, days, date', () => {
    const late = { ...named('consult1_pc_district'), timing: 'overdue' as const, days_left: -2 }
    expect(accessibleName(late, 'Hiệp thương lần thứ nhất', 'Bắc Kạn')).toBe(
      'Bắc Kạn, Hiệp thương lần thứ nhất, trễ 2 ngày, chưa làm, hạn 17/02/2021',
    )
  })
})
