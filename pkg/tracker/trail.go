package tracker

import (
	"time"

	"tiendo/pkg/area"
	"tiendo/pkg/find"
)

// TrailQuery is what is looked for in the log. Its zero fields ask for nothing.
type TrailQuery struct {
	// Areas are the places whose changes are meant; nil: those of the whole country.
	Areas []area.Code
	// Person is the id of who did it or, where nobody has that id, part of the name
	// that he had then, however it is spelled (see find.Fold).
	Person     string
	Milestone  MilestoneKey
	Occurrence int // 0: each of the milestone's
	Task       TaskKey
	Kind       Kind
	// From and To are moments of recording: not before From, and before To.
	From, To time.Time
	// Before asks for changes with a smaller revision.
	Before Revision
	Limit  int
}

// By says that an actor is the person that is asked for.
func (q *TrailQuery) By(a Actor) bool {
	return q.Person == "" || a.ID == q.Person || find.In(a.Name, q.Person)
}
