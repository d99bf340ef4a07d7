import { gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

/** What a first visit may load before it shows a timeline, in kB compressed (U14). */
const most = 130

/** As the server compresses. */
const level = 5

/** Says after a build how much a first visit loads, and fails when that is too much. */
export function weight(page: string): Plugin {
  return {
    name: 'weight',
    writeBundle(_, files) {
      const bytes = (name: string) => {
        const file = files[name]
        if (!file) throw new Error(`${page} names ${name}, which was not built.`)
        return Buffer.from(file.type === 'chunk' ? file.code : file.source)
      }
      const html = bytes(page).toString()
      const named = [...html.matchAll(/ (?:src|href)="\/(assets\/[^"]+)"/g)].map(found => found[1] ?? '')
      const sum = [page, ...named].reduce((all, name) => all + gzipSync(bytes(name), { level }).length, 0)
      const kB = (sum / 1000).toFixed(1)
      if (sum > most * 1000) throw new Error(`A first visit loads ${kB} kB, which is more than ${most}.`)
      this.info(`a first visit loads ${kB} kB compressed in ${named.length + 1} files`)
    },
  }
}
