import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asksToLeave, launch, look, open, overflow, phone, wide } from './browser'
import { Server } from './server'

// Deciding on an own voting day, and entering a re-vote, in a real browser; after the vote, on 27/05/2021.

const server = new Server('2021-05-27')
let browser: Browser
let page: Page
let complaints: string[]

const dialog = () => page.getByRole('dialog')
const menu = () => page.getByRole('button', { name: 'Quản lý' })
const go = (code: string) => page.goto(`${server.url}/2021/${code}`)

beforeAll(async () => {
  await server.start()
  browser = await launch()
  ;({ page, complaints } = await open(browser))
})

afterAll(async () => {
  await browser?.close()
  await server.stop()
})

describe('the menu of a place', () => {
  it('is gone through by keyboard, and Esc gives the focus back', async () => {
    await go('01840')
    await menu().focus()
    await page.keyboard.press('ArrowDown')
    await page.getByRole('menuitem', { name: 'Ngày bỏ phiếu riêng…' }).waitFor()
    await page.keyboard.press('End')
    await page.keyboard.press('Home')
    expect(await look(page, 'acts-menu')).toEqual([])
    await page.keyboard.press('Escape')
    await page.getByRole('menu').waitFor({ state: 'detached' })
    expect(await menu().evaluate(button => button === document.activeElement)).toBe(true)
  })

  it('is not there when looking back', async () => {
    await page.goto(`${server.url}/2021/01840?as_of=2021-05-01`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.waitForFunction(() => document.querySelector('.past, .banner, [role="status"]') !== null)
    expect(await menu().count()).toBe(0)
  })
})

describe('a re-vote', () => {
  it('says by field what is missing, before anything is sent', async () => {
    await go('01840')
    await menu().click()
    await page.getByRole('menuitem', { name: /Phát sinh/ }).click()
    await dialog().getByLabel('Việc phát sinh').selectOption({ label: 'Bầu cử lại' })
    await dialog().getByRole('button', { name: 'Xem trước' }).click()
    await dialog().getByText('Ghi ngày, ví dụ 25/1/2021.').waitFor()
    const focused = await page.evaluate(() => document.activeElement?.getAttribute('aria-invalid'))
    expect(focused).toBe('true')
    await dialog().getByLabel('Ngày xảy ra').fill('31/02/2021')
    await dialog().getByRole('button', { name: 'Xem trước' }).click()
    await dialog().getByText('Không có ngày này').waitFor()
    expect(await asksToLeave(page)).toBe(true)
    expect(await look(page, 'acts-fields')).toEqual([])
  })

  it('is refused by the law beyond 15 days, in its field', async () => {
    await dialog().getByLabel('Ngày xảy ra').fill('26/5/2021')
    await dialog().getByLabel('Ngày bỏ phiếu lại hoặc thêm').fill('08-06-2021')
    await dialog().getByRole('button', { name: 'Xem trước' }).click()
    await dialog()
      .getByText(/muộn hơn thời hạn 07\/06\/2021/)
      .waitFor()
  })

  it('is previewed, recorded, and moves the first session of the council there', async () => {
    await dialog().getByLabel('Ngày bỏ phiếu lại hoặc thêm').fill('2021-06-06')
    await dialog().getByLabel('Phạm vi').fill('đơn vị bầu cử số 4')
    await dialog().getByRole('button', { name: 'Xem trước' }).click()
    await dialog()
      .getByRole('row', { name: /Kỳ họp thứ nhất HĐND.*07\/07\/2021.*21\/07\/2021/ })
      .waitFor()
    expect(await look(page, 'acts-preview-wide')).toEqual([])
    await page.setViewportSize(phone)
    expect(await look(page, 'acts-preview-phone')).toEqual([])
    expect(await overflow(page)).toBeLessThanOrEqual(0)
    await page.setViewportSize(wide)
    await dialog().getByRole('button', { name: 'Ghi nhận' }).click()
    await dialog().getByText('Đã ghi nhận.').waitFor()
    await page.keyboard.press('Escape')
    await dialog().waitFor({ state: 'detached' })
    await page.waitForFunction(() => document.activeElement?.textContent?.includes('Quản lý'))
    await page.goto(`${server.url}/2021/01840?m=pc_first_session`)
    await dialog()
      .getByText(/06\/06\/2021 \+ 45 ngày = 21\/07\/2021/)
      .waitFor()
    await page.goto(`${server.url}/2021/01840?m=re_vote.1`)
    await dialog().getByText('đơn vị bầu cử số 4').waitFor()
  })
})

describe('an own voting day', () => {
  it('is told with its source where there is one, and as doubtful where it is', async () => {
    await go('318')
    await page.getByText(/Ngày bỏ phiếu ở đây: 22\/05\/2021, 07:00 \(Điều 72\).*Theo nguồn báo chí/).waitFor()
    expect(await look(page, 'acts-early')).toEqual([])
    await go('31105')
    await page.getByText(/533\/HĐBCQG-VP.*ngày 20\/04\/2021/).waitFor()
    await go('22736')
    await page.getByText(/chưa chắc chắn nên không dùng/).waitFor()
    expect(await look(page, 'acts-doubtful')).toEqual([])
  })

  it('is decided with its document, and withdrawn for a reason', async () => {
    await go('01843')
    await menu().click()
    await page.getByRole('menuitem', { name: 'Ngày bỏ phiếu riêng…' }).click()
    await dialog().getByLabel('Ngày bỏ phiếu ở đây').fill('30/5/2021')
    await dialog().getByLabel('Số văn bản').fill('12/NQ-HĐBCQG')
    await dialog().getByLabel('Ngày văn bản').fill('20/5/2021')
    await dialog().getByLabel('Tên văn bản').fill('Nghị quyết về hoãn ngày bỏ phiếu')
    expect(await look(page, 'acts-voting-day')).toEqual([])
    await dialog().getByRole('button', { name: 'Xem trước' }).click()
    await dialog()
      .getByRole('row', { name: /Kỳ họp thứ nhất HĐND.*14\/07\/2021/ })
      .waitFor()
    await dialog().getByRole('button', { name: 'Ghi nhận' }).click()
    await dialog().getByText('Đã ghi nhận.').waitFor()
    await dialog().getByRole('button', { name: 'Đóng' }).last().click()
    await page.getByText(/Văn bản số 12\/NQ-HĐBCQG ngày 20\/05\/2021/).waitFor()

    await menu().click()
    await page.getByRole('menuitem', { name: 'Ngày bỏ phiếu riêng…' }).click()
    await dialog().getByLabel('Rút lại, bỏ phiếu đúng ngày bầu cử').check()
    await dialog().getByRole('button', { name: 'Xem trước' }).click()
    await dialog()
      .getByText(/Ghi lý do/)
      .waitFor()
    await dialog().getByLabel('Lý do').fill('Quyết định đã bị hủy')
    await dialog().getByRole('button', { name: 'Xem trước' }).click()
    await dialog().getByRole('button', { name: 'Ghi nhận' }).click()
    await dialog().getByText('Đã ghi nhận.').waitFor()
    await page.keyboard.press('Escape')
    await page.getByText(/Văn bản số 12\/NQ-HĐBCQG/).waitFor({ state: 'detached' })
  })

  it('fits a phone', async () => {
    await page.setViewportSize(phone)
    await go('01843')
    await menu().click()
    expect(await look(page, 'acts-menu-phone')).toEqual([])
    await page.getByRole('menuitem', { name: 'Ngày bỏ phiếu riêng…' }).click()
    await dialog().getByLabel('Ngày bỏ phiếu ở đây').waitFor()
    expect(await look(page, 'acts-voting-day-phone')).toEqual([])
    expect(await overflow(page)).toBeLessThanOrEqual(0)
  })

  it('has said nothing in the console', () => {
    // A browser complains of every refusal.
    expect(complaints.filter(text => !text.includes('422'))).toEqual([])
  })
})
