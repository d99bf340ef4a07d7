import { mayChange } from '../access/session'
import * as api from '../api/client'
import type {
  AmendmentList,
  Area,
  Body,
  Comparison,
  DeadlineList,
  DifferenceKind,
  Document,
  Election,
  FoundGroup,
  History,
  Level,
  Matrix,
  MilestoneDetail,
  NoteList,
  OccurrenceList,
  PlanList,
  RuleList,
  Statement,
  Timeline,
  VotingDay,
  WorkList,
} from '../api/names'
import { type ListChoices, listBegins } from '../list/choice'
import type { Choices } from '../matrix/choice'
import type { WorkChoices } from '../mywork/choice'
import { address } from './address'
import { type Cell, cellOf } from './cell'
import { placeOf } from './selection'

// Every cell of the page by what it is of. Keys hold all that the answer depends on.

export function electionsCell(): Cell<{ items: Election[] }> {
  return cellOf('elections', tag => api.elections(tag))
}

export function childrenCell(election: string, area: string): Cell<{ items: Area[] }> {
  return cellOf(`children ${election} ${area}`, tag => api.children(election, area, tag))
}

export function timelineCell(
  election: string,
  area: string,
  asOf: string | null,
  knownAt: string | null,
): Cell<Timeline> {
  return cellOf(`timeline ${election} ${area} ${asOf} ${knownAt}`, tag =>
    api.timeline(election, area, asOf, knownAt, tag),
  )
}

/** The timeline of the open milestone's place, where that lies below the place that is looked at. */
export function openBelow({ area, election }: Timeline): Cell<Timeline> | null {
  const { milestone, asOf, knownAt } = address.value
  if (!milestone) return null
  const at = placeOf(milestone, area.code).area
  const here = at === area.code || area.ancestors.some(ancestor => ancestor.code === at)
  return here ? null : timelineCell(election.id, at, asOf, knownAt)
}

export function matrixCell(
  election: string,
  area: string,
  asOf: string | null,
  choices: Choices,
): Cell<Matrix> {
  const { sort, state, body, serves, phases } = choices
  return cellOf(`matrix ${election} ${area} ${asOf} ${sort} ${state} ${body} ${serves} ${phases}`, tag =>
    api.matrix(election, area, asOf, choices, tag),
  )
}

/** One page of a list: the first, or the one behind a token. */
export function listCell(
  election: string,
  area: string,
  asOf: string | null,
  choices: ListChoices,
  of: Pick<Choices, 'body' | 'serves'>,
  after: string | null,
): Cell<DeadlineList> {
  const { pages: _pages, tick: _tick, ...asked } = choices
  const key = JSON.stringify([asked, of.body, of.serves, after])
  return cellOf(`deadlines ${election} ${area} ${asOf} ${key}`, tag =>
    api.deadlines(election, area, asOf, choices, of, after, tag, undefined, mayChange()),
  )
}

/** How much is late below a place. */
export function lateBelowCell(election: string, area: string, asOf: string | null): Cell<DeadlineList> {
  const choices: ListChoices = { ...listBegins, state: 'late', reach: 'below' }
  return cellOf(`late below ${election} ${area} ${asOf}`, tag =>
    api.deadlines(election, area, asOf, choices, { body: null, serves: null }, null, tag, 1),
  )
}

export function rulesCell(election: string): Cell<RuleList> {
  return cellOf(`rules ${election}`, tag => api.rules(election, tag))
}

export function milestoneCell(
  election: string,
  area: string,
  id: string,
  asOf: string | null = null,
  knownAt: string | null = null,
): Cell<MilestoneDetail> {
  return cellOf(`milestone ${election} ${area} ${id} ${asOf} ${knownAt}`, tag =>
    api.milestone(election, area, id, asOf, knownAt, tag),
  )
}

export function comparisonCell(
  election: string,
  area: string,
  from: string,
  to: string,
  kind: DifferenceKind | null,
): Cell<Comparison> {
  return cellOf(`comparison ${election} ${area} ${from} ${to} ${kind}`, tag =>
    api.comparison(election, area, from, to, kind, tag),
  )
}

export function historyCell(election: string, area: string, id: string): Cell<History> {
  return cellOf(`history ${election} ${area} ${id}`, tag => api.history(election, area, id, tag))
}

/** Notes are internal: who may not read them is told so. */
export function notesCell(election: string, area: string, id: string): Cell<NoteList> {
  return cellOf(`notes ${election} ${area} ${id}`, tag => api.notes(election, area, id, tag))
}

export function documentsCell(election: string, key: string): Cell<{ items: Document[] }> {
  return cellOf(`documents ${election} ${key}`, tag => api.documents(election, key, tag))
}

export function papersCell(election: string, area: string): Cell<{ items: Document[] }> {
  return cellOf(`papers ${election} ${area}`, tag => api.papers(election, area, tag))
}

export function plansCell(election: string, area: string): Cell<PlanList> {
  return cellOf(`plans ${election} ${area}`, tag => api.plans(election, area, tag))
}

export function documentCell(election: string, key: string): Cell<Document> {
  return cellOf(`document ${election} ${key}`, tag => api.document(election, key, tag))
}

export function areaCell(election: string, code: string): Cell<Area> {
  return cellOf(`area ${election} ${code}`, tag => api.area(election, code, tag))
}

/** The milestone of a key that is nearest to a place. */
export function foundCell(election: string, key: string, from: string): Cell<{ groups: FoundGroup[] }> {
  return cellOf(`found ${election} ${key} ${from}`, () => api.search(election, key, from, 1))
}

export function statementsCell(election: string): Cell<{ items: Statement[] }> {
  return cellOf(`statements ${election}`, tag => api.statements(election, tag))
}

export function bodiesCell(election: string): Cell<{ items: Body[] }> {
  return cellOf(`bodies ${election}`, tag => api.bodies(election, tag))
}

/** The levels of places in an election: some have no districts. */
export function levelsOf(election: string): readonly Level[] {
  const found = electionsCell().known.value.data?.items.find(one => one.id === election)
  return found?.levels ?? []
}

/** The election to show when none is asked for: of those that are running the next one to come, else the latest. */
export function presentElection(elections: Election[]): Election | null {
  const running = elections.filter(election => election.state === 'running')
  // They come with the latest day first.
  const next = running.findLast(election => election.election_day >= election.today)
  return next ?? running[0] ?? elections[0] ?? null
}

export function votingDaysCell(election: string): Cell<{ items: VotingDay[] }> {
  return cellOf(`voting-days ${election}`, tag => api.votingDays(election, tag))
}

export function amendmentsCell(election: string): Cell<AmendmentList> {
  return cellOf(`amendments ${election}`, tag => api.amendments(election, tag))
}

/** One page of what waits for whoever is signed in: the first, or the one behind a token. */
export function workCell(
  election: string,
  choices: Pick<WorkChoices, 'branch' | 'group'>,
  limit: number,
  after: string | null = null,
): Cell<WorkList> {
  const { branch, group } = choices
  return cellOf(`work ${election} ${branch} ${group} ${limit} ${after}`, tag =>
    api.work(election, choices, limit, after, tag),
  )
}

export function occurrencesCell(election: string, area: string): Cell<OccurrenceList> {
  return cellOf(`occurrences ${election} ${area}`, tag => api.occurrences(election, area, tag))
}
