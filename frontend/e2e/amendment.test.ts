import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch, look, open, overflow, phone, wide } from './browser'
import { Server } from './server'

// Amending an election in a real browser. The whole country of 2021 is previewed only; it is done over the made-up
// list of two provinces, where it takes no time.

const list = '../pkg/area/testdata/two-provinces.csv'
const server = new Server('2021-01-25', [
  ['area', 'import', list, '--edition', '2026', '--commit'],
  ['election', 'open', '2026', '--edition', '2026'],
])
/** How long the whole country may take on a small machine. */
const country = { timeout: 60_000 }
let browser: Browser
let page: Page
let complaints: string[]

const dialog = () => page.getByRole('dialog')
const menu = () => page.getByRole('button', { name: 'Quản lý' })
const entry = () => page.getByRole('menuitem', { name: 'Sửa đổi ngày bầu cử hoặc luật…' })
const press = (name: string) => dialog().getByRole('button', { name, exact: true }).click()
const amendments = () => `${server.url}/api/v1/elections/2026/amendments`

const start = async (election: string) => {
  await page.goto(`${server.url}/${election}/VN`)
  await menu().click()
  await entry().click()
  await dialog().getByLabel('Ngày bầu cử mới').waitFor()
}

/** Somebody else is quicker. */
async function others(day: string): Promise<void> {
  const tag = (await server.fetch(amendments())).headers.get('ETag') ?? ''
  const answer = await server.fetch(amendments(), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'If-Match': tag },
    body: JSON.stringify({ election_day: day, document: '9/NQ', reason: 'Quyết định của người khác' }),
  })
  expect(answer.status).toBe(200)
}

beforeAll(async () => {
  await server.start()
  browser = await launch()
  ;({ page, complaints } = await open(browser))
})

afterAll(async () => {
  await browser?.close()
  await server.stop()
})

describe('amending an election', () => {
  it('is offered for the whole country only, and not when looking back', async () => {
    await page.goto(`${server.url}/2021/01`)
    await menu().click()
    await page.getByRole('menuitem').first().waitFor()
    expect(await entry().count()).toBe(0)
    await page.goto(`${server.url}/2021/VN?as_of=2021-01-10`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.waitForFunction(() => document.querySelector('.past, .banner, [role="status"]') !== null)
    expect(await menu().count()).toBe(0)
  })

  it('says what it stands on, how far it reaches, and by field what is missing', async () => {
    await page.goto(`${server.url}/2021/VN?view=timeline`)
    await menu().focus()
    await page.keyboard.press('ArrowDown')
    await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'menuitem')
    await page.keyboard.press('End')
    await page.keyboard.press('Enter')
    await dialog().getByText('Hiện nay: ngày bầu cử 23/05/2021, bộ quy tắc 2015.1.').waitFor()
    await dialog()
      .getByText(/chạm tới cả 11\.371 địa phương/)
      .waitFor()
    await dialog().getByText('Chưa sửa đổi lần nào.').waitFor()
    expect(await look(page, 'amendment-form')).toEqual([])
    await press('Xem trước')
    await dialog().getByText('Ghi ngày bầu cử mới hoặc phiên bản mới.').waitFor()
    await dialog()
      .getByText(/^Ghi lý do/)
      .waitFor()
    await dialog().getByLabel('Phiên bản bộ quy tắc mới').fill('2015.9')
    await dialog().getByLabel('Lý do').fill('Thử')
    await press('Xem trước')
    await dialog()
      .getByText(/2015\.9/)
      .waitFor()
    expect(await dialog().getByLabel('Phiên bản bộ quy tắc mới').getAttribute('aria-invalid')).toBe('true')
    expect(await look(page, 'amendment-wrong')).toEqual([])
  })

  it('previews the whole country, counted and change by change', async () => {
    await dialog().getByLabel('Phiên bản bộ quy tắc mới').fill('')
    await dialog().getByLabel('Ngày bầu cử mới').fill('14/3/2021')
    await press('Xem trước')
    await dialog().getByText('Ngày bầu cử 23/05/2021 → 14/03/2021').waitFor(country)
    await dialog()
      .getByRole('region', { name: /^Cần xem lại \(\d/ })
      .getByRole('row', { name: /thời hạn mới đã qua/ })
      .waitFor()
    const provinces = dialog().getByRole('region', { name: 'Theo tỉnh' })
    await provinces.getByRole('row', { name: /^Thành phố Hà Nội \d+\.\d+$/ }).waitFor()
    expect(await provinces.locator('tbody tr').count()).toBe(64)
    await dialog()
      .getByRole('region', { name: /Sẽ ghi \d{3}\.\d{3} thay đổi/ })
      .getByRole('row', { name: /mốc đổi ngày/ })
      .waitFor()
    expect(await look(page, 'amendment-preview')).toEqual([])
    await dialog().getByText('Xem từng chỗ').click()
    await dialog()
      .getByText(/Chỉ nêu 200 trong/)
      .waitFor()
    expect(await look(page, 'amendment-conflicts')).toEqual([])
    await dialog().getByText('Xem từng chỗ').click()
    await press('Xem từng thay đổi')
    const rows = dialog().locator('.amend-each tbody tr')
    const first = await rows.nth(1).innerText()
    await press('Trang sau')
    await dialog().getByText('Trang 2', { exact: true }).waitFor(country)
    expect(await rows.nth(1).innerText()).not.toBe(first)
    await press('Trang trước')
    await dialog().getByText('Trang 1', { exact: true }).waitFor(country)
    expect(await rows.nth(1).innerText()).toBe(first)
    await dialog().getByRole('combobox', { name: 'Địa phương' }).selectOption('06')
    await rows.filter({ hasText: 'Bắc Kạn' }).first().waitFor(country)
    expect(await rows.filter({ hasText: 'Hà Nội' }).count()).toBe(0)
    await page.setViewportSize(phone)
    expect(await look(page, 'amendment-changes-phone')).toEqual([])
    expect(await overflow(page)).toBeLessThanOrEqual(0)
    await page.setViewportSize({ width: 320, height: 700 })
    expect(await overflow(page)).toBeLessThanOrEqual(0)
    await page.setViewportSize(wide)
    await page.keyboard.press('Escape')
    await dialog().waitFor({ state: 'detached' })
    await page.waitForFunction(() => document.activeElement?.textContent?.includes('Quản lý'))
  })

  it('is refused, with what the other did, when somebody else was quicker', async () => {
    await start('2026')
    await dialog().getByLabel('Ngày bầu cử mới').fill('29/3/2026')
    await dialog().getByLabel('Lý do').fill('Quốc hội quyết định hoãn')
    await press('Xem trước')
    await others('2026-03-22')
    await press('Ghi nhận')
    await dialog().getByText('Gõ đúng 2026 rồi mới ghi nhận được.').waitFor()
    await dialog().getByLabel('Gõ 2026 để xác nhận').fill('2026')
    await press('Ghi nhận')
    const alert = dialog().getByRole('alert')
    await alert.getByText('Ngày bầu cử 15/03/2026 → 22/03/2026').waitFor()
    await alert.getByText('Quyết định của người khác').waitFor()
    await dialog().getByText('Hiện nay: ngày bầu cử 22/03/2026').waitFor()
    expect(await dialog().getByLabel('Ngày bầu cử mới').inputValue()).toBe('29/3/2026')
    await page.setViewportSize(phone)
    expect(await look(page, 'amendment-others-phone')).toEqual([])
    expect(await overflow(page)).toBeLessThanOrEqual(0)
    await page.setViewportSize(wide)
  })

  it('is done once its name is typed, and the page shows the new day', async () => {
    await press('Xem trước')
    await dialog().getByText('Ngày bầu cử 22/03/2026 → 29/03/2026').waitFor()
    await dialog().getByLabel('Gõ 2026 để xác nhận').fill('2026')
    expect(await look(page, 'amendment-confirm')).toEqual([])
    await page.keyboard.press('Enter')
    await dialog().getByText('Đã ghi nhận.').waitFor()
    expect(await look(page, 'amendment-done')).toEqual([])
    await page.keyboard.press('Escape')
    await dialog().waitFor({ state: 'detached' })
    await page.getByRole('main').getByText('29/03/2026').first().waitFor()
    const choice = page.getByRole('combobox', { name: 'Chọn cuộc bầu cử' })
    await choice.locator('option', { hasText: '29/03/2026' }).waitFor({ state: 'attached' })
    await menu().click()
    await entry().click()
    await dialog().locator('.amend-past li').nth(1).waitFor()
    expect(await dialog().locator('.amend-past li').nth(0).innerText()).toMatch(
      /22\/03\/2026 → 29\/03\/2026[\s\S]*Quốc hội quyết định hoãn/,
    )
    expect(complaints.filter(text => !/\b(404|412)\b/.test(text))).toEqual([])
  })

  it('speaks English too', async () => {
    await page.goto(`${server.url}/2026/VN?lang=en`)
    await page.getByRole('button', { name: 'Manage' }).click()
    await page.getByRole('menuitem', { name: 'Amend election day or the rules…' }).click()
    await dialog().getByText('At present: election day 29/03/2026, rulebook 2025.1.').waitFor()
    await dialog().getByText('Election day 22/03/2026 → 29/03/2026').waitFor()
  })
})
