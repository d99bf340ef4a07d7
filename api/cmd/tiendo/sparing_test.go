package main

import (
	"os"
	"runtime/debug"
	"testing"

	"github.com/stretchr/testify/require"
)

// Not parallel: it is the process's.
func TestGarbageIsCollectedEarlyUnlessTheOperatorSaidWhen(t *testing.T) {
	for _, name := range []string{"GOGC", "GOMEMLIMIT"} {
		t.Setenv(name, "") // so that it is put back
		require.NoError(t, os.Unsetenv(name))
	}
	usual := debug.SetGCPercent(100)
	t.Cleanup(func() { debug.SetGCPercent(usual) })
	for _, name := range []string{"GOGC", "GOMEMLIMIT"} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(name, "off")
			sparing()
			require.Equal(t, 100, debug.SetGCPercent(100))
		})
	}
	sparing()
	require.Equal(t, sparingPercent, debug.SetGCPercent(100))
}
