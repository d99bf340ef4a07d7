import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch, open, overflow, phone, picture, wide } from './browser'
import { Server } from './server'

// The contract as a page, at /docs/api.

const server = new Server()
let browser: Browser
let page: Page
let complaints: string[]
const asked: string[] = []

beforeAll(async () => {
  await server.start()
  browser = await launch()
  const opened = await open(browser, wide, true)
  page = opened.page
  complaints = opened.complaints
  page.on('request', request => asked.push(request.url()))
  await page.goto(`${server.url}/docs/api`)
  await page.locator('.opblock').first().waitFor()
})

afterAll(async () => {
  await browser?.close()
  await server.stop()
})

const operation = (id: string) => page.locator(`[id$="-${id}"]`)

describe('the contract at /docs/api', () => {
  it('shows every operation of the document, from this server alone', async () => {
    const text = await (await server.fetch('/api/v1/openapi.yaml')).text()
    const described = [...text.matchAll(/^ {6}operationId: (\w+)$/gm)].map(found => found[1] ?? '')
    expect(described.length).toBeGreaterThan(80)
    const shown = await page
      .locator('.opblock')
      .evaluateAll(all => all.map(one => one.id.split('-').at(-1) ?? ''))
    expect(shown.sort()).toEqual(described.sort())
    expect(asked.filter(url => !url.startsWith(server.url) && !url.startsWith('data:'))).toEqual([])
  })

  it('tries what reads, and offers no button for what writes', async () => {
    await operation('getElection').getByRole('button').first().click()
    await operation('getElection').getByRole('button', { name: 'Try it out' }).click()
    await operation('getElection').getByPlaceholder('election').fill('2021')
    await operation('getElection').getByRole('button', { name: 'Execute' }).click()
    await operation('getElection')
      .locator('.live-responses-table')
      .getByText('election_day')
      .first()
      .waitFor()
    await operation('addDocument').getByRole('button').first().click()
    await operation('addDocument').getByText('Request body').waitFor()
    expect(await operation('addDocument').getByRole('button', { name: 'Try it out' }).count()).toBe(0)
  })

  it('is usable on a phone, and the console stays clean', async () => {
    await picture(page, 'reference-wide')
    await page.setViewportSize(phone)
    await picture(page, 'reference-phone')
    expect(await overflow(page)).toBeLessThanOrEqual(0)
    expect(complaints).toEqual([])
  })
})
