import { act, render, screen, waitFor } from '@testing-library/preact'
import { userEvent } from '@testing-library/user-event'
import type { ComponentType } from 'preact'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { annexed, asDialog, asMain, soon } from './annex'
import { useUnsaved } from './unsaved'

const user = userEvent.setup()

interface Props {
  name: string
  onClose?: () => void
}

/** A part that comes, or does not, when the test says so. */
class Bringing {
  asked = 0
  come: (part: ComponentType<Props>) => void = () => undefined
  fail: () => void = () => undefined
  #over = false

  constructor() {
    all.push(this)
  }

  /** Leaves nothing behind that later tests would wait for. */
  end(): void {
    this.#over = true
    this.come(Hall)
  }

  readonly bring = () => {
    this.asked++
    if (this.#over) return Promise.resolve(Hall)
    return new Promise<ComponentType<Props>>((come, fail) => {
      this.come = come
      this.fail = () => fail(new TypeError('Failed to fetch dynamically imported module'))
    })
  }
}

const all: Bringing[] = []

afterEach(() => {
  for (const one of all.splice(0)) one.end()
})

const Hall: ComponentType<Props> = ({ name }) => <p>Sảnh {name}</p>

function Typing() {
  useUnsaved(true)
  return <input aria-label="Ghi chú" defaultValue="chưa lưu" />
}

declare const happyDOM: { settings: { handleDisabledFileLoadingAsSuccess: boolean } }

/** What the server gives for its first page; null: nobody answers. */
let served: string | null

beforeEach(() => {
  served = '<script type="module" crossorigin src="/assets/index-old.js"></script>'
  // Nothing is to be run: only its name counts.
  happyDOM.settings.handleDisabledFileLoadingAsSuccess = true
  document.head.innerHTML = '<script type="module" src="/assets/index-old.js"></script>'
  vi.stubGlobal('fetch', async () => {
    if (served === null) throw new TypeError('Failed to fetch')
    return new Response(served)
  })
  return () => {
    document.head.innerHTML = ''
  }
})

describe('a part that is loaded when it is asked for', () => {
  it('is asked for once, and drawn at once from then on', async () => {
    const part = new Bringing()
    const Part = annexed(part.bring)
    expect(part.asked).toBe(0)
    const first = render(<Part name="A" />)
    expect(part.asked).toBe(1)
    await act(async () => part.come(Hall))
    screen.getByText('Sảnh A')
    first.unmount()
    render(<Part name="B" />)
    screen.getByText('Sảnh B')
    expect(part.asked).toBe(1)
  })

  it('is said to be on its way once that takes longer than a moment', async () => {
    vi.useFakeTimers()
    try {
      const part = new Bringing()
      const Part = annexed(part.bring)
      render(<Part name="A" />)
      act(() => void vi.advanceTimersByTime(soon - 1))
      expect(screen.queryByRole('status')).toBeNull()
      act(() => void vi.advanceTimersByTime(1))
      expect(screen.getByRole('status').textContent).toBe('Đang tải…')
      await act(async () => part.come(Hall))
      expect(screen.queryByRole('status')).toBeNull()
      screen.getByText('Sảnh A')
    } finally {
      vi.useRealTimers()
    }
  })

  it('says that nobody answers, and is tried again when one asks or the network is back', async () => {
    served = null
    const part = new Bringing()
    const Part = annexed(part.bring, asMain)
    render(<Part name="A" />)
    act(() => part.fail())
    await screen.findByText(/Không liên lạc được với máy chủ/)
    screen.getByRole('main')
    await user.click(screen.getByRole('button', { name: 'Thử lại' }))
    expect(part.asked).toBe(2)
    act(() => part.fail())
    await screen.findByText(/Không liên lạc được với máy chủ/)
    act(() => void dispatchEvent(new Event('online')))
    expect(part.asked).toBe(3)
    await act(async () => part.come(Hall))
    screen.getByText('Sảnh A')
    expect(screen.queryByRole('alert')).toBeNull()
  })

  it('is tried again where the server has it still', async () => {
    const part = new Bringing()
    const Part = annexed(part.bring)
    render(<Part name="A" />)
    act(() => part.fail())
    await user.click(await screen.findByRole('button', { name: 'Thử lại' }))
    // A browser may remember that it could not be had: loading the page again helps then, too.
    act(() => part.fail())
    await screen.findByRole('button', { name: 'Tải lại trang' })
  })

  it('of a version that is gone asks to load the page again, and keeps what is typed', async () => {
    served = '<script type="module" crossorigin src="/assets/index-new.js"></script>'
    const reload = vi.spyOn(location, 'reload').mockImplementation(() => undefined)
    const part = new Bringing()
    const Part = annexed(part.bring)
    render(
      <>
        <Typing />
        <Part name="A" />
      </>,
    )
    act(() => part.fail())
    await screen.findByText(/Có lẽ máy chủ vừa có phiên bản mới/)
    screen.getByText(/chưa lưu: hãy lưu trước khi tải lại/)
    expect(screen.getByRole<HTMLInputElement>('textbox').value).toBe('chưa lưu')
    await user.click(screen.getByRole('button', { name: 'Tải lại trang' }))
    expect(reload).toHaveBeenCalledOnce()
  })

  it('that is a dialog can be left while it is on its way', async () => {
    served = null
    const part = new Bringing()
    const Part = annexed(part.bring, asDialog)
    const close = vi.fn()
    render(<Part name="A" onClose={close} />)
    act(() => part.fail())
    await waitFor(() => expect(document.querySelector('dialog')?.open).toBe(true))
    await user.click(await screen.findByRole('button', { name: 'Đóng' }))
    expect(close).toHaveBeenCalledOnce()
  })
})
