import type { Timeline } from '../api/names'
import { queryOf } from '../list/rows'
import type { Address, View } from '../state/address'

/** The kinds of files that the server writes. */
export type FileKind = 'xlsx' | 'csv' | 'pdf'

export const fileKinds: readonly FileKind[] = ['xlsx', 'csv', 'pdf']

type Asked = Pick<Address, 'matrix' | 'list' | 'lang'>

/** The address of what a view shows as a file: the same rows, by the same filters; a report of the whole branch. */
export function fileOf(
  kind: FileKind,
  view: View,
  { election, area, as_of }: Timeline,
  asked: Asked,
): string {
  const query = new URLSearchParams(kind === 'pdf' ? [] : rowsOf(view, asked))
  if (as_of) query.set('as_of', as_of)
  const { body, serves } = asked.matrix
  if (body && isFiltered(view)) query.set('body', body)
  if (serves && isFiltered(view)) query.set('serves', serves)
  if (kind !== 'pdf' && asked.lang === 'en') query.set('language', 'en')
  const path = `/api/v1/elections/${encodeURIComponent(election.id)}/areas/${encodeURIComponent(area.code)}/export.${kind}`
  return query.size > 0 ? `${path}?${query}` : path
}

/** Whether body and election are chosen on a view. */
function isFiltered(view: View): boolean {
  return view === 'matrix' || view === 'list'
}

function rowsOf(view: View, { matrix, list }: Asked): Record<string, string> {
  if (view === 'list') {
    const { sort: _sort, ...rows } = queryOf(list) // a sheet is sorted in the sheet
    return rows
  }
  if (view === 'matrix') return matrix.state ? { state: matrix.state } : {}
  return { reach: 'own' }
}

/** Has the browser fetch a file under the name that the server gives it. */
export function fetchFile(address: string): void {
  const link = document.createElement('a')
  link.href = address
  link.download = ''
  document.body.append(link)
  link.click()
  link.remove()
}
