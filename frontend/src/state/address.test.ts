import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { changesBegin, differenceKinds } from '../changes/choice'
import { listBegins, listLevels, listSorts, listStates, reaches } from '../list/choice'
import { assemblies, kinds, sorts, states } from '../matrix/choice'
import { workBegins, workGroups } from '../mywork/choice'
import { trailBegins, trails } from '../trail/choice'
import {
  type Address,
  address,
  densities,
  densityOf,
  followHistory,
  formatAddress,
  go,
  moved,
  owns,
  parseAddress,
  peopleBegin,
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
    span: fc.option(
      fc
        .tuple(fc.integer({ min: 0, max: 30_000 }), fc.integer({ min: 1, max: 400 }))
        .map(([from, days]) => ({ from: isoOf(from), to: isoOf(from + days) })),
    ),
    density: fc.option(fc.constantFrom(...densities)),
    phase: fc.option(name),
    above: fc.option(fc.boolean()),
    noDay: fc.constant(null),
    asOf: fc.option(fc.integer({ min: 0, max: 30_000 }).map(isoOf)),
    knownAt: fc.option(fc.constantFrom('2021-01-25T23:59:59+07:00', '2021-01-25T00:00:00Z')),
    plans: fc.constantFrom(null, 'list', 'new', 'ke_hoach_2'),
    own: fc.option(fc.constantFrom(...owns), { freq: 8 }),
    part: fc.option(name),
    back: fc.option(fc.constantFrom('/', '/2021/058?view=list&lang=en', '/2021/058?m=VN:x')),
    secret: fc.option(fc.constantFrom('tdu_abc-_9')),
    people: fc.constantFrom(null, 'list', 'new', 'lan.tran'),
    webhooks: fc.constantFrom(null, 'list', 'new', 'id:wh_a'),
    taking: fc.constantFrom(null, 'statuses', 'people'),
    trail: fc.constantFrom(null, ...trails),
    traced: fc.record({
      person: fc.option(fc.constantFrom('lan.tran', 'Trần Thị Lan', 'a&b=c')),
      milestone: fc.option(fc.constantFrom('consult1_pc_district', 'annul_and_re_vote.1')),
      kind: fc.option(fc.constantFrom('task_updated', 'grant_given')),
      from: fc.option(fc.integer({ min: 0, max: 30_000 }).map(isoOf)),
      to: fc.option(fc.integer({ min: 0, max: 30_000 }).map(isoOf)),
      branch: fc.boolean(),
      pages: fc.integer({ min: 1, max: 50 }),
    }),
    among: fc.record({ below: fc.boolean(), pages: fc.integer({ min: 1, max: 50 }) }),
    milestone: fc.option(
      fc.oneof(
        name,
        fc.tuple(name, name).map(parts => parts.join(':')),
      ),
    ),
    sheet: fc.option(fc.tuple(fc.constantFrom('document', 'body'), name).map(parts => parts.join(':'))),
    matrix: fc.record({
      sort: fc.constantFrom(...sorts),
      state: fc.option(fc.constantFrom(...states)),
      body: fc.option(fc.constantFrom(...kinds)),
      serves: fc.option(fc.constantFrom(...assemblies)),
      phases: fc.array(fc.constantFrom('setup', 'voting', 'consultation_1')),
      column: fc.option(fc.constantFrom('phase:setup', 'polling_team', 'local:setup')),
    }),
    work: fc.record({
      branch: fc.boolean(),
      group: fc.option(fc.constantFrom(...workGroups)),
      pages: fc.integer({ min: 1, max: 50 }),
    }),
    list: fc.record({
      state: fc.constantFrom(...listStates),
      sort: fc.option(fc.constantFrom(...listSorts)),
      family: fc.option(fc.constantFrom('consult1_pc', 'local:setup', 'phase:voting')),
      level: fc.option(fc.constantFrom(...listLevels)),
      from: fc.option(fc.integer({ min: 0, max: 30_000 }).map(isoOf)),
      to: fc.option(fc.integer({ min: 0, max: 30_000 }).map(isoOf)),
      reach: fc.constantFrom(...reaches),
      pages: fc.integer({ min: 1, max: 50 }),
      tick: fc.constantFrom<'all' | null>('all', null),
    }),
    changes: fc.record({
      from: fc.option(fc.integer({ min: 0, max: 30_000 }).map(isoOf)),
      to: fc.option(fc.integer({ min: 0, max: 30_000 }).map(isoOf)),
      kind: fc.option(fc.constantFrom(...differenceKinds)),
    }),
    lang: fc.constantFrom('vi' as const, 'en' as const),
  })
  .map(made => (made.election ? made : { ...made, area: null }))
  .map(made => (made.trail ? made : { ...made, traced: trailBegins }))
  .map(made => (made.people ? made : { ...made, among: peopleBegin }))
  // A screen of its own says what it needs, and nothing of a place.
  .map(made => {
    const { own, part, back, secret, lang } = made
    if (!own) return { ...made, part: null, back: null, secret: null, work: workBegins }
    const ofWork = own === 'work' ? { election: made.election, work: made.work } : {}
    return { ...plain, own, part, back, secret: own === 'setup' ? secret : null, lang, ...ofWork }
  })
  // States and orders are said of the view that is shown only.
  .map(made =>
    made.view === 'list'
      ? { ...made, matrix: { ...made.matrix, sort: 'name' as const, state: null } }
      : { ...made, list: listBegins },
  )
  // What is compared is said only where changes are looked at.
  .map(made => (made.view === 'changes' ? made : { ...made, changes: changesBegin }))

describe('the address', () => {
  beforeEach(() => {
    history.replaceState(null, '', '/')
    address.value = plain
  })

  it('gives back the state it was written from', () => {
    fc.assert(
      fc.property(addresses, state => {
        const url = new URL(formatAddress(state), 'http://x')
        expect(parseAddress(url.pathname, url.search, url.hash)).toEqual(state)
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

  it('of a screen of its own leads back into the page, and nowhere else', () => {
    expect(parseAddress('/sign-in', '?back=%2F2021%2F058%3Fm%3Dx').back).toBe('/2021/058?m=x')
    for (const back of ['//elsewhere.example', '/\\elsewhere.example', 'https://elsewhere.example', 'x']) {
      expect(parseAddress('/sign-in', `?back=${encodeURIComponent(back)}`).back).toBeNull()
    }
    const here = moved(parseAddress('/2021/058', '?view=table&lang=en'), { own: 'account' })
    expect(formatAddress(here)).toBe('/account?lang=en')
    expect(formatAddress(moved(here, { election: null, area: null }))).toBe('/?lang=en')
    expect(formatAddress(moved(here, { part: 'token' }))).toBe('/account?part=token&lang=en')
  })

  it('of a set-up link keeps its secret behind the mark that no server sees', () => {
    const link = parseAddress('/setup', '', '#tdu_abc')
    expect(link.secret).toBe('tdu_abc')
    expect(formatAddress({ ...link, lang: 'en' })).toBe('/setup?lang=en#tdu_abc')
    expect(moved(link, { election: '2021', area: '058' }).secret).toBeNull()
    expect(parseAddress('/2021/058', '', '#tdu_abc').secret).toBeNull()
  })

  it('takes in a spreadsheet in the place of its people and plans', () => {
    const here = parseAddress('/2021/058', '?import=people&m=x')
    expect(here.taking).toBe('people')
    expect(parseAddress('/2021/058', '?import=passwords').taking).toBeNull()
    expect(moved({ ...here, people: 'list', plans: 'list' }, { taking: 'statuses' })).toMatchObject({
      people: null,
      plans: null,
      milestone: null,
    })
    expect(moved(here, { people: 'list' }).taking).toBeNull()
    expect(moved(here, { plans: 'list' }).taking).toBeNull()
    expect(moved(here, { area: '06' }).taking).toBeNull()
  })

  it('shows the plans or the people of a place, and leaves both with the place', () => {
    const here = parseAddress('/2021/058', '?people=list&among=branch&people_pages=2')
    expect(here.among).toEqual({ below: true, pages: 2 })
    expect(moved(here, { plans: 'list' })).toMatchObject({ people: null, plans: 'list' })
    expect(moved({ ...here, plans: 'list', people: null }, { people: 'new' })).toMatchObject({
      people: 'new',
      plans: null,
    })
    expect(moved(here, { area: '06' })).toMatchObject({ people: null, among: peopleBegin })
  })

  it('reads the log of a place in the place of its people, and leaves it with the place', () => {
    const here = parseAddress('/2021/058', '?trail=changes&trail_person=lan&trail_from=2021-02-31&m=x')
    expect(here.traced).toEqual({ ...trailBegins, person: 'lan' })
    expect(moved({ ...here, people: 'list' }, { trail: 'accounts' })).toMatchObject({
      people: null,
      milestone: 'x',
    })
    expect(moved(here, { people: 'list' }).trail).toBeNull()
    for (const away of [{ area: '06' }, { trail: null }]) {
      expect(moved(here, away)).toMatchObject({ trail: null, traced: trailBegins })
    }
  })

  it('closes the drawer when the place changes', () => {
    const here = { ...plain, election: '2021', area: '058', milestone: 'x' }
    expect(moved(here, { area: '06' }).milestone).toBeNull()
    expect(moved(here, { area: '06', milestone: 'y' }).milestone).toBe('y')
    expect(moved(here, { zoom: 'week' }).milestone).toBe('x')
    const reading = { ...here, sheet: 'document:a' }
    expect(moved(reading, { milestone: 'y' }).sheet).toBeNull()
    expect(moved(reading, { area: '06', sheet: 'body:b' }).sheet).toBe('body:b')
    expect(moved(reading, { lang: 'en' }).sheet).toBe('document:a')
  })

  it('keeps on the way to another place what a hand has chosen, and not what suited the last one', () => {
    const here = {
      ...plain,
      election: '2021',
      area: '058',
      zoom: 'week' as const,
      density: 'compact' as const,
      span: { from: '2021-02-01', to: '2021-03-01' },
      phase: 'setup',
      matrix: { ...plain.matrix, state: 'overdue' as const, phases: ['setup'] },
    }
    for (const view of ['timeline', 'table'] as const) {
      expect(moved({ ...here, view }, { area: '06' })).toMatchObject({ view, phase: null })
    }
    // The matrix of a district is where a cell leads to: elsewhere another view may suit.
    expect(moved({ ...here, view: 'matrix' }, { area: '06' }).view).toBeNull()
    expect(moved({ ...here, view: 'matrix' }, { area: '06', view: 'matrix' }).view).toBe('matrix')
    expect(moved({ ...here, view: 'matrix' }, { zoom: 'day' }).view).toBe('matrix')
    const { zoom, density, span, matrix } = here
    expect(moved(here, { area: '06' })).toMatchObject({ zoom, density, span, matrix })
  })

  it('leaves the days and phases of an election with it', () => {
    const here = parseAddress('/2021/06', '?span=2021-02-01~2021-03-01&as_of=2021-01-20&phases=setup')
    expect(here.span).toEqual({ from: '2021-02-01', to: '2021-03-01' })
    expect(moved(here, { election: '2026', area: null })).toMatchObject({
      span: null,
      asOf: null,
      matrix: { phases: [] },
    })
  })

  it('takes a stretch of time that ends before it begins as not said', () => {
    for (const span of ['2021-03-01~2021-02-01', '2021-02-30~2021-03-01', '2021-02-01', '~']) {
      expect(parseAddress('/', `?span=${span}`).span).toBeNull()
    }
  })

  it('shows the whole country at once only where the screen is made for it', () => {
    expect(densityOf(null, 'matrix', 'national', true)).toBe('overview')
    expect(densityOf(null, 'matrix', 'national', false)).toBe('roomy')
    expect(densityOf(null, 'matrix', 'province', true)).toBe('roomy')
    expect(densityOf(null, 'timeline', 'national', true)).toBe('roomy')
    expect(densityOf('compact', 'matrix', 'national', true)).toBe('compact')
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
