package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"tiendo/pkg/fault"
	"tiendo/pkg/pglocal"
	"tiendo/pkg/postgres/pgtest"
)

// tiendo runs the program in this process and returns what it printed.
func tiendo(t *testing.T, args ...string) (string, error) {
	t.Helper()
	out := &written{}
	err := run(t.Context(), args, out, io.Discard)
	return out.String(), err
}

// lookers are the commands that only look.
var lookers = [][]string{{"doctor"}, {"election", "list"}, {"rulebook", "list"}}

func TestWhoLooksMakesNoFolder(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	for _, command := range lookers {
		_, err := tiendo(t, append(command, "--data", dir)...)
		require.True(t, fault.Is(err, "data-missing"), "%v", err)
		require.ErrorContains(t, err, "tiendo serve will make it")
		require.NoDirExists(t, dir)
	}
}

func TestWhoLooksMakesNoDatabaseInAPrivateServer(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("/tmp", "tiendo-doctor-") //nolint:usetesting // PostgreSQL's user cannot reach a test's own folder
	require.NoError(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	o := pglocal.Options{Dir: dir, NPMDir: "../../../frontend/node_modules"}
	server, err := pglocal.Start(t.Context(), o)
	require.NoError(t, err)
	require.NoError(t, server.Stop())
	for _, command := range lookers {
		_, err := tiendo(t, append(command, "--data", dir)...)
		require.True(t, fault.Is(err, "data-missing"), "%v", err)
	}

	server, err = pglocal.Start(t.Context(), o)
	require.NoError(t, err)
	defer server.Stop()
	conn, err := pgx.Connect(t.Context(), server.URL("postgres"))
	require.NoError(t, err)
	defer conn.Close(t.Context())
	var databases int
	require.NoError(t, conn.QueryRow(t.Context(), "SELECT count(*) FROM pg_database WHERE NOT datistemplate").Scan(&databases))
	require.Equal(t, 1, databases, "postgres itself")

	// Now the server is a running one: it is asked instead.
	said, err := tiendo(t, "election", "list", "--data", dir, "--listen", "127.0.0.1:1")
	require.True(t, fault.Is(err, "server-running"), "%v", err)
	require.Empty(t, said)
	said, err = tiendo(t, "doctor", "--data", dir, "--listen", "127.0.0.1:1")
	require.True(t, fault.Is(err, "not-ready"), "nothing is known of a server that does not answer: %v", err)
	require.Contains(t, said, "hãy hỏi máy chủ ấy: http://127.0.0.1:1/readyz")
	require.Contains(t, said, "ask it: http://127.0.0.1:1/readyz")
	c, d := trial(t)
	p := start(t, c, d)
	p.awaitReady()
	said, err = tiendo(t, "doctor", "--data", dir, "--listen", strings.TrimPrefix(p.base, "http://"))
	require.NoError(t, err, said)
	require.Contains(t, said, `"ready":true`)
}

func TestWhoLooksMakesNoTable(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	_, err := pool.Exec(t.Context(), "DROP SCHEMA public CASCADE; CREATE SCHEMA public")
	require.NoError(t, err)
	for _, command := range lookers {
		said, err := tiendo(t, append(command, "--database-url", pool.Config().ConnString())...)
		require.True(t, fault.Is(err, "schema-old"), "%v", err)
		if command[0] == "doctor" {
			require.Regexp(t, `lược đồ / schema +0, chương trình này / this program [1-9]`, said)
		}
	}
	var tables int
	require.NoError(t, pool.QueryRow(t.Context(), "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace").Scan(&tables))
	require.Zero(t, tables)
}

func TestTheDoctorSaysWhenTheDatabaseDefendsNothing(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("/tmp", "tiendo-doctor-") //nolint:usetesting // PostgreSQL's user cannot reach a test's own folder
	require.NoError(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	_, err = tiendo(t, "migrate", "--data", dir)
	require.NoError(t, err)
	server, err := pglocal.Start(t.Context(), pglocal.Options{Dir: dir, NPMDir: "../../../frontend/node_modules"})
	require.NoError(t, err)
	defer server.Stop()
	url := server.URL("tiendo")
	said, err := tiendo(t, "doctor", "--database-url", url)
	require.True(t, fault.Is(err, "no-election-open"), "%v", err)
	require.Regexp(t, `(?m)^vai trò / role +tiendo$`, said)
	require.NotContains(t, said, "row-level security")

	said, err = tiendo(t, "doctor", "--database-url", strings.Replace(url, "://tiendo@", "://postgres@", 1))
	require.True(t, fault.Is(err, "no-election-open"), "%v", err)
	require.Regexp(t, `(?m)^vai trò / role +postgres$`, said)
	require.Contains(t, said, "it bypasses row-level security")
}

func TestTheDoctorIsContentWhenNothingIsMissing(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	_, err := tiendo(t, "doctor", "--database-url", pool.Config().ConnString())
	require.True(t, fault.Is(err, "no-election-open"), "%v", err)

	_, d := trial(t)
	url := d.pool.Config().ConnString()
	said, err := tiendo(t, "doctor", "--database-url", url)
	require.NoError(t, err)
	require.Regexp(t, `lược đồ / schema +([0-9]+), chương trình này / this program ([0-9]+)`, said)
	require.Contains(t, said, "2021, bản / revision 1\n")
	require.Regexp(t, `việc chạy nền / jobs +River [1-9], chương trình này / this program [1-9]\n +chờ / waiting 0,`, said)
	require.Regexp(t, `vai trò / role +[a-z]+\n`, said)
	require.NotContains(t, said, "bypasses row-level security")
	require.Regexp(t, `quản trị / administrators +chưa có`, said)
	for _, statement := range []string{
		`INSERT INTO account VALUES ('lan', 'Lan', '', 'vi', '$argon2id$', NULL, now(), 1), ('mai', 'Mai', '', 'vi', NULL, NULL, now(), 1)`,
		`INSERT INTO access_grant SELECT id, NULL, 'VN', 'administrator', 'local', now(), 1 FROM account`,
	} {
		require.NoError(t, pgtest.Exec(d.pool, "accounts", statement))
	}
	said, err = tiendo(t, "doctor", "--database-url", url)
	require.NoError(t, err)
	require.Regexp(t, `quản trị / administrators +1\n`, said, "who has no password yet is none")
	said, err = tiendo(t, "election", "list", "--database-url", url)
	require.NoError(t, err)
	require.Regexp(t, `^2021\t2021-05-23\t`, said)

	_, err = d.pool.Exec(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)")
	require.NoError(t, err)
	_, err = tiendo(t, "doctor", "--database-url", url)
	require.True(t, fault.Is(err, "schema-new"), "%v", err)
}
