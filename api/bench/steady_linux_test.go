package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestClientsAskWithTheTagThatTheyWereGivenLast(t *testing.T) {
	t.Parallel()
	var version, stale atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tag := `W/"` + strings.Repeat("v", int(version.Load())+1) + `"`
		w.Header().Set("ETag", tag)
		switch known := r.Header.Get("If-None-Match"); {
		case known == tag:
			w.WriteHeader(http.StatusNotModified)
			return
		case known != "":
			stale.Add(1)
		}
		_, _ = w.Write(make([]byte, 100_000)) // more than a client reads at once
	}))
	defer server.Close()
	list := filepath.Join(t.TempDir(), "list")
	require.NoError(t, os.WriteFile(list, []byte("/a\t\n/b\t\n"), 0o600))
	o := steadyOrders{Address: server.Listener.Addr().String(), List: list, Rate: 2000, For: 100 * time.Millisecond, Connections: 4}
	changed := time.AfterFunc(50*time.Millisecond, func() { version.Add(1) })
	defer changed.Stop()
	l := &loop{schedule: newSchedule(o), host: o.Address}
	require.NoError(t, l.learn())
	for range o.Connections {
		require.NoError(t, l.connect())
	}
	r, err := l.run(t.Context())
	require.NoError(t, err)
	require.NoError(t, r.sound(o))
	require.Equal(t, 200, r.Answers)
	require.Equal(t, 200, r.NotModified+r.Whole)
	require.EqualValues(t, stale.Load(), r.Whole)
	require.Less(t, r.Whole, 2+2*o.Connections, "two addresses changed once; those under way may be told twice")
}
