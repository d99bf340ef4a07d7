import { dayAndMonth } from '../text/date'
import { words } from '../text/words'
import type { Layout, Month } from './layout'

const percent = (x: number, width: number) => `${(x / width) * 100}%`

/** Months, and weeks or days where there is room. */
export function Axis({ at }: { at: Layout }) {
  return (
    <div class="axis-track">
      {at.months.map(month => (
        <span
          key={`${month.year}-${month.month}`}
          class={`axis-month ${month.month === 1 ? 'axis-year' : ''}`}
          style={{ left: percent(month.x, at.width), width: percent(month.width, at.width) }}
        >
          <span>{monthWord(month)}</span>
        </span>
      ))}
      {at.days.length > 0
        ? at.days.map(tick => (
            <span
              key={tick.day}
              class="axis-day"
              style={{ left: percent(tick.x, at.width), width: percent(at.perDay, at.width) }}
            >
              {Number(tick.day.slice(8))}
            </span>
          ))
        : at.perDay * 7 >= 42 &&
          at.weeks.map(tick => (
            <span key={tick.day} class="axis-week" style={{ left: percent(tick.x, at.width) }}>
              {dayAndMonth(tick.day)}
            </span>
          ))}
    </div>
  )
}

/** The longest form of a month's name that has room; nothing where none has. */
export function monthWord({ year, month, width }: Month): string {
  const t = words().chart
  if (width >= 100) return t.month(month, year)
  if (width >= 56) return t.monthYearShort(month, year)
  if (width >= 30) return month === 1 ? t.monthYearShort(month, year) : t.monthShort(month)
  return month % 3 === 1 ? t.monthShort(month) : ''
}

/** Lines through all rows: months, weeks, the election day, the voting day, and today on top. */
export function Lines({ at, today }: { at: Layout; today: string }) {
  return (
    <div class="lines" aria-hidden="true">
      {at.weeks.map(tick => (
        <span key={tick.day} class="line line-week" style={{ left: percent(tick.x, at.width) }} />
      ))}
      {at.months.map(month => (
        <span
          key={`${month.year}-${month.month}`}
          class="line line-month"
          style={{ left: percent(month.x, at.width) }}
        />
      ))}
      <span class="line line-election" style={{ left: percent(at.electionDay.x, at.width) }} />
      {at.votingDay && <span class="line line-voting" style={{ left: percent(at.votingDay.x, at.width) }} />}
      <span
        class={`line line-today ${at.shown.day === today ? '' : 'line-past'}`}
        style={{ left: percent(at.shown.x, at.width) }}
      />
    </div>
  )
}

/** The names of the lines, in the head above the rows. */
export function LineLabels({ at, today }: { at: Layout; today: string }) {
  const t = words().chart
  const label = (kind: string, x: number, text: string, day: string) => (
    <span
      class={`line-label line-label-${kind} ${toTheLeft(x, at) ? 'line-label-left' : ''}`}
      style={{ left: percent(x, at.width) }}
    >
      {text} {dayAndMonth(day)}/{day.slice(0, 4)}
    </span>
  )
  return (
    <div class="line-labels">
      {label('election', at.electionDay.x, t.electionDay, at.electionDay.day)}
      {at.votingDay && label('voting', at.votingDay.x, t.votingDay, at.votingDay.day)}
      {label('today', at.shown.x, at.shown.day === today ? t.today : t.asOfDay, at.shown.day)}
    </div>
  )
}

const labelRoom = 170

/** A label stands right of its line, unless it would leave the chart or run into the next line's label. */
function toTheLeft(x: number, at: Layout): boolean {
  if (x > at.width - labelRoom) return true
  const others = [at.shown, at.electionDay, ...(at.votingDay ? [at.votingDay] : [])]
  return x > labelRoom && others.some(other => other.x > x && other.x - x < labelRoom)
}
