import type { Matrix } from '../api/names'
import { listBehind, stateBehind } from '../list/behind'
import { ToneIcon } from '../shell/icon'
import { Link } from '../shell/link'
import { address } from '../state/address'
import { count, words } from '../text/words'
import {
  type Content,
  cellName,
  contentOf,
  lateText,
  ownText,
  type Seen,
  shortText,
  sumsText,
  toneOfCell,
  toneOfSums,
  wholeKey,
} from './grid'
import type { Row } from './rows'
import { placeKey, stopOf } from './spot'

interface LineProps {
  matrix: Matrix
  columns: Seen[]
  row: Row
  /** Its number in the whole grid, from 1. */
  index: number
  /** The stop that Tab reaches. */
  turn: string
  /** Symbols and numbers only; the full words are in the names of the cells. */
  short: boolean
}

/** A row: its place and its cells. */
export function RowLine({ matrix, columns, row, index, turn, short }: LineProps) {
  return (
    <tr role="row" aria-rowindex={index} class={row.at === 'self' ? 'matrix-self' : ''}>
      {/* What stands in the cell beside it is not said twice. */}
      <RowHead row={row} turn={turn} short={short} bare={columns[0]?.key === wholeKey} />
      {columns.map(seen => (
        <Cell key={seen.key} matrix={matrix} seen={seen} row={row} turn={turn} short={short} />
      ))}
    </tr>
  )
}

function stop(row: Row, col: string, turn: string) {
  const at = stopOf(row.key, col)
  return { 'data-at': at, tabIndex: at === turn ? 0 : -1 }
}

function RowHead({ row, turn, short, bare }: { row: Row; turn: string; short: boolean; bare: boolean }) {
  const { sums } = row
  const area = row.at === 'self' ? address.value.area : row.key
  const counts = sums.total > 0 && !bare && (
    <small class={`tone-${toneOfSums(sums)}`}>
      {sums.overdue > 0 && <ToneIcon tone="overdue" />}
      {!short && area && (
        <Link
          class="late-link"
          tabIndex={-1}
          to={listBehind({ area, family: null, whole: true }, stateBehind(sums))}
        >
          {sumsText(sums)}
        </Link>
      )}
    </small>
  )
  if (row.at === 'self') {
    return (
      <th role="rowheader" scope="row" {...stop(row, placeKey, turn)}>
        <span class="matrix-place">{row.name}</span>
        {counts}
      </th>
    )
  }
  return (
    <th role="rowheader" scope="row">
      <Link class="matrix-place" to={{ area: row.key }} {...stop(row, placeKey, turn)}>
        {short ? row.short : row.name}
      </Link>
      {counts}
    </th>
  )
}

interface CellProps {
  matrix: Matrix
  seen: Seen
  row: Row
  turn: string
  short: boolean
}

function Cell({ matrix, seen, row, turn, short }: CellProps) {
  const content = contentOf(matrix, seen, row.at)
  const { own, below } = content
  const tone = toneOfCell(content)
  return (
    <td
      role="gridcell"
      class={tone ? `matrix-cell tone-${tone}` : 'matrix-cell matrix-none'}
      aria-label={cellName(content, row.name, seen, row.children > 0)}
      data-row={own?.id ? (row.at === 'self' ? own.id : `${row.key}:${own.id}`) : undefined}
      data-counts={short && below.total > 0 ? `${count(below.done)}/${count(below.total)}` : undefined}
      {...stop(row, seen.key, turn)}
    >
      {short ? <Short content={content} /> : <Long content={content} />}
    </td>
  )
}

function Short({ content }: { content: Content }) {
  const tone = toneOfCell(content)
  if (!tone) return <span>·</span>
  const late = content.own && !content.whole && content.below.overdue > 0
  return (
    <span class="matrix-own">
      <ToneIcon tone={tone} />
      <span>{shortText(content)}</span>
      {/* Late children show on their parents, whatever stands there itself. */}
      {late && (
        <span class="matrix-below tone-overdue">
          <ToneIcon tone="overdue" />
          {count(content.below.overdue)}
        </span>
      )}
    </span>
  )
}

function Long({ content }: { content: Content }) {
  const t = words()
  const { more, below, whole } = content
  const tone = toneOfCell(content)
  // Of a whole phase the counts say all, the place's own part included.
  const own = whole && below.total > 0 ? null : content.own
  return (
    <>
      {own && tone && (
        <span class="matrix-own">
          <ToneIcon tone={tone} />
          <span>
            {ownText(own)}
            {more > 0 && <small> +{more}</small>}
          </span>
        </span>
      )}
      {below.total > 0 && (
        <span class={`${own ? 'matrix-below' : 'matrix-own'} tone-${toneOfSums(below)}`}>
          {(!own || below.overdue > 0) && <ToneIcon tone={toneOfSums(below)} />}
          <span>{own ? t.matrix.below(lateText(below)[0] ?? sumsText(below)) : sumsText(below)}</span>
        </span>
      )}
      {!tone && <span>{t.dates.none}</span>}
    </>
  )
}
