import type { SetUpLink } from '../api/names'

/** A cell of a .csv that no spreadsheet takes for a formula. */
function cell(text: string): string {
  const safe = /^'*[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Set-up links as a .csv that spreadsheets open: UTF-8 with a mark. */
export function linksFile(header: string[], links: readonly SetUpLink[], origin: string): string {
  const rows = [header, ...links.map(one => [one.user, one.name, `${origin}${one.path}`])]
  return `\ufeff${rows.map(row => row.map(cell).join(',')).join('\r\n')}\r\n`
}
