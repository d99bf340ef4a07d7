import type { ComponentChildren } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { type Answer, messageAt } from '../api/answer'
import type { Problem } from '../api/names'
import { DrawerHead } from '../drawer/head'
import { Field } from '../shell/field'
import { useUnsaved } from '../shell/unsaved'
import { words } from '../text/words'

/** What is wrong with a field, by its JSON pointer. */
export type Faults = Record<string, string>

/** The fault of one field; none where nothing is wrong with it. */
export const faultAt = (pointer: string, wrong: string | null): Faults => (wrong ? { [pointer]: wrong } : {})

interface DialogProps<T> {
  title: string
  /** What is wrong before anybody is asked; empty: it can be sent. */
  check: () => Faults
  /** Sends the act, or has it rehearsed. */
  send: (dryRun: boolean) => Promise<Answer<T>>
  /** How many changes that makes; none: there is nothing to do. */
  total: (result: T) => number
  /** What it comes to, as it is shown. */
  show: (result: T) => ComponentChildren
  /** What has to be typed before it is done, for what reaches far; none: a press will do. */
  confirm?: string
  /** What the press that does it is called; else it says that it is recorded. */
  commitWord?: (result: T) => string
  /** What is said of a refusal beside the server's own words. */
  refused?: (problem: Problem) => ComponentChildren
  /** What stands below the form. */
  below?: ComponentChildren
  /** The fields of the form; `wrong` tells what is wrong with one. */
  children: (wrong: (pointer: string) => string | null) => ComponentChildren
  /** JSON pointers that the form shows messages for itself; what else is wrong is said on top. */
  pointers: string[]
  onDone: () => void
  onClose: () => void
}

interface FormStep {
  kind: 'form'
  faults: Faults
  problem: Problem | null
  network: boolean
}

type Step<T> =
  | FormStep
  | { kind: 'preview'; result: T; problem: null; network: boolean }
  | { kind: 'done'; result: T }

const form: FormStep = { kind: 'form', faults: {}, problem: null, network: false }

/** An act in three steps: what is to be done, what it comes to, and that it is done. Nothing is written before the second. */
export function ActDialog<T>(props: DialogProps<T>) {
  const { title, check, send, children, pointers, onDone, onClose } = props
  const t = words()
  const [step, setStep] = useState<Step<T>>(form)
  const [busy, setBusy] = useState(false)
  const [typed, setTyped] = useState(false)
  useUnsaved(typed && step.kind !== 'done')
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
          ? { kind: 'preview', result: answer.data, problem: null, network: false }
          : { kind: 'done', result: answer.data },
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
      <DrawerHead id="act-title" title={title} onClose={onClose} />
      <div class="act-body">
        <Trouble step={step} shown={pointers} refused={props.refused} />
        {step.kind === 'form' && (
          <form
            class="task-form"
            noValidate
            onInput={() => setTyped(true)}
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
        {step.kind === 'form' && props.below}
        {step.kind !== 'form' && props.show(step.result)}
        {step.kind === 'preview' && (
          <Commit
            offered={props.total(step.result) > 0}
            confirm={props.confirm}
            word={props.commitWord?.(step.result) ?? t.act.commit}
            busy={busy}
            onCommit={() => void ask(false)}
            onBack={() => {
              if (!busy) setStep(form)
            }}
          />
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

interface CommitProps {
  offered: boolean
  confirm: string | undefined
  word: string
  busy: boolean
  onCommit: () => void
  onBack: () => void
}

/** The last step: doing it, once what has to be typed is typed; or going back. */
function Commit({ offered, confirm, word, busy, onCommit, onBack }: CommitProps) {
  const t = words()
  const [typed, setTyped] = useState('')
  const [wrong, setWrong] = useState(false)
  const frame = useRef<HTMLFormElement>(null)
  const missing = confirm !== undefined && typed.trim() !== confirm
  return (
    <form
      ref={frame}
      class="act-commit"
      noValidate
      onSubmit={event => {
        event.preventDefault()
        setWrong(missing)
        if (missing) frame.current?.querySelector('input')?.focus()
        else if (offered) onCommit()
      }}
    >
      {offered && confirm !== undefined && (
        <Field
          label={t.act.typeToConfirm(confirm)}
          value={typed}
          wrong={wrong && missing ? t.act.typedWrong(confirm) : null}
          onInput={setTyped}
        />
      )}
      <div class="buttons">
        {offered && (
          <button type="submit" class="button primary" aria-disabled={busy}>
            {busy ? t.task.saving : word}
          </button>
        )}
        <button type="button" class="button" aria-disabled={busy} onClick={onBack}>
          {t.act.back}
        </button>
      </div>
    </form>
  )
}

/** Each step begins at its heading, or at the first field that is wrong. */
function useFocus<T>(step: Step<T>, dialog: { current: HTMLDialogElement | null }): void {
  useEffect(() => {
    const invalid = dialog.current?.querySelector<HTMLElement>('[aria-invalid="true"]')
    const first = dialog.current?.querySelector<HTMLElement>('form input, form select, form textarea')
    const heading = dialog.current?.querySelector<HTMLElement>('#act-title')
    // A long form may have been scrolled down.
    if (step.kind !== 'form') dialog.current?.scrollTo?.({ top: 0 })
    ;(step.kind === 'form' ? (invalid ?? first ?? heading) : heading)?.focus()
  }, [step, dialog])
}

interface TroubleProps<T> {
  step: Step<T>
  shown: string[]
  refused: ((problem: Problem) => ComponentChildren) | undefined
}

/** What no field shows: the server is gone, or what it says of the whole. */
function Trouble<T>({ step, shown, refused }: TroubleProps<T>) {
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
    <div role="alert">
      <p class="wrong">{t.task.refused(step.problem.detail)}</p>
      {refused?.(step.problem)}
    </div>
  )
}
