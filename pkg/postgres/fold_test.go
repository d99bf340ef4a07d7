package postgres_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror/mirrortest"
	"tiendo/pkg/postgres/pgtest"
	"tiendo/pkg/statute"
	"tiendo/pkg/tracker"
)

// random does one thing that people may do, through a service, some time later.
// What is refused changes nothing; a refusal has to be a fault.
func (w *world) random(t *rapid.T, s *tracker.Service, n int) []tracker.Change {
	w.clock.pass(time.Duration(rapid.IntRange(1, 60*60*60).Draw(t, "seconds later")) * time.Second)
	ledger := w.records()
	records := make([]tracker.Record, 0, len(ledger))
	for _, r := range ledger {
		records = append(records, *r)
	}
	slices.SortFunc(records, func(a, b tracker.Record) int { return compareIDs(a.Milestone.ID, b.Milestone.ID) })
	var (
		changes []tracker.Change
		err     error
	)
	switch rapid.IntRange(0, 16).Draw(t, "way") {
	case 0, 1, 2, 3:
		var out tracker.Outcome
		c := w.report(t, records)
		if out, err = s.UpdateTask(context.Background(), id, actor, c); err == nil {
			require.Equal(t, out.Record, w.recordOf(c.ID), "the answer is what is stored")
		}
		changes = out.Changes
	case 4:
		m := rapid.SampledFrom(records).Draw(t, "milestone").Milestone
		c := tracker.PlanCommand{ID: m.ID, If: m.Revision, Reason: "kế hoạch"}
		if !m.Latest.IsZero() {
			c.Planned = m.Latest.Day.Add(-rapid.IntRange(0, 30).Draw(t, "before"))
		}
		var out tracker.Outcome
		out, err = s.Plan(context.Background(), id, actor, c)
		changes = out.Changes
	case 5:
		c, _ := w.amendment(t, n)
		var amended tracker.Change
		if amended, err = s.Amend(context.Background(), id, actor, c, nil); err == nil {
			changes = w.log()[amended.Revision-1:]
		}
	case 6:
		changes, err = w.renote(t, s, n)
	default:
		decide := mirrortest.Act(t, w.frame(), w.clock.today(), records, n)
		_, changes, err = s.Do(context.Background(), id, actor,
			func(*tracker.Frame) tracker.Needs {
				return tracker.Needs{Areas: w.everywhere(), Election: true, Plans: true}
			}, decide)
	}
	if err != nil {
		_, ok := fault.As(err)
		require.True(t, ok, "%v", err)
		return nil
	}
	return changes
}

// renote changes or removes a note that is there, or tries to.
func (w *world) renote(t *rapid.T, s *tracker.Service, n int) ([]tracker.Change, error) {
	var all []tracker.Note
	for _, notes := range noted(w.log()) {
		all = append(all, notes...)
	}
	if len(all) == 0 {
		return nil, nil
	}
	slices.SortFunc(all, func(a, b tracker.Note) int { return cmp.Compare(a.Number, b.Number) })
	note := rapid.SampledFrom(all).Draw(t, "note")
	head := w.head().Revision
	var err error
	if rapid.Bool().Draw(t, "remove") {
		err = s.RemoveNote(context.Background(), id, actor, tracker.NoteRemoval{ID: note.Milestone, Number: note.Number, If: note.Revision})
	} else {
		c := tracker.NoteChange{ID: note.Milestone, Number: note.Number, If: note.Revision, Text: fmt.Sprintf("sửa %d", n)}
		_, err = s.ChangeNote(context.Background(), id, actor, c)
	}
	return w.log()[head:], err
}

func (w *world) recordOf(at tracker.MilestoneID) tracker.Record {
	r, err := w.store.Record(context.Background(), id, at)
	require.NoError(w.t, err)
	return r
}

// report draws a report on what others' dates hang on, or on anything.
func (w *world) report(t *rapid.T, records []tracker.Record) tracker.TaskCommand {
	with := slices.DeleteFunc(slices.Clone(records), func(r tracker.Record) bool { return len(r.Tasks) == 0 })
	if rapid.Bool().Draw(t, "what others hang on") {
		book := w.frame().Rulebook
		with = slices.DeleteFunc(with, func(r tracker.Record) bool {
			return len(book.Dependents(statute.RuleKey(r.Milestone.ID.Key))) == 0
		})
	}
	r := rapid.SampledFrom(with).Draw(t, "milestone")
	task := rapid.SampledFrom(r.Tasks).Draw(t, "task")
	past := func(label string) civil.Date { return w.clock.today().Add(-rapid.IntRange(0, 40).Draw(t, label)) }
	c := tracker.TaskCommand{ID: r.Milestone.ID, Task: task.Key, If: task.Revision}
	status := rapid.SampledFrom([]tracker.Work{
		tracker.Done, tracker.Done, tracker.Done, tracker.InProgress, tracker.Blocked, tracker.NotApplicable, tracker.NotStarted,
	}).Draw(t, "status")
	c.Status = tracker.To(status)
	c.Note = tracker.To(rapid.SampledFrom([]string{"", "ghi chú"}).Draw(t, "note"))
	c.Source = tracker.To(rapid.SampledFrom([]string{"", "SEEDB"}).Draw(t, "source"))
	switch status {
	case tracker.Done:
		if rapid.IntRange(0, 3).Draw(t, "by") == 0 {
			c.DoneBy = tracker.To(past("done by"))
		} else {
			c.DoneOn = tracker.To(past("done on"))
		}
		if rapid.Bool().Draw(t, "evidence") {
			c.Number, c.On, c.Link = tracker.To("12/QĐ-UBND"), tracker.To(past("issued")), tracker.To("https://tiendo.vn/?a=1&b='")
			c.Document = tracker.To("ct_45")
		}
	case tracker.Blocked, tracker.NotApplicable:
		c.Reason = tracker.To(rapid.SampledFrom([]string{"vì mưa\nlớn", "x"}).Draw(t, "reason"))
	}
	return c
}

func compareIDs(a, b tracker.MilestoneID) int {
	return cmp.Or(cmp.Compare(a.Area, b.Area), cmp.Compare(a.Key, b.Key), cmp.Compare(a.Occurrence, b.Occurrence))
}

func TestTheFoldOfTheLogEqualsTheTables(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	rapid.Check(t, func(t *rapid.T) {
		empty(t, pool)
		w := openOn(t, pool, mirrortest.Places())
		var sealed []tracker.Change
		for n := range rapid.IntRange(1, 30).Draw(t, "acts") {
			sealed = append(sealed, w.random(t, w.Service, n)...)
		}
		log := w.log()
		verify(t, log)
		require.Len(t, log, 1+len(sealed))
		for i := range sealed {
			sameChange(t, log[i+1], sealed[i])
		}
		folded(t, w, log)
		entered(t, w, log)
		lawful(t, w, log)
	})
}

// sameChange compares what was sealed with what is read back.
func sameChange(t require.TestingT, want, got tracker.Change) {
	one := want.Digest([32]byte{})
	other := got.Digest([32]byte{})
	require.Equal(t, one, other)
	require.Equal(t, want.Head(), got.Head())
	require.Equal(t, want.Kind, got.Kind)
	require.Equal(t, want.Milestone, got.Milestone)
}

// ofMirror is what [mirror.Source] hands over of a log.
func ofMirror(log []tracker.Change) (told []tracker.Change) {
	for _, c := range log {
		switch c.Kind {
		case tracker.ElectionOpened, tracker.ElectionMoved, tracker.ElectionAmended, tracker.PlanAdded, tracker.PlanChanged, tracker.PlanWithdrawn:
		default:
			if c.Milestone.Key == "" || c.NoteNumber() > 0 {
				continue
			}
		}
		told = append(told, tracker.Change{
			Election: c.Election, Revision: c.Revision, Cause: c.Cause, Kind: c.Kind, Milestone: c.Milestone, Task: c.Task,
			Recorded: c.Recorded, Happened: c.Happened, After: c.After,
		})
	}
	return told
}

// entered requires that what the log entered can be read in its own table.
func entered(t require.TestingT, w *world, log []tracker.Change) {
	ctx := context.Background()
	var bodies []tracker.Body
	var plans []tracker.Plan
	documents := map[string]tracker.Document{}
	voting := map[area.Code]tracker.VotingDay{}
	state := w.opening.Frame.Election.State
	for _, c := range log {
		switch c.Kind {
		case tracker.BodyAdded:
			b := *c.After.Body
			b.Revision = c.Revision
			bodies = append(bodies, b)
		case tracker.PlanAdded:
			plans = append(plans, c.After.Plan.At(c.Revision, nil))
		case tracker.PlanChanged, tracker.PlanWithdrawn:
			at := slices.IndexFunc(plans, func(p tracker.Plan) bool { return p.Key == c.Subject })
			plans[at] = c.After.Plan.At(c.Revision, &plans[at])
		case tracker.DocumentAdded:
			d := *c.After.Document
			d.Revision = c.Revision
			documents[d.Key] = d
		case tracker.VotingDaySet:
			v := *c.After.VotingDay
			v.Revision = c.Revision
			voting[v.Area] = v
		case tracker.ElectionMoved:
			state = c.After.Election.State
		}
	}
	var told []tracker.Change
	snap, err := w.store.Snapshot(ctx, id, func(*tracker.Milestone) error { return nil }, func(c *tracker.Change) error {
		told = append(told, *c)
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, ofMirror(log), told, "what is read raw is what the log has")
	require.Equal(t, state, snap.Frame.Election.State)
	require.Len(t, snap.VotingDays, len(voting))
	for _, v := range snap.VotingDays {
		require.Equal(t, voting[v.Area], v)
	}
	slices.SortFunc(plans, func(a, b tracker.Plan) int { return cmp.Compare(a.Key, b.Key) })
	require.Len(t, snap.Plans, len(plans))
	for i := range plans {
		require.Equal(t, plans[i], snap.Plans[i])
	}
	slices.SortFunc(bodies, func(a, b tracker.Body) int { return cmp.Or(cmp.Compare(a.Area, b.Area), cmp.Compare(a.Key, b.Key)) })
	papers, err := w.store.Documents(ctx, id)
	require.NoError(t, err)
	require.Len(t, papers, len(documents))
	for _, d := range papers {
		require.Equal(t, documents[d.Key], d)
	}
	got, err := w.store.Bodies(ctx, id)
	require.NoError(t, err)
	require.Len(t, got, len(bodies))
	for i := range got {
		require.Equal(t, bodies[i], got[i])
	}
}

// lastVote is the last day on which was voted again in an area under a rule.
func lastVote(ledger tracker.Ledger, code area.Code, key tracker.MilestoneKey) (last civil.Date) {
	for at, r := range ledger {
		m := &r.Milestone
		if at.Area != code || at.Key != key || at.Occurrence == 0 {
			continue
		}
		switch {
		case m.Work == tracker.Done:
			last = civil.Later(last, civil.Later(m.DoneOn, m.DoneBy))
		case m.Work == tracker.NotApplicable || m.Work == tracker.Cancelled:
		case m.Planned.IsZero():
			last = civil.Later(last, m.Latest.Day)
		default:
			last = civil.Later(last, m.Planned)
		}
	}
	return last
}

// lawful requires A34 of every open milestone of the law: its dates are those
// that follow from the days on which others were done, and on which was voted
// again, all of them known.
func lawful(t require.TestingT, w *world, log []tracker.Change) {
	ledger := w.records()
	voting := map[area.Code]statute.Voting{}
	for _, c := range log {
		if v := c.After.VotingDay; c.Kind == tracker.VotingDaySet {
			delete(voting, v.Area)
			if v.InForce {
				voting[v.Area] = statute.Voting{Day: v.Day, Opens: v.Opens}
			}
		}
	}
	f := w.frame()
	done := func(code area.Code, key statute.RuleKey) civil.Date {
		if r := ledger[tracker.MilestoneID{Area: code, Key: tracker.MilestoneKey(key)}]; r != nil {
			return r.Milestone.DoneOn
		}
		return lastVote(ledger, code, tracker.MilestoneKey(key))
	}
	for at, r := range ledger {
		m := &r.Milestone
		if m.Local() || at.Occurrence > 0 || !m.Work.Open() {
			continue
		}
		i, _ := f.List.Index(at.Area)
		d, err := f.Rulebook.Deadline(m.Rule(), f.Law(), f.Chain(i, func(c area.Code) statute.Voting { return voting[c] }), done, nil)
		require.NoError(t, err)
		require.Equal(t, tracker.Dates{NotBefore: d.NotBefore, Latest: d.Latest, NotBeforeFrom: d.NotBeforeFrom, LatestFrom: d.LatestFrom}, m.Dates,
			"%s in %s", at.Name(), at.Area)
	}
}
