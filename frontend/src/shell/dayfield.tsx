import type { ComponentChildren } from 'preact'
import { useEffect, useId, useState } from 'preact/hooks'
import { parseDay } from '../state/day'
import { shortDay } from '../text/date'
import { words } from '../text/words'

interface DayFieldProps {
  label: string
  day: string
  /** The last day that may be said. */
  last: string
  onChoose: (day: string) => void
  /** Buttons on both sides of what is typed. */
  before?: ComponentChildren
  after?: ComponentChildren
}

/** One day, typed the Vietnamese way. */
export function DayField({ label, day, last, onChoose, before, after }: DayFieldProps) {
  const t = words().asOf
  const id = useId()
  const [typed, setTyped] = useState(shortDay(day))
  const [wrong, setWrong] = useState<string | null>(null)
  useEffect(() => {
    setTyped(shortDay(day))
    setWrong(null)
  }, [day])
  const take = () => {
    const wanted = parseDay(typed)
    if (!wanted) setWrong(t.notADay)
    else if (wanted > last) setWrong(t.future(shortDay(last)))
    else {
      setWrong(null)
      if (wanted !== day) onChoose(wanted)
    }
  }
  return (
    <form
      class="day-field"
      onSubmit={event => {
        event.preventDefault()
        take()
      }}
    >
      <label for={id}>{label}</label>
      {before}
      <input
        id={id}
        class="day-input"
        type="text"
        inputMode="numeric"
        autocomplete="off"
        value={typed}
        aria-invalid={wrong !== null}
        aria-describedby={wrong ? `${id}-wrong` : undefined}
        onInput={event => setTyped(event.currentTarget.value)}
        onBlur={take}
      />
      {after}
      {wrong && (
        <p class="wrong" id={`${id}-wrong`} role="alert">
          {wrong}
        </p>
      )}
    </form>
  )
}
