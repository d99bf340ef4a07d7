import { useMemo } from 'preact/hooks'
import type { Milestone, Timeline } from '../api/names'
import { nameOf } from '../state/selection'
import { useSteady } from './steady'

/** The timeline with its rows where they were, while somebody is among them. */
export function useSteadyTimeline(timeline: Timeline, frame: { current: HTMLElement | null }): Timeline {
  const own = timeline.area.code
  const of = [timeline.election.id, own, timeline.as_of, timeline.known_at].join(' ')
  const all = [...timeline.above, ...timeline.items]
  const { rows } = useSteady<Milestone>(all, item => nameOf(item, own), of, frame)
  const order = rows.map(item => nameOf(item, own)).join(' ')
  // While nothing moves it is the very timeline, so that nothing is laid out anew.
  return useMemo(() => {
    if (order === all.map(item => nameOf(item, own)).join(' ')) return timeline
    const isOwn = ({ area }: Milestone) => area === own
    return { ...timeline, above: rows.filter(item => !isOwn(item)), items: rows.filter(isOwn) }
  }, [timeline, order])
}
