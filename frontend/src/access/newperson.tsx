import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import * as api from '../api/access'
import { messageAt } from '../api/answer'
import type { Language, Problem, Role, SetUpLink, Timeline } from '../api/names'
import { Field } from '../shell/field'
import { Link } from '../shell/link'
import { Select } from '../shell/select'
import { useUnsaved } from '../shell/unsaved'
import { moment } from '../text/date'
import { words } from '../text/words'
import { Once } from './once'
import { personAt } from './people'
import { peopleChanged } from './peopleturn'
import { Outcome } from './profile'
import { grantable, RoleChoice } from './roles'
import { roleAt } from './session'
import { userNameOf } from './username'

const languages = ['vi', 'en'] as const

interface Typed {
  name: string
  /** Null: as proposed by the name. */
  user: string | null
  unit: string
  language: Language
  role: Role
}

type Made = { kind: 'account'; link: SetUpLink } | { kind: 'role'; user: string } | null

/** Somebody new in a place: an account with a role, and the link to send him. */
export function NewPerson({ timeline, place }: { timeline: Timeline; place: string }) {
  const t = words()
  const { election, area } = timeline
  const begin: Typed = { name: '', user: null, unit: place, language: 'vi', role: 'reporter' }
  const [typed, setTyped] = useState(begin)
  const [tried, setTried] = useState(false)
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [network, setNetwork] = useState(false)
  const [made, setMade] = useState<Made>(null)
  const form = useRef<HTMLFormElement>(null)
  useUnsaved(made === null && typed.name !== '')
  useLayoutEffect(() => {
    if (made === null) form.current?.querySelector('input')?.focus()
  }, [made])
  useLayoutEffect(() => {
    if (tried) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [tried, problem])
  const change = (part: Partial<Typed>) => setTyped({ ...typed, ...part })
  const user = typed.user ?? userNameOf(typed.name)
  const { name, unit, language, role } = typed
  const complete = name.trim() !== '' && user.trim() !== ''

  const send = async (exists: boolean) => {
    setTried(true)
    if (busy || !complete) return
    setProblem(null)
    setNetwork(false)
    setBusy(true)
    const entry = { user: user.trim(), name: name.trim(), unit: unit.trim(), language, role }
    const answer = exists
      ? await api.grant(election.id, area.code, entry.user, role, null)
      : await api.admit(election.id, area.code, entry)
    setBusy(false)
    if (answer.kind === 'data') {
      setMade(
        'setup' in answer.data
          ? { kind: 'account', link: answer.data.setup }
          : { kind: 'role', user: entry.user },
      )
      peopleChanged()
    } else if (answer.kind === 'problem') setProblem(answer.problem)
    else setNetwork(true)
  }
  if (made) {
    return (
      <div class="form">
        {made.kind === 'account' ? (
          <>
            <p class="good" role="status">
              {t.people.made(name, made.link.user)}
            </p>
            <LinkOnce link={made.link} />
          </>
        ) : (
          <p class="good" role="status">
            {t.people.granted(made.user)}
          </p>
        )}
        <p class="buttons">
          <button
            type="button"
            class="button"
            onClick={() => {
              setMade(null)
              setTried(false)
              setTyped({ ...begin, unit, language, role })
            }}
          >
            {t.people.addAnother}
          </button>
          <Link class="button" to={{ people: 'list' }}>
            {t.people.toList}
          </Link>
        </p>
      </div>
    )
  }
  return (
    <form
      ref={form}
      class="form"
      noValidate
      onSubmit={event => {
        event.preventDefault()
        void send(false)
      }}
    >
      <Field
        label={t.people.name}
        value={name}
        wrong={messageAt(problem, '/name') ?? (tried && name.trim() === '' ? t.people.nameMissing : null)}
        onInput={value => change({ name: value })}
      />
      <Field
        label={t.signIn.user}
        hint={t.people.userHint}
        value={user}
        exact
        wrong={messageAt(problem, '/user') ?? (tried && user.trim() === '' ? t.signIn.userMissing : null)}
        onInput={value => change({ user: value })}
      />
      {problem?.code === 'user-exists' && (
        <div class="remark" role="alert">
          <p>{t.people.exists(user)}</p>
          <p>
            <button type="button" class="button" aria-disabled={busy} onClick={() => void send(true)}>
              {t.people.grantInstead(t.roles.names[role])}
            </button>
          </p>
        </div>
      )}
      <Field
        label={t.people.unit}
        hint={t.people.unitHint}
        value={unit}
        wrong={messageAt(problem, '/unit')}
        onInput={value => change({ unit: value })}
      />
      <RoleChoice
        offered={grantable(roleAt(election.id, area), area.level === 'national')}
        chosen={role}
        wrong={messageAt(problem, '/role')}
        onChoose={value => change({ role: value })}
      />
      <p class="hint">{t.roles.branch}</p>
      <Select
        label={t.account.language}
        values={languages}
        chosen={language}
        word={value => t.account.languages[value]}
        onChoose={value => value && change({ language: value })}
      />
      <Outcome
        problem={problem?.code === 'user-exists' ? null : problem}
        pointers={['/name', '/user', '/unit', '/role']}
        network={network}
        saved={false}
      />
      {problem?.status === 412 || problem?.status === 428 ? (
        <p>
          <Link to={{ people: personAt(user) }}>{t.people.openPerson(user)}</Link>
        </p>
      ) : null}
      <p class="buttons">
        <button type="submit" class="button primary" aria-disabled={busy}>
          {busy ? t.task.saving : t.people.commit}
        </button>
        <Link class="button" to={{ people: 'list' }}>
          {t.task.cancel}
        </Link>
      </p>
    </form>
  )
}

/** A set-up link as it is sent to its owner. */
export function LinkOnce({ link }: { link: SetUpLink }) {
  const t = words().people
  return (
    <Once
      label={t.link(link.name)}
      secret={`${location.origin}${link.path}`}
      hint={t.linkHint(moment(link.until))}
    />
  )
}
