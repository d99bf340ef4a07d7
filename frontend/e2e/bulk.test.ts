import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch, look, open, overflow, phone, picture } from './browser'
import { Server } from './server'

// Bulk work (U7): what twenty communes have done is reported in one go, confirmed, and one of them given back.

const server = new Server('2021-04-10')
let browser: Browser
let page: Page
let complaints: string[]

/** A district of twenty communes and more, and a duty of each of them. */
const district = '/2021/030?view=list&family=polling_team&level=commune&state=all'
const boxes = () => page.getByRole('checkbox', { name: /^Chọn: / })
const bar = () => page.getByRole('region', { name: 'Các việc đã chọn' })
const dialog = () => page.getByRole('dialog')

async function tick(n: number): Promise<void> {
  await boxes().first().click()
  await boxes()
    .nth(n - 1)
    .click({ modifiers: ['Shift'] })
  await bar().getByText(`Đã chọn ${n} việc`).waitFor()
}

async function done(): Promise<void> {
  await dialog().getByText('Đã ghi nhận.').waitFor()
  await dialog().locator('.act-body').getByRole('button', { name: 'Đóng' }).click()
  await dialog().waitFor({ state: 'detached' })
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

describe('bulk work', () => {
  it('reports for twenty communes in one go, with number and date, after a preview', async () => {
    await page.goto(`${server.url}${district}`)
    await boxes().first().waitFor()
    expect(await boxes().count()).toBeGreaterThanOrEqual(20)
    await tick(20)
    expect(await look(page, 'bulk-ticked')).toEqual([])
    await bar().getByRole('button', { name: 'Báo cáo…' }).click()
    await dialog().getByLabel('Số văn bản').fill('12/QĐ-UBND')
    await dialog().getByLabel('Ngày văn bản').fill('8/4/2021')
    expect(await look(page, 'bulk-report')).toEqual([])
    await dialog().getByRole('button', { name: 'Xem trước' }).click()
    await dialog().getByText('sẽ thay đổi').waitFor()
    expect(await look(page, 'bulk-preview')).toEqual([])
    await dialog().getByRole('button', { name: 'Ghi nhận 20 việc' }).click()
    await done()
    await bar().waitFor({ state: 'detached' })
    expect(await page.getByRole('row').filter({ hasText: 'Xong' }).count()).toBeGreaterThanOrEqual(20)
    const answer = await fetch(
      `${server.url}/api/v1/elections/2021/areas/030/deadlines?family=polling_team&state=done`,
    )
    expect(((await answer.json()) as { total: number }).total).toBe(20)
  })

  it('confirms nineteen and gives one back, with the reason', async () => {
    await page.goto(`${server.url}${district.replace('all', 'done')}`)
    await boxes().first().waitFor()
    await tick(19)
    await bar().getByRole('button', { name: 'Xác nhận…' }).click()
    await dialog().getByRole('button', { name: 'Xem trước' }).click()
    await dialog().getByRole('button', { name: 'Ghi nhận 19 việc' }).click()
    await done()
    await boxes().nth(19).click()
    await bar().getByRole('button', { name: 'Trả lại…' }).click()
    await dialog().getByLabel('Lý do').fill('Quyết định chưa có số của Ủy ban bầu cử')
    await dialog().getByRole('button', { name: 'Xem trước' }).click()
    await dialog().getByRole('button', { name: 'Ghi nhận 1 việc' }).click()
    await done()
    await page.waitForFunction(() => document.querySelectorAll('.list-table tbody tr').length === 19)
  })

  it('says of each row why it is refused, and does the rest', async () => {
    await page.goto(`${server.url}${district}`)
    await boxes().first().waitFor()
    const n = await boxes().count()
    await page.getByRole('checkbox', { name: /^Chọn cả \d+ việc đang hiện$/ }).click()
    await bar().getByRole('button', { name: 'Xác nhận…' }).click()
    await dialog().getByRole('button', { name: 'Xem trước' }).click()
    await dialog()
      .getByRole('heading', { name: `${n - 19} việc không làm được` })
      .waitFor()
    expect(await look(page, 'bulk-refused')).toEqual([])
    await dialog().getByText('vốn đã như vậy').waitFor()
    expect(
      await dialog()
        .getByRole('button', { name: /ghi nhận/i })
        .count(),
    ).toBe(0)
    await page.keyboard.press('Escape')
    await dialog().waitFor({ state: 'detached' })
  })

  it('leads from a column of the matrix to its list with everything ticked', async () => {
    await page.goto(`${server.url}/2021/030?view=matrix`)
    await page.locator('.matrix-table').first().waitFor()
    const closed = page.locator('.matrix-phase button[aria-expanded="false"]').last()
    if ((await page.locator('.matrix-column').count()) === 0) await closed.click()
    const column = page.locator('.matrix-column').first()
    await column.waitFor()
    expect(await look(page, 'bulk-column')).toEqual([])
    await column.focus()
    await page.keyboard.press('Enter')
    await bar().getByText('mọi việc mà bộ lọc cho thấy').waitFor()
    expect(new URL(page.url()).searchParams.get('tick')).toBe('all')
  })

  it('fits a telephone', async () => {
    await page.setViewportSize(phone)
    await page.goto(`${server.url}${district}`)
    await boxes().first().waitFor()
    await tick(3)
    expect(await overflow(page)).toBeLessThanOrEqual(0)
    expect(await look(page, 'bulk-phone')).toEqual([])
    await bar().getByRole('button', { name: 'Báo cáo…' }).click()
    await dialog().getByRole('button', { name: 'Xem trước' }).click()
    await dialog().getByText('không làm được').waitFor()
    expect(await overflow(page)).toBeLessThanOrEqual(0)
    await picture(page, 'bulk-phone-preview')
  })

  it('leaves nothing in the console', () => {
    expect(complaints).toEqual([])
  })
})
