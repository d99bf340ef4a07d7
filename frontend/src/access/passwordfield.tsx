import { useId } from 'preact/hooks'
import { Message } from '../shell/field'
import { words } from '../text/words'

interface Props {
  label: string
  hint?: string
  value: string
  wrong: string | null
  /** For the browser's keeper of passwords. */
  fills: 'current-password' | 'new-password'
  shown: boolean
  /** Turns hiding and showing; where another field does it, none. */
  onShow?: (shown: boolean) => void
  onInput: (value: string) => void
}

/** A password: hidden unless one wants to see it. */
export function PasswordField({ label, hint, value, wrong, fills, shown, onShow, onInput }: Props) {
  const t = words().password
  const id = useId()
  // Shown it is text: the same box in another form.
  const form = shown ? ({ type: 'text' } as const) : ({ type: 'password' } as const)
  const described = [hint ? `${id}-hint` : null, wrong ? `${id}-wrong` : null].filter(Boolean).join(' ')
  return (
    <div class={`field ${wrong ? 'field-wrong' : ''}`}>
      <label for={id}>{label}</label>
      {hint && (
        <span class="hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
      <div class={onShow ? 'password' : ''}>
        <input
          id={id}
          {...form}
          class="exact"
          value={value}
          autocomplete={fills}
          autocapitalize="none"
          spellcheck={false}
          maxLength={256}
          aria-invalid={wrong !== null}
          aria-describedby={described || undefined}
          onInput={event => onInput(event.currentTarget.value)}
        />
        {onShow && (
          <button type="button" class="button" onClick={() => onShow(!shown)}>
            {shown ? t.hide : t.show}
          </button>
        )}
      </div>
      <Message id={`${id}-wrong`} text={wrong} />
    </div>
  )
}
