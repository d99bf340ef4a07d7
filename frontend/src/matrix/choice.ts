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
  /** The phases that are open; of the others only the sums are fetched. */
  phases: readonly string[]
  /** Where there is room for one column only: which. Null: all phases together. */
  column: string | null
}

export const nothingChosen: Choices = {
  sort: 'name',
  state: null,
  body: null,
  serves: null,
  phases: [],
  column: null,
}

function among<T extends string>(allowed: readonly T[], text: string | null): T | null {
  return allowed.find(value => value === text) ?? null
}

/** Reads the choices from an address; what cannot be understood is taken as not said. */
export function parseChoices(said: URLSearchParams): Choices {
  return {
    sort: among(sorts, said.get('sort')) ?? 'name',
    state: among(states, said.get('state')),
    body: among(kinds, said.get('body')),
    serves: among(assemblies, said.get('serves')),
    phases: (said.get('phases') ?? '').split('.').filter(Boolean),
    column: said.get('column') || null,
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
  say('phases', choices.phases.join('.'))
  say('column', choices.column)
}

/** How many choices leave something out. */
export function narrowings({ state, body, serves }: Choices): number {
  return [state, body, serves].filter(choice => choice !== null).length
}
