import type { Timeline, VotingDay } from '../api/names'
import { SourceLink } from '../drawer/why'
import { address } from '../state/address'
import { votingDaysCell } from '../state/election'
import { areaName } from '../state/selection'
import { shortDay } from '../text/date'
import { words } from '../text/words'

/** What was decided of the voting day here, or above: by which document, from which source; or that it is doubted. */
export function VotingNote({ timeline }: { timeline: Timeline }) {
  const t = words()
  const { area, election } = timeline
  const known = votingDaysCell(election.id).known.value
  // Looking back, the days decided since are not told of.
  if (!known.data || timeline.as_of !== null || timeline.known_at !== null) return null
  const found = nearest(known.data.items, [area.code, ...area.ancestors.map(one => one.code)])
  if (!found || (!found.in_force && !found.doubtful)) return null
  if (found.doubtful) {
    return (
      <p class="hint voting-note">
        {t.act.votingDayDoubtful(shortDay(found.day))} {found.note} <From day={found} word={t.task.source} />
      </p>
    )
  }
  const number = found.document_number
  return (
    <p class="hint voting-note">
      {t.place.votingDay}: {shortDay(found.day)}
      {found.opens && `, ${found.opens}`} {t.act.votingDayLaw}
      {found.area !== area.code && `, ${t.act.votingDayBy(areaName(area, found.area, address.value.lang))}`}
      {number && `, ${t.task.documentNo(number)}`}
      {found.document_issued_on && ` ${t.drawer.issuedOn(shortDay(found.document_issued_on))}`}
      {!found.document && `, ${t.act.votingDayNoPaper}`}. {found.note}{' '}
      <From day={found} word={found.document ? t.task.source : t.act.votingDayPress} />
    </p>
  )
}

function From({ day: { source }, word }: { day: VotingDay; word: string }) {
  if (!source) return null
  return (
    <span>
      {word}: <SourceLink source={source} />
    </span>
  )
}

/** The day of the place itself, else of the nearest above that has one. */
function nearest(days: VotingDay[], chain: string[]): VotingDay | null {
  for (const code of chain) {
    const found = days.find(day => day.area === code)
    if (found) return found
  }
  return null
}
