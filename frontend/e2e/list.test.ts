import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch, look, open, overflow, phone } from './browser'
import { Server } from './server'

// What is late, from the nation down to the places, looked back at from the trial day 25/01/2021 where it is not.

const server = new Server('2021-02-10')
let browser: Browser
let page: Page
let complaints: string[]

const list = () => page.getByRole('table', { name: /việc và thời hạn/ })
const rows = () => page.locator('.list-table tbody tr')
const late =
  '/api/v1/elections/2021/areas/06/deadlines?state=overdue&level=district&phase=setup&sort=lateness'

beforeAll(async () => {
  await server.start()
  browser = await launch()
  ;({ page, complaints } = await open(browser))
})

afterAll(async () => {
  await browser?.close()
  await server.stop()
})

describe('a leader', () => {
  it('comes in two clicks from what is late in a province to a late place', async () => {
    await page.goto(`${server.url}/2021/VN?density=roomy`)
    const cell = page.getByRole('gridcell', { name: /^Bắc Kạn, Thành lập tổ chức/ })
    const counted = Number(/(\d+) trễ/.exec((await cell.textContent()) ?? '')?.[1])
    expect(counted).toBeGreaterThan(0)
    await cell.click()
    await list().waitFor()
    const address = new URL(page.url())
    expect(`${address.pathname} ${address.searchParams.get('state')}`).toBe('/2021/06 overdue')
    expect(await list().getAttribute('aria-rowcount')).toBe(String(counted + 1))
    await page.locator('.row-link').nth(3).click()
    await page
      .getByRole('dialog')
      .getByText(/^Trễ \d+ ngày$/)
      .first()
      .waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await page.evaluate(() => document.activeElement?.className)).toBe('row-link')
  })

  it('asks the API once for the same', async () => {
    const answer = await fetch(`${server.url}${late}`)
    const { total, items } = (await answer.json()) as { total: number; items: unknown[] }
    expect(total).toBe(8)
    expect(items).toHaveLength(8)
  })
})

describe('the list', () => {
  it('says the longest late first, with nothing for axe to find', async () => {
    await page.goto(`${server.url}/2021/06?view=list&state=late`)
    await list().waitFor()
    expect(await rows().count()).toBe(100)
    await page.getByRole('button', { name: /^Trễ hạn luật 234$/ }).waitFor()
    expect(await overflow(page)).toBeLessThanOrEqual(0)
    expect(await look(page, 'list')).toEqual([])
  })

  it('brings more, keeps its place while a drawer opens and closes, and is the same after a reload', async () => {
    await page.getByRole('button', { name: 'Xem thêm 100 việc' }).click()
    await page.waitForFunction(() => document.querySelectorAll('.list-table tbody tr').length === 200)
    const row = page.locator('.row-link').nth(150)
    await row.scrollIntoViewIfNeeded()
    const before = await page.evaluate(() => scrollY)
    await row.click()
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(Math.abs((await page.evaluate(() => scrollY)) - before)).toBeLessThan(5)
    await page.reload()
    await page.waitForFunction(() => document.querySelectorAll('.list-table tbody tr').length === 200)
    expect(complaints).toEqual([])
  })

  it('copies what is late and shown', async () => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.getByRole('button', { name: 'Chép danh sách trễ' }).click()
    await page.getByText('Đã chép 200 việc trễ; dán vào tin nhắn.').waitFor()
    const text = await page.evaluate(() => navigator.clipboard.readText())
    expect(text).toMatch(/^Tỉnh Bắc Kạn: việc trễ.*\n\nTrễ hạn luật \(200\):\n1\. Tỉnh Bắc Kạn: /)
    expect(text).toContain('… và 34 việc nữa')
  })

  it('prints its heads on A4', async () => {
    await page.goto(`${server.url}/2021/058?view=list&state=late`)
    await list().waitFor()
    await page.emulateMedia({ media: 'print' })
    expect(await page.locator('.list-tools').isVisible()).toBe(false)
    expect(await overflow(page)).toBeLessThanOrEqual(0)
    const paper = await page.pdf({ path: 'test-results/list.pdf', preferCSSPageSize: true })
    expect(paper.length).toBeGreaterThan(10_000)
    await page.emulateMedia({ media: 'screen' })
  })
})

describe('a parent', () => {
  it('shows by sign and word what is late below it, and leads there', async () => {
    await page.goto(`${server.url}/2021/058`)
    await page.getByRole('link', { name: /việc trễ hạn luật$/ }).click()
    await list().waitFor()
    expect(new URL(page.url()).searchParams.get('reach')).toBe('below')
  })
})

describe('a telephone', () => {
  it('has the rows as cards and nothing cut off, at 320 pixels too', async () => {
    const small = await open(browser, phone)
    await small.page.goto(`${server.url}/2021/058?view=list&state=late&lang=en`)
    await small.page.getByRole('table').waitFor()
    expect(await overflow(small.page)).toBeLessThanOrEqual(0)
    expect(await look(small.page, 'list-phone')).toEqual([])
    await small.page.setViewportSize({ width: 320, height: 700 })
    expect(await overflow(small.page)).toBeLessThanOrEqual(0)
    expect(small.complaints).toEqual([])
    await small.page.context().close()
  })
})
