import { useState } from 'preact/hooks'
import type { Reminders, SentNotice } from '../api/names'
import { moment } from '../text/date'
import { words } from '../text/words'

/** How many messages are shown before one asks for the others. */
const first = 3

/** The latest messages to oneself: what was sent, what waits, and what was not sent. */
export function Latest({ settings: { last, sending } }: { settings: Reminders }) {
  const t = words().reminders
  const [all, setAll] = useState(false)
  const waiting = last.filter(one => one.state === 'waiting').length
  return (
    <section class="mail-part" aria-labelledby="mail-latest">
      <h3 id="mail-latest">{t.latest}</h3>
      {last.length === 0 && <p class="hint">{t.latestNone}</p>}
      {waiting > 0 && <p>{sending === 'on' ? t.waits(waiting) : t.held(waiting)}</p>}
      {last.length > 0 && (
        <ul class="plain-list rows" aria-labelledby="mail-latest">
          {last.slice(0, all ? last.length : first).map(one => (
            <Message key={`${one.kind} ${one.made_at}`} message={one} />
          ))}
        </ul>
      )}
      {last.length > first && (
        <p>
          <button type="button" class="button" aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? t.fewer : t.more(last.length)}
          </button>
        </p>
      )}
    </section>
  )
}

function Message({ message: { subject, state, made_at, sent_at, reason } }: { message: SentNotice }) {
  const t = words().reminders
  const said = (at: string) => (reason ? `${t.writtenAt(at)}; ${t.reasons[reason]}` : t.stateAbout[state](at))
  return (
    <li>
      <span>
        <strong>{subject}</strong>
        <span class="tag">{t.states[state]}</span>
      </span>
      <span class="hint">{said(moment(sent_at ?? made_at))}</span>
    </li>
  )
}
