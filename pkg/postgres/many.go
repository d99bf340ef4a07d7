package postgres

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/postgres/rows"
	"tiendo/pkg/tracker"
)

// An act on many milestones reads them as bytes and writes them in three statements,
// in which each row is one of parallel arrays: others who write wait meanwhile, so
// what can be done once for the act is not done for each row.

// few milestones or changes are read and written one by one, or by the value.
const few = 200

// isMany says that so many milestones and tasks that are there have changed, and
// nothing else, that it pays to write them together.
func isMany(changes []tracker.Change) bool {
	if len(changes) <= few {
		return false
	}
	return !slices.ContainsFunc(changes, func(c tracker.Change) bool { return !isUpdate(c.Kind) })
}

// wanted are milestones as a statement takes them.
type wanted struct {
	areas, keys []string
	occurrences []int16
}

func wantedOf(ids []tracker.MilestoneID) wanted {
	w := wanted{make([]string, len(ids)), make([]string, len(ids)), make([]int16, len(ids))}
	for k, id := range ids {
		w.areas[k], w.keys[k], w.occurrences[k] = string(id.Area), string(id.Key), int16(id.Occurrence)
	}
	return w
}

const (
	// lockMany locks in the order in which everybody does (LockMilestones).
	lockMany = "SELECT " + rawColumns + ` FROM milestone
		JOIN unnest($2::text[], $3::text[], $4::smallint[]) AS n (in_area, of_key, nth) ON area_code = n.in_area AND key = n.of_key
		WHERE election = $1 AND (occurrence = n.nth OR n.nth < 0)
		ORDER BY area_code, key, occurrence
		FOR UPDATE OF milestone`
	tasksOfMany = `SELECT area_code, milestone_key, occurrence, key, position, own, title_vi, title_en, status, reason, done_on, done_by,
			evidence_number, evidence_on, evidence_link, document, bodies, source, note, revision FROM task
		JOIN unnest($2::text[], $3::text[], $4::smallint[]) AS n (in_area, of_key, nth) ON area_code = n.in_area AND milestone_key = n.of_key
		WHERE election = $1 AND (occurrence = n.nth OR n.nth < 0)
		ORDER BY area_code, milestone_key, occurrence, position, key`
)

// lockedMany locks many milestones and reads them with their tasks.
func lockedMany(ctx context.Context, tx pgx.Tx, election string, ids []tracker.MilestoneID) ([]tracker.Record, error) {
	w := wantedOf(ids)
	args := []any{pgx.QueryResultFormats{pgx.BinaryFormatCode}, election, w.areas, w.keys, w.occurrences}
	var records []tracker.Record
	n := names{}
	lock := func() error {
		records = make([]tracker.Record, 0, len(ids))
		return each(ctx, tx, lockMany, args, func(v [][]byte) error {
			m, err := n.milestone(v)
			records = append(records, tracker.Record{Milestone: m})
			return err
		})
	}
	err := lock()
	if err == nil && slices.Contains(w.occurrences, tracker.EveryOccurrence) {
		err = lock() // what others have added while this waited is seen by a new statement only
	}
	if err != nil {
		return nil, err
	}
	at := make(map[tracker.MilestoneID]*tracker.Record, len(records))
	for k := range records {
		at[records[k].Milestone.ID] = &records[k]
	}
	all := make([]tracker.Task, 0, len(records)) // at least; those of one milestone stand together
	err = each(ctx, tx, tasksOfMany, args, func(v [][]byte) error {
		id, t, err := n.task(tx.Conn().TypeMap(), v)
		if err != nil {
			return err
		}
		r := at[id]
		if r == nil {
			return fmt.Errorf("postgres: tasks of %s in %s, which is not there", id.Name(), id.Area)
		}
		all = append(all, t)
		first := len(all) - 1 - len(r.Tasks)
		r.Tasks = all[first:len(all):len(all)]
		return nil
	})
	return records, err
}

// each reads rows as bytes, which are the caller's until he returns.
func each(ctx context.Context, tx pgx.Tx, sql string, args []any, row func([][]byte) error) error {
	found, err := tx.Query(ctx, sql, args...)
	if err != nil {
		return err
	}
	defer found.Close()
	for found.Next() {
		if err := row(found.RawValues()); err != nil {
			return err
		}
	}
	return found.Err()
}

// task reads a row of tasksOfMany.
func (n names) task(types *pgtype.Map, v [][]byte) (tracker.MilestoneID, tracker.Task, error) {
	if len(v) != 20 {
		return tracker.MilestoneID{}, tracker.Task{}, fmt.Errorf("postgres: %d columns of a task", len(v))
	}
	status, err := tracker.ParseWork(n.of(v[8]))
	if err != nil {
		return tracker.MilestoneID{}, tracker.Task{}, err
	}
	var bodies []string
	if v[16] != nil {
		if err := types.Scan(pgtype.TextArrayOID, pgx.BinaryFormatCode, v[16], &bodies); err != nil {
			return tracker.MilestoneID{}, tracker.Task{}, err
		}
	}
	id := tracker.MilestoneID{Area: area.Code(n.of(v[0])), Key: tracker.MilestoneKey(n.of(v[1])), Occurrence: rawNumber(v[2])}
	return id, tracker.Task{
		Key: tracker.TaskKey(n.of(v[3])), Position: rawNumber(v[4]), Own: v[5][0] == 1, Title: fault.Text{Vi: n.of(v[6]), En: n.of(v[7])},
		Status: status, Reason: n.of(v[9]), DoneOn: rawDate(v[10]), DoneBy: rawDate(v[11]),
		Evidence: tracker.Evidence{Number: n.of(v[12]), On: rawDate(v[13]), Link: n.of(v[14])},
		Document: n.of(v[15]), Bodies: some(bodies), Source: n.of(v[17]), Note: n.of(v[18]),
		Revision: tracker.Revision(binary.BigEndian.Uint64(v[19])),
	}, nil
}

// planned has many rows looked up by their keys: the planner would rather read
// through the tables of the whole country, which takes five times as long for as
// many as there are communes.
func planned(ctx context.Context, tx pgx.Tx, needs tracker.Needs) error {
	if len(needs.Milestones) <= few {
		return nil
	}
	_, err := tx.Exec(ctx, "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off")
	return err
}

// atOnce is how many changes go into one round trip: as many as make a
// megabyte, which is copied on the way more than once.
const atOnce = 1000

// writeMany writes as many changes as there are.
func writeMany(ctx context.Context, tx pgx.Tx, changes []tracker.Change) error {
	part := make([]*tracker.Change, 0, min(atOnce, len(changes)))
	for some := range slices.Chunk(changes, atOnce) {
		part = part[:0]
		for k := range some {
			part = append(part, &some[k])
		}
		var writes pipeline
		if err := writeAll(ctx, rows.New(&writes), &writes, part); err != nil {
			return err
		}
		if err := writes.send(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}

// writeAll writes many changes of milestones and tasks in three statements, with
// what each has become at the end.
func writeAll(ctx context.Context, q *rows.Queries, writes *pipeline, changes []*tracker.Change) error {
	election := string(changes[0].Election)
	milestones := make(map[tracker.MilestoneID]*tracker.Change, len(changes))
	tasks := make(map[taskID]*tracker.Change, len(changes))
	for _, c := range changes {
		milestones[c.Milestone] = c
		if c.Kind == tracker.TaskUpdated {
			tasks[taskID{c.Milestone, c.Task}] = c
		}
	}
	// In their order, so that the same is written the same way.
	became, did := make([]*tracker.Change, 0, len(milestones)), make([]*tracker.Change, 0, len(tasks))
	for _, c := range changes {
		if milestones[c.Milestone] == c {
			became = append(became, c)
		}
		if tasks[taskID{c.Milestone, c.Task}] == c {
			did = append(did, c)
		}
	}
	writes.promise(len(changes))
	if _, err := q.InsertChanges(ctx, logOf(election, changes)); err != nil {
		return err
	}
	if len(did) > 0 {
		writes.promise(len(did))
		if _, err := q.UpdateTasks(ctx, tasksOf(election, did)); err != nil {
			return err
		}
	}
	writes.promise(len(became))
	_, err := q.UpdateMilestones(ctx, milestonesOf(election, became))
	return err
}

type taskID struct {
	tracker.MilestoneID
	key tracker.TaskKey
}

// column is one field of all changes.
func column[T any](changes []*tracker.Change, of func(*tracker.Change) T) []T {
	all := make([]T, len(changes))
	for k, c := range changes {
		all[k] = of(c)
	}
	return all
}

func logOf(election string, changes []*tracker.Change) rows.InsertChangesParams {
	text := func(of func(*tracker.Change) string) []string { return column(changes, of) }
	stored := func(of func(before, after []byte) []byte) []string {
		return text(func(c *tracker.Change) string { return string(of(c.Stored())) })
	}
	return rows.InsertChangesParams{
		Election:  election,
		Revisions: column(changes, func(c *tracker.Change) int64 { return int64(c.Revision) }),
		Kinds:     text(func(c *tracker.Change) string { return string(c.Kind) }),
		Areas:     text(func(c *tracker.Change) string { return string(c.Milestone.Area) }), Keys: text(func(c *tracker.Change) string { return string(c.Milestone.Key) }),
		Occurrences: column(changes, func(c *tracker.Change) int16 { return int16(c.Milestone.Occurrence) }),
		TaskKeys:    text(func(c *tracker.Change) string { return string(c.Task) }), Subjects: text(func(c *tracker.Change) string { return c.Subject }),
		ActorIds: text(func(c *tracker.Change) string { return c.Actor.ID }), ActorNames: text(func(c *tracker.Change) string { return c.Actor.Name }),
		RecordedAt: column(changes, func(c *tracker.Change) time.Time { return c.Recorded }),
		HappenedOn: column(changes, func(c *tracker.Change) int32 { return dayNumber(c.Happened) }),
		Causes:     column(changes, func(c *tracker.Change) int64 { return int64(c.Cause) }), Reasons: text(func(c *tracker.Change) string { return c.Reason }),
		Before: stored(func(before, _ []byte) []byte { return before }), After: stored(func(_, after []byte) []byte { return after }),
		Hashes: column(changes, func(c *tracker.Change) []byte { return c.Hash[:] }), Tags: text(func(c *tracker.Change) string { return c.Actor.Tag }),
	}
}

func milestonesOf(election string, changes []*tracker.Change) rows.UpdateMilestonesParams {
	type state = tracker.MilestoneState
	text := func(of func(*state) string) []string {
		return column(changes, func(c *tracker.Change) string { return of(c.After.Milestone) })
	}
	day := func(of func(*state) civil.Date) []int32 {
		return column(changes, func(c *tracker.Change) int32 { return dayNumber(of(c.After.Milestone)) })
	}
	hour := func(of func(*state) civil.Clock) []int16 {
		return column(changes, func(c *tracker.Change) int16 { return minutes(of(c.After.Milestone)) })
	}
	return rows.UpdateMilestonesParams{
		Election:         election,
		Areas:            column(changes, func(c *tracker.Change) string { return string(c.Milestone.Area) }),
		Keys:             column(changes, func(c *tracker.Change) string { return string(c.Milestone.Key) }),
		Occurrences:      column(changes, func(c *tracker.Change) int16 { return int16(c.Milestone.Occurrence) }),
		RulebookVersions: text(func(s *state) string { return s.Version }),
		NotBeforeOn:      day(func(s *state) civil.Date { return s.NotBefore.Day }), NotBeforeAt: hour(func(s *state) civil.Clock { return s.NotBefore.Clock }),
		LatestOn: day(func(s *state) civil.Date { return s.Latest.Day }), LatestAt: hour(func(s *state) civil.Clock { return s.Latest.Clock }),
		NotBeforeFrom: day(func(s *state) civil.Date { return s.NotBeforeFrom }), LatestFrom: day(func(s *state) civil.Date { return s.LatestFrom }),
		PlannedOn: day(func(s *state) civil.Date { return s.Planned }),
		Works:     text(func(s *state) string { return s.Work.String() }), Standings: text(func(s *state) string { return s.Standing.String() }),
		DoneOn: day(func(s *state) civil.Date { return s.DoneOn }), DoneBy: day(func(s *state) civil.Date { return s.DoneBy }),
		Revisions: column(changes, func(c *tracker.Change) int64 { return int64(c.Revision) }),
	}
}

func tasksOf(election string, changes []*tracker.Change) rows.UpdateTasksParams {
	type state = tracker.TaskState
	text := func(of func(*state) string) []string {
		return column(changes, func(c *tracker.Change) string { return of(c.After.Task) })
	}
	day := func(of func(*state) civil.Date) []int32 {
		return column(changes, func(c *tracker.Change) int32 { return dayNumber(of(c.After.Task)) })
	}
	return rows.UpdateTasksParams{
		Election:    election,
		Areas:       column(changes, func(c *tracker.Change) string { return string(c.Milestone.Area) }),
		Keys:        column(changes, func(c *tracker.Change) string { return string(c.Milestone.Key) }),
		Occurrences: column(changes, func(c *tracker.Change) int16 { return int16(c.Milestone.Occurrence) }),
		TaskKeys:    column(changes, func(c *tracker.Change) string { return string(c.Task) }),
		Statuses:    text(func(s *state) string { return s.Status.String() }), Reasons: text(func(s *state) string { return s.Reason }),
		DoneOn: day(func(s *state) civil.Date { return s.DoneOn }), DoneBy: day(func(s *state) civil.Date { return s.DoneBy }),
		EvidenceNumbers: text(func(s *state) string { return s.Number }), EvidenceOn: day(func(s *state) civil.Date { return s.On }),
		EvidenceLinks: text(func(s *state) string { return s.Link }), Documents: text(func(s *state) string { return s.Document }),
		Sources: text(func(s *state) string { return s.Source }), Notes: text(func(s *state) string { return s.Note }),
		Revisions: column(changes, func(c *tracker.Change) int64 { return int64(c.Revision) }),
	}
}

// dayNumber is a day as a statement of many takes it: counted from
// [postgresEpoch], which no day is as far from as the number that stands for none,
// -730120.
func dayNumber(d civil.Date) int32 { return int32(postgresEpoch.DaysUntil(d)) }

// minutes of an hour; -1 for none.
func minutes(c civil.Clock) int16 {
	if c.IsZero() {
		return -1
	}
	return int16(c.Minutes())
}
