import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch, look, open, overflow, phone, picture } from './browser'
import { Server } from './server'

// Looking back from 30/06/2021 on what is on record of the election of 2021.

const server = new Server('2021-06-30')
let browser: Browser
let page: Page
let complaints: string[]

const thumb = () => page.getByRole('slider', { name: /^Ngày đang xem/ })
const asOf = () => new URL(page.url()).searchParams.get('as_of')
const shows = (day: string | null) =>
  page.waitForFunction(wanted => new URLSearchParams(location.search).get('as_of') === wanted, day)
const drawn = () => page.locator('main[aria-busy="false"] .matrix[aria-busy="false"]').waitFor()

beforeAll(async () => {
  await server.start()
  browser = await launch()
  ;({ page, complaints } = await open(browser))
})

afterAll(async () => {
  await browser?.close()
  await server.stop()
})

describe('the slider', () => {
  it('stands over the places of a province and says today', async () => {
    await page.goto(`${server.url}/2021/31?view=matrix`)
    await drawn()
    expect(await thumb().getAttribute('aria-valuetext')).toBe('Hôm nay: Thứ Tư, 30/06/2021')
    expect(await look(page, 'past-today')).toEqual([])
  })

  it('leads back by keyboard, says so in a banner that moves nothing, and keeps the focus', async () => {
    const before = await thumb().boundingBox()
    await thumb().focus()
    await page.keyboard.press('PageDown')
    await shows('2021-06-23')
    await page.getByText('Đang xem lại ngày Thứ Tư, 23/06/2021').waitFor()
    await drawn()
    const after = await thumb().boundingBox()
    expect(Math.abs((after?.y ?? 0) - (before?.y ?? 0))).toBeLessThan(2)
    await page.keyboard.press('ArrowLeft')
    await shows('2021-06-22')
    await page.keyboard.press('Home')
    await shows('2020-06-19')
    expect(await thumb().evaluate(one => one === document.activeElement)).toBe(true)
    expect(await look(page, 'past-first-day')).toEqual([])
  })

  it('plays January to June from the record, a week at a time for who wants little motion', async () => {
    await page.goto(`${server.url}/2021/VN?as_of=2021-01-01`)
    await drawn()
    const asked: string[] = []
    page.on('request', request => {
      const day = /matrix\?as_of=([\d-]+)/.exec(request.url())?.[1]
      if (day) asked.push(day)
    })
    const totals = await page.locator('.matrix-totals').innerText()
    await page.getByRole('button', { name: 'Chạy lần lượt từng ngày' }).click()
    for (const day of ['2021-01-08', '2021-01-15', '2021-01-22']) await shows(day)
    await page.getByRole('button', { name: 'Dừng' }).click()
    await drawn()
    expect(asked).toEqual(['2021-01-08', '2021-01-15', '2021-01-22'])
    expect(await page.locator('.matrix-totals').innerText()).not.toBe(totals)
    await picture(page, 'past-playing')
  })

  it('stops at the end, which is today', async () => {
    await page.goto(`${server.url}/2021/VN?as_of=2021-06-20`)
    await drawn()
    await page.getByRole('button', { name: 'Chạy lần lượt từng ngày' }).click()
    await page.getByRole('button', { name: 'Dừng' }).waitFor()
    await shows(null)
    await page.getByRole('button', { name: 'Chạy lần lượt từng ngày' }).waitFor()
    expect(asOf()).toBeNull()
  })

  it('is dragged by the mouse', async () => {
    await page.goto(`${server.url}/2021/31`)
    await drawn()
    const box = await thumb().boundingBox()
    if (!box) throw new Error('the slider is not on the screen')
    await page.mouse.move(box.x + box.width - 12, box.y + box.height / 2)
    await page.mouse.down()
    for (const part of [0.9, 0.8, 0.7]) {
      await page.mouse.move(box.x + box.width * part, box.y + box.height / 2)
    }
    await page.mouse.up()
    await page.waitForFunction(() => location.search.includes('as_of=2021-03'))
    await drawn()
  })
})

describe('the drawer of a past day', () => {
  it('shows the tasks as they were, and takes no edits', async () => {
    await page.goto(`${server.url}/2021/058?as_of=2021-02-20&m=consult1_pc_district`)
    const drawer = page.getByRole('dialog')
    await drawer.getByRole('heading', { name: 'Công việc' }).waitFor()
    await drawer.getByText('Trễ 3 ngày').first().waitFor()
    expect(await drawer.getByRole('button', { name: /Cập nhật|Xong hôm nay|Đang làm/ }).count()).toBe(0)
    expect(await look(page, 'past-drawer')).toEqual([])
  })
})

describe('changes', () => {
  it('are reached from the banner and counted by kind and by place', async () => {
    await page.goto(`${server.url}/2021/31?as_of=2021-03-31`)
    await page.getByRole('button', { name: 'So với hôm nay' }).click()
    await page
      .getByRole('heading', { name: /thay đổi từ hết Thứ Tư, 31\/03\/2021 đến hết Thứ Tư, 30\/06\/2021/ })
      .waitFor()
    await page.getByRole('button', { name: /^\d+ xong$/ }).click()
    await page.waitForURL(/kind=done/)
    await page.locator('.changes[aria-busy="false"]').waitFor()
    expect(await page.locator('.changes-list li').count()).toBeGreaterThan(0)
    expect(await look(page, 'changes')).toEqual([])
  })

  it('open the drawer of a milestone', async () => {
    await page.locator('.changes-milestone').first().click()
    await page.getByRole('dialog').getByRole('heading', { level: 2 }).waitFor()
    await page.getByRole('dialog').getByRole('heading', { name: 'Công việc' }).waitFor()
    expect(complaints).toEqual([])
  })

  it('of the whole country are read page by page', async () => {
    await page.goto(`${server.url}/2021/VN?view=changes&from=2021-01-31&to=2021-03-15&kind=done`)
    const rows = page.locator('.changes-group li')
    await rows.first().waitFor()
    expect(await rows.count()).toBe(50)
    await page.getByRole('button', { name: /^Xem thêm/ }).click()
    await page.waitForFunction(() => document.querySelectorAll('.changes-group li').length > 50)
    expect(await overflow(page)).toBeLessThanOrEqual(0)
  })
})

describe('a telephone', () => {
  it('has slider and changes without a thing cut off', async () => {
    const small = await open(browser, phone)
    await small.page.goto(`${server.url}/2021/01840?as_of=2021-03-20&lang=en`)
    await small.page.getByRole('slider').scrollIntoViewIfNeeded()
    expect(await overflow(small.page)).toBeLessThanOrEqual(0)
    expect(await look(small.page, 'past-phone')).toEqual([])
    await small.page.goto(`${server.url}/2021/31?view=changes&from=2021-03-31&to=2021-06-01`)
    await small.page.locator('.changes-kinds').scrollIntoViewIfNeeded()
    expect(await overflow(small.page)).toBeLessThanOrEqual(0)
    expect(await look(small.page, 'changes-phone')).toEqual([])
    expect(small.complaints).toEqual([])
    await small.page.context().close()
  })
})
