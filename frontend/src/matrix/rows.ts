import type { Matrix, MatrixSums } from '../api/names'
import { hasSelf, type RowAt } from './grid'

/** A row of the matrix: the area itself, or one of the places below it. */
export interface Row {
  key: string
  at: RowAt
  name: string
  /** The name without what kind of place it is. */
  short: string
  level: string
  children: number
  /** The place itself and all below it. */
  sums: MatrixSums
}

/** The name of the row of the area itself. */
export const selfKey = 'self'

/** What kind of place it is, behind its English name. */
const kind = / (Province|City|District|Town|Township|Commune|Ward)$/i

/** The rows in the order of the answer, the area itself first. */
export function rowsOf(matrix: Matrix, name: string, lang: 'vi' | 'en'): Row[] {
  const { rows, area } = matrix
  const own: Row = {
    key: selfKey,
    at: 'self',
    name,
    short: name,
    level: area.level,
    children: area.children,
    sums: matrix.totals,
  }
  const named = (at: number, code: string) =>
    (lang === 'en' ? rows.name_en[at] || rows.short_name[at] : rows.short_name[at]) ?? code
  const others = rows.code.map<Row>((code, at) => ({
    key: code,
    at,
    name: named(at, code),
    short: lang === 'en' ? named(at, code).replace(kind, '') : named(at, code),
    level: rows.level[at] ?? '',
    children: rows.children[at] ?? 0,
    sums: {
      total: rows.total[at] ?? 0,
      done: rows.done[at] ?? 0,
      confirmed: rows.confirmed[at] ?? 0,
      overdue: rows.overdue[at] ?? 0,
      behind_plan: rows.behind_plan[at] ?? 0,
      due_soon: rows.due_soon[at] ?? 0,
    },
  }))
  return hasSelf(matrix) ? [own, ...others] : others
}
