package api_test

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"tiendo/api"
	"tiendo/pkg/postgres"
	"tiendo/pkg/tracker"
)

// counter counts the statements of a pool.
type counter struct{ n atomic.Int64 }

func (c *counter) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	c.n.Add(1)
	return ctx
}

func (c *counter) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// counted lets a server ask the database through a pool whose statements are
// counted; its mirror follows the log on another.
func (d *database) counted(c *counter) setting {
	config := d.pool.Config().Copy()
	config.ConnConfig.Tracer = c
	pool, err := pgxpool.NewWithConfig(context.Background(), config)
	require.NoError(d.t, err)
	d.t.Cleanup(pool.Close)
	return func(to *api.Config) {
		store := postgres.New(pool)
		to.Store, to.Tracker = store, tracker.NewService(store, d.clock.now, zone(d.t), to.Mirror.Apply)
	}
}

func TestARefreshAsksTheDatabaseNothing(t *testing.T) {
	t.Parallel()
	d, asked := newDatabase(t), &counter{}
	s := d.serve(d.counted(asked))
	s.change(duty, `{"status": "in_progress"}`)
	require.Positive(t, asked.n.Load(), "what is counted is what the server asks")

	before := asked.n.Load()
	for _, code := range []string{"058", "06", "VN", "318"} {
		for _, query := range []string{"", "?as_of=2021-01-20", "?known_at=2021-01-24T00:00:00Z"} {
			full := s.get(timelineOf(code) + query).ok()
			again := s.get(timelineOf(code)+query, "If-None-Match", full.tag())
			require.Equal(t, http.StatusNotModified, again.status)
		}
	}
	require.Equal(t, before, asked.n.Load())
}
