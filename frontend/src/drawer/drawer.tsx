import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { askToSignIn } from '../access/asking'
import { may, session } from '../access/session'
import type { Milestone, Timeline } from '../api/names'
import { Chip } from '../shell/chip'
import { Link } from '../shell/link'
import { useNarrow } from '../shell/narrow'
import { Failure, Skeleton } from '../shell/state'
import { address, go } from '../state/address'
import type { Cell } from '../state/cell'
import { milestoneCell } from '../state/election'
import { areaName, chosen } from '../state/selection'
import { responsibleText } from '../text/responsible'
import { statusOf } from '../text/status'
import { said, words } from '../text/words'
import { focusRow } from '../timeline/chart'
import { FourDates } from './dates'
import { DrawerHead } from './head'
import { HistoryList } from './history'
import { Notes } from './notes'
import { OfPlan } from './ofplan'
import { Papers } from './papers'
import { StandingPart } from './standing'
import { Tasks } from './task'
import { After, Why } from './why'

interface DrawerProps {
  timeline: Timeline
  cell: Cell<Timeline>
  /** The timeline that the milestone stands on is still to come. */
  waiting?: boolean
}

/** The drawer of the milestone that the address names. */
export function Drawer({ timeline, cell, waiting = false }: DrawerProps) {
  const { milestone: name } = address.value
  const opener = useRef<Element | null>(null)
  const last = useRef<string | null>(null)
  // Who had the focus when the drawer opened gets it back.
  if (name !== last.current) {
    if (name) opener.current = document.activeElement
    else giveBack(opener.current, last.current)
    last.current = name
  }
  if (!name || waiting) return null
  return <Frame key={name} timeline={timeline} cell={cell} item={chosen(timeline, name)} />
}

function giveBack(opener: Element | null, name: string | null): void {
  // After the drawer is gone from the document.
  setTimeout(() => {
    const usable = opener instanceof HTMLElement && opener.isConnected && opener !== document.body
    if (usable && !opener.closest('dialog')) opener.focus()
    else if (!name || !focusRow(name)) document.getElementById('main')?.focus()
  })
}

interface FrameProps {
  timeline: Timeline
  cell: Cell<Timeline>
  item: Milestone | null
}

const close = () => go({ milestone: null })

function Frame({ timeline, cell, item }: FrameProps) {
  const t = words()
  const narrow = useNarrow()
  const dialog = useRef<HTMLDialogElement>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  useLayoutEffect(() => {
    const element = dialog.current
    if (!element) return
    if (element.open) element.close()
    // On a small screen the drawer is all there is; on a wide one the chart beside it stays usable.
    if (narrow) element.showModal()
    else element.show()
    heading.current?.focus()
  }, [narrow])
  useLayoutEffect(() => {
    const leave = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented) return
      event.preventDefault()
      close()
    }
    document.addEventListener('keydown', leave)
    return () => document.removeEventListener('keydown', leave)
  }, [])
  return (
    <dialog
      ref={dialog}
      class="drawer"
      aria-labelledby="drawer-title"
      onCancel={event => {
        event.preventDefault()
        close()
      }}
    >
      <DrawerHead
        id="drawer-title"
        title={item ? said(item.title) : t.drawer.label}
        heading={heading}
        onClose={close}
      />
      <div class="drawer-body">
        {item ? <Inside timeline={timeline} cell={cell} item={item} /> : <p>{t.drawer.gone}</p>}
      </div>
    </dialog>
  )
}

function Inside({ timeline, cell, item }: { timeline: Timeline; cell: Cell<Timeline>; item: Milestone }) {
  const t = words()
  const election = timeline.election.id
  const details = milestoneCell(election, item.area, item.id, timeline.as_of, timeline.known_at)
  const known = details.known.value
  const past = timeline.as_of !== null || timeline.known_at !== null
  const own = item.area === timeline.area.code
  // What is kept from an earlier look is asked again; what the timeline says is newer, too.
  useEffect(() => {
    if (details.known.peek().at !== null) void details.refresh()
  }, [details, item.revision])
  const now = own && !past
  const editable = now && may('report', election, timeline.area)
  const nobody = now && session()?.signed_in === false && item.work !== 'cancelled'
  return (
    <>
      <Head timeline={timeline} item={item} own={own} />
      {known.data && (
        <StandingPart
          detail={known.data}
          details={details}
          item={item}
          timeline={timeline}
          cell={cell}
          now={now}
        />
      )}
      {past && <p class="remark">{t.asOf.noEdits}</p>}
      <FourDates
        item={item}
        revision={known.data?.revision ?? null}
        cell={cell}
        details={details}
        timeline={timeline}
        editable={editable && known.data !== null}
      />
      {known.data ? (
        <>
          {nobody && <SignInToReport />}
          <OfPlan detail={known.data} timeline={timeline} />
          <Tasks
            silent={item.timing === 'no_record'}
            detail={known.data}
            details={details}
            timeline={timeline}
            cell={cell}
            editable={editable && item.work !== 'cancelled'}
          />
          {now && may('read', election, timeline.area) && (
            <Notes timeline={timeline} area={item.area} milestone={item.id} />
          )}
          <Why detail={known.data} />
          <After detail={known.data} timeline={timeline} />
          <Papers detail={known.data} timeline={timeline} />
          <HistoryList detail={known.data} timeline={timeline} />
        </>
      ) : known.problem || known.unreachable ? (
        <Failure
          problem={known.problem}
          unreachable={known.unreachable}
          notFound={t.drawer.gone}
          onRetry={() => void details.refresh()}
        />
      ) : (
        <Skeleton lines={8} />
      )}
    </>
  )
}

/** Where the form would be, for who has not signed in. */
function SignInToReport() {
  const t = words().signIn
  return (
    <p class="to-report">
      {t.toReport}{' '}
      <button type="button" class="button small" onClick={askToSignIn}>
        {t.open}
      </button>
    </p>
  )
}

function Head({ timeline, item, own }: { timeline: Timeline; item: Milestone; own: boolean }) {
  const t = words()
  const { lang } = address.value
  const status = statusOf(item)
  const phase = timeline.phases.find(one => one.key === item.phase)
  const place = areaName(timeline.area, item.area, lang)
  const who = responsibleText(item)
  return (
    <div class="drawer-lead">
      <p class="drawer-state">
        <Chip status={status} />
        {status.work && status.work !== status.text && <span class="row-work">{status.work}</span>}
        {item.one_source && (
          <span class="one-source" title={t.drawer.oneSourceHint}>
            {t.drawer.oneSource}
          </span>
        )}
      </p>
      <p class="drawer-facts">
        {[place, phase ? said(phase.title) : null, t.nature[item.nature], t.binding[item.binding]]
          .filter(Boolean)
          .join(' · ')}
      </p>
      {who && (
        <p class="drawer-facts">
          {t.drawer.responsible}: <strong>{who}</strong>
        </p>
      )}
      {own && item.area !== address.value.area && (
        <p>
          <Link to={{ area: item.area, milestone: item.id }}>{t.drawer.open(place)}</Link>
        </p>
      )}
      {!own && (
        <p class="remark">
          {t.drawer.readOnly(place)}{' '}
          <Link to={{ area: item.area, milestone: item.id }}>{t.drawer.open(place)}</Link>
        </p>
      )}
    </div>
  )
}
