import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { changed } from '../testing/comparison'
import { changesBegin, daysOf, differenceKinds, parseChangesChoices, sayChangesChoices } from './choice'
import { byPlace, differenceText, kindsIn, toneOfKind } from './rows'

const today = '2021-06-30'

describe('the two days', () => {
  it('are the last week, the week before the day looked back at, or what was said', () => {
    expect(daysOf(changesBegin, null, today, today)).toEqual({ from: '2021-06-23', to: today })
    expect(daysOf(changesBegin, '2021-03-10', today, today)).toEqual({ from: '2021-03-03', to: '2021-03-10' })
    const said = { from: '2021-01-01', to: '2021-02-01', kind: null }
    expect(daysOf(said, '2021-03-10', today, today)).toEqual({ from: '2021-01-01', to: '2021-02-01' })
  })

  it('are set right when they have not come or stand the wrong way round', () => {
    const day = fc.option(
      fc
        .date({ min: new Date('2020-01-01'), max: new Date('2023-01-01'), noInvalidDate: true })
        .map(d => d.toISOString().slice(0, 10)),
    )
    fc.assert(
      fc.property(day, day, day, (from, to, asOf) => {
        const days = daysOf({ from, to, kind: null }, asOf && asOf < today ? asOf : null, today, today)
        expect(days.from <= days.to).toBe(true)
        expect(days.to <= today).toBe(true)
      }),
    )
  })

  it('are read from an address, and what is no day or kind is not', () => {
    const read = (text: string) => parseChangesChoices(new URLSearchParams(text))
    expect(read('from=2021-02-30&to=x&kind=late')).toEqual(changesBegin)
    const choices = { from: '2021-01-01', to: '2021-02-01', kind: 'done' as const }
    const said = new URLSearchParams()
    sayChangesChoices(choices, (name, value) => value && said.set(name, value))
    expect(read(said.toString())).toEqual(choices)
  })
})

describe('a change', () => {
  it('is told in words, from what to what', () => {
    const done = changed({ kinds: ['done'] }, {}, { work: 'done', done_on: '2021-01-22' })
    expect(differenceText(done)).toBe('Chưa làm → Xong 22/01/2021')
    const by = changed({ kinds: ['done'] }, { work: 'in_progress' }, { work: 'done', done_by: '2021-01-22' })
    expect(differenceText(by)).toBe('Đang làm → Xong ≤ 22/01/2021')
    const moved = changed({ kinds: ['date_moved'] }, { latest_on: '2021-02-07' }, { latest_on: '2021-02-09' })
    expect(differenceText(moved)).toBe('hạn 07/02/2021 → hạn 09/02/2021')
    const planned = changed({ kinds: ['planned'] }, {}, { planned_on: '2021-02-01' })
    expect(differenceText(planned)).toBe('— → kế hoạch 01/02/2021')
    const late = changed(
      { kinds: ['became_late'] },
      { latest_on: '2021-02-07', timing: 'due_soon' },
      { latest_on: '2021-02-07', timing: 'overdue' },
    )
    expect(differenceText(late)).toBe('Trễ hạn, hạn 07/02/2021')
    const added = { ...changed({ kinds: ['added'] }, {}, { latest_on: '2021-02-07' }), before: null }
    expect(differenceText(added)).toBe('mới có, hạn 07/02/2021')
    const judged = changed({ kinds: ['standing'] }, { standing: 'reported' }, { standing: 'confirmed' })
    expect(differenceText(judged)).toBe('đã báo cáo → đã xác nhận')
  })

  it('stands with the others of its place', () => {
    const one = changed({ milestone: 'a' }, {}, {})
    const other = { ...changed({ milestone: 'c' }, {}, {}), area: { ...one.area, code: '059' } }
    const groups = byPlace([one, changed({ milestone: 'b' }, {}, {}), other])
    expect(groups.map(group => group.items.map(item => item.milestone))).toEqual([['a', 'b'], ['c']])
  })

  it('has a picture and a place among the counts, whatever its kind', () => {
    expect(Object.keys(toneOfKind).sort()).toEqual([...differenceKinds].sort())
    const none = Object.fromEntries([...differenceKinds, 'total'].map(kind => [kind, 0])) as Parameters<
      typeof kindsIn
    >[0]
    expect(kindsIn({ ...none, done: 2, added: 1 })).toEqual(['done', 'added'])
    expect(kindsIn(none, 'blocked')).toEqual(['blocked'])
  })
})
