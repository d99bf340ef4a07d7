import { computed, signal } from '@preact/signals'
import { type ChangesChoices, changesBegin, parseChangesChoices, sayChangesChoices } from '../changes/choice'
import { type ListChoices, listBegins, parseListChoices, sayListChoices } from '../list/choice'
import { type Choices, parseChoices, sayChoices } from '../matrix/choice'
import { parseWorkChoices, sayWorkChoices, type WorkChoices, workBegins } from '../mywork/choice'
import {
  parseTrailChoices,
  sayTrailChoices,
  type Trail,
  type TrailChoices,
  trailBegins,
  trails,
} from '../trail/choice'
import { isDay } from './day'

// The address is the state: what is looked at, how, for which day, in which language and which drawer is open.

export type Language = 'vi' | 'en'
export type View = 'timeline' | 'table' | 'matrix' | 'list' | 'changes'
export type Zoom = 'day' | 'week' | 'month' | 'all'
/** The screens that are of no place: signing in, choosing the first password, one's own account. */
export type Own = 'sign-in' | 'setup' | 'account' | 'work'
/** How much room a row has: fingers and eyes, eyes, or as many rows as fit on the screen. */
export type Density = 'roomy' | 'compact' | 'overview'

export const views: readonly View[] = ['timeline', 'table', 'matrix', 'list', 'changes']
export const zooms: readonly Zoom[] = ['day', 'week', 'month', 'all']
/** No election may be called like one of these. */
export const owns: readonly Own[] = ['sign-in', 'setup', 'account', 'work']
export const densities: readonly Density[] = ['roomy', 'compact', 'overview']

/** The stretch of time that is in sight: its first and its last day. */
export interface Span {
  from: string
  to: string
}

/** What comes in from spreadsheets. */
export type Taking = 'statuses' | 'people'
export const takings: readonly Taking[] = ['statuses', 'people']

/** Which of the people of a place are listed. */
export interface PeopleChoices {
  /** Those of the places below as well. */
  below: boolean
  pages: number
}

export const peopleBegin: PeopleChoices = { below: false, pages: 1 }

export interface Address {
  /** A screen that is of no place; then neither election nor area is said. */
  own: Own | null
  /** What is open on that screen: a form by its name. */
  part: string | null
  /** Where one was before it: an address of the page. */
  back: string | null
  /** The secret of a set-up link. It stands behind "#", so that it reaches neither server nor log. */
  secret: string | null
  /** On a screen of its own only of one's work. */
  election: string | null
  area: string | null
  /** Which of one's work is listed; said in the address only on its screen. */
  work: WorkChoices
  /** Null: the one that suits the place, see {@link viewOf}. */
  view: View | null
  zoom: Zoom
  /** The days that are in sight where not all are; null: around the day shown. */
  span: Span | null
  /** Null: the one that suits the place and the screen, see {@link densityOf}. */
  density: Density | null
  /** The phase that a timeline was opened for. */
  phase: string | null
  /** Whether the band from the levels above is open; null: as is usual for the level of the place. */
  above: boolean | null
  asOf: string | null
  /** What is written where the day belongs, and is none. */
  noDay: string | null
  knownAt: string | null
  /** The milestone whose drawer is open: `id`, or `area:id` for one from above. */
  milestone: string | null
  /** The local plans of the place: their list, a new one, or one by its key; null: not looked at. */
  plans: string | null
  /** The people of the place: their list, a new one, or one by the user's name; null: not looked at. */
  people: string | null
  /** The webhooks of the place: their list, a new one, or one by its id; null: not looked at. */
  webhooks: string | null
  /** Which log of the place is read; null: not looked at. */
  trail: Trail | null
  /** What of it; said in the address only where it is what one looks at. */
  traced: TrailChoices
  /** What is being taken in from a spreadsheet at the place; null: nothing. */
  taking: Taking | null
  /** Said in the address only where people are what one looks at. */
  among: PeopleChoices
  /** The sheet that is open: `document:key` or `body:key`. */
  sheet: string | null
  matrix: Choices
  /** Said in the address only where the list is what one looks at. */
  list: ListChoices
  /** Said in the address only where changes are what one looks at. */
  changes: ChangesChoices
  lang: Language
}

function oneOf<T extends string>(allowed: readonly T[], text: string | null, otherwise: T): T {
  return allowed.find(value => value === text) ?? otherwise
}

/** Reads an address; what cannot be understood is taken as not said. */
export function parseAddress(path: string, query: string, fragment = ''): Address {
  const parts = path.split('/').filter(Boolean).map(decode)
  const own = owns.find(one => one === parts[0]) ?? null
  const said = new URLSearchParams(query)
  const [election = '', area = ''] = own ? [(own === 'work' && said.get('election')) || ''] : parts
  const asOf = said.get('as_of')
  const knownAt = said.get('known_at')
  const people = said.get('people') || null
  const trail = trails.find(one => one === said.get('trail')) ?? null
  return {
    own,
    part: own ? said.get('part') || null : null,
    back: own ? localPath(said.get('back')) : null,
    secret: own === 'setup' ? fragment.replace(/^#/, '') || null : null,
    election: election || null,
    area: area || null,
    work: own === 'work' ? parseWorkChoices(said) : workBegins,
    view: views.find(view => view === said.get('view')) ?? null,
    zoom: oneOf(zooms, said.get('zoom'), 'all'),
    span: parseSpan(said.get('span')),
    density: densities.find(density => density === said.get('density')) ?? null,
    phase: said.get('phase') || null,
    above: { open: true, closed: false }[said.get('above') ?? ''] ?? null,
    asOf: asOf && isDay(asOf) ? asOf : null,
    noDay: asOf && !isDay(asOf) ? asOf : null,
    knownAt: knownAt && !Number.isNaN(Date.parse(knownAt)) ? knownAt : null,
    milestone: said.get('m') || null,
    plans: said.get('plans') || null,
    people,
    webhooks: said.get('webhooks') || null,
    trail,
    traced: trail ? parseTrailChoices(said) : trailBegins,
    taking: takings.find(one => one === said.get('import')) ?? null,
    among: people
      ? { below: said.get('among') === 'branch', pages: wholeIn(said.get('people_pages')) }
      : peopleBegin,
    sheet: said.get('sheet') || null,
    ...choicesIn(said),
    changes: said.get('view') === 'changes' ? parseChangesChoices(said) : changesBegin,
    lang: oneOf<Language>(['vi', 'en'], said.get('lang'), 'vi'),
  }
}

/** An address of this page, and of no other: what stands in a link may lead nowhere else. */
function localPath(text: string | null): string | null {
  return text && /^\/(?![/\\])/.test(text) ? text : null
}

function wholeIn(text: string | null): number {
  const pages = Number(text ?? 1)
  return Number.isInteger(pages) && pages > 0 ? Math.min(pages, 50) : 1
}

function parseSpan(text: string | null): Span | null {
  const [from = '', to = ''] = text?.split('~') ?? []
  return isDay(from) && isDay(to) && from < to ? { from, to } : null
}

/** Lists and matrices have states and orders of their own under the same names: they are of the view that is shown. */
function choicesIn(said: URLSearchParams): Pick<Address, 'matrix' | 'list'> {
  if (said.get('view') !== 'list') return { matrix: parseChoices(said), list: listBegins }
  return { matrix: { ...parseChoices(said), state: null, sort: 'name' }, list: parseListChoices(said) }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** Writes an address; what is the default is left out, so that links stay short. */
export function formatAddress(address: Address): string {
  if (address.own) return formatOwn(address.own, address)
  const parts = [address.election, address.election ? address.area : null].filter(
    (part): part is string => !!part,
  )
  const said: string[] = []
  const say = (name: string, value: string | null, unless?: string) => {
    if (value && value !== unless) {
      said.push(`${name}=${encodeURIComponent(value).replaceAll('%3A', ':')}`)
    }
  }
  say('view', address.view)
  say('zoom', address.zoom, 'all')
  say('span', address.span && `${address.span.from}~${address.span.to}`)
  say('density', address.density)
  say('phase', address.phase)
  say('above', address.above === null ? null : address.above ? 'open' : 'closed')
  say('as_of', address.asOf)
  say('known_at', address.knownAt)
  say('m', address.milestone)
  say('sheet', address.sheet)
  say('plans', address.plans)
  say('people', address.people)
  say('webhooks', address.webhooks)
  say('import', address.taking)
  say('trail', address.trail)
  if (address.trail) sayTrailChoices(address.traced, say)
  if (address.people) {
    say('among', address.among.below ? 'branch' : null)
    say('people_pages', String(address.among.pages), '1')
  }
  if (address.view === 'list') {
    sayListChoices(address.list, say)
    sayChoices({ ...address.matrix, state: null, sort: 'name' }, say)
  } else sayChoices(address.matrix, say)
  if (address.view === 'changes') sayChangesChoices(address.changes, say)
  say('lang', address.lang, 'vi')
  return `/${parts.map(encodeURIComponent).join('/')}${said.length ? `?${said.join('&')}` : ''}`
}

function formatOwn(own: Own, { part, back, secret, lang, election, work }: Address): string {
  const said = new URLSearchParams({
    ...(own === 'work' ? { ...(election ? { election } : {}), ...sayWorkChoices(work) } : {}),
    ...(part ? { part } : {}),
    ...(back ? { back } : {}),
    ...(lang === 'vi' ? {} : { lang }),
  }).toString()
  return `/${own}${said ? `?${said}` : ''}${own === 'setup' && secret ? `#${encodeURI(secret)}` : ''}`
}

/** The view that suits a place: where much lies below it, the places; else its own time. */
export function defaultView(place: { level: string; children: number }): View {
  const high = place.level === 'national' || place.level === 'province'
  return high && place.children > 0 ? 'matrix' : 'timeline'
}

/** The view that the address asks for at a place. */
export function viewOf(view: View | null, place: { level: string; children: number }): View {
  return view ?? defaultView(place)
}

/** The density that suits: of the whole country one wants all in sight, where the screen is large enough for it. */
export function densityOf(density: Density | null, view: View, level: string, large: boolean): Density {
  return density ?? (view === 'matrix' && level === 'national' && large ? 'overview' : 'roomy')
}

function here(): Address {
  const { pathname = '/', search = '', hash = '' } = globalThis.location ?? {}
  return parseAddress(pathname, search, hash)
}

/** Where the page is. */
export const address = signal<Address>(here())

/** Only the language, so that what depends on it alone is drawn again only with it. */
export const language = computed(() => address.value.lang)

/**
 * Views that are kept on the way to another place: only a hand chooses them. The others are also what the page leads to
 * by itself, and elsewhere another one may suit; who wants one to stay names it.
 */
const kept: readonly View[] = ['timeline', 'table']

/**
 * The address with some of it changed; another place closes the drawer, and what is opened next the sheet; another election has other days and phases.
 * Every step leaves behind what was no day.
 */
export function moved(from: Address, change: Partial<Address>): Address {
  // A screen of its own knows of no place.
  if (change.own) return { ...parseAddress('/', ''), lang: from.lang, ...change }
  const leaves = ('area' in change && change.area !== from.area) || 'election' in change
  const elsewhere = 'election' in change && change.election !== from.election && from.election !== null
  const left: Partial<Address> = {
    ...(leaves ? { own: null, part: null, back: null, secret: null } : {}),
    ...('area' in change || 'election' in change ? { milestone: null } : {}),
    ...('area' in change || 'election' in change || 'milestone' in change ? { sheet: null } : {}),
    ...(leaves
      ? {
          phase: null,
          plans: null,
          people: null,
          webhooks: null,
          taking: null,
          trail: null,
          traced: trailBegins,
          among: peopleBegin,
          view: kept.find(view => view === from.view) ?? null,
        }
      : {}),
    ...(elsewhere
      ? { span: null, asOf: null, knownAt: null, matrix: { ...from.matrix, phases: [] }, list: listBegins }
      : {}),
  }
  // People, plans, webhooks, what is taken in and the trail are screens of a place, one at a time.
  const screens = ['people', 'plans', 'webhooks', 'taking', 'trail'] as const
  if (screens.some(screen => change[screen])) {
    for (const screen of screens) left[screen] = null
  }
  if (change.taking) left.milestone = null
  if ('trail' in change && !change.trail) left.traced = trailBegins
  return { ...from, noDay: null, ...left, ...change }
}

/** The address as it is read, whatever page it was written on. */
export function addressOf(target: string): Address {
  const { pathname, search, hash } = new URL(target, 'http://page')
  return parseAddress(pathname, search, hash)
}

/** Goes to a changed address; `replace` for what is not worth a step of the back button. */
export function go(change: Partial<Address>, { replace = false } = {}): void {
  const next = moved(address.value, change)
  const target = formatAddress(next)
  if (target !== formatAddress(address.value)) {
    if (replace) history.replaceState(null, '', target)
    else history.pushState(null, '', target)
  }
  address.value = next
}

/** Follows the browser's back and forward buttons. */
export function followHistory(): () => void {
  const follow = () => {
    address.value = here()
  }
  addEventListener('popstate', follow)
  return () => removeEventListener('popstate', follow)
}
