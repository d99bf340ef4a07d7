import { createHmac } from 'node:crypto'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch, look, open, overflow, phone, picture, wide } from './browser'
import { Server } from './server'

// Webhooks of Bắc Kạn city (058) in a real browser, with a real receiver on this machine, which the operator allows.

process.env.TIENDO_WEBHOOK_NETWORKS = '127.0.0.0/8'
const server = new Server()
let browser: Browser
let page: Page
let complaints: string[]

interface Got {
  headers: IncomingHttpHeaders
  body: string
}

const got: Got[] = []
let status = 204
const receiver = createServer((request, response) => {
  let body = ''
  request.on('data', part => {
    body += part
  })
  request.on('end', () => {
    got.push({ headers: request.headers, body })
    response.writeHead(status).end(status === 204 ? undefined : 'Đang bảo trì')
  })
})

/** The signatures that a message would have by Standard Webhooks. */
function signature(secret: string, { headers, body }: Got): string {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64')
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`
}

const main = () => page.getByRole('main')
const button = (name: string | RegExp) => main().getByRole('button', { name })
const rows = () => main().getByRole('list', { name: 'Nhật ký gửi (30 ngày)' }).getByRole('listitem')

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

beforeAll(async () => {
  await new Promise<void>(done => receiver.listen(0, '127.0.0.1', done))
  await server.start()
  browser = await launch()
  ;({ page, complaints } = await open(browser))
  await page.goto(`${server.url}/2021/058`)
})

afterAll(async () => {
  await browser?.close()
  await server.stop()
  receiver.close()
})

describe('webhooks of a place', () => {
  let secret = ''

  it('are reached from the menu, and say what they are for', async () => {
    await page.getByRole('button', { name: 'Quản lý' }).click()
    await page.getByRole('menuitem', { name: 'Webhook…' }).click()
    await page.getByRole('heading', { name: /^Webhook của/ }).waitFor()
    await main().getByText('Chưa có webhook nào.').waitFor()
    await lookAt('webhooks-none')
  })

  it('refuse an address inside that is not allowed, at its field', async () => {
    await main().getByRole('link', { name: 'Thêm webhook' }).click()
    await main().getByLabel('Địa chỉ nhận').fill('https://10.0.0.1/hook')
    await button('Tạo webhook').click()
    await main()
      .getByRole('alert')
      .getByText(/Không gửi tới địa chỉ này/)
      .waitFor()
    await lookAt('webhooks-refused')
  })

  it('are made, and show their secret once', async () => {
    const { port } = receiver.address() as AddressInfo
    await main().getByLabel('Địa chỉ nhận').fill(`http://127.0.0.1:${port}/hook`)
    await main().getByLabel('Mô tả').fill('Cổng thông tin của thành phố')
    await main()
      .getByText(/^Loại thay đổi:/)
      .click()
    await main().getByLabel('Cập nhật công việc').check()
    await button('Tạo webhook').click()
    const shown = main().getByLabel('Khóa để kiểm tra chữ ký')
    secret = await shown.inputValue()
    expect(secret).toMatch(/^whsec_/)
    await lookAt('webhooks-made')
    await page.reload()
    await main().getByText('Cổng thông tin của thành phố').waitFor()
    expect(await main().getByText('whsec_').count()).toBe(0)
  })

  it('take a test, whose signature is right', async () => {
    await button('Gửi thử').click()
    await rows().filter({ hasText: 'Đã nhận' }).first().waitFor()
    const message = got[0] as Got
    expect(JSON.parse(message.body)).toMatchObject({ type: 'webhook.test', data: { area: '058' } })
    expect(message.headers['webhook-signature']).toBe(signature(secret, message))
  })

  it('are told what somebody reports, once, and not what was not asked for', async () => {
    const address = '/api/v1/elections/2021/areas/058/milestones/consult1_pc_district/tasks/duty'
    const tag = (await server.fetch(address)).headers.get('ETag') ?? ''
    const changed = await server.fetch(address, {
      method: 'PATCH',
      headers: { 'Content-Type': 'application/merge-patch+json', 'If-Match': tag },
      body: JSON.stringify({ status: 'in_progress' }),
    })
    expect(changed.status).toBe(200)
    await expect.poll(() => got.length, { timeout: 20_000 }).toBe(2)
    const message = got[1] as Got
    expect(JSON.parse(message.body)).toMatchObject({
      type: 'area.changed',
      data: { area: '058', count: 1, kinds: { task_updated: 1 } },
    })
    expect(message.headers['webhook-signature']).toBe(signature(secret, message))
    await page.reload()
    await rows().nth(1).waitFor()
    await rows().first().getByText('Chi tiết').click()
    await rows()
      .first()
      .getByText(/trả lời 204/)
      .waitFor()
    await lookAt('webhooks-log')
  })

  it('are sent again under the same id, until they are taken', async () => {
    status = 503
    await button(/^Gửi lại tin lúc/)
      .first()
      .click()
    await expect.poll(() => got.length, { timeout: 20_000 }).toBe(3)
    expect(got[2]?.headers['webhook-id']).toBe(got[1]?.headers['webhook-id'])
    status = 204
    await rows().first().getByText('Đã nhận', { exact: true }).waitFor({ timeout: 40_000 })
    await rows()
      .first()
      .getByText(/Đang bảo trì/)
      .waitFor()
    await lookAt('webhooks-again')
  })

  it('sign with both secrets while one is being rotated', async () => {
    await button('Đổi khóa…').click()
    await button('Đổi khóa').click()
    const fresh = await main().getByLabel('Khóa để kiểm tra chữ ký').inputValue()
    expect(fresh).not.toBe(secret)
    const before = got.length
    await button('Gửi thử').click()
    await expect.poll(() => got.length, { timeout: 20_000 }).toBe(before + 1)
    const message = got.at(-1) as Got
    const signatures = String(message.headers['webhook-signature']).split(' ')
    expect(signatures).toContain(signature(secret, message))
    expect(signatures).toContain(signature(fresh, message))
  })

  it('are edited, switched off and on, and removed', async () => {
    await button('Sửa').click()
    await main().getByLabel('Mô tả').fill('Cổng mới')
    await button('Lưu').click()
    await main().getByText('Cổng mới').waitFor()
    await button('Tắt…').click()
    await button('Tắt').click()
    await main().getByText('Đã tắt').waitFor()
    await main().getByRole('link', { name: 'Về danh sách webhook' }).click()
    await main()
      .getByRole('row', { name: /Cổng mới.*Đã tắt/ })
      .waitFor()
    await lookAt('webhooks-list')
    await main()
      .getByRole('row', { name: /Cổng mới/ })
      .getByRole('link')
      .click()
    await button('Bật lại…').click()
    await button('Bật lại').click()
    await main().getByText('Đang gửi').waitFor()
    await button('Xóa webhook…').click()
    await button('Xóa webhook').click()
    await main().getByText('Chưa có webhook nào.').waitFor()
    await page.goto(`${server.url}/2021/058?webhooks=list&lang=en`)
    await page.getByRole('heading', { name: /^Webhooks of/ }).waitFor()
    await page.goto(`${server.url}/2021/058?trail=accounts`)
    await main()
      .getByRole('row', { name: /Xóa webhook/ })
      .waitFor()
  })

  it('complain of nothing', () => {
    // A browser says so itself when an answer is a refusal, as the one above was.
    expect(complaints.filter(one => !one.includes('422'))).toEqual([])
  })
})
