package pgtest

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx" for goose
	"github.com/pressly/goose/v3"

	"tiendo/pkg/postgres/jobs"
)

// templateLock is held while a template is made, for processes that share a
// server. The number has no meaning.
const templateLock = 7_460_218_905

// schema is what a database is migrated to.
type schema struct {
	files fs.FS // goose SQL
	jobs  bool  // and River's
}

// checksum of the migrations: the same exactly when names and contents are.
func (s schema) checksum() (string, error) {
	names, err := fs.Glob(s.files, "*.sql") // in order
	if err != nil {
		return "", err
	}
	h := sha256.New()
	if s.jobs {
		sum, err := jobs.Sum()
		if err != nil {
			return "", err
		}
		fmt.Fprintln(h, sum)
	}
	for _, name := range names {
		text, err := fs.ReadFile(s.files, name)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(h, "%s %d\n%s", name, len(text), text)
	}
	return hex.EncodeToString(h.Sum(nil))[:16], nil
}

// ensureTemplate returns the name of the database that all others are copied
// from, and makes it when the server has none for this checksum. It gets its
// name when it is complete.
func ensureTemplate(ctx context.Context, on server, s schema, sum string) (string, error) {
	conn, err := pgx.Connect(ctx, on.URL("postgres"))
	if err != nil {
		return "", err
	}
	defer conn.Close(ctx) // nothing is left to lose; it frees the lock
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", templateLock); err != nil {
		return "", err
	}
	name := "tiendo_template_" + sum
	var exists bool
	if err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name).Scan(&exists); err != nil || exists {
		return name, err
	}
	drop := "DROP DATABASE IF EXISTS " + name + "_new WITH (FORCE)"
	for _, statement := range []string{drop, "CREATE DATABASE " + name + "_new"} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return "", err
		}
	}
	if err := s.migrate(ctx, on.URL(name+"_new")); err != nil {
		_, errDrop := conn.Exec(ctx, drop)
		return "", errors.Join(err, errDrop)
	}
	_, err = conn.Exec(ctx, "ALTER DATABASE "+name+"_new RENAME TO "+name)
	return name, err
}

// migrate brings an empty database to the newest schema. No files, no schema.
func (s schema) migrate(ctx context.Context, url string) (err error) {
	db, err := sql.Open("pgx", url)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	provider, err := goose.NewProvider(goose.DialectPostgres, db, s.files, goose.WithDisableGlobalRegistry(true))
	if errors.Is(err, goose.ErrNoMigrations) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err = provider.Up(ctx); err != nil || !s.jobs {
		return err
	}
	pool, err := pgxpool.New(ctx, url)
	if err != nil {
		return err
	}
	defer pool.Close()
	return jobs.Migrate(ctx, pool, slog.New(slog.DiscardHandler))
}
