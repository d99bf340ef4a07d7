package tracker

// Withdrawn finds, in a log in its order, what later entries took back. A
// report that a task was done is taken back by a later report that it is not,
// or was on another day, also by one that a return makes: as far as is known
// then, it never happened. What moved
// by such a report is taken back with it, once it has moved again.
//
// Looking back on a day leaves these entries out, so that a later correction of
// the past shows on every day that it is about.
func Withdrawn(log []Change) map[Revision]bool { return WithdrawnIn(log, nil) }

// WithdrawnIn is [Withdrawn] for the log of one area alone; above says of reports
// in the areas that it lies in whether they were taken back (nil: none was).
func WithdrawnIn(log []Change, above func(Revision) bool) map[Revision]bool {
	type task struct {
		MilestoneID
		TaskKey
	}
	gone := map[Revision]bool{}
	claims := map[task]*claim{}
	last := map[MilestoneID]Revision{} // the latest move of each milestone
	for i := range log {
		c := &log[i]
		switch c.Kind {
		case TaskAdded, TaskUpdated:
			at := task{c.Milestone, c.Task}
			if before := claims[at]; before != nil && before.says(c) {
				before.entries = append(before.entries, c.Revision)
				continue
			} else if before != nil {
				before.withdraw(gone)
				delete(claims, at)
			}
			if c.After.Task.Status == Done {
				claims[at] = &claim{task: c.After.Task, entries: []Revision{c.Revision}}
			}
		case TaskRemoved:
			delete(claims, task{c.Milestone, c.Task}) // it was done as long as it was there
		case MilestoneMoved:
			last[c.Milestone] = c.Revision
		}
	}
	for i := range log {
		c := &log[i]
		if c.Kind != MilestoneMoved || last[c.Milestone] == c.Revision {
			continue
		}
		if gone[c.Cause] || (above != nil && above(c.Cause)) {
			gone[c.Revision] = true
		}
	}
	return gone
}

// claim is that a task was done on, or by, a day, and the entries that say so.
type claim struct {
	task    *TaskState
	entries []Revision
}

func (c *claim) says(other *Change) bool {
	t := other.After.Task
	return t.Status == Done && t.DoneOn == c.task.DoneOn && t.DoneBy == c.task.DoneBy
}

func (c *claim) withdraw(gone map[Revision]bool) {
	for _, r := range c.entries {
		gone[r] = true
	}
}
