package postgres_test

import (
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"tiendo/pkg/civil"
	"tiendo/pkg/postgres/pgtest"
	"tiendo/pkg/tracker"
)

func TestTheHotTablesHaveNoIndexBeyondTheirKeys(t *testing.T) {
	t.Parallel()
	w := &world{t: t, pool: pgtest.New(t)}
	for _, table := range []string{"milestone", "task", "log_head"} {
		require.Equal(t, 1, w.count("SELECT count(*) FROM pg_index WHERE indrelid = $1::regclass", table), table)
	}
	require.Zero(t, w.count(`
		SELECT count(*) FROM pg_index x JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = ANY (x.indkey)
		WHERE x.indrelid = 'milestone'::regclass
		  AND a.attname NOT IN ('election', 'area_code', 'key', 'occurrence')`), "what a report changes is in no index")
}

// Not parallel: while a transaction runs anywhere on the server, even in another
// database, old versions of rows may have to stay, and pages fill up.
func TestReportsUpdateWithinThePage(t *testing.T) {
	config, err := pgxpool.ParseConfig(pgtest.URL(t))
	require.NoError(t, err)
	config.MaxConns = 1 // whose counters can be asked for
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	w := openOn(t, pool, places())
	w.clock.set("2021-05-24")

	reports := 0
	require.NoError(t, w.opening.Records(func(r tracker.Record) error {
		if len(r.Tasks) == 0 || reports == 400 {
			return nil
		}
		reports++
		now, err := w.store.Record(t.Context(), id, r.Milestone.ID)
		if err != nil {
			return err
		}
		_, err = w.UpdateTask(t.Context(), id, actor, tracker.TaskCommand{
			ID: r.Milestone.ID, Task: r.Tasks[0].Key, If: now.Tasks[0].Revision,
			Status: tracker.To(tracker.Done), DoneOn: tracker.To(civil.Must("2021-05-24")), Number: tracker.To("12/QĐ-UBND"),
		})
		return err
	}))
	require.Equal(t, 400, reports)

	w.exec("SELECT pg_stat_force_next_flush()")
	w.exec("SELECT pg_stat_clear_snapshot()")
	for _, table := range []string{"milestone", "task", "log_head"} {
		updates := w.count("SELECT n_tup_upd FROM pg_stat_user_tables WHERE relname = $1", table)
		hot := w.count("SELECT n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = $1", table)
		t.Logf("%s: %d of %d updates stayed within the page", table, hot, updates)
		require.GreaterOrEqual(t, updates, reports, table)
		require.GreaterOrEqual(t, float64(hot), 0.95*float64(updates), table)
	}
}
