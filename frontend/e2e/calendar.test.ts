import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch, look, open, overflow, phone, picture, wide } from './browser'
import { Server } from './server'

// A place in one's own calendar: the public address, and one of one's own that is ended again.

const server = new Server()
let browser: Browser
let page: Page
let complaints: string[]

beforeAll(async () => {
  await server.start()
  browser = await launch()
  ;({ page, complaints } = await open(browser))
})

afterAll(async () => {
  await browser?.close()
  await server.stop()
})

const dialog = () => page.getByRole('dialog', { name: 'Lịch của Thành phố Bắc Kạn' })

async function subscribe(): Promise<void> {
  await page.getByRole('button', { name: 'Tải về' }).click()
  await page.getByRole('menuitem', { name: /^Lịch/ }).click()
  await dialog().waitFor()
}

describe('the calendar of a place', () => {
  it('has a public address that gives just the levels chosen (A14)', async () => {
    await page.goto(`${server.url}/2021/058`)
    await subscribe()
    await dialog()
      .getByRole('checkbox', { name: /Cấp xã/ })
      .check()
    await dialog().getByLabel('Nhắc lúc 8 giờ sáng').selectOption('7,3,1')
    const address = await dialog().getByLabel('Địa chỉ lịch').inputValue()
    expect(address).toBe(
      `${server.url}/api/v1/elections/2021/areas/058/calendar.ics?levels=district,commune&alarm=7,3,1`,
    )
    const answer = await fetch(address)
    expect(answer.headers.get('Content-Type')).toBe('text/calendar; charset=utf-8')
    const text = await answer.text()
    expect(text).toContain('UID:2021.058.consult1_pc_district.0@tiendo')
    expect(text).toContain('TRIGGER:-P6DT16H')
    expect(await dialog().getByRole('link', { name: 'Mở bằng chương trình lịch' }).getAttribute('href')).toBe(
      address.replace('http:', 'webcal:'),
    )
  })

  it('has an address of its own for who asks, which is ended on the page of the account (A18)', async () => {
    await dialog().getByLabel('Tên địa chỉ').fill('Điện thoại của tôi')
    await dialog().getByRole('button', { name: 'Tạo địa chỉ riêng' }).click()
    const address = await dialog().getByLabel('Địa chỉ “Điện thoại của tôi”').inputValue()
    expect(address).toMatch(/\/calendars\/tdc_[\w-]{43}\.ics$/)
    expect((await fetch(address)).status).toBe(200)
    expect(await look(page, 'calendar-dialog-wide')).toEqual([])
    await page.setViewportSize(phone)
    expect(await look(page, 'calendar-dialog-phone')).toEqual([])
    expect(await overflow(page)).toBeLessThanOrEqual(0)
    await page.setViewportSize({ width: 320, height: 700 })
    expect(await overflow(page)).toBeLessThanOrEqual(0)
    await picture(page, 'calendar-dialog-320')
    await page.setViewportSize(wide)

    await dialog().getByRole('link', { name: 'Lịch của tôi' }).click()
    await page.getByRole('heading', { name: 'Lịch của tôi' }).waitFor()
    const row = page.getByRole('listitem').filter({ hasText: 'Điện thoại của tôi' })
    await row.getByText(/dùng lần cuối/).waitFor()
    expect(await look(page, 'calendar-account-wide')).toEqual([])
    await row.getByRole('button', { name: 'Hủy địa chỉ Điện thoại của tôi' }).click()
    await row.getByRole('button', { name: /^Hủy ngay/ }).click()
    await page.getByText('Chưa có địa chỉ nào.').waitFor()
    expect((await fetch(address)).status).toBe(404)
    expect(complaints).toEqual([])
  })

  it('of the whole country is too large, which is said before anybody subscribes', async () => {
    await page.goto(`${server.url}/2021/VN`)
    await page.getByRole('button', { name: 'Tải về' }).click()
    await page.getByRole('menuitem', { name: /^Lịch/ }).click()
    await page
      .getByRole('dialog')
      .getByRole('checkbox', { name: /Cấp xã/ })
      .check()
    await page.getByRole('alert').filter({ hasText: 'quá 10.000 sự kiện' }).waitFor()
    await page
      .getByRole('dialog')
      .getByRole('checkbox', { name: /Cấp xã/ })
      .uncheck()
    await page.getByLabel('Địa chỉ lịch').waitFor()
  })
})
