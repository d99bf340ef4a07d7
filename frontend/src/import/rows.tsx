import type { Import, ImportRow } from '../api/names'
import { shortDay } from '../text/date'
import { said, words } from '../text/words'

/** The rows of a file, with what each comes to. */
export function Rows({ rows, label }: { rows: readonly ImportRow[]; label: string }) {
  const t = words().imports
  return (
    <section class="import-scroll">
      <table class="import-table" aria-label={label}>
        <thead>
          <tr>
            <th scope="col">{t.row}</th>
            <th scope="col">{t.outcome}</th>
            <th scope="col">{t.place}</th>
            <th scope="col">{t.what}</th>
            <th scope="col">{t.why}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(one => (
            <tr key={`${one.sheet} ${one.row}`} class={`import-${one.result}`}>
              <th scope="row">
                {one.cell ?? t.wholeRow(one.row)}
                {one.sheet && <small>{one.sheet}</small>}
              </th>
              <td data-label={t.outcome}>
                <span class={`import-result ${one.result}`}>{t.results[one.result]}</span>
              </td>
              <td data-label={t.place}>{one.area_name ? said(one.area_name) : '–'}</td>
              <td data-label={t.what}>
                {one.user ?? (one.title ? said(one.title) : '–')}
                {one.user && one.role && <small>{words().roles.names[one.role]}</small>}
              </td>
              <td data-label={t.why}>{one.detail ? said(one.detail) : <Becomes row={one} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** What a milestone becomes by a row. */
function Becomes({ row }: { row: ImportRow }) {
  const t = words()
  const { before, after } = row
  if (!after || !before || row.result === 'unchanged') return <>–</>
  const day = after.done_on ?? after.done_by
  return (
    <>
      {after.work === before.work ? t.work[after.work] : `${t.work[before.work]} → ${t.work[after.work]}`}
      {day && <small>{shortDay(day)}</small>}
    </>
  )
}

/** How many rows came to what. */
export function Counts({ of }: { of: Import }) {
  const t = words().imports
  const all = ['made', 'changed', 'unchanged', 'refused'] as const
  return (
    <ul class="import-counts">
      {all
        .filter(one => of[one] > 0 || (one === 'changed' && of.total === 0))
        .map(one => (
          <li key={one} class={`import-result ${one}`}>
            {t.counts[one](of[one])}
          </li>
        ))}
    </ul>
  )
}
