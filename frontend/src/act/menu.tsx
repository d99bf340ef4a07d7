import type { ComponentType } from 'preact'
import { useRef, useState } from 'preact/hooks'
import { may, session, type Verb } from '../access/session'
import type { Timeline } from '../api/names'
import { annexed, asDialog } from '../shell/annex'
import { Icon } from '../shell/icon'
import { Menu } from '../shell/menu'
import { go } from '../state/address'
import type { Cell } from '../state/cell'
import { words } from '../text/words'
import type { ActProps } from './act'

const AmendmentDialog = annexed(() => import('./amendment').then(it => it.AmendmentDialog), asDialog)
const OccurrenceDialog = annexed(() => import('./occurrence').then(it => it.OccurrenceDialog), asDialog)
const VotingDayDialog = annexed(() => import('./votingday').then(it => it.VotingDayDialog), asDialog)

interface Act {
  key: string
  word: () => string
  /** What it takes to do it. */
  verb: Verb
  /** Whether it makes sense in this place. */
  offered: (timeline: Timeline) => boolean
  /** What is opened for it; without one it is a screen of its own. */
  Dialog?: ComponentType<ActProps>
  open?: () => void
}

const hasVoters = ({ area }: Timeline) => area.voters
const canBeAmended = ({ area, election }: Timeline) =>
  area.level === 'national' && election.state !== 'closed'

/** The button's room while it is not offered, so that what stands beside and below it stays where it is. */
function Room() {
  return (
    <span class="button room" aria-hidden="true">
      {words().act.manage}
      <Icon name="down" />
    </span>
  )
}

/** Everything that can be done to a place; one line each. */
const acts: Act[] = [
  {
    key: 'import',
    word: () => words().imports.open,
    verb: 'report',
    offered: () => true,
    open: () => go({ taking: 'statuses' }),
  },
  {
    key: 'voting-day',
    word: () => words().act.votingDay,
    verb: 'organise',
    offered: timeline => hasVoters(timeline) && timeline.area.level !== 'national',
    Dialog: VotingDayDialog,
  },
  {
    key: 'occurrence',
    word: () => words().act.occurrence,
    verb: 'organise',
    offered: hasVoters,
    Dialog: OccurrenceDialog,
  },
  {
    key: 'trail',
    word: () => words().trail.open,
    verb: 'admit',
    offered: () => true,
    open: () => go({ trail: 'changes', milestone: null }),
  },
  {
    key: 'webhooks',
    word: () => words().webhooks.open,
    verb: 'organise',
    offered: () => true,
    open: () => go({ webhooks: 'list', milestone: null }),
  },
  {
    key: 'amendment',
    word: () => words().act.amendment,
    verb: 'administer',
    offered: canBeAmended,
    Dialog: AmendmentDialog,
  },
]

/** The menu of what can be done to a place; none for who may not, when looking back, or while nobody answers. */
export function ManageMenu({ timeline, cell }: { timeline: Timeline; cell: Cell<Timeline> }) {
  const [doing, setDoing] = useState<string | null>(null)
  const button = useRef<HTMLButtonElement>(null)
  const { election, area } = timeline
  const offered = acts.filter(one => one.offered(timeline))
  const allowed = offered.filter(one => may(one.verb, election.id, area))
  const past = timeline.as_of !== null || timeline.known_at !== null
  const act = offered.find(one => one.key === doing)
  if (offered.length === 0) return null
  if (session() === null || ((past || cell.known.value.unreachable) && !doing)) return <Room />
  // What is begun stays when the session ends meanwhile.
  if (allowed.length === 0 && !act) return null
  return (
    <>
      <Menu
        label={words().act.manage}
        button={button}
        items={allowed.map(one => ({
          key: one.key,
          word: one.word(),
          onChoose: one.open ?? (() => setDoing(one.key)),
        }))}
      >
        {words().act.manage}
      </Menu>
      {act?.Dialog && (
        <act.Dialog
          timeline={timeline}
          onDone={() => void cell.refresh()}
          onClose={() => {
            setDoing(null)
            setTimeout(() => button.current?.focus())
          }}
        />
      )}
    </>
  )
}
