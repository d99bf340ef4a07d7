package main

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// ledger takes reports as the product does: with the tag of the last state only.
func ledger(t *testing.T) (address string, count func() int) {
	t.Helper()
	var mu sync.Mutex
	revisions := map[string]int{}
	done := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		at := revisions[r.URL.Path]
		if r.Header.Get("If-Match") != strong(at) {
			w.WriteHeader(http.StatusPreconditionFailed)
			return
		}
		done++
		revisions[r.URL.Path]++
		w.Header().Set("ETag", strong(at+1))
		_, _ = w.Write([]byte("{}"))
	}))
	t.Cleanup(server.Close)
	return server.Listener.Addr().String(), func() int { mu.Lock(); defer mu.Unlock(); return done }
}

func strong(revision int) string { return `"r` + string(rune('a'+revision)) + `"` }

func someDuties(n int) []duty {
	all := make([]duty, n)
	for i := range all {
		all[i] = duty{Area: string(rune('A' + i)), Milestone: "m", Tag: strong(0)}
	}
	return all
}

func TestWritersNeverMeetAndGoOnFromWhereTheyWere(t *testing.T) {
	t.Parallel()
	for _, writers := range []int{1, 3, 7} {
		address, count := ledger(t)
		o := updateOrders{Addresses: []string{address}, Writers: writers, Count: 40, Duties: someDuties(10)}
		r, err := update(t.Context(), o)
		require.NoError(t, err)
		require.Zero(t, r.Failed, r.Failure)
		require.Equal(t, 40, r.Done)
		o.Duties = r.Duties
		r, err = update(t.Context(), o)
		require.NoError(t, err)
		require.Zero(t, r.Failed, r.Failure)
		require.Equal(t, 80, count())
	}
}

func TestWritersKeepToTheirRate(t *testing.T) {
	t.Parallel()
	address, count := ledger(t)
	r, err := update(t.Context(), updateOrders{Addresses: []string{address}, Writers: 4, Rate: 200, For: 100 * time.Millisecond, Duties: someDuties(10)})
	require.NoError(t, err)
	require.Equal(t, 20, r.Done)
	require.Equal(t, 20, count())
	require.GreaterOrEqual(t, r.Took, 95*time.Millisecond)
}

func TestAnUpdateThatIsRefusedIsSaid(t *testing.T) {
	t.Parallel()
	address, _ := ledger(t)
	all := someDuties(2)
	all[1].Tag = `"r9"`
	r, err := update(t.Context(), updateOrders{Addresses: []string{address}, Writers: 2, Count: 2, Duties: all})
	require.NoError(t, err)
	require.Equal(t, 1, r.Done)
	require.Equal(t, 1, r.Failed)
	require.Contains(t, r.Failure, "status 412")
}
