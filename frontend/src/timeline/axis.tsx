import { dayAndMonth, shortDay } from '../text/date'
import { words } from '../text/words'
import { type Layout, type Month, placeLabels } from './layout'

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
  if (width >= 62) return t.monthYearShort(month, year)
  if (width >= 38) return month === 1 ? t.monthYearShort(month, year) : t.monthShort(month)
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
      {at.shown && (
        <span
          class={`line line-today ${at.shown.day === today ? '' : 'line-past'}`}
          style={{ left: percent(at.shown.x, at.width) }}
        />
      )}
    </div>
  )
}

/** The names of the lines, in the head above the rows. */
export function LineLabels({ at, today }: { at: Layout; today: string }) {
  const t = words().chart
  const all = [
    ...(at.shown
      ? [{ kind: 'today', line: at.shown, text: at.shown.day === today ? t.today : t.asOfDay }]
      : []),
    { kind: 'election', line: at.electionDay, text: t.electionDay },
    ...(at.votingDay ? [{ kind: 'voting', line: at.votingDay, text: t.votingDay }] : []),
  ].map(one => ({ ...one, text: `${one.text} ${shortDay(one.line.day)}` }))
  const places = placeLabels(
    all.map(({ line, text }) => ({ x: line.x, width: text.length * letter + 18 })),
    at.width,
  )
  const levels = 1 + Math.max(...places.map(place => place.level))
  return (
    <div class="line-labels" style={{ height: `${levels * 1.65}rem` }}>
      {all.map(({ kind, line, text }, index) => (
        <span
          key={kind}
          class={`line-label line-label-${kind} line-label-${places[index]?.side}`}
          style={{ left: percent(line.x, at.width), top: `${(places[index]?.level ?? 0) * 1.65}rem` }}
        >
          {text}
        </span>
      ))}
    </div>
  )
}

/** About how wide one letter of a label is, in pixels. */
const letter = 7.4
