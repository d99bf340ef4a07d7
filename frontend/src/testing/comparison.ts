// What changed between two days, as the server would tell it of the made-up places.

import type { Area, Comparison, Difference, DifferenceCounts, Timeline } from '../api/names'
import { differenceKinds } from '../changes/choice'
import { areas } from './fixture'

const side: Difference['after'] = {
  work: 'not_started',
  standing: 'unreported',
  timing: 'upcoming',
  not_before_on: null,
  not_before_at: null,
  latest_on: null,
  latest_at: null,
  planned_on: null,
  done_on: null,
  done_by: null,
}

/** A change of one milestone of thành phố Bắc Kạn. */
export function changed(
  item: Partial<Difference>,
  before: Partial<Difference['after']>,
  after: Partial<Difference['after']>,
): Difference {
  const area = areas.find(one => one.code === '058')
  if (!area) throw new Error('058 is not among the places')
  const { code, level, name, name_en, short_name } = area
  return {
    area: { code, level, name, name_en, short_name },
    within: [],
    milestone: 'consult1_pc_district',
    title: { vi: 'Hiệp thương lần thứ nhất', en: 'First consultation' },
    phase: 'consultation_1',
    binding: 'law',
    kinds: ['done'],
    before: { ...side, ...before },
    after: { ...side, ...after },
    revision: 7,
    ...item,
  }
}

function counts(items: Difference[]): DifferenceCounts {
  const of = (kind: (typeof differenceKinds)[number]) =>
    items.filter(item => item.kinds.includes(kind)).length
  return {
    total: items.length,
    ...Object.fromEntries(differenceKinds.map(kind => [kind, of(kind)])),
  } as DifferenceCounts
}

const perPage = 2

/** Everything of the place's own that was done between the days, two a page. */
export function comparisonOf(area: Area, timeline: Timeline, url: URL): Comparison {
  const from = url.searchParams.get('from') ?? ''
  const to = url.searchParams.get('to') ?? ''
  const kind = url.searchParams.get('kind')
  const all = timeline.items
    .filter(item => area.code === '058' && item.done_on && item.done_on > from && item.done_on <= to)
    .map(item =>
      changed(
        { milestone: item.id, title: item.title },
        {},
        { work: item.work, timing: item.timing, done_on: item.done_on, done_by: item.done_by },
      ),
    )
  const begin = Number(url.searchParams.get('after') ?? 0)
  const listed = kind && kind !== 'done' ? [] : all
  const more = begin + perPage < listed.length
  const next = new URL(url)
  next.searchParams.set('after', String(begin + perPage))
  return {
    election: timeline.election,
    area,
    from,
    to,
    revision: timeline.revision,
    next_refresh_after: 300,
    counts: counts(all),
    self: counts(all),
    children: [],
    items: listed.slice(begin, begin + perPage),
    has_more: more,
    next: more ? `${next.pathname}${next.search}` : null,
  }
}
