import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch, look, open, overflow, phone, picture, wide } from './browser'
import { Server } from './server'

// What the page must show, in a real browser against the real server, on the trial day 25/01/2021.

const server = new Server()
let browser: Browser
let page: Page
let complaints: string[]

const city = () => `${server.url}/2021/058`
const row = (name: RegExp) => page.locator('.row-label').and(page.getByRole('button', { name }))
const drawer = () => page.getByRole('dialog')

beforeAll(async () => {
  await server.start()
  browser = await launch()
  ;({ page, complaints } = await open(browser))
})

afterAll(async () => {
  await browser?.close()
  await server.stop()
})

describe('from the first screen to the timeline', () => {
  it('says what it is, that it is a trial, and has the search in focus', async () => {
    await page.goto(server.url)
    await page.getByText('Chạy thử: ngày của hệ thống là Thứ Hai, 25/01/2021').waitFor()
    const focused = await page.evaluate(() => document.activeElement?.getAttribute('role'))
    expect(focused).toBe('combobox')
    await page.getByRole('link', { name: 'Hà Nội' }).waitFor()
    expect(await look(page, 'first')).toEqual([])
  })

  it('finds Bắc Kạn without diacritics, by keyboard', async () => {
    await page.getByRole('combobox').fill('bac kan')
    await page.getByRole('option', { name: /^Thành phố Bắc Kạn/ }).waitFor()
    expect(await look(page, 'search')).toEqual([])
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.waitForURL(city())
    await page.getByRole('heading', { level: 1, name: 'Thành phố Bắc Kạn' }).waitFor()
    await page.waitForFunction(() => document.activeElement?.tagName === 'H1')
  })

  it('shows the directive in the band, the plan, the first consultation, the election day and today', async () => {
    const band = page.locator('.band')
    await band.getByRole('button', { name: /Từ cấp trên \(\d+, \d+ việc đang hoặc sắp diễn ra\)/ }).waitFor()
    await band.getByRole('button', { name: /Chỉ thị 45-CT\/TW.*ngày 20\/06\/2020/ }).waitFor()
    await band.getByRole('button', { name: /Ngày bầu cử.*23\/05\/2021/ }).waitFor()
    await row(/18-KH\/TU.*14\/01\/2021/).waitFor()
    await row(/hiệp thương lần thứ nhất.*hạn 17\/02\/2021/i).waitFor()
    await page.getByText('Hôm nay 25/01/2021').waitFor()
    await page.getByText('Ngày bầu cử 23/05/2021', { exact: true }).waitFor()
    expect(await look(page, 'timeline')).toEqual([])
  })

  it('moves between rows with the arrows as one Tab stop', async () => {
    await page.locator('.row-label[tabindex="0"]').focus()
    await page.keyboard.press('End')
    await page.keyboard.press('Home')
    await page.keyboard.press('ArrowDown')
    const name = await page.evaluate(() => document.activeElement?.getAttribute('data-row'))
    expect(name).toBe('VN:politburo_directive_45')
    expect(await page.locator('.row-label[tabindex="0"]').count()).toBe(1)
    await page.keyboard.press('Enter')
    await drawer().getByText('45-CT/TW, ngày 20/06/2020').waitFor()
    expect(await look(page, 'band-drawer')).toEqual([])
    await page.keyboard.press('Escape')
    await drawer().waitFor({ state: 'detached' })
    await page.waitForFunction(
      () => document.activeElement?.getAttribute('data-row') === 'VN:politburo_directive_45',
    )
  })

  for (const zoom of ['Ngày', 'Tuần', 'Tháng', 'Cả kỳ']) {
    it(`keeps today in sight at zoom ${zoom}`, async () => {
      await page.getByRole('button', { name: zoom, exact: true }).click()
      const label = page.getByText('Hôm nay 25/01/2021')
      await expect.poll(async () => (await label.boundingBox())?.x ?? -1).toBeGreaterThan(380)
      expect((await label.boundingBox())?.x).toBeLessThan(wide.width)
    })
  }

  it('has the same rows as a table', async () => {
    const rows = await page.locator('.row-label').count()
    await page.getByRole('button', { name: 'Bảng' }).click()
    await page.getByRole('table').waitFor()
    expect(await page.locator('tbody tr:not(.table-group)').count()).toBe(rows)
    expect(await look(page, 'table')).toEqual([])
    await page.getByRole('button', { name: 'Dòng thời gian' }).click()
  })
})

describe('what a visit loads', () => {
  it('is below 130 kB compressed before the timeline is shown', async () => {
    const first = await open(browser, wide, true)
    await first.page.goto(city())
    await first.page.getByRole('heading', { level: 1, name: 'Thành phố Bắc Kạn' }).waitFor()
    const files = await first.page.evaluate(() =>
      performance
        .getEntries()
        .filter(entry => entry instanceof PerformanceResourceTiming && !entry.name.includes('/api/'))
        .map(entry => (entry as PerformanceResourceTiming).encodedBodySize),
    )
    expect(files.length).toBeGreaterThan(2)
    expect(files.reduce((sum, size) => sum + size, 0)).toBeLessThan(130_000)
    await first.page.context().close()
  })

  it('brings a screen that few need when it is asked for, and says so where that fails', async () => {
    const visit = await open(browser, wide, true)
    await visit.page.goto(city())
    await visit.page.route('**/assets/plans-*.js', route => route.abort())
    await visit.page.getByRole('link', { name: 'Kế hoạch địa phương' }).click()
    await visit.page.getByText('Chưa tải được phần này của trang').waitFor()
    expect(await look(visit.page, 'part-missing')).toEqual([])
    await visit.page.unroute('**/assets/plans-*.js')
    await visit.page.getByRole('button', { name: 'Thử lại' }).click()
    await visit.page.getByRole('heading', { name: 'Kế hoạch địa phương' }).waitFor()
    await visit.page.context().close()
  })

  it('asks to be loaded again where the server has another version, and keeps what is typed', async () => {
    const visit = await open(browser)
    await visit.page.goto(`${city()}?m=election_committee_district`)
    const form = visit.page.getByRole('dialog')
    await form
      .getByRole('button', { name: /^Cập nhật: / })
      .first()
      .click()
    await form.getByRole('radio', { name: 'Vướng mắc' }).check()
    await form.getByRole('textbox', { name: 'Lý do' }).fill('Chờ ý kiến cấp trên')
    await visit.page.route('**/assets/en-*.js', route => route.fulfill({ status: 404 }))
    await visit.page.route(`${server.url}/`, route => route.fulfill({ body: 'another version' }))
    // The drawer lies over the button.
    await visit.page.getByRole('button', { name: 'English' }).press('Enter')
    await visit.page.getByText('Có lẽ máy chủ vừa có phiên bản mới').waitFor()
    expect(await look(visit.page, 'part-replaced')).toEqual([])
    await visit.page.unroute('**/assets/en-*.js')
    await visit.page.getByRole('button', { name: 'Tải lại trang' }).click()
    await visit.page.waitForLoadState('networkidle')
    expect(await form.getByRole('textbox', { name: 'Lý do' }).inputValue()).toBe('Chờ ý kiến cấp trên')
    await visit.page.context().close()
  })
})

describe('a change', () => {
  it('sets a task to done with a document number', async () => {
    await page.goto(`${city()}?m=consult1_pc_district`)
    await drawer().getByText('95 ngày').first().waitFor()
    await drawer()
      .getByRole('button', { name: /^Cập nhật: Hội nghị hiệp thương/ })
      .click()
    await drawer().getByRole('radio', { name: 'Xong', exact: true }).check()
    await drawer().getByLabel('Số văn bản').fill('12/BB-MTTQ')
    expect(await drawer().getByRole('textbox', { name: 'Ngày xong' }).inputValue()).toBe('25/01/2021')
    expect(await look(page, 'form')).toEqual([])
    await drawer().getByRole('button', { name: 'Lưu' }).click()
    await drawer().getByText('Đã lưu.').waitFor()
    await drawer().getByText('Văn bản số 12/BB-MTTQ').waitFor()
  })

  const shown = async () => {
    await drawer().locator('.drawer-state').getByText('Xong đúng hạn').waitFor()
    await drawer().getByText('Văn bản số 12/BB-MTTQ').waitFor()
    const history = drawer().locator('.history')
    await history.getByText('Tình trạng: Chưa làm → Xong').waitFor()
    await history.getByText('Số văn bản: 12/BB-MTTQ').waitFor()
    await row(/hiệp thương lần thứ nhất.*xong đúng hạn.*xong 25\/01\/2021/i).waitFor()
  }

  it('shows on the milestone, in its history and on the timeline', async () => {
    await shown()
    expect(await look(page, 'done')).toEqual([])
  })

  it('is still there after a reload', async () => {
    await page.reload()
    await shown()
  })

  it('says beside the field what the server refuses, and keeps what was typed', async () => {
    await page.goto(`${city()}?m=election_committee_district`)
    await drawer()
      .getByRole('button', { name: /^Cập nhật: / })
      .first()
      .click()
    await drawer().getByRole('radio', { name: 'Xong', exact: true }).check()
    await drawer().getByRole('textbox', { name: 'Ngày xong' }).fill('1/2/2021')
    await drawer().getByRole('button', { name: 'Lưu' }).click()
    await drawer().locator('.field-wrong .wrong').waitFor()
    await page.waitForFunction(() => document.activeElement?.getAttribute('aria-invalid') === 'true')
    expect(await drawer().getByRole('textbox', { name: 'Ngày xong' }).inputValue()).toBe('1/2/2021')
    expect(await look(page, 'refused')).toEqual([])
    await drawer().getByRole('button', { name: 'Thôi' }).click()
  })

  it('asks whose words count when another was quicker', async () => {
    const url = `${city()}?m=pc_structure_draft_district`
    await page.goto(url)
    const edit = /^Cập nhật: Dự kiến cơ cấu/
    await drawer().getByRole('button', { name: edit }).click()
    await drawer().getByRole('radio', { name: 'Vướng mắc' }).check()
    await drawer().getByRole('textbox', { name: 'Lý do' }).fill('Chờ ý kiến cấp trên')
    const other = await open(browser)
    await other.page.goto(url)
    await other.page.getByRole('dialog').getByRole('button', { name: 'Đang làm', exact: true }).click()
    await other.page.getByText('Đã lưu.').waitFor()
    await drawer().getByRole('button', { name: 'Lưu' }).click()
    await drawer().getByText('Có người khác vừa sửa mục này').waitFor()
    await drawer().getByRole('row', { name: 'Tình trạng Đang làm Vướng mắc' }).waitFor()
    await page.waitForFunction(() => document.activeElement?.closest('.conflict') !== null)
    expect(await look(page, 'conflict')).toEqual([])
    await drawer().getByRole('button', { name: 'Ghi đè bằng bản của tôi' }).click()
    await drawer().getByText('Lý do: Chờ ý kiến cấp trên').first().waitFor()
    await drawer().locator('.drawer-state').getByText('Vướng mắc').waitFor()
    expect(await look(page, 'stuck')).toEqual([])
    expect(other.complaints).toEqual([])
    await other.page.context().close()
  })

  it('sets the own planned day, and refuses one after the limit', async () => {
    await page.goto(`${city()}?m=pc_constituencies_district`)
    await drawer().getByRole('button', { name: 'Đặt ngày kế hoạch' }).click()
    const day = drawer().getByRole('textbox', { name: /Ngày nơi này đặt ra/ })
    await day.fill('31/02/2021')
    await day.press('Enter')
    await drawer().getByText('Không có ngày này').waitFor()
    await day.fill('5/3/2021')
    await day.press('Enter')
    await drawer()
      .getByRole('alert')
      .getByText(/Điều 10/)
      .waitFor()
    await day.fill('2/3/2021')
    await day.press('Enter')
    await drawer().locator('.date-planned').getByText('Thứ Ba, 02/03/2021').waitFor()
    await drawer().locator('.date-planned').getByText('Đã lưu.').waitFor()
    await page.waitForFunction(() => document.activeElement?.textContent === 'Đổi')
    await drawer().locator('.history').getByText('Ngày kế hoạch: 02/03/2021').waitFor()
    await row(/đơn vị bầu cử HĐND cấp huyện.*kế hoạch 02\/03\/2021/).waitFor()
  })
})

describe('the address', () => {
  it('switches the language and keeps it', async () => {
    await page.goto(city())
    await page.getByRole('button', { name: 'English' }).click()
    await page.getByText('From the levels above').waitFor()
    expect(new URL(page.url()).searchParams.get('lang')).toBe('en')
    expect(await page.getAttribute('html', 'lang')).toBe('en')
    await page.reload()
    await page.getByText('Today 25/01/2021').waitFor()
    expect(await look(page, 'english')).toEqual([])
    await page.getByRole('button', { name: 'Tiếng Việt' }).click()
  })

  it('looks back at a day, says so, and allows no edits', async () => {
    await page.goto(city())
    await page.getByLabel('Xem tại ngày').fill('31/02/2021')
    await page.keyboard.press('Enter')
    await page.getByText('Không có ngày này').waitFor()
    await page.getByLabel('Xem tại ngày').fill('10-1-2021')
    await page.keyboard.press('Enter')
    await page.getByText('Đang xem lại ngày Chủ nhật, 10/01/2021').waitFor()
    expect(new URL(page.url()).searchParams.get('as_of')).toBe('2021-01-10')
    await page.getByText('Ngày xem 10/01/2021').waitFor()
    await row(/hiệp thương lần thứ nhất/i).click()
    await drawer().getByText('Đang xem lại ngày cũ nên không sửa được').waitFor()
    expect(await drawer().getByRole('button', { name: 'Xong hôm nay' }).count()).toBe(0)
    expect(await look(page, 'past')).toEqual([])
    await page.goBack()
    await drawer().waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Về hôm nay' }).first().click()
    await page.getByText('Hôm nay 25/01/2021').waitFor()
  })
})

describe('a telephone', () => {
  it('shows rows as cards, the drawer and the first screen, without scrolling sideways', async () => {
    const small = await open(browser, phone)
    for (const [name, path] of [
      ['phone-first', '/'],
      ['phone-timeline', '/2021/058'],
      ['phone-table', '/2021/058?view=table'],
      ['phone-drawer', '/2021/058?m=consult1_pc_district'],
      ['phone-english', '/2021/058?lang=en'],
    ] as const) {
      await small.page.goto(server.url + path)
      await small.page.waitForLoadState('networkidle')
      expect(await look(small.page, name)).toEqual([])
      expect(await overflow(small.page)).toBeLessThanOrEqual(0)
    }
    expect(small.complaints).toEqual([])
    await small.page.context().close()
  })

  it('cuts nothing off at 320 pixels', async () => {
    const small = await open(browser, { width: 320, height: 700 })
    for (const path of [
      '/',
      '/2021/058',
      '/2021/058?view=table',
      '/2021/058?m=candidacy_window_pc_district',
    ]) {
      await small.page.goto(server.url + path)
      await small.page.waitForLoadState('networkidle')
      expect(await overflow(small.page)).toBeLessThanOrEqual(0)
    }
    expect(await look(small.page, 'phone-320')).toEqual([])
    await small.page.context().close()
  })
})

describe('a magnified page', () => {
  it('loses nothing at 200 %', async () => {
    // A window of 1440 × 900 pixels has half of both left.
    const half = await open(browser, { width: 720, height: 450 })
    for (const [name, path] of [
      ['zoomed-first', '/'],
      ['zoomed-timeline', '/2021/058'],
      ['zoomed-table', '/2021/058?view=table'],
      ['zoomed-drawer', '/2021/058?m=consult1_pc_district'],
    ] as const) {
      await half.page.goto(server.url + path)
      await half.page.waitForLoadState('networkidle')
      expect(await look(half.page, name)).toEqual([])
      expect(await overflow(half.page)).toBeLessThanOrEqual(0)
    }
    await half.page.context().close()
  })
})

describe('forced colours', () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    it(`leave no picture in a colour of its own (${colorScheme})`, async () => {
      const forced = await open(browser)
      await forced.page.emulateMedia({ forcedColors: 'active', colorScheme })
      await forced.page.goto(`${city()}?m=consult1_pc_district`)
      await forced.page.getByRole('dialog').getByText('Lịch sử').waitFor()
      expect(await forced.page.evaluate(ownColours)).toEqual([])
      // Not asked of axe, which takes the ground for white whatever the system says.
      await picture(forced.page, `forced-${colorScheme}`)
      await forced.page.context().close()
    })
  }
})

/** The colours of icons and marks that are not those of the system; runs in the page. */
function ownColours(): string[] {
  const probe = document.body.appendChild(document.createElement('span'))
  probe.style.forcedColorAdjust = 'none'
  const system = ['CanvasText', 'Canvas', 'ButtonText', 'GrayText', 'Highlight'].map(name => {
    probe.style.color = name
    return getComputedStyle(probe).color
  })
  probe.remove()
  const used = new Set<string>()
  for (const shape of document.querySelectorAll('.icon *, .mark *')) {
    const { fill, stroke } = getComputedStyle(shape)
    for (const colour of [fill, stroke]) {
      if (colour !== 'none' && !system.includes(colour)) {
        used.add(`${shape.closest('svg')?.getAttribute('class')}: ${colour}`)
      }
    }
  }
  return [...used]
}

describe('the server', () => {
  it('left nothing in the console', () => {
    // A refused change is an answer of the server's that the browser itself writes down; nothing else may be there.
    const own = complaints.filter(text => !/status of (412|422)/.test(text))
    expect(own).toEqual([])
  })

  it('may be killed: the last data stay, and what was saved is there when it is back', async () => {
    await page.goto(`${city()}?m=consult1_pc_district`)
    await drawer().getByText('Văn bản số 12/BB-MTTQ').waitFor()
    if (server.own) {
      await server.kill()
      await page.evaluate(() => dispatchEvent(new Event('online')))
      await page.getByText('Mất liên lạc với máy chủ. Đang hiện số liệu lúc').waitFor()
      expect(await row(/hiệp thương lần thứ nhất/i).count()).toBe(1)
      expect(await look(page, 'gone')).toEqual([])
      await server.start()
    }
    await page.reload()
    await drawer().getByText('Văn bản số 12/BB-MTTQ').waitFor()
    await drawer().locator('.history').getByText('Tình trạng: Chưa làm → Xong').waitFor()
    await row(/hiệp thương lần thứ nhất.*xong đúng hạn/i).waitFor()
  })
})
