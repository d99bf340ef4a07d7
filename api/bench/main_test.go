package main

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
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
