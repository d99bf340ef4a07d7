import type { Signal } from '@preact/signals'
import { ToneIcon } from '../shell/icon'
import type { Tone } from '../text/status'
import { words } from '../text/words'

/** What the cell under the pointer or with the focus says in full; else what the symbols mean. */
export function StatusLine({ pointed }: { pointed: Signal<string> }) {
  const t = words()
  const meanings: [Tone, string][] = [
    ['overdue', t.timing.overdue],
    ['behind', t.timing.behind_plan],
    ['soon', t.timing.due_soon],
    ['running', t.timing.running],
    ['upcoming', t.matrix.onItsWay],
    ['done', t.timing.done],
  ]
  return (
    <p class="matrix-status" aria-hidden="true">
      {pointed.value ||
        meanings.map(([tone, text]) => (
          <span key={tone} class={`matrix-meaning tone-${tone}`}>
            <ToneIcon tone={tone} />
            {text}
          </span>
        ))}
    </p>
  )
}
