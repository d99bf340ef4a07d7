import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import * as api from '../api/access'
import { messageAt } from '../api/answer'
import type { Problem, TokenAccess } from '../api/names'
import { Field } from '../shell/field'
import { useUnsaved } from '../shell/unsaved'
import { addDays, parseDay, wallClock } from '../state/day'
import { electionsCell, presentElection } from '../state/election'
import { dayFault, shortDay } from '../text/date'
import { words } from '../text/words'
import { type Branch, BranchChoice } from './branch'
import { placeName } from './home'
import { Outcome } from './profile'
import { session } from './session'

const accesses: readonly TokenAccess[] = ['read', 'write']

/** How long a token is good unless another day is typed; in real time, whatever day a trial plays. */
const usualDays = 90

interface Props {
  onMade: (name: string, secret: string) => void
  onCancel: () => void
}

/** A new token: what for, what it may do, where, and until when. */
export function TokenForm({ onMade, onCancel }: Props) {
  const t = words()
  const election = presentElection(electionsCell().known.value.data?.items ?? [])
  const usual: Branch[] = (session()?.rights ?? [])
    .filter(one => one.role !== 'none')
    .map(one => ({
      edition: one.edition || (election?.edition ?? ''),
      area: one.area,
      name: placeName(one),
      above: t.roles.names[one.role],
    }))
  const [name, setName] = useState('')
  const [access, setAccess] = useState<TokenAccess>('read')
  const [branch, setBranch] = useState<Branch | null>(usual[0] ?? null)
  const [begins] = useState(() => shortDay(addDays(wallClock(new Date().toISOString()).day, usualDays)))
  const [day, setDay] = useState(begins)
  const [tried, setTried] = useState(false)
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [network, setNetwork] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  useUnsaved(name !== '' || day !== begins)
  useEffect(() => form.current?.querySelector('input')?.focus(), [])
  useLayoutEffect(() => {
    if (tried) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [tried, problem])
  const send = async () => {
    const expires = parseDay(day)
    setTried(true)
    setProblem(null)
    setNetwork(false)
    if (busy || name.trim() === '' || !branch || !expires) return
    setBusy(true)
    const { edition, area } = branch
    const answer = await api.makeToken({ name: name.trim(), access, edition, area, expires_on: expires })
    setBusy(false)
    if (answer.kind === 'data') onMade(answer.data.token.name, answer.data.secret)
    else if (answer.kind === 'problem') setProblem(answer.problem)
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
      <h3>{t.tokens.make}</h3>
      <Field
        label={t.tokens.name}
        hint={t.tokens.nameHint}
        value={name}
        wrong={messageAt(problem, '/name') ?? (tried && name.trim() === '' ? t.tokens.nameMissing : null)}
        onInput={setName}
      />
      <fieldset class="choices">
        <legend>{t.tokens.may}</legend>
        {accesses.map(one => (
          <label key={one} class="choice-line">
            <input type="radio" name="access" checked={access === one} onChange={() => setAccess(one)} />
            <span>
              <strong>{t.tokens.access[one]}</strong> <span class="hint">{t.tokens.accessAbout[one]}</span>
            </span>
          </label>
        ))}
      </fieldset>
      {election && (
        <BranchChoice
          label={t.tokens.branch}
          hint={t.tokens.branchHint}
          election={election.id}
          edition={election.edition}
          usual={usual}
          chosen={branch}
          wrong={messageAt(problem, '/area') ?? (tried && !branch ? t.tokens.branchMissing : null)}
          onChoose={setBranch}
        />
      )}
      <Field
        label={t.tokens.until}
        hint={t.asOf.format}
        value={day}
        day
        wrong={messageAt(problem, '/expires_on') ?? (tried ? dayFault(day) : null)}
        onInput={setDay}
      />
      <Outcome
        problem={problem}
        pointers={['/name', '/area', '/expires_on']}
        network={network}
        saved={false}
      />
      <p class="buttons">
        <button type="submit" class="button primary" aria-disabled={busy}>
          {busy ? t.task.saving : t.tokens.commit}
        </button>
        <button type="button" class="button" onClick={onCancel}>
          {t.task.cancel}
        </button>
      </p>
    </form>
  )
}
