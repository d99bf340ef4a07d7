package pgtest

import (
	"context"
	"database/sql"
	_ "embed"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/pressly/goose/v3"
	"github.com/stretchr/testify/require"

	"tiendo/migrations"
)

var update = flag.Bool("update", false, "write the picture of the schema anew")

// picture is the file beside the migrations that shows where they lead.
const picture = "../../../migrations/schema.golden.txt"

// draw is the query that draws the picture: one line for each thing, from the
// catalog, in an order that no setting changes.
//
//go:embed testdata/picture.sql
var draw string

func TestTheSchemaIsTheOneInThePicture(t *testing.T) {
	t.Parallel()
	got := drawn(t, URL(t))
	if *update {
		require.NoError(t, os.WriteFile(picture, []byte(got), 0o600))
	}
	want, err := os.ReadFile(picture)
	require.NoError(t, err)
	require.Equal(t, string(want), got, "if the change is meant: go test ./pkg/postgres/pgtest -run Picture -update")
}

func TestTheSchemaCanBeTakenDownAndPutUpAgain(t *testing.T) {
	t.Parallel()
	url := URL(t)
	before := drawn(t, url)
	db, err := sql.Open("pgx", url)
	require.NoError(t, err)
	defer db.Close()
	schema, err := goose.NewProvider(goose.DialectPostgres, db, migrations.FS, goose.WithDisableGlobalRegistry(true))
	require.NoError(t, err)

	_, err = schema.DownTo(t.Context(), 0)
	require.NoError(t, err)
	require.Empty(t, drawn(t, url), "nothing is left behind")

	_, err = schema.Up(t.Context())
	require.NoError(t, err)
	require.Equal(t, before, drawn(t, url))
}

func TestOneStepDownAndUpAgainChangesNothing(t *testing.T) {
	t.Parallel()
	url := URL(t)
	db, err := sql.Open("pgx", url)
	require.NoError(t, err)
	defer db.Close()
	schema, err := goose.NewProvider(goose.DialectPostgres, db, migrations.FS, goose.WithDisableGlobalRegistry(true))
	require.NoError(t, err)
	var steps []string
	for at := drawn(t, url); at != ""; at = drawn(t, url) {
		steps = append(steps, at)
		_, err := schema.Down(t.Context())
		require.NoError(t, err)
	}
	require.Len(t, steps, len(schema.ListSources()))
	for i := len(steps) - 1; i >= 0; i-- {
		_, err := schema.UpByOne(t.Context())
		require.NoError(t, err)
		require.Equal(t, steps[i], drawn(t, url))
	}
}

func drawn(t *testing.T, url string) string {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	require.NoError(t, err)
	defer conn.Close(ctx)
	found, err := conn.Query(ctx, draw)
	require.NoError(t, err)
	lines, err := pgx.CollectRows(found, pgx.RowTo[string])
	require.NoError(t, err)
	return strings.TrimPrefix(strings.Join(lines, ""), "\n")
}
