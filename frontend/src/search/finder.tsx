import { signal } from '@preact/signals'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { Icon } from '../shell/icon'
import { words } from '../text/words'
import { Search } from './search'

/** Whether the search stands over the page. It is not worth an address: nobody sends it to anybody. */
const finding = signal(false)

/** Opens the search; on a screen that has it already, goes there. */
function find(): void {
  const here = document.querySelector<HTMLInputElement>('.search-big [role="combobox"]')
  if (here) here.focus()
  else finding.value = true
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, textarea, select, [contenteditable]') !== null
}

/** Opens the search from anywhere: "/" and Ctrl+K, but not for who is typing. */
export function useFindKeys(): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const slash = event.key === '/' && !event.ctrlKey && !event.metaKey && !event.altKey
      const k = event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey) && !event.altKey
      if ((!slash && !k) || event.defaultPrevented || isTyping(event.target)) return
      event.preventDefault()
      find()
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [])
}

/** The button that opens the search. */
export function FindButton() {
  const t = words().search
  return (
    <button type="button" class="button find" aria-keyshortcuts="/ Control+K" onClick={find}>
      <Icon name="search" />
      <span class="find-word">{t.open}</span>
      <kbd>/</kbd>
    </button>
  )
}

/** The search over the page, while it is open. */
export function Finder({ election }: { election: string }) {
  return finding.value ? <Frame election={election} /> : null
}

function Frame({ election }: { election: string }) {
  const t = words()
  const dialog = useRef<HTMLDialogElement>(null)
  const opener = useRef(document.activeElement)
  useLayoutEffect(() => {
    dialog.current?.showModal()
  }, [])
  const close = () => {
    dialog.current?.close()
    finding.value = false
    const back = opener.current
    if (back instanceof HTMLElement && back.isConnected) back.focus()
  }
  return (
    <dialog
      ref={dialog}
      class="finder"
      aria-label={t.search.label}
      onCancel={event => {
        event.preventDefault()
        close()
      }}
      onMouseDown={event => {
        if (event.target === event.currentTarget) close()
      }}
    >
      <div class="finder-in">
        <Search election={election} onLeave={close} />
        <button type="button" class="button square quiet" aria-label={t.close} onClick={close}>
          <Icon name="close" />
        </button>
        <p class="finder-keys" aria-hidden="true">
          {t.search.keys}
        </p>
      </div>
    </dialog>
  )
}
