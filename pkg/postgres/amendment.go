package postgres

import (
	"context"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/postgres/rows"
	"tiendo/pkg/statute"
	"tiendo/pkg/tracker"
)

// Amend writes an amendment and all that follows from it in one transaction:
// 390,000 changes where election day moves. Reports wait meanwhile, as for an
// opening; readers do not. What is in memory is a stretch of areas at a time.
func (s *Store) Amend(ctx context.Context, e tracker.ElectionID, decide func(tracker.Ground) (*tracker.Amendment, error), each func(*tracker.Amended) error) (tracker.Change, error) {
	var amended tracker.Change
	err := s.in(ctx, changing, func(q *rows.Queries, tx pgx.Tx) error {
		// Everybody who writes locks rows of this table first (see loadOrder) and the
		// head last; so nobody can hold the head and wait for what is changed here.
		if _, err := tx.Exec(ctx, "LOCK TABLE milestone IN EXCLUSIVE MODE"); err != nil {
			return err
		}
		a, err := s.beginAmendment(ctx, q, tx, e, decide)
		if err != nil {
			return err
		}
		w := &amendmentWriter{amendmentReader: a}
		if err := w.begin(ctx); err != nil {
			return err
		}
		amended = w.amended
		if err := a.walk(ctx, 0, a.After.List.Len(), func(m *tracker.Amended, records []tracker.Record) error {
			if err := w.take(m, records); err != nil || each == nil {
				return err
			}
			return each(m)
		}, w.flush); err != nil {
			return err
		}
		return w.end(ctx)
	})
	return amended, err
}

// Preview goes through what Amend would write, and writes nothing.
func (s *Store) Preview(ctx context.Context, e tracker.ElectionID, within area.Code, decide func(tracker.Ground) (*tracker.Amendment, error), each func(*tracker.Amended) error) error {
	return s.in(ctx, reading, func(q *rows.Queries, tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "LOCK TABLE milestone IN ACCESS SHARE MODE"); err != nil { // see loadOrder
			return err
		}
		a, err := s.beginAmendment(ctx, q, tx, e, decide)
		if err != nil {
			return err
		}
		first, ok := a.After.List.Index(within)
		if !ok {
			_, err := a.After.List.Get(within)
			return err
		}
		_, last := a.After.List.Descendants(first)
		return a.walk(ctx, first, last, func(m *tracker.Amended, _ []tracker.Record) error { return each(m) },
			func(context.Context) error { return nil })
	})
}

// amendmentReader goes through the areas that an amendment is about.
type amendmentReader struct {
	*tracker.Amendment
	tx     pgx.Tx
	q      *rows.Queries
	done   map[tracker.MilestoneID]civil.Date
	tasked []string
	known  names
}

func (s *Store) beginAmendment(ctx context.Context, q *rows.Queries, tx pgx.Tx, e tracker.ElectionID, decide func(tracker.Ground) (*tracker.Amendment, error)) (*amendmentReader, error) {
	g, err := s.ground(ctx, q, e)
	if err != nil {
		return nil, err
	}
	am, err := decide(g)
	if err != nil {
		return nil, err
	}
	a := &amendmentReader{Amendment: am, known: names{}, tx: tx, q: q, done: map[tracker.MilestoneID]civil.Date{}, tasked: texts(am.Tasked())}
	done, err := q.DoneDays(ctx, string(e), texts(am.Counted()))
	if err != nil {
		return nil, err
	}
	for _, d := range done {
		a.done[tracker.MilestoneID{Area: area.Code(d.AreaCode), Key: tracker.MilestoneKey(d.Key)}] = d.DoneOn
	}
	found, err := q.Occurrences(ctx, string(e))
	if err != nil {
		return nil, err
	}
	occurred := make([]tracker.Milestone, len(found))
	for i := range found {
		if occurred[i], err = milestoneOf(&found[i]); err != nil {
			return nil, err
		}
	}
	return a, am.Prepare(a.doneOn, occurred)
}

// ground reads what an amendment is decided on.
func (s *Store) ground(ctx context.Context, q *rows.Queries, e tracker.ElectionID) (tracker.Ground, error) {
	f, err := s.frame(ctx, q, e)
	if err != nil {
		return tracker.Ground{}, err
	}
	g := tracker.Ground{Frame: f, Voting: map[area.Code]statute.Voting{}, Rulebook: func(version string) (*statute.Rulebook, error) {
		return rulebook(ctx, q, f.Election.Rulebook, version)
	}}
	days, err := votingDays(ctx, q, e)
	if err != nil {
		return g, err
	}
	for _, d := range days {
		if d.InForce {
			g.Voting[d.Area] = statute.Voting{Day: d.Day, Opens: d.Opens}
		}
	}
	lines, err := q.PlanLineKeys(ctx, string(e))
	if err != nil {
		return g, err
	}
	for _, key := range lines {
		g.Lines = append(g.Lines, tracker.MilestoneKey(key))
	}
	changed, err := q.ElectionChanged(ctx, string(e))
	g.Changed = tracker.Revision(changed)
	return g, err
}

func texts[T ~string](all []T) []string {
	out := make([]string, len(all))
	for i, t := range all {
		out[i] = string(t)
	}
	return out
}

// stretch is how many areas are read at once, some 10,000 milestones.
const stretch = 256

// walk goes through the areas from first to, but without, last in the order of
// the list; after each stretch it calls behind.
func (a *amendmentReader) walk(ctx context.Context, first, last int, each func(*tracker.Amended, []tracker.Record) error, behind func(context.Context) error) error {
	for ; first < last; first += stretch {
		end := min(first+stretch, last)
		records, err := a.read(ctx, first, end)
		if err != nil {
			return err
		}
		for i := first; i < end; i++ {
			own := records[a.After.List.At(i).Code]
			m, err := a.Area(i, own)
			if err != nil {
				return err
			}
			if err := each(&m, own); err != nil {
				return err
			}
		}
		if err := behind(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (a *amendmentReader) doneOn(code area.Code, key statute.RuleKey) civil.Date {
	return a.done[tracker.MilestoneID{Area: code, Key: tracker.MilestoneKey(key)}]
}

// read is the milestones of a stretch of areas, with the tasks that the
// amendment has to see.
func (a *amendmentReader) read(ctx context.Context, first, end int) (map[area.Code][]tracker.Record, error) {
	election := string(a.After.Election.ID)
	codes := make([]string, 0, end-first)
	for i := first; i < end; i++ {
		codes = append(codes, string(a.After.List.At(i).Code))
	}
	tasks := map[tracker.MilestoneID][]rows.Task{}
	if len(a.tasked) > 0 {
		found, err := a.q.TasksOfKeys(ctx, election, codes, a.tasked)
		if err != nil {
			return nil, err
		}
		for _, t := range found {
			id := tracker.MilestoneID{Area: area.Code(t.AreaCode), Key: tracker.MilestoneKey(t.MilestoneKey), Occurrence: int(t.Occurrence)}
			tasks[id] = append(tasks[id], t)
		}
	}
	records := make(map[area.Code][]tracker.Record, len(codes))
	err := a.known.each(ctx, a.tx, func(m *tracker.Milestone) error {
		r := tracker.Record{Milestone: *m}
		for k := range tasks[m.ID] {
			t, err := taskOf(&tasks[m.ID][k])
			if err != nil {
				return err
			}
			r.Tasks = append(r.Tasks, t)
		}
		records[m.ID.Area] = append(records[m.ID.Area], r)
		return nil
	}, "election = $1 AND area_code = ANY ($2)", election, codes)
	return records, err
}

// amendmentWriter writes what an amendment does: the log as it goes, the tables
// at the end.
type amendmentWriter struct {
	*amendmentReader
	staging
	amended tracker.Change
	head    tracker.Head
}

// begin writes the change of the election itself.
func (w *amendmentWriter) begin(ctx context.Context) error {
	if err := hold(ctx, w.q, w.Claim()); err != nil {
		return err
	}
	h, err := w.q.LockHead(ctx, string(w.After.Election.ID))
	if err != nil {
		return err
	}
	w.head = tracker.Head{Revision: tracker.Revision(h.Revision), Recorded: h.RecordedAt.UTC(), Hash: [32]byte(h.Hash)}
	w.amended = w.Change()
	if err := w.seal(&w.amended); err != nil {
		return err
	}
	return w.staging.begin(ctx, w.tx)
}

// seal gives a change its place behind the head, and the amendment as its cause.
func (w *amendmentWriter) seal(c *tracker.Change) error {
	c.Cause = w.amended.Revision
	if err := c.Seal(w.head); err != nil {
		return err
	}
	w.head = c.Head()
	w.change(c)
	return nil
}

// take seals what happens in one area and notes what its records have become.
// Those are the fold of the changes, as everywhere.
func (w *amendmentWriter) take(m *tracker.Amended, records []tracker.Record) error {
	ledger := tracker.Ledger{}
	for _, r := range records {
		ledger.Put(r)
	}
	var order []tracker.MilestoneID
	fresh, tasked := map[tracker.MilestoneID]bool{}, map[tracker.MilestoneID]bool{}
	for k := range m.Changes {
		c := &m.Changes[k]
		if err := w.seal(c); err != nil {
			return err
		}
		if ledger[c.Milestone] == nil {
			fresh[c.Milestone] = true
		}
		if k == 0 || m.Changes[k-1].Milestone != c.Milestone {
			order = append(order, c.Milestone)
		}
		switch c.Kind {
		case tracker.MilestoneAdded, tracker.TaskAdded, tracker.TaskUpdated:
			tasked[c.Milestone] = true
		}
		ledger.Apply(c)
	}
	for _, id := range order {
		r := ledger[id]
		if r == nil {
			return fmt.Errorf("postgres: an amendment changes %s in %s, which is not there", id.Name(), id.Area)
		}
		w.record(w.After.Election.ID, r, fresh[id], tasked[id])
	}
	return nil
}

// flush writes what has come together.
func (w *amendmentWriter) flush(ctx context.Context) error { return w.staging.flush(ctx, w.tx) }

// end writes the tables, what the election now stands on, and the head.
func (w *amendmentWriter) end(ctx context.Context) error {
	if err := w.fold(ctx, w.tx); err != nil {
		return err
	}
	e := w.After.Election
	if _, err := keepRulebook(ctx, w.q, w.After.Rulebook, w.amended.Recorded); err != nil {
		return err
	}
	if err := written(w.q.AmendElection(ctx, e.Day, e.RulebookVersion, string(e.ID))); err != nil {
		return err
	}
	if err := written(w.q.AmendHead(ctx, int64(w.amended.Revision), string(e.ID))); err != nil {
		return err
	}
	if err := w.q.MoveHead(ctx, rows.MoveHeadParams{
		Election: string(e.ID), Revision: int64(w.head.Revision), RecordedAt: w.head.Recorded, Hash: w.head.Hash[:],
	}); err != nil {
		return err
	}
	if err := commitClaim(ctx, w.q, w.Claim(), w.amended.Revision); err != nil {
		return err
	}
	return w.q.Notify(ctx, string(e.ID)+" "+strconv.FormatInt(int64(w.head.Revision), 10))
}

// Amendments reads the changes of what an election stands on, the latest first.
func (s *Store) Amendments(ctx context.Context, e tracker.ElectionID) ([]tracker.Change, error) {
	found, err := s.as(readsLog).Amendments(ctx, string(e))
	if err != nil {
		return nil, mapped(err)
	}
	return changesOf(found)
}

// formerFrames are what an election stood on before, the opening's first; none
// when it was never amended.
func formerFrames(ctx context.Context, q *rows.Queries, now *tracker.Frame) ([]*tracker.Frame, error) {
	found, err := q.Frames(ctx, string(now.Election.ID))
	if err != nil || len(found) < 2 {
		return nil, err
	}
	var all []*tracker.Frame
	for k, r := range found[:len(found)-1] {
		state, err := tracker.ReadState(r.After)
		if err != nil {
			return nil, err
		}
		book, err := rulebookOf(ctx, q, state.Election.Election)
		if err != nil {
			return nil, err
		}
		amended := tracker.Revision(r.Revision)
		if k == 0 {
			amended = 0
		}
		all = append(all, now.By(state.Election.Day, book, amended))
	}
	return all, nil
}
