import { describe, expect, it } from 'vitest'
import type { Change } from '../api/names'
import { bacKan } from '../testing/fixture'
import { en } from '../text/en'
import { vi } from '../text/vi'
import { countedThen, stepsOf } from './history'

function change(
  more: Partial<Omit<Change, 'before' | 'after'>> & { before?: object | null; after?: object | null },
): Change {
  return {
    revision: 1,
    kind: 'task_updated',
    area: '058',
    milestone: 'm',
    task: 'duty',
    actor: 'local',
    recorded_at: '2021-01-25T03:00:00Z',
    happened_on: '2021-01-25',
    reason: null,
    before: null,
    after: null,
    ...more,
  } as Change
}

describe('an entry of the history', () => {
  it('says in words what a report changed, in both languages', () => {
    const report = change({
      before: { task: { status: 'not_started' }, milestone: { work: 'not_started' } },
      after: {
        task: { status: 'done', done_on: '2021-01-25', evidence_number: '12/QĐ' },
        milestone: { work: 'done' },
      },
    })
    expect(stepsOf(report, 'duty', vi)).toEqual([
      'Tình trạng: Chưa làm → Xong',
      'Ngày xong: 25/01/2021',
      'Số văn bản: 12/QĐ',
    ])
    expect(stepsOf(report, 'duty', en)[0]).toBe('Status: Not started → Done')
  })

  it('says where a plan or a limit moved', () => {
    const plan = change({
      kind: 'milestone_planned',
      task: null,
      before: { milestone: { planned: '2021-02-10', work: 'not_started' } },
      after: { milestone: { work: 'not_started' } },
    })
    expect(stepsOf(plan, 'duty', vi)).toEqual(['Ngày kế hoạch: 10/02/2021 → trống'])
  })

  it('says an hour and a document the way people do', () => {
    const moved = change({
      kind: 'milestone_moved',
      task: null,
      before: { milestone: { latest: '2021-05-23T07:00' } },
      after: { milestone: { latest: '2021-05-16T07:00', document: 'bk_plan_18' } },
    })
    expect(stepsOf(moved, 'duty', vi, key => (key === 'bk_plan_18' ? '18-KH/TU' : key))).toEqual([
      'Văn bản: 18-KH/TU',
      'Chậm nhất: 07:00 ngày 23/05/2021 → 07:00 ngày 16/05/2021',
    ])
  })

  it('says how the milestone stands where that is not how the task does', () => {
    const first = change({
      before: { task: { status: 'not_started' }, milestone: { work: 'not_started' } },
      after: { task: { status: 'done' }, milestone: { work: 'in_progress' } },
    })
    expect(stepsOf(first, 'duty', vi)).toContain('Mốc việc: Chưa làm → Đang làm')
  })

  it('never says of a bar that it is not started', () => {
    const after = { milestone: { work: 'not_started', latest: '2021-05-22' } }
    const moved = change({ kind: 'milestone_moved', task: null, after })
    expect(stepsOf(moved, 'duty', vi)).toEqual(['Mốc việc: Chưa làm', 'Chậm nhất: 22/05/2021'])
    for (const nature of ['period', 'right', 'prohibition'] as const) {
      expect(stepsOf(moved, nature, vi)).toEqual(['Chậm nhất: 22/05/2021'])
    }
  })

  it('does not stumble over states it does not know', () => {
    expect(stepsOf(change({ kind: 'x', before: null, after: { what: { ever: 1 } } }), 'duty', vi)).toEqual([])
  })

  it('counts, looking back, only when it had happened and was recorded by then', () => {
    const timeline = bacKan()
    const entry = change({})
    expect(countedThen(entry, timeline)).toBe(true)
    expect(countedThen(entry, { ...timeline, as_of: '2021-01-24' })).toBe(false)
    expect(countedThen(entry, { ...timeline, as_of: '2021-01-25' })).toBe(true)
    expect(countedThen(entry, { ...timeline, known_at: '2021-01-25T09:59:59+07:00' })).toBe(false)
  })
})
