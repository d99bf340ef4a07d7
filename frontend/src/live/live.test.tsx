import { fireEvent, render, screen, waitFor } from '@testing-library/preact'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { writer } from '../api/client'
import type { ChangeEntry } from '../api/names'
import { Page } from '../shell/page'
import { address, parseAddress } from '../state/address'
import { FakeEventSource } from '../testing/eventsource'
import { FakeServer } from '../testing/server'
import { inOrder } from './steady'

let server: FakeServer

async function visit(target: string): Promise<void> {
  history.replaceState(null, '', target)
  const url = new URL(target, location.origin)
  address.value = parseAddress(url.pathname, url.search)
  render(<Page />)
  await screen.findByRole('heading', { level: 1 })
}

const rowOf = (id: string) => document.querySelector<HTMLElement>(`[data-row="${id}"]`)

/** Somebody else has begun with the first milestone that has something to do. */
function somebodyBegins(tag: string | null = null): Partial<ChangeEntry> {
  const item = server.timeline.items.find(one => one.tasks_total > 0 && one.work === 'not_started')
  if (!item) throw new Error('nothing to do')
  item.work = 'in_progress'
  item.revision += 100
  server.timeline = { ...server.timeline, revision: server.timeline.revision + 100 }
  const { area } = server.timeline
  return {
    kind: 'task_updated',
    area: item.area,
    milestone: item.id,
    tag,
    item: {
      area: { code: area.code, name: area.name, name_en: area.name_en, level: area.level },
      within: [],
      days_behind: null,
      milestone: item,
    } as unknown as ChangeEntry['item'],
  }
}

beforeEach(() => {
  server = new FakeServer()
  FakeEventSource.made = []
  vi.stubGlobal('fetch', server.fetch)
  vi.stubGlobal('EventSource', FakeEventSource)
})
afterEach(() => {
  vi.unstubAllGlobals()
})

describe('U8: what others change', () => {
  it('appears by itself, is marked and announced, and the focus stays', async () => {
    await visit('/2021/058?view=timeline')
    await waitFor(() =>
      expect(FakeEventSource.last.url).toBe('/api/v1/elections/2021/areas/058/events?reach=own'),
    )
    FakeEventSource.last.open()
    const entry = somebodyBegins()
    const row = rowOf(entry.milestone ?? '')
    row?.focus()
    FakeEventSource.last.changes([entry])
    await waitFor(() => expect(row?.textContent).toMatch(/Đang làm/i), { timeout: 3000 })
    expect(row?.querySelector('.changed')?.textContent).toBe('vừa đổi')
    expect(row?.getAttribute('aria-label')).toMatch(/, vừa đổi$/)
    expect(document.activeElement).toBe(row)
    await waitFor(
      () =>
        expect(document.querySelector('.live-news')?.textContent).toMatch(/^Có 1 thay đổi mới: .*đang làm/),
      { timeout: 4000 },
    )
    fireEvent.click(row as HTMLElement)
    await waitFor(() => expect(row?.querySelector('.changed')).toBeNull())
  })

  it('is not what was written here: that is neither marked nor announced', async () => {
    await visit('/2021/058?view=timeline')
    await waitFor(() => expect(FakeEventSource.made).toHaveLength(1))
    FakeEventSource.last.open()
    const [own, other] = [somebodyBegins(writer), somebodyBegins('another')]
    FakeEventSource.last.changes([own])
    FakeEventSource.last.changes([other])
    await waitFor(() => expect(rowOf(other.milestone ?? '')?.querySelector('.changed')).not.toBeNull())
    expect(document.querySelectorAll('.changed')).toHaveLength(1)
    await waitFor(() => expect(document.querySelector('.live-news')?.textContent).toMatch(/^Có 1 /), {
      timeout: 4000,
    })
  })

  it('is heard of the branch where a list or a matrix shows it, and not on a past day', async () => {
    await visit('/2021/058?view=list')
    await waitFor(() => expect(FakeEventSource.last.url).toBe('/api/v1/elections/2021/areas/058/events'))
    const branch = FakeEventSource.last
    address.value = { ...address.value, asOf: '2021-01-20' }
    await waitFor(() => expect(branch.readyState).toBe(FakeEventSource.CLOSED))
    expect(FakeEventSource.made).toHaveLength(1)
  })
})

describe('U8: rows that somebody points at', () => {
  it('stay where they are, whatever comes and goes', () => {
    const names = fc.uniqueArray(fc.integer({ min: 0, max: 30 }).map(String))
    fc.assert(
      fc.property(names, names, (before, now) => {
        const rows = (of: string[], when: string) => new Map(of.map(name => [name, `${name} ${when}`]))
        const { rows: shown, gone } = inOrder(before, rows(before, 'before'), rows(now, 'now'))
        expect(shown).toEqual(before.map(name => `${name} ${now.includes(name) ? 'now' : 'before'}`))
        expect([...gone]).toEqual(before.filter(name => !now.includes(name)))
      }),
    )
  })
})
