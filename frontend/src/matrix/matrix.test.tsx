import { act, render, screen, waitFor } from '@testing-library/preact'
import { userEvent } from '@testing-library/user-event'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Page } from '../shell/page'
import { address, parseAddress } from '../state/address'
import { withRows } from '../testing/matrix'
import { FakeServer } from '../testing/server'
import { forgetSpots } from './spot'

let server: FakeServer

function visit(target: string): void {
  history.replaceState(null, '', target)
  const url = new URL(target, location.origin)
  address.value = parseAddress(url.pathname, url.search)
  render(<Page />)
}

const user = userEvent.setup()
const cell = (name: RegExp) => screen.findByRole('gridcell', { name })
const late = /^Hà Nội, Thành lập Ủy ban bầu cử, trễ 2 ngày/

beforeEach(() => {
  forgetSpots()
  localStorage.clear()
  server = new FakeServer()
  vi.stubGlobal('fetch', server.fetch)
})

describe('the matrix', () => {
  it('is what the nation and provinces begin with, and is not offered where nothing lies below', async () => {
    visit('/2021/VN')
    await screen.findByRole('grid', { name: /Việt Nam: tiến độ của các địa phương trực thuộc/ })
    expect(screen.getByRole('button', { name: 'Địa phương' }).getAttribute('aria-pressed')).toBe('true')
    await user.click(screen.getByRole('button', { name: 'Bảng' }))
    expect(location.search).toBe('?view=table')
    await user.click(screen.getByRole('button', { name: 'Địa phương' }))
    expect(location.search).toBe('')
  })

  it('says that nothing lies below, and that nothing matches', async () => {
    visit('/2021/01840?view=matrix')
    await screen.findByText('Nơi này không có đơn vị trực thuộc.')
    expect(screen.queryByRole('button', { name: 'Địa phương' })).toBeNull()
  })

  it('says that nothing matches, and clears the choices', async () => {
    visit('/2021/VN?state=behind_plan&phases=setup')
    await screen.findByText('Không có gì khớp với lựa chọn.')
    const [clear] = screen.getAllByRole('button', { name: 'Bỏ các lựa chọn' })
    if (clear) await user.click(clear)
    await cell(late)
    expect(location.search).toBe('?phases=setup')
  })

  it('says so when the server does not answer', async () => {
    visit('/2021/VN?view=table')
    await screen.findByRole('heading', { level: 1 })
    server.gone = true
    await user.click(screen.getByRole('button', { name: 'Địa phương' }))
    await screen.findByText(/Không liên lạc được với máy chủ\. Kiểm tra mạng/)
    server.gone = false
    await user.click(screen.getByRole('button', { name: 'Thử lại' }))
    await cell(/^Hà Nội, Thành lập tổ chức/)
  })

  it('begins with all phases closed, fetches what one opens, and keeps that in the address', async () => {
    visit('/2021/VN')
    await cell(/^Hà Nội, Thành lập tổ chức, xong 1 trên 20, 9 trễ, riêng nơi này: trễ 2 ngày/)
    expect(server.asked.some(one => one.endsWith('/VN/matrix?open=none'))).toBe(true)
    const toggle = screen.getByRole('button', { name: 'Thành lập tổ chức: mở 2 loại việc' })
    expect(toggle.getAttribute('aria-expanded')).toBe('false')
    await user.click(toggle)
    expect(location.search).toBe('?phases=setup')
    await cell(late)
    expect(server.asked.some(one => one.endsWith('/VN/matrix?open=setup'))).toBe(true)
    await user.click(screen.getByRole('button', { name: 'Thành lập tổ chức: gộp 2 loại việc' }))
    expect(location.search).toBe('')
  })

  it('leads from the name of a phase to it on the timeline', async () => {
    visit('/2021/06?density=compact')
    await user.click(await screen.findByRole('link', { name: 'Thành lập tổ chức' }))
    expect(location.pathname + location.search).toBe('/2021/06?view=timeline&density=compact&phase=setup')
  })

  it('has rows as dense as one wants, and keeps that for the next visit', async () => {
    visit('/2021/VN')
    await cell(/^Hà Nội, Thành lập tổ chức/)
    await user.click(screen.getByRole('button', { name: 'Toàn cảnh' }))
    expect(location.search).toBe('?density=overview')
    const short = await cell(/^Hà Nội, Thành lập tổ chức, xong 1 trên 20, 9 trễ/)
    expect(short.textContent).toBe('9')
    act(() => short.focus())
    await screen.findByText(/^Hà Nội, Thành lập tổ chức, xong 1 trên 20/)
    expect(localStorage.getItem('tiendo:density')).toBe('"overview"')
  })

  it('is sorted and narrowed by the server, and keeps that in the address', async () => {
    visit('/2021/VN?phases=setup')
    await cell(late)
    await user.selectOptions(screen.getByLabelText('Sắp xếp'), 'lateness')
    await user.selectOptions(screen.getByLabelText('Tổ chức'), 'front')
    await user.selectOptions(screen.getByLabelText('Bầu cử'), 'pc_province')
    expect(location.search).toBe('?sort=lateness&body=front&serves=pc_province&phases=setup')
    await waitFor(() =>
      expect(server.asked).toContainEqual(
        expect.stringMatching(/\/VN\/matrix\?body=front&serves=pc_province&sort=lateness&open=setup$/),
      ),
    )
    expect(document.querySelector('.matrix-totals')?.textContent).toBe('Đã xong 10 trên 171·71 trễ')
  })

  it('has one Tab stop, and the arrows move', async () => {
    visit('/2021/VN?phases=setup')
    const name = await screen.findByRole('rowheader', { name: /^Việt Nam/ })
    expect(document.querySelectorAll('[data-at][tabindex="0"]')).toHaveLength(1)
    expect(name.tabIndex).toBe(0)
    name.focus()
    await user.keyboard('{ArrowDown}{ArrowRight}{ArrowRight}')
    expect(document.activeElement?.getAttribute('aria-label')).toMatch(/Thành lập Ủy ban bầu cử/)
    await user.keyboard('{Control>}{End}{/Control}')
    expect(document.activeElement?.getAttribute('aria-label')).toMatch(/Thành lập Tổ bầu cử/)
    await user.keyboard('{Control>}{Home}{/Control}{ArrowRight}{ArrowUp}')
    expect(document.activeElement?.getAttribute('aria-label')).toMatch(/^Chỉ đạo: mở/)
    await user.keyboard('{ArrowUp}')
    expect(document.activeElement?.textContent).toBe('Chỉ đạo')
    expect(document.querySelectorAll('[data-at][tabindex="0"]')).toHaveLength(1)
  })

  it('opens a place’s own milestone over itself, and Esc leads back to the same cell', async () => {
    visit('/2021/VN?phases=setup')
    const from = await cell(late)
    act(() => from.focus())
    await user.keyboard('{Enter}')
    expect(location.pathname + location.search).toBe('/2021/VN?m=01:election_committee_province&phases=setup')
    await screen.findByRole('dialog')
    await user.keyboard('{Escape}')
    await waitFor(() => expect(document.activeElement).toBe(from))
  })

  it('leads from counts to the list of what they count, and back to the same cell', async () => {
    visit('/2021/VN?phases=setup')
    await user.click(await cell(/^Bắc Kạn, Thành lập Tổ bầu cử, xong 0 trên 10/))
    expect(location.pathname + location.search).toBe(
      '/2021/06?view=list&family=polling_team&reach=below&phases=setup',
    )
    await screen.findByRole('table', { name: /Tỉnh Bắc Kạn: việc và thời hạn/ })
    await waitFor(() => expect(document.activeElement?.tagName).toBe('H1'))
    ;(document.activeElement as HTMLElement).blur()
    history.replaceState(null, '', '/2021/VN?phases=setup')
    act(() => {
      dispatchEvent(new PopStateEvent('popstate'))
    })
    await waitFor(() =>
      expect(document.activeElement?.getAttribute('aria-label')).toMatch(/^Bắc Kạn, Thành lập Tổ bầu cử/),
    )
  })

  it('opens the nation’s own milestone over itself, and Esc leads back to its cell', async () => {
    visit('/2021/VN?phases=direction')
    const own = await cell(/^Việt Nam, Chỉ thị, xong đúng hạn/)
    act(() => own.focus())
    await user.keyboard('{Enter}')
    await screen.findByRole('dialog')
    expect(location.search).toContain('m=politburo_directive_45')
    await user.keyboard('{Escape}')
    await waitFor(() => expect(document.activeElement).toBe(own))
  })

  it('of very many places holds those in sight only, and the keyboard reaches all of them', async () => {
    server.shapeMatrix = matrix => withRows(matrix, 1000)
    visit('/2021/VN?density=compact')
    const grid = await screen.findByRole('grid')
    expect(grid.getAttribute('aria-rowcount')).toBe('1003')
    expect(grid.querySelectorAll('tbody [role="row"]').length).toBeLessThan(80)
    const first = screen.getByRole('rowheader', { name: /^Việt Nam/ })
    first.focus()
    await user.keyboard('{Control>}{End}{/Control}')
    await waitFor(() =>
      expect(document.activeElement?.getAttribute('aria-label')).toMatch(/^Xã 10999, Thành lập tổ chức/),
    )
    expect(document.activeElement?.closest('tr')?.getAttribute('aria-rowindex')).toBe('1003')
    expect(document.querySelectorAll('[data-at][tabindex="0"]')).toHaveLength(1)
    await user.keyboard('{Control>}{Home}{/Control}')
    await waitFor(() => expect(document.activeElement?.textContent).toMatch(/^Việt Nam/))
  })

  it('is there in English', async () => {
    visit('/2021/VN?lang=en&phases=setup')
    await cell(/^Hà Nội city, election_committee in English, 2 days late, below: 1 of 9 done, 8 late/)
    expect(screen.getByRole('grid').textContent).not.toMatch(/trễ|dưới|loại việc/)
  })
})
