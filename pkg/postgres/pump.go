package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"tiendo/pkg/area"
	"tiendo/pkg/notify"
	"tiendo/pkg/postgres/rows"
	"tiendo/pkg/tracker"
)

// entriesAtOnce are read of the log in one query.
const entriesAtOnce = 2000

// pumped is one consumer's turn in the log of one election. The row of his cursor
// is locked as long as it takes, so that two servers do not take the same turn.
type pumped struct {
	q           *rows.Queries
	tx          pgx.Tx
	election    tracker.ElectionID
	after, head tracker.Revision
	done        tracker.Revision // as far as was read
}

var _ notify.Turn = (*pumped)(nil)

// turn lets take work on what a consumer has not seen of an election's log, up to
// a revision, whole acts only, and moves his cursor in the same transaction. Nothing
// happens when another server is about to. Who has no cursor begins where the log stands.
func (s *Store) turn(ctx context.Context, consumer string, e tracker.ElectionID, upTo tracker.Revision, take func(*pumped) error) (more bool, err error) {
	known, err := s.queries().HasCursor(ctx, consumer, string(e))
	if err == nil && !known {
		err = s.queries().MakeCursor(ctx, consumer, string(e))
	}
	if err != nil {
		return false, mapped(err)
	}
	err = s.in(ctx, changing, func(q *rows.Queries, tx pgx.Tx) error {
		at, err := q.TakeCursor(ctx, consumer, string(e))
		if errors.Is(err, pgx.ErrNoRows) || err == nil && tracker.Revision(at) >= upTo {
			return nil
		}
		if err != nil {
			return err
		}
		if upTo, err = wholeActs(ctx, q, e, upTo); err != nil || upTo <= tracker.Revision(at) {
			return err
		}
		p := &pumped{q: q, tx: tx, election: e, after: tracker.Revision(at), head: upTo, done: tracker.Revision(at)}
		if err := take(p); err != nil {
			return err
		}
		more = p.done < p.head
		return written(q.MoveCursor(ctx, int64(p.done), consumer, string(e)))
	})
	return more && err == nil, err
}

// wholeActs is the end of the last act that is whole up to a revision: who reads a
// long one in parts may stand within it.
func wholeActs(ctx context.Context, q *rows.Queries, e tracker.ElectionID, upTo tracker.Revision) (tracker.Revision, error) {
	begun, err := q.ActUnderWay(ctx, string(e), int64(upTo)+1)
	if errors.Is(err, pgx.ErrNoRows) {
		return upTo, nil
	}
	return tracker.Revision(begun) - 1, err
}

// Head is how far may be read.
func (p *pumped) Head() tracker.Revision { return p.head }

// Skip ends the turn at the head.
func (p *pumped) Skip() { p.done = p.head }

// Entries reads the log until the consumer has enough.
func (p *pumped) Entries(ctx context.Context, take func(*notify.Entry) (bool, error)) error {
	for p.done < p.head {
		found, err := p.q.LogEntries(ctx, rows.LogEntriesParams{
			Election: string(p.election), AfterRevision: int64(p.done), UpTo: int64(p.head), Most: entriesAtOnce,
		})
		if err != nil || len(found) == 0 {
			return err
		}
		for i := range found {
			e := entryOf(&found[i])
			enough, err := take(&e)
			if err != nil {
				return err
			}
			if enough {
				return nil
			}
			p.done = e.Revision
		}
	}
	return nil
}

func entryOf(r *rows.LogEntriesRow) notify.Entry {
	e := notify.Entry{
		Revision: tracker.Revision(r.Revision), Cause: tracker.Revision(r.Cause), Area: area.Code(r.AreaCode),
		Happened: r.HappenedOn, Recorded: r.RecordedAt.UTC(), Tag: r.Tag.String,
	}
	if !r.Hidden {
		e.Kind = tracker.Kind(r.Kind)
	}
	if r.MilestoneKey.Valid {
		e.Milestone = tracker.MilestoneID{Area: e.Area, Key: tracker.MilestoneKey(r.MilestoneKey.String), Occurrence: int(r.Occurrence.Int16)}
	}
	return e
}

// sees has what follows in a transaction see something else.
func sees(ctx context.Context, tx pgx.Tx, what reads) error {
	_, err := tx.Exec(ctx, what.local())
	return err
}
