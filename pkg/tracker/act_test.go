package tracker_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/statute"
	"tiendo/pkg/tracker"
)

var (
	zone   = time.FixedZone("+07", 7*3600)
	noon   = time.Date(2021, 3, 1, 12, 0, 0, 0, zone)
	today  = civil.Must("2021-03-01")
	local  = tracker.Actor{ID: "local", Name: "test"}
	places = []area.Code{"058", "31", "498"}
)

// opened is the election of 2021 in a few places, with nothing done.
func opened(t *testing.T) (*tracker.Opening, tracker.Ledger) {
	t.Helper()
	book, err := statute.Load("2015")
	require.NoError(t, err)
	list := area.Edition2021().Only("small", places...)
	o, err := tracker.NewOpening(
		tracker.Election{ID: "2021", Day: civil.Must("2021-05-23"), Rulebook: "2015", State: tracker.Running}, book, list,
		[]tracker.Exception{{Area: "498"}}, nil)
	require.NoError(t, err)
	all := tracker.Ledger{}
	require.NoError(t, o.Records(func(r tracker.Record) error { all.Put(r); return nil }))
	return o, all
}

// begin is an act that sees everything.
func begin(o *tracker.Opening, l tracker.Ledger) *tracker.Act {
	found := tracker.Found{}
	for _, r := range l {
		found.Records = append(found.Records, *r)
	}
	return tracker.Begin(o.Frame, local, noon, zone, found)
}

func id(code area.Code, key tracker.MilestoneKey) tracker.MilestoneID {
	return tracker.MilestoneID{Area: code, Key: key}
}

func done(code area.Code, key tracker.MilestoneKey, day string) tracker.TaskCommand {
	return tracker.TaskCommand{
		ID: id(code, key), Task: "duty", If: 1, Status: tracker.To(tracker.Done), DoneOn: tracker.To(civil.Must(day)),
	}
}

func TestAReportThatCannotBeTrueIsRefusedAndSaysHowToPutItRight(t *testing.T) {
	t.Parallel()
	o, l := opened(t)
	base := func(change func(*tracker.TaskCommand)) tracker.TaskCommand {
		c := done("058", "consult1_pc_district", "2021-02-16")
		change(&c)
		return c
	}
	for name, c := range map[string]struct {
		command tracker.TaskCommand
		code    string
	}{
		"done without a day": {base(func(c *tracker.TaskCommand) { c.DoneOn = tracker.Set[civil.Date]{} }), "done-day-missing"},
		"done tomorrow":      {base(func(c *tracker.TaskCommand) { c.DoneOn = tracker.To(today.Add(1)) }), "done-in-the-future"},
		"two days": {base(func(c *tracker.TaskCommand) {
			c.DoneBy = tracker.To(today)
		}), "two-done-days"},
		"a day without done": {base(func(c *tracker.TaskCommand) { c.Status = tracker.To(tracker.InProgress) }), "done-day-without-done"},
		"blocked without a reason": {base(func(c *tracker.TaskCommand) {
			c.Status, c.DoneOn, c.Reason = tracker.To(tracker.Blocked), tracker.Set[civil.Date]{}, tracker.To(" \n")
		}), "reason-missing"},
		"not applicable without a reason": {base(func(c *tracker.TaskCommand) {
			c.Status, c.DoneOn = tracker.To(tracker.NotApplicable), tracker.Set[civil.Date]{}
		}), "reason-missing"},
		"evidence on something not done": {base(func(c *tracker.TaskCommand) {
			c.Status, c.DoneOn, c.Number = tracker.To(tracker.InProgress), tracker.Set[civil.Date]{}, tracker.To("12/QĐ-UBND")
		}), "evidence-without-done"},
		"evidence of tomorrow":  {base(func(c *tracker.TaskCommand) { c.On = tracker.To(today.Add(1)) }), "evidence-in-the-future"},
		"a link that is no web": {base(func(c *tracker.TaskCommand) { c.Link = tracker.To("javascript:alert(1)") }), "link-not-web"},
		"a number too long": {base(func(c *tracker.TaskCommand) {
			c.Number = tracker.To(string(make([]rune, 101)))
		}), "text-too-long"},
		"control characters": {base(func(c *tracker.TaskCommand) { c.Number = tracker.To("a\x00b") }), "text-not-plain"},
		"cancelled by hand": {base(func(c *tracker.TaskCommand) {
			c.Status, c.DoneOn = tracker.To(tracker.Cancelled), tracker.Set[civil.Date]{}
		}), "task-cancelled"},
		"happened tomorrow":       {base(func(c *tracker.TaskCommand) { c.Happened = today.Add(1) }), "happened-in-the-future"},
		"a task that is not":      {base(func(c *tracker.TaskCommand) { c.Task = "nothing" }), "task-not-found"},
		"a milestone that is not": {base(func(c *tracker.TaskCommand) { c.ID.Key = "nothing" }), "milestone-not-found"},
		"a place that is not":     {base(func(c *tracker.TaskCommand) { c.ID.Area = "999" }), "area-not-found"},
		"an older revision":       {base(func(c *tracker.TaskCommand) { c.If = 7 }), "stale-revision"},
	} {
		act := begin(o, l)
		_, err := act.UpdateTask(c.command)
		require.Error(t, err, name)
		require.True(t, fault.Is(err, c.code), "%s: %v", name, err)
		f, _ := fault.As(err)
		require.NotEmpty(t, f.Text.Vi, name)
		require.NotEmpty(t, f.Text.En, name)
		require.Empty(t, act.Changes(), "%s: nothing is written", name)
	}
}

func TestAllThatIsWrongIsSaidAtOnce(t *testing.T) {
	t.Parallel()
	o, l := opened(t)
	c := done("058", "consult1_pc_district", "2021-03-05")
	c.Link, c.On = tracker.To("ftp://x"), tracker.To(today.Add(3))
	_, err := begin(o, l).UpdateTask(c)
	f, ok := fault.As(err)
	require.True(t, ok)
	var pointers []string
	for _, field := range f.Fields {
		pointers = append(pointers, field.Pointer)
	}
	require.Equal(t, []string{"/done_on", "/evidence/issued_on", "/evidence/link"}, pointers)
}

func TestDoneBeforeItMayBeginIsAcceptedWithAWarningThatNamesTheArticle(t *testing.T) {
	t.Parallel()
	o, l := opened(t)
	c := tracker.TaskCommand{
		ID: id("31", "na_constituency_draft"), Task: "duty", If: 1,
		Status: tracker.To(tracker.Done), DoneOn: tracker.To(civil.Must("2021-02-20")),
	}
	act := begin(o, l)
	warnings, err := act.UpdateTask(c)
	require.NoError(t, err)
	require.Len(t, warnings, 1)
	require.Equal(t, "done-before-start", warnings[0].Code)
	require.Contains(t, warnings[0].Text.Vi, "22/02/2021")
	require.Contains(t, warnings[0].Text.Vi, "42/KH-HĐBCQG")
	require.Len(t, act.Changes(), 1)
}

func TestTheSameReportAgainChangesNothing(t *testing.T) {
	t.Parallel()
	o, l := opened(t)
	act := begin(o, l)
	_, err := act.UpdateTask(done("058", "consult1_pc_district", "2021-02-16"))
	require.NoError(t, err)
	again := done("058", "consult1_pc_district", "2021-02-16")
	again.If = 0 // within one act revisions are not given yet
	_, err = act.UpdateTask(again)
	require.NoError(t, err)
	require.Len(t, act.Changes(), 1)
}

func TestLeavingAStateLeavesWhatBelongedToItBehind(t *testing.T) {
	t.Parallel()
	o, l := opened(t)
	act := begin(o, l)
	c := done("058", "consult1_pc_district", "2021-02-16")
	c.Number, c.Link = tracker.To("15/BB-MTTQ"), tracker.To("https://example.org/15")
	_, err := act.UpdateTask(c)
	require.NoError(t, err)
	_, err = act.UpdateTask(tracker.TaskCommand{
		ID: c.ID, Task: "duty", Status: tracker.To(tracker.Blocked), Reason: tracker.To("chờ biên bản"),
	})
	require.NoError(t, err)
	r, err := act.Record(c.ID)
	require.NoError(t, err)
	require.Equal(t, tracker.Evidence{}, r.Tasks[0].Evidence)
	require.True(t, r.Tasks[0].DoneOn.IsZero())
	require.Equal(t, tracker.Blocked, r.Milestone.Work)
	require.Equal(t, tracker.Unreported, r.Milestone.Standing)
	_, err = act.UpdateTask(tracker.TaskCommand{ID: c.ID, Task: "duty", Status: tracker.To(tracker.InProgress)})
	require.NoError(t, err)
	r, _ = act.Record(c.ID)
	require.Empty(t, r.Tasks[0].Reason)
	last := act.Changes()[1]
	require.Equal(t, "15/BB-MTTQ", last.Before.Task.Number, "the history keeps it")
}

func TestA34_WhatHangsOnADoneDayMovesWithItAndComesBack(t *testing.T) {
	t.Parallel()
	o, l := opened(t)
	act := begin(o, l)
	ward := area.Code("01840")
	list, right := id(ward, "voter_list_posted"), id(ward, "voter_list_complaint")
	before, err := act.Record(right)
	require.NoError(t, err)
	require.Equal(t, civil.Must("2021-04-13"), before.Milestone.NotBefore.Day)
	steps := []tracker.TaskKey{}
	r, _ := act.Record(list)
	for _, task := range r.Tasks {
		steps = append(steps, task.Key)
	}
	for _, key := range steps {
		_, err := act.UpdateTask(tracker.TaskCommand{ID: list, Task: key, If: 1, Status: tracker.To(tracker.Done), DoneOn: tracker.To(civil.Must("2021-02-25"))})
		require.NoError(t, err)
	}
	after, err := act.Record(right)
	require.NoError(t, err)
	require.Equal(t, civil.Must("2021-02-25"), after.Milestone.NotBefore.Day)
	require.Equal(t, civil.Must("2021-03-27"), after.Milestone.Latest.Day)
	moves := 0
	for _, c := range act.Changes() {
		if c.Kind == tracker.MilestoneMoved {
			moves++
			require.Equal(t, civil.Must("2021-02-25"), c.Happened, "on the day of what moved it")
		}
	}
	require.Equal(t, 3, moves, "complaint, certificate, changes; nothing else hangs on the posting")
	_, err = act.UpdateTask(tracker.TaskCommand{ID: list, Task: steps[0], Status: tracker.To(tracker.NotStarted)})
	require.NoError(t, err)
	back, _ := act.Record(right)
	require.Equal(t, before.Milestone.Dates, back.Milestone.Dates)
}

func TestAPlannedDayStaysWithinTheLawAndTheRefusalNamesTheArticle(t *testing.T) {
	t.Parallel()
	o, l := opened(t)
	plan := func(key tracker.MilestoneKey, day string) error {
		return begin(o, l).Plan(tracker.PlanCommand{ID: id("31", key), If: 1, Planned: civil.Must(day)})
	}
	require.NoError(t, plan("pc_constituencies_province", "2021-03-04"))
	err := plan("pc_constituencies_province", "2021-03-05")
	require.True(t, fault.Is(err, "planned-too-late"), "%v", err)
	f, _ := fault.As(err)
	require.Contains(t, f.Text.Vi, "khoản 3 Điều 10 Luật 85/2015/QH13")
	require.Contains(t, f.Text.En, "Article 10(3) of Law 85/2015/QH13")
	require.True(t, fault.Is(plan("candidacy_window_pc_province", "2021-02-21"), "planned-too-early"))
	require.NoError(t, plan("candidacy_window_pc_province", "2021-02-22"))
}

func TestNoDayIsPlannedWhereThereIsNoWork(t *testing.T) {
	t.Parallel()
	o, l := opened(t)
	act := begin(o, l)
	require.NoError(t, act.AddPlan(tracker.Plan{Key: "p", Area: "058", Lines: []tracker.PlanLine{
		{Key: "bk_security", Nature: "period", Phase: "direction", Areas: []area.Code{"058"}},
	}}, today))
	for _, m := range []tracker.MilestoneID{id("058", "bk_security"), id("31", "campaign_pc"), id("VN", "complaints_freeze")} {
		r, err := act.Record(m)
		require.NoError(t, err)
		err = act.Plan(tracker.PlanCommand{ID: m, If: r.Milestone.Revision, Planned: civil.Must("2021-05-10")})
		require.True(t, fault.Is(err, "plan-without-work"), "%s: %v", m.Key, err)
		f, _ := fault.As(err)
		require.Equal(t, fault.Invalid, f.Kind)
		require.Equal(t, "/planned_on", f.Fields[0].Pointer)
		require.NoError(t, act.Plan(tracker.PlanCommand{ID: m, If: r.Milestone.Revision}), "clearing what is not there is no fault")
	}
}

func TestWhatIsEnteredIsHeldToClosedListsAndPlainKeys(t *testing.T) {
	t.Parallel()
	o, l := opened(t)
	plan := func(change func(*tracker.Plan)) func(*tracker.Act) error {
		p := tracker.Plan{Key: "p", Area: "058", Lines: []tracker.PlanLine{{
			Key: "l", Nature: "duty", Phase: "direction", Areas: []area.Code{"058"},
			Responsible: []tracker.Responsible{{Body: "front", Level: "own"}}, Steps: []tracker.PlanStep{{Key: "one"}},
		}}}
		change(&p)
		return func(a *tracker.Act) error { return a.AddPlan(p, today) }
	}
	task := func(key tracker.TaskKey) func(*tracker.Act) error {
		return func(a *tracker.Act) error {
			return a.AddTask(id("058", "consult1_pc_district"), tracker.Task{Key: key}, today)
		}
	}
	long := strings.Repeat("k", 81)
	for name, c := range map[string]struct {
		do            func(*tracker.Act) error
		code, pointer string
	}{
		"a plan as it should be":       {plan(func(*tracker.Plan) {}), "", ""},
		"a plan's key":                 {plan(func(p *tracker.Plan) { p.Key = "KH 18" }), "key-not-plain", "/key"},
		"a line's key":                 {plan(func(p *tracker.Plan) { p.Lines[0].Key = `a","x":"` }), "key-not-plain", "/lines/0/key"},
		"a line's long key":            {plan(func(p *tracker.Plan) { p.Lines[0].Key = tracker.MilestoneKey(long) }), "key-not-plain", "/lines/0/key"},
		"a step's key":                 {plan(func(p *tracker.Plan) { p.Lines[0].Steps[0].Key = "" }), "key-not-plain", "/lines/0/steps/0/key"},
		"a nature":                     {plan(func(p *tracker.Plan) { p.Lines[0].Nature = "wish" }), "unknown-nature", "/lines/0/nature"},
		"a phase":                      {plan(func(p *tracker.Plan) { p.Lines[0].Phase = "later" }), "unknown-phase", "/lines/0/phase"},
		"who is responsible":           {plan(func(p *tracker.Plan) { p.Lines[0].Responsible[0].Body = "club" }), "unknown-body", "/lines/0/responsible/0/body"},
		"a task's key as it should be": {task(tracker.TaskKey(long[1:])), "", ""},
		"a task's key":                 {task("Việc"), "key-not-plain", "/key"},
		"a body's kind": {func(a *tracker.Act) error {
			return a.AddBody(tracker.Body{Key: "b", Kind: "club", Area: "058"})
		}, "unknown-body", "/kind"},
		"how sure a voting day is": {func(a *tracker.Act) error {
			return a.SetVotingDay(tracker.VotingDay{Area: "318", Day: today, Confidence: "somewhat"}, today)
		}, "unknown-confidence", "/confidence"},
	} {
		act := begin(o, l)
		err := c.do(act)
		if c.code == "" {
			require.NoError(t, err, name)
			continue
		}
		require.True(t, fault.Is(err, c.code), "%s: %v", name, err)
		f, _ := fault.As(err)
		require.Equal(t, fault.Invalid, f.Kind, name)
		require.Equal(t, c.pointer, f.Fields[0].Pointer, name)
		require.Empty(t, act.Changes(), name)
	}
}

func TestA32_AnOwnVotingDayMovesOnlyWhatIsCountedFromIt(t *testing.T) {
	t.Parallel()
	o, l := opened(t)
	act := begin(o, l)
	require.NoError(t, act.SetVotingDay(tracker.VotingDay{
		Area: "318", Day: civil.Must("2021-05-22"), Opens: civil.NewClock(7, 0), InForce: true, Confidence: "high",
	}, today))
	moved := map[tracker.MilestoneKey]bool{}
	for _, c := range act.Changes() {
		if c.Kind == tracker.MilestoneMoved {
			require.Equal(t, area.Code("318"), c.Milestone.Area, "its neighbours keep theirs")
			moved[c.Milestone.Key] = true
		}
	}
	require.Equal(t, map[tracker.MilestoneKey]bool{
		"voter_list_changes": true, "campaign_pc": true, "voter_notice": true, "voting_day": true, "counting": true,
	}, moved)
	doubtful := begin(o, l)
	require.NoError(t, doubtful.SetVotingDay(tracker.VotingDay{Area: "318", Day: civil.Must("2021-05-16"), Confidence: "doubtful"}, today))
	require.Len(t, doubtful.Changes(), 1, "what is doubtful is shown and moves nothing")
}

func TestNothingIsDueWhereNobodyVotes(t *testing.T) {
	t.Parallel()
	_, l := opened(t)
	for id := range l {
		require.NotEqual(t, area.Code("498"), id.Area)
	}
	require.NotNil(t, l[id("058", "consult1_pc_district")])
}

func TestTheDoneDayIsKnownExactlyWhenTheLatestOfTheTasksIs(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 5).Draw(t, "n")
		tasks := make([]tracker.Task, n)
		var latest civil.Date
		exact := false
		for i := range tasks {
			day := today.Add(-rapid.IntRange(0, 6).Draw(t, "ago"))
			known := rapid.Bool().Draw(t, "known")
			tasks[i] = tracker.Task{Status: tracker.Done, DoneBy: day}
			if known {
				tasks[i] = tracker.Task{Status: tracker.Done, DoneOn: day}
			}
			if day.After(latest) {
				latest, exact = day, false
			}
			exact = exact || (day == latest && known)
		}
		p := tracker.Derive(tasks)
		require.Equal(t, tracker.Done, p.Work)
		require.Equal(t, exact, p.DoneOn == latest)
		require.Equal(t, !exact, p.DoneBy == latest)
		require.True(t, p.DoneOn.IsZero() || p.DoneBy.IsZero())
	})
}

func TestAMilestonesWorkFollowsFromItsTasks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tasks []tracker.Work
		want  tracker.Work
	}{
		{nil, tracker.NotStarted},
		{[]tracker.Work{tracker.NotApplicable, tracker.NotApplicable}, tracker.NotApplicable},
		{[]tracker.Work{tracker.Done, tracker.NotApplicable}, tracker.Done},
		{[]tracker.Work{tracker.Done, tracker.Blocked}, tracker.Blocked},
		{[]tracker.Work{tracker.Done, tracker.NotStarted}, tracker.InProgress},
		{[]tracker.Work{tracker.InProgress, tracker.NotStarted}, tracker.InProgress},
		{[]tracker.Work{tracker.NotApplicable, tracker.NotStarted}, tracker.NotStarted},
		{[]tracker.Work{tracker.Cancelled, tracker.Cancelled}, tracker.Cancelled},
		{[]tracker.Work{tracker.Cancelled, tracker.Done}, tracker.Done},
	} {
		tasks := make([]tracker.Task, len(c.tasks))
		for i, w := range c.tasks {
			tasks[i] = tracker.Task{Status: w}
			if w == tracker.Done {
				tasks[i].DoneOn = today
			}
		}
		require.Equal(t, c.want, tracker.Derive(tasks).Work, "%v", c.tasks)
	}
}

func TestNamesOfMilestonesInAddresses(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"consult1_pc_district", "annul_and_re_vote.1", "re_vote.12"} {
		got, err := tracker.ParseName("058", name)
		require.NoError(t, err)
		require.Equal(t, name, got.Name())
	}
	for _, name := range []string{"", "A", "x.0", "x.01", "x.", "../x", "x y", "x'--", "x.1000"} {
		_, err := tracker.ParseName("058", name)
		require.Equal(t, fault.NotFound, fault.KindOf(err), "%q", name)
	}
}

func TestTheChainIsBrokenByAnyChangeOfAnEntry(t *testing.T) {
	t.Parallel()
	o, l := opened(t)
	act := begin(o, l)
	_, err := act.UpdateTask(done("058", "consult1_pc_district", "2021-02-16"))
	require.NoError(t, err)
	c := act.Changes()[0]
	head := tracker.Head{Revision: 41, Recorded: noon.Add(time.Hour)}
	require.NoError(t, c.Seal(head))
	require.Equal(t, tracker.Revision(42), c.Revision)
	require.Equal(t, head.Recorded.UTC(), c.Recorded.UTC(), "recorded time never goes back")
	was, is := c.Stored()
	again := c
	require.NoError(t, again.Read(was, is))
	require.Equal(t, c, again, "what is read back is what was written")
	for name, bend := range map[string]func(*tracker.Change){
		"actor":  func(c *tracker.Change) { c.Actor.Name = "someone else" },
		"day":    func(c *tracker.Change) { c.Happened = c.Happened.Add(-1) },
		"reason": func(c *tracker.Change) { c.Reason = "x" },
		"before": func(c *tracker.Change) { require.NoError(t, c.Read([]byte(`{}`), is)) },
		"after": func(c *tracker.Change) {
			require.NoError(t, c.Read(was, bytes.Replace(is, []byte("02-16"), []byte("02-15"), 1)))
		},
		"a key":    func(c *tracker.Change) { require.NoError(t, c.Read(was, append([]byte(`{"by":"x",`), is[1:]...))) },
		"revision": func(c *tracker.Change) { c.Revision++ },
		"recorded": func(c *tracker.Change) { c.Recorded = c.Recorded.Add(time.Microsecond) },
	} {
		bent := c
		bend(&bent)
		require.NotEqual(t, c.Hash, bent.Digest(head.Hash), name)
	}
	require.NotEqual(t, c.Hash, c.Digest([32]byte{1}), "the entry before belongs to it")
}
