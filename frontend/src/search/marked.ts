/** Letters as the search compares them, k as c and y as i: one for one, so that places in a text stay. */
function plain(text: string): string {
  return [...text.normalize('NFC')]
    .map(letter => {
      const bare = letter.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace('đ', 'd')
      return bare.length === letter.length ? bare : letter
    })
    .join('')
    .replace(/k(?!h)/g, 'c')
    .replaceAll('y', 'i')
}

/** A text in pieces, those that the words of the question begin a word with marked. */
export function marked(text: string, q: string): { text: string; hit: boolean }[] {
  const whole = text.normalize('NFC')
  const bare = plain(whole)
  const asked = plain(q).match(/\p{L}+|\p{N}+/gu) ?? []
  const hits = new Array<boolean>(whole.length).fill(false)
  for (const { 0: word, index } of bare.matchAll(/\p{L}+|\p{N}+/gu)) {
    const begun = asked
      .filter(part => (/\p{N}/u.test(part) ? word === part : word.startsWith(part)))
      .map(part => part.length)
    hits.fill(true, index, index + Math.max(0, ...begun))
  }
  const pieces: { text: string; hit: boolean }[] = []
  for (let i = 0; i < whole.length; i++) {
    const last = pieces.at(-1)
    const hit = hits[i] ?? false
    if (last?.hit === hit) last.text += whole[i]
    else pieces.push({ text: whole[i] ?? '', hit })
  }
  return pieces
}
