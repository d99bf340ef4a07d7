import { useState } from 'preact/hooks'
import type { Election } from '../api/names'
import { address } from '../state/address'
import { cross } from '../state/crossing'
import { daysBetween } from '../state/day'
import { longDay, shortDay } from '../text/date'
import { count, said, toElection, words } from '../text/words'
import { Icon } from './icon'
import { Link } from './link'

/** Which election this is; with several, the way to the others. */
export function ElectionChoice({ election, all }: { election: Election | null; all: Election[] }) {
  const t = words().election
  const [crossing, setCrossing] = useState(false)
  if (all.length < 2) {
    return election && <span class="election-name">{t.of(shortDay(election.election_day))}</span>
  }
  const choose = async (id: string) => {
    setCrossing(true)
    await cross(id)
    setCrossing(false)
  }
  return (
    <select
      class="election-choice"
      aria-label={t.choose}
      aria-busy={crossing}
      title={election ? said(election.title) : undefined}
      value={election?.id ?? ''}
      onChange={event => void choose(event.currentTarget.value)}
    >
      {!election && <option value="">{t.choose}</option>}
      {all.map(one => (
        <option key={one.id} value={one.id} selected={one.id === election?.id}>
          {t.of(shortDay(one.election_day))}
          {one.state === 'closed' && ` – ${t.state.closed}`}
        </option>
      ))}
    </select>
  )
}

/** All elections, when there are several: their days, and where each of them stands. */
export function ElectionList({ election, all }: { election: Election; all: Election[] }) {
  const t = words().election
  if (all.length < 2) return null
  return (
    <section class="home-list">
      <h2>{t.all}</h2>
      <ul class="elections">
        {all.map(one => (
          <li key={one.id} class={one.id === election.id ? 'chosen' : undefined}>
            <Link
              to={{ election: one.id, area: null }}
              current={one.id === election.id && address.value.area === null}
            >
              {said(one.title)}
            </Link>
            <p>
              <span class={`election-state election-${one.state}`}>
                {one.state === 'closed' && <Icon name="lock" />}
                {t.state[one.state]}
              </span>
              <span>
                {longDay(one.election_day)} ({toElection(daysBetween(one.today, one.election_day))})
              </span>
              <span>{t.places(count(one.areas))}</span>
            </p>
          </li>
        ))}
      </ul>
    </section>
  )
}
