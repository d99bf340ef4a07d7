import { useEffect, useRef } from 'preact/hooks'
import type { Matrix, Timeline } from '../api/names'
import { Failure, Skeleton } from '../shell/state'
import { address, go } from '../state/address'
import { matrixCell } from '../state/election'
import { useRefresh } from '../state/refresh'
import { words } from '../text/words'
import { isNarrowed, nothingChosen } from './choice'
import { Filters } from './filters'
import { openPhases, totalsText } from './grid'
import { Grid } from './table'

/** The places directly below one place, against what the election asks of them. */
export function MatrixView({ timeline, name }: { timeline: Timeline; name: string }) {
  const t = words()
  const { asOf, knownAt, matrix: choices } = address.value
  const cell = matrixCell(timeline.election.id, timeline.area.code, asOf, choices)
  useRefresh(cell)
  const known = cell.known.value
  // What the drawer changes shows here at once.
  const { revision } = timeline
  const seen = useRef(revision)
  useEffect(() => {
    if (seen.current !== revision) void cell.refresh()
    seen.current = revision
  }, [cell, revision])
  const last = useRef<Matrix | null>(null)
  if (known.data) last.current = known.data
  const matrix = known.data ?? (known.problem || known.unreachable ? null : last.current)
  if (timeline.area.children === 0) return <p class="empty">{t.matrix.none}</p>
  if (!matrix) {
    if (!known.problem && !known.unreachable) return <Skeleton lines={10} />
    return (
      <Failure
        problem={known.problem}
        unreachable={known.unreachable}
        notFound={t.error.placeGone(timeline.area.code)}
        onRetry={() => void cell.refresh()}
      />
    )
  }
  const open = openPhases(matrix, choices.phases)
  const empty = matrix.rows.code.length === 0 || matrix.columns.length === 0
  return (
    <div class="matrix" aria-busy={known.data === null}>
      <Filters matrix={matrix} open={open} />
      {knownAt && <p class="remark">{t.matrix.happenedOnly}</p>}
      <p class="matrix-totals">{totalsText(matrix.totals)}</p>
      {empty ? (
        <div class="empty">
          <p>{isNarrowed(choices) ? t.matrix.noMatch : t.matrix.none}</p>
          {isNarrowed(choices) && (
            <button
              type="button"
              class="button"
              onClick={() => go({ matrix: { ...nothingChosen, sort: choices.sort } })}
            >
              {t.matrix.clear}
            </button>
          )}
        </div>
      ) : (
        <Grid matrix={matrix} open={open} name={name} />
      )}
    </div>
  )
}
