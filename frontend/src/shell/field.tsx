import { useId } from 'preact/hooks'

interface FieldProps {
  label: string
  hint?: string
  value: string
  wrong: string | null
  long?: boolean
  day?: boolean
  /** What a browser may fill in: "username", "name" … */
  fills?: string
  /** Names and secrets are typed as they are: no capitals, no corrections. */
  exact?: boolean
  /** Which keys a phone shows. */
  keys?: 'text' | 'numeric' | 'email'
  onInput: (value: string) => void
}

/** One line of a form: label, hint, what is typed, and what is wrong with it. */
export function Field(props: FieldProps) {
  const {
    label,
    hint,
    value,
    wrong,
    long = false,
    day = false,
    fills = 'off',
    exact = false,
    keys = day ? 'numeric' : 'text',
    onInput,
  } = props
  const id = useId()
  const described = [hint ? `${id}-hint` : null, wrong ? `${id}-wrong` : null].filter(Boolean).join(' ')
  const shared = {
    id,
    value,
    autocomplete: fills,
    ...(exact ? { autocapitalize: 'none' as const, spellcheck: false } : {}),
    'aria-invalid': wrong !== null,
    'aria-describedby': described || undefined,
  } as const
  return (
    <div class={`field ${wrong ? 'field-wrong' : ''}`}>
      <label for={id}>{label}</label>
      {hint && (
        <span class="hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
      {long ? (
        <textarea
          {...shared}
          rows={3}
          maxLength={1000}
          onInput={event => onInput(event.currentTarget.value)}
        />
      ) : (
        <input
          {...shared}
          type="text"
          class={day ? 'day-input' : ''}
          inputMode={keys}
          maxLength={500}
          onInput={event => onInput(event.currentTarget.value)}
        />
      )}
      <Message id={`${id}-wrong`} text={wrong} />
    </div>
  )
}

/** What is wrong, said at once. */
export function Message({ id, text }: { id: string; text: string | null }) {
  if (!text) return null
  return (
    <p class="wrong" id={id} role="alert">
      {text}
    </p>
  )
}
