import type { WorkRow } from '../api/names'
import { placeIn, statusIn, withinOf } from '../list/rows'
import { Chip } from '../shell/chip'
import { Icon } from '../shell/icon'
import { Link } from '../shell/link'
import { address } from '../state/address'
import { limit, shortDay } from '../text/date'
import { said, words } from '../text/words'

/** What waits, row by row: which work of which place, until when, and why; a press opens it there. */
export function WorkRows({ election, rows }: { election: string; rows: WorkRow[] }) {
  return (
    <ol class="work-rows">
      {rows.map(row => (
        <Row key={`${row.area.code} ${row.milestone.id}`} election={election} row={row} />
      ))}
    </ol>
  )
}

function Row({ election, row }: { election: string; row: WorkRow }) {
  const t = words()
  const { lang } = address.value
  const { milestone, group, area } = row
  const day = limit(milestone.latest_on, milestone.latest_at)
  const done = milestone.done_on
    ? t.dates.doneOn(shortDay(milestone.done_on))
    : milestone.done_by
      ? t.dates.doneBy(shortDay(milestone.done_by))
      : null
  const facts = [
    placeIn(row, lang),
    withinOf(row, lang),
    day && t.dates.limit(day),
    group === 'to_confirm' && done,
  ]
  return (
    <li class="work-row">
      <Link to={{ election, area: area.code, milestone: milestone.id }}>{said(milestone.title)}</Link>
      <span class="work-why">
        <Why row={row} />
      </span>
      <span class="hint">{facts.filter(Boolean).join(' · ')}</span>
    </li>
  )
}

/** Why it waits: what the level above said, or how it stands against its day. */
function Why({ row }: { row: WorkRow }) {
  const t = words().mine.groups
  if (row.group === 'returned' || row.group === 'to_confirm') {
    return (
      <>
        <span class={`work-said ${row.group === 'returned' ? 'standing-returned' : ''}`}>
          <Icon name={row.group === 'returned' ? 'returned' : 'reported'} />
          {t[row.group]}
        </span>
        {row.group === 'returned' && <Chip status={{ ...statusIn(row), work: null }} small />}
      </>
    )
  }
  return <Chip status={statusIn(row)} small />
}
