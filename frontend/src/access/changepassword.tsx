import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import * as api from '../api/access'
import { messageAt } from '../api/answer'
import type { Account, Problem } from '../api/names'
import { useUnsaved } from '../shell/unsaved'
import { address, go } from '../state/address'
import { words } from '../text/words'
import { Part } from './account'
import { NewPasswordFields } from './newpassword'
import { isRepeated, isUsable, nothingTyped, strengthOf } from './password'
import { PasswordField } from './passwordfield'
import { Outcome } from './profile'
import { ownSessionsCell } from './sessions'

/** Another password: the present one, the new one, and what that ends. */
export function ChangePassword({ user }: { user: Account }) {
  const t = words()
  const open = address.value.part === 'password'
  const [saved, setSaved] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  return (
    <Part id="account-password" title={t.password.label}>
      {open ? (
        <Form
          user={user}
          onClose={done => {
            setSaved(done)
            go({ part: null }, { replace: true })
            setTimeout(() => button.current?.focus())
          }}
        />
      ) : (
        <>
          <p>
            <button ref={button} type="button" class="button" onClick={() => go({ part: 'password' })}>
              {t.account.changePassword}
            </button>
          </p>
          <p role="status">{saved && <span class="good">{t.account.passwordChanged}</span>}</p>
        </>
      )}
    </Part>
  )
}

function Form({ user, onClose }: { user: Account; onClose: (done: boolean) => void }) {
  const t = words()
  const [current, setCurrent] = useState('')
  const [shown, setShown] = useState(false)
  const [typed, setTyped] = useState(nothingTyped)
  const [tried, setTried] = useState(false)
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [network, setNetwork] = useState(false)
  useUnsaved(current !== '' || typed.password !== '')
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => form.current?.querySelector('input')?.focus(), [])
  useLayoutEffect(() => {
    if (tried) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [tried, problem])
  const send = async () => {
    if (busy) return
    setTried(true)
    setProblem(null)
    setNetwork(false)
    if (current === '' || !isUsable(strengthOf(user.user, typed.password)) || !isRepeated(typed)) return
    setBusy(true)
    const answer = await api.changePassword(current, typed.password)
    setBusy(false)
    if (answer.kind === 'data') {
      void ownSessionsCell().refresh()
      onClose(true)
    } else if (answer.kind === 'problem') setProblem(answer.problem)
    else setNetwork(true)
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
      <input
        type="text"
        class="only-read"
        autocomplete="username"
        readOnly
        tabIndex={-1}
        aria-hidden="true"
        value={user.user}
      />
      <PasswordField
        label={t.password.current}
        value={current}
        wrong={messageAt(problem, '/current') ?? (tried && current === '' ? t.password.missing : null)}
        fills="current-password"
        shown={shown}
        onShow={setShown}
        onInput={setCurrent}
      />
      <NewPasswordFields
        user={user.user}
        typed={typed}
        tried={tried}
        refused={messageAt(problem, '/password')}
        onType={setTyped}
      />
      <p class="hint">{t.account.endsOthers}</p>
      <Outcome problem={problem} pointers={['/current', '/password']} network={network} saved={false} />
      <p class="buttons">
        <button type="submit" class="button primary" aria-disabled={busy}>
          {busy ? t.task.saving : t.account.changePassword}
        </button>
        <button type="button" class="button" onClick={() => onClose(false)}>
          {t.task.cancel}
        </button>
      </p>
    </form>
  )
}
