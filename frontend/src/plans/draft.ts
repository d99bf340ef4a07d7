import type {
  Level,
  Nature,
  Plan,
  PlanEntry,
  PlanLine,
  PlanLineEntry,
  PlanLinePatch,
  PlanPatch,
  Problem,
} from '../api/names'
import type { Difference } from '../drawer/report'
import { parseDay } from '../state/day'
import { dayFault, shortDay } from '../text/date'

// A local plan as somebody types it, and what is sent of it.

/** For whom a line is: this place, all places of a level below it, or those it has now. */
export type For = 'here' | 'same' | Level

export interface LineDraft {
  /** Tells lines of the form apart; it is not sent. */
  id: number
  /** Null: a new line. */
  key: string | null
  title: string
  phase: string
  nature: Nature
  from: string
  to: string
  whom: For
  removed: boolean
}

export interface PlanDraft {
  title: string
  number: string
  issuedOn: string
  paper: string
  lines: LineDraft[]
  reason: string
}

export const natures: readonly Nature[] = ['duty', 'event', 'period']
const order: readonly Level[] = ['national', 'province', 'district', 'commune']

/** For whom a line of a place's plan can be. */
export function whomOf(level: Level, line: LineDraft): For[] {
  const below = order.slice(order.indexOf(level) + 1)
  return [...(line.key === null ? [] : (['same'] as const)), 'here', ...below]
}

let last = 0

export function newLine(phase: string): LineDraft {
  last += 1
  return {
    id: last,
    key: null,
    title: '',
    phase,
    nature: 'duty',
    from: '',
    to: '',
    whom: 'here',
    removed: false,
  }
}

export function emptyPlan(phase: string): PlanDraft {
  return { title: '', number: '', issuedOn: '', paper: '', lines: [newLine(phase)], reason: '' }
}

/** A plan that is there, to be changed; what was taken out of it stays out. */
export function draftOf(plan: Plan): PlanDraft {
  const lines = plan.lines.filter(line => !line.withdrawn)
  return { ...emptyPlan(''), title: plan.title.vi, lines: lines.map(lineDraft) }
}

function lineDraft(line: PlanLine): LineDraft {
  return {
    ...newLine(line.phase),
    key: line.key,
    title: line.title.vi,
    nature: line.nature,
    from: line.not_before_on ? shortDay(line.not_before_on) : '',
    to: line.latest_on ? shortDay(line.latest_on) : '',
    whom: 'same',
  }
}

/** The place of a line in the body that is sent: what the server finds wrong names it. */
export function pointerOf(draft: Pick<PlanDraft, 'lines'>, line: LineDraft, fresh: boolean): string {
  if (line.key !== null) return `/lines/${line.key}`
  const at = draft.lines.filter(one => one.key === null).indexOf(line)
  return `${fresh ? '/lines' : '/add_lines'}/${at}`
}

/** What is wrong with typed days, by JSON pointer: there is no such day, or one is missing. */
export function wrongDays(
  draft: Pick<PlanDraft, 'number' | 'issuedOn' | 'paper' | 'lines'>,
  fresh: boolean,
): Record<string, string> {
  const found: Record<string, string> = {}
  const look = (pointer: string, typed: string, needed = false) => {
    const fault = typed.trim() === '' && !needed ? null : dayFault(typed)
    if (fault) found[pointer] = fault
  }
  look('/new_document/issued_on', draft.issuedOn, hasPaper(draft))
  for (const line of draft.lines.filter(one => !one.removed)) {
    const at = pointerOf(draft, line, fresh)
    look(`${at}/not_before_on`, line.from)
    look(`${at}/latest_on`, line.to)
  }
  return found
}

const paperPointers = ['/new_document/number', '/new_document/issued_on', '/new_document/title']
const linePointers = [
  '',
  '/title',
  '/title/vi',
  '/phase',
  '/nature',
  '/not_before_on',
  '/latest_on',
  '/areas',
] as const

/** Whether every error of a problem is said at a field of the form, so that it need not be said above it. */
export function isSaidBelow(problem: Problem, pointers: string[]): boolean {
  const errors = problem.errors ?? []
  return errors.length > 0 && errors.every(error => pointers.includes(error.pointer))
}

/** JSON pointers that the form of a withdrawal has fields for. */
export const withdrawalPointers = ['/reason', ...paperPointers]

/** JSON pointers that the form of a plan has fields for. */
export function pointersOf(draft: PlanDraft, fresh: boolean): string[] {
  const lines = draft.lines
    .filter(line => !line.removed)
    .flatMap(line => linePointers.map(part => `${pointerOf(draft, line, fresh)}${part}`))
  return ['/title/vi', ...paperPointers, ...lines, ...(asksReason(draft) ? ['/reason'] : [])]
}

/** Whether the form asks why: something is taken out. */
export function asksReason({ lines, reason }: PlanDraft): boolean {
  return lines.some(line => line.removed) || reason !== ''
}

/** Whether anything is said of a document. */
export function hasPaper({
  number,
  issuedOn,
  paper,
}: Pick<PlanDraft, 'number' | 'issuedOn' | 'paper'>): boolean {
  return [number, issuedOn, paper].some(text => text.trim() !== '')
}

/** The document as it is sent; a day that is missing is left for the server to ask for. */
export function paperOf(
  draft: Pick<PlanDraft, 'number' | 'issuedOn' | 'paper'>,
  title: string,
): Pick<PlanEntry, 'new_document'> {
  if (!hasPaper(draft)) return {}
  return {
    new_document: {
      number: draft.number.trim(),
      issued_on: parseDay(draft.issuedOn) ?? '',
      title: draft.paper.trim() || title.trim(),
      kind: 'plan',
    },
  }
}

function lineEntry(line: LineDraft, area: string): PlanLineEntry {
  return {
    title: { vi: line.title.trim() },
    phase: line.phase,
    nature: line.nature,
    areas: areasOf(line.whom, area),
    not_before_on: parseDay(line.from),
    latest_on: parseDay(line.to),
  }
}

function areasOf(whom: For, area: string): PlanLineEntry['areas'] {
  return whom === 'here' || whom === 'same' ? { codes: [area] } : { level: whom }
}

/** The body that enters a plan. */
export function entryOf(draft: PlanDraft, area: string): PlanEntry {
  return {
    area,
    title: { vi: draft.title.trim() },
    ...paperOf(draft, draft.title),
    lines: draft.lines.map(line => lineEntry(line, area)),
  }
}

/** The body that makes of a plan what was typed; only what differs is in it. */
export function patchOf(draft: PlanDraft, plan: Plan): PlanPatch {
  const lines: Record<string, PlanLinePatch> = {}
  for (const line of draft.lines) {
    const was = plan.lines.find(one => one.key === line.key)
    const change = was && changeOf(line, was, plan.area)
    if (was && change !== undefined) lines[was.key] = change
  }
  const added = draft.lines.filter(line => line.key === null)
  const title = draft.title.trim()
  return {
    ...(title === plan.title.vi ? {} : { title: { vi: title } }),
    ...(Object.keys(lines).length > 0 ? { lines } : {}),
    ...(added.length > 0 ? { add_lines: added.map(line => lineEntry(line, plan.area)) } : {}),
    ...paperOf(draft, title),
    ...(draft.reason.trim() ? { reason: draft.reason.trim() } : {}),
  }
}

/** Null takes the line out; undefined: nothing differs. */
function changeOf(line: LineDraft, was: PlanLine, area: string): PlanLinePatch | undefined {
  if (line.removed) return null
  const [from, to] = [parseDay(line.from), parseDay(line.to)]
  const change: PlanLinePatch = {
    ...(line.title.trim() === was.title.vi ? {} : { title: { vi: line.title.trim() } }),
    ...(line.phase === was.phase ? {} : { phase: line.phase }),
    ...(from === was.not_before_on ? {} : { not_before_on: from }),
    ...(to === was.latest_on ? {} : { latest_on: to }),
    ...(line.whom === 'same' ? {} : { areas: areasOf(line.whom, area) }),
  }
  return Object.keys(change).length > 0 ? change : undefined
}

/** Whether there is anything to send but a reason or a document. */
export function changes(patch: PlanPatch): boolean {
  return 'title' in patch || 'lines' in patch || 'add_lines' in patch
}

/** What somebody else has made of what one changes oneself: theirs beside one's own. */
export function differences(
  patch: PlanPatch,
  theirs: Plan,
  word: { title: string; from: string; to: string; removed: string },
): Difference[] {
  const rows: Difference[] = []
  const say = (field: string, other: string | null, mine: string | null) => {
    if (other !== mine) rows.push({ field, theirs: other, mine })
  }
  if (patch.title) say(word.title, theirs.title.vi, patch.title.vi)
  for (const [key, change] of Object.entries(patch.lines ?? {})) {
    const line = theirs.lines.find(one => one.key === key)
    const name = line?.title.vi ?? key
    if (!line || line.withdrawn || change === null) {
      say(name, line && !line.withdrawn ? name : word.removed, change === null ? word.removed : name)
      continue
    }
    if (change.title) say(`${name} · ${word.title}`, line.title.vi, change.title.vi)
    if ('not_before_on' in change)
      say(`${name} · ${word.from}`, line.not_before_on, change.not_before_on ?? null)
    if ('latest_on' in change) say(`${name} · ${word.to}`, line.latest_on, change.latest_on ?? null)
  }
  return rows
}

/** What one has typed over a plan, on top of what somebody else has made of it meanwhile. */
export function rebased(draft: PlanDraft, was: Plan, theirs: Plan): PlanDraft {
  const before = draftOf(was)
  const after = draftOf(theirs)
  const lines = after.lines.map(line => {
    const mine = draft.lines.find(one => one.key === line.key)
    const base = before.lines.find(one => one.key === line.key)
    return mine && base ? { ...line, ...typedOver(mine, base) } : line
  })
  return {
    ...draft,
    title: draft.title === before.title ? after.title : draft.title,
    lines: [...lines, ...draft.lines.filter(one => one.key === null)],
  }
}

/** What of a line was typed anew. */
function typedOver(mine: LineDraft, base: LineDraft): Partial<LineDraft> {
  const kept = (['title', 'phase', 'from', 'to', 'whom', 'removed'] as const).filter(
    part => mine[part] !== base[part],
  )
  return Object.fromEntries(kept.map(part => [part, mine[part]]))
}
