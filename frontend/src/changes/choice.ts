import type { DifferenceKind } from '../api/names'
import { addDays, isDay } from '../state/day'

// Which two days are compared, as the address keeps it.

export const differenceKinds: readonly DifferenceKind[] = [
  'done',
  'begun',
  'blocked',
  'became_late',
  'date_moved',
  'planned',
  'occurred',
  'added',
  'reopened',
  'taken_back',
  'done_day_moved',
  'set_aside',
  'cancelled',
  'standing',
]

export interface ChangesChoices {
  /** Null: a week before the later day. */
  from: string | null
  /** Null: the day that the page shows. */
  to: string | null
  kind: DifferenceKind | null
}

export const changesBegin: ChangesChoices = { from: null, to: null, kind: null }

/** Reads the choices from an address; what cannot be understood is taken as not said. */
export function parseChangesChoices(said: URLSearchParams): ChangesChoices {
  const day = (name: string) => {
    const text = said.get(name)
    return text && isDay(text) ? text : null
  }
  return {
    from: day('from'),
    to: day('to'),
    kind: differenceKinds.find(kind => kind === said.get('kind')) ?? null,
  }
}

/** Writes the choices into an address. */
export function sayChangesChoices(
  choices: ChangesChoices,
  say: (name: string, value: string | null) => void,
): void {
  say('from', choices.from)
  say('to', choices.to)
  say('kind', choices.kind)
}

export interface Days {
  from: string
  to: string
}

/**
 * The two days that are meant: the later is the one said, else the day looked back at, else the last that there is; the
 * earlier a week before it. Days that have not come, or come in the wrong order, are set right.
 */
export function daysOf(choices: ChangesChoices, asOf: string | null, last: string, today: string): Days {
  const said = choices.to ?? asOf ?? last
  const to = said > today ? today : said
  const from = choices.from ?? addDays(to, -7)
  return from > to ? { from: to, to: from > today ? today : from } : { from, to }
}
