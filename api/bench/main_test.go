package main

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/area"
	"tiendo/pkg/timeline"
)

func TestTheMostMemoryIsReadFromTheKernel(t *testing.T) {
	t.Parallel()
	most, err := peakResident()
	require.NoError(t, err)
	require.Greater(t, most, uint64(1<<20), "a Go program has more than a megabyte")
}

func TestTheBareServerTakesReportsLikeTheProduct(t *testing.T) {
	t.Parallel()
	bare := httptest.NewServer(bareReport([]byte(`{"revision":7}`)))
	defer bare.Close()
	w := hire(1)[0]
	for range 2 {
		require.NoError(t, w.report(http.DefaultClient, bare.URL, "polling_team"))
	}
	require.Equal(t, `"r1"`, w.tags[w.communes[0]])
}

func TestTheMadeUpCountryHasWorkOnAFifthLevel(t *testing.T) {
	t.Parallel()
	o, err := tenfold()
	require.NoError(t, err)
	known, err := asItWas()
	require.NoError(t, err)
	polling, ok := o.Frame.List.Index("01840-1")
	require.True(t, ok)
	require.Equal(t, area.LevelPollingArea, o.Frame.List.At(polling).Level)
	records, err := o.Area(polling)
	require.NoError(t, err)
	require.NotEmpty(t, records)
	i, ok := known.Frame.List.Index("01840")
	require.True(t, ok)
	there, ok := o.Frame.List.Index("01840")
	require.True(t, ok)
	before, err := known.Area(i)
	require.NoError(t, err)
	after, err := o.Area(there)
	require.NoError(t, err)
	require.Len(t, after, len(before), "a commune has what it had")
}

func TestSumsThatDifferFromSQLsVoidTheRun(t *testing.T) {
	t.Parallel()
	sql := timeline.Sums{Total: 3, Overdue: 1}
	require.NoError(t, same(map[string]int32{"total": 3, "overdue": 1}, sql))
	require.ErrorContains(t, same(map[string]int32{"total": 3, "overdue": 2}, sql), "the product counts 2, SQL 1")
}
