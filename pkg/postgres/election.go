package postgres

import (
	"context"
	"crypto/sha256"
	"time"

	"github.com/jackc/pgx/v5"

	"tiendo/pkg/area"
	"tiendo/pkg/fault"
	"tiendo/pkg/postgres/rows"
	"tiendo/pkg/statute"
	"tiendo/pkg/tracker"
)

var utc = time.UTC

// Open writes an election, every milestone and task that it creates, and one
// change, in one transaction. An election that is open already stays as it is.
func (s *Store) Open(ctx context.Context, o *tracker.Opening, change tracker.Change) ([]tracker.Change, error) {
	var changes []tracker.Change
	err := s.in(ctx, changing, func(q *rows.Queries, tx pgx.Tx) error {
		if there, err := alone(ctx, q, tx, o.Frame.Election.ID); err != nil || there {
			return err
		}
		if err := needEdition(ctx, q, o.Frame.List, change.Recorded); err != nil {
			return err
		}
		inserted, err := insertElection(ctx, q, o, change.Recorded)
		if err != nil || !inserted {
			return err
		}
		if _, err := keepRulebook(ctx, q, o.Frame.Rulebook, change.Recorded); err != nil {
			return err
		}
		if err := load(ctx, tx, o); err != nil {
			return err
		}
		opened := []tracker.Change{change}
		changes = opened
		return appendLog(ctx, tx, nil, nil, opened)
	})
	return changes, err
}

// insertElection writes what the election is; false when it is there already.
func insertElection(ctx context.Context, q *rows.Queries, o *tracker.Opening, now time.Time) (bool, error) {
	e := o.Frame.Election
	n, err := q.InsertElection(ctx, rows.InsertElectionParams{
		ID: string(e.ID), TitleVi: e.Title.Vi, TitleEn: e.Title.En, ElectionDay: e.Day,
		Rulebook: e.Rulebook, RulebookVersion: e.RulebookVersion, Edition: e.Edition, State: e.State.String(),
	})
	if err != nil || n == 0 {
		return false, err
	}
	x := rows.InsertExceptionsParams{Election: string(e.ID)}
	for _, exception := range o.Exceptions {
		x.Codes = append(x.Codes, string(exception.Area))
		x.Councils = append(x.Councils, exception.Council)
		x.Voters = append(x.Voters, exception.Voters)
		x.Documents = append(x.Documents, exception.Document)
	}
	if err := q.InsertExceptions(ctx, x); err != nil {
		return false, err
	}
	var keys, addresses []string
	for key, address := range o.Sources {
		keys, addresses = append(keys, key), append(addresses, address)
	}
	if err := q.InsertSources(ctx, string(e.ID), keys, addresses); err != nil {
		return false, err
	}
	return true, q.InsertHead(ctx, string(e.ID), now, make([]byte, 32))
}

// Frame reads what an election stands on. Fails with "rulebook-changed" when
// neither the program nor the database has the version of its rulebook.
func (s *Store) Frame(ctx context.Context, id tracker.ElectionID) (*tracker.Frame, error) {
	return s.frame(ctx, s.queries(), id)
}

func (s *Store) frame(ctx context.Context, q *rows.Queries, id tracker.ElectionID) (*tracker.Frame, error) {
	r, err := q.Election(ctx, string(id))
	if err != nil {
		return nil, one(err, tracker.ElectionNotFound(id))
	}
	e := tracker.Election{
		ID: id, Title: fault.Text{Vi: r.TitleVi, En: r.TitleEn}, Day: r.ElectionDay,
		Rulebook: r.Rulebook, RulebookVersion: r.RulebookVersion, Edition: r.Edition,
	}
	if e.State, err = tracker.ParseElectionState(r.State); err != nil {
		return nil, err
	}
	book, err := rulebookOf(ctx, q, e)
	if err != nil {
		return nil, err
	}
	places, err := s.list(ctx, q, r.Edition, [sha256.Size]byte(r.Sum))
	if err != nil {
		return nil, err
	}
	exceptions, err := q.Exceptions(ctx, string(id))
	if err != nil {
		return nil, mapped(err)
	}
	all := make([]tracker.Exception, len(exceptions))
	for i, x := range exceptions {
		all[i] = tracker.Exception{Area: area.Code(x.AreaCode), Council: x.Council, Voters: x.Voters, Document: x.Document}
	}
	f := tracker.NewFrame(e, book, places, all)
	f.Amended = tracker.Revision(r.Amended)
	return f, nil
}

// rulebookOf finds the version of the rulebook that an election stands on.
func rulebookOf(ctx context.Context, q *rows.Queries, e tracker.Election) (*statute.Rulebook, error) {
	book, err := rulebook(ctx, q, e.Rulebook, e.RulebookVersion)
	if !fault.Is(err, "rulebook-version-not-found") {
		return book, err
	}
	have := "–"
	if own, err := statute.Load(e.Rulebook); err == nil {
		have = own.Version()
	}
	return nil, tracker.RulebookChanged(e, have)
}

// Sources are the addresses that texts of the election name by a key.
func (s *Store) Sources(ctx context.Context, e tracker.ElectionID) (map[string]string, error) {
	found, err := s.queries().Sources(ctx, string(e))
	if err != nil {
		return nil, mapped(err)
	}
	all := make(map[string]string, len(found))
	for _, f := range found {
		all[f.Key] = f.Address
	}
	return all, nil
}
