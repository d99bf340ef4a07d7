package main

import (
	"context"
	_ "embed"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"tiendo/pkg/area"
	"tiendo/pkg/timeline"
	"tiendo/pkg/tracker"
)

// The table that the wide form reads.
//
//go:embed matrix.sql
var wideTable string

// counts is the part of the two forms that is the same: what a cell counts, on
// the day $1 at the minute $2.
const counts = `count(*),
	count(*) FILTER (WHERE done),
	count(*) FILTER (WHERE confirmed),
	count(*) FILTER (WHERE NOT done AND NOT silent AND NOT local AND passed),
	count(*) FILTER (WHERE NOT done AND NOT silent AND (local AND passed OR NOT passed AND planned_on < $1)),
	count(*) FILTER (WHERE NOT done AND NOT passed AND NOT coalesce(planned_on < $1, false)
		AND coalesce(latest_on, planned_on) <= $1::date + 7)`

const passed = `coalesce(latest_on < $1 OR latest_on = $1 AND latest_at <= $2, false) AS passed`

// sqlMatrix is one matrix in the two best forms that PostgreSQL has for it.
type sqlMatrix struct {
	of   string // the column of the ancestor that is the matrix' own area; empty: the nation
	rows string // the column of the rows
	at   int    // its position
}

// joined reads the tables as the product keeps them.
func (m sqlMatrix) joined() string {
	where := ""
	if m.of != "" {
		where = fmt.Sprintf(" AND p.%s = %d", m.of, m.at)
	}
	return `SELECT ` + m.rows + `, family, ` + counts + ` FROM (
		SELECT p.` + m.rows + `, r.family, m.work = 'done' AS done, m.work = 'done' AND m.standing = 'confirmed' AS confirmed,
			m.planned_on, m.latest_on, m.rulebook_version IS NULL AS local, m.silent AND m.work = 'not_started' AS silent, ` + passed + `
		FROM milestone m JOIN bench_rule r ON r.key = m.key JOIN bench_place p ON p.code = m.area_code
		WHERE m.election = '2021' AND m.work NOT IN ('not_applicable', 'cancelled')` + where + `) AS x GROUP BY 1, 2`
}

// wide reads a table that is made for nothing else.
func (m sqlMatrix) wide() string {
	where := ""
	if m.of != "" {
		where = fmt.Sprintf(" WHERE %s = %d", m.of, m.at)
	}
	return `SELECT ` + m.rows + `, family, ` + counts + ` FROM (
		SELECT *, ` + passed + ` FROM bench_wide` + where + `) AS x GROUP BY 1, 2`
}

// prepareSQL makes what the two forms read beside the product's tables.
func prepareSQL(ctx context.Context, pool *pgxpool.Pool, f *tracker.Frame) error {
	const tables = `
		CREATE UNLOGGED TABLE bench_place (code text PRIMARY KEY, position int, province int, district int, commune int);
		CREATE UNLOGGED TABLE bench_rule (key text PRIMARY KEY, family text)`
	if _, err := pool.Exec(ctx, tables); err != nil {
		return err
	}
	_, err := pool.CopyFrom(ctx, pgx.Identifier{"bench_place"}, []string{"code", "position", "province", "district", "commune"},
		pgx.CopyFromSlice(f.List.Len(), func(i int) ([]any, error) { return place(f.List, i), nil }))
	if err != nil {
		return err
	}
	for _, r := range f.Rulebook.Rules() {
		if !r.Nature.CanBeLate() {
			continue
		}
		if _, err := pool.Exec(ctx, "INSERT INTO bench_rule VALUES ($1, $2)", string(r.Key), r.Family.Key); err != nil {
			return err
		}
	}
	if _, err := pool.Exec(ctx, wideTable); err != nil {
		return err
	}
	for _, table := range []string{"bench_place", "bench_rule", "bench_wide", "milestone"} {
		if _, err := pool.Exec(ctx, "VACUUM (ANALYZE) "+table); err != nil {
			return err
		}
	}
	return nil
}

// place is an area with its position and those of its ancestors, itself among them.
func place(l *area.List, i int) []any {
	row := []any{string(l.At(i).Code), i, nil, nil, nil}
	for ; i > 0; i = l.Parent(i) {
		switch l.At(i).Level {
		case area.LevelProvince:
			row[2] = i
		case area.LevelDistrict:
			row[3] = i
		case area.LevelCommune:
			row[4] = i
		}
	}
	return row
}

// answerOf runs a form once, reads all of it, and sums it up.
func answerOf(ctx context.Context, pool *pgxpool.Pool, sql string, now time.Time) (time.Duration, timeline.Sums, error) {
	begun := time.Now()
	found, err := pool.Query(ctx, sql, now.Format(time.DateOnly), now.Hour()*60+now.Minute())
	if err != nil {
		return 0, timeline.Sums{}, err
	}
	defer found.Close()
	var all timeline.Sums
	for found.Next() {
		var row *int32
		var family string
		var c [6]int64
		if err := found.Scan(&row, &family, &c[0], &c[1], &c[2], &c[3], &c[4], &c[5]); err != nil {
			return 0, all, err
		}
		all.Total, all.Done, all.Confirmed = all.Total+int32(c[0]), all.Done+int32(c[1]), all.Confirmed+int32(c[2])
		all.Overdue, all.BehindPlan, all.DueSoon = all.Overdue+int32(c[3]), all.BehindPlan+int32(c[4]), all.DueSoon+int32(c[5])
	}
	return time.Since(begun), all, found.Err()
}
