import type { Matrix } from '../api/names'
import { address, go } from '../state/address'
import { electionsCell } from '../state/election'
import { words } from '../text/words'
import { assemblies, assembliesAt, type Choices, kinds, sorts, states } from './choice'

/** What to see of the matrix and in which order. */
export function Filters({ matrix, open }: { matrix: Matrix; open: readonly string[] }) {
  const t = words().matrix
  const choices = address.value.matrix
  const choose = (change: Partial<Choices>) => go({ matrix: { ...choices, ...change } }, { replace: true })
  const all = matrix.phases.map(phase => phase.key)
  const bodies = words().bodies
  const election = electionsCell().known.value.data?.items.find(one => one.id === matrix.election.id)
  return (
    <div class="matrix-tools" role="group" aria-label={t.filters}>
      <Select
        label={t.sort}
        values={sorts}
        chosen={choices.sort}
        word={value => t.sorts[value]}
        onChoose={sort => choose({ sort: sort ?? 'name' })}
      />
      <Select
        label={t.state}
        values={states}
        any={t.any}
        chosen={choices.state}
        word={value => t.states[value]}
        onChoose={state => choose({ state })}
      />
      <Select
        label={t.body}
        values={kinds}
        any={t.any}
        chosen={choices.body}
        word={value => bodies[value] ?? value}
        onChoose={body => choose({ body })}
      />
      <Select
        label={t.serves}
        values={election ? assembliesAt(election.levels) : assemblies}
        any={t.any}
        chosen={choices.serves}
        word={value => t.assemblies[value]}
        onChoose={serves => choose({ serves })}
      />
      <div class="buttons">
        <button
          type="button"
          class="button small"
          disabled={open.length === all.length}
          onClick={() => choose({ phases: all })}
        >
          {t.openAll}
        </button>
        <button
          type="button"
          class="button small"
          disabled={open.length === 0}
          onClick={() => choose({ phases: [] })}
        >
          {t.closeAll}
        </button>
      </div>
    </div>
  )
}

interface SelectProps<T extends string> {
  label: string
  values: readonly T[]
  /** The word for no choice, where there may be none. */
  any?: string
  chosen: T | null
  word: (value: T) => string
  onChoose: (value: T | null) => void
}

function Select<T extends string>({ label, values, any, chosen, word, onChoose }: SelectProps<T>) {
  return (
    <label class="matrix-choice">
      <span>{label}</span>
      <select
        value={chosen ?? ''}
        onChange={event => {
          const { value } = event.currentTarget
          onChoose(values.find(one => one === value) ?? null)
        }}
      >
        {any !== undefined && (
          <option value="" selected={chosen === null}>
            {any}
          </option>
        )}
        {values.map(value => (
          <option key={value} value={value} selected={value === chosen}>
            {word(value)}
          </option>
        ))}
      </select>
    </label>
  )
}
