package tracker_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/tracker"
)

// report says of a milestone that it was done, with a decision.
func report(code area.Code, key tracker.MilestoneKey) tracker.BatchRow {
	return tracker.BatchRow{ID: id(code, key), Report: &tracker.BatchReport{
		Status: tracker.Done, DoneOn: civil.Must("2021-02-20"), Number: tracker.To("12/QĐ-UBND"), On: tracker.To(civil.Must("2021-02-19")),
	}}
}

func codes(out tracker.BatchOutcome) (all []string) {
	for _, r := range out.Rows {
		said := r.Result.String()
		if r.Refused != nil {
			said += " " + r.Refused.Code
		}
		all = append(all, said)
	}
	return all
}

func TestA24_OneRefusedRowRefusesAllAndEachRowSaysWhy(t *testing.T) {
	t.Parallel()
	o, l := opened(t)
	rows := []tracker.BatchRow{
		report("058", "consult1_pc_district"),
		report("058", "no_such_thing"),
		report("99999", "consult1_pc_district"),
		report("058", "consult1_pc_district"),
		report("31", "consult1_pc_province"),
	}
	rows[4].If = 7
	a := begin(o, l)
	out, err := a.Batch(tracker.Batch{Rows: rows}, nil)
	require.NoError(t, err)
	require.Equal(t, []string{"changed", "refused milestone-not-found", "refused area-not-found", "refused batch-row-repeated", "refused stale-revision"}, codes(out))
	require.True(t, out.Held)
	require.Empty(t, a.Changes(), "nothing is done")

	o, l = opened(t)
	a = begin(o, l)
	out, err = a.Batch(tracker.Batch{Rows: rows, Partial: true}, nil)
	require.NoError(t, err)
	require.Equal(t, []int{1, 0, 4}, []int{out.Changed, out.Unchanged, out.Refused})
	require.False(t, out.Held)
	require.NotEmpty(t, a.Changes())
	require.Equal(t, tracker.NotStarted, out.Rows[0].Was.Work)
	require.Equal(t, tracker.Done, out.Rows[0].Is.Work)
}

func TestABatchAsksForEachRowWhetherItIsAllowed(t *testing.T) {
	t.Parallel()
	o, l := opened(t)
	rows := []tracker.BatchRow{report("058", "consult1_pc_district"), report("31", "consult1_pc_province")}
	only := func(_ *tracker.Frame, r tracker.BatchRow) error {
		if r.ID.Area != "058" {
			return fault.New(fault.Forbidden, "not-yours", "Không phải của bạn", "Not yours")
		}
		return nil
	}
	out, err := begin(o, l).Batch(tracker.Batch{Rows: rows, Partial: true}, only)
	require.NoError(t, err)
	require.Equal(t, []string{"changed", "refused not-yours"}, codes(out))
	require.NotContains(t, tracker.BatchNeeds(o.Frame, tracker.Batch{Rows: rows}, only).Milestones, id("31", "consult1_pc_province"), "and is not locked")

	broken := errors.New("broken")
	_, err = begin(o, l).Batch(tracker.Batch{Rows: rows}, func(*tracker.Frame, tracker.BatchRow) error { return broken })
	require.ErrorIs(t, err, broken, "what is no refusal ends it")
}

func TestABatchReportsOnAllOpenTasksOfAMilestone(t *testing.T) {
	t.Parallel()
	o, l := opened(t)
	row := report("01834", "voter_list_posted")
	tasks := len(l[row.ID].Tasks)
	require.Greater(t, tasks, 1)
	a := begin(o, l)
	_, err := a.UpdateTask(tracker.TaskCommand{
		ID: row.ID, Task: l[row.ID].Tasks[0].Key, If: 1, Status: tracker.To(tracker.Done), DoneOn: tracker.To(civil.Must("2021-02-25")), Number: tracker.To("1"),
	})
	require.NoError(t, err)
	for range 2 {
		out, err := a.Batch(tracker.Batch{Rows: []tracker.BatchRow{row}}, nil)
		require.NoError(t, err)
		require.Zero(t, out.Refused, "the second time it is on record")
		r, err := a.Record(row.ID)
		require.NoError(t, err)
		require.Equal(t, tracker.Done, r.Milestone.Work)
		require.Equal(t, civil.Must("2021-02-25"), r.Milestone.DoneOn, "what was reported before stays")
		require.Equal(t, "1", r.Tasks[0].Evidence.Number)
		require.Equal(t, "12/QĐ-UBND", r.Tasks[tasks-1].Evidence.Number)
	}
}

func TestWhatWasReportedOtherwiseIsCorrectedOnlyWhenAskedTo(t *testing.T) {
	t.Parallel()
	o, l := opened(t)
	row := report("058", "consult1_pc_district")
	a := begin(o, l)
	_, err := a.UpdateTask(done("058", "consult1_pc_district", "2021-02-01"))
	require.NoError(t, err)
	decide := func() tracker.BatchOutcome {
		out, err := a.Batch(tracker.Batch{Rows: []tracker.BatchRow{row}}, nil)
		require.NoError(t, err)
		return out
	}
	require.Equal(t, []string{"refused already-reported"}, codes(decide()))
	row.Report.Correct = true
	require.Equal(t, []string{"changed"}, codes(decide()))
	require.Equal(t, []string{"unchanged"}, codes(decide()))
	row.Report.Correct = false
	require.Equal(t, []string{"unchanged"}, codes(decide()), "the same again is no change")
}

func TestARefusedRowLeavesNothingOfItself(t *testing.T) {
	t.Parallel()
	o, l := opened(t)
	row := report("01834", "voter_list_posted")
	last := l[row.ID].Tasks[len(l[row.ID].Tasks)-1]
	a := begin(o, l)
	before, err := a.Record(row.ID)
	require.NoError(t, err)
	bad := tracker.BatchRow{ID: row.ID, Report: &tracker.BatchReport{Task: last.Key, Status: tracker.Blocked}}
	out, err := a.Batch(tracker.Batch{Rows: []tracker.BatchRow{bad}, Partial: true}, nil)
	require.NoError(t, err)
	require.Equal(t, []string{"refused reason-missing"}, codes(out))
	after, err := a.Record(row.ID)
	require.NoError(t, err)
	require.Equal(t, before, after)
	require.Empty(t, a.Changes())
}

func TestARowKnowsTheMilestoneAsItWasBeforeTheBatch(t *testing.T) {
	t.Parallel()
	o, l := opened(t)
	plan := tracker.BatchRow{ID: id("058", "consult1_pc_district"), If: 1, Plan: &tracker.BatchPlan{Planned: civil.Must("2021-02-15")}}
	told := report("058", "consult1_pc_district")
	told.If = 1
	out, err := begin(o, l).Batch(tracker.Batch{Rows: []tracker.BatchRow{plan, told}}, nil)
	require.NoError(t, err)
	require.Equal(t, []string{"changed", "changed"}, codes(out), "what the first row did is not somebody else's doing")
}

func TestABatchThatCannotBeTaken(t *testing.T) {
	t.Parallel()
	o, l := opened(t)
	for code, rows := range map[string][]tracker.BatchRow{
		"batch-empty":       nil,
		"batch-too-large":   make([]tracker.BatchRow, tracker.MaxBatchRows+1),
		"batch-row-unclear": {{ID: id("058", "consult1_pc_district")}},
	} {
		_, err := begin(o, l).Batch(tracker.Batch{Rows: rows}, nil)
		require.True(t, fault.Is(err, code), "%v", err)
	}
}

func TestABarHasNothingToReportInABatch(t *testing.T) {
	t.Parallel()
	o, l := opened(t)
	for at, r := range l {
		if len(r.Tasks) > 0 {
			continue
		}
		out, err := begin(o, l).Batch(tracker.Batch{Rows: []tracker.BatchRow{report(at.Area, at.Key)}}, nil)
		require.NoError(t, err)
		require.Equal(t, []string{"refused nothing-to-report"}, codes(out))
		return
	}
	require.Fail(t, "no bar")
}
