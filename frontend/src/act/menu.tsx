import type { ComponentType } from 'preact'
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import type { Timeline } from '../api/names'
import { Icon } from '../shell/icon'
import type { Cell } from '../state/cell'
import { words } from '../text/words'
import type { ActProps } from './act'
import { AmendmentDialog } from './amendment'
import { OccurrenceDialog } from './occurrence'
import { VotingDayDialog } from './votingday'

interface Act {
  key: string
  word: () => string
  /** Whether it makes sense in this place. */
  offered: (timeline: Timeline) => boolean
  Dialog: ComponentType<ActProps>
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
    key: 'voting-day',
    word: () => words().act.votingDay,
    offered: timeline => hasVoters(timeline) && timeline.area.level !== 'national',
    Dialog: VotingDayDialog,
  },
  { key: 'occurrence', word: () => words().act.occurrence, offered: hasVoters, Dialog: OccurrenceDialog },
  { key: 'amendment', word: () => words().act.amendment, offered: canBeAmended, Dialog: AmendmentDialog },
]

/** The menu of what can be done to a place; none when looking back or while nobody answers. */
export function ManageMenu({ timeline, cell }: { timeline: Timeline; cell: Cell<Timeline> }) {
  const [open, setOpen] = useState(false)
  const [doing, setDoing] = useState<string | null>(null)
  const frame = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  const id = useId()
  const offered = acts.filter(act => act.offered(timeline))
  const past = timeline.as_of !== null || timeline.known_at !== null
  useEffect(() => {
    if (!open) return
    frame.current?.querySelector<HTMLElement>('[role="menuitem"]')?.focus()
    const away = (event: Event) => {
      if (!frame.current?.contains(event.target as Node)) setOpen(false)
    }
    document.addEventListener('pointerdown', away)
    return () => document.removeEventListener('pointerdown', away)
  }, [open])
  if (offered.length === 0) return null
  if ((past || cell.known.value.unreachable) && !doing) return <Room />
  const act = offered.find(one => one.key === doing)
  const shut = () => {
    setOpen(false)
    button.current?.focus()
  }
  return (
    <div class="manage" ref={frame}>
      <button
        ref={button}
        type="button"
        class="button"
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
        onKeyDown={event => {
          if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
          event.preventDefault()
          setOpen(true)
        }}
      >
        {words().act.manage}
        <Icon name="down" />
      </button>
      {open && (
        <ul
          id={id}
          class="manage-menu"
          role="menu"
          aria-label={words().act.manage}
          onKeyDown={event => moveIn(event, shut, () => setOpen(false))}
        >
          {offered.map(one => (
            <li key={one.key} role="none">
              <button
                type="button"
                role="menuitem"
                tabIndex={-1}
                onClick={() => {
                  setOpen(false)
                  setDoing(one.key)
                }}
              >
                {one.word()}
              </button>
            </li>
          ))}
        </ul>
      )}
      {act && (
        <act.Dialog
          timeline={timeline}
          onDone={() => void cell.refresh()}
          onClose={() => {
            setDoing(null)
            setTimeout(() => button.current?.focus())
          }}
        />
      )}
    </div>
  )
}

/** Arrows, Home and End go through the menu, Esc shuts it, Tab leaves it. */
function moveIn(
  event: KeyboardEvent & { currentTarget: HTMLElement },
  shut: () => void,
  leave: () => void,
): void {
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[role="menuitem"]')]
  const at = items.indexOf(document.activeElement as HTMLElement)
  const to: Record<string, number> = {
    ArrowDown: (at + 1) % items.length,
    ArrowUp: (at - 1 + items.length) % items.length,
    Home: 0,
    End: items.length - 1,
  }
  const next = to[event.key]
  if (event.key === 'Escape') {
    event.preventDefault()
    event.stopPropagation()
    shut()
  } else if (event.key === 'Tab') leave()
  else if (next !== undefined) {
    event.preventDefault()
    items[next]?.focus()
  }
}
