import { signal } from '@preact/signals'

/** Why a part of the page is not there: nobody answers, or the server has it no longer, being of another version. */
export type Missing = 'unreachable' | 'replaced'

interface Known<T> {
  /** The part, once it is there; it stays. */
  part: T | null
  missing: Missing | null
}

/** A part of the page's own program that few need: it is brought when it is first asked for. */
export class Annex<T> {
  readonly known = signal<Known<T>>({ part: null, missing: null })
  readonly #bring: () => Promise<T>
  #running: Promise<void> | null = null
  #failures = 0

  constructor(bring: () => Promise<T>) {
    this.#bring = bring
    all.add(this)
  }

  /** Brings it, unless it is there or under way; after a failure it is tried again. */
  load(): Promise<void> {
    if (this.known.peek().part !== null) return Promise.resolve()
    this.#running ??= this.#run().finally(() => {
      this.#running = null
    })
    return this.#running
  }

  /** It is no longer asked for. */
  leave(): void {
    if (this.known.peek().missing) this.known.value = { part: null, missing: null }
  }

  async #run(): Promise<void> {
    this.known.value = { part: null, missing: null }
    try {
      this.known.value = { part: await this.#bring(), missing: null }
    } catch {
      this.#failures++
      this.known.value = { part: null, missing: await whyMissing(this.#failures) }
    }
  }
}

const all = new Set<Annex<unknown>>()

/** Brings every part there is; for tests, in which each is there at once. */
export async function loadAnnexes(): Promise<void> {
  await Promise.all([...all].map(annex => annex.load()))
}

/** How long the server has to say which version of the page it has, in milliseconds. */
const patience = 10_000

/**
 * A browser does not say why it could not load a part. Whether the server is there and gives out the same page is found
 * by asking for that. Where it does and the part fails all the same, a second time, the browser may remember the first
 * failure: then only loading the page again helps, too.
 */
async function whyMissing(failures: number): Promise<Missing> {
  try {
    const answer = await fetch('/', { cache: 'no-store', signal: AbortSignal.timeout(patience) })
    if (!answer.ok) return 'unreachable'
    const own = document.querySelector('script[type="module"][src]')?.getAttribute('src')
    const same = own ? (await answer.text()).includes(`"${own}"`) : true
    return same && failures < 2 ? 'unreachable' : 'replaced'
  } catch {
    return 'unreachable'
  }
}
