import { render, screen, waitFor, within } from '@testing-library/preact'
import { userEvent } from '@testing-library/user-event'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Page } from '../shell/page'
import { address, addressOf } from '../state/address'
import { lead, password, reporter, secret, signedOut } from '../testing/access'
import { FakeServer } from '../testing/server'

let server: FakeServer

function visit(target: string): void {
  history.replaceState(null, '', target)
  address.value = addressOf(target)
  render(<Page />)
}

// Keeps what the page copies; to be called before the clipboard is looked at.
const user = userEvent.setup()
/** The address of a milestone of the city that is still to be reported on. */
const consultation = () => {
  const found = server.timeline.items.find(one =>
    one.title.vi.startsWith('Hội nghị hiệp thương lần thứ nhất'),
  )
  return `/2021/058?m=${found?.id}`
}
const button = (name: string | RegExp) => screen.findByRole('button', { name })

async function signInAs(name: string, secretWord = password): Promise<void> {
  const box = await screen.findByRole('textbox', { name: 'Tên đăng nhập' })
  await user.clear(box)
  await user.type(box, name)
  await user.type(screen.getByLabelText('Mật khẩu'), secretWord)
  await user.click(within(box.closest('form') as HTMLElement).getByRole('button', { name: 'Đăng nhập' }))
}

beforeEach(() => {
  server = new FakeServer()
  vi.stubGlobal('fetch', server.fetch)
})

describe('a reader who has not signed in', () => {
  it('sees what is public, no acts, and one calm line where the form would be', async () => {
    server.access.session = signedOut
    visit(consultation())
    await screen.findByText('Đăng nhập để ghi việc đã làm.')
    expect(screen.queryByRole('button', { name: 'Quản lý' })).toBeNull()
    expect(screen.queryByRole('button', { name: 'Xong hôm nay' })).toBeNull()
    expect(screen.queryByRole('link', { name: 'Người và quyền' })).toBeNull()
    const way = screen.getByRole('link', { name: 'Đăng nhập' })
    expect(way.getAttribute('href')).toMatch(/^\/sign-in\?back=%2F2021%2F058%3Fm%3D/)
  })

  it('signs in over what he looks at, after being told that it was wrong, and goes on there', async () => {
    server.access.session = signedOut
    visit('/2021/058')
    await user.click(await screen.findByRole('link', { name: 'Đăng nhập' }))
    const dialog = await screen.findByRole('dialog', { name: 'Đăng nhập' })
    await user.click(within(dialog).getByRole('button', { name: 'Đăng nhập' }))
    within(dialog).getByText('Ghi tên đăng nhập.')
    await signInAs('lan.tran', 'sai')
    await within(dialog).findByText('Tên đăng nhập hoặc mật khẩu không đúng.')
    await user.clear(within(dialog).getByLabelText('Mật khẩu'))
    await signInAs('lan.tran')
    await button(/Trần Thị Lan/)
    expect(screen.queryByRole('dialog')).toBeNull()
    expect(location.pathname).toBe('/2021/058')
    await screen.findByRole('link', { name: 'Người và quyền' })
  })

  it('comes back from the page of the sign-in to where he was, in his own language', async () => {
    server.access.session = signedOut
    visit('/sign-in?back=%2F2021%2F058%3Fview%3Dtable')
    await signInAs('duc.ha')
    await screen.findByRole('heading', { level: 1, name: 'Bắc Kạn city' })
    expect(`${location.pathname}${location.search}`).toBe('/2021/058?view=table&lang=en')
  })

  it('is shown nothing but the way in where nothing is public', async () => {
    server.access.session = { ...signedOut, public_reading: false }
    visit('/2021/058')
    await screen.findByText('Máy chủ này chỉ dành cho người có tài khoản.')
    await signInAs('lan.tran')
    await screen.findByRole('heading', { level: 1, name: 'Thành phố Bắc Kạn' })
  })
})

describe('who has signed in', () => {
  it('is offered what he may do in his branch, and nothing beside it', async () => {
    server.access.session = reporter
    visit(consultation())
    await screen.findAllByRole('button', { name: 'Xong hôm nay' })
    await screen.findByRole('link', { name: 'Người và quyền' })
    expect(screen.queryByText('Đăng nhập để ghi việc đã làm.')).toBeNull()
    await user.click(screen.getByRole('button', { name: 'Quản lý', hidden: true }))
    const offered = screen.getAllByRole('menuitem', { hidden: true })
    expect(offered.map(one => one.textContent)).toEqual(['Nhập từ Excel…'])
  })

  it('signs out from his menu, and the page is what everybody sees', async () => {
    visit('/2021/058')
    await user.click(await button(/Nguyễn Văn An/))
    await user.click(await screen.findByRole('menuitem', { name: 'Đăng xuất' }))
    await screen.findByRole('link', { name: 'Đăng nhập' })
    expect(screen.queryByRole('button', { name: 'Quản lý' })).toBeNull()
    expect(location.pathname).toBe('/2021/058')
  })
})

describe('a session that has ended meanwhile', () => {
  async function report(): Promise<void> {
    server.access.session = reporter
    visit(consultation())
    const [done] = await screen.findAllByRole('button', { name: 'Xong hôm nay' })
    server.access.session = signedOut
    await user.click(done as HTMLElement)
    await screen.findByText(/Phiên làm việc đã hết/)
  }

  it('is begun again, and what was done is sent', async () => {
    await report()
    expect(screen.getByRole('textbox', { name: 'Tên đăng nhập' })).toHaveProperty('value', 'lan.tran')
    await signInAs('lan.tran')
    await screen.findByText(/^Đã lưu/)
    expect(server.asked.filter(one => one.startsWith('PATCH')).length).toBe(2)
  })

  it('loses nothing when one does not sign in, and sends nothing in the name of another', async () => {
    await report()
    const dialog = await screen.findByRole('dialog', { name: 'Đăng nhập lại' })
    await user.click(within(dialog).getByRole('button', { name: 'Đóng' }))
    await screen.findByText(/Cần đăng nhập/)
    await user.click(screen.getAllByRole('button', { name: 'Xong hôm nay' })[0] as HTMLElement)
    await screen.findByText(/Phiên làm việc đã hết/)
    await signInAs('an.nguyen')
    await button(/Nguyễn Văn An/)
    expect(server.asked.filter(one => one.startsWith('PATCH')).length).toBe(2)
  })
})

describe('a set-up link', () => {
  it('that is used, too old or not whole says what to do', async () => {
    visit('/setup#tdu_other')
    await screen.findByText('Đường liên kết này đã dùng hoặc đã hết hạn.')
    screen.getByText(/Đã đặt mật khẩu rồi/)
    expect(server.asked.some(one => one.includes('tdu_'))).toBe(false)
  })

  it('says whose it is, takes a password typed twice, and leads to his place', async () => {
    server.access.session = signedOut
    visit(`/setup#${secret}`)
    await screen.findByText(/Chào Trần Thị Lan/)
    const [first, second] = ['Mật khẩu mới', 'Gõ lại mật khẩu mới'].map(name => screen.getByLabelText(name))
    await user.type(first as HTMLElement, 'ngắn')
    screen.getByText('Còn thiếu 6 ký tự.')
    await user.clear(first as HTMLElement)
    await user.type(first as HTMLElement, password)
    screen.getByText('Tốt: đủ dài để khó đoán.')
    await user.click(await button('Đặt mật khẩu và vào trang'))
    screen.getByText(/Hai lần gõ khác nhau/)
    await user.type(second as HTMLElement, password)
    await user.click(await button('Đặt mật khẩu và vào trang'))
    await screen.findByRole('heading', { level: 1, name: 'Thành phố Bắc Kạn' })
    expect(location.href).not.toContain(secret)
  })
})

describe('my account', () => {
  it('has my rights, my name to change, and my sessions to end', async () => {
    server.access.session = reporter
    visit('/account')
    await screen.findByText('người báo cáo')
    const name = screen.getByRole('textbox', { name: 'Họ và tên' })
    await user.type(name, ' Hương')
    await user.click(await button('Lưu'))
    await button(/Trần Thị Lan Hương/)
    await user.click(await button(/^Đăng xuất Firefox · Windows/))
    await waitFor(() => expect(screen.queryByText('Firefox · Windows')).toBeNull())
    await user.click(await button('Đăng xuất khỏi mọi máy…'))
    await user.click(await button('Đăng xuất khỏi mọi máy'))
    await screen.findByRole('link', { name: 'Đăng nhập' })
    expect(location.pathname).toBe('/')
  })

  it('changes the password on the present one, and keeps the form in the address', async () => {
    visit('/account')
    await user.click(await button('Đổi mật khẩu'))
    expect(location.search).toBe('?part=password')
    await user.type(screen.getByLabelText('Mật khẩu hiện nay'), 'sai')
    await user.click(screen.getAllByRole('button', { name: 'Hiện' })[1] as HTMLElement)
    await user.type(screen.getByLabelText('Mật khẩu mới'), 'một mật khẩu khác')
    await user.click(await button('Đổi mật khẩu'))
    await screen.findByText('Mật khẩu hiện nay không đúng.')
    await user.clear(screen.getByLabelText('Mật khẩu hiện nay'))
    await user.type(screen.getByLabelText('Mật khẩu hiện nay'), password)
    await user.click(await button('Đổi mật khẩu'))
    await screen.findByText(/Đã đổi mật khẩu/)
    expect(location.search).toBe('')
  })

  it('makes a token for a place below, shows it once, and revokes it', async () => {
    visit('/account')
    await user.click(await button('Tạo khóa'))
    await user.type(await screen.findByRole('textbox', { name: 'Tên khóa' }), 'báo cáo ngày')
    const where = screen.getByRole('combobox', { name: 'Ở nơi' })
    await user.clear(where)
    await user.type(where, 'thành phố bắc')
    await user.click(await screen.findByRole('option', { name: /Thành phố Bắc Kạn/ }))
    await user.clear(screen.getByRole('textbox', { name: 'Dùng được đến hết ngày' }))
    await user.click(await button('Tạo khóa này'))
    await screen.findByText('Ghi ngày, ví dụ 25/1/2021.')
    await user.type(screen.getByRole('textbox', { name: 'Dùng được đến hết ngày' }), '1/6/2021')
    await user.click(await button('Tạo khóa này'))
    const once = await screen.findByRole('textbox', { name: 'Khóa “báo cáo ngày”' })
    expect(once).toHaveProperty('value', 'tdt_once')
    await user.click(await button('Sao chép'))
    await screen.findByText('Đã sao chép.')
    expect(await navigator.clipboard.readText()).toBe('tdt_once')
    expect(server.access.tokens[0]).toMatchObject({
      area: '058',
      edition: '2021',
      access: 'read',
      expires_on: '2021-06-01',
    })
    await user.click(await button('Hủy khóa báo cáo ngày'))
    await user.click(await button(/^Hủy ngay/))
    await screen.findByText('Chưa có khóa nào.')
  })
})

describe('the people of a place', () => {
  it('are those here, the leads above and, asked for, those below, page by page', async () => {
    server.access.page = 1
    visit('/2021/06?people=list')
    const here = await screen.findByRole('table', { name: 'Được giao ở đơn vị này' })
    within(here).getByRole('row', { name: /Hà Văn Đức.*phụ trách/ })
    await user.click(await button('Cả các đơn vị bên dưới'))
    await user.click(await button('Xem thêm'))
    const below = await screen.findByRole('table', { name: 'Được giao ở các đơn vị bên dưới' })
    within(below).getByRole('row', { name: /Trần Thị Lan.*người báo cáo.*Thành phố Bắc Kạn/ })
    expect(location.search).toBe('?people=list&among=branch&people_pages=2')
  })

  it('are joined by somebody new, whose link is shown once; who exists is given the role instead', async () => {
    server.access.session = {
      ...lead,
      user: { ...(lead.user as NonNullable<typeof lead.user>), language: 'vi' },
    }
    visit('/2021/058?people=list')
    await user.click(await screen.findByRole('link', { name: 'Thêm người' }))
    await user.type(await screen.findByRole('textbox', { name: 'Họ và tên' }), 'Trần Thị Lan')
    expect(screen.getByRole('textbox', { name: 'Tên đăng nhập' })).toHaveProperty('value', 'lan.tran')
    expect(screen.queryByRole('radio', { name: 'quản trị' })).toBeNull()
    await user.click(await button('Tạo tài khoản và đường liên kết'))
    await screen.findByText(/Đã có tài khoản lan.tran/)
    await user.type(screen.getByRole('textbox', { name: 'Tên đăng nhập' }), '2')
    await user.click(screen.getByRole('radio', { name: 'người xem' }))
    await user.click(await button('Tạo tài khoản và đường liên kết'))
    const link = await screen.findByRole('textbox', { name: 'Đường liên kết đặt mật khẩu của Trần Thị Lan' })
    expect(link).toHaveProperty('value', `${location.origin}/setup#${secret}`)
    await user.click(screen.getAllByRole('link', { name: 'Về danh sách người' })[0] as HTMLElement)
    await screen.findByRole('row', { name: /lan.tran2.*người xem/ })
  })

  it('have their role changed on what was seen, ended below, and their account disabled', async () => {
    visit('/2021/058?people=user:lan.tran')
    await user.click(await screen.findByRole('radio', { name: 'người xem' }))
    await user.click(await button('Giao vai trò người xem'))
    await screen.findByText('người xem ở Thành phố Bắc Kạn')
    await user.click(await button('Thu hồi vai trò…'))
    await user.click(await button('Thu hồi vai trò'))
    await screen.findByText('không giữ quyền nào')
    await user.click(await button('Khóa tài khoản…'))
    await user.click(await button('Khóa tài khoản'))
    await screen.findByText('đã khóa')
    await button('Mở lại tài khoản…')
  })

  it('who hold from above lose it here when that is ended, and get it back', async () => {
    visit('/2021/058?people=user:duc.ha')
    await screen.findByText('Đang là phụ trách ở đây, theo quyền được giao ở cấp trên.')
    await user.click(await button('Rút quyền ở đơn vị này…'))
    await user.click(await button('Rút quyền ở đơn vị này'))
    await screen.findByText('Quyền từ cấp trên đã được rút ở đơn vị này và bên dưới.')
    await user.click(await button('Cho quyền từ cấp trên có hiệu lực lại…'))
    await user.click(await button('Cho quyền từ cấp trên có hiệu lực lại'))
    await screen.findByText('Đang là phụ trách ở đây, theo quyền được giao ở cấp trên.')
  })

  it('are not for everybody', async () => {
    server.access.session = signedOut
    visit('/2021/058?people=list')
    await screen.findByText(/Tên người và quyền là nội dung nội bộ/)
    expect(server.asked.some(one => one.includes('/people'))).toBe(false)
  })
})
