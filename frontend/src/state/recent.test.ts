import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { recentPlaces, remember, type Visited, withVisit } from './recent'

const place = (code: string, election = '2021'): Visited => ({ election, code, name: { vi: code, en: code } })

beforeEach(() => localStorage.clear())

describe('the places looked at', () => {
  it('stand once each, the latest first, and are few', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('01', '06', '25', '058', '01840', '79', '48', '31')), codes => {
        const list = codes.reduce<Visited[]>((seen, code) => withVisit(seen, place(code)), [])
        expect(list.map(one => one.code)).toEqual([...new Set([...codes].reverse())].slice(0, 6))
      }),
    )
  })

  it('are those of the election that is looked at, and survive what is not theirs', () => {
    remember(place('06'))
    remember(place('25', '2026'))
    expect(recentPlaces('2021').map(one => one.code)).toEqual(['06'])
    localStorage.setItem('tiendo:places', '[{"code": 5}]')
    expect(recentPlaces('2021')).toEqual([])
    localStorage.setItem('tiendo:places', 'x')
    expect(recentPlaces('2021')).toEqual([])
  })
})
