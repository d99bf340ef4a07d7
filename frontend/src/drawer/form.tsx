import { useId, useLayoutEffect, useRef } from 'preact/hooks'
import { Field, Message } from '../shell/field'
import { words } from '../text/words'
import { type Draft, needsReason, statuses } from './report'

interface FormProps {
  draft: Draft
  busy: boolean
  /** Whether something is typed that is not saved. */
  typed: boolean
  /** Somebody else has changed the task since the form was opened. */
  overtaken: boolean
  /** What is reported was confirmed, and is no more once this is saved. */
  takesAway: boolean
  /** What saving would clear, in words. */
  clears: string[]
  /** Changes with every answer that finds something wrong. */
  refusal: unknown
  /** The message that belongs to a field, by JSON pointer. */
  wrong: (pointer: string) => string | null
  onChange: (change: Partial<Draft>) => void
  onSave: () => void
  onCancel: () => void
}

/** Everything that can be said about a task. */
export function TaskForm(props: FormProps) {
  const { draft, busy, typed, overtaken, takesAway, clears, refusal, wrong, onChange, onSave, onCancel } =
    props
  const t = words()
  const form = useRef<HTMLFormElement>(null)
  useLayoutEffect(() => {
    form.current?.querySelector<HTMLInputElement>('input:checked')?.focus()
  }, [])
  useLayoutEffect(() => {
    form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [refusal])
  return (
    <form
      ref={form}
      class="task-form"
      noValidate
      onSubmit={event => {
        event.preventDefault()
        if (!busy) onSave()
      }}
      onKeyDown={event => {
        // Esc leaves the form first, the drawer next; what is typed is not thrown away by it: the drawer closes on it.
        if (event.key !== 'Escape' || typed) return
        event.preventDefault()
        event.stopPropagation()
        onCancel()
      }}
    >
      {overtaken && (
        <p class="remark" role="status">
          {t.live.overtaken}
        </p>
      )}
      <ReportFields draft={draft} wrong={wrong} onChange={onChange} />
      {takesAway && <p class="remark">{t.standing.takesAway}</p>}
      {clears.length > 0 && <p class="remark">{t.task.clears(t.list(clears))}</p>}
      {typed && <p class="hint">{t.task.kept}</p>}
      <div class="buttons">
        <button type="submit" class="button primary" aria-disabled={busy}>
          {busy ? t.task.saving : t.task.save}
        </button>
        <button type="button" class="button" onClick={onCancel}>
          {t.task.cancel}
        </button>
      </div>
    </form>
  )
}

/** The fields of a report: the state, and what it needs. */
export function ReportFields({ draft, wrong, onChange }: Pick<FormProps, 'draft' | 'wrong' | 'onChange'>) {
  const t = words()
  const id = useId()
  return (
    <>
      <fieldset class="statuses">
        <legend>{t.task.status}</legend>
        {statuses.map(status => (
          <label key={status}>
            <input
              type="radio"
              name={`${id}-status`}
              checked={draft.status === status}
              onChange={() => onChange({ status })}
            />
            <span>{t.work[status]}</span>
          </label>
        ))}
        <Message id={`${id}-status-wrong`} text={wrong('/status')} />
      </fieldset>
      {needsReason(draft.status) && (
        <Field
          label={t.task.reason}
          hint={t.task.reasonHint}
          value={draft.reason}
          wrong={wrong('/reason')}
          long
          onInput={reason => onChange({ reason })}
        />
      )}
      {draft.status === 'done' && <When draft={draft} wrong={wrong} onChange={onChange} />}
      {draft.status === 'done' && (
        <fieldset class="evidence">
          <legend>{t.task.evidence}</legend>
          <Field
            label={t.task.number}
            hint={t.task.numberHint}
            value={draft.number}
            wrong={wrong('/evidence/number')}
            onInput={number => onChange({ number })}
          />
          <Field
            label={t.task.issuedOn}
            hint={t.asOf.format}
            value={draft.issuedOn}
            wrong={wrong('/evidence/issued_on')}
            day
            onInput={issuedOn => onChange({ issuedOn })}
          />
          <Field
            label={t.task.link}
            value={draft.link}
            wrong={wrong('/evidence/link')}
            onInput={link => onChange({ link })}
          />
          <Message id={`${id}-evidence-wrong`} text={wrong('/evidence')} />
        </fieldset>
      )}
    </>
  )
}

function When({ draft, wrong, onChange }: Pick<FormProps, 'draft' | 'wrong' | 'onChange'>) {
  const t = words()
  const id = useId()
  const kinds = [
    ['on', t.task.doneOn],
    ['by', t.task.doneBy],
  ] as const
  const chosen = draft.when === 'on' ? t.task.doneOn : t.task.doneBy
  return (
    <fieldset class="when">
      <legend>{t.task.whenDone}</legend>
      {kinds.map(([when, label]) => (
        <label key={when} class="radio">
          <input
            type="radio"
            name={`${id}-when`}
            checked={draft.when === when}
            onChange={() => onChange({ when })}
          />
          <span>{label}</span>
        </label>
      ))}
      <Field
        label={chosen}
        hint={t.asOf.format}
        value={draft.day}
        wrong={wrong(draft.when === 'on' ? '/done_on' : '/done_by')}
        day
        onInput={day => onChange({ day })}
      />
    </fieldset>
  )
}
