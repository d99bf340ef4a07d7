import { render, screen, waitFor, within } from '@testing-library/preact'
import { userEvent } from '@testing-library/user-event'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Page } from '../shell/page'
import { address, parseAddress } from '../state/address'
import { recentPlaces } from '../state/recent'
import { FakeServer } from '../testing/server'

let server: FakeServer
const user = userEvent.setup()

function visit(target: string): void {
  history.replaceState(null, '', target)
  const url = new URL(target, location.origin)
  address.value = parseAddress(url.pathname, url.search)
  render(<Page />)
}

const box = () => screen.findByRole('combobox', { name: /^Tìm/ })
const heading = (name: string | RegExp) => screen.findByRole('heading', { level: 1, name })

beforeEach(() => {
  localStorage.clear()
  server = new FakeServer()
  vi.stubGlobal('fetch', server.fetch)
})

describe('the search', () => {
  it('opens from anywhere by "/" and Ctrl+K, and Escape gives the focus back', async () => {
    visit('/2021/058')
    await heading('Thành phố Bắc Kạn')
    const button = screen.getByRole('button', { name: /^Tìm nơi/ })
    for (const keys of ['/', '{Control>}k{/Control}']) {
      button.focus()
      await user.keyboard(keys)
      expect(document.activeElement).toBe(await box())
      await user.keyboard('/')
      expect((await box()).getAttribute('value') ?? (document.activeElement as HTMLInputElement).value).toBe(
        '/',
      )
      await user.keyboard('{Escape}')
      expect(screen.queryByRole('combobox', { name: /^Tìm/ })).toBeNull()
      expect(document.activeElement).toBe(button)
    }
  })

  it('goes through all groups by the arrows and opens a milestone in its drawer', async () => {
    visit('/2021/058')
    await heading('Thành phố Bắc Kạn')
    await user.keyboard('/')
    await user.type(await box(), 'hiep thuong')
    const first = (await screen.findAllByRole('option'))[0]
    expect(screen.getByRole('group', { name: /^Mốc việc/ })).toBeTruthy()
    expect((await box()).getAttribute('aria-activedescendant')).toBe(first?.id)
    await user.keyboard('{ArrowUp}')
    const last = screen.getAllByRole('option').at(-1)
    expect((await box()).getAttribute('aria-activedescendant')).toBe(last?.id)
    await user.keyboard('{ArrowDown}{Enter}')
    await screen.findByRole('dialog', { name: /hiệp thương/ })
    expect(location.search).toMatch(/^\?m=/)
  })

  it('asks once for a pause in typing, says how much it found, and marks it', async () => {
    visit('/2021/058')
    await heading('Thành phố Bắc Kạn')
    await user.keyboard('/')
    await user.type(await box(), 'bac kan')
    await screen.findByText(/^\d nơi.*tổ chức/)
    expect(server.asked.filter(line => line.includes('/search'))).toHaveLength(1)
    expect(document.querySelector('.found mark')?.textContent).toBe('Bắc')
  })

  it('opens the sheet of a document, which leads to what it carries out', async () => {
    visit('/2021/058')
    await heading('Thành phố Bắc Kạn')
    await user.keyboard('/')
    await user.type(await box(), '18-kh')
    const papers = within(await screen.findByRole('group', { name: 'Văn bản' }))
    await user.click(papers.getAllByRole('option')[0] as HTMLElement)
    await screen.findByRole('dialog', { name: /Kế hoạch lãnh đạo/ })
    expect(location.search).toBe('?sheet=document:bk_plan_18')
    await screen.findByText('18-KH/TU')
    await user.keyboard('{Escape}')
    await waitFor(() => expect(location.search).toBe(''))
  })

  it('shows the places that were looked at last while nothing is typed', async () => {
    visit('/2021/058')
    await heading('Thành phố Bắc Kạn')
    const seen = (codes: string[]) =>
      waitFor(() => expect(recentPlaces('2021').map(place => place.code)).toEqual(codes))
    await seen(['058'])
    address.value = parseAddress('/2021/06', '')
    await seen(['06', '058'])
    await user.keyboard('/')
    await screen.findByRole('group', { name: 'Đã xem gần đây' })
    await user.keyboard('{ArrowDown}{Enter}')
    await waitFor(() => expect(location.pathname).toBe('/2021/058'))
  })
})
