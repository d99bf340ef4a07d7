import { session, somewhere } from '../access/session'
import type { Election, WorkList } from '../api/names'
import { Icon, ToneIcon } from '../shell/icon'
import { Link } from '../shell/link'
import { Skeleton } from '../shell/state'
import { workCell } from '../state/election'
import { useOwnChanges, useRefresh } from '../state/refresh'
import { toneOf } from '../text/status'
import { count, words } from '../text/words'
import { workBegins, workGroups } from './choice'
import { WorkRows } from './rows'

const few = 5

/** On the first screen: what waits for whoever is signed in, counted, with what is most urgent. */
export function Mine({ election }: { election: Election }) {
  const who = session()
  if (!who?.signed_in || !somewhere('report')) return null
  return <Waiting election={election} />
}

function Waiting({ election }: { election: Election }) {
  const t = words().mine
  const cell = workCell(election.id, workBegins, few)
  useRefresh(cell)
  useOwnChanges(cell)
  const { data, problem, unreachable } = cell.known.value
  // The first screen has more to show: what cannot be had is left out, and asked for again.
  if (!data && (problem || unreachable)) return null
  return (
    <section class="home-list mine" aria-labelledby="mine">
      <h2 id="mine">{t.title}</h2>
      {!data && <Skeleton lines={3} />}
      {data && data.total === 0 && (
        <p>
          {t.none}{' '}
          <Link to={{ own: 'work', election: election.id, work: { ...workBegins, branch: true } }}>
            {t.branch}
          </Link>
        </p>
      )}
      {data && data.total > 0 && (
        <>
          <Counts election={election.id} counts={data.counts} />
          <WorkRows election={election.id} rows={data.items} />
        </>
      )}
      {data && data.total > 0 && (
        <p>
          <Link to={{ own: 'work', election: election.id }}>{t.see(count(data.total))}</Link>
        </p>
      )}
    </section>
  )
}

/** How much waits for each reason; a press shows just that. */
function Counts({ election, counts }: { election: string; counts: WorkList['counts'] }) {
  const t = words().mine
  return (
    <ul class="home-state">
      {workGroups
        .filter(group => counts[group] > 0)
        .map(group => (
          <li key={group} class={toned(group)}>
            <GroupIcon group={group} />
            <Link to={{ own: 'work', election, work: { ...workBegins, group } }}>
              <strong>{t.counted(count(counts[group]), t.groups[group].toLowerCase())}</strong>
            </Link>
          </li>
        ))}
    </ul>
  )
}

type Group = (typeof workGroups)[number]

function toned(group: Group): string {
  if (group === 'returned') return 'tone-overdue'
  return group === 'to_confirm' ? 'tone-running' : `tone-${toneOf(group)}`
}

function GroupIcon({ group }: { group: Group }) {
  if (group === 'returned') return <Icon name="returned" />
  return group === 'to_confirm' ? <Icon name="reported" /> : <ToneIcon tone={toneOf(group)} />
}
