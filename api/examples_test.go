package api_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// farAway is a server as a client far away has it: it may be cut, and another one may
// stand behind the same address.
type farAway struct {
	*httptest.Server
	behind atomic.Pointer[url.URL] // nil: cut
}

func (l *farAway) lead(t *testing.T, s *server) {
	t.Helper()
	if s == nil {
		l.behind.Store(nil)
		l.CloseClientConnections() // also of those who wait
		return
	}
	u, err := url.Parse(s.base)
	require.NoError(t, err)
	l.behind.Store(u)
}

func newLine(t *testing.T) *farAway {
	t.Helper()
	l := &farAway{}
	through := &httputil.ReverseProxy{
		Rewrite:       func(r *httputil.ProxyRequest) { r.SetURL(l.behind.Load()) },
		FlushInterval: -1,
	}
	l.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if l.behind.Load() == nil {
			panic(http.ErrAbortHandler)
		}
		through.ServeHTTP(w, r)
	}))
	t.Cleanup(func() { l.lead(t, nil); l.Close() })
	return l
}

// example is one of api/examples: how it is started, without its arguments.
type example struct {
	command []string
	once    string
}

// examples are those that can run here: Go always.
func examples(t *testing.T) map[string]example {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "copy")
	built, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "./examples").CombinedOutput()
	require.NoError(t, err, "%s", built)
	all := map[string]example{"Go": {[]string{binary}, "-once"}}
	for name, e := range map[string]struct{ needs, file string }{"Python": {"python3", "copy.py"}, "shell": {"curl", "copy.sh"}} {
		if _, err := exec.LookPath(e.needs); err == nil {
			all[name] = example{[]string{filepath.Join("examples", e.file)}, "--once"}
		}
	}
	return all
}

func (e example) run(t *testing.T, arguments ...string) *exec.Cmd {
	t.Helper()
	c := exec.CommandContext(t.Context(), e.command[0], append(e.command[1:], arguments...)...) //nolint:gosec // our own
	// Whatever it has started is ended with it.
	c.SysProcAttr, c.Cancel, c.WaitDelay = ownGroup(), func() error { return endGroup(c) }, 10*time.Second
	return c
}

// said is what a program says, which may be read meanwhile.
type said struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *said) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(b)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// start runs it until end is called, which kills it.
func (e example) start(t *testing.T, arguments ...string) (out *said, end func()) {
	t.Helper()
	c := e.run(t, arguments...)
	out = &said{}
	c.Stdout, c.Stderr = out, out
	require.NoError(t, c.Start())
	end = sync.OnceFunc(func() { _ = endGroup(c); _ = c.Wait() })
	t.Cleanup(end)
	return out, end
}

// copied is what a copy holds, without what counts on from day to day.
func copied(t *testing.T, file string) map[string]any {
	t.Helper()
	text, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		return nil
	}
	require.NoError(t, err)
	_, lines, _ := strings.Cut(string(text), "\n")
	rows := map[string]any{}
	for line := range strings.Lines(lines) {
		key, row, _ := strings.Cut(line, "\t")
		rows[key] = timeless(t, []byte(row))
	}
	return rows
}

func timeless(t *testing.T, row []byte) map[string]any {
	t.Helper()
	var r map[string]any
	require.NoError(t, json.Unmarshal(row, &r), "%s", row)
	delete(r, "days_behind")
	delete(r["milestone"].(map[string]any), "days_left")
	return r
}

// fresh is what a new snapshot holds.
func fresh(s *server, branch string) map[string]any {
	s.t.Helper()
	rows := map[string]any{}
	for address := branch + "/deadlines?limit=200"; address != ""; {
		page := as[struct {
			Items []json.RawMessage
			Next  string
		}](s.get(address).ok())
		for _, item := range page.Items {
			r := timeless(s.t, item)
			rows[r["area"].(map[string]any)["code"].(string)+"/"+r["milestone"].(map[string]any)["id"].(string)] = r
		}
		address = page.Next
	}
	return rows
}

func TestA8_TheExamplesKeepACopyThroughRestartsAndTheLossOfTheServer(t *testing.T) {
	t.Parallel()
	for name, e := range examples(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, l := serve(t), newLine(t)
			l.lead(t, s)
			file := filepath.Join(t.TempDir(), "copy")
			address, branch := l.URL+v1+"/areas/VN", v1+"/areas/VN"
			same := func() bool { return equal(copied(t, file), fresh(s, branch)) }
			soon := func(what string) {
				t.Helper()
				require.Eventually(t, same, time.Minute, 100*time.Millisecond, what)
			}

			begun, err := e.run(t, e.once, address, file).CombinedOutput()
			require.NoError(t, err, "%s", begun)
			require.Contains(t, string(begun), "snapshot")
			require.True(t, same(), "a fresh copy")

			_, end := e.start(t, address, file)
			s.change(duty, `{"status": "in_progress"}`)
			soon("a change while it follows")
			end() // killed, whatever it was doing

			s.change(duty, `{"status": "done", "done_on": "2021-01-20"}`)
			out, end := e.start(t, address, file)
			soon("a change while it was not running")
			require.NotContains(t, out.String(), "snapshot", "it goes on where it was")

			l.lead(t, nil)
			s.change(duty, `{"status": "blocked", "reason": "\"\\ đợi"}`)
			require.False(t, same())
			l.lead(t, s)
			soon("a change while the server was lost")
			require.NotContains(t, out.String(), "snapshot")
			end()
		})
	}
}

func TestA11_TheExamplesBeginAnewWhereTheirTokenIsNoMore(t *testing.T) {
	t.Parallel()
	for name, e := range examples(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			branch := v1 + "/areas/VN"
			before, restored, l := serve(t), serve(t), newLine(t)
			before.change(duty, `{"status": "in_progress"}`)
			l.lead(t, before)
			file := filepath.Join(t.TempDir(), "copy")
			out, end := e.start(t, l.URL+branch, file)
			defer end()
			require.Eventually(t, func() bool { return equal(copied(t, file), fresh(before, branch)) }, time.Minute, 100*time.Millisecond)

			l.lead(t, nil)
			l.lead(t, restored) // a database that was put back: it does not know of the change
			require.Eventually(t, func() bool { return equal(copied(t, file), fresh(restored, branch)) }, time.Minute, 100*time.Millisecond)
			require.Equal(t, 2, strings.Count(out.String(), "snapshot"))
		})
	}
}

func TestTheExamplesSayWhatIsWrong(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for name, e := range examples(t) {
		out, err := e.run(t, e.once, s.base+v1+"/areas/nowhere", filepath.Join(t.TempDir(), "copy")).CombinedOutput()
		require.Error(t, err, name)
		require.Contains(t, string(out), "area-not-found", name)
		cut := newLine(t)
		out, err = e.run(t, e.once, cut.URL+v1+"/areas/VN", filepath.Join(t.TempDir(), "copy")).CombinedOutput()
		require.Error(t, err, name)
		require.Contains(t, string(out), "not now", name)
	}
}

func equal(a, b map[string]any) bool { return reflect.DeepEqual(a, b) }
