import * as api from '../api/access'
import type { Area, HeldRole, Role, Session } from '../api/names'
import { Cell, type Known } from '../state/cell'
import { electionsCell } from '../state/election'

// Who is signed in, and what he may do where. The server decides; the page only leaves out what would be refused.

/** The roles, each with all that those before it have. */
export const roles: readonly Role[] = ['none', 'viewer', 'reporter', 'lead', 'administrator']

export type Verb = 'read' | 'report' | 'confirm' | 'organise' | 'admit' | 'administer'

const least: Record<Verb, Role> = {
  read: 'viewer',
  report: 'reporter',
  confirm: 'lead',
  organise: 'lead',
  admit: 'lead',
  administer: 'administrator',
}

/** A place with those above it, nearest first. */
export type Place = Pick<Area, 'code'> & { ancestors: readonly { code: string }[] }

export function atLeast(role: Role, wanted: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(wanted)
}

/** What somebody holds at a place: the greatest of what is granted there and above, up to where it was ended. */
export function roleOf(rights: readonly HeldRole[], edition: string, place: Place): Role {
  let role: Role = 'none'
  for (const code of [place.code, ...place.ancestors.map(one => one.code)]) {
    const held = rights.find(one => one.area === code && (code === nation || one.edition === edition))?.role
    if (held === 'none') break
    // There is no administrator of a part of the country.
    const counts = held && (held !== 'administrator' || code === nation)
    if (counts && atLeast(held, role)) role = held
  }
  return role
}

const nation = 'VN'

let cell: Cell<Session> | null = null

/** The session as the server knows it; asked for once. */
export function sessionCell(): Cell<Session> {
  if (!cell) {
    cell = new Cell<Session>(() => api.session())
    void cell.refresh()
  }
  return cell
}

/** The session; null while it is not known. */
export function session(): Session | null {
  return sessionCell().known.value.data
}

/** What the user holds at a place of an election. */
export function roleAt(election: string, place: Place): Role {
  const rights = session()?.rights ?? []
  const edition = electionsCell().known.value.data?.items.find(one => one.id === election)?.edition
  return edition === undefined ? 'none' : roleOf(rights, edition, place)
}

/**
 * Whether the page offers something to the user at a place. What a place has reported is confirmed above it; who there
 * leads is the server's to know.
 */
export function may(verb: Verb, election: string, place: Place): boolean {
  if (verb === 'administer') return atLeast(roleAt(election, { code: nation, ancestors: [] }), least[verb])
  const [above, ...further] = place.ancestors
  // Above it, and not in what was taken out of the branch.
  const units = verb === 'confirm' && above ? [place, { code: above.code, ancestors: further }] : [place]
  return units.every(unit => atLeast(roleAt(election, unit), least[verb]))
}

/** Whether the user may do something in some place, whichever it is. */
export function somewhere(verb: Verb): boolean {
  return (session()?.rights ?? []).some(one => atLeast(one.role, least[verb]))
}

/** Whether the user may be one who changes things: while it is not known who he is, he may. */
export function mayChange(): boolean {
  return session() === null || somewhere('report')
}

/** The session is another one now. */
export function enter(next: Session): void {
  const { known } = sessionCell()
  const before = known.peek()
  const good: Known<Session> = { ...before, data: next, at: Date.now(), problem: null, unreachable: false }
  known.value = good
}

/** Nobody is signed in any more. */
export function leave(): void {
  const known = session()
  if (known) enter({ ...known, signed_in: false, user: null, rights: [] })
  void sessionCell().refresh()
}

/** Forgets who is signed in; for tests. */
export function forgetSession(): void {
  cell = null
}
