import { useEffect, useState } from 'preact/hooks'
import type { Timeline } from '../api/names'
import { useNarrow } from '../shell/narrow'
import { OpenDay } from '../shell/openday'
import { Select } from '../shell/select'
import { address, go } from '../state/address'
import { rulesCell } from '../state/election'
import { said, words } from '../text/words'
import { narrowings, type Trail, type TrailChoices, trailBegins } from './choice'
import { capital } from './row'

const reaches = ['branch', 'here'] as const

/** Whose changes, of what, and of which days. */
export function TrailFilters({ timeline, which }: { timeline: Timeline; which: Trail }) {
  const t = words()
  const { traced } = address.value
  const choose = (change: Partial<TrailChoices>) =>
    go({ traced: { ...traced, ...change, pages: 1 } }, { replace: true })
  const kinds = which === 'changes' ? t.history.kinds : t.trail.kinds
  const values = Object.keys(kinds)
  const active = narrowings(traced)
  const narrow = useNarrow()
  const all = (
    <>
      <Person chosen={traced.person} onChoose={person => choose({ person })} />
      {which === 'changes' && (
        <MilestoneChoice
          election={timeline.election.id}
          chosen={traced.milestone}
          onChoose={milestone => choose({ milestone })}
        />
      )}
      <Select
        label={t.trail.kind}
        values={traced.kind && !values.includes(traced.kind) ? [traced.kind, ...values] : values}
        any={t.trail.any}
        chosen={traced.kind}
        word={kind => capital(kinds[kind] ?? kind)}
        onChoose={kind => choose({ kind })}
      />
      <OpenDay label={t.trail.from} day={traced.from} onChoose={from => choose({ from })} />
      <OpenDay label={t.trail.to} day={traced.to} onChoose={to => choose({ to })} />
      {timeline.area.children > 0 && (
        <Select
          label={t.trail.reach}
          values={reaches}
          chosen={traced.branch ? 'branch' : 'here'}
          word={reach => t.trail.reaches[reach]}
          onChoose={reach => choose({ branch: reach !== 'here' })}
        />
      )}
      {active > 0 && (
        <button type="button" class="button" onClick={() => choose(trailBegins)}>
          {t.trail.clear}
        </button>
      )}
    </>
  )
  return (
    <div class="list-tools trail-filters" role="group" aria-label={t.trail.filters}>
      {narrow ? (
        <details class="list-filters" open={active > 0 || undefined}>
          <summary class="button">{active > 0 ? t.matrix.filtered(active) : t.matrix.filter}</summary>
          <div class="list-tools">{all}</div>
        </details>
      ) : (
        all
      )}
    </div>
  )
}

/** A name as it is typed; it counts once one leaves it or presses Enter. */
function Person({ chosen, onChoose }: { chosen: string | null; onChoose: (person: string | null) => void }) {
  const t = words().trail
  const [typed, setTyped] = useState(chosen ?? '')
  useEffect(() => setTyped(chosen ?? ''), [chosen])
  const take = () => {
    const wanted = typed.trim() || null
    if (wanted !== chosen) onChoose(wanted)
  }
  return (
    <label class="labelled">
      <span>{t.person}</span>
      <input
        type="text"
        autocomplete="off"
        spellcheck={false}
        maxLength={100}
        placeholder={t.personHint}
        value={typed}
        onInput={event => setTyped(event.currentTarget.value)}
        onBlur={take}
        onKeyDown={event => {
          if (event.key === 'Enter') take()
        }}
      />
    </label>
  )
}

interface MilestoneChoiceProps {
  election: string
  chosen: string | null
  onChoose: (key: string | null) => void
}

/** What the law asks for, by its title; where two have the same, with the levels. */
function MilestoneChoice({ election, chosen, onChoose }: MilestoneChoiceProps) {
  const t = words()
  const rules = rulesCell(election).known.value.data?.items ?? []
  const titles = new Map<string, string>()
  for (const rule of rules) {
    const title = said(rule.title)
    const alike = rules.filter(other => said(other.title) === title).length > 1
    const levels = Object.keys(rule.levels).map(level => t.levels[level as keyof typeof t.levels] ?? level)
    titles.set(rule.key, alike ? `${title} (${levels.join(', ')})` : title)
  }
  const values = [...titles.keys()]
  return (
    <Select
      label={t.trail.milestone}
      values={chosen && !titles.has(chosen) ? [chosen, ...values] : values}
      any={t.trail.any}
      chosen={chosen}
      word={key => titles.get(key) ?? key}
      onChoose={onChoose}
    />
  )
}
