import { queryOf, type TrailChoices } from '../trail/choice'
import { type Answer, answerOf } from './answer'
import { client, ifNone, type Tag } from './client'
import type { AccountTrail, DayHeadList, Trail } from './names'

/** Who changed what in a place, the latest first; what was recorded before a revision. */
export function trail(
  election: string,
  area: string,
  choices: TrailChoices,
  before: number | null,
  tag: Tag,
): Promise<Answer<Trail>> {
  const { milestone } = choices
  const query = { ...queryOf(choices, before), ...(milestone ? { milestone } : {}) }
  return answerOf(() =>
    client.GET('/api/v1/elections/{election}/areas/{area}/trail', {
      params: { path: { election, area }, query, header: ifNone(tag) },
    }),
  )
}

/** What became of accounts and roles in a place, the latest first. */
export function accountTrail(
  election: string,
  area: string,
  choices: TrailChoices,
  before: number | null,
  tag: Tag,
): Promise<Answer<AccountTrail>> {
  return answerOf(() =>
    client.GET('/api/v1/elections/{election}/areas/{area}/trail/accounts', {
      params: { path: { election, area }, query: queryOf(choices, before), header: ifNone(tag) },
    }),
  )
}

/** Where the log stood at the end of each day. */
export function dayHeads(election: string, tag: Tag): Promise<Answer<DayHeadList>> {
  return answerOf(() =>
    client.GET('/api/v1/elections/{election}/trail/heads', {
      params: { path: { election }, header: ifNone(tag) },
    }),
  )
}
