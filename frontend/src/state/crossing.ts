import * as api from '../api/client'
import { listBegins } from '../list/choice'
import { nothingChosen } from '../matrix/choice'
import { address, go } from './address'

// Crossing from one election to another. Codes are identities only within one list of places: a code that both lists
// have is the same place only where its name is the same, too.

/** Goes to another election: to the same place where its list has it, else to its first screen. */
export async function cross(to: string): Promise<void> {
  const { election, area } = address.value
  const there = election && area ? await samePlace(election, to, area) : null
  const now = address.value
  if (now.election !== election || now.area !== area) return // somebody has gone elsewhere meanwhile
  // What was chosen is of the days, the kinds of work and the levels of the election that is left.
  const anew = { asOf: null, knownAt: null, span: null, phase: null, matrix: nothingChosen, list: listBegins }
  go({ election: to, area: there, ...anew })
}

async function samePlace(from: string, to: string, area: string): Promise<string | null> {
  const [here, there] = await Promise.all([api.area(from, area), api.area(to, area)])
  if (here.kind !== 'data' || there.kind !== 'data') return null
  return here.data.name === there.data.name ? area : null
}
