import { useEffect } from 'preact/hooks'
import { Part } from '../access/account'
import { Loaded } from '../access/loaded'
import type { Reminders as Settings } from '../api/names'
import * as api from '../api/reminders'
import { type Cell, cellOf } from '../state/cell'
import { words } from '../text/words'
import { MailAddress } from './address'
import { Latest } from './latest'
import { codeOf, standingOf } from './standing'
import { When } from './when'

export function remindersCell(): Cell<Settings> {
  return cellOf('my reminders', () => api.reminders())
}

/** How often one looks whether the code was sent, in milliseconds, and how many times. */
const looking = 3000
const looks = 40

/** What whoever runs the server says for it to send. */
const flags = { not_set: '--smtp --mail-from', trial: '--mail-in-trial' }

/** What one is told by mail: where, on which days, whether at all, and what was sent. */
export function Reminders() {
  const t = words().reminders
  const cell = remindersCell()
  // What was sent goes on without this page.
  useEffect(() => void cell.refresh(), [cell])
  return (
    <Part id="account-reminders" title={t.title}>
      <p class="hint">
        {t.about} <a href="/docs/notices">{t.docs}</a>
      </p>
      <Loaded cell={cell}>{data => <Known settings={data} cell={cell} />}</Loaded>
    </Part>
  )
}

function Known({ settings, cell }: { settings: Settings; cell: Cell<Settings> }) {
  const t = words().reminders
  const standing = standingOf(settings)
  const coming = standing === 'unconfirmed' && codeOf(settings, Date.now()).standing === 'coming'
  const code = settings.last[0]?.made_at
  useEffect(() => {
    if (!coming) return
    let left = looks
    const timer = setInterval(() => {
      if (--left <= 0) clearInterval(timer)
      void cell.refresh()
    }, looking)
    return () => clearInterval(timer)
  }, [coming, code, cell])
  return (
    <>
      {settings.sending !== 'on' && (
        <p class="remark">
          {t.notSending[settings.sending]} <code>{flags[settings.sending]}</code>
        </p>
      )}
      <p class="mail-standing">
        <strong class={standing === 'on' ? 'good' : undefined}>{t.standing[standing]}</strong>{' '}
        <span>{t.standingAbout[standing]}</span>
      </p>
      <MailAddress settings={settings} cell={cell} />
      <When settings={settings} cell={cell} />
      <Latest settings={settings} />
    </>
  )
}
