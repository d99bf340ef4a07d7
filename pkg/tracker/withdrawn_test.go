package tracker_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/civil"
	"tiendo/pkg/tracker"
)

// said is an entry of the log about a task of one milestone.
func said(r tracker.Revision, w tracker.Work, on string) tracker.Change {
	s := &tracker.TaskState{Key: "duty", Status: w}
	if on != "" {
		s.DoneOn = civil.Must(on)
	}
	return tracker.Change{
		Revision: r, Cause: r, Kind: tracker.TaskUpdated, Milestone: id("058", "consult1_pc_district"), Task: "duty",
		After: tracker.State{Task: s},
	}
}

func moved(r, cause tracker.Revision) tracker.Change {
	return tracker.Change{Revision: r, Cause: cause, Kind: tracker.MilestoneMoved, Milestone: id("058", "other"), After: tracker.State{Milestone: &tracker.MilestoneState{}}}
}

func TestA35_WhatALaterReportTookBackIsLeftOutOfThePast(t *testing.T) {
	t.Parallel()
	other := said(2, tracker.Done, "2021-02-10")
	other.Task = "another"
	for name, c := range map[string]struct {
		log  []tracker.Change
		gone []tracker.Revision
	}{
		"progress takes nothing back": {[]tracker.Change{said(1, tracker.InProgress, ""), said(2, tracker.Blocked, ""), said(3, tracker.Done, "2021-02-16")}, nil},
		"another day":                 {[]tracker.Change{said(1, tracker.Done, "2021-02-16"), said(2, tracker.Done, "2021-02-18")}, []tracker.Revision{1}},
		"not done after all":          {[]tracker.Change{said(1, tracker.Done, "2021-02-16"), said(2, tracker.InProgress, "")}, []tracker.Revision{1}},
		"evidence added to the same":  {[]tracker.Change{said(1, tracker.Done, "2021-02-16"), said(2, tracker.Done, "2021-02-16")}, nil},
		"all that said the same":      {[]tracker.Change{said(1, tracker.Done, "2021-02-16"), said(2, tracker.Done, "2021-02-16"), said(3, tracker.NotStarted, "")}, []tracker.Revision{1, 2}},
		"another task":                {[]tracker.Change{said(1, tracker.Done, "2021-02-16"), other}, nil},
		"moved on again":              {[]tracker.Change{said(1, tracker.Done, "2021-02-16"), moved(2, 1), said(3, tracker.NotStarted, ""), moved(4, 3)}, []tracker.Revision{1, 2}},
		"stands as it moved":          {[]tracker.Change{said(1, tracker.Done, "2021-02-16"), moved(2, 1), said(3, tracker.NotStarted, "")}, []tracker.Revision{1}},
	} {
		gone := tracker.Withdrawn(c.log)
		require.Len(t, gone, len(c.gone), name)
		for _, r := range c.gone {
			require.True(t, gone[r], "%s: %d", name, r)
		}
	}
}
