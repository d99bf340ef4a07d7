package mirror

import (
	"tiendo/pkg/civil"
	"tiendo/pkg/tracker"
)

// Stray is the first milestone, by area, that stands otherwise than the log
// leads to; false when there is none. A view that was just loaded has its
// milestones from the tables, so that this holds the tables against the log: who
// changes a table past the program leaves the log as it was. Titles, documents
// and evidence are not looked at.
//
// It folds the log of every area: some 0.1 ms each, two seconds for the country.
func (v *View) Stray() (tracker.MilestoneID, bool, error) {
	for i := range v.frame.List.Len() {
		b := v.Board(i)
		then, err := v.refold(i, civil.Date{}, func(*transition) bool { return true })
		if err != nil {
			return tracker.MilestoneID{}, false, err
		}
		if m, stray := b.differs(then); stray {
			return v.ID(i, m), true, nil
		}
	}
	return tracker.MilestoneID{}, false, nil
}

// differs finds the first milestone that two boards do not have alike.
func (b *Board) differs(other *Board) (*Milestone, bool) {
	for k := range b.milestones {
		if k >= len(other.milestones) || b.milestones[k] != other.milestones[k] {
			return &b.milestones[k], true
		}
	}
	if k := len(b.milestones); k < len(other.milestones) {
		return &other.milestones[k], true
	}
	return nil, false
}
