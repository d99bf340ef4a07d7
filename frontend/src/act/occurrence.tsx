import { useId, useState } from 'preact/hooks'
import * as api from '../api/client'
import type { OccurrenceList, OccurrencePost } from '../api/names'
import { Field } from '../shell/field'
import { language } from '../state/address'
import { parseDay } from '../state/day'
import { occurrencesCell } from '../state/election'
import { areaName } from '../state/selection'
import { dayFault, shortDay } from '../text/date'
import { said, words } from '../text/words'
import type { ActProps } from './act'
import { ActDialog, type Faults, faultAt } from './dialog'
import { noPaper, PaperFields, paperFaults, paperOf, paperPointers } from './document'
import { EffectView } from './effect'
import { Waiting } from './waiting'

/** Enters an extra vote, a re-vote, or what else can occur in a place. */
export function OccurrenceDialog(props: ActProps) {
  const { timeline, onDone } = props
  const cell = occurrencesCell(timeline.election.id, timeline.area.code)
  return (
    <Waiting cell={cell} title={words().act.occurrence} onClose={props.onClose}>
      {list => (
        <OccurrenceForm
          {...props}
          list={list}
          onDone={() => {
            void cell.refresh()
            onDone()
          }}
        />
      )}
    </Waiting>
  )
}

function OccurrenceForm({ timeline, list, onDone, onClose }: ActProps & { list: OccurrenceList }) {
  const t = words()
  const id = useId()
  const { area, election } = timeline
  // Votes that are held again come first: the others are about single persons.
  const rules = [...list.can_occur].sort((a, b) => Number(b.later_vote) - Number(a.later_vote))
  const [rule, setRule] = useState(rules[0]?.rule ?? '')
  const [scope, setScope] = useState('')
  const [occurred, setOccurred] = useState('')
  const [day, setDay] = useState('')
  const [note, setNote] = useState('')
  const [paper, setPaper] = useState(noPaper)
  const chosen = rules.find(one => one.rule === rule)
  const vote = chosen?.later_vote ?? false
  const check = (): Faults => ({
    ...faultAt('/occurred_on', dayFault(occurred)),
    ...faultAt('/day', vote && day.trim() ? dayFault(day) : null),
    ...paperFaults(paper),
  })
  const body = (): OccurrencePost => ({
    rule,
    occurred_on: parseDay(occurred) ?? '',
    ...(scope.trim() ? { scope: scope.trim() } : {}),
    ...(vote && day.trim() ? { day: parseDay(day) } : {}),
    ...(note.trim() ? { note: note.trim() } : {}),
    ...paperOf(paper),
  })
  const before = list.items.filter(item => item.milestone.key === rule)
  return (
    <ActDialog
      title={t.act.occurrenceAt(areaName(area, area.code, language.value))}
      check={check}
      send={dryRun => api.postOccurrence(election.id, area.code, body(), dryRun)}
      total={effect => effect.total}
      show={effect => <EffectView effect={effect} />}
      pointers={['/rule', '/occurred_on', '/day', '/scope', '/note', ...paperPointers]}
      onDone={onDone}
      onClose={onClose}
    >
      {wrong => (
        <>
          <div class="field">
            <label for={id}>{t.act.rule}</label>
            <select id={id} value={rule} onChange={event => setRule(event.currentTarget.value)}>
              {rules.map(one => (
                <option key={one.rule} value={one.rule}>
                  {said(one.title)}
                </option>
              ))}
            </select>
            {chosen && (
              <span class="hint">
                {said(chosen.trigger)}. {chosen.latest_on && t.act.until(shortDay(chosen.latest_on))}
              </span>
            )}
            {before.length > 0 && <span class="hint">{t.act.occurredBefore(before.length)}</span>}
          </div>
          <Field
            label={t.act.occurredOn}
            hint={t.asOf.format}
            value={occurred}
            wrong={wrong('/occurred_on')}
            day
            onInput={setOccurred}
          />
          <Field
            label={t.drawer.scope}
            hint={t.act.scopeHint}
            value={scope}
            wrong={wrong('/scope')}
            onInput={setScope}
          />
          {vote && (
            <Field
              label={t.act.voteDay}
              hint={t.act.voteDayHint}
              value={day}
              wrong={wrong('/day')}
              day
              onInput={setDay}
            />
          )}
          <PaperFields paper={paper} wrong={wrong} onChange={setPaper} />
          <Field label={t.act.note} value={note} wrong={wrong('/note')} long onInput={setNote} />
        </>
      )}
    </ActDialog>
  )
}
