import { useEffect, useRef, useState } from 'preact/hooks'
import type { DeadlineRow } from '../api/names'
import { Changed, changedToo } from '../live/changed'
import { Chip } from '../shell/chip'
import { address, go } from '../state/address'
import { nameOf } from '../state/selection'
import { limit, longDay, shortDay } from '../text/date'
import { responsibleText } from '../text/responsible'
import { lowered } from '../text/status'
import { said, words } from '../text/words'
import { focusRow } from '../timeline/chart'
import { placeIn, statusIn, withinOf } from './rows'
import { isTicked, type Ticks } from './ticks'

interface TableProps {
  rows: DeadlineRow[]
  /** Names of rows that the list no longer has. */
  gone: ReadonlySet<string>
  total: number
  /** Code of the place whose list it is. */
  own: string
  name: string
  day: string
  /** What is ticked; null where nothing can be. */
  ticks: Ticks | null
  onTick: (rows: DeadlineRow[], on: boolean) => void
}

/** The rows as a table with one Tab stop; on a narrow screen as cards. */
export function ListTable({ rows, gone, total, own, name, day, ticks, onTick }: TableProps) {
  const t = words().deadlines
  const last = useRef(-1)
  const tick = (at: number, on: boolean, range: boolean) => {
    const from = range && last.current >= 0 ? last.current : at
    onTick(rows.slice(Math.min(from, at), Math.max(from, at) + 1), on)
    last.current = at
  }
  const names = rows.map(row => nameOf(row.milestone, own))
  const [focused, setFocused] = useState<string | null>(null)
  const inTurn = focused && names.includes(focused) ? focused : (names[0] ?? null)
  return (
    <>
      <a class="skip" href="#after-list">
        {words().skipChart}
      </a>
      <p class="only-read" id="list-keys">
        {t.keys}
        {ticks && ` ${words().bulk.keys}`}
      </p>
      <div class="table-frame">
        <table
          class="table list-table"
          aria-rowcount={total + 1}
          aria-describedby="list-keys"
          onKeyDown={event => moveFocus(event, names)}
        >
          <caption>{t.caption(name, longDay(day))}</caption>
          <thead>
            <tr aria-rowindex={1}>
              {ticks && (
                <th scope="col" class="list-tick">
                  <TickAll rows={rows} ticks={ticks} onTick={onTick} />
                </th>
              )}
              <th scope="col">{t.place}</th>
              <th scope="col">{t.work}</th>
              <th scope="col">{t.limit}</th>
              <th scope="col">{t.state}</th>
              <th scope="col">{t.planned}</th>
              <th scope="col">{t.who}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row, at) => {
              const id = names[at] ?? ''
              return (
                <Line
                  key={id}
                  row={row}
                  id={id}
                  own={own}
                  gone={gone.has(id)}
                  index={at + 2}
                  inTurn={id === inTurn}
                  onFocus={() => setFocused(id)}
                  ticked={ticks && isTicked(ticks, row)}
                  onTick={(on, range) => tick(at, on, range)}
                />
              )
            })}
          </tbody>
        </table>
      </div>
      <span id="after-list" tabIndex={-1} />
    </>
  )
}

interface LineProps {
  row: DeadlineRow
  id: string
  own: string
  gone: boolean
  index: number
  inTurn: boolean
  onFocus: () => void
  /** Null where nothing can be ticked. */
  ticked: boolean | null
  onTick: (on: boolean, range: boolean) => void
}

function Line({ row, id, own, gone, index, inTurn, onFocus, ticked, onTick }: LineProps) {
  const t = words()
  const { lang, milestone: open } = address.value
  const { milestone } = row
  const title = said(milestone.title)
  const status = statusIn(row)
  const within = withinOf(row, lang, own)
  const undated = milestone.binding === 'plan' ? t.chart.undatedPlan : t.chart.undatedLaw
  const day = limit(milestone.latest_on, milestone.latest_at)
  const place = placeIn(row, lang)
  const parts = [place, title, lowered(status.text), ...(day ? [t.dates.limit(day)] : [])]
  return (
    <tr
      aria-rowindex={index}
      class={[id === open && 'list-open', gone && 'list-gone', ticked && 'list-ticked']
        .filter(Boolean)
        .join(' ')}
    >
      {ticked !== null && (
        <td class="list-tick">
          <label>
            <input
              type="checkbox"
              data-tick={id}
              tabIndex={inTurn ? 0 : -1}
              checked={ticked}
              aria-label={t.bulk.tick(title, place)}
              onClick={event => onTick(!ticked, event.shiftKey)}
              onFocus={onFocus}
            />
          </label>
        </td>
      )}
      <td class="list-place">
        {place}
        {within && <small>{within}</small>}
      </td>
      <th scope="row">
        <button
          type="button"
          class="row-link"
          data-row={id}
          tabIndex={inTurn ? 0 : -1}
          aria-label={changedToo(
            t.list(gone ? [...parts, t.live.gone] : parts),
            milestone.area,
            milestone.id,
          )}
          aria-haspopup="dialog"
          onClick={() => go({ milestone: id })}
          onFocus={onFocus}
        >
          {title}
        </button>
      </th>
      <Cell label={t.deadlines.limit} value={day ?? undated} />
      <td>
        <Chip status={status} small />
        {status.work && status.work !== status.text && <span class="row-work">{status.work}</span>}{' '}
        <Changed area={milestone.area} milestone={milestone.id} gone={gone} />
      </td>
      <Cell label={t.deadlines.planned} value={plannedText(row)} />
      <Cell label={t.deadlines.who} value={responsibleText(milestone)} />
    </tr>
  )
}

/** The place's own day; of what is past the law's limit, too, how long it is past that day. */
function plannedText({ milestone, days_behind: behind }: DeadlineRow): string | null {
  if (!milestone.planned_on) return null
  const day = shortDay(milestone.planned_on)
  return behind !== null && milestone.timing === 'overdue' ? words().deadlines.behindToo(day, behind) : day
}

function Cell({ label, value }: { label: string; value: string | null }) {
  return (
    <td data-label={label} class={value ? '' : 'cell-none'}>
      {value || words().dates.none}
    </td>
  )
}

const page = 10

function moveFocus(event: KeyboardEvent, names: string[]): void {
  const row = (event.target as HTMLElement).closest<HTMLElement>('[data-row], [data-tick]')
  if (!row || event.altKey || event.metaKey) return
  const { tick } = row.dataset
  const at = names.indexOf(tick ?? row.dataset.row ?? '')
  const last = names.length - 1
  const to = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    Home: 0,
    End: last,
    PageDown: Math.min(at + page, last),
    PageUp: Math.max(at - page, 0),
  }[event.key]
  if (to === undefined) return
  event.preventDefault()
  const name = names[to]
  if (!name) return
  if (tick === undefined) focusRow(name)
  else document.querySelector<HTMLElement>(`[data-tick="${CSS.escape(name)}"]`)?.focus()
}

/** Ticks all rows that are there, or none of them. */
function TickAll({ rows, ticks, onTick }: Pick<TableProps, 'rows' | 'onTick'> & { ticks: Ticks }) {
  const box = useRef<HTMLInputElement>(null)
  const ticked = rows.filter(row => isTicked(ticks, row)).length
  const all = ticked === rows.length
  useEffect(() => {
    if (box.current) box.current.indeterminate = ticked > 0 && !all
  })
  return (
    <label>
      <input
        ref={box}
        type="checkbox"
        checked={all}
        aria-label={words().bulk.tickShown(rows.length)}
        onChange={() => onTick(rows, !all)}
      />
    </label>
  )
}
