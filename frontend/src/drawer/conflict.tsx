import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { history } from '../api/client'
import type { Work } from '../api/names'
import { isDay } from '../state/day'
import { moment, shortDay } from '../text/date'
import type { Dictionary } from '../text/vi'
import { words } from '../text/words'
import type { Difference } from './report'

interface ConflictProps {
  rows: Difference[]
  onTheirs: () => void
  onMine: () => void
  /** Saves a choice made field by field: of these fields one's own, of the others theirs. */
  onMerge?: (mine: ReadonlySet<string>) => void
  /** Who wrote it, and when, where that is known … */
  who?: string
  /** … or where it can be looked up. */
  of?: Written
}

/** A revision of a milestone's log. */
export interface Written {
  election: string
  area: string
  milestone: string
  revision: number
}

/** Somebody else was quicker: what they wrote beside what one wrote oneself, and the choice. */
export function Conflict({ rows, onTheirs, onMine, onMerge, who, of }: ConflictProps) {
  const t = words()
  const heading = useRef<HTMLHeadingElement>(null)
  const [mine, setMine] = useState<ReadonlySet<string>>(() => new Set())
  const writer = useWriter(of) ?? who
  const name = useId()
  // The form that had the focus has made way for this.
  useEffect(() => heading.current?.focus(), [])
  const choosing = onMerge !== undefined && rows.length > 1
  const pick = (field: string, own: boolean) =>
    setMine(before => new Set([...before].filter(one => one !== field).concat(own ? [field] : [])))
  const cell = (row: Difference, own: boolean) => {
    const value = valueWord(own ? row.mine : row.theirs, t)
    if (!choosing) return value
    return (
      <label class="conflict-pick">
        <input
          type="radio"
          name={`${name}-${row.field}`}
          checked={mine.has(row.field) === own}
          onChange={() => pick(row.field, own)}
        />{' '}
        {value}
      </label>
    )
  }
  return (
    <div class="conflict" role="alert">
      <h4 ref={heading} tabIndex={-1}>
        {t.conflict.title}
      </h4>
      {writer && <p class="hint">{t.conflict.by(writer)}</p>}
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
              <th scope="row">{row.label ?? fieldWord(row.field, t)}</th>
              <td>{cell(row, false)}</td>
              <td>{cell(row, true)}</td>
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
        {choosing && mine.size > 0 && mine.size < rows.length && (
          <button type="button" class="button" onClick={() => onMerge(mine)}>
            {t.conflict.merge}
          </button>
        )}
      </div>
    </div>
  )
}

/** Who made a revision, and when, as the history tells those who may read it. */
function useWriter(of: Written | undefined): string | null {
  const [writer, setWriter] = useState<string | null>(null)
  useEffect(() => {
    if (!of) return
    let gone = false
    void history(of.election, of.area, of.milestone, null).then(answer => {
      if (gone || answer.kind !== 'data') return
      const change = answer.data.items.find(one => one.revision === of.revision)
      if (change?.actor) setWriter(`${change.actor}, ${moment(change.recorded_at)}`)
    })
    return () => {
      gone = true
    }
  }, [of?.election, of?.area, of?.milestone, of?.revision])
  return writer
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
