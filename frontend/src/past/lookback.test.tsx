import { fireEvent, render, screen, waitFor, within } from '@testing-library/preact'
import { userEvent } from '@testing-library/user-event'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Page } from '../shell/page'
import { address, parseAddress } from '../state/address'
import { dayNumber } from '../state/day'
import { FakeServer } from '../testing/server'

let server: FakeServer
/** Timelines of past days wait here while the gate is shut. */
let waiting: (() => void)[]
let shut: boolean

const user = userEvent.setup()
const slider = () => screen.findByRole('slider', { name: /^Ngày đang xem, từ 16\/06\/2020 đến 25\/01\/2021/ })
const asked = () => server.asked.flatMap(one => /timeline\?as_of=([\d-]+)/.exec(one)?.[1] ?? [])
const asOf = () => new URL(location.href).searchParams.get('as_of')

function visit(target: string): void {
  history.replaceState(null, '', target)
  const url = new URL(target, location.origin)
  address.value = parseAddress(url.pathname, url.search)
  render(<Page />)
}

beforeEach(() => {
  server = new FakeServer()
  waiting = []
  shut = false
  vi.stubGlobal('fetch', async (input: RequestInfo | URL) => {
    const url = input instanceof Request ? input.url : String(input)
    const answer = await server.fetch(input)
    if (shut && url.includes('timeline?as_of=')) await new Promise<void>(done => waiting.push(done))
    return answer
  })
})

describe('the slider', () => {
  it('says its day in words and is walked by keys, to today and not further', async () => {
    visit('/2021/058')
    const thumb = await slider()
    expect(thumb.getAttribute('aria-valuetext')).toBe('Hôm nay: Thứ Hai, 25/01/2021')
    expect(screen.queryByRole('complementary', { name: 'Đang xem lại' })).toBeNull()
    thumb.focus()
    await user.keyboard('{ArrowLeft}')
    await waitFor(() => expect(asOf()).toBe('2021-01-24'))
    expect(thumb.getAttribute('aria-valuetext')).toBe('Chủ nhật, 24/01/2021 · còn 119 ngày')
    await screen.findByRole('complementary', { name: 'Đang xem lại' })
    await user.keyboard('{PageDown}')
    await waitFor(() => expect(asOf()).toBe('2021-01-17'))
    await user.keyboard('{Home}')
    await waitFor(() => expect(asOf()).toBe('2020-06-16'))
    await user.keyboard('{End}')
    await waitFor(() => expect(asOf()).toBeNull())
    expect(document.activeElement).toBe(thumb)
  })

  it('asks one question at a time, and then for the last day that was meant', async () => {
    visit('/2021/058')
    const thumb = await slider()
    shut = true
    const drag = (day: string) => fireEvent.input(thumb, { target: { value: String(dayNumber(day)) } })
    drag('2021-01-20')
    await waitFor(() => expect(waiting).toHaveLength(1))
    for (const day of ['2021-01-18', '2021-01-15', '2021-01-12']) {
      drag(day)
      expect(thumb.getAttribute('aria-valuetext')).toContain(day.slice(8))
    }
    expect(asked()).toEqual(['2021-01-20'])
    shut = false
    waiting.forEach(done => void done())
    await waitFor(() => expect(asked()).toEqual(['2021-01-20', '2021-01-12']))
    await waitFor(() => expect(asOf()).toBe('2021-01-12'))
  })

  it('keeps the last movement when it comes between drawing and asking', async () => {
    visit('/2021/058')
    const thumb = (await slider()) as HTMLInputElement
    // Without fireEvent, which would let the page ask before the next movement.
    for (const day of ['2021-01-20', '2021-01-15', '2021-01-12']) {
      thumb.value = String(dayNumber(day))
      thumb.dispatchEvent(new Event('input', { bubbles: true }))
      for (let turn = 0; turn < 10; turn++) await Promise.resolve() // drawn, and nothing more
      expect(thumb.getAttribute('aria-valuetext')).toContain(day.slice(8))
    }
    await waitFor(() => expect(asOf()).toBe('2021-01-12'))
    expect(thumb.value).toBe(String(dayNumber('2021-01-12')))
  })

  it('plays day after day, each once the one before is drawn, and stops at the end', async () => {
    visit('/2021/058?as_of=2021-01-22')
    await slider()
    await user.click(screen.getByRole('button', { name: 'Chạy lần lượt từng ngày' }))
    await screen.findByRole('button', { name: 'Chạy lần lượt từng ngày' }, { timeout: 5000 })
    expect(asked()).toEqual(['2021-01-22', '2021-01-23', '2021-01-24'])
    expect(asOf()).toBeNull()
    await screen.findByText(/^Hôm nay: Thứ Hai, 25\/01\/2021/)
  })

  it('stops when told, when the thumb is moved, and when a day cannot be had', async () => {
    visit('/2021/058?as_of=2020-12-01')
    const thumb = await slider()
    const play = () => screen.findByRole('button', { name: 'Chạy lần lượt từng ngày' })
    await user.click(await play())
    await waitFor(() => expect(asOf()).toBe('2020-12-03'))
    await user.click(screen.getByRole('button', { name: 'Dừng' }))
    await play()
    await user.click(await play())
    fireEvent.input(thumb, { target: { value: String(dayNumber('2020-12-20')) } })
    await play()
    await waitFor(() => expect(asOf()).toBe('2020-12-20'))
    await user.click(await play())
    server.gone = true
    await play()
    await waitFor(() => expect(asOf()).toBe('2020-12-20'))
    expect(screen.queryByRole('button', { name: 'Dừng' })).toBeNull()
  })
})

describe('changes between two days', () => {
  const done = () => {
    for (const item of server.timeline.items) item.done_on = null
    server.timeline.items.slice(0, 3).forEach((item, n) => {
      Object.assign(item, { work: 'done', timing: 'done_on_time', done_on: `2021-01-2${n}` })
    })
    return server.timeline.items.slice(0, 3)
  }

  it('are reached from the banner, counted, and open the drawer', async () => {
    const [first] = done()
    visit('/2021/058?as_of=2021-01-10')
    await user.click(await screen.findByRole('button', { name: 'So với hôm nay' }))
    expect(location.search).toBe('?view=changes&from=2021-01-10')
    await screen.findByRole('heading', { name: /^Thành phố Bắc Kạn: thay đổi từ hết Chủ nhật, 10\/01\/2021/ })
    screen.getByRole('button', { name: '3 xong' })
    const list = screen.getAllByRole('link', { name: first?.title.vi })
    expect(within(list[0]?.closest('li') as HTMLElement).getByText('Chưa làm → Xong 20/01/2021')).toBeTruthy()
    await user.click(list[0] as HTMLElement)
    await within(await screen.findByRole('dialog')).findByRole('heading', { level: 2, name: first?.title.vi })
    expect(location.search).toContain(`m=${first?.id}`)
  })

  it('are read on page by page, and narrowed to one kind', async () => {
    done()
    visit('/2021/058?view=changes&from=2021-01-01')
    const rows = () => document.querySelectorAll('.changes-group li').length
    await screen.findByRole('button', { name: /^Xem thêm/ })
    expect(rows()).toBe(2)
    await user.click(screen.getByRole('button', { name: /^Xem thêm/ }))
    await waitFor(() => expect(rows()).toBe(3))
    expect(screen.queryByRole('button', { name: /^Xem thêm/ })).toBeNull()
    await user.click(screen.getByRole('button', { name: '3 xong' }))
    expect(location.search).toContain('kind=done')
  })

  it('take days as they are typed, and say where there are none', async () => {
    done()
    visit('/2021/058?view=changes')
    const from = await screen.findByRole('textbox', { name: 'Từ hết ngày' })
    await user.clear(from)
    await user.type(from, '31/2/2021{Enter}')
    await screen.findByText(/Không có ngày này/)
    await user.clear(from)
    await user.type(from, '24/1/2021{Enter}')
    await screen.findByText('Không có gì thay đổi giữa hai ngày này.')
    expect(location.search).toBe('?view=changes&from=2021-01-24&to=2021-01-25')
  })
})
