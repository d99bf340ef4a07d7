import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { assemblies, kinds, sorts, states } from '../matrix/choice'
import {
  type Address,
  address,
  followHistory,
  formatAddress,
  go,
  moved,
  parseAddress,
  views,
  zooms,
} from './address'
import { isoOf } from './day'

const plain: Address = parseAddress('/', '')
const name = fc.stringMatching(/^[A-Za-z0-9_]{1,12}$/)

const addresses: fc.Arbitrary<Address> = fc
  .record({
    election: fc.option(name),
    area: fc.option(name),
    view: fc.option(fc.constantFrom(...views)),
    zoom: fc.constantFrom(...zooms),
    above: fc.option(fc.boolean()),
    noDay: fc.constant(null),
    asOf: fc.option(fc.integer({ min: 0, max: 30_000 }).map(isoOf)),
    knownAt: fc.option(fc.constantFrom('2021-01-25T23:59:59+07:00', '2021-01-25T00:00:00Z')),
    milestone: fc.option(
      fc.oneof(
        name,
        fc.tuple(name, name).map(parts => parts.join(':')),
      ),
    ),
    matrix: fc.record({
      sort: fc.constantFrom(...sorts),
      state: fc.option(fc.constantFrom(...states)),
      body: fc.option(fc.constantFrom(...kinds)),
      serves: fc.option(fc.constantFrom(...assemblies)),
      phases: fc.option(fc.array(fc.constantFrom('setup', 'voting', 'consultation_1'))),
    }),
    lang: fc.constantFrom('vi' as const, 'en' as const),
  })
  .map(made => (made.election ? made : { ...made, area: null }))

describe('the address', () => {
  beforeEach(() => {
    history.replaceState(null, '', '/')
    address.value = plain
  })

  it('gives back the state it was written from', () => {
    fc.assert(
      fc.property(addresses, state => {
        const url = new URL(formatAddress(state), 'http://x')
        expect(parseAddress(url.pathname, url.search)).toEqual(state)
      }),
    )
  })

  it('is short: what is the default is not written', () => {
    expect(formatAddress({ ...plain, election: '2021', area: '058' })).toBe('/2021/058')
    expect(formatAddress({ ...plain, election: '2021', area: '058', milestone: 'VN:election_day' })).toBe(
      '/2021/058?m=VN:election_day',
    )
  })

  it('takes nonsense as not said', () => {
    expect(parseAddress('/2021/058/', '?view=x&zoom=&as_of=2021-02-31&known_at=soon&lang=fr')).toEqual({
      ...plain,
      election: '2021',
      area: '058',
      noDay: '2021-02-31',
    })
    expect(parseAddress('/%E0%A4%A', '').election).toBe('%E0%A4%A')
  })

  it('closes the drawer when the place changes', () => {
    const here = { ...plain, election: '2021', area: '058', milestone: 'x' }
    expect(moved(here, { area: '06' }).milestone).toBeNull()
    expect(moved(here, { area: '06', milestone: 'y' }).milestone).toBe('y')
    expect(moved(here, { zoom: 'week' }).milestone).toBe('x')
  })

  it('follows the back button', () => {
    const stop = followHistory()
    go({ election: '2021', area: '058' })
    expect(location.pathname).toBe('/2021/058')
    history.replaceState(null, '', '/2021/06?zoom=day')
    dispatchEvent(new PopStateEvent('popstate'))
    expect(address.value).toMatchObject({ area: '06', zoom: 'day' })
    stop()
  })
})
