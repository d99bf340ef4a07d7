package timeline_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"tiendo/pkg/civil"
	"tiendo/pkg/mirror/mirrortest"
	"tiendo/pkg/timeline"
)

func TestA1ATimelineTurnsAtTheVeryHourOfItsCutOffs(t *testing.T) {
	t.Parallel()
	v := bacKan(t, "058").View(t)
	i, ok := v.Frame().List.Index("058")
	require.True(t, ok)
	turn := func(day string, h, m int) civil.Clock {
		return timeline.Turn(v, i, civil.Cutoff{Day: civil.Must(day), Clock: civil.NewClock(h, m)})
	}
	require.True(t, turn("2021-03-13", 16, 59).IsZero())
	require.Equal(t, civil.NewClock(17, 0), turn("2021-03-13", 17, 0), "a day before that it comes near")
	require.True(t, turn("2021-03-14", 16, 59).IsZero(), "the filing of candidacies closes at five")
	require.Equal(t, civil.NewClock(17, 0), turn("2021-03-14", 17, 0))
	require.Equal(t, civil.NewClock(17, 0), turn("2021-03-14", 23, 59))
	require.True(t, turn("2021-03-15", 17, 0).IsZero(), "another day has its own tag")
	require.Equal(t, civil.NewClock(7, 0), turn("2021-05-22", 12, 0), "the campaign ends a day before the polls open")
}

func TestA1_BetweenTwoTurnsOfADayATimelineStaysAsItIs(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := mirrortest.Open(t, mirrortest.Places())
		l.PassTo(civil.Must("2021-03-10"))
		for n := range rapid.IntRange(0, 5).Draw(t, "acts") {
			l.Pass(time.Duration(rapid.IntRange(1, 24).Draw(t, "hours")) * time.Hour)
			_, _ = l.Do(mirrortest.Act(t, l.Frame(), civil.Of(l.Now(), mirrortest.Zone), l.Records(), n))
		}
		v := l.View(t)
		i := rapid.IntRange(0, v.Frame().List.Len()-1).Draw(t, "area")
		// The days around the hours that the law names, and any other.
		day := civil.Must(rapid.SampledFrom([]string{"2021-03-13", "2021-03-14", "2021-05-21", "2021-05-22", "2021-05-23"}).Draw(t, "day")).
			Add(rapid.IntRange(-1, 1).Draw(t, "beside"))
		moment := func(label string) civil.Cutoff {
			hour := rapid.SampledFrom([]int{0, 6, 7, 8, 16, 17, 18, 23}).Draw(t, label)
			return civil.Cutoff{Day: day, Clock: civil.NewClock(hour, rapid.SampledFrom([]int{0, 1, 59}).Draw(t, label+" minute"))}
		}
		one, other := moment("one"), moment("other")
		if timeline.Turn(v, i, one) != timeline.Turn(v, i, other) {
			return
		}
		before, err := timeline.Build(v, i, one, timeline.Options{})
		require.NoError(t, err)
		after, err := timeline.Build(v, i, other, timeline.Options{})
		require.NoError(t, err)
		require.Equal(t, before, after)
	})
}
