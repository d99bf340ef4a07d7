import type { ComponentChildren } from 'preact'
import { Skeleton } from '../shell/state'
import type { Cell } from '../state/cell'
import { words } from '../text/words'

interface Props<T> {
  cell: Cell<T>
  children: (data: T) => ComponentChildren
}

/** A part of a screen that is fetched: what it says, that it is coming, or why it is not. */
export function Loaded<T>({ cell, children }: Props<T>) {
  const t = words()
  const { data, problem, unreachable } = cell.known.value
  if (data !== null) return <>{children(data)}</>
  if (!problem && !unreachable) return <Skeleton lines={3} />
  return (
    <div role="alert">
      <p class="wrong">{unreachable ? t.error.unreachable : problem?.detail || t.error.other}</p>
      {/* What is not there is not there the next time either. */}
      {problem?.status !== 404 && (
        <button type="button" class="button" onClick={() => void cell.refresh()}>
          {t.retry}
        </button>
      )}
    </div>
  )
}
