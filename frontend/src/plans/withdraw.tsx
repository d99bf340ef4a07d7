import { useEffect, useRef, useState } from 'preact/hooks'
import { EffectView } from '../act/effect'
import { messageAt } from '../api/answer'
import * as api from '../api/client'
import type { Plan, PlanChanged, Problem } from '../api/names'
import { Field } from '../shell/field'
import { useUnsaved } from '../shell/unsaved'
import { words } from '../text/words'
import { isSaidBelow, paperOf, withdrawalPointers, wrongDays } from './draft'

interface WithdrawProps {
  plan: Plan
  election: string
  onDone: () => void
  onCancel: () => void
}

/** Withdraws a plan: why, by which document, what is cancelled with it, and then it is done. */
export function WithdrawForm({ plan, election, onDone, onCancel }: WithdrawProps) {
  const t = words()
  const [typed, setTyped] = useState({ reason: '', number: '', issuedOn: '', paper: '' })
  useUnsaved(Object.values(typed).some(text => text !== ''))
  const [trouble, setTrouble] = useState<Problem | 'network' | { day: string } | null>(null)
  const [preview, setPreview] = useState<PlanChanged | null>(null)
  const [busy, setBusy] = useState(false)
  const frame = useRef<HTMLFormElement>(null)
  useEffect(() => {
    const first = preview ? 'h4' : trouble ? '[aria-invalid="true"]' : 'textarea'
    frame.current?.querySelector<HTMLElement>(first)?.focus()
  }, [preview, trouble])
  const send = async (rehearse: boolean) => {
    if (busy) return
    const day = wrongDays({ ...typed, lines: [] }, true)['/new_document/issued_on']
    if (day) return setTrouble({ day })
    setBusy(true)
    const paper = paperOf(typed, typed.reason)
    const body = {
      reason: typed.reason.trim(),
      ...(paper.new_document ? { new_document: { ...paper.new_document, kind: 'decision' as const } } : {}),
    }
    const answer = await api.withdrawPlan(election, plan.key, plan.revision, body, rehearse)
    setBusy(false)
    if (answer.kind === 'data') {
      if (!rehearse) return onDone()
      setTrouble(null)
      setPreview(answer.data)
    } else if (answer.kind === 'problem') {
      setPreview(null)
      setTrouble(answer.problem)
    } else if (answer.kind === 'unreachable') setTrouble('network')
  }
  const problem = trouble && typeof trouble === 'object' && !('day' in trouble) ? trouble : null
  const wrongDay = trouble && typeof trouble === 'object' && 'day' in trouble ? trouble.day : null
  const wrong = (pointer: string) => messageAt(problem, pointer)
  const above = problem && !isSaidBelow(problem, withdrawalPointers) ? t.task.refused(problem.detail) : null
  const message = trouble === 'network' ? t.task.network : above
  return (
    <form
      ref={frame}
      class="plan-withdraw"
      noValidate
      aria-label={t.plans.withdraw}
      onSubmit={event => {
        event.preventDefault()
        void send(preview === null)
      }}
    >
      {message && (
        <p class="wrong" role="alert">
          {message}
        </p>
      )}
      {preview ? (
        <>
          <h4 tabIndex={-1}>{t.plans.effect}</h4>
          <EffectView effect={preview.effect} />
        </>
      ) : (
        <>
          <p class="remark">{t.plans.withdrawHint}</p>
          <Field
            label={t.plans.reason}
            value={typed.reason}
            wrong={wrong('/reason')}
            long
            onInput={reason => setTyped({ ...typed, reason })}
          />
          <div class="plan-fields">
            <Field
              label={t.plans.number}
              value={typed.number}
              wrong={wrong('/new_document/number')}
              onInput={number => setTyped({ ...typed, number })}
            />
            <Field
              label={t.plans.issuedOn}
              value={typed.issuedOn}
              wrong={wrongDay ?? wrong('/new_document/issued_on')}
              day
              onInput={issuedOn => setTyped({ ...typed, issuedOn })}
            />
            <Field
              label={t.plans.paperTitle}
              value={typed.paper}
              wrong={wrong('/new_document/title')}
              onInput={paper => setTyped({ ...typed, paper })}
            />
          </div>
        </>
      )}
      <div class="buttons">
        <button type="submit" class="button primary" aria-disabled={busy}>
          {busy ? t.plans.previewing : preview ? t.plans.commitWithdrawal : t.plans.preview}
        </button>
        <button type="button" class="button" onClick={preview ? () => setPreview(null) : onCancel}>
          {preview ? t.plans.goOn : t.task.cancel}
        </button>
      </div>
    </form>
  )
}
