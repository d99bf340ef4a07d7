import type { Task, TaskPatch, Work } from '../api/names'
import { parseDay } from '../state/day'
import { shortDay } from '../text/date'

// What somebody writes about a task, and what of it goes to the server: only what is new.

export const statuses = ['not_started', 'in_progress', 'blocked', 'done', 'not_applicable'] as const
export type Reportable = (typeof statuses)[number]

/** What is typed, as it is typed. */
export interface Draft {
  status: Reportable
  reason: string
  /** Whether the day is the day it was done, or the last day it can have been. */
  when: 'on' | 'by'
  day: string
  number: string
  issuedOn: string
  link: string
}

/** Fields that the page itself finds wrong, by JSON pointer. */
export type Wrong = Partial<
  Record<'/reason' | '/done_on' | '/done_by' | '/evidence/issued_on', 'missing' | 'day'>
>

function reportable(work: Work): Reportable {
  return statuses.find(status => status === work) ?? 'not_started'
}

/** A draft that says what the task already says; the day done is prefilled with the server's today, if one is given. */
export function draftOf(task: Task, today: string | null): Draft {
  const by = task.done_on === null && task.done_by !== null
  const day = task.done_on ?? task.done_by ?? today
  return {
    status: reportable(task.status),
    reason: task.reason ?? '',
    when: by ? 'by' : 'on',
    day: day ? shortDay(day) : '',
    number: task.evidence?.number ?? '',
    issuedOn: task.evidence?.issued_on ? shortDay(task.evidence.issued_on) : '',
    link: task.evidence?.link ?? '',
  }
}

/** Whether a status needs a reason. */
export function needsReason(status: Reportable): boolean {
  return status === 'blocked' || status === 'not_applicable'
}

/** The merge-patch that turns the task into what the draft says; null when there is nothing new. */
export function patchOf(task: Task, draft: Draft): { patch: TaskPatch | null; wrong: Wrong } {
  const wrong: Wrong = {}
  const patch: TaskPatch = {}
  if (draft.status !== task.status) patch.status = draft.status
  reasonInto(patch, wrong, task, draft)
  daysInto(patch, wrong, task, draft)
  evidenceInto(patch, wrong, task, draft)
  return { patch: Object.keys(patch).length > 0 ? patch : null, wrong }
}

function reasonInto(patch: TaskPatch, wrong: Wrong, task: Task, draft: Draft): void {
  // Leaving blocked or not applicable clears the reason at the server.
  if (!needsReason(draft.status)) return
  const reason = draft.reason.trim()
  if (reason === '') wrong['/reason'] = 'missing'
  else if (reason !== task.reason) patch.reason = reason
}

function daysInto(patch: TaskPatch, wrong: Wrong, task: Task, draft: Draft): void {
  // Leaving done clears the day and the evidence at the server.
  if (draft.status !== 'done') return
  const day = parseDay(draft.day)
  if (!day) {
    wrong[draft.when === 'on' ? '/done_on' : '/done_by'] = draft.day.trim() === '' ? 'missing' : 'day'
    return
  }
  if (draft.when === 'on') {
    if (day === task.done_on) return
    patch.done_on = day
    if (task.done_by !== null) patch.done_by = null
  } else if (task.done_on !== null || day !== task.done_by) {
    patch.done_by = day
    if (task.done_on !== null) patch.done_on = null
  }
}

function evidenceInto(patch: TaskPatch, wrong: Wrong, task: Task, draft: Draft): void {
  if (draft.status !== 'done') return
  const evidence: NonNullable<TaskPatch['evidence']> = {}
  const before = task.evidence
  const number = draft.number.trim() || null
  const link = draft.link.trim() || null
  const typed = draft.issuedOn.trim()
  const issuedOn = typed === '' ? null : parseDay(typed)
  if (typed !== '' && !issuedOn) wrong['/evidence/issued_on'] = 'day'
  if (number !== (before?.number ?? null)) evidence.number = number
  if (link !== (before?.link ?? null)) evidence.link = link
  if (issuedOn !== (before?.issued_on ?? null)) evidence.issued_on = issuedOn
  if (Object.keys(evidence).length > 0) patch.evidence = evidence
}

/** One field on which two people disagree; values as the contract has them. */
export interface Difference {
  field: string
  /** What the field is called, where the log has no word for it. */
  label?: string
  theirs: string | null
  mine: string | null
}

/** What the other person's task says where one's own draft, laid over it, would leave something else. */
export function differences(theirs: Task, draft: Draft): Difference[] {
  const { evidence, ...flat } = patchOf(theirs, draft).patch ?? {}
  const found: Difference[] = []
  const add = (field: string, their: unknown, my: unknown) => {
    const [a, b] = [asText(their), asText(my)]
    if (a !== b) found.push({ field, theirs: a, mine: b })
  }
  for (const [field, value] of Object.entries(flat)) add(field, theirs[field as keyof Task], value)
  for (const [field, value] of Object.entries(evidence ?? {})) {
    add(field, theirs.evidence?.[field as keyof NonNullable<Task['evidence']>], value)
  }
  return [
    ...found,
    ...clearedBy(theirs, draft.status).map(({ field, value }) => ({ field, theirs: value, mine: null })),
  ]
}

/** What the server clears of a task with a status: a day and evidence are of what is done, a reason of what is not. */
export function clearedBy(task: Task, status: Reportable): { field: string; value: string }[] {
  const { done_on, done_by, evidence, document, reason } = task
  const ofDone = {
    done_on,
    done_by,
    number: evidence?.number,
    issued_on: evidence?.issued_on,
    link: evidence?.link,
    document,
  }
  // What was returned keeps its evidence while it is worked on.
  const kept =
    status === 'done' || (task.status !== 'done' && (status === 'in_progress' || status === 'blocked'))
  const lost = { ...(kept ? {} : ofDone), ...(needsReason(status) ? {} : { reason }) }
  return Object.entries(lost).flatMap(([field, value]) => (value ? [{ field, value }] : []))
}

/** What theirs and one's own come to where of some fields one's own is kept. */
export function merged(theirs: Task, draft: Draft, mine: ReadonlySet<string>): Draft {
  const day = mine.has('done_on') || mine.has('done_by')
  const base = draftOf(theirs, null)
  return {
    status: mine.has('status') ? draft.status : base.status,
    reason: mine.has('reason') ? draft.reason : base.reason,
    when: day ? draft.when : base.when,
    day: day || base.day === '' ? draft.day : base.day,
    number: mine.has('number') ? draft.number : base.number,
    issuedOn: mine.has('issued_on') ? draft.issuedOn : base.issuedOn,
    link: mine.has('link') ? draft.link : base.link,
  }
}

/** Whether something was typed that the task does not say; a prefilled day alone is not typed. */
export function isTyped(draft: Draft, start: Draft): boolean {
  return Object.entries(start).some(([field, value]) => draft[field as keyof Draft] !== value)
}

function asText(value: unknown): string | null {
  return value === null || value === undefined || value === '' ? null : String(value)
}
