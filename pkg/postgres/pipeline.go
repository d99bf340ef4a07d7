package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"tiendo/pkg/postgres/rows"
)

// pipeline collects what an act writes, so that it goes to the server in one
// round trip: the log's head is locked meanwhile, and everyone who writes waits
// for it. It takes writes only.
type pipeline struct {
	batch    pgx.Batch
	promised int // see promise
}

// promise says how many rows the next statement changes, where it is not one.
func (p *pipeline) promise(n int) { p.promised = n }

var _ rows.DBTX = (*pipeline)(nil)

// Exec queues a statement. The tag it gives says that one row was changed;
// where the statement promises that (:execrows), send holds the server to it.
func (p *pipeline) Exec(_ context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	queued := p.batch.Queue(sql, args...)
	if name, _, _ := strings.Cut(sql, "\n"); strings.HasSuffix(name, ":execrows") {
		want := int64(max(p.promised, 1))
		p.promised = 0
		queued.Exec(func(tag pgconn.CommandTag) error {
			if n := tag.RowsAffected(); n != want {
				return fmt.Errorf("postgres: %d rows changed instead of %d", n, want)
			}
			return nil
		})
	}
	return pgconn.NewCommandTag("UPDATE 1"), nil
}

var errReadsInPipeline = errors.New("postgres: a pipeline takes writes only")

// Query is refused: its answer would be needed before the batch is sent.
func (p *pipeline) Query(context.Context, string, ...any) (pgx.Rows, error) {
	return nil, errReadsInPipeline
}

// QueryRow is refused, as Query is.
func (p *pipeline) QueryRow(context.Context, string, ...any) pgx.Row { return refusedRow{} }

// CopyFrom is refused.
func (p *pipeline) CopyFrom(context.Context, pgx.Identifier, []string, pgx.CopyFromSource) (int64, error) {
	return 0, errReadsInPipeline
}

type refusedRow struct{}

// Scan says that nothing was read.
func (refusedRow) Scan(...any) error { return errReadsInPipeline }

// send runs all statements in their order; the first that fails ends it.
func (p *pipeline) send(ctx context.Context, tx pgx.Tx) error {
	return tx.SendBatch(ctx, &p.batch).Close()
}
