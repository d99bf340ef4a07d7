import { render, screen, waitFor, within } from '@testing-library/preact'
import { userEvent } from '@testing-library/user-event'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Page } from '../shell/page'
import { address, parseAddress } from '../state/address'
import { reporter, signedOut } from '../testing/access'
import { FakeServer } from '../testing/server'
import { forgetTicks } from './ticks'

let server: FakeServer
const user = userEvent.setup()

function visit(target: string): void {
  history.replaceState(null, '', target)
  const url = new URL(target, location.origin)
  address.value = parseAddress(url.pathname, url.search)
  render(<Page />)
}

const boxes = async () => {
  await screen.findByRole('table', { name: /việc và thời hạn|duties/ })
  return screen.findAllByRole('checkbox', { name: /^Chọn: / })
}
const bar = () => screen.findByRole('region', { name: 'Các việc đã chọn' })

beforeEach(() => {
  forgetTicks()
  server = new FakeServer()
  vi.stubGlobal('fetch', server.fetch)
})

describe('ticked rows (U7)', () => {
  it('are counted and said, one by one, by a stretch with Shift, and by the head of the column', async () => {
    visit('/2021/06?view=list')
    const [first, , third] = await boxes()
    expect(screen.queryByRole('region', { name: 'Các việc đã chọn' })).toBeNull()
    await user.click(first as HTMLElement)
    within(await bar()).getByText('Đã chọn 1 việc')
    await user.keyboard('{Shift>}')
    await user.click(third as HTMLElement)
    await user.keyboard('{/Shift}')
    within(await bar()).getByText('Đã chọn 3 việc')
    expect(screen.getAllByRole('status').some(one => one.textContent === 'Đã chọn 3 việc')).toBe(true)
    await user.click(screen.getByRole('checkbox', { name: 'Chọn cả 4 việc đang hiện' }))
    within(await bar()).getByText('Đã chọn 4 việc')
    await user.click(screen.getByRole('button', { name: 'Chọn cả 7 việc mà bộ lọc cho thấy' }))
    within(await bar()).getByText('mọi việc mà bộ lọc cho thấy')
    await user.click(screen.getByRole('button', { name: 'Bỏ chọn' }))
    await waitFor(() => expect(screen.queryByRole('region', { name: 'Các việc đã chọn' })).toBeNull())
  })

  it('outlive the next page, and another order', async () => {
    visit('/2021/06?view=list')
    const [first] = await boxes()
    await user.click(first as HTMLElement)
    await user.click(screen.getByRole('button', { name: 'Xem thêm 3 việc' }))
    await waitFor(async () => expect(await boxes()).toHaveLength(7))
    await user.selectOptions(screen.getByLabelText('Sắp xếp'), 'lateness')
    await waitFor(async () => expect((await boxes())[0]).toHaveProperty('checked', true))
    within(await bar()).getByText('Đã chọn 1 việc')
  })

  it('move by the arrows as the rows do', async () => {
    visit('/2021/06?view=list')
    const [first, second] = await boxes()
    first?.focus()
    await user.keyboard('{ArrowDown}[Space]')
    expect(document.activeElement).toBe(second)
    within(await bar()).getByText('Đã chọn 1 việc')
  })

  it('are reported in one go: number and date, a preview with what is refused, the rest recorded', async () => {
    server.refusedPlace = '01840'
    visit('/2021/06?view=list')
    await boxes()
    await user.click(screen.getByRole('checkbox', { name: 'Chọn cả 4 việc đang hiện' }))
    await user.click(screen.getByRole('button', { name: 'Báo cáo…' }))
    const dialog = await screen.findByRole('dialog', { name: 'Báo cáo 4 việc' })
    await user.type(within(dialog).getByLabelText('Số văn bản'), '12/QĐ-UBND')
    await user.type(within(dialog).getByLabelText('Ngày văn bản'), '22/1/2021')
    await user.click(within(dialog).getByRole('button', { name: 'Xem trước' }))
    await within(dialog).findByRole('heading', { name: '1 việc không làm được' })
    within(dialog).getByText(/^Đã có người sửa từ lúc bạn chọn/)
    await user.click(
      within(dialog).getByRole('button', { name: 'Bỏ 1 việc không làm được, ghi nhận 3 việc' }),
    )
    await within(dialog).findByText('Đã ghi nhận.')
    const [preview, done] = server.batches
    expect(preview?.partial).toBe(true)
    expect(done?.partial).toBe(true)
    expect(done?.report).toEqual({
      status: 'done',
      done_on: '2021-01-25',
      evidence: { number: '12/QĐ-UBND', issued_on: '2021-01-22' },
    })
    expect(done?.rows).toHaveLength(4)
    expect(done?.rows?.every(row => (row.revision ?? 0) > 0)).toBe(true)
    await user.click(within(dialog).getAllByRole('button', { name: 'Đóng' }).at(-1) as HTMLElement)
    within(await bar()).getByText('Đã chọn 1 việc')
  })

  it('of a whole list are those of its preview, but for those left out', async () => {
    visit('/2021/06?view=list&tick=all&level=commune')
    const [first] = await boxes()
    within(await bar()).getByText('Đã chọn 7 việc')
    await user.click(first as HTMLElement)
    within(await bar()).getByText('Đã chọn 6 việc')
    await user.click(screen.getByRole('button', { name: 'Xác nhận…' }))
    const dialog = await screen.findByRole('dialog', { name: 'Xác nhận 6 việc' })
    await user.click(within(dialog).getByRole('button', { name: 'Xem trước' }))
    await user.click(await within(dialog).findByRole('button', { name: /^Ghi nhận \d+ việc$/ }))
    await within(dialog).findByText('Đã ghi nhận.')
    const [, done] = server.batches
    expect(done?.filter).toEqual({ state: 'open', level: 'commune' })
    expect(done?.except).toHaveLength(1)
    expect(done?.preview).toBe('token')
    expect(done?.partial).toBeUndefined()
    expect(done?.confirm).toBe(true)
  })

  it('are returned for a reason', async () => {
    visit('/2021/06?view=list')
    const [first] = await boxes()
    await user.click(first as HTMLElement)
    await user.click(screen.getByRole('button', { name: 'Trả lại…' }))
    const dialog = await screen.findByRole('dialog', { name: 'Trả lại 1 việc' })
    await user.click(within(dialog).getByRole('button', { name: 'Xem trước' }))
    await within(dialog).findByText('Ghi lý do: cấp trên và người sau cần biết vì sao.')
    expect(server.batches).toHaveLength(0)
    await user.type(within(dialog).getByLabelText('Lý do'), 'Thiếu số quyết định')
    await user.click(within(dialog).getByRole('button', { name: 'Xem trước' }))
    await within(dialog).findByRole('button', { name: 'Ghi nhận 1 việc' })
    expect(server.batches[0]?.return).toEqual({ reason: 'Thiếu số quyết định' })
  })

  it('are not offered to who may only read, nor of the past', async () => {
    server.access.session = signedOut
    visit('/2021/06?view=list')
    await screen.findByRole('table', { name: /việc và thời hạn/ })
    expect(screen.queryByRole('checkbox')).toBeNull()
  })

  it('are not offered beside one’s own branch', async () => {
    server.access.session = {
      ...reporter,
      rights: reporter.rights.map(one => ({ ...one, area: '031' })),
    }
    visit('/2021/06?view=list')
    await screen.findByRole('table', { name: /việc và thời hạn/ })
    await screen.findByRole('button', { name: /Trần Thị Lan/ })
    expect(screen.queryByRole('checkbox', { name: /^Chọn: / })).toBeNull()
  })
})
