import { useEffect, useState } from 'preact/hooks'
import { Loaded } from '../access/loaded'
import type { Delivery, DeliveryAttempt, DeliveryDetail, DeliveryList } from '../api/names'
import * as api from '../api/webhooks'
import { type Cell, cellOf } from '../state/cell'
import { moment } from '../text/date'
import { words } from '../text/words'

function pageCell(path: api.Hook, before: string | null): Cell<DeliveryList> {
  return cellOf(`deliveries ${path.webhook} ${before}`, tag => api.deliveries(path, before, tag))
}

function detailCell(path: api.Hook, id: string): Cell<DeliveryDetail> {
  return cellOf(`delivery ${id}`, tag => api.delivery(path, id, tag))
}

/** How often one looks whether a message that waits was taken. */
const looking = 2000

interface Props {
  path: api.Hook
  /** Goes on when something may have been sent. */
  turn: number
  onSent: () => void
}

/** What was sent to a webhook, the latest first, and what came back. */
export function Log({ path, turn, onSent }: Props) {
  const t = words().webhooks
  const [pages, setPages] = useState(1)
  const [failed, setFailed] = useState(false)
  const first = pageCell(path, null)
  useEffect(() => {
    if (turn > 0) void first.refresh()
  }, [turn, first])
  const items: Delivery[] = []
  let end = first
  let more = false
  for (let page = 1; ; page++) {
    const { data } = end.known.value
    if (!data) break
    items.push(...data.items)
    const before = data.next ? new URL(data.next, 'http://page').searchParams.get('before') : null
    more = before !== null
    if (before === null || page >= pages) break
    end = pageCell(path, before)
  }
  const waits = items.some(one => one.state === 'waiting')
  useEffect(() => {
    if (!waits) return
    const timer = setInterval(() => {
      void first.refresh()
      onSent()
    }, looking)
    return () => clearInterval(timer)
  }, [waits, first])
  const again = async (id: string) => {
    const answer = await api.sendAgain(path, id)
    setFailed(answer.kind !== 'data')
    void first.refresh()
  }
  return (
    <section class="webhook-log">
      <h3>{t.log}</h3>
      {failed && (
        <p class="wrong" role="alert">
          {t.failed}
        </p>
      )}
      <Loaded cell={first}>
        {() => (
          <>
            {items.length === 0 && <p class="hint">{t.logNone}</p>}
            <ul class="plain-list rows" aria-label={t.log}>
              {items.map(one => (
                <Row key={one.delivery} path={path} delivery={one} onAgain={() => void again(one.delivery)} />
              ))}
            </ul>
          </>
        )}
      </Loaded>
      {more && (
        <p>
          <button type="button" class="button" onClick={() => setPages(pages + 1)}>
            {t.more}
          </button>
        </p>
      )}
    </section>
  )
}

interface RowProps {
  path: api.Hook
  delivery: Delivery
  onAgain: () => void
}

function Row({ path, delivery, onAgain }: RowProps) {
  const t = words().webhooks
  const [open, setOpen] = useState(false)
  const made = moment(delivery.made_at)
  return (
    <li>
      <span>
        <strong>{t.states[delivery.state]}</strong>
        <span class="tag">{delivery.test ? t.isTest : t.act(delivery.revision ?? 0)}</span>
      </span>
      <span class="hint">
        <time dateTime={delivery.made_at}>{made}</time>
        {delivery.state === 'waiting' && delivery.next_attempt_at && (
          <> · {t.next(moment(delivery.next_attempt_at))}</>
        )}
      </span>
      <span class="buttons">
        <button type="button" class="button small" aria-label={t.againLabel(made)} onClick={onAgain}>
          {t.again}
        </button>
      </span>
      <details class="webhook-details" onToggle={event => setOpen(event.currentTarget.open)}>
        <summary>{t.details}</summary>
        {open && <Detail path={path} delivery={delivery} />}
      </details>
    </li>
  )
}

function Detail({ path, delivery }: { path: api.Hook; delivery: Delivery }) {
  const t = words().webhooks
  const cell = detailCell(path, delivery.delivery)
  // What the list says of it has changed: there is another attempt.
  useEffect(() => {
    void cell.refresh()
  }, [cell, delivery.state, delivery.next_attempt_at])
  return (
    <Loaded cell={cell}>
      {({ body, attempts }) => (
        <>
          <ol class="webhook-attempts">
            {attempts.map(one => (
              <Attempt key={one.number} attempt={one} />
            ))}
          </ol>
          <p class="hint">{t.body}</p>
          <pre class="exact">{pretty(body)}</pre>
        </>
      )}
    </Loaded>
  )
}

function Attempt({ attempt }: { attempt: DeliveryAttempt }) {
  const t = words().webhooks
  return (
    <li>
      {t.attempt(attempt.number, moment(attempt.at))}:{' '}
      <strong>
        {attempt.status ? t.answered(attempt.status) : (t.outcomes[attempt.outcome] ?? attempt.outcome)}
      </strong>
      {attempt.status !== null && attempt.outcome !== 'delivered' && <> ({t.outcomes[attempt.outcome]})</>} ·{' '}
      {t.took(attempt.took_ms)}
      {attempt.answer && <q class="exact">{attempt.answer}</q>}
    </li>
  )
}

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return body
  }
}
