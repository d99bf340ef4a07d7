package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/jackc/pgx/v5"

	"tiendo/pkg/area"
	"tiendo/pkg/fault"
	"tiendo/pkg/postgres/rows"
	"tiendo/pkg/tracker"
)

// Change locks what is needed, lets the act decide and writes its changes.
func (s *Store) Change(ctx context.Context, f *tracker.Frame, needs tracker.Needs, decide func(tracker.Found) (*tracker.Act, error)) ([]tracker.Change, error) {
	if isJoint(&needs) {
		if changes, settled, err := s.together.do(ctx, f, needs, decide); settled {
			return changes, err
		}
	}
	return s.act(ctx, f, needs, decide, func(context.Context, pgx.Tx) error { return nil })
}

// errRehearsed ends a transaction that was never to be kept.
var errRehearsed = errors.New("postgres: rehearsed")

// Rehearse does all that Change does, also to the tables and to the log's head,
// so that what the database would refuse is refused, and rolls it back.
func (s *Store) Rehearse(ctx context.Context, f *tracker.Frame, needs tracker.Needs, decide func(tracker.Found) (*tracker.Act, error)) ([]tracker.Change, error) {
	var decided []tracker.Change
	_, err := s.act(ctx, f, needs, func(found tracker.Found) (*tracker.Act, error) {
		act, err := decide(found)
		if err == nil {
			decided = slices.Clone(act.Changes()) // as they are before they are given places
		}
		return act, err
	}, func(ctx context.Context, tx pgx.Tx) error {
		// What is else looked at when a transaction is committed.
		if _, err := tx.Exec(ctx, "SET CONSTRAINTS ALL IMMEDIATE"); err != nil {
			return err
		}
		return errRehearsed
	})
	if !errors.Is(err, errRehearsed) {
		return nil, err
	}
	return decided, nil
}

// act lets an act decide over what is locked for it, writes its changes, and
// commits when last agrees.
func (s *Store) act(ctx context.Context, f *tracker.Frame, needs tracker.Needs, decide func(tracker.Found) (*tracker.Act, error), last func(context.Context, pgx.Tx) error) ([]tracker.Change, error) {
	var changes []tracker.Change
	err := s.in(ctx, changing, func(q *rows.Queries, tx pgx.Tx) error {
		s.together.wrote(tx.Conn())
		if err := planned(ctx, tx, needs); err != nil {
			return err
		}
		found, err := find(ctx, q, tx, f, needs)
		if err != nil {
			return err
		}
		act, err := decide(found)
		if err == nil {
			changes = act.Changes()
		}
		if len(changes) > 0 {
			err = appendLog(ctx, tx, f, act, changes)
		} else if amended := standsOn(ctx, q, f); amended != nil {
			err = amended // refused, or left alone, by rules and days that no longer hold
		}
		if err != nil {
			return err
		}
		return last(ctx, tx)
	})
	if err != nil {
		return nil, err
	}
	return changes, nil
}

// standsOn fails with [tracker.ErrAmended] when the election stands on another
// frame. What an act has locked keeps amendments out until it ends.
func standsOn(ctx context.Context, q *rows.Queries, f *tracker.Frame) error {
	amended, err := q.Amended(ctx, string(f.Election.ID))
	if err == nil && tracker.Revision(amended) != f.Amended {
		err = tracker.ErrAmended
	}
	return err
}

// appendLog locks the log's head, gives the changes their places, writes them
// and does to the tables what they say, unless they were decided by a frame on
// which the election no longer stands. Without a frame, that of an opening, the
// tables are written already. Whoever listens hears of it when the transaction
// commits.
func appendLog(ctx context.Context, tx pgx.Tx, f *tracker.Frame, act *tracker.Act, changes []tracker.Change) error {
	election := string(changes[0].Election)
	var claim tracker.Claim
	if act != nil {
		claim = act.Actor.Claim
	}
	if err := hold(ctx, rows.New(tx), claim); err != nil {
		return err
	}
	h, err := rows.New(tx).LockHead(ctx, election)
	if err != nil {
		return err
	}
	if f != nil && tracker.Revision(h.Amended) != f.Amended {
		return tracker.ErrAmended
	}
	head := tracker.Head{Revision: tracker.Revision(h.Revision), Recorded: h.RecordedAt.UTC(), Hash: [32]byte(h.Hash)}
	if head, err = seal(head, changes, act != nil && act.Together()); err != nil {
		return err
	}
	var writes pipeline
	q := rows.New(&writes)
	switch {
	case f == nil:
		err = insertChange(ctx, q, &changes[0])
	case isMany(changes):
		err = writeMany(ctx, tx, changes)
	default:
		err = writeEach(ctx, q, changes)
	}
	if err != nil {
		return err
	}
	if err := q.MoveHead(ctx, rows.MoveHeadParams{
		Election: election, Revision: int64(head.Revision), RecordedAt: head.Recorded, Hash: head.Hash[:],
	}); err != nil {
		return err
	}
	if err := commitClaim(ctx, q, claim, changes[0].Revision); err != nil {
		return err
	}
	if err := q.Notify(ctx, election+" "+strconv.FormatInt(int64(head.Revision), 10)); err != nil {
		return err
	}
	return writes.send(ctx, tx)
}

// writeEach writes changes one by one.
func writeEach(ctx context.Context, q *rows.Queries, changes []tracker.Change) error {
	for i := range changes {
		if err := writeOne(ctx, q, &changes[i]); err != nil {
			return err
		}
	}
	return nil
}

func writeOne(ctx context.Context, q *rows.Queries, c *tracker.Change) error {
	if err := insertChange(ctx, q, c); err != nil {
		return err
	}
	if err := applyChange(ctx, q, c); err != nil {
		return fmt.Errorf("postgres: change %d (%s): %w", c.Revision, c.Kind, err)
	}
	return nil
}

// isUpdate says that a change of this kind is of a milestone that is there, or of one
// of its tasks, and of nothing else.
func isUpdate(k tracker.Kind) bool {
	switch k {
	case tracker.TaskUpdated, tracker.MilestonePlanned, tracker.MilestoneMoved, tracker.MilestoneConfirmed, tracker.MilestoneReturned:
		return true
	}
	return false
}

// seal gives the changes their places behind the head. What moved by an act
// names that act as its cause; of acts that were done together each names the
// first.
func seal(head tracker.Head, changes []tracker.Change, together bool) (tracker.Head, error) {
	first := head.Revision + 1
	act := first
	for i := range changes {
		c := &changes[i]
		if c.Follows() {
			c.Cause = act
		} else {
			act = head.Revision + 1
			c.Cause = act
			if together {
				c.Cause = first
			}
		}
		if err := c.Seal(head); err != nil {
			return head, err
		}
		head = c.Head()
	}
	return head, nil
}

func insertChange(ctx context.Context, q *rows.Queries, c *tracker.Change) error {
	before, after := c.Stored()
	return q.InsertChange(ctx, rows.InsertChangeParams{
		Election: string(c.Election), Revision: int64(c.Revision), Kind: string(c.Kind), AreaCode: string(c.Milestone.Area),
		MilestoneKey: text(string(c.Milestone.Key)), Occurrence: number(c.Milestone.Occurrence, c.Milestone.Key != ""),
		TaskKey: text(string(c.Task)), Subject: text(c.Subject), ActorID: c.Actor.ID, ActorName: c.Actor.Name,
		RecordedAt: c.Recorded, HappenedOn: c.Happened, Cause: int64(c.Cause), Reason: text(c.Reason),
		Before: before, After: after, Hash: c.Hash[:], Tag: text(c.Actor.Tag),
	})
}

// applyChange does to the tables what the change says: they are the fold of
// the log.
func applyChange(ctx context.Context, q *rows.Queries, c *tracker.Change) error {
	switch c.Kind {
	case tracker.ElectionMoved:
		return q.SetElectionState(ctx, c.After.Election.State.String(), string(c.Election))
	case tracker.BodyAdded:
		return insertBody(ctx, q, c)
	case tracker.DocumentAdded:
		return insertDocument(ctx, q, c)
	case tracker.PlanAdded:
		return insertPlan(ctx, q, c)
	case tracker.PlanChanged, tracker.PlanWithdrawn:
		return updatePlan(ctx, q, c)
	case tracker.StatementAdded:
		return insertStatement(ctx, q, c)
	case tracker.VotingDaySet:
		return putVotingDay(ctx, q, c)
	case tracker.MilestoneOccurred, tracker.MilestoneAdded:
		r := tracker.Record{Milestone: c.After.Milestone.Milestone(c.Milestone, c.Revision)}
		for i := range c.After.Tasks {
			r.Tasks = append(r.Tasks, c.After.Tasks[i].TaskAt(c.Revision))
		}
		return insertRecord(ctx, q, c.Election, &r)
	case tracker.MilestonePlanned, tracker.MilestoneMoved, tracker.MilestoneCancelled, tracker.MilestoneRestored, tracker.MilestoneRestated,
		tracker.MilestoneConfirmed, tracker.MilestoneReturned:
		return updateMilestone(ctx, q, c)
	case tracker.TaskAdded:
		t := c.After.Task.TaskAt(c.Revision)
		t.Own = t.Title != (fault.Text{}) // a step of the law, which an amendment may add, has none
		if err := insertTask(ctx, q, c.Election, c.Milestone, &t); err != nil {
			return err
		}
		return updateMilestone(ctx, q, c)
	case tracker.TaskUpdated:
		if err := updateTask(ctx, q, c); err != nil {
			return err
		}
		return updateMilestone(ctx, q, c)
	case tracker.TaskRenamed, tracker.TaskMoved, tracker.TaskRemoved:
		if err := arrangeTask(ctx, q, c); err != nil {
			return err
		}
		return updateMilestone(ctx, q, c)
	case tracker.NoteAdded, tracker.NoteChanged, tracker.NoteRemoved:
		return applyNote(ctx, q, c)
	case tracker.ElectionOpened, tracker.RecordEntered:
		return nil
	}
	return fmt.Errorf("no table takes a change of kind %q", c.Kind)
}

func updateMilestone(ctx context.Context, q *rows.Queries, c *tracker.Change) error {
	s := c.After.Milestone
	return written(q.UpdateMilestone(ctx, rows.UpdateMilestoneParams{
		Election: string(c.Election), AreaCode: string(c.Milestone.Area), Key: string(c.Milestone.Key), Occurrence: int16(c.Milestone.Occurrence),
		RulebookVersion: text(s.Version),
		NotBeforeOn:     s.NotBefore.Day, NotBeforeAt: s.NotBefore.Clock, LatestOn: s.Latest.Day, LatestAt: s.Latest.Clock,
		NotBeforeFrom: s.NotBeforeFrom, LatestFrom: s.LatestFrom, PlannedOn: s.Planned,
		Work: s.Work.String(), Standing: s.Standing.String(), DoneOn: s.DoneOn, DoneBy: s.DoneBy, Revision: int64(c.Revision),
	}))
}

func updateTask(ctx context.Context, q *rows.Queries, c *tracker.Change) error {
	s := c.After.Task
	return written(q.UpdateTask(ctx, rows.UpdateTaskParams{
		Election: string(c.Election), AreaCode: string(c.Milestone.Area), MilestoneKey: string(c.Milestone.Key),
		Occurrence: int16(c.Milestone.Occurrence), Key: string(c.Task),
		Status: s.Status.String(), Reason: text(s.Reason), DoneOn: s.DoneOn, DoneBy: s.DoneBy,
		EvidenceNumber: text(s.Number), EvidenceOn: s.On, EvidenceLink: text(s.Link),
		Document: text(s.Document), Source: text(s.Source), Note: text(s.Note), Revision: int64(c.Revision),
	}))
}

// arrangeTask does what is no report: an own task is renamed, moved or removed.
func arrangeTask(ctx context.Context, q *rows.Queries, c *tracker.Change) error {
	e, id := string(c.Election), c.Milestone
	if c.Kind == tracker.TaskRemoved {
		return written(q.DeleteTask(ctx, rows.DeleteTaskParams{
			Election: e, AreaCode: string(id.Area), MilestoneKey: string(id.Key), Occurrence: int16(id.Occurrence), Key: string(c.Task),
		}))
	}
	s := c.After.Task
	if err := written(q.ArrangeTask(ctx, rows.ArrangeTaskParams{
		Election: e, AreaCode: string(id.Area), MilestoneKey: string(id.Key), Occurrence: int16(id.Occurrence), Key: string(c.Task),
		Position: int16(s.Position), TitleVi: text(s.Title.Vi), TitleEn: text(s.Title.En), Revision: int64(c.Revision),
	})); err != nil {
		return err
	}
	for i := range c.After.Tasks { // these give way; what they are is as it was
		other := &c.After.Tasks[i]
		if err := written(q.PlaceTask(ctx, rows.PlaceTaskParams{
			Election: e, AreaCode: string(id.Area), MilestoneKey: string(id.Key), Occurrence: int16(id.Occurrence), Key: string(other.Key),
			Position: int16(other.Position),
		})); err != nil {
			return err
		}
	}
	return nil
}

func insertRecord(ctx context.Context, q *rows.Queries, e tracker.ElectionID, r *tracker.Record) error {
	m := &r.Milestone
	if err := q.InsertMilestone(ctx, rows.InsertMilestoneParams{
		Election: string(e), AreaCode: string(m.ID.Area), Key: string(m.ID.Key), Occurrence: int16(m.ID.Occurrence),
		RulebookVersion: text(m.RulebookVersion),
		NotBeforeOn:     m.NotBefore.Day, NotBeforeAt: m.NotBefore.Clock, LatestOn: m.Latest.Day, LatestAt: m.Latest.Clock,
		NotBeforeFrom: m.NotBeforeFrom, LatestFrom: m.LatestFrom, PlannedOn: m.Planned,
		Work: m.Work.String(), Standing: m.Standing.String(), DoneOn: m.DoneOn, DoneBy: m.DoneBy,
		Scope: text(m.Scope), Silent: m.Silent, Revision: int64(m.Revision),
	}); err != nil {
		return err
	}
	for i := range r.Tasks {
		if err := insertTask(ctx, q, e, m.ID, &r.Tasks[i]); err != nil {
			return err
		}
	}
	return nil
}

func insertTask(ctx context.Context, q *rows.Queries, e tracker.ElectionID, id tracker.MilestoneID, t *tracker.Task) error {
	return q.InsertTask(ctx, rows.InsertTaskParams{
		Election: string(e), AreaCode: string(id.Area), MilestoneKey: string(id.Key), Occurrence: int16(id.Occurrence),
		Key: string(t.Key), Position: int16(t.Position), Own: t.Own, TitleVi: text(t.Title.Vi), TitleEn: text(t.Title.En),
		Status: t.Status.String(), Reason: text(t.Reason), DoneOn: t.DoneOn, DoneBy: t.DoneBy,
		EvidenceNumber: text(t.Evidence.Number), EvidenceOn: t.Evidence.On, EvidenceLink: text(t.Evidence.Link),
		Document: text(t.Document), Bodies: t.Bodies, Source: text(t.Source), Note: text(t.Note), Revision: int64(t.Revision),
	})
}

// History reads the changes of one milestone, the latest first.
func (s *Store) History(ctx context.Context, e tracker.ElectionID, id tracker.MilestoneID, before tracker.Revision, limit int, by tracker.Reader) ([]tracker.Change, error) {
	found, err := s.as(readsBy(e, by)).History(ctx, rows.HistoryParams{
		Election: string(e), AreaCode: string(id.Area), MilestoneKey: text(string(id.Key)),
		Occurrence: number(id.Occurrence, true), BeforeRevision: int64(before), Most: int32(limit),
	})
	if err != nil {
		return nil, mapped(err)
	}
	return changesOf(found)
}

// Judged reads the last confirmation or return of one milestone.
func (s *Store) Judged(ctx context.Context, e tracker.ElectionID, id tracker.MilestoneID, by tracker.Reader) (tracker.Change, error) {
	found, err := s.as(readsBy(e, by)).LastVerdict(ctx, rows.LastVerdictParams{
		Election: string(e), AreaCode: string(id.Area), MilestoneKey: text(string(id.Key)), Occurrence: number(id.Occurrence, true),
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return tracker.Change{}, tracker.NotJudged(id)
	}
	if err != nil {
		return tracker.Change{}, mapped(err)
	}
	return changeOf(&found)
}

// Changes reads the log after a revision, in its order.
func (s *Store) Changes(ctx context.Context, e tracker.ElectionID, after tracker.Revision, limit int) ([]tracker.Change, error) {
	found, err := s.as(readsLog).ChangesAfter(ctx, string(e), int64(after), int32(limit))
	if err != nil {
		return nil, mapped(err)
	}
	return changesOf(found)
}

func changesOf(found []rows.Change) ([]tracker.Change, error) {
	all := make([]tracker.Change, len(found))
	for i := range found {
		c, err := changeOf(&found[i])
		if err != nil {
			return nil, err
		}
		all[i] = c
	}
	return all, nil
}

func changeOf(r *rows.Change) (tracker.Change, error) {
	c := tracker.Change{
		Election: tracker.ElectionID(r.Election), Revision: tracker.Revision(r.Revision), Cause: tracker.Revision(r.Cause),
		Kind: tracker.Kind(r.Kind),
		Milestone: tracker.MilestoneID{
			Area: area.Code(r.AreaCode), Key: tracker.MilestoneKey(r.MilestoneKey.String), Occurrence: int(r.Occurrence.Int16),
		},
		Task: tracker.TaskKey(r.TaskKey.String), Subject: r.Subject.String,
		Actor: tracker.Actor{ID: r.ActorID, Name: r.ActorName, Tag: r.Tag.String}, Recorded: r.RecordedAt.UTC(), Happened: r.HappenedOn,
		Reason: r.Reason.String, Hash: hashOf(r.Hash),
	}
	err := c.Read(r.Before, r.After)
	return c, err
}

// Entered says that a record of this name has been entered.
func (s *Store) Entered(ctx context.Context, e tracker.ElectionID, subject string) (bool, error) {
	yes, err := s.as(readsLog).Entered(ctx, string(e), subject)
	return yes, mapped(err)
}
