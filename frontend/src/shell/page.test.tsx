import { act, fireEvent, render, screen, waitFor, within } from '@testing-library/preact'
import { userEvent } from '@testing-library/user-event'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Change } from '../api/names'
import { address, go, parseAddress } from '../state/address'
import { FakeServer } from '../testing/server'
import { english } from '../text/words'
import { Page } from './page'

let server: FakeServer

function visit(target: string): void {
  history.replaceState(null, '', target)
  const url = new URL(target, location.origin)
  address.value = parseAddress(url.pathname, url.search)
  render(<Page />)
}

const user = userEvent.setup()
const drawer = () => screen.findByRole('dialog')
const consultation = /^Thành phố Bắc Kạn, Hội nghị hiệp thương lần thứ nhất/

beforeEach(() => {
  server = new FakeServer()
  vi.stubGlobal('fetch', server.fetch)
})

describe('the first screen', () => {
  it('says what it is and which day it plays, and finds a place by keyboard', async () => {
    visit('/')
    await screen.findByRole('heading', { level: 1, name: /Bầu cử đại biểu Quốc hội khóa XV/ })
    screen.getByText(/Chạy thử: ngày của hệ thống là Thứ Hai, 25\/01\/2021/)
    await screen.findByRole('link', { name: 'Cao Bằng' })
    const late = screen.getByRole('link', { name: '71 việc trễ hạn' })
    expect(late.getAttribute('href')).toBe('/2021/VN?view=list&state=overdue')
    const box = screen.getByRole('combobox')
    await waitFor(() => expect(document.activeElement).toBe(box))
    await user.type(box, 'bac kan')
    await screen.findByRole('option', { name: /^Thành phố Bắc Kạn/ })
    await user.keyboard('{ArrowDown}')
    expect(box.getAttribute('aria-activedescendant')).toBe(screen.getAllByRole('option')[1]?.id)
    await user.keyboard('{Enter}')
    const heading = await screen.findByRole('heading', { level: 1, name: 'Thành phố Bắc Kạn' })
    expect(location.pathname).toBe('/2021/058')
    await waitFor(() => expect(document.activeElement).toBe(heading))
  })

  it('takes an Enter that is quicker than the answer', async () => {
    visit('/')
    await user.type(await screen.findByRole('combobox'), 'cao bang{Enter}')
    await screen.findByRole('heading', { level: 1, name: 'Tỉnh Cao Bằng' })
  })

  it('says when there are more places than it lists, and nothing twice', async () => {
    const box = async () => screen.findByRole('combobox')
    visit('/')
    await user.type(await box(), 'n')
    await screen.findAllByText('(8 đầu tiên; gõ thêm để thu hẹp)')
    await user.clear(await box())
    await user.type(await box(), 'duc xuan')
    await waitFor(() => expect(screen.getAllByRole('option')).toHaveLength(1))
    expect(screen.queryByText(/đầu tiên/)).toBeNull()
  })

  it('shows the answer to the latest question only', async () => {
    visit('/')
    const box = await screen.findByRole('combobox')
    await user.type(box, 'ha')
    await user.type(box, ' giang')
    await screen.findByRole('option', { name: /Hà Giang/ })
    expect(screen.getAllByRole('option')).toHaveLength(1)
    await user.keyboard('{Escape}')
    expect(screen.queryByRole('option')).toBeNull()
  })

  it('says so when the server does not answer', async () => {
    server.gone = true
    visit('/')
    await screen.findByText(/Không liên lạc được với máy chủ/)
    server.gone = false
    await user.click(screen.getByRole('button', { name: 'Thử lại' }))
    await screen.findByRole('combobox')
  })
})

describe('a place', () => {
  it('has one Tab stop in the chart, and the arrows move', async () => {
    visit('/2021/058?above=open')
    const first = await screen.findByRole('button', { name: /Thành lập Hội đồng bầu cử quốc gia/ })
    expect(document.querySelectorAll('[data-row][tabindex="0"]')).toHaveLength(1)
    first.focus()
    await user.keyboard('{ArrowDown}')
    expect(document.activeElement?.getAttribute('data-row')).toBe('VN:politburo_directive_45')
    await user.keyboard('{End}')
    expect(document.activeElement?.getAttribute('tabindex')).toBe('0')
    await user.keyboard('{Home}')
    expect(document.activeElement).toBe(first)
  })

  it('shows the same rows as a table, and folds the band', async () => {
    visit('/2021/058')
    await screen.findByRole('button', { name: consultation })
    const rows = () => document.querySelectorAll('[data-row]').length
    const { items, above } = server.timeline
    expect(rows()).toBe(items.length + above.length)
    const band = () =>
      screen.getByRole('button', { name: /^Từ cấp trên \(16, 6 việc đang hoặc sắp diễn ra\)/ })
    await user.click(screen.getByRole('button', { name: 'Bảng' }))
    expect(rows()).toBe(items.length + above.length)
    await user.click(band())
    expect(rows()).toBe(items.length)
    expect(location.search).toBe('?view=table&above=closed')
    await user.click(screen.getByRole('button', { name: 'Dòng thời gian' }))
    expect(rows()).toBe(items.length)
    expect(location.search).toBe('?above=closed')
  })

  it('keeps the last data with their time when the server goes', async () => {
    visit('/2021/058')
    await screen.findByRole('button', { name: consultation })
    server.gone = true
    fireEvent(window, new Event('online'))
    await screen.findByText(/Mất liên lạc với máy chủ. Đang hiện số liệu lúc \d\d:\d\d:\d\d/)
    screen.getByRole('button', { name: consultation })
    server.gone = false
    fireEvent(window, new Event('online'))
    await waitFor(() => expect(screen.queryByText(/Mất liên lạc/)).toBeNull())
  })

  it('that does not exist is said not to', async () => {
    visit('/2021/zzz')
    await screen.findByText(/Không có địa phương mã “zzz”/)
    screen.getByRole('link', { name: 'Về trang đầu' })
  })
})

describe('a place in a closed election', () => {
  beforeEach(() => {
    server.timeline.election.state = 'closed'
    server.timeline.day = '2026-11-20'
    server.timeline.today = '2026-11-20'
    const silent = server.timeline.items.find(one => one.id === 'consult1_pc_district')
    Object.assign(silent ?? {}, { timing: 'no_record', days_left: null })
  })

  it('is said to be, tells what is known and names nothing as late or next', async () => {
    visit('/2021/058')
    await screen.findByText(/Cuộc bầu cử này đã kết thúc/)
    const summary = within(await screen.findByRole('region', { name: 'Tóm tắt' }))
    expect(summary.getAllByRole('listitem').map(item => item.textContent)).toEqual([
      `${server.timeline.counts.done} đã xong`,
      '1 chưa rõ kết quả',
      `${server.timeline.counts.total} việc phải làm`,
    ])
    expect(screen.queryByText('Việc cần làm trước')).toBeNull()
    screen.getByText(/đã qua 2\.007 ngày/)
  })

  it('does not claim that what nobody told of is not done, nor that anything is done today', async () => {
    visit('/2021/058?m=consult1_pc_district')
    const panel = within(await drawer())
    const edit = await panel.findAllByRole('button', { name: /^Cập nhật: / })
    expect(panel.queryByText('Chưa làm')).toBeNull()
    expect(panel.queryByText('Chưa')).toBeNull()
    for (const name of ['Xong hôm nay', 'Đang làm', 'Đặt ngày kế hoạch']) {
      expect(panel.queryByRole('button', { name })).toBeNull()
    }
    await user.click(edit[0] as HTMLElement)
    await user.click(panel.getByRole('radio', { name: 'Xong' }))
    expect(panel.getByRole('textbox', { name: 'Ngày xong' })).toHaveProperty('value', '')
  })
})

describe('what is stuck', () => {
  it('is seen to be in the list, among what to do first, in the drawer and in the legend', async () => {
    const item = server.timeline.items.find(one => one.id === 'consult1_pc_district')
    Object.assign(item ?? {}, { work: 'blocked', timing: 'due_soon', latest_on: '2021-01-27', days_left: 2 })
    visit('/2021/058?m=consult1_pc_district')
    await screen.findByRole('button', {
      name: /^Thành phố Bắc Kạn, Hội nghị hiệp thương.*vướng mắc, còn 2 ngày/,
    })
    screen.getByRole('button', { name: /^Vướng mắc ?Hội nghị hiệp thương.*Còn 2 ngày/ })
    expect((await drawer()).querySelector('.drawer-state')?.textContent).toBe('Vướng mắcCòn 2 ngày')
    within(screen.getByRole('region', { name: 'Chú giải' })).getByText('Vướng mắc')
  })
})

describe('looking back', () => {
  it('refuses a day that does not exist or has not come, and takes one that has been', async () => {
    visit('/2021/058')
    const field = await screen.findByLabelText('Xem tại ngày')
    const take = async (typed: string) => {
      await user.clear(field)
      await user.type(field, `${typed}{Enter}`)
    }
    await take('31/02/2021')
    screen.getByText(/Không có ngày này/)
    await take('26/1/2021')
    screen.getByText(/Chỉ xem lại được những ngày đã qua, đến 25\/01\/2021/)
    await take('10-1-2021')
    await screen.findByText(/Đang xem lại ngày Chủ nhật, 10\/01\/2021/)
    expect(location.search).toBe('?as_of=2021-01-10')
    await user.click(screen.getByRole('button', { name: 'Ngày sau' }))
    await screen.findByText(/Đang xem lại ngày Thứ Hai, 11\/01\/2021/)
    await user.click(screen.getByRole('button', { name: 'Chỉ xem những gì đã ghi nhận khi đó' }))
    await screen.findByText(/đã được ghi nhận đến 11\/01\/2021 23:59/)
  })

  it('says so when the day in the address is none, and offers today when the server refuses it', async () => {
    visit('/2021/058?as_of=2021-02-31')
    await screen.findByText(/“2021-02-31” trong địa chỉ không phải là một ngày/)
    expect(screen.queryByText(/Đang xem lại ngày/)).toBeNull()
    await act(async () => go({ asOf: '2030-01-01' }))
    expect(screen.queryByText(/không phải là một ngày/)).toBeNull()
    await user.click(await screen.findByRole('button', { name: 'Về hôm nay' }))
    await screen.findByRole('button', { name: consultation })
    expect(location.search).toBe('')
  })

  it('allows no edits', async () => {
    visit('/2021/058?as_of=2021-01-10&m=consult1_pc_district')
    const panel = within(await drawer())
    await panel.findByText(/Đang xem lại ngày cũ nên không sửa được/)
    await panel.findByText('Vì sao có ngày này')
    expect(panel.queryByRole('button', { name: 'Xong hôm nay' })).toBeNull()
    expect(panel.queryByRole('button', { name: 'Đặt ngày kế hoạch' })).toBeNull()
  })
})

describe('the drawer', () => {
  it('opens from a row, closes with Esc, and gives the focus back', async () => {
    visit('/2021/058')
    const row = await screen.findByRole('button', { name: consultation })
    await user.click(row)
    within(await drawer()).getByRole('heading', { level: 2, name: /Hội nghị hiệp thương/ })
    expect(location.search).toBe('?m=consult1_pc_district')
    await user.keyboard('{Escape}')
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    await waitFor(() => expect(document.activeElement).toBe(row))
  })

  it('opened by a link has its row in sight, also in the band', async () => {
    const seen: (string | null)[] = []
    const plain = Element.prototype.scrollIntoView
    Element.prototype.scrollIntoView = function scrollIntoView() {
      seen.push(this.getAttribute('data-row'))
    }
    try {
      visit('/2021/058?m=VN:politburo_directive_45')
      await drawer()
      await waitFor(() => expect(seen).toContain('VN:politburo_directive_45'))
    } finally {
      Element.prototype.scrollIntoView = plain
    }
  })

  it('of a milestone from above is read-only and shows its document', async () => {
    visit('/2021/058?m=VN:politburo_directive_45')
    const panel = within(await drawer())
    await panel.findByText('45-CT/TW')
    panel.getByText(/ở đây chỉ để xem/)
    expect(panel.queryByRole('button', { name: 'Xong hôm nay' })).toBeNull()
  })

  it('has the notes of the law in the language of the page', async () => {
    visit('/2021/058?m=consult1_pc_district')
    const panel = within(await drawer())
    const notes = await panel.findByText(/^Ngày đầu của khoảng thời gian, 3\/2\/2021/)
    expect(notes.closest('[lang]')).toBe(document.documentElement)
    await user.click(screen.getByRole('button', { name: 'English' }))
    await panel.findByText(/^First window day 3\/2\/2021/)
  })

  it('marks as Vietnamese what is kept in Vietnamese only', async () => {
    const note = 'Theo bài viết, việc đang được thực hiện.'
    const words = 'Bài báo (không lưu địa chỉ)'
    Object.assign(server.details['058/consult1_pc_district'] ?? {}, {
      notes: { vi: note, en: note },
      sources: [{ key: 'TC533', address: words }],
    })
    visit('/2021/058?m=consult1_pc_district')
    const panel = within(await drawer())
    for (const text of [note, words, 'Tháng 1/2021, không nêu ngày.', /^Tất cả các địa phương/]) {
      expect((await panel.findByText(text)).lang).toBe('vi')
    }
  })

  it('may be opened for forty milestones without the page losing what it stands on', async () => {
    visit('/2021/058')
    await screen.findByRole('button', { name: consultation })
    const { items, above } = server.timeline
    const names = [...items.map(item => item.id), ...above.map(item => `${item.area}:${item.id}`)]
    expect(names.length).toBeGreaterThanOrEqual(40)
    for (const name of names.slice(0, 40)) {
      await act(async () => go({ milestone: name }))
      screen.getByRole('heading', { level: 1, name: 'Thành phố Bắc Kạn' })
      await within(screen.getByRole('dialog')).findByText('Lịch sử')
    }
    const asked = (end: string) => server.asked.filter(line => line.endsWith(end)).length
    expect(asked('/elections')).toBe(1)
    expect(asked('/timeline')).toBe(1)
  }, 30_000)

  it('that names nothing on the timeline says so', async () => {
    visit('/2021/058?m=nothing')
    within(await drawer()).getByText('Không có mốc việc này ở đây.')
  })
})

describe('a history of more than a page', () => {
  const many = (howMany: number): Change[] =>
    Array.from({ length: howMany }, (_, at) => ({
      revision: howMany - at,
      kind: 'task_updated',
      area: '058',
      milestone: 'consult1_pc_district',
      task: null,
      actor: 'Hồ sơ bầu cử / election record',
      recorded_at: '2021-01-25T03:00:00Z',
      happened_on: '2021-01-25',
      reason: `lần ${howMany - at}`,
      before: null,
      after: null,
    }))
  const entries = () => [...document.querySelectorAll('.history > li')]

  it('is read on page by page, and keeps what was read when something new comes', async () => {
    server.history = many(230)
    server.timeline.revision = 1000
    visit('/2021/058?m=consult1_pc_district')
    const panel = within(await drawer())
    await user.click(await panel.findByRole('button', { name: 'Xem thêm' }))
    await waitFor(() => expect(entries()).toHaveLength(200))
    await waitFor(() => expect(document.activeElement).toBe(entries()[100]))
    await user.click((await panel.findAllByRole('button', { name: 'Xong hôm nay' }))[0] as HTMLElement)
    await waitFor(() => expect(entries()).toHaveLength(201))
    await user.click(panel.getByRole('button', { name: 'Xem thêm' }))
    await waitFor(() => expect(entries()).toHaveLength(231))
    expect(panel.queryByRole('button', { name: 'Xem thêm' })).toBeNull()
    expect(entries().at(-1)?.textContent).toMatch(/^Hồ sơ bầu cử \/ election record.*lần 1ngày/)
  }, 30_000)

  it('says so when the older ones do not come', async () => {
    server.history = many(101)
    visit('/2021/058?m=consult1_pc_district')
    const panel = within(await drawer())
    const button = await panel.findByRole('button', { name: 'Xem thêm' })
    server.gone = true
    await user.click(button)
    await panel.findByText(/Không liên lạc được với máy chủ/)
    server.gone = false
    await user.click(button)
    await waitFor(() => expect(entries()).toHaveLength(101))
  })
})

describe('a report', () => {
  const edit = async () => {
    visit('/2021/058?m=consult1_pc_district')
    const panel = within(await drawer())
    await user.click((await panel.findAllByRole('button', { name: /^Cập nhật: / }))[0] as HTMLElement)
    return panel
  }

  it('takes two clicks from a row', async () => {
    visit('/2021/058')
    await user.click(await screen.findByRole('button', { name: consultation }))
    const panel = within(await drawer())
    await user.click((await panel.findAllByRole('button', { name: 'Xong hôm nay' }))[0] as HTMLElement)
    await panel.findByText('Đã lưu.')
    expect(server.details['058/consult1_pc_district']?.tasks[0]).toMatchObject({
      status: 'done',
      done_on: '2021-01-25',
    })
    await panel.findByText('Tình trạng: Chưa làm → Xong')
  })

  it('carries evidence, prefilled with the server’s today', async () => {
    const panel = await edit()
    await user.click(panel.getByRole('radio', { name: 'Xong' }))
    expect(panel.getByRole('textbox', { name: 'Ngày xong' })).toHaveProperty('value', '25/01/2021')
    await user.type(panel.getByLabelText('Số văn bản'), '12/BB')
    await user.click(panel.getByRole('button', { name: 'Lưu' }))
    await panel.findByText(/Văn bản số 12\/BB/)
  })

  it('needs a reason to be blocked', async () => {
    const panel = await edit()
    await user.click(panel.getByRole('radio', { name: 'Vướng mắc' }))
    await user.click(panel.getByRole('button', { name: 'Lưu' }))
    panel.getByText(/Ghi lý do/)
    expect(panel.getByLabelText('Lý do').getAttribute('aria-invalid')).toBe('true')
    expect(server.asked.some(line => line.startsWith('PATCH'))).toBe(false)
  })

  it('shows the server’s word beside the field that it is about', async () => {
    const panel = await edit()
    await user.click(panel.getByRole('radio', { name: 'Xong' }))
    const day = panel.getByRole('textbox', { name: 'Ngày xong' })
    await user.clear(day)
    await user.type(day, '1/3/2021')
    await user.click(panel.getByRole('button', { name: 'Lưu' }))
    const message = await panel.findByText(/Ngày này chưa đến/)
    expect(day.getAttribute('aria-describedby')).toContain(message.id)
    expect(day).toHaveProperty('value', '1/3/2021')
    await waitFor(() => expect(document.activeElement).toBe(day))
  })

  it('says what it would delete before it is saved', async () => {
    const task = server.details['058/consult1_pc_district']?.tasks[0]
    const evidence = { number: '12/BB-MTTQ', issued_on: null, link: null }
    Object.assign(task ?? {}, { status: 'done', done_on: '2021-01-20', evidence })
    const panel = await edit()
    expect(panel.queryByText(/Sẽ xóa/)).toBeNull()
    await user.click(panel.getByRole('radio', { name: 'Vướng mắc' }))
    panel.getByText('Sẽ xóa: ngày xong 20/01/2021, số văn bản 12/BB-MTTQ.')
    await user.click(panel.getByRole('button', { name: 'Thôi' }))
  })

  it('leaves the focus on the card when its quick button goes', async () => {
    visit('/2021/058?m=consult1_pc_district')
    const panel = within(await drawer())
    await user.click((await panel.findAllByRole('button', { name: 'Đang làm' }))[0] as HTMLElement)
    await panel.findByText('Đã lưu.')
    await waitFor(() => expect(document.activeElement?.textContent).toBe('Cập nhật…'))
  })

  it('is not thrown away by Esc once something is typed', async () => {
    const panel = await edit()
    await user.click(panel.getByRole('radio', { name: 'Xong' }))
    await user.type(panel.getByLabelText('Số văn bản'), '5/BB')
    panel.getByText(/phần đã nhập vẫn còn/)
    await user.keyboard('{Escape}')
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    await user.click(screen.getByRole('button', { name: consultation }))
    const again = within(await drawer())
    expect(await again.findByLabelText('Số văn bản')).toHaveProperty('value', '5/BB')
    await user.click(again.getByRole('button', { name: 'Thôi' }))
  })

  it('keeps what was typed when the server does not answer, also when the drawer is closed', async () => {
    const panel = await edit()
    await user.click(panel.getByRole('radio', { name: 'Xong' }))
    await user.type(panel.getByLabelText('Số văn bản'), '77/BB')
    server.gone = true
    await user.click(panel.getByRole('button', { name: 'Lưu' }))
    await panel.findByText(/Chưa lưu được/)
    await user.click(panel.getByRole('button', { name: 'Đóng' }))
    server.gone = false
    await user.click(screen.getByRole('button', { name: consultation }))
    const again = within(await drawer())
    expect(await again.findByLabelText('Số văn bản')).toHaveProperty('value', '77/BB')
    await user.click(again.getByRole('button', { name: 'Thôi' }))
  })

  it('lets one choose when somebody else was quicker', async () => {
    const panel = await edit()
    await user.click(panel.getByRole('radio', { name: 'Xong' }))
    server.beforePatch = () => {
      const task = server.details['058/consult1_pc_district']?.tasks[0]
      if (task) Object.assign(task, { status: 'blocked', reason: 'Chờ', revision: 99 })
      server.beforePatch = null
    }
    await user.click(panel.getByRole('button', { name: 'Lưu' }))
    await panel.findByText('Có người khác vừa sửa mục này')
    panel.getByRole('row', { name: /Tình trạng Vướng mắc Xong/ })
    await user.click(panel.getByRole('button', { name: 'Ghi đè bằng bản của tôi' }))
    await panel.findByText('Đã lưu.')
    expect(server.details['058/consult1_pc_district']?.tasks[0]?.status).toBe('done')
  })

  it('keeps theirs when one says so', async () => {
    const panel = await edit()
    await user.click(panel.getByRole('radio', { name: 'Xong' }))
    server.beforePatch = () => {
      const task = server.details['058/consult1_pc_district']?.tasks[0]
      if (task) Object.assign(task, { status: 'blocked', reason: 'Chờ xã', revision: 99 })
      server.beforePatch = null
    }
    await user.click(panel.getByRole('button', { name: 'Lưu' }))
    const keep = await panel.findByRole('button', { name: 'Giữ bản của họ' })
    expect(keep.className).toContain('primary')
    await waitFor(() => expect(document.activeElement?.textContent).toBe('Có người khác vừa sửa mục này'))
    panel.getByRole('row', { name: 'Lý do Chờ xã trống' })
    await user.click(keep)
    await panel.findByText('Lý do: Chờ xã')
    await waitFor(() => expect(document.activeElement?.textContent).toBe('Cập nhật…'))
    expect(panel.queryByRole('radio')).toBeNull()
  })
})

describe('the own plan', () => {
  it('is set, refused after the limit, and cleared', async () => {
    visit('/2021/058?m=consult1_pc_district')
    const panel = within(await drawer())
    await user.click(await panel.findByRole('button', { name: 'Đặt ngày kế hoạch' }))
    const day = panel.getByRole('textbox', { name: /Ngày nơi này đặt ra/ })
    await user.clear(day)
    await user.type(day, '18/2/2021{Enter}')
    await panel.findByText(/Sau hạn 17\/02\/2021 theo Điều 50/)
    expect(document.activeElement).toBe(day)
    await user.clear(day)
    await user.type(day, '10/2/2021{Enter}')
    await panel.findByText('Thứ Tư, 10/02/2021')
    panel.getByText('Đã lưu.')
    await waitFor(() => expect(document.activeElement?.textContent).toBe('Đổi'))
    await screen.findByRole('button', { name: /Hội nghị hiệp thương lần thứ nhất.*kế hoạch 10\/02\/2021/ })
    await user.click(panel.getByRole('button', { name: 'Bỏ ngày kế hoạch' }))
    await panel.findByText('Chưa đặt')
  })

  it('may only be removed once the work is done', async () => {
    const item = server.timeline.items.find(one => one.id === 'consult1_pc_district')
    Object.assign(item ?? {}, { work: 'done', timing: 'done_on_time', planned_on: '2021-02-10' })
    visit('/2021/058?m=consult1_pc_district')
    const panel = within(await drawer())
    await panel.findByRole('button', { name: 'Bỏ ngày kế hoạch' })
    expect(panel.queryByRole('button', { name: 'Đổi' })).toBeNull()
  })

  it('is not offered where nothing is to be done', async () => {
    const item = server.timeline.items.find(one => one.id === 'consult1_pc_district')
    Object.assign(item ?? {}, { tasks_total: 0 })
    visit('/2021/058?m=consult1_pc_district')
    const panel = within(await drawer())
    await panel.findByText('Lịch sử')
    expect(panel.queryByRole('button', { name: 'Đặt ngày kế hoạch' })).toBeNull()
    expect(panel.queryByText('Kế hoạch ở đây')).toBeNull()
  })
})

describe('the language', () => {
  it('is switched for the whole page and kept in the address', async () => {
    visit('/2021/058')
    await screen.findByRole('button', { name: consultation })
    await user.click(screen.getByRole('button', { name: 'English' }))
    screen.getByRole('button', { name: /^Bắc Kạn city, First consultative conference.*23 days left/ })
    expect(location.search).toBe('?lang=en')
    await waitFor(() => expect(document.documentElement.lang).toBe('en'))
    expect(document.body.textContent).not.toMatch(/Việc cần làm|Chú giải|Xem tại ngày/)
  })

  it('is brought where the back button leads to it, though the page began in the other', async () => {
    english.known.value = { part: null, missing: null }
    visit('/2021/058')
    await screen.findByRole('button', { name: consultation })
    history.pushState(null, '', '/2021/058?lang=en')
    act(() => void dispatchEvent(new PopStateEvent('popstate')))
    await screen.findByRole('button', { name: /^Bắc Kạn city, First consultative conference.*23 days left/ })
    await user.click(screen.getByRole('button', { name: 'Tiếng Việt' }))
    expect(location.search).toBe('')
  })
})
