package tracker

import (
	"context"
	"slices"

	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
)

// MaxBatchRows are taken at once: one milestone in each of the country's 10,603
// communes, and nearly as much again. They are written in a second or two, in which
// others who write wait.
const MaxBatchRows = 20000

// Batch is the same kind of thing said of many milestones at once. It is one
// act: one moment, one transaction, one set of changes.
type Batch struct {
	Rows []BatchRow
	// Partial leaves out the rows that are refused and does the others. Without
	// it one refused row refuses all.
	Partial bool
}

// BatchRow is one milestone and one thing to do with it: exactly one of Report,
// Plan, Confirm and Return is given. Only a report may bring a planned day with
// it: both hold, or neither.
type BatchRow struct {
	ID MilestoneID
	// If is the milestone's revision as the caller has seen it: the row is refused
	// where somebody was faster. 0: the row is about whatever is found. What other
	// rows of the same batch do to the milestone is no reason to refuse it.
	If     Revision
	Report *BatchReport
	Plan   *BatchPlan
	// Confirm what was reported.
	Confirm bool
	// Return what was reported, with what has to be put right.
	Return *BatchReturn
}

// BatchReport is a report on a milestone: on all its tasks that are open, or on
// one. Fields that were not sent are not touched.
type BatchReport struct {
	// Task that it is on; none: all that are open.
	Task   TaskKey
	Status Work
	DoneOn civil.Date // the day it was done, when known
	DoneBy civil.Date // else the last day it can have been
	Number Set[string]
	On     Set[civil.Date]
	Link   Set[string]
	Reason Set[string]
	Note   Set[string]
	// Keep leaves every task as far as it is: Status says nothing then.
	Keep bool
	// Correct: where nothing is open any more, and something else was reported
	// than this says, that is corrected. Without it the row is refused, so that
	// nobody's report is overwritten in passing.
	Correct bool
}

// BatchPlan sets the area's own planned day, or clears it.
type BatchPlan struct {
	Planned civil.Date
	Reason  string
}

// BatchReturn says why a report is returned.
type BatchReturn struct {
	Reason string
}

// RowResult is what became of a row.
type RowResult uint8

// The results.
const (
	RowUnchanged RowResult = iota // it is so already
	RowChanged
	RowRefused
)

var rowResultNames = [...]string{"unchanged", "changed", "refused"}

func (r RowResult) String() string { return rowResultNames[r] }

// RowOutcome is what became of a row, or would.
type RowOutcome struct {
	Result RowResult
	// Refused says why a row was refused; nil for others.
	Refused  *fault.Error
	Warnings []Warning
	// Was and Is are the milestone as the row found it and as it left it, of a row
	// that was not refused.
	Was, Is Milestone
}

// BatchOutcome is what came of a batch, or would.
type BatchOutcome struct {
	Effect
	Rows                        []RowOutcome // as many as the batch has, in its order
	Changed, Unchanged, Refused int
	// Held: nothing was done, as rows were refused and the batch was not Partial.
	// The other rows say what they would have come to.
	Held bool
}

// Batch does many things in one act; rehearsed, it says what that comes to.
// allowed (nil: everything is) says of each row whether the actor may do it; a
// refusal is the row's result. Any other error than a [fault.Error] ends it all.
//
// One refused row refuses the batch, unless it is Partial; that is no error:
// the outcome is Held and says for every row what it came to.
func (s *Service) Batch(ctx context.Context, e ElectionID, actor Actor, b Batch, allowed func(*Frame, BatchRow) error, dryRun bool) (BatchOutcome, error) {
	if err := b.check(); err != nil {
		return BatchOutcome{}, err
	}
	var out BatchOutcome
	var refused []error
	effect, err := s.perform(ctx, dryRun, e, actor,
		func(f *Frame) Needs {
			// Before anything is locked: who may not change it does not hold others up.
			refused = b.refusals(f, allowed)
			return b.needs(f, refused)
		},
		func(a *Act) (err error) {
			out, err = a.batch(&b, refused)
			return err
		})
	effect.Conflicts = b.besides(effect.Conflicts)
	out.Effect = effect
	return out, err
}

// besides leaves out what is questionable in the rows themselves: it is what was
// asked for, and each row says what it comes to.
func (b *Batch) besides(all []Conflict) []Conflict {
	rows := make(map[MilestoneID]bool, len(b.Rows))
	for i := range b.Rows {
		rows[b.Rows[i].ID] = true
	}
	return slices.DeleteFunc(all, func(c Conflict) bool { return rows[c.Milestone] })
}

// Batch decides a batch as a part of an act that has to see what [BatchNeeds]
// says; see [Service.Batch].
func (a *Act) Batch(b Batch, allowed func(*Frame, BatchRow) error) (BatchOutcome, error) {
	if err := b.check(); err != nil {
		return BatchOutcome{}, err
	}
	return a.batch(&b, b.refusals(a.Frame, allowed))
}

// BatchNeeds is what has to be seen to decide a batch.
func BatchNeeds(f *Frame, b Batch, allowed func(*Frame, BatchRow) error) Needs {
	return b.needs(f, b.refusals(f, allowed))
}

// check refuses what cannot be taken as a batch at all.
func (b *Batch) check() error {
	switch n := len(b.Rows); {
	case n == 0:
		return fault.New(fault.Invalid, "batch-empty", "Chưa chọn mốc nào; chọn ít nhất một mốc", "No milestone is chosen; choose at least one").At("/rows")
	case n > MaxBatchRows:
		return fault.New(fault.Invalid, "batch-too-large",
			"Một lần làm nhiều nhất %d mốc, ở đây có %d; lọc hẹp hơn hoặc chia theo đơn vị",
			"At most %d milestones are taken at once, these are %d; narrow the filter or go area by area", MaxBatchRows, n).At("/rows")
	}
	for i := range b.Rows {
		if b.Rows[i].deeds() != 1 {
			return fault.New(fault.Invalid, "batch-row-unclear",
				"Mỗi dòng phải nói đúng một việc cần làm", "Each row has to say exactly one thing to do").At("/rows")
		}
	}
	return nil
}

func (r *BatchRow) deeds() (n int) {
	for _, given := range []bool{r.Report != nil, r.Plan != nil, r.Confirm, r.Return != nil} {
		if given {
			n++
		}
	}
	if r.Report != nil && r.Plan != nil {
		n--
	}
	return n
}

// target is what a row is about; two rows of a batch cannot both have the last
// word on it.
type target struct {
	MilestoneID
	word byte // a report, a plan, or a verdict
	task TaskKey
}

func (r *BatchRow) target() target {
	switch {
	case r.Report != nil:
		return target{r.ID, 'r', r.Report.Task}
	case r.Plan != nil:
		return target{r.ID, 'p', ""}
	}
	return target{r.ID, 'v', ""}
}

// refusals says of each row what is to be said before it is looked at.
func (b *Batch) refusals(f *Frame, allowed func(*Frame, BatchRow) error) []error {
	refused := make([]error, len(b.Rows))
	seen := make(map[target]bool, len(b.Rows))
	for i := range b.Rows {
		r := &b.Rows[i]
		if _, err := f.List.Get(r.ID.Area); err != nil {
			refused[i] = err
			continue
		}
		if allowed != nil {
			if refused[i] = allowed(f, *r); refused[i] != nil {
				continue
			}
		}
		t := r.target()
		if seen[t] {
			refused[i] = fault.New(fault.Conflict, "batch-row-repeated",
				"Mốc này đã có ở một dòng trước trong cùng lần; chỉ giữ một dòng", "An earlier row is about this milestone already; keep one of them")
		}
		seen[t] = true
	}
	return refused
}

// needs is what has to be seen, and locked, for the rows that are not refused.
func (b *Batch) needs(f *Frame, refused []error) Needs {
	var moving, ending, alone []MilestoneID
	for i := range b.Rows {
		switch r := &b.Rows[i]; {
		case refused[i] != nil:
		case r.Report != nil && (r.Report.Keep || !r.Report.Status.Open()):
			moving, ending = append(moving, r.ID), append(ending, r.ID)
		case r.Report != nil || r.Return != nil || r.ID.Occurrence != 0:
			moving = append(moving, r.ID)
		default:
			alone = append(alone, r.ID)
		}
	}
	needs := reach(f, moving, ending)
	seen := make(map[MilestoneID]bool, len(needs.Milestones))
	for _, id := range needs.Milestones {
		seen[id] = true
	}
	for _, id := range alone {
		if !seen[id] {
			seen[id] = true
			needs.Milestones = append(needs.Milestones, id)
		}
	}
	return needs
}

// batch decides the rows in their order, each on what those before it have left.
func (a *Act) batch(b *Batch, refused []error) (BatchOutcome, error) {
	a.together = true
	a.changes = slices.Grow(a.changes, len(b.Rows)) // mostly one each
	found := make(map[MilestoneID]Revision, len(b.Rows))
	for i := range b.Rows {
		if r := a.records[b.Rows[i].ID]; r != nil {
			found[r.Milestone.ID] = r.Milestone.Revision
		}
	}
	out := BatchOutcome{Rows: make([]RowOutcome, len(b.Rows))}
	for i := range b.Rows {
		row, at := &b.Rows[i], &out.Rows[i]
		err := refused[i]
		if err == nil {
			err = a.try(func() error { return a.row(row, found[row.ID], at) })
		}
		if err == nil {
			continue
		}
		f, ok := fault.As(err)
		if !ok {
			return BatchOutcome{}, err
		}
		*at = RowOutcome{Result: RowRefused, Refused: f}
	}
	for i := range out.Rows {
		switch out.Rows[i].Result {
		case RowChanged:
			out.Changed++
		case RowUnchanged:
			out.Unchanged++
		case RowRefused:
			out.Refused++
		}
	}
	if out.Refused > 0 && !b.Partial {
		out.Held, a.changes, a.kept = true, nil, nil
	}
	return out, nil
}

// row does what one row says. found is the milestone's revision before the batch.
func (a *Act) row(row *BatchRow, found Revision, out *RowOutcome) error {
	r, err := a.record(row.ID)
	if err != nil {
		return err
	}
	if row.If != 0 && row.If != found {
		return stale(found, row.If, *r)
	}
	begun := len(a.changes)
	out.Was = r.Milestone
	switch {
	case row.Report != nil:
		out.Warnings, err = a.reportRow(row.ID, row.Report)
		if err == nil && row.Plan != nil {
			err = a.planRow(r, row.Plan)
		}
	case row.Plan != nil:
		err = a.planRow(r, row.Plan)
	case row.Confirm:
		err = a.Confirm(Confirmation{ID: row.ID, If: r.Milestone.Revision})
	case row.Return != nil:
		err = a.Return(Return{ID: row.ID, If: r.Milestone.Revision, Reason: row.Return.Reason})
	}
	if len(a.changes) > begun {
		out.Result = RowChanged
	}
	out.Is = r.Milestone
	return err
}

func (a *Act) planRow(r *Record, b *BatchPlan) error {
	return a.Plan(PlanCommand{ID: r.Milestone.ID, If: r.Milestone.Revision, Planned: b.Planned, Reason: b.Reason})
}

// reportRow reports on the tasks that a row is about.
func (a *Act) reportRow(id MilestoneID, b *BatchReport) ([]Warning, error) {
	r, err := a.record(id)
	if err != nil {
		return nil, err
	}
	if err := r.Milestone.alive(); err != nil {
		return nil, err
	}
	keys, err := b.concerned(r)
	if err != nil {
		return nil, err
	}
	var warnings []Warning
	for _, key := range keys {
		t, err := r.Task(key)
		if err != nil {
			return nil, err
		}
		told, err := a.UpdateTask(b.command(id, t))
		if err != nil {
			return nil, err
		}
		for _, w := range told {
			if !slices.Contains(warnings, w) {
				warnings = append(warnings, w)
			}
		}
	}
	return warnings, nil
}

// concerned are the tasks that a report is on: those that are open, or the one
// it names. Where nothing is open and the report is on record already, none;
// where something else is, that is left alone unless it is to be corrected.
func (b *BatchReport) concerned(r *Record) ([]TaskKey, error) {
	tasks := r.Tasks
	if b.Task != "" {
		t, err := r.Task(b.Task)
		if err != nil {
			return nil, err
		}
		tasks = []Task{*t}
	}
	if len(tasks) == 0 {
		return nil, fault.New(fault.Conflict, "nothing-to-report",
			"Mốc này là một khoảng thời gian, một quyền hoặc một điều cấm, không có việc để báo cáo; bỏ chọn mốc này",
			"This is a period, a right or a prohibition: there is no work to report on; leave it out")
	}
	var open, otherwise []TaskKey
	said := false
	for i := range tasks {
		t := &tasks[i]
		switch next := b.command(r.Milestone.ID, t).applied(*t); {
		case t.Status.Open():
			open = append(open, t.Key)
		case sameTask(t, &next):
			said = true
		case t.Status != Cancelled:
			otherwise = append(otherwise, t.Key)
		}
	}
	switch {
	case len(open) > 0:
		return open, nil
	case said:
		return nil, nil
	case !b.Correct:
		return nil, alreadyReported(&r.Milestone)
	}
	return otherwise, nil
}

func (b *BatchReport) command(id MilestoneID, t *Task) TaskCommand {
	c := TaskCommand{
		ID: id, Task: t.Key, If: t.Revision,
		Reason: b.Reason, Number: b.Number, On: b.On, Link: b.Link, Note: b.Note,
	}
	if !b.Keep {
		c.Status = To(b.Status)
	}
	if !b.DoneOn.IsZero() {
		c.DoneOn = To(b.DoneOn)
	}
	if !b.DoneBy.IsZero() {
		c.DoneBy = To(b.DoneBy)
	}
	return c
}

func alreadyReported(m *Milestone) error {
	what := fault.Text{Vi: "không áp dụng", En: "not applicable"}
	switch {
	case m.Work != Done:
	case m.DoneOn.IsZero():
		what = fault.Text{Vi: "xong chậm nhất ngày " + m.DoneBy.Vietnamese(), En: "done by " + m.DoneBy.String()}
	default:
		what = fault.Text{Vi: "xong ngày " + m.DoneOn.Vietnamese(), En: "done on " + m.DoneOn.String()}
	}
	return fault.New(fault.Conflict, "already-reported",
		"Mốc này đã được báo cáo khác: %s; bỏ chọn mốc này, hoặc chọn sửa cả báo cáo đã có",
		"Something else was reported here already: %s; leave it out, or choose to correct what was reported", what)
}

// undo is how to take back what an act has done since some moment.
type undo struct {
	changes, kept int
	records       []Record
	known         map[MilestoneID]bool // whose they are, once they are more than a few
}

// try lets do go on with the act; where it fails, the act is as it was before.
// Only for what changes milestones and tasks that are there.
func (a *Act) try(do func() error) error {
	a.undo = &undo{changes: len(a.changes), kept: len(a.kept)}
	defer func() { a.undo = nil }()
	err := do()
	if err != nil {
		a.changes, a.kept = a.changes[:a.undo.changes], a.kept[:a.undo.kept]
		for _, was := range a.undo.records {
			*a.records[was.Milestone.ID] = was
		}
	}
	return err
}

// remember keeps a record as it is before its first change.
func (u *undo) remember(l Ledger, id MilestoneID) {
	r := l[id]
	if r == nil || u.has(id) {
		return
	}
	was := *r
	was.Tasks = slices.Clone(r.Tasks)
	u.records = append(u.records, was)
	if u.known != nil {
		u.known[id] = true
	}
}

// has says that a record is kept. Mostly it is one; what moves with a milestone of
// the nation may be thousands.
func (u *undo) has(id MilestoneID) bool {
	const few = 8
	if len(u.records) <= few {
		return slices.ContainsFunc(u.records, func(was Record) bool { return was.Milestone.ID == id })
	}
	if u.known == nil {
		u.known = make(map[MilestoneID]bool, 2*few)
		for i := range u.records {
			u.known[u.records[i].Milestone.ID] = true
		}
	}
	return u.known[id]
}
