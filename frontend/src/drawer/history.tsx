import { useEffect, useRef, useState } from 'preact/hooks'
import { history } from '../api/client'
import type { Change, History, MilestoneDetail, Nature, Text, Timeline } from '../api/names'
import { Skeleton } from '../shell/state'
import { historyCell } from '../state/election'
import { moment, shortDay } from '../text/date'
import { isBar } from '../text/status'
import type { Dictionary } from '../text/vi'
import { said, words } from '../text/words'
import { fieldWord, valueWord } from './conflict'
import { paperNames } from './papers'

/** Who changed what, when and why, the latest first; looking back, only what counted then. */
export function HistoryList({ detail, timeline }: { detail: MilestoneDetail; timeline: Timeline }) {
  const t = words()
  const election = timeline.election.id
  const cell = historyCell(election, detail.area, detail.id)
  const known = cell.known.value
  useEffect(() => {
    if (cell.known.peek().at !== null) void cell.refresh()
  }, [cell, detail.revision])
  const older = useOlder(election, detail.area, detail.id, known.data)
  const changes = older.all.filter(change => countedThen(change, timeline))
  const list = useRef<HTMLOListElement>(null)
  const had = useRef<number | null>(null)
  // The button moves away or goes: whoever pressed it reads on where the older ones begin.
  useEffect(() => {
    const first = had.current === null ? null : list.current?.children[had.current]
    if (first instanceof HTMLElement) first.focus()
    had.current = null
  }, [older.read])
  const paper = paperNames(election, detail.key)
  const more = () => {
    if (older.asking) return
    had.current = changes.length
    void older.load()
  }
  return (
    <section class="drawer-part">
      <h3>{t.drawer.history}</h3>
      {known.data === null && known.asking && <Skeleton lines={2} />}
      {known.data !== null && changes.length === 0 && !older.more && (
        <p class="hint">{t.drawer.historyEmpty}</p>
      )}
      <ol class="history" ref={list}>
        {changes.map(change => (
          <Entry key={change.revision} change={change} detail={detail} paper={paper} />
        ))}
      </ol>
      {older.more && (
        <button type="button" class="button small" aria-disabled={older.asking} onClick={more}>
          {older.asking ? t.loading : t.drawer.historyMore}
        </button>
      )}
      {older.wrong && (
        <p class="wrong" role="alert">
          {older.wrong}
        </p>
      )}
    </section>
  )
}

/** The latest changes with the older ones that were asked for; what was once read is not lost when new ones come. */
function useOlder(election: string, area: string, id: string, latest: History | null) {
  const [read, setRead] = useState<History | null>(null)
  const [asking, setAsking] = useState(false)
  const [wrong, setWrong] = useState<string | null>(null)
  const all = united(latest?.items ?? [], read?.items ?? [])
  const load = async () => {
    const last = all.at(-1)
    if (!last) return
    setAsking(true)
    setWrong(null)
    const answer = await history(election, area, id, null, last.revision)
    setAsking(false)
    if (answer.kind === 'data') {
      setRead({ items: united(all, answer.data.items), has_more: answer.data.has_more })
    } else if (answer.kind === 'problem') setWrong(answer.problem.detail || words().error.other)
    else setWrong(words().error.unreachable)
  }
  return { all, read, more: (read ?? latest)?.has_more ?? false, asking, wrong, load }
}

/** Two stretches of the log as one, the latest first. */
function united(some: Change[], others: Change[]): Change[] {
  const byRevision = new Map([...some, ...others].map(change => [change.revision, change]))
  return [...byRevision.values()].sort((a, b) => b.revision - a.revision)
}

/** Whether a change had happened, and was recorded, by what the page looks back at. */
export function countedThen(change: Change, { as_of: asOf, known_at: knownAt }: Timeline): boolean {
  if (asOf && change.happened_on > asOf) return false
  return !knownAt || Date.parse(change.recorded_at) <= Date.parse(knownAt)
}

interface EntryProps {
  change: Change
  detail: MilestoneDetail
  /** A document's number or title, by its key. */
  paper: (key: string) => string
}

function Entry({ change, detail, paper }: EntryProps) {
  const t = words()
  const task = detail.tasks.find(one => one.key === change.task)
  const what = t.history.kinds[change.kind] ?? t.history.other(change.kind)
  const steps = stepsOf(change, detail.nature, t, paper)
  return (
    <li tabIndex={-1}>
      <p>
        {change.actor === null ? (
          <span class="hint">{t.history.hidden}</span>
        ) : (
          <strong>{change.actor}</strong>
        )}{' '}
        {what}
        {task && <>: “{said(task.title)}”</>}
      </p>
      {steps.length > 0 && (
        <ul>
          {steps.map(step => (
            <li key={step}>{step}</li>
          ))}
        </ul>
      )}
      {change.reason && <p>{t.history.because(change.reason)}</p>}
      <p class="hint">
        {t.history.about(shortDay(change.happened_on))} ·{' '}
        <time dateTime={change.recorded_at}>{t.history.recorded(moment(change.recorded_at))}</time>
      </p>
    </li>
  )
}

/** What a reader wants to know of a change; the log keeps more. */
export const told = [
  'title',
  'status',
  'work',
  'done_on',
  'done_by',
  'number',
  'issued_on',
  'link',
  'document',
  'planned_on',
  'not_before_on',
  'latest_on',
  'reason',
]

/** Where the log's own word differs from the contract's. */
const called: Record<string, string> = {
  planned: 'planned_on',
  not_before: 'not_before_on',
  latest: 'latest_on',
  evidence_number: 'number',
  evidence_on: 'issued_on',
  evidence_link: 'link',
}

/** What a change did, field by field, in words; fields that nobody reads are left out. Of a bar nothing is done or not. */
export function stepsOf(
  change: Pick<Change, 'before' | 'after' | 'task' | 'reason'>,
  nature: Nature,
  t: Dictionary,
  paper = (key: string) => key,
): string[] {
  const before = flat(change.before, change.task !== null)
  const after = flat(change.after, change.task !== null)
  const steps: string[] = []
  for (const field of told) {
    if (field === 'work' && isBar(nature)) continue
    // Of a single task the milestone's work is the task's, said already.
    if (field === 'work' && before.work === before.status && after.work === after.status) continue
    const say = (value: string | undefined) =>
      value && field === 'document' ? paper(value) : (value ?? null)
    const [was, is] = [say(before[field]), say(after[field])]
    if (was === is || (change.reason !== null && field === 'reason')) continue
    const word = fieldWord(field, t)
    steps.push(
      was === null
        ? t.history.setTo(word, valueWord(is, t))
        : t.history.fromTo(word, valueWord(was, t), valueWord(is, t)),
    )
  }
  return steps
}

/** The state's texts by the contract's names; of the milestone around a task only how its work stands. */
function flat(state: Change['before'], ofTask: boolean): Record<string, string> {
  const texts: Record<string, string> = {}
  const { task, milestone, ...rest } = (state ?? {}) as { task?: object; milestone?: { work?: unknown } }
  const take = (object: object | undefined) => {
    for (const [key, value] of Object.entries(object ?? {})) {
      if (typeof value === 'string') texts[called[key] ?? key] = value
      else if (key === 'title') texts.title = said(value as Text)
    }
  }
  take(rest)
  take(ofTask ? task : milestone)
  if (ofTask && typeof milestone?.work === 'string') texts.work = milestone.work
  return texts
}
