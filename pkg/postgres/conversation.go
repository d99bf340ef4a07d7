package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"tiendo/pkg/postgres/rows"
)

// asked sends several queries in one round trip. ask is called twice: first it only
// says what it asks, and finds nothing; then, after all has been sent, it is given
// the answers in the same order. So what it asks may not hang on what it finds.
// before are statements that go first and answer nothing.
func asked(ctx context.Context, conn *pgx.Conn, before []string, ask func(*rows.Queries) error) error {
	var b pgx.Batch
	for _, sql := range before {
		b.Queue(sql)
	}
	if err := ask(rows.New(&asking{batch: &b})); err != nil {
		return err
	}
	sent := conn.SendBatch(ctx, &b)
	for range before {
		if _, err := sent.Exec(); err != nil {
			return closing(sent, err)
		}
	}
	if err := ask(rows.New(&answering{sent})); err != nil {
		return closing(sent, err)
	}
	return sent.Close()
}

var errCopyInBatch = errors.New("postgres: nothing is copied in a batch")

// asking takes down what is asked.
type asking struct{ batch *pgx.Batch }

var _ rows.DBTX = (*asking)(nil)

func (a *asking) Exec(_ context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	a.batch.Queue(sql, args...)
	return pgconn.NewCommandTag(""), nil
}

func (a *asking) Query(_ context.Context, sql string, args ...any) (pgx.Rows, error) {
	a.batch.Queue(sql, args...)
	return noRows{}, nil
}

func (a *asking) QueryRow(_ context.Context, sql string, args ...any) pgx.Row {
	a.batch.Queue(sql, args...)
	return noRows{}
}

func (*asking) CopyFrom(context.Context, pgx.Identifier, []string, pgx.CopyFromSource) (int64, error) {
	return 0, errCopyInBatch
}

// noRows are answers that have not come yet.
type noRows struct{ pgx.Rows }

func (noRows) Next() bool        { return false }
func (noRows) Err() error        { return nil }
func (noRows) Close()            {}
func (noRows) Scan(...any) error { return nil }

// answering gives the answers in the order in which was asked.
type answering struct{ sent pgx.BatchResults }

var _ rows.DBTX = (*answering)(nil)

func (a *answering) Exec(context.Context, string, ...any) (pgconn.CommandTag, error) {
	return a.sent.Exec()
}

func (a *answering) Query(context.Context, string, ...any) (pgx.Rows, error) { return a.sent.Query() }

func (a *answering) QueryRow(context.Context, string, ...any) pgx.Row { return a.sent.QueryRow() }

func (*answering) CopyFrom(context.Context, pgx.Identifier, []string, pgx.CopyFromSource) (int64, error) {
	return 0, errCopyInBatch
}
