package jobs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"tiendo/pkg/fault"
)

// migrating is held while the schema is brought up to date, so that programs which
// start at once do it one after the other. The number has no meaning.
const migrating = 7_460_218_906

// Migrate makes River's schema or brings it up to this program's. It belongs right
// after the product's own migrations. A role that may not make a schema is told
// what to have made for it.
func Migrate(ctx context.Context, pool *pgxpool.Pool, log *slog.Logger) (err error) {
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", migrating); err != nil {
		return err
	}
	defer func() {
		_, unlocked := conn.Exec(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", migrating)
		err = errors.Join(err, unlocked)
	}()
	if there, ours, err := Versions(ctx, pool); err != nil || there >= ours {
		return err // a newer one is left alone: River's schema serves its last version, too
	}
	if err := ensure(ctx, conn.Conn()); err != nil {
		return err
	}
	migrator, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Schema: Schema, Logger: log})
	if err != nil {
		return err
	}
	_, err = migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}

// ensure makes the schema unless it is there; CREATE SCHEMA IF NOT EXISTS would
// refuse a role that cannot make one even where somebody has made it.
func ensure(ctx context.Context, conn *pgx.Conn) error {
	var there bool
	if err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)", Schema).Scan(&there); err != nil || there {
		return err
	}
	_, err := conn.Exec(ctx, "CREATE SCHEMA "+Schema)
	const notAllowed = "42501"
	if refused := new(pgconn.PgError); errors.As(err, &refused) && refused.Code == notAllowed {
		return fault.New(fault.Unavailable, "jobs-schema-refused",
			"Tài khoản không được tạo lược đồ %[1]q cho các việc chạy nền; nhờ người quản trị PostgreSQL chạy: CREATE SCHEMA %[1]s AUTHORIZATION %[2]s",
			"The account may not create the schema %[1]q for background jobs; have an administrator of PostgreSQL run: CREATE SCHEMA %[1]s AUTHORIZATION %[2]s",
			Schema, pgx.Identifier{conn.Config().User}.Sanitize()).Because(err)
	}
	return err
}

// Versions are the version of River's schema in the database (0: none) and the one
// that this program works with.
func Versions(ctx context.Context, pool *pgxpool.Pool) (there, ours int, err error) {
	all, err := versions()
	if err != nil {
		return 0, 0, err
	}
	ours = all[len(all)-1].Version
	const table = Schema + ".river_migration"
	var kept bool
	if err := pool.QueryRow(ctx, "SELECT to_regclass($1) IS NOT NULL", table).Scan(&kept); err != nil || !kept {
		return 0, ours, err
	}
	err = pool.QueryRow(ctx, "SELECT coalesce(max(version), 0) FROM "+table).Scan(&there)
	return there, ours, err
}

// Sum is the same exactly when River's migrations are.
func Sum() (string, error) {
	all, err := versions()
	if err != nil {
		return "", err
	}
	h := sha256.New()
	for _, m := range all {
		fmt.Fprintf(h, "%d %d\n%s", m.Version, len(m.SQLUp), m.SQLUp)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// versions are River's migrations in their order; there is at least one.
func versions() ([]rivermigrate.Migration, error) {
	migrator, err := rivermigrate.New(riverpgxv5.New(nil), &rivermigrate.Config{Schema: Schema, Logger: slog.Default()})
	if err != nil {
		return nil, err
	}
	return migrator.AllVersions(), nil
}
