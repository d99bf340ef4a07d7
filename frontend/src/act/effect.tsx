import type { Effect, EffectChange, MilestoneDates } from '../api/names'
import { limit, shortDay } from '../text/date'
import { count, said, words } from '../text/words'

/** What an act comes to: what it makes questionable first, then every change. */
export function EffectView({ effect }: { effect: Effect }) {
  const t = words()
  if (effect.total === 0) return <p class="remark">{t.act.nothing}</p>
  return (
    <div class="effect">
      <Conflicts effect={effect} />
      <p>
        <strong>
          {effect.dry_run ? t.act.wouldChange(count(effect.total)) : t.act.changed(count(effect.total))}
        </strong>{' '}
        {t.list(effect.by_kind.map(({ kind, count: n }) => `${kindOf(kind)} (${count(n)})`))}
      </p>
      <ChangeTable changes={effect.changes} />
      {effect.truncated && (
        <p class="hint">{t.act.first(count(effect.changes.length), count(effect.total))}</p>
      )}
    </div>
  )
}

/** Changes one by one: where, what, and the dates before and after. */
export function ChangeTable({ changes }: { changes: EffectChange[] }) {
  const t = words()
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
    <div class="effect-scroll" tabIndex={0} role="region" aria-label={t.act.changes}>
      <table class="effect-table">
        <thead>
          <tr>
            <th scope="col">{t.act.place}</th>
            <th scope="col">{t.act.what}</th>
            <th scope="col">{t.act.from}</th>
            <th scope="col">{t.act.to}</th>
          </tr>
        </thead>
        <tbody>
          {changes.map((change, k) => (
            <ChangeRow key={`${change.area} ${change.milestone} ${change.subject} ${k}`} change={change} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** What an act makes questionable, one by one. */
export function Conflicts({ effect }: { effect: Effect }) {
  const t = words()
  if (effect.conflicts_total === 0) return <p class="good">{t.act.noConflicts}</p>
  return (
    <section class="effect-conflicts" aria-label={t.act.conflicts(count(effect.conflicts_total))}>
      <h3>{t.act.conflicts(count(effect.conflicts_total))}</h3>
      <ul>
        {effect.conflicts.map(found => (
          <li key={`${found.area} ${found.milestone} ${found.code}`}>
            <strong>
              {said(found.area_name)}: {said(found.title)}
            </strong>
            <br />
            {said(found.detail)}
          </li>
        ))}
      </ul>
      {effect.conflicts.length < effect.conflicts_total && (
        <p class="hint">{t.act.first(count(effect.conflicts.length), count(effect.conflicts_total))}</p>
      )}
    </section>
  )
}

function ChangeRow({ change }: { change: EffectChange }) {
  const kind = kindOf(change.kind)
  return (
    <tr>
      <th scope="row">{said(change.area_name)}</th>
      <td>{change.title ? said(change.title) : kind}</td>
      <td>{change.before ? span(change.before) : '—'}</td>
      <td>{change.after ? span(change.after) : kind}</td>
    </tr>
  )
}

/** "13/05/2021 – 07:00 22/05/2021", with the planned day where there is one. */
function span(dates: MilestoneDates): string {
  const t = words()
  if (dates.work === 'cancelled') return t.work.cancelled
  const start = limit(dates.not_before_on, dates.not_before_at)
  const end = limit(dates.latest_on, dates.latest_at)
  const parts = [
    start && end ? `${start} – ${end}` : start ? t.act.since(start) : end ? t.act.until(end) : t.act.undated,
    ...(dates.planned_on ? [`${t.fields.planned_on}: ${shortDay(dates.planned_on)}`] : []),
  ]
  return parts.join('; ')
}

/** What a change is, said of one that is only planned. */
export function kindOf(kind: string): string {
  const t = words()
  return t.act.kinds[kind] ?? t.history.kinds[kind] ?? kind
}
