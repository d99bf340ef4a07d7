import type { Matrix } from '../api/names'
import { Select } from '../shell/select'
import { address, go } from '../state/address'
import { levelsOf } from '../state/election'
import { said, words } from '../text/words'
import { assembliesAt, type Choices, kinds, narrowings, nothingChosen, sorts, states } from './choice'
import { columnsOf, oneColumn, phaseKey, wholeKey } from './grid'

const choose = (change: Partial<Choices>) =>
  go({ matrix: { ...address.peek().matrix, ...change } }, { replace: true })

/** In which order, and what to see of the matrix. */
export function Filters({ matrix }: { matrix: Matrix }) {
  const t = words().matrix
  const choices = address.value.matrix
  const all = matrix.phases.map(phase => phase.key)
  const open = matrix.phases.filter(phase => phase.open)
  const bodies = words().bodies
  const active = narrowings(choices)
  return (
    <div class="matrix-tools" role="group" aria-label={t.filters}>
      <Select
        label={t.sort}
        values={sorts}
        chosen={choices.sort}
        word={value => t.sorts[value]}
        onChoose={sort => choose({ sort: sort ?? 'name' })}
      />
      <details class="matrix-filters" open={active > 0 || undefined}>
        <summary class="button">{active > 0 ? t.filtered(active) : t.filter}</summary>
        <div class="matrix-filter-list">
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
            values={assembliesAt(levelsOf(matrix.election.id))}
            any={t.any}
            chosen={choices.serves}
            word={value => t.assemblies[value]}
            onChoose={serves => choose({ serves })}
          />
          <div class="buttons">
            <button
              type="button"
              class="button"
              disabled={open.length === all.length}
              onClick={() => choose({ phases: all })}
            >
              {t.openAll}
            </button>
            <button
              type="button"
              class="button"
              disabled={open.length === 0}
              onClick={() => choose({ phases: [] })}
            >
              {t.closeAll}
            </button>
          </div>
          {active > 0 && (
            <button
              type="button"
              class="button quiet"
              onClick={() => choose({ ...nothingChosen, sort: choices.sort, phases: choices.phases })}
            >
              {t.clear}
            </button>
          )}
        </div>
      </details>
    </div>
  )
}

/** Where there is room for one column: which one. */
export function ColumnChoice({ matrix }: { matrix: Matrix }) {
  const t = words().matrix
  const seen = oneColumn(matrix, address.value.matrix.column)
  const { phase } = seen
  const phases = [wholeKey, ...matrix.phases.map(one => one.key)]
  const title = (key: string) => {
    const found = matrix.phases.find(one => one.key === key)
    return found ? said(found.title) : t.allPhases
  }
  const families = phase?.open ? columnsOf(matrix, phase) : []
  return (
    <div class="matrix-tools matrix-column">
      <Select
        label={t.phase}
        values={phases}
        chosen={phase?.key ?? wholeKey}
        word={title}
        onChoose={key => choose({ phases: [], column: key && key !== wholeKey ? phaseKey(key) : null })}
      />
      {phase && !phase.open && (
        <button type="button" class="button" onClick={() => choose({ phases: [phase.key] })}>
          {t.oneByOne(phase.families)}
        </button>
      )}
      {phase?.open && (
        <Select
          label={t.family}
          values={families.map(column => column.key)}
          any={t.wholePhase}
          chosen={seen.key}
          word={key => said(families.find(column => column.key === key)?.title ?? phase.title)}
          onChoose={key => choose(key ? { column: key } : { column: phaseKey(phase.key), phases: [] })}
        />
      )}
    </div>
  )
}
