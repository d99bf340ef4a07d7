import type { SetUpLink } from '../api/names'
import { words } from '../text/words'
import { linksFile } from './links'

/** The set-up links of new accounts, shown this once, and as a file. */
export function Made({ links }: { links: readonly SetUpLink[] }) {
  const t = words().imports
  const download = () => {
    const text = linksFile([t.user, t.name, t.link], links, location.origin)
    const url = URL.createObjectURL(new Blob([text], { type: 'text/csv' }))
    const anchor = Object.assign(document.createElement('a'), { href: url, download: 'setup-links.csv' })
    anchor.click()
    setTimeout(() => URL.revokeObjectURL(url), 1000)
  }
  return (
    <section class="import-links" aria-labelledby="import-links">
      <h3 id="import-links">{t.links}</h3>
      <p class="remark">{t.linksHint}</p>
      <p class="buttons">
        <button type="button" class="button primary" onClick={download}>
          {t.download}
        </button>
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what is wider than the screen is scrolled by keys as well */}
      <div class="import-scroll" tabIndex={0} role="group" aria-label={t.link}>
        <table class="import-table">
          <thead>
            <tr>
              <th scope="col">{t.user}</th>
              <th scope="col">{t.name}</th>
              <th scope="col">{t.link}</th>
            </tr>
          </thead>
          <tbody>
            {links.map(one => (
              <tr key={one.user}>
                <th scope="row">{one.user}</th>
                <td>{one.name}</td>
                <td class="exact">{`${location.origin}${one.path}`}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}
