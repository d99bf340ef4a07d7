import { describe, expect, it } from 'vitest'
import type { Task } from '../api/names'
import { clearedBy, type Draft, differences, draftOf, patchOf } from './report'

const today = '2021-01-25'
const task: Task = {
  key: 'duty',
  title: { vi: 'Việc', en: 'Work' },
  own: false,
  status: 'not_started',
  reason: null,
  done_on: null,
  done_by: null,
  evidence: null,
  document: null,
  bodies: [],
  source: null,
  note: null,
  revision: 7,
}
const done: Task = {
  ...task,
  status: 'done',
  done_on: '2021-01-20',
  evidence: { number: '12/QĐ', issued_on: null, link: null },
}
const said = (base: Task, change: Partial<Draft>) => patchOf(base, { ...draftOf(base, today), ...change })

describe('what is sent of a report', () => {
  it('is nothing when nothing is new', () => {
    for (const base of [task, done, { ...task, status: 'blocked' as const, reason: 'x' }]) {
      expect(said(base, {})).toEqual({ patch: null, wrong: {} })
    }
  })

  it('is the status, the day and the evidence of what is done', () => {
    expect(said(task, { status: 'done', number: ' 12/QĐ ', issuedOn: '24-1-2021' }).patch).toEqual({
      status: 'done',
      done_on: today,
      evidence: { number: '12/QĐ', issued_on: '2021-01-24' },
    })
  })

  it('changes only the field that changed, and clears with null', () => {
    expect(said(done, { number: '' }).patch).toEqual({ evidence: { number: null } })
    expect(said(done, { day: '21/1/2021' }).patch).toEqual({ done_on: '2021-01-21' })
  })

  it('tells a day that is known from a bound', () => {
    expect(said(done, { when: 'by', day: '22/1/2021' }).patch).toEqual({
      done_on: null,
      done_by: '2021-01-22',
    })
    const bound = { ...done, done_on: null, done_by: '2021-01-22' }
    expect(draftOf(bound, today)).toMatchObject({ when: 'by', day: '22/01/2021' })
    expect(said(bound, { when: 'on', day: '20/1/2021' }).patch).toEqual({
      done_on: '2021-01-20',
      done_by: null,
    })
  })

  it('wants a reason for blocked and not applicable, and leaves the server to clear what no longer holds', () => {
    expect(said(task, { status: 'blocked' }).wrong).toEqual({ '/reason': 'missing' })
    expect(said(task, { status: 'not_applicable', reason: 'Không có xã' }).patch).toEqual({
      status: 'not_applicable',
      reason: 'Không có xã',
    })
    expect(said(done, { status: 'in_progress' }).patch).toEqual({ status: 'in_progress' })
  })

  it('is refused beside the field when a day does not exist', () => {
    expect(said(task, { status: 'done', day: '31/02/2021' }).wrong).toEqual({ '/done_on': 'day' })
    expect(said(task, { status: 'done', when: 'by', day: '' }).wrong).toEqual({ '/done_by': 'missing' })
    expect(said(task, { status: 'done', issuedOn: 'x' }).wrong).toEqual({ '/evidence/issued_on': 'day' })
  })
})

describe('a conflict', () => {
  it('lists only where the two differ', () => {
    const mine = { ...draftOf(task, today), status: 'done', number: '9/QĐ' } as const
    expect(differences(done, mine)).toEqual([
      { field: 'done_on', theirs: '2021-01-20', mine: '2021-01-25' },
      { field: 'number', theirs: '12/QĐ', mine: '9/QĐ' },
    ])
    expect(differences(done, draftOf(done, today))).toEqual([])
  })

  it('lists what of theirs would be lost, said by nobody', () => {
    expect(differences(done, { ...draftOf(task, today), status: 'in_progress' })).toEqual([
      { field: 'status', theirs: 'done', mine: 'in_progress' },
      { field: 'done_on', theirs: '2021-01-20', mine: null },
      { field: 'number', theirs: '12/QĐ', mine: null },
    ])
    const noNumber = { ...draftOf(task, '2021-01-20'), status: 'done' } as const
    expect(differences(done, noNumber)).toEqual([{ field: 'number', theirs: '12/QĐ', mine: null }])
    const stuck = { ...task, status: 'blocked', reason: 'Chờ' } as const
    expect(differences(stuck, noNumber)).toContainEqual({ field: 'reason', theirs: 'Chờ', mine: null })
  })
})

describe('what a status clears', () => {
  it('is the day and the evidence of what is no longer done, and a reason that is no longer needed', () => {
    expect(clearedBy(done, 'done')).toEqual([])
    const withPaper = { ...done, document: 'bk_plan_18' }
    expect(clearedBy(withPaper, 'blocked').map(one => one.field)).toEqual(['done_on', 'number', 'document'])
    expect(clearedBy({ ...task, status: 'blocked', reason: 'x' }, 'not_applicable')).toEqual([])
    expect(clearedBy({ ...task, status: 'blocked', reason: 'x' }, 'in_progress')).toEqual([
      { field: 'reason', value: 'x' },
    ])
  })
})
