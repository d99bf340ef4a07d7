package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"tiendo/pkg/tracker"
)

// staging takes many changes, and what milestones and tasks have become by them,
// to the database in a few statements: all is copied into tables of its own, from
// which the log is written as it goes, the tables at the end. (Nothing can be
// copied straight into the log, see [reads].) A statement for each row would keep
// the log's head locked many times as long.
type staging struct {
	changes, milestones, tasks [][]any
}

// staged are the tables that hold changes, and what milestones and tasks have
// become and which of them are new.
const staged = `
	CREATE TEMPORARY TABLE staged_change ON COMMIT DROP AS SELECT c.* FROM change c LIMIT 0;
	CREATE TEMPORARY TABLE staged_milestone ON COMMIT DROP AS SELECT m.*, false AS fresh FROM milestone m LIMIT 0;
	CREATE TEMPORARY TABLE staged_task ON COMMIT DROP AS SELECT t.*, false AS fresh FROM task t LIMIT 0`

func (*staging) begin(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, staged)
	return err
}

// change takes a change that is sealed.
func (s *staging) change(c *tracker.Change) {
	before, after := c.Stored()
	s.changes = append(s.changes, []any{
		string(c.Election), int64(c.Revision), string(c.Kind), string(c.Milestone.Area),
		text(string(c.Milestone.Key)), number(c.Milestone.Occurrence, c.Milestone.Key != ""), text(string(c.Task)), text(c.Subject),
		c.Actor.ID, c.Actor.Name, c.Recorded, date(c.Happened), int64(c.Cause), text(c.Reason), orNone(before), orNone(after), c.Hash[:], text(c.Actor.Tag),
	})
}

// orNone is JSON as a copy takes it.
func orNone(b []byte) any {
	if b == nil {
		return nil
	}
	return b
}

// record takes a milestone as it has become; its tasks only where they have
// changed, too.
func (s *staging) record(e tracker.ElectionID, r *tracker.Record, fresh, tasked bool) {
	m := &r.Milestone
	election, code, key, occurrence := string(e), string(m.ID.Area), string(m.ID.Key), int16(m.ID.Occurrence)
	s.milestones = append(s.milestones, []any{
		election, code, key, occurrence, text(m.RulebookVersion),
		date(m.NotBefore.Day), clock(m.NotBefore.Clock), date(m.Latest.Day), clock(m.Latest.Clock), date(m.NotBeforeFrom), date(m.LatestFrom),
		date(m.Planned), m.Work.String(), m.Standing.String(), date(m.DoneOn), date(m.DoneBy), text(m.Scope), m.Silent, int64(m.Revision), fresh,
	})
	for i := range r.Tasks {
		if t := &r.Tasks[i]; tasked {
			s.tasks = append(s.tasks, []any{
				election, code, key, occurrence, string(t.Key), int16(t.Position), text(t.Title.Vi), text(t.Title.En),
				t.Status.String(), text(t.Reason), date(t.DoneOn), date(t.DoneBy),
				text(t.Evidence.Number), date(t.Evidence.On), text(t.Evidence.Link), text(t.Document), t.Bodies, text(t.Source), text(t.Note),
				int64(t.Revision), fresh,
			})
		}
	}
}

var (
	changeColumns = []string{
		"election", "revision", "kind", "area_code", "milestone_key", "occurrence", "task_key", "subject", "actor_id", "actor_name",
		"recorded_at", "happened_on", "cause", "reason", "before", "after", "hash", "tag",
	}
	stagedMilestoneColumns = []string{
		"election", "area_code", "key", "occurrence", "rulebook_version", "not_before_on", "not_before_at", "latest_on", "latest_at",
		"not_before_from", "latest_from", "planned_on", "work", "standing", "done_on", "done_by", "scope", "silent", "revision", "fresh",
	}
	stagedTaskColumns = []string{
		"election", "area_code", "milestone_key", "occurrence", "key", "position", "title_vi", "title_en", "status", "reason", "done_on",
		"done_by", "evidence_number", "evidence_on", "evidence_link", "document", "bodies", "source", "note", "revision", "fresh",
	}
)

// flush writes what has come together.
func (s *staging) flush(ctx context.Context, tx pgx.Tx) error {
	for _, part := range []struct {
		table   string
		columns []string
		rows    *[][]any
	}{
		{"staged_change", changeColumns, &s.changes},
		{"staged_milestone", stagedMilestoneColumns, &s.milestones},
		{"staged_task", stagedTaskColumns, &s.tasks},
	} {
		if len(*part.rows) == 0 {
			continue
		}
		if _, err := tx.CopyFrom(ctx, pgx.Identifier{part.table}, part.columns, pgx.CopyFromRows(*part.rows)); err != nil {
			return err
		}
		if part.rows == &s.changes {
			if _, err := tx.Exec(ctx, logStaged); err != nil {
				return err
			}
		}
		clear(*part.rows)
		*part.rows = (*part.rows)[:0]
	}
	return nil
}

// logStaged writes the changes that have come together. The tables have the same
// columns in the same order.
const logStaged = "INSERT INTO change SELECT * FROM staged_change; TRUNCATE staged_change"

// fold does to the tables what the changes say.
func (*staging) fold(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, foldStaged)
	return err
}

const foldStaged = `
	ANALYZE staged_milestone, staged_task;
	UPDATE milestone m SET
		rulebook_version = s.rulebook_version, not_before_on = s.not_before_on, not_before_at = s.not_before_at,
		latest_on = s.latest_on, latest_at = s.latest_at, not_before_from = s.not_before_from, latest_from = s.latest_from,
		planned_on = s.planned_on, work = s.work, standing = s.standing, done_on = s.done_on, done_by = s.done_by,
		scope = s.scope, silent = s.silent, revision = s.revision
	FROM staged_milestone s
	WHERE NOT s.fresh AND m.election = s.election AND m.area_code = s.area_code AND m.key = s.key AND m.occurrence = s.occurrence;
	INSERT INTO milestone (election, area_code, key, occurrence, rulebook_version, not_before_on, not_before_at, latest_on, latest_at,
		not_before_from, latest_from, planned_on, work, standing, done_on, done_by, scope, silent, revision)
	SELECT election, area_code, key, occurrence, rulebook_version, not_before_on, not_before_at, latest_on, latest_at,
		not_before_from, latest_from, planned_on, work, standing, done_on, done_by, scope, silent, revision
	FROM staged_milestone WHERE fresh;
	INSERT INTO task (election, area_code, milestone_key, occurrence, key, position, title_vi, title_en, status, reason, done_on,
		done_by, evidence_number, evidence_on, evidence_link, document, bodies, source, note, revision)
	SELECT election, area_code, milestone_key, occurrence, key, position, title_vi, title_en, status, reason, done_on,
		done_by, evidence_number, evidence_on, evidence_link, document, bodies, source, note, revision
	FROM staged_task
	ON CONFLICT ON CONSTRAINT task_pk DO UPDATE SET
		status = excluded.status, reason = excluded.reason, done_on = excluded.done_on, done_by = excluded.done_by,
		evidence_number = excluded.evidence_number, evidence_on = excluded.evidence_on, evidence_link = excluded.evidence_link,
		document = excluded.document, source = excluded.source, note = excluded.note,
		position = excluded.position, revision = excluded.revision`
