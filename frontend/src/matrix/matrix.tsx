import { useEffect, useRef } from 'preact/hooks'
import type { Matrix, Timeline } from '../api/names'
import { Totals } from '../list/totals'
import { Failure, Skeleton } from '../shell/state'
import { address, type Density, go } from '../state/address'
import { matrixCell, openBelow } from '../state/election'
import { useLiveRefresh } from '../state/refresh'
import { words } from '../text/words'
import { narrowings, nothingChosen } from './choice'
import { ColumnChoice, Filters } from './filters'
import { Grid } from './table'

interface MatrixProps {
  timeline: Timeline
  name: string
  density: Density
  narrow: boolean
}

/** The places directly below one place, against what the election asks of them. */
export function MatrixView({ timeline, name, density, narrow }: MatrixProps) {
  const t = words()
  const { asOf, knownAt, matrix: choices } = address.value
  const cell = matrixCell(timeline.election.id, timeline.area.code, asOf, choices)
  useLiveRefresh(cell)
  const known = cell.known.value
  // What the drawer changes shows here at once.
  const revision = Math.max(timeline.revision, openBelow(timeline)?.known.value.data?.revision ?? 0)
  const seen = useRef(revision)
  useEffect(() => {
    if (seen.current !== revision) void cell.refresh()
    seen.current = revision
  }, [cell, revision])
  // A phase that this election does not have, as in an old link, is as if nothing were said.
  const unknown = known.problem?.code === 'phase-unknown'
  useEffect(() => {
    if (unknown) go({ matrix: { ...address.peek().matrix, phases: [] } }, { replace: true })
  }, [unknown])
  const last = useRef<Matrix | null>(null)
  const of = useRef(cell)
  if (known.data) {
    last.current = known.data
    of.current = cell
  }
  const failed = (known.problem && !unknown) || known.unreachable
  const matrix = known.data ?? (failed ? null : last.current)
  if (timeline.area.children === 0) return <p class="empty">{t.matrix.none}</p>
  if (!matrix) {
    if (!failed) return <Skeleton lines={10} />
    return (
      <Failure
        problem={known.problem}
        unreachable={known.unreachable}
        notFound={t.error.placeGone(timeline.area.code)}
        onRetry={() => void cell.refresh()}
      />
    )
  }
  const empty = matrix.rows.code.length === 0 || matrix.phases.length === 0
  const narrowed = narrowings(choices) > 0
  return (
    <div class={`matrix matrix-${narrow ? 'one' : density}`} aria-busy={known.data === null}>
      <div class="matrix-head">
        {narrow && <ColumnChoice matrix={matrix} />}
        <Filters matrix={matrix} />
        <Totals matrix={matrix} />
      </div>
      {knownAt && <p class="remark">{t.matrix.happenedOnly}</p>}
      {empty ? (
        <div class="empty">
          <p>{narrowed ? t.matrix.noMatch : t.matrix.none}</p>
          {narrowed && (
            <button
              type="button"
              class="button"
              onClick={() => go({ matrix: { ...nothingChosen, sort: choices.sort, phases: choices.phases } })}
            >
              {t.matrix.clear}
            </button>
          )}
        </div>
      ) : (
        <Grid matrix={matrix} of={of.current} name={name} density={density} narrow={narrow} />
      )}
    </div>
  )
}
