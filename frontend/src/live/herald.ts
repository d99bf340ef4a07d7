import type { ChangeEntry } from '../api/names'
import { nothingNew, type Summary, withMore } from './summary'

/** In milliseconds: said when nothing has come for so long, at the latest so long after the first … */
const quiet = 2000
const latest = 10_000
/** … and never sooner after what was said before. */
const between = 10_000

/** Gathers what others change and says it together, at most once in ten seconds. */
export class Herald {
  #summary = nothingNew
  #since = 0
  #last = Number.NEGATIVE_INFINITY
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly say: (summary: Summary) => void) {}

  add(entries: readonly ChangeEntry[], more: boolean): void {
    if (entries.length === 0 && !more) return
    const now = Date.now()
    if (this.#summary === nothingNew) this.#since = now
    this.#summary = withMore(this.#summary, entries, more)
    const due = Math.max(Math.min(now + quiet, this.#since + latest), this.#last + between)
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#speak(), due - now)
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#summary = nothingNew
  }

  #speak(): void {
    const summary = this.#summary
    this.#summary = nothingNew
    this.#last = Date.now()
    this.say(summary)
  }
}
