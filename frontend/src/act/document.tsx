import type { NewDocument } from '../api/names'
import { Field } from '../shell/field'
import { parseDay } from '../state/day'
import { dayFault } from '../text/date'
import { words } from '../text/words'
import { type Faults, faultAt } from './dialog'

/** The document that an act rests on, as it is typed; all empty: none. */
export interface Paper {
  number: string
  issuedOn: string
  title: string
}

export const noPaper: Paper = { number: '', issuedOn: '', title: '' }

export const paperPointers = ['/new_document/number', '/new_document/issued_on', '/new_document/title']

const isGiven = (paper: Paper) => Object.values(paper).some(text => text.trim() !== '')

/** What can be told without the server: half a document is none, a day has to be one. */
export function paperFaults(paper: Paper): Faults {
  const t = words().act
  if (!isGiven(paper)) return {}
  const faults: Faults = faultAt('/new_document/issued_on', dayFault(paper.issuedOn))
  if (!paper.number.trim()) faults['/new_document/number'] = t.paperNumberMissing
  if (!paper.title.trim()) faults['/new_document/title'] = t.paperTitleMissing
  return faults
}

/** The document as the server takes it. */
export function paperOf(paper: Paper): { new_document?: NonNullable<NewDocument> } {
  const day = parseDay(paper.issuedOn)
  if (!isGiven(paper) || !day) return {}
  return {
    new_document: {
      number: paper.number.trim(),
      issued_on: day,
      title: paper.title.trim(),
      kind: 'decision',
    },
  }
}

interface PaperProps {
  paper: Paper
  wrong: (pointer: string) => string | null
  onChange: (paper: Paper) => void
}

/** The document's number, day and title. */
export function PaperFields({ paper, wrong, onChange }: PaperProps) {
  const t = words()
  return (
    <fieldset class="paper">
      <legend>{t.act.paper}</legend>
      <Field
        label={t.task.number}
        hint={t.task.numberHint}
        value={paper.number}
        wrong={wrong('/new_document/number')}
        onInput={number => onChange({ ...paper, number })}
      />
      <Field
        label={t.task.issuedOn}
        hint={t.asOf.format}
        value={paper.issuedOn}
        wrong={wrong('/new_document/issued_on')}
        day
        onInput={issuedOn => onChange({ ...paper, issuedOn })}
      />
      <Field
        label={t.act.paperTitle}
        value={paper.title}
        wrong={wrong('/new_document/title')}
        onInput={title => onChange({ ...paper, title })}
      />
    </fieldset>
  )
}
