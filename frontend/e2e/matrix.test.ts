import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch, look, open, overflow, phone, picture } from './browser'
import { Server } from './server'

// The places below one place, on the trial day 25/01/2021.

const server = new Server()
let browser: Browser
let page: Page
let complaints: string[]

const cell = (name: RegExp) => page.getByRole('gridcell', { name }).first()
const frame = () => page.locator('.matrix-frame')
const focused = () => page.evaluate(() => document.activeElement?.getAttribute('data-at'))

beforeAll(async () => {
  await server.start()
  browser = await launch()
  ;({ page, complaints } = await open(browser))
})

afterAll(async () => {
  await browser?.close()
  await server.stop()
})

const grid = (of: Page = page) => of.getByRole('grid', { name: /tiến độ của các địa phương trực thuộc/ })
const asked = () => new URL(page.url()).searchParams

describe('the whole country', () => {
  it('shows 63 provinces and all phases on one screen', async () => {
    await page.goto(`${server.url}/2021/VN`)
    await grid().waitFor()
    const rows = page.locator('.matrix-table tbody tr:not(.matrix-self)')
    expect(await rows.count()).toBe(63)
    expect(await page.locator('.matrix-time:is(a)').count()).toBe(11)
    const boxes = await rows.evaluateAll(all => all.map(row => row.getBoundingClientRect().toJSON()))
    for (const { bottom, height } of boxes) {
      expect(bottom).toBeLessThanOrEqual(900)
      expect(height).toBeGreaterThanOrEqual(11)
    }
    expect(
      await page.evaluate(() => document.documentElement.scrollHeight - innerHeight),
    ).toBeLessThanOrEqual(0)
    expect(await frame().evaluate(box => box.scrollWidth - box.clientWidth)).toBe(0)
    expect(await overflow(page)).toBeLessThanOrEqual(0)
    expect(await look(page, 'matrix')).toEqual([])
  })

  it('says in full what the cell under the pointer says in short', async () => {
    await cell(/^Phú Thọ, Thành lập tổ chức/).hover()
    expect(await page.locator('.matrix-status').textContent()).toMatch(
      /^Phú Thọ, Thành lập tổ chức, đơn vị bầu cử, xong 0 trên \d/,
    )
  })

  it('can be told apart without colours', async () => {
    await page.evaluate(() => document.documentElement.style.setProperty('filter', 'grayscale(1)'))
    await picture(page, 'matrix-grey')
    const forced = await open(browser)
    await forced.page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' })
    await forced.page.goto(`${server.url}/2021/VN`)
    await grid(forced.page).waitFor()
    await picture(forced.page, 'matrix-forced-colours')
    await forced.page.context().close()
  })

  it('opens a phase, whose columns stand under its name, and keeps it in the address', async () => {
    await page.goto(`${server.url}/2021/VN?density=compact`)
    await page.getByRole('button', { name: /^Thành lập tổ chức.*: mở 9 loại việc/ }).click()
    expect(asked().get('phases')).toBe('setup')
    await cell(/^Phú Thọ, Thành lập Ủy ban bầu cử, còn 13 ngày, .*hạn 07\/02\/2021/).waitFor()
    await page.reload()
    await cell(/^Phú Thọ, Thành lập Ủy ban bầu cử, còn 13 ngày/).waitFor()
    expect(await page.locator('.matrix-family').count()).toBe(9)
    const heights = await page
      .locator('.matrix-table td.matrix-cell')
      .evaluateAll(all => all.map(one => one.getBoundingClientRect().height))
    expect(Math.min(...heights)).toBeGreaterThanOrEqual(44)
  })

  it('keeps the names and the headers in sight', async () => {
    await frame().evaluate(box => box.scrollTo(300, 600))
    const box = await frame().boundingBox()
    const corner = await page.locator('.matrix-corner').boundingBox()
    expect(Math.abs((corner?.x ?? 0) - (box?.x ?? 0))).toBeLessThan(4)
    expect(Math.abs((corner?.y ?? 0) - (box?.y ?? 0))).toBeLessThan(4)
    await frame().evaluate(box => box.scrollTo(0, 0))
  })

  it('sorts by lateness', async () => {
    await page.getByRole('combobox', { name: /^Sắp xếp/ }).selectOption('lateness')
    await page.waitForURL(/sort=lateness/)
    await page.locator('.matrix[aria-busy="false"]').waitFor()
    expect(await page.locator('.matrix-table tbody tr:not(.matrix-self)').count()).toBe(63)
  })

  it('is walked through by keyboard as one Tab stop', async () => {
    const stop = page.locator('.matrix-table [tabindex="0"]')
    expect(await stop.count()).toBe(1)
    await stop.focus()
    await page.keyboard.press('Control+Home')
    expect(await focused()).toBe('self place')
    await page.keyboard.press('End')
    expect(await focused()).toBe('self phase:after')
    await page.keyboard.press('ArrowUp')
    expect(await focused()).toBe('head phase:after')
    await page.keyboard.press('Home')
    expect(await focused()).toBe('head phase:direction')
    await page.keyboard.press('ArrowUp')
    expect(await focused()).toBe('time phase:direction')
    await page.keyboard.press('Control+End')
    expect(await focused()).toMatch(/^\d\d phase:after$/)
    expect(await stop.count()).toBe(1)
  })
})

describe('a milestone of a province', () => {
  it('is reported over the matrix, which stays where it was', async () => {
    await page.goto(`${server.url}/2021/VN?density=compact&phases=setup`)
    const from = cell(/^Yên Bái, Thành lập Ủy ban bầu cử, còn 13 ngày/)
    await from.scrollIntoViewIfNeeded()
    await from.focus()
    const before = await frame().evaluate(box => box.scrollTop)
    expect(before).toBeGreaterThan(500)
    await page.keyboard.press('Enter')
    const drawer = page.getByRole('dialog')
    await drawer.getByRole('heading', { level: 2, name: /Thành lập Ủy ban bầu cử/ }).waitFor()
    expect(asked().get('m')).toMatch(/^15:/)
    await picture(page, 'matrix-drawer')
    await drawer.getByRole('button', { name: 'Xong hôm nay' }).first().click()
    await cell(/^Yên Bái, Thành lập Ủy ban bầu cử, xong đúng hạn/).waitFor()
    await page.keyboard.press('Escape')
    await page.waitForFunction(
      () => document.activeElement?.getAttribute('data-at') === '15 election_committee',
    )
    // What is said in the cell may make its row a line higher.
    expect(Math.abs((await frame().evaluate(box => box.scrollTop)) - before)).toBeLessThan(20)
  })

  it('is where one is again after a reload, and after the back button', async () => {
    const there = () => document.activeElement?.getAttribute('data-at') === '15 election_committee'
    await page.reload()
    await page.waitForFunction(there)
    await page.getByRole('link', { name: 'Yên Bái', exact: true }).click()
    await page.getByRole('heading', { level: 1, name: 'Tỉnh Yên Bái' }).waitFor()
    await page.goBack()
    await page.waitForFunction(() => document.activeElement?.getAttribute('data-at') === '15 place')
  })
})

describe('a phase', () => {
  it('leads to the timeline of the place, and back', async () => {
    await page.goto(`${server.url}/2021/25`)
    await page.getByRole('link', { name: /^Hiệp thương lần thứ nhất$/ }).click()
    const section = page.locator('[data-phase="consultation_1"]')
    await section.waitFor()
    expect(asked().get('phase')).toBe('consultation_1')
    const box = await section.boundingBox()
    expect(box?.y ?? 9999).toBeLessThan(900)
    await picture(page, 'timeline-phase')
    await section.getByRole('link', { name: /xem các địa phương$/ }).click()
    await grid().waitFor()
    expect(asked().get('phases')).toBe('consultation_1')
  })
})

describe('the time axis', () => {
  it('is zoomed by keyboard, and a link with what is in sight gives the same screen', async () => {
    await page.goto(`${server.url}/2021/058`)
    await page.locator('[data-row][tabindex="0"]').focus()
    await page.keyboard.press('+')
    await page.keyboard.press('+')
    await page.waitForURL(/zoom=week/)
    await page.waitForFunction(() => (document.querySelector('.chart.zoom-week')?.scrollLeft ?? 0) > 0)
    expect(asked().has('span')).toBe(false)
    await page.keyboard.press('ArrowRight')
    await page.waitForURL(/span=/)
    const chart = page.locator('.chart')
    const left = await chart.evaluate(box => box.scrollLeft)
    await page.goto(page.url())
    await page.locator('.chart.zoom-week').waitFor()
    await page.waitForFunction(
      x => Math.abs((document.querySelector('.chart')?.scrollLeft ?? 0) - x) < 16,
      left,
    )
    await page.getByRole('button', { name: 'Gọn' }).click()
    // Zoom, stretch and density stay on the way to another place.
    await page.getByRole('link', { name: /^Nơi trước: / }).click()
    await page.locator('.chart.zoom-week.density-compact').waitFor()
    expect(asked().has('span')).toBe(true)
    await page.getByRole('button', { name: 'Hôm nay', exact: true }).click()
    await page.waitForFunction(() => !location.search.includes('span='))
    expect(complaints).toEqual([])
  })
})

describe('the places beside one', () => {
  it('stand in a list that the arrows walk through, and Esc closes it', async () => {
    await page.goto(`${server.url}/2021/25`)
    const button = page.getByRole('button', { name: 'Các nơi cùng cấp với Tỉnh Phú Thọ' })
    await button.click()
    await page.locator('.siblings-box a[aria-current="page"]:focus').waitFor()
    expect(await look(page, 'siblings')).toEqual([])
    await page.keyboard.press('Escape')
    expect(await button.evaluate(one => one === document.activeElement)).toBe(true)
    await button.press('Enter')
    await page.locator('.siblings-box a[aria-current="page"]:focus').waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Tỉnh Phú Yên' }).waitFor()
    await page.getByRole('link', { name: 'Nơi trước: Phú Thọ' }).click()
    await page.getByRole('heading', { level: 1, name: 'Tỉnh Phú Thọ' }).waitFor()
  })
})

describe('who comes without a place', () => {
  it('reads how the country stands, and finds what was looked at before', async () => {
    await page.goto(server.url)
    await page
      .getByText(/việc đến hạn trong 7 ngày|Không có việc nào trễ hạn/)
      .first()
      .waitFor()
    await page.getByText('Hạn gần nhất:').waitFor()
    await page.getByRole('link', { name: 'Tỉnh Phú Thọ', exact: true }).waitFor()
    expect(await look(page, 'home')).toEqual([])
    await page.getByRole('link', { name: 'Xem cả nước trên một màn hình' }).click()
    await grid().waitFor()
    // The density chosen last, in the link now.
    expect(asked().get('density')).toBe('compact')
    expect(complaints).toEqual([])
  })
})

describe('a small screen', () => {
  it('shows one column at a time, whichever one chooses', async () => {
    const small = await open(browser, phone)
    await small.page.goto(`${server.url}/2021/VN`)
    await grid(small.page).waitFor()
    expect(await overflow(small.page)).toBeLessThanOrEqual(0)
    expect(await frame().count()).toBeLessThanOrEqual(1)
    await small.page.getByRole('combobox', { name: 'Giai đoạn' }).selectOption('setup')
    await small.page.getByRole('gridcell', { name: /^Hà Nội, Thành lập tổ chức/ }).waitFor()
    await small.page.getByRole('button', { name: /Xem từng loại việc/ }).click()
    await small.page.getByRole('combobox', { name: 'Loại việc' }).selectOption('election_committee')
    await small.page.getByRole('gridcell', { name: /^Hà Nội, Thành lập Ủy ban bầu cử/ }).waitFor()
    await small.page.locator('.matrix-column').scrollIntoViewIfNeeded()
    expect(await overflow(small.page)).toBeLessThanOrEqual(0)
    expect(await look(small.page, 'matrix-phone')).toEqual([])
    expect(small.complaints).toEqual([])
    await small.page.context().close()
  })

  it.each([
    ['320 pixels', { width: 320, height: 640 }],
    ['200 %', { width: 720, height: 450 }],
  ])('cuts nothing off at %s, in both languages', async (name, size) => {
    const small = await open(browser, size)
    for (const lang of ['vi', 'en']) {
      for (const path of ['/', '/2021/VN', '/2021/25?density=compact', '/2021/058?zoom=week']) {
        await small.page.goto(`${server.url}${path}${path.includes('?') ? '&' : '?'}lang=${lang}`)
        await small.page.locator('h1').first().waitFor()
        await small.page.waitForLoadState('networkidle')
        expect(await overflow(small.page), `${path} ${lang}`).toBeLessThanOrEqual(0)
      }
    }
    await picture(small.page, `small-${name.replace(/\W+/g, '-')}`)
    await small.page.context().close()
  })
})

describe('on paper', () => {
  it.each(['', '?density=roomy', '?density=compact&lang=en'])(
    'the nation and all phases fit on one A3 sheet (%s)',
    async query => {
      const { page: printed } = await open(browser)
      await printed.goto(`${server.url}/2021/VN${query}`)
      await printed.getByRole('grid').waitFor()
      const sheet = (await printed.pdf({ preferCSSPageSize: true })).toString('latin1')
      expect(sheet.match(/\/Type\s*\/Page\b(?!s)/g)).toHaveLength(1)
      const [, width = 0, height = 0] = /\/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)/.exec(sheet) ?? []
      expect(Math.round(Number(width) / 10)).toBe(119)
      expect(Math.round(Number(height) / 10)).toBe(84)
      await printed.context().close()
    },
  )
})
