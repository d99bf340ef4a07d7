import { useId } from 'preact/hooks'
import type { Heading, PlanLine, Timeline } from '../api/names'
import { Field, Message } from '../shell/field'
import { said, words } from '../text/words'
import { type For, type LineDraft, natures, whomOf } from './draft'

interface LineProps {
  number: number
  line: LineDraft
  /** The line as it is; null: a new one. */
  was: PlanLine | null
  timeline: Timeline
  /** All that a line may be of, in order. */
  phases: Heading[]
  wrong: (part: string) => string | null
  onChange: (change: Partial<LineDraft>) => void
  onRemove: () => void
}

/** One line of a plan: what, when, and for whom. */
export function LineFields({ number, line, was, timeline, phases, wrong, onChange, onRemove }: LineProps) {
  const t = words()
  const legend = t.plans.line(number)
  if (line.removed) {
    return (
      <fieldset class="plan-line plan-line-out">
        <legend>{legend}</legend>
        <p>
          <s>{line.title}</s>
        </p>
        <p class="hint">{t.plans.removed}</p>
        <button type="button" class="button small" onClick={onRemove}>
          {t.plans.keepLine}
        </button>
      </fieldset>
    )
  }
  const whom = (one: For) => {
    if (one === 'here') return t.plans.here
    return one === 'same' ? t.plans.same(was?.areas.length ?? 0) : t.plans.below[one]
  }
  return (
    <fieldset class="plan-line">
      <legend>{legend}</legend>
      <div class="plan-fields">
        <Field
          label={t.plans.what}
          value={line.title}
          wrong={wrong('/title/vi') ?? wrong('/title') ?? wrong('')}
          onInput={title => onChange({ title })}
        />
        <Select
          label={t.plans.phase}
          value={line.phase}
          options={phases.map(one => [one.key, said(one.title)])}
          wrong={wrong('/phase')}
          onChange={phase => onChange({ phase })}
        />
        <Select
          label={t.plans.nature}
          value={line.nature}
          options={
            was ? [[was.nature, t.nature[was.nature]]] : natures.map(nature => [nature, t.nature[nature]])
          }
          wrong={wrong('/nature')}
          onChange={nature => onChange({ nature: nature as LineDraft['nature'] })}
        />
        <Field
          label={t.plans.from}
          value={line.from}
          wrong={wrong('/not_before_on')}
          day
          onInput={from => onChange({ from })}
        />
        <Field
          label={t.plans.to}
          value={line.to}
          wrong={wrong('/latest_on')}
          day
          onInput={to => onChange({ to })}
        />
        <Select
          label={t.plans.whom}
          value={line.whom}
          options={whomOf(timeline.area.level, line).map(one => [one, whom(one)])}
          wrong={wrong('/areas')}
          onChange={chosen => onChange({ whom: chosen as For })}
        />
      </div>
      <button
        type="button"
        class="button small quiet"
        aria-label={`${t.plans.removeLine}: ${legend}`}
        onClick={onRemove}
      >
        {t.plans.removeLine}
      </button>
    </fieldset>
  )
}

interface SelectProps {
  label: string
  value: string
  options: [string, string][]
  wrong: string | null
  onChange: (value: string) => void
}

function Select({ label, value, options, wrong, onChange }: SelectProps) {
  const id = useId()
  return (
    <div class={`field ${wrong ? 'field-wrong' : ''}`}>
      <label for={id}>{label}</label>
      <select
        id={id}
        value={value}
        aria-invalid={wrong !== null}
        aria-describedby={wrong ? `${id}-wrong` : undefined}
        onChange={event => onChange(event.currentTarget.value)}
      >
        {options.map(([key, word]) => (
          <option key={key} value={key}>
            {word}
          </option>
        ))}
      </select>
      <Message id={`${id}-wrong`} text={wrong} />
    </div>
  )
}
