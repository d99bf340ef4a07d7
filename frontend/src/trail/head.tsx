import { useState } from 'preact/hooks'
import { dayHeads } from '../api/trail'
import { cellOf } from '../state/cell'
import { shortDay } from '../text/date'
import { words } from '../text/words'

/** Where the log stood at the end of the last day on which something was recorded, to be kept elsewhere. */
export function LastHead({ election }: { election: string }) {
  const t = words()
  const [said, setSaid] = useState<string | null>(null)
  const last = cellOf(`day heads ${election}`, tag => dayHeads(election, tag)).known.value.data?.items[0]
  if (!last) return null
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(last.known)
      setSaid(t.once.copied)
    } catch {
      // Without leave to write the clipboard one copies by hand.
      const field = document.getElementById('trail-known')
      if (field) getSelection()?.selectAllChildren(field)
      setSaid(t.once.byHand)
    }
  }
  return (
    <div class="trail-head">
      <p>
        {t.trail.head(shortDay(last.day))}: <code id="trail-known">{last.known}</code>
      </p>
      <div class="buttons">
        <button type="button" class="button small" onClick={() => void copy()}>
          {t.trail.copyHead}
        </button>
        <span class="good" role="status">
          {said}
        </span>
      </div>
      <p class="hint">{t.trail.headAbout}</p>
    </div>
  )
}
