import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Timeline } from '../api/names'
import { address, go } from '../state/address'
import { areaName, nameOf } from '../state/selection'
import { said, words } from '../text/words'
import { Axis, LineLabels, Lines } from './axis'
import { BandToggle, useBand } from './band'
import { layout, type Row } from './layout'
import { noteWidth, RowView } from './row'

/** Pixels that the column of titles takes; the style sheet has the same. */
export const titleColumn = 420

interface ChartProps {
  timeline: Timeline
  name: string
  narrow: boolean
}

/** The timeline of a place: what comes from above, then its own milestones by phase. */
export function Chart({ timeline, name, narrow }: ChartProps) {
  const t = words().chart
  const { zoom: wanted, lang } = address.value
  const above = useBand(timeline)
  const zoom = narrow ? 'all' : wanted
  const frame = useRef<HTMLDivElement>(null)
  const width = useWidth(frame, narrow)
  const at = useMemo(() => layout(timeline, width, zoom, noteWidth), [timeline, width, zoom, lang])
  useScrollToDay(frame, (at.shown ?? at.electionDay).x, at.width, zoom, timeline.area.code)
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
        class={`chart zoom-${zoom}`}
        ref={frame}
        role="group"
        aria-label={t.label(name)}
        aria-describedby="chart-keys"
        onKeyDown={event => moveFocus(event, names)}
      >
        <div class="chart-in" style={{ width: zoom === 'all' ? '100%' : `${titleColumn + at.width}px` }}>
          <div class="chart-head">
            <div class="chart-head-in">
              <div class="chart-corner">{t.what}</div>
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
                <section key={group.phase.key} class="phase">
                  <h2 class="group-title">
                    <span>{said(group.phase.title)}</span>
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

/** Brings the day shown, or the election day, into view when the zoom or the place changes; never while somebody scrolls. */
function useScrollToDay(
  frame: { current: HTMLDivElement | null },
  x: number,
  width: number,
  zoom: string,
  place: string,
): void {
  const done = useRef('')
  useEffect(() => {
    const element = frame.current
    if (!element || zoom === 'all') {
      done.current = ''
      return
    }
    const what = `${zoom} ${place} ${Math.round(width)}`
    if (done.current === what) return
    done.current = what
    const seen = element.clientWidth - titleColumn
    element.scrollLeft = Math.max(0, x - seen / 3)
  }, [frame, x, width, zoom, place])
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
