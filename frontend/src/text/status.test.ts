import { afterEach, describe, expect, it } from 'vitest'
import type { Milestone, Timing } from '../api/names'
import { address } from '../state/address'
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
    for (const nature of ['period', 'right', 'prohibition'] as const) {
      for (const timing of timings) {
        for (const days_left of [null, 0, 3]) {
          const { text, work } = statusOf({ nature, timing, days_left, work: 'not_started' })
          expect([text, work]).not.toContain('Chưa làm')
        }
      }
    }
  })

  it('claims nothing where nothing is known', () => {
    const silent = statusOf({ ...duty, timing: 'no_record', days_left: null })
    expect(silent).toEqual({ tone: 'unknown', text: 'Chưa có dữ liệu', work: null })
  })

  it('says of what was begun that its outcome is not on record', () => {
    const begun = statusOf({ ...duty, timing: 'no_record', days_left: null, work: 'in_progress' })
    expect(begun).toEqual({ tone: 'unknown', text: 'Chưa rõ kết quả', work: 'Đang làm' })
  })

  it('says first of what is stuck that it is, unless it is late', () => {
    const stuck = { ...duty, work: 'blocked' as const }
    expect(statusOf(stuck)).toEqual({ tone: 'blocked', text: 'Vướng mắc', work: 'Còn 23 ngày' })
    const late = { ...stuck, timing: 'overdue' as const, days_left: -2 }
    expect(statusOf(late)).toEqual({ tone: 'overdue', text: 'Trễ 2 ngày', work: 'Vướng mắc' })
    expect(accessibleName(stuck, 'Hiệp thương', 'Bắc Kạn')).toBe(
      'Bắc Kạn, Hiệp thương, vướng mắc, còn 23 ngày, hạn 17/02/2021',
    )
  })

  it('says of an event that it took place, not that it was finished in time', () => {
    const held = { ...duty, nature: 'event', timing: 'done_on_time', work: 'done' } as const
    expect(statusOf(held).text).toBe('Đã diễn ra')
  })

  it('has words for every timing', () => {
    for (const timing of timings) {
      expect(statusOf({ ...duty, timing, days_left: null }).text).not.toBe('')
      expect(statusOf({ ...duty, nature: 'right', timing, days_left: null }).text).not.toBe('')
    }
  })
})

describe('on the day itself', () => {
  // What each timing says with no day left, of a duty and of a bar, in both languages.
  const expected: Record<Timing, [duty: string, bar: string, duty: string, bar: string]> = {
    upcoming: ['Hôm nay', 'Bắt đầu hôm nay', 'Today', 'Starts today'],
    running: ['Hôm nay', 'Hết hôm nay', 'Today', 'Ends today'],
    due_soon: ['Hôm nay', 'Hôm nay', 'Today', 'Today'],
    behind_plan: ['Chậm kế hoạch', 'Chậm kế hoạch', 'Behind plan', 'Behind plan'],
    overdue: ['Trễ hạn', 'Trễ hạn', 'Overdue', 'Overdue'],
    done_on_time: ['Xong đúng hạn', 'Xong đúng hạn', 'Done in time', 'Done in time'],
    done_late: ['Xong muộn', 'Xong muộn', 'Done late', 'Done late'],
    done: ['Xong', 'Xong', 'Done', 'Done'],
    over: ['Đã kết thúc', 'Đã kết thúc', 'Over', 'Over'],
    no_record: ['Chưa có dữ liệu', 'Chưa có dữ liệu', 'No data', 'No data'],
    undated: ['Chưa làm', 'Không có ngày', 'Not started', 'No date'],
    set_aside: ['Không tính', 'Không tính', 'Set aside', 'Set aside'],
  }

  afterEach(() => {
    address.value = { ...address.value, lang: 'vi' }
  })

  for (const timing of timings) {
    it(`says what ${timing} is`, () => {
      const duty = { timing, work: 'not_started', nature: 'duty', days_left: 0 } as const
      const bar = { ...duty, nature: 'period' } as const
      const said = [duty, bar].map(item => statusOf(item).text)
      address.value = { ...address.value, lang: 'en' }
      expect([...said, ...[duty, bar].map(item => statusOf(item).text)]).toEqual(expected[timing])
    })
  }
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
