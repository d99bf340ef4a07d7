package main

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// withoutPrepared is the flag that switches prepared answers off.
const withoutPrepared = "--prepared-answers=0"

// thrift is P3: what refreshes cost. None asks the database, and prepared
// answers save processor time.
func (g *goals) thrift(ctx context.Context) error {
	r, err := g.refreshers(ctx)
	if err != nil {
		return err
	}
	if err := g.statements(ctx, r); err != nil {
		return err
	}
	plain, err := g.serve(ctx, "unprepared", serverCore, withoutPrepared)
	if err != nil {
		return err
	}
	defer plain.end()
	for _, one := range []struct {
		what, list  string
		least, most float64
		times       float64
	}{
		{"304", r.known[0], 1, aside, 5},
		{"200", r.unknown, 0.9 * g.files.size, 1.1*g.files.size + aside, 8},
	} {
		got, err := compare(g.rounds,
			contestant{"prepared", func(int) (sampled, error) { return g.hammer(ctx, g.product, one.list, one.least, one.most) }},
			contestant{"not prepared", func(int) (sampled, error) { return g.hammer(ctx, plain, one.list, one.least, one.most) }})
		if err != nil {
			return err
		}
		// What it takes without, over what it takes with.
		line := got.result("P3", "CPU of a "+one.what+" with nothing prepared", " µs", "prepared", 1, 0, micros, atLeast(one.times))
		line.Cost = cost{}
		g.add(line)
	}
	return nil
}

// statements counts what the database was asked while refreshes came, beyond
// what it is asked while none come.
func (g *goals) statements(ctx context.Context, r *refreshing) error {
	pool, err := pgxpool.New(ctx, g.url)
	if err != nil {
		return err
	}
	defer pool.Close()
	length := time.Duration(g.seconds) * time.Second
	before, err := transactions(ctx, pool)
	if err != nil {
		return err
	}
	select {
	case <-time.After(length):
	case <-ctx.Done():
		return ctx.Err()
	}
	idle, err := transactions(ctx, pool)
	if err != nil {
		return err
	}
	var all []float64
	out := &result{Goal: "P3", What: "SQL transactions per 1,000 refreshes (304 and 200), beyond those of an idle server", Target: atMost(0), Void: 0}
	for _, list := range []string{r.known[0], r.unknown} {
		from, err := transactions(ctx, pool)
		if err != nil {
			return err
		}
		done, err := g.wrk(ctx, g.product.listens, list, g.reading)
		if err != nil {
			return err
		}
		if err := done.sound(1, 1e9); err != nil {
			out.Void++
			continue
		}
		to, err := transactions(ctx, pool)
		if err != nil {
			return err
		}
		// A few more or less are the mirror's own, once a second, not the clients'.
		more := float64(to-from) - float64(idle-before)
		if more < slackOfIdle {
			more = 0
		}
		all = append(all, 1000*more/float64(done.Requests))
	}
	if out.Rounds = len(all); len(all) > 0 {
		out.Median = max(all[0], all[len(all)-1])
	}
	g.add(out)
	return nil
}

// slackOfIdle is by how much two idle spans may differ.
const slackOfIdle = 20

// transactions that the database has finished, after everybody has said so:
// backends tell their counts once a second, or when they are idle.
func transactions(ctx context.Context, pool *pgxpool.Pool) (int64, error) {
	select {
	case <-time.After(1100 * time.Millisecond):
	case <-ctx.Done():
	}
	if _, err := pool.Exec(ctx, "SELECT pg_stat_clear_snapshot()"); err != nil {
		return 0, err
	}
	var n int64
	err := pool.QueryRow(ctx, "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()").Scan(&n)
	return n, err
}
