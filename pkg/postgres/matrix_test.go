package postgres_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"tiendo/pkg/civil"
	"tiendo/pkg/mirror"
	"tiendo/pkg/mirror/mirrortest"
	"tiendo/pkg/postgres/pgtest"
	"tiendo/pkg/timeline"
	"tiendo/pkg/tracker"
)

// grouped is a matrix as SQL counts it: the milestones of a branch by row and
// by column, those of the rows' own areas apart. $1 election, $2 $3 areas and
// the rows they lie in, $4 $5 $6 keys that can be late, their columns and
// whether they are the law's, $7 day, $8 minute, $9 closed.
const grouped = `
SELECT a.row, k.col, m.area_code = a.row AS own,
       count(*),
       count(*) FILTER (WHERE m.work = 'done'),
       count(*) FILTER (WHERE m.work = 'done' AND m.standing = 'confirmed'),
       count(*) FILTER (WHERE s.waits AND s.passed AND k.law),
       count(*) FILTER (WHERE s.waits AND ((s.passed AND NOT k.law) OR (s.missed AND NOT (s.passed AND k.law)))),
       count(*) FILTER (WHERE m.work NOT IN ('done') AND NOT $9 AND NOT s.passed AND NOT s.missed
                          AND coalesce(m.latest_on, m.planned_on) - $7::date <= 7)
FROM milestone m
JOIN unnest($2::text[], $3::text[]) AS a (area, row) ON a.area = m.area_code
JOIN unnest($4::text[], $5::text[], $6::boolean[]) AS k (key, col, law) ON k.key = m.key
CROSS JOIN LATERAL (SELECT
       m.work <> 'done' AND NOT $9 AND NOT (m.silent AND m.work = 'not_started') AS waits,
       coalesce(m.latest_on < $7 OR (m.latest_on = $7 AND m.latest_at <= $8), false) AS passed,
       coalesce(m.planned_on < $7, false) AS missed) AS s
WHERE m.election = $1 AND m.work NOT IN ('not_applicable', 'cancelled')
GROUP BY a.row, k.col, own`

// group is one line of it.
type group struct {
	row, column string
	own         bool
}

func (w *world) grouped(v *mirror.View, m *timeline.Matrix, now civil.Cutoff) map[group]timeline.Sums {
	var areas, rows, keys, columns []string
	var law []bool
	for _, r := range m.Rows {
		_, last := m.Frame.List.Descendants(r)
		for k := r; k < last; k++ {
			areas, rows = append(areas, string(m.Frame.List.At(k).Code)), append(rows, string(m.Frame.List.At(r).Code))
		}
	}
	for _, o := range v.Origins() {
		if !o.Nature.CanBeLate() {
			continue
		}
		column := o.Family
		if o.Binding == mirror.ByPlan {
			column = "local:" + o.Phase
		}
		keys, columns, law = append(keys, string(o.Key)), append(columns, column), append(law, o.Binding == mirror.ByLaw)
	}
	found, err := w.pool.Query(context.Background(), grouped, id, areas, rows, keys, columns, law,
		now.Day.String(), now.Clock.Minutes(), m.Frame.Election.State == tracker.Closed)
	require.NoError(w.t, err)
	all := map[group]timeline.Sums{}
	var g group
	var s timeline.Sums
	_, err = pgx.ForEachRow(found, []any{&g.row, &g.column, &g.own, &s.Total, &s.Done, &s.Confirmed, &s.Overdue, &s.BehindPlan, &s.DueSoon}, func() error {
		all[g] = s
		return nil
	})
	require.NoError(w.t, err)
	return all
}

func TestAMatrixOutOfTheMirrorEqualsGroupByInSQL(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	rapid.Check(t, func(t *rapid.T) {
		empty(t, pool)
		w := openOn(t, pool, mirrortest.Places())
		for n := range rapid.IntRange(1, 25).Draw(t, "acts") {
			w.random(t, w.Service, n)
		}
		v, err := mirror.Load(context.Background(), w.store, id)
		require.NoError(t, err)
		i := rapid.IntRange(0, v.Frame().List.Len()-1).Draw(t, "area")
		now := civil.Cutoff{Day: w.clock.today().Add(rapid.IntRange(0, 140).Draw(t, "days later")), Clock: civil.NewClock(rapid.IntRange(0, 23).Draw(t, "hour"), 0)}
		m, err := timeline.BuildMatrix(v, i, now, timeline.MatrixOptions{})
		require.NoError(t, err)

		sql := w.grouped(v, m, now)
		own := make([]timeline.Sums, len(m.Rows))
		for _, c := range m.Columns {
			for r, place := range m.Rows {
				g := group{row: string(v.Frame().List.At(place).Code), column: c.Key}
				var below timeline.Sums
				if c.Cells != nil {
					below = c.Cells[r].Below
				}
				require.Equal(t, sql[g], below, g)
				own[r] = plus(own[r], below)
				delete(sql, g)
				g.own = true
				own[r] = plus(own[r], sql[g])
				delete(sql, g)
			}
		}
		require.Empty(t, sql, "every group is a cell")
		require.Equal(t, own, m.RowSums)
	})
}

func plus(a, b timeline.Sums) timeline.Sums {
	return timeline.Sums{
		Total: a.Total + b.Total, Done: a.Done + b.Done, Confirmed: a.Confirmed + b.Confirmed,
		Overdue: a.Overdue + b.Overdue, BehindPlan: a.BehindPlan + b.BehindPlan, DueSoon: a.DueSoon + b.DueSoon,
	}
}
