import type { MilestoneDetail, Source, Timeline } from '../api/names'
import { Chip } from '../shell/chip'
import { Outside } from '../shell/link'
import { go } from '../state/address'
import { nameOf } from '../state/selection'
import { shortDay } from '../text/date'
import { statusOf } from '../text/status'
import { said, words } from '../text/words'

/** Why the dates are what they are: the sentences, the articles, the sources. */
export function Why({ detail }: { detail: MilestoneDetail }) {
  const t = words().drawer
  const names = sourceNames(detail.sources)
  return (
    <section class="drawer-part">
      <h3>{t.why}</h3>
      {detail.why.length === 0 ? (
        <p>{t.whyNone}</p>
      ) : (
        <ul class="why">
          {detail.why.map(reason => (
            <li key={reason.end}>{said(reason.sentence)}</li>
          ))}
        </ul>
      )}
      {detail.citations.length > 0 && (
        <>
          <h4>{t.citations}</h4>
          <ul class="citations">
            {detail.citations.map(citation => (
              <li key={`${citation.instrument} ${citation.article}`}>
                {said(citation.text)}
                {citation.issued_on && (
                  <span class="hint"> ({t.issuedOn(shortDay(citation.issued_on))})</span>
                )}
              </li>
            ))}
          </ul>
        </>
      )}
      {detail.one_source && <p class="remark">{t.oneSourceHint}.</p>}
      {detail.notes && (
        <>
          <h4>{t.notes}</h4>
          <p class="notes" lang={detail.notes.vi === detail.notes.en ? 'vi' : undefined}>
            {said(detail.notes)}
          </p>
        </>
      )}
      {detail.scope && (
        <p>
          <strong>{t.scope}:</strong> {detail.scope}
        </p>
      )}
      {detail.sources.length > 0 && (
        <>
          <h4>{t.sources}</h4>
          <ul class="sources">
            {detail.sources.map((source, at) => (
              <li key={source.key}>
                <SourceLink source={source} name={names[at]} />
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}

/** Where something stands: a link by the name of its site, else the Vietnamese words that the record has for it. */
export function SourceLink({ source: { address, key }, name }: { source: Source; name?: string }) {
  const word = name ?? sourceWord(address, key)
  if (word === address) return <span lang="vi">{word}</span>
  return <Outside address={address}>{word}</Outside>
}

/** A source by the name of its site, which says more than its key. */
export function sourceWord(address: string, key: string): string {
  try {
    return new URL(address).hostname.replace(/^www\./, '')
  } catch {
    return address || key
  }
}

/** Sources by the names of their sites; of one site, also by the end of the path, or by the key where that is the same. */
export function sourceNames(sources: Source[]): string[] {
  const hosts = sources.map(({ address, key }) => sourceWord(address, key))
  const twice = (names: string[], name: string) => names.filter(other => other === name).length > 1
  const longer = sources.map(({ address }, at) => {
    const host = hosts[at] ?? address
    const end = twice(hosts, host) ? pathEnd(address) : ''
    return end ? `${host}: ${end}` : host
  })
  return sources.map(({ key }, at) => {
    const name = longer[at] ?? key
    return twice(longer, name) ? `${name} (${key})` : name
  })
}

const longest = 48

function pathEnd(address: string): string {
  try {
    const end = decodeURIComponent(new URL(address).pathname.split('/').filter(Boolean).at(-1) ?? '')
    return end.length > longest ? `${end.slice(0, longest - 1)}…` : end
  } catch {
    return ''
  }
}

/** What comes before it, with how far that is. */
export function After({ detail, timeline }: { detail: MilestoneDetail; timeline: Timeline }) {
  const t = words().drawer
  if (detail.after.length === 0) return null
  const all = [...timeline.items, ...timeline.above]
  return (
    <section class="drawer-part">
      <h3>{t.after}</h3>
      <ul class="after">
        {detail.after.map(step => {
          const item = all.find(one => one.key === step.key)
          if (!item) return <li key={step.key}>{said(step.title)}</li>
          return (
            <li key={step.key}>
              <button
                type="button"
                class="link"
                onClick={() => go({ milestone: nameOf(item, timeline.area.code) })}
              >
                {said(step.title)}
              </button>
              <Chip status={statusOf(item)} small />
            </li>
          )
        })}
      </ul>
    </section>
  )
}
