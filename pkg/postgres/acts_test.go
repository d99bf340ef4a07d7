package postgres_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/tracker"
)

func TestAReportIsInTheTablesAndInTheLog(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	w.clock.set("2021-02-10")
	c := w.command(bacKan, "consult1_pc_district", "duty")
	c.Status, c.DoneOn = tracker.To(tracker.Done), tracker.To(civil.Must("2021-02-08"))
	c.Number, c.On = tracker.To("12/BC-MTTQ"), tracker.To(civil.Must("2021-02-09"))
	c.Link, c.Source, c.Note = tracker.To("https://backan.gov.vn/12"), tracker.To("SEEDB"), tracker.To("theo báo cáo")
	out, err := w.UpdateTask(t.Context(), id, actor, c)
	require.NoError(t, err)
	require.Len(t, out.Warnings, 1)
	require.Equal(t, "document-after-done", out.Warnings[0].Code, "minutes are written afterwards")
	require.Len(t, out.Changes, 1)

	r := w.record(bacKan, "consult1_pc_district")
	require.Equal(t, r, out.Record, "what the answer says is what is stored")
	require.Equal(t, tracker.Progress{Work: tracker.Done, DoneOn: civil.Must("2021-02-08")}, r.Milestone.Progress)
	require.Equal(t, tracker.Reported, r.Milestone.Standing)
	require.Equal(t, tracker.Revision(2), r.Milestone.Revision)
	require.Equal(t, tracker.Evidence{Number: "12/BC-MTTQ", On: civil.Must("2021-02-09"), Link: "https://backan.gov.vn/12"}, r.Tasks[0].Evidence)
	require.Equal(t, "SEEDB", r.Tasks[0].Source)
	require.Equal(t, "theo báo cáo", r.Tasks[0].Note)

	history, err := w.store.History(t.Context(), id, c.ID, 0, 10, tracker.Itself)
	require.NoError(t, err)
	require.Equal(t, out.Changes, history, "what the log has is what was sealed, to the last field")
	require.Equal(t, civil.Must("2021-02-08"), history[0].Happened)
	require.Equal(t, w.clock.now().UTC(), history[0].Recorded)
}

func TestOnlyTasksThatTellMoreThanHowFarTheyAreAreTold(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	w.clock.set("2021-02-10")
	c := w.command(bacKan, "consult1_pc_district", "duty")
	c.Status, c.Reason = tracker.To(tracker.Blocked), tracker.To("chờ")
	_, err := w.UpdateTask(t.Context(), id, actor, c)
	require.NoError(t, err)
	w.done(commune, "consult1_pc_commune", "2021-02-09")

	told, err := w.store.Told(t.Context(), id, []area.Code{bacKan, commune})
	require.NoError(t, err)
	require.Equal(t, map[tracker.MilestoneID][]tracker.Task{c.ID: w.record(bacKan, "consult1_pc_district").Tasks}, told)
	told, err = w.store.Told(t.Context(), id, []area.Code{commune})
	require.NoError(t, err)
	require.Empty(t, told)
}

func TestHistoryIsReadInPagesTheLatestFirst(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	for range 5 {
		for _, s := range []tracker.Work{tracker.InProgress, tracker.NotStarted} {
			c := w.command(commune, "polling_team", "duty")
			c.Status = tracker.To(s)
			_, err := w.UpdateTask(t.Context(), id, actor, c)
			require.NoError(t, err)
		}
	}
	w.done(commune, "consult1_pc_commune", trialDay)
	var seen []tracker.Revision
	for before := tracker.Revision(0); ; {
		page, err := w.store.History(t.Context(), id, tracker.MilestoneID{Area: commune, Key: "polling_team"}, before, 3, tracker.Itself)
		require.NoError(t, err)
		if len(page) == 0 {
			break
		}
		for _, c := range page {
			seen = append(seen, c.Revision)
		}
		before = seen[len(seen)-1]
	}
	require.Equal(t, []tracker.Revision{11, 10, 9, 8, 7, 6, 5, 4, 3, 2}, seen)
}

func TestAReportOnAnOldRevisionIsStaleAndShowsWhatIsThere(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	first, second := w.command(bacKan, "consult1_pc_district", "duty"), w.command(bacKan, "consult1_pc_district", "duty")
	first.Status, second.Status = tracker.To(tracker.InProgress), tracker.To(tracker.Blocked)
	second.Reason = tracker.To("chờ hướng dẫn")
	_, err := w.UpdateTask(t.Context(), id, actor, first)
	require.NoError(t, err)
	_, err = w.UpdateTask(t.Context(), id, actor, second)
	f, ok := fault.As(err)
	require.True(t, ok)
	require.Equal(t, fault.Stale, f.Kind)
	require.Equal(t, w.record(bacKan, "consult1_pc_district").Tasks[0], f.Current)
	require.Len(t, w.log(), 2)

	_, err = w.Plan(t.Context(), id, actor, tracker.PlanCommand{ID: first.ID, If: 1, Planned: civil.Must("2021-02-10")})
	f, ok = fault.As(err)
	require.True(t, ok)
	require.Equal(t, fault.Stale, f.Kind)
	require.Equal(t, w.record(bacKan, "consult1_pc_district"), f.Current)
}

func TestWhatIsNotThereIsNotFound(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	at := func(code area.Code, key tracker.MilestoneKey, occurrence int) tracker.TaskCommand {
		return tracker.TaskCommand{ID: tracker.MilestoneID{Area: code, Key: key, Occurrence: occurrence}, Task: "duty", If: 1}
	}
	for name, x := range map[string]struct {
		election tracker.ElectionID
		command  tracker.TaskCommand
		code     string
	}{
		"election":   {"1946", at(bacKan, "consult1_pc_district", 0), "election-not-found"},
		"area":       {id, at("99999", "consult1_pc_district", 0), "area-not-found"},
		"milestone":  {id, at(bacKan, "consult1_pc_nowhere", 0), "milestone-not-found"},
		"level":      {id, at(bacKan, "consult1_pc_commune", 0), "milestone-not-found"},
		"occurrence": {id, at(bacKan, "consult1_pc_district", 1), "milestone-not-found"},
		"task":       {id, tracker.TaskCommand{ID: at(bacKan, "consult1_pc_district", 0).ID, Task: "tea", If: 1}, "task-not-found"},
	} {
		_, err := w.UpdateTask(t.Context(), x.election, actor, x.command)
		require.Equal(t, "not_found "+x.code, faulty(err), name)
	}
	_, err := w.store.Record(t.Context(), id, tracker.MilestoneID{Area: bacKan, Key: "nothing"})
	require.Equal(t, "not_found milestone-not-found", faulty(err))
	_, err = w.store.Head(t.Context(), "1946")
	require.Equal(t, "not_found election-not-found", faulty(err))
	_, err = w.store.Frame(t.Context(), "1946")
	require.Equal(t, "not_found election-not-found", faulty(err))
	_, err = w.store.Snapshot(t.Context(), "1946", func(*tracker.Milestone) error { return nil }, func(*tracker.Change) error { return nil })
	require.Equal(t, "not_found election-not-found", faulty(err))
	require.Len(t, w.log(), 1)
}

func TestARefusedReportWritesNothing(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	before, head := w.tables(), w.head()
	for code, change := range map[string]func(*tracker.TaskCommand){
		"done-day-missing": func(c *tracker.TaskCommand) { c.Status = tracker.To(tracker.Done) },
		"done-in-the-future": func(c *tracker.TaskCommand) {
			c.Status = tracker.To(tracker.Done)
			c.DoneOn = tracker.To(w.clock.today().Add(1))
		},
		"done-day-without-done": func(c *tracker.TaskCommand) { c.DoneOn = tracker.To(w.clock.today()) },
		"evidence-without-done": func(c *tracker.TaskCommand) { c.Number = tracker.To("1") },
		"reason-missing":        func(c *tracker.TaskCommand) { c.Status = tracker.To(tracker.Blocked) },
		"task-cancelled":        func(c *tracker.TaskCommand) { c.Status = tracker.To(tracker.Cancelled) },
		"happened-in-the-future": func(c *tracker.TaskCommand) {
			c.Status = tracker.To(tracker.InProgress)
			c.Happened = w.clock.today().Add(1)
		},
		"text-too-long": func(c *tracker.TaskCommand) {
			c.Status = tracker.To(tracker.Blocked)
			c.Reason = tracker.To(strings.Repeat("ă", 1001))
		},
		"text-not-plain":         func(c *tracker.TaskCommand) { c.Status = tracker.To(tracker.Blocked); c.Reason = tracker.To("a\x00b") },
		"evidence-in-the-future": func(c *tracker.TaskCommand) { doneToday(w, c); c.On = tracker.To(w.clock.today().Add(1)) },
		"link-not-web":           func(c *tracker.TaskCommand) { doneToday(w, c); c.Link = tracker.To("javascript:alert(1)") },
		"two-done-days":          func(c *tracker.TaskCommand) { doneToday(w, c); c.DoneBy = tracker.To(w.clock.today()) },
	} {
		c := w.command(bacKan, "consult1_pc_district", "duty")
		change(&c)
		_, err := w.UpdateTask(t.Context(), id, actor, c)
		require.Equal(t, "invalid "+code, faulty(err))
	}
	require.Equal(t, before, w.tables())
	require.Equal(t, head, w.head())
}

func doneToday(w *world, c *tracker.TaskCommand) {
	c.Status, c.DoneOn = tracker.To(tracker.Done), tracker.To(w.clock.today())
}

// TestEveryTextThatIsAcceptedCanBeStored sends bytes that a database may not take.
func TestEveryTextThatIsAcceptedCanBeStored(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	for _, text := range []string{
		"plain", "Ủy ban bầu cử", "a\x00b", "a\xffb", "a\ufffdb", "\u2028", "a\nb\tc", "\u0085", strings.Repeat("ă", 1000), "\\u0000", `{"a":1}`, "😀", " ",
	} {
		for field, set := range map[string]func(*tracker.TaskCommand){
			"reason": func(c *tracker.TaskCommand) { c.Status, c.Reason = tracker.To(tracker.Blocked), tracker.To(text) },
			"number": func(c *tracker.TaskCommand) { doneToday(w, c); c.Number = tracker.To(text) },
			"source": func(c *tracker.TaskCommand) { c.Status, c.Source = tracker.To(tracker.InProgress), tracker.To(text) },
			"note":   func(c *tracker.TaskCommand) { c.Status, c.Note = tracker.To(tracker.InProgress), tracker.To(text) },
			"link":   func(c *tracker.TaskCommand) { doneToday(w, c); c.Link = tracker.To("https://a.vn/?q=" + text) },
		} {
			c := w.command(bacKan, "consult1_pc_district", "duty")
			set(&c)
			out, err := w.UpdateTask(t.Context(), id, actor, c)
			if err != nil {
				require.Equal(t, fault.Invalid, fault.KindOf(err), "%s %q: %v", field, text, err)
				continue
			}
			require.Equal(t, out.Record, w.record(bacKan, "consult1_pc_district"), "%s %q", field, text)
		}
	}
	verify(t, w.log())
}

func TestA34DependentsMoveWithTheDoneDayInTheSameTransaction(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	w.clock.set("2021-04-12")
	keys := []tracker.MilestoneKey{"voter_list_complaint", "vote_elsewhere_certificate", "voter_list_changes"}
	lawful := map[tracker.MilestoneKey]tracker.Dates{}
	for _, key := range keys {
		lawful[key] = w.record(commune, key).Milestone.Dates
		require.Equal(t, civil.Must("2021-04-13"), lawful[key].NotBefore.Day, "T-40, until it is known")
	}
	changes := w.done(commune, "voter_list_posted", "2021-04-10")
	require.Len(t, changes, 1+len(keys))
	act := changes[0].Revision
	for _, c := range changes[1:] {
		require.Equal(t, tracker.MilestoneMoved, c.Kind)
		require.Equal(t, act, c.Cause)
		require.Equal(t, civil.Must("2021-04-10"), c.Happened)
		require.Equal(t, lawful[c.Milestone.Key].NotBefore, c.Before.Milestone.NotBefore)
	}
	for _, key := range keys {
		m := w.record(commune, key).Milestone
		require.Equal(t, civil.Must("2021-04-10"), m.NotBefore.Day, key)
		require.Equal(t, civil.Must("2021-04-10"), m.NotBeforeFrom, key)
	}
	require.Equal(t, civil.Must("2021-05-10"), w.record(commune, "voter_list_complaint").Milestone.Latest.Day)
	require.Equal(t, civil.Must("2021-04-13"), w.record("01837", "voter_list_complaint").Milestone.NotBefore.Day, "the neighbour keeps his")

	undone := w.command(commune, "voter_list_posted", "announce")
	undone.Status = tracker.To(tracker.InProgress)
	out, err := w.UpdateTask(t.Context(), id, actor, undone)
	require.NoError(t, err)
	require.Len(t, out.Changes, 1+len(keys))
	for _, key := range keys {
		require.Equal(t, lawful[key], w.record(commune, key).Milestone.Dates, "they move back")
	}
}

func TestA34ADayThatIsOnlyKnownAsByMovesNothing(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	w.clock.set("2021-04-12")
	var last []tracker.Change
	for _, task := range w.record(commune, "voter_list_posted").Tasks {
		c := w.command(commune, "voter_list_posted", task.Key)
		c.Status, c.DoneBy = tracker.To(tracker.Done), tracker.To(civil.Must("2021-04-11"))
		out, err := w.UpdateTask(t.Context(), id, actor, c)
		require.NoError(t, err)
		last = out.Changes
	}
	require.Len(t, last, 1)
}

func TestA34TheNationalListMovesTheCampaignInItsProvinces(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	w.clock.set("2021-04-27")
	changes := w.done(area.Nation, "na_official_list", "2021-04-26")
	moved := map[area.Code]tracker.MilestoneKey{}
	for _, c := range changes[1:] {
		moved[c.Milestone.Area] = c.Milestone.Key
	}
	want := map[area.Code]tracker.MilestoneKey{}
	for _, code := range w.everywhere() {
		if a, err := w.opening.Frame.List.Get(code); err == nil && a.Level <= area.LevelProvince {
			want[code] = "campaign_na"
		}
	}
	require.Equal(t, want, moved)
	require.Equal(t, civil.Must("2021-04-26"), w.record(haiPhong, "campaign_na").Milestone.NotBefore.Day)
}

func TestA34ADependentThatIsDoneStays(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	w.clock.set("2021-03-18")
	was := w.done(bacKan, "workplace_minutes_to_front_pc", "2021-03-15")
	require.NotEmpty(t, was)
	before := w.record(bacKan, "workplace_minutes_to_front_pc")
	changes := w.done(bacKan, "consult2_pc_district", "2021-03-16")
	require.Len(t, changes, 1)
	require.Equal(t, before, w.record(bacKan, "workplace_minutes_to_front_pc"))
}

func TestA34WhatIsOpenedAgainFollowsWhatHasMovedMeanwhile(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	w.clock.set("2021-05-01")
	w.done(bacKan, "workplace_minutes_to_front_pc", "2021-03-15")
	w.done(bacKan, "consult2_pc_district", "2021-03-16")
	w.done(bachLong, "voter_notice", "2021-05-01")
	_, err := w.act(func(a *tracker.Act) error {
		return a.SetVotingDay(tracker.VotingDay{Area: bachLong, Day: civil.Must("2021-05-22"), InForce: true, Confidence: "high"}, civil.Date{})
	}, area.Nation, haiPhong, bachLong)
	require.NoError(t, err)
	require.Equal(t, civil.Must("2021-05-22"), w.record(bachLong, "voter_notice").Milestone.Latest.Day, "it was done, so it stayed")
	for _, x := range []struct {
		code   area.Code
		key    tracker.MilestoneKey
		task   tracker.TaskKey
		latest string
	}{{bacKan, "workplace_minutes_to_front_pc", "duty", "2021-03-16"}, {bachLong, "voter_notice", "post", "2021-05-21"}} {
		c := w.command(x.code, x.key, x.task)
		c.Status = tracker.To(tracker.InProgress)
		out, err := w.UpdateTask(t.Context(), id, actor, c)
		require.NoError(t, err)
		require.Len(t, out.Changes, 2)
		require.Equal(t, tracker.MilestoneMoved, out.Changes[1].Kind)
		require.Equal(t, civil.Must(x.latest), w.record(x.code, x.key).Milestone.Latest.Day)
	}
	lawful(t, w, w.log())
}

func TestA34TheListOfAProvinceMovesNothingInItsCommunes(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	w.clock.set("2021-04-28")
	w.done(commune, "pc_official_list_commune", "2021-04-25")
	changes := w.done("06", "pc_official_list_province", "2021-04-26")
	require.Len(t, changes, 2)
	require.Equal(t, tracker.MilestoneID{Area: "06", Key: "campaign_pc"}, changes[1].Milestone)
	require.Equal(t, civil.Must("2021-04-25"), w.record(commune, "campaign_pc").Milestone.NotBefore.Day)
}

func TestA34APlanMovesNothing(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	out, err := w.Plan(t.Context(), id, actor, tracker.PlanCommand{
		ID: tracker.MilestoneID{Area: commune, Key: "voter_list_posted"}, If: 1, Planned: civil.Must("2021-04-01"), Reason: "Kế hoạch số 3",
	})
	require.NoError(t, err)
	require.Len(t, out.Changes, 1)
	require.Equal(t, "Kế hoạch số 3", out.Changes[0].Reason)
	require.Equal(t, out.Record, w.record(commune, "voter_list_posted"))
	require.Equal(t, civil.Must("2021-04-01"), out.Record.Milestone.Planned)
	require.Equal(t, civil.Must("2021-04-13"), w.record(commune, "voter_list_complaint").Milestone.NotBefore.Day)

	out, err = w.Plan(t.Context(), id, actor, tracker.PlanCommand{ID: out.Record.Milestone.ID, If: 2})
	require.NoError(t, err)
	require.True(t, w.record(commune, "voter_list_posted").Milestone.Planned.IsZero(), "a plan can be taken back")
	again, err := w.Plan(t.Context(), id, actor, tracker.PlanCommand{ID: out.Record.Milestone.ID, If: 3})
	require.NoError(t, err)
	require.Empty(t, again.Changes, "what changes nothing is not in the log")
}

func TestAPlanStaysWithinTheLawAndTheRefusalNamesTheArticle(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	m := w.record(bacKan, "candidacy_window_pc_district").Milestone
	rule, err := w.opening.Frame.Rulebook.Rule(m.Rule())
	require.NoError(t, err)
	for code, day := range map[string]civil.Date{"planned-too-early": m.NotBefore.Day.Add(-1), "planned-too-late": m.Latest.Day.Add(1)} {
		_, err := w.Plan(t.Context(), id, actor, tracker.PlanCommand{ID: m.ID, If: m.Revision, Planned: day})
		require.Equal(t, "invalid "+code, faulty(err))
		f, _ := fault.As(err)
		require.Contains(t, f.Text.Vi, rule.Basis.Text().Vi)
		require.Contains(t, f.Text.En, rule.Basis.Text().En)
		require.Contains(t, f.Text.Vi, "Điều")
		require.Contains(t, f.Text.En, "Article")
		require.Equal(t, "/planned_on", f.Fields[0].Pointer)
	}
	for _, day := range []civil.Date{m.NotBefore.Day, m.Latest.Day} {
		m := w.record(bacKan, "candidacy_window_pc_district").Milestone
		_, err := w.Plan(t.Context(), id, actor, tracker.PlanCommand{ID: m.ID, If: m.Revision, Planned: day})
		require.NoError(t, err, "the limits themselves are lawful")
	}
}

func TestA32OwnVotingDayMovesOnlyWhatHangsOnThePolls(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	w.clock.set("2021-05-01")
	before := w.records()
	v := tracker.VotingDay{
		Area: bachLong, Day: civil.Must("2021-05-22"), Opens: civil.NewClock(6, 30), InForce: true, Confidence: "high", Source: "BLV", Note: "sớm một ngày",
	}
	changes, err := w.act(func(a *tracker.Act) error { return a.SetVotingDay(v, civil.Must("2021-04-20")) }, area.Nation, haiPhong, bachLong)
	require.NoError(t, err)
	require.Equal(t, tracker.VotingDaySet, changes[0].Kind)

	moved := map[tracker.MilestoneKey]bool{}
	for _, c := range changes[1:] {
		require.Equal(t, tracker.MilestoneMoved, c.Kind)
		require.Equal(t, bachLong, c.Milestone.Area)
		require.Equal(t, changes[0].Revision, c.Cause)
		require.Equal(t, civil.Must("2021-04-20"), c.Happened)
		moved[c.Milestone.Key] = true
	}
	require.Equal(t, map[tracker.MilestoneKey]bool{
		"voter_list_changes": true, "campaign_pc": true, "voter_notice": true, "voting_day": true, "counting": true,
	}, moved)
	after := w.records()
	for key, r := range before {
		if key.Area == bachLong && moved[key.Key] {
			require.NotEqual(t, r.Milestone.Dates, after[key].Milestone.Dates, key)
			continue
		}
		require.Equal(t, *r, *after[key], "%s in %s stays", key.Name(), key.Area)
	}
	require.Equal(t, civil.Cutoff{Day: civil.Must("2021-05-22"), Clock: civil.NewClock(6, 30)}, after[tracker.MilestoneID{Area: bachLong, Key: "voting_day"}].Milestone.NotBefore)
	require.Equal(t, civil.Cutoff{Day: civil.Must("2021-05-21"), Clock: civil.NewClock(6, 30)}, after[tracker.MilestoneID{Area: bachLong, Key: "voter_list_changes"}].Milestone.Latest)

	snap, err := w.store.Snapshot(t.Context(), id, func(*tracker.Milestone) error { return nil }, func(*tracker.Change) error { return nil })
	require.NoError(t, err)
	v.Revision = changes[0].Revision
	require.Equal(t, []tracker.VotingDay{v}, snap.VotingDays)
}

func TestA32ALaterReportStillCountsFromTheOwnVotingDay(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	w.clock.set("2021-05-01")
	_, err := w.act(func(a *tracker.Act) error {
		return a.SetVotingDay(tracker.VotingDay{Area: bachLong, Day: civil.Must("2021-05-22"), InForce: true, Confidence: "high"}, civil.Date{})
	}, area.Nation, haiPhong, bachLong)
	require.NoError(t, err)
	w.done(bachLong, "voter_list_posted", "2021-04-11")
	m := w.record(bachLong, "voter_list_changes").Milestone
	require.Equal(t, civil.Must("2021-04-11"), m.NotBefore.Day)
	require.Equal(t, civil.Cutoff{Day: civil.Must("2021-05-21"), Clock: civil.NewClock(7, 0)}, m.Latest)
}

func TestADoubtfulVotingDayIsKeptAndMovesNothing(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	changes, err := w.act(func(a *tracker.Act) error {
		return a.SetVotingDay(tracker.VotingDay{Area: bachLong, Day: civil.Must("2021-05-16"), Confidence: "doubtful"}, civil.Date{})
	}, bachLong)
	require.NoError(t, err)
	require.Len(t, changes, 1)
}

func TestAVotingDayThatIsNoLongerInForceMovesItsAreaBack(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	before := w.record(bachLong, "voting_day").Milestone.Dates
	for _, inForce := range []bool{true, false} {
		_, err := w.act(func(a *tracker.Act) error {
			return a.SetVotingDay(tracker.VotingDay{Area: bachLong, Day: civil.Must("2021-05-22"), InForce: inForce, Confidence: "low"}, civil.Date{})
		}, area.Nation, haiPhong, bachLong)
		require.NoError(t, err)
		require.Equal(t, inForce, w.record(bachLong, "voting_day").Milestone.Dates != before)
	}
	lawful(t, w, w.log())
}

func TestAVotingDayOutsideTheLawfulHoursIsRefused(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	_, err := w.act(func(a *tracker.Act) error {
		return a.SetVotingDay(tracker.VotingDay{Area: bachLong, Day: civil.Must("2021-05-22"), Opens: civil.NewClock(4, 59), InForce: true, Confidence: "high"}, civil.Date{})
	}, area.Nation, haiPhong, bachLong)
	require.Equal(t, "invalid form-refused", faulty(err))
	require.Contains(t, err.Error(), "Article 71")
	require.Len(t, w.log(), 1)
}

func TestAnActWithoutChangesWritesNothing(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	head := w.head()
	changes, err := w.act(func(*tracker.Act) error { return nil }, bacKan)
	require.NoError(t, err)
	require.Empty(t, changes)
	c := w.command(bacKan, "consult1_pc_district", "duty")
	c.Status = tracker.To(tracker.NotStarted)
	out, err := w.UpdateTask(t.Context(), id, actor, c)
	require.NoError(t, err)
	require.Empty(t, out.Changes)
	require.Equal(t, head, w.head())
}

func TestTwoOccurrencesInOneActAreCounted(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	w.clock.set("2021-05-25")
	var made []tracker.MilestoneID
	occur := func(scope string) func(*tracker.Act) error {
		return func(a *tracker.Act) error {
			at, err := a.Occur(tracker.OccurrenceCommand{Area: bacKan, Rule: "re_vote", Scope: scope, Occurred: civil.Must("2021-05-24"), Note: "NQ 5"})
			made = append(made, at)
			return err
		}
	}
	_, err := w.act(func(a *tracker.Act) error {
		if err := occur("khu vực 1")(a); err != nil {
			return err
		}
		return occur("khu vực 2")(a)
	}, bacKan)
	require.NoError(t, err)
	_, err = w.act(occur("khu vực 3"), bacKan)
	require.NoError(t, err)
	for i, at := range made {
		require.Equal(t, i+1, at.Occurrence)
		r, err := w.store.Record(t.Context(), id, at)
		require.NoError(t, err)
		require.Equal(t, "khu vực "+string(rune('1'+i)), r.Milestone.Scope)
		require.Equal(t, civil.Must("2021-06-07"), r.Milestone.Latest.Day)
	}
}

func TestOccurrencesOfTheSameMomentAreCounted(t *testing.T) {
	t.Parallel()
	w := crowded(t)
	w.clock.set("2021-05-25")
	const many = 4
	var together sync.WaitGroup
	var failed [many - 1]error
	numbers := make(chan int, many)
	occur := func(a *tracker.Act) error {
		at, err := a.Occur(tracker.OccurrenceCommand{Area: bacKan, Rule: "re_vote", Occurred: civil.Must("2021-05-24")})
		numbers <- at.Occurrence
		return err
	}
	waiting := func() bool {
		return w.count("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") == many-1
	}
	_, err := w.act(func(a *tracker.Act) error {
		for i := range many - 1 {
			together.Go(func() { _, failed[i] = w.act(occur, bacKan) })
		}
		require.Eventually(t, waiting, 20*time.Second, 5*time.Millisecond, "they wait for this one's locks")
		return occur(a)
	}, bacKan)
	require.NoError(t, err)
	together.Wait()
	require.NoError(t, errors.Join(failed[:]...))
	close(numbers)
	var made []int
	for n := range numbers {
		made = append(made, n)
	}
	require.ElementsMatch(t, []int{1, 2, 3, 4}, made)
}

func TestAnElectionIsMovedFromTheStateThatItIsInNow(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	// Another server, with a frame that it has read before.
	other := &world{t: t, pool: w.pool, store: w.store, opening: w.opening, clock: w.clock}
	other.Service = tracker.NewService(w.store, w.clock.now, zone, nil)
	_, err := other.act(func(*tracker.Act) error { return nil })
	require.NoError(t, err)

	move := func(w *world, s tracker.ElectionState) []tracker.Change {
		_, changes, err := w.Do(t.Context(), id, actor,
			func(*tracker.Frame) tracker.Needs { return tracker.Needs{Election: true} },
			func(a *tracker.Act) error { return a.Move(s, civil.Date{}) })
		require.NoError(t, err)
		return changes
	}
	require.Len(t, move(w, tracker.Closed), 1)
	require.Empty(t, move(w, tracker.Closed), "it is closed")
	require.Empty(t, move(other, tracker.Closed))
	back := move(other, tracker.Running)
	require.Len(t, back, 1)
	require.Equal(t, tracker.Closed, back[0].Before.Election.State)
	require.Len(t, move(w, tracker.Closed), 1)

	_, err = w.act(func(a *tracker.Act) error { return a.Move(tracker.Running, civil.Date{}) })
	require.ErrorContains(t, err, "Needs", "who does not ask for the election would decide on an old state")
}

func TestTheAnswerOfAnActCarriesItsNewRevisions(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	w.clock.pass(time.Hour)
	c := w.command(commune, "voter_list_posted", "office")
	c.Status = tracker.To(tracker.InProgress)
	out, err := w.UpdateTask(t.Context(), id, actor, c)
	require.NoError(t, err)
	require.Equal(t, w.record(commune, "voter_list_posted"), out.Record)
	require.Equal(t, []tracker.Revision{2, 1, 1}, []tracker.Revision{out.Record.Tasks[0].Revision, out.Record.Tasks[1].Revision, out.Record.Tasks[2].Revision})
}
