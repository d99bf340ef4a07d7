import { useRef } from 'preact/hooks'
import type { Milestone, Timeline } from '../api/names'
import { useNarrow } from '../shell/narrow'
import { address, go } from '../state/address'
import { words } from '../text/words'

/**
 * Whether what comes from above is shown: as chosen, else where there is room for it beside the place's own work,
 * where it is little, or where one came for some of it.
 */
export function useBand({ area }: Timeline): boolean {
  const { above, milestone } = address.value
  const narrow = useNarrow()
  const cameFor = useRef(false)
  if (milestone?.includes(':')) cameFor.current = true
  return above ?? (!narrow || cameFor.current || area.level === 'national' || area.level === 'province')
}

/** Opens and closes the band; closed, too, it says how much is in it and how much of that is to come. */
export function BandToggle({ items, open }: { items: Milestone[]; open: boolean }) {
  const t = words().chart
  const live = items.filter(isLive).length
  return (
    <button
      type="button"
      class="band-toggle"
      aria-expanded={open}
      onClick={() => go({ above: !open }, { replace: true })}
    >
      <span>
        {t.above} ({items.length}
        {live > 0 && <>, {t.aboveLive(live)}</>}) <small>{t.aboveHint}</small>
      </span>
    </button>
  )
}

function isLive({ timing }: Milestone): boolean {
  return ['overdue', 'behind_plan', 'due_soon', 'running', 'upcoming'].includes(timing)
}
