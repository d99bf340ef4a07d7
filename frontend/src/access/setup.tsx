import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import * as api from '../api/access'
import { messageAt } from '../api/answer'
import type { Problem, SetUpOwner } from '../api/names'
import { Link } from '../shell/link'
import { Skeleton } from '../shell/state'
import { address, go } from '../state/address'
import { moment } from '../text/date'
import { words } from '../text/words'
import { home } from './home'
import { NewPasswordFields } from './newpassword'
import { isRepeated, isUsable, nothingTyped, strengthOf } from './password'
import { enter, session } from './session'
import { goBack, speakAs, useTitle } from './signin'

type Known =
  | { kind: 'asking' }
  | { kind: 'gone'; detail: string }
  | { kind: 'network' }
  | { kind: 'known'; whose: SetUpOwner }

/** Where a set-up link leads: whose it is, and the first password. */
export function SetUpPage() {
  const t = words()
  const { secret } = address.value
  const [known, setKnown] = useState<Known>({ kind: 'asking' })
  useTitle(t.setup.title)
  const ask = async () => {
    if (!secret) return setKnown({ kind: 'gone', detail: '' })
    setKnown({ kind: 'asking' })
    const answer = await api.lookAtSetUp(secret)
    if (answer.kind === 'data') setKnown({ kind: 'known', whose: answer.data })
    else if (answer.kind === 'problem') setKnown({ kind: 'gone', detail: answer.problem.detail })
    else setKnown({ kind: 'network' })
  }
  useEffect(() => {
    void ask()
  }, [secret])
  return (
    <main id="main" class="own-screen" tabIndex={-1}>
      <section class="own-card">
        <h1>{t.setup.title}</h1>
        {known.kind === 'asking' && <Skeleton lines={4} />}
        {known.kind === 'gone' && <Gone missing={!secret} detail={known.detail} />}
        {known.kind === 'network' && (
          <>
            <p class="wrong" role="alert">
              {t.error.unreachable}
            </p>
            <p>
              <button type="button" class="button primary" onClick={() => void ask()}>
                {t.retry}
              </button>
            </p>
          </>
        )}
        {known.kind === 'known' && secret && <SetUpForm whose={known.whose} secret={secret} />}
      </section>
    </main>
  )
}

/** The link leads to nothing: used, too old, or not whole. */
function Gone({ missing, detail }: { missing: boolean; detail: string }) {
  const t = words()
  return (
    <>
      <p role="alert">{missing ? t.setup.missing : detail}</p>
      <p class="hint">{t.setup.newLink}</p>
      <p>
        <Link class="button" to={{ own: 'sign-in' }}>
          {t.signIn.open}
        </Link>
      </p>
    </>
  )
}

function SetUpForm({ whose, secret }: { whose: SetUpOwner; secret: string }) {
  const t = words()
  const [typed, setTyped] = useState(nothingTyped)
  const [tried, setTried] = useState(false)
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [network, setNetwork] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const other = session()?.user
  const send = async () => {
    if (busy) return
    setTried(true)
    setProblem(null)
    setNetwork(false)
    if (!isUsable(strengthOf(whose.user, typed.password)) || !isRepeated(typed)) return
    setBusy(true)
    const answer = await api.setUp(secret, typed.password)
    setBusy(false)
    if (answer.kind === 'data') {
      // The link is used: its secret is gone from the address before anything else is done.
      go({ secret: null }, { replace: true })
      speakAs(answer.data)
      enter(answer.data)
      goBack(home(answer.data))
    } else if (answer.kind === 'problem') setProblem(answer.problem)
    else setNetwork(true)
  }
  useLayoutEffect(() => {
    if (tried) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [tried, problem])
  const refused = messageAt(problem, '/password')
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
      <p>{t.setup.hello(whose.name)}</p>
      {other && other.user !== whose.user && <p class="remark">{t.setup.other(other.name)}</p>}
      <div class="field">
        <label for="set-up-user">{t.signIn.user}</label>
        <input
          id="set-up-user"
          type="text"
          class="exact"
          autocomplete="username"
          readOnly
          value={whose.user}
        />
        <span class="hint">{t.setup.keepName}</span>
      </div>
      <NewPasswordFields user={whose.user} typed={typed} tried={tried} refused={refused} onType={setTyped} />
      {problem && !refused && (
        <p class="wrong" role="alert">
          {problem.detail}
        </p>
      )}
      {network && (
        <p class="wrong" role="alert">
          {t.error.unreachable}
        </p>
      )}
      <button type="submit" class="button primary" aria-disabled={busy}>
        {busy ? t.task.saving : t.setup.commit}
      </button>
      <p class="hint">{t.setup.until(moment(whose.until))}</p>
    </form>
  )
}
