import { useState } from 'preact/hooks'
import type { DeadlineList, DeadlineRow, Timeline } from '../api/names'
import { address, go } from '../state/address'
import { count, words } from '../text/words'
import { BulkDialog } from './bulkdialog'
import type { Deed } from './deed'
import { offered } from './offered'
import { asNow, changedSince, setTicks, type Ticks, tickedCount } from './ticks'

interface BarProps {
  timeline: Timeline
  /** The first page of the list. */
  list: DeadlineList
  rows: DeadlineRow[]
  ticks: Ticks
  /** The whole name of the place. */
  whole: string
}

/** How many rows are ticked, and what can be done with them; it stays in sight while the list is gone through. */
export function BulkBar({ timeline, list, rows, ticks, whole }: BarProps) {
  const t = words().bulk
  const { list: choices } = address.value
  const [deed, setDeed] = useState<Deed | null>(null)
  const n = tickedCount(ticks, list.total)
  const allThere = rows.length === list.total
  const changed = changedSince(ticks, rows, allThere)
  const clear = () => {
    setTicks({ list: ticks.list, whole: false, rows: new Map() })
    if (choices.tick) go({ list: { ...choices, tick: null } }, { replace: true })
  }
  const close = () => {
    setDeed(null)
    // The bar may be gone with the last tick: what is next is the list.
    setTimeout(() => {
      if (document.activeElement === document.body)
        document.querySelector<HTMLElement>('.list-table [data-row][tabindex="0"]')?.focus()
    })
  }
  const deeds: [Deed, boolean][] = [
    ['report', offered('report', timeline, rows)],
    ['plan', offered('report', timeline, rows)],
    ['confirm', offered('confirm', timeline, rows)],
    ['return', offered('confirm', timeline, rows)],
  ]
  // What is done is there to be confirmed.
  const usual = choices.state === 'done' && offered('confirm', timeline, rows) ? 'confirm' : 'report'
  const everything = ticks.whole && ticks.rows.size === 0
  return (
    <>
      <p class="only-read" role="status">
        {n > 0 && t.ticked(count(n))}
      </p>
      {n > 0 && (
        <section class="bulk-bar" aria-label={t.bar}>
          <p class="bulk-count">
            <strong>{t.ticked(count(n))}</strong>
            {everything && <small>{t.everything}</small>}
            {!ticks.whole && n < list.total && n >= Math.min(rows.length, list.total) && (
              <button
                type="button"
                class="link-button"
                onClick={() => setTicks({ list: ticks.list, whole: true, rows: new Map() })}
              >
                {t.tickWhole(count(list.total))}
              </button>
            )}
          </p>
          {changed.length > 0 && (
            <p class="bulk-changed">
              <span>{t.changed(count(changed.length))}</span>
              <button type="button" class="link-button" onClick={() => setTicks(asNow(ticks, changed, rows))}>
                {t.asNow}
              </button>
            </p>
          )}
          <div class="buttons">
            {deeds
              .filter(([, offered]) => offered)
              .map(([one]) => (
                <button
                  key={one}
                  type="button"
                  class={one === usual ? 'button primary' : 'button'}
                  aria-haspopup="dialog"
                  onClick={() => setDeed(one)}
                >
                  {t.deeds[one]}
                </button>
              ))}
            <button type="button" class="button" onClick={clear}>
              {t.clear}
            </button>
          </div>
        </section>
      )}
      {deed && (
        <BulkDialog deed={deed} timeline={timeline} ticks={ticks} n={n} place={whole} onClose={close} />
      )}
    </>
  )
}
