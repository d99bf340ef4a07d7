import { type AddressInfo, createServer, type Socket } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch, look, open, overflow, phone, wide } from './browser'
import { Server } from './server'

// Reminders by mail on the account's page, with a real mail server on this machine: first none is set, then a trial keeps
// what is to be sent, then it is sent.

const server = new Server()
let browser: Browser
let page: Page
let complaints: string[]

interface Mail {
  to: string
  body: string
}

/** Just enough of RFC 5321 to be given a message; who is called "nobody" has no mail box. */
function take(socket: Socket, mails: Mail[]): void {
  let heard = ''
  let to = ''
  let inMessage = false
  const say = (line: string) => socket.write(`${line}\r\n`)
  const obey = (line: string) => {
    const verb = line.slice(0, 4).toUpperCase()
    if (verb === 'RCPT') {
      to = /<(.*?)>/.exec(line)?.[1] ?? ''
      say(to.startsWith('nobody@') ? '550 5.1.1 no such mail box' : '250 ok')
    } else if (verb === 'DATA') {
      inMessage = true
      say('354 go on')
    } else if (verb === 'QUIT') {
      socket.end('221 bye\r\n')
    } else say('250 localhost')
  }
  socket.setEncoding('utf8')
  socket.on('error', () => socket.destroy())
  socket.on('data', (part: string) => {
    heard += part
    for (;;) {
      const ends = inMessage ? '\r\n.\r\n' : '\r\n'
      const at = heard.indexOf(ends)
      if (at < 0) return
      const said = heard.slice(0, at)
      heard = heard.slice(at + ends.length)
      if (!inMessage) obey(said)
      else {
        inMessage = false
        mails.push({ to, body: said.slice(said.indexOf('\r\n\r\n')).replace(/=\r\n/g, '') })
        say('250 taken')
      }
    }
  })
  say('220 localhost')
}

const mails: Mail[] = []
const post = createServer(socket => take(socket, mails))

/** The code in the latest message. */
const code = () => /\b\d{8}\b/.exec(mails.at(-1)?.body ?? '')?.[0] ?? ''

const part = () => page.getByRole('region', { name: 'Nhắc việc' })
const button = (name: string | RegExp) => part().getByRole('button', { name })
const says = (text: string | RegExp) => part().getByText(text).first().waitFor()

async function lookAt(name: string): Promise<void> {
  await part().scrollIntoViewIfNeeded()
  expect(await look(page, `${name}-wide`)).toEqual([])
  for (const [size, viewport] of [
    ['phone', phone],
    ['320', { width: 320, height: 700 }],
  ] as const) {
    await page.setViewportSize(viewport)
    await part().getByRole('heading', { level: 2 }).scrollIntoViewIfNeeded()
    expect(await look(page, `${name}-${size}`)).toEqual([])
    expect(await overflow(page)).toBeLessThanOrEqual(0)
  }
  await part().screenshot({ path: `test-results/${name}-320-part.png` })
  await page.setViewportSize(phone)
  await part().screenshot({ path: `test-results/${name}-phone-part.png` })
  const low = await part()
    .locator('button:visible, .choice-line:visible, input[type="text"]:visible')
    .evaluateAll(all =>
      all
        .filter(one => one.getBoundingClientRect().height < 44)
        .map(one => `${one.textContent} ${one.getBoundingClientRect().height}`),
    )
  expect(low).toEqual([])
  await page.setViewportSize(wide)
  await part().screenshot({ path: `test-results/${name}-wide-part.png` })
}

/** Starts the server anew over the same data, with other settings, and shows the page again. */
async function restart(settings: Record<string, string>): Promise<void> {
  await server.kill()
  Object.assign(process.env, settings)
  await server.start()
  await page.goto(`${server.url}/account`)
  await part().getByRole('heading', { name: 'Địa chỉ thư' }).waitFor()
}

beforeAll(async () => {
  await new Promise<void>(done => post.listen(0, '127.0.0.1', done))
  await server.start()
  browser = await launch()
  ;({ page, complaints } = await open(browser))
  await page.goto(`${server.url}/account`)
})

afterAll(async () => {
  await browser?.close()
  await server.stop()
  post.close()
})

describe('reminders by mail', () => {
  it('say that the server has no mail settings, and keep what is to be sent', async () => {
    await says(/chưa cài đặt máy chủ thư/)
    await says('Chưa có thư nào.')
    await lookAt('reminders-none')
    await part().getByLabel('Thư điện tử').fill('ân@example.vn')
    await button('Gửi mã xác nhận').click()
    await says(/không phải là một địa chỉ thư/)
    await lookAt('reminders-refused')
    await part().getByLabel('Thư điện tử').fill('nobody@example.vn')
    await page.keyboard.press('Enter')
    await says(/Mã cho nobody@example.vn được giữ lại/)
    await says('1 thư được giữ lại, chưa gửi.')
    await lookAt('reminders-held')
  })

  it('say that a trial sends nothing', async () => {
    const { port } = post.address() as AddressInfo
    await restart({ TIENDO_SMTP: `127.0.0.1:${port}`, TIENDO_MAIL_FROM: 'tiendo@example.vn' })
    await says(/Đây là bản chạy thử/)
    await lookAt('reminders-trial')
    expect(mails).toEqual([])
  })

  it('say what the mail server does not take', async () => {
    await restart({ TIENDO_MAIL_IN_TRIAL: 'true' })
    await button('Gửi lại mã').click()
    // The code from before was refused, too: only from here on it is the new one of which that is said.
    await says(/Đã yêu cầu mã mới/)
    await says(/Máy chủ thư từ chối hẳn địa chỉ này .*no such mail box/)
    await lookAt('reminders-failed')
  })

  it('go to an address that was confirmed by the code that was mailed, by keyboard alone', async () => {
    await button('Đổi địa chỉ').focus()
    await page.keyboard.press('Enter')
    await part().getByLabel('Thư điện tử mới').and(page.locator(':focus')).waitFor()
    await page.keyboard.press('Control+A')
    await page.keyboard.type('mai@example.vn')
    await page.keyboard.press('Enter')
    const field = part().getByLabel('Mã xác nhận')
    await field.and(page.locator(':focus')).waitFor()
    await says(/Mã đã gửi tới mai@example.vn, dùng được đến/)
    expect(mails.map(one => one.to)).toEqual(['mai@example.vn'])
    await lookAt('reminders-waiting')

    await field.fill(code() === '00000000' ? '11111111' : '00000000')
    await page.keyboard.press('Enter')
    await says(/còn 4 lần thử/)
    await lookAt('reminders-wrong')
    const first = code()
    await button('Gửi lại mã').click()
    await says(/Đã yêu cầu mã mới/)
    await expect.poll(() => mails.length, { timeout: 20_000 }).toBe(2)
    expect(code()).not.toBe(first)
    await field.fill(`${code().slice(0, 4)} ${code().slice(4)}`)
    await page.keyboard.press('Enter')
    await says('Đã xác nhận địa chỉ.')
    await says('Đang bật.')
    await part().getByRole('heading', { name: 'Địa chỉ thư' }).and(page.locator(':focus')).waitFor()
    await button(/^Xem cả/).click()
    await says('không gửi được')
    await lookAt('reminders-confirmed')
  })

  it('come on the days one chooses, or not at all', async () => {
    await part().getByRole('checkbox', { name: 'trước 14 ngày' }).check()
    await part().getByRole('checkbox', { name: 'đúng ngày hạn' }).check()
    await part().getByRole('checkbox', { name: 'trước 5 ngày' }).check()
    // Six are chosen.
    expect(await part().getByRole('checkbox', { name: 'trước 30 ngày' }).isDisabled()).toBe(true)
    await lookAt('reminders-days')
    await button('Lưu').click()
    await says('Đã lưu.')
    await part()
      .getByRole('checkbox', { name: /^Nhận thư nhắc việc/ })
      .uncheck()
    await button('Lưu').click()
    await says('Đang tắt.')
    await page.reload()
    await says('Đang tắt.')
    await lookAt('reminders-off')
    const kept = await (await server.fetch('/api/v1/me/reminders')).json()
    expect(kept).toMatchObject({ wanted: false, days_before: [14, 7, 5, 3, 1, 0], sending: 'on' })
  })

  it('end with their address, once no more codes go out for the day', async () => {
    await button('Đổi địa chỉ').click()
    await part().getByLabel('Thư điện tử mới').fill('lan@example.vn')
    await button('Gửi mã xác nhận').click()
    await says(/Mã đã gửi tới lan@example.vn/)
    await button('Gửi lại mã').click()
    await says(/Đã gửi 5 mã xác nhận trong một ngày/)
    await lookAt('reminders-limit')
    await button('Bỏ địa chỉ…').click()
    await button('Bỏ địa chỉ').click()
    await says('Đã bỏ địa chỉ.')
    await page.goto(`${server.url}/account?lang=en`)
    await page.getByRole('region', { name: 'Reminders' }).getByText('No mail yet.').waitFor()
    expect(await look(page, 'reminders-english')).toEqual([])
  })

  it('complain of nothing', () => {
    // A browser says so itself when an answer is a refusal, and while the server was away.
    expect(complaints.filter(one => !/422|429|ERR_CONNECTION/.test(one))).toEqual([])
  })
})
