import type { Found } from '../api/names'
import { language } from '../state/address'
import { shortDay } from '../text/date'
import { said, words } from '../text/words'
import { marked } from './marked'

interface Props {
  id: string
  found: Found
  q: string
  chosen: boolean
  onChoose: () => void
  onPoint: () => void
}

/** One thing that was found: what it is called, and what tells it from its namesakes. */
export function Option({ id, found, q, chosen, onChoose, onPoint }: Props) {
  return (
    <div
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={chosen}
      aria-disabled={leadsNowhere(found) || undefined}
      class={`found ${chosen ? 'chosen' : ''}`}
      onMouseDown={event => event.preventDefault()}
      onMouseMove={onPoint}
      onClick={onChoose}
      onKeyDown={undefined}
    >
      <strong>
        <Marked text={said(found.title)} q={q} />
      </strong>
      <span>
        <Marked text={about(found)} q={found.kind === 'document' || found.kind === 'milestone' ? q : ''} />
      </span>
    </div>
  )
}

/** A milestone that no place has yet cannot be gone to. */
export function leadsNowhere(found: Found): boolean {
  return found.kind === 'milestone' && found.at === null
}

function Marked({ text, q }: { text: string; q: string }) {
  return (
    <>
      {marked(text, q).map((piece, index) =>
        piece.hit ? <mark key={index}>{piece.text}</mark> : <span key={index}>{piece.text}</span>,
      )}
    </>
  )
}

/** Where it belongs, and by what it is known. */
function about(found: Found): string {
  const t = words()
  const en = language.value === 'en'
  const places = found.places.map(place => (en ? place.name_en || place.name : place.name)).join(', ')
  const parts = {
    area: [places || (found.level ? t.levels[found.level] : '')],
    milestone: [
      found.citation ? said(found.citation) : found.plan ? said(found.plan) : '',
      found.at
        ? t.search.at(en ? found.at.area.name_en || found.at.area.name : found.at.area.name)
        : t.search.nowhere,
    ],
    document: [
      found.number ?? t.drawer.noNumber,
      found.issued_on ? shortDay(found.issued_on) : '',
      found.issuer ? said(found.issuer) : '',
    ],
    body: [places || t.nation],
  }[found.kind]
  return parts.filter(Boolean).join(' · ')
}
