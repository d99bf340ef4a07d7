import { afterEach, describe, expect, it, vi } from 'vitest'
import { carried } from '../state/keep'
import { forgetDrafts, keepText, reloadWithDrafts } from './draft'

afterEach(() => {
  dispatchEvent(new Event('pagehide'))
  sessionStorage.clear()
  forgetDrafts()
  vi.restoreAllMocks()
})

describe('loading the page again', () => {
  it('carries what is typed when the page is left, and not what was saved by one who stayed', () => {
    vi.spyOn(location, 'reload').mockImplementation(() => undefined)
    keepText('058/a', 'đã lưu sau đó')
    keepText('058/b', 'chưa lưu')
    reloadWithDrafts()
    expect(carried('drafts')).toBeNull()
    keepText('058/a', null)
    dispatchEvent(new Event('pagehide'))
    expect(carried('drafts')).toEqual({ drafts: {}, texts: { '058/b': 'chưa lưu' } })
    expect(carried('drafts')).toBeNull()
  })
})
