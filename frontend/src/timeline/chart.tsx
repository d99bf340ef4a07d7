import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Timeline } from '../api/names'
import { phaseKey } from '../matrix/grid'
import { Icon } from '../shell/icon'
import { Link } from '../shell/link'
import { address, type Density, defaultView, go, type Span, type Zoom } from '../state/address'
import { areaName, nameOf } from '../state/selection'
import { said, words } from '../text/words'
import { Axis, LineLabels, Lines } from './axis'
import { BandToggle, useBand } from './band'
import { beginOf, type Layout, layout, perDayFor, type Row, spanAt, xOf, zoomStep } from './layout'
import { noteWidth, RowView } from './row'

/** Pixels that the column of titles takes; the style sheet has the same. */
export const titleColumn = 420

interface ChartProps {
  timeline: Timeline
  name: string
  narrow: boolean
  density: Density
}

/** The timeline of a place: what comes from above, then its own milestones by phase. */
export function Chart({ timeline, name, narrow, density }: ChartProps) {
  const t = words().chart
  const { zoom: wanted, lang, phase } = address.value
  const above = useBand(timeline)
  const zoom = narrow ? 'all' : wanted
  const frame = useRef<HTMLDivElement>(null)
  const width = useWidth(frame, narrow)
  const given = useGiven()
  const perDay = given && perDayFor(given, width)
  const at = useMemo(
    () => layout(timeline, width, zoom, noteWidth, perDay),
    [timeline, width, zoom, lang, perDay],
  )
  const group = at.groups.find(one => one.phase.key === phase)
  const look = useLook(frame, at, zoom, given, group ? beginOf(group.rows) : null)
  useScrollToPhase(frame, phase)
  const own = timeline.area.code
  const names = [...(above ? at.above : []), ...at.groups.flatMap(group => group.rows)].map(row =>
    nameOf(row.milestone, own),
  )
  const [focused, setFocused] = useState<string | null>(null)
  const inTurn = focused && names.includes(focused) ? focused : (names[0] ?? null)

  const rowView = (row: Row, origin: string | null, place: string) => {
    const id = nameOf(row.milestone, own)
    return (
      <RowView
        key={id}
        row={row}
        at={at}
        name={id}
        place={place}
        origin={origin}
        inTurn={id === inTurn}
        open={address.value.milestone === id}
        onOpen={() => go({ milestone: id })}
        onFocus={() => setFocused(id)}
      />
    )
  }
  return (
    <>
      <a class="skip" href="#after-chart">
        {words().skipChart}
      </a>
      <p class="only-read" id="chart-keys">
        {t.keys}
      </p>
      <div
        class={`chart zoom-${zoom} density-${density}`}
        ref={frame}
        role="group"
        aria-label={t.label(name)}
        aria-describedby="chart-keys"
        onKeyDown={event => {
          if (!narrow && look.key(event)) event.preventDefault()
          else moveFocus(event, names)
        }}
      >
        <div class="chart-in" style={{ width: zoom === 'all' ? '100%' : `${titleColumn + at.width}px` }}>
          <div class="chart-head">
            <div class="chart-head-in">
              <div class="chart-corner">
                <span>{t.what}</span>
                <div class="chart-tools">
                  {zoom !== 'all' && at.shown && (
                    <button type="button" class="button" onClick={look.today}>
                      {at.shown.day === timeline.today ? t.today : t.asOfDay}
                    </button>
                  )}
                  <button
                    type="button"
                    class="button square"
                    aria-label={t.further}
                    title={t.further}
                    disabled={zoom === 'all'}
                    onClick={() => look.zoom(-1)}
                  >
                    <Icon name="minus" />
                  </button>
                  <button
                    type="button"
                    class="button square"
                    aria-label={t.nearer}
                    title={t.nearer}
                    disabled={zoom === 'day'}
                    onClick={() => look.zoom(1)}
                  >
                    <Icon name="plus" />
                  </button>
                </div>
              </div>
              <div class="chart-axis" aria-hidden="true">
                <Axis at={at} />
                <LineLabels at={at} today={timeline.today} />
              </div>
            </div>
          </div>
          <div class="chart-rows">
            <div class="chart-rows-in">
              <Lines at={at} today={timeline.today} />
              {at.above.length > 0 && (
                <section class="band">
                  <h2 class="group-title">
                    <BandToggle items={timeline.above} open={above} />
                  </h2>
                  {above && (
                    <ul>
                      {at.above.map(row => {
                        const place = areaName(timeline.area, row.milestone.area, lang)
                        return rowView(row, originWord(row.milestone.area, place), place)
                      })}
                    </ul>
                  )}
                </section>
              )}
              {at.groups.map(group => (
                <section key={group.phase.key} class="phase" data-phase={group.phase.key}>
                  <h2 class="group-title">
                    <span>
                      {said(group.phase.title)}
                      {timeline.area.children > 0 && (
                        <ToMatrix
                          area={timeline.area}
                          phase={group.phase.key}
                          title={said(group.phase.title)}
                        />
                      )}
                    </span>
                  </h2>
                  <ul>{group.rows.map(row => rowView(row, null, name))}</ul>
                </section>
              ))}
              {at.groups.length === 0 && <p class="empty">{t.empty}</p>}
            </div>
          </div>
        </div>
      </div>
      <span id="after-chart" tabIndex={-1} />
    </>
  )
}

/** Where a row of the band comes from. */
export function originWord(area: string, place: string): string {
  const t = words().chart
  return area === 'VN' ? t.fromNation : t.from(place)
}

/** The width there is for the time axis, kept up to date. */
function useWidth(frame: { current: HTMLDivElement | null }, narrow: boolean): number {
  const [whole, setWhole] = useState(1000)
  useLayoutEffect(() => {
    const element = frame.current
    if (!element) return
    const measure = () => setWhole(element.clientWidth || 1000)
    measure()
    if (typeof ResizeObserver === 'undefined') return
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [frame])
  return Math.max(240, narrow ? whole - 32 : whole - titleColumn)
}

/** Leads from a phase to the places below, against its work. */
function ToMatrix({ area, phase, title }: { area: Timeline['area']; phase: string; title: string }) {
  const t = words().chart
  const choices = address.value.matrix
  const phases = choices.phases.includes(phase) ? choices.phases : [...choices.phases, phase]
  return (
    <Link
      class="to-matrix"
      to={{
        view: defaultView(area) === 'matrix' ? null : 'matrix',
        phase: null,
        matrix: { ...choices, phases, column: phaseKey(phase) },
      }}
      aria-label={t.toPlacesOf(title)}
    >
      {t.toPlaces}
    </Link>
  )
}

/** The stretch of time that a link asks for. What this chart itself has written of what it shows is none. */
let written = ''

function useGiven(): Span | null {
  const { span } = address.value
  const text = span ? `${span.from}~${span.to}` : ''
  const given = useRef<Span | null>(null)
  const fresh = useRef(true)
  if (text === '') given.current = null
  else if (text !== written || fresh.current) given.current = span
  fresh.current = false
  return given.current
}

/** How one moves along the time axis. */
interface Look {
  today: () => void
  zoom: (by: 1 | -1) => void
  /** Whether the key was one of its own. */
  key: (event: KeyboardEvent) => boolean
}

const rest = 250

/**
 * Brings into view what was asked for when the zoom or the place changes: the stretch of a link, the middle of what was
 * seen before, the phase, or the day shown; never while somebody scrolls. Where one has scrolled to goes into the address.
 */
function useLook(
  frame: { current: HTMLDivElement | null },
  at: Layout,
  zoom: Zoom,
  given: Span | null,
  begin: number | null,
): Look {
  const done = useRef('')
  const middle = useRef<string | null>(null)
  /** Where the page itself has scrolled to. */
  const own = useRef(0)
  const seen = () => Math.max(1, (frame.current?.clientWidth ?? 0) - titleColumn)
  const scrollTo = (x: number) => {
    const element = frame.current
    if (!element) return
    element.scrollLeft = Math.max(0, x)
    own.current = element.scrollLeft
  }
  const day = (at.shown ?? at.electionDay).x
  const { from, to } = given ?? { from: '', to: '' }
  useEffect(() => {
    if (!frame.current || zoom === 'all') {
      done.current = ''
      return
    }
    const what = `${zoom} ${from} ${to} ${Math.round(at.width)}`
    if (done.current === what) return
    done.current = what
    if (from) scrollTo(xOf(at, from))
    else if (middle.current) scrollTo(xOf(at, middle.current) - seen() / 2)
    else scrollTo((begin ?? day) - seen() / 3)
    middle.current = null
  }, [frame, at, zoom, from, to, begin, day])
  useEffect(() => {
    const element = frame.current
    if (!element || zoom === 'all') return
    let timer: ReturnType<typeof setTimeout> | undefined
    const follow = () => {
      clearTimeout(timer)
      timer = setTimeout(() => {
        if (Math.abs(element.scrollLeft - own.current) < 3) return
        own.current = element.scrollLeft
        const span = spanAt(at, element.scrollLeft, seen())
        written = `${span.from}~${span.to}`
        go({ span }, { replace: true })
      }, rest)
    }
    element.addEventListener('scroll', follow, { passive: true })
    return () => {
      clearTimeout(timer)
      element.removeEventListener('scroll', follow)
    }
  }, [frame, at, zoom])
  const step = (by: 1 | -1) => {
    const next = zoomStep(zoom, by)
    if (next === zoom) return
    const { scrollLeft = 0 } = frame.current ?? {}
    middle.current = zoom === 'all' ? null : spanAt(at, scrollLeft + seen() / 2, seen()).from
    go({ zoom: next, span: null }, { replace: true })
  }
  const aside = (by: number) => frame.current?.scrollBy?.({ left: (by * seen()) / 4 })
  return {
    today: () => {
      scrollTo(day - seen() / 3)
      go({ span: null }, { replace: true })
    },
    zoom: step,
    key: event => {
      if (event.altKey || event.metaKey || event.ctrlKey) return false
      if (event.key === '+' || event.key === '=') step(1)
      else if (event.key === '-') step(-1)
      else if (event.key === 'ArrowLeft' && zoom !== 'all') aside(-1)
      else if (event.key === 'ArrowRight' && zoom !== 'all') aside(1)
      else return false
      return true
    },
  }
}

/** Scrolls to a section below the head of the chart, and to the chart itself. */
function bring(chart: HTMLDivElement | null, section: Element): void {
  const scrolls = chart && chart.scrollHeight > chart.clientHeight + 1
  if (!scrolls) {
    section.scrollIntoView?.({ block: 'start', inline: 'nearest' })
    return
  }
  const head = chart.querySelector('.chart-head')?.getBoundingClientRect().bottom ?? 0
  chart.scrollTop += section.getBoundingClientRect().top - head
  chart.scrollIntoView?.({ block: 'end', inline: 'nearest' })
}

/** Brings a phase into view that one came for, and the focus to its first row where nothing else has it. */
function useScrollToPhase(frame: { current: HTMLDivElement | null }, phase: string | null): void {
  useEffect(() => {
    const section = phase && frame.current?.querySelector(`[data-phase="${CSS.escape(phase)}"]`)
    if (!section) return
    bring(frame.current, section)
    const { activeElement: active } = document
    const free = !active || active === document.body || active.id === 'main'
    if (free) section.querySelector<HTMLElement>('[data-row]')?.focus({ preventScroll: true })
  }, [frame, phase])
}

/** One Tab stop for the chart; arrows, Home and End move between rows. */
function moveFocus(event: KeyboardEvent, names: string[]): void {
  const row = (event.target as HTMLElement).closest<HTMLElement>('[data-row]')
  if (!row || event.altKey || event.metaKey) return
  const at = names.indexOf(row.dataset.row ?? '')
  const to = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    Home: 0,
    End: names.length - 1,
    PageDown: Math.min(at + 8, names.length - 1),
    PageUp: Math.max(at - 8, 0),
  }[event.key]
  const name = to === undefined ? undefined : names[to]
  if (to === undefined) return
  event.preventDefault()
  if (name) focusRow(name)
}

/** Puts the focus on a row, and the row into view. */
export function focusRow(name: string): boolean {
  const row = document.querySelector<HTMLElement>(`[data-row="${CSS.escape(name)}"]`)
  row?.focus()
  row?.scrollIntoView?.({ block: 'nearest', inline: 'nearest' })
  return row !== null
}
