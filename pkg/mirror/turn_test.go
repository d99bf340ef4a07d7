package mirror_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/mirror/mirrortest"
	"tiendo/pkg/tracker"
)

// Whoever reminds of deadlines has to know since when something is due as it is.
func TestTurnsSayHowMilestonesCameToBeDueOtherwise(t *testing.T) {
	t.Parallel()
	l := mirrortest.Open(t, mirrortest.Places())
	id := tracker.MilestoneID{Area: "01840", Key: "election_committee_commune"}
	record := func() tracker.Record {
		for _, r := range l.Records() {
			if r.Milestone.ID == id {
				return r
			}
		}
		return tracker.Record{}
	}
	do := func(act func(*tracker.Act) error) {
		_, err := l.Do(act)
		require.NoError(t, err)
	}
	report := func(w tracker.Work) {
		task := record().Tasks[0]
		c := tracker.TaskCommand{ID: id, Task: task.Key, If: task.Revision, Status: tracker.To(w)}
		if w == tracker.Done {
			c.DoneOn = tracker.To(mirrortest.Opened)
		}
		do(func(a *tracker.Act) error {
			_, err := a.UpdateTask(c)
			return err
		})
	}
	i, _ := l.Frame().List.Index(id.Area)
	last := func() mirror.TurnKind {
		v := l.View(t)
		m, _ := v.Milestone(i, id.Key, 0)
		x, _ := v.LastTurn(i, m, v.Revision())
		return x.Kind
	}
	require.Zero(t, last(), "as it was opened")
	report(tracker.Done)
	require.Zero(t, last(), "a report is no turn")
	m := record().Milestone
	do(func(a *tracker.Act) error { return a.Return(tracker.Return{ID: id, If: m.Revision, Reason: "thiếu"}) })
	require.Equal(t, mirror.SentBack, last())
	report(tracker.Done)
	report(tracker.InProgress)
	require.Equal(t, mirror.Reopened, last())
	before := l.View(t).Revision()
	_, err := l.Amend(tracker.AmendCommand{Day: civil.Must("2021-05-30"), Reason: "dời"}, l.Frame().Rulebook)
	require.NoError(t, err)
	require.Equal(t, mirror.Moved, last())
	v := l.View(t)
	for x := range v.Turns(i, before) {
		require.Equal(t, mirror.Moved, x.Kind)
		require.True(t, v.Amended(x.Recorded))
		require.False(t, x.ByReport)
	}
	m2, _ := v.Milestone(i, id.Key, 0)
	was, turned := v.LastTurn(i, m2, before)
	require.True(t, turned)
	require.Equal(t, mirror.Reopened, was.Kind)

	before = v.Revision()
	do(func(a *tracker.Act) error {
		_, err := a.EnterPlan(tracker.PlanEntry{Key: "drill", Area: "058", Title: fault.Text{Vi: "Diễn tập"}, Lines: []tracker.LineEntry{{
			PlanLine: tracker.PlanLine{Key: "drill", Title: fault.Text{Vi: "Diễn tập"}, Phase: "voting", Nature: "duty", Latest: civil.Must("2021-03-25")},
			Where:    tracker.Where{Areas: []area.Code{id.Area}},
		}}})
		return err
	})
	v = l.View(t)
	var kinds []mirror.TurnKind
	for x := range v.Turns(i, before) {
		kinds = append(kinds, x.Kind)
		require.EqualValues(t, "drill", v.Origin(x.Milestone).Key)
		got, ok := v.LastTurn(i, x.Milestone, v.Revision())
		require.True(t, ok)
		require.Equal(t, mirror.Arrived, got.Kind)
	}
	require.Equal(t, []mirror.TurnKind{mirror.Arrived}, kinds)
}

func TestRunningSinceIsWhenTheElectionWasLastOpenedForWork(t *testing.T) {
	t.Parallel()
	l := mirrortest.Open(t, mirrortest.Places())
	since, running := l.View(t).RunningSince()
	require.True(t, running)
	require.True(t, since.Equal(l.Now()))
	for _, s := range []tracker.ElectionState{tracker.Closed, tracker.Running} {
		l.Pass(60 * 60 * 1e9)
		_, err := l.Do(func(a *tracker.Act) error { return a.Move(s, mirrortest.Opened) })
		require.NoError(t, err)
		since, running = l.View(t).RunningSince()
		require.Equal(t, s == tracker.Running, running)
	}
	require.True(t, since.Equal(l.Now()))
}
