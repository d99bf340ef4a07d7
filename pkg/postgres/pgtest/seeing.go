package pgtest

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Seeing begins a transaction that sees something in the tables that are defended
// row by row: "log", "accounts" or what a reader of some places is given (see
// migrations).
func Seeing(what string) pgx.TxOptions {
	return pgx.TxOptions{BeginQuery: "BEGIN; SET LOCAL tiendo.reads = '" + what + "'"}
}

// Failing is what a test of any kind can do.
type Failing interface {
	Errorf(format string, args ...any)
	FailNow()
}

// Value is the one value that a query gives to who sees that.
func Value[V any](t Failing, pool *pgxpool.Pool, what, query string, args ...any) (v V) {
	ctx := context.Background()
	if err := pgx.BeginTxFunc(ctx, pool, Seeing(what), func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, query, args...).Scan(&v)
	}); err != nil {
		t.Errorf("pgtest: %s: %v", query, err)
		t.FailNow()
	}
	return v
}

// Exec runs a statement for who sees that; how it went is for the caller.
func Exec(pool *pgxpool.Pool, what, statement string, args ...any) error {
	ctx := context.Background()
	return pgx.BeginTxFunc(ctx, pool, Seeing(what), func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, statement, args...)
		return err
	})
}
