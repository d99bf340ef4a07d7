import type { ComponentChildren } from 'preact'
import { type Address, address, formatAddress, go, moved } from '../state/address'
import { arriving } from '../state/arrival'

interface Props {
  to: Partial<Address>
  class?: string
  children: ComponentChildren
  current?: boolean
  tabIndex?: number
  title?: string
  onFocus?: () => void
  'aria-label'?: string
  'data-at'?: string
}

/** A link within the page: an ordinary address, followed without loading the page anew. */
export function Link({ to, children, current, ...rest }: Props) {
  const follow = (event: MouseEvent) => {
    // A new tab or window is the browser's business.
    if (event.defaultPrevented || event.button !== 0) return
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    go(to)
    if ('area' in to) scrollTo({ top: 0 })
    // A drawer that opens takes the focus itself.
    if (to.area && !to.milestone) arriving.value = to.area
  }
  return (
    <a
      {...rest}
      href={formatAddress(moved(address.value, to))}
      aria-current={current ? 'page' : undefined}
      onClick={follow}
    >
      {children}
    </a>
  )
}

/** A link to somewhere else when the address is one, else its text. */
export function Outside({ address: target, children }: { address: string; children: ComponentChildren }) {
  if (!/^https?:\/\//.test(target)) return <span>{children}</span>
  return (
    <a class="outside" href={target} target="_blank" rel="noreferrer noopener">
      {children}
    </a>
  )
}
