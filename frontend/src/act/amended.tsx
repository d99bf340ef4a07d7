import { useState } from 'preact/hooks'
import type { Answer } from '../api/answer'
import type { AmendmentEffect, EffectChange } from '../api/names'
import { count, said, words } from '../text/words'
import { ChangeTable, Conflicts, kindOf } from './effect'
import { Moved } from './pastamendments'

/** A part of what an amendment comes to: a branch, or what follows behind a place. */
interface Part {
  area?: string
  after?: string
}

interface ViewProps {
  result: AmendmentEffect
  /** How many places the election has. */
  places: number
  /** Asks for a part of it. */
  page: (part: Part) => Promise<Answer<AmendmentEffect>>
}

/** What an amendment comes to: conflicts first, then the counts, then change by change. */
export function AmendmentView({ result, places, page }: ViewProps) {
  const t = words()
  const { effect } = result
  return (
    <div class="effect">
      <p>
        <strong>
          <Moved before={result.before} after={result.after} />
        </strong>
      </p>
      {effect.conflicts_total === 0 ? (
        <Conflicts effect={effect} />
      ) : (
        <>
          <Counts
            title={`${t.amend.conflict} (${count(effect.conflicts_total)})`}
            what={t.amend.why}
            counted={t.amend.spots}
            rows={result.by_conflict.map(one => [t.amend.conflicts[one.kind] ?? one.kind, one.count])}
          />
          <details>
            <summary>{t.amend.eachConflict}</summary>
            <Conflicts effect={effect} />
          </details>
        </>
      )}
      <Counts
        title={effect.dry_run ? t.act.wouldChange(count(effect.total)) : t.act.changed(count(effect.total))}
        what={t.amend.kind}
        rows={effect.by_kind.map(one => [kindOf(one.kind), one.count])}
      />
      <div class="amend-sums">
        <Counts
          title={t.amend.byProvince}
          what={t.act.place}
          rows={result.by_province.map(one => [said(one.area_name), one.count])}
        />
        <Counts
          title={t.amend.byRule}
          what={t.amend.rule}
          rows={result.by_rule.map(one => [said(one.title), one.count])}
        />
      </div>
      {effect.dry_run && <EachChange result={result} page={page} />}
      {effect.dry_run && <p class="remark">{t.amend.reach(count(places))}</p>}
    </div>
  )
}

interface CountsProps {
  title: string
  /** What the rows are, and what is counted of them; nothing said: changes. */
  what: string
  counted?: string
  rows: [string, number][]
}

/** How many of each; what is long is scrolled through. */
function Counts({ title, what, counted, rows }: CountsProps) {
  if (rows.length === 0) return null
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
    <div class="amend-counts" tabIndex={0} role="region" aria-label={title}>
      <table>
        <caption>{title}</caption>
        <thead>
          <tr>
            <th scope="col">{what}</th>
            <th scope="col">{counted ?? words().amend.count}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, n], k) => (
            <tr key={`${name} ${k}`}>
              <th scope="row">{name}</th>
              <td>{count(n)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** One page of changes, and what leads to it and on from it. */
interface Page {
  /** Where the pages up to this one begin; the first at null. */
  trail: (string | null)[]
  area: string
  changes: EffectChange[]
  next: string | null
}

/** Every change, page by page, of the country or of one province. */
function EachChange({ result, page }: Pick<ViewProps, 'result' | 'page'>) {
  const t = words()
  const whole: Page = { trail: [null], area: '', changes: result.effect.changes, next: result.next }
  const [shown, setShown] = useState<Page | null>(null)
  const [busy, setBusy] = useState(false)
  const [trouble, setTrouble] = useState<string | null>(null)
  const load = async (area: string, trail: (string | null)[]) => {
    if (busy) return
    setTrouble(null)
    const after = trail.at(-1)
    if (!area && !after) return setShown(whole)
    setBusy(true)
    const answer = await page({ ...(area ? { area } : {}), ...(after ? { after } : {}) })
    setBusy(false)
    if (answer.kind === 'data') {
      setShown({ trail, area, changes: answer.data.effect.changes, next: answer.data.next })
    } else setTrouble(answer.kind === 'problem' ? answer.problem.detail : t.error.unreachable)
  }
  if (!shown) {
    return (
      <div class="buttons">
        <button type="button" class="button" onClick={() => setShown(whole)}>
          {t.amend.each}
        </button>
      </div>
    )
  }
  const { area, trail, next } = shown
  return (
    <section class="amend-each" aria-label={t.amend.each} aria-busy={busy}>
      <label>
        {t.amend.within}
        <select value={area} disabled={busy} onChange={event => void load(event.currentTarget.value, [null])}>
          <option value="">{t.amend.everywhere}</option>
          {result.by_province
            .filter(one => one.area !== 'VN')
            .map(one => (
              <option key={one.area} value={one.area}>
                {said(one.area_name)}
              </option>
            ))}
        </select>
      </label>
      {trouble && (
        <p class="wrong" role="alert">
          {trouble}
        </p>
      )}
      <p role="status">{busy ? t.act.looking : t.amend.pageNo(trail.length)}</p>
      <ChangeTable changes={shown.changes} />
      <div class="buttons">
        <button
          type="button"
          class="button"
          aria-disabled={busy || trail.length === 1}
          onClick={() => {
            if (trail.length > 1) void load(area, trail.slice(0, -1))
          }}
        >
          {t.amend.pageBefore}
        </button>
        <button
          type="button"
          class="button"
          aria-disabled={busy || next === null}
          onClick={() => {
            if (next !== null) void load(area, [...trail, next])
          }}
        >
          {t.amend.pageAfter}
        </button>
      </div>
    </section>
  )
}
