package api

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/oapi-codegen/nullable"

	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/timeline"
	"tiendo/pkg/tracker"
)

// mostRows of a batch are listed in one answer; how many there are is said.
const mostRows = 500

// batchToken is the list that a preview of a filter was of.
type batchToken struct {
	Revision tracker.Revision `json:"r"`
	Moment   civil.Cutoff     `json:"t"`
}

// EnterBatch implements POST …/areas/{area}/batches.
func (s *Server) EnterBatch(ctx context.Context, r EnterBatchRequestObject) (EnterBatchResponseObject, error) {
	v, i, err := s.place(r.Election, r.Area)
	if err != nil {
		return nil, err
	}
	dryRun := isTrue(r.Params.DryRun)
	deed, verb, err := deedOf(r.Body)
	if err != nil {
		return nil, err
	}
	rows, preview, err := s.batchRows(v, i, &r, dryRun)
	if err != nil {
		return nil, err
	}
	b := tracker.Batch{Rows: rows, Partial: r.Body.Partial != nil && *r.Body.Partial}
	for k := range b.Rows {
		row := deed
		row.ID, row.If = b.Rows[k].ID, b.Rows[k].If
		b.Rows[k] = row
	}
	out, err := s.tracker.Batch(ctx, v.Frame().Election.ID, actorOf(ctx), b, s.within(ctx, v, i, verb), dryRun)
	if err != nil {
		return nil, err
	}
	answer := batchOf(&b, &out, s.names(v))
	answer.Preview = words(preview)
	if out.Held && !dryRun {
		f := fault.New(fault.Conflict, "batch-refused",
			"%d trong %d mốc không làm được nên chưa làm gì; xem lý do từng mốc, rồi bỏ các mốc đó và làm phần còn lại",
			"%d of %d milestones are refused, so that nothing was done; look at the reason of each, then leave them out and do the rest", out.Refused, len(b.Rows))
		f.Current = answer
		return nil, f
	}
	return outcome{contents: answer}, nil
}

// within says of each row whether it lies in the branch of the area at index i
// and whether the caller may do it there.
func (s *Server) within(ctx context.Context, v *mirror.View, i int, verb access.Verb) func(*tracker.Frame, tracker.BatchRow) error {
	known := map[area.Code]error{} // many milestones are of one place
	return func(f *tracker.Frame, row tracker.BatchRow) error {
		code := row.ID.Area
		err, asked := known[code]
		if !asked {
			at, _ := f.List.Index(code)
			if at != i && !f.List.Under(at, i) {
				err = fault.New(fault.Conflict, "area-outside-batch",
					"%s không thuộc %s; gửi ở địa chỉ của đơn vị bao gồm cả hai", "%s is not in %s; send it at the address of a place that both lie in",
					f.List.At(at).Name, f.List.At(i).Name)
			} else {
				err = s.may(ctx, verb, v, at)
			}
			known[code] = err
		}
		return err
	}
}

// deedOf reads the one thing to do, and which right it takes.
func deedOf(b *EnterBatchJSONRequestBody) (row tracker.BatchRow, verb access.Verb, err error) {
	deeds := 0
	if b.Report != nil {
		deeds, verb = deeds+1, access.Report
		if row.Report, err = batchReport(b.Report); err != nil {
			return row, verb, err
		}
	}
	if b.Plan != nil {
		deeds, verb = deeds+1, access.Report
		row.Plan = &tracker.BatchPlan{Planned: sentDay(b.Plan.PlannedOn).Value}
	}
	if b.Confirm != nil {
		deeds, verb, row.Confirm = deeds+1, access.Confirm, true
	}
	if b.Return != nil {
		deeds, verb = deeds+1, access.Confirm
		row.Return = &tracker.BatchReturn{Reason: strings.TrimSpace(b.Return.Reason)}
	}
	if deeds != 1 {
		err = fault.New(fault.Invalid, "batch-row-unclear",
			"Gửi đúng một trong report, plan, confirm và return", "Send exactly one of report, plan, confirm and return").At("")
	}
	return row, verb, err
}

func batchReport(b *BatchReport) (*tracker.BatchReport, error) {
	status, err := tracker.ParseWork(string(b.Status))
	r := &tracker.BatchReport{
		Status: status, DoneOn: dayAsked(b.DoneOn), DoneBy: dayAsked(b.DoneBy), Reason: sent(b.Reason), Correct: isTrue(b.Correct),
	}
	if b.Task != nil {
		r.Task = tracker.TaskKey(*b.Task)
	}
	if e, err := b.Evidence.Get(); err == nil {
		r.Number, r.On, r.Link = sent(e.Number), sentDay(e.IssuedOn), sent(e.Link)
	}
	return r, err
}

// batchRows are the rows that are named, or those of the filter; of a preview of
// a filter also the token that the real run needs.
func (s *Server) batchRows(v *mirror.View, i int, r *EnterBatchRequestObject, dryRun bool) ([]tracker.BatchRow, string, error) {
	b := r.Body
	switch {
	case (b.Rows == nil) == (b.Filter == nil), b.Filter == nil && (b.Except != nil || b.Preview != nil):
		return nil, "", fault.New(fault.Invalid, "batch-rows-or-filter",
			"Gửi đúng một trong rows (từng mốc) và filter (bộ lọc); except và preview chỉ đi cùng filter",
			"Send exactly one of rows (milestone by milestone) and filter; except and preview go with a filter only").At("/rows")
	case b.Filter == nil:
		rows, err := targets(*b.Rows)
		return rows, "", err
	case b.Preview == nil && !dryRun:
		return nil, "", fault.New(fault.Unguarded, "batch-preview-missing",
			"Cần preview của lần xem trước; gửi với dry_run=true trước, rồi gửi lại kèm mã đó",
			"The token of a preview is needed; send it with dry_run=true first, then again with that token").At("/preview")
	}
	return s.filtered(v, i, r, dryRun)
}

// targets reads rows. A name that is none is that of nothing, and its row is refused.
func targets(all []BatchTarget) ([]tracker.BatchRow, error) {
	rows := make([]tracker.BatchRow, len(all))
	for k := range all {
		t := &all[k]
		id, err := tracker.ParseName(area.Code(t.Area), t.Milestone)
		if err != nil {
			id = tracker.MilestoneID{Area: area.Code(t.Area), Key: tracker.MilestoneKey(t.Milestone)}
		}
		rows[k].ID = id
		if t.Revision != nil {
			rows[k].If = tracker.Revision(*t.Revision)
		}
	}
	return rows, nil
}

// filtered are the rows of the filter's list: as it is now for a preview, as it
// was then for the real run, each with the revision that it has there.
func (s *Server) filtered(v *mirror.View, i int, r *EnterBatchRequestObject, dryRun bool) ([]tracker.BatchRow, string, error) {
	f := r.Body.Filter
	list := ListDeadlinesRequestObject{Election: r.Election, Area: r.Area, Params: ListDeadlinesParams{
		State: f.State, From: f.From, To: f.To, Level: f.Level, Body: f.Body, Serves: f.Serves, Family: f.Family, Phase: f.Phase, Reach: f.Reach,
	}}
	asked := "batch " + r.Election + "/" + r.Area + "?" + deadlinesAsked(&list).Encode()
	now := s.now()
	o, err := listOptions(&list.Params, now.Day)
	if err != nil {
		return nil, "", err
	}
	if !dryRun {
		var of batchToken
		if err := openToken(*r.Body.Preview, asked, &of); err != nil {
			return nil, "", previewUnreadable(err)
		}
		if from := (deadlineToken{Revision: of.Revision, Moment: of.Moment}); !from.possible(now) {
			return nil, "", previewUnreadable(tokenUnreadable())
		}
		now, o.Revision = of.Moment, of.Revision
	}
	o.Limit = tracker.MaxBatchRows + 1
	l, err := timeline.BuildList(v, i, now, o)
	if err != nil {
		return nil, "", err
	}
	rows := make([]tracker.BatchRow, 0, len(l.Items))
	left := map[tracker.MilestoneID]bool{}
	if r.Body.Except != nil {
		except, err := targets(*r.Body.Except)
		if err != nil {
			return nil, "", err
		}
		for k := range except {
			left[except[k].ID] = true
		}
	}
	for k := range l.Items {
		if x := &l.Items[k]; !left[x.ID] {
			rows = append(rows, tracker.BatchRow{ID: x.ID, If: x.Milestone.Revision})
		}
	}
	if !dryRun {
		return rows, "", nil
	}
	preview, err := sealToken(asked, batchToken{Revision: l.Revision, Moment: now})
	return rows, preview, err
}

// previewUnreadable says of a token of a preview what [openToken] says of one in
// a query.
func previewUnreadable(err error) error {
	f, ok := fault.As(err)
	if !ok || (f.Code != "token-unreadable" && f.Code != "token-filter-mismatch") {
		return err
	}
	return fault.New(fault.Invalid, "batch-preview-unreadable",
		"Mã preview không đọc được hoặc thuộc về một bộ lọc khác; xem trước lại với đúng bộ lọc này",
		"The token in preview cannot be read or belongs to another filter; preview this very filter again").At("/preview")
}

// batchOf writes what a batch comes to.
func batchOf(b *tracker.Batch, out *tracker.BatchOutcome, n Names) Batch {
	answer := Batch{
		DryRun: out.DryRun, Held: out.Held, Total: len(b.Rows), Changed: out.Changed, Unchanged: out.Unchanged, Refused: out.Refused,
		Reasons: reasons(out.Rows), Rows: []BatchRow{}, Truncated: len(b.Rows) > mostRows, Effect: EffectOf(out.Effect, n),
	}
	others := mostRows - min(out.Refused, mostRows) // that are listed beside the refused
	for k := range out.Rows {
		if len(answer.Rows) == mostRows {
			break
		}
		if out.Rows[k].Result != tracker.RowRefused {
			if others == 0 {
				continue
			}
			others--
		}
		answer.Rows = append(answer.Rows, n.row(k, &b.Rows[k], &out.Rows[k]))
	}
	return answer
}

// reasons counts the refused rows by code, the most first.
func reasons(rows []tracker.RowOutcome) []BatchReason {
	all := []BatchReason{}
	at := map[string]int{}
	for k := range rows {
		f := rows[k].Refused
		if f == nil {
			continue
		}
		n, seen := at[f.Code]
		if !seen {
			n = len(all)
			at[f.Code] = n
			all = append(all, BatchReason{Code: f.Code, Detail: both(f.Text)})
		}
		all[n].Count++
	}
	slices.SortStableFunc(all, func(a, b BatchReason) int { return cmp.Compare(b.Count, a.Count) })
	return all
}

func (n Names) row(index int, row *tracker.BatchRow, out *tracker.RowOutcome) BatchRow {
	r := BatchRow{
		Index: index, Area: string(row.ID.Area), AreaName: n.area(row.ID.Area), Milestone: row.ID.Name(), Title: both(n.title(row.ID.Key)),
		Result: BatchRowResult(out.Result.String()), Warnings: each(out.Warnings, warning),
		Code: words(""), Detail: nullable.NewNullNullable[Text](), Before: nullable.NewNullNullable[BatchState](), After: nullable.NewNullNullable[BatchState](),
	}
	if f := out.Refused; f != nil {
		r.Code, r.Detail = words(f.Code), bothOrNone(f.Text)
		return r
	}
	r.Before, r.After = batchState(&out.Was), batchState(&out.Is)
	return r
}

func batchState(m *tracker.Milestone) nullable.Nullable[BatchState] {
	return nullable.NewNullableWithValue(BatchState{
		Work: Work(m.Work.String()), Standing: Standing(m.Standing.String()), PlannedOn: day(m.Planned), DoneOn: day(m.DoneOn), DoneBy: day(m.DoneBy),
	})
}

// VisitEnterBatchResponse makes an outcome the response of a batch.
func (o outcome) VisitEnterBatchResponse(w http.ResponseWriter) error { return o.write(w) }
