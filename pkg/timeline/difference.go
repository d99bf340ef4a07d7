package timeline

import (
	"fmt"

	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/tracker"
)

// DifferenceKind is in what a milestone differs between two days.
type DifferenceKind uint8

// The kinds. Of work one at most is said: how the milestone stands on the later
// day, and did not on the earlier.
const (
	// AnyDifference asks for all.
	AnyDifference DifferenceKind = iota
	// Finished: done. A milestone that was done on both days, on another day as
	// was known, is Redated.
	Finished
	// Reopened: was done, set aside or cancelled, and is to be done again.
	Reopened
	// Begun: in progress, which it had not been, or no more.
	Begun
	// Stuck: blocked.
	Stuck
	// PutAside: not applicable.
	PutAside
	// CalledOff: its plan was withdrawn.
	CalledOff
	// TakenBack: begun or blocked before, and now as if it had never been begun.
	TakenBack
	// Redated: done on both days, but not with the same day.
	Redated
	// DateMoved: it begins or ends at another time.
	DateMoved
	// PlanMoved: the area's own target was set, changed or dropped.
	PlanMoved
	// Occurred: came into being, as something happened that the law waits for.
	Occurred
	// Added: came into being with a local plan.
	Added
	// BecameLate: overdue or behind plan for no other reason than that time passed.
	BecameLate
	// Judged: the level above said something else of it.
	Judged
	differenceKinds
)

var differenceNames = [...]string{
	"", "done", "reopened", "begun", "blocked", "set_aside", "cancelled", "taken_back", "done_day_moved",
	"date_moved", "planned", "occurred", "added", "became_late", "standing",
}

func (k DifferenceKind) String() string { return differenceNames[k] }

// DifferenceKinds lists all there are.
func DifferenceKinds() []DifferenceKind {
	var all []DifferenceKind
	for k := AnyDifference + 1; k < differenceKinds; k++ {
		all = append(all, k)
	}
	return all
}

// ParseDifferenceKind reads a kind's name; anything else is fault.Invalid
// "difference-kind-unknown".
func ParseDifferenceKind(s string) (DifferenceKind, error) {
	for i, n := range differenceNames {
		if i > 0 && n == s {
			return DifferenceKind(i), nil
		}
	}
	return 0, fault.New(fault.Invalid, "difference-kind-unknown",
		"Không có loại thay đổi %q; dùng một trong: %q", "There is no kind of difference %q; use one of %q",
		fmt.Sprintf("%.40s", s), differenceNames[1:])
}

// Differences is a set of kinds.
type Differences uint16

// Has says that a kind is in the set.
func (d Differences) Has(k DifferenceKind) bool { return d&(1<<k) != 0 }

// Kinds lists those in the set, in their order.
func (d Differences) Kinds() []DifferenceKind {
	var all []DifferenceKind
	for k := AnyDifference + 1; k < differenceKinds; k++ {
		if d.Has(k) {
			all = append(all, k)
		}
	}
	return all
}

func (d *Differences) add(k DifferenceKind, there bool) {
	if there {
		*d |= 1 << k
	}
}

// recorded is in what a milestone differs by what was done and decided; before
// is nil where it was not there yet.
func recorded(before, after *mirror.Milestone) Differences {
	var d Differences
	if before == nil {
		d.add(Occurred, after.Occurrence > 0)
		d.add(Added, after.Occurrence == 0)
		before = &mirror.Milestone{Dates: after.Dates, Planned: after.Planned}
	}
	d.add(workDifference(before.Work, after.Work), before.Work != after.Work)
	d.add(Redated, before.Work == tracker.Done && after.Work == tracker.Done &&
		(before.DoneOn != after.DoneOn || before.DoneBy != after.DoneBy))
	d.add(DateMoved, before.NotBefore != after.NotBefore || before.Latest != after.Latest)
	d.add(PlanMoved, before.Planned != after.Planned)
	d.add(Judged, before.Standing != after.Standing && (ruledOn(before) || ruledOn(after)))
	return d
}

// ruledOn says that the level above has said something of it.
func ruledOn(m *mirror.Milestone) bool {
	return m.Standing == tracker.Confirmed || m.Standing == tracker.Returned
}

func workDifference(before, after tracker.Work) DifferenceKind {
	switch {
	case after == tracker.Done:
		return Finished
	case after == tracker.NotApplicable:
		return PutAside
	case after == tracker.Cancelled:
		return CalledOff
	case !before.Open():
		return Reopened
	case after == tracker.Blocked:
		return Stuck
	case after == tracker.InProgress:
		return Begun
	}
	return TakenBack
}

// passing is what a milestone was held against the two days for, and what came
// of it: neighbours are mostly alike.
type passing struct {
	notBefore, latest civil.Cutoff
	planned           civil.Date
	work              tracker.Work
	silent, known     bool
	late              bool
}

// late says that a milestone is overdue, or behind plan, at the second moment
// and was less so at the first, as nothing was done about it.
func late(before, after Timing) bool {
	return (after == Overdue || after == BehindPlan) && before != after && before != Overdue
}
