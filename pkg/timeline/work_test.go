package timeline_test

import (
	"cmp"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/mirror/mirrortest"
	"tiendo/pkg/timeline"
	"tiendo/pkg/tracker"
)

// waits says why a milestone waits for whom, said once more in the plainest way;
// 0 where it does not.
func waits(x *timeline.Item, does, confirms bool) timeline.WorkGroup {
	m := &x.Milestone
	if !x.Origin.Nature.CanBeLate() {
		return 0
	}
	if m.Standing == tracker.Reported {
		if confirms {
			return timeline.WorkToConfirm
		}
		return 0
	}
	if !does || !m.Work.Open() {
		return 0
	}
	if m.Standing == tracker.Returned {
		return timeline.WorkReturned
	}
	return map[timeline.Timing]timeline.WorkGroup{
		timeline.Overdue: timeline.WorkOverdue, timeline.BehindPlan: timeline.WorkBehindPlan,
		timeline.DueSoon: timeline.WorkDueSoon, timeline.Running: timeline.WorkRunning,
	}[x.Timing]
}

// workOracle is all the work, made of timelines.
func workOracle(t require.TestingT, v *mirror.View, now civil.Cutoff, o *timeline.WorkOptions) map[tracker.MilestoneID]timeline.WorkGroup {
	all := map[tracker.MilestoneID]timeline.WorkGroup{}
	for i := range v.Frame().List.Len() {
		line, err := timeline.Build(v, i, now, timeline.Options{})
		require.NoError(t, err)
		for k := range line.Items {
			if g := waits(&line.Items[k], o.Do(i), o.Confirm(i)); g != 0 {
				all[line.Items[k].ID] = g
			}
		}
	}
	return all
}

// A person's work is what timelines show of it, once, the most urgent first, and
// its pages stay those of the first moment while others act.
func TestA12WorkIsWhatWaitsInAllAreasOnceAndByUrgency(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := mirrortest.Open(t, mirrortest.Places())
		redrawn := false
		act := func(n int) {
			l.Pass(time.Duration(rapid.IntRange(1, 300).Draw(t, "hours")) * time.Hour)
			changes, _ := l.Do(mirrortest.Act(t, l.Frame(), civil.Of(l.Now(), mirrortest.Zone), l.Records(), n))
			redrawn = redrawn || slices.ContainsFunc(changes, redraws)
		}
		for n := range rapid.IntRange(0, 20).Draw(t, "acts") {
			act(n)
		}
		v := l.View(t)
		some := func(what string) func(int) bool {
			which := rapid.SliceOfN(rapid.Bool(), v.Frame().List.Len(), v.Frame().List.Len()).Draw(t, what)
			return func(i int) bool { return which[i] }
		}
		now := civil.Now(l.Now(), mirrortest.Zone)
		o := timeline.WorkOptions{Branches: []int{3, 0, 1}, Do: some("does"), Confirm: some("confirms"), Limit: 1 << 20}
		want := workOracle(t, v, now, &o)

		whole, err := timeline.BuildWork(v, now, o)
		require.NoError(t, err)
		got := map[tracker.MilestoneID]timeline.WorkGroup{}
		counts := map[timeline.WorkGroup]int{}
		for k := range whole.Items {
			x := &whole.Items[k]
			require.NotContains(t, got, x.ID, "once")
			got[x.ID] = x.Group
			counts[x.Group]++
		}
		require.Equal(t, want, got)
		require.Equal(t, len(want), whole.Total)
		for g := timeline.WorkReturned; g <= timeline.WorkToConfirm; g++ {
			require.Equal(t, counts[g], whole.Counts[g], g)
		}
		require.True(t, slices.IsSortedFunc(whole.Items, func(a, b timeline.WorkItem) int { return cmp.Compare(a.Group, b.Group) }))

		o.Limit = max(1, len(want)/rapid.IntRange(1, 4).Draw(t, "pages"))
		redrawn = false
		var read []timeline.WorkItem
		for {
			p, err := timeline.BuildWork(v, now, o)
			if redrawn {
				require.True(t, fault.Is(err, "token-expired"), err)
				return
			}
			require.NoError(t, err)
			read = append(read, p.Items...)
			if !p.HasMore {
				break
			}
			o.After, o.Revision = &p.Items[len(p.Items)-1].ID, p.Revision
			act(1000 + len(read))
			v = l.View(t)
		}
		require.Equal(t, whole.Items, read)
	})
}

func TestWorkInSomeGroupsOnlyStillCountsAll(t *testing.T) {
	t.Parallel()
	l := mirrortest.Open(t, mirrortest.Places())
	v := l.View(t)
	now := civil.Cutoff{Day: civil.Must("2021-02-20")}
	all := func(int) bool { return true }
	o := timeline.WorkOptions{Branches: []int{0}, Do: all, Confirm: all, Limit: 1000}
	whole, err := timeline.BuildWork(v, now, o)
	require.NoError(t, err)
	require.Positive(t, whole.Counts[timeline.WorkOverdue])
	require.Positive(t, whole.Counts[timeline.WorkDueSoon])
	o.Groups, err = timeline.ParseWorkGroups("overdue,to_confirm")
	require.NoError(t, err)
	some, err := timeline.BuildWork(v, now, o)
	require.NoError(t, err)
	require.Equal(t, whole.Counts, some.Counts)
	require.Equal(t, whole.Counts[timeline.WorkOverdue], some.Total)
	_, err = timeline.ParseWorkGroups("overdue,tomorrow")
	require.True(t, fault.Is(err, "work-group-unknown"), err)
	none, err := timeline.BuildWork(v, now, timeline.WorkOptions{Limit: 1})
	require.NoError(t, err)
	require.Zero(t, none.Total)
}
