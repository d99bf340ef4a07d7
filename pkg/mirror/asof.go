package mirror

import (
	"cmp"
	"slices"
	"time"

	"tiendo/pkg/civil"
	"tiendo/pkg/tracker"
)

// AsOf is the area at index i by what had happened up to the end of a day, as
// far as it had been recorded by an instant; no day and no instant are no limit.
// A later correction of the past shows, unless the instant hides it: what was
// taken back by then is left out ([tracker.Withdrawn]). What the
// law schedules is there from the beginning; a line of a local plan from the day
// on which the plan was made, and an occurrence from the day it occurred.
//
// Without an instant it is read off the area's past ([View.Past]); with one the
// log is folded over what the opening created, some 0.1 ms. An area in which
// nothing has happened since is as it is now, and costs nothing.
func (v *View) AsOf(i int, day civil.Date, known time.Time) (*Board, error) {
	b := v.Board(i)
	if !known.IsZero() {
		return v.knownAsOf(i, day, known)
	}
	was, err := v.pastOf(i)
	if err != nil || was.heldSince(day) {
		return b, err
	}
	then := &Board{milestones: was.at(day, slices.Clone(b.milestones)), scopes: b.scopes}
	then.date()
	return then, nil
}

// knownAsOf is AsOf by the log alone.
func (v *View) knownAsOf(i int, day civil.Date, known time.Time) (*Board, error) {
	if b := v.Board(i); b.heldSince(day, known) {
		return b, nil
	}
	return v.refold(i, day, func(t *transition) bool { return t.knownBy(known) })
}

// AtRevision is the area at index i as it stood when the log had come to a
// revision, by what had happened up to the end of a day; no day is no limit. It
// is what a view of that revision would give, so that who reads in several steps
// can go on with what he began with. An area that no later change touched, and
// that is nearly all, costs what [View.AsOf] does.
func (v *View) AtRevision(i int, r tracker.Revision, day civil.Date) (*Board, error) {
	switch b := v.Board(i); {
	case b.changedSince(r):
		return v.refold(i, day, func(t *transition) bool { return t.revision <= r })
	case day.IsZero():
		return b, nil
	}
	return v.AsOf(i, day, time.Time{})
}

// changedSince says that a revision came later in which something of the area changed.
func (b *Board) changedSince(r tracker.Revision) bool {
	return len(b.log) > 0 && b.log[len(b.log)-1].revision > r
}

// refold folds what is kept of the log of an area over what the opening created.
func (v *View) refold(i int, day civil.Date, kept func(*transition) bool) (*Board, error) {
	code := v.frame.List.At(i).Code
	opening := tracker.Opening{Frame: v.opened()}
	ledger, err := opening.Follow(code)
	if err != nil {
		return nil, err
	}
	log := v.log(i, kept)
	gone := tracker.Withdrawn(log)
	for k := range log {
		c := &log[k]
		if c.Milestone.Area == code && !gone[c.Revision] && (day.IsZero() || !c.Happened.After(day)) {
			ledger.Apply(c)
		}
	}
	return v.fold(ledger)
}

// heldSince says that all that has happened to the area had happened by a day
// and was known by an instant, so that it is now as it was then.
func (b *Board) heldSince(day civil.Date, known time.Time) bool {
	for k := range b.log {
		if t := &b.log[k]; !t.knownBy(known) || (!day.IsZero() && t.happened.After(day)) {
			return false
		}
	}
	return true
}

// log is what is kept of the log of an area and of those it lies in, whose
// reports can move its dates.
func (v *View) log(i int, kept func(*transition) bool) []tracker.Change {
	var log []tracker.Change
	for ; i >= 0; i = v.frame.List.Parent(i) {
		code, board := v.frame.List.At(i).Code, v.Board(i)
		for k := range board.log {
			if t := &board.log[k]; kept(t) {
				log = append(log, t.change(code, v.shape))
			}
		}
	}
	slices.SortFunc(log, func(a, b tracker.Change) int { return cmp.Compare(a.Revision, b.Revision) })
	return log
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
