// Package pgtest gives every test a database of its own, with the schema of
// the embedded migrations, and takes it away afterwards.
//
// The server behind it is private to the test process and lives in memory
// where there is room; it ends with the process, and what is left of its
// folder goes when the next test process starts. With DATABASE_URL_TEST set
// that server is used instead; its user must be allowed to create databases, and
// be no superuser.
package pgtest

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"tiendo/migrations"
)

// maxConns of a pool: enough to be concurrent, and twenty tests at once fit
// into one server.
const maxConns = 4

// shared serves the tests of this process with the schema of the product.
var shared = &bench{schema: schema{files: migrations.FS, jobs: true}}

// New returns a pool on a fresh database with the schema of the product. Both
// are gone when the test is over; the database of a failed test is kept and
// the log of the test says where. It fails the test when there is no server.
func New(t testing.TB) *pgxpool.Pool {
	t.Helper()
	return shared.pool(t)
}

// URL is like [New] for those who connect by themselves. Sessions that are
// still open at the end of the test are cut.
func URL(t testing.TB) string {
	t.Helper()
	return shared.url(t)
}

func (b *bench) pool(t testing.TB) *pgxpool.Pool {
	t.Helper()
	config, err := pgxpool.ParseConfig(b.url(t))
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	config.MaxConns = maxConns
	pool, err := pgxpool.NewWithConfig(context.Background(), config)
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	t.Cleanup(func() { closePool(t, pool, 10*time.Second) })
	return pool
}

// closePool waits for connections that are in use, but not for ever: a test
// that loses one should say so instead of hanging.
func closePool(t testing.TB, pool *pgxpool.Pool, patience time.Duration) {
	t.Helper()
	closed := make(chan struct{})
	go func() {
		pool.Close()
		close(closed)
	}()
	select {
	case <-closed:
	case <-time.After(patience):
		t.Errorf("pgtest: a connection was taken from the pool and not given back")
	}
}
