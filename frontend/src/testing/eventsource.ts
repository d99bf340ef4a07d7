import type { ChangeEntry } from '../api/names'

/** A stand-in for the browser's EventSource: a test says what comes. */
export class FakeEventSource extends EventTarget {
  static readonly CONNECTING = 0
  static readonly OPEN = 1
  static readonly CLOSED = 2
  /** All that were ever made. */
  static made: FakeEventSource[] = []
  readyState = FakeEventSource.CONNECTING
  onopen: (() => void) | null = null
  onerror: (() => void) | null = null

  constructor(readonly url: string) {
    super()
    FakeEventSource.made.push(this)
  }

  static get last(): FakeEventSource {
    const last = FakeEventSource.made.at(-1)
    if (!last) throw new Error('nobody listens')
    return last
  }

  open(): void {
    this.readyState = FakeEventSource.OPEN
    this.onopen?.()
  }

  /** The connection is lost; the browser tries again by itself unless it was refused. */
  fail(refused: boolean): void {
    this.readyState = refused ? FakeEventSource.CLOSED : FakeEventSource.CONNECTING
    this.onerror?.()
  }

  close(): void {
    this.readyState = FakeEventSource.CLOSED
  }

  send(kind: string, body: object, token = 'token-1'): void {
    this.dispatchEvent(new MessageEvent(kind, { data: JSON.stringify(body), lastEventId: token }))
  }

  changes(items: Partial<ChangeEntry>[], token = 'token-1'): void {
    this.send('changes', { items, count: items.length, changes_token: token, fetch: null }, token)
  }
}
