import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ChangeEntry } from '../api/names'
import { Herald } from './herald'
import { Pace } from './pace'
import { isOthers, nothingNew, type Summary, summaryText, withMore } from './summary'

const entry = (area: string, milestone: string | null, more: Partial<ChangeEntry> = {}): ChangeEntry => ({
  revision: 7,
  cause: 7,
  kind: 'task_updated',
  area,
  milestone,
  subject: null,
  happened_on: '2021-01-25',
  recorded_at: '2021-01-25T03:00:00Z',
  tag: null,
  above: false,
  item: null,
  removed: null,
  ...more,
})

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('U8: asking again', () => {
  it('is done once for a burst, and at most once a second', async () => {
    const at: number[] = []
    const pace = new Pace(async () => {
      at.push(Date.now())
    })
    const began = Date.now()
    for (let ms = 0; ms < 10_000; ms += 50) {
      pace.push()
      await vi.advanceTimersByTimeAsync(50)
    }
    await vi.advanceTimersByTimeAsync(5000)
    expect((at[0] ?? 0) - began).toBeLessThanOrEqual(500)
    expect(at.length).toBeGreaterThan(6)
    for (const [n, time] of at.slice(1).entries()) expect(time - (at[n] ?? 0)).toBeGreaterThanOrEqual(1000)
  })

  it('is done the less often the longer an answer takes', async () => {
    let asked = 0
    const pace = new Pace(async () => {
      asked += 1
      await new Promise(done => setTimeout(done, 1000))
    })
    for (let ms = 0; ms < 11_000; ms += 100) {
      pace.push()
      await vi.advanceTimersByTimeAsync(100)
    }
    expect(asked).toBeLessThanOrEqual(3)
    pace.stop()
  })

  it('ends when nobody looks any more', async () => {
    const ask = vi.fn(async () => undefined)
    const pace = new Pace(ask)
    pace.push()
    pace.stop()
    await vi.advanceTimersByTimeAsync(5000)
    expect(ask).not.toHaveBeenCalled()
  })
})

describe('U8: an announcement', () => {
  it('says a burst together, and comes at most once in ten seconds', async () => {
    const said: [number, number][] = []
    const herald = new Herald(summary => said.push([Date.now(), summary.things.size]))
    for (let n = 0; n < 20; n++) {
      herald.add([entry('058', `m${n}`)], false)
      await vi.advanceTimersByTimeAsync(100)
    }
    await vi.advanceTimersByTimeAsync(2000)
    expect(said.map(([, n]) => n)).toEqual([20])
    for (let n = 0; n < 300; n++) {
      herald.add([entry('058', `m${n}`)], false)
      await vi.advanceTimersByTimeAsync(100)
    }
    await vi.advanceTimersByTimeAsync(20_000)
    for (const [n, [time]] of said.slice(1).entries()) {
      expect(time - (said[n]?.[0] ?? 0)).toBeGreaterThanOrEqual(10_000)
    }
    expect(said.length).toBeLessThanOrEqual(6)
    expect(said.length).toBeGreaterThan(2)
  })

  it('is of others: neither of what was written here nor of what the clock has turned', () => {
    expect(isOthers(entry('058', 'm', { tag: 'page-1' }), 'page-1')).toBe(false)
    expect(isOthers(entry('058', 'm', { kind: 'milestone_turned' }), 'page-1')).toBe(false)
    expect(isOthers(entry('058', 'm', { tag: 'page-2' }), 'page-1')).toBe(true)
    expect(isOthers(entry('058', 'm'), 'page-1')).toBe(true)
  })

  it('counts a thing that was changed twice once', () => {
    const summary: Summary = withMore(
      nothingNew,
      [entry('058', 'a'), entry('058', 'a'), entry('059', 'a')],
      false,
    )
    expect(summaryText(summary)).toBe('Có 2 thay đổi mới.')
    expect(summaryText(withMore(summary, [], true))).toBe('Có nhiều thay đổi mới; trang đã được cập nhật.')
  })
})
