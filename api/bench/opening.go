package main

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"tiendo/migrations"
	"tiendo/pkg/area"
	"tiendo/pkg/dossier"
	"tiendo/pkg/mirror"
	"tiendo/pkg/postgres"
	"tiendo/pkg/tracker"
)

var zone = time.FixedZone("+07", 7*60*60)

// trialDay is the moment at which the benchmark's election is opened.
func trialDay() time.Time { return time.Date(2021, 1, 25, 10, 0, 0, 0, zone) }

// opening opens the whole country, each time in a database of its own, and
// copies the same rows with bare SQL into tables of the same form.
func (b *bench) opening(ctx context.Context) error {
	var opened, bare, loaded []time.Duration
	var rows int64
	var memory uint64
	for round := range min(b.rounds, 3) {
		name := fmt.Sprintf("opening_%d", round)
		url, err := b.fresh(ctx, name)
		if err != nil {
			return err
		}
		pool, err := pgxpool.New(ctx, url)
		if err != nil {
			return err
		}
		took, used, err := open(ctx, pool)
		if err != nil {
			return err
		}
		opened, memory = append(opened, took), max(memory, used)
		took, n, err := copyRows(ctx, pool)
		if err != nil {
			return err
		}
		bare, rows = append(bare, took), n
		if took, err = load(ctx, pool); err != nil {
			return err
		}
		loaded = append(loaded, took)
		pool.Close()
		b.database, b.url = name, url
	}
	o, s, l := median(opened), median(bare), median(loaded)
	b.row("open the election of 2021", short(o), "INSERT … SELECT of the same rows", short(s), float64(o)/float64(s),
		fmt.Sprintf("%d rows, %.0f rows/s, %d MB heap at most", rows, float64(rows)/o.Seconds(), memory>>20))
	b.row("load the mirror", short(l), "open the election", short(o), float64(l)/float64(o), "")
	return nil
}

// fresh makes a migrated database.
func (b *bench) fresh(ctx context.Context, name string) (string, error) {
	if err := b.server.CreateDatabase(ctx, name); err != nil {
		return "", err
	}
	pool, err := pgxpool.New(ctx, b.server.URL(name))
	if err != nil {
		return "", err
	}
	defer pool.Close()
	db := stdlib.OpenDBFromPool(pool)
	defer db.Close()
	provider, err := goose.NewProvider(goose.DialectPostgres, db, migrations.FS)
	if err != nil {
		return "", err
	}
	_, err = provider.Up(ctx)
	return b.server.URL(name), err
}

func open(ctx context.Context, pool *pgxpool.Pool) (took time.Duration, heap uint64, err error) {
	known, err := dossier.Load("2021")
	if err != nil {
		return 0, 0, err
	}
	o, err := known.Opening(area.Edition2021())
	if err != nil {
		return 0, 0, err
	}
	runtime.GC()
	done := make(chan uint64)
	stop := make(chan struct{})
	go peak(stop, done)
	begun := time.Now()
	_, err = tracker.NewService(postgres.New(pool), trialDay, zone, nil).Open(ctx, o, tracker.Actor{ID: "local", Name: "bench"})
	took = time.Since(begun)
	close(stop)
	return took, <-done, err
}

// peak watches how large the heap gets.
func peak(stop <-chan struct{}, done chan<- uint64) {
	var most uint64
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		most = max(most, m.HeapInuse)
		select {
		case <-stop:
			done <- most
			return
		case <-tick.C:
		}
	}
}

func copyRows(ctx context.Context, pool *pgxpool.Pool) (took time.Duration, rows int64, err error) {
	const tables = `CREATE TABLE bare_milestone (LIKE milestone INCLUDING ALL); CREATE TABLE bare_task (LIKE task INCLUDING ALL)`
	if _, err := pool.Exec(ctx, tables); err != nil {
		return 0, 0, err
	}
	begun := time.Now()
	for _, table := range []string{"milestone", "task"} {
		tag, err := pool.Exec(ctx, "INSERT INTO bare_"+table+" SELECT * FROM "+table)
		if err != nil {
			return 0, 0, err
		}
		rows += tag.RowsAffected()
	}
	return time.Since(begun), rows, nil
}

// load starts a mirror on the database and waits until it has everything.
func load(ctx context.Context, pool *pgxpool.Pool) (time.Duration, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	m := mirror.New(postgres.New(pool), mirror.Options{Now: time.Now})
	begun := time.Now()
	go func() { _ = m.Run(ctx) }()
	err := m.Wait(ctx)
	return time.Since(begun), err
}

func median(all []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[len(sorted)/2]
}

// opening is P7: opening an election beside bare SQL that writes the same rows;
// a program that starts again writes none.
func (g *goals) opening(ctx context.Context) error {
	var got rounds
	got.of = make([][]sampled, 2)
	for round := range min(g.rounds, 3) {
		url, err := g.bench.fresh(ctx, fmt.Sprintf("opening_%d", round))
		if err != nil {
			return err
		}
		pool, err := pgxpool.New(ctx, url)
		if err != nil {
			return err
		}
		opened, _, err := open(ctx, pool)
		if err == nil {
			var bare time.Duration
			bare, _, err = copyRows(ctx, pool)
			got.of[0], got.of[1] = append(got.of[0], sampled{took: opened}), append(got.of[1], sampled{took: bare})
		}
		pool.Close()
		if err != nil {
			return err
		}
	}
	g.add(got.result("P7", "open the election of 2021", " ms", "INSERT … SELECT of the same rows", 0, 1, milliseconds, atMost(1.5)))
	return g.openingAgain(ctx)
}

// openingAgain starts another server on the election that is open.
func (g *goals) openingAgain(ctx context.Context) error {
	pool, err := pgxpool.New(ctx, g.url)
	if err != nil {
		return err
	}
	defer pool.Close()
	before, err := written(ctx, pool)
	if err != nil {
		return err
	}
	again, err := g.serve(ctx, "again", anywhere)
	if err != nil {
		return err
	}
	again.end()
	after, err := written(ctx, pool)
	if err != nil {
		return err
	}
	g.add(&result{Goal: "P7", What: "rows written by a program that starts again", Median: float64(after - before), Target: atMost(0), Rounds: 1})
	return nil
}

// written is how many rows of an election the database has written so far.
func written(ctx context.Context, pool *pgxpool.Pool) (n int64, err error) {
	if _, err := transactions(ctx, pool); err != nil { // when everybody has told
		return 0, err
	}
	err = pool.QueryRow(ctx, `SELECT sum(n_tup_ins + n_tup_upd + n_tup_del)::bigint FROM pg_stat_user_tables
		WHERE relname IN ('milestone', 'task', 'change', 'election', 'body', 'document', 'plan', 'plan_line')`).Scan(&n)
	return n, err
}
