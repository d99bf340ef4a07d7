import { useEffect, useRef } from 'preact/hooks'
import type { Work } from '../api/names'
import { isDay } from '../state/day'
import { shortDay } from '../text/date'
import type { Dictionary } from '../text/vi'
import { words } from '../text/words'
import type { Difference } from './report'

interface ConflictProps {
  rows: Difference[]
  onTheirs: () => void
  onMine: () => void
}

/** Somebody else was quicker: what they wrote beside what one wrote oneself, and the choice. */
export function Conflict({ rows, onTheirs, onMine }: ConflictProps) {
  const t = words()
  const heading = useRef<HTMLHeadingElement>(null)
  // The form that had the focus has made way for this.
  useEffect(() => heading.current?.focus(), [])
  return (
    <div class="conflict" role="alert">
      <h4 ref={heading} tabIndex={-1}>
        {t.conflict.title}
      </h4>
      <table>
        <thead>
          <tr>
            <th scope="col">{t.conflict.field}</th>
            <th scope="col">{t.conflict.theirs}</th>
            <th scope="col">{t.conflict.mine}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(row => (
            <tr key={row.field}>
              <th scope="row">{fieldWord(row.field, t)}</th>
              <td>{valueWord(row.theirs, t)}</td>
              <td>{valueWord(row.mine, t)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <div class="buttons">
        <button type="button" class="button primary" onClick={onTheirs}>
          {t.conflict.keepTheirs}
        </button>
        <button type="button" class="button" onClick={onMine}>
          {t.conflict.overwrite}
        </button>
      </div>
    </div>
  )
}

/** A field of the contract in words; unknown ones stay as they are. */
export function fieldWord(field: string, t: Dictionary): string {
  return t.fields[field] ?? field
}

/** A value of the contract in words: a status, a day, or what it says. */
export function valueWord(value: string | null, t: Dictionary): string {
  if (value === null) return t.conflict.empty
  if (value in t.work) return t.work[value as Work]
  if (isDay(value)) return shortDay(value)
  // The log keeps an hour by the clock in Viet Nam, without a zone.
  const [day = '', time = ''] = value.split('T')
  return isDay(day) && /^\d\d:\d\d/.test(time) ? t.dates.atTime(time.slice(0, 5), shortDay(day)) : value
}
