import { useEffect, useId, useRef, useState } from 'preact/hooks'
import type { Timeline } from '../api/names'
import { AsOf } from '../shell/asof'
import { Icon } from '../shell/icon'
import { address, go } from '../state/address'
import { type Cell, underWay } from '../state/cell'
import { dayNumber, daysBetween, isoOf } from '../state/day'
import { electionsCell } from '../state/election'
import { longDay, shortDay } from '../text/date'
import { toElection, words } from '../text/words'
import { Player } from './player'
import { along, keyed, monthTicks, type Span, tempo, within } from './span'

const calm = () => globalThis.matchMedia?.('(prefers-reduced-motion: reduce)').matches ?? false

/** Chooses the day that the page shows: with the slider, by playing the days one after the other, or typed. */
export function LookBack({ timeline, cell }: { timeline: Timeline; cell: Cell<Timeline> }) {
  const { asOf } = address.value
  const { today, election } = timeline
  const whole = electionsCell().known.value.data?.items.find(one => one.id === election.id)
  const span =
    whole && whole.first_day < whole.last_day ? { first: whole.first_day, last: whole.last_day } : null
  const { problem, unreachable } = cell.known.value
  return (
    <div class="lookback">
      {span && (
        <Slider
          span={span}
          today={today}
          asOf={asOf}
          electionDay={election.election_day}
          failed={problem !== null || unreachable}
        />
      )}
      <AsOf day={asOf ?? today} today={today} asOf={asOf} />
    </div>
  )
}

interface SliderProps {
  span: Span
  today: string
  asOf: string | null
  electionDay: string
  /** The day that was asked for could not be had. */
  failed: boolean
}

function Slider({ span, today, asOf, electionDay, failed }: SliderProps) {
  const t = words().past
  const id = useId()
  // Where the thumb is while the day before is still being fetched: one question at a time, the latest wins.
  const [wanted, setWanted] = useState<string | null>(null)
  const [player] = useState(() => new Player())
  const playing = player.playing.value
  const idle = underWay.value === 0
  const shown = wanted ?? asOf ?? today
  const value = within(span, shown)

  const show = (day: string) => {
    // The first step back is worth one of the back button; those after it are not.
    go({ asOf: day === today ? null : day, knownAt: null }, { replace: asOf !== null })
  }
  const want = (day: string) => {
    player.stop()
    setWanted(day)
  }
  useEffect(() => {
    if (wanted === null || !idle) return
    // The thumb may have moved on since this was drawn; what it means now stays wanted.
    setWanted(latest => (latest === wanted ? null : latest))
    if (wanted !== (asOf ?? today)) show(wanted)
  })
  const now = useRef({ value, show })
  now.current = { value, show }
  useEffect(() => () => player.stop(), [player])
  useEffect(() => {
    if (failed) player.stop()
  }, [failed, player])

  const play = () => {
    if (playing) {
      player.stop()
      return
    }
    setWanted(null)
    if (asOf === null || asOf >= span.last) show(span.first)
    void player.play({
      span,
      how: tempo(calm()),
      day: () => now.current.value,
      show: day => now.current.show(day),
    })
  }
  const present = wanted === null && asOf === null
  const text = present
    ? t.present(longDay(today))
    : t.day(longDay(shown), toElection(daysBetween(shown, electionDay)))
  return (
    <section class="slider" aria-label={t.label}>
      <button
        type="button"
        class="button square"
        aria-label={playing ? t.stop : t.play}
        title={playing ? t.stop : t.play}
        onClick={play}
      >
        <Icon name={playing ? 'pause' : 'play'} />
      </button>
      <div class="slider-track">
        <input
          id={id}
          type="range"
          aria-label={t.slider(shortDay(span.first), shortDay(span.last))}
          aria-valuetext={text}
          min={dayNumber(span.first)}
          max={dayNumber(span.last)}
          value={dayNumber(value)}
          onInput={event => want(isoOf(Number(event.currentTarget.value)))}
          onKeyDown={event => {
            const to = keyed(span, value, event.key)
            if (to === null) return
            event.preventDefault()
            want(to)
          }}
        />
        <Ticks span={span} electionDay={electionDay} />
      </div>
      <output class="slider-day" for={id}>
        {text}
      </output>
    </section>
  )
}

function Ticks({ span, electionDay }: { span: Span; electionDay: string }) {
  const t = words().past
  const inside = electionDay > span.first && electionDay < span.last
  return (
    <div class="slider-ticks" aria-hidden="true">
      {monthTicks(span).map(tick => (
        <span key={tick.day} class="slider-tick" style={{ '--at': String(tick.at) }}>
          <span>{tick.month === 1 ? tick.year : t.month(tick.month)}</span>
        </span>
      ))}
      {inside && (
        <span
          class="slider-election"
          title={t.electionDay(shortDay(electionDay))}
          style={{ '--at': String(along(span, electionDay)) }}
        />
      )}
    </div>
  )
}
