import type { ChangeEntry } from '../api/names'

// One stream of server-sent events, opened again and again for as long as it is wanted.

/** What a stream tells. */
export interface Heard {
  /** What has changed, where that is said one by one. */
  items: ChangeEntry[]
  /** Whether it is more than is said one by one, or it is not known what. */
  more: boolean
}

interface Listener {
  /** Something has changed, or may have. */
  hear: (heard: Heard) => void
  /** Whether changes are told as they come; false: one has to ask. */
  live: (live: boolean) => void
}

/** After how many seconds a stream that was refused is tried again: at first, and at most. */
const first = 5
const longest = 300

/**
 * A stream while the page is looked at. A browser has six connections to a server without HTTP/2 for all of its tabs
 * together, so a stream is closed as soon as its tab is hidden, and at most {@link slots} windows that are in sight at
 * the same time have one; the others ask now and then. Shown again, it goes on exactly behind what was told last.
 */
export class Stream {
  #source: EventSource | null = null
  #release: Release | null = null
  #wanted = false
  #token: string | null = null
  #pause = first
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly address: string,
    private readonly to: Listener,
  ) {}

  /** Begins; `end` ends it for good. */
  begin(): void {
    document.addEventListener('visibilitychange', this.#look)
    addEventListener('pagehide', this.#hide)
    addEventListener('pageshow', this.#look)
    this.#look()
  }

  end(): void {
    document.removeEventListener('visibilitychange', this.#look)
    removeEventListener('pagehide', this.#hide)
    removeEventListener('pageshow', this.#look)
    this.#hide()
  }

  readonly #look = () => {
    if (document.visibilityState === 'hidden') this.#hide()
    else if (!this.#wanted) {
      this.#wanted = true
      void this.#open()
    }
  }

  readonly #hide = () => {
    this.#wanted = false
    this.#close()
  }

  async #open(): Promise<void> {
    const release = await takeSlot()
    if (!this.#wanted || this.#source) return release?.()
    if (!release) return this.#later(longest)
    this.#release = release
    const mark = this.#token ? `${this.address.includes('?') ? '&' : '?'}after=${this.#token}` : ''
    const source = new EventSource(this.address + mark)
    this.#source = source
    source.onopen = () => {
      this.#pause = first
      this.to.live(true)
    }
    source.onerror = () => this.#failed(source)
    source.addEventListener('ready', event => this.#tell(event, true))
    source.addEventListener('resync', event => this.#tell(event, true))
    source.addEventListener('changes', event => this.#tell(event, false))
  }

  /** What came between the page and the stream is not known: as if something had changed. */
  #tell(event: MessageEvent<string>, anew: boolean): void {
    this.#token = event.lastEventId || null
    const said = anew ? null : bodyOf(event.data)
    this.to.hear({ items: said?.items ?? [], more: !anew && said?.count == null })
  }

  #failed(source: EventSource): void {
    if (source !== this.#source) return
    this.to.live(false)
    // Where the connection is lost the browser tries again by itself; where the server refuses, we do.
    if (source.readyState !== EventSource.CLOSED) return
    this.#close()
    // Again and again: it may be for the token.
    if (this.#pause > 4 * first) this.#token = null
    this.#later(this.#pause)
    this.#pause = Math.min(longest, this.#pause * 2)
  }

  /** Not all at once: drawn out by up to a half. */
  #later(seconds: number): void {
    this.#timer = setTimeout(() => void this.#open(), seconds * 1000 * (1 + Math.random() / 2))
  }

  #close(): void {
    clearTimeout(this.#timer)
    this.#source?.close()
    this.#source = null
    this.#release?.()
    this.#release = null
    this.to.live(false)
  }
}

interface Body {
  items: ChangeEntry[]
  count: number | null
}

function bodyOf(text: string): Body | null {
  try {
    const said = JSON.parse(text) as Partial<Body>
    return { items: said.items ?? [], count: said.count ?? null }
  } catch {
    return null
  }
}

type Release = () => void

/** How many windows of one browser have a stream at the same time. */
const slots = 3

/** A place among the streams of this browser; null: there is none left. Without locks (plain HTTP) nobody counts. */
async function takeSlot(): Promise<Release | null> {
  const { locks } = navigator
  if (!locks) return () => undefined
  for (let n = 0; n < slots; n++) {
    const release = await new Promise<Release | null>(taken => {
      void locks.request(`tiendo-live-${n}`, { ifAvailable: true }, lock => {
        if (lock) return new Promise<void>(done => taken(done))
        taken(null)
        return undefined
      })
    })
    if (release) return release
  }
  return null
}
