import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import * as api from '../api/access'
import type { Problem, Session } from '../api/names'
import { DrawerHead } from '../drawer/head'
import { Field } from '../shell/field'
import { Link } from '../shell/link'
import { address, addressOf, go, language } from '../state/address'
import { words } from '../text/words'
import { asking } from './asking'
import { home } from './home'
import { PasswordField } from './passwordfield'
import { enter, session } from './session'

interface FormProps {
  /** Whose session has ended: his name stands there already. */
  was?: string | null
  onDone: (session: Session) => void
}

type Trouble = { kind: 'missing' } | { kind: 'network' } | { kind: 'problem'; problem: Problem } | null

/** User name and password. */
export function SignInForm({ was = null, onDone }: FormProps) {
  const t = words()
  const [user, setUser] = useState(was ?? '')
  const [password, setPassword] = useState('')
  const [shown, setShown] = useState(false)
  const [busy, setBusy] = useState(false)
  const [trouble, setTrouble] = useState<Trouble>(null)
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => {
    const [first, second] = form.current?.querySelectorAll('input') ?? []
    ;(was ? second : first)?.focus()
  }, [was])
  useLayoutEffect(() => {
    if (trouble?.kind === 'missing')
      form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
    if (trouble?.kind === 'problem') form.current?.querySelectorAll('input')[1]?.select()
  }, [trouble])
  const send = async () => {
    if (busy) return
    if (user.trim() === '' || password === '') return setTrouble({ kind: 'missing' })
    setBusy(true)
    const answer = await api.signIn(user, password)
    setBusy(false)
    if (answer.kind === 'data') {
      speakAs(answer.data)
      onDone(answer.data)
    } else if (answer.kind === 'problem') setTrouble({ kind: 'problem', problem: answer.problem })
    else setTrouble({ kind: 'network' })
  }
  const missing = (value: string, word: string) => (trouble?.kind === 'missing' && value === '' ? word : null)
  return (
    <form
      ref={form}
      class="form sign-in"
      noValidate
      onSubmit={event => {
        event.preventDefault()
        void send()
      }}
    >
      {trouble?.kind === 'network' && (
        <p class="wrong" role="alert">
          {t.signIn.network}
        </p>
      )}
      {trouble?.kind === 'problem' && (
        <p class="wrong" role="alert">
          {trouble.problem.detail || t.error.other}
        </p>
      )}
      <Field
        label={t.signIn.user}
        value={user}
        wrong={missing(user.trim(), t.signIn.userMissing)}
        fills="username"
        exact
        onInput={setUser}
      />
      <PasswordField
        label={t.password.label}
        value={password}
        wrong={missing(password, t.signIn.passwordMissing)}
        fills="current-password"
        shown={shown}
        onShow={setShown}
        onInput={setPassword}
      />
      <button type="submit" class="button primary" aria-disabled={busy}>
        {busy ? t.signIn.signingIn : t.signIn.open}
      </button>
      {session()?.needs_setup ? (
        <p class="remark">{t.signIn.needsSetup}</p>
      ) : (
        <p class="hint">{t.signIn.forgotten}</p>
      )}
    </form>
  )
}

/** From now on the page speaks the language of who has signed in. */
export function speakAs({ user }: Session): void {
  if (user && user.language !== language.peek()) go({ lang: user.language }, { replace: true })
}

/** The sign-in over what one looks at. */
export function SignInDialog() {
  return asking.value ? <Dialog /> : null
}

function Dialog() {
  const t = words().signIn
  const dialog = useRef<HTMLDialogElement>(null)
  const opener = useRef(document.activeElement)
  const { was = null, waits = false } = asking.value ?? {}
  useLayoutEffect(() => {
    dialog.current?.showModal()
  }, [])
  const close = (signedIn: boolean) => {
    const asked = asking.peek()
    dialog.current?.close()
    asking.value = null
    const back = opener.current
    setTimeout(() => {
      const usable = back instanceof HTMLElement && back.isConnected && back !== document.body
      if (usable) back.focus()
      else document.getElementById('main')?.focus()
    })
    asked?.answer(signedIn)
  }
  return (
    <dialog
      ref={dialog}
      class="act narrow-act"
      aria-labelledby="sign-in-title"
      onCancel={event => {
        event.preventDefault()
        close(false)
      }}
      onKeyDown={event => {
        // The drawer listens for Esc on the document.
        if (event.key === 'Escape') event.stopPropagation()
      }}
    >
      <DrawerHead id="sign-in-title" title={waits ? t.again : t.open} onClose={() => close(false)} />
      <div class="act-body">
        {waits && <p>{t.ended}</p>}
        <SignInForm
          was={was}
          onDone={next => {
            enter(next)
            close(true)
          }}
        />
      </div>
    </dialog>
  )
}

/** Goes to an address of the page, in the language spoken now. */
export function goBack(target: string): void {
  go({ ...addressOf(target), lang: language.peek() }, { replace: true })
}

/** The sign-in as a screen of its own, on the way to another. */
export function SignInPage() {
  const t = words()
  const { back } = address.value
  const known = session()
  useTitle(t.signIn.open)
  const who = known?.user
  return (
    <main id="main" class="own-screen" tabIndex={-1}>
      <section class="own-card">
        <h1>{t.signIn.open}</h1>
        {known && !known.public_reading && !who && <p>{t.signIn.closed}</p>}
        {who ? (
          <>
            <p>{t.signIn.already(who.name)}</p>
            <p class="buttons">
              <button type="button" class="button primary" onClick={() => goBack(back ?? '/')}>
                {t.signIn.goOn}
              </button>
              <Link class="button" to={{ own: 'account' }}>
                {t.account.title}
              </Link>
            </p>
          </>
        ) : (
          <SignInForm
            onDone={next => {
              enter(next)
              // Where nothing is public one signs in at the address one wanted.
              if (address.peek().own) goBack(back ?? home(next))
            }}
          />
        )}
      </section>
    </main>
  )
}

/** What the window is called on a screen of its own. */
export function useTitle(title: string): void {
  const { productLong } = words()
  useEffect(() => {
    document.title = `${title} · ${productLong}`
  }, [title, productLong])
}
