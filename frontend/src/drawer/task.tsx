import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { messageAt } from '../api/answer'
import * as api from '../api/client'
import type { MilestoneDetail, Problem, Task, TaskChanged, Timeline, Warning } from '../api/names'
import { Chip } from '../shell/chip'
import { Icon } from '../shell/icon'
import { Outside } from '../shell/link'
import type { Cell } from '../state/cell'
import { shortDay } from '../text/date'
import { lowered, type Status, type Tone } from '../text/status'
import { said, words } from '../text/words'
import { Conflict, fieldWord, valueWord } from './conflict'
import { baseAt, beginDraft, draftAt, dropDraft, keepDraft } from './draft'
import { askAgain, withMilestones, withTask } from './follow'
import { TaskForm } from './form'
import { AddTask, OwnTools } from './owntasks'
import { paperNames } from './papers'
import {
  clearedBy,
  type Draft,
  differences,
  draftOf,
  isTyped,
  merged,
  patchOf,
  type Reportable,
  type Wrong,
} from './report'
import { SourceLink, sourceWord } from './why'

interface TasksProps {
  /** Nobody has told how far the milestone is: that no task is reported then says nothing. */
  silent: boolean
  detail: MilestoneDetail
  details: Cell<MilestoneDetail>
  timeline: Timeline
  cell: Cell<Timeline>
  editable: boolean
}

/** The tasks of a milestone, each with its status, its evidence and what to do about it. */
export function Tasks(props: TasksProps) {
  const t = words()
  const { detail, editable } = props
  const own = detail.tasks.filter(task => task.own)
  const works = detail.tasks.length > 0
  return (
    <section class="drawer-part">
      <h3>{t.drawer.tasks}</h3>
      {!works && <p class="hint">{t.drawer.noTasks}</p>}
      <ul class="tasks">
        {detail.tasks
          .filter(task => !task.own)
          .map(task => (
            <TaskCard key={task.key} {...props} task={task} own={own} />
          ))}
      </ul>
      {works && (own.length > 0 || editable) && <h4 class="own-heading">{t.own.heading}</h4>}
      {own.length > 0 && (
        <ul class="tasks">
          {own.map(task => (
            <TaskCard key={task.key} {...props} task={task} own={own} />
          ))}
        </ul>
      )}
      {works && editable && <AddTask {...props} />}
    </section>
  )
}

type Trouble =
  | { kind: 'network' }
  | { kind: 'problem'; problem: Problem }
  | { kind: 'conflict'; theirs: Task; draft: Draft }

const toneOfWork: Record<Task['status'], Tone> = {
  not_started: 'upcoming',
  in_progress: 'running',
  blocked: 'blocked',
  done: 'done',
  not_applicable: 'aside',
  cancelled: 'aside',
}

function TaskCard(props: TasksProps & { task: Task; own: Task[] }) {
  const { task, own, silent, detail, details, timeline, cell, editable } = props
  const t = words()
  const election = timeline.election.id
  // After the end a report is about the past: its day is not today, and nothing is being done now.
  const closed = timeline.election.state === 'closed'
  const key = `${election}/${detail.area}/${detail.id}/${task.key}`
  const draft = draftAt(key)
  // What is typed is about the task as it was then: what others have written since is not to be overwritten unseen.
  const base = baseAt(key) ?? task
  const [busy, setBusy] = useState<Reportable | null>(null)
  const [trouble, setTrouble] = useState<Trouble | null>(null)
  const [wrong, setWrong] = useState<Wrong>({})
  const [saved, setSaved] = useState<TaskChanged | null>(null)
  const edit = useRef<HTMLButtonElement>(null)
  const id = useId()

  const accept = (changed: TaskChanged) => {
    dropDraft(key)
    setSaved(changed)
    details.change(shown => withTask(shown, changed))
    cell.change(shown => withMilestones(shown, [changed.milestone, ...changed.moved]))
    askAgain(cell, election, detail.area, detail.id)
  }
  const keepTheirs = (theirs: Task) => {
    dropDraft(key)
    setTrouble(null)
    details.change(shown => ({
      ...shown,
      tasks: shown.tasks.map(one => (one.key === task.key ? theirs : one)),
    }))
    askAgain(cell, election, detail.area, detail.id)
  }
  const refuse = (problem: Problem, draft: Draft) => {
    const found = troubleOf(problem, draft)
    // Both wrote the same: there is nothing to choose.
    if (found.kind === 'conflict' && differences(found.theirs, draft).length === 0) keepTheirs(found.theirs)
    else setTrouble(found)
  }
  const send = async (base: Task, said: Draft) => {
    if (busy) return
    const { patch, wrong: found } = patchOf(base, said)
    setWrong(found)
    setTrouble(null)
    setSaved(null)
    if (Object.keys(found).length > 0) return
    if (!patch) {
      dropDraft(key)
      return
    }
    setBusy(said.status)
    const answer = await api.patchTask(election, detail.area, detail.id, task.key, base.revision, patch)
    setBusy(null)
    if (answer.kind === 'data') accept(answer.data)
    else if (answer.kind === 'unreachable') setTrouble({ kind: 'network' })
    else if (answer.kind === 'problem') refuse(answer.problem, said)
  }
  const quick = (status: Reportable) =>
    void send(task, { ...draftOf(task, timeline.today), status, when: 'on', day: shortDay(timeline.today) })
  const shown = busy ?? task.status
  const stage = trouble?.kind === 'conflict' ? 'conflict' : draft !== null ? 'form' : 'buttons'
  const editing = stage === 'form'
  const card = useRef<HTMLLIElement>(null)
  useFocusBack(stage, saved, card, edit)
  const paper = paperNames(election, detail.key)
  const named = (field: string, value: string) => (field === 'document' ? paper(value) : value)
  const start = draftOf(base, closed ? null : timeline.today)
  return (
    <li class="task" ref={card}>
      <div class="task-head">
        <h4 id={`${id}-title`}>{said(task.title)}</h4>
        <Chip status={workChip(shown, silent, detail.work === 'cancelled')} small />
      </div>
      <TaskFacts task={task} />
      {trouble?.kind === 'conflict' && (
        <Conflict
          rows={differences(trouble.theirs, trouble.draft).map(row => ({
            ...row,
            theirs: row.theirs && named(row.field, row.theirs),
          }))}
          of={{ election, area: detail.area, milestone: detail.id, revision: trouble.theirs.revision }}
          onTheirs={() => keepTheirs(trouble.theirs)}
          onMine={() => void send(trouble.theirs, trouble.draft)}
          onMerge={mine => void send(trouble.theirs, merged(trouble.theirs, trouble.draft, mine))}
        />
      )}
      {editable && stage === 'buttons' && (
        <div class="buttons">
          {!closed && task.status !== 'done' && (
            <button
              type="button"
              class="button small primary"
              aria-disabled={busy !== null}
              onClick={() => quick('done')}
            >
              {t.task.doneToday}
            </button>
          )}
          {!closed && task.status !== 'in_progress' && task.status !== 'done' && (
            <button
              type="button"
              class="button small"
              aria-disabled={busy !== null}
              onClick={() => quick('in_progress')}
            >
              {t.task.doing}
            </button>
          )}
          <button
            ref={edit}
            type="button"
            class="button small quiet"
            aria-label={t.task.editLabel(said(task.title))}
            onClick={() => {
              setSaved(null)
              setTrouble(null)
              beginDraft(key, start, task)
            }}
          >
            <Icon name="pencil" />
            {t.task.edit}
          </button>
        </div>
      )}
      {editable && task.own && stage === 'buttons' && (
        <OwnTools task={task} own={own} detail={detail} timeline={timeline} cell={cell} />
      )}
      {editing && draft && (
        <TaskForm
          draft={draft}
          busy={busy !== null}
          typed={isTyped(draft, start)}
          takesAway={detail.standing === 'confirmed'}
          overtaken={base.revision !== task.revision}
          clears={clearedBy(task, draft.status).map(
            ({ field, value }) => `${lowered(fieldWord(field, t))} ${valueWord(named(field, value), t)}`,
          )}
          refusal={trouble ?? wrong}
          wrong={messagesOf(wrong, trouble)}
          onChange={change => keepDraft(key, { ...draft, ...change })}
          onSave={() => void send(base, draft)}
          onCancel={() => {
            dropDraft(key)
            setTrouble(null)
            setWrong({})
          }}
        />
      )}
      <Outcome busy={busy !== null} saved={saved} trouble={trouble} />
    </li>
  )
}

function workChip(work: Task['status'], silent: boolean, cancelled: boolean): Status {
  const t = words()
  // What was reported is kept; what was never begun is cancelled with its milestone.
  if (cancelled && work === 'not_started') return workChip('cancelled', silent, false)
  if (silent && work === 'not_started') return { tone: 'unknown', text: t.timing.no_record, work: null }
  return { tone: toneOfWork[work], text: t.work[work], work: null }
}

/** When what had the focus goes, be it the form, the choice or a quick button, the button that stays gets it. */
function useFocusBack(
  stage: 'conflict' | 'form' | 'buttons',
  saved: TaskChanged | null,
  card: { current: HTMLElement | null },
  edit: { current: HTMLElement | null },
): void {
  const was = useRef(stage)
  useLayoutEffect(() => {
    const lost = saved !== null && !card.current?.contains(document.activeElement)
    if (stage === 'buttons' && (was.current !== stage || lost)) edit.current?.focus()
    was.current = stage
  }, [stage, saved, card, edit])
}

function troubleOf(problem: Problem, draft: Draft): Trouble {
  if (problem.status === 412 && problem.current) {
    return { kind: 'conflict', theirs: problem.current as unknown as Task, draft }
  }
  return { kind: 'problem', problem }
}

/** Messages beside fields: the page's own, and the server's by JSON pointer. */
function messagesOf(wrong: Wrong, trouble: Trouble | null): (pointer: string) => string | null {
  const { task: t, asOf } = words()
  return pointer => {
    const own = wrong[pointer as keyof Wrong]
    if (own === 'day') return asOf.notADay
    if (own) return pointer === '/reason' ? t.reasonMissing : t.dayMissing
    return trouble?.kind === 'problem' ? messageAt(trouble.problem, pointer) : null
  }
}

function TaskFacts({ task }: { task: Task }) {
  const t = words()
  const facts: string[] = []
  if (task.done_on) facts.push(t.dates.doneOn(shortDay(task.done_on)))
  else if (task.done_by) facts.push(t.dates.doneBy(shortDay(task.done_by)))
  const { evidence } = task
  if (evidence?.number) facts.push(t.task.documentNo(evidence.number))
  if (evidence?.issued_on) facts.push(t.drawer.issuedOn(shortDay(evidence.issued_on)))
  const link = evidence?.link ?? null
  if (facts.length === 0 && !link && !task.reason && !task.note && !task.source) return null
  return (
    <div class="task-facts">
      {(facts.length > 0 || link) && (
        <p>
          {t.list(facts)} {link && <Outside address={link}>{sourceWord(link, link)}</Outside>}
        </p>
      )}
      {task.reason && (
        <p>
          {t.task.reason}: {task.reason}
        </p>
      )}
      {(task.note || task.source) && (
        <p class="hint">
          {task.note && <span lang="vi">{task.note}</span>}{' '}
          {task.source && (
            <>
              {t.task.source}: <SourceLink source={task.source} />
            </>
          )}
        </p>
      )}
    </div>
  )
}

interface OutcomeProps {
  busy: boolean
  saved: TaskChanged | null
  trouble: Trouble | null
}

function Outcome({ busy, saved, trouble }: OutcomeProps) {
  const t = words().task
  return (
    <>
      <div role="status" class="outcome">
        {busy && <p class="hint">{t.saving}</p>}
        {saved && !busy && (
          <>
            <p class="good">
              {t.saved} {saved.moved.length > 0 && t.movedDates(saved.moved.length)}
            </p>
            {saved.warnings.length > 0 && <Warnings warnings={saved.warnings} />}
          </>
        )}
      </div>
      {trouble?.kind === 'network' && (
        <p class="wrong" role="alert">
          {t.network}
        </p>
      )}
      {trouble?.kind === 'problem' && (
        <p class="wrong" role="alert">
          {t.refused(trouble.problem.detail)}
        </p>
      )}
    </>
  )
}

function Warnings({ warnings }: { warnings: Warning[] }) {
  return (
    <div class="remark">
      <strong>{words().task.warnings}:</strong>
      <ul>
        {warnings.map(warning => (
          <li key={warning.code}>{said(warning.detail)}</li>
        ))}
      </ul>
    </div>
  )
}
