import type { ComponentChildren, RefObject } from 'preact'
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { Icon } from './icon'

/** One line of a menu. */
export interface MenuItem {
  key: string
  word: string
  onChoose: () => void
}

interface MenuProps {
  /** What the menu is called. */
  label: string
  /** What stands on its button. */
  children: ComponentChildren
  items: MenuItem[]
  /** What stands over the lines, and is read only. */
  head?: ComponentChildren
  class?: string
  button: RefObject<HTMLButtonElement | null>
}

/** A button with a menu, by the ARIA Authoring Practices. */
export function Menu({ label, children, items, head, class: more = '', button }: MenuProps) {
  const [open, setOpen] = useState(false)
  const frame = useRef<HTMLDivElement>(null)
  const id = useId()
  // In the same breath as it opens: later it would be taken from an item that somebody quick has gone to.
  useLayoutEffect(() => {
    if (open) frame.current?.querySelector<HTMLElement>('[role="menuitem"]')?.focus()
  }, [open])
  useEffect(() => {
    if (!open) return
    const away = (event: Event) => {
      if (!frame.current?.contains(event.target as Node)) setOpen(false)
    }
    document.addEventListener('pointerdown', away)
    return () => document.removeEventListener('pointerdown', away)
  }, [open])
  const shut = () => {
    setOpen(false)
    button.current?.focus()
  }
  return (
    <div class={`manage ${more}`} ref={frame}>
      <button
        ref={button}
        type="button"
        class="button"
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
        onKeyDown={event => {
          if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
          event.preventDefault()
          setOpen(true)
        }}
      >
        {children}
        <Icon name="down" />
      </button>
      {open && (
        <div class="manage-menu">
          {head}
          <ul
            id={id}
            role="menu"
            aria-label={label}
            onKeyDown={event => moveIn(event, shut, () => setOpen(false))}
          >
            {items.map(one => (
              <li key={one.key} role="none">
                <button
                  type="button"
                  role="menuitem"
                  tabIndex={-1}
                  onClick={() => {
                    setOpen(false)
                    one.onChoose()
                  }}
                >
                  {one.word}
                </button>
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  )
}

/** Arrows, Home and End go through the menu, Esc shuts it, Tab leaves it. */
function moveIn(
  event: KeyboardEvent & { currentTarget: HTMLElement },
  shut: () => void,
  leave: () => void,
): void {
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[role="menuitem"]')]
  const at = items.indexOf(document.activeElement as HTMLElement)
  const to: Record<string, number> = {
    ArrowDown: (at + 1) % items.length,
    ArrowUp: (at - 1 + items.length) % items.length,
    Home: 0,
    End: items.length - 1,
  }
  const next = to[event.key]
  if (event.key === 'Escape') {
    event.preventDefault()
    event.stopPropagation()
    shut()
  } else if (event.key === 'Tab') leave()
  else if (next !== undefined) {
    event.preventDefault()
    items[next]?.focus()
  }
}
