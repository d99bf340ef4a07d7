package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tiendo/api"
	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/dossier"
	"tiendo/pkg/postgres"
	"tiendo/pkg/postgres/pgtest"
	"tiendo/pkg/tracker"
)

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler)) // one line per request is for operators
	os.Exit(m.Run())
}

// How long something may take to come, and how often it is looked for.
const (
	eventually = 60 * time.Second
	tick       = 20 * time.Millisecond
)

// written is what a program prints, read while it runs.
type written struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (w *written) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(p)
}

func (w *written) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

// program is the serving of a trial on a database with the 2021 election in
// Bắc Kạn city alone.
type program struct {
	t    *testing.T
	d    *database
	out  *written
	base string
	stop func()
}

// trial is a database in which the election of a few places has been opened.
func trial(t *testing.T) (*Config, *database) {
	t.Helper()
	zone, err := api.Zone()
	require.NoError(t, err)
	c, d := &Config{zone: zone, Today: Today{Date: civil.Must("2021-01-25")}, PublicReading: true, Prepared: api.PreparedAnswers}, &database{pool: pgtest.New(t)}
	known, err := dossier.Load("2021")
	require.NoError(t, err)
	opening, err := known.Opening(area.Edition2021().Only("small", "058"))
	require.NoError(t, err)
	_, err = tracker.NewService(postgres.New(d.pool), c.clock(), zone, nil).Open(t.Context(), opening, record)
	require.NoError(t, err)
	return c, d
}

// start serves until the test is over.
func start(t *testing.T, c *Config, d *database) *program {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	p := &program{t: t, d: d, out: &written{}, base: "http://" + listener.Addr().String()}
	ended := make(chan error, 1)
	go func() { ended <- c.serve(ctx, d, listener, output{Writer: p.out}) }()
	p.stop = sync.OnceFunc(func() {
		cancel()
		require.NoError(t, <-ended)
	})
	t.Cleanup(p.stop)
	return p
}

func (p *program) get(path string) (status int, body string) {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, p.base+path, http.NoBody)
	require.NoError(p.t, err)
	answer, err := http.DefaultClient.Do(r)
	require.NoError(p.t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(p.t, err)
	return answer.StatusCode, string(text)
}

func (p *program) awaitReady() {
	p.t.Helper()
	require.Eventually(p.t, func() bool {
		status, _ := p.get("/readyz")
		return status == http.StatusOK
	}, eventually, tick)
}

func TestWhileTheElectionIsOpenedTheServerSaysNotYet(t *testing.T) {
	t.Parallel()
	c, d := trial(t)
	lock, err := d.pool.Begin(t.Context())
	require.NoError(t, err)
	defer lock.Rollback(context.Background())
	_, err = lock.Exec(t.Context(), "LOCK TABLE election IN ACCESS EXCLUSIVE MODE") // opening waits for it
	require.NoError(t, err)

	p := start(t, c, d)
	status, _ := p.get("/livez")
	require.Equal(t, http.StatusOK, status)
	status, body := p.get("/readyz")
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.Contains(t, body, `{"detail":"ok","name":"database","ok":true}`)
	require.Contains(t, body, "The data is still being read")
	for _, path := range []string{"", "/2021", "/2021/areas/058/timeline", "/2021/documents", "/2021/rules"} {
		status, body := p.get("/api/v1/elections" + path)
		require.Equal(t, http.StatusServiceUnavailable, status, "%s: %s", path, body)
		var problem api.Problem
		require.NoError(t, json.Unmarshal([]byte(body), &problem))
		require.Equal(t, "mirror-not-loaded", problem.Code, path)
	}
	require.Empty(t, p.out.String(), "the address is printed when there is something to see")

	require.NoError(t, lock.Rollback(t.Context()))
	p.awaitReady()
	require.Eventually(t, func() bool { return bytes.Contains([]byte(p.out.String()), []byte(p.base)) }, eventually, tick)
	status, _ = p.get("/api/v1/elections/2021/areas/058/timeline")
	require.Equal(t, http.StatusOK, status)
}

func TestWhatTheDossierKnowsIsEnteredInItsName(t *testing.T) {
	t.Parallel()
	c, d := trial(t)
	p := start(t, c, d)
	p.awaitReady()
	require.Equal(t, []string{"dossier " + record.Name}, pgtest.Value[[]string](t, d.pool, "log",
		"SELECT array_agg(DISTINCT actor_id || ' ' || actor_name) FROM change"), "nobody else did anything")
}

func TestAChangeThatTheMirrorDoesNotTakeIsLogged(t *testing.T) {
	t.Parallel()
	log := &written{}
	failing := func(context.Context, []tracker.Change) error { return errors.New("out of step") }
	err := told(slog.New(slog.NewTextHandler(log, nil)), failing)(t.Context(), make([]tracker.Change, 2))
	require.ErrorContains(t, err, "out of step")
	require.Contains(t, log.String(), "level=ERROR")
	require.Contains(t, log.String(), "changes=2")
	require.Contains(t, log.String(), "out of step")
}

// Not parallel: what the program logs by default is read here.
func TestWhatTheMirrorCannotDoIsLogged(t *testing.T) {
	log, usual := &written{}, slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(log, nil)))
	defer slog.SetDefault(usual)
	c, d := trial(t)
	p := start(t, c, d)
	p.awaitReady()
	_, err := d.pool.Exec(t.Context(), "ALTER TABLE log_head RENAME TO gone")
	require.NoError(t, err)
	require.Eventually(t, func() bool { return bytes.Contains([]byte(log.String()), []byte("could not follow the log")) }, eventually, tick)
	p.stop()
}
