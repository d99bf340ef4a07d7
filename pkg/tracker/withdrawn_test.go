package tracker_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

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

// reported is a report as somebody would write it down who keeps no log.
type reported struct {
	says     tracker.Progress
	about    civil.Date
	recorded time.Time
}

// lookedBack is how a milestone of one task stood at the end of a day, as far as
// was known at an instant, straight from what A35 says: of the reports known
// then, those count that a task was not done, and those that it was done which
// none after them contradicts; the last of them about that day or one before.
func lookedBack(all []reported, day civil.Date, known time.Time) tracker.Progress {
	var heard []reported
	for _, r := range all {
		if !r.recorded.After(known) {
			heard = append(heard, r)
		}
	}
	for k := len(heard) - 1; k >= 0; k-- {
		contradicted := false
		for _, later := range heard[k+1:] {
			contradicted = contradicted || later.says != heard[k].says
		}
		if (heard[k].says.Work == tracker.Done && contradicted) || heard[k].about.After(day) {
			continue
		}
		return heard[k].says
	}
	return tracker.Progress{}
}

func TestA35_LookingBackIsWhatTheReportsSaidOfThatDay(t *testing.T) {
	t.Parallel()
	o, _ := opened(t)
	of := id("058", "consult1_pc_district")
	rapid.Check(t, func(t *rapid.T) {
		ledger, err := o.Follow("058")
		require.NoError(t, err)
		var log []tracker.Change
		var reports []reported
		now, head := noon, tracker.Head{Revision: 1}
		for range rapid.IntRange(1, 10).Draw(t, "reports") {
			now = now.Add(time.Duration(rapid.IntRange(1, 48).Draw(t, "hours")) * time.Hour)
			act := tracker.Begin(o.Frame, local, now, zone, tracker.Found{Records: []tracker.Record{*ledger[of]}})
			if _, err := act.UpdateTask(drawReport(t, ledger[of], civil.Of(now, zone))); err != nil {
				continue
			}
			for _, c := range act.Changes() {
				require.NoError(t, c.Seal(head))
				head, log = c.Head(), append(log, c)
				ledger.Apply(&c)
				task := c.After.Task
				reports = append(reports, reported{
					says:  tracker.Progress{Work: task.Status, DoneOn: task.DoneOn, DoneBy: task.DoneBy},
					about: c.Happened, recorded: c.Recorded,
				})
			}
		}
		day := civil.Of(now, zone).Add(-rapid.IntRange(0, 12).Draw(t, "days ago"))
		known := now.Add(-time.Duration(rapid.IntRange(0, 200).Draw(t, "hours ago")) * time.Hour)

		var heard []tracker.Change
		for _, c := range log {
			if !c.Recorded.After(known) {
				heard = append(heard, c)
			}
		}
		back, err := o.Follow("058")
		require.NoError(t, err)
		gone := tracker.Withdrawn(heard)
		for i := range heard {
			if !gone[heard[i].Revision] && !heard[i].Happened.After(day) {
				back.Apply(&heard[i])
			}
		}
		require.Equal(t, lookedBack(reports, day, known), back[of].Milestone.Progress)
	})
}

// drawReport draws what may be reported on a day of a milestone's only task.
func drawReport(t *rapid.T, r *tracker.Record, today civil.Date) tracker.TaskCommand {
	past := func(label string) civil.Date { return today.Add(-rapid.IntRange(0, 6).Draw(t, label)) }
	c := tracker.TaskCommand{ID: r.Milestone.ID, Task: r.Tasks[0].Key, If: r.Tasks[0].Revision, Reason: tracker.To("vì một lý do")}
	work := rapid.SampledFrom([]tracker.Work{tracker.Done, tracker.Done, tracker.InProgress, tracker.Blocked, tracker.NotStarted}).Draw(t, "status")
	c.Status = tracker.To(work)
	switch {
	case work == tracker.Done && rapid.Bool().Draw(t, "exact"):
		c.DoneOn = tracker.To(past("done on"))
	case work == tracker.Done:
		c.DoneBy = tracker.To(past("done by"))
	}
	if rapid.Bool().Draw(t, "about another day") {
		c.Happened = past("about")
	}
	return c
}
