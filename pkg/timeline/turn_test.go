package timeline_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/civil"
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
	require.True(t, turn("2021-03-14", 16, 59).IsZero(), "the filing of candidacies closes at five")
	require.Equal(t, civil.NewClock(17, 0), turn("2021-03-14", 17, 0))
	require.Equal(t, civil.NewClock(17, 0), turn("2021-03-14", 23, 59))
	require.True(t, turn("2021-03-15", 17, 0).IsZero(), "another day has its own tag")
	require.Equal(t, civil.NewClock(7, 0), turn("2021-05-22", 12, 0), "the campaign ends a day before the polls open")
}
