import { go } from '../state/address'
import { addDays } from '../state/day'
import { words } from '../text/words'
import { DayField } from './dayfield'
import { Icon, type IconName } from './icon'

/** Chooses the day that the page shows: typed, a day earlier or later, or today. */
export function AsOf({ day, today, asOf }: { day: string; today: string; asOf: string | null }) {
  const t = words().asOf
  const show = (wanted: string) => go({ asOf: wanted === today ? null : wanted, knownAt: null })
  const step = (label: string, icon: IconName, days: number) => (
    <button
      type="button"
      class="button square"
      aria-label={label}
      disabled={days > 0 && day >= today}
      onClick={() => show(addDays(day, days))}
    >
      <Icon name={icon} />
    </button>
  )
  return (
    <DayField
      label={t.label}
      day={day}
      last={today}
      onChoose={show}
      before={step(t.previous, 'left', -1)}
      after={
        <>
          {step(t.next, 'right', 1)}
          {asOf && (
            <button type="button" class="button" onClick={() => show(today)}>
              {t.today}
            </button>
          )}
        </>
      }
    />
  )
}
