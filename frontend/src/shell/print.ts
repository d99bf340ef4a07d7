let sheet: CSSStyleSheet | null = null

/** Writes the foot of every printed page: what the data are of, and page x/y. */
export function preparePrint(foot: string): void {
  if (typeof CSSStyleSheet === 'undefined' || !('adoptedStyleSheets' in document)) return
  if (!sheet) {
    sheet = new CSSStyleSheet()
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]
  }
  sheet.replaceSync(
    `@page { @bottom-left { content: ${quoted(foot)}; } @bottom-right { content: counter(page) "/" counter(pages); } }`,
  )
}

function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&').replace(/[\n\r\f]/g, ' ')}"`
}
