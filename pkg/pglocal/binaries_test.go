package pglocal

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/fault"
)

// pretend makes a folder with programs that only know their version.
func pretend(t *testing.T, dir, version string) string {
	t.Helper()
	require.NoError(t, os.MkdirAll(dir, 0o755))
	for _, program := range []string{"initdb", "postgres"} {
		script := fmt.Sprintf("#!/bin/sh\necho '%s (PostgreSQL) %s'\n", program, version)
		require.NoError(t, os.WriteFile(filepath.Join(dir, program), []byte(script), 0o755))
	}
	return dir
}

func TestFind(t *testing.T) {
	t.Parallel()

	t.Run("finds a PostgreSQL on this machine", func(t *testing.T) {
		t.Parallel()
		dir, major, err := Find("", "")
		require.NoError(t, err)
		require.GreaterOrEqual(t, major, minMajor)
		require.FileExists(t, filepath.Join(dir, "initdb"))
	})

	t.Run("a named folder is the only one looked at", func(t *testing.T) {
		t.Parallel()
		for version, major := range map[string]int{"15.18 (Debian 15.18-0+deb12u1)": 15, "18beta2": 18, "19devel": 19} {
			want := pretend(t, t.TempDir(), version)
			dir, got, err := Find(want, "")
			require.NoError(t, err)
			require.Equal(t, want, dir)
			require.Equal(t, major, got)
		}
	})

	t.Run("without any it says what to install, in both languages", func(t *testing.T) {
		t.Parallel()
		for _, dir := range []string{t.TempDir(), pretend(t, t.TempDir(), "14.2"), pretend(t, t.TempDir(), "unknown")} {
			_, _, err := Find(dir, "")
			require.True(t, fault.Is(err, CodeMissing))
			require.Equal(t, fault.Unavailable, fault.KindOf(err))
			f, _ := fault.As(err)
			for _, text := range []string{f.Text.Vi, f.Text.En} {
				require.Contains(t, text, "apt install postgresql")
				require.Contains(t, text, "DATABASE_URL")
			}
			require.ErrorContains(t, f.Cause, dir, "the cause says where was looked")
		}
	})
}

func TestKnownPlaces(t *testing.T) {
	t.Parallel()

	t.Run("Debian's versions by number, newest first", func(t *testing.T) {
		t.Parallel()
		root := t.TempDir()
		for _, v := range []string{"9.6", "15", "18", "17"} {
			require.NoError(t, os.MkdirAll(filepath.Join(root, v, "bin"), 0o755))
		}
		var got []string
		for _, d := range debianPlaces(root) {
			got = append(got, filepath.Base(filepath.Dir(d)))
		}
		require.Equal(t, []string{"18", "17", "15", "9.6"}, got)
	})

	t.Run("the npm package of this machine comes last", func(t *testing.T) {
		t.Parallel()
		npm := t.TempDir()
		arch := map[string]string{"amd64": "x64", "arm64": "arm64"}[runtime.GOARCH]
		dir := pretend(t, filepath.Join(npm, "@embedded-postgres", runtime.GOOS+"-"+arch, "native", "bin"), "18.4")
		places := knownPlaces(npm)
		require.Equal(t, dir, places[len(places)-1])
		b, err := inspect(t.Context(), dir)
		require.NoError(t, err)
		require.Equal(t, binaries{dir: dir, version: "18.4", major: 18}, b)
	})
}

func TestCleanEnv(t *testing.T) {
	t.Parallel()
	got := cleanEnv([]string{"PATH=/bin", "PGHOST=x", "PG_BIN=x", "LC_ALL=x", "LANG=vi_VN", "LANGUAGE=vi", "TZ=x", "HOME=/", "LD_LIBRARY_PATH=/l"})
	require.Equal(t, []string{"PATH=/bin", "HOME=/", "LD_LIBRARY_PATH=/l", "LANG=C"}, got)
}

func TestTail(t *testing.T) {
	t.Parallel()
	var log tail
	for i := range 1000 {
		fmt.Fprintf(&log, "line %d\n", i)
	}
	text := log.String()
	require.LessOrEqual(t, len(text), tailBytes)
	require.Regexp(t, `^line \d+\n`, text)
	require.Regexp(t, `line 999\n$`, text)
}
