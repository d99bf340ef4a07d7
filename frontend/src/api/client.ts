import createClient from 'openapi-fetch'
import type { ListChoices } from '../list/choice'
import { pageLength, queryOf } from '../list/rows'
import type { Choices } from '../matrix/choice'
import { type Answer, answerOf, problemOf } from './answer'
import type {
  AmendmentEffect,
  AmendmentList,
  AmendmentPost,
  Area,
  Batch,
  BatchPost,
  Body,
  Comparison,
  DeadlineList,
  DifferenceKind,
  Document,
  Effect,
  Election,
  FoundGroup,
  History,
  Matrix,
  MilestoneChanged,
  MilestoneDetail,
  MilestoneJudged,
  MilestonePatch,
  NewTask,
  Note,
  NoteList,
  OccurrenceList,
  OccurrencePost,
  PlanChanged,
  PlanEntry,
  PlanList,
  PlanPatch,
  PlanWithdrawal,
  RuleList,
  Statement,
  TaskChanged,
  TaskPatch,
  TaskRemoved,
  Timeline,
  VotingDay,
  VotingDayPut,
  WorkGroup,
  WorkList,
} from './names'
import type { paths } from './schema'

let language = 'vi'

/** From now on problems are asked for in this language. */
export function speak(lang: string): void {
  language = lang
}

/** What is done when somebody has to be signed in and is not, or is no more. */
export interface SignInNeeded {
  /** Something was to be written: true when he has signed in, and it may be sent again. */
  toWrite: () => Promise<boolean>
  /** Something was to be read. */
  toRead: () => void
}

let needed: SignInNeeded | null = null

/** From now on this is done. */
export function onSignInNeeded(todo: SignInNeeded): void {
  needed = todo
}

/** Sends a request; what is refused for want of a session is sent again after signing in, so that nothing typed is lost. */
async function send(request: Request): Promise<Response> {
  const again = request.method === 'GET' ? null : request.clone()
  // Looked up at each call, so that a test may put its own server there.
  const response = await globalThis.fetch(request)
  if (response.status !== 401 || !needed) return response
  const said: unknown = await response
    .clone()
    .json()
    .catch(() => null)
  if (problemOf(said, 401).code !== 'sign-in-needed') return response
  if (again) return (await needed.toWrite()) ? globalThis.fetch(again) : response
  needed.toRead()
  return response
}

/**
 * What this page calls its writes, until it is loaded anew: others see it in what they are told, and here it says which
 * changes are one's own. It names nobody.
 */
export const writer = `page-${Array.from(crypto.getRandomValues(new Uint8Array(8)), byte => byte.toString(36)).join('')}`

let written = Number.NEGATIVE_INFINITY

/** When the last write of this page was answered, in milliseconds since 1970. */
export function lastWrite(): number {
  return written
}

export const client = createClient<paths>({ baseUrl: globalThis.location?.origin ?? '', fetch: send })
client.use({
  onRequest({ request }) {
    request.headers.set('Accept-Language', language)
    if (request.method !== 'GET') {
      request.headers.set('Change-Tag', writer)
      return request
    }
    // What a browser has kept it may show without asking, for as long as the answer says: after a change of one's own
    // that would be what was before. So it always asks, with the tag of what it keeps; that nothing has changed costs
    // next to nothing. With a tag of the page's own it keeps out of it by itself.
    if (request.headers.has('If-None-Match')) return request
    return new Request(request, { cache: 'no-cache' })
  },
  onResponse({ request }) {
    if (request.method !== 'GET') written = Date.now()
  },
})

export type Tag = string | null

export function ifNone(tag: Tag): { 'If-None-Match'?: string } {
  return tag ? { 'If-None-Match': tag } : {}
}

export function elections(tag: Tag = null): Promise<Answer<{ items: Election[] }>> {
  return answerOf(() => client.GET('/api/v1/elections', { params: { header: ifNone(tag) } }))
}

/** What is found of each kind, from the place one is at. */
export function search(
  election: string,
  q: string,
  area: string | null,
  limit: number,
  signal?: AbortSignal,
): Promise<Answer<{ groups: FoundGroup[] }>> {
  return answerOf(() =>
    client.GET('/api/v1/elections/{election}/search', {
      params: { path: { election }, query: { q, limit, ...(area ? { area } : {}) } },
      ...(signal ? { signal } : {}),
    }),
  )
}

/** Places by name or code, the best first; of a branch, or of all. */
export function places(
  election: string,
  q: string,
  under: string | null,
  limit: number,
): Promise<Answer<{ items: Area[] }>> {
  return answerOf(() =>
    client.GET('/api/v1/elections/{election}/areas', {
      params: { path: { election }, query: { q, limit, ...(under ? { under } : {}) } },
    }),
  )
}

export function area(election: string, code: string, tag: Tag = null): Promise<Answer<Area>> {
  return answerOf(() =>
    client.GET('/api/v1/elections/{election}/areas/{area}', {
      params: { path: { election, area: code }, header: ifNone(tag) },
    }),
  )
}

export function document(election: string, key: string, tag: Tag): Promise<Answer<Document>> {
  return answerOf(() =>
    client.GET('/api/v1/elections/{election}/documents/{document}', {
      params: { path: { election, document: key }, header: ifNone(tag) },
    }),
  )
}

export function children(election: string, area: string, tag: Tag): Promise<Answer<{ items: Area[] }>> {
  return answerOf(() =>
    client.GET('/api/v1/elections/{election}/areas/{area}/children', {
      params: { path: { election, area }, header: ifNone(tag) },
    }),
  )
}

export function timeline(
  election: string,
  area: string,
  asOf: string | null,
  knownAt: string | null,
  tag: Tag,
): Promise<Answer<Timeline>> {
  const query = { ...(asOf ? { as_of: asOf } : {}), ...(knownAt ? { known_at: knownAt } : {}) }
  return answerOf(() =>
    client.GET('/api/v1/elections/{election}/areas/{area}/timeline', {
      params: { path: { election, area }, query, header: ifNone(tag) },
    }),
  )
}

export function matrix(
  election: string,
  area: string,
  asOf: string | null,
  { sort, state, body, serves, phases }: Omit<Choices, 'column'>,
  tag: Tag,
): Promise<Answer<Matrix>> {
  const query = {
    ...(asOf ? { as_of: asOf } : {}),
    ...(state ? { state } : {}),
    ...(body ? { body } : {}),
    ...(serves ? { serves } : {}),
    ...(sort === 'name' ? {} : { sort }),
    open: phases.join(',') || 'none',
  }
  return answerOf(() =>
    client.GET('/api/v1/elections/{election}/areas/{area}/matrix', {
      params: { path: { election, area }, query, header: ifNone(tag) },
    }),
  )
}

export function deadlines(
  election: string,
  area: string,
  asOf: string | null,
  choices: ListChoices,
  { body, serves }: Pick<Choices, 'body' | 'serves'>,
  after: string | null,
  tag: Tag,
  limit = pageLength,
  /** Not as a browser may have kept it: what is chosen in it is to be changed. */
  fresh = false,
): Promise<Answer<DeadlineList>> {
  const query = {
    ...queryOf(choices),
    ...(asOf ? { as_of: asOf } : {}),
    ...(body ? { body } : {}),
    ...(serves ? { serves } : {}),
    ...(after ? { after } : {}),
    limit,
  }
  return answerOf(() =>
    client.GET('/api/v1/elections/{election}/areas/{area}/deadlines', {
      params: { path: { election, area }, query, header: ifNone(tag) },
      ...(fresh ? { cache: 'no-cache' as const } : {}),
    }),
  )
}

/** What changed between two days; the first page, or the one after a token. */
export function comparison(
  election: string,
  area: string,
  from: string,
  to: string,
  kind: DifferenceKind | null,
  tag: Tag,
  after: string | null = null,
): Promise<Answer<Comparison>> {
  const query = { from, to, ...(kind ? { kind } : {}), ...(after ? { after } : {}) }
  return answerOf(() =>
    client.GET('/api/v1/elections/{election}/areas/{area}/comparison', {
      params: { path: { election, area }, query, header: ifNone(tag) },
    }),
  )
}

export function rules(election: string, tag: Tag): Promise<Answer<RuleList>> {
  return answerOf(() =>
    client.GET('/api/v1/elections/{election}/rules', {
      params: { path: { election }, header: ifNone(tag) },
    }),
  )
}

/** A milestone as it is, or as it was. */
export function milestone(
  election: string,
  area: string,
  id: string,
  asOf: string | null,
  knownAt: string | null,
  tag: Tag,
): Promise<Answer<MilestoneDetail>> {
  const query = { ...(asOf ? { as_of: asOf } : {}), ...(knownAt ? { known_at: knownAt } : {}) }
  return answerOf(() =>
    client.GET('/api/v1/elections/{election}/areas/{area}/milestones/{milestone}', {
      params: { path: { election, area, milestone: id }, query, header: ifNone(tag) },
    }),
  )
}

/** The latest changes of a milestone, or those before a revision. */
export function history(
  election: string,
  area: string,
  id: string,
  tag: Tag,
  before: number | null = null,
): Promise<Answer<History>> {
  return answerOf(() =>
    client.GET('/api/v1/elections/{election}/areas/{area}/milestones/{milestone}/history', {
      params: {
        path: { election, area, milestone: id },
        query: before === null ? {} : { before },
        header: ifNone(tag),
      },
    }),
  )
}

export function documents(
  election: string,
  implementing: string,
  tag: Tag,
): Promise<Answer<{ items: Document[] }>> {
  return answerOf(() =>
    client.GET('/api/v1/elections/{election}/documents', {
      params: { path: { election }, query: { implements: implementing }, header: ifNone(tag) },
    }),
  )
}

/** The documents of a place. */
export function papers(election: string, area: string, tag: Tag): Promise<Answer<{ items: Document[] }>> {
  return answerOf(() =>
    client.GET('/api/v1/elections/{election}/documents', {
      params: { path: { election }, query: { area }, header: ifNone(tag) },
    }),
  )
}

/** The local plans of a place, and how far they are. */
export function plans(election: string, area: string, tag: Tag): Promise<Answer<PlanList>> {
  return answerOf(() =>
    client.GET('/api/v1/elections/{election}/plans', {
      params: { path: { election }, query: { area }, header: ifNone(tag) },
    }),
  )
}

export function statements(election: string, tag: Tag): Promise<Answer<{ items: Statement[] }>> {
  return answerOf(() =>
    client.GET('/api/v1/elections/{election}/statements', {
      params: { path: { election }, header: ifNone(tag) },
    }),
  )
}

export function bodies(election: string, tag: Tag): Promise<Answer<{ items: Body[] }>> {
  return answerOf(() =>
    client.GET('/api/v1/elections/{election}/bodies', {
      params: { path: { election }, header: ifNone(tag) },
    }),
  )
}

export const mergePatch = { 'Content-Type': 'application/merge-patch+json' }

/** The strong tag of a resource that carries its revision. */
export function strongTag(revision: number): string {
  return `"r${revision}"`
}

export function patchTask(
  election: string,
  area: string,
  milestoneId: string,
  task: string,
  revision: number,
  body: TaskPatch,
): Promise<Answer<TaskChanged>> {
  return answerOf(() =>
    client.PATCH('/api/v1/elections/{election}/areas/{area}/milestones/{milestone}/tasks/{task}', {
      params: {
        path: { election, area, milestone: milestoneId, task },
        header: { 'If-Match': strongTag(revision) },
      },
      headers: mergePatch,
      body,
    }),
  )
}

/** Adds a task of one's own. */
export function addTask(
  election: string,
  area: string,
  milestoneId: string,
  body: NewTask,
): Promise<Answer<TaskChanged>> {
  return answerOf(() =>
    client.POST('/api/v1/elections/{election}/areas/{area}/milestones/{milestone}/tasks', {
      params: { path: { election, area, milestone: milestoneId } },
      body,
    }),
  )
}

export function removeTask(
  election: string,
  area: string,
  milestoneId: string,
  task: string,
  revision: number,
): Promise<Answer<TaskRemoved>> {
  return answerOf(() =>
    client.DELETE('/api/v1/elections/{election}/areas/{area}/milestones/{milestone}/tasks/{task}', {
      params: {
        path: { election, area, milestone: milestoneId, task },
        header: { 'If-Match': strongTag(revision) },
      },
    }),
  )
}

/** What staff wrote to each other about a milestone. */
export function notes(
  election: string,
  area: string,
  milestone: string,
  tag: Tag,
): Promise<Answer<NoteList>> {
  return answerOf(() =>
    client.GET('/api/v1/elections/{election}/areas/{area}/milestones/{milestone}/notes', {
      params: { path: { election, area, milestone }, header: ifNone(tag) },
    }),
  )
}

export function addNote(
  election: string,
  area: string,
  milestone: string,
  text: string,
): Promise<Answer<Note>> {
  return answerOf(() =>
    client.POST('/api/v1/elections/{election}/areas/{area}/milestones/{milestone}/notes', {
      params: { path: { election, area, milestone } },
      body: { text },
    }),
  )
}

export function changeNote(
  election: string,
  area: string,
  milestone: string,
  note: number,
  revision: number,
  text: string,
): Promise<Answer<Note>> {
  return answerOf(() =>
    client.PATCH('/api/v1/elections/{election}/areas/{area}/milestones/{milestone}/notes/{note}', {
      params: {
        path: { election, area, milestone, note: String(note) },
        header: { 'If-Match': strongTag(revision) },
      },
      headers: mergePatch,
      body: { text },
    }),
  )
}

export function removeNote(
  election: string,
  area: string,
  milestone: string,
  note: number,
  revision: number,
): Promise<Answer<unknown>> {
  return answerOf<unknown>(() =>
    client.DELETE('/api/v1/elections/{election}/areas/{area}/milestones/{milestone}/notes/{note}', {
      params: {
        path: { election, area, milestone, note: String(note) },
        header: { 'If-Match': strongTag(revision) },
      },
    }),
  )
}

export function patchMilestone(
  election: string,
  area: string,
  id: string,
  revision: number,
  body: MilestonePatch,
): Promise<Answer<MilestoneChanged>> {
  return answerOf(() =>
    client.PATCH('/api/v1/elections/{election}/areas/{area}/milestones/{milestone}', {
      params: {
        path: { election, area, milestone: id },
        header: { 'If-Match': strongTag(revision) },
      },
      headers: mergePatch,
      body,
    }),
  )
}

/** Confirms what a place has reported. */
export function confirmMilestone(
  election: string,
  area: string,
  id: string,
  revision: number,
): Promise<Answer<MilestoneJudged>> {
  return answerOf(() =>
    client.POST('/api/v1/elections/{election}/areas/{area}/milestones/{milestone}/confirmation', {
      params: { path: { election, area, milestone: id }, header: { 'If-Match': strongTag(revision) } },
    }),
  )
}

/** Gives what a place has reported back to be corrected. */
export function returnMilestone(
  election: string,
  area: string,
  id: string,
  revision: number,
  reason: string,
): Promise<Answer<MilestoneJudged>> {
  return answerOf(() =>
    client.POST('/api/v1/elections/{election}/areas/{area}/milestones/{milestone}/return', {
      params: { path: { election, area, milestone: id }, header: { 'If-Match': strongTag(revision) } },
      body: { reason },
    }),
  )
}

/** What waits for whoever is signed in; the first page, or the one after a token. */
export function work(
  election: string,
  { branch, group }: { branch: boolean; group: WorkGroup | null },
  limit: number,
  after: string | null,
  tag: Tag,
): Promise<Answer<WorkList>> {
  const query = {
    election,
    limit,
    ...(branch ? { branch } : {}),
    ...(group ? { group } : {}),
    ...(after ? { after } : {}),
  }
  return answerOf(() => client.GET('/api/v1/me/work', { params: { query, header: ifNone(tag) } }))
}

export function votingDays(election: string, tag: Tag): Promise<Answer<{ items: VotingDay[] }>> {
  return answerOf(() =>
    client.GET('/api/v1/elections/{election}/voting-days', {
      params: { path: { election }, header: ifNone(tag) },
    }),
  )
}

/** Decides on which day a place votes, over the decision that is known (null: none); or only says what that comes to. */
export function putVotingDay(
  election: string,
  area: string,
  revision: number | null,
  body: VotingDayPut,
  dryRun: boolean,
): Promise<Answer<Effect>> {
  return answerOf(() =>
    client.PUT('/api/v1/elections/{election}/areas/{area}/voting-day', {
      params: {
        path: { election, area },
        query: { dry_run: dryRun },
        header: revision === null ? {} : { 'If-Match': strongTag(revision) },
      },
      body,
    }),
  )
}

/** How the election itself was amended; its revision is what the next amendment is based on. */
export function amendments(election: string, tag: Tag): Promise<Answer<AmendmentList>> {
  return answerOf(() =>
    client.GET('/api/v1/elections/{election}/amendments', {
      params: { path: { election }, header: ifNone(tag) },
    }),
  )
}

/** Amends the election for good. */
export function amend(
  election: string,
  revision: number,
  body: AmendmentPost,
): Promise<Answer<AmendmentEffect>> {
  return answerOf(() =>
    client.POST('/api/v1/elections/{election}/amendments', {
      params: { path: { election }, header: { 'If-Match': strongTag(revision) } },
      body,
    }),
  )
}

/** What an amendment would come to: everywhere, or in one branch; the first changes, or those behind a place. */
export function previewAmendment(
  election: string,
  revision: number,
  body: AmendmentPost,
  part: { area?: string; after?: string } = {},
): Promise<Answer<AmendmentEffect>> {
  return answerOf(() =>
    client.POST('/api/v1/elections/{election}/amendments', {
      params: {
        path: { election },
        query: { dry_run: true, ...part },
        header: { 'If-Match': strongTag(revision) },
      },
      body,
    }),
  )
}

export function occurrences(election: string, area: string, tag: Tag): Promise<Answer<OccurrenceList>> {
  return answerOf(() =>
    client.GET('/api/v1/elections/{election}/areas/{area}/occurrences', {
      params: { path: { election, area }, header: ifNone(tag) },
    }),
  )
}

/** Enters that something occurred in a place, or only says what that comes to. */
export function postOccurrence(
  election: string,
  area: string,
  body: OccurrencePost,
  dryRun: boolean,
): Promise<Answer<Effect>> {
  return answerOf(() =>
    client.POST('/api/v1/elections/{election}/areas/{area}/occurrences', {
      params: { path: { election, area }, query: { dry_run: dryRun } },
      body,
    }),
  )
}

/** Reports, plans, confirms or returns many milestones of a branch, or only says what that comes to. */
export function postBatch(
  election: string,
  area: string,
  body: BatchPost,
  dryRun: boolean,
): Promise<Answer<Batch>> {
  return answerOf(() =>
    client.POST('/api/v1/elections/{election}/areas/{area}/batches', {
      params: { path: { election, area }, query: { dry_run: dryRun } },
      body,
    }),
  )
}

/** Enters a local plan; with `rehearse` it only says what that would come to. */
export function addPlan(election: string, body: PlanEntry, rehearse: boolean): Promise<Answer<PlanChanged>> {
  return answerOf(() =>
    client.POST('/api/v1/elections/{election}/plans', {
      params: { path: { election }, query: { dry_run: rehearse } },
      body,
    }),
  )
}

export function changePlan(
  election: string,
  plan: string,
  revision: number,
  body: PlanPatch,
  rehearse: boolean,
): Promise<Answer<PlanChanged>> {
  return answerOf(() =>
    client.PATCH('/api/v1/elections/{election}/plans/{plan}', {
      params: {
        path: { election, plan },
        query: { dry_run: rehearse },
        header: { 'If-Match': strongTag(revision) },
      },
      headers: mergePatch,
      body,
    }),
  )
}

export function withdrawPlan(
  election: string,
  plan: string,
  revision: number,
  body: PlanWithdrawal,
  rehearse: boolean,
): Promise<Answer<PlanChanged>> {
  return answerOf(() =>
    client.POST('/api/v1/elections/{election}/plans/{plan}/withdrawal', {
      params: {
        path: { election, plan },
        query: { dry_run: rehearse },
        header: { 'If-Match': strongTag(revision) },
      },
      body,
    }),
  )
}
