package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"tiendo/pkg/postgres/rows"
	"tiendo/pkg/tracker"
)

// openingLock is held while an election is opened. The number has no meaning.
const openingLock = 7_460_218_906

// loadOrder is the order in which everybody takes the tables that an opening
// needs for itself: acts lock milestones, read tasks and point to the election.
// [Store.Snapshot], which begins with the election, asks for milestones first.
const loadOrder = "milestone, task, election"

// alone waits until no other opening runs and takes the tables, unless the
// election is there already. Taking them only when they are needed would end in
// a deadlock with whoever reads or writes another election just then.
func alone(ctx context.Context, q *rows.Queries, tx pgx.Tx, id tracker.ElectionID) (there bool, err error) {
	if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", openingLock); err != nil {
		return false, err
	}
	if _, err = q.Election(ctx, string(id)); err == nil || !errors.Is(err, pgx.ErrNoRows) {
		return err == nil, err
	}
	_, err = tx.Exec(ctx, "LOCK TABLE "+loadOrder+" IN ACCESS EXCLUSIVE MODE")
	return false, err
}

// load writes all that an opening creates. Foreign keys are taken off before
// and put on again after: checking 800,000 rows at once takes a fifth of the
// time of checking them one by one. Both happen in the opening's transaction,
// so nobody ever sees the tables without; for the seconds that it takes,
// others wait for these two tables.
func load(ctx context.Context, tx pgx.Tx, o *tracker.Opening) error {
	return unchecked(ctx, tx, []string{"milestone", "task"}, func() error {
		if err := copyMilestones(ctx, tx, o); err != nil {
			return err
		}
		return copyTasks(ctx, tx, o)
	})
}

// unchecked takes the foreign keys of some tables off, and puts them on again
// after do: whatever it left is checked then.
func unchecked(ctx context.Context, tx pgx.Tx, tables []string, do func() error) error {
	keys, err := foreignKeys(ctx, tx, tables...)
	if err != nil {
		return err
	}
	for _, k := range keys {
		if _, err := tx.Exec(ctx, "ALTER TABLE "+k.Table+" DROP CONSTRAINT "+k.Name); err != nil {
			return err
		}
	}
	if err := do(); err != nil {
		return err
	}
	for _, k := range keys {
		if _, err := tx.Exec(ctx, "ALTER TABLE "+k.Table+" ADD CONSTRAINT "+k.Name+" "+k.Definition); err != nil {
			return err
		}
	}
	return nil
}

// foreignKey is a constraint as the catalog writes it.
type foreignKey struct {
	Table, Name, Definition string
}

func foreignKeys(ctx context.Context, tx pgx.Tx, tables ...string) ([]foreignKey, error) {
	found, err := tx.Query(ctx, `
		SELECT conrelid::regclass::text AS "table", quote_ident(conname) AS name, pg_get_constraintdef(oid) AS definition
		FROM pg_constraint WHERE contype = 'f' AND conrelid = ANY ($1::regclass[]) ORDER BY conname`, tables)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(found, pgx.RowToStructByName[foreignKey])
}
