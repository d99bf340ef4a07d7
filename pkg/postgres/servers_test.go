package postgres_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/mirror/mirrortest"
	"tiendo/pkg/postgres"
	"tiendo/pkg/postgres/pgtest"
	"tiendo/pkg/tracker"
)

// server is what one process is: a store, a mirror that follows it, and the use
// cases, on connections of its own.
type server struct {
	*tracker.Service
	mirror *mirror.Mirror
	stop   func()
}

// serve starts a server. Its mirror asks seldom, so that it is mostly the
// notifications that it follows.
func serve(pool *pgxpool.Pool, now func() time.Time) *server {
	ctx, cancel := context.WithCancel(context.Background())
	store := postgres.New(pool)
	m := mirror.New(store, mirror.Options{Now: time.Now, Ask: 300 * time.Millisecond, Retry: 60 * time.Millisecond})
	var running sync.WaitGroup
	running.Go(func() { _ = m.Run(ctx) })
	return &server{
		Service: tracker.NewService(store, now, zone, m.Apply), mirror: m,
		stop: func() { cancel(); running.Wait() },
	}
}

func (s *server) view(t require.TestingT) *mirror.View {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	require.NoError(t, s.mirror.Wait(ctx))
	v, err := s.mirror.View(id)
	require.NoError(t, err)
	return v
}

// caughtUp waits until the server's mirror shows a revision.
func (s *server) caughtUp(t require.TestingT, r tracker.Revision) *mirror.View {
	require.Eventually(t, func() bool { return s.view(t).Revision() >= r }, 20*time.Second, 2*time.Millisecond)
	return s.view(t)
}

// sameView says that two views show the same in every place, now and earlier.
func sameView(t require.TestingT, want, got *mirror.View) {
	require.Equal(t, want.Revision(), got.Revision())
	require.Equal(t, want.StateRevision(), got.StateRevision())
	require.Equal(t, want.Redrawn(), got.Redrawn())
	require.Equal(t, want.Frame().Election, got.Frame().Election)
	require.Equal(t, want.Len(), got.Len())
	require.Equal(t, want.Plans(), got.Plans())
	list := want.Frame().List
	for i := range list.Len() {
		require.Equal(t, want.VotingOf(list.At(i).Code), got.VotingOf(list.At(i).Code))
		sameBoard(t, want.Board(i), got.Board(i))
		for _, day := range []civil.Date{{}, civil.Must("2021-01-26")} {
			a, err := want.AsOf(i, day, time.Time{})
			require.NoError(t, err)
			b, err := got.AsOf(i, day, time.Time{})
			require.NoError(t, err)
			sameBoard(t, a, b)
		}
	}
}

func sameBoard(t require.TestingT, want, got *mirror.Board) {
	require.Equal(t, want.Revision(), got.Revision())
	require.Len(t, got.Milestones(), len(want.Milestones()))
	for k := range want.Milestones() {
		a, b := &want.Milestones()[k], &got.Milestones()[k]
		if *a != *b || want.Scope(a) != got.Scope(b) { // comparing by reflection is slow
			require.Equal(t, *a, *b)
			require.Equal(t, want.Scope(a), got.Scope(b))
		}
	}
}

// shows says that a view shows a record as it was stored.
func shows(t require.TestingT, v *mirror.View, r *tracker.Record) {
	o, ok := v.OriginOf(r.Milestone.ID.Key)
	require.True(t, ok)
	i, ok := v.Frame().List.Index(r.Milestone.ID.Area)
	require.True(t, ok)
	m, ok := v.Board(i).Find(o.Ref, r.Milestone.ID.Occurrence)
	require.True(t, ok)
	require.GreaterOrEqual(t, m.Revision, r.Milestone.Revision)
	if m.Revision == r.Milestone.Revision {
		require.Equal(t, r.Milestone.Progress, m.Progress)
		require.Equal(t, r.Milestone.Dates, m.Dates)
	}
}

func TestMirrorsOfTwoServersEndEqualToAFreshLoad(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	pools := [2]*pgxpool.Pool{another(t, pool), another(t, pool)}
	rapid.Check(t, func(t *rapid.T) {
		empty(t, pool)
		w := openOn(t, pool, mirrortest.Places())
		servers := [2]*server{serve(pools[0], w.clock.now), serve(pools[1], w.clock.now)}
		defer func() { servers[0].stop(); servers[1].stop() }()
		for n := range rapid.IntRange(1, 20).Draw(t, "acts") {
			k := rapid.IntRange(0, 1).Draw(t, "server")
			switch rapid.IntRange(0, 7).Draw(t, "trouble") {
			case 0:
				w.exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'")
			case 1: // whatever they are doing
				w.exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
			case 2:
				servers[k].stop()
				servers[k] = serve(pools[k], w.clock.now)
			case 3:
				servers[k].view(t) // wait for the first load
			}
			for _, c := range w.random(t, servers[k].Service, n) {
				require.GreaterOrEqual(t, servers[k].view(t).Revision(), c.Revision, "one's own change is there at once")
			}
		}
		log := w.log()
		fresh, err := mirror.Load(context.Background(), w.store, id)
		require.NoError(t, err)
		for _, s := range servers {
			sameView(t, fresh, s.caughtUp(t, log[len(log)-1].Revision))
			require.NoError(t, s.mirror.Ready())
		}
		verify(t, log)
		folded(t, w, log)
	})
}

// another is a pool of its own on the same database.
func another(t *testing.T, pool *pgxpool.Pool) *pgxpool.Pool {
	t.Helper()
	config := pool.Config()
	other, err := pgxpool.NewWithConfig(context.Background(), config)
	require.NoError(t, err)
	t.Cleanup(other.Close)
	return other
}

func TestServersThatWriteAtTheSameTimeShowTheSame(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	w := openOn(t, pool, places())
	servers := [2]*server{serve(another(t, pool), w.clock.now), serve(another(t, pool), w.clock.now)}
	communes := w.opening.Frame.List.Children(index(t, w, bacKan))
	var together sync.WaitGroup
	for k, s := range servers {
		s.view(t)
		for writer := range 3 {
			together.Go(func() {
				for turn := range 20 {
					at := tracker.MilestoneID{Area: w.opening.Frame.List.At(communes[(turn+writer)%len(communes)]).Code, Key: "voter_list_posted"}
					r, err := w.store.Record(context.Background(), id, at)
					if err != nil {
						t.Error(err)
						return
					}
					task := r.Tasks[(turn+k)%len(r.Tasks)]
					c := tracker.TaskCommand{ID: at, Task: task.Key, If: task.Revision, Status: tracker.To(tracker.Done), DoneOn: tracker.To(w.clock.today())}
					if task.Status == tracker.Done {
						c.Status, c.DoneOn = tracker.To(tracker.NotStarted), tracker.Set[civil.Date]{}
					}
					out, err := s.UpdateTask(context.Background(), id, actor, c)
					switch {
					case fault.KindOf(err) == fault.Stale && err != nil:
					case err != nil:
						t.Error(err)
					default:
						shows(t, s.view(t), &out.Record)
					}
				}
			})
		}
	}
	together.Wait()
	log := w.log()
	whole := log[len(log)-1].Revision
	fresh, err := mirror.Load(t.Context(), w.store, id)
	require.NoError(t, err)
	for _, s := range servers {
		sameView(t, fresh, s.caughtUp(t, whole))
		s.stop()
	}
	verify(t, log)
	folded(t, w, log)
	lawful(t, w, log)
}

func TestAnotherServersElectionIsSeenWithoutAnybodyAsking(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	s := serve(another(t, pool), clockAt(trialDay).now)
	defer s.stop()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	require.NoError(t, s.mirror.Wait(ctx))
	_, err := s.mirror.View(id)
	require.Equal(t, "not_found election-not-found", faulty(err))
	w := openOn(t, pool, places())
	require.Eventually(t, func() bool { _, err := s.mirror.View(id); return err == nil }, 20*time.Second, 2*time.Millisecond)
	fresh, err := mirror.Load(t.Context(), w.store, id)
	require.NoError(t, err)
	sameView(t, fresh, s.view(t))
}

func TestAListenerHearsEveryCommitInItsOrder(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	ctx, stop := context.WithCancel(t.Context())
	ready := make(chan struct{})
	var heard []tracker.Revision
	var ended error
	var listening sync.WaitGroup
	listening.Go(func() {
		ended = w.store.Listen(ctx, func() { close(ready) }, func(e tracker.ElectionID, r tracker.Revision) {
			if e != id {
				t.Errorf("heard of %s", e)
			}
			heard = append(heard, r)
			if r == 8 {
				stop()
			}
		})
	})
	<-ready
	w.clock.set("2021-04-12")
	w.done(bacKan, "consult1_pc_district", trialDay)   // 2
	w.done(commune, "voter_list_posted", "2021-04-10") // 3, 4, 5 to 8 in one
	listening.Wait()
	require.ErrorIs(t, ended, context.Canceled)
	require.Equal(t, []tracker.Revision{2, 3, 4, 8}, heard)
}

func TestAListenerThatIsCutOffSaysSo(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	err := w.store.Listen(t.Context(), func() {
		w.exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'")
	}, func(tracker.ElectionID, tracker.Revision) {})
	require.Equal(t, fault.Unavailable, fault.KindOf(err), "%v", err)
	require.Equal(t, int32(0), w.pool.Stat().AcquiredConns(), "its connection is not given to others")
}

// A mirror that cannot take a commit of its own server hears of it all the same.
func TestAnOwnCommitThatCouldNotBeGivenIsHeardOf(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	ctx, cancel := context.WithCancel(t.Context())
	m := mirror.New(w.store, mirror.Options{Now: time.Now, Ask: time.Hour})
	var running sync.WaitGroup
	running.Go(func() { _ = m.Run(ctx) })
	defer running.Wait()
	defer cancel()
	w.Service = tracker.NewService(w.store, w.clock.now, zone, func(context.Context, []tracker.Change) error { return errors.New("not now") })
	require.NoError(t, m.Wait(ctx))
	shown := func(r tracker.Revision) {
		require.Eventually(t, func() bool {
			v, err := m.View(id)
			return err == nil && v.Revision() >= r
		}, 20*time.Second, 5*time.Millisecond)
	}
	_, err := w.starts(ctx, ward(t, w, 0), "chờ")
	require.NoError(t, err)
	shown(w.head().Revision)
	_ = w.batch(w.communes("polling_team"), false)
	shown(w.head().Revision)
}
