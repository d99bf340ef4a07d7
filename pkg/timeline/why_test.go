package timeline_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/civil"
	"tiendo/pkg/mirror/mirrortest"
	"tiendo/pkg/timeline"
	"tiendo/pkg/tracker"
)

func TestA33WhatWasDoneBeforeAnAmendmentIsExplainedByTheDayOfThen(t *testing.T) {
	t.Parallel()
	l := mirrortest.Open(t, mirrortest.Places())
	l.PassTo(civil.Must("2021-02-10"))
	done := tracker.MilestoneID{Area: "058", Key: "consult1_pc_district"}
	_, err := l.Do(func(a *tracker.Act) error {
		_, err := a.UpdateTask(tracker.TaskCommand{
			ID: done, Task: "duty", If: 1, Status: tracker.To(tracker.Done), DoneOn: tracker.To(civil.Must("2021-02-09")),
		})
		return err
	})
	require.NoError(t, err)
	open := tracker.MilestoneID{Area: "058", Key: "consult2_pc_district"}
	_, err = l.Amend(tracker.AmendCommand{Day: civil.Must("2021-06-20"), Reason: "hoãn"}, l.Frame().Rulebook)
	require.NoError(t, err)
	v := l.View(t)
	i, _ := v.Frame().List.Index("058")
	for _, r := range l.Records() {
		m := &r.Milestone
		var want string
		switch m.ID {
		case done:
			want = "23/05/2021"
		case open:
			want = "20/06/2021"
		default:
			continue
		}
		why, err := timeline.Why(v, i, m)
		require.NoError(t, err)
		require.Equal(t, m.Latest, why.End.Date)
		require.Equal(t, want, why.End.AnchorDay.Vietnamese())
	}
}
