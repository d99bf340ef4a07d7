/** In milliseconds: how long it is gathered before the first asking, and how much longer at most. */
const gathers = 100
const spread = 400
/** The least between the end of one asking and the next, and how many times as long as the asking itself took. */
const rest = 1000
const restPerLength = 4

/**
 * Asks once for however much is told: at most once a second, the less often the longer an answer takes, and by chance a
 * little later, so that not everybody who hears of a change asks in the same moment.
 */
export class Pace {
  #timer: ReturnType<typeof setTimeout> | undefined
  #running = false
  #again = false
  #notBefore = 0

  constructor(private readonly ask: () => Promise<void>) {}

  /** Something has changed. */
  push(): void {
    if (this.#running) this.#again = true
    else if (this.#timer === undefined) {
      const wait = Math.max(gathers, this.#notBefore - Date.now()) + Math.random() * spread
      this.#timer = setTimeout(() => void this.#run(), wait)
    }
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#again = false
  }

  async #run(): Promise<void> {
    this.#timer = undefined
    this.#running = true
    const began = Date.now()
    await this.ask()
    this.#running = false
    this.#notBefore = Date.now() + Math.max(rest, restPerLength * (Date.now() - began))
    if (!this.#again) return
    this.#again = false
    this.push()
  }
}
