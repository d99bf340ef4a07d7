import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch, look, open, overflow, phone } from './browser'
import { Server } from './server'

// A report goes up, comes back with a reason, stands on the list of who reported, goes up again and is confirmed.

const server = new Server()
let browser: Browser
let page: Page
let complaints: string[]

const drawer = () => page.getByRole('dialog')
const title = () => drawer().getByRole('heading', { level: 2 })

/** The first commune milestone that is open: found on the place's own list. */
async function openFirst(): Promise<string> {
  await page.goto(`${server.url}/2021/01840?view=list&reach=own`)
  await page.locator('[data-row]').first().click()
  await title().waitFor()
  return (await title().textContent()) ?? ''
}

/** Reports every task of the open milestone as done today. */
async function reportAll(): Promise<void> {
  const buttons = drawer().getByRole('button', { name: 'Xong hôm nay' })
  await buttons.first().waitFor()
  for (let left = await buttons.count(); left > 0; left--) {
    await buttons.first().click()
    await page.waitForFunction(
      n =>
        [...document.querySelectorAll('dialog button')].filter(b => b.textContent === 'Xong hôm nay').length <
        n,
      left,
    )
  }
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

describe('a report', () => {
  let name = ''

  it('waits for the level above once the work is done', async () => {
    name = await openFirst()
    await reportAll()
    await drawer().getByText('Đã báo cáo, chờ xác nhận').waitFor()
    expect(await look(page, 'standing-reported')).toEqual([])
  })

  it('is not returned without a reason', async () => {
    await drawer().getByRole('button', { name: 'Trả lại…' }).click()
    await drawer().getByRole('button', { name: 'Trả lại', exact: true }).click()
    await drawer().getByText('Ghi lý do: đơn vị phải sửa gì.').waitFor()
    const focused = await page.evaluate(() => document.activeElement?.tagName)
    expect(focused).toBe('TEXTAREA')
    expect(await look(page, 'standing-reason')).toEqual([])
  })

  it('comes back with it, open again', async () => {
    await drawer().getByLabel('Lý do trả lại').fill('Thiếu số văn bản')
    await drawer().getByRole('button', { name: 'Trả lại', exact: true }).click()
    await drawer().getByText('Bị trả lại, chờ báo cáo lại').waitFor()
    await drawer().getByText('Trả lại: Thiếu số văn bản').waitFor()
    expect(await look(page, 'standing-returned')).toEqual([])
  })

  it('stands first among the work of who has to correct it, one press away', async () => {
    await page.goto(`${server.url}/work?election=2021&among=branch`)
    await page.getByRole('heading', { level: 1, name: 'Việc của tôi' }).waitFor()
    const first = page.locator('.work-row').first()
    await first.getByText('Bị trả lại').first().waitFor()
    expect(await first.getByRole('link').textContent()).toBe(name)
    expect(await look(page, 'standing-work')).toEqual([])
    await page.setViewportSize(phone)
    expect(await overflow(page)).toBeLessThanOrEqual(0)
    await look(page, 'standing-work-phone')
    await page.setViewportSize({ width: 1440, height: 900 })
    await first.getByRole('link').click()
    await title().waitFor()
    expect(await title().textContent()).toBe(name)
  })

  it('is reported again and confirmed with one press', async () => {
    await reportAll()
    await drawer().getByText('Lần trước trả lại: Thiếu số văn bản').waitFor()
    await drawer().getByRole('button', { name: 'Xác nhận', exact: true }).click()
    await drawer().locator('.standing-confirmed').getByText('Đã xác nhận', { exact: true }).waitFor()
    expect(await drawer().getByRole('button', { name: 'Xác nhận', exact: true }).count()).toBe(0)
    expect(await look(page, 'standing-confirmed')).toEqual([])
  })

  it('is counted as reported and as confirmed', async () => {
    await page.goto(`${server.url}/2021/06?view=matrix`)
    await page.getByText(/Báo cáo \d+, xác nhận 1 trên \d+/).waitFor()
    expect(await look(page, 'standing-matrix')).toEqual([])
  })
})

describe('the first screen', () => {
  it('counts what waits, and leads to all of it', async () => {
    await page.goto(server.url)
    await page.getByRole('heading', { level: 2, name: 'Việc của tôi' }).waitFor()
    await page.getByRole('link', { name: /Xem tất cả/ }).waitFor()
    expect(await look(page, 'standing-home')).toEqual([])
    await page.setViewportSize(phone)
    expect(await overflow(page)).toBeLessThanOrEqual(0)
    await look(page, 'standing-home-phone')
    await page.getByRole('link', { name: /Xem tất cả/ }).click()
    await page.getByRole('heading', { level: 1, name: 'Việc của tôi' }).waitFor()
  })

  it('left nothing to complain about', () => {
    expect(complaints).toEqual([])
  })
})
