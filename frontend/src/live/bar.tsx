import { useRef } from 'preact/hooks'
import { words } from '../text/words'
import { announced } from './live'
import { toOrder } from './steady'
import { summaryText } from './summary'

/**
 * What others have changed, said politely, and the way to the order that rows have by now. It lies over the foot of the
 * page, so that nothing moves when it comes and goes.
 */
export function LiveBar() {
  const t = words().live
  const summary = announced.value
  const put = toOrder.value
  const before = useRef<Element | null>(null)
  return (
    <aside class="live-bar" aria-label={t.title}>
      <p class="live-news" role="status">
        {summary && summaryText(summary)}
      </p>
      {put && (
        <div class="live-order">
          <span>{t.newOrder}</span>
          <button
            type="button"
            class="button small"
            onFocus={event => {
              before.current = event.relatedTarget as Element | null
            }}
            onClick={() => {
              put()
              giveBack(before.current)
            }}
          >
            {t.sort}
          </button>
        </div>
      )}
    </aside>
  )
}

/** The button goes: who had the focus before it gets it back. */
function giveBack(element: Element | null): void {
  const to = element instanceof HTMLElement && element.isConnected ? element : document.getElementById('main')
  to?.focus({ preventScroll: true })
}
