package api_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"tiendo/api"
	"tiendo/pkg/mirror"
	"tiendo/pkg/tracker"
)

// wire is the way to the database, which a test cuts.
type wire struct {
	mu   sync.Mutex
	open map[net.Conn]bool
	cut  bool
}

// on is a pool of its own whose connections go over the line.
func (l *wire) on(d *database) *pgxpool.Pool {
	config := d.pool.Config().Copy()
	dial := config.ConnConfig.DialFunc
	config.ConnConfig.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.cut {
			return nil, errors.New("the line is cut")
		}
		c, err := dial(ctx, network, address)
		if err == nil {
			l.open[c] = true
		}
		return c, err
	}
	pool, err := pgxpool.NewWithConfig(context.Background(), config)
	require.NoError(d.t, err)
	d.t.Cleanup(pool.Close)
	return pool
}

func (l *wire) set(cut bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut = cut
	if cut {
		for c := range l.open {
			_ = c.Close()
		}
		clear(l.open)
	}
}

func TestA1_AServerThatCannotAskTheDatabaseServesNothingOld(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	way := &wire{open: map[net.Conn]bool{}}
	cut, other := d.serveOn(way.on(d)), d.serve()
	tag := cut.get(timelineOf("058")).ok().tag()

	way.set(true)
	require.Eventually(t, func() bool { return cut.get(timelineOf("058")).status == http.StatusServiceUnavailable }, eventually, tick)
	projections := []string{"/api/v1/elections", v1}
	for _, of := range hotRoutes {
		projections = append(projections, of("058"), of("058")+"?")
	}
	for _, address := range projections {
		for _, known := range []string{"", tag, "*"} {
			r := cut.get(address, "If-None-Match", known)
			require.Equal(t, http.StatusServiceUnavailable, r.status, address)
			require.Regexp(t, `^[1-9]\d*$`, r.header.Get("Retry-After"))
			require.Equal(t, "no-store", r.header.Get("Cache-Control"))
			require.Equal(t, "mirror-stale", r.problem()["code"])
		}
	}
	ready := cut.get("/readyz")
	require.Equal(t, http.StatusServiceUnavailable, ready.status)
	require.Contains(t, ready.text(), "The log of changes could not be read")
	other.change(duty, `{"status": "in_progress"}`)
	require.NotEqual(t, tag, other.get(timelineOf("058")).ok().tag(), "others go on")

	way.set(false)
	require.Eventually(t, func() bool { return cut.get(timelineOf("058")).status == http.StatusOK }, eventually, tick)
	require.Equal(t, other.get(timelineOf("058")).tag(), cut.get(timelineOf("058")).tag(), "and then has what it missed")
	require.Eventually(t, func() bool { return strings.Contains(cut.get("/readyz").text(), `"detail":"ok"`) }, eventually, tick)
}

// deaf is a source whose notifications never come.
type deaf struct {
	mirror.Source
	says error // of listening at all; nil: it seems to listen
}

func (s deaf) Listen(ctx context.Context, ready func(), _ func(tracker.ElectionID, tracker.Revision)) error {
	if s.says != nil {
		return s.says
	}
	ready()
	<-ctx.Done()
	return ctx.Err()
}

func TestA1_AServerThatHearsNothingAsks(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		says   error
		detail string
	}{
		"notifications that never come": {nil, "ok"},
		"nobody to listen to":           {errors.New("refused"), "listening: no; asks every 200ms"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDatabase(t)
			writer := d.serve()
			d.hears = func(s mirror.Source) mirror.Source { return deaf{s, x.says} }
			reader := d.serve()
			for range 3 {
				writer.toggle(duty)
				now := writer.get(timelineOf("058")).ok().tag()
				require.Eventually(t, func() bool { return reader.get(timelineOf("058")).tag() == now }, eventually, tick)
			}
			checks := as[api.Readiness](reader.get("/readyz").ok()).Checks
			require.True(t, checks[0].Ok, "it is fresh")
			require.Equal(t, x.detail, checks[0].Detail)
		})
	}
}

// toggle begins a task, or takes that back.
func (s *server) toggle(task string) {
	s.t.Helper()
	status := "in_progress"
	if as[api.Task](s.get(task).ok()).Status == "in_progress" {
		status = "not_started"
	}
	s.change(task, `{"status": "`+status+`"}`)
}

func TestA1_AListenerThatIsCutMissesNothing(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	servers := [2]*server{d.serve(), d.serve()}
	for n := range 6 {
		writer, reader := servers[n%2], servers[(n+1)%2]
		if n%3 == 0 {
			_, err := d.pool.Exec(t.Context(),
				"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'")
			require.NoError(t, err)
		}
		writer.toggle(duty)
		now := writer.get(timelineOf("058")).ok().tag()
		require.Eventually(t, func() bool { return reader.get(timelineOf("058")).ok().tag() == now }, eventually, tick)
		require.Equal(t, writer.get(matrixOf("VN")).text(), reader.get(matrixOf("VN")).text())
	}
}

// Writers and readers at random over two servers: after a write's answer whoever
// wrote reads it on the same server, from prepared answers too; no tag ever stands
// for two bodies; and nobody is told 304 for less than he has written.
func TestA1_WhoHasWrittenReadsItAndNoTagStandsForTwoBodies(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	servers := [2]*server{d.serve(), d.serve()}
	tasks := map[string]string{ // of wards of one city, so that their ancestors are the same
		"01840": v1 + "/areas/01840/milestones/consult1_pc_commune/tasks/duty", "01837": v1 + "/areas/01837/milestones/polling_team/tasks/duty",
		"058": duty,
	}
	var bodies sync.Map
	check := func(s *server, address, known string) (string, bool) {
		r := s.get(address, "Accept-Encoding", "gzip", "If-None-Match", known)
		if r.status == http.StatusNotModified {
			return r.tag(), true
		}
		if r.status != http.StatusOK {
			t.Errorf("%s: %d %s", address, r.status, r.text())
			return "", false
		}
		if was, seen := bodies.LoadOrStore(address+r.tag(), r.text()); seen && was != r.text() {
			t.Errorf("%s: two bodies for %s", address, r.tag())
		}
		return r.tag(), false
	}
	var running sync.WaitGroup
	var writing atomic.Int64
	writing.Store(int64(len(tasks)))
	for code, task := range tasks {
		s := servers[rand.IntN(2)].bare()
		running.Go(func() {
			defer writing.Add(-1)
			before := map[string]string{}
			for n := range 15 {
				read := s.get(task)
				if read.status != http.StatusOK {
					t.Errorf("%s: %d", task, read.status)
					return
				}
				body := fmt.Sprintf(`{"status": %q}`, []string{"in_progress", "not_started"}[n%2])
				if r := s.patch(task, read.tag(), body); r.status != http.StatusOK {
					t.Errorf("%s: %d %s", task, r.status, r.text())
					return
				}
				for _, address := range []string{timelineOf(code), matrixOf(code), matrixOf("VN"), deadlinesOf("06")} {
					now, same := check(s, address, before[address])
					if same {
						t.Errorf("%s is said not to have changed since before the write", address)
					}
					before[address] = now
				}
			}
		})
	}
	for _, one := range servers {
		s := one.bare()
		running.Go(func() {
			known := map[string]string{}
			for writing.Load() > 0 {
				for _, address := range []string{timelineOf("058"), timelineOf("01840"), matrixOf("VN"), deadlinesOf("06")} {
					known[address], _ = check(s, address, known[address])
				}
			}
		})
	}
	running.Wait()
	for _, address := range []string{timelineOf("058"), matrixOf("VN"), deadlinesOf("06")} {
		require.Eventually(t, func() bool { return servers[0].get(address).tag() == servers[1].get(address).tag() }, eventually, tick)
		require.Equal(t, servers[0].get(address).text(), servers[1].get(address).text())
	}
}

// bare is the same client, whose answers are not held against the contract.
func (s *server) bare() *server {
	other := *s
	other.held = map[string]bool{}
	return &other
}
