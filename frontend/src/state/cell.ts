import { type Signal, signal } from '@preact/signals'
import type { Answer } from '../api/answer'
import type { Problem } from '../api/names'

/** What is known of one thing of the server's. The last data stay when the server is gone. */
export interface Known<T> {
  data: T | null
  tag: string | null
  /** When the server last confirmed the data, in milliseconds since 1970; null: never. */
  at: number | null
  problem: Problem | null
  unreachable: boolean
  asking: boolean
}

/** How many questions to the server are under way: at none, all that was asked for is on the screen. */
export const underWay = signal(0)

/** One thing of the server's that is kept up to date by asking again with its tag. */
export class Cell<T> {
  readonly known: Signal<Known<T>>
  #ask: (tag: string | null) => Promise<Answer<T>>
  #running: Promise<void> | null = null
  #again = false

  #shown = false

  constructor(ask: (tag: string | null) => Promise<Answer<T>>) {
    this.#ask = ask
    const nothing = { data: null, tag: null, at: null, problem: null, unreachable: false, asking: false }
    this.known = signal<Known<T>>(nothing, {
      watched: () => {
        this.#shown = true
      },
      unwatched: () => {
        this.#shown = false
      },
    })
  }

  /** Whether something on the screen is drawn from it. */
  get shown(): boolean {
    return this.#shown
  }

  /** Asks again; a call while one is under way makes one more afterwards, since the first may be too early. */
  refresh(): Promise<void> {
    if (this.#running) {
      this.#again = true
      return this.#running
    }
    underWay.value = underWay.peek() + 1
    this.#running = this.#run().finally(() => {
      this.#running = null
      underWay.value = underWay.peek() - 1
    })
    return this.#running
  }

  /** Shows a change at once, before the server is asked again. */
  change(step: (data: T) => T): void {
    const { data } = this.known.value
    if (data !== null) this.known.value = { ...this.known.value, data: step(data) }
  }

  async #run(): Promise<void> {
    do {
      this.#again = false
      this.known.value = { ...this.known.value, asking: true }
      this.#take(await this.#ask(this.known.value.tag))
    } while (this.#again)
  }

  #take(answer: Answer<T>): void {
    const before = this.known.value
    const good = { problem: null, unreachable: false, asking: false, at: Date.now() }
    switch (answer.kind) {
      case 'data':
        this.known.value = { ...good, data: answer.data, tag: answer.tag }
        return
      case 'same':
        this.known.value = { ...before, ...good }
        return
      case 'problem': {
        // "No such thing" is about the thing; everything else is about the moment, and the data stay.
        const gone = answer.problem.status === 404
        this.known.value = {
          ...before,
          ...(gone ? { data: null, tag: null } : {}),
          problem: answer.problem,
          unreachable: false,
          asking: false,
        }
        return
      }
      case 'unreachable':
        this.known.value = { ...before, unreachable: true, asking: false }
    }
  }
}

const cells = new Map<string, Cell<unknown>>()
/** How many cells are kept at least. */
export const kept = 60

/**
 * The cell of a key; made and asked the first time. Beyond {@link kept} the one not used for longest is forgotten,
 * but never one that the screen is drawn from: its next reader would begin with nothing.
 */
export function cellOf<T>(key: string, ask: (tag: string | null) => Promise<Answer<T>>): Cell<T> {
  const found = cells.get(key) as Cell<T> | undefined
  if (found) {
    // A map keeps the order in which its keys came: the one used last goes to its end.
    cells.delete(key)
    cells.set(key, found as Cell<unknown>)
    return found
  }
  const made = new Cell<T>(ask)
  forgetDownTo(kept - 1)
  cells.set(key, made as Cell<unknown>)
  void made.refresh()
  return made
}

function forgetDownTo(limit: number): void {
  for (const [key, cell] of cells) {
    if (cells.size <= limit) return
    if (!cell.shown) cells.delete(key)
  }
}

/** Who asks is somebody else now: what is on the screen is asked for anew, the rest forgotten. */
export function renewCells(): void {
  for (const [key, cell] of cells) {
    if (cell.shown) void cell.refresh()
    else cells.delete(key)
  }
}

/** Forgets everything; for tests. */
export function forgetCells(): void {
  cells.clear()
}
