package pgtest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"tiendo/pkg/pglocal"
)

// small is a schema of these tests alone, so that they do not depend on the
// product's.
var small = fstest.MapFS{
	"00001_first.sql": {Data: []byte("-- +goose Up\nCREATE TABLE first (n int);\n-- +goose Down\nDROP TABLE first;\n")},
	"00002_more.sql":  {Data: []byte("-- +goose Up\nALTER TABLE first ADD COLUMN word text;\n")},
}

var smallBench = &bench{schema: schema{files: small}}

func nameOf(t *testing.T, pool *pgxpool.Pool) (name string) {
	t.Helper()
	require.NoError(t, pool.QueryRow(t.Context(), "SELECT current_database()").Scan(&name))
	return name
}

// fake is a test within the test: with a fate and cleanups of its own.
type fake struct {
	testing.TB
	failed   bool
	cleanups []func()
	said     strings.Builder
}

func (f *fake) Failed() bool         { return f.failed }
func (f *fake) Cleanup(clean func()) { f.cleanups = append(f.cleanups, clean) }
func (f *fake) Logf(format string, args ...any) {
	fmt.Fprintf(&f.said, format+"\n", args...)
}

func (f *fake) Errorf(format string, args ...any) {
	f.failed = true
	f.Logf(format, args...)
}

func (f *fake) end() {
	for len(f.cleanups) > 0 {
		last := len(f.cleanups) - 1
		f.cleanups[last]()
		f.cleanups = f.cleanups[:last]
	}
}

func TestNew(t *testing.T) {
	t.Parallel()

	t.Run("has the migrations of the product and a small pool", func(t *testing.T) {
		t.Parallel()
		pool := New(t)
		require.EqualValues(t, 4, pool.Config().MaxConns)
		var version int64
		require.NoError(t, pool.QueryRow(t.Context(), "SELECT max(version_id) FROM goose_db_version").Scan(&version))
		require.Positive(t, version)
	})

	t.Run("an address of its own for who connects by himself", func(t *testing.T) {
		t.Parallel()
		one, two := URL(t), URL(t)
		require.NotEqual(t, one, two)
		conn, err := pgx.Connect(t.Context(), one)
		require.NoError(t, err)
		require.NoError(t, conn.Ping(t.Context())) // left open: the end of the test cuts it
	})

	for _, which := range []string{"one", "two"} {
		t.Run("two tests at once do not see each other: "+which, func(t *testing.T) {
			t.Parallel()
			pool := smallBench.pool(t)
			_, err := pool.Exec(t.Context(), "INSERT INTO first VALUES (1, $1)", which)
			require.NoError(t, err)
			var word string
			require.NoError(t, pool.QueryRow(t.Context(), "SELECT string_agg(word, ',') FROM first").Scan(&word))
			require.Equal(t, which, word)
		})
	}

	t.Run("twenty at once", func(t *testing.T) {
		t.Parallel()
		names := make([]string, 20)
		var group sync.WaitGroup
		for i := range names {
			group.Go(func() {
				pool := smallBench.pool(t)
				names[i] = pool.Config().ConnConfig.Database
				_, err := pool.Exec(context.Background(), "INSERT INTO first VALUES (1)")
				if err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		distinct := map[string]bool{}
		for _, n := range names {
			distinct[n] = true
		}
		require.Len(t, distinct, 20)
	})
}

func TestCleanup(t *testing.T) {
	t.Parallel()
	exists := func(t *testing.T, name string) (yes bool) {
		t.Helper()
		conn, err := pgx.Connect(t.Context(), smallBench.server.URL("postgres"))
		require.NoError(t, err)
		defer conn.Close(t.Context())
		require.NoError(t, conn.QueryRow(t.Context(), "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name).Scan(&yes))
		return yes
	}

	t.Run("the database of a test that passed is gone, and the pool is closed", func(t *testing.T) {
		t.Parallel()
		f := &fake{TB: t}
		pool := smallBench.pool(f)
		name := nameOf(t, pool)
		require.True(t, exists(t, name))
		f.end()
		require.False(t, exists(t, name))
		require.Error(t, pool.Ping(t.Context()))
		require.Empty(t, f.said.String())
	})

	t.Run("that of a test that failed is kept, and the log says where", func(t *testing.T) {
		t.Parallel()
		b := &bench{schema: schema{files: small}} // a server of its own: this one is not to be kept
		f := &fake{TB: t}
		name := nameOf(t, b.pool(f))
		f.failed = true
		f.end()
		require.Contains(t, f.said.String(), name)
		if l, ok := b.server.(*local); ok {
			require.Contains(t, f.said.String(), l.DataDir())
			require.FileExists(t, filepath.Join(l.Dir(), keptMark))
			require.NoError(t, l.Stop())
			removed, err := pglocal.Remove(l.Dir())
			require.NoError(t, err)
			require.True(t, removed)
			return
		}
		require.NoError(t, execute(b.server, "DROP DATABASE "+name))
	})

	t.Run("a connection that is not given back fails the test instead of hanging it", func(t *testing.T) {
		t.Parallel()
		pool := smallBench.pool(t)
		conn, err := pool.Acquire(t.Context())
		require.NoError(t, err)
		f := &fake{TB: t}
		closePool(f, pool, time.Millisecond)
		require.Contains(t, f.said.String(), "not given back")
		conn.Release()
	})
}

func TestTemplate(t *testing.T) {
	t.Parallel()

	t.Run("another schema is another template", func(t *testing.T) {
		t.Parallel()
		sums := map[string]bool{}
		for _, files := range []fs.FS{
			fstest.MapFS{},
			fstest.MapFS{"00001_a.sql": {Data: []byte("x")}},
			fstest.MapFS{"00001_a.sql": {Data: []byte("y")}},
			fstest.MapFS{"00001_b.sql": {Data: []byte("y")}},
			fstest.MapFS{"00001_b.sql": {Data: []byte("y")}, "readme": {Data: []byte("y")}},
		} {
			sum, err := schema{files: files}.checksum()
			require.NoError(t, err)
			sums[sum] = true
		}
		require.Len(t, sums, 4, "what is not SQL does not count")
	})

	t.Run("no migrations yet is an empty database, a broken one is an error that leaves no template", func(t *testing.T) {
		t.Parallel()
		URL(t) // so that there is a server
		_, err := ensureTemplate(t.Context(), shared.server, schema{files: fstest.MapFS{}}, shared.mark+"_empty")
		require.NoError(t, err)
		broken := fstest.MapFS{"00001_broken.sql": {Data: []byte("-- +goose Up\nCREATE NONSENSE;\n")}}
		for range 2 {
			_, err = ensureTemplate(t.Context(), shared.server, schema{files: broken}, shared.mark+"_broken")
			require.ErrorContains(t, err, "NONSENSE")
		}
		require.NoError(t, execute(shared.server, "DROP DATABASE tiendo_template_"+shared.mark+"_empty"))
		for _, name := range []string{"_broken", "_broken_new"} {
			require.Error(t, execute(shared.server, "DROP DATABASE tiendo_template_"+shared.mark+name))
		}
	})
}

func TestDatabaseName(t *testing.T) {
	t.Parallel()
	require.Equal(t, "t_abc_7_testx_two_words____", databaseName("TestX/two words ộ/'", "abc", 7))
	long := databaseName(strings.Repeat("long", 40), "abcdef", 1_000_000)
	require.LessOrEqual(t, len(long), 63)
}

func TestRemote(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"postgres://u:p@h:1/postgres?sslmode=disable": "x",
		"postgresql:///?host=/run/x":                  "x",
		"host=/run/x user=u dbname=old":               "x",
	} {
		config, err := pgx.ParseConfig(remote(address).URL("x"))
		require.NoError(t, err)
		require.Equal(t, want, config.Database, address)
	}
}

func TestRemoteServer(t *testing.T) {
	t.Parallel()
	URL(t)
	b := &bench{schema: schema{files: small}, server: remote(shared.server.URL("postgres")), mark: strings.ToLower(shared.mark)}
	b.once.Do(func() { b.template, b.err = ensureTemplate(t.Context(), b.server, b.schema, shared.mark) })
	t.Run("serves two processes with one template", func(t *testing.T) {
		again, err := ensureTemplate(t.Context(), b.server, b.schema, shared.mark)
		require.NoError(t, err)
		require.Equal(t, b.template, again)
		b.made.Store(1000)
		require.NotEmpty(t, nameOf(t, b.pool(t)))
	})
	require.NoError(t, execute(b.server, "DROP DATABASE "+b.template))
}

func TestSweep(t *testing.T) {
	t.Parallel()
	g := ground{dir: t.TempDir()}
	require.NoError(t, os.Chmod(g.dir, 0o711))
	plant := func(name string, age time.Duration, kept bool) string {
		dir := filepath.Join(g.dir, name)
		require.NoError(t, os.Mkdir(dir, 0o700))
		if kept {
			require.NoError(t, os.WriteFile(filepath.Join(dir, keptMark), nil, 0o600))
		}
		at := time.Date(2021, 5, 23, 7, 0, 0, 0, time.UTC).Add(-age)
		require.NoError(t, os.Chtimes(dir, at, at))
		return dir
	}
	var stay, leave []string
	for i := range 5 {
		age := time.Duration(i) * time.Hour
		seed := plant(fmt.Sprintf("%s15-%d", seedPrefix, i), age, false)
		kept := plant(fmt.Sprintf("%sk%d", runPrefix, i), age, true)
		if i < keep {
			stay = append(stay, seed, kept)
		} else {
			leave = append(leave, seed, kept)
		}
	}
	leave = append(leave, plant(runPrefix+"dead", 0, false), plant(seedPrefix+"15-x"+newSuffix, 0, false))
	stay = append(stay, plant("stranger", 0, false))
	require.NoError(t, g.sweep())
	for _, dir := range stay {
		require.DirExists(t, dir)
	}
	for _, dir := range leave {
		require.NoDirExists(t, dir)
	}
}

func TestGround(t *testing.T) {
	t.Parallel()

	t.Run("the folder belongs to us and nobody can list it", func(t *testing.T) {
		t.Parallel()
		g, err := openGround()
		require.NoError(t, err)
		info, err := os.Stat(g.dir)
		require.NoError(t, err)
		require.Zero(t, info.Mode().Perm()&0o066)
	})

	t.Run("a server in use survives the sweep of another process", func(t *testing.T) {
		t.Parallel()
		b := &bench{schema: schema{files: small}}
		name := nameOf(t, b.pool(t))
		g, err := openGround()
		require.NoError(t, err)
		release, err := g.lock()
		require.NoError(t, err)
		defer release()
		require.NoError(t, g.sweep())
		conn, err := pgx.Connect(t.Context(), b.server.URL(name))
		require.NoError(t, err)
		require.NoError(t, conn.Close(t.Context()))
	})

	t.Run("a seed that cannot be migrated is not kept as one", func(t *testing.T) {
		t.Parallel()
		broken := fstest.MapFS{"00001_broken.sql": {Data: []byte("-- +goose Up\nCREATE NONSENSE;\n")}}
		b := &bench{schema: schema{files: broken}}
		b.start()
		require.ErrorContains(t, b.err, "NONSENSE")
		sum, err := schema{files: broken}.checksum()
		require.NoError(t, err)
		g, err := openGround()
		require.NoError(t, err)
		seeds, err := filepath.Glob(filepath.Join(g.dir, seedPrefix+"*"+sum))
		require.NoError(t, err)
		require.Empty(t, seeds)
	})
}

// errors of a bench reach every test that asks, not only the first.
func TestNoServer(t *testing.T) {
	t.Parallel()
	b := &bench{err: errors.New("no PostgreSQL")}
	b.once.Do(func() {})
	for range 2 {
		f := &fatal{TB: t}
		func() {
			defer func() { _ = recover() }()
			b.url(f)
		}()
		require.Contains(t, f.said, "no PostgreSQL")
	}
}

// fatal is a test that panics where a real one ends its goroutine.
type fatal struct {
	testing.TB
	said string
}

func (f *fatal) Fatalf(format string, args ...any) {
	f.said = fmt.Sprintf(format, args...)
	panic(f.said)
}
