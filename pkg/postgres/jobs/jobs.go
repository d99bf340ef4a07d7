// Package jobs is River on the product's database: the schema where it keeps its
// jobs, and clients that insert and work them. It stands apart from the store,
// because a test's database needs the schema and not the store.
//
// What a job says are ids. River's tables are not defended row by row, so nothing
// internal goes into the arguments of a job, its errors or its output.
package jobs

import (
	"context"
	"log/slog"
	"maps"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
)

// Schema is where River's tables are, apart from the product's.
const Schema = "river"

// Client inserts jobs in the transactions of the store, and works them where it is
// started.
type Client = river.Client[pgx.Tx]

// Times of jobs.
const (
	// longest is how long one attempt of a job may take.
	longest = time.Minute
	// lost is when a job whose server died is taken up again by another.
	lost = 5 * time.Minute
	// ending is how long jobs under way may still take when a server ends: less
	// than the server itself waits for its requests.
	ending = 8 * time.Second
	// kept is how long River keeps a job that is done.
	kept = time.Hour
	// looking is how often a queue is looked at when nobody said that there is
	// something in it.
	looking = time.Second
)

// Work is what a server has to do: gathered from the rooms that have jobs.
type Work struct {
	Workers *river.Workers
	// Queues says how many jobs of each queue one server works at once.
	Queues map[string]int
	// Periodic jobs are inserted by the one server that leads.
	Periodic []*river.PeriodicJob
}

// Join puts the work of rooms together; each adds its workers to those given.
func Join(workers *river.Workers, all ...Work) Work {
	joined := Work{Workers: workers, Queues: map[string]int{}}
	for _, w := range all {
		maps.Copy(joined.Queues, w.Queues)
		joined.Periodic = append(joined.Periodic, w.Periodic...)
	}
	return joined
}

// Inserter is a client that works nothing: for programs that are no server.
func Inserter(pool *pgxpool.Pool) (*Client, error) {
	return river.NewClient(riverpgxv5.New(pool), &river.Config{Schema: Schema, Logger: slog.Default()})
}

func newClient(pool *pgxpool.Pool, w Work, log *slog.Logger) (*Client, error) {
	queues := map[string]river.QueueConfig{}
	for name, atOnce := range w.Queues {
		queues[name] = river.QueueConfig{MaxWorkers: atOnce}
	}
	return river.NewClient(riverpgxv5.New(pool), &river.Config{
		Schema: Schema, Logger: log, Workers: w.Workers, Queues: queues, PeriodicJobs: w.Periodic,
		JobTimeout: longest, RescueStuckJobsAfter: lost, SoftStopTimeout: ending,
		CompletedJobRetentionPeriod: kept, FetchPollInterval: looking,
	})
}

// Run works until ctx ends. Jobs under way are let finish, for some seconds; what
// was cut off then is taken up again by a server that runs. Without any queue
// there is nothing to work.
func Run(ctx context.Context, pool *pgxpool.Pool, w Work, log *slog.Logger) error {
	if len(w.Queues) == 0 {
		return nil
	}
	c, err := newClient(pool, w, log)
	if err != nil {
		return err
	}
	if err := c.Start(ctx); err != nil {
		return err
	}
	<-c.Stopped()
	return nil
}

// Backlog is what waits in River's tables.
type Backlog struct {
	// Waiting jobs could be worked now, Later ones have their time, Failed ones
	// will be tried again after a failure.
	Waiting, Later, Failed, Running int
	// Given up: failed too often, kept for a week.
	Discarded int
	// Oldest is since when the oldest of those that could be worked waits; zero
	// when none does.
	Oldest time.Time
}

const backlog = `
	SELECT count(*) FILTER (WHERE state = 'available' AND scheduled_at <= now()),
		count(*) FILTER (WHERE state = 'scheduled' OR state = 'available' AND scheduled_at > now()),
		count(*) FILTER (WHERE state = 'retryable'), count(*) FILTER (WHERE state = 'running'),
		count(*) FILTER (WHERE state = 'discarded'),
		min(scheduled_at) FILTER (WHERE state = 'available' AND scheduled_at <= now())
	FROM ` + Schema + `.river_job WHERE state <> 'completed'`

// Look counts what waits.
func Look(ctx context.Context, pool *pgxpool.Pool) (Backlog, error) {
	var b Backlog
	var oldest *time.Time
	err := pool.QueryRow(ctx, backlog).Scan(&b.Waiting, &b.Later, &b.Failed, &b.Running, &b.Discarded, &oldest)
	if oldest != nil {
		b.Oldest = *oldest
	}
	return b, err
}
