package access

import (
	"context"
	"time"

	"tiendo/pkg/area"
	"tiendo/pkg/find"
)

// TrailQuery is what is looked for in the log of accounts: what was given, taken
// or made in some places of an edition, and what became of the accounts that were
// ever given something there. Its other zero fields ask for nothing.
type TrailQuery struct {
	Edition string
	Areas   []area.Code
	// Person is a user's name, or part of a person's, however it is spelled (see
	// find.Fold): of whom it is about as well as of who did it.
	Person string
	Kind   Kind
	// From and To are moments of recording: not before From, and before To.
	From, To time.Time
	// Before asks for events with a smaller revision.
	Before Revision
	Limit  int
}

// Means says that somebody is the person that is asked for.
func (q *TrailQuery) Means(user UserID, name string) bool {
	return q.Person == "" || string(user) == q.Person || find.In(name, q.Person)
}

// NamedEvent is an event with the name of whose account it is about, which stays
// when the account is disabled.
type NamedEvent struct {
	Event
	Name string
}

// Trail reads the log of accounts backwards. Who may see what is asked for is
// for the caller to say.
func (s *Service) Trail(ctx context.Context, q *TrailQuery) ([]NamedEvent, error) {
	return s.store.AccountTrail(ctx, q)
}
