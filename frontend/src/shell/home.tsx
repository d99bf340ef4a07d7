import { useEffect } from 'preact/hooks'
import type { Election, Matrix } from '../api/names'
import { listBehind } from '../list/behind'
import { type ListChoices, listBegins } from '../list/choice'
import { nothingChosen } from '../matrix/choice'
import { Mine } from '../mywork/mine'
import { Search } from '../search/search'
import { language } from '../state/address'
import { daysBetween } from '../state/day'
import { recallDensity } from '../state/density'
import { matrixCell } from '../state/election'
import { recentPlaces } from '../state/recent'
import { useRefresh } from '../state/refresh'
import { longDay, shortDay } from '../text/date'
import { lowered } from '../text/status'
import { count, said, toElection, words } from '../text/words'
import { ElectionList } from './elections'
import { ToneIcon } from './icon'
import { Link } from './link'
import { Skeleton } from './state'

/** The first screen: what this is, where to begin. */
export function Home({ election, all }: { election: Election; all: Election[] }) {
  const t = words()
  const cell = matrixCell(election.id, 'VN', null, nothingChosen)
  useRefresh(cell)
  const { data, asking } = cell.known.value
  useEffect(() => {
    document.title = t.productLong
    recallDensity()
  }, [t])
  return (
    <main id="main" class="home" tabIndex={-1}>
      <section class="home-lead">
        <h1>{said(election.title)}</h1>
        <p class="lead">{t.oneSentence}</p>
        <Search election={election.id} big />
      </section>
      <Mine election={election} />
      <ElectionCard election={election} />
      <ElectionList election={election} all={all} />
      <Recent election={election.id} />
      {data === null && asking && <Skeleton lines={3} />}
      {data && <Nation matrix={data} closed={election.state === 'closed'} />}
      {data && <Provinces matrix={data} />}
    </main>
  )
}

const nation = { area: 'VN', family: null, whole: true }

/** All that is open with its limit on a day: a title alone, such as that of the local plans, names no place. */
function ofDay(on: string): ListChoices {
  return { ...listBegins, from: on, to: on }
}

/** The nation in one line: what is late, what comes next. */
function Nation({ matrix, closed }: { matrix: Matrix; closed: boolean }) {
  const t = words()
  const { totals, next, election } = matrix
  return (
    <section class="home-list">
      <h2>{t.first.nation}</h2>
      {!closed && (
        <ul class="home-state">
          {totals.overdue > 0 && (
            <li class="tone-overdue">
              <ToneIcon tone="overdue" />
              <Link to={{ election: election.id, ...listBehind(nation, 'overdue') }}>
                <strong>{t.first.late(count(totals.overdue))}</strong>
              </Link>
            </li>
          )}
          {totals.overdue === 0 && <li>{t.first.nothingLate}</li>}
          {totals.due_soon > 0 && (
            <li class="tone-soon">
              <ToneIcon tone="soon" />
              <Link to={{ election: election.id, ...listBehind(nation, 'due_soon') }}>
                <strong>{t.first.soon(count(totals.due_soon))}</strong>
              </Link>
            </li>
          )}
          {next && (
            <li>
              <span>
                {t.first.next} <strong>{shortDay(next.on)}</strong> (
                {lowered(t.days.left(daysBetween(matrix.day, next.on)))}): {said(next.title)} (
                <Link to={{ election: election.id, ...listBehind(nation, 'open'), list: ofDay(next.on) }}>
                  {t.first.nextEach}
                </Link>
                )
              </span>
            </li>
          )}
        </ul>
      )}
      <p>
        <Link to={{ election: election.id, area: 'VN' }}>{t.first.wholeCountry}</Link>
      </p>
    </section>
  )
}

function Provinces({ matrix }: { matrix: Matrix }) {
  const t = words()
  const { rows, election } = matrix
  return (
    <section class="home-list">
      <h2>{t.first.examples}</h2>
      <ul class="provinces">
        {rows.code.map((code, at) => (
          <li key={code}>
            <Link to={{ election: election.id, area: code }}>{rows.short_name[at]}</Link>
            {(rows.overdue[at] ?? 0) > 0 && (
              <small class="tone-overdue">
                <ToneIcon tone="overdue" />
                {t.matrix.late(count(rows.overdue[at] ?? 0))}
              </small>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}

/** The places that were looked at in this browser. */
function Recent({ election }: { election: string }) {
  const t = words().first
  const places = recentPlaces(election)
  if (places.length === 0) return null
  return (
    <section class="home-list">
      <h2>{t.recent}</h2>
      <ul class="recent">
        {places.map(place => (
          <li key={place.code}>
            <Link class="button" to={{ election, area: place.code }}>
              {said(place.name)}
            </Link>
          </li>
        ))}
      </ul>
    </section>
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
