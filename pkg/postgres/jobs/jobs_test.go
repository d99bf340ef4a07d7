package jobs_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/stretchr/testify/require"

	"tiendo/pkg/fault"
	"tiendo/pkg/postgres/jobs"
	"tiendo/pkg/postgres/pgtest"
)

var quiet = slog.New(slog.DiscardHandler)

type errand struct {
	Number int `json:"number"`
}

func (errand) Kind() string { return "errand" }

// runner does errands, and says which.
type runner struct {
	river.WorkerDefaults[errand]
	done chan int
	// hold keeps an errand under way until its context ends.
	hold map[int]chan struct{}
}

func (r *runner) Work(ctx context.Context, job *river.Job[errand]) error {
	if begun, held := r.hold[job.Args.Number]; held && job.Attempt == 1 {
		close(begun)
		<-ctx.Done()
		return river.JobSnooze(0)
	}
	r.done <- job.Args.Number
	return nil
}

func working(r *runner) jobs.Work {
	workers := river.NewWorkers()
	river.AddWorker(workers, r)
	return jobs.Join(workers, jobs.Work{Queues: map[string]int{river.QueueDefault: 4}})
}

// run works until the test, or who calls stop, has enough.
func run(t *testing.T, pool *pgxpool.Pool, r *runner) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- jobs.Run(ctx, pool, working(r), quiet) }()
	stop = sync.OnceFunc(func() {
		cancel()
		require.NoError(t, <-ended)
	})
	t.Cleanup(stop)
	return stop
}

func TestAJobIsWorkedWhenItsTransactionIsCommitted(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	r := &runner{done: make(chan int, 9)}
	run(t, pool, r)
	program, err := jobs.Inserter(pool)
	require.NoError(t, err)

	insert := func(n int, commit bool) {
		tx, err := pool.Begin(t.Context())
		require.NoError(t, err)
		_, err = program.InsertTx(t.Context(), tx, errand{n}, nil)
		require.NoError(t, err)
		if commit {
			require.NoError(t, tx.Commit(t.Context()))
		} else {
			require.NoError(t, tx.Rollback(t.Context()))
		}
	}
	insert(1, false)
	insert(2, true)
	require.Equal(t, 2, <-r.done)
	b, err := jobs.Look(t.Context(), pool)
	require.NoError(t, err)
	require.Zero(t, b.Waiting+b.Later+b.Failed+b.Discarded)
}

func TestWhatWasCutOffByTheEndOfAServerIsTakenUpAgain(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	begun := make(chan struct{})
	r := &runner{done: make(chan int, 9), hold: map[int]chan struct{}{7: begun}}
	first, err := jobs.NewClient(pool, working(r), quiet)
	require.NoError(t, err)
	require.NoError(t, first.Start(t.Context()))
	_, err = first.Insert(t.Context(), errand{7}, nil)
	require.NoError(t, err)
	<-begun
	require.NoError(t, first.StopAndCancel(t.Context())) // what ending leads to when a job does not

	b, err := jobs.Look(t.Context(), pool)
	require.NoError(t, err)
	require.Zero(t, b.Running)
	require.Equal(t, 1, b.Waiting+b.Later)

	r.hold = nil
	run(t, pool, r)
	require.Equal(t, 7, <-r.done)
}

func TestTwoServersDoEachJobOnce(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	r := &runner{done: make(chan int, 200)}
	for range 2 {
		run(t, pool, r)
	}
	program, err := jobs.Inserter(pool)
	require.NoError(t, err)
	var all []river.InsertManyParams
	for n := range 100 {
		all = append(all, river.InsertManyParams{Args: errand{n}})
	}
	_, err = program.InsertMany(t.Context(), all)
	require.NoError(t, err)
	seen := map[int]int{}
	for range all {
		seen[<-r.done]++
	}
	require.Len(t, seen, 100)
	require.Empty(t, r.done)
}

func TestTheSchemaIsMadeOnceByWhoeverComesFirst(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	_, err := pool.Exec(t.Context(), "DROP SCHEMA river CASCADE")
	require.NoError(t, err)
	there, ours, err := jobs.Versions(t.Context(), pool)
	require.NoError(t, err)
	require.Zero(t, there)
	require.Positive(t, ours)

	other, err := pgxpool.New(t.Context(), pool.Config().ConnString())
	require.NoError(t, err)
	t.Cleanup(other.Close)
	failed := make(chan error, 2)
	for _, p := range []*pgxpool.Pool{pool, other} {
		go func() { failed <- jobs.Migrate(context.Background(), p, quiet) }()
	}
	require.NoError(t, <-failed)
	require.NoError(t, <-failed)
	there, _, err = jobs.Versions(t.Context(), pool)
	require.NoError(t, err)
	require.Equal(t, ours, there)

	// A newer program has been here: nothing is changed.
	_, err = pool.Exec(t.Context(), "INSERT INTO river.river_migration (line, version) VALUES ('main', 999)")
	require.NoError(t, err)
	require.NoError(t, jobs.Migrate(t.Context(), pool, quiet))
}

func TestARoleThatMayMakeNoSchemaIsToldWhatToHaveMade(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	var owner, database string
	require.NoError(t, pool.QueryRow(t.Context(), "SELECT current_user, current_database()").Scan(&owner, &database))
	name := pgx.Identifier{database}.Sanitize()
	_, err := pool.Exec(t.Context(), "DROP SCHEMA river CASCADE; REVOKE CREATE ON DATABASE "+name+" FROM "+owner)
	require.NoError(t, err)
	err = jobs.Migrate(t.Context(), pool, quiet)
	require.True(t, fault.Is(err, "jobs-schema-refused"), "%v", err)
	require.ErrorContains(t, err, "CREATE SCHEMA river AUTHORIZATION")

	// Somebody has made it: the right to make schemas is not asked for again.
	_, err = pool.Exec(t.Context(), "GRANT CREATE ON DATABASE "+name+" TO "+owner+"; CREATE SCHEMA river; REVOKE CREATE ON DATABASE "+name+" FROM "+owner)
	require.NoError(t, err)
	require.NoError(t, jobs.Migrate(t.Context(), pool, quiet))
}

func TestTheBacklogSaysWhatWaits(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	program, err := jobs.Inserter(pool)
	require.NoError(t, err)
	_, err = program.Insert(t.Context(), errand{1}, nil)
	require.NoError(t, err)
	_, err = program.Insert(t.Context(), errand{2}, &river.InsertOpts{ScheduledAt: time.Now().Add(time.Hour)})
	require.NoError(t, err)
	b, err := jobs.Look(t.Context(), pool)
	require.NoError(t, err)
	require.Equal(t, 1, b.Waiting)
	require.Equal(t, 1, b.Later)
	require.False(t, b.Oldest.IsZero())
}
