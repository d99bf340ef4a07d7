// How a table stands on a screen: pure arithmetic in pixels.

/** How rows are laid out so that as many as possible are in sight. */
export interface Fit {
  /** Into how many columns of rows, side by side as in a newspaper, the table is cut. */
  blocks: number
  rowHeight: number
}

export interface Room {
  width: number
  /** What there is below the headers. */
  height: number
}

const leastRow = 11
const mostRow = 30
/** A row that can be read at ease, where not all fit anyway. */
const easyRow = 20
const mostBlocks = 3
/** The least that a name and a cell need. */
const nameWidth = 124
const leastCell = 40
const between = 12

/** The layout in which all rows stand highest without scrolling; where they cannot all stand, one that scrolls. */
export function fitRows(rows: number, columns: number, room: Room): Fit {
  let best: Fit | null = null
  for (let blocks = 1; blocks <= mostBlocks; blocks++) {
    const width = (room.width - between * (blocks - 1)) / blocks
    if (blocks > 1 && width < nameWidth + columns * leastCell) break
    const rowHeight = Math.min(mostRow, Math.floor(room.height / Math.ceil(rows / blocks)))
    if (rowHeight >= leastRow && rowHeight > (best?.rowHeight ?? 0)) best = { blocks, rowHeight }
  }
  return best ?? { blocks: 1, rowHeight: easyRow }
}

/** Cuts a list into blocks that differ by less than a row, the longer first. */
export function cut<T>(list: readonly T[], blocks: number): T[][] {
  const each = Math.ceil(list.length / blocks)
  const parts: T[][] = []
  for (let at = 0; at < list.length; at += each) parts.push(list.slice(at, at + each))
  return parts
}

/** A stretch of rows that are in the document, and the height of those left out before it. */
export interface Stretch {
  from: number
  to: number
  gap: number
}

/** Rows beside those in sight, so that none is missing while one scrolls. */
const margin = 12

/** Which of many rows of one height are needed: those in sight, and the one that has the focus. */
export function stretches(
  rows: number,
  rowHeight: number,
  sight: { top: number; height: number },
  focused: number,
): { shown: Stretch[]; after: number } {
  const within = (at: number) => Math.max(0, Math.min(rows, at))
  const from = within(Math.floor(sight.top / rowHeight) - margin)
  const to = within(Math.ceil((sight.top + sight.height) / rowHeight) + margin)
  const parts = [{ from, to: Math.max(from, to) }]
  if (focused >= 0 && focused < rows) {
    if (focused < from) parts.unshift({ from: focused, to: focused + 1 })
    else if (focused >= to) parts.push({ from: focused, to: focused + 1 })
  }
  let end = 0
  const shown = parts
    .filter(part => part.to > part.from)
    .map(part => {
      const gap = (part.from - end) * rowHeight
      end = part.to
      return { ...part, gap }
    })
  return { shown, after: (rows - end) * rowHeight }
}
