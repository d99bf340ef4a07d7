package tracker

import (
	"cmp"
	"slices"
	"time"

	"tiendo/pkg/civil"
)

// TasksAsOf are the milestone's tasks by what had happened up to the end of a
// day, as far as it had been recorded by an instant; no day and no instant are no
// limit. It needs the whole history of the milestone, in its order, and the
// revision that made the milestone. What was taken back by then is left out
// ([Withdrawn]).
func (r *Record) TasksAsOf(created Revision, history []Change, day civil.Date, known time.Time) []Task {
	then := &Record{}
	begun := map[TaskKey]bool{}
	for i := range history {
		c := &history[i]
		if !c.Kind.ofTask() || begun[c.Task] {
			continue
		}
		begun[c.Task] = true
		if c.Before.Task != nil { // it was there before anything was said of it
			then.Tasks = append(then.Tasks, c.Before.Task.TaskAt(created))
		}
	}
	for _, t := range r.Tasks {
		if !begun[t.Key] {
			then.Tasks = append(then.Tasks, t)
		}
	}
	heard := slices.DeleteFunc(slices.Clone(history), func(c Change) bool { return !known.IsZero() && c.Recorded.After(known) })
	gone := Withdrawn(heard)
	for i := range heard {
		c := &heard[i]
		if c.Kind.ofTask() && !gone[c.Revision] && (day.IsZero() || !c.Happened.After(day)) {
			then.apply(c)
		}
	}
	slices.SortStableFunc(then.Tasks, func(a, b Task) int { return cmp.Compare(a.Position, b.Position) })
	return then.Tasks
}
