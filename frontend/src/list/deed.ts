import type { Batch, BatchPost, BatchReport } from '../api/names'
import { type Draft, needsReason } from '../drawer/report'
import { parseDay } from '../state/day'

// What can be done with ticked rows, and how it is written for the server.

export type Deed = 'report' | 'plan' | 'confirm' | 'return'

/** What is typed, whatever is to be done. */
export interface DeedDraft {
  report: Draft
  /** Correct what was reported otherwise, too. */
  correct: boolean
  /** The planned day; empty: none any more. */
  planned: string
  reason: string
}

/** Nothing typed; things are most often reported done, today. */
export function deedBegins(today: string): DeedDraft {
  return {
    report: { status: 'done', reason: '', when: 'on', day: today, number: '', issuedOn: '', link: '' },
    correct: false,
    planned: '',
    reason: '',
  }
}

/** Fields that the page itself finds wrong. */
export type Missing = Record<string, 'missing' | 'day'>

export function deedFaults(deed: Deed, { report, planned, reason }: DeedDraft): Missing {
  switch (deed) {
    case 'report':
      return reportFaults(report)
    case 'plan':
      return planned.trim() === '' || parseDay(planned) ? {} : { '/planned_on': 'day' }
    case 'return':
      return reason.trim() === '' ? { '/reason': 'missing' } : {}
    case 'confirm':
      return {}
  }
}

function reportFaults({ status, reason, when, day, issuedOn }: Draft): Missing {
  const wrong: Missing = {}
  if (needsReason(status) && reason.trim() === '') wrong['/reason'] = 'missing'
  if (status !== 'done') return wrong
  if (!parseDay(day)) wrong[`/done_${when}`] = day.trim() === '' ? 'missing' : 'day'
  if (issuedOn.trim() !== '' && !parseDay(issuedOn)) wrong['/evidence/issued_on'] = 'day'
  return wrong
}

/** The deed as the server takes it. */
export function deedOf(
  deed: Deed,
  draft: DeedDraft,
): Pick<BatchPost, 'report' | 'plan' | 'confirm' | 'return'> {
  switch (deed) {
    case 'report':
      return { report: reportOf(draft) }
    case 'plan':
      return { plan: { planned_on: parseDay(draft.planned) } }
    case 'confirm':
      return { confirm: true }
    case 'return':
      return { return: { reason: draft.reason.trim() } }
  }
}

function reportOf({ report, correct }: DeedDraft): BatchReport {
  const { status, when } = report
  const day = parseDay(report.day)
  const issuedOn = parseDay(report.issuedOn)
  const [number, link] = [report.number.trim(), report.link.trim()]
  const evidence = {
    ...(number ? { number } : {}),
    ...(issuedOn ? { issued_on: issuedOn } : {}),
    ...(link ? { link } : {}),
  }
  return {
    status,
    ...(needsReason(status) ? { reason: report.reason.trim() } : {}),
    ...(status === 'done' && day ? { [`done_${when}`]: day } : {}),
    ...(status === 'done' && Object.keys(evidence).length > 0 ? { evidence } : {}),
    ...(correct ? { correct } : {}),
  }
}

/** The batch that a refusal carries; null where it carries none. */
export function batchIn(current: unknown): Batch | null {
  return current && typeof current === 'object' && 'rows' in current ? (current as Batch) : null
}
