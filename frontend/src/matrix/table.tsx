import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Matrix, MatrixPhase, MatrixSums } from '../api/names'
import { Icon, ToneIcon } from '../shell/icon'
import { Link } from '../shell/link'
import { address, defaultView, go } from '../state/address'
import { longDay, shortDay } from '../text/date'
import { said, words } from '../text/words'
import {
  cellName,
  contentOf,
  hasSelf,
  lateText,
  moveTo,
  ownText,
  phaseKey,
  type RowAt,
  type Seen,
  seenColumns,
  sumsText,
  toneOfCell,
  toneOfSums,
} from './grid'

const head = 'head'
const self = 'self'
const place = 'place'

/** Where one was in the matrix of a place, so that the back button leads to the same cell. */
const left = new Map<string, { at: string; x: number; y: number }>()

/** Forgets where one was; for tests. */
export function forgetSpots(): void {
  left.clear()
}

interface Row {
  key: string
  at: RowAt
  name: string
  level: string
  children: number
  sums: MatrixSums | null
}

function rowsOf(matrix: Matrix, name: string): Row[] {
  const { rows, area } = matrix
  const { lang } = address.value
  const own: Row[] = hasSelf(matrix)
    ? [{ key: self, at: self, name, level: area.level, children: area.children, sums: null }]
    : []
  const others = rows.code.map<Row>((code, at) => ({
    key: code,
    at,
    name: (lang === 'en' ? rows.name_en[at] || rows.short_name[at] : rows.short_name[at]) ?? code,
    level: rows.level[at] ?? '',
    children: rows.children[at] ?? 0,
    sums: {
      total: rows.total[at] ?? 0,
      done: rows.done[at] ?? 0,
      confirmed: rows.confirmed[at] ?? 0,
      overdue: rows.overdue[at] ?? 0,
      behind_plan: rows.behind_plan[at] ?? 0,
      due_soon: rows.due_soon[at] ?? 0,
    },
  }))
  return [...own, ...others]
}

/** The table itself: one Tab stop, arrows from cell to cell. */
export function Grid({ matrix, open, name }: { matrix: Matrix; open: readonly string[]; name: string }) {
  const t = words()
  const { lang } = address.value
  const frame = useRef<HTMLDivElement>(null)
  const openKeys = open.join('.')
  const columns = useMemo(() => seenColumns(matrix, openKeys.split('.')), [matrix, openKeys])
  const rows = useMemo(() => rowsOf(matrix, name), [matrix, name, lang])
  const spots = spotsOf(rows, columns)
  const [focused, setFocused] = useTurn(frame, `${matrix.election.id} ${matrix.area.code}`)
  const first = spots[1]?.[0] ?? ''
  const inTurn = focused && spots.some(row => row.includes(focused)) ? focused : first
  const stop = (at: string) => ({
    'data-at': at,
    tabIndex: at === inTurn ? 0 : -1,
    onFocus: () => setFocused(at),
  })
  return (
    <>
      <a class="skip" href="#after-matrix">
        {t.skipChart}
      </a>
      <p class="only-read" id="matrix-keys">
        {t.matrix.keys}
      </p>
      <div class="matrix-frame" ref={frame}>
        <table
          class="matrix-table"
          role="grid"
          aria-describedby="matrix-keys"
          onKeyDown={event => moveFocus(event, spots, columns)}
        >
          <caption>{t.matrix.caption(name, longDay(matrix.day))}</caption>
          <thead>
            <tr>
              <th scope="col" rowSpan={2} class="matrix-corner">
                {t.matrix.place}
              </th>
              {matrix.phases.map(phase => (
                <PhaseHead
                  key={phase.key}
                  phase={phase}
                  open={open}
                  stop={stop(`${head} ${phaseKey(phase)}`)}
                />
              ))}
            </tr>
            <tr>
              {columns
                .filter(seen => seen.column)
                .map(seen => (
                  <th key={seen.key} scope="col" class="matrix-family">
                    <span>{said(seen.column?.title ?? seen.phase.title)}</span>
                    {seen.column?.latest_on && (
                      <small>{t.dates.limit(shortDay(seen.column.latest_on))}</small>
                    )}
                  </th>
                ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(row => (
              <tr key={row.key} class={row.at === self ? 'matrix-self' : ''}>
                <RowHead row={row} stop={stop(`${row.key} ${place}`)} />
                {columns.map(seen => (
                  <Cell
                    key={seen.key}
                    matrix={matrix}
                    seen={seen}
                    row={row}
                    open={open}
                    stop={stop(`${row.key} ${seen.key}`)}
                  />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <span id="after-matrix" tabIndex={-1} />
    </>
  )
}

/** The names of all stops by row and column; a phase's header stands over all of its columns. */
function spotsOf(rows: Row[], columns: Seen[]): string[][] {
  const heads = ['', ...columns.map(seen => `${head} ${phaseKey(seen.phase)}`)]
  return [
    heads,
    ...rows.map(row => [place, ...columns.map(seen => seen.key)].map(col => `${row.key} ${col}`)),
  ]
}

/** Which cell the Tab key reaches; kept per place with the scroll position while one is elsewhere. */
function useTurn(
  frame: { current: HTMLDivElement | null },
  where: string,
): [string | null, (at: string) => void] {
  const [focused, setFocused] = useState(left.get(where)?.at ?? null)
  const now = useRef(focused)
  now.current = focused
  useLayoutEffect(() => {
    const box = frame.current
    const before = left.get(where)
    if (!box) return
    if (before) {
      box.scrollTo?.({ left: before.x, top: before.y })
      // After a drawer that closed with the page before has given its focus back.
      setTimeout(() => {
        const { activeElement: active } = document
        const free = !active || active === document.body || active.id === 'main'
        if (free) find(before.at)?.focus({ preventScroll: true })
      })
    }
    return () => {
      if (now.current) left.set(where, { at: now.current, x: box.scrollLeft, y: box.scrollTop })
    }
  }, [where])
  return [focused, setFocused]
}

function find(at: string): HTMLElement | null {
  return document.querySelector<HTMLElement>(`[data-at="${CSS.escape(at)}"]`)
}

function moveFocus(event: KeyboardEvent, spots: string[][], columns: Seen[]): void {
  const at = (event.target as HTMLElement).closest<HTMLElement>('[data-at]')?.dataset.at
  if (at === undefined || event.altKey || event.metaKey) return
  const row = spots.findIndex(line => line.includes(at))
  const col = spots[row]?.indexOf(at) ?? -1
  if (row < 0 || col < 0) return
  const phases = columns.map(seen => seen.phase.key)
  const starts = [0, ...phases.map(key => phases.indexOf(key) + 1)]
  const to = moveTo({ row, col }, event.key, event.ctrlKey, spots.length, starts)
  if (!to) return
  event.preventDefault()
  const next = find(spots[to.row]?.[to.col] ?? '')
  next?.focus()
  next?.scrollIntoView?.({ block: 'nearest', inline: 'nearest' })
}

interface Stop {
  'data-at': string
  tabIndex: number
  onFocus: () => void
}

function PhaseHead({ phase, open, stop }: { phase: MatrixPhase; open: readonly string[]; stop: Stop }) {
  const t = words().matrix
  const isOpen = open.includes(phase.key)
  const toggle = () => {
    const phases = isOpen ? open.filter(key => key !== phase.key) : [...open, phase.key]
    go({ matrix: { ...address.value.matrix, phases } }, { replace: true })
  }
  return (
    <th
      scope={isOpen ? 'colgroup' : 'col'}
      colSpan={isOpen ? phase.count : 1}
      rowSpan={isOpen ? 1 : 2}
      class={isOpen ? 'matrix-phase matrix-phase-open' : 'matrix-phase'}
    >
      <button
        type="button"
        aria-expanded={isOpen}
        title={isOpen ? t.closed : t.open}
        onClick={toggle}
        {...stop}
      >
        <Icon name={isOpen ? 'left' : 'right'} />
        <span>
          {said(phase.title)} <small>{t.families(phase.count)}</small>
        </span>
      </button>
      {/* Chromium leaves buttons out of the headers that it repeats on paper. */}
      <span class="print-only" aria-hidden="true">
        {said(phase.title)}
      </span>
    </th>
  )
}

function RowHead({ row, stop }: { row: Row; stop: Stop }) {
  if (row.at === self) {
    return (
      <th scope="row" {...stop}>
        <span class="matrix-place">{row.name}</span>
      </th>
    )
  }
  const { sums } = row
  return (
    <th scope="row">
      <Link class="matrix-place" to={{ area: row.key, view: null }} {...stop}>
        {row.name}
      </Link>
      {sums && sums.total > 0 && <small class={`tone-${toneOfSums(sums)}`}>{sumsText(sums)}</small>}
    </th>
  )
}

interface CellProps {
  matrix: Matrix
  seen: Seen
  row: Row
  open: readonly string[]
  stop: Stop
}

function Cell({ matrix, seen, row, open, stop }: CellProps) {
  const t = words().matrix
  const content = contentOf(matrix, seen, row.at)
  const { own, more, below } = content
  const tone = toneOfCell(content)
  const enter = () => tone && follow(seen, row, content, open)
  return (
    <td
      role="gridcell"
      class={tone ? `matrix-cell tone-${tone}` : 'matrix-cell matrix-none'}
      aria-label={cellName(content, row.name, seen)}
      data-row={row.at === self && own && seen.column ? own.id : undefined}
      onClick={enter}
      onKeyDown={event => {
        if (event.key !== 'Enter' && event.key !== ' ') return
        event.preventDefault()
        enter()
      }}
      {...stop}
    >
      {own && tone && (
        <span class="matrix-own">
          <ToneIcon tone={tone} />
          <span>
            {ownText(own)}
            {more > 0 && seen.column && <small> +{more}</small>}
          </span>
        </span>
      )}
      {below.total > 0 && (
        <span class={`${own ? 'matrix-below' : 'matrix-own'} tone-${toneOfSums(below)}`}>
          {(!own || below.overdue > 0) && <ToneIcon tone={toneOfSums(below)} />}
          <span>{own && seen.column ? t.below(lateText(below)[0] ?? sumsText(below)) : sumsText(below)}</span>
        </span>
      )}
      {!tone && <span>{words().dates.none}</span>}
    </td>
  )
}

/** What Enter on a cell does: its own milestone, else the places that it counts. */
function follow(seen: Seen, row: Row, { own }: ReturnType<typeof contentOf>, open: readonly string[]): void {
  const choices = address.value.matrix
  const phases = open.includes(seen.phase.key) ? choices.phases : [...open, seen.phase.key]
  if (row.at === self) {
    if (!seen.column) go({ matrix: { ...choices, phases } }, { replace: true })
    else if (own) go({ milestone: own.id })
    else go({ matrix: { ...choices, sort: 'lateness' } })
    return
  }
  const rollUp = row.children > 0 && (!own || !seen.column)
  if (rollUp) {
    const view = defaultView(row) === 'matrix' ? null : 'matrix'
    go({ area: row.key, view, matrix: { ...choices, phases: phases ?? open, sort: 'lateness' } })
  } else go({ area: row.key, view: null, ...(own ? { milestone: own.id } : {}) })
  scrollTo({ top: 0 })
}
