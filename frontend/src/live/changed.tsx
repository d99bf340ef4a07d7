import { words } from '../text/words'
import { isMarked } from './marks'

interface ChangedProps {
  area: string
  milestone: string
  /** It is no more among the rows, and only still shown so that nothing moves. */
  gone?: boolean
}

/**
 * That somebody else has just changed a row, in words. It lies on the edge of its cell and takes no room, so that nothing
 * moves; the row's accessible name says it by {@link changedToo}.
 */
export function Changed({ area, milestone, gone = false }: ChangedProps) {
  const t = words().live
  const marked = isMarked(area, milestone)
  if (!marked && !gone) return null
  return (
    <span class="changed">{words().list([...(marked ? [t.changed] : []), ...(gone ? [t.gone] : [])])}</span>
  )
}

/** A row's accessible name, and that somebody else has just changed it. */
export function changedToo(name: string, area: string, milestone: string): string {
  return isMarked(area, milestone) ? words().list([name, words().live.changed]) : name
}
