import { signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { Cell } from './cell'
import { told, useNews } from './news'

const shortest = 5
const withoutServer = 15
/** While changes are told as they come, asking is only for what nobody tells. */
const whenTold = 120

/** How many seconds to wait before asking again. */
export function pause(wanted: number | undefined, unreachable: boolean): number {
  return unreachable ? withoutServer : Math.max(shortest, wanted ?? 60)
}

/** Keeps a cell up to date while its screen is open: after the pause the server names, and when looked at again. */
export function useRefresh<T extends object>(cell: Cell<T> | null): void {
  useAsking(cell, 0)
}

/** The same for what others change: when that is told, it is asked for then. */
export function useLiveRefresh<T extends object>(cell: Cell<T> | null): void {
  useNews(cell)
  useAsking(cell, told.value ? whenTold : 0)
}

function useAsking<T extends object>(cell: Cell<T> | null, least: number): void {
  const known = cell?.known.value
  const wanted = (known?.data as { next_refresh_after?: number } | null | undefined)?.next_refresh_after
  const seconds = Math.max(least, pause(wanted, known?.unreachable ?? false))
  const at = known?.at
  const asking = known?.asking
  useEffect(() => {
    if (!cell || asking) return
    const timer = setTimeout(() => {
      // A hidden page does not ask; it asks when it is shown again.
      if (document.visibilityState !== 'hidden') void cell.refresh()
    }, seconds * 1000)
    return () => clearTimeout(timer)
  }, [cell, seconds, at, asking])
  useEffect(() => {
    if (!cell) return
    const look = () => {
      if (document.visibilityState === 'visible') void cell.refresh()
    }
    document.addEventListener('visibilitychange', look)
    addEventListener('online', look)
    return () => {
      document.removeEventListener('visibilitychange', look)
      removeEventListener('online', look)
    }
  }, [cell])
}

/** How often something was changed here: whatever counts or lists it is asked again at once. */
export const ownChanges = signal(0)

/** Asks again when something was changed here, in whichever place. */
export function useOwnChanges<T extends object>(cell: Cell<T>): void {
  const { value } = ownChanges
  const seen = useRef(value)
  useEffect(() => {
    if (seen.current !== value) void cell.refresh()
    seen.current = value
  }, [cell, value])
}
