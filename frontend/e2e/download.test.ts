import { readFile } from 'node:fs/promises'
import { inflateRawSync } from 'node:zlib'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch, look, open, overflow, phone } from './browser'
import { Server } from './server'

// What is on screen, as a file.

const server = new Server('2021-02-10')
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

async function download(kind: string): Promise<{ name: string; contents: Buffer }> {
  await page.getByRole('button', { name: 'Tải về' }).click()
  const coming = page.waitForEvent('download')
  await page.getByRole('menuitem', { name: kind }).click()
  const file = await coming
  return { name: file.suggestedFilename(), contents: await readFile(await file.path()) }
}

/** One file of a zip, as its directory at the end says where it is. */
function unzipped(zip: Buffer, name: string): string {
  for (let at = zip.indexOf('PK\x01\x02'); at >= 0; at = zip.indexOf('PK\x01\x02', at + 4)) {
    const length = zip.readUInt16LE(at + 28)
    if (zip.toString('utf8', at + 46, at + 46 + length) !== name) continue
    const local = zip.readUInt32LE(at + 42)
    const begins = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
    return inflateRawSync(zip.subarray(begins, begins + zip.readUInt32LE(at + 20))).toString('utf8')
  }
  throw new Error(`no ${name} in the file`)
}

describe('what is on screen', () => {
  it('is downloaded as a workbook with just the rows of the filter and with real days (U16)', async () => {
    await page.goto(`${server.url}/2021/06?view=list&state=late&level=district`)
    const list = page.getByRole('table', { name: /việc và thời hạn/ })
    await list.waitFor()
    const rows = Number(await list.getAttribute('aria-rowcount')) - 1
    expect(rows).toBeGreaterThan(3)
    const { name, contents } = await download('Excel')
    expect(name).toBe('Tiến độ 2021 Tỉnh Bắc Kạn 10-02-2021.xlsx')
    const sheet = unzipped(contents, 'xl/worksheets/sheet1.xml')
    expect(sheet.match(/<row /g)).toHaveLength(rows + 1)
    // A day is a number with the style of a day: 44234 is 07/02/2021.
    expect(sheet).toMatch(/<c r="O\d+" s="3"><v>44234<\/v><\/c>/)
    expect(unzipped(contents, 'xl/styles.xml')).toContain('dd/mm/yyyy')
    expect(unzipped(contents, 'xl/workbook.xml')).toContain('name="Huyện"')
  })

  it('is downloaded as a table and as a report', async () => {
    await page.goto(`${server.url}/2021/058`)
    const table = await download('CSV')
    expect(table.name).toMatch(/^Tiến độ 2021 Thành phố Bắc Kạn .*\.csv$/)
    expect(table.contents.toString('utf8')).toMatch(/^\ufeffMã đơn vị,/)
    const report = await download('Báo cáo')
    expect(report.contents.toString('latin1', 0, 5)).toBe('%PDF-')
  })

  it('is offered by keyboard, with nothing for axe to find, and fits a phone', async () => {
    await page.goto(`${server.url}/2021/06`)
    const button = page.getByRole('button', { name: 'Tải về' })
    await button.focus()
    await page.keyboard.press('ArrowDown')
    await page.getByRole('menuitem', { name: 'Excel' }).waitFor()
    expect(await look(page, 'downloads')).toEqual([])
    await page.keyboard.press('Escape')
    expect(await button.evaluate(node => node === document.activeElement)).toBe(true)
    const small = await open(browser, phone)
    await small.page.goto(`${server.url}/2021/058`)
    await small.page.getByRole('button', { name: 'Tải về' }).click()
    expect(await overflow(small.page)).toBeLessThanOrEqual(0)
    expect(await look(small.page, 'downloads-phone')).toEqual([])
    expect(complaints).toEqual([])
    expect(small.complaints).toEqual([])
  })
})
