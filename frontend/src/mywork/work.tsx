import { useEffect, useRef } from 'preact/hooks'
import { atLeast, enter, session, sessionCell, somewhere } from '../access/session'
import { SignInForm, useTitle } from '../access/signin'
import type { Election, WorkGroup, WorkList } from '../api/names'
import { listBegins } from '../list/choice'
import { tokenIn } from '../list/rows'
import { Link } from '../shell/link'
import { Failure, Skeleton } from '../shell/state'
import { address, go } from '../state/address'
import type { Cell } from '../state/cell'
import { electionsCell, presentElection, workCell } from '../state/election'
import { useOwnChanges, useRefresh } from '../state/refresh'
import { longDay } from '../text/date'
import { count, said, words } from '../text/words'
import { workGroups } from './choice'
import { WorkRows } from './rows'

/** How many rows come at a time. */
const pageLength = 50

/** Everything that waits for whoever is signed in, in all places, the most urgent first. */
export function WorkPage() {
  const t = words().mine
  useTitle(t.title)
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  const elections = electionsCell()
  useRefresh(elections)
  const all = elections.known.value.data?.items ?? []
  const { election: asked } = address.value
  const election = asked ? (all.find(one => one.id === asked) ?? null) : presentElection(all)
  const who = sessionCell().known.value.data
  return (
    <main id="main" class="own-screen work" tabIndex={-1}>
      <h1 ref={heading} tabIndex={-1}>
        {t.title}
      </h1>
      {election && (
        <p class="lead">
          <Link to={{ own: null, election: election.id, area: null }}>{said(election.title)}</Link>,{' '}
          {longDay(election.today)}
        </p>
      )}
      {who && !who.signed_in && (
        <section class="own-card">
          <p>{t.signInFirst}</p>
          <SignInForm onDone={enter} />
        </section>
      )}
      {who?.signed_in && !somewhere('report') && <p class="remark">{t.noRights}</p>}
      {who?.signed_in && somewhere('report') && election && <Waiting election={election} />}
      {(!who || (!election && !elections.known.value.problem)) && <Skeleton lines={6} />}
    </main>
  )
}

function Waiting({ election }: { election: Election }) {
  const t = words()
  const { work: choices } = address.value
  const { first, pages, end, complete } = usePages(election.id)
  const known = first.known.value
  const [page] = pages
  if (!page) {
    if (!known.problem && !known.unreachable) return <Skeleton lines={8} />
    return (
      <Failure
        problem={known.problem}
        unreachable={known.unreachable}
        notFound={t.error.other}
        onRetry={() => void first.refresh()}
      />
    )
  }
  const rows = pages.flatMap(one => one.items)
  const failed = !complete && (end.known.value.problem !== null || end.known.value.unreachable)
  return (
    <>
      <Groups counts={page.counts} />
      <label class="check">
        <input
          type="checkbox"
          checked={choices.branch}
          onChange={event =>
            go({ work: { ...choices, branch: event.currentTarget.checked, pages: 1 } }, { replace: true })
          }
        />
        <span>{t.mine.branch}</span>
      </label>
      <p role="status" class={rows.length === 0 ? 'empty' : 'hint'}>
        {rows.length === 0
          ? choices.group
            ? t.mine.noneInGroup
            : t.mine.none
          : rows.length < page.total
            ? t.deadlines.shown(count(rows.length), count(page.total))
            : t.mine.waiting(count(page.total))}
      </p>
      {page.counts.to_confirm > 1 && <ConfirmMany election={election} />}
      <WorkRows election={election.id} rows={rows} />
      {rows.length < page.total && (
        <p class="list-more">
          {failed && <span class="wrong">{t.deadlines.moreFailed}</span>}
          <button
            type="button"
            class="button"
            aria-disabled={!complete && !failed}
            onClick={() => {
              if (failed) void first.refresh()
              else if (complete) go({ work: { ...choices, pages: choices.pages + 1 } }, { replace: true })
            }}
          >
            {failed ? t.retry : t.deadlines.more(count(Math.min(pageLength, page.total - rows.length)))}
          </button>
        </p>
      )}
    </>
  )
}

/** The way to the list in which what waits is ticked and confirmed in one go, for who leads one place. */
function ConfirmMany({ election }: { election: Election }) {
  const led = (session()?.rights ?? []).filter(
    one => atLeast(one.role, 'lead') && (one.area === 'VN' || one.edition === election.edition),
  )
  const [place] = led
  if (!place || led.length > 1) return null
  return (
    <p>
      <Link
        to={{
          own: null,
          election: election.id,
          area: place.area,
          view: 'list',
          list: { ...listBegins, state: 'done' },
        }}
      >
        {words().mine.confirmMany}
      </Link>
    </p>
  )
}

/** As many pages as are asked for. */
function usePages(election: string) {
  const { work: choices } = address.value
  const page = (after: string | null): Cell<WorkList> => workCell(election, choices, pageLength, after)
  const first = page(null)
  useRefresh(first)
  useOwnChanges(first)
  const pages: WorkList[] = []
  let end = first
  let complete = false
  for (let data = end.known.value.data; data; data = end.known.value.data) {
    pages.push(data)
    const token = tokenIn(data.next)
    complete = token === null || pages.length >= choices.pages
    if (complete || token === null) break
    end = page(token)
  }
  return { first, pages, end, complete }
}

/** Why things wait, with how many; a press shows only these. */
function Groups({ counts }: { counts: WorkList['counts'] }) {
  const t = words().mine
  const { work: choices } = address.value
  const show = (group: WorkGroup | null) => go({ work: { ...choices, group, pages: 1 } }, { replace: true })
  const all = workGroups.reduce((sum, group) => sum + counts[group], 0)
  const one = (group: WorkGroup | null, word: string, n: number) => (
    <button
      key={word}
      type="button"
      class="button small"
      aria-pressed={choices.group === group}
      onClick={() => show(group)}
    >
      {word} <strong>{count(n)}</strong>
    </button>
  )
  return (
    <fieldset class="work-groups">
      <legend class="only-read">{t.group}</legend>
      {one(null, t.all, all)}
      {workGroups
        .filter(group => counts[group] > 0 || group === choices.group)
        .map(group => one(group, t.groups[group], counts[group]))}
    </fieldset>
  )
}
