import { useEffect, useState } from 'preact/hooks'
import { Part } from '../access/account'
import { placeName } from '../access/home'
import { Loaded } from '../access/loaded'
import * as api from '../api/access'
import type { OwnCalendar } from '../api/names'
import { Link } from '../shell/link'
import { type Cell, cellOf } from '../state/cell'
import { moment } from '../text/date'
import { words } from '../text/words'

export function calendarsCell(): Cell<{ items: OwnCalendar[] }> {
  return cellOf('my calendars', () => api.calendars())
}

/** One's private addresses of calendars: of which place, when each was used, and how to end it. */
export function Calendars() {
  const t = words().calendar
  const cell = calendarsCell()
  const [failed, setFailed] = useState(false)
  // When each was last used goes on without this page.
  useEffect(() => void cell.refresh(), [cell])
  const revoke = async (one: OwnCalendar) => {
    const answer = await api.revokeCalendar(one.calendar)
    setFailed(answer.kind !== 'data')
    void cell.refresh()
  }
  return (
    <Part id="account-calendars" title={t.mine}>
      <p class="hint">{t.mineAbout}</p>
      <Loaded cell={cell}>
        {({ items }) => (
          <>
            {items.length === 0 && <p class="hint">{t.none}</p>}
            <ul class="plain-list rows">
              {items.map(one => (
                <CalendarItem key={one.calendar} calendar={one} onRevoke={() => void revoke(one)} />
              ))}
            </ul>
          </>
        )}
      </Loaded>
      {failed && (
        <p class="wrong" role="alert">
          {t.failed}
        </p>
      )}
    </Part>
  )
}

function CalendarItem({ calendar, onRevoke }: { calendar: OwnCalendar; onRevoke: () => void }) {
  const t = words()
  const [sure, setSure] = useState(false)
  const { name, election, area, last_used_at } = calendar
  return (
    <li>
      <span>
        <strong>{name}</strong> <Link to={{ own: null, election, area }}>{placeName(calendar)}</Link>
      </span>
      <span class="hint">{last_used_at ? t.calendar.used(moment(last_used_at)) : t.calendar.unused}</span>
      <span class="buttons">
        {sure ? (
          <>
            <button type="button" class="button small primary" onClick={onRevoke}>
              {t.calendar.revokeSure}
            </button>
            <button type="button" class="button small" onClick={() => setSure(false)}>
              {t.task.cancel}
            </button>
          </>
        ) : (
          <button
            type="button"
            class="button small"
            aria-label={t.calendar.revokeLabel(name)}
            onClick={() => setSure(true)}
          >
            {t.calendar.revoke}…
          </button>
        )}
      </span>
    </li>
  )
}
