import { useEffect } from 'preact/hooks'
import type { Election } from '../api/names'
import { language } from '../state/address'
import { daysBetween } from '../state/day'
import { childrenCell } from '../state/election'
import { longDay } from '../text/date'
import { count, said, toElection, words } from '../text/words'
import { ElectionList } from './elections'
import { Link } from './link'
import { Search } from './search'
import { Skeleton } from './state'

/** The first screen: what this is, where to begin. */
export function Home({ election, all }: { election: Election; all: Election[] }) {
  const t = words()
  const provinces = childrenCell(election.id, 'VN').known.value
  useEffect(() => {
    document.title = t.productLong
  }, [t])
  return (
    <main id="main" class="home" tabIndex={-1}>
      <section class="home-lead">
        <h1>{said(election.title)}</h1>
        <p class="lead">{t.oneSentence}</p>
        <Search election={election.id} big />
      </section>
      <ElectionCard election={election} />
      <ElectionList election={election} all={all} />
      <section class="home-list">
        <h2>{t.first.examples}</h2>
        {provinces.data === null && provinces.asking && <Skeleton lines={3} />}
        <ul class="provinces">
          {provinces.data?.items.map(area => (
            <li key={area.code}>
              <Link to={{ election: election.id, area: area.code }}>{area.short_name}</Link>
            </li>
          ))}
        </ul>
        <p>
          <Link to={{ election: election.id, area: 'VN' }}>{t.first.wholeCountry}</Link>
        </p>
      </section>
    </main>
  )
}

function ElectionCard({ election }: { election: Election }) {
  const t = words()
  const left = daysBetween(election.today, election.election_day)
  return (
    <dl class="facts" lang={language.value}>
      <div>
        <dt>{t.election.day}</dt>
        <dd>
          <strong>{longDay(election.election_day)}</strong>
          <span>{toElection(left)}</span>
        </dd>
      </div>
      <div>
        <dt>{t.task.status}</dt>
        <dd>
          <strong>{t.election.state[election.state]}</strong>
          <span>{said(election.rulebook.title)}</span>
        </dd>
      </div>
      <div>
        <dt>{t.chart.today}</dt>
        <dd>
          <strong>{longDay(election.today)}</strong>
          <span>{t.election.places(count(election.areas))}</span>
        </dd>
      </div>
    </dl>
  )
}
