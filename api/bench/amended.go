package main

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"tiendo/pkg/civil"
	"tiendo/pkg/mirror"
	"tiendo/pkg/postgres"
	"tiendo/pkg/tracker"
)

// amended loads the country as it was opened and, beside it, after two
// amendments that moved election day, with what they wrote to the log.
func (b *bench) amended(ctx context.Context) error {
	url, err := b.fresh(ctx, "amended")
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
	plain, err := b.loads(ctx, pool)
	if err != nil {
		return err
	}
	service := tracker.NewService(postgres.New(pool), trialDay, zone, nil)
	for _, day := range []string{"2021-05-30", "2021-06-06"} {
		c := tracker.AmendCommand{Day: civil.Must(day), Document: "1/NQ", Reason: "bench"}
		if _, err := service.Amend(ctx, "2021", tracker.Actor{ID: "local", Name: "bench"}, c, nil); err != nil {
			return err
		}
	}
	moved, err := b.loads(ctx, pool)
	if err != nil {
		return err
	}
	more := fmt.Sprintf("%d entries of the log, %d MB held instead of %d, %d MB heap at most while loading",
		moved.revision, moved.held>>20, plain.held>>20, moved.most>>20)
	b.row("load the mirror after two amendments", short(moved.took), "load the mirror", short(plain.took),
		float64(moved.took)/float64(plain.took), more)
	return nil
}

// loading is what it takes to read an election whole.
type loading struct {
	took       time.Duration // the median
	held, most uint64        // bytes
	revision   tracker.Revision
}

func (b *bench) loads(ctx context.Context, pool *pgxpool.Pool) (loading, error) {
	var l loading
	var all []time.Duration
	for range b.rounds {
		before := held()
		done, stop := make(chan uint64), make(chan struct{})
		go peak(stop, done)
		begun := time.Now()
		v, err := mirror.Load(ctx, postgres.New(pool), "2021")
		all = append(all, time.Since(begun))
		close(stop)
		l.most = max(l.most, <-done)
		if err != nil {
			return l, err
		}
		l.held, l.revision = held()-before, v.Revision()
		runtime.KeepAlive(v)
	}
	l.took = median(all)
	return l, nil
}
