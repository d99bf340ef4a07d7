import { useEffect, useRef, useState } from 'preact/hooks'
import * as api from '../api/client'
import type { AmendmentList, AmendmentPost } from '../api/names'
import { Field } from '../shell/field'
import { parseDay } from '../state/day'
import { amendmentsCell, electionsCell } from '../state/election'
import { ownChanges } from '../state/refresh'
import { dayFault, shortDay } from '../text/date'
import { count, words } from '../text/words'
import type { ActProps } from './act'
import { AmendmentView } from './amended'
import { ActDialog, type Faults, faultAt } from './dialog'
import { AmendmentItem, PastAmendments } from './pastamendments'
import { Waiting } from './waiting'

/** Moves election day, or brings another version of the rulebook into force, for the whole country. */
export function AmendmentDialog(props: ActProps) {
  const cell = amendmentsCell(props.timeline.election.id)
  // What is known of it may be from a while ago.
  useEffect(() => void cell.refresh(), [cell])
  return (
    <Waiting cell={cell} title={words().act.amendment} onClose={props.onClose}>
      {list => <AmendmentForm {...props} list={list} onAnswer={() => cell.refresh()} />}
    </Waiting>
  )
}

interface FormProps extends ActProps {
  list: AmendmentList
  /** Something was done, or refused: what is known may be old. */
  onAnswer: () => Promise<void>
}

function AmendmentForm({ timeline, list, onAnswer, onDone, onClose }: FormProps) {
  const t = words()
  const { id } = timeline.election
  const [day, setDay] = useState('')
  const [version, setVersion] = useState('')
  const [paper, setPaper] = useState('')
  const [reason, setReason] = useState('')
  // What the preview was made on: what others do after it is refused by the server, and said.
  const base = useRef(list.revision)
  const check = (): Faults => ({
    ...faultAt('/election_day', day.trim() ? dayFault(day) : null),
    ...(!day.trim() && !version.trim() ? { '/election_day': t.amend.nothingNamed } : {}),
    ...(reason.trim() ? {} : { '/reason': t.task.reasonMissing }),
  })
  const body = (): AmendmentPost => {
    const on = parseDay(day)
    return {
      ...(on ? { election_day: on } : {}),
      ...(version.trim() ? { rulebook_version: version.trim() } : {}),
      ...(paper.trim() ? { document: paper.trim() } : {}),
      reason: reason.trim(),
    }
  }
  const send = async (dryRun: boolean) => {
    if (dryRun) base.current = list.revision
    const answer = await (dryRun ? api.previewAmendment : api.amend)(id, base.current, body())
    if (!dryRun || answer.kind === 'problem') await onAnswer()
    if (!dryRun && answer.kind === 'data') {
      void electionsCell().refresh()
      ownChanges.value += 1
    }
    return answer
  }
  const places = electionsCell().known.value.data?.items.find(one => one.id === id)?.areas ?? 0
  const latest = list.items[0]
  return (
    <ActDialog
      title={t.amend.title}
      check={check}
      send={send}
      total={({ effect }) => effect.total}
      show={result => (
        <AmendmentView
          result={result}
          places={places}
          page={part => api.previewAmendment(id, base.current, body(), part)}
        />
      )}
      confirm={id}
      refused={({ status }) =>
        status === 412 &&
        latest &&
        latest.revision > base.current && (
          <div class="conflict">
            <h3>{t.amend.theirs}</h3>
            <AmendmentItem amendment={latest} />
          </div>
        )
      }
      pointers={['/election_day', '/rulebook_version', '/document', '/reason']}
      below={<PastAmendments items={list.items} />}
      onDone={onDone}
      onClose={onClose}
    >
      {wrong => (
        <>
          <p>{t.amend.present(shortDay(list.present.election_day), list.present.rulebook_version)}</p>
          <p class="hint">{t.amend.reach(count(places))}</p>
          <Field
            label={t.amend.day}
            hint={`${t.asOf.format}. ${t.amend.leftOut}`}
            value={day}
            wrong={wrong('/election_day')}
            day
            onInput={setDay}
          />
          <Field
            label={t.amend.version}
            hint={`${t.amend.versionHint(t.list(otherVersions(list)))} ${t.amend.leftOut}`}
            value={version}
            wrong={wrong('/rulebook_version')}
            onInput={setVersion}
          />
          <Field
            label={t.task.number}
            hint={t.amend.paperHint}
            value={paper}
            wrong={wrong('/document')}
            onInput={setPaper}
          />
          <Field
            label={t.task.reason}
            hint={t.amend.reasonHint}
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

/** The versions that the election stood on before, and could go back to. */
function otherVersions({ items, present }: AmendmentList): string[] {
  const all = items.flatMap(({ before, after }) => [before.rulebook_version, after.rulebook_version])
  return [...new Set(all)].filter(version => version !== present.rulebook_version).sort()
}
