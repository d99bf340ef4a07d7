package main

import (
	"context"
	_ "embed"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// What a report writes, in the one statement in which it can be said: with the
// log's head, so that one waits for the other; and without, so that none does.
//
//go:embed durable.sql
var durableScript string

//go:embed independent.sql
var independentScript string

// durability is P5: reports through the API beside pgbench, at some clients.
// Nothing is pinned: the database needs the cores, too.
func (g *goals) durability(ctx context.Context) error {
	duties, err := g.duties(singly)
	if err != nil {
		return err
	}
	if err := g.targets(ctx); err != nil {
		return err
	}
	g.changed = true
	free, err := g.serve(ctx, "unpinned", anywhere)
	if err != nil {
		return err
	}
	defer free.end()
	for _, clients := range []int{1, 16, 64} {
		api := func(int) (sampled, error) {
			before, err := loadOf(free.pid())
			if err != nil {
				return sampled{}, err
			}
			done, err := g.updates(ctx, anywhere, updateOrders{
				Addresses: []string{free.listens}, Writers: clients, For: time.Duration(g.seconds) * time.Second, Duties: duties,
			})
			if len(done.Duties) > 0 {
				duties = done.Duties
			}
			after, gone := loadOf(free.pid())
			if gone != nil {
				return sampled{}, gone
			}
			return sampled{
				rate: float64(done.Done) / done.Took.Seconds(), took: done.P50,
				micros: float64((after.cpu - before.cpu).Microseconds()) / float64(max(done.Done, 1)),
			}, err
		}
		script := func(text string) func(int) (sampled, error) {
			return func(int) (sampled, error) {
				rate, err := g.bench.script(ctx, copied, text, clients)
				return sampled{rate: rate}, err
			}
		}
		got, err := compare(g.rounds, contestant{"product", api},
			contestant{"the same transaction", script(durableScript)}, contestant{"independent commits", script(independentScript)})
		if err != nil {
			return err
		}
		what := fmt.Sprintf("durable updates, %d clients", clients)
		var same, independent *target
		switch clients {
		case 1:
			same = atLeast(0.65)
		case 16:
			independent = atLeast(1)
		default:
			independent = atLeast(2)
		}
		g.add(got.result("P5", what, "/s", "the same in one statement, pgbench", 0, 1, rate, same))
		g.add(got.result("P5", what, "/s", "independent commits, pgbench", 0, 2, rate, independent))
	}
	return nil
}

// copied is the database in which pgbench works: the same election, with nobody
// who follows its log.
const copied = "bench_copy"

// targets makes it, and what the scripts work on: the communes by number, and
// copies of the two tables for commits that have nothing to do with the log.
func (g *goals) targets(ctx context.Context) error {
	if g.targeted {
		return nil
	}
	url, err := g.bench.fresh(ctx, copied)
	if err != nil {
		return err
	}
	pool, err := pgxpool.New(ctx, url)
	if err != nil {
		return err
	}
	defer pool.Close()
	if _, _, err := open(ctx, pool); err != nil {
		return err
	}
	_, err = pool.Exec(ctx, `
		CREATE TABLE bench_target AS SELECT row_number() OVER (ORDER BY area_code)::int AS n, area_code FROM milestone
			WHERE election = '2021' AND key = 'candidate_list_posted' AND occurrence = 0;
		CREATE UNIQUE INDEX bench_target_n ON bench_target (n);
		CREATE TABLE bench_log (revision bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, area_code text, before jsonb, after jsonb);
		CREATE TABLE bench_milestone (LIKE milestone INCLUDING ALL);
		CREATE TABLE bench_task (LIKE task INCLUDING ALL);
		INSERT INTO bench_milestone SELECT * FROM milestone;
		INSERT INTO bench_task SELECT * FROM task`)
	if err != nil {
		return err
	}
	for _, table := range []string{"bench_target", "bench_milestone", "bench_task", "milestone", "task"} {
		if _, err := pool.Exec(ctx, "VACUUM (ANALYZE) "+table); err != nil {
			return err
		}
	}
	g.targeted = true
	return nil
}
