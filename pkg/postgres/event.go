package postgres

import (
	"context"

	"tiendo/pkg/access"
	"tiendo/pkg/postgres/rows"
)

func insertEvent(ctx context.Context, q *rows.Queries, e *access.Event) error {
	before, after := e.Stored()
	return q.InsertAccessEvent(ctx, rows.InsertAccessEventParams{
		Revision: int64(e.Revision), Kind: string(e.Kind), UserID: string(e.User), Edition: text(e.Edition), AreaCode: text(string(e.Area)),
		ActorID: e.Actor.ID(), ActorName: e.Actor.Name, RecordedAt: e.Recorded, Before: before, After: after, Hash: e.Hash[:],
	})
}

// AccessRevision is where the log of accounts stands.
func (s *Store) AccessRevision(ctx context.Context) (access.Revision, error) {
	h, err := s.queries().AccessHead(ctx)
	return access.Revision(h.Revision), mapped(err)
}

// Events reads the log of accounts after a revision, in its order.
func (s *Store) Events(ctx context.Context, after access.Revision, limit int) ([]access.Event, error) {
	found, err := s.as(readsAccounts).AccessEvents(ctx, int64(after), int32(limit))
	if err != nil {
		return nil, mapped(err)
	}
	all := make([]access.Event, len(found))
	for i := range found {
		e, err := eventOf(&found[i])
		if err != nil {
			return nil, err
		}
		all[i] = e
	}
	return all, nil
}
