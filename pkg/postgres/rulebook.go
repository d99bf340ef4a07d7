package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"tiendo/pkg/fault"
	"tiendo/pkg/postgres/rows"
	"tiendo/pkg/statute"
	"tiendo/pkg/tracker"
)

// Rulebook finds a version of a rulebook: the program's own where it is that
// version, else the one that the database keeps. Fails with fault.NotFound
// "rulebook-version-not-found".
func (s *Store) Rulebook(ctx context.Context, id, version string) (*statute.Rulebook, error) {
	return rulebook(ctx, s.queries(), id, version)
}

func rulebook(ctx context.Context, q *rows.Queries, id, version string) (*statute.Rulebook, error) {
	own, err := statute.Load(id)
	switch {
	case err == nil && own.Version() == version:
		return own, nil
	case err != nil && !fault.Is(err, "rulebook-not-found"):
		return nil, err
	}
	kept, err := q.Rulebook(ctx, id, version)
	if err != nil {
		return nil, one(err, tracker.RulebookVersionNotFound(id, version))
	}
	return statute.Parse("rulebook "+version, []byte(kept.Content))
}

// Rulebooks lists the versions that the database keeps, by rulebook and by when
// they came in.
func (s *Store) Rulebooks(ctx context.Context) ([]tracker.StoredRulebook, error) {
	found, err := s.queries().Rulebooks(ctx)
	if err != nil {
		return nil, mapped(err)
	}
	all := make([]tracker.StoredRulebook, len(found))
	for i, r := range found {
		all[i] = tracker.StoredRulebook{ID: r.ID, Version: r.Version, Digest: r.Digest, Stored: r.StoredAt.UTC()}
	}
	return all, nil
}

// KeepRulebook keeps a rulebook's file; false when it is kept already. Fails with
// fault.Conflict "rulebook-version-taken" when its version is kept, or compiled
// in, with another text.
func (s *Store) KeepRulebook(ctx context.Context, book *statute.Rulebook, now time.Time) (bool, error) {
	var added bool
	err := s.in(ctx, plain, func(q *rows.Queries, _ pgx.Tx) (err error) {
		own, err := statute.Load(book.ID())
		if err == nil && own.Version() == book.Version() && own.Digest() != book.Digest() {
			return tracker.RulebookVersionTaken(book)
		}
		kept, err := q.Rulebook(ctx, book.ID(), book.Version())
		switch {
		case err == nil && kept.Digest != book.Digest():
			return tracker.RulebookVersionTaken(book)
		case err != nil && !errors.Is(err, pgx.ErrNoRows):
			return err
		}
		added, err = keepRulebook(ctx, q, book, now)
		return err
	})
	return added, err
}

// KeepRulebooks keeps the program's own versions of rulebooks that elections stand
// on, where the database does not have them yet.
func (s *Store) KeepRulebooks(ctx context.Context, now time.Time) error {
	return s.in(ctx, plain, func(q *rows.Queries, _ pgx.Tx) error {
		used, err := q.RulebooksInUse(ctx)
		if err != nil {
			return err
		}
		for _, u := range used {
			own, err := statute.Load(u.Rulebook)
			if err != nil || own.Version() != u.RulebookVersion {
				continue // kept with it, or to be brought in
			}
			if _, err := keepRulebook(ctx, q, own, now); err != nil {
				return err
			}
		}
		return nil
	})
}

// keepRulebook keeps what an election stands on from now on. A version that is
// kept already stays as it is.
func keepRulebook(ctx context.Context, q *rows.Queries, book *statute.Rulebook, now time.Time) (bool, error) {
	n, err := q.InsertRulebook(ctx, rows.InsertRulebookParams{
		ID: book.ID(), Version: book.Version(), Digest: book.Digest(), Content: string(book.Text()), StoredAt: now,
	})
	return n > 0, err
}
