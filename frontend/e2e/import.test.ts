import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch, look, open, overflow, phone, picture, wide } from './browser'
import { Server } from './server'

// Spreadsheets in a real browser: who leads Phú Thọ (25) takes in accounts for Việt Trì (227), and statuses of its communes.

const server = new Server()
let browser: Browser
let lead: Page
let complaints: string[]
let communes: { code: string; name: string }[]

const button = (name: string | RegExp) => lead.getByRole('button', { name })

async function lookAt(name: string): Promise<void> {
  expect(await look(lead, `${name}-wide`)).toEqual([])
  await lead.setViewportSize(phone)
  expect(await look(lead, `${name}-phone`)).toEqual([])
  expect(await overflow(lead)).toBeLessThanOrEqual(0)
  await lead.setViewportSize({ width: 320, height: 700 })
  expect(await overflow(lead)).toBeLessThanOrEqual(0)
  await picture(lead, `${name}-320`)
  await lead.setViewportSize(wide)
}

function choose(name: string, text: string): Promise<void> {
  return lead
    .getByLabel('Chọn tệp .xlsx hoặc .csv')
    .setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(`\ufeff${text}`) })
}

beforeAll(async () => {
  await server.start()
  browser = await launch()
  const made = await server.fetch('/api/v1/elections/2021/areas/25/people', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ user: 'ha.duc', name: 'Hà Văn Đức', unit: '', language: 'vi', role: 'lead' }),
  })
  expect(made.status).toBe(201)
  const { setup } = (await made.json()) as { setup: { path: string } }
  const children = await server.fetch('/api/v1/elections/2021/areas/227/children')
  communes = ((await children.json()) as { items: { code: string; name: string }[] }).items
  const one = await open(browser, wide, true)
  lead = one.page
  complaints = one.complaints
  await lead.goto(`${server.url}${setup.path}`)
  await lead.getByLabel('Mật khẩu mới', { exact: true }).fill('sông Lô chảy xuôi')
  await lead.getByLabel('Gõ lại mật khẩu mới').fill('sông Lô chảy xuôi')
  await button('Đặt mật khẩu và vào trang').click()
  await lead.getByRole('heading', { level: 1, name: 'Tỉnh Phú Thọ' }).waitFor()
})

afterAll(async () => {
  await browser?.close()
  await server.stop()
})

describe('who leads a province', () => {
  it('takes in accounts of a district from a list, by keyboard, and gets their links once', async () => {
    await button('Quản lý').press('Enter')
    await lead.getByRole('menuitem', { name: 'Nhập từ Excel…' }).press('Enter')
    await lead.getByRole('heading', { name: 'Nhập từ Excel cho Tỉnh Phú Thọ' }).waitFor()
    await button('Tài khoản và quyền').press('Enter')
    await lead.getByText('Mỗi dòng là một tài khoản').waitFor()
    await lookAt('import-begin')
    const rows = [
      'lan.tran,Trần Thị Lan,UBND thành phố,227,Phụ trách',
      'binh.le,Lê Bình,UBND phường,,người báo cáo',
    ]
    const header = 'Tên đăng nhập,Họ và tên,Đơn vị công tác,Mã đơn vị,Vai trò'
    await choose('can-bo.csv', [header, ...rows].join('\n'))
    await lead.getByRole('heading', { name: 'Xem trước can-bo.csv' }).waitFor()
    await lead.getByText('Thiếu mã hoặc tên đơn vị').waitFor()
    await lookAt('import-people-preview')
    await choose('can-bo.csv', [header, ...rows].join('\n').replace(',,', `,${Number(communes[0]?.code)},`))
    await button('Ghi 2 dòng').press('Enter')
    await lead.getByRole('heading', { name: 'Đã nhập can-bo.csv' }).waitFor()
    expect(await lead.getByText(/\/setup#tdu_/).count()).toBe(2)
    await lookAt('import-people-done')
    const [file] = await Promise.all([
      lead.waitForEvent('download'),
      button('Tải danh sách đường liên kết (.csv)').click(),
    ])
    expect(file.suggestedFilename()).toBe('setup-links.csv')
    await choose('can-bo.csv', [header, rows[0]].join('\n'))
    await lead.getByText('Không có gì để ghi').waitFor()
  })

  it('takes in statuses of twenty communes, and leaves out what is refused', async () => {
    await button('Tiến độ').click()
    const twenty = communes.slice(0, 20)
    const rows = twenty.map(one => `${Number(one.code)},${one.name},polling_team,Đang làm`)
    const text = ['area,area_name,milestone,status', ...rows, '227,,polling_team,gần xong'].join('\n')
    await choose('tien-do.csv', text)
    await lead.getByRole('heading', { name: 'Xem trước tien-do.csv' }).waitFor()
    await button('Chỉ dòng không nhận').click()
    await lookAt('import-statuses-refused')
    await button('Tất cả').click()
    await lookAt('import-statuses-preview')
    await button(`Bỏ dòng không nhận, ghi ${twenty.length} dòng còn lại`).click()
    await lead.getByRole('heading', { name: 'Đã nhập tien-do.csv' }).waitFor()
    await lookAt('import-statuses-done')
    const first = await server.fetch(
      `/api/v1/elections/2021/areas/${communes[0]?.code}/milestones/polling_team`,
    )
    expect(((await first.json()) as { work: string }).work).toBe('in_progress')
    expect(complaints).toEqual([])
  })

  it('does all of it in English as well', async () => {
    await lead.goto(`${server.url}/2021/25?import=statuses&lang=en`)
    await lead.getByRole('heading', { name: /^Import from Excel for/ }).waitFor()
    await lead
      .getByLabel('Choose an .xlsx or .csv file')
      .setInputFiles({ name: 'a.csv', mimeType: 'text/csv', buffer: Buffer.from('a,b\n1,2') })
    await lead.getByRole('alert').getByText('There is no header').waitFor()
    await lookAt('import-english')
  })
})
