import type { Milestone, Timeline } from '../api/names'
import { Changed, changedToo } from '../live/changed'
import { Chip } from '../shell/chip'
import { address, go } from '../state/address'
import { areaName, nameOf } from '../state/selection'
import { limit, longDay, shortDay } from '../text/date'
import { responsibleText } from '../text/responsible'
import { accessibleName, statusOf } from '../text/status'
import { said, words } from '../text/words'
import { BandToggle, useBand } from './band'
import { originWord } from './chart'

const columns = 7

interface TableProps {
  timeline: Timeline
  name: string
  /** The name with the levels above. */
  whole: string
}

/** The same rows as the chart, as a table. */
export function TableView({ timeline, name, whole }: TableProps) {
  const t = words()
  const { lang } = address.value
  const above = useBand(timeline)
  const groups = groupsOf(timeline)
  return (
    <div class="table-frame">
      <table class="table">
        <caption>{t.table.caption(whole, longDay(timeline.day))}</caption>
        <thead>
          <tr>
            <th scope="col">{t.table.milestone}</th>
            <th scope="col">{t.table.state}</th>
            <th scope="col">{t.table.notBefore}</th>
            <th scope="col">{t.table.latest}</th>
            <th scope="col">{t.table.planned}</th>
            <th scope="col">{t.table.done}</th>
            <th scope="col">{t.table.responsible}</th>
          </tr>
        </thead>
        {timeline.above.length > 0 && (
          <tbody class="band">
            <tr class="table-group">
              <th scope="colgroup" colSpan={columns} class="band-cell">
                <BandToggle items={timeline.above} open={above} />
              </th>
            </tr>
            {(above ? timeline.above : []).map(item => {
              const place = areaName(timeline.area, item.area, lang)
              return (
                <Line
                  key={nameOf(item, timeline.area.code)}
                  item={item}
                  own={timeline.area.code}
                  place={place}
                  above
                />
              )
            })}
          </tbody>
        )}
        {groups.map(group => (
          <tbody key={group.key}>
            <tr class="table-group">
              <th scope="colgroup" colSpan={columns}>
                {group.title}
              </th>
            </tr>
            {group.items.map(item => (
              <Line key={item.id} item={item} own={timeline.area.code} place={name} />
            ))}
          </tbody>
        ))}
      </table>
      {groups.length === 0 && <p class="empty">{t.chart.empty}</p>}
    </div>
  )
}

function groupsOf(timeline: Timeline): { key: string; title: string; items: Milestone[] }[] {
  const known = timeline.phases.map(phase => ({ key: phase.key, title: said(phase.title) }))
  const unknown = [...new Set(timeline.items.map(item => item.phase))]
    .filter(key => !known.some(phase => phase.key === key))
    .map(key => ({ key, title: key }))
  return [...known, ...unknown]
    .map(phase => ({ ...phase, items: timeline.items.filter(item => item.phase === phase.key) }))
    .filter(group => group.items.length > 0)
}

interface LineProps {
  item: Milestone
  own: string
  place: string
  above?: boolean
}

function Line({ item, own, place, above = false }: LineProps) {
  const t = words()
  const title = said(item.title)
  const status = statusOf(item)
  const id = nameOf(item, own)
  const undated = item.binding === 'plan' ? t.chart.undatedPlan : t.chart.undatedLaw
  const latest = limit(item.latest_on, item.latest_at)
  const from = limit(item.not_before_on, item.not_before_at)
  const done = item.done_on
    ? shortDay(item.done_on)
    : item.done_by
      ? t.table.doneByLong(shortDay(item.done_by))
      : null
  return (
    <tr>
      <th scope="row">
        <button
          type="button"
          class="row-link"
          data-row={id}
          aria-label={changedToo(accessibleName(item, title, place), item.area, item.id)}
          aria-haspopup="dialog"
          onClick={() => go({ milestone: id })}
        >
          {item.work === 'cancelled' ? <s>{title}</s> : title}
        </button>
        {above && <span class="row-origin">{originWord(item.area, place)}</span>}
      </th>
      <td>
        <Chip status={status} small />
        {status.work && status.work !== status.text && <span class="row-work">{status.work}</span>}{' '}
        <Changed area={item.area} milestone={item.id} />
      </td>
      <Cell label={t.table.notBefore} value={from} />
      <Cell label={t.table.latest} value={latest ?? (from ? null : undated)} />
      <Cell label={t.table.planned} value={item.planned_on && shortDay(item.planned_on)} />
      <Cell label={t.table.done} value={done} />
      <Cell label={t.table.responsible} value={responsibleText(item)} />
    </tr>
  )
}

function Cell({ label, value }: { label: string; value: string | null }) {
  return (
    <td data-label={label} class={value ? '' : 'cell-none'}>
      {value || words().dates.none}
    </td>
  )
}
