package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"tiendo/pkg/area"
	"tiendo/pkg/postgres/rows"
	"tiendo/pkg/tracker"
)

// ChangesWithin reads a part of the log, of some areas or of all. Which index is
// the better one depends on how much of the log that is, so that the values are
// known before the plan is made.
func (s *Store) ChangesWithin(ctx context.Context, e tracker.ElectionID, areas []area.Code, after, upto tracker.Revision, limit int) ([]tracker.Change, error) {
	asked := rows.ChangesWithinParams{
		Election: string(e), AfterRevision: int64(after), LastRevision: int64(upto), Most: int32(limit), //nolint:gosec // a page
	}
	if areas != nil {
		asked.Areas = codes(areas)
	}
	var all []tracker.Change
	err := s.in(ctx, reading, func(q *rows.Queries, tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SELECT set_config('tiendo.reads', $1, true), set_config('plan_cache_mode', 'force_custom_plan', true)", string(readsLog)); err != nil {
			return err
		}
		found, err := q.ChangesWithin(ctx, asked)
		if err != nil {
			return err
		}
		all, err = changesOf(found)
		return err
	})
	return all, err
}
