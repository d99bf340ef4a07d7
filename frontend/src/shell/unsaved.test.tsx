import { cleanup, render } from '@testing-library/preact'
import { afterEach, describe, expect, it } from 'vitest'
import { useUnsaved } from './unsaved'

function Form({ typed }: { typed: boolean }) {
  useUnsaved(typed)
  return null
}

/** Whether the browser would ask before the page is left. */
function asks(): boolean {
  const event = new Event('beforeunload', { cancelable: true })
  window.dispatchEvent(event)
  return event.defaultPrevented
}

afterEach(cleanup)

describe('leaving the page', () => {
  it('is asked about while something typed is unsaved, no longer when it is saved or closed', () => {
    const { rerender, unmount } = render(<Form typed={false} />)
    expect(asks()).toBe(false)
    rerender(<Form typed />)
    expect(asks()).toBe(true)
    rerender(<Form typed={false} />)
    expect(asks()).toBe(false)
    rerender(<Form typed />)
    unmount()
    expect(asks()).toBe(false)
  })
})
