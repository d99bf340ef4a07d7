import { useMemo, useRef } from 'preact/hooks'
import type { Matrix } from '../api/names'
import { useSteady } from '../live/steady'
import { address } from '../state/address'
import { type Row, rowsOf } from './rows'

/** The matrix with its rows where they were, while somebody is among them. */
export function useSteadyMatrix(
  fresh: Matrix,
  of: object,
  name: string,
  frame: { current: HTMLElement | null },
): { matrix: Matrix; rows: Row[] } {
  const { lang } = address.value
  const all = useMemo(() => rowsOf(fresh, name, lang), [fresh, name, lang])
  const { rows, gone } = useSteady<Row>(all, row => row.key, `${useNumber(of)} ${lang}`, frame)
  const order = rows.map(row => row.key).join(' ')
  // A place that is no longer among them has nothing in the new answer: then all wait, with what was there.
  const last = useRef(fresh)
  if (gone.size === 0) last.current = fresh
  const matrix = last.current
  return useMemo(() => {
    const known = new Map((matrix === fresh ? all : rowsOf(matrix, name, lang)).map(row => [row.key, row]))
    return { matrix, rows: order.split(' ').flatMap(key => known.get(key) ?? []) }
  }, [matrix, all, order, name, lang])
}

/** Another number for each other thing. */
function useNumber(of: object): number {
  const last = useRef({ of, n: 0 })
  if (last.current.of !== of) last.current = { of, n: last.current.n + 1 }
  return last.current.n
}
