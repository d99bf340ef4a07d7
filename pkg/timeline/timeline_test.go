package timeline_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/mirror/mirrortest"
	"tiendo/pkg/statute"
	"tiendo/pkg/timeline"
	"tiendo/pkg/tracker"
)

var update = flag.Bool("update", false, "write the golden files anew")

const trialDay = "2021-01-25"

// report reports all tasks of a milestone as done on a day.
func report(t require.TestingT, l *mirrortest.Log, code area.Code, key tracker.MilestoneKey, on string) {
	id := tracker.MilestoneID{Area: code, Key: key}
	_, err := l.Do(func(a *tracker.Act) error {
		r, err := a.Record(id)
		if err != nil {
			return err
		}
		for _, task := range r.Tasks {
			if _, err := a.UpdateTask(tracker.TaskCommand{
				ID: id, Task: task.Key, If: task.Revision,
				Status: tracker.To(tracker.Done), DoneOn: tracker.To(civil.Must(on)),
			}); err != nil {
				return err
			}
		}
		return nil
	})
	require.NoError(t, err)
}

// plan18 is a local plan for its own city and two communes of it, made on 14/1/2021.
func plan18() tracker.Plan {
	line := func(key, title, nature, day string, areas ...area.Code) tracker.PlanLine {
		return tracker.PlanLine{
			Key: tracker.MilestoneKey(key), Title: fault.Text{Vi: title, En: key}, Phase: "direction", Nature: nature,
			Areas: areas, NotBefore: at(day).Day, Latest: at(day).Day,
		}
	}
	conference := line("bk_online_conference", "Hội nghị trực tuyến", "event", "", "058")
	propaganda := line("bk_propaganda", "Tuyên truyền", "period", "2021-01-14", "058")
	propaganda.Latest, propaganda.Silent = civil.Date{}, true
	return tracker.Plan{
		Key: "bac_kan_city_2021", Area: "058", Title: fault.Text{Vi: "Kế hoạch 18-KH/TU", En: "Plan 18-KH/TU"},
		Lines: []tracker.PlanLine{
			conference, propaganda,
			line("bk_plan_18", "Ban hành Kế hoạch 18-KH/TU", "event", "2021-01-14", "058"),
			line("bk_commune_plan", "Xã, phường ban hành kế hoạch", "duty", "2021-01-30", "01834", "01837"),
		},
	}
}

// bacKan is thành phố Bắc Kạn's province and Hải Phòng on the trial day, with
// what had happened.
func bacKan(t require.TestingT, codes ...area.Code) *mirrortest.Log {
	l := mirrortest.Open(t, area.Edition2021().Only("small", codes...))
	l.PassTo(civil.Must(trialDay))
	report(t, l, "VN", "politburo_directive_45", "2020-06-20")
	_, err := l.Do(func(a *tracker.Act) error { return a.AddPlan(plan18(), civil.Must("2021-01-14")) })
	require.NoError(t, err)
	report(t, l, "058", "bk_plan_18", "2021-01-14")
	return l
}

func build(t require.TestingT, v *mirror.View, code area.Code, now string, o timeline.Options) *timeline.Timeline {
	i, ok := v.Frame().List.Index(code)
	require.True(t, ok)
	line, err := timeline.Build(v, i, at(now), o)
	require.NoError(t, err)
	return line
}

func find(t require.TestingT, items []timeline.Item, key tracker.MilestoneKey) timeline.Item {
	k := slices.IndexFunc(items, func(x timeline.Item) bool { return x.ID.Key == key })
	require.GreaterOrEqual(t, k, 0, "no %s", key)
	return items[k]
}

func has(items []timeline.Item, key tracker.MilestoneKey) bool {
	return slices.ContainsFunc(items, func(x timeline.Item) bool { return x.ID.Key == key })
}

// write is a timeline as a page of text.
func write(t *timeline.Timeline) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s, %s, bản %d, hỏi lại sau %d s\n", t.Area.Code, t.Area.Name, t.Day, t.Revision, t.NextRefreshAfter)
	fmt.Fprintf(&b, "%s → %s  %+v\n", t.Span.First, t.Span.Last, t.Counts)
	for _, part := range []struct {
		title string
		items []timeline.Item
	}{{"từ cấp trên", t.Above}, {"của đơn vị", t.Items}} {
		fmt.Fprintf(&b, "\n%s\n", part.title)
		for _, x := range part.items {
			start, _ := x.Milestone.NotBefore.MarshalText()
			end, _ := x.Milestone.Latest.MarshalText()
			days := ""
			if x.HasDaysLeft {
				days = fmt.Sprintf(" (%d)", x.DaysLeft)
			}
			fmt.Fprintf(&b, "  %-18s %-40s %-4s %10s … %-16s %s%s %d/%d\n", x.Origin.Phase, x.ID.Area+"/"+area.Code(x.ID.Name()),
				x.Origin.Binding, start, end, x.Timing, days, x.Milestone.TasksDone, x.Milestone.TasksTotal)
		}
	}
	return b.String()
}

func TestBacKanCityOnTheTrialDay(t *testing.T) {
	t.Parallel()
	v := bacKan(t, "06", "31").View(t)
	got := write(build(t, v, "058", trialDay+"T09:00", timeline.Options{}))
	file := filepath.Join("testdata", "058-"+trialDay+".txt")
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}

func TestTheBandShowsWhatComesFromAbove(t *testing.T) {
	t.Parallel()
	v := bacKan(t, "058", "498").View(t)

	city := build(t, v, "058", trialDay, timeline.Options{})
	require.Equal(t, timeline.DoneOnTime, find(t, city.Above, "politburo_directive_45").Timing)
	require.Equal(t, timeline.Upcoming, find(t, city.Above, "election_day").Timing)
	require.Equal(t, area.Code("06"), find(t, city.Above, "campaign_na").ID.Area, "the nearest place that has it")
	require.Equal(t, timeline.DoneOnTime, find(t, city.Items, "bk_plan_18").Timing)

	commune := build(t, v, "01834", trialDay, timeline.Options{})
	require.True(t, has(commune.Above, "bk_plan_18"), "an event of the city's own plan")
	require.True(t, has(commune.Above, "bk_propaganda"), "a period of the city's own plan")
	require.True(t, has(commune.Items, "bk_commune_plan"), "a duty stands where the plan puts it")
	require.False(t, has(commune.Above, "bk_commune_plan"))

	province := build(t, v, "06", trialDay, timeline.Options{})
	require.False(t, has(province.Above, "campaign_na"), "it has it itself")
	require.True(t, has(province.Items, "campaign_na"))
	require.False(t, has(province.Above, "bk_plan_18"))

	require.Empty(t, build(t, v, area.Nation, trialDay, timeline.Options{}).Above)
}

func TestWhereNobodyVotesOnlyTheBandIsShown(t *testing.T) {
	t.Parallel()
	v := bacKan(t, "058", "498").View(t)
	line := build(t, v, "498", trialDay, timeline.Options{})
	require.Empty(t, line.Items)
	require.True(t, has(line.Above, "election_day"))
	require.Equal(t, timeline.Counts{}, line.Counts)
}

func TestItemsStandInTheOrderOfWork(t *testing.T) {
	t.Parallel()
	v := bacKan(t, "058").View(t)
	line := build(t, v, "058", trialDay, timeline.Options{})
	phases := []int{}
	local := []tracker.MilestoneKey{}
	order := map[int]int{}
	for _, x := range line.Items {
		phases = append(phases, x.Origin.PhaseOrder)
		if x.Origin.Rule == nil {
			local = append(local, x.ID.Key)
			continue
		}
		require.GreaterOrEqual(t, x.Origin.Rule.Order, order[x.Origin.PhaseOrder])
		order[x.Origin.PhaseOrder] = x.Origin.Rule.Order
	}
	require.True(t, slices.IsSorted(phases))
	require.Equal(t, []tracker.MilestoneKey{"bk_propaganda", "bk_plan_18", "bk_online_conference"}, local, "by day, then as the plan has them")
	require.Len(t, line.Phases, len(slices.Compact(slices.Clone(phasesOf(line)))))
}

func phasesOf(t *timeline.Timeline) []int {
	var all []int
	for _, x := range slices.Concat(t.Items, t.Above) {
		all = append(all, x.Origin.PhaseOrder)
	}
	slices.Sort(all)
	return all
}

func TestA35AsOfADayShowsWhatHadHappenedWithTimingsForThatDay(t *testing.T) {
	t.Parallel()
	l := bacKan(t, "058")
	l.PassTo(civil.Must("2021-03-01"))
	report(t, l, "058", "consult1_pc_district", "2021-02-16")
	// The day was wrong, as turned out later.
	l.PassTo(civil.Must("2021-03-05"))
	report(t, l, "058", "consult1_pc_district", "2021-02-09")
	v := l.View(t)
	timing := func(o timeline.Options) timeline.Timing {
		return find(t, build(t, v, "058", "2021-03-06T10:00", o).Items, "consult1_pc_district").Timing
	}
	day := civil.Must

	require.Equal(t, timeline.DoneOnTime, timing(timeline.Options{}))
	require.Equal(t, timeline.DoneOnTime, timing(timeline.Options{AsOf: day("2021-02-10")}), "a later correction of the past shows")
	require.Equal(t, timeline.Upcoming, timing(timeline.Options{AsOf: day("2021-02-08")}))
	known := day("2021-03-04").At(civil.Clock{}, mirrortest.Zone)
	require.Equal(t, timeline.DueSoon, timing(timeline.Options{AsOf: day("2021-02-10"), KnownAt: known}), "the correction was not known")
	require.Equal(t, timeline.DoneOnTime, timing(timeline.Options{AsOf: day("2021-02-16"), KnownAt: known}))
	known = day("2021-02-20").At(civil.Clock{}, mirrortest.Zone)
	require.Equal(t, timeline.Overdue, timing(timeline.Options{KnownAt: known}), "nothing had been reported")

	// It was later still, and then not at all.
	l.PassTo(civil.Must("2021-03-10"))
	report(t, l, "058", "consult1_pc_district", "2021-02-20")
	v = l.View(t)
	require.Equal(t, timeline.DueSoon, timing(timeline.Options{AsOf: day("2021-02-15")}), "the days said before were taken back")
	require.Equal(t, timeline.Overdue, timing(timeline.Options{AsOf: day("2021-02-19")}))
	require.Equal(t, timeline.DoneLate, timing(timeline.Options{AsOf: day("2021-02-20")}))
	require.Equal(t, timeline.DoneOnTime, timing(timeline.Options{AsOf: day("2021-02-15"), KnownAt: day("2021-03-09").At(civil.Clock{}, mirrortest.Zone)}))

	early := build(t, v, "058", "2021-03-06", timeline.Options{AsOf: day("2021-01-13")})
	require.False(t, has(early.Items, "bk_plan_18"), "the plan was made the day after")
	require.Equal(t, day("2021-01-13"), early.Day)
	require.Equal(t, day("2021-03-06"), early.Today)
}

func TestA35_AClosedElectionIsLookedBackAtAsItWasButSilenceStaysSilence(t *testing.T) {
	t.Parallel()
	l := bacKan(t, "058")
	l.PassTo(civil.Must("2021-02-20"))
	report(t, l, "058", "election_committee_district", "2021-02-06")
	l.PassTo(civil.Must("2021-07-01"))
	then := l.Now()
	l.PassTo(civil.Must("2022-01-01"))
	_, err := l.Do(func(a *tracker.Act) error { return a.Move(tracker.Closed, civil.Must("2021-06-30")) })
	require.NoError(t, err)
	v := l.View(t)
	timing := func(key tracker.MilestoneKey, o timeline.Options) timeline.Timing {
		return find(t, build(t, v, "058", "2022-01-01", o).Items, key).Timing
	}
	asOf := func(day string) timeline.Options { return timeline.Options{AsOf: civil.Must(day)} }

	require.Equal(t, timeline.DoneOnTime, timing("election_committee_district", asOf("2021-02-20")))
	require.Equal(t, timeline.DueSoon, timing("election_committee_district", asOf("2021-02-01")))
	require.Equal(t, timeline.DueSoon, timing("consult1_pc_district", asOf("2021-02-12")), "it was due soon then")
	require.Equal(t, timeline.NoRecord, timing("consult1_pc_district", asOf("2021-02-20")), "nobody reported it in the end: that is no lateness")
	require.Equal(t, timeline.NoRecord, timing("consult1_pc_district", timeline.Options{}))
	require.Equal(t, timeline.Running, timing("bk_propaganda", asOf("2021-06-29")), "a bar without an end ran until it was closed")
	require.Equal(t, timeline.Over, timing("bk_propaganda", asOf("2021-06-30")))
	// Before it was known to be closed, it was late.
	require.Equal(t, timeline.Overdue, timing("consult1_pc_district", timeline.Options{KnownAt: then}))
	for _, x := range build(t, v, "058", "2022-01-01", asOf("2021-03-20")).Items {
		require.NotContains(t, []timeline.Timing{timeline.Overdue, timeline.BehindPlan}, x.Timing, x.ID.Key)
	}
}

func TestCountsAreOfWhatIsOwedByTheAreaItself(t *testing.T) {
	t.Parallel()
	l := bacKan(t, "058")
	before := build(t, l.View(t), "058", "2021-02-12", timeline.Options{}).Counts
	require.Equal(t, timeline.Counts{Total: 25, Done: 1, Overdue: 2, DueSoon: 1}, before)

	_, err := l.Do(func(a *tracker.Act) error {
		id := tracker.MilestoneID{Area: "058", Key: "consult1_pc_district"}
		r, err := a.Record(id)
		if err != nil {
			return err
		}
		_, err = a.UpdateTask(tracker.TaskCommand{
			ID: id, Task: r.Tasks[0].Key, If: r.Tasks[0].Revision,
			Status: tracker.To(tracker.NotApplicable), Reason: tracker.To("không tổ chức"),
		})
		return err
	})
	require.NoError(t, err)
	after := build(t, l.View(t), "058", "2021-02-12", timeline.Options{}).Counts
	require.Equal(t, timeline.Counts{Total: 24, Done: 1, Overdue: 2}, after, "what is set aside is not owed")
}

func TestNextRefreshIsSoonerNearADeadlineAndLateInAClosedElection(t *testing.T) {
	t.Parallel()
	l := bacKan(t, "058")
	v := l.View(t)
	after := func(v *mirror.View, now string, o timeline.Options) int {
		return build(t, v, "058", now, o).NextRefreshAfter
	}
	require.Equal(t, timeline.RefreshUsually, after(v, "2021-01-02T09:00", timeline.Options{}))
	require.Equal(t, timeline.RefreshNearDeadline, after(v, "2021-02-17T00:00", timeline.Options{}), "the first consultation ends that night")
	require.Equal(t, timeline.RefreshUsually, after(v, "2021-03-06", timeline.Options{AsOf: civil.Must("2021-02-17")}))

	_, err := l.Do(func(a *tracker.Act) error { return a.Move(tracker.Closed, civil.Date{}) })
	require.NoError(t, err)
	require.Equal(t, timeline.RefreshClosed, after(l.View(t), "2021-02-17T00:00", timeline.Options{}))
}

func TestA3TheRevisionMovesWithWhatIsShownAndNothingElse(t *testing.T) {
	t.Parallel()
	l := bacKan(t, "058", "31")
	revisions := func() map[area.Code]tracker.Revision {
		v := l.View(t)
		all := map[area.Code]tracker.Revision{}
		for i := range v.Frame().List.Len() {
			all[v.Frame().List.At(i).Code] = timeline.Revision(v, i)
		}
		return all
	}
	moved := func(do func()) []area.Code {
		before := revisions()
		do()
		var all []area.Code
		for code, r := range revisions() {
			require.GreaterOrEqual(t, r, before[code])
			if r != before[code] {
				all = append(all, code)
			}
		}
		slices.Sort(all)
		return all
	}
	require.Equal(t, []area.Code{"058"}, moved(func() { report(t, l, "058", "consult1_pc_district", trialDay) }))
	below := l.View(t).Frame().List.Len()
	require.Len(t, moved(func() { report(t, l, "VN", "announce_election_day", trialDay) }), below, "all show it")
	require.Equal(t, []area.Code{"058", "06"}, slices.DeleteFunc(moved(func() {
		_, err := l.Do(func(a *tracker.Act) error {
			return a.SetVotingDay(tracker.VotingDay{Area: "06", Day: civil.Must("2021-05-22"), Confidence: "doubtful"}, civil.Must(trialDay))
		})
		require.NoError(t, err)
	}), func(code area.Code) bool { return len(code) == 5 }), "a doubtful voting day moves no date, and is shown in its branch")
	require.Empty(t, moved(func() {
		_, err := l.Do(func(a *tracker.Act) error { return a.AddBody(tracker.Body{Key: "b", Kind: "front", Area: "058"}) })
		require.NoError(t, err)
	}))
	require.Len(t, moved(func() {
		_, err := l.Do(func(a *tracker.Act) error { return a.Move(tracker.Closed, civil.Date{}) })
		require.NoError(t, err)
	}), below)
}

func TestWhyExplainsTheStoredDates(t *testing.T) {
	t.Parallel()
	v := bacKan(t, "058").View(t)
	i, _ := v.Frame().List.Index("058")
	m, ok := v.Milestone(i, "consult1_pc_district", 0)
	require.True(t, ok)
	why, err := timeline.Why(v, i, &tracker.Milestone{ID: tracker.MilestoneID{Key: "consult1_pc_district"}, Dates: m.Dates})
	require.NoError(t, err)
	require.Equal(t, m.Latest, why.End.Date)
	require.Contains(t, why.End.Sentence.Vi, "23/05/2021 − 95 ngày = 17/02/2021")

	_, err = timeline.Why(v, i, &tracker.Milestone{ID: tracker.MilestoneID{Key: "bk_plan_18"}})
	require.True(t, fault.Is(err, "no-law"))
	_, err = timeline.Why(v, i, &tracker.Milestone{ID: tracker.MilestoneID{Key: "no_such_rule"}})
	require.True(t, fault.Is(err, "rule-not-found"))
}

func TestA1_WhyOnlyChangesWithTheMilestoneItself(t *testing.T) {
	t.Parallel()
	l := bacKan(t, "058")
	l.PassTo(civil.Must("2021-03-20"))
	report(t, l, "058", "consult2_pc_district", "2021-03-10")
	report(t, l, "058", "workplace_minutes_to_front_pc", "2021-03-12")
	why := func() (statute.Explanation, tracker.Revision) {
		v := l.View(t)
		i, _ := v.Frame().List.Index("058")
		m, ok := v.Milestone(i, "workplace_minutes_to_front_pc", 0)
		require.True(t, ok)
		e, err := timeline.Why(v, i, &tracker.Milestone{ID: tracker.MilestoneID{Key: "workplace_minutes_to_front_pc"}, Dates: m.Dates})
		require.NoError(t, err)
		return e, m.Revision
	}
	before, revision := why()
	require.Equal(t, statute.BasisDone, before.End.Basis)
	require.Contains(t, before.End.Sentence.Vi, "10/03/2021")

	report(t, l, "058", "consult2_pc_district", "2021-03-15") // corrected, while what hangs on it is closed
	after, same := why()
	require.Equal(t, revision, same)
	require.Equal(t, before, after, "a strong tag stands for one text")
}

func TestBuildingIsPureAndCountsWhatItShows(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := mirrortest.Open(t, mirrortest.Places())
		for n := range rapid.IntRange(0, 20).Draw(t, "acts") {
			l.Pass(time.Duration(rapid.IntRange(1, 300).Draw(t, "hours")) * time.Hour)
			today := civil.Of(l.Now(), mirrortest.Zone)
			// What may not be done changes nothing.
			_, _ = l.Do(mirrortest.Act(t, l.Frame(), today, l.Records(), n))
		}
		v := l.View(t)
		i := rapid.IntRange(0, v.Frame().List.Len()-1).Draw(t, "area")
		now := civil.Now(l.Now(), mirrortest.Zone)
		o := timeline.Options{}
		if rapid.Bool().Draw(t, "as of") {
			o.AsOf = now.Day.Add(-rapid.IntRange(0, 60).Draw(t, "days ago"))
		}
		line, err := timeline.Build(v, i, now, o)
		require.NoError(t, err)
		again, err := timeline.Build(v, i, now, o)
		require.NoError(t, err)
		require.Equal(t, line, again)

		c := line.Counts
		require.LessOrEqual(t, c.Done+c.Overdue+c.BehindPlan+c.DueSoon, c.Total)
		require.LessOrEqual(t, line.Revision, v.Revision())
		for _, x := range slices.Concat(line.Items, line.Above) {
			for _, d := range []civil.Date{x.Milestone.NotBefore.Day, x.Milestone.Latest.Day, x.Milestone.Planned} {
				require.True(t, d.IsZero() || line.Span.Contains(d))
			}
			require.NotZero(t, x.Timing)
		}
		own := map[mirror.Ref]bool{}
		for _, x := range line.Items {
			own[x.Milestone.Ref] = true
			require.Equal(t, line.Area.Code, x.ID.Area)
		}
		for _, x := range line.Above {
			require.False(t, own[x.Milestone.Ref], "nothing is shown twice")
		}
	})
}

func BenchmarkBuild(b *testing.B) {
	v := bacKan(b, "06").View(b)
	i, _ := v.Frame().List.Index("01834")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := timeline.Build(v, i, at(trialDay), timeline.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBuildAsOf(b *testing.B) {
	v := bacKan(b, "06").View(b)
	i, _ := v.Frame().List.Index("01834")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := timeline.Build(v, i, at(trialDay), timeline.Options{AsOf: civil.Must("2021-01-20")}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRevision(b *testing.B) {
	v := bacKan(b, "06").View(b)
	i, _ := v.Frame().List.Index("01834")
	b.ReportAllocs()
	for b.Loop() {
		timeline.Revision(v, i)
	}
}
