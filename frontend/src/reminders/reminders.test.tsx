import { render, screen, waitFor, within } from '@testing-library/preact'
import { userEvent } from '@testing-library/user-event'
import fc from 'fast-check'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Reminders, SentNotice } from '../api/names'
import { Page } from '../shell/page'
import { address, addressOf } from '../state/address'
import { FakeServer } from '../testing/server'
import { daysOffered, mostDays, sameDays, withDay } from './days'
import { codeHolds, codeOf, codeTyped, standingOf } from './standing'

let server: FakeServer
const user = userEvent.setup()

const settings: Reminders = {
  address: 'lan@example.vn',
  confirmed: true,
  wanted: true,
  days_before: [7, 3, 1],
  sending: 'on',
  last: [],
  revision: 3,
}

const notice = (part: Partial<SentNotice>): SentNotice => ({
  kind: 'confirmation',
  subject: 'Mã',
  state: 'sent',
  made_at: '2026-11-20T09:00:00+07:00',
  sent_at: '2026-11-20T09:00:05+07:00',
  ...part,
})

/** The part of the account's page, once it is there. */
async function visit(target = '/account'): Promise<ReturnType<typeof within>> {
  history.replaceState(null, '', target)
  address.value = addressOf(target)
  render(<Page />)
  const part = await screen.findByRole('region', { name: 'Nhắc việc' })
  await within(part).findByRole('heading', { name: 'Địa chỉ thư' })
  return within(part)
}

beforeEach(() => {
  server = new FakeServer()
  vi.stubGlobal('fetch', server.fetch)
})

describe('whether one is told anything', () => {
  it('takes an address that is confirmed, wanting it, and a server that sends', () => {
    expect(standingOf(settings)).toBe('on')
    expect(standingOf({ ...settings, sending: 'trial' })).toBe('held')
    expect(standingOf({ ...settings, wanted: false, sending: 'not_set' })).toBe('off')
    expect(standingOf({ ...settings, confirmed: false, wanted: false })).toBe('unconfirmed')
    expect(standingOf({ ...settings, address: null, confirmed: false })).toBe('none')
  })
})

describe('the code for an address', () => {
  const made = Date.parse('2026-11-20T09:00:00+07:00')
  const standing = (part: Partial<Reminders>, now = made + 1000) =>
    codeOf({ ...settings, confirmed: false, ...part }, now).standing

  it('is the latest one, on its way, sent or refused, and good for a day', () => {
    expect(standing({ last: [notice({ state: 'waiting', sent_at: null })] })).toBe('coming')
    expect(standing({ last: [notice({ state: 'waiting', sent_at: null })], sending: 'trial' })).toBe('held')
    expect(standing({ last: [notice({ kind: 'digest', state: 'waiting' }), notice({})] })).toBe('sent')
    expect(standing({ last: [notice({ state: 'failed' }), notice({})] })).toBe('failed')
    expect(standing({ last: [notice({ state: 'dropped' })] })).toBe('over')
    expect(standing({ last: [] })).toBe('over')
    expect(standing({ last: [notice({})] }, made + codeHolds - 1)).toBe('sent')
    expect(standing({ last: [notice({})] }, made + codeHolds)).toBe('over')
    expect(codeOf({ ...settings, last: [notice({})] }, made).until).toBe('2026-11-21T02:00:00.000Z')
  })

  it('is read however it is grouped, and nothing else is taken for one', () => {
    expect(codeTyped(' 1234 5678 ')).toBe('12345678')
    expect(codeTyped('1234-5678')).toBe('12345678')
    for (const other of ['', '1234567', '123456789', '1234567a', '１２３４５６７８']) {
      expect(codeTyped(other)).toBeNull()
    }
  })
})

describe('the days before a limit', () => {
  it('are few, each once, the earliest first, however one ticks them', () => {
    const ticks = fc.array(fc.record({ day: fc.integer({ min: 0, max: 30 }), ticked: fc.boolean() }))
    fc.assert(
      fc.property(ticks, all => {
        let chosen: number[] = []
        for (const { day, ticked } of all) {
          const before = chosen
          chosen = withDay(chosen, day, ticked)
          expect(chosen.includes(day)).toBe(ticked && (before.includes(day) || before.length < mostDays))
          expect(sameDays(withDay(before, day, false), withDay(chosen, day, false))).toBe(true)
        }
        expect(chosen.length).toBeLessThanOrEqual(mostDays)
        expect(chosen).toEqual([...new Set(chosen)].sort((a, b) => b - a))
        // What was chosen somewhere can be unticked here.
        const offered = daysOffered(chosen)
        for (const day of chosen) expect(offered).toContain(day)
        expect(offered).toEqual([...new Set(offered)].sort((a, b) => b - a))
      }),
    )
  })
})

describe('who wants reminders by mail', () => {
  it('enters an address, and confirms it by the code that was sent there', async () => {
    const part = await visit()
    part.getByText('Chưa nhận thư.')
    await user.click(part.getByRole('button', { name: 'Gửi mã xác nhận' }))
    part.getByText('Nhập một địa chỉ thư, ví dụ: an@bac-kan.gov.vn.')
    await user.type(part.getByLabelText('Thư điện tử'), 'lan@example.vn')
    await user.click(part.getByRole('button', { name: 'Gửi mã xác nhận' }))
    await part.findByText('Mã đang được gửi tới lan@example.vn…')
    const field = part.getByLabelText('Mã xác nhận')
    await waitFor(() => expect(document.activeElement).toBe(field))

    const asked = server.asked.length
    await user.type(field, '1234')
    await user.click(part.getByRole('button', { name: 'Xác nhận' }))
    part.getByText('Nhập đủ 8 chữ số của mã.')
    expect(server.asked.length).toBe(asked)
    await user.clear(field)
    await user.type(field, '0000 0000')
    await user.click(part.getByRole('button', { name: 'Xác nhận' }))
    await part.findByText('Mã không đúng; còn 4 lần thử.')
    await user.clear(field)
    await user.type(field, server.access.code)
    await user.click(part.getByRole('button', { name: 'Xác nhận' }))
    await part.findByText('Đã xác nhận địa chỉ.')
    part.getByText('Đang bật.')
    await waitFor(() => expect(document.activeElement?.textContent).toBe('Địa chỉ thư'))
  })

  it('has the code sent again until that was often enough for a day', async () => {
    server.access.reminders = {
      ...settings,
      confirmed: false,
      last: [notice({ made_at: new Date().toISOString(), state: 'failed' })],
    }
    const part = await visit()
    part.getByText(/Máy chủ thư không nhận thư gửi tới lan@example.vn/)
    for (let sent = 1; sent < 5; sent++) {
      await user.click(part.getByRole('button', { name: 'Gửi lại mã' }))
      await waitFor(() => expect(server.access.reminders.last.length).toBe(sent + 1))
      await part.findByText('Đã yêu cầu mã mới; mã cũ không dùng được nữa.')
    }
    await user.type(part.getByLabelText('Mã xác nhận'), '00000000')
    await user.click(part.getByRole('button', { name: 'Xác nhận' }))
    await part.findByText('Mã không đúng; còn 4 lần thử.')
    await user.click(part.getByRole('button', { name: 'Gửi lại mã' }))
    await part.findByText('Đã gửi 5 mã xác nhận trong một ngày.')
  })

  it('changes the address under an address of its own, and removes it', async () => {
    server.access.reminders = settings
    const part = await visit()
    await user.click(part.getByRole('button', { name: 'Đổi địa chỉ' }))
    expect(location.search).toBe('?part=mail')
    await user.click(part.getByRole('button', { name: 'Thôi' }))
    expect(location.search).toBe('')
    await user.click(part.getByRole('button', { name: 'Bỏ địa chỉ…' }))
    await user.click(part.getByRole('button', { name: 'Bỏ địa chỉ' }))
    await part.findByText('Đã bỏ địa chỉ.')
    expect(server.access.reminders.address).toBeNull()
    part.getByLabelText('Thư điện tử')
  })

  it('chooses days, switches it off, and keeps what was chosen where somebody was quicker', async () => {
    server.access.reminders = settings
    const part = await visit()
    await user.click(part.getByRole('checkbox', { name: 'trước 14 ngày' }))
    await user.click(part.getByRole('checkbox', { name: 'trước 3 ngày' }))
    server.access.reminders = { ...settings, revision: 9 }
    await user.click(part.getByRole('button', { name: 'Lưu' }))
    await part.findByText('Cài đặt nhắc việc đã được sửa.')
    await user.click(part.getByRole('button', { name: 'Lưu' }))
    await part.findByText('Đã lưu.')
    expect(server.access.reminders.days_before).toEqual([14, 7, 1])
    await user.click(part.getByRole('checkbox', { name: /^Nhận thư nhắc việc/ }))
    expect((part.getByRole('group') as HTMLFieldSetElement).disabled).toBe(true)
    await user.click(part.getByRole('button', { name: 'Lưu' }))
    await part.findByText('Đang tắt.')
  })

  it('has no code to enter while none is sent', async () => {
    const last = [notice({ made_at: new Date().toISOString(), state: 'waiting', sent_at: null })]
    server.access.reminders = { ...settings, confirmed: false, sending: 'trial', last }
    const part = await visit()
    part.getByText(/Mã cho lan@example.vn được giữ lại/)
    expect(part.queryByLabelText('Mã xác nhận')).toBeNull()
    expect(part.queryByRole('button', { name: 'Gửi lại mã' })).toBeNull()
    part.getByRole('button', { name: 'Đổi địa chỉ' })
  })

  it('is told where nothing is sent, and what waits', async () => {
    server.access.reminders = {
      ...settings,
      sending: 'not_set',
      last: [1, 2, 3, 4].map(n =>
        notice({
          kind: 'digest',
          subject: `Thư ${n}`,
          state: 'waiting',
          sent_at: null,
          made_at: `2026-11-0${n}T09:00:00+07:00`,
        }),
      ),
    }
    const part = await visit()
    part.getByText(/chưa cài đặt máy chủ thư/)
    part.getByText('Đã bật, nhưng chưa có thư nào được gửi đi.')
    part.getByText('4 thư được giữ lại, chưa gửi.')
    expect(part.queryByText('Thư 4')).toBeNull()
    await user.click(part.getByRole('button', { name: 'Xem cả 4 thư' }))
    part.getByText('Thư 4')
    part.getByText('chờ từ 04/11/2026 09:00')
  })

  it('sees that the mail server refuses the address, and why a message was not sent', async () => {
    server.access.reminders = {
      ...settings,
      confirmed: false,
      refused_at: '2026-11-20T09:00:05+07:00',
      refusal: '550 5.1.1 no such user',
      last: [
        notice({
          kind: 'digest',
          subject: 'Bị từ chối',
          state: 'failed',
          sent_at: null,
          reason: 'address_refused',
        }),
        notice({
          kind: 'digest',
          subject: 'Đã xong',
          state: 'dropped',
          sent_at: null,
          reason: 'nothing_left',
        }),
        notice({ kind: 'digest', subject: 'Từ trước', state: 'dropped', sent_at: null }),
      ],
    }
    const part = await visit()
    part.getByText(/từ chối hẳn địa chỉ này lúc 20\/11\/2026 09:00 \(“550 5.1.1 no such user”\)/)
    expect(part.queryByText(/Không còn mã nào dùng được/)).toBeNull()
    part.getByText('viết lúc 20/11/2026 09:00; máy chủ thư từ chối hẳn địa chỉ này')
    part.getByText('viết lúc 20/11/2026 09:00; mọi việc trong thư đã có người làm trước khi gửi')
    part.getByText('viết lúc 20/11/2026 09:00; không còn cần gửi')
  })
})
