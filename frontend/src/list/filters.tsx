import type { MatrixSums } from '../api/names'
import { assembliesAt, kinds } from '../matrix/choice'
import { useNarrow } from '../shell/narrow'
import { OpenDay } from '../shell/openday'
import { Select } from '../shell/select'
import { address, go } from '../state/address'
import { levelsOf, rulesCell } from '../state/election'
import { count, said, words } from '../text/words'
import {
  type ListChoices,
  type ListState,
  listBegins,
  listSorts,
  listStates,
  narrowings,
  reaches,
  sortOf,
  wholePhase,
} from './choice'
import { countOf } from './rows'

/** Which rows, and in which order; every state with its count. */
export function ListFilters({ election, counts }: { election: string; counts: MatrixSums }) {
  const t = words().deadlines
  const { list: choices, matrix } = address.value
  const choose = (change: Partial<ListChoices>) =>
    go({ list: { ...choices, ...change, pages: 1, tick: null } }, { replace: true })
  const share = (change: Partial<typeof matrix>) =>
    go({ matrix: { ...matrix, ...change }, list: { ...choices, pages: 1, tick: null } }, { replace: true })
  const narrow = useNarrow()
  const bodies = words().bodies
  const levels = levelsOf(election)
  const more = (
    <>
      <Select
        label={words().matrix.sort}
        values={listSorts}
        chosen={sortOf(choices)}
        word={value => t.sorts[value]}
        onChoose={sort => choose({ sort: sort === sortOf({ ...choices, sort: null }) ? null : sort })}
      />
      <Family election={election} chosen={choices.family} onChoose={family => choose({ family })} />
      <Select
        label={t.level}
        values={levels}
        any={t.any}
        chosen={choices.level}
        word={value => words().levels[value]}
        onChoose={level => choose({ level })}
      />
      <Select
        label={t.reach}
        values={reaches}
        chosen={choices.reach}
        word={value => t.reaches[value]}
        onChoose={reach => choose({ reach: reach ?? listBegins.reach })}
      />
      <Select
        label={words().matrix.body}
        values={kinds}
        any={t.any}
        chosen={matrix.body}
        word={value => bodies[value] ?? value}
        onChoose={body => share({ body })}
      />
      <Select
        label={words().matrix.serves}
        values={assembliesAt(levels)}
        any={t.any}
        chosen={matrix.serves}
        word={value => words().matrix.assemblies[value]}
        onChoose={serves => share({ serves })}
      />
      <OpenDay label={t.from} day={choices.from} onChoose={from => choose({ from })} />
      <OpenDay label={t.to} day={choices.to} onChoose={to => choose({ to })} />
    </>
  )
  const active = narrowings(choices) + [matrix.body, matrix.serves].filter(Boolean).length
  return (
    <div class="list-tools" role="group" aria-label={t.filters}>
      <States counts={counts} chosen={choices.state} onChoose={state => choose({ state, sort: null })} />
      {narrow ? (
        <details class="list-filters" open={active > 0 || undefined}>
          <summary class="button">
            {active > 0 ? words().matrix.filtered(active) : words().matrix.filter}
          </summary>
          <div class="list-tools">{more}</div>
        </details>
      ) : (
        more
      )}
    </div>
  )
}

interface StatesProps {
  counts: MatrixSums
  chosen: ListState
  onChoose: (state: ListState) => void
}

/** The states with their counts; where there is little room, to be chosen from. */
function States({ counts, chosen, onChoose }: StatesProps) {
  const t = words().deadlines
  const narrow = useNarrow()
  const said = (state: ListState) => {
    const n = countOf(counts, state)
    return n === null ? '' : count(n)
  }
  if (narrow) {
    return (
      <Select
        label={t.state}
        values={listStates}
        chosen={chosen}
        word={state => [t.states[state], said(state)].filter(Boolean).join(': ')}
        onChoose={state => state && onChoose(state)}
      />
    )
  }
  return (
    <div class="choice list-states" role="group" aria-label={t.state}>
      {listStates.map(state => (
        <button key={state} type="button" aria-pressed={state === chosen} onClick={() => onChoose(state)}>
          {t.states[state]}
          {said(state) && <small> {said(state)}</small>}
        </button>
      ))}
    </div>
  )
}

/** The families by phase, each phase also as a whole. */
function Family(props: {
  election: string
  chosen: string | null
  onChoose: (value: string | null) => void
}) {
  const t = words().deadlines
  const { election, chosen, onChoose } = props
  const book = rulesCell(election).known.value.data
  const phases = book?.phases ?? []
  const values = phases.flatMap(phase => [
    wholePhase(phase.key),
    ...(book?.families ?? []).filter(family => family.phase === phase.key).map(family => family.key),
  ])
  const titles = new Map<string, string>([
    ...phases.map(phase => [wholePhase(phase.key), t.wholePhase(said(phase.title))] as const),
    ...(book?.families ?? []).map(family => [family.key, said(family.title)] as const),
    ...phases.map(phase => [`local:${phase.key}`, `${t.localPlans}: ${said(phase.title)}`] as const),
  ])
  return (
    <Select
      label={t.family}
      values={chosen && !values.includes(chosen) ? [chosen, ...values] : values}
      any={t.any}
      chosen={chosen}
      word={value => titles.get(value) ?? value}
      onChoose={onChoose}
    />
  )
}
