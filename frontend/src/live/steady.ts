import { signal } from '@preact/signals'
import { useEffect, useRef, useState } from 'preact/hooks'
import { lastWrite } from '../api/client'

// Rows stay where they are while somebody points at them or has the focus in them, whatever others change.

/** What puts the rows into the order that they have by now; null: they have it. */
export const toOrder = signal<(() => void) | null>(null)

export interface Steady<T> {
  rows: T[]
  /** The names of those that are no more among the rows: they are as they last were. */
  gone: ReadonlySet<string>
}

/** Rows as they are now, in the order in which others stand; what has come since is left out, what has gone stays as it is known. */
export function inOrder<T>(
  order: readonly string[],
  before: ReadonlyMap<string, T>,
  now: ReadonlyMap<string, T>,
  since: (row: T) => T | null = () => null,
): Steady<T> {
  const gone = new Set(order.filter(name => !now.has(name)))
  const rows = order.flatMap(name => {
    const here = now.get(name)
    const was = before.get(name)
    return here ?? (was && (since(was) ?? was)) ?? []
  })
  return { rows, gone }
}

/** Whether all stay where they are: nothing but what comes behind the last. */
function stays(order: readonly string[], names: readonly string[]): boolean {
  return order.length <= names.length && order.every((name, at) => names[at] === name)
}

/**
 * The rows in the order in which they are shown: their own, unless that changes by others' doing while somebody is in
 * their frame. Then it waits until he asks for it ({@link toOrder}), changes something himself, or chooses other rows
 * (`of` says what they are the rows of).
 */
export function useSteady<T>(
  rows: readonly T[],
  nameOf: (row: T) => string,
  of: string,
  frame: { current: HTMLElement | null },
  /** What is known of a row that is no more among them. */
  since?: (row: T) => T | null,
): Steady<T> {
  const [, drawAgain] = useState(0)
  const shown = useRef<{ of: string; order: string[]; asked: string; rows: Map<string, T> } | null>(null)
  const now = new Map(rows.map(row => [nameOf(row), row]))
  const names = [...now.keys()]
  const asked = names.join('\n')
  const last = shown.current
  const held =
    last !== null &&
    last.of === of &&
    !stays(last.order, names) &&
    Date.now() - lastWrite() > byOneself &&
    (last.asked === asked || isInside(frame.current))
  const order = held ? last.order : names
  const steady = held ? inOrder(order, last.rows, now, since) : { rows: [...rows], gone: none }
  shown.current = {
    of,
    order,
    asked,
    rows: new Map(steady.rows.map(row => [nameOf(row), row])),
  }
  useEffect(() => {
    if (!held) return
    const put = () => {
      shown.current = null
      drawAgain(n => n + 1)
    }
    toOrder.value = put
    return () => {
      if (toOrder.peek() === put) toOrder.value = null
    }
  }, [held])
  return steady
}

/** What moves so soon after a write of this page, in milliseconds, moves because of it. */
const byOneself = 5000

const none: ReadonlySet<string> = new Set()

/** Whether somebody points into it, or has the focus there. */
function isInside(frame: HTMLElement | null): boolean {
  return frame !== null && (frame.matches(':hover') || frame.contains(document.activeElement))
}
