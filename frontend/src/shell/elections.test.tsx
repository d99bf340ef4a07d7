import { render, screen, waitFor, within } from '@testing-library/preact'
import { userEvent } from '@testing-library/user-event'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Election } from '../api/names'
import { assembliesAt } from '../matrix/choice'
import { address, parseAddress } from '../state/address'
import { presentElection } from '../state/election'
import { areas, election } from '../testing/fixture'
import { FakeServer } from '../testing/server'
import { Page } from './page'

const user = userEvent.setup()

const next: Election = {
  ...election,
  id: '2026',
  title: { vi: 'Bầu cử đại biểu Quốc hội khóa XVI', en: 'Election of the 16th National Assembly' },
  election_day: '2026-03-15',
  levels: ['national', 'province', 'commune'],
  areas: 3355,
}

const choice = () => screen.findByRole('combobox', { name: 'Chọn cuộc bầu cử' })
const places = (change: (code: string) => Partial<(typeof areas)[number]>) =>
  areas.map(area => ({ ...area, children: 0, ...change(area.code) }))

let server: FakeServer

function visit(target: string): void {
  history.replaceState(null, '', target)
  const url = new URL(target, location.origin)
  address.value = parseAddress(url.pathname, url.search)
  render(<Page />)
}

beforeEach(() => {
  server = new FakeServer()
  vi.stubGlobal('fetch', server.fetch)
})

describe('one election alone', () => {
  it('is named by its day, and there is nothing to choose', async () => {
    visit('/2021/058')
    await screen.findByText('Bầu cử 23/05/2021')
    expect(screen.queryByRole('combobox', { name: 'Chọn cuộc bầu cử' })).toBeNull()
  })
})

describe('several elections', () => {
  beforeEach(() => {
    server.timeline.election.state = 'closed'
    server.others = [{ election: next, areas: places(() => ({})) }]
  })

  it('stand on the first screen with day, state and how far off, closed ones marked', async () => {
    visit('/2021')
    await screen.findByRole('heading', { name: 'Các cuộc bầu cử' })
    const [later, earlier] = document.querySelectorAll<HTMLElement>('.elections > li')
    if (!later || !earlier) throw new Error('no elections')
    within(later).getByText('Đang tiến hành')
    within(later).getByText(/15\/03\/2026 \(còn 1\.875 ngày\)/)
    within(earlier).getByText('Đã kết thúc')
    within(earlier).getByRole('link', { current: 'page' })
    await user.click(within(later).getByRole('link'))
    await screen.findByRole('heading', { level: 1, name: /khóa XVI$/ })
    expect(location.pathname).toBe('/2026')
    expect(screen.queryByText(/Cuộc bầu cử này đã kết thúc/)).toBeNull()
  })

  it('are changed between at the same place where both lists have it, and the language stays', async () => {
    visit('/2021/058?view=table&as_of=2021-01-20&serves=pc_district&lang=en')
    await screen.findByRole('heading', { level: 1, name: /Bắc Kạn/ })
    await user.selectOptions(await screen.findByRole('combobox', { name: 'Choose an election' }), '2026')
    await waitFor(() => expect(location.pathname).toBe('/2026/058'))
    expect(location.search).toBe('?view=table&lang=en')
    history.back()
    await waitFor(() => expect(location.pathname).toBe('/2021/058'))
  })

  it('lead to the first screen where the code is another place, or none', async () => {
    server.others = [{ election: next, areas: places(code => (code === '058' ? { name: 'Xã Khác' } : {})) }]
    visit('/2021/058')
    await user.selectOptions(await choice(), '2026')
    await screen.findByRole('heading', { level: 1, name: /khóa XVI$/ })
    expect(location.pathname).toBe('/2026')
  })

  it('are offered where the address names none that is there', async () => {
    visit('/1999')
    await screen.findByText(/Không có cuộc bầu cử “1999”/)
    await user.selectOptions(await choice(), '2021')
    await screen.findByRole('heading', { level: 1, name: /khóa XV và/ })
  })

  it('keep their own when the way home is taken', async () => {
    visit('/2021/058')
    await choice()
    await user.click(screen.getByRole('link', { name: 'Tiến độ bầu cử' }))
    await waitFor(() => expect(location.pathname).toBe('/2021'))
  })
})

describe('the election shown first', () => {
  const at = (day: string, ...states: Election['state'][]) =>
    [next, election].map((one, i) => ({ ...one, today: day, state: states[i] ?? 'running' }))
  it('is the next one to come of those that are running, else the latest', () => {
    expect(presentElection(at('2021-01-25'))?.id).toBe('2021')
    expect(presentElection(at('2021-06-01'))?.id).toBe('2026')
    expect(presentElection(at('2026-06-01', 'running', 'closed'))?.id).toBe('2026')
    expect(presentElection(at('2026-12-01', 'closed', 'closed'))?.id).toBe('2026')
    expect(presentElection([])).toBeNull()
  })

  it('offers only assemblies of levels that it has', () => {
    expect(assembliesAt(election.levels)).toContain('pc_district')
    expect(assembliesAt(next.levels)).toEqual(['national_assembly', 'pc_province', 'pc_commune'])
  })
})
