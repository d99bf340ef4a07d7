import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { words } from '../text/words'

interface Props {
  label: string
  /** What is shown this once. */
  secret: string
  /** Who may see it, and until when. */
  hint: string
  /** It may be seen again, and does not take the focus. */
  quiet?: boolean
}

/** A secret that is shown once, with a button that copies it. */
export function Once({ label, secret, hint, quiet = false }: Props) {
  const t = words().once
  const id = useId()
  const field = useRef<HTMLTextAreaElement>(null)
  const [copied, setCopied] = useState<boolean | null>(null)
  useEffect(() => {
    if (!quiet) field.current?.focus()
  }, [quiet])
  useEffect(() => setCopied(null), [secret])
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(secret)
      setCopied(true)
    } catch {
      // Without leave to write the clipboard one copies by hand.
      field.current?.focus()
      field.current?.select()
      setCopied(false)
    }
  }
  return (
    <div class="once">
      <label for={id}>{label}</label>
      <textarea
        ref={field}
        id={id}
        class="exact"
        readOnly
        rows={2}
        spellcheck={false}
        value={secret}
        aria-describedby={`${id}-hint`}
        onFocus={event => event.currentTarget.select()}
      />
      <p class="buttons">
        <button type="button" class="button primary" onClick={() => void copy()}>
          {t.copy}
        </button>
        <span role="status" class={copied ? 'good' : undefined}>
          {copied === null ? '' : copied ? t.copied : t.byHand}
        </span>
      </p>
      <p class="hint" id={`${id}-hint`}>
        {hint}
      </p>
    </div>
  )
}
