import { utcMonday, utcMonth } from 'd3-time'
import type { Heading, Milestone, Timeline } from '../api/names'
import { type Span, type Zoom, zooms } from '../state/address'
import { addDays, dayNumber, daysBetween, isoOf } from '../state/day'

// (timeline, width, zoom) → where everything stands on the time axis, in pixels. Pure: no language, no document,
// no clock and no zone. Up and down is left to the flow of the page, because titles wrap.

/** Pixels of one day at each zoom; the whole period is fitted into the width instead. */
const perDayAt: Record<Exclude<Zoom, 'all'>, number> = { day: 30, week: 11, month: 4.5 }

/** Within its day a point stands in the middle. */
const noon = 0.5

export interface Bar {
  x: number
  width: number
  /** Nobody has said when it starts or ends: drawn fading out. */
  openStart: boolean
  openEnd: boolean
}

export type MarkKind = 'flag' | 'planned' | 'done' | 'done_by'

export interface Mark {
  kind: MarkKind
  day: string
  x: number
}

export interface Row {
  milestone: Milestone
  bar: Bar | null
  marks: Mark[]
  /** A thin line that holds marks of one row together. */
  thread: { x: number; width: number } | null
  /** Where a note beside the marks begins (`start`) or ends (`end`); null where there is nothing on the axis. */
  note: { x: number; side: 'start' | 'end' } | null
}

export interface Group {
  phase: Heading
  rows: Row[]
}

export interface Month {
  year: number
  month: number
  x: number
  width: number
}

export interface Line {
  day: string
  x: number
}

export interface Layout {
  width: number
  from: string
  /** The first day that is no longer shown. */
  to: string
  perDay: number
  months: Month[]
  weeks: Line[]
  days: Line[]
  /** The day that is looked at; null where it lies outside the period. */
  shown: Line | null
  electionDay: Line
  votingDay: Line | null
  above: Row[]
  groups: Group[]
}

/** How wide a note of a milestone is, about, in pixels. */
export type NoteWidth = (milestone: Milestone) => number

/** The zoom that is one step nearer or further. */
export function zoomStep(zoom: Zoom, by: 1 | -1): Zoom {
  const nearer = zooms.indexOf(zoom) - by
  return zooms[Math.max(0, Math.min(zooms.length - 1, nearer))] ?? zoom
}

/** Pixels of a day, so that a stretch of time fills a width; never so that nothing can be read. */
export function perDayFor(span: Span, width: number): number {
  return Math.max(1, Math.min(80, width / daysBetween(span.from, span.to)))
}

/** What of the time axis is in sight in a window that begins at `left`. */
export function spanAt(at: Layout, left: number, width: number): Span {
  const from = addDays(at.from, Math.round(Math.max(0, left) / at.perDay))
  return { from, to: addDays(from, Math.max(1, Math.round(width / at.perDay))) }
}

/** Where a day begins on the axis; a day outside of it at its near end. */
export function xOf(at: Layout, day: string): number {
  return Math.max(0, Math.min(at.width, daysBetween(at.from, day) * at.perDay))
}

/** Where the first of some rows begins; null where none has a day. */
export function beginOf(rows: readonly Row[]): number | null {
  const xs = rows.flatMap(row => [...(row.bar ? [row.bar.x] : []), ...row.marks.map(mark => mark.x)])
  return xs.length > 0 ? Math.min(...xs) : null
}

/** Lays a timeline out for a width in pixels; at a zoom, or with so many pixels a day. */
export function layout(
  timeline: Timeline,
  width: number,
  zoom: Zoom,
  noteWidth: NoteWidth = () => 0,
  wanted: number | null = null,
): Layout {
  const { from, to } = stretch(timeline)
  const days = dayNumber(to) - dayNumber(from)
  const fitted = width / days
  const perDay = zoom === 'all' ? fitted : Math.max(fitted, wanted ?? perDayAt[zoom])
  const axis = new Axis(from, to, days * perDay)
  const rowOf = (milestone: Milestone) => rowAt(milestone, axis, noteWidth(milestone))
  const { voting_day: votingDay } = timeline.area
  return {
    width: axis.width,
    from,
    to,
    perDay,
    months: monthsOn(axis),
    weeks: perDay >= 3 ? ticks(axis, utcMonday.range(axis.start, axis.end)) : [],
    days: perDay >= 20 ? everyDay(axis) : [],
    shown: from <= timeline.day && timeline.day < to ? axis.line(timeline.day) : null,
    electionDay: axis.line(timeline.election.election_day),
    votingDay: votingDay === timeline.election.election_day ? null : axis.line(votingDay),
    above: timeline.above.map(rowOf),
    groups: groupsOf(timeline, rowOf),
  }
}

/** The time axis: from the first instant of a day to the last of another. Days are UTC days, so no zone can shift them. */
export class Axis {
  readonly start: Date
  readonly end: Date
  constructor(
    readonly from: string,
    readonly to: string,
    readonly width: number,
  ) {
    this.start = new Date(`${from}T00:00:00Z`)
    this.end = new Date(`${to}T00:00:00Z`)
  }

  /** Where a day begins, moved by a part of a day. */
  at(day: string, part = 0): number {
    const days = (dayNumber(day) + part - dayNumber(this.from)) / (dayNumber(this.to) - dayNumber(this.from))
    return Math.max(0, Math.min(1, days)) * this.width
  }

  line(day: string): Line {
    return { day, x: this.at(day, noon) }
  }
}

function stretch(timeline: Timeline): { from: string; to: string } {
  const { election, area, day } = timeline
  const known = [election.election_day, area.voting_day]
  const add = (one: string | null) => one && known.push(one)
  add(timeline.first_day)
  add(timeline.last_day)
  for (const item of [...timeline.items, ...timeline.above]) {
    for (const one of [item.not_before_on, item.latest_on, item.planned_on, item.done_on, item.done_by])
      add(one)
  }
  // A day long before the period, or the years since a closed election, would push all of it to one side.
  if (election.state !== 'closed') known.push(timeline.as_of === null ? day : timeline.today)
  known.sort()
  const first = known[0] ?? day
  const last = known.at(-1) ?? day
  const end = addDays(last, 8)
  return {
    from: isoOf(utcMonth.floor(new Date(`${first}T00:00:00Z`)).getTime() / 86_400_000),
    to: isoOf(utcMonth.ceil(new Date(`${end}T00:00:00Z`)).getTime() / 86_400_000),
  }
}

function groupsOf(timeline: Timeline, rowOf: (milestone: Milestone) => Row): Group[] {
  const headings = new Map(timeline.phases.map(phase => [phase.key, phase]))
  for (const item of timeline.items) {
    if (!headings.has(item.phase)) {
      headings.set(item.phase, { key: item.phase, title: { vi: item.phase, en: item.phase } })
    }
  }
  const groups: Group[] = []
  for (const phase of headings.values()) {
    const items = timeline.items.filter(item => item.phase === phase.key)
    if (items.length > 0) groups.push({ phase, rows: items.map(rowOf) })
  }
  return groups
}

function rowAt(milestone: Milestone, axis: Axis, noteWidth: number): Row {
  const bar = barOf(milestone, axis)
  const marks = marksOf(milestone, axis, bar !== null)
  return { milestone, bar, marks, thread: threadOf(marks), note: noteOf(bar, marks, axis.width, noteWidth) }
}

/** What runs is a bar: what has a stretch of its own, or what by its nature is one. */
function barOf(milestone: Milestone, axis: Axis): Bar | null {
  const { not_before_on: from, latest_on: to, nature } = milestone
  const owed = nature === 'duty' || nature === 'event' || nature === 'on_occurrence'
  if (!from && !to) return null
  if (owed && (!from || from === to)) return null
  if (nature === 'event' && !to) return null
  const x = from ? axis.at(...instantOf(from, milestone.not_before_at, 0)) : 0
  const end = to ? axis.at(...instantOf(to, milestone.latest_at, 1)) : axis.width
  return { x, width: Math.max(end - x, 2), openStart: !from, openEnd: !to }
}

/** A day and the part of it that has passed at an instant; a whole day counts up to `whole`. */
function instantOf(day: string, instant: string | null, whole: number): [string, number] {
  if (!instant) return [day, whole]
  // The wall clock of Viet Nam, which stays at UTC+7.
  return [isoOf(0), Date.parse(instant) / 86_400_000 + 7 / 24]
}

function marksOf(milestone: Milestone, axis: Axis, hasBar: boolean): Mark[] {
  const marks: Mark[] = []
  const put = (kind: MarkKind, day: string | null) => {
    if (day) marks.push({ kind, day, x: axis.at(day, noon) })
  }
  if (!hasBar) put('flag', milestone.latest_on ?? milestone.not_before_on)
  put('planned', milestone.planned_on)
  if (milestone.done_on) put('done', milestone.done_on)
  else put('done_by', milestone.done_by)
  return marks
}

function threadOf(marks: Mark[]): Row['thread'] {
  if (marks.length < 2) return null
  const places = marks.map(mark => mark.x)
  const x = Math.min(...places)
  const width = Math.max(...places) - x
  return width > 0 ? { x, width } : null
}

const beside = 14

function noteOf(bar: Bar | null, marks: Mark[], width: number, needs: number): Row['note'] {
  const ends = [...marks.map(mark => mark.x), ...(bar ? [bar.x + bar.width - 6] : [])]
  if (ends.length === 0) return null
  const right = Math.max(...ends) + beside
  const done = marks.find(mark => mark.kind === 'done' || mark.kind === 'done_by')
  // The note says when it was done: it stands at the tick, also where the limit lies further on.
  if (done && done.x + beside < right) {
    if (done.x - beside - needs >= 0) return { x: done.x - beside, side: 'end' }
    if (ends.every(x => x <= done.x || x - beside >= done.x + beside + needs)) {
      return { x: done.x + beside, side: 'start' }
    }
  }
  if (right + needs <= width) return { x: right, side: 'start' }
  const left = Math.min(...marks.map(mark => mark.x), bar ? bar.x + 6 : width) - beside
  if (left - needs >= 0) return { x: left, side: 'end' }
  // No room on either side: better above the end than off the chart.
  return { x: width, side: 'end' }
}

function monthsOn(axis: Axis): Month[] {
  return utcMonth.range(axis.start, axis.end).map(start => {
    const x = axis.at(isoOf(start.getTime() / 86_400_000))
    const end = axis.at(isoOf(utcMonth.offset(start, 1).getTime() / 86_400_000))
    return { year: start.getUTCFullYear(), month: start.getUTCMonth() + 1, x, width: end - x }
  })
}

function ticks(axis: Axis, dates: Date[]): Line[] {
  return dates.map(date => {
    const day = isoOf(date.getTime() / 86_400_000)
    return { day, x: axis.at(day) }
  })
}

function everyDay(axis: Axis): Line[] {
  const lines: Line[] = []
  for (let day = axis.from; day < axis.to; day = addDays(day, 1)) lines.push({ day, x: axis.at(day) })
  return lines
}

export interface Label {
  x: number
  side: 'left' | 'right'
  /** Which line of text it stands on, from 0. */
  level: number
}

/** Puts labels beside their lines so that none covers another or leaves the chart: right, left, or a line lower. */
export function placeLabels(lines: { x: number; width: number }[], width: number): Label[] {
  const taken: { from: number; to: number; level: number }[] = []
  return lines.map(({ x, width: needs }) => {
    for (let level = 0; ; level++) {
      for (const side of ['right', 'left'] as const) {
        const from = side === 'right' ? x : x - needs
        const to = from + needs
        const inside = from >= 0 && to <= width
        const free = taken.every(other => other.level !== level || to <= other.from || from >= other.to)
        // A label wider than the chart must stand somewhere all the same.
        if (free && (inside || (needs > width && side === 'right'))) {
          taken.push({ from, to, level })
          return { x, side, level }
        }
      }
      if (level > lines.length) return { x, side: 'right', level }
    }
  })
}
