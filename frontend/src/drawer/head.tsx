import type { RefObject } from 'preact'
import { Icon } from '../shell/icon'
import { words } from '../text/words'

interface DrawerHeadProps {
  /** By which the dialog is named. */
  id: string
  title: string
  heading?: RefObject<HTMLHeadingElement | null>
  onClose: () => void
}

/** What stands over a drawer, a sheet or a dialog, and how it is closed. */
export function DrawerHead({ id, title, heading, onClose }: DrawerHeadProps) {
  return (
    <div class="drawer-head">
      <h2 id={id} ref={heading} tabIndex={-1}>
        {title}
      </h2>
      <button type="button" class="button square quiet" aria-label={words().close} onClick={onClose}>
        <Icon name="close" />
      </button>
    </div>
  )
}
