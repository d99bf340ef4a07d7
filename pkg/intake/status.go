package intake

import (
	"context"
	"maps"
	"slices"
	"strings"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/find"
	"tiendo/pkg/mirror"
	"tiendo/pkg/sheet"
	"tiendo/pkg/tracker"
)

// StatusImport is a table of statuses held against what there is.
type StatusImport struct {
	view    *mirror.View
	branch  int
	table   *Table
	rows    []statusRow
	reads   func(i int) bool
	since   tracker.Revision
	correct bool
}

// StatusOptions say how a table of statuses is taken in.
type StatusOptions struct {
	// Reads says whether what is internal to the place at an index is for whoever
	// imports.
	Reads func(i int) bool
	// Since is the revision at which the table was previewed: of what has changed
	// after it, rows are refused. 0: there was no preview.
	Since tracker.Revision
	// Correct: what was reported otherwise is corrected, not refused.
	Correct bool
}

// statusRow is a row, and what came of reading it.
type statusRow struct {
	Outcome
	milestone *mirror.Milestone
	says      told
	deed      tracker.BatchRow
	does      bool
}

// told is what a row says; the zero value of each says nothing.
type told struct {
	status               tracker.Work
	hasStatus            bool
	doneOn, doneBy       civil.Date
	planned, documentDay civil.Date
	number, link         string
	reason, note         string
}

// NewStatusImport reads the rows of a table for the branch of the place at an
// index: which milestones they are of, and what they say.
func NewStatusImport(t *Table, v *mirror.View, branch int, o StatusOptions) *StatusImport {
	s := &StatusImport{view: v, branch: branch, table: t, rows: make([]statusRow, len(t.Rows)), reads: o.Reads, since: o.Since, correct: o.Correct}
	known := newPlaces(v.Frame().List, branch)
	titles := titled{view: v, at: map[int]map[string][]tracker.MilestoneID{}}
	seen := map[tracker.MilestoneID]*Row{}
	for k := range t.Rows {
		r := &s.rows[k]
		r.Row = &t.Rows[k]
		if s.identify(r, known, &titles); r.Refused == nil {
			s.read(r)
		}
		if r.Refused != nil {
			continue
		}
		if before := seen[r.ID]; before != nil {
			r.refuse("", fault.New(fault.Conflict, "import-row-repeated",
				"Mốc này đã có ở dòng %s; chỉ giữ một dòng", "Row %s is about this milestone already; keep one of them", before.where()))
		}
		seen[r.ID] = r.Row
	}
	return s
}

// where is a row as people find it.
func (r *Row) where() string {
	return inSheet(r.Sheet) + r.number()
}

func (s *StatusImport) cell(r *statusRow, key string) string {
	return r.Row.cell(s.table.Kind.Columns, key)
}

// identify finds the milestone that a row is of.
func (s *StatusImport) identify(r *statusRow, known *places, titles *titled) {
	name, title := strings.TrimSpace(s.cell(r, sheet.ColMilestone)), strings.TrimSpace(s.cell(r, sheet.ColTitle))
	if name == "" && title == "" {
		r.refuse(sheet.ColMilestone, fault.New(fault.Invalid, "milestone-missing", "Thiếu mã mốc hoặc tên việc", "The milestone's key or title is missing"))
		return
	}
	i, column, err := known.find(s.cell(r, sheet.ColArea), s.cell(r, sheet.ColAreaName), s.cell(r, sheet.ColWithin), func(i int) bool {
		_, err := titles.find(i, name, title)
		return err == nil
	})
	if err != nil {
		r.refuse(column, err)
		return
	}
	r.Area = s.view.Frame().List.At(i).Code
	if r.ID, err = titles.find(i, name, title); err != nil {
		column := sheet.ColMilestone
		if name == "" {
			column = sheet.ColTitle
		}
		r.refuse(column, err)
		return
	}
	r.milestone, _ = s.view.Milestone(i, r.ID.Key, r.ID.Occurrence)
}

// titled finds milestones of places by key or title.
type titled struct {
	view *mirror.View
	at   map[int]map[string][]tracker.MilestoneID // by folded title
}

func (t *titled) find(i int, name, title string) (tracker.MilestoneID, error) {
	code := t.view.Frame().List.At(i).Code
	if name != "" {
		id, err := tracker.ParseName(code, name)
		if err != nil {
			if found := t.of(i, name); len(found) == 1 { // a title in the column of keys
				return found[0], nil
			}
			return id, err
		}
		if _, there := t.view.Milestone(i, id.Key, id.Occurrence); !there {
			return id, tracker.MilestoneNotFound(id)
		}
		return id, nil
	}
	switch found := t.of(i, title); len(found) {
	case 1:
		return found[0], nil
	case 0:
		return tracker.MilestoneID{}, fault.New(fault.NotFound, "milestone-title-unknown",
			"Đơn vị %s không có việc %q; ghi mã mốc như trong tệp xuất hoặc tệp mẫu", "Area %s has nothing called %q; give the milestone's key, as exports and the template have it", code, first(title))
	default:
		names := make([]string, len(found))
		for k, id := range found {
			names[k] = id.Name()
		}
		return tracker.MilestoneID{}, fault.New(fault.Conflict, "milestone-title-ambiguous",
			"Đơn vị %s có %d việc %q; ghi mã mốc: %s", "Area %s has %d things called %q; give the key: %s", code, len(found), first(title), strings.Join(names, ", "))
	}
}

// of are the milestones of a place that have a title.
func (t *titled) of(i int, title string) []tracker.MilestoneID {
	here, made := t.at[i]
	if !made {
		here = map[string][]tracker.MilestoneID{}
		all := t.view.Board(i).Milestones()
		for k := range all {
			id, of := t.view.ID(i, &all[k]), t.view.Origin(&all[k]).Title
			here[find.Fold(of.Vi)] = append(here[find.Fold(of.Vi)], id)
			if en := find.Fold(of.En); en != find.Fold(of.Vi) {
				here[en] = append(here[en], id)
			}
		}
		t.at[i] = here
	}
	return here[find.Fold(title)]
}

// read understands what a row says.
func (s *StatusImport) read(r *statusRow) {
	x := &r.says
	for _, column := range []struct {
		key  string
		text *string
		day  *civil.Date
	}{
		{sheet.ColDoneOn, nil, &x.doneOn},
		{sheet.ColDoneBy, nil, &x.doneBy},
		{sheet.ColPlannedOn, nil, &x.planned},
		{sheet.ColDocumentDate, nil, &x.documentDay},
		{sheet.ColDocumentNumber, &x.number, nil},
		{sheet.ColLink, &x.link, nil},
		{sheet.ColReason, &x.reason, nil},
		{sheet.ColNote, &x.note, nil},
	} {
		cell := s.cell(r, column.key)
		err := failed(cell)
		switch {
		case err != nil || strings.TrimSpace(cell) == "":
		case column.day != nil:
			*column.day, err = s.table.day(cell)
		default:
			*column.text = cell
		}
		if err != nil {
			r.refuse(column.key, err)
			return
		}
	}
	if cell := s.cell(r, sheet.ColStatus); strings.TrimSpace(cell) != "" {
		err := failed(cell)
		if err == nil {
			x.status, err = sheet.ParseWork(cell)
		}
		if err != nil {
			r.refuse(sheet.ColStatus, err)
			return
		}
		x.hasStatus = true
	}
}

// areas are those that the rows are about.
func (s *StatusImport) areas() []area.Code {
	all := map[area.Code]bool{}
	for k := range s.rows {
		if s.rows[k].Refused == nil {
			all[s.rows[k].Area] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// Teller gives the tasks of some areas that tell more than how far they are.
type Teller interface {
	Told(ctx context.Context, e tracker.ElectionID, areas []area.Code) (map[tracker.MilestoneID][]tracker.Task, error)
}

// Batcher does many things in one act.
type Batcher interface {
	Batch(ctx context.Context, e tracker.ElectionID, actor tracker.Actor, b tracker.Batch, allowed func(*tracker.Frame, tracker.BatchRow) error, dryRun bool) (tracker.BatchOutcome, error)
}

// Run does what the table says, or tries it: what is so already is left alone,
// all else goes to the tracker in one act. allowed says of each row whether the
// actor may do it; nil: he may.
func (s *StatusImport) Run(ctx context.Context, teller Teller, batcher Batcher, actor tracker.Actor, allowed func(*tracker.Frame, tracker.BatchRow) error, o Options) (Report, error) {
	e := s.view.Frame().Election.ID
	tasks, err := teller.Told(ctx, e, s.areas())
	if err != nil {
		return Report{}, err
	}
	b := tracker.Batch{Partial: o.Partial}
	var sent []int
	refused := false
	for k := range s.rows {
		r := &s.rows[k]
		if r.Refused == nil {
			s.compare(r, tasks[r.ID])
		}
		refused = refused || r.Refused != nil
		if r.does {
			b.Rows, sent = append(b.Rows, r.deed), append(sent, k)
		}
	}
	out := Report{DryRun: o.DryRun, Held: refused && !o.Partial}
	if len(b.Rows) > 0 {
		done, err := batcher.Batch(ctx, e, actor, b, allowed, o.DryRun || out.Held)
		if err != nil {
			return Report{}, err
		}
		for n, k := range sent {
			s.settle(&s.rows[k], &done.Rows[n])
		}
		out.Held = out.Held || done.Held
		if !out.Held {
			out.Effect = done.Effect
		}
	}
	out.Rows = make([]Outcome, len(s.rows))
	for k := range s.rows {
		out.Rows[k] = s.rows[k].Outcome
	}
	out.count()
	return out, nil
}

// settle takes over what the tracker says of a row.
func (s *StatusImport) settle(r *statusRow, done *tracker.RowOutcome) {
	switch done.Result {
	case tracker.RowRefused:
		r.refuse(columnOf(done.Refused), done.Refused)
		return
	case tracker.RowChanged:
		r.Result = Changed
	case tracker.RowUnchanged:
		r.Result = Unchanged
	}
	r.Was, r.Is, r.Warnings = done.Was, done.Is, done.Warnings
}

// columns of the fields that the tracker finds fault with.
var columns = map[string]string{
	"/status": sheet.ColStatus, "/done_on": sheet.ColDoneOn, "/done_by": sheet.ColDoneBy, "/reason": sheet.ColReason, "/note": sheet.ColNote,
	"/evidence": sheet.ColDocumentNumber, "/evidence/number": sheet.ColDocumentNumber, "/evidence/issued_on": sheet.ColDocumentDate,
	"/evidence/link": sheet.ColLink, "/planned_on": sheet.ColPlannedOn,
}

func columnOf(f *fault.Error) string {
	for _, field := range f.Fields {
		if c := columns[field.Pointer]; c != "" {
			return c
		}
	}
	return ""
}

// compare holds what a row says against what there is, and makes of the
// difference what is to be done.
func (s *StatusImport) compare(r *statusRow, tasks []tracker.Task) {
	m := r.milestone
	i, _ := s.view.Frame().List.Index(r.Area)
	inside := s.reads == nil || s.reads(i)
	shown := sheet.TextsOf(tasks, s.documents(inside))
	if !inside {
		shown.Reason, shown.Note = "", "" // nobody learns them by guessing
	}
	r.Result = Unchanged
	r.Was = tracker.Milestone{ID: r.ID, Progress: m.Progress, Planned: m.Planned, Standing: m.Standing, Revision: m.Revision}
	r.Is = r.Was
	report, err := s.report(r, &shown, tasks)
	if err != nil {
		r.refuse(sheet.ColStatus, err)
		return
	}
	r.deed = tracker.BatchRow{ID: r.ID, If: m.Revision, Report: report}
	if x := &r.says; !x.planned.IsZero() && x.planned != m.Planned {
		r.deed.Plan = &tracker.BatchPlan{Planned: x.planned}
	}
	if r.does = r.deed.Report != nil || r.deed.Plan != nil; r.does && s.since != 0 && m.Revision > s.since {
		r.does = false
		r.refuse("", changedSince())
	}
}

// documents finds a document that whoever imports may know of.
func (s *StatusImport) documents(inside bool) func(key string) (tracker.Document, bool) {
	return func(key string) (tracker.Document, bool) {
		all := s.view.Papers().Documents
		k := slices.IndexFunc(all, func(d tracker.Document) bool { return d.Key == key })
		if k < 0 || !all[k].Public && !inside {
			return tracker.Document{}, false
		}
		return all[k], true
	}
}

// report is what is to be reported by a row: nil where all is so already.
func (s *StatusImport) report(r *statusRow, shown *sheet.Texts, tasks []tracker.Task) (*tracker.BatchReport, error) {
	x, m := &r.says, r.milestone
	moves := x.hasStatus && x.status != m.Work ||
		!x.doneOn.IsZero() && x.doneOn != m.DoneOn || !x.doneBy.IsZero() && x.doneBy != m.DoneBy
	if moves && !x.hasStatus {
		return nil, fault.New(fault.Invalid, "status-missing",
			"Có ngày xong mà không có trạng thái; ghi Xong ở cột Trạng thái", "There is a day done and no status; write Done in the column Status")
	}
	b := &tracker.BatchReport{Status: x.status, DoneOn: x.doneOn, DoneBy: x.doneBy, Correct: s.correct, Keep: !moves}
	written := len(tasks) > 0 && tasks[len(tasks)-1].Evidence != (tracker.Evidence{}) // not by a document's key
	differs, adds := false, true
	text := func(cell, now string, carried bool) (set tracker.Set[string]) {
		other := cell != "" && !says(cell, now)
		if other {
			differs, adds = true, adds && now == ""
		}
		if other || cell != "" && moves && carried {
			return tracker.To(meant(cell))
		}
		return set
	}
	b.Number, b.Link = text(x.number, shown.Number, written), text(x.link, shown.Link, written)
	b.Reason, b.Note = text(x.reason, shown.Reason, true), text(x.note, shown.Note, false)
	if other := !x.documentDay.IsZero() && x.documentDay != shown.On; other || !x.documentDay.IsZero() && moves && written {
		differs, adds = differs || other, adds && (!other || shown.On.IsZero())
		b.On = tracker.To(x.documentDay)
	}
	switch {
	case !moves && !differs:
		return nil, nil //nolint:nilnil // nothing to report
	case !moves:
		// Who adds what was not there overwrites nothing.
		b.Correct = b.Correct || adds
		if len(tasks) > 0 {
			b.Task = tasks[len(tasks)-1].Key // the one that what is shown is of
		}
	}
	return b, nil
}
