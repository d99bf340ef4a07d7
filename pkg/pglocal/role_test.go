package pglocal

import (
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

func TestRole(t *testing.T) {
	t.Parallel()

	t.Run("who connects owns the database and is no superuser", func(t *testing.T) {
		t.Parallel()
		s := start(t, Options{Dir: filepath.Join(folder(t), "db"), Seed: seed(t)})
		require.NoError(t, s.CreateDatabase(t.Context(), "mine"))
		conn, err := pgx.Connect(t.Context(), s.URL("mine"))
		require.NoError(t, err)
		defer conn.Close(t.Context())
		var owns, passes bool
		require.NoError(t, conn.QueryRow(t.Context(), `
			SELECT d.datdba = r.oid, r.rolsuper OR r.rolbypassrls OR r.rolcreaterole
			FROM pg_roles r, pg_database d WHERE r.rolname = current_user AND d.datname = current_database()`).Scan(&owns, &passes))
		require.True(t, owns)
		require.False(t, passes)
	})

	t.Run("databases from when the superuser had everything are handed over at the next start", func(t *testing.T) {
		t.Parallel()
		dir := filepath.Join(folder(t), "db")
		s := start(t, Options{Dir: dir, Seed: seed(t)})
		old := func(database, statement string) {
			conn, err := pgx.Connect(t.Context(), s.url(superuser, database))
			require.NoError(t, err)
			defer conn.Close(t.Context())
			_, err = conn.Exec(t.Context(), statement)
			require.NoError(t, err)
		}
		old("postgres", `CREATE DATABASE "cũ '1'"`)
		old(`cũ '1'`, `
			CREATE SCHEMA other;
			CREATE TYPE mood AS ENUM ('calm');
			CREATE TABLE "Row" (n int GENERATED ALWAYS AS IDENTITY, s serial, m mood);
			CREATE SEQUENCE alone;
			CREATE VIEW other.seen AS SELECT n FROM "Row";
			CREATE FUNCTION one(int) RETURNS int LANGUAGE sql AS 'SELECT 1'`)
		require.NoError(t, s.Stop())

		s = start(t, Options{Dir: dir})
		conn, err := pgx.Connect(t.Context(), s.URL(`cũ '1'`))
		require.NoError(t, err)
		defer conn.Close(t.Context())
		_, err = conn.Exec(t.Context(), `
			ALTER TABLE "Row" ENABLE ROW LEVEL SECURITY, ALTER COLUMN m SET DEFAULT 'calm';
			INSERT INTO "Row" DEFAULT VALUES; DROP VIEW other.seen; DROP FUNCTION one; DROP SEQUENCE alone; DROP SCHEMA other;
			CREATE TABLE mine (n int); DROP TABLE "Row"; DROP TYPE mood`)
		require.NoError(t, err)
	})
}
