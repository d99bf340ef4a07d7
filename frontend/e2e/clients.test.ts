import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { launch, look, open, overflow, phone, picture, wide } from './browser'
import { cookies, Server } from './server'

// What programs read with a key, as its owner and whoever leads see it. On 25/01/2021; Bắc Kạn is 06.

const server = new Server()
let browser: Browser
let page: Page
let complaints: string[]

beforeAll(async () => {
  await server.start()
  browser = await launch()
  ;({ page, complaints } = await open(browser, wide))
  const [name, value] = (cookies.get(server.url) ?? '').split('=')
  await page.context().addCookies([{ name: name ?? '', value: value ?? '', url: server.url }])
  const made = await server.fetch('/api/v1/me/tokens', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      name: 'Cổng thông tin tỉnh',
      access: 'read',
      edition: '2021',
      area: '06',
      expires_on: new Date(Date.now() + 86_400_000 * 30).toISOString().slice(0, 10),
    }),
  })
  expect(made.status, await made.clone().text()).toBe(201)
  const { secret } = (await made.json()) as { secret: string }
  const address = `${server.url}/api/v1/elections/2021/areas/06/timeline`
  const headers = { Authorization: `Bearer ${secret}` }
  const first = await fetch(address, { headers })
  expect(first.status).toBe(200)
  expect(first.headers.get('RateLimit')).toMatch(/^"answers";r=\d+;t=\d+$/)
  for (let n = 0; n < 3; n++) {
    const again = await fetch(address, {
      headers: { ...headers, 'If-None-Match': first.headers.get('ETag') ?? '' },
    })
    expect(again.status).toBe(304)
  }
  expect((await fetch(`${server.url}/api/v1/elections/2021/areas/none/timeline`, { headers })).status).toBe(
    404,
  )
})

afterAll(async () => {
  await browser?.close()
  await server.stop()
})

async function lookAt(name: string): Promise<void> {
  expect(await look(page, `${name}-wide`)).toEqual([])
  await page.setViewportSize(phone)
  expect(await look(page, `${name}-phone`)).toEqual([])
  expect(await overflow(page)).toBeLessThanOrEqual(0)
  await page.setViewportSize({ width: 320, height: 700 })
  expect(await overflow(page)).toBeLessThanOrEqual(0)
  await picture(page, `${name}-320`)
  await page.setViewportSize(wide)
}

it('whoever leads sees which programs read in a branch, and how they are doing', async () => {
  await page.goto(`${server.url}/2021/06?people=list`)
  await page.getByRole('link', { name: 'Chương trình (API)' }).click()
  await page.getByRole('heading', { name: /^Chương trình đọc dữ liệu ở/ }).waitFor()
  const row = page.getByRole('row', { name: /Cổng thông tin tỉnh/ })
  await row.waitFor()
  expect(await row.textContent()).toMatch(
    /làm mới lần cuối .*75% lần hỏi không có gì mới.*1 lần bị từ chối, gần nhất: mã 404/,
  )
  await lookAt('clients-branch')
  expect(complaints).toEqual([])
})

it('the owner of a key sees the same of his own', async () => {
  await page.goto(`${server.url}/account`)
  await page.getByText(/75% lần hỏi không có gì mới/).waitFor()
  await lookAt('clients-own')
  expect(complaints).toEqual([])
})
