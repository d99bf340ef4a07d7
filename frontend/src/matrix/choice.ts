import type { Assembly, BodyKind, MatrixState } from '../api/names'

// What one chose on the matrix, as the address keeps it.

export type Sort = 'name' | 'lateness'

export const sorts: readonly Sort[] = ['name', 'lateness']
export const states: readonly MatrixState[] = ['overdue', 'behind_plan', 'due_soon', 'open', 'done']
export const assemblies: readonly Assembly[] = [
  'national_assembly',
  'pc_province',
  'pc_district',
  'pc_commune',
]
export const kinds: readonly BodyKind[] = [
  'election_committee',
  'election_board',
  'polling_team',
  'peoples_committee',
  'council_standing_body',
  'front',
  'party_committee',
  'party_propaganda',
  'party_organisation',
  'police',
  'military',
  'court',
  'nec',
  'national_assembly',
  'na_standing_committee',
  'government',
  'ministry_of_home_affairs',
  'candidate',
  'voter',
]

/** The assemblies elected in an election with these levels of places: some have no districts. */
export function assembliesAt(levels: readonly string[]): readonly Assembly[] {
  return assemblies.filter(assembly => {
    const level = assembly.replace(/^pc_/, '')
    return level === assembly || levels.includes(level)
  })
}

export interface Choices {
  sort: Sort
  state: MatrixState | null
  body: BodyKind | null
  serves: Assembly | null
  /** The phases that are open; null: those where something presses. */
  phases: readonly string[] | null
}

export const nothingChosen: Choices = { sort: 'name', state: null, body: null, serves: null, phases: null }

const allClosed = 'none'

function among<T extends string>(allowed: readonly T[], text: string | null): T | null {
  return allowed.find(value => value === text) ?? null
}

/** Reads the choices from an address; what cannot be understood is taken as not said. */
export function parseChoices(said: URLSearchParams): Choices {
  const phases = said.get('phases')
  return {
    sort: among(sorts, said.get('sort')) ?? 'name',
    state: among(states, said.get('state')),
    body: among(kinds, said.get('body')),
    serves: among(assemblies, said.get('serves')),
    phases: phases ? (phases === allClosed ? [] : phases.split('.').filter(Boolean)) : null,
  }
}

/** Writes the choices into an address. */
export function sayChoices(
  choices: Choices,
  say: (name: string, value: string | null, unless?: string) => void,
): void {
  say('sort', choices.sort, 'name')
  say('state', choices.state)
  say('body', choices.body)
  say('serves', choices.serves)
  say('phases', choices.phases && (choices.phases.join('.') || allClosed))
}

/** Whether rows or columns may be left out. */
export function isNarrowed(choices: Choices): boolean {
  return choices.state !== null || choices.body !== null || choices.serves !== null
}
