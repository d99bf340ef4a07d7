import { useEffect, useRef, useState } from 'preact/hooks'
import { may } from '../access/session'
import { ManageMenu } from '../act/menu'
import { VotingNote } from '../act/votingnote'
import type { Area, Milestone, Timeline } from '../api/names'
import { Drawer } from '../drawer/drawer'
import { LateBelow } from '../list/below'
import { ListView } from '../list/list'
import { LiveBar } from '../live/bar'
import { useLive } from '../live/live'
import { useSteadyTimeline } from '../live/steadytimeline'
import { MatrixView } from '../matrix/matrix'
import { LookBack } from '../past/lookback'
import {
  address,
  type Density,
  defaultView,
  densities,
  densityOf,
  go,
  type View,
  viewOf,
  views,
  type Zoom,
  zooms,
} from '../state/address'
import { arriving } from '../state/arrival'
import type { Cell } from '../state/cell'
import { daysBetween } from '../state/day'
import { chooseDensity } from '../state/density'
import { childrenCell, openBelow } from '../state/election'
import { remember } from '../state/recent'
import { useLiveRefresh } from '../state/refresh'
import { areaName, nextUp } from '../state/selection'
import { longDay, shortDay } from '../text/date'
import { datesOf, isBar, statusOf } from '../text/status'
import { count, said, toElection, words } from '../text/words'
import { Chart } from '../timeline/chart'
import { Legend } from '../timeline/legend'
import { TableView } from '../timeline/table'
import { annexed } from './annex'
import { GoneBanner, PastBanner } from './banner'
import { Chip } from './chip'
import { Choice } from './choice'
import { Beside, Crumbs } from './crumbs'
import { Downloads } from './downloads'
import { Icon } from './icon'
import { Link } from './link'
import { useLarge, useNarrow } from './narrow'
import { preparePrint } from './print'
import { Failure, Skeleton } from './state'

const ChangesView = annexed(() => import('../changes/changes').then(it => it.ChangesView))
const ImportView = annexed(() => import('../import/import').then(it => it.ImportView))
const PeopleView = annexed(() => import('../access/people').then(it => it.PeopleView))
const PlansView = annexed(() => import('../plans/plans').then(it => it.PlansView))
const TrailView = annexed(() => import('../trail/trail').then(it => it.TrailView))
const WebhooksView = annexed(() => import('../webhooks/webhooks').then(it => it.WebhooksView))

/** The home of one place: who it is, what is late and next, its timeline or table, and the drawer. */
export function Place({ cell }: { cell: Cell<Timeline> }) {
  useLiveRefresh(cell)
  const known = cell.known.value
  const { area, lang, asOf, knownAt, noDay, trail } = address.value
  const last = useRef<Timeline | null>(null)
  if (known.data) last.current = known.data
  // While another day is fetched the day before stays on screen, so that nothing jumps and focus stays.
  const timeline = known.data ?? (known.problem ? null : last.current)
  // A day that cannot be had for want of an answer gives way to the one on screen.
  const lost = known.unreachable && known.data === null ? last.current : null
  useEffect(() => {
    if (lost) go({ asOf: lost.as_of, knownAt: lost.known_at }, { replace: true })
  }, [lost])
  useLive(timeline)
  const view = timeline ? viewOf(address.value.view, timeline.area) : 'timeline'
  const name = timeline ? areaName(timeline.area, timeline.area.code, lang) : ''
  const t = words()
  useEffect(() => {
    document.title = name ? `${name} · ${t.productLong}` : t.productLong
  }, [name, t])
  useEffect(() => {
    if (!timeline) return
    if (timeline.area.level !== 'national') {
      const { area: at, election } = timeline
      remember({ election: election.id, code: at.code, name: { vi: at.name, en: at.name_en } })
    }
    const trial = timeline.election.trial ? [t.notices.trial] : []
    preparePrint([...trial, t.table.footer(shortDay(timeline.day), name)].join(' · '), trail ? 'table' : view)
  }, [timeline, name, t, view, trail])

  if (!timeline) {
    return (
      <main id="main" class="place" tabIndex={-1}>
        {known.problem || known.unreachable ? (
          <Failure
            problem={known.problem}
            unreachable={known.unreachable}
            notFound={t.error.placeGone(area ?? '')}
            past={asOf !== null || knownAt !== null}
            onRetry={() => void cell.refresh()}
          />
        ) : (
          <Skeleton lines={12} />
        )}
      </main>
    )
  }
  return (
    <>
      <GoneBanner known={known} />
      <PastBanner timeline={timeline} />
      <main id="main" class="place" tabIndex={-1} aria-busy={known.data === null}>
        {noDay && (
          <p class="remark" role="alert">
            {t.asOf.ignored(noDay)}
          </p>
        )}
        <PlaceHead timeline={timeline} cell={cell} name={name} />
        {address.value.taking ? (
          <ImportView
            key={address.value.taking}
            timeline={timeline}
            name={name}
            kind={address.value.taking}
            cell={cell}
          />
        ) : address.value.trail ? (
          <TrailView timeline={timeline} name={name} which={address.value.trail} />
        ) : address.value.webhooks ? (
          <WebhooksView timeline={timeline} name={name} which={address.value.webhooks} />
        ) : address.value.people ? (
          <PeopleView timeline={timeline} name={name} />
        ) : address.value.plans ? (
          <PlansView timeline={timeline} name={name} cell={cell} />
        ) : (
          <Screen timeline={timeline} cell={cell} name={name} />
        )}
      </main>
      <AnyDrawer timeline={timeline} cell={cell} />
      <LiveBar />
    </>
  )
}

/** The density as chosen, or as suits the place on this screen. */
function useDensity({ area }: Timeline): Density {
  const { density, view } = address.value
  return densityOf(density, viewOf(view, area), area.level, useLarge())
}

/** The views of what a place itself has to do. */
const ownViews: readonly View[] = ['timeline', 'table']

/** What is late and next, and the sheet; where all is to be in sight at once, and in a list, the sheet alone. */
function Screen({ timeline, cell, name }: { timeline: Timeline; cell: Cell<Timeline>; name: string }) {
  const overview = useDensity(timeline) === 'overview'
  const view = viewOf(address.value.view, timeline.area)
  const narrow = useNarrow()
  const alone = view === 'list' || view === 'changes' || (overview && view === 'matrix' && !narrow)
  return (
    <>
      {!alone && <Summary timeline={timeline} />}
      <Sheet timeline={timeline} cell={cell} name={name} />
    </>
  )
}

/** The drawer of a milestone of this place, of one above it, or of one below it, which has a timeline of its own. */
function AnyDrawer({ timeline, cell }: { timeline: Timeline; cell: Cell<Timeline> }) {
  const other = openBelow(timeline)
  useLiveRefresh(other)
  const known = other?.known.value
  const waiting = other !== null && !known?.data && !known?.problem && !known?.unreachable
  return <Drawer timeline={known?.data ?? timeline} cell={other ?? cell} waiting={waiting} />
}

function PlaceHead({ timeline, cell, name }: { timeline: Timeline; cell: Cell<Timeline>; name: string }) {
  const t = words()
  const { area, election } = timeline
  const left = daysBetween(timeline.day, election.election_day)
  const heading = useRef<HTMLHeadingElement>(null)
  const arrived = arriving.value === area.code
  useEffect(() => {
    if (!arrived) return
    heading.current?.focus()
    arriving.value = null
  }, [arrived])
  return (
    <div class="place-head">
      <Crumbs area={area} election={election.id} name={name} />
      <div class="place-title">
        <h1 ref={heading} tabIndex={-1}>
          {name}
        </h1>
        <Beside area={area} election={election.id} name={name} />
        <p class="place-facts">
          {area.level !== 'national' && <span>{t.levels[area.level]}</span>}
          {area.level !== 'national' && <span>{area.council ? t.place.council : t.place.noCouncil}</span>}
          {!area.voters && <span>{t.place.votersNone}</span>}
          <span>
            {t.election.day} <strong>{shortDay(election.election_day)}</strong> ({toElection(left)})
          </span>
          {area.voting_day !== election.election_day && (
            <span>
              {t.place.votingDay} <strong>{shortDay(area.voting_day)}</strong>
            </span>
          )}
        </p>
        <div class="place-acts">
          <Link
            to={{ plans: 'list', milestone: null }}
            class="button"
            current={address.value.plans === 'list'}
          >
            {t.plans.open}
          </Link>
          {may('read', election.id, area) && (
            <Link
              to={{ people: 'list', milestone: null }}
              class="button"
              current={address.value.people === 'list'}
            >
              {t.people.title}
            </Link>
          )}
          <ManageMenu timeline={timeline} cell={cell} />
        </div>
      </div>
      {area.level !== 'national' && <VotingNote timeline={timeline} />}
      {/* Matrix and list say both themselves. */}
      {area.children > 0 && ownViews.includes(viewOf(address.value.view, area)) && (
        <div class="place-below">
          <LateBelow timeline={timeline} />
          <Below area={area} election={election.id} key={area.code} />
        </div>
      )}
    </div>
  )
}

/** The places below, fetched when they are asked for. */
function Below({ area, election }: { area: Area; election: string }) {
  const [open, setOpen] = useState(false)
  const t = words()
  return (
    <details class="below" onToggle={event => setOpen(event.currentTarget.open)}>
      <summary>{t.place.below(area.children)}</summary>
      {open && <BelowList area={area} election={election} />}
    </details>
  )
}

function BelowList({ area, election }: { area: Area; election: string }) {
  const known = childrenCell(election, area.code).known.value
  const { lang } = address.value
  if (!known.data) return known.asking ? <Skeleton lines={2} /> : <p>{words().error.unreachable}</p>
  return (
    <ul class="provinces">
      {known.data.items.map(child => (
        <li key={child.code}>
          <Link to={{ area: child.code }}>{lang === 'en' ? child.name_en || child.name : child.name}</Link>
        </li>
      ))}
    </ul>
  )
}

function Summary({ timeline }: { timeline: Timeline }) {
  const t = words().counts
  const { counts, items } = timeline
  // After a closed election nothing is late or next; what is left to tell is what is known.
  const closed = timeline.election.state === 'closed' && timeline.as_of === null
  const open: [string, number, string][] = [
    ['overdue', counts.overdue, t.overdue],
    ['behind', counts.behind_plan, t.behind],
    ['soon', counts.due_soon, t.soon],
  ]
  const numbers: [string, number, string][] = [
    ...(closed ? [] : open),
    ['done', counts.done, t.done],
    ...(closed ? [['unknown', withoutData(items), t.unknown] as [string, number, string]] : []),
    ['total', counts.total, t.total],
  ]
  return (
    <section class={`summary ${closed ? 'summary-closed' : ''}`} aria-label={t.title}>
      <ul class="counts">
        {numbers.map(([kind, number, label]) => (
          <li key={kind} class={`count count-${kind} ${number === 0 ? 'count-zero' : ''}`}>
            <strong>{count(number)}</strong> <span>{label}</span>
          </li>
        ))}
      </ul>
      {!closed && <Next items={nextUp(timeline, 3)} />}
    </section>
  )
}

/** How much of what was owed nobody has told about. */
function withoutData(items: Milestone[]): number {
  return items.filter(item => item.timing === 'no_record' && !isBar(item.nature)).length
}

function Next({ items }: { items: Milestone[] }) {
  const t = words().counts
  return (
    <div class="next">
      <h2>{t.next}</h2>
      {items.length === 0 ? (
        <p>{t.nothingNext}</p>
      ) : (
        <ol>
          {items.map(item => (
            <NextItem key={item.id} item={item} />
          ))}
        </ol>
      )}
    </div>
  )
}

function NextItem({ item }: { item: Milestone }) {
  const status = statusOf(item)
  // Of what is late, too, one must see that it is stuck, or came back.
  const stuck = item.work === 'blocked' || item.standing === 'returned' ? status.work : null
  return (
    <li>
      <button type="button" onClick={() => go({ milestone: item.id })}>
        <Chip status={status} small />
        <span>
          <span class="next-title">{said(item.title)}</span>{' '}
          {stuck && <span class="row-work">({stuck})</span>}
        </span>
        <span class="next-date">{datesOf(item)}</span>
      </button>
    </li>
  )
}

/** A place with the levels above it, as an address is written: on paper no path stands over it. */
function wholeName(area: Area, name: string, lang: 'vi' | 'en'): string {
  const above = area.ancestors.filter(one => one.level !== 'national')
  return [name, ...above.map(one => areaName(area, one.code, lang))].join(', ')
}

/** Whoever comes by a link to one milestone finds its row in sight beside the drawer. */
function useScrollToChosen(): void {
  useEffect(() => {
    const { milestone } = address.peek()
    const row = milestone && document.querySelector(`[data-row="${CSS.escape(milestone)}"]`)
    if (row) row.scrollIntoView?.({ block: 'center', inline: 'nearest' })
  }, [])
}

function Sheet({ timeline, cell, name }: { timeline: Timeline; cell: Cell<Timeline>; name: string }) {
  const { lang } = address.value
  const { area } = timeline
  const view = viewOf(address.value.view, area)
  const narrow = useNarrow()
  const density = useDensity(timeline)
  useScrollToChosen()
  const t = words()
  const whole = wholeName(timeline.area, name, lang)
  const frame = useRef<HTMLElement>(null)
  const steady = useSteadyTimeline(timeline, frame)
  return (
    <section ref={frame} class={`sheet sheet-${view}`} aria-label={t.chart.label(name)}>
      <div class="tools">
        <Choice<View>
          label={t.view.label}
          values={area.children > 0 ? views : views.filter(one => one !== 'matrix')}
          chosen={view}
          word={value => t.view[value]}
          onChoose={value => go({ view: value === defaultView(area) ? null : value }, { replace: true })}
        />
        {(view === 'timeline' || view === 'matrix') && !narrow && (
          <Choice<Density>
            label={t.density.label}
            values={densities}
            chosen={density}
            word={value => t.density[value]}
            onChoose={chooseDensity}
          />
        )}
        {view === 'timeline' && !narrow && (
          <Choice<Zoom>
            label={t.zoom.label}
            values={zooms}
            chosen={address.value.zoom}
            word={value => t.zoom[value]}
            onChoose={value => go({ zoom: value, span: null }, { replace: true })}
          />
        )}
        <Downloads timeline={timeline} view={view} />
        <button type="button" class="button print-button" onClick={() => print()}>
          <Icon name="print" />
          {t.print}
        </button>
      </div>
      {view !== 'changes' && <LookBack timeline={timeline} cell={cell} />}
      <p class="print-only print-title">{t.table.caption(whole, longDay(timeline.day))}</p>
      {view === 'timeline' && (
        <>
          <Chart timeline={steady} name={name} narrow={narrow} density={density} />
          <Legend />
        </>
      )}
      {view === 'table' && <TableView timeline={steady} name={name} whole={whole} />}
      {view === 'list' && <ListView timeline={timeline} name={name} whole={whole} />}
      {view === 'changes' && <ChangesView timeline={timeline} name={name} />}
      {view === 'matrix' && <MatrixView timeline={timeline} name={name} density={density} narrow={narrow} />}
    </section>
  )
}
