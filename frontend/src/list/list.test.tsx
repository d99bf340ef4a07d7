import { act, render, screen, waitFor, within } from '@testing-library/preact'
import { userEvent } from '@testing-library/user-event'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Page } from '../shell/page'
import { address, parseAddress } from '../state/address'
import { FakeServer } from '../testing/server'

let server: FakeServer

function visit(target: string): void {
  history.replaceState(null, '', target)
  const url = new URL(target, location.origin)
  address.value = parseAddress(url.pathname, url.search)
  render(<Page />)
}

// Keeps what the page copies; to be called before the clipboard is looked at.
const user = userEvent.setup()
const table = () => screen.findByRole('table', { name: /việc và thời hạn/ })
const rows = async () =>
  within(await table())
    .getAllByRole('row')
    .slice(1)

beforeEach(() => {
  server = new FakeServer()
  vi.stubGlobal('fetch', server.fetch)
})

describe('the list', () => {
  it('shows a page, says how many there are, and brings the next without moving the focus', async () => {
    visit('/2021/06?view=list')
    expect(await rows()).toHaveLength(4)
    expect((await table()).getAttribute('aria-rowcount')).toBe('8')
    screen.getByText('Đang hiện 4 trên 7 việc.')
    const more = screen.getByRole('button', { name: 'Xem thêm 3 việc' })
    await user.click(more)
    await waitFor(async () => expect(await rows()).toHaveLength(7))
    expect(location.search).toBe('?view=list&pages=2')
    expect((await rows()).map(row => row.getAttribute('aria-rowindex'))).toEqual([
      '2',
      '3',
      '4',
      '5',
      '6',
      '7',
      '8',
    ])
    screen.getByText('7 việc.')
    expect(screen.queryByRole('button', { name: /Xem thêm/ })).toBeNull()
  })

  it('begins anew, and says so, when its milestones were redrawn since the first page', async () => {
    visit('/2021/06?view=list')
    expect(await rows()).toHaveLength(4)
    expect(screen.queryByText(/tải lại từ đầu/)).toBeNull()
    server.redrawn += 1
    await user.click(screen.getByRole('button', { name: 'Xem thêm 3 việc' }))
    await waitFor(async () => expect(await rows()).toHaveLength(7))
    expect(screen.getByText(/tải lại từ đầu/).getAttribute('role')).toBe('status')
    expect(screen.queryByText('Chưa tải được phần tiếp theo.')).toBeNull()
    await user.click(screen.getByRole('button', { name: /^Trễ hạn luật 6/ }))
    await waitFor(() => expect(screen.queryByText(/tải lại từ đầu/)).toBeNull())
  })

  it('says place, where it lies, duty, limit and state in words, and keeps plan and law apart', async () => {
    visit('/2021/06?view=list&pages=2')
    await waitFor(async () => expect(await rows()).toHaveLength(7))
    const [, ward, , , , , last] = await rows()
    expect(ward?.textContent).toMatch(/^Phường Nguyễn Thị Minh KhaiThành phố Bắc KạnThành lập/)
    expect(ward?.textContent).toMatch(/23\/01\/2021.*Trễ 2 ngày/)
    expect(ward?.querySelector('.tone-overdue .icon-overdue')).not.toBeNull()
    expect(last?.textContent).toMatch(/07\/02\/2021.*Chậm kế hoạch 3 ngày.*22\/01\/2021/)
    expect(last?.querySelector('.tone-behind .icon-behind')).not.toBeNull()
    expect(last?.querySelector('.tone-overdue')).toBeNull()
  })

  it('asks for what is chosen, the longest late first where it is about what is late', async () => {
    visit('/2021/06?view=list')
    await table()
    await user.click(screen.getByRole('button', { name: /^Trễ hạn luật 6/ }))
    await user.selectOptions(screen.getByLabelText('Việc'), 'phase:setup')
    await user.selectOptions(screen.getByLabelText('Cấp'), 'commune')
    await user.selectOptions(screen.getByLabelText('Phạm vi'), 'below')
    await user.selectOptions(screen.getByLabelText('Tổ chức'), 'front')
    const from = screen.getByLabelText('Hạn từ ngày')
    await user.type(from, '1/1/2021{Enter}')
    expect(location.search).toBe(
      '?view=list&state=overdue&family=phase:setup&level=commune&from=2021-01-01&reach=below&body=front',
    )
    await waitFor(() => {
      const asked = server.asked.filter(one => one.includes('/06/deadlines')).at(-1) ?? ''
      expect(Object.fromEntries(new URL(asked.slice(4), 'http://x').searchParams)).toEqual({
        state: 'overdue',
        phase: 'setup',
        level: 'commune',
        from: '2021-01-01',
        reach: 'below',
        sort: 'lateness',
        body: 'front',
        limit: '100',
      })
    })
    await user.type(from, '99')
    await user.tab()
    await screen.findByText('Không có ngày này. Viết như 7/2/2021.')
  })

  it('is one Tab stop, the arrows move, and Esc leads back from the drawer to the row', async () => {
    visit('/2021/06?view=list')
    await table()
    const links = [...document.querySelectorAll<HTMLElement>('.list-table [data-row]')]
    expect(links.filter(link => link.tabIndex === 0)).toHaveLength(1)
    act(() => links[0]?.focus())
    await user.keyboard('{ArrowDown}{End}{Home}{ArrowDown}')
    expect(document.activeElement).toBe(links[1])
    await user.keyboard('{Enter}')
    expect(location.search).toBe('?view=list&m=01840:election_committee')
    await screen.findByRole('dialog')
    await user.keyboard('{Escape}')
    await waitFor(() => expect(document.activeElement).toBe(links[1]))
  })

  it('copies what is late and shown as text for a message, law and plan apart', async () => {
    visit('/2021/06?view=list&state=late&pages=2')
    await waitFor(async () => expect(await rows()).toHaveLength(7))
    await user.click(screen.getByRole('button', { name: 'Chép danh sách trễ' }))
    await screen.findByText('Đã chép 7 việc trễ; dán vào tin nhắn.')
    const text = await navigator.clipboard.readText()
    expect(text.split('\n').slice(0, 4)).toEqual([
      'Tỉnh Bắc Kạn: việc trễ, tình hình ngày Thứ Hai, 25/01/2021',
      '',
      'Trễ hạn luật (6):',
      '1. Thành phố Bắc Kạn (Tỉnh Bắc Kạn): Thành lập Ủy ban bầu cử – trễ 2 ngày, hạn 23/01/2021',
    ])
    expect(text).toContain('Chậm kế hoạch, chưa quá hạn luật (1):\n1. Phường Xuất Hóa')
    expect(text).toContain('– chậm kế hoạch 3 ngày, kế hoạch 22/01/2021')
    expect(text).toContain(location.href)
  })

  it('shows the text where the browser does not let it be copied', async () => {
    visit('/2021/06?view=list')
    await table()
    vi.spyOn(navigator.clipboard, 'writeText').mockRejectedValueOnce(new Error('no'))
    await user.click(screen.getByRole('button', { name: 'Chép danh sách trễ' }))
    const box = await screen.findByLabelText(/hãy chọn và chép/)
    expect((box as HTMLTextAreaElement).value).toContain('… và 3 việc nữa')
  })

  it('says when nothing matches, nothing is late, and when the server is gone', async () => {
    visit('/2021/01840?view=list&state=late')
    await screen.findByText('Không có việc nào trễ ở đây.')
    await user.click(screen.getByRole('button', { name: 'Bỏ các lựa chọn' }))
    await screen.findByText('Không có việc nào khớp với lựa chọn.')
    server.gone = true
    await user.click(screen.getByRole('button', { name: /^Tất cả/ }))
    await screen.findByText(/Không liên lạc được với máy chủ\. Kiểm tra mạng/)
    server.gone = false
    await user.click(screen.getByRole('button', { name: 'Thử lại' }))
    await screen.findByText('Không có việc nào khớp với lựa chọn.')
  })

  it('is there in English', async () => {
    visit('/2021/06?view=list&lang=en&pages=2')
    const list = await screen.findByRole('table', { name: /duties and their limits/ })
    await waitFor(() => expect(list.textContent).toMatch(/2 days late.*3 days behind plan/))
    expect(list.textContent).not.toMatch(/Trễ|Chậm/)
  })
})

describe('a parent', () => {
  it('shows by sign and word what is late below it, plan and law apart, and leads to the list', async () => {
    visit('/2021/06?view=timeline')
    const late = await screen.findByRole('link', { name: '6 việc trễ hạn luật' })
    expect(late.querySelector('.icon-overdue')).not.toBeNull()
    const behind = screen.getByRole('link', { name: '1 việc chậm kế hoạch' })
    expect(behind.querySelector('.icon-behind')).not.toBeNull()
    await user.click(late)
    expect(location.search).toBe('?view=list&state=overdue&reach=below')
    await table()
  })

  it('says nothing where nothing lies below', async () => {
    visit('/2021/01840')
    await screen.findByRole('heading', { level: 1 })
    expect(screen.queryByText('Bên dưới:')).toBeNull()
  })
})

describe('the matrix', () => {
  it('leads in two clicks from a count to the milestone of a late place', async () => {
    visit('/2021/VN')
    await user.click(await screen.findByRole('link', { name: /^9\/80|71 trễ/ }))
    expect(location.search).toBe('?view=list&state=overdue')
    const [first] = await rows()
    await user.click(within(first as HTMLElement).getByRole('button'))
    await screen.findByRole('dialog')
  })
})
