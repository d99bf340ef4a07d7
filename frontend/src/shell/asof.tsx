import { useEffect, useId, useState } from 'preact/hooks'
import { go } from '../state/address'
import { addDays, parseDay } from '../state/day'
import { shortDay } from '../text/date'
import { words } from '../text/words'
import { Icon } from './icon'

/** Chooses the day that the page shows: typed, a day earlier or later, or today. */
export function AsOf({ day, today, asOf }: { day: string; today: string; asOf: string | null }) {
  const t = words().asOf
  const id = useId()
  const [typed, setTyped] = useState(shortDay(day))
  const [wrong, setWrong] = useState<string | null>(null)
  useEffect(() => {
    setTyped(shortDay(day))
    setWrong(null)
  }, [day])

  const show = (wanted: string) => {
    setWrong(null)
    go({ asOf: wanted === today ? null : wanted, knownAt: null })
  }
  const take = () => {
    const wanted = parseDay(typed)
    if (!wanted) setWrong(t.notADay)
    else if (wanted > today) setWrong(t.future(shortDay(today)))
    else if (wanted !== day) show(wanted)
    else setWrong(null)
  }
  return (
    <form
      class="asof"
      onSubmit={event => {
        event.preventDefault()
        take()
      }}
    >
      <label for={id}>{t.label}</label>
      <button
        type="button"
        class="button square"
        aria-label={t.previous}
        onClick={() => show(addDays(day, -1))}
      >
        <Icon name="left" />
      </button>
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
      <button
        type="button"
        class="button square"
        aria-label={t.next}
        disabled={day >= today}
        onClick={() => show(addDays(day, 1))}
      >
        <Icon name="right" />
      </button>
      {asOf && (
        <button type="button" class="button" onClick={() => show(today)}>
          {t.today}
        </button>
      )}
      {wrong && (
        <p class="wrong" id={`${id}-wrong`} role="alert">
          {wrong}
        </p>
      )}
    </form>
  )
}
