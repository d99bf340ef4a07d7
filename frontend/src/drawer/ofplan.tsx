import type { MilestoneDetail, Timeline } from '../api/names'
import { Link } from '../shell/link'
import { papersCell, plansCell } from '../state/election'
import { shortDay } from '../text/date'
import { said, words } from '../text/words'

/** Of a line of a local plan: which plan it is of, by which document, and since when and why it is cancelled. */
export function OfPlan({ detail, timeline }: { detail: MilestoneDetail; timeline: Timeline }) {
  if (!detail.plan) return null
  return (
    <section class="drawer-part">
      {detail.cancelled && <Cancelled detail={detail} />}
      {[detail.area, ...above(detail, timeline)].map(code => (
        <PlanAt key={code} code={code} detail={detail} election={timeline.election.id} />
      ))}
    </section>
  )
}

/** The places above the milestone's own, whose plan it may be of. */
function above(detail: MilestoneDetail, { area }: Timeline): string[] {
  const codes = [area.code, ...area.ancestors.map(one => one.code)]
  return codes.filter(code => code !== detail.area)
}

function Cancelled({ detail }: { detail: MilestoneDetail }) {
  const t = words().plans
  const why = detail.cancelled
  if (!why) return null
  return (
    <div class="remark">
      <p>
        <strong>{t.cancelled(shortDay(why.on))}</strong>
      </p>
      {why.reason && <p lang="vi">{t.because(why.reason)}</p>}
      <p>{t.goneMilestone}</p>
    </div>
  )
}

function PlanAt({ code, detail, election }: { code: string; detail: MilestoneDetail; election: string }) {
  const t = words().plans
  const plan = plansCell(election, code).known.value.data?.items.find(one => one.key === detail.plan)
  const papers = papersCell(election, code).known.value.data?.items ?? []
  if (!plan) return null
  const keys = [...plan.documents, ...(detail.cancelled?.document ? [detail.cancelled.document] : [])]
  const names = papers
    .filter(one => keys.includes(one.key))
    .map(one =>
      [one.number ?? said(one.title), one.issued_on && shortDay(one.issued_on)].filter(Boolean).join(', '),
    )
  return (
    <p class="drawer-facts">
      <Link to={{ area: plan.area, plans: 'list', milestone: null }}>{said(plan.title)}</Link>
      {names.length > 0 && ` (${words().list(names)})`}
      {plan.withdrawn && ` · ${t.withdrawn(shortDay(plan.withdrawn.on))}`}
    </p>
  )
}
