package timeline_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/mirror/mirrortest"
	"tiendo/pkg/timeline"
	"tiendo/pkg/tracker"
)

// looks is what the timeline of one area says by the end of a day, by id.
func looks(t require.TestingT, v *mirror.View, i int, day civil.Date) (map[tracker.MilestoneID]timeline.Item, []timeline.Item) {
	tl, err := timeline.Build(v, i, civil.Whole(day.Add(1)), timeline.Options{AsOf: day})
	require.NoError(t, err)
	all := map[tracker.MilestoneID]timeline.Item{}
	for _, x := range tl.Items {
		all[x.ID] = x
	}
	return all, tl.Items
}

// differs says it from two timelines, in the words of the contract.
func differs(b *timeline.Item, a *timeline.Item) (kinds []string) {
	say := func(word string, is bool) {
		if is {
			kinds = append(kinds, word)
		}
	}
	x := a.Milestone
	was, bWork := x, tracker.NotStarted
	was.Progress = tracker.Progress{}
	if b != nil {
		was, bWork = b.Milestone, b.Milestone.Work
	}
	changed := bWork != x.Work
	say("done", changed && x.Work == tracker.Done)
	say("reopened", changed && x.Work.Open() && !bWork.Open())
	say("begun", changed && x.Work == tracker.InProgress && bWork.Open())
	say("blocked", changed && x.Work == tracker.Blocked && bWork.Open())
	say("set_aside", changed && x.Work == tracker.NotApplicable)
	say("cancelled", changed && x.Work == tracker.Cancelled)
	say("taken_back", changed && x.Work == tracker.NotStarted && bWork.Open())
	say("done_day_moved", !changed && x.Work == tracker.Done && (was.DoneOn != x.DoneOn || was.DoneBy != x.DoneBy))
	say("date_moved", was.NotBefore != x.NotBefore || was.Latest != x.Latest)
	say("planned", was.Planned != x.Planned)
	say("occurred", b == nil && a.ID.Occurrence > 0)
	say("added", b == nil && a.ID.Occurrence == 0)
	return kinds
}

func words(d timeline.Differences) (all []string) {
	for _, k := range d.Kinds() {
		all = append(all, k.String())
	}
	return all
}

func isLate(t timeline.Timing) bool { return t == timeline.Overdue || t == timeline.BehindPlan }

func TestAComparisonIsWhatTwoTimelinesOfEveryPlaceSay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		v, today := acted(t)
		to := today.Add(-rapid.IntRange(0, 30).Draw(t, "to"))
		from := to.Add(-rapid.IntRange(0, 60).Draw(t, "from"))
		list := v.Frame().List
		i := rapid.IntRange(0, list.Len()-1).Draw(t, "area")
		c, err := timeline.Compare(v, i, timeline.ComparisonOptions{From: from, To: to, Limit: 100_000})
		require.NoError(t, err)
		found := map[tracker.MilestoneID]timeline.Difference{}
		for _, x := range c.Items {
			found[x.ID] = x
		}
		require.Len(t, found, c.Counts.Total)
		require.False(t, c.More)
		sum := c.Self.Total
		for _, child := range c.Children {
			require.Equal(t, i, list.Parent(child.Index))
			sum += child.Counts.Total
		}
		require.Equal(t, c.Counts.Total, sum)

		seen := 0
		_, last := list.Descendants(i)
		for k := i; k < last; k++ {
			before, _ := looks(t, v, k, from)
			_, after := looks(t, v, k, to)
			for n := range after {
				b, a := (*timeline.Item)(nil), &after[n]
				if x, ok := before[a.ID]; ok {
					b = &x
				}
				want := differs(b, a)
				got, differs := found[a.ID]
				if differs {
					seen++
					require.Equal(t, a.Timing, got.After.Timing)
					require.Equal(t, a.Milestone, got.After.Milestone)
					require.Equal(t, b == nil, got.Before == nil)
				}
				if got.Kinds.Has(timeline.BecameLate) {
					require.True(t, isLate(a.Timing) && b.Timing != a.Timing, a.ID)
					want = append(want, "became_late")
				} else if b != nil && len(want) == 0 && isLate(a.Timing) {
					require.True(t, b.Timing == a.Timing || b.Timing == timeline.Overdue, a.ID)
				}
				if judgedAnew(b, a) {
					want = append(want, "standing")
				}
				require.Equal(t, want, words(got.Kinds), a.ID)
			}
		}
		require.Len(t, found, seen)
	})
}

// judgedAnew: the level above said something else of it, or what it said no
// longer holds.
func judgedAnew(b, a *timeline.Item) bool {
	ruled := []string{"confirmed", "returned"}
	was, is := tracker.Unreported.String(), a.Milestone.Standing.String()
	if b != nil {
		was = b.Milestone.Standing.String()
	}
	return was != is && (slices.Contains(ruled, was) || slices.Contains(ruled, is))
}

// acted is an election after some random acts, and its last day.
func acted(t *rapid.T) (*mirror.View, civil.Date) {
	l := mirrortest.Open(t, mirrortest.Places())
	for n := range rapid.IntRange(1, 25).Draw(t, "acts") {
		l.PassTo(civil.Of(l.Now(), mirrortest.Zone).Add(rapid.IntRange(0, 8).Draw(t, "days later")))
		today := civil.Of(l.Now(), mirrortest.Zone)
		_, _ = l.Do(mirrortest.Act(t, l.Frame(), today, l.Records(), n)) // what is refused changes nothing
	}
	return l.View(t), civil.Of(l.Now(), mirrortest.Zone)
}

func TestA12ThePagesOfAComparisonAreTheWholeOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		v, today := acted(t)
		o := timeline.ComparisonOptions{
			From: today.Add(-rapid.IntRange(0, 60).Draw(t, "days")), To: today, Limit: 100_000,
			Kind:  timeline.DifferenceKind(rapid.IntRange(0, len(timeline.DifferenceKinds())).Draw(t, "kind")),
			Level: rapid.SampledFrom([]area.Level{0, area.LevelProvince, area.LevelCommune}).Draw(t, "level"),
		}
		whole, err := timeline.Compare(v, 0, o)
		require.NoError(t, err)
		for _, x := range whole.Items {
			require.True(t, o.Kind == timeline.AnyDifference || x.Kinds.Has(o.Kind))
			require.True(t, o.Level == 0 || x.Area.Level == o.Level)
		}
		if o.Kind != timeline.AnyDifference {
			require.Len(t, whole.Items, whole.Counts.By[o.Kind])
		}
		o.Limit = rapid.IntRange(1, 7).Draw(t, "limit")
		var all []timeline.Difference
		for {
			page, err := timeline.Compare(v, 0, o)
			require.NoError(t, err)
			require.Equal(t, whole.Counts, page.Counts)
			require.Equal(t, whole.Children, page.Children)
			require.LessOrEqual(t, len(page.Items), o.Limit)
			all = append(all, page.Items...)
			if !page.More {
				break
			}
			require.Len(t, page.Items, o.Limit)
			o.After = &page.Items[o.Limit-1].ID
		}
		require.Equal(t, whole.Items, all)
	})
}

func TestAPageBehindWhatDoesNotExistIsRefused(t *testing.T) {
	t.Parallel()
	v := mirrortest.Open(t, mirrortest.Places()).View(t)
	day := civil.Must("2021-01-20")
	for _, id := range []tracker.MilestoneID{{Area: "nowhere", Key: "announce_election_day"}, {Area: "VN", Key: "nothing"}} {
		_, err := timeline.Compare(v, 0, timeline.ComparisonOptions{From: day, To: day, After: &id})
		require.True(t, fault.Is(err, "milestone-not-found"))
	}
}

func TestTheKindsOfDifferencesHaveNamesOfTheirOwn(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, k := range timeline.DifferenceKinds() {
		require.False(t, seen[k.String()], k)
		seen[k.String()] = true
		back, err := timeline.ParseDifferenceKind(k.String())
		require.NoError(t, err)
		require.Equal(t, k, back)
	}
	for _, bad := range []string{"", "Done", "late"} {
		_, err := timeline.ParseDifferenceKind(bad)
		require.True(t, fault.Is(err, "difference-kind-unknown"), bad)
	}
}
