import { useEffect, useState } from 'preact/hooks'
import type { DeadlineList, DeadlineRow } from '../api/names'
import { count, words } from '../text/words'
import { isLate, messageOf } from './rows'

interface Props {
  list: DeadlineList
  rows: DeadlineRow[]
  place: string
}

/** Copies the late rows that are shown as plain text, for a message. */
export function CopyLate({ list, rows, place }: Props) {
  const t = words().deadlines
  const [said, setSaid] = useState<string | null>(null)
  const [byHand, setByHand] = useState<string | null>(null)
  const late = rows.filter(isLate).length
  useEffect(() => {
    setSaid(null)
    setByHand(null)
  }, [list])
  if (late === 0) return null
  const copy = async () => {
    const text = messageOf(list, rows, place, location.href)
    try {
      await navigator.clipboard.writeText(text)
      setByHand(null)
      setSaid(t.copied(count(late)))
    } catch {
      setSaid(null)
      setByHand(text)
    }
  }
  return (
    <div class="list-copy">
      <button type="button" class="button small" onClick={() => void copy()}>
        {t.copy}
      </button>
      <p class="good" role="status">
        {said}
      </p>
      {byHand !== null && (
        <label>
          {t.copyByHand}
          <textarea readOnly rows={6} value={byHand} onFocus={event => event.currentTarget.select()} />
        </label>
      )}
    </div>
  )
}
