package postgres

import (
	"context"
	"net"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"tiendo/pkg/postgres/pgtest"
	"tiendo/pkg/postgres/rows"
	"tiendo/pkg/tracker"
)

// turns counts how often somebody waits for the server after he has sent something.
type turns struct {
	net.Conn
	sent *atomic.Bool
	n    *atomic.Int64
}

func (c turns) Write(b []byte) (int, error) {
	c.sent.Store(true)
	return c.Conn.Write(b)
}

func (c turns) Read(b []byte) (int, error) {
	if c.sent.Swap(false) {
		c.n.Add(1)
	}
	return c.Conn.Read(b)
}

func TestSayingWhatIsReadCostsNoRoundTrip(t *testing.T) {
	t.Parallel()
	config, err := pgxpool.ParseConfig(pgtest.URL(t))
	require.NoError(t, err)
	var sent atomic.Bool
	var n atomic.Int64
	config.ConnConfig.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
		return turns{conn, &sent, &n}, err
	}
	config.MaxConns = 1
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	s := New(pool)
	opened(t, s)
	at := tracker.MilestoneID{Area: "058", Key: "consult1_pc_district"}
	for name, x := range map[string]struct {
		turns int64
		do    func(context.Context) error
	}{
		"one row":  {1, func(ctx context.Context) error { _, _, err := s.CountAccounts(ctx); return err }},
		"rows":     {1, func(ctx context.Context) error { _, err := s.Accounts(ctx, "", 10); return err }},
		"a reader": {1, func(ctx context.Context) error { _, err := s.Notes(ctx, "2021", at, tracker.Reader{}); return err }},
		"a write":  {1, func(ctx context.Context) error { return s.EndSessions(ctx, "nobody", "") }},
		"begin and commit": {2, func(ctx context.Context) error {
			return s.in(ctx, changing, func(*rows.Queries, pgx.Tx) error { return nil })
		}},
	} {
		for range 2 { // statements are prepared once
			require.NoError(t, x.do(t.Context()), name)
		}
		before := n.Load()
		require.NoError(t, x.do(t.Context()), name)
		require.Equal(t, x.turns, n.Load()-before, name)
	}
}
