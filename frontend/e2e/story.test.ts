import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch, open, picture, wide } from './browser'
import { Server } from './server'

// The whole way of a report, each person in a browser of his own: who leads Hà Giang (02) makes accounts of Vị Xuyên
// (030) from a list; its officer reports for twenty communes in one go; who leads it confirms nineteen and returns one;
// the commune finds it on its list; the district beside sees nothing internal and changes nothing; the trail is proved.

const server = new Server('2021-02-05')
const api = '/api/v1/elections/2021/areas'
let browser: Browser
/** The twenty communes, in the order of the list. The last is the one whose report comes back. */
let communes: string[]
let links: Record<string, string>
const complaints: string[][] = []

const list = (state: string) =>
  `${server.url}/2021/030?view=list&family=election_committee&level=commune&state=${state}`
const boxes = (page: Page) => page.getByRole('checkbox', { name: /^Chọn: / })
const bar = (page: Page) => page.getByRole('region', { name: 'Các việc đã chọn' })
const dialog = (page: Page) => page.getByRole('dialog')
const returned = () => `${api}/${communes[19]}/milestones/election_committee_commune`

/** Somebody who has chosen his password by the link that he was given. */
async function arrive(path: string, password: string): Promise<Page> {
  const { page, complaints: heard } = await open(browser, wide, true)
  complaints.push(heard)
  await page.goto(`${server.url}${path}`)
  await page.getByLabel('Mật khẩu mới', { exact: true }).fill(password)
  await page.getByLabel('Gõ lại mật khẩu mới').fill(password)
  await page.getByRole('button', { name: 'Đặt mật khẩu và vào trang' }).click()
  await page.waitForURL(url => url.pathname !== '/setup')
  return page
}

const colleague = (user: string) => arrive(links[user] ?? '', `sông Lô chảy xuôi ${user.length}`)

/** Ticks the first n rows of a list. */
async function tick(page: Page, n: number): Promise<void> {
  await boxes(page).first().click()
  await boxes(page)
    .nth(n - 1)
    .click({ modifiers: ['Shift'] })
  await bar(page).getByText(`Đã chọn ${n} việc`).waitFor()
}

/** Looks at what a bulk act would do, and does it. */
async function commit(page: Page, n: number): Promise<void> {
  await dialog(page).getByRole('button', { name: 'Xem trước' }).click()
  await dialog(page)
    .getByRole('button', { name: `Ghi nhận ${n} việc` })
    .click()
  await dialog(page).getByText('Đã ghi nhận.').waitFor()
  await dialog(page).locator('.act-body').getByRole('button', { name: 'Đóng' }).click()
  await dialog(page).waitFor({ state: 'detached' })
}

beforeAll(async () => {
  await server.start()
  browser = await launch()
  const page = await server.fetch(`${api}/030/deadlines?family=election_committee&level=commune&limit=20`)
  communes = ((await page.json()) as { items: { area: { code: string } }[] }).items.map(one => one.area.code)
  expect(communes).toHaveLength(20)
})

afterAll(async () => {
  await browser?.close()
  await server.stop()
})

describe('a report', () => {
  it('needs people, whom the leader of the province takes in from a list', async () => {
    const made = await server.fetch(`${api}/02/people`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({
        user: 'tinh.hagiang',
        name: 'Vừ Mí Kẻ',
        unit: '',
        language: 'vi',
        role: 'lead',
      }),
    })
    const { setup } = (await made.json()) as { setup: { path: string } }
    const leader = await arrive(setup.path, 'cao nguyên đá nở hoa')
    await leader.goto(`${server.url}/2021/02?import=people`)
    const rows = [
      'user,name,unit,area,role',
      'can.bo,Lù Văn Tài,UBND huyện Vị Xuyên,030,reporter',
      'phu.trach,Hoàng Thị Mai,UBND huyện Vị Xuyên,030,lead',
      `xa.cuoi,Phàn Văn Sơn,UBND xã,${communes[19]},reporter`,
      'ben.canh,Nguyễn Văn Bắc,UBND huyện Bắc Mê,031,lead',
    ]
    await leader.getByLabel('Chọn tệp .xlsx hoặc .csv').setInputFiles({
      name: 'can-bo.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(rows.join('\n')),
    })
    await leader.getByRole('button', { name: 'Ghi 4 dòng' }).click()
    await leader.getByRole('heading', { name: 'Đã nhập can-bo.csv' }).waitFor()
    const [file] = await Promise.all([
      leader.waitForEvent('download'),
      leader.getByRole('button', { name: 'Tải danh sách đường liên kết (.csv)' }).click(),
    ])
    const chunks: Buffer[] = []
    for await (const chunk of await file.createReadStream()) chunks.push(chunk as Buffer)
    links = {}
    for (const line of Buffer.concat(chunks).toString().split('\n')) {
      const user = rows.map(row => row.split(',')[0] ?? '').find(name => line.includes(name))
      const link = /\/setup#tdu_[\w-]+/.exec(line)
      if (user && link) links[user] = link[0]
    }
    expect(Object.keys(links)).toHaveLength(4)
  })

  it('is made by the district for twenty communes in one go, with number and date', async () => {
    const officer = await colleague('can.bo')
    await officer.goto(list('all'))
    await boxes(officer).first().waitFor()
    await tick(officer, 20)
    await bar(officer).getByRole('button', { name: 'Báo cáo…' }).click()
    await dialog(officer).getByLabel('Số văn bản').fill('15/QĐ-UBND')
    await dialog(officer).getByLabel('Ngày văn bản').fill('3/2/2021')
    await commit(officer, 20)
    const note = await officer.request.post(`${server.url}${returned()}/notes`, {
      data: { text: 'Xã còn thiếu chữ ký' },
      headers: { Origin: server.url },
    })
    expect(note.status()).toBe(201)
  })

  it('is confirmed nineteen times and returned once, with the reason', async () => {
    const lead = await colleague('phu.trach')
    await lead.goto(list('done'))
    await boxes(lead).first().waitFor()
    await tick(lead, 19)
    await bar(lead).getByRole('button', { name: 'Xác nhận…' }).click()
    await commit(lead, 19)
    await boxes(lead).nth(19).click()
    await bar(lead).getByRole('button', { name: 'Trả lại…' }).click()
    await dialog(lead).getByLabel('Lý do').fill('Quyết định chưa có dấu')
    await commit(lead, 1)
    const sums = await lead.request.get(
      `${server.url}${api}/030/deadlines?family=election_committee&level=commune`,
    )
    const { counts } = (await sums.json()) as { counts: { done: number; confirmed: number } }
    expect(counts).toMatchObject({ done: 19, confirmed: 19 })
  })

  it('comes back to the list of the commune, and says why', async () => {
    const commune = await colleague('xa.cuoi')
    await commune.goto(`${server.url}/work?election=2021`)
    const first = commune.locator('.work-row').first()
    await first.getByText('Bị trả lại').first().waitFor()
    await picture(commune, 'story-work')
    await first.getByRole('link').click()
    await dialog(commune).getByText('Trả lại: Quyết định chưa có dấu').waitFor()
    await dialog(commune).getByText('Xã còn thiếu chữ ký').waitFor()
    await picture(commune, 'story-returned')
  })

  it('is not for the district beside, however it tries', async () => {
    const beside = await colleague('ben.canh')
    await beside.goto(list('all'))
    await beside.locator('[data-row]').first().waitFor()
    expect(await boxes(beside).count()).toBe(0)
    const origin = { Origin: server.url }
    const address = `${server.url}${returned()}`
    expect((await beside.request.get(`${address}/notes`)).status()).toBe(404)
    const note = await beside.request.post(`${address}/notes`, { data: { text: 'x' }, headers: origin })
    expect(note.status()).toBe(403)
    const seen = await beside.request.get(address)
    const tag = { ...origin, 'If-Match': seen.headers().etag ?? '' }
    for (const [act, data] of [
      ['confirmation', {}],
      ['return', { reason: 'x' }],
    ] as const) {
      expect((await beside.request.post(`${address}/${act}`, { data, headers: tag })).status()).toBe(403)
    }
    const report = await beside.request.patch(`${address}/tasks/duty`, {
      data: { status: 'done' },
      headers: tag,
    })
    expect(report.status()).toBe(403)
    for (const path of ['', '/history', '/tasks/duty']) {
      const text = await (await beside.request.get(`${address}${path}`)).text()
      for (const secret of ['Quyết định chưa có dấu', 'Xã còn thiếu chữ ký', 'Lù Văn Tài', 'Hoàng Thị Mai']) {
        expect(text).not.toContain(secret)
      }
    }
  })

  it('leaves a trail that is proved', async () => {
    expect(complaints.flat()).toEqual([])
    const proved = JSON.parse(await server.after(['audit', 'verify', '--json'])) as {
      log: string
      finding: unknown
    }[]
    expect(proved.map(one => [one.log, one.finding])).toEqual([
      ['accounts', null],
      ['2021', null],
    ])
  })
})
