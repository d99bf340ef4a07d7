import { type Signal, useSignal } from '@preact/signals'
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { somewhere } from '../access/session'
import type { Matrix } from '../api/names'
import { listBehind, stateBehind } from '../list/behind'
import { wholePhase } from '../list/choice'
import { paintCells } from '../live/marks'
import { address, type Density, go } from '../state/address'
import { arriving } from '../state/arrival'
import { longDay } from '../text/date'
import { words } from '../text/words'
import { BlockHead } from './columns'
import { cut, fitRows, type Stretch, stretches } from './fit'
import { contentOf, oneColumn, type Seen, seenColumns } from './grid'
import { RowLine } from './line'
import { type Row, selfKey } from './rows'
import { firstStop, leave, leftAt, type Stops, spotOf, stopAfter, stopsOf } from './spot'
import { StatusLine } from './status'
import { useSteadyMatrix } from './steady'

interface GridProps {
  matrix: Matrix
  /** What it is the answer to: with another question rows may stand in another order. */
  of: object
  name: string
  density: Density
  narrow: boolean
}

/** Above this many, only the rows in sight are in the document. */
const manyRows = 200
/** The height of every row where only some are there; the style sheet has the same. */
const fixedRow = 48

/** The table itself: one Tab stop, arrows from cell to cell. */
export function Grid({ matrix: fresh, of, name, density, narrow }: GridProps) {
  const t = words()
  const chosen = address.value.matrix.column
  const frame = useRef<HTMLDivElement>(null)
  const { matrix, rows } = useSteadyMatrix(fresh, of, name, frame)
  const columns = useMemo(
    () => (narrow ? [oneColumn(matrix, chosen)] : seenColumns(matrix)),
    [matrix, narrow, chosen],
  )
  const overview = density === 'overview' && !narrow
  const mayTick = !matrix.as_of && (somewhere('report') || somewhere('confirm'))
  const stops = useMemo(() => stopsOf(rows, columns, !narrow, mayTick), [rows, columns, narrow, mayTick])
  const pointed = useSignal('')
  const turn = useTurn(frame, stops, `${matrix.election.id} ${matrix.area.code}`)
  const room = useRoom(frame, overview)
  const layout = overview ? fitRows(rows.length, columns.length, room) : { blocks: 1, rowHeight: fixedRow }
  const many = layout.blocks > 1
  const virtual = rows.length > manyRows && !many
  const rowHeight = virtual && !overview ? fixedRow : layout.rowHeight
  const sight = useSight(frame, virtual)
  const focusedRow = (spotOf(stops, turn.now)?.row ?? 0) - stops.heads
  const part = virtual ? stretches(rows.length, rowHeight, sight, focusedRow) : null
  useLayoutEffect(() => (frame.current ? paintCells(frame.current) : undefined))
  const goTo = (at: string) => {
    // Its row may not be in the document yet.
    if (!turn.to(at) && virtual) turn.await(at)
  }
  return (
    <>
      <a class="skip" href="#after-matrix">
        {t.skipChart}
      </a>
      <p class="only-read" id="matrix-keys">
        {t.matrix.keys}
      </p>
      <StatusLine pointed={pointed} />
      <p class="matrix-caption" id="matrix-caption">
        {t.matrix.caption(name, longDay(matrix.day))}
      </p>
      <div
        class={`matrix-frame ${many ? 'matrix-blocks' : ''} ${virtual ? 'matrix-virtual' : ''}`}
        ref={frame}
        style={overview ? { '--row': `${rowHeight}px`, '--blocks': String(layout.blocks) } : {}}
        {...(many ? gridRole(rows, columns, narrow) : {})}
        onKeyDown={event => onKey(event, stops, goTo)}
        onClick={event => onOpen(event, columns, rows, matrix)}
        onFocusIn={event => {
          const stop = stopElement(event)
          if (!stop) return
          turn.take(stop)
          pointed.value = said(stop)
        }}
        onPointerOver={event => point(event, pointed)}
        onPointerLeave={() => {
          pointed.value = ''
        }}
      >
        {cut(rows, layout.blocks).map((block, at, all) => (
          <table
            key={at}
            class="matrix-table"
            {...(many ? { role: 'presentation' } : gridRole(rows, columns, narrow))}
          >
            <BlockHead
              matrix={matrix}
              columns={columns}
              narrow={narrow}
              first={at === 0}
              turn={turn.now}
              short={overview}
              mayTick={mayTick}
            />
            <tbody role="rowgroup">
              {part ? (
                <Parts part={part} columns={columns.length}>
                  {stretch => lines(rows.slice(stretch.from, stretch.to), stretch.from)}
                </Parts>
              ) : (
                lines(block, at * (all[0]?.length ?? 0))
              )}
            </tbody>
          </table>
        ))}
      </div>
      <span id="after-matrix" tabIndex={-1} />
    </>
  )

  function lines(some: Row[], from: number) {
    return some.map((row, at) => (
      <RowLine
        key={row.key}
        matrix={matrix}
        columns={columns}
        row={row}
        index={from + at + Math.min(stops.heads, 2) + 1}
        turn={turn.now}
        short={overview}
      />
    ))
  }
}

function gridRole(rows: Row[], columns: Seen[], narrow: boolean) {
  return {
    role: 'grid',
    'aria-labelledby': 'matrix-caption',
    'aria-describedby': 'matrix-keys',
    'aria-rowcount': rows.length + (narrow ? 1 : 2),
    'aria-colcount': columns.length + 1,
  } as const
}

interface PartsProps {
  part: { shown: Stretch[]; after: number }
  columns: number
  children: (stretch: Stretch) => preact.ComponentChild
}

/** Rows with gaps in the place of those that are not there. */
function Parts({ part, columns, children }: PartsProps) {
  const gap = (height: number) =>
    height > 0 && (
      // biome-ignore lint/a11y/noAriaHiddenOnFocusable: nothing in it takes the focus
      <tr class="matrix-gap" aria-hidden="true">
        <td colSpan={columns + 1} style={{ height: `${height}px` }} />
      </tr>
    )
  return (
    <>
      {part.shown.map(stretch => (
        <>
          {gap(stretch.gap)}
          {children(stretch)}
        </>
      ))}
      {gap(part.after)}
    </>
  )
}

function stopElement(event: Event): HTMLElement | null {
  return (event.target as HTMLElement | null)?.closest<HTMLElement>('[data-at]') ?? null
}

/** What a stop says, in full. */
function said(stop: HTMLElement): string {
  const label = stop.getAttribute('aria-label')
  return label ?? [...stop.childNodes].map(part => part.textContent).join(' ')
}

function point(event: Event, pointed: Signal<string>): void {
  const stop = stopElement(event)
  if (stop) pointed.value = said(stop)
}

/** Which cell the Tab key reaches, and how it moves. It changes nothing that is drawn: thousands of cells stay as they are. */
interface Turn {
  now: string
  /** Moves the focus; false where the stop is not in the document. */
  to: (at: string) => boolean
  /** Takes the Tab stop to where the focus has gone. */
  take: (stop: HTMLElement) => void
  /** Moves the focus once the stop is there. */
  await: (at: string) => void
}

function useTurn(frame: { current: HTMLDivElement | null }, stops: Stops, where: string): Turn {
  const at = useRef(leftAt(where)?.at ?? '')
  const awaited = useRef<string | null>(null)
  const [, drawAgain] = useState(0)
  const place = useRef(where)
  if (place.current !== where) {
    place.current = where
    at.current = leftAt(where)?.at ?? ''
  }
  if (!spotOf(stops, at.current)) at.current = firstStop(stops)
  const find = (stop: string) => frame.current?.querySelector<HTMLElement>(`[data-at="${CSS.escape(stop)}"]`)
  const to = (stop: string) => {
    const element = find(stop)
    element?.focus()
    element?.scrollIntoView?.({ block: 'nearest', inline: 'nearest' })
    return !!element
  }
  useLayoutEffect(() => {
    if (awaited.current && to(awaited.current)) awaited.current = null
  })
  useLayoutEffect(() => {
    const box = frame.current
    if (!box) return
    const before = leftAt(where)
    if (before) {
      box.scrollTo?.({ left: before.x, top: before.y })
      // After a drawer that closed with the page before has given its focus back.
      setTimeout(() => {
        const { activeElement: active } = document
        const free = !active || active === document.body || active.id === 'main'
        if (free) find(before.at)?.focus({ preventScroll: true })
      })
    }
    const keep = () => leave(where, { at: at.current, x: box.scrollLeft, y: box.scrollTop })
    addEventListener('pagehide', keep)
    return () => {
      removeEventListener('pagehide', keep)
      keep()
    }
  }, [where])
  return {
    now: at.current,
    to,
    take: stop => {
      const next = stop.dataset.at ?? ''
      if (next === at.current) return
      const last = find(at.current)
      if (last) last.tabIndex = -1
      stop.tabIndex = 0
      at.current = next
    },
    await: stop => {
      at.current = stop
      awaited.current = stop
      drawAgain(n => n + 1)
    },
  }
}

/** The room for rows below the headers, to the foot of the window. */
function useRoom(frame: { current: HTMLDivElement | null }, wanted: boolean) {
  const [room, setRoom] = useState({ width: 1200, height: 600 })
  useLayoutEffect(() => {
    const box = frame.current
    if (!box || !wanted) return
    const measure = () => {
      const { top, width } = box.getBoundingClientRect()
      const height = Math.floor(innerHeight - top - scrollY - headHeight - foot)
      setRoom(before =>
        before.width === width && before.height === height ? before : { width: Math.floor(width), height },
      )
    }
    measure()
    addEventListener('resize', measure)
    const observer = typeof ResizeObserver === 'undefined' ? null : new ResizeObserver(measure)
    observer?.observe(document.body)
    return () => {
      removeEventListener('resize', measure)
      observer?.disconnect()
    }
  }, [wanted])
  return room
}

/** Pixels of the headers in the overview, as the style sheet has them, and of what is left free below. */
const headHeight = 112
const foot = 8

/** What of a long table is in sight. */
function useSight(frame: { current: HTMLDivElement | null }, wanted: boolean) {
  const [sight, setSight] = useState({ top: 0, height: 800 })
  useLayoutEffect(() => {
    const box = frame.current
    if (!box || !wanted) return
    const look = () => setSight({ top: box.scrollTop, height: box.clientHeight || 800 })
    look()
    box.addEventListener('scroll', look, { passive: true })
    return () => box.removeEventListener('scroll', look)
  }, [wanted])
  return sight
}

function onKey(event: KeyboardEvent, stops: Stops, goTo: (at: string) => void): void {
  const stop = stopElement(event)
  if (!stop || event.altKey || event.metaKey) return
  if (event.key === 'Enter' || event.key === ' ') {
    // Links and buttons open by themselves.
    if (stop.tagName !== 'TD') return
    event.preventDefault()
    stop.dispatchEvent(new MouseEvent('click', { bubbles: true, shiftKey: event.shiftKey }))
    return
  }
  const to = stopAfter(stops, stop.dataset.at ?? '', event.key, event.ctrlKey)
  if (to === null) return
  event.preventDefault()
  goTo(to)
}

function onOpen(event: MouseEvent, columns: Seen[], rows: Row[], matrix: Matrix): void {
  const cell = (event.target as HTMLElement).closest<HTMLElement>('td[data-at]')
  const [rowKey, columnKey] = cell?.dataset.at?.split(' ') ?? []
  const row = rows.find(one => one.key === rowKey)
  const seen = columns.find(one => one.key === columnKey)
  const counts = event.shiftKey || (event.target as HTMLElement).closest('.matrix-below') !== null
  if (row && seen) follow(matrix, seen, row, counts)
}

/** What Enter on a cell does: its own milestone, else the list behind its counts, which is also that of the counts alone. */
function follow(matrix: Matrix, seen: Seen, row: Row, counts: boolean): void {
  const { own, below, whole } = contentOf(matrix, seen, row.at)
  if (!own && below.total === 0) return
  const choices = address.value.matrix
  const phase = seen.phase?.key
  if (own?.id && !(counts && below.total > 0)) {
    // The drawer opens over the matrix, so that Esc leads back to this very cell.
    go({ milestone: row.key === selfKey ? own.id : `${row.key}:${own.id}` })
    return
  }
  const area = row.at === 'self' ? matrix.area.code : row.key
  if (below.total > 0) {
    const family = seen.column ? seen.key : phase ? wholePhase(phase) : null
    go(listBehind({ area, family, whole }, stateBehind(below)))
  } else if (row.at === 'self') {
    const phases = phase && !choices.phases.includes(phase) ? [...choices.phases, phase] : choices.phases
    go({ matrix: { ...choices, phases } }, { replace: true })
    return
  } else {
    go({ area, view: null, phase: phase ?? null })
  }
  scrollTo({ top: 0 })
  arriving.value = area
}
