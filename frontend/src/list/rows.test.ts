import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { MatrixSums } from '../api/names'
import { listBehind, stateBehind } from './behind'
import { columnOf, listBegins, listSorts, listStates, sortOf, wholePhase } from './choice'
import { countOf, queryOf, tokenIn } from './rows'

const sums: fc.Arbitrary<MatrixSums> = fc
  .record({
    done: fc.nat(9),
    overdue: fc.nat(2),
    behind_plan: fc.nat(2),
    due_soon: fc.nat(2),
    rest: fc.nat(2),
  })
  .map(({ rest, ...s }) => ({
    ...s,
    confirmed: 0,
    total: s.done + s.overdue + s.behind_plan + s.due_soon + rest,
  }))

describe('the list behind a count', () => {
  it('has just as many rows as the count says, what presses most first', () => {
    fc.assert(
      fc.property(sums, any => {
        const state = stateBehind(any)
        const rows = countOf(any, state)
        expect(rows).toBe(
          any.overdue ||
            any.behind_plan ||
            any.due_soon ||
            (any.done < any.total ? any.total - any.done : any.done),
        )
      }),
    )
  })

  it('is of what lies below for a cell, of the whole branch for a sum', () => {
    const cell = listBehind({ area: '06', family: 'consult1_pc', whole: false }, 'overdue')
    expect(cell).toMatchObject({ area: '06', view: 'list', list: { reach: 'below', family: 'consult1_pc' } })
    const sum = listBehind({ area: '06', family: wholePhase('setup'), whole: true }, 'open')
    expect(queryOf({ ...listBegins, ...sum.list })).toEqual({ state: 'open', phase: 'setup' })
  })
})

describe('what is asked for', () => {
  it('is late first where it is about what is late, unless one chose', () => {
    for (const state of listStates) {
      const late = ['late', 'overdue', 'behind_plan'].includes(state)
      expect(sortOf({ ...listBegins, state })).toBe(late ? 'lateness' : 'date')
      for (const sort of listSorts) expect(sortOf({ ...listBegins, state, sort })).toBe(sort)
    }
  })

  it('tells a phase from a column', () => {
    expect(columnOf('phase:setup')).toEqual({ family: null, phase: 'setup' })
    expect(columnOf('local:setup')).toEqual({ family: 'local:setup', phase: null })
    expect(columnOf(null)).toEqual({ family: null, phase: null })
  })

  it('goes on with the token of the page before', () => {
    expect(tokenIn('/api/v1/elections/2021/areas/06/deadlines?after=a-_b&limit=3')).toBe('a-_b')
    expect(tokenIn(null)).toBeNull()
  })
})
