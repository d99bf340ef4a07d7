import type { Milestone, MilestoneDetail, TaskChanged, Timeline } from '../api/names'
import type { Cell } from '../state/cell'
import { historyCell, milestoneCell } from '../state/election'
import { ownChanges } from '../state/refresh'

/** Puts changed milestones in their place on the timeline. */
export function withMilestones(timeline: Timeline, changed: Milestone[]): Timeline {
  const find = (item: Milestone) =>
    changed.find(other => other.area === item.area && other.id === item.id) ?? item
  return { ...timeline, items: timeline.items.map(find), above: timeline.above.map(find) }
}

/** A milestone's details after one of its tasks was changed. */
export function withTask(detail: MilestoneDetail, { task, milestone }: TaskChanged): MilestoneDetail {
  const { work, standing, done_on, done_by, revision } = milestone
  return {
    ...detail,
    ...{ work, standing, done_on, done_by, revision },
    tasks: detail.tasks.map(other => (other.key === task.key ? task : other)),
  }
}

/** After an own change: everything that may show it is asked again at once. */
export function askAgain(timeline: Cell<Timeline>, election: string, area: string, id: string): void {
  ownChanges.value += 1
  void timeline.refresh()
  void milestoneCell(election, area, id).refresh()
  void historyCell(election, area, id).refresh()
}
