package timeline_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/statute"
	"tiendo/pkg/timeline"
	"tiendo/pkg/tracker"
)

// at reads "2021-02-07" or "2021-02-07T17:00"; a bare day is its midnight as a
// moment, and the whole day as an end.
func at(s string) civil.Cutoff {
	var c civil.Cutoff
	if err := c.UnmarshalText([]byte(s)); err != nil {
		panic(err)
	}
	return c
}

// duty is one of the law with a limit, in a running election.
func duty(latest string) timeline.Case {
	return timeline.Case{Nature: statute.Duty, Latest: at(latest), Election: tracker.Running}
}

func with(c timeline.Case, change func(*timeline.Case)) timeline.Case {
	change(&c)
	return c
}

func done(on, by string) tracker.Progress {
	return tracker.Progress{Work: tracker.Done, DoneOn: at(on).Day, DoneBy: at(by).Day}
}

func TestA30OverdueStartsAtMidnightAfterTheDayOrAtTheCutOff(t *testing.T) {
	t.Parallel()
	day, hour := duty("2021-02-07"), duty("2021-03-14T17:00")
	require.Equal(t, timeline.DueSoon, day.At(at("2021-02-07T23:59")))
	require.Equal(t, timeline.Overdue, day.At(at("2021-02-08T00:00")))
	require.Equal(t, timeline.DueSoon, hour.At(at("2021-03-14T16:59")))
	require.Equal(t, timeline.Overdue, hour.At(at("2021-03-14T17:00")))
}

func TestTimingOfWhatHasToBeDone(t *testing.T) {
	t.Parallel()
	base := duty("2021-02-17")
	window := with(base, func(c *timeline.Case) { c.NotBefore = at("2021-02-03") })
	undated := with(base, func(c *timeline.Case) { c.Latest = civil.Cutoff{} })
	local := func(c *timeline.Case) { c.Local = true }
	silent := func(c *timeline.Case) { c.Silent = true }
	closed := func(c *timeline.Case) { c.Election = tracker.Closed }
	planned := func(day string) func(*timeline.Case) {
		return func(c *timeline.Case) { c.Planned = at(day).Day }
	}
	doing := func(c *timeline.Case) { c.Work = tracker.InProgress }
	finished := func(on, by string) func(*timeline.Case) {
		return func(c *timeline.Case) { c.Progress = done(on, by) }
	}
	for _, x := range []struct {
		name string
		c    timeline.Case
		now  string
		want timeline.Timing
	}{
		{"more than a week left", base, "2021-02-09", timeline.Upcoming},
		{"a week left", base, "2021-02-10", timeline.DueSoon},
		{"its window is open", window, "2021-02-03", timeline.Running},
		{"its window is not open", window, "2021-02-02T23:59", timeline.Upcoming},
		{"somebody has begun", with(base, doing), "2021-01-25", timeline.Running},
		{"past the law's limit", base, "2021-02-18", timeline.Overdue},
		{"begun, past the law's limit", with(base, doing), "2021-02-18", timeline.Overdue},
		{"past a local plan's limit", with(base, local), "2021-02-18", timeline.BehindPlan},
		{"past its own planned day", with(base, planned("2021-02-12")), "2021-02-13", timeline.BehindPlan},
		{"on its own planned day", with(base, planned("2021-02-12")), "2021-02-12T23:59", timeline.DueSoon},
		{"past both", with(base, planned("2021-02-12")), "2021-02-18", timeline.Overdue},
		{"no day at all", undated, "2021-02-18", timeline.Undated},
		{"no day, begun", with(undated, doing), "2021-02-18", timeline.Running},
		{"no day but a plan", with(undated, planned("2021-03-30")), "2021-02-18", timeline.Upcoming},
		{"no day but a plan, soon", with(undated, planned("2021-02-20")), "2021-02-18", timeline.DueSoon},
		{"no day but a plan, past", with(undated, planned("2021-02-17")), "2021-02-18", timeline.BehindPlan},
		{"done on the limit", with(base, finished("2021-02-17", "")), "2021-06-01", timeline.DoneOnTime},
		{"done a day late", with(base, finished("2021-02-18", "")), "2021-06-01", timeline.DoneLate},
		{"done on the day of a cut-off", with(duty("2021-03-14T17:00"), finished("2021-03-14", "")), "2021-06-01", timeline.DoneOnTime},
		{"done by the limit, day unknown", with(base, finished("", "2021-02-17")), "2021-06-01", timeline.DoneOnTime},
		{"done some day up to after the limit", with(base, finished("", "2021-02-18")), "2021-06-01", timeline.Done},
		{"done without a limit", with(undated, finished("", "2021-02-18")), "2021-06-01", timeline.DoneOnTime},
		{"set aside", with(base, func(c *timeline.Case) { c.Work = tracker.NotApplicable }), "2021-06-01", timeline.SetAside},
		{"cancelled", with(base, func(c *timeline.Case) { c.Work = tracker.Cancelled }), "2021-06-01", timeline.SetAside},
		{"the record is silent, past", with(base, silent), "2021-02-18", timeline.NoRecord},
		{"the record is silent, not past", with(base, silent), "2021-02-09", timeline.Upcoming},
		{"the record is silent, no day", with(undated, silent), "2021-02-09", timeline.NoRecord},
		{"the record is silent, but it was begun", with(with(base, silent), doing), "2021-02-18", timeline.Overdue},
		{"closed, nothing reported", with(base, closed), "2021-06-30", timeline.NoRecord},
		{"closed, behind plan", with(with(base, closed), planned("2021-02-12")), "2021-02-13", timeline.NoRecord},
		{"closed, a week left: nobody is reminded", with(base, closed), "2021-02-12", timeline.Upcoming},
		{"closed, no day", with(undated, closed), "2021-06-30", timeline.NoRecord},
		{"closed, done late", with(with(base, closed), finished("2021-02-18", "")), "2021-06-30", timeline.DoneLate},
		{"looked back at, a week left", with(base, func(c *timeline.Case) { c.Past = true }), "2021-02-12", timeline.DueSoon},
		{"looked back at, its window is open", with(window, func(c *timeline.Case) { c.Past = true }), "2021-02-03", timeline.Running},
		{"looked back at, past the limit", with(base, func(c *timeline.Case) { c.Past = true }), "2021-02-18", timeline.NoRecord},
		{"looked back at, behind plan", with(with(base, planned("2021-02-12")), func(c *timeline.Case) { c.Past = true }), "2021-02-13", timeline.NoRecord},
		{"looked back at, no day", with(undated, func(c *timeline.Case) { c.Past = true }), "2021-02-18", timeline.Undated},
		{"looked back at, done late", with(with(base, finished("2021-02-18", "")), func(c *timeline.Case) { c.Past = true }), "2021-02-18", timeline.DoneLate},
		{"preparing is like running", with(base, func(c *timeline.Case) { c.Election = tracker.Preparing }), "2021-02-18", timeline.Overdue},
		{"an occurrence can be late", with(base, func(c *timeline.Case) { c.Nature = statute.OnOccurrence }), "2021-02-18", timeline.Overdue},
	} {
		require.Equal(t, x.want, x.c.At(at(x.now)), x.name)
	}
}

func TestTimingOfWhatRuns(t *testing.T) {
	t.Parallel()
	bar := timeline.Case{Nature: statute.Period, NotBefore: at("2021-04-29"), Latest: at("2021-05-22T07:00"), Election: tracker.Running}
	require.Equal(t, timeline.Upcoming, bar.At(at("2021-04-28T23:59")))
	require.Equal(t, timeline.Running, bar.At(at("2021-04-29")))
	require.Equal(t, timeline.Running, bar.At(at("2021-05-22T06:59")))
	require.Equal(t, timeline.Over, bar.At(at("2021-05-22T07:00")))

	endless := with(bar, func(c *timeline.Case) { c.Latest = civil.Cutoff{} })
	require.Equal(t, timeline.Running, endless.At(at("2026-01-01")))
	endless.Election = tracker.Closed
	require.Equal(t, timeline.Over, endless.At(at("2026-01-01")))
	endless.NotBefore = civil.Cutoff{}
	require.Equal(t, timeline.Undated, endless.At(at("2026-01-01")))
}

func TestDaysLeft(t *testing.T) {
	t.Parallel()
	bar := timeline.Case{Nature: statute.Right, NotBefore: at("2021-04-29"), Latest: at("2021-05-22"), Election: tracker.Running}
	for _, x := range []struct {
		name string
		c    timeline.Case
		now  string
		days int
		ok   bool
	}{
		{"to the limit", duty("2021-02-17"), "2021-02-10T23:00", 7, true},
		{"on the day", duty("2021-02-17"), "2021-02-17", 0, true},
		{"past", duty("2021-02-17"), "2021-02-20", -3, true},
		{"to the opening of a bar", bar, "2021-04-27", 2, true},
		{"to the end of a bar", bar, "2021-05-20", 2, true},
		{"a bar without an end is not counted to a planned day", timeline.Case{
			Nature: statute.Period, NotBefore: at("2021-04-29"), Planned: at("2021-05-22").Day, Election: tracker.Running,
		}, "2021-05-20", 0, false},
		{"a bar that is over", bar, "2021-06-20", 0, false},
		{"done", with(duty("2021-02-17"), func(c *timeline.Case) { c.Progress = done("2021-02-10", "") }), "2021-02-20", 0, false},
		{"nothing to count to", timeline.Case{Nature: statute.Duty}, "2021-02-20", 0, false},
		{"to its own planned day", timeline.Case{Nature: statute.Duty, Planned: at("2021-02-22").Day}, "2021-02-20", 2, true},
	} {
		days, ok := x.c.DaysLeft(at(x.now))
		require.Equal(t, x.ok, ok, x.name)
		require.Equal(t, x.days, days, x.name)
	}
}

func TestTimingsHaveNames(t *testing.T) {
	t.Parallel()
	for timing := timeline.Upcoming; timing <= timeline.SetAside; timing++ {
		again, err := timeline.ParseTiming(timing.String())
		require.NoError(t, err)
		require.Equal(t, timing, again)
	}
	_, err := timeline.ParseTiming("soonish")
	require.True(t, fault.Is(err, "timing-unknown"))
}

var base = civil.Must("2021-02-01")

func drawCase(t *rapid.T) timeline.Case {
	day := func(label string) civil.Date {
		if rapid.IntRange(0, 2).Draw(t, label+" there") == 0 {
			return civil.Date{}
		}
		return base.Add(rapid.IntRange(0, 30).Draw(t, label))
	}
	hour := func(d civil.Date, label string) civil.Cutoff {
		c := civil.Whole(d)
		if !d.IsZero() && rapid.Bool().Draw(t, label+" with an hour") {
			c.Clock = civil.NewClock(rapid.IntRange(0, 23).Draw(t, label+" hour"), 0)
		}
		return c
	}
	c := timeline.Case{
		Nature:    rapid.SampledFrom([]statute.Nature{statute.Duty, statute.Event, statute.Period, statute.Right, statute.Prohibition, statute.OnOccurrence}).Draw(t, "nature"),
		Local:     rapid.Bool().Draw(t, "local"),
		NotBefore: hour(day("start"), "start"),
		Silent:    rapid.Bool().Draw(t, "silent"),
		Election:  rapid.SampledFrom([]tracker.ElectionState{tracker.Preparing, tracker.Running, tracker.Closed}).Draw(t, "election"),
	}
	if d := day("limit"); !d.IsZero() {
		c.Latest = hour(civil.Later(d, c.NotBefore.Day), "limit")
	}
	// Acts refuse a planned day outside of the window.
	if d := day("planned"); !d.IsZero() && !d.Before(c.NotBefore.Day) && (c.Latest.IsZero() || !d.After(c.Latest.Day)) {
		c.Planned = d
	}
	if c.Nature.CanBeLate() {
		c.Work = rapid.SampledFrom([]tracker.Work{tracker.NotStarted, tracker.InProgress, tracker.Blocked, tracker.Done, tracker.NotApplicable, tracker.Cancelled}).Draw(t, "work")
	}
	if c.Work == tracker.Done {
		c.DoneOn = day("done on")
		if c.DoneOn.IsZero() {
			c.DoneBy = base.Add(rapid.IntRange(0, 30).Draw(t, "done by"))
		}
	}
	return c
}

// rank is how far a case has come; what does not move has none.
func rank(t timeline.Timing) int {
	switch t {
	case timeline.Upcoming:
		return 1
	case timeline.Running:
		return 2
	case timeline.DueSoon:
		return 3
	case timeline.BehindPlan:
		return 4
	case timeline.Overdue, timeline.NoRecord, timeline.Over:
		return 5
	}
	return 0
}

func TestTimeNeverLeadsATimingBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := drawCase(t)
		moment := civil.Whole(base.Add(-12))
		last := c.At(moment)
		for range 60 * 4 {
			moment = moment.AddHours(6)
			now := c.At(moment)
			require.NotZero(t, now)
			require.GreaterOrEqual(t, rank(now), rank(last), "%v after %v at %v", now, last, moment)
			if rank(last) == 0 {
				require.Equal(t, last, now, "what is done, set aside or undated stays so")
			}
			last = now
		}
	})
}

func TestOnlyWhatHasToBeDoneIsLateAndNothingInAClosedElection(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := drawCase(t)
		now := civil.Whole(base.Add(rapid.IntRange(-12, 45).Draw(t, "day"))).AddHours(rapid.IntRange(0, 23).Draw(t, "hour"))
		timing := c.At(now)
		late := timing == timeline.Overdue || timing == timeline.BehindPlan
		if late {
			require.True(t, c.Nature.CanBeLate())
			require.NotEqual(t, tracker.Closed, c.Election)
			require.True(t, c.Work.Open())
		}
		if timing == timeline.Overdue {
			require.False(t, c.Local, "only the law's limit makes overdue")
			require.True(t, c.Latest.PassedAt(now))
		}
		if timing == timeline.DueSoon {
			require.NotEqual(t, tracker.Closed, c.Election)
			require.True(t, c.Nature.CanBeLate())
			require.False(t, !c.Latest.IsZero() && c.Latest.PassedAt(now))
			days, ok := c.DaysLeft(now)
			require.True(t, ok)
			require.LessOrEqual(t, days, timeline.Soon)
			require.GreaterOrEqual(t, days, 0)
		}
		if !c.Nature.CanBeLate() {
			require.Contains(t, []timeline.Timing{timeline.Upcoming, timeline.Running, timeline.Over, timeline.Undated}, timing)
		}
	})
}

func TestA30OneMinuteEitherSideOfEveryLimit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		end := civil.Whole(base.Add(rapid.IntRange(0, 400).Draw(t, "day")))
		begins := civil.Cutoff{Day: end.Day.Add(1), Clock: civil.NewClock(0, 0)}
		before := civil.Cutoff{Day: end.Day, Clock: civil.NewClock(23, 59)}
		if rapid.Bool().Draw(t, "cut-off") {
			minute := rapid.IntRange(1, 1439).Draw(t, "minute")
			end.Clock = civil.NewClock(minute/60, minute%60)
			begins, before = end, civil.Cutoff{Day: end.Day, Clock: civil.NewClock((minute-1)/60, (minute-1)%60)}
		}
		c := timeline.Case{Nature: statute.Duty, Latest: end, Election: tracker.Running}
		require.Equal(t, timeline.DueSoon, c.At(before))
		require.Equal(t, timeline.Overdue, c.At(begins))
	})
}
