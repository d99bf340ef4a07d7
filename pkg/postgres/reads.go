package postgres

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"tiendo/pkg/area"
	"tiendo/pkg/postgres/rows"
	"tiendo/pkg/tracker"
)

// reads is what a query may see in the tables with internal content. The
// database shows nothing of them to a query that comes without it (row-level
// security, see migrations): whoever forgets it finds nothing instead of
// everything. It holds for one transaction.
type reads string

const (
	// readsLog is the log of an election and its notes: what an act writes and
	// what the program itself reckons with.
	readsLog reads = "log"
	// readsAccounts is accounts with all that belongs to them.
	readsAccounts reads = "accounts"
	// readsWebhooks is endpoints and what was sent to them; what messages are signed
	// with is readsSecrets.
	readsWebhooks reads = "webhooks"
	readsSecrets  reads = "webhook secrets"
)

// bypassing asks whether the role that connects is one for which row-level security
// does not hold.
const bypassing = "SELECT rolname, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"

// Bypasses says which role the program connects as, and whether row-level security
// does not hold for it: superusers see everything, whatever they forget.
func (s *Store) Bypasses(ctx context.Context) (role string, bypasses bool, err error) {
	err = s.pool.QueryRow(ctx, bypassing).Scan(&role, &bypasses)
	return role, bypasses, mapped(err)
}

// readsBy is what one reader sees of an election: the log and the notes of some
// places, which go to the database as ranges of positions.
func readsBy(e tracker.ElectionID, by tracker.Reader) reads {
	if by.IsItself() {
		return readsLog
	}
	return reads(string(e) + " " + ranges(by.Places()))
}

// ranges are places by their positions, as an int4multirange.
func ranges(t area.Territory) string {
	var b strings.Builder
	b.WriteByte('{')
	for k, s := range t.Stretches() {
		if k > 0 {
			b.WriteByte(',')
		}
		b.WriteString("[" + strconv.Itoa(s.First) + "," + strconv.Itoa(s.End) + ")")
	}
	b.WriteByte('}')
	return b.String()
}

// How transactions begin: with what they may see, in the same round trip. The
// first two see nothing that is internal.
var (
	plain          = pgx.TxOptions{}
	looking        = pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	changing       = pgx.TxOptions{BeginQuery: "BEGIN; " + readsLog.local()}
	reading        = pgx.TxOptions{BeginQuery: "BEGIN READ ONLY, ISOLATION LEVEL REPEATABLE READ; " + readsLog.local()}
	changingPeople = pgx.TxOptions{BeginQuery: "BEGIN; " + readsAccounts.local()}
	readingPeople  = pgx.TxOptions{BeginQuery: "BEGIN READ ONLY, ISOLATION LEVEL REPEATABLE READ; " + readsAccounts.local()}

	changingWebhooks = pgx.TxOptions{BeginQuery: "BEGIN; " + readsWebhooks.local()}
	readingWebhooks  = pgx.TxOptions{BeginQuery: "BEGIN READ ONLY, ISOLATION LEVEL REPEATABLE READ; " + readsWebhooks.local()}
)

// local says it for one transaction. Only for the constants: it is not quoted.
func (r reads) local() string { return "SET LOCAL tiendo.reads = '" + string(r) + "'" }

// as are queries that see what is said, and nothing when they are over.
func (s *Store) as(what reads) *rows.Queries { return rows.New(&seeing{s.pool, what}) }

// seeing are queries that each see something, and nothing when they are over:
// the setting goes before the query in one round trip, and both are one
// transaction.
type seeing struct {
	pool *pgxpool.Pool
	what reads
}

var _ rows.DBTX = (*seeing)(nil)

func (s *seeing) send(ctx context.Context, sql string, args []any) pgx.BatchResults {
	var b pgx.Batch
	b.Queue("SELECT set_config('tiendo.reads', $1, true)", string(s.what))
	b.Queue(sql, args...)
	return s.pool.SendBatch(ctx, &b)
}

// Exec runs a statement.
func (s *seeing) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	sent := s.send(ctx, sql, args)
	_, err := sent.Exec()
	var tag pgconn.CommandTag
	if err == nil {
		tag, err = sent.Exec()
	}
	// What is only refused when it is committed is told here.
	if closed := sent.Close(); err == nil {
		err = closed
	}
	return tag, err
}

// Query runs a query; the connection is given back when its rows are closed.
func (s *seeing) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	sent := s.send(ctx, sql, args)
	if _, err := sent.Exec(); err != nil {
		return nil, closing(sent, err)
	}
	found, err := sent.Query()
	if err != nil {
		return nil, closing(sent, err)
	}
	return &seenRows{Rows: found, sent: sent}, nil
}

// QueryRow runs a query for one row.
func (s *seeing) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	sent := s.send(ctx, sql, args)
	_, err := sent.Exec()
	return &seenRow{sent: sent, err: err}
}

var errCopySees = errors.New("postgres: a copy needs a transaction that says what it reads")

// CopyFrom is refused.
func (*seeing) CopyFrom(context.Context, pgx.Identifier, []string, pgx.CopyFromSource) (int64, error) {
	return 0, errCopySees
}

// closing gives the connection back after a failure, which is the one to tell.
func closing(sent pgx.BatchResults, first error) error {
	_ = sent.Close()
	return first
}

// seenRows give the connection back when they are closed.
type seenRows struct {
	pgx.Rows
	sent pgx.BatchResults
	err  error
}

// Close may be called again.
func (r *seenRows) Close() {
	r.Rows.Close()
	if err := r.sent.Close(); r.err == nil {
		r.err = err
	}
}

// Err says what went wrong, also at the end.
func (r *seenRows) Err() error {
	if err := r.Rows.Err(); err != nil {
		return err
	}
	return r.err
}

type seenRow struct {
	sent pgx.BatchResults
	err  error
}

// Scan reads the row and gives the connection back.
func (r *seenRow) Scan(dest ...any) error {
	if r.err != nil {
		return closing(r.sent, r.err)
	}
	err := r.sent.QueryRow().Scan(dest...)
	if closed := r.sent.Close(); err == nil {
		err = closed
	}
	return err
}
