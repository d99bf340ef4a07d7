package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/fault"
)

// interrupt runs the program and stops it after a while, as Ctrl-C does.
func interrupt(t *testing.T, after time.Duration, args ...string) (said string, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), after)
	defer cancel()
	out := &written{}
	err = run(ctx, args, out, io.Discard)
	return out.String(), err
}

// The moments are those of making the data folder and of what comes after it; on
// another machine they are others, and what is said stays the same.
func TestWhoeverStopsTheServerAtAnyMomentReadsOneLine(t *testing.T) {
	t.Parallel()
	for _, after := range []time.Duration{0, 200, 1000} {
		t.Run(fmt.Sprintf("%d ms", after), func(t *testing.T) {
			t.Parallel()
			dir, err := os.MkdirTemp("/tmp", "tiendo-stop-") //nolint:usetesting // PostgreSQL's user cannot reach a test's own folder
			require.NoError(t, err)
			t.Cleanup(func() { os.RemoveAll(dir) })
			said, err := interrupt(t, after*time.Millisecond, "serve", "--data", filepath.Join(dir, "db"), "--today", "2021-01-25", "--listen", "127.0.0.1:0")
			require.NoError(t, err)
			require.True(t, strings.HasSuffix(said, "đã dừng / stopped\n"), said)
			require.Equal(t, 1, strings.Count(said, "stopped"))
		})
	}
}

func TestACommandThatIsStoppedHasNotDoneItsWork(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "db")
	said, err := interrupt(t, 0, "migrate", "--data", dir)
	require.ErrorIs(t, err, errInterrupted)
	require.Equal(t, "đã dừng / stopped\n", said)
}

func TestADatabaseThatDidNotEndInOrderIsToldOf(t *testing.T) {
	t.Parallel()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	out := &written{}
	reason := fault.New(fault.Unavailable, "database-start", "Hỏng", "Broken")
	err := stopped(ended, output{Writer: out}, true, errors.Join(context.Canceled, fmt.Errorf("%w: %w", errNotClosed, reason)))
	require.Contains(t, explain(err), "Broken")
	require.Empty(t, out.String())
	require.ErrorIs(t, stopped(t.Context(), output{Writer: out}, true, reason), reason, "nobody stopped it")
}
