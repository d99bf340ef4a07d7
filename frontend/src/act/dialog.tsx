import type { ComponentChildren } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { type Answer, messageAt } from '../api/answer'
import type { Effect, Problem } from '../api/names'
import { Icon } from '../shell/icon'
import { words } from '../text/words'
import { EffectView } from './effect'

/** What is wrong with a field, by its JSON pointer. */
export type Faults = Record<string, string>

interface DialogProps {
  title: string
  /** What is wrong before anybody is asked; empty: it can be sent. */
  check: () => Faults
  /** Sends the act, or has it rehearsed. */
  send: (dryRun: boolean) => Promise<Answer<Effect>>
  /** The fields of the form; `wrong` tells what is wrong with one. */
  children: (wrong: (pointer: string) => string | null) => ComponentChildren
  /** JSON pointers that the form shows messages for itself; what else is wrong is said on top. */
  pointers: string[]
  onDone: () => void
  onClose: () => void
}

type Step =
  | { kind: 'form'; faults: Faults; problem: Problem | null; network: boolean }
  | { kind: 'preview'; effect: Effect; problem: Problem | null; network: boolean }
  | { kind: 'done'; effect: Effect }

const form: Extract<Step, { kind: 'form' }> = { kind: 'form', faults: {}, problem: null, network: false }

/** An act in three steps: what is to be done, what it comes to, and that it is done. Nothing is written before the second. */
export function ActDialog({ title, check, send, children, pointers, onDone, onClose }: DialogProps) {
  const t = words()
  const [step, setStep] = useState<Step>(form)
  const [busy, setBusy] = useState(false)
  const dialog = useRef<HTMLDialogElement>(null)
  useLayoutEffect(() => {
    const element = dialog.current
    if (element && !element.open) element.showModal()
  }, [])
  useFocus(step, dialog)

  const ask = async (dryRun: boolean) => {
    if (busy) return
    const faults = check()
    if (Object.keys(faults).length > 0) {
      setStep({ ...form, faults })
      return
    }
    setBusy(true)
    const answer = await send(dryRun)
    setBusy(false)
    if (answer.kind === 'data') {
      setStep(
        dryRun
          ? { kind: 'preview', effect: answer.data, problem: null, network: false }
          : { kind: 'done', effect: answer.data },
      )
      if (!dryRun) onDone()
    } else if (answer.kind === 'problem') setStep({ ...form, problem: answer.problem })
    else if (step.kind === 'preview') setStep({ ...step, network: true })
    else setStep({ ...form, network: true })
  }
  const wrong = (pointer: string) =>
    step.kind === 'form' ? (step.faults[pointer] ?? messageAt(step.problem, pointer)) : null
  return (
    <dialog
      ref={dialog}
      class="act"
      aria-labelledby="act-title"
      onCancel={event => {
        event.preventDefault()
        onClose()
      }}
      onKeyDown={event => {
        // The drawer listens for Esc on the document.
        if (event.key === 'Escape') event.stopPropagation()
      }}
    >
      <div class="drawer-head">
        <h2 id="act-title" tabIndex={-1}>
          {title}
        </h2>
        <button type="button" class="button square quiet" aria-label={t.close} onClick={onClose}>
          <Icon name="close" />
        </button>
      </div>
      <div class="act-body">
        <Trouble step={step} shown={pointers} />
        {step.kind === 'form' && (
          <form
            class="task-form"
            noValidate
            onSubmit={event => {
              event.preventDefault()
              void ask(true)
            }}
          >
            {children(wrong)}
            <div class="buttons">
              <button type="submit" class="button primary" aria-disabled={busy}>
                {busy ? t.act.looking : t.act.preview}
              </button>
              <button type="button" class="button" onClick={onClose}>
                {t.task.cancel}
              </button>
            </div>
          </form>
        )}
        {step.kind !== 'form' && <EffectView effect={step.effect} />}
        {step.kind === 'preview' && (
          <div class="buttons">
            {step.effect.total > 0 && (
              <button
                type="button"
                class="button primary"
                aria-disabled={busy}
                onClick={() => void ask(false)}
              >
                {busy ? t.task.saving : t.act.commit}
              </button>
            )}
            <button type="button" class="button" onClick={() => setStep(form)}>
              {t.act.back}
            </button>
          </div>
        )}
        {step.kind === 'done' && (
          <div class="buttons">
            <button type="button" class="button primary" onClick={onClose}>
              {t.close}
            </button>
          </div>
        )}
      </div>
    </dialog>
  )
}

/** Each step begins at its heading, or at the first field that is wrong. */
function useFocus(step: Step, dialog: { current: HTMLDialogElement | null }): void {
  useEffect(() => {
    const invalid = dialog.current?.querySelector<HTMLElement>('[aria-invalid="true"]')
    const first = dialog.current?.querySelector<HTMLElement>('form input, form select, form textarea')
    const heading = dialog.current?.querySelector<HTMLElement>('#act-title')
    ;(step.kind === 'form' ? (invalid ?? first ?? heading) : heading)?.focus()
  }, [step, dialog])
}

/** What no field shows: the server is gone, or what it says of the whole. */
function Trouble({ step, shown }: { step: Step; shown: string[] }) {
  const t = words()
  if (step.kind === 'done') {
    return (
      <p class="good" role="status">
        {t.act.done}
      </p>
    )
  }
  const elsewhere = step.problem?.errors?.every(error => shown.includes(error.pointer)) ?? false
  if (step.network) {
    return (
      <p class="wrong" role="alert">
        {t.task.network}
      </p>
    )
  }
  if (!step.problem || elsewhere) return null
  return (
    <p class="wrong" role="alert">
      {t.task.refused(step.problem.detail)}
    </p>
  )
}
