import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch, look, open, overflow, phone, picture, wide } from './browser'
import { Server } from './server'

// The log of a place in a real browser: Phú Thọ is 25, Việt Trì 227 in it. On 25/01/2021.

const server = new Server()
let browser: Browser
let lead: Page
let reporter: Page
const complaints: string[][] = []

const main = () => lead.getByRole('main')
const row = (name: RegExp) => main().getByRole('row', { name })

async function lookAt(name: string): Promise<void> {
  expect(await look(lead, `${name}-wide`)).toEqual([])
  await lead.setViewportSize(phone)
  expect(await look(lead, `${name}-phone`)).toEqual([])
  expect(await overflow(lead)).toBeLessThanOrEqual(0)
  await lead.setViewportSize({ width: 320, height: 700 })
  expect(await overflow(lead)).toBeLessThanOrEqual(0)
  await picture(lead, `${name}-320`)
  await lead.setViewportSize(wide)
}

/** Somebody with a role in a place, signed in in a browser of his own. */
async function somebody(user: string, name: string, area: string, role: string): Promise<Page> {
  const made = await server.fetch(`/api/v1/elections/2021/areas/${area}/people`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ user, name, unit: '', language: 'vi', role }),
  })
  expect(made.status).toBe(201)
  const { setup } = (await made.json()) as { setup: { path: string } }
  const { page, complaints: heard } = await open(browser, wide, true)
  complaints.push(heard)
  await page.goto(`${server.url}${setup.path}`)
  await page.getByLabel('Mật khẩu mới', { exact: true }).fill('sông Lô chảy xuôi')
  await page.getByLabel('Gõ lại mật khẩu mới').fill('sông Lô chảy xuôi')
  await page.getByRole('button', { name: 'Đặt mật khẩu và vào trang' }).click()
  await page.getByRole('heading', { level: 1, name: /Phú Thọ|Việt Trì/ }).waitFor()
  return page
}

beforeAll(async () => {
  await server.start()
  browser = await launch()
  lead = await somebody('ha.duc', 'Hà Văn Đức', '25', 'lead')
  reporter = await somebody('lan.tran', 'Trần Thị Lan', '227', 'reporter')
  await reporter.goto(`${server.url}/2021/227?m=consult1_pc_district`)
  await reporter.getByRole('button', { name: 'Xong hôm nay' }).first().click()
  await reporter.getByRole('dialog').getByText('cập nhật công việc').first().waitFor()
  await lead.goto(`${server.url}/2021/25?m=consult1_pc_province`)
  await lead.getByRole('button', { name: 'Xong hôm nay' }).first().click()
  await lead.getByRole('dialog').getByText('cập nhật công việc').first().waitFor()
  await lead.goto(`${server.url}/2021/25`)
})

afterAll(async () => {
  await browser?.close()
  await server.stop()
})

describe('who leads a province', () => {
  it('reads who did what there and below, from the menu and by keyboard', async () => {
    await lead.getByRole('button', { name: 'Quản lý' }).press('Enter')
    await lead.getByRole('menuitem', { name: 'Nhật ký…' }).press('Enter')
    await lead.getByRole('heading', { name: 'Nhật ký của Tỉnh Phú Thọ' }).waitFor()
    await row(/Trần Thị Lan.*Việt Trì.*Cập nhật công việc/i).waitFor()
    await row(/Hà Văn Đức.*Phú Thọ.*Cập nhật công việc/i).waitFor()
    await lookAt('trail')
    await lead.getByLabel('Người làm').waitFor()
    await lead.emulateMedia({ media: 'print' })
    await picture(lead, 'trail-print')
    await lead.emulateMedia({ media: 'screen' })
  })

  it('leaves only what one person did, in the address as well', async () => {
    await lead.getByLabel('Người làm').fill('tran thi lan')
    await lead.getByLabel('Người làm').press('Enter')
    await row(/Hà Văn Đức/).waitFor({ state: 'detached' })
    await row(/Trần Thị Lan/).waitFor()
    expect(new URL(lead.url()).searchParams.get('trail_person')).toBe('tran thi lan')
    await lead.reload()
    await row(/Trần Thị Lan/).waitFor()
    expect(await row(/Hà Văn Đức/).count()).toBe(0)
  })

  it('opens the milestone of a row in its drawer, and is back in the log', async () => {
    await row(/Trần Thị Lan/)
      .getByRole('link')
      .click()
    const drawer = lead.getByRole('dialog')
    await drawer.getByText('Trần Thị Lan').first().waitFor()
    expect(await look(lead, 'trail-drawer')).toEqual([])
    await lead.keyboard.press('Escape')
    await drawer.waitFor({ state: 'detached' })
    await row(/Trần Thị Lan/).waitFor()
  })

  it('is told when nothing fits, and takes the filters away', async () => {
    await lead.getByLabel('Ghi từ ngày').fill('1/1/2099')
    await lead.getByLabel('Ghi từ ngày').press('Enter')
    await lead.getByText('Không có gì khớp').waitFor()
    await lead.getByRole('button', { name: 'Bỏ lọc' }).click()
    await row(/Hà Văn Đức/).waitFor()
  })

  it('reads who was given which role, and copies where the log stood', async () => {
    await lead.getByRole('button', { name: 'Tài khoản và quyền' }).click()
    await row(/Giao vai trò.*Trần Thị Lan.*người báo cáo/i).waitFor()
    await lead.getByText(/Mã băm cuối ngày .*2021:\d+:[0-9a-f]{64}/).waitFor()
    await lookAt('trail-accounts')
    await lead.goto(`${lead.url()}&lang=en`)
    await lead.getByRole('heading', { name: /^Log of/ }).waitFor()
    await lookAt('trail-english')
  })
})

describe('who reports', () => {
  it('is not offered the log, and is told so at its address', async () => {
    await reporter.goto(`${server.url}/2021/227`)
    await reporter.getByRole('button', { name: 'Quản lý' }).press('Enter')
    await reporter.getByRole('menuitem', { name: 'Nhập từ Excel…' }).waitFor()
    expect(await reporter.getByRole('menuitem', { name: 'Nhật ký…' }).count()).toBe(0)
    await reporter.goto(`${server.url}/2021/227?trail=changes`)
    await reporter.getByText('Chỉ người phụ trách đơn vị này xem được nhật ký ở đây.').waitFor()
    expect(await look(reporter, 'trail-not-for')).toEqual([])
    expect(complaints.flat()).toEqual([])
  })
})
