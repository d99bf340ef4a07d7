import { useState } from 'preact/hooks'
import * as api from '../api/access'
import type { OwnSession } from '../api/names'
import { go } from '../state/address'
import { type Cell, cellOf } from '../state/cell'
import { moment } from '../text/date'
import { words } from '../text/words'
import { Part } from './account'
import { deviceOf } from './device'
import { Loaded } from './loaded'
import { leave } from './session'

export function ownSessionsCell(): Cell<{ items: OwnSession[] }> {
  return cellOf('my sessions', () => api.ownSessions())
}

/** Where one is signed in, and how to end that: one by one, or everywhere. */
export function Sessions() {
  const t = words().account
  const cell = ownSessionsCell()
  const [failed, setFailed] = useState(false)
  const [sure, setSure] = useState(false)
  const end = async (one: OwnSession) => {
    const answer = await api.endSession(one.session)
    setFailed(answer.kind !== 'data')
    if (answer.kind === 'data' && one.current) leave()
    else void cell.refresh()
  }
  const endAll = async () => {
    const answer = await api.endSessions()
    setFailed(answer.kind !== 'data')
    if (answer.kind !== 'data') return
    leave()
    go({ election: null, area: null }, { replace: true })
  }
  return (
    <Part id="account-sessions" title={t.sessions}>
      <Loaded cell={cell}>
        {({ items }) => (
          <ul class="plain-list rows">
            {items.map(one => (
              <li key={one.session}>
                <span>
                  <strong>{deviceOf(one.device) ?? t.unknownDevice}</strong>
                  {one.current && <span class="tag">{t.thisOne}</span>}
                </span>
                <span class="hint">{t.since(moment(one.begun_at), moment(one.seen_at))}</span>
                {!one.current && (
                  <button
                    type="button"
                    class="button small"
                    aria-label={t.endLabel(deviceOf(one.device) ?? t.unknownDevice, moment(one.begun_at))}
                    onClick={() => void end(one)}
                  >
                    {t.end}
                  </button>
                )}
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      {failed && (
        <p class="wrong" role="alert">
          {t.failed}
        </p>
      )}
      {sure ? (
        <p class="buttons">
          <span>{t.everywhereSure}</span>
          <button type="button" class="button primary" onClick={() => void endAll()}>
            {t.everywhere}
          </button>
          <button type="button" class="button" onClick={() => setSure(false)}>
            {words().task.cancel}
          </button>
        </p>
      ) : (
        <p>
          <button type="button" class="button" onClick={() => setSure(true)}>
            {t.everywhere}…
          </button>
        </p>
      )}
    </Part>
  )
}
