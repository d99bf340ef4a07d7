// Package postgres keeps elections in PostgreSQL. It decides nothing: rows are
// read and locked, a pure step of package tracker says what changes, and the
// changes are written to the tables and to the log in one transaction. The log
// is serial: its head is locked last of all, just before the commit.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/postgres/jobs"
	"tiendo/pkg/postgres/rows"
	"tiendo/pkg/tracker"
)

// Store keeps elections in a database. Any number of stores, in any number of
// processes, may share one.
type Store struct {
	pool *pgxpool.Pool

	together scribe

	mu    sync.Mutex
	lists map[listKey]*area.List // each edition that was read

	inserter func() (*jobs.Client, error) // of jobs
}

var _ tracker.Store = (*Store)(nil)

// New makes a store on a pool. The schema must be there already.
func New(pool *pgxpool.Pool) *Store {
	s := &Store{
		pool: pool, lists: map[listKey]*area.List{},
		inserter: sync.OnceValues(func() (*jobs.Client, error) { return jobs.Inserter(pool) }),
	}
	s.together.store = s
	return s
}

// queries see nothing that is internal; for what does see [Store.as].
func (s *Store) queries() *rows.Queries { return rows.New(s.pool) }

// in runs do in one transaction and maps what the database refuses.
func (s *Store) in(ctx context.Context, opts pgx.TxOptions, do func(*rows.Queries, pgx.Tx) error) error {
	return mapped(pgx.BeginTxFunc(ctx, s.pool, opts, func(tx pgx.Tx) error {
		return do(rows.New(tx), tx)
	}))
}

func text(s string) pgtype.Text { return pgtype.Text{String: s, Valid: s != ""} }

func number(n int, valid bool) pgtype.Int2 { return pgtype.Int2{Int16: int16(n), Valid: valid} }

func date(d civil.Date) pgtype.Date {
	if d.IsZero() {
		return pgtype.Date{}
	}
	y, m, day := d.Parts()
	return pgtype.Date{Time: civil.New(y, m, day).At(civil.Clock{}, utc), Valid: true}
}

func list(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

// some reads a list as the log writes it: an empty one is none.
func some(s []string) []string {
	if len(s) == 0 {
		return nil
	}
	return s
}

// one turns "no such row" into the fault that says what is missing.
func one(err error, missing error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return missing
	}
	return mapped(err)
}

// written checks that exactly the one row that was locked was changed.
func written(n int64, err error) error {
	if err == nil && n != 1 {
		return fmt.Errorf("postgres: %d rows changed instead of one", n)
	}
	return err
}
