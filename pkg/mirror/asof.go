package mirror

import (
	"time"

	"tiendo/pkg/civil"
	"tiendo/pkg/tracker"
)

// AsOf is the area at index i by what had happened up to the end of a day, as
// far as it had been recorded by an instant; no day and no instant are no limit.
// A later correction of the past shows, unless the instant hides it. What the
// law schedules is there from the beginning; a line of a local plan from the day
// on which the plan was made, and an occurrence from the day it occurred.
//
// It folds the log over what the opening created, so it costs some 0.1 ms where
// [View.Board] costs nothing.
func (v *View) AsOf(i int, day civil.Date, known time.Time) (*Board, error) {
	code := v.frame.List.At(i).Code
	opening := tracker.Opening{Frame: v.frame}
	ledger, err := opening.Follow(code)
	if err != nil {
		return nil, err
	}
	now := v.Board(i)
	for k := range now.log {
		if t := &now.log[k]; t.within(day, known) {
			c := t.change(code, v.shape)
			ledger.Apply(v.frame, &c)
		}
	}
	return v.fold(ledger)
}

// fold makes a board of a ledger that follows one area.
func (v *View) fold(ledger tracker.Ledger) (*Board, error) {
	b := &Board{milestones: make([]Milestone, 0, len(ledger))}
	for id, r := range ledger {
		ref, ok := v.shape.refs[id.Key]
		if !ok {
			return nil, broken("milestone %s is neither of the law nor of a plan", id.Name())
		}
		m := Milestone{Ref: ref, Occurrence: uint16(id.Occurrence), TasksTotal: uint16(len(r.Tasks))}
		m.take(&r.Milestone)
		for k := range r.Tasks {
			if !r.Tasks[k].Status.Open() {
				m.TasksDone++
			}
		}
		b.milestones = append(b.milestones, m)
		b.scope(m.place(), r.Milestone.Scope)
	}
	b.order()
	return b, nil
}
