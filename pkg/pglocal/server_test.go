package pglocal

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"tiendo/pkg/fault"
)

func TestServer(t *testing.T) {
	t.Parallel()

	t.Run("a new folder becomes a durable UTF-8 server that only its socket reaches", func(t *testing.T) {
		t.Parallel()
		dir := filepath.Join(folder(t), "a", "db") // the parent is made too
		s := start(t, Options{Dir: dir, Durable: true})
		conn, err := pgx.Connect(t.Context(), s.URL("postgres"))
		require.NoError(t, err)
		defer conn.Close(t.Context())
		for setting, want := range map[string]string{
			"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "listen_addresses": "",
			"server_encoding": "UTF8", "dynamic_shared_memory_type": "mmap", "TimeZone": "UTC", "lc_messages": "C.UTF-8",
		} {
			var got string
			require.NoError(t, conn.QueryRow(t.Context(), "SELECT current_setting($1)", setting).Scan(&got))
			require.Equal(t, want, got, setting)
		}
		var lower string
		require.NoError(t, conn.QueryRow(t.Context(), "SELECT lower('ĐẮK LẮK')").Scan(&lower))
		require.Equal(t, "đắk lắk", lower)

		require.Equal(t, dir, s.Dir())
		major, _, _ := strings.Cut(s.Version(), ".")
		require.Equal(t, filepath.Join(dir, major), s.DataDir())
		for _, closed := range []string{dir, s.Socket(), s.DataDir()} {
			info, err := os.Stat(closed)
			require.NoError(t, err)
			require.Zero(t, info.Mode().Perm()&0o077, closed)
		}
	})

	t.Run("settings reach the server and win", func(t *testing.T) {
		t.Parallel()
		s := start(t, Options{Dir: filepath.Join(folder(t), "db"), Seed: seed(t), Settings: map[string]string{"max_connections": "17", "timezone": "Asia/Ho_Chi_Minh"}})
		conn, err := pgx.Connect(t.Context(), s.URL("postgres"))
		require.NoError(t, err)
		defer conn.Close(t.Context())
		var n, sync string
		require.NoError(t, conn.QueryRow(t.Context(), "SELECT current_setting('max_connections'), current_setting('fsync')").Scan(&n, &sync))
		require.Equal(t, "17", n)
		require.Equal(t, "off", sync)
	})

	t.Run("what PostgreSQL says goes to the log, and into the fault when it does not start", func(t *testing.T) {
		t.Parallel()
		var log bytes.Buffer
		_, err := Start(t.Context(), Options{Dir: filepath.Join(folder(t), "db"), Seed: seed(t), Log: &log, Settings: map[string]string{"max_connections": "many"}})
		require.True(t, fault.Is(err, CodeStart))
		require.Equal(t, fault.Unavailable, fault.KindOf(err))
		require.Contains(t, log.String(), "max_connections")
		f, _ := fault.As(err)
		require.Contains(t, f.Text.Vi, "max_connections")
		require.Contains(t, f.Text.En, "DATABASE_URL")
	})

	t.Run("a database is made once however many ask for it", func(t *testing.T) {
		t.Parallel()
		s := start(t, Options{Dir: filepath.Join(folder(t), "db"), Seed: seed(t)})
		var group sync.WaitGroup
		errs := make([]error, 4)
		for i := range errs {
			group.Go(func() { errs[i] = s.CreateDatabase(t.Context(), `tiến "độ"/?`) })
		}
		group.Wait()
		for _, err := range errs {
			require.NoError(t, err)
		}
		conn, err := pgx.Connect(t.Context(), s.URL(`tiến "độ"/?`))
		require.NoError(t, err)
		require.NoError(t, conn.Close(t.Context()))
	})
}

func TestStop(t *testing.T) {
	t.Parallel()

	t.Run("leaves no process, no socket and no lock, and may be called again", func(t *testing.T) {
		t.Parallel()
		dir := filepath.Join(folder(t), "db")
		s, err := Start(t.Context(), Options{Dir: dir, Seed: seed(t)})
		require.NoError(t, err)
		require.True(t, alive(postmasterOf(s)))
		require.NoError(t, s.Stop())
		require.NoError(t, s.Stop())
		require.False(t, alive(postmasterOf(s)))
		require.Empty(t, processesOf(t, s.DataDir()))
		require.NoFileExists(t, filepath.Join(s.Socket(), ".s.PGSQL.5432"))
		removed, err := Remove(dir)
		require.NoError(t, err)
		require.True(t, removed)
		require.NoDirExists(t, dir)
	})

	t.Run("ends sessions that are still open", func(t *testing.T) {
		t.Parallel()
		s, err := Start(t.Context(), Options{Dir: filepath.Join(folder(t), "db"), Seed: seed(t)})
		require.NoError(t, err)
		conn, err := pgx.Connect(t.Context(), s.URL("postgres"))
		require.NoError(t, err)
		require.NoError(t, s.Stop())
		require.Error(t, conn.Ping(t.Context()))
	})

	t.Run("tells when the server had ended by itself", func(t *testing.T) {
		t.Parallel()
		s, err := Start(t.Context(), Options{Dir: filepath.Join(folder(t), "db"), Seed: seed(t)})
		require.NoError(t, err)
		require.NoError(t, syscall.Kill(postmasterOf(s), syscall.SIGINT))
		<-s.Done()
		require.True(t, fault.Is(s.Stop(), CodeStart))
	})
}

func TestCrash(t *testing.T) {
	t.Parallel()

	t.Run("after kill -9 of the program its server ends and the next start finds what was committed", func(t *testing.T) {
		t.Parallel()
		dir := filepath.Join(folder(t), "db")
		c := startChild(t, self(t), dir, nil, "CHILD_SEED="+seed(t))
		require.NotZero(t, c.postmaster, c.out)
		require.Error(t, c.end(syscall.SIGKILL))
		s := start(t, Options{Dir: dir, Durable: true})
		require.Equal(t, 1, rowsOf(t, s))
		awaitGone(t, c.postmaster)
	})

	t.Run("after kill -9 of program and server too", func(t *testing.T) {
		t.Parallel()
		dir := filepath.Join(folder(t), "db")
		c := startChild(t, self(t), dir, nil, "CHILD_SEED="+seed(t))
		require.NotZero(t, c.postmaster, c.out)
		require.NoError(t, syscall.Kill(c.postmaster, syscall.SIGKILL))
		require.Error(t, c.end(syscall.SIGKILL))
		s := start(t, Options{Dir: dir, Durable: true})
		require.Equal(t, 1, rowsOf(t, s))
	})

	t.Run("Ctrl-C reaches the program alone, which stops the server in order", func(t *testing.T) {
		t.Parallel()
		dir := filepath.Join(folder(t), "db")
		c := startChild(t, self(t), dir, nil, "CHILD_SEED="+seed(t))
		require.NotZero(t, c.postmaster, c.out)
		require.NoError(t, c.end(syscall.SIGINT), c.out)
		require.False(t, alive(c.postmaster))
		var log bytes.Buffer
		s, err := Start(t.Context(), Options{Dir: dir, Durable: true, Log: &log})
		require.NoError(t, err)
		require.Equal(t, 1, rowsOf(t, s))
		require.NoError(t, s.Stop())
		require.NotContains(t, log.String(), "not properly shut down")
	})

	t.Run("files that name a living stranger do not hinder a start", func(t *testing.T) {
		t.Parallel()
		dir := filepath.Join(folder(t), "db")
		s, err := Start(t.Context(), Options{Dir: dir, Seed: seed(t)})
		require.NoError(t, err)
		require.NoError(t, s.Stop())
		pid := strconv.Itoa(os.Getpid()) + "\n"
		require.NoError(t, os.WriteFile(filepath.Join(s.DataDir(), "postmaster.pid"), []byte(pid+s.DataDir()+"\n"), 0o600))
		require.NoError(t, os.WriteFile(filepath.Join(s.Socket(), ".s.PGSQL.5432.lock"), []byte(pid), 0o600))
		start(t, Options{Dir: dir})
	})

	t.Run("a data folder that was not finished is made again", func(t *testing.T) {
		t.Parallel()
		dir := filepath.Join(folder(t), "db")
		_, major, err := Find("", "")
		require.NoError(t, err)
		half := filepath.Join(dir, strconv.Itoa(major)+".new")
		require.NoError(t, os.MkdirAll(half, 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(half, "PG_VERSION"), []byte("15\n"), 0o600))
		start(t, Options{Dir: dir, Seed: seed(t)})
	})
}

func TestOneOwner(t *testing.T) {
	t.Parallel()

	t.Run("a second program is refused and told who has the folder", func(t *testing.T) {
		t.Parallel()
		dir := filepath.Join(folder(t), "db")
		c := startChild(t, self(t), dir, nil, "CHILD_SEED="+seed(t))
		require.NotZero(t, c.postmaster, c.out)
		_, err := Start(t.Context(), Options{Dir: dir})
		require.True(t, fault.Is(err, CodeOwned))
		f, _ := fault.As(err)
		for _, text := range []string{f.Text.Vi, f.Text.En} {
			require.Contains(t, text, "pid "+strconv.Itoa(c.cmd.Process.Pid))
			require.Contains(t, text, dir)
		}
		removed, err := Remove(dir)
		require.NoError(t, err)
		require.False(t, removed)
		require.NoError(t, c.end(syscall.SIGINT))
	})

	t.Run("the same program is refused too", func(t *testing.T) {
		t.Parallel()
		dir := filepath.Join(folder(t), "db")
		start(t, Options{Dir: dir, Seed: seed(t)})
		_, err := Start(t.Context(), Options{Dir: dir})
		require.True(t, fault.Is(err, CodeOwned))
	})
}

func TestSocketPath(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(folder(t), strings.Repeat("x", 120), "db")
	s, err := Start(t.Context(), Options{Dir: dir, Seed: seed(t)})
	require.NoError(t, err)
	require.NoError(t, s.CreateDatabase(t.Context(), "trial"))
	require.Less(t, len(s.Socket()), 80)
	info, err := os.Stat(s.Socket())
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o700), info.Mode().Perm())
	require.NoError(t, s.Stop())
	require.NoDirExists(t, s.Socket())
}

func TestEnvironment(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(folder(t), "db")
	c := startChild(t, self(t), dir, nil,
		"PGHOST=nowhere.invalid", "PGPORT=1", "PGDATABASE=none", "PGUSER=none", "PGDATA=/nonexistent", "PGOPTIONS=-c bogus=1",
		"PGTZ=No/Where", "PGSSLMODE=bogus", "PGCONNECT_TIMEOUT=bogus", "PGTARGETSESSIONATTRS=bogus", "PGSSLROOTCERT=/nonexistent",
		"PGCLIENTENCODING=bogus", "PGPASSFILE=/nonexistent", "PGMINPROTOCOLVERSION=9", "PGREQUIREAUTH=bogus", "PGSSLNEGOTIATION=direct",
		"LC_ALL=xx_YY.bogus", "LC_MESSAGES=bogus", "LANG=bogus", "LANGUAGE=bogus", "TZ=No/Where", "PG_COLOR=always")
	require.NotZero(t, c.postmaster, c.out)
	require.NoError(t, c.end(syscall.SIGINT), c.out)
}

// processesOf lists the processes whose command line names path.
func processesOf(t *testing.T, path string) (pids []string) {
	t.Helper()
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	require.NoError(t, err)
	for _, l := range lines {
		if text, err := os.ReadFile(l); err == nil && bytes.Contains(text, []byte(path)) {
			pids = append(pids, filepath.Base(filepath.Dir(l)))
		}
	}
	return pids
}
