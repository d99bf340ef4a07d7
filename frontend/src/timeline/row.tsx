import type { Milestone } from '../api/names'
import { Changed, changedToo } from '../live/changed'
import { Chip } from '../shell/chip'
import { shortDay } from '../text/date'
import { accessibleName, datesOf, statusOf, toneOf } from '../text/status'
import { said, words } from '../text/words'
import type { Layout, Row } from './layout'
import { MarkAt } from './mark'

interface RowProps {
  row: Row
  at: Layout
  name: string
  place: string
  /** Said under the title where the row comes from above. */
  origin: string | null
  inTurn: boolean
  open: boolean
  onOpen: () => void
  onFocus: () => void
}

/** One milestone: a button that says all of it, and beside it the same as a picture. */
export function RowView({ row, at, name, place, origin, inTurn, open, onOpen, onFocus }: RowProps) {
  const { milestone } = row
  const t = words().plans
  const title = said(milestone.title)
  const status = statusOf(milestone)
  return (
    <li class={`row row-${milestone.nature} tone-${status.tone} ${open ? 'row-open' : ''}`}>
      <button
        type="button"
        class="row-label"
        data-row={name}
        tabIndex={inTurn ? 0 : -1}
        aria-label={changedToo(accessibleName(milestone, title, place), milestone.area, milestone.id)}
        aria-haspopup="dialog"
        aria-expanded={open}
        onClick={onOpen}
        onFocus={onFocus}
      >
        <span class="row-title">{milestone.work === 'cancelled' ? <s>{title}</s> : title}</span>
        <span class="row-facts">
          <Chip status={status} small />
          {status.work && status.work !== status.text && <span class="row-work">{status.work}</span>}
          <span class="row-date">
            {milestone.cancelled_on ? t.cancelled(shortDay(milestone.cancelled_on)) : datesOf(milestone)}
          </span>
          {origin && <span class="row-origin">{origin}</span>}
        </span>
        <Changed area={milestone.area} milestone={milestone.id} />
      </button>
      <div class="lane" aria-hidden="true" onClick={onOpen}>
        <Lane row={row} at={at} />
      </div>
    </li>
  )
}

function Lane({ row, at }: { row: Row; at: Layout }) {
  const { milestone, bar, marks, thread, note } = row
  const percent = (x: number) => `${(x / at.width) * 100}%`
  if (!bar && marks.length === 0) return <span class="lane-none">{noteText(milestone)}</span>
  return (
    <>
      {at.shown && <span class="lane-today" style={{ left: percent(at.shown.x) }} />}
      {bar && (
        <span
          class={`bar bar-${milestone.nature} bar-${toneOf(milestone.timing)} ${bar.openStart ? 'bar-from-open' : ''} ${bar.openEnd ? 'bar-to-open' : ''}`}
          style={{ left: percent(bar.x), width: percent(bar.width) }}
        />
      )}
      {thread && <span class="thread" style={{ left: percent(thread.x), width: percent(thread.width) }} />}
      {marks.map(mark => (
        <MarkAt key={mark.kind} mark={mark} width={at.width} />
      ))}
      {note && (
        <span
          class={`note note-${note.side}`}
          style={note.side === 'start' ? { left: percent(note.x) } : { right: percent(at.width - note.x) }}
        >
          {noteText(milestone)}
        </span>
      )}
    </>
  )
}

/** What stands beside the marks: the dates, short. */
export function noteText(milestone: Milestone): string {
  const t = words()
  if (milestone.done_on) return t.dates.doneOn(shortDay(milestone.done_on))
  if (milestone.done_by) return t.dates.doneBy(shortDay(milestone.done_by))
  return datesOf(milestone)
}

/** About how wide the note is drawn, in pixels, so that it is put where there is room. */
export function noteWidth(milestone: Milestone): number {
  return noteText(milestone).length * 6.6 + 8
}
