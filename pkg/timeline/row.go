package timeline

import (
	"tiendo/pkg/civil"
	"tiendo/pkg/mirror"
	"tiendo/pkg/tracker"
)

// RowOf is the row that a list of the present shows of a milestone of the area at
// index i, whatever the list is filtered by.
func RowOf(v *mirror.View, i int, m *mirror.Milestone, at civil.Cutoff) ListItem {
	return rowOf(v, i, m, at, ageOf(v, Options{}))
}

func rowOf(v *mirror.View, i int, m *mirror.Milestone, at civil.Cutoff, then age) ListItem {
	x := ListItem{Item: itemOf(v, i, m, at, then), Area: i}
	is := caseOf(v, m, then)
	if day := is.missed(at); x.Timing == BehindPlan || (x.Timing == Overdue && !day.IsZero()) {
		x.DaysBehind, x.HasDaysBehind = day.DaysUntil(at.Day), true
	}
	return x
}

// Shows says that a list which asks for these states has the row.
func (s *ListStates) Shows(x *ListItem) bool {
	bar := !x.Origin.Nature.CanBeLate()
	if s.want(x.Timing, bar) {
		return true
	}
	return s.confirmed && !bar && classOfTiming[x.Timing] == done && x.Milestone.Standing == tracker.Confirmed
}

// InColumn says that a matrix counts what is of an origin in the column of a key.
func InColumn(o *mirror.Origin, column string) bool { return headingOf(o).key == column }

// CheckColumn fails with fault.Invalid "family-unknown" for the key of a column
// that the election does not have.
func CheckColumn(v *mirror.View, column string) error { return exists(v, &ListOptions{Column: column}) }

// IsShownBelow says that what the area at index i has of an origin may be shown by
// those below it.
func IsShownBelow(v *mirror.View, i int, o *mirror.Origin) bool { return shownBelow(v, i, o) }

// TimingThen is where a milestone, as it is now, would have stood at an earlier
// moment, when its election was in a state.
func TimingThen(v *mirror.View, m *mirror.Milestone, at civil.Cutoff, state tracker.ElectionState) Timing {
	c := caseOf(v, m, age{state: state})
	return c.At(at)
}

// IsNear says that something that is open in the places from first up to last,
// which is left out, becomes late within 24 hours.
func IsNear(v *mirror.View, first, last int, at civil.Cutoff) bool {
	then := ageOf(v, Options{})
	for ; first < last; first++ {
		all := v.Board(first).Milestones()
		for k := range all {
			c := caseOf(v, &all[k], then)
			if c.near(at) {
				return true
			}
		}
	}
	return false
}
