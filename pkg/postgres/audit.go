package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/audit"
	"tiendo/pkg/postgres/rows"
	"tiendo/pkg/tracker"
)

// auditPage is how many entries are read at once.
const auditPage = 5000

// FollowChanges has a trail follow the log of an election, all of it as of one
// moment. What an entry says need not be readable: its bytes are what was hashed.
func (s *Store) FollowChanges(ctx context.Context, e tracker.ElectionID, trail *audit.Trail) error {
	return s.in(ctx, reading, func(q *rows.Queries, _ pgx.Tx) error {
		h, err := q.Head(ctx, string(e))
		if err != nil {
			return one(err, tracker.ElectionNotFound(e))
		}
		if err := follow(trail, func(after int64) ([]audit.Entry, error) {
			found, err := q.ChangesAfter(ctx, string(e), after, auditPage)
			return entries(found, entryOfChange), err
		}); err != nil {
			return err
		}
		trail.End(audit.Head{Revision: h.Revision, Recorded: h.RecordedAt.UTC(), Hash: hashOf(h.Hash)})
		return nil
	})
}

// FollowEvents has a trail follow the log of accounts, as [Store.FollowChanges].
func (s *Store) FollowEvents(ctx context.Context, trail *audit.Trail) error {
	return s.in(ctx, readingPeople, func(q *rows.Queries, _ pgx.Tx) error {
		h, err := q.AccessHead(ctx)
		if err != nil {
			return err
		}
		if err := follow(trail, func(after int64) ([]audit.Entry, error) {
			found, err := q.AccessEvents(ctx, after, auditPage)
			return entries(found, entryOfEvent), err
		}); err != nil {
			return err
		}
		trail.End(audit.Head{Revision: h.Revision, Recorded: h.RecordedAt.UTC(), Hash: hashOf(h.Hash)})
		return nil
	})
}

// follow reads page after page up to the end or to what is bent.
func follow(trail *audit.Trail, page func(after int64) ([]audit.Entry, error)) error {
	for after := int64(0); ; {
		found, err := page(after)
		if err != nil {
			return err
		}
		for _, e := range found {
			if !trail.Next(e) {
				return nil
			}
			after = e.Revision
		}
		if len(found) < auditPage {
			return nil
		}
	}
}

func entries[R any](found []R, of func(*R) audit.Entry) []audit.Entry {
	all := make([]audit.Entry, len(found))
	for i := range found {
		all[i] = of(&found[i])
	}
	return all
}

func entryOfChange(r *rows.Change) audit.Entry {
	return audit.Entry{
		Revision: r.Revision, Cause: r.Cause, Recorded: r.RecordedAt.UTC(), Hash: hashOf(r.Hash),
		Digest: func(before audit.Hash) (audit.Hash, error) {
			c, _ := changeOf(r) // unreadable or not, it has the bytes
			return c.Digest(before), nil
		},
	}
}

func entryOfEvent(r *rows.AccessEvent) audit.Entry {
	return audit.Entry{
		Revision: r.Revision, Cause: r.Revision, Recorded: r.RecordedAt.UTC(), Hash: hashOf(r.Hash),
		Digest: func(before audit.Hash) (audit.Hash, error) {
			e, _ := eventOf(r)
			return e.Digest(before)
		},
	}
}

// eventOf reads an event; it has its bytes even where they cannot be read.
func eventOf(r *rows.AccessEvent) (access.Event, error) {
	e := access.Event{
		Revision: access.Revision(r.Revision), Kind: access.Kind(r.Kind), User: access.UserID(r.UserID),
		Edition: r.Edition.String, Area: area.Code(r.AreaCode.String), Actor: access.ReadActor(r.ActorID, r.ActorName),
		Recorded: r.RecordedAt.UTC(), Hash: hashOf(r.Hash),
	}
	err := e.Read(r.Before, r.After)
	return e, err
}

// hashOf takes a hash of whatever length stands there: one that is too short or
// too long is not what was written, and has to be told as that.
func hashOf(b []byte) (h audit.Hash) {
	if len(b) == len(h) {
		copy(h[:], b)
	}
	return h
}
