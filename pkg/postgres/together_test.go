package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror/mirrortest"
	"tiendo/pkg/postgres"
	"tiendo/pkg/postgres/pgtest"
	"tiendo/pkg/tracker"
)

// gate holds a row in a transaction, so that whoever needs it waits.
func (w *world) gate(query string) (open func()) {
	tx, err := w.pool.Begin(context.Background())
	require.NoError(w.t, err)
	_, err = tx.Exec(context.Background(), query)
	require.NoError(w.t, err)
	return func() { require.NoError(w.t, tx.Rollback(context.Background())) }
}

const theHead = "SELECT FROM log_head FOR UPDATE"

// blocked waits until so many transactions wait for others.
func (w *world) blocked(n int) {
	require.Eventually(w.t, func() bool {
		return w.count("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") == n
	}, 20*time.Second, time.Millisecond)
}

// ward is the n-th commune of Bắc Kạn.
func ward(t *testing.T, w *world, n int) area.Code {
	t.Helper()
	return w.opening.Frame.List.At(w.opening.Frame.List.Children(index(t, w, bacKan))[n]).Code
}

// starts reports on a task, as it is now unless it says else.
func (w *world) starts(ctx context.Context, code area.Code, note string) ([]tracker.Change, error) {
	c := w.command(code, "polling_team", "duty")
	c.Status, c.Reason = tracker.To(tracker.Blocked), tracker.To(note)
	out, err := w.UpdateTask(ctx, id, actor, c)
	return out.Changes, err
}

// transactions is in how many of them the log was written since it was opened.
func (w *world) transactions() int {
	return w.count("SELECT count(DISTINCT xmin::text) FROM change WHERE revision > 1")
}

// Long because one group has everything in it that can become of an act.
func TestWhatWaitsIsCommittedTogetherAndEachHasItsOwnOutcome(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	stale := w.command(ward(t, w, 1), "polling_team", "duty")
	stale.Status = tracker.To(tracker.InProgress)
	_, err := w.starts(t.Context(), stale.ID.Area, "chờ")
	require.NoError(t, err)
	notPlain := w.command(ward(t, w, 2), "polling_team", "duty")
	var followed [][]tracker.Change
	service := tracker.NewService(w.store, w.clock.now, zone, func(_ context.Context, changes []tracker.Change) error {
		if last := followed; len(last) == 0 || changes[0].Revision > last[len(last)-1][len(last[len(last)-1])-1].Revision {
			followed = append(followed, changes)
		}
		return nil
	})
	before := w.transactions()

	release := w.gate(theHead)
	var all sync.WaitGroup
	var mu sync.Mutex
	var sealed []tracker.Change
	kept := func(code area.Code) {
		changes, err := w.starts(context.Background(), code, "chờ "+string(code))
		mu.Lock()
		defer mu.Unlock()
		if err != nil {
			t.Error(err)
		}
		sealed = append(sealed, changes...)
	}
	all.Go(func() { kept(ward(t, w, 0)) })
	w.blocked(1)
	for n := 3; n < 8; n++ {
		all.Go(func() { kept(ward(t, w, n)) })
	}
	all.Go(func() { // somebody was faster
		_, err := service.UpdateTask(context.Background(), id, actor, stale)
		if faulty(err) != "stale stale-revision" {
			t.Errorf("%v", err)
		}
	})
	all.Go(func() { // decides nothing
		_, err := w.store.Change(context.Background(), w.frame(), tracker.Needs{Milestones: []tracker.MilestoneID{{Area: commune, Key: "voter_list_posted"}}},
			func(f tracker.Found) (*tracker.Act, error) {
				return tracker.Begin(w.frame(), actor, w.clock.now(), zone, f), nil
			})
		if err != nil {
			t.Error(err)
		}
	})
	all.Go(func() { // what is not there
		_, err := w.UpdateTask(context.Background(), id, actor, tracker.TaskCommand{ID: tracker.MilestoneID{Area: commune, Key: "none"}, Task: "duty", If: 1})
		if faulty(err) != "not_found milestone-not-found" {
			t.Errorf("%v", err)
		}
	})
	all.Go(func() {
		defer func() {
			if recover() != "at the disco" {
				t.Error("a panic belongs to who panics")
			}
		}()
		_, _, _ = w.Do(context.Background(), id, actor, func(*tracker.Frame) tracker.Needs {
			return tracker.Needs{Milestones: []tracker.MilestoneID{notPlain.ID}}
		},
			func(*tracker.Act) error { panic("at the disco") })
	})
	require.Eventually(t, func() bool { return w.store.Waiting() == 9 }, 20*time.Second, time.Millisecond)
	release()
	all.Wait()
	require.LessOrEqual(t, w.transactions()-before, 3, "six reports, the first of them by itself")
	log := w.log()
	for _, c := range sealed {
		require.Equal(t, log[c.Revision-1], c)
	}
	require.Len(t, log, 2+len(sealed))
	whole(t, w, log[1:])
	next := tracker.Revision(0)
	for _, changes := range followed {
		for _, c := range changes {
			require.True(t, next == 0 || c.Revision == next, "followed without gaps")
			next = c.Revision + 1
		}
	}
}

func TestWhatTheDatabaseRefusesOfOneIsNotRefusedOfTheOthers(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	release := w.gate(theHead)
	var all sync.WaitGroup
	all.Go(func() {
		if _, err := w.starts(context.Background(), ward(t, w, 0), "chờ"); err != nil {
			t.Error(err)
		}
	})
	w.blocked(1)
	for n := 1; n < 6; n++ {
		all.Go(func() {
			reason := "chờ"
			if n == 3 {
				reason = "a\x00b" // the database cannot keep it
			}
			_, err := w.starts(context.Background(), ward(t, w, n), reason)
			if n == 3 && faulty(err) != "invalid text-not-plain" || n != 3 && err != nil {
				t.Errorf("%d: %v", n, err)
			}
		})
	}
	require.Eventually(t, func() bool { return w.store.Waiting() == 5 }, 20*time.Second, time.Millisecond)
	release()
	all.Wait()
	log := w.log()
	require.Len(t, log, 6)
	whole(t, w, log[1:])
}

func TestNobodyWaitsForARowThatHeDoesNotNeed(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	held := ward(t, w, 0)
	release := w.gate("SELECT FROM milestone WHERE area_code = '" + string(held) + "' AND key = 'polling_team' FOR UPDATE")
	var waiting sync.WaitGroup
	waiting.Go(func() {
		if _, err := w.starts(context.Background(), held, "chờ"); err != nil {
			t.Error(err)
		}
	})
	w.blocked(1)
	for n := 1; n < 4; n++ {
		_, err := w.starts(t.Context(), ward(t, w, n), "chờ")
		require.NoError(t, err)
	}
	gone, leave := context.WithCancel(t.Context())
	waiting.Go(func() {
		if _, err := w.starts(gone, held, "chờ nữa"); !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
	})
	w.blocked(2)
	leave()
	w.blocked(1)
	release()
	waiting.Wait()
	log := w.log()
	require.Len(t, log, 5)
	whole(t, w, log[1:])
}

func TestWhoHasGoneIsLeftOutAndHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	release := w.gate(theHead)
	var all sync.WaitGroup
	first, leaveFirst := context.WithCancel(t.Context())
	all.Go(func() {
		if _, err := w.starts(first, ward(t, w, 0), "chờ"); !errors.Is(err, context.Canceled) {
			t.Errorf("alone under way, and gone: %v", err)
		}
	})
	w.blocked(1)
	waiting, leave := context.WithCancel(t.Context())
	all.Go(func() {
		if _, err := w.starts(waiting, ward(t, w, 1), "chờ"); !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
	})
	all.Go(func() {
		if _, err := w.starts(context.Background(), ward(t, w, 2), "chờ"); err != nil {
			t.Error(err)
		}
	})
	require.Eventually(t, func() bool { return w.store.Waiting() == 2 }, 20*time.Second, time.Millisecond)
	leave()
	require.Eventually(t, func() bool { return w.store.Waiting() == 1 }, 20*time.Second, time.Millisecond)
	leaveFirst()
	require.Eventually(t, func() bool { return w.store.Waiting() == 0 }, 20*time.Second, time.Millisecond)
	release()
	all.Wait()
	log := w.log()
	require.Len(t, log, 2)
	require.Equal(t, ward(t, w, 2), log[1].Milestone.Area)
	whole(t, w, log[1:])
}

func TestWhoIsSlowToDecideHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	decide, times := make(chan struct{}), 0
	var slow sync.WaitGroup
	slow.Go(func() {
		_, _, err := w.Do(context.Background(), id, actor, func(*tracker.Frame) tracker.Needs {
			return tracker.Needs{Milestones: []tracker.MilestoneID{{Area: commune, Key: "polling_team"}}}
		}, func(a *tracker.Act) error {
			times++
			<-decide
			return a.Plan(tracker.PlanCommand{ID: tracker.MilestoneID{Area: commune, Key: "polling_team"}, If: 1, Planned: civil.Must("2021-02-10")})
		})
		if err != nil {
			t.Error(err)
		}
	})
	for n := range 4 {
		if code := ward(t, w, n); code != commune {
			_, err := w.starts(t.Context(), code, "chờ")
			require.NoError(t, err)
		}
	}
	close(decide)
	slow.Wait()
	require.LessOrEqual(t, times, 2)
	whole(t, w, w.log()[1:])
}

func TestAMistakeBehindTheCommitEndsNobodyElsesWriting(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	follow := func(context.Context, []tracker.Change) error { panic("at the disco") }
	w.store.Follow(func(ctx context.Context, changes []tracker.Change) error { return follow(ctx, changes) })
	require.PanicsWithValue(t, "at the disco", func() { _, _ = w.starts(context.Background(), ward(t, w, 0), "chờ") })
	follow = func(context.Context, []tracker.Change) error { return nil }
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	_, err := w.starts(ctx, ward(t, w, 1), "chờ")
	require.NoError(t, err)
}

// attempt is one act of a writer: on which milestone, and how.
type attempt struct {
	at      int
	way     int
	behind  bool // on an older revision than the latest
	sealed  []tracker.Change
	refused *fault.Error
}

// Whatever is done at once over two servers is the same as one after the other: the
// log is that order, what each was based on is what stood there, and who was refused
// was shown what stood there at some moment.
func TestActsAtOnceAreTheSameAsOneAfterTheOther(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	other := another(t, pool)
	rapid.Check(t, func(t *rapid.T) {
		empty(t, pool)
		w := openOn(t, pool, mirrortest.Places())
		services := []*tracker.Service{
			tracker.NewService(postgres.New(pool), w.clock.now, zone, nil), tracker.NewService(postgres.New(other), w.clock.now, zone, nil),
		}
		targets := targetsOf(w)
		crew := make([][]*attempt, rapid.IntRange(2, 12).Draw(t, "writers"))
		for k := range crew {
			for range rapid.IntRange(1, 8).Draw(t, "acts") {
				crew[k] = append(crew[k], &attempt{
					at: rapid.IntRange(0, min(len(targets), 5)-1).Draw(t, "milestone"), way: rapid.IntRange(0, 3).Draw(t, "way"),
					behind: rapid.IntRange(0, 5).Draw(t, "behind") == 0,
				})
			}
		}
		var all sync.WaitGroup
		for k, mine := range crew {
			all.Go(func() {
				for _, a := range mine {
					if err := w.attempt(services[k%2], targets[a.at], a); err != nil {
						t.Errorf("%v", err)
					}
				}
			})
		}
		all.Wait()
		log := w.log()
		verify(t, log)
		folded(t, w, log)
		told := 1
		for _, mine := range crew {
			last := tracker.Revision(0)
			for _, a := range mine {
				told += len(a.sealed)
				for i := range a.sealed {
					require.Equal(t, log[a.sealed[i].Revision-1], a.sealed[i])
					require.Greater(t, a.sealed[i].Revision, last, "each writer's acts are in his order")
					last = a.sealed[i].Revision
				}
			}
		}
		require.Len(t, log, told, "nothing is in the log that nobody was told of")
		// Each act stood on what the one before it in the log has left.
		state := map[tracker.MilestoneID]*tracker.MilestoneState{}
		for i := range log {
			c := &log[i]
			if c.Before.Milestone != nil && state[c.Milestone] != nil {
				require.Equal(t, state[c.Milestone], c.Before.Milestone, "%d", c.Revision)
			}
			if c.After.Milestone != nil {
				state[c.Milestone] = c.After.Milestone
			}
		}
	})
}

// targetsOf are milestones with work of their own.
func targetsOf(w *world) []tracker.MilestoneID {
	var all []tracker.MilestoneID
	for at, r := range w.records() {
		if len(r.Tasks) > 0 && at.Occurrence == 0 {
			all = append(all, at)
		}
	}
	slices.SortFunc(all, compareIDs)
	return all
}

// attempt does one act, by what is there now or was there before.
func (w *world) attempt(s *tracker.Service, at tracker.MilestoneID, a *attempt) error {
	ctx := context.Background()
	r, err := w.store.Record(ctx, id, at)
	if err != nil {
		return err
	}
	task := r.Tasks[0]
	if a.behind {
		task.Revision, r.Milestone.Revision = max(task.Revision-1, 1), max(r.Milestone.Revision-1, 1)
	}
	var out tracker.Outcome
	switch a.way {
	case 0:
		out, err = s.Plan(ctx, id, actor, tracker.PlanCommand{ID: at, If: r.Milestone.Revision, Planned: civil.Must("2021-02-10").Add(int(r.Milestone.Revision) % 5)})
	case 1:
		c := tracker.TaskCommand{ID: at, Task: task.Key, If: task.Revision, Status: tracker.To(tracker.Blocked), Reason: tracker.To(fmt.Sprint("vì ", task.Revision))}
		out, err = s.UpdateTask(ctx, id, actor, c)
	case 2:
		c := tracker.TaskCommand{ID: at, Task: task.Key, If: task.Revision, Status: tracker.To(tracker.Done), DoneOn: tracker.To(w.clock.today())}
		out, err = s.UpdateTask(ctx, id, actor, c)
	case 3: // one that is written in its own way
		var changes []tracker.Change
		_, changes, err = s.Do(ctx, id, actor, func(f *tracker.Frame) tracker.Needs { return tracker.Reach(f, at) },
			func(a *tracker.Act) error {
				_, _, err := a.AddOwnTask(tracker.OwnTask{ID: at, Title: "Việc riêng"})
				return err
			})
		out.Changes = changes
	}
	a.sealed = out.Changes
	if f, ok := fault.As(err); ok && f.Kind != fault.Internal && f.Kind != fault.Unavailable {
		a.refused, err = f, nil
	}
	return err
}

// A connection that is lost while acts are committed: each is told, and nothing is
// done that the log does not have.
func TestAConnectionLostUnderWayLosesNothingThatWasTold(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	pool := another(t, w.pool)
	s := tracker.NewService(postgres.New(pool), w.clock.now, zone, nil)
	var all sync.WaitGroup
	var mu sync.Mutex
	told := map[tracker.Revision]tracker.Change{}
	stop := make(chan struct{})
	all.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				w.exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND query ~ 'COMMIT|LockHead|MoveHead|InsertChange'")
			}
		}
	})
	var writing sync.WaitGroup
	for n := range 6 {
		writing.Go(func() {
			for range 25 {
				a := &attempt{way: 1}
				err := w.attempt(s, tracker.MilestoneID{Area: ward(t, w, n), Key: "polling_team"}, a)
				mu.Lock()
				for _, c := range a.sealed {
					told[c.Revision] = c
				}
				mu.Unlock()
				if err != nil && fault.KindOf(err) != fault.Unavailable {
					t.Errorf("%v", err)
				}
			}
		})
	}
	writing.Wait()
	close(stop)
	all.Wait()
	log := w.log()
	verify(t, log)
	folded(t, w, log)
	for r, c := range told {
		require.Equal(t, log[r-1], c)
	}
}
