import type { View } from '../state/address'

const papers: Record<View, string> = {
  table: 'A4 portrait',
  timeline: 'A3 landscape',
  matrix: 'A3 landscape',
  list: 'A4 portrait',
  changes: 'A4 portrait',
}

let sheet: CSSStyleSheet | null = null

/** The paper for what is on screen, and the foot of every page: what the data are of, and page x/y. */
export function preparePrint(foot: string, view: View): void {
  if (typeof CSSStyleSheet === 'undefined' || !('adoptedStyleSheets' in document)) return
  if (!sheet) {
    sheet = new CSSStyleSheet()
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]
  }
  sheet.replaceSync(
    `@page { size: ${papers[view]}; @bottom-left { content: ${quoted(foot)}; } @bottom-right { content: counter(page) "/" counter(pages); } }`,
  )
}

function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&').replace(/[\n\r\f]/g, ' ')}"`
}
