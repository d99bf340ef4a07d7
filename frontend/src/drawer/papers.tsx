import type { Document, MilestoneDetail, Timeline } from '../api/names'
import { bodiesCell, documentsCell, statementsCell } from '../state/election'
import { shortDay } from '../text/date'
import { said, words } from '../text/words'
import { SourceLink } from './why'

/** Documents that carry the milestone out here or above, and what other sources say of the branch. */
export function Papers({ detail, timeline }: { detail: MilestoneDetail; timeline: Timeline }) {
  const election = timeline.election.id
  const documents = documentsCell(election, detail.key).known.value.data?.items ?? []
  const statements = statementsCell(election).known.value.data?.items ?? []
  const branch = new Set([timeline.area.code, ...timeline.area.ancestors.map(one => one.code)])
  const bound = documents.filter(document => branch.has(document.area))
  const spoken = statements.filter(one => branch.has(one.area) && one.rules.includes(detail.key))
  const t = words()
  return (
    <>
      {bound.length > 0 && (
        <section class="drawer-part">
          <h3>{t.drawer.documents}</h3>
          <ul class="papers">
            {bound.map(document => (
              <Paper key={document.key} document={document} election={election} />
            ))}
          </ul>
        </section>
      )}
      {spoken.length > 0 && (
        <section class="drawer-part">
          <h3>{t.drawer.statements}</h3>
          <ul class="papers">
            {spoken.map(one => (
              <li key={one.key}>
                {one.note && <p lang="vi">{one.note}</p>}
                <p class="hint">
                  {one.done_by && t.dates.doneBy(shortDay(one.done_by))}
                  {one.source && (
                    <>
                      {' · '}
                      <SourceLink source={one.source} />
                    </>
                  )}
                </p>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  )
}

/** What a document of a milestone is called by its key: its number, else its title; the key where it is not known. */
export function paperNames(election: string, milestone: string): (key: string) => string {
  const documents = documentsCell(election, milestone).known.value.data?.items ?? []
  return key => {
    const found = documents.find(one => one.key === key)
    return found ? (found.number ?? said(found.title)) : key
  }
}

function Paper({ document, election }: { document: Document; election: string }) {
  const t = words()
  const bodies = bodiesCell(election).known.value.data?.items ?? []
  const issuer = bodies.find(body => body.key === document.issuer)
  const day = document.issued_on
    ? t.drawer.issuedOn(shortDay(document.issued_on))
    : document.known_by
      ? t.drawer.knownBy(shortDay(document.known_by))
      : null
  return (
    <li>
      <p>
        <strong>{document.number ?? t.drawer.noNumber}</strong>
        {day && `, ${day}`}
        {issuer && `, ${said(issuer.name)}`}
      </p>
      <p>{said(document.title)}</p>
      {(document.note || document.source) && (
        <p class="hint">
          {document.note && <span lang="vi">{document.note}</span>}{' '}
          {document.source && <SourceLink source={document.source} />}
        </p>
      )}
    </li>
  )
}
