package postgres

import (
	"context"
	"errors"
	"math"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"tiendo/pkg/access"
	"tiendo/pkg/postgres/rows"
	"tiendo/pkg/tracker"
)

// Trail reads the log of an election backwards, all of it as of one moment. Names
// are compared here: the database does not know how people spell. It learns all
// values before it makes its plan, as what suits a rare person does not suit who
// did half of everything. The rows themselves come as the reader sees them.
func (s *Store) Trail(ctx context.Context, e tracker.ElectionID, q *tracker.TrailQuery, by tracker.Reader) ([]tracker.Change, error) {
	var all []tracker.Change
	err := s.in(ctx, reading, func(x *rows.Queries, tx pgx.Tx) error {
		asked := rows.TrailParams{
			Election: string(e), MilestoneKey: text(string(q.Milestone)),
			Occurrence: number(q.Occurrence, q.Occurrence != 0), TaskKey: text(string(q.Task)), Kind: text(string(q.Kind)),
			LastRevision: math.MaxInt64, Most: int32(q.Limit), //nolint:gosec // a page
		}
		if q.Areas != nil {
			asked.Areas = codes(q.Areas)
		}
		if q.Before > 0 {
			asked.LastRevision = int64(q.Before) - 1
		}
		if err := span(ctx, x, q, &asked); err != nil {
			return err
		}
		if q.Person != "" {
			if err := did(ctx, x, q, &asked); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, "SELECT set_config('tiendo.reads', $1, true), set_config('plan_cache_mode', 'force_custom_plan', true)", string(readsBy(e, by))); err != nil {
			return err
		}
		found, err := x.Trail(ctx, asked)
		if err != nil {
			return err
		}
		all, err = changesOf(found)
		return err
	})
	return all, err
}

// span turns moments of recording into revisions, which never go back in time.
func span(ctx context.Context, x *rows.Queries, q *tracker.TrailQuery, asked *rows.TrailParams) (err error) {
	if !q.From.IsZero() {
		if asked.AfterRevision, err = lastBefore(ctx, x, asked.Election, q.From); err != nil {
			return err
		}
	}
	if !q.To.IsZero() {
		last, err := lastBefore(ctx, x, asked.Election, q.To)
		asked.LastRevision = min(asked.LastRevision, last)
		return err
	}
	return nil
}

func lastBefore(ctx context.Context, x *rows.Queries, election string, moment time.Time) (int64, error) {
	revision, err := x.LastBefore(ctx, election, moment)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, nil
	}
	return revision, err
}

// did asks for what a person did: by his id, which the index leads to, or, where
// nobody has it, by part of the name that he had when he did it.
func did(ctx context.Context, x *rows.Queries, q *tracker.TrailQuery, asked *rows.TrailParams) error {
	known, err := x.HasActor(ctx, asked.Election, q.Person)
	if err != nil {
		return err
	}
	if known {
		asked.ActorID, asked.Actors, asked.ActorNames = q.Person, []string{q.Person}, []string{}
		return nil
	}
	actors, err := x.Actors(ctx, asked.Election)
	if err != nil {
		return err
	}
	asked.ActorID, asked.Actors, asked.ActorNames = q.Person, []string{}, []string{}
	for _, a := range actors {
		if q.By(tracker.Actor{Name: a.ActorName}) {
			asked.Actors = append(asked.Actors, a.ActorID)
			asked.ActorNames = append(asked.ActorNames, a.ActorName)
		}
	}
	return nil
}

// DayHeads goes from the end of each day to the end of the one before.
func (s *Store) DayHeads(ctx context.Context, e tracker.ElectionID, zone *time.Location) ([]tracker.Head, error) {
	var all []tracker.Head
	err := s.in(ctx, reading, func(x *rows.Queries, _ pgx.Tx) error {
		found, err := x.DayHeads(ctx, string(e), zone.String())
		for _, h := range found {
			all = append(all, tracker.Head{Revision: tracker.Revision(h.Revision), Recorded: h.RecordedAt.UTC(), Hash: hashOf(h.Hash)})
		}
		return err
	})
	return all, err
}

// AccountTrail reads the log of accounts backwards, as [Store.Trail] does that of
// an election.
func (s *Store) AccountTrail(ctx context.Context, q *access.TrailQuery) ([]access.NamedEvent, error) {
	var all []access.NamedEvent
	asked := rows.AccessTrailParams{
		Edition: q.Edition, Areas: codes(q.Areas), Kind: text(string(q.Kind)), BeforeRevision: math.MaxInt64,
		FromTime: q.From, ToTime: q.To, Most: int32(q.Limit), //nolint:gosec // a page
	}
	if q.Before > 0 {
		asked.BeforeRevision = int64(q.Before)
	}
	if q.To.IsZero() {
		asked.ToTime = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	err := s.in(ctx, readingPeople, func(x *rows.Queries, _ pgx.Tx) error {
		if q.Person != "" {
			names, err := x.AccessNames(ctx)
			if err != nil {
				return err
			}
			asked.People = []string{}
			known := slices.ContainsFunc(names, func(n rows.AccessNamesRow) bool { return n.ID == q.Person })
			for _, n := range names {
				if n.ID == q.Person || !known && q.Means(access.UserID(n.ID), n.Name) {
					asked.People = append(asked.People, n.ID)
				}
			}
		}
		found, err := x.AccessTrail(ctx, asked)
		if err != nil {
			return err
		}
		for i := range found {
			event, err := eventOf(&found[i].AccessEvent)
			if err != nil {
				return err
			}
			all = append(all, access.NamedEvent{Event: event, Name: found[i].Name})
		}
		return nil
	})
	return all, err
}
