import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch, look, open, overflow, phone } from './browser'
import { Server } from './server'

// Two elections in one database, on the trial day 25/01/2026: 2021 is over, 2026 is held over a made-up list of two
// provinces without districts.

const list = '../pkg/area/testdata/two-provinces.csv'
const server = new Server('2026-01-25', [
  ['area', 'import', list, '--edition', '2026', '--commit'],
  ['election', 'open', '2026', '--edition', '2026'],
])
let browser: Browser
let page: Page
let complaints: string[]

const choice = () => page.getByRole('combobox', { name: 'Chọn cuộc bầu cử' })
const heading = (name: RegExp) => page.getByRole('heading', { level: 1, name }).waitFor()
const path = () => new URL(page.url()).pathname

beforeAll(async () => {
  await server.start()
  browser = await launch()
  ;({ page, complaints } = await open(browser))
})

afterAll(async () => {
  await browser?.close()
  await server.stop()
})

describe('the first screen', () => {
  it('is that of the election that is running, and lists both', async () => {
    await page.goto(server.url)
    await heading(/khóa XVI và/)
    expect(await choice().inputValue()).toBe('2026')
    const elections = page.locator('.elections > li')
    expect(await elections.count()).toBe(2)
    expect(await elections.nth(0).innerText()).toMatch(/Đang tiến hành[\s\S]*15\/03\/2026 \(còn 49 ngày\)/)
    expect(await elections.nth(1).innerText()).toMatch(
      /Đã kết thúc[\s\S]*23\/05\/2021 \(đã qua 1\.708 ngày\)/,
    )
    expect(await look(page, 'elections')).toEqual([])
  })

  it('of the one that is over says so', async () => {
    await page.locator('.elections a').nth(1).click()
    await heading(/khóa XV và/)
    expect(path()).toBe('/2021')
    await page.getByText('Cuộc bầu cử này đã kết thúc').waitFor()
    await page.goBack()
    await heading(/khóa XVI và/)
    expect(await page.getByText('Cuộc bầu cử này đã kết thúc').count()).toBe(0)
  })
})

describe('an election without districts', () => {
  it('goes from the nation to a province and to its communes', async () => {
    await page.goto(`${server.url}/2026/VN`)
    await page.getByRole('grid', { name: /^Cả nước: tiến độ/ }).waitFor()
    expect(await page.locator('.matrix-table tbody tr:not(.matrix-self)').count()).toBe(2)
    await page.locator('.matrix-table tbody').getByRole('link', { name: 'Mẫu Sơn' }).click()
    await page.getByRole('grid', { name: /^Tỉnh Mẫu Sơn: tiến độ/ }).waitFor()
    expect(await page.locator('.matrix-table tbody tr:not(.matrix-self)').count()).toBe(4)
    await page.getByText('Lọc', { exact: false }).first().click()
    const serves = page.getByRole('combobox', { name: 'Bầu cử', exact: true })
    const offered = await serves.locator('option').allInnerTexts()
    expect(offered).toContain('HĐND cấp xã')
    expect(offered).not.toContain('HĐND cấp huyện')
    expect(await look(page, 'elections-province')).toEqual([])
    await page.locator('.matrix-table tbody').getByRole('link', { name: 'Hòn Mẫu' }).click()
    await heading(/^Đặc khu Hòn Mẫu$/)
    expect(await page.getByRole('navigation', { name: /Đường dẫn|Vị trí/ }).innerText()).toMatch(
      /Cả nước[\s\S]*Mẫu Sơn[\s\S]*Hòn Mẫu/,
    )
    expect(await page.getByRole('button', { name: 'Dòng thời gian' }).getAttribute('aria-pressed')).toBe(
      'true',
    )
    expect(await look(page, 'elections-commune')).toEqual([])
  })

  it('offers no districts to filter the list of deadlines by', async () => {
    await page.goto(`${server.url}/2026/91?view=list`)
    const levels = page.locator('select', { has: page.locator('option', { hasText: /^Cấp xã$/ }) })
    expect(await levels.locator('option').allInnerTexts()).not.toContain('Cấp huyện')
    expect(await page.locator('option', { hasText: /^HĐND cấp huyện$/ }).count()).toBe(0)
  })

  it('finds its places by search', async () => {
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.keyboard.press('/')
    await page.getByRole('dialog').getByRole('combobox').fill('ha noi')
    await page
      .getByRole('option', { name: /Thành phố Hà Nội/ })
      .first()
      .click()
    await page.waitForURL(/\/2026\/01/)
  })
})

describe('the choice of the election', () => {
  it('stays at the place that both lists have, in the same language', async () => {
    await page.goto(`${server.url}/2026/00001?lang=en`)
    await heading(/^Phuc Xa Ward$/)
    await page.getByRole('combobox', { name: 'Choose an election' }).selectOption('2021')
    await page.waitForURL(/\/2021\/00001\?lang=en/)
    await page.getByText('This election is closed').waitFor()
    await page.goBack()
    await page.waitForURL(/\/2026\/00001\?lang=en/)
    await page.getByText('This election is closed').waitFor({ state: 'detached' })
  })

  it('leads to the first screen where the code is another place', async () => {
    await page.goto(`${server.url}/2026/00004`)
    await heading(/^Phường Hồ Mẫu$/)
    await choice().selectOption('2021')
    await heading(/khóa XV và/)
    expect(path()).toBe('/2021')
    expect(complaints).toEqual([])
  })

  it('has room on a telephone', async () => {
    const small = await open(browser, phone)
    for (const [name, address] of Object.entries({ home: '/', commune: '/2026/90010', over: '/2021/058' })) {
      await small.page.goto(`${server.url}${address}`)
      await small.page.getByRole('heading', { level: 1 }).waitFor()
      expect(await overflow(small.page)).toBeLessThanOrEqual(0)
      const box = await small.page.locator('.election-choice').boundingBox()
      expect(box?.height).toBeGreaterThanOrEqual(44)
      expect(await look(small.page, `elections-phone-${name}`)).toEqual([])
    }
    await small.page.setViewportSize({ width: 320, height: 700 })
    expect(await overflow(small.page)).toBeLessThanOrEqual(0)
    expect(small.complaints).toEqual([])
    await small.page.context().close()
  })
})
