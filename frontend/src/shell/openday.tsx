import { useEffect, useState } from 'preact/hooks'
import { parseDay } from '../state/day'
import { shortDay } from '../text/date'
import { words } from '../text/words'

/** A day that may be left open, typed as one writes it. */
export function OpenDay(props: {
  label: string
  day: string | null
  onChoose: (day: string | null) => void
}) {
  const { label, day, onChoose } = props
  const written = day ? shortDay(day) : ''
  const [typed, setTyped] = useState(written)
  const [wrong, setWrong] = useState(false)
  useEffect(() => {
    setTyped(written)
    setWrong(false)
  }, [written])
  const take = () => {
    const wanted = typed.trim() === '' ? null : parseDay(typed)
    setWrong(typed.trim() !== '' && wanted === null)
    if ((wanted !== null || typed.trim() === '') && wanted !== day) onChoose(wanted)
  }
  return (
    <label class="labelled">
      <span>{label}</span>
      <input
        class="day-input"
        type="text"
        inputMode="numeric"
        autocomplete="off"
        placeholder="7/2/2021"
        value={typed}
        aria-invalid={wrong}
        onInput={event => setTyped(event.currentTarget.value)}
        onBlur={take}
        onKeyDown={event => {
          if (event.key === 'Enter') take()
        }}
      />
      {wrong && (
        <span class="wrong" role="alert">
          {words().asOf.notADay}
        </span>
      )}
    </label>
  )
}
