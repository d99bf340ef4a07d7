package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/postgres"
	"tiendo/pkg/postgres/pgtest"
	"tiendo/pkg/tracker"
)

func TestOpeningCreatesExactlyWhatTheTrackerYields(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	want, err := w.opening.Follow(w.everywhere()...)
	require.NoError(t, err)
	require.Greater(t, len(want), 500)
	sameLedgers(t, want, w.records())

	log := w.log()
	require.Len(t, log, 1)
	opened := log[0]
	require.Equal(t, tracker.ElectionOpened, opened.Kind)
	require.Equal(t, tracker.Revision(1), opened.Revision)
	require.Equal(t, tracker.Revision(1), opened.Cause)
	require.Equal(t, area.Nation, opened.Milestone.Area)
	require.Equal(t, actor, opened.Actor)
	require.Equal(t, civil.Must(trialDay), opened.Happened)
	require.Equal(t, w.opening.State(), opened.After, "all that it is derived from is in the log")
	require.Equal(t, opened.Head(), w.head())
}

func TestOpeningKeepsElectionListExceptionsAndSources(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	f, err := w.store.Frame(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, w.opening.Frame.Election, f.Election)
	require.Equal(t, w.opening.Frame.Rulebook.Version(), f.Rulebook.Version())
	require.Equal(t, w.opening.Frame.List.Len(), f.List.Len())
	for i := range f.List.Len() {
		require.Equal(t, w.opening.Frame.List.At(i), f.List.At(i))
		require.Equal(t, w.opening.Frame.List.Parent(i), f.List.Parent(i))
		require.Equal(t, w.opening.Frame.Place(i, nil), f.Place(i, nil), "the exceptions are the same")
	}
	sources, err := w.store.Sources(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, w.opening.Sources, sources)
}

func TestAnElectionOfAnotherVersionOfItsRulebookIsRefused(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	w.exec("UPDATE election SET rulebook_version = '2015.0'")
	_, frame := w.store.Frame(t.Context(), id)
	_, load := mirror.Load(t.Context(), w.store, id)
	_, report := tracker.NewService(w.store, w.clock.now, zone, nil).UpdateTask(t.Context(), id, actor, w.command(bacKan, "consult1_pc_district", firstTask))
	for name, err := range map[string]error{"frame": frame, "mirror": load, "report": report} {
		f, ok := fault.As(err)
		require.True(t, ok, name)
		require.Equal(t, "unavailable rulebook-changed", faulty(err), name)
		for _, text := range []string{f.Text.Vi, f.Text.En} {
			require.Contains(t, text, "2015.0", "by what it was opened")
			require.Contains(t, text, w.opening.Frame.Rulebook.Version(), "what the program has")
		}
	}
	require.Len(t, w.log(), 1)
}

func TestOpeningAgainWritesNothing(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	before, head := w.tables(), w.head()
	opened, err := w.Open(t.Context(), w.opening, actor)
	require.NoError(t, err)
	require.False(t, opened)
	require.Equal(t, before, w.tables())
	require.Equal(t, head, w.head())
}

func TestOfServersThatOpenAtTheSameMomentOneDoes(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	o := opening(t, places())
	var (
		together sync.WaitGroup
		opened   [4]bool
		failed   [4]error
	)
	start := make(chan struct{})
	for i := range opened {
		together.Go(func() {
			s := tracker.NewService(postgres.New(pool), clockAt(trialDay).now, zone, nil)
			<-start
			opened[i], failed[i] = s.Open(context.Background(), o, actor)
		})
	}
	close(start)
	together.Wait()
	require.NoError(t, errors.Join(failed[:]...))
	slices.SortFunc(opened[:], func(a, b bool) int {
		if a == b {
			return 0
		}
		return map[bool]int{true: -1, false: 1}[a]
	})
	require.Equal(t, [4]bool{true}, opened)

	w := &world{t: t, pool: pool, store: postgres.New(pool), opening: o, clock: clockAt(trialDay)}
	require.Len(t, w.log(), 1)
	want, err := o.Follow(w.everywhere()...)
	require.NoError(t, err)
	sameLedgers(t, want, w.records())
}

func TestTwoElectionsCanBeOpenedAtTheSameMoment(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	var together sync.WaitGroup
	var failed [3]error
	for i, name := range []tracker.ElectionID{"a", "b", "c"} {
		together.Go(func() {
			whole := opening(t, places())
			e := whole.Frame.Election
			e.ID = name
			o, err := tracker.NewOpening(e, whole.Frame.Rulebook, whole.Frame.List, whole.Exceptions, nil)
			if err == nil {
				_, err = tracker.NewService(postgres.New(pool), clockAt(trialDay).now, zone, nil).Open(context.Background(), o, actor)
			}
			failed[i] = err
		})
	}
	together.Wait()
	require.NoError(t, errors.Join(failed[:]...))
	heads, err := postgres.New(pool).Heads(t.Context())
	require.NoError(t, err)
	require.Equal(t, map[tracker.ElectionID]tracker.Revision{"a": 1, "b": 1, "c": 1}, heads)
}

func TestAnOpeningThatFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	w := &world{t: t, pool: pgtest.New(t), opening: opening(t, places()), clock: clockAt(trialDay)}
	w.store = postgres.New(w.pool)
	w.Service = tracker.NewService(w.store, w.clock.now, zone, nil)
	before := w.tables()

	t.Run("where the database refuses the last of its rows", func(t *testing.T) {
		w.exec("ALTER TABLE task ADD CONSTRAINT no_counting CHECK (milestone_key <> 'na_first_session')")
		_, err := w.Open(t.Context(), w.opening, actor)
		require.ErrorContains(t, err, "no_counting")
		w.exec("ALTER TABLE task DROP CONSTRAINT no_counting")
		require.Equal(t, before, w.tables())
	})
	t.Run("where the walk over the law breaks off", func(t *testing.T) {
		broken := *w.opening
		e := broken.Frame.Election
		e.Day = civil.Date{}
		broken.Frame = tracker.NewFrame(e, broken.Frame.Rulebook, broken.Frame.List, nil)
		broken.Frame.Election.Day = civil.Date{}
		_, err := w.Open(t.Context(), &broken, actor)
		require.Error(t, err)
		require.Equal(t, before, w.tables())
	})
	t.Run("where the caller goes away", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := w.Open(ctx, w.opening, actor)
		require.ErrorIs(t, err, context.Canceled)
		require.Equal(t, before, w.tables())
	})
	heads, err := w.store.Heads(t.Context())
	require.NoError(t, err)
	require.Empty(t, heads)

	opened, err := w.Open(t.Context(), w.opening, actor)
	require.NoError(t, err)
	require.True(t, opened, "and it can be tried again")
}

func TestOpeningLeavesTheTablesGuarded(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	require.Equal(t, 2, w.count(`SELECT count(*) FROM pg_constraint WHERE convalidated AND conname IN ('milestone_election_exists', 'task_milestone_exists')`))
	_, err := w.pool.Exec(t.Context(), "DELETE FROM milestone WHERE area_code = $1", bacKan)
	require.ErrorContains(t, err, "task_milestone_exists")
}

func TestTheWholeCountryOpensAndTakesItsRecord(t *testing.T) {
	t.Parallel()
	w := open(t, area.Edition2021())
	require.Equal(t, 11_372, w.count("SELECT count(*) FROM area"))
	for _, x := range []struct {
		key string
		n   int
	}{
		{"election_committee_province", 63},
		{"election_committee_district", 682},
		{"election_committee_commune", 10_134},
		{"announce_election_day", 1},
	} {
		require.Equal(t, x.n, w.count("SELECT count(*) FROM milestone WHERE key = $1", x.key), x.key)
	}
	require.Zero(t, w.count("SELECT count(*) FROM milestone WHERE area_code = $1 AND key LIKE 'election_committee_%'", hoangSa))
	require.Zero(t, w.count("SELECT count(*) FROM milestone WHERE area_code = $1 AND key IN ('voting_day', 'voter_list_posted')", hoangSa))
	require.Equal(t, 1, w.count("SELECT count(*) FROM change"))

	milestones, tasks := 0, 0
	require.NoError(t, w.opening.Records(func(r tracker.Record) error {
		milestones++
		tasks += len(r.Tasks)
		return nil
	}))
	require.Greater(t, milestones, 300_000)
	require.Equal(t, milestones, w.count("SELECT count(*) FROM milestone"))
	require.Equal(t, tasks, w.count("SELECT count(*) FROM task"))

	entersItsRecord(t, w, "2026-11-20", tracker.Closed, true)
}

func TestOpeningAnotherElectionLocksNobodyOut(t *testing.T) {
	t.Parallel()
	w := crowded(t)
	ctx, stop := context.WithCancel(t.Context())
	var together sync.WaitGroup
	busy := func(do func(n int) error) {
		together.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				if err := do(n); err != nil {
					t.Error(err)
				}
			}
		})
	}
	busy(func(int) error {
		_, err := w.store.Snapshot(context.Background(), id, func(*tracker.Milestone) error { return nil }, func(*tracker.Change) error { return nil })
		return err
	})
	busy(func(n int) error {
		key := fmt.Sprintf("p%d", n)
		_, err := w.act(func(a *tracker.Act) error {
			line := tracker.PlanLine{Key: tracker.MilestoneKey(key), Phase: "direction", Nature: "duty", Areas: []area.Code{bacKan}}
			return a.AddPlan(tracker.Plan{Key: key, Area: bacKan, Lines: []tracker.PlanLine{line}}, w.clock.today())
		})
		return err
	})
	busy(func(n int) error {
		r, err := w.store.Record(context.Background(), id, tracker.MilestoneID{Area: commune, Key: "polling_team"})
		if err != nil {
			return err
		}
		c := tracker.TaskCommand{ID: r.Milestone.ID, Task: firstTask, If: r.Tasks[0].Revision, Status: tracker.To(tracker.InProgress)}
		if r.Tasks[0].Status == tracker.InProgress {
			c.Status = tracker.To(tracker.NotStarted)
		}
		_, err = w.UpdateTask(context.Background(), id, actor, c)
		return err
	})
	for _, name := range []tracker.ElectionID{"a", "b", "c", "d"} {
		e := w.opening.Frame.Election
		e.ID = name
		o, err := tracker.NewOpening(e, w.opening.Frame.Rulebook, w.opening.Frame.List, w.opening.Exceptions, nil)
		require.NoError(t, err)
		_, err = w.Open(t.Context(), o, actor)
		require.NoError(t, err)
	}
	stop()
	together.Wait()
	verify(t, w.log())
}
