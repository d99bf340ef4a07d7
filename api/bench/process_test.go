package main

import (
	"context"
	"os"
	"os/exec"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestProcessorTimeIsReadWhateverAProcessIsCalled(t *testing.T) {
	t.Parallel()
	const rest = " S 1 2 3 0 -1 4194560 100 0 0 0 250 75 0 0 20 0 9 0 12345 1000000 500"
	for _, name := range []string{"(tiendo)", "(a b)", "(odd) name)"} {
		took, err := processorTime("4242 " + name + rest)
		require.NoError(t, err)
		require.Equal(t, 3250*time.Millisecond, took)
	}
	for _, broken := range []string{"", "4242 (tiendo", "4242 (tiendo) S 1"} {
		_, err := processorTime(broken)
		require.Error(t, err, broken)
	}
}

func TestWhatThisProcessUsesIsRead(t *testing.T) {
	t.Parallel()
	u, err := loadOf(os.Getpid())
	require.NoError(t, err)
	require.Greater(t, u.rss, uint64(1<<20))
	require.GreaterOrEqual(t, u.peak, u.rss)
}

func TestWhatWasStartedEndsWithTheRun(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	first, err := begin("first", exec.CommandContext(ctx, "sleep", "600"))
	require.NoError(t, err)
	second, err := begin("second", exec.CommandContext(ctx, "sleep", "600"))
	require.NoError(t, err)
	require.NoError(t, second.gone())
	first.end() // as a measurement does
	cancel()    // as Ctrl-C does
	<-second.ended
	require.ErrorContains(t, second.gone(), "second has ended")
}

func TestACounterIsReadFromMetrics(t *testing.T) {
	t.Parallel()
	text := []byte("# HELP go_memstats_mallocs_total …\ngo_memstats_mallocs_total 1.234567e+06\nother 2\n")
	v, err := metric(text, mallocsTotal)
	require.NoError(t, err)
	require.InDelta(t, 1_234_567, v, 0)
	_, err = metric(text, regexp.MustCompile(`(?m)^absent (\S+)$`))
	require.Error(t, err)
}
