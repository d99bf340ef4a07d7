import type { Timeline } from '../api/names'
import { ToneIcon } from '../shell/icon'
import { Link } from '../shell/link'
import { lateBelowCell } from '../state/election'
import { useLiveRefresh, useOwnChanges } from '../state/refresh'
import type { Tone } from '../text/status'
import { count, words } from '../text/words'
import { listBehind } from './behind'
import type { ListState } from './choice'

/** How much is late below a place, with the way to it; the law's limit and plans apart, each with its own sign. */
export function LateBelow({ timeline }: { timeline: Timeline }) {
  const t = words().deadlines
  const { area, election, as_of: asOf } = timeline
  const cell = lateBelowCell(election.id, area.code, asOf)
  useLiveRefresh(cell)
  useOwnChanges(cell)
  const counts = cell.known.value.data?.counts
  if (!counts || counts.overdue + counts.behind_plan === 0) return null
  const all: [ListState, Tone, number, string][] = [
    ['overdue', 'overdue', counts.overdue, t.belowOverdue(count(counts.overdue))],
    ['behind_plan', 'behind', counts.behind_plan, t.belowBehind(count(counts.behind_plan))],
  ]
  return (
    <p class="late-below">
      <span>{t.below}:</span>
      {all
        .filter(([, , n]) => n > 0)
        .map(([state, tone, , text]) => (
          <Link
            key={state}
            class={`late-link tone-${tone}`}
            to={listBehind({ area: area.code, family: null, whole: false }, state)}
          >
            <ToneIcon tone={tone} />
            {text}
          </Link>
        ))}
    </p>
  )
}
