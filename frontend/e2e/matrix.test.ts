import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch, look, open, overflow, phone } from './browser'
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

describe('the whole country', () => {
  it('shows 63 provinces and all phases without scrolling sideways', async () => {
    await page.goto(`${server.url}/2021/VN?phases=none`)
    await page.getByRole('grid', { name: /tiến độ của các địa phương trực thuộc/ }).waitFor()
    expect(await page.locator('.matrix-table tbody tr:not(.matrix-self)').count()).toBe(63)
    expect(await page.locator('.matrix-phase').count()).toBe(11)
    expect(await frame().evaluate(box => box.scrollWidth - box.clientWidth)).toBe(0)
    expect(await overflow(page)).toBeLessThanOrEqual(0)
    expect(await look(page, 'matrix')).toEqual([])
  })

  it('opens a phase, whose columns stand under its name, and keeps it in the address', async () => {
    await page.getByRole('button', { name: /^Thành lập tổ chức/ }).click()
    expect(new URL(page.url()).searchParams.get('phases')).toBe('setup')
    await cell(/^Phú Thọ, Thành lập Ủy ban bầu cử, còn 13 ngày, .*hạn 07\/02\/2021/).waitFor()
    await page.reload()
    await cell(/^Phú Thọ, Thành lập Ủy ban bầu cử, còn 13 ngày/).waitFor()
    expect(await page.locator('.matrix-family').count()).toBe(9)
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
    await page.keyboard.press('Control+End')
    expect(await focused()).toMatch(/^\d\d phase:after$/)
  })
})

describe('into a province and back', () => {
  it('opens its own milestone in the drawer, and Back leads to the same cell', async () => {
    await cell(/^Phú Thọ, Thành lập Ủy ban bầu cử/).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').getByRole('heading', { level: 2 }).waitFor()
    expect(new URL(page.url()).pathname).toBe('/2021/25')
    await page.goBack()
    await page.waitForFunction(
      () => document.activeElement?.getAttribute('data-at') === '25 election_committee',
    )
  })

  it('opens the districts that counts are of', async () => {
    await cell(/^Phú Thọ, Thành lập Tổ bầu cử/).click()
    await page.getByRole('grid', { name: /^Tỉnh Phú Thọ: tiến độ/ }).waitFor()
    expect(await page.locator('.matrix-table tbody tr:not(.matrix-self)').count()).toBe(13)
    expect(await look(page, 'matrix-province')).toEqual([])
  })

  it('opens the communes of a district', async () => {
    await page.locator('td.matrix-cell[data-at$=" polling_team"]').nth(1).click()
    await page.waitForURL(/view=matrix/)
    await page.getByRole('grid', { name: /^(Huyện|Thị xã|Thành phố)/ }).waitFor()
    expect(complaints).toEqual([])
  })
})

describe('a telephone', () => {
  it('scrolls the table inside its own box', async () => {
    const small = await open(browser, phone)
    await small.page.goto(`${server.url}/2021/VN?phases=none&lang=en`)
    await small.page.getByRole('grid').waitFor()
    expect(await overflow(small.page)).toBeLessThanOrEqual(0)
    expect(await look(small.page, 'matrix-phone')).toEqual([])
    expect(small.complaints).toEqual([])
    await small.page.context().close()
  })
})
