package timeline_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"tiendo/pkg/civil"
	"tiendo/pkg/mirror/mirrortest"
	"tiendo/pkg/timeline"
	"tiendo/pkg/tracker"
)

func TestATableOfABranchHasTheRowsOfItsListPlaceByPlace(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := mirrortest.Open(t, mirrortest.Places())
		for n := range rapid.IntRange(0, 15).Draw(t, "acts") {
			l.Pass(time.Duration(rapid.IntRange(1, 300).Draw(t, "hours")) * time.Hour)
			_, _ = l.Do(mirrortest.Act(t, l.Frame(), civil.Of(l.Now(), mirrortest.Zone), l.Records(), n))
		}
		v := l.View(t)
		i := rapid.IntRange(0, v.Frame().List.Len()-1).Draw(t, "area")
		now := civil.Now(l.Now(), mirrortest.Zone)
		o := drawAsked(t, v, now.Day)
		whole := map[tracker.MilestoneID]timeline.ListItem{}
		for _, x := range listed(t, v, i, now, o.ListOptions).Items {
			whole[x.ID] = x
		}
		before := -1
		require.NoError(t, timeline.EachPlace(v, i, now, o.ListOptions, func(area int, rows []timeline.ListItem) error {
			require.Greater(t, area, before)
			before = area
			require.NotEmpty(t, rows)
			for k, x := range rows {
				require.Equal(t, area, x.Area)
				require.Equal(t, whole[x.ID], x)
				delete(whole, x.ID)
				if k > 0 {
					require.LessOrEqual(t, rows[k-1].Origin.PhaseOrder, x.Origin.PhaseOrder)
				}
			}
			return nil
		}))
		require.Empty(t, whole)
	})
}

func TestATableOfABranchEndsWithItsReader(t *testing.T) {
	t.Parallel()
	v := bacKan(t, "058").View(t)
	gone := errors.New("gone")
	require.ErrorIs(t, timeline.EachPlace(v, 0, at("2021-03-10T09:00"), timeline.ListOptions{}, func(int, []timeline.ListItem) error { return gone }), gone)
	require.Error(t, timeline.EachPlace(v, 0, at("2021-03-10T09:00"), timeline.ListOptions{Phase: "none"}, nil))
}
