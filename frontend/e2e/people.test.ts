import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch, look, open, overflow, phone, picture, wide } from './browser'
import { Server } from './server'

// Accounts and rights in a real browser: from the link that the first start prints down to an officer of a district,
// each in a browser of his own. On 25/01/2021; Phú Thọ is 25, Việt Trì 227, beside it thị xã Phú Thọ 228.

const server = new Server()
let browser: Browser
let admin: Page
let leader: Page
let officer: Page
const complaints: string[][] = []

const passwords = { admin: 'bốn con gà trống', leader: 'sông Lô chảy xuôi', officer: 'đền Hùng mùa xuân' }

async function stranger(): Promise<Page> {
  const { page, complaints: heard } = await open(browser, wide, true)
  complaints.push(heard)
  return page
}

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name })
const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name })

/** Looks at a screen on a desk, on a phone and on the smallest one: axe finds nothing, and nothing is cut off. */
async function lookAt(page: Page, name: string): Promise<void> {
  expect(await look(page, `${name}-wide`)).toEqual([])
  await page.setViewportSize(phone)
  expect(await look(page, `${name}-phone`)).toEqual([])
  expect(await overflow(page)).toBeLessThanOrEqual(0)
  await page.setViewportSize({ width: 320, height: 700 })
  expect(await overflow(page)).toBeLessThanOrEqual(0)
  await picture(page, `${name}-320`)
  await page.setViewportSize(wide)
}

async function setUp(page: Page, link: string, password: string): Promise<void> {
  await page.goto(link)
  await page.getByLabel('Mật khẩu mới', { exact: true }).fill(password)
  await page.getByLabel('Gõ lại mật khẩu mới').fill(password)
  await button(page, 'Đặt mật khẩu và vào trang').click()
}

async function signIn(page: Page | Locator, user: string, password: string): Promise<void> {
  await page.getByLabel('Tên đăng nhập').fill(user)
  await page.getByLabel('Mật khẩu').fill(password)
  await page.locator('form').getByRole('button', { name: 'Đăng nhập' }).click()
}

beforeAll(async () => {
  await server.start({ signIn: false })
  browser = await launch()
  ;[admin, leader, officer] = [await stranger(), await stranger(), await stranger()]
})

afterAll(async () => {
  await browser?.close()
  await server.stop()
})

describe('a reader', () => {
  it('sees what is public, and is told in one line how to record', async () => {
    await officer.goto(`${server.url}/2021/227?m=consult1_pc_district`)
    await officer.getByText('Đăng nhập để ghi việc đã làm.').waitFor()
    expect(await button(officer, 'Xong hôm nay').count()).toBe(0)
    expect(await button(officer, 'Quản lý').count()).toBe(0)
    await lookAt(officer, 'people-reader')
  })

  it('has the way in on every screen, over what he looks at and as a page', async () => {
    await officer.goto(`${server.url}/2021/227`)
    await officer.getByRole('link', { name: 'Đăng nhập' }).click()
    const dialog = officer.getByRole('dialog', { name: 'Đăng nhập' })
    await signIn(dialog, 'khong.co', 'một mật khẩu nào đó')
    await dialog.getByRole('alert').waitFor()
    await lookAt(officer, 'people-sign-in-dialog')
    await officer.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await officer.goto(`${server.url}/sign-in?back=%2F2021%2F227`)
    await heading(officer, 'Đăng nhập').waitFor()
    await lookAt(officer, 'people-sign-in')
  })
})

describe('the first administrator', () => {
  it('chooses his password by the printed link, which is good once', async () => {
    const link = `${server.url}/setup#${server.secret}`
    await admin.goto(link)
    await admin.getByText(/Chọn mật khẩu để bắt đầu/).waitFor()
    await admin.getByLabel('Mật khẩu mới', { exact: true }).fill('ngắn')
    await admin.getByText('Còn thiếu 6 ký tự.').waitFor()
    await lookAt(admin, 'people-setup')
    await setUp(admin, link, passwords.admin)
    await heading(admin, 'Cả nước').or(heading(admin, 'Việt Nam')).waitFor()
    expect(admin.url()).not.toContain('tdu_')
    await leader.goto(link)
    await leader.getByText(/Đã đặt mật khẩu rồi/).waitFor()
    await lookAt(leader, 'people-setup-used')
  })

  it('signs out and in again, and comes back to where he was', async () => {
    await admin.goto(`${server.url}/2021/25`)
    await admin
      .getByRole('banner')
      .getByRole('button', { name: /admin|Quản trị/i })
      .click()
    await picture(admin, 'people-menu-wide')
    await admin.getByRole('menuitem', { name: 'Đăng xuất' }).click()
    await admin.getByRole('link', { name: 'Đăng nhập' }).click()
    await signIn(admin.getByRole('dialog'), 'admin', passwords.admin)
    await admin.getByRole('link', { name: 'Người và quyền' }).click()
    await admin.getByRole('heading', { name: 'Người và quyền ở Tỉnh Phú Thọ' }).waitFor()
    await lookAt(admin, 'people-empty')
  })

  it('adds the leader of a province, and gets his link once', async () => {
    await admin.getByRole('link', { name: 'Thêm người' }).click()
    await admin.getByLabel('Họ và tên').fill('Hà Văn Đức')
    await admin.getByRole('radio', { name: 'phụ trách' }).check()
    await lookAt(admin, 'people-new')
    await button(admin, 'Tạo tài khoản và đường liên kết').click()
    const link = await admin.getByLabel('Đường liên kết đặt mật khẩu của Hà Văn Đức').inputValue()
    await lookAt(admin, 'people-link')
    await setUp(leader, link, passwords.leader)
    await heading(leader, 'Tỉnh Phú Thọ').waitFor()
  })
})

describe('the leader of a province', () => {
  it('adds an officer of a district, and sees who is where', async () => {
    await leader.goto(`${server.url}/2021/227?people=new`)
    await leader.getByLabel('Họ và tên').fill('Trần Thị Lan')
    expect(await leader.getByRole('radio', { name: 'quản trị' }).count()).toBe(0)
    await button(leader, 'Tạo tài khoản và đường liên kết').click()
    const link = await leader.getByLabel(/Đường liên kết đặt mật khẩu của/).inputValue()
    await setUp(officer, link, passwords.officer)
    await heading(officer, 'Thành phố Việt Trì').waitFor()
    await leader.goto(`${server.url}/2021/25?people=list&among=branch`)
    await leader.getByRole('row', { name: /Trần Thị Lan.*người báo cáo.*Việt Trì/ }).waitFor()
    await lookAt(leader, 'people-list')
  })

  it('changes and takes back a role, and makes a new link', async () => {
    await leader.getByRole('link', { name: 'Trần Thị Lan' }).click()
    await leader.getByRole('radio', { name: 'người xem' }).check()
    await button(leader, 'Giao vai trò người xem').click()
    await leader.getByText('người xem ở Thành phố Việt Trì').waitFor()
    await button(leader, 'Thu hồi vai trò…').click()
    await lookAt(leader, 'people-person')
    await button(leader, 'Thôi').click()
    await leader.getByRole('radio', { name: 'người báo cáo' }).check()
    await button(leader, 'Giao vai trò người báo cáo').click()
    await leader.getByText('người báo cáo ở Thành phố Việt Trì').waitFor()
  })

  it('cannot change what an administrator holds', async () => {
    await leader.goto(`${server.url}/2021/25?people=user:admin`)
    await leader.getByRole('alert').waitFor()
    await lookAt(leader, 'people-not-there')
  })
})

describe('the officer of a district', () => {
  it('reports at home, and has neither form nor names next door', async () => {
    await officer.goto(`${server.url}/2021/227?m=consult1_pc_district`)
    await button(officer, 'Xong hôm nay').first().waitFor()
    await officer.goto(`${server.url}/2021/228?m=consult1_pc_district`)
    await officer.getByRole('dialog').getByRole('heading', { level: 4 }).first().waitFor()
    expect(await button(officer, 'Xong hôm nay').count()).toBe(0)
    expect(await officer.getByText('Đăng nhập để ghi').count()).toBe(0)
    await officer.goto(`${server.url}/2021/228?people=list`)
    await officer.getByText(/không xem được người và quyền ở đây/).waitFor()
    await lookAt(officer, 'people-not-for')
    const there = await officer.evaluate(
      async () => (await fetch('/api/v1/elections/2021/areas/228/people')).status,
    )
    expect(there).toBe(404)
  })

  it('has an account with sessions, password and tokens', async () => {
    await officer
      .getByRole('banner')
      .getByRole('button', { name: /Trần Thị Lan/ })
      .click()
    await officer.getByRole('menuitem', { name: 'Tài khoản của tôi' }).click()
    await officer.getByText('máy này').waitFor()
    await lookAt(officer, 'people-account')
    await button(officer, 'Tạo khóa').click()
    await officer.getByLabel('Tên khóa').fill('báo cáo hằng ngày')
    await officer.getByRole('combobox', { name: 'Ở nơi' }).fill('gia cam')
    await officer.getByRole('option', { name: /Gia Cẩm/ }).waitFor()
    expect(await officer.getByRole('option', { name: /Hải Dương/ }).count()).toBe(0)
    await lookAt(officer, 'people-token-form')
    await officer.keyboard.press('Enter')
    await officer.getByLabel('Dùng được đến hết ngày').fill('1/1/2027')
    await button(officer, 'Tạo khóa này').click()
    const token = await officer.getByLabel('Khóa “báo cáo hằng ngày”').inputValue()
    expect(token).toMatch(/^tdt_/)
    await lookAt(officer, 'people-token')
    const read = await fetch(`${server.url}/api/v1/me`, { headers: { Authorization: `Bearer ${token}` } })
    expect(read.status).toBe(200)
    await button(officer, /^Hủy khóa/).click()
    await button(officer, /^Hủy ngay/).click()
    await officer.getByText('Chưa có khóa nào.').waitFor()
    await button(officer, 'Đổi mật khẩu').click()
    await lookAt(officer, 'people-password')
    await officer.goto(`${server.url}/account?lang=en`)
    await heading(officer, 'My account').waitFor()
    await lookAt(officer, 'people-account-en')
  })

  it('who signs out everywhere has to sign in again in the other window, which loses nothing', async () => {
    await officer.goto(`${server.url}/2021/227?m=consult1_pc_district`)
    await button(officer, /^Cập nhật/)
      .first()
      .click()
    await officer.getByRole('radio', { name: 'Đang làm' }).first().check()
    const other = await stranger()
    await other.goto(`${server.url}/sign-in?back=%2Faccount`)
    await signIn(other, 'lan.tran', passwords.officer)
    await button(other, 'Đăng xuất khỏi mọi máy…').click()
    await button(other, 'Đăng xuất khỏi mọi máy').click()
    await other.getByRole('link', { name: 'Đăng nhập' }).waitFor()
    await button(officer, 'Lưu').click()
    const dialog = officer.getByRole('dialog', { name: 'Đăng nhập lại' })
    await dialog.getByText(/Phiên làm việc đã hết/).waitFor()
    expect(await look(officer, 'people-again-wide')).toEqual([])
    await dialog.getByLabel('Mật khẩu').fill(passwords.officer)
    await dialog.getByRole('button', { name: 'Đăng nhập' }).click()
    await officer.getByText('Đã lưu.').waitFor()
  })
})

describe('the console', () => {
  it('says nothing but what the server refused', () => {
    expect(complaints.flat().filter(one => !/status of (401|403|404)/.test(one))).toEqual([])
  })
})
