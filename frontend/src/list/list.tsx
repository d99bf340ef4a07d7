import { useEffect, useRef, useState } from 'preact/hooks'
import type { DeadlineList, DeadlineRow, Timeline } from '../api/names'
import { sinceThen } from '../live/marks'
import { useSteady } from '../live/steady'
import { Failure, Skeleton } from '../shell/state'
import { address, go } from '../state/address'
import type { Cell } from '../state/cell'
import { listCell } from '../state/election'
import { useLiveRefresh, useOwnChanges } from '../state/refresh'
import { nameOf } from '../state/selection'
import { count, words } from '../text/words'
import { BulkBar } from './bulk'
import { listBegins } from './choice'
import { CopyLate } from './copy'
import { ListFilters } from './filters'
import { offered } from './offered'
import { pageLength, tokenIn } from './rows'
import { ListTable } from './table'
import { listName, setTicks, ticksOf, withRows } from './ticks'

/** What a place and everything below it has to keep to, row by row. */
export function ListView({ timeline, name, whole }: { timeline: Timeline; name: string; whole: string }) {
  const t = words()
  const { asOf, knownAt, list: choices, matrix } = address.value
  const { cell, end, pages, complete, anew, of } = usePages(timeline)
  const frame = useRef<HTMLDivElement>(null)
  const own = timeline.area.code
  const steady = useSteady<DeadlineRow>(
    pages.flatMap(page => page.items),
    row => nameOf(row.milestone, own),
    of,
    frame,
    row => sinceThen(row.milestone.area, row.milestone.id),
  )
  const known = cell.known.value
  const [first] = pages
  if (!first) {
    if (!known.problem && !known.unreachable) return <Skeleton lines={10} />
    return (
      <>
        <Failure
          problem={known.problem}
          unreachable={known.unreachable}
          notFound={t.error.placeGone(timeline.area.code)}
          onRetry={() => void cell.refresh()}
        />
        {known.problem && <Clear />}
      </>
    )
  }
  const { rows, gone } = steady
  const mayTick =
    asOf === null &&
    knownAt === null &&
    (offered('report', timeline, rows) || offered('confirm', timeline, rows))
  const ticks = ticksOf(listName(timeline.election.id, timeline.area.code, choices, matrix), choices)
  return (
    <div class="list" ref={frame} aria-busy={!complete}>
      <ListFilters election={timeline.election.id} counts={first.counts} />
      {knownAt && <p class="remark">{t.deadlines.happenedOnly}</p>}
      <div class="list-said">
        <p role="status">
          {anew && `${t.deadlines.anew} `}
          {rows.length < first.total
            ? t.deadlines.shown(count(rows.length), count(first.total))
            : t.deadlines.all(count(first.total))}
        </p>
        <CopyLate list={first} rows={rows} place={whole} />
      </div>
      {rows.length === 0 ? (
        <div class="empty">
          <p>{isLateAsked(choices.state) ? t.deadlines.noneLate : t.deadlines.none}</p>
          <Clear />
        </div>
      ) : (
        <ListTable
          rows={rows}
          gone={gone}
          total={first.total}
          own={own}
          name={name}
          day={first.day}
          ticks={mayTick ? ticks : null}
          onTick={(some, on) => setTicks(withRows(ticks, some, on))}
        />
      )}
      <More first={first} rows={rows} cell={cell} end={end} complete={complete} />
      {mayTick && <BulkBar timeline={timeline} list={first} rows={rows} ticks={ticks} whole={whole} />}
    </div>
  )
}

function isLateAsked(state: string): boolean {
  return ['late', 'overdue', 'behind_plan'].includes(state)
}

function Clear() {
  const { matrix } = address.value
  const clear = () => go({ list: listBegins, matrix: { ...matrix, body: null, serves: null } })
  return (
    <button type="button" class="button" onClick={clear}>
      {words().deadlines.clear}
    </button>
  )
}

interface Pages {
  /** The first page's, and the last one's that was asked for. */
  cell: Cell<DeadlineList>
  end: Cell<DeadlineList>
  pages: DeadlineList[]
  complete: boolean
  /** It had to be begun anew, because what was on the first page holds no more. */
  anew: boolean
  /** What the pages are the answer to. */
  of: string
}

/** Whether the server says that a list cannot be gone on with: its milestones were redrawn since the first page. */
function isExpired({ known }: Cell<DeadlineList>): boolean {
  return known.value.problem?.status === 410
}

/** As many pages as are asked for; while they come anew, those that were there stay. */
function usePages({ election, area }: Timeline): Pages {
  const { asOf, list: choices, matrix: of } = address.value
  const page = (after: string | null) => listCell(election.id, area.code, asOf, choices, of, after)
  const cell = page(null)
  useLiveRefresh(cell)
  useOwnChanges(cell)
  let end = cell
  const pages: DeadlineList[] = []
  let complete = false
  for (let data = end.known.value.data; data; data = end.known.value.data) {
    pages.push(data)
    const token = tokenIn(data.next)
    complete = token === null || pages.length >= choices.pages
    if (complete || token === null) break
    end = page(token)
  }
  const { pages: _pages, tick: _tick, ...asked } = choices
  const key = JSON.stringify([election.id, area.code, asOf, asked, of.body, of.serves])
  const last = useRef<{ key: string; pages: DeadlineList[] }>({ key, pages })
  const { known } = cell
  const failed = known.value.problem !== null || known.value.unreachable
  // Another choice keeps the rows of the one before on screen until it is there, so that nothing jumps and focus stays.
  const fewer = last.current.key === key ? last.current.pages.length > pages.length : pages.length === 0
  const behind = !complete && fewer && !(failed && pages.length === 0)
  useEffect(() => {
    if (!behind) last.current = { key, pages }
  })
  const [begunAnew, beginAnew] = useState('')
  const expired = end !== cell && isExpired(end)
  useEffect(() => {
    if (!expired) return
    beginAnew(key)
    void cell.refresh() // its next page has another token
  }, [expired, end])
  return {
    cell,
    end,
    pages: behind ? last.current.pages : pages,
    complete,
    anew: begunAnew === key,
    of: behind ? last.current.key : key,
  }
}

interface MoreProps {
  first: DeadlineList
  rows: DeadlineRow[]
  cell: Cell<DeadlineList>
  end: Cell<DeadlineList>
  complete: boolean
}

/** The way to the next page. */
function More({ first, rows, cell, end, complete }: MoreProps) {
  const t = words().deadlines
  const { list } = address.value
  const left = first.total - rows.length
  const known = end.known.value
  const beginning = isExpired(end) && cell.known.value.asking
  const failed = !complete && !beginning && (known.problem !== null || known.unreachable)
  if (left <= 0) return null
  return (
    <div class="list-more">
      {failed && <p class="wrong">{t.moreFailed}</p>}
      <button
        type="button"
        class="button"
        aria-disabled={!complete && !failed}
        onClick={() => {
          if (failed) void (isExpired(end) ? cell : end).refresh()
          else if (complete) go({ list: { ...list, pages: list.pages + 1 } }, { replace: true })
        }}
      >
        {failed ? words().retry : t.more(count(Math.min(pageLength, left)))}
      </button>
    </div>
  )
}
