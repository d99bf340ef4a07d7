import type { Matrix, MatrixPhase } from '../api/names'
import { listBehind } from '../list/behind'
import { listBegins } from '../list/choice'
import { Icon } from '../shell/icon'
import { Link } from '../shell/link'
import { type Address, address, go } from '../state/address'
import { shortDay } from '../text/date'
import { said, words } from '../text/words'
import { columnTitle, type Seen } from './grid'
import { headStop, tickStop } from './spot'

interface HeadProps {
  matrix: Matrix
  columns: Seen[]
  narrow: boolean
  /** Whether it is the first of the blocks: the headers of the others only repeat it for the eye. */
  first: boolean
  /** The stop that Tab reaches. */
  turn: string
  /** As few letters as possible. */
  short: boolean
  /** Whether a column can be chosen as a whole. */
  mayTick: boolean
}

/** The headers of a block. */
export function BlockHead({ matrix, columns, narrow, first, turn, short, mayTick }: HeadProps) {
  const t = words()
  const families = !narrow && columns.some(seen => seen.column)
  const corner = (
    <th role="columnheader" scope="col" rowSpan={families ? 2 : 1} class="matrix-corner">
      {t.matrix.place}
    </th>
  )
  if (narrow) {
    return (
      <thead role="rowgroup">
        <tr role="row" aria-rowindex={1}>
          {corner}
          {columns.map(seen => (
            <Family key={seen.key} seen={seen} />
          ))}
        </tr>
      </thead>
    )
  }
  return (
    <thead role="rowgroup" aria-hidden={first ? undefined : true}>
      <tr role="row" aria-rowindex={1}>
        {corner}
        {matrix.phases.map(phase => (
          <PhaseHead
            key={phase.key}
            phase={phase}
            live={first}
            turn={turn}
            short={short}
            span={families ? 2 : 1}
          />
        ))}
      </tr>
      {families && (
        <tr role="row" aria-rowindex={2}>
          {columns
            .filter(seen => seen.column)
            .map(seen => (
              <Family key={seen.key} seen={seen} matrix={first && mayTick ? matrix : null} turn={turn} />
            ))}
        </tr>
      )}
    </thead>
  )
}

/** The name of a column; where it can be chosen as a whole, the way to its list with everything ticked. */
function Family({ seen, matrix = null, turn = '' }: { seen: Seen; matrix?: Matrix | null; turn?: string }) {
  const { latest_on: latest } = seen.column ?? {}
  const title = columnTitle(seen)
  const at = tickStop(seen.key)
  return (
    <th role="columnheader" scope="col" class="matrix-family">
      {matrix ? (
        <Link
          to={tickedColumn(matrix, seen.key)}
          class="matrix-column"
          title={words().bulk.tickColumn(title)}
          aria-label={words().bulk.tickColumn(title)}
          data-at={at}
          tabIndex={at === turn ? 0 : -1}
        >
          {title}
        </Link>
      ) : (
        <span>{title}</span>
      )}
      {latest && <small>{words().dates.limit(shortDay(latest))}</small>}
    </th>
  )
}

interface PhaseProps {
  phase: MatrixPhase
  live: boolean
  turn: string
  short: boolean
  /** Over how many rows of headers it stands where it is closed. */
  span: number
}

/** A phase: its name leads to the timeline, and the button below opens and closes it. */
function PhaseHead({ phase, live, turn, short, span }: PhaseProps) {
  const t = words().matrix
  const { open, key } = phase
  const title = said(phase.title)
  const stop = (head: 'time' | 'head') => {
    const at = headStop(head, key)
    return { 'data-at': at, tabIndex: at === turn ? 0 : -1 }
  }
  return (
    <th
      role="columnheader"
      scope={open ? 'colgroup' : 'col'}
      colSpan={open ? phase.count : 1}
      rowSpan={open ? 1 : span}
      class={open ? 'matrix-phase matrix-phase-open' : 'matrix-phase'}
    >
      {live ? (
        <div class="matrix-phase-in">
          <Link
            to={{ view: 'timeline', phase: key }}
            class="matrix-time"
            title={t.toTimeline(title)}
            {...stop('time')}
          >
            {title}
          </Link>
          <button
            type="button"
            aria-expanded={open}
            aria-label={(open ? t.closePhase : t.openPhase)(title, phase.families)}
            title={(open ? t.closePhase : t.openPhase)(title, phase.families)}
            onClick={() => toggle(key)}
            {...stop('head')}
          >
            <Icon name={open ? 'left' : 'right'} />
            <span>{short ? phase.families : t.families(phase.families)}</span>
          </button>
        </div>
      ) : (
        <div class="matrix-phase-in">
          <span class="matrix-time">{title}</span>
        </div>
      )}
      {/* Chromium leaves buttons out of the headers that it repeats on paper. */}
      <span class="print-only" aria-hidden="true">
        {title}
      </span>
    </th>
  )
}

/** The list of what is not done in a column, all of it ticked. */
function tickedColumn(matrix: Matrix, family: string): Partial<Address> {
  const behind = listBehind({ area: matrix.area.code, family, whole: true }, 'open')
  return { ...behind, list: { ...(behind.list ?? listBegins), tick: 'all' } }
}

/** Opens or closes a phase. */
export function toggle(phase: string): void {
  const choices = address.peek().matrix
  const phases = choices.phases.includes(phase)
    ? choices.phases.filter(key => key !== phase)
    : [...choices.phases, phase]
  go({ matrix: { ...choices, phases } }, { replace: true })
}
