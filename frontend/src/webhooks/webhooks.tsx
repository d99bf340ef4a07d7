import { useState } from 'preact/hooks'
import { Loaded } from '../access/loaded'
import { Restricted } from '../access/restricted'
import { may } from '../access/session'
import type { Timeline, Webhook, WebhookList, WebhookRow } from '../api/names'
import * as api from '../api/webhooks'
import { Link } from '../shell/link'
import { go } from '../state/address'
import { type Cell, cellOf } from '../state/cell'
import { useRefresh } from '../state/refresh'
import { moment } from '../text/date'
import { words } from '../text/words'
import { WebhookForm } from './form'
import { WebhookView } from './webhook'

export function webhooksCell(place: api.Place): Cell<WebhookList> {
  return cellOf(`webhooks ${place.election} ${place.area}`, tag => api.webhooks(place, tag))
}

/** How one of them is named in the address. */
const mark = 'id:'

export function hookAt(id: string): string {
  return `${mark}${id}`
}

interface Props {
  timeline: Timeline
  name: string
  which: string
}

/** Endpoints that are told what happens in a place: the list, a new one, or one with its log. */
export function WebhooksView({ timeline, name, which }: Props) {
  const t = words()
  const { election, area } = timeline
  const place = { election: election.id, area: area.code }
  // The secret of one that was just made, until one looks at something else.
  const [made, setMade] = useState<{ id: string; secret: string } | null>(null)
  const id = which.startsWith(mark) ? which.slice(mark.length) : null
  const screen = which === 'new' ? 'new' : id ? 'one' : 'list'
  return (
    <Restricted
      id="webhooks-title"
      class="people webhooks"
      title={screen === 'new' ? t.webhooks.newTitle(name) : id ? t.webhooks.oneTitle : t.webhooks.title(name)}
      back={
        screen === 'list'
          ? { to: { webhooks: null }, word: t.plans.back }
          : { to: { webhooks: 'list' }, word: t.webhooks.toList }
      }
      turn={which}
      allowed={may('organise', election.id, area)}
      notFor={t.webhooks.notFor}
      signIn={t.webhooks.signIn}
    >
      {screen === 'list' && <List place={place} />}
      {screen === 'new' && (
        <Loaded cell={webhooksCell(place)}>
          {({ kinds }) => (
            <WebhookForm
              election={election.id}
              kinds={kinds}
              known={null}
              word={t.webhooks.make}
              onSend={body => api.makeWebhook(place, { ...body, url: body.url ?? '' })}
              onDone={({ webhook, secret }) => {
                setMade({ id: webhook.webhook, secret })
                void webhooksCell(place).refresh()
                go({ webhooks: hookAt(webhook.webhook) }, { replace: true })
              }}
              onCancel={() => go({ webhooks: 'list' })}
            />
          )}
        </Loaded>
      )}
      {id && (
        <Loaded cell={webhooksCell(place)}>
          {({ items, kinds }) => {
            const row = items.find(one => one.webhook.webhook === id)
            if (!row) return <p class="empty">{t.webhooks.none}</p>
            return (
              <WebhookView
                key={id}
                place={place}
                row={row}
                kinds={kinds}
                secret={made?.id === id ? made.secret : null}
                onChanged={() => void webhooksCell(place).refresh()}
              />
            )
          }}
        </Loaded>
      )}
    </Restricted>
  )
}

function List({ place }: { place: api.Place }) {
  const t = words().webhooks
  const cell = webhooksCell(place)
  useRefresh(cell)
  return (
    <>
      <p class="hint">
        {t.about} <a href="/docs/clients#webhooks">{t.docs}</a>
      </p>
      <div class="people-tools">
        <Link to={{ webhooks: 'new' }} class="button primary">
          {t.add}
        </Link>
      </div>
      <Loaded cell={cell}>
        {({ items, kinds }) =>
          items.length === 0 ? <p class="empty">{t.none}</p> : <Table rows={items} kinds={kinds} />
        }
      </Loaded>
    </>
  )
}

function Table({ rows, kinds }: { rows: WebhookRow[]; kinds: string[] }) {
  const t = words().webhooks
  return (
    <table class="people-table">
      <caption>{t.caption}</caption>
      <thead>
        <tr>
          <th scope="col">{t.endpoint}</th>
          <th scope="col">{t.state}</th>
          <th scope="col">{t.told}</th>
          <th scope="col">{t.last}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(row => (
          <tr key={row.webhook.webhook}>
            <th scope="row">
              <Link to={{ webhooks: hookAt(row.webhook.webhook) }}>{placeOf(row.webhook.url)}</Link>
              {row.webhook.description && <small>{row.webhook.description}</small>}
            </th>
            <td>
              <HookState row={row} />
            </td>
            <td>{toldOf(row.webhook, kinds.length)}</td>
            <td>
              {row.last_taken_at ? moment(row.last_taken_at) : t.never}
              {row.last_refused_at && row.last_refused_at > (row.last_taken_at ?? '') && (
                <small>{t.refused(moment(row.last_refused_at))}</small>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** Whether it is on, why not, and what waits. */
export function HookState({ row }: { row: WebhookRow }) {
  const t = words().webhooks
  const { off, off_since: since } = row.webhook
  return (
    <>
      {off ? <strong>{t.off[off] ?? off}</strong> : t.on}
      {off && since && <small>{t.since(moment(since))}</small>}
      {row.waiting > 0 && <small>{t.waiting(row.waiting)}</small>}
    </>
  )
}

/** What it is told, in a few words. */
export function toldOf(hook: Webhook, kinds: number): string {
  const t = words().webhooks
  if (hook.kinds.length === 0 && hook.families.length === 0) return t.everything
  const parts: string[] = []
  if (hook.kinds.length > 0) parts.push(`${t.kinds}: ${t.some(hook.kinds.length, kinds)}`)
  if (hook.families.length > 0) parts.push(`${t.families}: ${hook.families.length}`)
  return parts.join(' · ')
}

/** Host and path: two webhooks of one host are told apart; what stands behind "?" is often a secret. */
export function placeOf(url: string): string {
  try {
    const { host, pathname } = new URL(url)
    return pathname === '/' ? host : host + pathname
  } catch {
    return url
  }
}
