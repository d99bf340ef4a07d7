import { render, screen, waitFor, within } from '@testing-library/preact'
import { userEvent } from '@testing-library/user-event'
import fc from 'fast-check'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { kinds } from '../matrix/choice'
import { Page } from '../shell/page'
import { address, addressOf } from '../state/address'
import { signedOut } from '../testing/access'
import { FakeServer } from '../testing/server'
import { alarms, levelsFrom, levelsSaid, publicAddress, webcal } from './choice'

let server: FakeServer
const user = userEvent.setup()

function visit(target: string): void {
  history.replaceState(null, '', target)
  address.value = addressOf(target)
  render(<Page />)
}

async function subscribe(): Promise<HTMLElement> {
  await user.click(await screen.findByRole('button', { name: 'Tải về' }))
  await user.click(screen.getByRole('menuitem', { name: /^Lịch/ }))
  return screen.findByRole('dialog', { name: 'Lịch của Thành phố Bắc Kạn' })
}

beforeEach(() => {
  server = new FakeServer()
  vi.stubGlobal('fetch', server.fetch)
})

describe('the address of a calendar', () => {
  it('says what is chosen and nothing else', () => {
    const of = (choice: Parameters<typeof publicAddress>[4]) =>
      publicAddress('https://tiendo.example', '2021', '058', 'district', choice)
    const path = 'https://tiendo.example/api/v1/elections/2021/areas/058/calendar.ics'
    expect(of({ levels: ['district'], body: null, alarm: '', lang: 'vi' })).toBe(path)
    expect(of({ levels: ['district', 'commune'], body: null, alarm: '7,3,1', lang: 'en' })).toBe(
      `${path}?levels=district,commune&alarm=7,3,1&language=en`,
    )
    expect(of({ levels: ['district'], body: 'front', alarm: '', lang: 'vi' })).toBe(`${path}?body=front`)
    expect(webcal(path)).toBe(path.replace('https:', 'webcal:'))
  })

  it('can be read back, whatever is chosen', () => {
    const all = ['national', 'province', 'district', 'commune'] as const
    fc.assert(
      fc.property(
        fc.subarray([...all], { minLength: 1 }),
        fc.constantFrom(...alarms),
        fc.constantFrom('vi' as const, 'en' as const),
        fc.constantFrom(null, ...kinds),
        (levels, alarm, lang, body) => {
          const own = levels[0] ?? 'national'
          const said = new URL(publicAddress('http://x', '2021', 'VN', own, { levels, body, alarm, lang }))
            .searchParams
          expect(said.get('levels') ?? own).toBe(levels.join(','))
          expect(said.get('body')).toBe(body)
          expect(said.get('alarm') ?? '').toBe(alarm)
          expect(levelsSaid(own, levels)).toBe(levels.length === 1 ? '' : levels.join(','))
        },
      ),
    )
    expect(levelsFrom('district', all)).toEqual(['district', 'commune'])
  })
})

describe('who wants a place in his calendar', () => {
  it('takes the public address with the levels and reminders that he chooses', async () => {
    server.access.session = { ...signedOut, public_reading: true }
    visit('/2021/058')
    const dialog = within(await subscribe())
    const shown = () => (dialog.getByLabelText('Địa chỉ lịch') as HTMLTextAreaElement).value
    expect(shown()).toMatch(/\/areas\/058\/calendar\.ics$/)
    await user.click(dialog.getByRole('checkbox', { name: /Cấp xã/ }))
    await user.selectOptions(dialog.getByLabelText(/Nhắc lúc 8 giờ/), '7,3,1')
    expect(shown()).toMatch(/calendar\.ics\?levels=district,commune&alarm=7,3,1$/)
    await user.selectOptions(dialog.getByLabelText('Tổ chức'), 'front')
    expect(shown()).toMatch(/levels=district,commune&body=front&alarm=7,3,1$/)
    await user.selectOptions(dialog.getByLabelText('Tổ chức'), '')
    expect(dialog.getByRole('link', { name: 'Mở bằng chương trình lịch' }).getAttribute('href')).toMatch(
      /^webcal:/,
    )
    await user.click(dialog.getByRole('button', { name: 'Sao chép' }))
    expect(await navigator.clipboard.readText()).toBe(shown())
    expect(dialog.queryByText('Địa chỉ của riêng tôi')).toBeNull()
  })

  it('keeps one level at least', async () => {
    visit('/2021/058')
    const dialog = within(await subscribe())
    const own = dialog.getByRole('checkbox', { name: /Cấp huyện/ })
    await user.click(own)
    expect((own as HTMLInputElement).checked).toBe(true)
  })

  it('makes an address of his own, sees it once, and ends it on the page of his account', async () => {
    visit('/2021/058')
    const dialog = within(await subscribe())
    await user.click(dialog.getByRole('button', { name: 'Tạo địa chỉ riêng' }))
    dialog.getByText('Ghi tên địa chỉ.')
    await user.type(dialog.getByLabelText('Tên địa chỉ'), 'Điện thoại')
    await user.click(dialog.getByRole('button', { name: 'Tạo địa chỉ riêng' }))
    const once = (await dialog.findByLabelText('Địa chỉ “Điện thoại”')) as HTMLTextAreaElement
    expect(once.value).toBe('https://tiendo.example/calendars/tdc_once.ics')
    await user.keyboard('{Escape}')
    await user.click(dialog.getByRole('link', { name: 'Lịch của tôi' }))
    await screen.findByRole('heading', { name: 'Lịch của tôi' })
    await screen.findByText('Điện thoại')
    screen.getByText('chưa dùng lần nào')
    expect(screen.queryByText(/tdc_/)).toBeNull()
    await user.click(screen.getByRole('button', { name: 'Hủy địa chỉ Điện thoại' }))
    await user.click(screen.getByRole('button', { name: /^Hủy ngay/ }))
    await waitFor(() => expect(screen.queryByText('Điện thoại')).toBeNull())
    screen.getByText('Chưa có địa chỉ nào.')
  })

  it('is told to sign in where nothing is public', async () => {
    server.access.session = { ...server.access.session, public_reading: false, rights: [] }
    visit('/2021/058')
    const dialog = within(await subscribe())
    dialog.getByText(/Đăng nhập bằng tài khoản có vai trò/)
    expect(dialog.queryByLabelText('Địa chỉ lịch')).toBeNull()
  })
})
