import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asksToLeave, launch, look, open, overflow, phone, picture } from './browser'
import { Server } from './server'

// The local plans of Bắc Kạn city, on the trial day 25/01/2021.

const server = new Server('2021-01-25')
let browser: Browser
let page: Page
let complaints: string[]

const api = () => `${server.url}/api/v1/elections/2021/plans`
const line = (n: number) => page.getByRole('group', { name: `Việc ${n}`, exact: true })
const button = (name: string | RegExp) => page.getByRole('button', { name })
const preview = () => page.getByRole('heading', { name: 'Sẽ có những thay đổi sau' })

beforeAll(async () => {
  await server.start()
  browser = await launch()
  ;({ page, complaints } = await open(browser))
})

afterAll(async () => {
  await browser?.close()
  await server.stop()
})

describe('the local plans of a place', () => {
  it('are listed with those of the places above, and say how far they are', async () => {
    await page.goto(`${server.url}/2021/058`)
    await page.getByRole('link', { name: 'Kế hoạch địa phương' }).click()
    await page.getByRole('heading', { level: 2, name: 'Kế hoạch địa phương' }).waitFor()
    await page.locator('.plan').first().waitFor()
    expect(new URL(page.url()).searchParams.get('plans')).toBe('list')
    expect(await page.locator('.plan').first().innerText()).toMatch(/Đang thực hiện[\s\S]*mốc đã xong/)
    expect(await look(page, 'plans-list')).toEqual([])
  })

  it('are added: what is wrong is said at its place', async () => {
    await page.getByRole('link', { name: 'Thêm kế hoạch' }).click()
    await page.getByRole('heading', { level: 2, name: /Kế hoạch mới/ }).waitFor()
    // Of any phase, also of one that has nothing at this level.
    await line(1)
      .getByLabel('Giai đoạn')
      .getByRole('option', { name: 'Danh sách cử tri' })
      .waitFor({ state: 'attached' })
    await page.getByLabel('Tên kế hoạch').fill('Kế hoạch làm việc với các phường, xã')
    await page.getByLabel('Số, ký hiệu').fill('31/KH-UBND')
    await page.getByLabel('Ngày ban hành').fill('20/1/2021')
    await line(1).getByLabel('Từ ngày').fill('31/2/2021')
    await button('Xem trước').click()
    await page.getByText('Không có ngày này').waitFor()
    expect(await line(1).getByLabel('Từ ngày').getAttribute('aria-invalid')).toBe('true')
    await line(1).getByLabel('Từ ngày').fill('26/2/2021')
    await line(1).getByLabel('Đến ngày').fill('21/1/2021')
    await button('Xem trước').click()
    await page.getByText('Thiếu tên gọi').first().waitFor()
    expect(await page.getByText('Máy chủ không nhận').count()).toBe(0)
    expect(await asksToLeave(page)).toBe(true)
    await page.getByText('sớm hơn ngày đầu').first().waitFor()
    expect(await look(page, 'plans-wrong')).toEqual([])
  })

  it('are shown before they are entered', async () => {
    await line(1).getByLabel('Việc', { exact: true }).fill('Họp giao ban với các phường, xã')
    await line(1).getByLabel('Từ ngày').fill('21/1/2021')
    await line(1).getByLabel('Đến ngày').fill('26/2/2021')
    await line(1).getByLabel('Dành cho').selectOption('commune')
    await button('Thêm việc').click()
    await line(2).getByLabel('Việc', { exact: true }).fill('Tập huấn nghiệp vụ')
    await line(2).getByLabel('Đến ngày').fill('5/3/2021')
    expect(await look(page, 'plans-form')).toEqual([])
    await button('Xem trước').click()
    await preview().waitFor()
    await page.getByText('Tạo 9 mốc ở 9 nơi.').waitFor()
    expect(await look(page, 'plans-preview')).toEqual([])
    await button('Ghi nhận').click()
    await page.getByText('Đã ghi nhận.').waitFor()
    await page.getByRole('heading', { level: 3, name: 'Kế hoạch làm việc với các phường, xã' }).waitFor()
    await page.getByText('31/KH-UBND (20/01/2021)').waitFor()
    await page.goto(`${server.url}/2021/01840`)
    await button(/Họp giao ban với các phường, xã/).waitFor()
  })

  it('are changed, and what another has written meanwhile is shown beside', async () => {
    await page.goto(`${server.url}/2021/058?plans=ke_hoach_lam_viec_voi_cac_phuong_xa`)
    await line(1).getByLabel('Đến ngày').fill('1/3/2021')
    await line(2)
      .getByRole('button', { name: /Bỏ việc này/ })
      .click()
    await page.getByLabel('Lý do').fill('Tỉnh đã tập huấn')
    const mine = `${api()}/ke_hoach_lam_viec_voi_cac_phuong_xa`
    const tag = (await server.fetch(mine)).headers.get('ETag') ?? ''
    const other = await server.fetch(mine, {
      method: 'PATCH',
      headers: { 'Content-Type': 'application/merge-patch+json', 'If-Match': tag },
      body: JSON.stringify({ lines: { hop_giao_ban_voi_cac_phuong_xa: { latest_on: '2021-02-27' } } }),
    })
    expect(other.status).toBe(200)
    await button('Xem trước').click()
    await page.getByText('27/02/2021').waitFor()
    expect(await look(page, 'plans-conflict')).toEqual([])
    await button(/Ghi đè/).click()
    await preview().waitFor()
    await page.getByText('(8)').first().waitFor()
    expect(await look(page, 'plans-change')).toEqual([])
    await button('Ghi nhận').click()
    await page.getByText('Đã ghi nhận.').waitFor()
  })

  it('leave what is cancelled in sight, with its reason', async () => {
    await page.goto(`${server.url}/2021/058`)
    const row = button(/Tập huấn nghiệp vụ/)
    await row.waitFor()
    expect(await row.innerText()).toMatch(/Đã hủy từ 25\/01\/2021/)
    await row.click()
    await page.getByText('Lý do: Tỉnh đã tập huấn').first().waitFor()
    await page.getByRole('link', { name: 'Kế hoạch làm việc với các phường, xã' }).waitFor()
    expect(await page.locator('.task-head .chip').first().innerText()).toContain('Đã hủy')
    expect(await look(page, 'plans-cancelled')).toEqual([])
    await page.goto(`${server.url}/2021/058?view=table`)
    await page.locator('.table s', { hasText: 'Tập huấn nghiệp vụ' }).waitFor()
  })

  it('are withdrawn with a reason, and stay listed', async () => {
    await page.goto(`${server.url}/2021/058?plans=list`)
    await button('Rút kế hoạch: Kế hoạch làm việc với các phường, xã').click()
    await button('Xem trước').click()
    await page.getByText('Rút kế hoạch thì cần lý do').first().waitFor()
    expect(await page.getByText('Máy chủ không nhận').count()).toBe(0)
    await page.getByLabel('Lý do').fill('Thay bằng kế hoạch khác')
    await button('Xem trước').click()
    await preview().waitFor()
    expect(await look(page, 'plans-withdraw')).toEqual([])
    await button('Rút kế hoạch này').click()
    await page.getByText('Đã rút từ 25/01/2021').waitFor()
    await page.getByText('Lý do: Thay bằng kế hoạch khác').waitFor()
    expect(await look(page, 'plans-withdrawn')).toEqual([])
    expect(await button('Rút kế hoạch: Kế hoạch làm việc với các phường, xã').count()).toBe(0)
    await page.goto(`${server.url}/2021/01837`)
    expect(await button(/Họp giao ban với các phường, xã/).innerText()).toMatch(/Đã hủy/)
    // The refused preview and the plan that another was faster with are said by the browser as well.
    expect(complaints.filter(text => !/status of (412|422)/.test(text))).toEqual([])
  })

  it('have room on a telephone', async () => {
    const small = await open(browser, phone)
    for (const [name, query] of Object.entries({ list: 'list', form: 'new' })) {
      await small.page.goto(`${server.url}/2021/058?plans=${query}`)
      await small.page.locator('.plans h2').waitFor()
      await small.page
        .locator(name === 'list' ? '.plan' : '.plan-line')
        .first()
        .waitFor()
      expect(await overflow(small.page)).toBeLessThanOrEqual(0)
      expect(await look(small.page, `plans-phone-${name}`)).toEqual([])
      await picture(small.page, `plans-phone-${name}`)
    }
    await small.page.context().close()
  })
})
