package tracker_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/statute"
	"tiendo/pkg/tracker"
)

// inAugust is when everything of 2021 can have been done.
var inAugust = time.Date(2021, 8, 1, 12, 0, 0, 0, zone)

// late is an act that sees everything, after the election.
func late(o *tracker.Opening, l tracker.Ledger) *tracker.Act {
	found := tracker.Found{}
	for _, r := range l { // each act changes tasks of its own
		found.Records = append(found.Records, tracker.Record{Milestone: r.Milestone, Tasks: slices.Clone(r.Tasks)})
	}
	return tracker.Begin(o.Frame, local, inAugust, zone, found)
}

// finish reports every task of a milestone done on a day.
func finish(t *testing.T, a *tracker.Act, at tracker.MilestoneID, set func(*tracker.TaskCommand)) ([]tracker.Warning, error) {
	t.Helper()
	r, err := a.Record(at)
	require.NoError(t, err, at)
	var all []tracker.Warning
	for _, task := range r.Tasks {
		c := tracker.TaskCommand{ID: at, Task: task.Key, If: task.Revision, Status: tracker.To(tracker.Done)}
		set(&c)
		warnings, err := a.UpdateTask(c)
		if all = append(all, warnings...); err != nil {
			return all, err
		}
	}
	return all, nil
}

func on(day string) func(*tracker.TaskCommand) {
	return func(c *tracker.TaskCommand) { c.DoneOn = tracker.To(civil.Must(day)) }
}

// meeting finds where both milestones of a guard are.
func meeting(t *testing.T, o *tracker.Opening, l tracker.Ledger, g *statute.Guard) (first, then tracker.MilestoneID) {
	t.Helper()
	list, book := o.Frame.List, o.Frame.Rulebook
	member := func(i int, f *statute.Family) (tracker.MilestoneID, bool) {
		rule := book.Member(f, list.At(i).Level)
		if rule == nil {
			return tracker.MilestoneID{}, false
		}
		at := id(list.At(i).Code, tracker.MilestoneKey(rule.Key))
		return at, l[at] != nil
	}
	for i := range list.Len() {
		for k := range list.Len() {
			above := list.Parent(i) == k
			below := list.Parent(k) == i
			if g.Where == statute.Same && i != k || g.Where == statute.Above && !above || g.Where == statute.Below && !below {
				continue
			}
			at, there := member(i, g.Then)
			if other, too := member(k, g.First); there && too {
				return other, at
			}
		}
	}
	require.Fail(t, "the guard speaks of nothing", g.Key)
	return first, then
}

// says requires that a guard has spoken, with its sentence and its article.
func says(t *testing.T, g *statute.Guard, warnings []tracker.Warning, err error) {
	t.Helper()
	if g.Force == statute.Warns {
		require.NoError(t, err, g.Key)
		require.Contains(t, warnings[len(warnings)-1].Text.Vi, g.Title.Vi)
		require.Equal(t, "order-unusual", warnings[len(warnings)-1].Code)
		return
	}
	f, ok := fault.As(err)
	require.True(t, ok, "%s: %v", g.Key, err)
	require.Equal(t, fault.Invalid, f.Kind, g.Key)
	for _, part := range []fault.Text{g.Title, g.Basis.Text()} {
		require.Contains(t, f.Text.Vi, part.Vi)
		require.Contains(t, f.Text.En, part.En)
	}
}

func TestEveryGuardSpeaksBothWaysAndOnlyOfKnownDays(t *testing.T) {
	t.Parallel()
	o, l := opened(t)
	for _, g := range o.Frame.Rulebook.Guards() {
		if !g.Relation.Pairs() {
			continue
		}
		first, then := meeting(t, o, l, g)
		try := func(a, b tracker.MilestoneID, dayA, dayB string) ([]tracker.Warning, error) {
			act := late(o, l)
			_, err := finish(t, act, a, on(dayA))
			require.NoError(t, err, g.Key)
			return finish(t, act, b, on(dayB))
		}
		if g.Relation == statute.AfterFirst { // an earlier day is what another guard is there for
			warnings, err := try(first, then, "2021-06-01", "2021-06-01")
			says(t, g, warnings, err)
			warnings, err = try(then, first, "2021-06-01", "2021-06-01")
			says(t, g, warnings, err)
			continue
		}
		warnings, err := try(first, then, "2021-06-02", "2021-06-01")
		says(t, g, warnings, err)
		warnings, err = try(then, first, "2021-06-01", "2021-06-02")
		says(t, g, warnings, err)
		warnings, err = try(first, then, "2021-06-01", "2021-06-02")
		require.NoError(t, err, g.Key)
		require.NotContains(t, saidCodes(warnings), "order-unusual")
		_, err = try(first, then, "2021-06-01", "2021-06-01")
		require.NoError(t, err, g.Key)

		act := late(o, l)
		_, err = finish(t, act, first, func(c *tracker.TaskCommand) { c.DoneBy = tracker.To(civil.Must("2021-06-02")) })
		require.NoError(t, err)
		_, err = finish(t, act, then, on("2021-06-01"))
		require.NoError(t, err, "%s: what was done by a day may have been done long before", g.Key)
	}
}

func saidCodes(all []tracker.Warning) (codes []string) {
	for _, w := range all {
		codes = append(codes, w.Code)
	}
	return codes
}

func TestEveryGuardOfOneMilestoneSpeaks(t *testing.T) {
	t.Parallel()
	o, l := opened(t)
	list := o.Frame.List
	for _, g := range o.Frame.Rulebook.Guards() {
		if g.Relation.Pairs() {
			continue
		}
		at := func() tracker.MilestoneID {
			for i := range list.Len() {
				if rule := o.Frame.Rulebook.Member(g.Then, list.At(i).Level); rule != nil && l[id(list.At(i).Code, tracker.MilestoneKey(rule.Key))] != nil {
					return id(list.At(i).Code, tracker.MilestoneKey(rule.Key))
				}
			}
			return tracker.MilestoneID{}
		}()
		wrong, right := on("2021-05-22"), on("2021-05-23")
		if g.Relation == statute.ByDocument {
			wrong, right = dated("2021-05-25", "2021-05-26"), dated("2021-05-25", "2021-05-25")
		}
		warnings, err := finish(t, late(o, l), at, wrong)
		says(t, g, warnings, err)
		_, err = finish(t, late(o, l), at, right)
		require.NoError(t, err, g.Key)
	}
}

func dated(done, document string) func(*tracker.TaskCommand) {
	return func(c *tracker.TaskCommand) {
		c.DoneOn, c.Number, c.On = tracker.To(civil.Must(done)), tracker.To("12/QĐ-UBND"), tracker.To(civil.Must(document))
	}
}

func TestADocumentMayBeLaterThanAConferenceAndThatIsSaid(t *testing.T) {
	t.Parallel()
	o, l := opened(t)
	warnings, err := finish(t, late(o, l), id("058", "consult1_pc_district"), dated("2021-02-08", "2021-02-09"))
	require.NoError(t, err)
	require.Equal(t, []string{"document-after-done"}, saidCodes(warnings))
}

func TestAReportThatLeavesTheDayAloneIsNotAskedAgain(t *testing.T) {
	t.Parallel()
	o, l := opened(t)
	act := late(o, l)
	at := id("058", "pc_official_list_district")
	for _, x := range []struct {
		at  tracker.MilestoneID
		day string
	}{{id("058", "consult3_pc_district"), "2021-04-16"}, {at, "2021-04-27"}} {
		_, err := finish(t, act, x.at, on(x.day))
		require.NoError(t, err)
	}
	// As an older program may have left it.
	r, err := act.Record(at)
	require.NoError(t, err)
	l[at] = &r
	l[at].Milestone.DoneOn, l[at].Tasks[0].DoneOn = civil.Must("2021-04-10"), civil.Must("2021-04-10")
	again := late(o, l)
	_, err = again.UpdateTask(tracker.TaskCommand{ID: at, Task: r.Tasks[0].Key, If: r.Tasks[0].Revision, Number: tracker.To("9/NQ")})
	require.NoError(t, err)
}

func TestTheNearestAreaAboveIsMeant(t *testing.T) {
	t.Parallel()
	o, _ := opened(t)
	needs := tracker.Reach(o.Frame, id(area.Nation, "na_official_list"))
	require.Contains(t, needs.Milestones, id("31", "na_local_list_published"))
	require.Contains(t, needs.Milestones, id("31", "consult3_na_province"))
	needs = tracker.Reach(o.Frame, id("31", "na_local_list_published"))
	require.Contains(t, needs.Milestones, id(area.Nation, "na_official_list"))
}

func TestOnlyAReportThatEndsAMilestoneNeedsWhatGuardsHoldItTogetherWith(t *testing.T) {
	t.Parallel()
	o, _ := opened(t)
	at, partner := id("31", "na_local_list_published"), id(area.Nation, "na_official_list")
	needs := func(r tracker.BatchReport) []tracker.MilestoneID {
		return tracker.BatchNeeds(o.Frame, tracker.Batch{Rows: []tracker.BatchRow{{ID: at, Report: &r}}}, nil).Milestones
	}
	for _, open := range []tracker.Work{tracker.NotStarted, tracker.InProgress, tracker.Blocked} {
		require.Contains(t, needs(tracker.BatchReport{Status: open}), at)
		require.NotContains(t, needs(tracker.BatchReport{Status: open}), partner)
	}
	for _, closed := range []tracker.BatchReport{{Status: tracker.Done}, {Status: tracker.NotApplicable}, {Keep: true}} {
		require.Contains(t, needs(closed), partner, "what is left of it may be done")
	}
}
