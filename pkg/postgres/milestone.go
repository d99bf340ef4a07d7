package postgres

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/postgres/rows"
	"tiendo/pkg/tracker"
)

var milestoneColumns = []string{
	"election", "area_code", "key", "occurrence", "rulebook_version",
	"not_before_on", "not_before_at", "latest_on", "latest_at", "not_before_from", "latest_from",
	"work", "standing", "silent", "revision",
}

var taskColumns = []string{"election", "area_code", "milestone_key", "occurrence", "key", "position", "status", "revision"}

// copied streams rows that a walk over an opening yields into a table.
func copied(ctx context.Context, tx pgx.Tx, o *tracker.Opening, table string, columns []string, each func(tracker.Record, func([]any) bool) bool) error {
	next := make(chan []any, 256)
	done := make(chan struct{})
	failed := make(chan error, 1)
	go func() {
		defer close(next)
		failed <- o.Records(func(r tracker.Record) error {
			if !each(r, func(row []any) bool {
				select {
				case next <- row:
					return true
				case <-done:
					return false
				}
			}) {
				return context.Canceled
			}
			return nil
		})
	}()
	_, err := tx.CopyFrom(ctx, pgx.Identifier{table}, columns, pgx.CopyFromFunc(func() ([]any, error) {
		row, more := <-next
		if !more {
			return nil, nil
		}
		return row, nil
	}))
	close(done)
	if walk := <-failed; walk != nil && err == nil {
		err = walk
	}
	return err
}

func copyMilestones(ctx context.Context, tx pgx.Tx, o *tracker.Opening) error {
	id := string(o.Frame.Election.ID)
	return copied(ctx, tx, o, "milestone", milestoneColumns, func(r tracker.Record, put func([]any) bool) bool {
		m := &r.Milestone
		return put([]any{
			id, string(m.ID.Area), string(m.ID.Key), int16(m.ID.Occurrence), m.RulebookVersion,
			date(m.NotBefore.Day), clock(m.NotBefore.Clock), date(m.Latest.Day), clock(m.Latest.Clock),
			date(m.NotBeforeFrom), date(m.LatestFrom),
			m.Work.String(), m.Standing.String(), m.Silent, int64(m.Revision),
		})
	})
}

func copyTasks(ctx context.Context, tx pgx.Tx, o *tracker.Opening) error {
	id := string(o.Frame.Election.ID)
	return copied(ctx, tx, o, "task", taskColumns, func(r tracker.Record, put func([]any) bool) bool {
		for i := range r.Tasks {
			t := &r.Tasks[i]
			if !put([]any{
				id, string(r.Milestone.ID.Area), string(r.Milestone.ID.Key), int16(r.Milestone.ID.Occurrence),
				string(t.Key), int16(t.Position), t.Status.String(), int64(t.Revision),
			}) {
				return false
			}
		}
		return true
	})
}

func clock(c civil.Clock) any {
	if c.IsZero() {
		return nil
	}
	return int16(c.Minutes())
}

// Record reads one milestone with its tasks, both of one moment.
func (s *Store) Record(ctx context.Context, e tracker.ElectionID, id tracker.MilestoneID) (tracker.Record, error) {
	var record tracker.Record
	err := s.in(ctx, looking, func(q *rows.Queries, _ pgx.Tx) error {
		m, err := q.Milestone(ctx, rows.MilestoneParams{
			Election: string(e), AreaCode: string(id.Area), Key: string(id.Key), Occurrence: int16(id.Occurrence),
		})
		if err != nil {
			return one(err, tracker.MilestoneNotFound(id))
		}
		tasks, err := q.Tasks(ctx, rows.TasksParams{
			Election: string(e), AreaCode: string(id.Area), MilestoneKey: string(id.Key), Occurrence: int16(id.Occurrence),
		})
		if err != nil {
			return err
		}
		record, err = joined(m, tasks)
		return err
	})
	return record, err
}

// Told reads the tasks of some areas that tell more than how far they are.
func (s *Store) Told(ctx context.Context, e tracker.ElectionID, areas []area.Code) (map[tracker.MilestoneID][]tracker.Task, error) {
	codes := make([]string, len(areas))
	for i, code := range areas {
		codes[i] = string(code)
	}
	found, err := s.queries().TasksTold(ctx, string(e), codes)
	if err != nil {
		return nil, mapped(err)
	}
	told := map[tracker.MilestoneID][]tracker.Task{}
	for i := range found {
		t, err := taskOf(&found[i])
		if err != nil {
			return nil, err
		}
		id := tracker.MilestoneID{
			Area: area.Code(found[i].AreaCode), Key: tracker.MilestoneKey(found[i].MilestoneKey), Occurrence: int(found[i].Occurrence),
		}
		told[id] = append(told[id], t)
	}
	return told, nil
}

func milestoneOf(m *rows.Milestone) (tracker.Milestone, error) {
	work, err := tracker.ParseWork(m.Work)
	if err != nil {
		return tracker.Milestone{}, err
	}
	standing, err := tracker.ParseStanding(m.Standing)
	return tracker.Milestone{
		ID:              tracker.MilestoneID{Area: area.Code(m.AreaCode), Key: tracker.MilestoneKey(m.Key), Occurrence: int(m.Occurrence)},
		RulebookVersion: m.RulebookVersion.String,
		Dates: tracker.Dates{
			NotBefore:     civil.Cutoff{Day: m.NotBeforeOn, Clock: m.NotBeforeAt},
			Latest:        civil.Cutoff{Day: m.LatestOn, Clock: m.LatestAt},
			NotBeforeFrom: m.NotBeforeFrom, LatestFrom: m.LatestFrom,
		},
		Planned: m.PlannedOn, Progress: tracker.Progress{Work: work, DoneOn: m.DoneOn, DoneBy: m.DoneBy},
		Standing: standing, Scope: m.Scope.String, Silent: m.Silent, Revision: tracker.Revision(m.Revision),
	}, err
}

func taskOf(t *rows.Task) (tracker.Task, error) {
	status, err := tracker.ParseWork(t.Status)
	return tracker.Task{
		Key: tracker.TaskKey(t.Key), Position: int(t.Position), Own: t.Own, Title: fault.Text{Vi: t.TitleVi.String, En: t.TitleEn.String},
		Status: status, Reason: t.Reason.String, DoneOn: t.DoneOn, DoneBy: t.DoneBy,
		Evidence: tracker.Evidence{Number: t.EvidenceNumber.String, On: t.EvidenceOn, Link: t.EvidenceLink.String},
		Document: t.Document.String, Bodies: some(t.Bodies), Source: t.Source.String, Note: t.Note.String,
		Revision: tracker.Revision(t.Revision),
	}, err
}

func joined(m rows.Milestone, tasks []rows.Task) (tracker.Record, error) {
	milestone, err := milestoneOf(&m)
	if err != nil {
		return tracker.Record{}, err
	}
	r := tracker.Record{Milestone: milestone}
	for i := range tasks {
		t, err := taskOf(&tasks[i])
		if err != nil {
			return r, err
		}
		r.Tasks = append(r.Tasks, t)
	}
	return r, nil
}

// find locks what an act needs, in one order for everybody.
func find(ctx context.Context, q *rows.Queries, tx pgx.Tx, f *tracker.Frame, needs tracker.Needs) (tracker.Found, error) {
	election := string(f.Election.ID)
	var found tracker.Found
	var err error
	if len(needs.Areas) == 0 && len(needs.Milestones) > few {
		found.Records, err = lockedMany(ctx, tx, election, needs.Milestones)
	} else {
		found.Records, err = locked(ctx, q, election, needs)
	}
	if err != nil {
		return tracker.Found{}, err
	}
	// Nothing moves where one open milestone stands alone: the usual report.
	if len(needs.Milestones) > 1 || len(needs.Areas) > 0 || len(needs.VotingDays) > 0 || !open(found.Records) {
		if found.Voting, err = votingFor(ctx, q, f, needs); err != nil {
			return found, err
		}
	}
	if found.VotingDays, found.Documents, err = named(ctx, q, election, needs); err != nil {
		return found, err
	}
	if found.Notes, err = notesOf(ctx, q, election, needs); err != nil {
		return found, err
	}
	if needs.Election {
		if found.Election, err = present(ctx, q, election); err != nil {
			return found, err
		}
	}
	if needs.Plans {
		found.Plans, err = plansByKey(ctx, q, f.Election.ID)
	}
	return found, err
}

// named reads what the needs name one by one.
func named(ctx context.Context, q *rows.Queries, election string, needs tracker.Needs) (days []tracker.VotingDay, documents []tracker.Document, err error) {
	if len(needs.VotingDays) > 0 {
		codes := make([]string, len(needs.VotingDays))
		for i, code := range needs.VotingDays {
			codes[i] = string(code)
		}
		found, err := q.VotingDaysDecided(ctx, election, codes)
		if err != nil {
			return nil, nil, err
		}
		days = votingDaysOf(found)
	}
	if len(needs.Documents) > 0 {
		found, err := q.DocumentsNamed(ctx, election, needs.Documents)
		if err != nil {
			return nil, nil, err
		}
		documents = documentsOf(found)
	}
	return days, documents, nil
}

// present locks the election against other acts about it. Behind the
// milestones, as everybody takes them (see loadOrder), and so that those who
// only point to the election do not wait.
func present(ctx context.Context, q *rows.Queries, election string) (*tracker.Present, error) {
	state, err := q.LockElection(ctx, election)
	if err != nil {
		return nil, err
	}
	p := &tracker.Present{}
	if p.State, err = tracker.ParseElectionState(state); err != nil {
		return nil, err
	}
	p.Entered, err = q.EnteredSubjects(ctx, election)
	return p, err
}

func open(records []tracker.Record) bool {
	return !slices.ContainsFunc(records, func(r tracker.Record) bool { return !r.Milestone.Work.Open() })
}

func locked(ctx context.Context, q *rows.Queries, election string, needs tracker.Needs) ([]tracker.Record, error) {
	milestones, tasks, err := lockedRows(ctx, q, election, needs)
	if err != nil {
		return nil, err
	}
	byMilestone := map[tracker.MilestoneID][]rows.Task{}
	for _, t := range tasks {
		id := tracker.MilestoneID{Area: area.Code(t.AreaCode), Key: tracker.MilestoneKey(t.MilestoneKey), Occurrence: int(t.Occurrence)}
		byMilestone[id] = append(byMilestone[id], t)
	}
	records := make([]tracker.Record, len(milestones))
	for k, m := range milestones {
		id := tracker.MilestoneID{Area: area.Code(m.AreaCode), Key: tracker.MilestoneKey(m.Key), Occurrence: int(m.Occurrence)}
		if records[k], err = joined(m, byMilestone[id]); err != nil {
			return nil, err
		}
	}
	return records, nil
}

func lockedRows(ctx context.Context, q *rows.Queries, election string, needs tracker.Needs) ([]rows.Milestone, []rows.Task, error) {
	if len(needs.Areas) > 0 {
		codes := codesOf(needs)
		if _, err := q.LockAreas(ctx, election, codes); err != nil {
			return nil, nil, err
		}
		// What others have added while this waited is seen by a new statement only.
		milestones, err := q.LockAreas(ctx, election, codes)
		if err != nil {
			return nil, nil, err
		}
		tasks, err := q.TasksOfAreas(ctx, election, codes)
		return milestones, tasks, err
	}
	w := wantedOf(needs.Milestones)
	wanted := rows.LockMilestonesParams{Election: election, Areas: w.areas, Keys: w.keys, Occurrences: w.occurrences}
	milestones, err := q.LockMilestones(ctx, wanted)
	if err == nil && slices.Contains(w.occurrences, tracker.EveryOccurrence) {
		milestones, err = q.LockMilestones(ctx, wanted) // as above: some may have been added
	}
	if err != nil {
		return nil, nil, err
	}
	tasks, err := q.TasksOfMilestones(ctx, rows.TasksOfMilestonesParams{Election: election, Areas: w.areas, Keys: w.keys, Occurrences: w.occurrences})
	return milestones, tasks, err
}

// codesOf are all areas that the needs name, in order.
func codesOf(needs tracker.Needs) []string {
	var codes []string
	for _, code := range needs.Areas {
		codes = append(codes, string(code))
	}
	for _, id := range needs.Milestones {
		codes = append(codes, string(id.Area))
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}
