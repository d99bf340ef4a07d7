import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { problemOf } from '../api/answer'
import type { Plan, PlanLine } from '../api/names'
import { vi } from '../text/vi'
import {
  changes,
  differences,
  draftOf,
  emptyPlan,
  entryOf,
  isSaidBelow,
  type LineDraft,
  newLine,
  type PlanDraft,
  patchOf,
  pointerOf,
  pointersOf,
  rebased,
  whomOf,
  wrongDays,
} from './draft'

function line(key: string, part: Partial<PlanLine> = {}): PlanLine {
  return {
    key,
    title: { vi: key, en: key },
    phase: 'direction',
    nature: 'duty',
    areas: ['06', '058'],
    not_before_on: null,
    latest_on: '2021-03-20',
    elections: [],
    responsible: [],
    bodies: [],
    document: null,
    source: null,
    note: null,
    withdrawn: null,
    ...part,
  }
}

const gone = { on: '2021-02-01', reason: 'x', document: null }

const plan: Plan = {
  key: 'ke_hoach',
  area: '06',
  title: { vi: 'Kế hoạch', en: 'Plan' },
  documents: [],
  contents: [],
  lines: [line('hop'), line('tap_huan'), line('cu', { withdrawn: gone })],
  source: null,
  withdrawn: null,
  revision: 7,
}

const word = { title: 'Việc', from: 'Từ', to: 'Đến', removed: 'Bỏ' }

function edited(change: (draft: PlanDraft) => Partial<PlanDraft>): PlanDraft {
  const draft = draftOf(plan)
  return { ...draft, ...change(draft) }
}

function withLine(key: string, part: Partial<LineDraft>): PlanDraft {
  return edited(({ lines }) => ({ lines: lines.map(one => (one.key === key ? { ...one, ...part } : one)) }))
}

describe('a plan that is written', () => {
  it('is sent with its lines, for this place or a level below it', () => {
    const draft: PlanDraft = {
      ...emptyPlan('direction'),
      title: ' Kế hoạch ',
      number: '87/KH-UBND',
      issuedOn: '22/1/2021',
      lines: [
        { ...newLine('direction'), title: 'Họp', to: '26/2/2021' },
        { ...newLine('setup'), title: 'Tập huấn', whom: 'commune' },
      ],
    }
    const body = entryOf(draft, '058')
    expect(body.title).toEqual({ vi: 'Kế hoạch' })
    expect(body.new_document).toEqual({
      number: '87/KH-UBND',
      issued_on: '2021-01-22',
      title: 'Kế hoạch',
      kind: 'plan',
    })
    expect(body.lines.map(one => one.areas)).toEqual([{ codes: ['058'] }, { level: 'commune' }])
    expect(body.lines[0]).toMatchObject({ not_before_on: null, latest_on: '2021-02-26' })
  })

  it('names the days that are none, where the server would name them', () => {
    const draft = withLine('tap_huan', { from: '31/02/2021' })
    expect(wrongDays(draft, false)).toEqual({ '/lines/tap_huan/not_before_on': vi.asOf.notADay })
    const fresh = { ...emptyPlan('x'), number: '1', lines: [{ ...newLine('x'), to: 'mai' }] }
    expect(wrongDays(fresh, true)).toEqual({
      '/new_document/issued_on': vi.task.dayMissing,
      '/lines/0/latest_on': vi.asOf.notADay,
    })
    const added = edited(({ lines }) => ({ lines: [...lines, newLine('x')] }))
    expect(pointerOf(added, added.lines[2] as LineDraft, false)).toBe('/add_lines/0')
  })

  it('has what the server finds wrong said at its field, and above only what no field says', () => {
    const problem = (...pointers: string[]) => ({
      ...problemOf(null, 422),
      errors: pointers.map(pointer => ({ pointer, code: 'x', detail: 'x' })),
    })
    const draft = withLine('tap_huan', { removed: true })
    const fields = pointersOf(draft, false)
    expect(isSaidBelow(problem('/title/vi', '/lines/hop/latest_on', '/reason'), fields)).toBe(true)
    expect(isSaidBelow(problem('/title/vi', '/lines/tap_huan/latest_on'), fields)).toBe(false)
    expect(isSaidBelow(problem('/reason'), pointersOf(draftOf(plan), false))).toBe(false)
    expect(isSaidBelow(problem('/lines/0/title/vi'), pointersOf(emptyPlan('x'), true))).toBe(true)
    expect(isSaidBelow(problem(), fields)).toBe(false)
  })

  it('can be for whoever is below the place', () => {
    expect(whomOf('province', newLine('x'))).toEqual(['here', 'district', 'commune'])
    expect(whomOf('commune', { ...newLine('x'), key: 'hop' })).toEqual(['same', 'here'])
  })
})

describe('a plan that is changed', () => {
  it('shows the lines that are still in it', () => {
    expect(draftOf(plan).lines.map(one => one.key)).toEqual(['hop', 'tap_huan'])
  })

  it('sends what differs and nothing else', () => {
    expect(patchOf(draftOf(plan), plan)).toEqual({})
    expect(
      changes(
        patchOf(
          edited(() => ({ reason: 'vì' })),
          plan,
        ),
      ),
    ).toBe(false)
    expect(patchOf(withLine('hop', { to: '' }), plan)).toEqual({ lines: { hop: { latest_on: null } } })
    expect(patchOf(withLine('hop', { removed: true }), plan)).toEqual({ lines: { hop: null } })
    expect(patchOf(withLine('hop', { whom: 'here' }), plan)).toEqual({
      lines: { hop: { areas: { codes: ['06'] } } },
    })
  })

  it('shows what another has written where one writes oneself', () => {
    const theirs: Plan = { ...plan, lines: [line('hop', { latest_on: '2021-04-01' }), line('tap_huan')] }
    const patch = patchOf(withLine('hop', { to: '5/3/2021' }), plan)
    expect(differences(patch, theirs, word)).toEqual([
      { field: 'hop · Đến', theirs: '2021-04-01', mine: '2021-03-05' },
    ])
    const out = patchOf(withLine('hop', { removed: true }), plan)
    expect(differences(out, theirs, word)).toEqual([{ field: 'hop', theirs: 'hop', mine: 'Bỏ' }])
  })

  it('laid over what another has written keeps both', () => {
    const part = fc.constantFrom('title', 'from', 'to', 'phase') as fc.Arbitrary<
      'title' | 'from' | 'to' | 'phase'
    >
    const mineOf = { title: 'Của tôi', from: '01/02/2021', to: '05/03/2021', phase: 'setup' }
    const theirsOf = {
      title: { title: { vi: 'Của họ', en: '' } },
      from: { not_before_on: '2021-02-09' },
      to: { latest_on: '2021-04-01' },
      phase: { phase: 'voting' },
    }
    const sent = { title: 'title', from: 'not_before_on', to: 'latest_on', phase: 'phase' }
    fc.assert(
      fc.property(part, part, (mine, other) => {
        const theirs: Plan = { ...plan, lines: [line('hop', theirsOf[other]), line('tap_huan')] }
        const draft = withLine('hop', { [mine]: mineOf[mine] })
        const patch = patchOf(rebased(draft, plan, theirs), theirs)
        expect(Object.keys(patch.lines?.hop ?? {})).toEqual([sent[mine]])
      }),
    )
    const without: Plan = { ...plan, lines: [line('tap_huan')] }
    expect(patchOf(rebased(withLine('hop', { to: '5/3/2021' }), plan, without), without)).toEqual({})
  })
})
