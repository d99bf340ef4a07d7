import { afterEach, expect, it, vi } from 'vitest'
import { area, elections } from './client'

const asked: Request[] = []
const modes: (RequestCache | undefined)[] = []

/** Takes down what is asked, and what is said of what the browser keeps; the documents that tests run in keep nothing. */
function serve(): void {
  vi.stubGlobal(
    'Request',
    class extends globalThis.Request {
      constructor(input: RequestInfo | URL, init?: RequestInit) {
        super(input, init)
        modes.push(init?.cache)
      }
    },
  )
  vi.stubGlobal('fetch', async (request: Request) => {
    asked.push(request)
    return new Response('{"items":[]}', { status: 200, headers: { 'Content-Type': 'application/json' } })
  })
}

afterEach(() => {
  asked.length = 0
  modes.length = 0
  vi.unstubAllGlobals()
})

it('never shows what the browser kept without asking whether it still holds', async () => {
  serve()
  await elections()
  await area('2021', '058')
  expect(modes).toEqual(['no-cache', 'no-cache'])
  expect(asked.map(r => r.headers.get('Accept-Language'))).toEqual(['vi', 'vi'])
})

it('leaves that to the tag where the page has one of its own', async () => {
  serve()
  await elections('W/"1"')
  expect(modes).toEqual([])
  expect(asked[0]?.headers.get('If-None-Match')).toBe('W/"1"')
})
