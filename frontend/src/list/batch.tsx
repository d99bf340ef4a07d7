import { Conflicts } from '../act/effect'
import type { Batch, BatchRow, BatchState } from '../api/names'
import { shortDay } from '../text/date'
import { count, said, words } from '../text/words'

/** What a batch comes to: how many rows change, which are refused and why, and what moves with them. */
export function BatchView({ batch }: { batch: Batch }) {
  const t = words().bulk
  const refused = batch.rows.filter(row => row.result === 'refused')
  const changed = batch.rows.filter(row => row.result === 'changed')
  const moved = batch.effect.by_kind.find(({ kind }) => kind === 'milestone_moved')?.count ?? 0
  const would = batch.dry_run || batch.held
  const alike = batch.rows.every(row => row.milestone === batch.rows[0]?.milestone)
  return (
    <div class="effect">
      <ul class="bulk-sums">
        <li>
          <strong>{count(batch.changed)}</strong> {would ? t.wouldChange : t.changedNow}
        </li>
        <li>
          <strong>{count(batch.unchanged)}</strong> {t.unchanged}
        </li>
        <li class={batch.refused > 0 ? 'bulk-refused' : ''}>
          <strong>{count(batch.refused)}</strong> {t.refused}
        </li>
      </ul>
      {refused.length > 0 && (
        <section class="effect-conflicts" aria-label={t.refusedTitle(count(batch.refused))}>
          <h3>{t.refusedTitle(count(batch.refused))}</h3>
          <ul>
            {groupsOf(refused).map(([why, rows]) => (
              <li key={why}>
                <strong>{why}</strong>
                <br />
                {words().list(
                  rows
                    .slice(0, most)
                    .map(row =>
                      alike ? said(row.area_name) : `${said(row.area_name)} – ${said(row.title)}`,
                    ),
                )}
                {rows.length > most && ` ${t.andMore(count(rows.length - most))}`}
              </li>
            ))}
          </ul>
        </section>
      )}
      {changed.length > 0 && <Rows rows={changed} />}
      {batch.truncated && <p class="hint">{t.first(count(batch.rows.length), count(batch.total))}</p>}
      {moved > 0 && <p>{t.moved(count(moved))}</p>}
      {batch.effect.conflicts_total > 0 && <Conflicts effect={batch.effect} />}
    </div>
  )
}

/** How many places are named under one reason. */
const most = 12

/** Refused rows by what is said of them, in their order. */
function groupsOf(rows: BatchRow[]): [string, BatchRow[]][] {
  const groups = new Map<string, BatchRow[]>()
  for (const row of rows) {
    // How often it was changed is of no use here.
    const stale = row.code === 'stale-revision'
    const why = stale ? words().bulk.stale : row.detail ? said(row.detail) : (row.code ?? '')
    groups.set(why, [...(groups.get(why) ?? []), row])
  }
  return [...groups]
}

function Rows({ rows }: { rows: BatchRow[] }) {
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
          {rows.map(row => (
            <tr key={row.index}>
              <th scope="row">{said(row.area_name)}</th>
              <td>
                {said(row.title)}
                {row.warnings.map(({ code, detail }) => (
                  <small key={code} class="remark">
                    {said(detail)}
                  </small>
                ))}
              </td>
              <td>{stateText(row.before)}</td>
              <td>{stateText(row.after)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** "Đã xong 22/01/2021; đã xác nhận; kế hoạch 1/2/2021". */
function stateText(state: BatchState): string {
  const t = words()
  if (!state) return '—'
  const { work, standing, done_on: on, done_by: by, planned_on: planned } = state
  const day = on ? shortDay(on) : by ? t.act.until(shortDay(by)) : null
  return [
    [t.work[work], day].filter(Boolean).join(' '),
    ...(standing === 'confirmed' || standing === 'returned' ? [t.changes.standings[standing]] : []),
    ...(planned ? [t.dates.planned(shortDay(planned))] : []),
  ].join('; ')
}
