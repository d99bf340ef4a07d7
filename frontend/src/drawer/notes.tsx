import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks'
import * as api from '../api/client'
import type { Note, Problem, Timeline } from '../api/names'
import { Skeleton } from '../shell/state'
import { useUnsaved } from '../shell/unsaved'
import { dayNumber, wallClock } from '../state/day'
import { notesCell } from '../state/election'
import { moment, shortDay } from '../text/date'
import { words } from '../text/words'
import { Conflict } from './conflict'
import { keepText, textAt } from './draft'

const longest = 2000

interface NotesProps {
  timeline: Timeline
  area: string
  milestone: string
}

/** What staff wrote to each other about a milestone; only drawn for who may read it. */
export function Notes({ timeline, area, milestone }: NotesProps) {
  const t = words().notes
  const election = timeline.election.id
  const cell = notesCell(election, area, milestone)
  const { data, asking, problem } = cell.known.value
  useEffect(() => {
    if (cell.known.peek().at !== null) void cell.refresh()
  }, [cell])
  const items = data?.items ?? []
  const again = () => void cell.refresh()
  const key = `${election}/${area}/${milestone}/note`
  return (
    <section class="drawer-part notes">
      <h3>{data ? t.heading(items.length) : t.title}</h3>
      <p class="hint">{t.internal}</p>
      {!data && asking && <Skeleton lines={2} />}
      {!data && problem && <p class="hint">{problem.detail}</p>}
      {data && items.length === 0 && <p class="hint">{t.none}</p>}
      <ol>
        {items.map(note => (
          <Entry
            key={note.note}
            note={note}
            draftKey={`${key}/${note.note}`}
            today={timeline.today}
            send={(text, revision) => api.changeNote(election, area, milestone, note.note, revision, text)}
            remove={() => api.removeNote(election, area, milestone, note.note, note.revision)}
            again={again}
          />
        ))}
      </ol>
      {data?.may_add && (
        <Writing
          draftKey={key}
          label={t.write}
          button={t.add}
          send={text => api.addNote(election, area, milestone, text)}
          done={again}
        />
      )}
    </section>
  )
}

/** On which day, as one says it: today, yesterday, so many days ago. */
export function relativeDay(instant: string, today: string): string {
  const t = words().notes
  const { day } = wallClock(instant)
  const days = dayNumber(today) - dayNumber(day)
  if (days <= 0) return t.today
  return days === 1 ? t.yesterday : days < 30 ? t.daysAgo(days) : shortDay(day)
}

interface EntryProps {
  note: Note
  draftKey: string
  today: string
  send: (text: string, revision: number) => ReturnType<typeof api.changeNote>
  remove: () => ReturnType<typeof api.removeNote>
  again: () => void
}

function Entry({ note, draftKey, today, send, remove, again }: EntryProps) {
  const t = words().notes
  const [asking, setAsking] = useState(false)
  const [trouble, setTrouble] = useState<string | null>(null)
  const question = useRef<HTMLParagraphElement>(null)
  const editing = textAt(draftKey) !== null
  useLayoutEffect(() => {
    if (asking) question.current?.focus()
  }, [asking])
  const take = async () => {
    const answer = await remove()
    setAsking(false)
    if (answer.kind === 'problem') setTrouble(answer.problem.detail)
    else if (answer.kind === 'unreachable') setTrouble(words().task.network)
    again()
  }
  return (
    <li>
      <p class="note-head">
        <strong>{note.author}</strong>{' '}
        <time dateTime={note.written_at} title={moment(note.written_at)}>
          {relativeDay(note.written_at, today)}
        </time>
        {note.edited_at && <span title={moment(note.edited_at)}> · {t.edited}</span>}
      </p>
      {editing ? (
        <Writing
          draftKey={draftKey}
          label={t.change}
          button={t.save}
          start={note.text}
          revision={note.revision}
          send={send}
          done={again}
        />
      ) : (
        <p class="note-text">{note.text}</p>
      )}
      {!editing && !asking && (note.may_change || note.may_remove) && (
        <div class="buttons">
          {note.may_change && (
            <button
              type="button"
              class="button small quiet"
              aria-label={t.changeLabel(note.text.slice(0, 60))}
              onClick={() => keepText(draftKey, note.text)}
            >
              {t.edit}
            </button>
          )}
          {note.may_remove && (
            <button
              type="button"
              class="button small quiet"
              aria-label={t.removeLabel(note.text.slice(0, 60))}
              onClick={() => setAsking(true)}
            >
              {t.remove}
            </button>
          )}
        </div>
      )}
      {asking && (
        <div class="own-remove">
          <p ref={question} tabIndex={-1}>
            {t.removeAsk}
          </p>
          <div class="buttons">
            <button type="button" class="button small primary" onClick={() => void take()}>
              {t.removeYes}
            </button>
            <button type="button" class="button small" onClick={() => setAsking(false)}>
              {words().own.cancel}
            </button>
          </div>
        </div>
      )}
      {trouble && (
        <p class="wrong" role="alert">
          {trouble}
        </p>
      )}
    </li>
  )
}

interface WritingProps {
  draftKey: string
  label: string
  button: string
  /** What stands there already, and its revision; none: it is a new note. */
  start?: string
  revision?: number
  send: (text: string, revision: number) => ReturnType<typeof api.changeNote>
  done: () => void
}

/** Where a note is written; what is typed outlives the drawer. */
function Writing({ draftKey, label, button, start = '', revision = 0, send, done }: WritingProps) {
  const t = words().notes
  const id = useId()
  const typed = textAt(draftKey) ?? ''
  const [busy, setBusy] = useState(false)
  const [wrong, setWrong] = useState<string | null>(null)
  const [theirs, setTheirs] = useState<Note | null>(null)
  useUnsaved(typed.trim() !== start)
  const refuse = (problem: Problem) => {
    if (problem.status === 412 && problem.current) setTheirs(problem.current as unknown as Note)
    else setWrong(problem.detail)
  }
  const save = async (known: number) => {
    if (busy) return
    setWrong(typed.trim() === '' ? t.empty : null)
    setTheirs(null)
    if (typed.trim() === '') return
    setBusy(true)
    const answer = await send(typed.trim(), known)
    setBusy(false)
    if (answer.kind === 'data') {
      keepText(draftKey, null)
      done()
    } else if (answer.kind === 'unreachable') setWrong(words().task.network)
    else if (answer.kind === 'problem') refuse(answer.problem)
  }
  if (theirs) {
    return (
      <Conflict
        rows={[{ field: 'text', label: t.title, theirs: theirs.text, mine: typed.trim() }]}
        who={`${theirs.author}, ${moment(theirs.edited_at ?? theirs.written_at)}`}
        onTheirs={() => {
          keepText(draftKey, null)
          setTheirs(null)
          done()
        }}
        onMine={() => void save(theirs.revision)}
      />
    )
  }
  const left = longest - typed.length
  return (
    <form
      class="note-form"
      onSubmit={event => {
        event.preventDefault()
        void save(revision)
      }}
    >
      <label for={id}>{label}</label>
      <textarea
        id={id}
        rows={3}
        maxLength={longest}
        value={typed}
        aria-invalid={wrong !== null}
        aria-describedby={wrong ? `${id}-wrong` : undefined}
        onInput={event => keepText(draftKey, event.currentTarget.value)}
      />
      {left < 200 && <p class="hint">{t.left(left)}</p>}
      {wrong && (
        <p class="wrong" id={`${id}-wrong`} role="alert">
          {wrong}
        </p>
      )}
      <div class="buttons">
        <button type="submit" class="button small" aria-disabled={busy}>
          {button}
        </button>
        {revision > 0 && (
          <button type="button" class="button small quiet" onClick={() => keepText(draftKey, null)}>
            {words().own.cancel}
          </button>
        )}
      </div>
    </form>
  )
}
