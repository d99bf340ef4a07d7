package feed

import (
	"tiendo/pkg/mirror"
	"tiendo/pkg/timeline"
	"tiendo/pkg/tracker"
)

// Filter is what somebody wants to hear of.
type Filter struct {
	// Area is the index of the place; what lies below it is meant as well.
	Area int
	// Own leaves out what lies below.
	Own bool
	// Family is the key of a column of the matrix; none: all.
	Family string
	// States are those that milestones have to be in; nil: any.
	States *timeline.ListStates
}

// covers says that the place at index i is one of those that are meant.
func (q *Filter) covers(v *mirror.View, i int) bool {
	return i == q.Area || !q.Own && v.Frame().List.Under(i, q.Area)
}

// end is behind the last place that is meant.
func (q *Filter) end(v *mirror.View) int {
	if q.Own {
		return q.Area + 1
	}
	_, end := v.Frame().List.Descendants(q.Area)
	return end
}

// wantsMilestone says whether what becomes of a milestone is told: one of the
// places meant, or one above that may be shown by them.
func (q *Filter) wantsMilestone(v *mirror.View, i int, key tracker.MilestoneKey) bool {
	o, known := v.OriginOf(key)
	if !known || q.Family != "" && !timeline.InColumn(o, q.Family) {
		return false
	}
	return q.covers(v, i) || v.Frame().List.Under(q.Area, i) && timeline.IsShownBelow(v, i, o)
}

// wantsSubject says whether what is no milestone is told: what is of the whole
// election always; else, where all is asked for, what is of the places meant, and
// of plans and voting days also what is of the places above.
func (q *Filter) wantsSubject(v *mirror.View, kind tracker.Kind, i int) bool {
	switch kind {
	case tracker.ElectionMoved, tracker.ElectionAmended:
		return true
	case tracker.BodyAdded, tracker.DocumentAdded:
		return q.all() && q.covers(v, i)
	}
	return q.all() && (q.covers(v, i) || v.Frame().List.Under(q.Area, i))
}

func (q *Filter) all() bool { return q.Family == "" && q.States == nil }

// has says that what the filter asks for has a row.
func (q *Filter) has(x *timeline.ListItem) bool {
	return (q.States == nil || q.States.Shows(x)) && (q.Family == "" || timeline.InColumn(x.Origin, q.Family))
}

// Revision is the greatest of what a filter of the place and its reach hears of.
// Nothing that it hears of has happened after it, and a change to anything else
// leaves it. It is the same in every view of one revision.
func Revision(v *mirror.View, q *Filter) tracker.Revision {
	list := v.Frame().List
	r := max(v.StateRevision(), v.Frame().Amended)
	if q.Own {
		r = max(r, v.Board(q.Area).Revision())
	} else {
		r = max(r, v.BranchRevision(q.Area))
	}
	for _, i := range list.Ancestors(q.Area) {
		all := v.Board(i).Milestones()
		for k := range all {
			if m := &all[k]; m.Revision > r && timeline.IsShownBelow(v, i, v.Origin(m)) {
				r = m.Revision
			}
		}
	}
	return max(r, papers(v, q))
}

// papers is the greatest revision of what is no milestone: bodies, published
// documents, plans and voting days. The latest of them come last.
func papers(v *mirror.View, q *Filter) (r tracker.Revision) {
	list, p := v.Frame().List, v.Papers()
	for k := len(p.Documents) - 1; k >= 0; k-- {
		if d := &p.Documents[k]; d.Public {
			if i, ok := list.Index(d.Area); ok && q.covers(v, i) {
				r = d.Revision
				break
			}
		}
	}
	for k := len(p.Bodies) - 1; k >= 0; k-- {
		if i, ok := list.Index(p.Bodies[k].Area); ok && q.covers(v, i) {
			r = max(r, p.Bodies[k].Revision)
			break
		}
	}
	plans := v.Plans()
	for k := range plans {
		if i, ok := list.Index(plans[k].Area); plans[k].Revision > r && ok && (q.covers(v, i) || list.Under(q.Area, i)) {
			r = plans[k].Revision
		}
	}
	if v.VotingRevision() > r {
		for _, d := range v.VotingDays() {
			if i, ok := list.Index(d.Area); d.Revision > r && ok && (q.covers(v, i) || list.Under(q.Area, i)) {
				r = d.Revision
			}
		}
	}
	return r
}
