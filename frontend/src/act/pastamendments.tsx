import type { Amendment, Stand } from '../api/names'
import { moment, shortDay } from '../text/date'
import { words } from '../text/words'

/** How the election was amended before, the latest first. */
export function PastAmendments({ items }: { items: Amendment[] }) {
  const t = words().amend
  return (
    <section class="amend-past">
      <h3>{t.past}</h3>
      {items.length === 0 ? (
        <p class="hint">{t.pastNone}</p>
      ) : (
        <ul>
          {items.map(amendment => (
            <li key={amendment.revision}>
              <AmendmentItem amendment={amendment} />
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

/** One amendment: what it moved, when, by which document, and why. */
export function AmendmentItem({ amendment }: { amendment: Amendment }) {
  const t = words().amend
  const { before, after, document, reason, recorded_at } = amendment
  return (
    <>
      <p>
        <strong>
          <Moved before={before} after={after} />
        </strong>
      </p>
      <p>{reason}</p>
      <p class="hint">
        {t.recorded(moment(recorded_at))}
        {document && `; ${t.paper(document)}`}
      </p>
    </>
  )
}

/** What an election stood on, and what it stands on after. */
export function Moved({ before, after }: { before: Stand; after: Stand }) {
  const t = words().amend
  const moved = [
    ...(before.election_day === after.election_day
      ? []
      : [t.dayMoved(shortDay(before.election_day), shortDay(after.election_day))]),
    ...(before.rulebook_version === after.rulebook_version
      ? []
      : [t.versionMoved(before.rulebook_version, after.rulebook_version)]),
  ]
  return <>{moved.join('; ')}</>
}
