import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Cell } from './cell'

// What hears that somebody else has changed something. That it has changed is all that is told: what is shown is asked
// for again, with its tag.

/** Whether changes are told here as they come, so that nobody has to ask every few seconds whether there are any. */
export const told = signal(false)

const watchers = new Set<() => Promise<void>>()

/** Asks for all again that is shown of what others change. */
export async function askAll(): Promise<void> {
  await Promise.all([...watchers].map(ask => ask()))
}

/** From now on a cell is asked again when others have changed something; until the function is called that is given back. */
export function watch(ask: () => Promise<void>): () => void {
  watchers.add(ask)
  return () => watchers.delete(ask)
}

/** Asks again when others have changed something, while its screen is open. */
export function useNews<T extends object>(cell: Cell<T> | null): void {
  useEffect(() => (cell ? watch(() => cell.refresh()) : undefined), [cell])
}
