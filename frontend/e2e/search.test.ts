import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch, look, open, overflow, phone } from './browser'
import { Server } from './server'

// One search over places, milestones, documents and bodies, by keyboard alone, on the trial day 25/01/2021.

const server = new Server()
let browser: Browser
let page: Page
let complaints: string[]

const box = (on = page) => on.getByRole('combobox', { name: /^Tìm/ })
const option = (name: RegExp, on = page) => on.getByRole('option', { name }).first()
const path = () => new URL(page.url()).pathname
const said = (name: string) => new URL(page.url()).searchParams.get(name)

/** Opens the search by its key and types. */
async function find(q: string): Promise<void> {
  await page.keyboard.press('/')
  await box().waitFor()
  await page.keyboard.type(q)
}

beforeAll(async () => {
  await server.start()
  browser = await launch()
  ;({ page, complaints } = await open(browser))
  await page.goto(`${server.url}/2021/058`)
  await page.getByRole('heading', { level: 1, name: 'Thành phố Bắc Kạn' }).waitFor()
})

afterAll(async () => {
  await browser?.close()
  await server.stop()
})

describe('by keyboard alone', () => {
  it('finds a place that is misspelt, without diacritics', async () => {
    await find('bac can')
    await option(/^Tỉnh Bắc Kạn/).waitFor()
    expect(await look(page, 'search-dialog')).toEqual([])
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/2021/06')
    await page.waitForFunction(() => document.activeElement?.tagName === 'H1')
  })

  it('opens a milestone by its article in the nearest place that has it', async () => {
    await find('điều 22 khoản 2')
    await option(/Thành lập Ủy ban bầu cử ở cấp huyện.*Điều 22/).waitFor()
    expect(await look(page, 'search-articles')).toEqual([])
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: /Thành lập Ủy ban bầu cử/ }).waitFor()
    expect(path()).toMatch(/^\/2021\/0\d\d$/)
    expect(said('m')).toMatch(/^election_committee_/)
    await page.keyboard.press('Escape')
  })

  it('opens a document by its number and goes on to what it carries out', async () => {
    await page.keyboard.press('Control+k')
    await box().waitFor()
    await page.keyboard.type('18kh')
    await option(/18-KH\/TU/).waitFor()
    const papers = page.getByRole('group', { name: 'Văn bản' }).getByRole('option').first()
    const wanted = await papers.getAttribute('id')
    const at = () => box().getAttribute('aria-activedescendant')
    for (let i = 0; i < 20 && (await at()) !== wanted; i++) await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    const sheet = page.getByRole('dialog', { name: /Kế hoạch lãnh đạo/ })
    await sheet.getByText('18-KH/TU', { exact: true }).waitFor()
    await sheet.getByRole('link', { name: 'Thành ủy Bắc Kạn' }).waitFor()
    expect(said('sheet')).toBe('document:bk_plan_18')
    const link = sheet.getByRole('link', { name: /Ban hành Kế hoạch 18-KH\/TU/ })
    await link.waitFor()
    expect(await look(page, 'search-document')).toEqual([])
    await link.focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: /Ban hành Kế hoạch/ }).waitFor()
    expect(path()).toBe('/2021/058')
    await page.keyboard.press('Escape')
  })

  it('finds a body by what offices call it', async () => {
    await find('ubmttq hai phong')
    await option(/^Ủy ban MTTQ Việt Nam thành phố Hải Phòng/).waitFor()
    await page.keyboard.press('Enter')
    await page.waitForURL('**/2021/31?**')
    await page.getByRole('dialog', { name: /^Ủy ban MTTQ/ }).waitFor()
    await page.keyboard.press('Escape')
    await page.waitForURL('**/2021/31')
  })

  it('says so when only something like it is found, or nothing', async () => {
    await find('hia phong')
    await page.getByText(/Gần giống nhất/).waitFor()
    await option(/^Thành phố Hải Phòng/).waitFor()
    await page.keyboard.press('Control+a')
    await page.keyboard.type('zzzzzz')
    await page.getByText(/Không tìm thấy gì có tên/).waitFor()
    await page.keyboard.press('Escape')
    await box().waitFor({ state: 'detached' })
  })

  it('shows the places that were looked at last', async () => {
    await find('')
    await page.getByRole('group', { name: 'Đã xem gần đây' }).waitFor()
    expect(await look(page, 'search-recent')).toEqual([])
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => document.activeElement?.tagName === 'H1')
    expect(complaints).toEqual([])
  })
})

describe('a telephone', () => {
  it('has the search on the whole screen', async () => {
    const small = await open(browser, phone)
    await small.page.goto(`${server.url}/2021/058`)
    await small.page.getByRole('button', { name: /^Tìm nơi/ }).click()
    await box(small.page).fill('hiep thuong lan 2')
    await option(/hiệp thương lần thứ hai/, small.page).waitFor()
    expect(await overflow(small.page)).toBeLessThanOrEqual(0)
    expect(await look(small.page, 'search-phone')).toEqual([])
    expect(small.complaints).toEqual([])
    await small.page.context().close()
  })
})
