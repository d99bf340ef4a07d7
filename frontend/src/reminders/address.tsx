import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { Outcome } from '../access/profile'
import { type Answer, messageAt } from '../api/answer'
import type { Problem, Reminders } from '../api/names'
import * as api from '../api/reminders'
import { Field } from '../shell/field'
import { useUnsaved } from '../shell/unsaved'
import { address, go } from '../state/address'
import type { Cell } from '../state/cell'
import { moment } from '../text/date'
import { words } from '../text/words'
import { codeOf, codeTyped } from './standing'

interface Props {
  settings: Reminders
  cell: Cell<Reminders>
}

/** Where one is written to: to be entered, to be confirmed by the code that was mailed, or confirmed. */
export function MailAddress({ settings, cell }: Props) {
  const t = words().reminders
  const box = useRef<HTMLElement>(null)
  const [done, setDone] = useState('')
  const editing = !settings.address || address.value.part === 'mail'
  /** Says what has happened; the focus goes to what comes next: the field, else the heading. */
  const settle = (text: string) => {
    setDone(text)
    if (address.value.part === 'mail') go({ part: null }, { replace: true })
    setTimeout(() => {
      const next = box.current?.querySelector('input') ?? box.current?.querySelector<HTMLElement>('h3')
      next?.focus()
    })
  }
  return (
    <section ref={box} class="mail-part" aria-labelledby="mail-address">
      <h3 id="mail-address" tabIndex={-1}>
        {t.address}
      </h3>
      <p role="status">{done && <span class="good">{done}</span>}</p>
      {editing && <AddressForm settings={settings} cell={cell} onDone={settle} />}
      {!editing && (
        <p class="mail-address">
          <strong>{settings.address}</strong>
          <span class="tag">{settings.confirmed ? t.confirmed : t.unconfirmed}</span>
        </p>
      )}
      {!editing && !settings.confirmed && <CodeForm settings={settings} cell={cell} onDone={settle} />}
      {!editing && <Away settings={settings} cell={cell} onDone={settle} />}
    </section>
  )
}

interface FormProps extends Props {
  onDone: (said: string) => void
}

/** What came of asking, and whether that is under way. What was answered is shown at once. */
function useAsking(cell: Cell<Reminders>) {
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [network, setNetwork] = useState(false)
  const ask = async (call: () => Promise<Answer<Reminders | true>>): Promise<boolean> => {
    if (busy) return false
    setBusy(true)
    setProblem(null)
    setNetwork(false)
    const answer = await call()
    setBusy(false)
    if (answer.kind === 'problem') setProblem(answer.problem)
    if (answer.kind === 'unreachable') setNetwork(true)
    if (answer.kind === 'data' && answer.data !== true) {
      const { data } = answer
      cell.change(() => data)
    } else {
      // What was refused may have changed something, too: a wrong code counts, and somebody may have been quicker.
      await cell.refresh()
    }
    return answer.kind === 'data'
  }
  return { busy, problem, network, ask }
}

function AddressForm({ settings, cell, onDone }: FormProps) {
  const t = words()
  const [typed, setTyped] = useState(settings.address ?? '')
  const [tried, setTried] = useState(false)
  const { busy, problem, network, ask } = useAsking(cell)
  const form = useRef<HTMLFormElement>(null)
  const changes = settings.address !== null
  useUnsaved(typed !== (settings.address ?? ''))
  useLayoutEffect(() => {
    if (changes) form.current?.querySelector('input')?.focus()
  }, [])
  useLayoutEffect(() => {
    if (tried) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [tried, problem])
  const send = async () => {
    setTried(true)
    const to = typed.trim()
    if (to === '') return
    if (to === settings.address) {
      onDone('')
    } else if (await ask(() => api.changeReminders(settings.revision, { address: to }))) {
      onDone(t.reminders.saved)
    }
  }
  return (
    <form
      ref={form}
      class="form"
      noValidate
      onSubmit={event => {
        event.preventDefault()
        void send()
      }}
    >
      <Field
        label={changes ? t.reminders.newAddress : t.reminders.field}
        hint={t.reminders.fieldHint}
        value={typed}
        exact
        keys="email"
        fills="email"
        wrong={
          messageAt(problem, '/address') ?? (tried && typed.trim() === '' ? t.reminders.fieldMissing : null)
        }
        onInput={setTyped}
      />
      <Outcome problem={problem} pointers={['/address']} network={network} saved={false} />
      <p class="buttons">
        <button type="submit" class="button primary" aria-disabled={busy}>
          {busy ? t.task.saving : t.reminders.sendCode}
        </button>
        {changes && (
          <button type="button" class="button" onClick={() => onDone('')}>
            {t.task.cancel}
          </button>
        )}
      </p>
    </form>
  )
}

/** The code that was mailed: what became of it, entering it, and having another one sent. */
function CodeForm({ settings, cell, onDone }: FormProps) {
  const t = words()
  const [typed, setTyped] = useState('')
  const [tried, setTried] = useState(false)
  const { busy, problem, network, ask } = useAsking(cell)
  const field = useRef<HTMLDivElement>(null)
  const { standing, until } = codeOf(settings, Date.now())
  const code = codeTyped(typed)
  const wrong = messageAt(problem, '/code') ?? (tried && !code ? t.reminders.codeMissing : null)
  const confirm = async () => {
    setTried(true)
    if (!code) field.current?.querySelector('input')?.focus()
    else if (await ask(() => api.confirmAddress(code))) onDone(t.reminders.confirmedNow)
    else field.current?.querySelector('input')?.focus()
  }
  const again = async () => {
    if (!(await ask(() => api.sendCode()))) return
    setTyped('')
    setTried(false)
    onDone(t.reminders.sentAgain)
  }
  const { refused_at, refusal } = settings
  const refused = refused_at !== undefined && (standing === 'failed' || standing === 'over')
  const said = refused
    ? t.reminders.refused(moment(refused_at), refusal ?? '')
    : t.reminders.code[standing](settings.address ?? '', moment(until))
  // There is nothing to enter yet, and another code would not be sent either.
  if (standing === 'held') return <p role="status">{said}</p>
  return (
    <form
      class="form"
      noValidate
      onSubmit={event => {
        event.preventDefault()
        void confirm()
      }}
    >
      <p role="status" class={refused || standing === 'failed' ? 'wrong' : undefined}>
        {said}
      </p>
      <div ref={field} class="mail-code">
        <Field
          label={t.reminders.codeField}
          hint={t.reminders.codeHint}
          value={typed}
          exact
          keys="numeric"
          fills="one-time-code"
          wrong={wrong}
          onInput={text => {
            setTyped(text)
            setTried(false)
          }}
        />
      </div>
      <Outcome problem={problem} pointers={['/code']} network={network} saved={false} />
      <p class="buttons">
        <button type="submit" class="button primary" aria-disabled={busy}>
          {busy ? t.task.saving : t.reminders.confirm}
        </button>
        <button
          type="button"
          class="button"
          aria-disabled={busy}
          aria-describedby="mail-code-limit"
          onClick={() => void again()}
        >
          {t.reminders.again}
        </button>
      </p>
      <p class="hint" id="mail-code-limit">
        {t.reminders.againHint}
      </p>
    </form>
  )
}

/** Another address, or none any more. */
function Away({ settings, cell, onDone }: FormProps) {
  const t = words()
  const [sure, setSure] = useState(false)
  const { busy, problem, network, ask } = useAsking(cell)
  const remove = async () => {
    if (await ask(() => api.changeReminders(settings.revision, { address: null }))) {
      onDone(t.reminders.removed)
    }
  }
  return (
    <>
      <Outcome problem={problem} pointers={[]} network={network} saved={false} />
      {sure ? (
        <p class="buttons">
          <span>{t.reminders.removeSure}</span>
          <button type="button" class="button primary" aria-disabled={busy} onClick={() => void remove()}>
            {t.reminders.remove}
          </button>
          <button type="button" class="button" onClick={() => setSure(false)}>
            {t.task.cancel}
          </button>
        </p>
      ) : (
        <p class="buttons">
          <button type="button" class="button" onClick={() => go({ part: 'mail' })}>
            {t.reminders.change}
          </button>
          <button type="button" class="button" onClick={() => setSure(true)}>
            {t.reminders.remove}…
          </button>
        </p>
      )}
    </>
  )
}
