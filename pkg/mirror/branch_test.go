package mirror_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/mirror/mirrortest"
	"tiendo/pkg/tracker"
)

func TestABranchKnowsItsGreatestRevisionAndItsHoursAfterEveryChange(t *testing.T) {
	t.Parallel()
	l := mirrortest.Open(t, area.Edition2021().Only("small", "06")) // enough areas for more than one chunk
	m := mirror.New(l, mirror.Options{Now: time.Now})
	require.NoError(t, m.Apply(t.Context(), l.All()))
	digested(t, view(t, m)) // each time, so that nothing that was kept can be old
	for i := 0; i < l.Frame().List.Len(); i += 5 {
		changes, err := l.Do(func(a *tracker.Act) error {
			code := l.Opening().Frame.List.At(i).Code
			if i%2 == 0 {
				return a.AddPlan(lineFor(code), mirrortest.Opened)
			}
			return a.SetVotingDay(tracker.VotingDay{
				Area: code, Day: civil.Must("2021-05-22"), Opens: civil.NewClock(5, i%60), InForce: true, Confidence: "high",
			}, mirrortest.Opened)
		})
		require.NoError(t, err)
		require.NoError(t, m.Apply(t.Context(), changes))
		digested(t, view(t, m))
	}
}

// lineFor is a plan with one duty in one area.
func lineFor(code area.Code) tracker.Plan {
	title := fault.Text{Vi: "Kế hoạch", En: "Plan"}
	return tracker.Plan{Key: "plan_" + strings.ToLower(string(code)), Area: code, Title: title, Lines: []tracker.PlanLine{{
		Key: tracker.MilestoneKey("line_" + strings.ToLower(string(code))), Title: title, Phase: "direction", Nature: "duty",
		Areas: []area.Code{code}, Latest: civil.Must("2021-02-01"),
	}}}
}

// digested compares with looking at every milestone.
func digested(t require.TestingT, v *mirror.View) {
	list := v.Frame().List
	for _, i := range []int{0, 1, 2, list.Len() - 20, list.Len() - 1} {
		var revision tracker.Revision
		hours := map[civil.Cutoff]bool{}
		_, last := list.Descendants(i)
		for k := i; k < last; k++ {
			for _, m := range v.Board(k).Milestones() {
				revision = max(revision, m.Revision)
				for _, c := range []civil.Cutoff{m.NotBefore, m.Latest} {
					if !c.Clock.IsZero() {
						hours[c] = true
					}
				}
			}
		}
		require.Equal(t, revision, v.BranchRevision(i))
		found := map[civil.Cutoff]bool{}
		for c := range v.BranchHours(i) {
			found[c] = true
		}
		require.Equal(t, hours, found)
	}
}

func TestAnAreaInWhichNothingHappenedSinceIsAsItIsNow(t *testing.T) {
	t.Parallel()
	l := mirrortest.Open(t, mirrortest.Places())
	id := tracker.MilestoneID{Area: "058", Key: "consult1_pc_district"}
	l.PassTo(civil.Must("2021-02-01"))
	_, err := l.Do(func(a *tracker.Act) error {
		return a.Plan(tracker.PlanCommand{ID: id, If: 1, Planned: civil.Must("2021-02-10"), Happened: civil.Must("2021-01-20")})
	})
	require.NoError(t, err)
	v := l.View(t)
	i, _ := v.Frame().List.Index("058")
	const quiet = 0
	then := func(i int, day string) *mirror.Board { return asOf(t, v, i, day) }
	require.Same(t, v.Board(i), then(i, "2021-01-20"))
	require.NotSame(t, v.Board(i), then(i, "2021-01-19"), "that was planned later")
	require.Same(t, v.Board(quiet), then(quiet, "2020-12-31"))
	known, err := v.AsOf(i, civil.Date{}, civil.Must("2021-01-31").At(civil.Clock{}, mirrortest.Zone))
	require.NoError(t, err)
	require.NotSame(t, v.Board(i), known, "it was not known yet")
}
