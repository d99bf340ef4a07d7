package pgtest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// urlVariable names a server for the tests instead of a private one.
const urlVariable = "DATABASE_URL_TEST"

// patience with the server for one step; only a broken machine needs more.
const patience = 2 * time.Minute

// bench makes databases with one schema on one server, started by the first
// test that asks.
type bench struct {
	schema

	once     sync.Once
	err      error
	server   server
	template string

	made atomic.Int64
	mark string // of this process, in the names of its databases
}

// server is where databases are made.
type server interface {
	// URL is the address of a database for pgx.
	URL(database string) string
	// Keep makes sure that the databases outlive this process, and says how
	// to look at one.
	Keep(database string) string
}

func (b *bench) start() {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	b.mark = strings.ToLower(rand.Text()[:6])
	sum, err := b.checksum()
	if err != nil {
		b.err = err
		return
	}
	if address := os.Getenv(urlVariable); address != "" {
		b.server = remote(address)
	} else if b.server, err = startLocal(ctx, b.schema, sum); err != nil {
		b.err = err
		return
	}
	if b.err = ordinary(ctx, b.server); b.err == nil {
		b.template, b.err = ensureTemplate(ctx, b.server, b.schema, sum)
	}
}

// ordinary says whether the rules of a database hold for who connects: else a test
// would prove nothing of row-level security.
func ordinary(ctx context.Context, s server) error {
	conn, err := pgx.Connect(ctx, s.URL("postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(ctx) // nothing is left to lose
	var passes bool
	err = conn.QueryRow(ctx, "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user").Scan(&passes)
	if err == nil && passes {
		err = errors.New("the user of " + urlVariable + " is a superuser or has BYPASSRLS; it may be neither")
	}
	return err
}

// url makes a database for t and returns its address.
func (b *bench) url(t testing.TB) string {
	t.Helper()
	b.once.Do(b.start)
	if b.err != nil {
		t.Fatalf("pgtest: no database: %v", b.err)
	}
	name := databaseName(t.Name(), b.mark, b.made.Add(1))
	quoted := pgx.Identifier{name}.Sanitize()
	// Copying the files is quicker than logging every page where nothing is
	// flushed to a disk.
	err := execute(b.server, "CREATE DATABASE "+quoted+" TEMPLATE "+pgx.Identifier{b.template}.Sanitize()+" STRATEGY FILE_COPY")
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("pgtest: kept the database %s: %s", name, b.server.Keep(name))
			return
		}
		if err := execute(b.server, "DROP DATABASE "+quoted+" WITH (FORCE)"); err != nil {
			t.Errorf("pgtest: %v", err)
		}
	})
	return b.server.URL(name)
}

// databaseName tells a reader which test it was, within the 63 bytes of a name.
func databaseName(test, mark string, n int64) string {
	readable := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		}
		return '_'
	}, test)
	return fmt.Sprintf("t_%s_%d_%.36s", mark, n, readable)
}

// execute runs one statement on the server, outside of any test's database.
func execute(s server, statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.URL("postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(ctx) // nothing is left to lose
	_, err = conn.Exec(ctx, statement)
	return err
}
