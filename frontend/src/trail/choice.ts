import { isDay } from '../state/day'

// What of the log is looked at, as the address keeps it.

/** What was done for the election, or who was given which account and role. */
export type Trail = 'changes' | 'accounts'
export const trails: readonly Trail[] = ['changes', 'accounts']

export interface TrailChoices {
  /** A user's name, or part of a person's. */
  person: string | null
  /** The milestone's key; of changes only. */
  milestone: string | null
  kind: string | null
  from: string | null
  to: string | null
  /** What was done below the place as well. */
  branch: boolean
  pages: number
}

export const trailBegins: TrailChoices = {
  person: null,
  milestone: null,
  kind: null,
  from: null,
  to: null,
  branch: true,
  pages: 1,
}

const most = 50

/** Reads the choices from an address; what cannot be understood is taken as not said. */
export function parseTrailChoices(said: URLSearchParams): TrailChoices {
  const day = (name: string) => {
    const text = said.get(name)
    return text && isDay(text) ? text : null
  }
  const fitting = (name: string, form: RegExp) => {
    const text = said.get(name) ?? ''
    return form.test(text) ? text : null
  }
  const pages = Number(said.get('trail_pages') ?? 1)
  return {
    person: said.get('trail_person')?.trim().slice(0, 100) || null,
    milestone: fitting('trail_milestone', /^[\w.:-]{1,96}$/),
    kind: fitting('trail_kind', /^[a-z_]{1,40}$/),
    from: day('trail_from'),
    to: day('trail_to'),
    branch: said.get('trail_reach') !== 'here',
    pages: Number.isInteger(pages) && pages > 0 ? Math.min(pages, most) : 1,
  }
}

/** Writes the choices into an address. */
export function sayTrailChoices(
  choices: TrailChoices,
  say: (name: string, value: string | null, unless?: string) => void,
): void {
  say('trail_person', choices.person)
  say('trail_milestone', choices.milestone)
  say('trail_kind', choices.kind)
  say('trail_from', choices.from)
  say('trail_to', choices.to)
  say('trail_reach', choices.branch ? null : 'here')
  say('trail_pages', String(choices.pages), '1')
}

/** What the API is asked for; pages go by revision. */
export function queryOf(choices: TrailChoices, before: number | null) {
  const { person, kind, from, to, branch } = choices
  return {
    ...(person ? { person } : {}),
    ...(kind ? { kind } : {}),
    ...(from ? { from } : {}),
    ...(to ? { to } : {}),
    ...(branch ? {} : { branch }),
    ...(before === null ? {} : { before }),
  }
}

/** How many of the choices leave something out. */
export function narrowings({ person, milestone, kind, from, to, branch }: TrailChoices): number {
  return [person, milestone, kind, from, to, branch ? null : 'here'].filter(one => one !== null).length
}
