import type { Status } from '../text/status'
import { ToneIcon } from './icon'

/** A state in word, icon and fill. */
export function Chip({ status, small = false }: { status: Status; small?: boolean }) {
  return (
    <span class={`chip tone-${status.tone} ${small ? 'chip-small' : ''}`}>
      <ToneIcon tone={status.tone} />
      <span>{status.text}</span>
    </span>
  )
}
