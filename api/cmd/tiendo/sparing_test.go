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
			require.False(t, sparing())
			require.Equal(t, 100, debug.SetGCPercent(100))
		})
	}
	require.True(t, sparing())
	require.Equal(t, sparingPercent, debug.SetGCPercent(100))
}

func TestAnswersThatAreReadyDoNotLetMoreGarbageLieAbout(t *testing.T) {
	t.Parallel()
	const mega = 1 << 20
	require.Equal(t, 50, garbagePercent(40*mega, 0), "a small server: half of what is used")
	require.Equal(t, 50, garbagePercent(400*mega, 0))
	require.Equal(t, 20, garbagePercent(200*mega, 144*mega), "a full one: what is needed not to collect all the time")
	require.Equal(t, 25, garbagePercent(400*mega, 200*mega), "half of the rest")
	require.Positive(t, heapUsed())
}
