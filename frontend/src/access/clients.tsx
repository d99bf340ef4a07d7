import * as api from '../api/access'
import type { Client, ClientList, Timeline } from '../api/names'
import { tokenIn } from '../list/rows'
import { address, go } from '../state/address'
import { type Cell, cellOf } from '../state/cell'
import { shortDay } from '../text/date'
import { said, words } from '../text/words'
import { Health } from './health'
import { Loaded } from './loaded'

function clientsCell(election: string, area: string, after: string | null): Cell<ClientList> {
  return cellOf(`clients ${election} ${area} ${after}`, () => api.clients(election, area, after))
}

/** The programs that read in a place and below it, and whether they still refresh; for who leads there. */
export function Clients({ timeline }: { timeline: Timeline }) {
  const t = words()
  const { election, area } = timeline
  const { among } = address.value
  const first = clientsCell(election.id, area.code, null)
  const items: Client[] = []
  let end = first
  let more = false
  for (let page = 1; ; page++) {
    const { data } = end.known.value
    if (!data) break
    items.push(...data.items)
    const token = tokenIn(data.next)
    more = token !== null
    if (token === null || page >= among.pages) break
    end = clientsCell(election.id, area.code, token)
  }
  return (
    <>
      <p class="hint">{t.clients.about}</p>
      <Loaded cell={first}>
        {() => (items.length === 0 ? <p class="empty">{t.clients.none}</p> : <Table clients={items} />)}
      </Loaded>
      {end !== first && !end.known.value.data && <Loaded cell={end}>{() => null}</Loaded>}
      {more && (
        <p>
          <button
            type="button"
            class="button"
            onClick={() => go({ among: { ...among, pages: among.pages + 1 } }, { replace: true })}
          >
            {t.people.more}
          </button>
        </p>
      )}
    </>
  )
}

function Table({ clients }: { clients: Client[] }) {
  const t = words()
  return (
    <table class="people-table clients-table">
      <caption>{t.clients.caption}</caption>
      <thead>
        <tr>
          <th scope="col">{t.clients.name}</th>
          <th scope="col">{t.clients.health}</th>
          <th scope="col">{t.clients.owner}</th>
          <th scope="col">{t.clients.where}</th>
        </tr>
      </thead>
      <tbody>
        {clients.map(one => (
          <tr key={one.token}>
            <th scope="row">
              <span>{one.name}</span>
              <small>{t.tokens.access[one.access]}</small>
            </th>
            <td>
              <Health health={one.health} />
            </td>
            <td>
              {one.owner}
              <small>{one.unit}</small>
            </td>
            <td>
              {one.area === 'VN' ? t.nation : said(one.area_name)}
              <small>{t.tokens.expires(shortDay(one.expires_on))}</small>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
