import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asksToLeave, launch, look, open, overflow, phone } from './browser'
import { Server } from './server'

// Own tasks, notes, and two officers on one task, in a real browser with two windows.

const server = new Server('2021-02-17')
const milestone = 'pc_structure_adjust_district'
let browser: Browser
let page: Page
let other: Page
let complaints: string[]

const at = () => `${server.url}/2021/058?m=${milestone}`
const drawer = (of: Page = page) => of.getByRole('dialog')
const card = (title: string, of: Page = page) =>
  drawer(of).locator('li.task', { has: of.getByRole('heading', { name: title, exact: true }) })
const own = async () => drawer().locator('.own-heading ~ ul .task-head h4').allTextContents()

beforeAll(async () => {
  await server.start()
  browser = await launch()
  ;({ page, complaints } = await open(browser))
  ;({ page: other } = await open(browser))
})

afterAll(async () => {
  await browser?.close()
  await server.stop()
})

async function add(title: string): Promise<void> {
  await drawer().getByLabel('Thêm việc riêng').fill(title)
  await drawer().getByRole('button', { name: 'Thêm', exact: true }).click()
  await card(title).waitFor()
}

describe('tasks of one’s own', () => {
  it('are added below what the law asks for', async () => {
    await page.goto(at())
    await drawer().getByRole('button', { name: 'Thêm', exact: true }).click()
    await drawer().getByText('Ghi tên việc.').waitFor()
    await add('Mời đại biểu')
    await add('In tài liệu')
    await add('Đặt hội trường')
    expect(await own()).toEqual(['Mời đại biểu', 'In tài liệu', 'Đặt hội trường'])
    expect(await asksToLeave(page)).toBe(false)
    expect(await look(page, 'notes-own')).toEqual([])
  })

  it('are moved and renamed by keyboard', async () => {
    await page.getByRole('button', { name: 'Lên: chuyển việc Đặt hội trường lên trên' }).focus()
    await page.keyboard.press('Enter')
    await page.waitForFunction(
      () => document.querySelectorAll('.own-heading ~ ul .task-head h4')[1]?.textContent === 'Đặt hội trường',
    )
    await page.getByRole('button', { name: 'Đổi tên việc Đặt hội trường' }).press('Enter')
    await drawer().getByRole('textbox', { name: 'Tên việc', exact: true }).fill('Đặt hội trường lớn')
    expect(await asksToLeave(page)).toBe(true)
    await page.keyboard.press('Enter')
    await card('Đặt hội trường lớn').waitFor()
    expect(await own()).toEqual(['Mời đại biểu', 'Đặt hội trường lớn', 'In tài liệu'])
  })

  it('are removed when one says so again; the history keeps them', async () => {
    await page.getByRole('button', { name: 'Xóa việc In tài liệu' }).click()
    expect(await look(page, 'notes-remove')).toEqual([])
    await page.getByRole('button', { name: 'Xóa việc này' }).click()
    await card('In tài liệu').waitFor({ state: 'detached' })
    await drawer().getByText('Tên việc: In tài liệu → trống').waitFor()
  })
})

describe('notes', () => {
  it('are written, changed and removed, with who wrote them and when', async () => {
    await drawer().getByLabel('Viết ghi chú').fill('Chờ công văn của tỉnh\nvề nhân sự')
    expect(await asksToLeave(page)).toBe(true)
    await drawer().getByRole('button', { name: 'Thêm ghi chú' }).click()
    await drawer().getByRole('heading', { name: 'Ghi chú nội bộ (1)' }).waitFor()
    await drawer().locator('.note-head').getByText('hôm nay').waitFor()
    expect(await look(page, 'notes-notes')).toEqual([])
  })

  it('of which two were changing one leave the choice to the second, and nothing is lost', async () => {
    await other.goto(at())
    await other.getByRole('button', { name: /^Sửa ghi chú/ }).click()
    await page.getByRole('button', { name: /^Sửa ghi chú/ }).click()
    await drawer().getByRole('textbox', { name: 'Sửa ghi chú' }).fill('Đã có công văn')
    await drawer().getByRole('button', { name: 'Lưu ghi chú' }).click()
    await drawer().locator('.note-text').getByText('Đã có công văn').waitFor()
    await drawer(other).getByRole('textbox', { name: 'Sửa ghi chú' }).fill('Tỉnh hẹn thứ Hai')
    await drawer(other).getByRole('button', { name: 'Lưu ghi chú' }).click()
    const choice = drawer(other).locator('.conflict')
    await choice.getByText('Đã có công văn').waitFor()
    await choice.getByText('Tỉnh hẹn thứ Hai').waitFor()
    await choice.getByText(/^Người sửa: .+, \d\d\/\d\d\/\d{4} \d\d:\d\d$/).waitFor()
    await choice.getByRole('button', { name: 'Ghi đè bằng bản của tôi' }).click()
    await drawer(other).locator('.note-text').getByText('Tỉnh hẹn thứ Hai').waitFor()
    await drawer(other)
      .getByRole('button', { name: /^Xóa ghi chú:/ })
      .click()
    await drawer(other).getByRole('button', { name: 'Xóa ghi chú', exact: true }).click()
    await drawer(other).getByRole('heading', { name: 'Ghi chú nội bộ (0)' }).waitFor()
  })
})

describe('U6: two officers on one task', () => {
  it('the second sees what the first wrote, who and when, and chooses field by field', async () => {
    for (const of of [page, other]) {
      await of.goto(at())
      await card('Mời đại biểu', of)
        .getByRole('button', { name: /^Cập nhật/ })
        .click()
    }
    const fill = async (of: Page, day: string, number: string) => {
      const form = card('Mời đại biểu', of)
      await form.getByRole('radio', { name: 'Xong', exact: true }).check()
      await form.locator('fieldset.when input.day-input').fill(day)
      await form.getByLabel('Số văn bản').fill(number)
      await form.getByRole('button', { name: 'Lưu', exact: true }).click()
    }
    await fill(page, '16/02/2021', '12/GM-MTTQ')
    await card('Mời đại biểu').getByText('12/GM-MTTQ').waitFor()
    await fill(other, '15/02/2021', '13/GM-MTTQ')
    const choice = drawer(other).locator('.conflict')
    await choice.getByText(/^Người sửa: /).waitFor()
    await choice.getByLabel('13/GM-MTTQ').check()
    expect(await look(other, 'notes-conflict')).toEqual([])
    await choice.getByRole('button', { name: 'Lưu theo từng mục đã chọn' }).click()
    await card('Mời đại biểu', other).getByText('13/GM-MTTQ').waitFor()
    await card('Mời đại biểu', other).getByText('16/02/2021').waitFor()
  })

  it('fits a phone', async () => {
    const small = await open(browser, phone)
    await small.page.goto(at())
    await drawer(small.page).getByLabel('Viết ghi chú').scrollIntoViewIfNeeded()
    expect(await look(small.page, 'notes-phone')).toEqual([])
    expect(await overflow(small.page)).toBe(0)
    await drawer(small.page).locator('.own-heading').scrollIntoViewIfNeeded()
    expect(await look(small.page, 'notes-phone-own')).toEqual([])
  })

  it('leaves no complaint in the console', () => {
    // A refusal that is a choice is logged by the browser as a failed request.
    expect(complaints.filter(one => !one.includes('412'))).toEqual([])
  })
})
