import { useState } from 'preact/hooks'
import * as api from '../api/access'
import { messageAt } from '../api/answer'
import type { Account, Problem } from '../api/names'
import { Field } from '../shell/field'
import { Select } from '../shell/select'
import { useUnsaved } from '../shell/unsaved'
import { words } from '../text/words'
import { Part } from './account'
import { enter, session } from './session'
import { speakAs } from './signin'

const languages = ['vi', 'en'] as const

/** Name, unit and language, which one may change. */
export function Profile({ user }: { user: Account }) {
  const t = words()
  const [typed, setTyped] = useState<{ name: string; unit: string; language: 'vi' | 'en' } | null>(null)
  const [busy, setBusy] = useState(false)
  const [saved, setSaved] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [network, setNetwork] = useState(false)
  useUnsaved(typed !== null)
  const shown = typed ?? { name: user.name, unit: user.unit, language: user.language }
  const change = (part: Partial<typeof shown>) => {
    setSaved(false)
    setTyped({ ...shown, ...part })
  }
  const send = async () => {
    if (busy || !typed) return
    setBusy(true)
    const answer = await api.patchMe(typed)
    setBusy(false)
    setProblem(answer.kind === 'problem' ? answer.problem : null)
    setNetwork(answer.kind === 'unreachable')
    const known = session()
    if (answer.kind !== 'data' || !known) return
    const next = { ...known, user: { ...user, ...typed } }
    setTyped(null)
    setSaved(true)
    enter(next)
    speakAs(next)
  }
  return (
    <Part id="account-profile" title={t.account.profile}>
      <form
        class="form"
        noValidate
        onSubmit={event => {
          event.preventDefault()
          void send()
        }}
      >
        <dl class="pair">
          <dt>{t.signIn.user}</dt>
          <dd>
            <code>{user.user}</code>
          </dd>
        </dl>
        <Field
          label={t.people.name}
          value={shown.name}
          wrong={messageAt(problem, '/name')}
          fills="name"
          onInput={name => change({ name })}
        />
        <Field
          label={t.people.unit}
          value={shown.unit}
          wrong={messageAt(problem, '/unit')}
          fills="organization"
          onInput={unit => change({ unit })}
        />
        <Select
          label={t.account.language}
          values={languages}
          chosen={shown.language}
          word={value => t.account.languages[value]}
          onChoose={language => language && change({ language })}
        />
        <Outcome problem={problem} pointers={['/name', '/unit']} network={network} saved={saved} />
        {typed && (
          <p class="buttons">
            <button type="submit" class="button primary" aria-disabled={busy}>
              {busy ? t.task.saving : t.task.save}
            </button>
            <button type="button" class="button" onClick={() => setTyped(null)}>
              {t.task.cancel}
            </button>
          </p>
        )}
      </form>
    </Part>
  )
}

interface OutcomeProps {
  problem: Problem | null
  /** What fields say themselves. */
  pointers: string[]
  network: boolean
  saved: boolean
}

/** What came of sending a form, where no field says it. */
export function Outcome({ problem, pointers, network, saved }: OutcomeProps) {
  const t = words()
  const elsewhere = problem?.errors?.length && problem.errors.every(error => pointers.includes(error.pointer))
  return (
    <>
      <p role="status">{saved && <span class="good">{t.task.saved}</span>}</p>
      {network && (
        <p class="wrong" role="alert">
          {t.task.network}
        </p>
      )}
      {problem && !elsewhere && (
        <p class="wrong" role="alert">
          {problem.detail || t.error.other}
        </p>
      )}
    </>
  )
}
