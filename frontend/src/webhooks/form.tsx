import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { Outcome } from '../access/profile'
import { type Answer, messageAt } from '../api/answer'
import type { Problem, Webhook, WebhookPatch } from '../api/names'
import { Field } from '../shell/field'
import { useUnsaved } from '../shell/unsaved'
import { rulesCell } from '../state/election'
import { said, words } from '../text/words'

interface Props<T> {
  election: string
  /** Kinds of changes that can be told. */
  kinds: string[]
  /** What it is now; null: a new one. */
  known: Webhook | null
  word: string
  onSend: (body: WebhookPatch) => Promise<Answer<T>>
  onDone: (data: T) => void
  onCancel: () => void
}

const pointers = ['/url', '/description', '/kinds', '/families']

/** Where messages go, what for, and what is told. */
export function WebhookForm<T>({ election, kinds, known, word, onSend, onDone, onCancel }: Props<T>) {
  const t = words()
  const families = rulesCell(election).known.value.data?.families ?? []
  const [url, setURL] = useState(known?.url ?? '')
  const [description, setDescription] = useState(known?.description ?? '')
  const [chosenKinds, setKinds] = useState(known?.kinds ?? [])
  const [chosenFamilies, setFamilies] = useState(known?.families ?? [])
  const [tried, setTried] = useState(false)
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [network, setNetwork] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  useUnsaved(url !== (known?.url ?? '') || description !== (known?.description ?? ''))
  useEffect(() => form.current?.querySelector('input')?.focus(), [])
  useLayoutEffect(() => {
    if (tried) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [tried, problem])
  const send = async () => {
    setTried(true)
    setProblem(null)
    setNetwork(false)
    if (busy || url.trim() === '') return
    setBusy(true)
    const body = { url: url.trim(), description, kinds: chosenKinds, families: chosenFamilies }
    const answer = await onSend(body)
    setBusy(false)
    if (answer.kind === 'data') onDone(answer.data)
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
      <Field
        label={t.webhooks.url}
        hint={t.webhooks.urlHint}
        value={url}
        exact
        wrong={messageAt(problem, '/url') ?? (tried && url.trim() === '' ? t.webhooks.urlMissing : null)}
        onInput={setURL}
      />
      <Field
        label={t.webhooks.description}
        hint={t.webhooks.descriptionHint}
        value={description}
        wrong={messageAt(problem, '/description')}
        onInput={setDescription}
      />
      <Choices
        title={t.webhooks.kinds}
        values={kinds.map(key => ({ key, word: t.history.kinds[key] ?? key }))}
        chosen={chosenKinds}
        onChange={setKinds}
      />
      <Choices
        title={t.webhooks.families}
        values={families.map(one => ({ key: one.key, word: said(one.title) }))}
        chosen={chosenFamilies}
        onChange={setFamilies}
      />
      <Outcome problem={problem} pointers={pointers} network={network} saved={false} />
      <p class="buttons">
        <button type="submit" class="button primary" aria-disabled={busy}>
          {busy ? t.task.saving : word}
        </button>
        <button type="button" class="button" onClick={onCancel}>
          {t.task.cancel}
        </button>
      </p>
    </form>
  )
}

interface ChoicesProps {
  title: string
  values: { key: string; word: string }[]
  chosen: string[]
  onChange: (chosen: string[]) => void
}

/** What is told, to be ticked; folded, since most want all. */
function Choices({ title, values, chosen, onChange }: ChoicesProps) {
  const t = words().webhooks
  return (
    <details class="roles-explained">
      <summary>
        {title}: {chosen.length === 0 ? t.all : t.some(chosen.length, values.length)}
      </summary>
      <fieldset class="choices">
        <legend class="hint">{t.filterHint}</legend>
        {values.map(({ key, word }) => (
          <label key={key} class="choice-line">
            <input
              type="checkbox"
              checked={chosen.includes(key)}
              onChange={() =>
                onChange(chosen.includes(key) ? chosen.filter(one => one !== key) : [...chosen, key])
              }
            />
            <span>{capital(word)}</span>
          </label>
        ))}
      </fieldset>
    </details>
  )
}

function capital(text: string): string {
  return text.charAt(0).toLocaleUpperCase('vi') + text.slice(1)
}
