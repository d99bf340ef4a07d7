package pglocal

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// childDir in the environment makes the test binary be the program of a trial:
// it starts a server there, writes a row and waits for Ctrl-C.
const childDir = "PGLOCAL_TEST_CHILD_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		if err := beChild(dir); err != nil {
			fmt.Println("failed:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	code := m.Run()
	if seedRoot != "" {
		_ = os.RemoveAll(seedRoot)
	}
	os.Exit(code)
}

func beChild(dir string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	s, err := Start(ctx, Options{Dir: dir, Durable: true, Seed: os.Getenv("CHILD_SEED")})
	if err != nil {
		return err
	}
	if err := s.CreateDatabase(ctx, "trial"); err != nil {
		return err
	}
	if err := writeRow(ctx, s); err != nil {
		return err
	}
	fmt.Println("ready", postmasterOf(s))
	<-ctx.Done()
	return s.Stop()
}

func writeRow(ctx context.Context, s *Server) error {
	conn, err := pgx.Connect(ctx, s.URL("trial"))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, "CREATE TABLE IF NOT EXISTS row (n int); INSERT INTO row VALUES (1)")
	return err
}

func rowsOf(t *testing.T, s *Server) (n int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), s.URL("trial"))
	require.NoError(t, err)
	defer conn.Close(t.Context())
	require.NoError(t, conn.QueryRow(t.Context(), "SELECT count(*) FROM row").Scan(&n))
	return n
}

func postmasterOf(s *Server) int { return s.process.Pid }

// child is the test binary running as the program of a trial.
type child struct {
	cmd        *exec.Cmd
	postmaster int
	out        *bytes.Buffer
	drained    chan struct{} // closed when everything it wrote was read
}

// startChild returns when the child's server has committed a row, or when the
// child has ended.
func startChild(t *testing.T, binary, dir string, as *syscall.Credential, env ...string) *child {
	t.Helper()
	cmd := exec.Command(binary)
	cmd.Dir = filepath.Dir(dir)
	cmd.Env = append(os.Environ(), childDir+"="+dir)
	cmd.Env = append(cmd.Env, env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: as}
	r, w, err := os.Pipe()
	require.NoError(t, err)
	cmd.Stdout, cmd.Stderr = w, w
	require.NoError(t, cmd.Start())
	require.NoError(t, w.Close())
	c := &child{cmd: cmd, out: new(bytes.Buffer), drained: make(chan struct{})}
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadString('\n')
		c.out.WriteString(line)
		if pid, ok := strings.CutPrefix(line, "ready "); ok {
			c.postmaster, err = strconv.Atoi(strings.TrimSpace(pid))
			require.NoError(t, err)
			break
		}
		if err != nil {
			break
		}
	}
	go func() {
		_, _ = io.Copy(c.out, lines)
		_ = r.Close()
		close(c.drained)
	}()
	return c
}

// end sends a signal to the child's process group and says how it ended.
func (c *child) end(sig syscall.Signal) error {
	_ = syscall.Kill(-c.cmd.Process.Pid, sig)
	err := c.cmd.Wait()
	<-c.drained
	return err
}

func self(t *testing.T) string {
	t.Helper()
	path, err := os.Executable()
	require.NoError(t, err)
	return path
}

// folder is one that any user can reach, unlike t.TempDir below root's 0700.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "pgl") //nolint:usetesting // see above
	require.NoError(t, err)
	require.NoError(t, os.Chmod(dir, 0o711))
	t.Cleanup(func() {
		// A server whose program was killed may still be writing.
		require.Eventually(t, func() bool { return os.RemoveAll(dir) == nil }, time.Minute, 20*time.Millisecond)
	})
	return dir
}

var (
	seedRoot string
	seedOnce = sync.OnceValues(func() (string, error) {
		var err error
		if seedRoot, err = os.MkdirTemp("/tmp", "pglseed"); err != nil {
			return "", err
		}
		dir := filepath.Join(seedRoot, "seed")
		s, err := Start(context.Background(), Options{Dir: dir})
		if err != nil {
			return "", err
		}
		return dir, s.Stop()
	})
)

// seed is made once, because initdb takes most of the time of a test.
func seed(t *testing.T) string {
	t.Helper()
	dir, err := seedOnce()
	require.NoError(t, err)
	return dir
}

func start(t *testing.T, o Options) *Server {
	t.Helper()
	s, err := Start(t.Context(), o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Stop()) })
	return s
}

func alive(pid int) bool { return syscall.Kill(pid, 0) == nil }

// awaitGone waits for the end of a process that is not our child.
func awaitGone(t *testing.T, pid int) {
	t.Helper()
	require.Eventually(t, func() bool { return !alive(pid) }, time.Minute, 5*time.Millisecond)
}
