import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FakeEventSource } from '../testing/eventsource'
import { type Heard, Stream } from './stream'

let heard: Heard[]
let live: boolean
let stream: Stream
let visible: DocumentVisibilityState

const look = async (state: DocumentVisibilityState) => {
  visible = state
  document.dispatchEvent(new Event('visibilitychange'))
  await vi.advanceTimersByTimeAsync(0)
}

beforeEach(async () => {
  vi.useFakeTimers()
  vi.stubGlobal('EventSource', FakeEventSource)
  visible = 'visible'
  vi.spyOn(document, 'visibilityState', 'get').mockImplementation(() => visible)
  FakeEventSource.made = []
  heard = []
  live = false
  stream = new Stream('/events?reach=own', {
    hear: one => heard.push(one),
    live: is => {
      live = is
    },
  })
  stream.begin()
  await vi.advanceTimersByTimeAsync(0)
})
afterEach(() => {
  stream.end()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

describe('U8: the stream', () => {
  it('tells what has changed; at its beginning, that something may have', () => {
    FakeEventSource.last.open()
    expect(live).toBe(true)
    FakeEventSource.last.send('ready', { changes_token: 'a' }, 'a')
    FakeEventSource.last.changes([{ area: '058', milestone: 'm' }], 'b')
    FakeEventSource.last.send('changes', { items: [], count: null, changes_token: 'c', fetch: '/x' }, 'c')
    expect(heard).toEqual([
      { items: [], more: false },
      { items: [{ area: '058', milestone: 'm' }], more: false },
      { items: [], more: true },
    ])
  })

  it('is closed while nobody looks, and goes on behind what was told last', async () => {
    FakeEventSource.last.open()
    FakeEventSource.last.changes([], 'b')
    const first = FakeEventSource.last
    await look('hidden')
    expect(first.readyState).toBe(FakeEventSource.CLOSED)
    expect(live).toBe(false)
    await vi.advanceTimersByTimeAsync(600_000)
    expect(FakeEventSource.made).toHaveLength(1)
    await look('visible')
    expect(FakeEventSource.last.url).toBe('/events?reach=own&after=b')
  })

  it('leaves it to the browser to come back where the line was lost', async () => {
    FakeEventSource.last.open()
    FakeEventSource.last.fail(false)
    expect(live).toBe(false)
    await vi.advanceTimersByTimeAsync(600_000)
    expect(FakeEventSource.made).toHaveLength(1)
  })

  it('that was refused is tried again, ever less often', async () => {
    const after: number[] = []
    for (let n = 0; n < 8; n++) {
      const before = Date.now()
      const count = FakeEventSource.made.length
      FakeEventSource.last.fail(true)
      while (FakeEventSource.made.length === count) await vi.advanceTimersByTimeAsync(100)
      after.push((Date.now() - before) / 1000)
    }
    expect(after[0]).toBeLessThan(8)
    expect(Math.min(...after.slice(-1))).toBeGreaterThanOrEqual(300)
    expect(Math.max(...after)).toBeLessThan(451)
  })

  it('ends with its screen', async () => {
    FakeEventSource.last.fail(true)
    stream.end()
    await vi.advanceTimersByTimeAsync(600_000)
    await look('visible')
    expect(FakeEventSource.made).toHaveLength(1)
  })

  it('waits where the windows of this browser that are in sight have all that there are', async () => {
    stream.end()
    const request = vi.fn(async (_name: string, _options: object, todo: (lock: null) => unknown) =>
      todo(null),
    )
    vi.stubGlobal('navigator', { locks: { request } })
    FakeEventSource.made = []
    stream.begin()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(request).toHaveBeenCalledTimes(3)
    expect(FakeEventSource.made).toEqual([])
  })
})
