import { useEffect, useRef, useState } from 'preact/hooks'
import { may } from '../access/session'
import type { Document, Plan, PlanProgress, Timeline } from '../api/names'
import { Chip } from '../shell/chip'
import { Link } from '../shell/link'
import { Failure, Skeleton } from '../shell/state'
import { address } from '../state/address'
import type { Cell } from '../state/cell'
import { papersCell, plansCell } from '../state/election'
import { useLiveRefresh } from '../state/refresh'
import { areaName } from '../state/selection'
import { shortDay } from '../text/date'
import { count, said, words } from '../text/words'
import { PlanForm } from './form'
import { WithdrawForm } from './withdraw'

interface PlansProps {
  timeline: Timeline
  name: string
  /** What is shown of the place; asked again when a plan has changed it. */
  cell: Cell<Timeline>
}

/** The local plans of a place and of those above it; one of them, or a new one, to be written. */
export function PlansView({ timeline, name, cell }: PlansProps) {
  const { plans, lang } = address.value
  const { area, election } = timeline
  const t = words().plans
  const own = plansCell(election.id, area.code)
  useLiveRefresh(own)
  const heading = useRef<HTMLHeadingElement>(null)
  const past = timeline.as_of !== null || timeline.known_at !== null
  const known = own.known.value
  const plan = known.data?.items.find(one => one.key === plans) ?? null
  const readOnly = past || !may('organise', election.id, area)
  const screen = readOnly ? 'list' : plans === 'new' || plan ? 'form' : 'list'
  useEffect(() => heading.current?.focus(), [plans, screen])
  const [saved, setSaved] = useState(false)
  // What was said of the last plan is not of the next one.
  useEffect(() => {
    if (screen === 'form') setSaved(false)
  }, [screen])
  const renew = () => {
    void own.refresh()
    void papersCell(election.id, area.code).refresh()
    void cell.refresh()
  }
  const done = () => {
    setSaved(true)
    renew()
  }
  const title =
    screen === 'list'
      ? t.title
      : plan
        ? t.changeTitle(said(plan.title))
        : t.newTitle(areaName(area, area.code, lang))
  return (
    <section class="sheet plans" aria-labelledby="plans-title">
      <p class="plans-back">
        {screen === 'list' ? (
          <Link to={{ plans: null }}>{t.back}</Link>
        ) : (
          <Link to={{ plans: 'list' }}>{t.toList}</Link>
        )}
      </p>
      <h2 id="plans-title" ref={heading} tabIndex={-1}>
        {title}
      </h2>
      <p role="status">{saved && screen === 'list' && <span class="good">{t.saved}</span>}</p>
      {screen === 'list' && (
        <List
          timeline={timeline}
          name={name}
          readOnly={readOnly}
          onChange={done}
          onOpen={() => setSaved(false)}
        />
      )}
      {screen === 'form' && (plans === 'new' || plan) && (
        <PlanForm key={`${plans}`} timeline={timeline} plan={plan} onDone={done} onStale={renew} />
      )}
    </section>
  )
}

interface ListProps extends Pick<PlansProps, 'timeline' | 'name'> {
  readOnly: boolean
  onChange: () => void
  onOpen: () => void
}

function List({ timeline, readOnly, onChange, onOpen }: ListProps) {
  const t = words().plans
  const { area, election } = timeline
  const chain = [area.code, ...area.ancestors.map(one => one.code).toReversed()]
  const cells = chain.map(code => ({ code, cell: plansCell(election.id, code) }))
  const known = cells.map(({ cell }) => cell.known.value)
  const failed = known.find(one => !one.data && (one.problem || one.unreachable))
  if (failed) {
    return (
      <Failure
        problem={failed.problem}
        unreachable={failed.unreachable}
        notFound={t.gone}
        onRetry={() => {
          for (const { cell } of cells) void cell.refresh()
        }}
      />
    )
  }
  if (known.some(one => !one.data)) return <Skeleton lines={4} />
  const found = cells.flatMap(({ cell }) => {
    const { items = [], progress = [] } = cell.known.value.data ?? {}
    return items.map((plan, k) => ({ plan, progress: progress[k] ?? null }))
  })
  return (
    <>
      {!readOnly && (
        <p>
          <Link to={{ plans: 'new' }} class="button primary">
            {t.add}
          </Link>
        </p>
      )}
      {found.length === 0 && <p class="remark">{t.none}</p>}
      <ul class="plan-list">
        {found.map(({ plan, progress }) => (
          <PlanItem
            key={plan.key}
            plan={plan}
            progress={progress}
            timeline={timeline}
            readOnly={readOnly}
            onChange={onChange}
            onOpen={onOpen}
          />
        ))}
      </ul>
    </>
  )
}

interface ItemProps {
  plan: Plan
  progress: PlanProgress | null
  timeline: Timeline
  readOnly: boolean
  onChange: () => void
  onOpen: () => void
}

function PlanItem({ plan, progress, timeline, readOnly, onChange, onOpen }: ItemProps) {
  const t = words().plans
  const { area, election } = timeline
  const [leaving, setLeaving] = useState(false)
  const papers = papersCell(election.id, plan.area).known.value.data?.items ?? []
  const place = areaName(area, plan.area, address.value.lang)
  const gone = plan.withdrawn
  const own = plan.area === area.code
  const editable = own && !readOnly && !gone
  const lines = plan.lines.filter(line => !line.withdrawn).length
  return (
    <li class={`plan ${gone ? 'plan-gone' : ''}`}>
      <h3>{gone ? <s>{said(plan.title)}</s> : said(plan.title)}</h3>
      <p class="plan-facts">
        <Chip
          status={{
            tone: gone ? 'aside' : 'running',
            text: gone ? t.withdrawn(shortDay(gone.on)) : t.inForce,
            work: null,
          }}
          small
        />
        <span>{t.of(place)}</span>
        <span>{t.lines(lines)}</span>
        {progress && progress.to_do > 0 && (
          <span>
            <strong>{t.milestones(count(progress.done), count(progress.to_do))}</strong>
          </span>
        )}
        {progress && progress.cancelled > 0 && (
          <span>{t.cancelledMilestones(count(progress.cancelled))}</span>
        )}
      </p>
      {gone?.reason && <p lang="vi">{t.because(gone.reason)}</p>}
      <p class="hint">
        {t.document}: {paperNames(plan, papers)}
      </p>
      {editable && !leaving && (
        <p class="buttons">
          <Link to={{ plans: plan.key }} class="button" aria-label={`${t.change}: ${said(plan.title)}`}>
            {t.change}
          </Link>
          <button
            type="button"
            class="button quiet"
            aria-label={`${t.withdraw}: ${said(plan.title)}`}
            onClick={() => {
              onOpen()
              setLeaving(true)
            }}
          >
            {t.withdraw}
          </button>
        </p>
      )}
      {!own && !gone && !readOnly && (
        <p>
          <Link to={{ area: plan.area, plans: 'list' }}>{t.at(place)}</Link>
        </p>
      )}
      {leaving && (
        <WithdrawForm
          plan={plan}
          election={election.id}
          onDone={() => {
            setLeaving(false)
            onChange()
          }}
          onCancel={() => setLeaving(false)}
        />
      )}
    </li>
  )
}

/** "87/KH-UBND (22/01/2021), 18/KH-TU (…)": the plan's documents by their numbers. */
function paperNames(plan: Plan, papers: Document[]): string {
  const t = words().plans
  const keys = [...plan.documents, ...(plan.withdrawn?.document ? [plan.withdrawn.document] : [])]
  const names = keys.map(key => {
    const found = papers.find(one => one.key === key)
    if (!found) return null
    const name = found.number ?? said(found.title)
    return found.issued_on ? `${name} (${shortDay(found.issued_on)})` : name
  })
  const known = names.filter((name): name is string => name !== null)
  return known.length > 0 ? words().list(known) : t.noDocument
}
