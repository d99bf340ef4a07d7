import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { Once } from '../access/once'
import { Outcome } from '../access/profile'
import { may, session } from '../access/session'
import * as api from '../api/access'
import { messageAt } from '../api/answer'
import type { BodyKind, Level, Problem, Timeline } from '../api/names'
import { DrawerHead } from '../drawer/head'
import { kinds } from '../matrix/choice'
import { Field } from '../shell/field'
import { Link } from '../shell/link'
import { Select } from '../shell/select'
import { useUnsaved } from '../shell/unsaved'
import { language } from '../state/address'
import { levelsOf } from '../state/election'
import { said, words } from '../text/words'
import { type Alarm, alarms, type Choice, levelsFrom, levelsSaid, publicAddress, webcal } from './choice'
import { calendarsCell } from './mine'

interface Props {
  timeline: Timeline
  onClose: () => void
}

/** How to have what a place has to keep to in one's own calendar: an address for everybody, or one of one's own. */
export function SubscribeDialog({ timeline, onClose }: Props) {
  const t = words()
  const { election, area } = timeline
  const [levels, setLevels] = useState<Level[]>([area.level])
  const [body, setBody] = useState<BodyKind | null>(null)
  const [alarm, setAlarm] = useState<Alarm>('')
  const dialog = useRef<HTMLDialogElement>(null)
  useLayoutEffect(() => {
    const element = dialog.current
    if (element && !element.open) element.showModal()
    element?.querySelector<HTMLElement>('#calendar-title')?.focus()
  }, [])
  const choice: Choice = { levels, body, alarm, lang: language.value }
  return (
    <dialog
      ref={dialog}
      class="act"
      aria-labelledby="calendar-title"
      onCancel={event => {
        event.preventDefault()
        onClose()
      }}
      onKeyDown={event => {
        // The drawer listens for Esc on the document.
        if (event.key === 'Escape') event.stopPropagation()
      }}
    >
      <DrawerHead id="calendar-title" title={t.calendar.title(said(area_name(timeline)))} onClose={onClose} />
      <div class="act-body calendar">
        <p>{t.calendar.about}</p>
        <Levels
          own={area.level}
          all={levelsFrom(area.level, levelsOf(election.id))}
          chosen={levels}
          onChoose={setLevels}
        />
        <Select
          label={t.matrix.body}
          values={kinds}
          any={t.deadlines.any}
          chosen={body}
          word={value => t.bodies[value] ?? value}
          onChoose={setBody}
        />
        <Select
          label={t.calendar.alarm}
          values={alarms.filter(one => one !== '')}
          any={t.calendar.alarms['']}
          chosen={alarm || null}
          word={value => t.calendar.alarms[value]}
          onChoose={value => setAlarm(value ?? '')}
        />
        <Addresses timeline={timeline} choice={choice} />
      </div>
    </dialog>
  )
}

const area_name = ({ area }: Timeline) => ({ vi: area.name, en: area.name_en })

interface LevelsProps {
  own: Level
  all: Level[]
  chosen: Level[]
  onChoose: (levels: Level[]) => void
}

/** Whose duties: the place's own, those of the levels below; one at least. */
function Levels({ own, all, chosen, onChoose }: LevelsProps) {
  const t = words()
  if (all.length < 2) return null
  const turn = (level: Level, on: boolean) => {
    const next = all.filter(one => (one === level ? on : chosen.includes(one)))
    if (next.length > 0) onChoose(next)
  }
  return (
    <fieldset class="choices">
      <legend>{t.calendar.whose}</legend>
      {all.map(level => (
        <label key={level} class="choice-line">
          <input
            type="checkbox"
            checked={chosen.includes(level)}
            onChange={event => {
              turn(level, event.currentTarget.checked)
              // The last one stays.
              event.currentTarget.checked =
                chosen.length === 1 && chosen[0] === level ? true : event.currentTarget.checked
            }}
          />
          <span>
            <strong>{t.levels[level]}</strong>{' '}
            <span class="hint">{level === own ? t.calendar.here : t.calendar.below}</span>
          </span>
        </label>
      ))}
    </fieldset>
  )
}

function Addresses({ timeline, choice }: { timeline: Timeline; choice: Choice }) {
  const t = words().calendar
  const { election, area } = timeline
  const open = session()?.public_reading ?? false
  const address = publicAddress(location.origin, election.id, area.code, area.level, choice)
  const tooLarge = useTooLarge(open && choice.levels.length > 0 ? address : null)
  const mine = may('read', election.id, area)
  return (
    <>
      {tooLarge && (
        <p class="wrong" role="alert">
          {t.tooLarge}
        </p>
      )}
      {open && !tooLarge && (
        <section class="calendar-way">
          <h3>{t.public}</h3>
          <Once label={t.address} secret={address} hint={t.publicHint} quiet />
          <p>
            <a class="button" href={webcal(address)}>
              {t.openProgram}
            </a>
          </p>
        </section>
      )}
      {mine && (
        <Private
          key={`${levelsSaid(area.level, choice.levels)} ${choice.body}`}
          timeline={timeline}
          choice={choice}
        />
      )}
      {!open && !mine && <p class="remark">{t.noRole}</p>}
      <p class="hint">{t.how}</p>
    </>
  )
}

/** Whether the server gives no such calendar, as it would be too large. */
function useTooLarge(address: string | null): boolean {
  const [refused, setRefused] = useState(false)
  useEffect(() => {
    setRefused(false)
    if (!address?.includes('levels=')) return
    let late = false
    void fetch(address, { method: 'HEAD' }).then(
      answer => {
        if (!late) setRefused(answer.status === 400)
      },
      () => {},
    )
    return () => {
      late = true
    }
  }, [address])
  return refused
}

/** An address of one's own: for where public reading is off, and to be ended when a device is lost. */
function Private({ timeline, choice }: { timeline: Timeline; choice: Choice }) {
  const t = words()
  const { election, area } = timeline
  const id = useId()
  const [name, setName] = useState('')
  const [tried, setTried] = useState(false)
  const [busy, setBusy] = useState(false)
  const [made, setMade] = useState<{ name: string; address: string } | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [network, setNetwork] = useState(false)
  useUnsaved(name !== '')
  const send = async () => {
    setTried(true)
    setProblem(null)
    setNetwork(false)
    if (busy || name.trim() === '') return
    setBusy(true)
    const levels = levelsSaid(area.level, choice.levels)
    const answer = await api.makeCalendar({
      name: name.trim(),
      election: election.id,
      area: area.code,
      language: choice.lang,
      ...(levels ? { levels } : {}),
      ...(choice.body ? { body: choice.body } : {}),
      ...(choice.alarm ? { alarm: choice.alarm } : {}),
    })
    setBusy(false)
    if (answer.kind === 'data') {
      setMade({ name: answer.data.calendar.name, address: answer.data.address })
      setName('')
      setTried(false)
      void calendarsCell().refresh()
    } else if (answer.kind === 'problem') setProblem(answer.problem)
    else setNetwork(true)
  }
  return (
    <section class="calendar-way" aria-labelledby={id}>
      <h3 id={id}>{t.calendar.private}</h3>
      <p class="hint">
        {t.calendar.privateHint} <Link to={{ own: 'account' }}>{t.calendar.mine}</Link>
      </p>
      {made && (
        <>
          <Once label={t.calendar.madeLabel(made.name)} secret={made.address} hint={t.calendar.madeHint} />
          <p>
            <a class="button" href={webcal(made.address)}>
              {t.calendar.openProgram}
            </a>
          </p>
        </>
      )}
      <form
        class="form"
        noValidate
        onSubmit={event => {
          event.preventDefault()
          void send()
        }}
      >
        <Field
          label={t.calendar.name}
          hint={t.calendar.nameHint}
          value={name}
          wrong={messageAt(problem, '/name') ?? (tried && name.trim() === '' ? t.calendar.nameMissing : null)}
          onInput={setName}
        />
        <Outcome problem={problem} pointers={['/name']} network={network} saved={false} />
        <p class="buttons">
          <button type="submit" class="button primary" aria-disabled={busy}>
            {busy ? t.task.saving : t.calendar.make}
          </button>
        </p>
      </form>
    </section>
  )
}
