import type { Matrix } from '../api/names'
import { doneText } from '../matrix/grid'
import { Icon, ToneIcon } from '../shell/icon'
import { Link } from '../shell/link'
import type { Tone } from '../text/status'
import { count, words } from '../text/words'
import { listBehind } from './behind'
import type { ListState } from './choice'

function raised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** "Báo cáo 60, xác nhận 55 trên 63 · 3 trễ · 5 sắp đến hạn", each count a way to the list behind it. */
export function Totals({ matrix }: { matrix: Matrix }) {
  const t = words().matrix
  const { totals } = matrix
  const pressing: [ListState, Tone, number, string][] = [
    ['overdue', 'overdue', totals.overdue, t.late(count(totals.overdue))],
    ['behind_plan', 'behind', totals.behind_plan, t.behindPlan(count(totals.behind_plan))],
    ['due_soon', 'soon', totals.due_soon, t.soon(count(totals.due_soon))],
  ]
  const to = (state: ListState) => listBehind({ area: matrix.area.code, family: null, whole: true }, state)
  return (
    <p class="matrix-totals">
      <Link to={to('open')} class={totals.confirmed > 0 ? 'totals-confirmed' : ''}>
        {totals.confirmed > 0 ? (
          <>
            <Icon name="confirmed" />
            {raised(doneText(totals))}
          </>
        ) : (
          t.totals(count(totals.done), count(totals.total))
        )}
      </Link>
      {pressing
        .filter(([, , n]) => n > 0)
        .map(([state, tone, , text]) => (
          <>
            <span aria-hidden="true">·</span>
            <Link key={state} class={`late-link tone-${tone}`} to={to(state)}>
              <ToneIcon tone={tone} />
              {text}
            </Link>
          </>
        ))}
    </p>
  )
}
