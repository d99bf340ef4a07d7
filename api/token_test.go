package api

import (
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/civil"
)

func TestAPageOfNoListThatTheServerGaveIsNotPossible(t *testing.T) {
	t.Parallel()
	day := civil.Must("2021-01-25")
	now := civil.Cutoff{Day: day, Clock: civil.NewClock(8, 0)}
	for _, c := range []struct {
		why      string
		token    deadlineToken
		possible bool
	}{
		{"its own", deadlineToken{Revision: 7, Moment: now}, true},
		{"one of last week", deadlineToken{Revision: 7, Moment: civil.Whole(day.Add(-7))}, true},
		{"one of a server whose clock is ahead", deadlineToken{Revision: 7, Moment: civil.Whole(day.Add(1))}, true},
		{"one without a moment", deadlineToken{Revision: 7}, false},
		{"one of a day to come", deadlineToken{Revision: 7, Moment: civil.Whole(day.Add(2))}, false},
		{"one from before the opening", deadlineToken{Moment: now}, false},
		{"one of a revision that cannot be", deadlineToken{Revision: -1, Moment: now}, false},
	} {
		sealed, err := sealToken("filter", c.token)
		require.NoError(t, err)
		var read deadlineToken
		require.NoError(t, openToken(sealed, "filter", &read), c.why)
		require.Equal(t, c.token, read, c.why)
		require.Equal(t, c.possible, read.possible(now), c.why)
	}
}
