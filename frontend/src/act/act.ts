import type { Timeline } from '../api/names'

/** What every dialog of an act is given. */
export interface ActProps {
  timeline: Timeline
  /** It is done: what is shown has changed. */
  onDone: () => void
  onClose: () => void
}
