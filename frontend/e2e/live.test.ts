import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch, look, open, overflow, phone, picture } from './browser'
import { Server } from './server'

// What others change, seen by who has not touched anything.

const server = new Server()
let browser: Browser
let reader: Page
let complaints: string[]

const at = (path: string) => `${server.url}${path}`
const areaOf = (area: string) => `/api/v1/elections/2021/areas/${area}`
const news = (page = reader) => page.locator('.live-news')
const row = (id: string, page = reader) => page.locator(`[data-row="${id}"]`)

/** Somebody else reports a milestone's first task. */
async function report(area: string, id: string, body: object = { status: 'in_progress' }): Promise<void> {
  const milestone = `${areaOf(area)}/milestones/${id}`
  const { tasks } = (await (await server.fetch(milestone)).json()) as {
    tasks: { key: string; revision: number }[]
  }
  const [task] = tasks
  if (!task) throw new Error(`${area} ${id} has no task`)
  const answer = await server.fetch(`${milestone}/tasks/${task.key}`, {
    method: 'PATCH',
    headers: { 'Content-Type': 'application/merge-patch+json', 'If-Match': `"r${task.revision}"` },
    body: JSON.stringify(body),
  })
  expect(answer.status, await answer.text()).toBe(200)
}

/** Visits, and comes back once the page hears of changes. */
async function listen(path: string, page = reader): Promise<void> {
  const stream = page.waitForResponse(response => /\/events(\?|$)/.test(response.url()))
  await page.goto(at(path))
  expect((await stream).status()).toBe(200)
  await page.locator('h1').first().waitFor()
}

/** Keeps every announcement from now on. */
function keepNews(page = reader): Promise<void> {
  return page.evaluate(() => {
    const heard: string[] = []
    Object.assign(window, { heard })
    const region = document.querySelector('.live-news')
    if (!region) throw new Error('no live region')
    new MutationObserver(() => {
      if (region.textContent) heard.push(region.textContent)
    }).observe(region, { childList: true, characterData: true, subtree: true })
  })
}

const heard = (page = reader) => page.evaluate(() => (window as unknown as { heard: string[] }).heard)

beforeAll(async () => {
  await server.start()
  browser = await launch()
  // Who reads has not signed in.
  ;({ page: reader, complaints } = await open(browser, undefined, true))
})

afterAll(async () => {
  await browser?.close()
  await server.stop()
})

describe('U8: what somebody else reports', () => {
  it('is seen without a reload; focus and scroll stay, and whoever did it is told nothing', async () => {
    await listen('/2021/058')
    await keepNews()
    await row('consult1_pc_district').focus()
    await reader.evaluate(() =>
      document.querySelector('[data-row="consult1_pc_district"]')?.scrollIntoView({ block: 'center' }),
    )
    const before = await reader.evaluate(() => [scrollY, document.querySelector('.chart')?.scrollTop])
    const writer = await open(browser)
    await listen('/2021/058?m=consult1_pc_district', writer.page)
    await keepNews(writer.page)
    const dialog = writer.page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Đang làm', exact: true }).first().click()
    await dialog.getByText('Đã lưu.').waitFor()

    await row('consult1_pc_district').locator('.changed').waitFor()
    expect(await row('consult1_pc_district').getAttribute('aria-label')).toMatch(/vừa đổi$/)
    await row('consult1_pc_district').getByText('đang làm', { exact: false }).first().waitFor()
    await news()
      .getByText(/^Có 1 thay đổi mới: .+/)
      .waitFor()
    expect(await reader.evaluate(() => (document.activeElement as HTMLElement).dataset.row)).toBe(
      'consult1_pc_district',
    )
    expect(await reader.evaluate(() => [scrollY, document.querySelector('.chart')?.scrollTop])).toEqual(
      before,
    )
    expect(await look(reader, 'live-timeline')).toEqual([])
    expect(await heard()).toHaveLength(1)
    expect(await heard(writer.page)).toEqual([])
    expect(await writer.page.locator('.changed').count()).toBe(0)
    expect(writer.complaints).toEqual([])
    await writer.page.context().close()
  })

  it('many times in a row is announced once, and asked for seldom', async () => {
    const answer = await server.fetch(`${areaOf('058')}/deadlines?level=commune&state=open&limit=200`)
    const { items } = (await answer.json()) as {
      items: { area: { code: string }; milestone: { id: string; nature: string; tasks_total: number } }[]
    }
    const some = items.filter(one => one.milestone.tasks_total > 0).slice(0, 20)
    expect(some).toHaveLength(20)
    await listen('/2021/058?view=matrix')
    await keepNews()
    const asked: string[] = []
    reader.on('request', request => {
      if (/\/(matrix|timeline)(\?|$)/.test(request.url())) asked.push(request.url())
    })
    const began = Date.now()
    for (const { area, milestone } of some) await report(area.code, milestone.id)
    await news().getByText('Có 20 thay đổi mới').waitFor()
    const seconds = Math.ceil((Date.now() - began) / 1000)
    expect(await heard()).toHaveLength(1)
    expect(await reader.locator('td[data-changed]').count()).toBeGreaterThan(0)
    // Two addresses, once a second each at most.
    expect(asked.length).toBeLessThanOrEqual(2 * (seconds + 1))
    reader.removeAllListeners('request')
    expect(await look(reader, 'live-matrix')).toEqual([])
    expect(await overflow(reader)).toBeLessThanOrEqual(0)
  })

  it('moves no row under the pointer: the new order waits until it is asked for', async () => {
    await listen('/2021/058?view=list&reach=own')
    const names = () =>
      reader
        .locator('.list-table [data-row]')
        .evaluateAll(all => all.map(one => (one as HTMLElement).dataset.row))
    const before = await names()
    await reader.locator('.list-table [data-row="consult1_pc_district"]').hover()
    await report('058', 'consult1_pc_district', { status: 'done', done_on: '2021-01-25' })
    await reader.getByText('vừa đổi, không còn trong danh sách này').waitFor()
    expect(await names()).toEqual(before)
    expect(await look(reader, 'live-list')).toEqual([])
    await reader.getByRole('button', { name: 'Sắp xếp lại' }).click()
    await row('consult1_pc_district').waitFor({ state: 'detached' })
    expect(await names()).toEqual(before.filter(name => name !== 'consult1_pc_district'))
    await reader.getByRole('button', { name: 'Sắp xếp lại' }).waitFor({ state: 'detached' })
  })

  it('does not overwrite what is being typed: it is said, and saving leaves the choice', async () => {
    const officer = await open(browser)
    const { page } = officer
    await listen('/2021/058?m=pc_structure_draft_district', page)
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: /^Cập nhật: Dự kiến cơ cấu/ }).click()
    await dialog.getByRole('radio', { name: 'Vướng mắc' }).check()
    await dialog.getByRole('textbox', { name: 'Lý do' }).fill('Chờ ý kiến cấp trên')
    await report('058', 'pc_structure_draft_district')
    await dialog.getByText('Người khác vừa sửa mục này.').waitFor()
    expect(await dialog.getByRole('textbox', { name: 'Lý do' }).inputValue()).toBe('Chờ ý kiến cấp trên')
    expect(await page.evaluate(() => document.activeElement?.tagName)).toMatch(/INPUT|TEXTAREA/)
    expect(await look(page, 'live-drawer')).toEqual([])
    await dialog.getByRole('button', { name: 'Lưu', exact: true }).click()
    await dialog.getByText('Có người khác vừa sửa mục này').waitFor()
    await dialog.getByRole('row', { name: 'Tình trạng Đang làm Vướng mắc' }).waitFor()
    // A change that is refused is an answer that the browser itself writes down.
    expect(officer.complaints.filter(text => !text.includes('412'))).toEqual([])
    await page.context().close()
  })

  it('fits on a telephone', async () => {
    const small = await open(browser, phone, true)
    await listen('/2021/058', small.page)
    await report('058', 'pc_constituencies_district')
    await news(small.page).getByText('Có 1 thay đổi mới').waitFor()
    expect(await overflow(small.page)).toBeLessThanOrEqual(0)
    expect(await look(small.page, 'live-phone')).toEqual([])
    expect(small.complaints).toEqual([])
    await small.page.context().close()
  })
})

describe('U8: a past day', () => {
  it('is not listened to', async () => {
    const asked: string[] = []
    reader.on('request', request => asked.push(request.url()))
    await reader.goto(at('/2021/058?as_of=2021-01-20'))
    await reader.locator('[data-row]').first().waitFor()
    await reader.waitForLoadState('networkidle')
    expect(asked.filter(one => one.includes('/events'))).toEqual([])
    reader.removeAllListeners('request')
    expect(complaints).toEqual([])
  })
})

describe('U8: a server that is started again', () => {
  it('is listened to again, and nothing of what happened meanwhile is missing', async () => {
    if (!server.own) return
    await listen('/2021/058')
    await keepNews()
    const again = reader.waitForResponse(response => response.ok() && /\/events(\?|$)/.test(response.url()), {
      timeout: 60_000,
    })
    await server.kill()
    await server.start()
    await report('058', 'pc_constituencies_district', { status: 'done', done_on: '2021-01-25' })
    await again
    await row('pc_constituencies_district').locator('.changed').waitFor()
    await news().getByText('Có 1 thay đổi mới').waitFor()
    await picture(reader, 'live-again')
    // While nobody answered, or a server that was not ready, the browser itself wrote that down.
    const lost =
      /net::ERR_(CONNECTION_REFUSED|INCOMPLETE_CHUNKED_ENCODING|CONNECTION_RESET|EMPTY_RESPONSE)|status of 503/
    expect(complaints.filter(text => !lost.test(text))).toEqual([])
  })
})
