package postgres_test

import (
	"context"
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
	"tiendo/pkg/tracker"
)

// communes is the report that a milestone was done in all communes of the list.
func (w *world) communes(key tracker.MilestoneKey) (b tracker.Batch) {
	for i := range w.opening.Frame.List.Len() {
		if a := w.opening.Frame.List.At(i); a.Level == area.LevelCommune {
			b.Rows = append(b.Rows, tracker.BatchRow{
				ID: tracker.MilestoneID{Area: a.Code, Key: key},
				Report: &tracker.BatchReport{
					Status: tracker.Done, DoneOn: w.clock.today(), Number: tracker.To("12/QĐ-UBND"), On: tracker.To(w.clock.today()),
				},
			})
		}
	}
	return b
}

func (w *world) batch(b tracker.Batch, dryRun bool) tracker.BatchOutcome {
	out, err := w.Batch(context.Background(), id, actor, b, nil, dryRun)
	require.NoError(w.t, err)
	return out
}

func TestA24_ADryRunOfABatchIsWhatTheRealRunDoes(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	w.clock.set("2021-04-10")
	before, log := w.records(), w.log()
	b := w.communes("voter_list_posted")
	tried := w.batch(b, true)
	require.Equal(t, len(b.Rows), tried.Changed)
	require.Equal(t, before, w.records())
	require.Equal(t, log, w.log())

	did := w.batch(b, false)
	require.Equal(t, tried.Rows, did.Rows)
	require.Len(t, did.Changes, len(tried.Changes))
	require.Greater(t, len(did.Changes), 3*len(b.Rows), "what hangs on it moves as well")
	first := did.Changes[0].Revision
	act := first
	for i, c := range did.Changes {
		said := tried.Changes[i]
		require.Equal(t, []any{c.Kind, c.Milestone, c.Task, c.Happened, c.Before, c.After}, []any{said.Kind, said.Milestone, said.Task, said.Happened, said.Before, said.After})
		if c.Kind.Follows() {
			require.Equal(t, act, c.Cause, "what moves is taken back with its own report")
			continue
		}
		act = c.Revision
		require.Equal(t, first, c.Cause, "one set")
	}
	require.Equal(t, w.head().Revision, did.Revision)
	verify(t, w.log())
	folded(t, w, w.log())
	lawful(t, w, w.log())

	again := w.batch(b, false)
	require.Equal(t, []int{0, len(b.Rows), 0}, []int{again.Changed, again.Unchanged, again.Refused})
	require.Equal(t, did.Revision, w.head().Revision)
}

// So many changes are not written one by one.
func TestABatchOfEverythingIsTheFoldOfItsChanges(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	w.clock.set("2021-05-10")
	said := func(row tracker.BatchRow) tracker.BatchOutcome {
		b := tracker.Batch{Partial: true}
		for _, r := range w.records() {
			row.ID = r.Milestone.ID
			b.Rows = append(b.Rows, row)
		}
		slices.SortFunc(b.Rows, func(a, b tracker.BatchRow) int { return compareIDs(a.ID, b.ID) })
		out := w.batch(b, false)
		verify(t, w.log())
		folded(t, w, w.log())
		lawful(t, w, w.log())
		return out
	}
	const many = 300
	require.NotEmpty(t, said(tracker.BatchRow{Plan: &tracker.BatchPlan{Planned: civil.Must("2021-04-01")}}).Changes)
	done := said(tracker.BatchRow{Report: &tracker.BatchReport{Status: tracker.Done, DoneOn: civil.Must("2021-05-01"), Number: tracker.To("7")}})
	require.Greater(t, len(done.Changes), 1000, "more than are sent at once")
	require.Positive(t, done.Refused, "bars have no work")
	require.Greater(t, said(tracker.BatchRow{Confirm: true}).Changed, many)
	require.Greater(t, said(tracker.BatchRow{Return: &tracker.BatchReturn{Reason: "thiếu số"}}).Changed, many)
}

func TestA24_ARefusedRowLeavesNothing(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	b := w.communes("polling_team")
	b.Rows[3].Report = &tracker.BatchReport{Status: tracker.Blocked}
	before, head := w.records(), w.head()
	out := w.batch(b, false)
	require.True(t, out.Held)
	require.Equal(t, 1, out.Refused)
	require.Equal(t, "reason-missing", out.Rows[3].Refused.Code)
	require.Equal(t, before, w.records())
	require.Equal(t, head, w.head())

	b.Partial = true
	out = w.batch(b, false)
	require.Equal(t, []int{len(b.Rows) - 1, 1}, []int{out.Changed, out.Refused})
	require.Equal(t, tracker.NotStarted, w.recordOf(b.Rows[3].ID).Milestone.Work)
	folded(t, w, w.log())
}

// drawn are some rows about anything.
func (w *world) drawn(t *rapid.T, records []tracker.Record) (b tracker.Batch) {
	b.Partial = true
	taken := map[tracker.MilestoneID]bool{}
	for range rapid.IntRange(1, 12).Draw(t, "rows") {
		c := w.report(t, records)
		if taken[c.ID] {
			continue
		}
		taken[c.ID] = true
		switch rapid.IntRange(0, 7).Draw(t, "deed") {
		case 0:
			b.Rows = append(b.Rows, tracker.BatchRow{ID: c.ID, Plan: &tracker.BatchPlan{Planned: w.clock.today().Add(rapid.IntRange(-10, 60).Draw(t, "planned"))}})
			continue
		case 1:
			b.Rows = append(b.Rows, tracker.BatchRow{ID: c.ID, Confirm: true})
			continue
		case 2:
			b.Rows = append(b.Rows, tracker.BatchRow{ID: c.ID, Return: &tracker.BatchReturn{Reason: rapid.SampledFrom([]string{"", "thiếu số"}).Draw(t, "why")}})
			continue
		}
		told := &tracker.BatchReport{Status: c.Status.Value, DoneOn: c.DoneOn.Value, DoneBy: c.DoneBy.Value, Number: c.Number, On: c.On, Link: c.Link, Reason: c.Reason}
		if rapid.Bool().Draw(t, "one task") {
			told.Task = c.Task
		}
		told.Correct = rapid.Bool().Draw(t, "correct")
		b.Rows = append(b.Rows, tracker.BatchRow{ID: c.ID, Report: told})
	}
	return b
}

// bare is a ledger without the places in the log, which differ with the way there.
func bare(l tracker.Ledger) tracker.Ledger {
	for _, r := range l {
		r.Milestone.Revision = 0
		for i := range r.Tasks {
			r.Tasks[i].Revision = 0
		}
	}
	return l
}

func TestABatchIsTheSameActsOneByOne(t *testing.T) {
	t.Parallel()
	pool, other := pgtest.New(t), pgtest.New(t)
	rapid.Check(t, func(t *rapid.T) {
		empty(t, pool)
		empty(t, other)
		w, single := openOn(t, pool, mirrortest.Places()), openOn(t, other, mirrortest.Places())
		for range rapid.IntRange(1, 4).Draw(t, "batches") {
			pass := time.Duration(rapid.IntRange(1, 200).Draw(t, "hours later")) * time.Hour
			w.clock.pass(pass)
			single.clock.pass(pass)
			var records []tracker.Record
			for _, r := range w.records() {
				records = append(records, *r)
			}
			slices.SortFunc(records, func(a, b tracker.Record) int { return compareIDs(a.Milestone.ID, b.Milestone.ID) })
			b := w.drawn(t, records)
			out := w.batch(b, false)
			for i, row := range b.Rows {
				one := single.batch(tracker.Batch{Rows: []tracker.BatchRow{row}}, false)
				require.Equal(t, one.Rows[0].Result, out.Rows[i].Result)
				if one.Rows[0].Refused != nil {
					require.Equal(t, one.Rows[0].Refused.Code, out.Rows[i].Refused.Code)
				}
			}
			require.Equal(t, bare(single.records()), bare(w.records()))
		}
		verify(t, w.log())
		folded(t, w, w.log())
		lawful(t, w, w.log())
	})
}

// A batch takes its locks in the order in which everybody takes them, whatever
// the order of its rows.
func TestBatchesAndSingleReportsDoNotHoldEachOtherForGood(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	b := w.communes("voter_list_posted")
	backwards := tracker.Batch{Partial: true}
	for i := range b.Rows {
		backwards.Rows = append(backwards.Rows, b.Rows[len(b.Rows)-1-i])
	}
	b.Partial = true
	failed := make(chan error, 8)
	for n := range 4 {
		go func() {
			rows := []tracker.Batch{b, backwards}[n%2]
			_, err := w.Batch(t.Context(), id, actor, rows, nil, n == 3)
			failed <- err
		}()
		go func() {
			c := w.command(commune, "voter_list_posted", "office")
			c.Status = tracker.To(tracker.InProgress)
			_, err := w.UpdateTask(t.Context(), id, actor, c)
			if fault.Is(err, "stale-revision") {
				err = nil
			}
			failed <- err
		}()
	}
	for range cap(failed) {
		require.NoError(t, <-failed)
	}
	verify(t, w.log())
	folded(t, w, w.log())
}

func BenchmarkReportInEveryCommune(b *testing.B) {
	w := open(b, area.Edition2021())
	w.clock.set("2021-04-13")
	batch := w.communes("polling_team")
	require.Len(b, batch.Rows, 10603)
	for i := 0; b.Loop(); i++ {
		for k := range batch.Rows {
			batch.Rows[k].Report.Status, batch.Rows[k].Report.Correct = []tracker.Work{tracker.Done, tracker.NotStarted}[i%2], true
			batch.Rows[k].Report.DoneOn = []civil.Date{w.clock.today(), {}}[i%2]
			if i%2 == 1 {
				batch.Rows[k].Report.Number, batch.Rows[k].Report.On = tracker.Set[string]{}, tracker.Set[civil.Date]{}
			}
		}
		require.Equal(b, len(batch.Rows), w.batch(batch, false).Changed)
	}
}
