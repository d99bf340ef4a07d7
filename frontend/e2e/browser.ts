import { existsSync, mkdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import { type Browser, chromium, type Page } from 'playwright-core'
import { cookies } from './server'

const args = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking']

/** A real Chromium: $CHROMIUM, one on PATH, else the npm package that ships one; without any it fails. */
export async function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: await chromiumPath(), args, headless: true })
}

async function chromiumPath(): Promise<string> {
  const named = process.env.CHROMIUM
  if (named) {
    if (existsSync(named)) return named
    throw new Error(`CHROMIUM names ${named}, which does not exist.`)
  }
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const name of ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']) {
      if (existsSync(join(folder, name))) return join(folder, name)
    }
  }
  try {
    const shipped = '@sparticuz/chromium'
    const { default: found } = (await import(shipped)) as { default: { executablePath(): Promise<string> } }
    return await found.executablePath()
  } catch {
    throw new Error(
      'No Chromium: set CHROMIUM, install the package chromium, or run `npm install --no-save @sparticuz/chromium@141`.',
    )
  }
}

export const wide = { width: 1440, height: 900 }
export const phone = { width: 390, height: 844 }

/**
 * A page in a zone far from Viet Nam, whose console is listened to. The administrator of the servers that were started
 * is signed in, unless it is a stranger's.
 */
export async function open(
  browser: Browser,
  viewport = wide,
  stranger = false,
): Promise<{ page: Page; complaints: string[] }> {
  const context = await browser.newContext({
    viewport,
    timezoneId: 'America/Los_Angeles',
    locale: 'en-US',
    reducedMotion: 'reduce',
  })
  if (!stranger) await context.addCookies([...cookies].map(cookieOf))
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  const complaints: string[] = []
  page.on('console', message => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  page.on('pageerror', error => complaints.push(String(error)))
  return { page, complaints }
}

function cookieOf([url, cookie]: [string, string]): {
  url: string
  name: string
  value: string
  sameSite: 'Lax'
} {
  const [name = '', value = ''] = cookie.split('=')
  return { url, name, value, sameSite: 'Lax' }
}

/** Whether the browser would ask before the page is left: something typed is unsaved. */
export async function asksToLeave(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const event = new Event('beforeunload', { cancelable: true })
    window.dispatchEvent(event)
    return event.defaultPrevented
  })
}

const pictures = 'test-results'

/** Keeps a picture of the screen. */
export async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(pictures, { recursive: true })
  await page.screenshot({ path: join(pictures, `${name}.png`) })
}

/** What axe finds on the screen, in short lines; a picture of the screen is kept. */
export async function look(page: Page, name: string): Promise<string[]> {
  await picture(page, name)
  const { violations } = await new AxeBuilder({ page })
    // There are no frames on the page, so that nothing has to be gathered from them in a page of its own; and of what is
    // as it should be no list is made of all its elements. What is found is the same, in a quarter of the time.
    .setLegacyMode(true)
    .options({ resultTypes: ['violations'] })
    .analyze()
  return violations.map(found => `${name}: ${found.id} at ${found.nodes.map(node => node.target).join(', ')}`)
}

/** Whether the page is wider than its window. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
}
