package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhatAFollowerMissesOrReadsTwiceIsCounted(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		last              int64
		revisions         []int64
		seen, lost, twice int
		newest            int64
	}{
		"the first ever":   {0, []int64{7, 8}, 2, 0, 0, 8},
		"one after other":  {8, []int64{9, 10, 11}, 3, 0, 0, 11},
		"nothing":          {8, nil, 0, 0, 0, 8},
		"two are missing":  {8, []int64{9, 12}, 2, 2, 0, 12},
		"one comes again":  {8, []int64{8, 9, 9, 10}, 2, 0, 2, 10},
		"one is behind":    {8, []int64{9, 7, 10}, 2, 0, 1, 10},
		"missing at first": {8, []int64{10}, 1, 1, 0, 10},
	} {
		seen, lost, twice, newest := gaps(c.last, c.revisions)
		require.Equal(t, []int{c.seen, c.lost, c.twice}, []int{seen, lost, twice}, name)
		require.Equal(t, c.newest, newest, name)
	}
}

func TestATagTellsItsRevision(t *testing.T) {
	t.Parallel()
	n, err := revisionOf(`W/"694.20210125.0.9f3c"`)
	require.NoError(t, err)
	require.EqualValues(t, 694, n)
	_, err = revisionOf(`"x"`)
	require.Error(t, err)
}
