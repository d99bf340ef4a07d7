import type { Area, DeadlineList, DeadlineRow, MatrixSums, Milestone } from '../api/names'
import { areas, bacKan } from './fixture'

const nothing: MatrixSums = { total: 0, done: 0, confirmed: 0, overdue: 0, behind_plan: 0, due_soon: 0 }

/** The law's limit two days past, or a plan's day three. */
function milestoneOf(area: Area, behind: boolean): Milestone {
  const [some] = bacKan().items
  if (!some) throw new Error('the fixture has no milestone')
  return {
    ...some,
    id: 'election_committee',
    key: 'election_committee',
    area: area.code,
    title: { vi: 'Thành lập Ủy ban bầu cử', en: 'Set up the committee' },
    nature: 'duty',
    latest_on: behind ? '2021-02-07' : '2021-01-23',
    latest_at: null,
    not_before_on: null,
    not_before_at: null,
    planned_on: behind ? '2021-01-22' : null,
    done_on: null,
    done_by: null,
    work: 'not_started',
    timing: behind ? 'behind_plan' : 'overdue',
    days_left: behind ? 13 : -2,
  }
}

/** Every place below has the same duty: all but the last are past its limit, the last is behind its own plan. */
export function deadlinesOf(area: Area, said: URLSearchParams, start = 0): DeadlineList {
  const { election, today } = bacKan()
  const below = areas.filter(one => one.ancestors.some(ancestor => ancestor.code === area.code))
  const all = below.map<DeadlineRow>((one, at) => {
    const behind = at === below.length - 1
    return {
      area: refOf(one),
      within: one.ancestors.filter(above => above.code !== 'VN'),
      days_behind: behind ? 3 : null,
      milestone: milestoneOf(one, behind),
    }
  })
  const wanted = said.get('state')?.split(',') ?? null
  const rows = all.filter(({ milestone: { timing } }) => {
    if (wanted === null || wanted.some(state => state === 'open' || state === 'late')) return true
    return wanted.some(state => state === timing)
  })
  const limit = Math.min(Number(said.get('limit') ?? 100), 4)
  const items = rows.slice(start, start + limit)
  const more = start + limit < rows.length
  const late = (timing: string) => all.filter(row => row.milestone.timing === timing).length
  return {
    changes_token: null,
    election,
    area: refOf(area),
    today,
    day: said.get('as_of') ?? today,
    as_of: said.get('as_of'),
    revision: 12,
    next_refresh_after: 300,
    counts: { ...nothing, total: all.length, overdue: late('overdue'), behind_plan: late('behind_plan') },
    total: rows.length,
    items,
    has_more: more,
    next: more ? `/api/v1/elections/2021/areas/${area.code}/deadlines?after=${start + limit}` : null,
  }
}

function refOf({ code, level, name, name_en, short_name }: Area) {
  return { code, level, name, name_en, short_name }
}
