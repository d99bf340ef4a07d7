import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { messageAt } from '../api/answer'
import * as api from '../api/client'
import type { MilestoneDetail, Problem, Task, Timeline } from '../api/names'
import { Field } from '../shell/field'
import { useUnsaved } from '../shell/unsaved'
import type { Cell } from '../state/cell'
import { said, words } from '../text/words'
import { Conflict } from './conflict'
import { keepText, textAt } from './draft'
import { askAgain } from './follow'

interface OwnProps {
  detail: MilestoneDetail
  timeline: Timeline
  cell: Cell<Timeline>
}

type Trouble = { kind: 'network' } | { kind: 'problem'; problem: Problem } | { kind: 'title'; theirs: Task }

/** What may be done with a task of one's own: call it something else, move it, remove it. */
export function OwnTools({ task, own, detail, timeline, cell }: OwnProps & { task: Task; own: Task[] }) {
  const t = words().own
  const election = timeline.election.id
  const key = `${election}/${detail.area}/${detail.id}/${task.key}/title`
  const typed = textAt(key)
  const base = useRef(task.revision)
  const [asking, setAsking] = useState(false)
  const [busy, setBusy] = useState(false)
  const [trouble, setTrouble] = useState<Trouble | null>(null)
  const buttons = useRef<HTMLDivElement>(null)
  const question = useRef<HTMLParagraphElement>(null)
  const title = said(task.title)
  const at = own.findIndex(one => one.key === task.key)
  useUnsaved(typed !== null && typed.trim() !== title)
  useLayoutEffect(() => {
    if (asking) question.current?.focus()
  }, [asking])
  const again = () => askAgain(cell, election, detail.area, detail.id)
  const patch = async (revision: number, body: { title: string } | { position: number }) => {
    if (busy) return
    setBusy(true)
    setTrouble(null)
    const answer = await api.patchTask(election, detail.area, detail.id, task.key, revision, body)
    setBusy(false)
    if (answer.kind === 'data') {
      if ('title' in body) keepText(key, null)
      again()
    } else if (answer.kind === 'unreachable') setTrouble({ kind: 'network' })
    else if (answer.kind === 'problem') {
      const theirs = answer.problem.status === 412 ? (answer.problem.current as unknown as Task | null) : null
      if (theirs && 'title' in body) setTrouble({ kind: 'title', theirs })
      else setTrouble({ kind: 'problem', problem: answer.problem })
      if (theirs) again()
    }
  }
  const remove = async () => {
    if (busy) return
    setBusy(true)
    setTrouble(null)
    const answer = await api.removeTask(election, detail.area, detail.id, task.key, task.revision)
    setBusy(false)
    setAsking(false)
    if (answer.kind === 'unreachable') setTrouble({ kind: 'network' })
    else if (answer.kind === 'problem') setTrouble({ kind: 'problem', problem: answer.problem })
    again()
  }
  if (trouble?.kind === 'title' && typed !== null) {
    const { theirs } = trouble
    return (
      <Conflict
        rows={[{ field: 'title', theirs: said(theirs.title), mine: typed.trim() }]}
        of={{ election, area: detail.area, milestone: detail.id, revision: theirs.revision }}
        onTheirs={() => {
          keepText(key, null)
          setTrouble(null)
        }}
        onMine={() => void patch(theirs.revision, { title: typed.trim() })}
      />
    )
  }
  return (
    <div class="own-tools">
      {typed !== null && (
        <form
          class="own-rename"
          onSubmit={event => {
            event.preventDefault()
            if (typed.trim() === title) keepText(key, null)
            else void patch(base.current, { title: typed.trim() })
          }}
        >
          <Field
            label={t.title}
            value={typed}
            wrong={trouble?.kind === 'problem' ? messageAt(trouble.problem, '/title') : null}
            onInput={value => keepText(key, value)}
          />
          <div class="buttons">
            <button type="submit" class="button small primary" aria-disabled={busy}>
              {t.save}
            </button>
            <button type="button" class="button small" onClick={() => keepText(key, null)}>
              {t.cancel}
            </button>
          </div>
        </form>
      )}
      {typed === null && !asking && (
        <div class="buttons" ref={buttons}>
          <button
            type="button"
            class="button small quiet"
            aria-label={t.renameLabel(title)}
            onClick={() => {
              // What is typed is about the title as it is now.
              base.current = task.revision
              keepText(key, title)
            }}
          >
            {t.rename}
          </button>
          <button
            type="button"
            class="button small quiet"
            aria-label={t.upLabel(title)}
            aria-disabled={busy || at === 0}
            onClick={() => at > 0 && void patch(task.revision, { position: at })}
          >
            <span aria-hidden="true">↑</span> {t.up}
          </button>
          <button
            type="button"
            class="button small quiet"
            aria-label={t.downLabel(title)}
            aria-disabled={busy || at === own.length - 1}
            onClick={() => at < own.length - 1 && void patch(task.revision, { position: at + 2 })}
          >
            <span aria-hidden="true">↓</span> {t.down}
          </button>
          <button
            type="button"
            class="button small quiet"
            aria-label={t.removeLabel(title)}
            onClick={() => setAsking(true)}
          >
            {t.remove}
          </button>
        </div>
      )}
      {asking && (
        <div class="own-remove">
          <p ref={question} tabIndex={-1}>
            {t.removeAsk(title)}
          </p>
          <div class="buttons">
            <button
              type="button"
              class="button small primary"
              aria-disabled={busy}
              onClick={() => void remove()}
            >
              {t.removeYes}
            </button>
            <button type="button" class="button small" onClick={() => setAsking(false)}>
              {t.cancel}
            </button>
          </div>
        </div>
      )}
      <Refusal trouble={trouble} />
    </div>
  )
}

function Refusal({ trouble }: { trouble: Trouble | null }) {
  const t = words().task
  if (!trouble || trouble.kind === 'title') return null
  return (
    <p class="wrong" role="alert">
      {trouble.kind === 'network' ? t.network : t.refused(trouble.problem.detail)}
    </p>
  )
}

/** Where a task of one's own is added. */
export function AddTask({ detail, timeline, cell }: OwnProps) {
  const t = words().own
  const election = timeline.election.id
  const key = `${election}/${detail.area}/${detail.id}/new`
  const typed = textAt(key) ?? ''
  const [busy, setBusy] = useState(false)
  const [trouble, setTrouble] = useState<Trouble | null>(null)
  const [missing, setMissing] = useState(false)
  useUnsaved(typed.trim() !== '')
  const add = async () => {
    if (busy) return
    setTrouble(null)
    setMissing(typed.trim() === '')
    if (typed.trim() === '') return
    setBusy(true)
    const answer = await api.addTask(election, detail.area, detail.id, { title: typed.trim() })
    setBusy(false)
    if (answer.kind === 'data') {
      keepText(key, null)
      askAgain(cell, election, detail.area, detail.id)
    } else if (answer.kind === 'unreachable') setTrouble({ kind: 'network' })
    else if (answer.kind === 'problem') setTrouble({ kind: 'problem', problem: answer.problem })
  }
  return (
    <form
      class="own-add"
      onSubmit={event => {
        event.preventDefault()
        void add()
      }}
    >
      <Field
        label={t.add}
        hint={t.addHint}
        value={typed}
        wrong={missing ? t.titleMissing : null}
        onInput={value => {
          keepText(key, value)
          setMissing(false)
        }}
      />
      <button type="submit" class="button small" aria-disabled={busy}>
        {t.addButton}
      </button>
      <Refusal trouble={trouble} />
    </form>
  )
}
