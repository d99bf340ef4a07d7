package mirror

import (
	"cmp"
	"slices"

	"tiendo/pkg/tracker"
)

// VotingRevision is when an area's own voting day was last decided; 0 when none was.
func (v *View) VotingRevision() tracker.Revision {
	var last tracker.Revision
	for _, d := range v.voting {
		last = max(last, d.Revision)
	}
	return last
}

// VotingDays are all that was decided of areas' own voting days, in force or
// not, by the area's code.
func (v *View) VotingDays() []tracker.VotingDay {
	all := make([]tracker.VotingDay, 0, len(v.voting))
	for _, d := range v.voting {
		all = append(all, d)
	}
	slices.SortFunc(all, func(a, b tracker.VotingDay) int { return cmp.Compare(a.Area, b.Area) })
	return all
}
