import { useState } from 'preact/hooks'
import { Outcome } from '../access/profile'
import type { Problem, Reminders } from '../api/names'
import * as api from '../api/reminders'
import { useUnsaved } from '../shell/unsaved'
import type { Cell } from '../state/cell'
import { words } from '../text/words'
import { daysOffered, mostDays, sameDays, withDay } from './days'

/** Whether one wants mail at all, and how many days before a limit. */
export function When({ settings, cell }: { settings: Reminders; cell: Cell<Reminders> }) {
  const t = words()
  const [typed, setTyped] = useState<{ wanted: boolean; days: number[] } | null>(null)
  const [busy, setBusy] = useState(false)
  const [saved, setSaved] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [network, setNetwork] = useState(false)
  const known = { wanted: settings.wanted, days: settings.days_before }
  const shown = typed ?? known
  const changed = shown.wanted !== known.wanted || !sameDays(shown.days, known.days)
  useUnsaved(changed)
  const change = (part: Partial<typeof shown>) => {
    setSaved(false)
    setTyped({ ...shown, ...part })
  }
  const send = async () => {
    if (busy || !changed) return
    setBusy(true)
    const answer = await api.changeReminders(settings.revision, {
      wanted: shown.wanted,
      days_before: shown.days,
    })
    setBusy(false)
    setProblem(answer.kind === 'problem' ? answer.problem : null)
    setNetwork(answer.kind === 'unreachable')
    if (answer.kind === 'data') {
      const { data } = answer
      cell.change(() => data)
      setTyped(null)
      setSaved(true)
    } else {
      // Where somebody was quicker, what was chosen here stays, and is saved over that.
      void cell.refresh()
    }
  }
  return (
    <section class="mail-part" aria-labelledby="mail-when">
      <h3 id="mail-when">{t.reminders.when}</h3>
      <form
        class="form"
        noValidate
        onSubmit={event => {
          event.preventDefault()
          void send()
        }}
      >
        <label class="choice-line">
          <input
            type="checkbox"
            checked={shown.wanted}
            onChange={event => change({ wanted: event.currentTarget.checked })}
          />
          <span>
            <strong>{t.reminders.wanted}</strong>{' '}
            <span class="hint">{shown.wanted ? t.reminders.wantedHint : t.reminders.unwantedHint}</span>
          </span>
        </label>
        <fieldset class="choices" disabled={!shown.wanted} aria-describedby="mail-days-hint">
          <legend>{t.reminders.days}</legend>
          <p class="hint" id="mail-days-hint">
            {shown.days.length === 0 ? t.reminders.daysNone : t.reminders.daysHint(mostDays)}
          </p>
          <div class="mail-days">
            {daysOffered([...known.days, ...shown.days]).map(day => (
              <label key={day} class="choice-line">
                <input
                  type="checkbox"
                  checked={shown.days.includes(day)}
                  disabled={shown.days.length >= mostDays && !shown.days.includes(day)}
                  onChange={event => change({ days: withDay(shown.days, day, event.currentTarget.checked) })}
                />
                <span>{t.reminders.day(day)}</span>
              </label>
            ))}
          </div>
        </fieldset>
        <Outcome problem={problem} pointers={[]} network={network} saved={saved} />
        {changed && (
          <p class="buttons">
            <button type="submit" class="button primary" aria-disabled={busy}>
              {busy ? t.task.saving : t.task.save}
            </button>
            <button type="button" class="button" onClick={() => setTyped(null)}>
              {t.task.cancel}
            </button>
          </p>
        )}
      </form>
    </section>
  )
}
