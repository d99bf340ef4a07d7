import { useState } from 'preact/hooks'
import * as api from '../api/client'
import type { VotingDay, VotingDayPut } from '../api/names'
import { Field } from '../shell/field'
import { language } from '../state/address'
import { parseDay } from '../state/day'
import { votingDaysCell } from '../state/election'
import { areaName } from '../state/selection'
import { dayFault, shortDay } from '../text/date'
import { words } from '../text/words'
import type { ActProps } from './act'
import { ActDialog, type Faults, faultAt } from './dialog'
import { noPaper, PaperFields, paperFaults, paperOf, paperPointers } from './document'
import { EffectView } from './effect'
import { Waiting } from './waiting'

/** Decides on which day a place votes, or withdraws that. */
export function VotingDayDialog(props: ActProps) {
  const { timeline, onDone } = props
  const cell = votingDaysCell(timeline.election.id)
  return (
    <Waiting cell={cell} title={words().act.votingDay} onClose={props.onClose}>
      {list => (
        <VotingDayForm
          {...props}
          decided={list.items.find(one => one.area === timeline.area.code) ?? null}
          onAnswer={() => void cell.refresh()}
          onDone={onDone}
        />
      )}
    </Waiting>
  )
}

interface FormProps extends ActProps {
  decided: VotingDay | null
  /** Something was done, or refused: what is known may be old. */
  onAnswer: () => void
}

function VotingDayForm({ timeline, decided: now, onAnswer, onDone, onClose }: FormProps) {
  const t = words()
  // What the form was opened on: what others decide meanwhile is refused by the server, and said.
  const [decided] = useState(now)
  const inForce = decided?.in_force ?? false
  const { area, election } = timeline
  const [withdraw, setWithdraw] = useState(false)
  const [day, setDay] = useState(inForce && decided ? shortDay(decided.day) : '')
  const [opens, setOpens] = useState((inForce && decided?.opens) || '')
  const [reason, setReason] = useState('')
  const [paper, setPaper] = useState(noPaper)
  const check = (): Faults => {
    if (withdraw) return reason.trim() ? {} : { '/reason': t.task.reasonMissing }
    return { ...faultAt('/day', dayFault(day)), ...paperFaults(paper) }
  }
  const body = (): VotingDayPut => {
    if (withdraw) return { in_force: false, reason: reason.trim() }
    return {
      in_force: true,
      day: parseDay(day) ?? '',
      ...(opens.trim() ? { opens: opens.trim().padStart(5, '0') } : {}),
      ...(reason.trim() ? { reason: reason.trim() } : {}),
      ...(paperOf(paper).new_document || !inForce || !decided?.document
        ? paperOf(paper)
        : { document: decided.document }),
    }
  }
  return (
    <ActDialog
      title={t.act.votingDayOf(areaName(area, area.code, language.value))}
      check={check}
      send={async dryRun => {
        const answer = await api.putVotingDay(
          election.id,
          area.code,
          decided?.revision ?? null,
          body(),
          dryRun,
        )
        if (!dryRun || answer.kind === 'problem') onAnswer()
        return answer
      }}
      total={effect => effect.total}
      show={effect => <EffectView effect={effect} />}
      pointers={['/day', '/opens', '/reason', ...paperPointers]}
      onDone={onDone}
      onClose={onClose}
    >
      {wrong => (
        <>
          <p class="hint">{t.act.votingDayHint(shortDay(election.election_day))}</p>
          {inForce && decided && (
            <fieldset class="when">
              <legend>{t.act.votingDayNow(shortDay(decided.day))}</legend>
              {[false, true].map(choice => (
                <label key={String(choice)} class="radio">
                  <input
                    type="radio"
                    name="withdraw"
                    checked={withdraw === choice}
                    onChange={() => setWithdraw(choice)}
                  />
                  <span>{choice ? t.act.withdraw : t.act.otherDay}</span>
                </label>
              ))}
            </fieldset>
          )}
          {!withdraw && (
            <>
              <Field
                label={t.place.votingDay}
                hint={t.asOf.format}
                value={day}
                wrong={wrong('/day')}
                day
                onInput={setDay}
              />
              <Field
                label={t.act.opens}
                hint={t.act.opensHint}
                value={opens}
                wrong={wrong('/opens')}
                day
                onInput={setOpens}
              />
              <PaperFields paper={paper} wrong={wrong} onChange={setPaper} />
            </>
          )}
          <Field
            label={t.task.reason}
            hint={withdraw ? t.act.reasonNeeded : t.act.reasonFree}
            value={reason}
            wrong={wrong('/reason')}
            long
            onInput={setReason}
          />
        </>
      )}
    </ActDialog>
  )
}
