package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"mime"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"
	"github.com/oapi-codegen/nullable"

	"tiendo/pkg/access"
	"tiendo/pkg/fault"
	"tiendo/pkg/intake"
	"tiendo/pkg/mirror"
	"tiendo/pkg/tracker"
)

// importToken is what a preview was of: of statuses the revision, of accounts
// what each row came to.
type importToken struct {
	Revision tracker.Revision `json:"r,omitempty"`
	Letters  intake.Preview   `json:"l,omitempty"`
}

// ImportStatuses implements POST …/areas/{area}/imports/statuses.
func (s *Server) ImportStatuses(ctx context.Context, r ImportStatusesRequestObject) (ImportStatusesResponseObject, error) {
	v, i, err := s.place(r.Election, r.Area)
	if err != nil {
		return nil, err
	}
	table, asked, err := received(r.Body, intake.Statuses, "statuses "+r.Election+"/"+r.Area)
	if err != nil {
		return nil, err
	}
	before, err := previewed(r.Params.Preview, asked)
	if err != nil {
		return nil, err
	}
	o := intake.Options{DryRun: isTrue(r.Params.DryRun), Partial: isTrue(r.Params.Partial)}
	report, err := intake.NewStatusImport(table, v, i, intake.StatusOptions{
		Reads: func(at int) bool { return s.reads(ctx, v, at) }, Since: before.Revision, Correct: isTrue(r.Params.Correct),
	}).Run(ctx, s.store, s.tracker, actorOf(ctx), s.within(ctx, v, i, access.Report), o)
	if err != nil {
		return nil, err
	}
	return s.imported(ImportOf("statuses", table, &report, s.names(v)), &report, asked, importToken{Revision: v.Revision()})
}

// ImportPeople implements POST …/areas/{area}/imports/people.
func (s *Server) ImportPeople(ctx context.Context, r ImportPeopleRequestObject) (ImportPeopleResponseObject, error) {
	v, i, err := s.place(r.Election, r.Area)
	if err != nil {
		return nil, err
	}
	table, asked, err := received(r.Body, intake.People, "people "+r.Election+"/"+r.Area)
	if err != nil {
		return nil, err
	}
	before, err := previewed(r.Params.Preview, asked)
	if err != nil {
		return nil, err
	}
	o := intake.Options{DryRun: isTrue(r.Params.DryRun), Partial: isTrue(r.Params.Partial)}
	report, err := intake.NewPeopleImport(table, v.Frame().List, i).Run(ctx, s.access, callerOf(ctx).Actor(), before.Letters, o)
	if err != nil {
		return nil, err
	}
	answer := ImportOf("people", table, &report, s.names(v))
	for k := range report.Rows {
		if x := &report.Rows[k].Admission; x.Secret != "" {
			answer.Links = append(answer.Links, s.setUpLink(&x.Invitation))
		}
	}
	return s.imported(answer, &report, asked, importToken{Letters: report.Letters()})
}

// aFile is the media type of a body that is a file.
const aFile = "application/octet-stream"

// fileBodies refuses what is not sent as a file where the contract takes files: their
// bodies pass by the binder, which holds the others against it.
func (s *Server) fileBodies() echo.MiddlewareFunc {
	takes := map[string]bool{}
	for key, o := range s.operations() {
		takes[key] = o.RequestBody != nil && o.RequestBody.Value.Content[aFile] != nil
	}
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			kind, _, _ := mime.ParseMediaType(c.Request().Header.Get("Content-Type"))
			if takes[operationKey(c)] && kind != aFile {
				return echo.NewHTTPError(http.StatusUnsupportedMediaType).SetInternal(fault.New(fault.Invalid, "media-type",
					"Gửi chính tệp .xlsx hoặc .csv làm nội dung, với Content-Type application/octet-stream",
					"Send the .xlsx or .csv itself as the body, with the Content-Type application/octet-stream"))
			}
			return next(c)
		}
	}
}

// received reads the file that is the body; asked names it, so that the token of
// its preview is of no other.
func received(body io.Reader, kind *intake.Kind, of string) (table *intake.Table, asked string, err error) {
	raw, err := io.ReadAll(body)
	if err != nil {
		return nil, "", unreceived(err)
	}
	sum := sha256.Sum256(raw)
	table, err = intake.Read(raw, kind)
	return table, of + " " + base64.RawURLEncoding.EncodeToString(sum[:]), err
}

func previewed(token *ImportPreview, asked string) (of importToken, err error) {
	if token == nil {
		return of, nil
	}
	err = openToken(*token, asked, &of)
	if f, ok := fault.As(err); ok && (f.Code == "token-unreadable" || f.Code == "token-filter-mismatch") {
		err = fault.New(fault.Invalid, "import-preview-mismatch",
			"Mã xem trước thuộc về một tệp khác; xem trước lại tệp này", "The token of the preview belongs to another file; preview this one again").At("?preview")
	}
	return of, err
}

// imported answers with what a file came to: of a preview with its token; what
// was held is a conflict.
func (s *Server) imported(answer Import, report *intake.Report, asked string, of importToken) (outcome, error) {
	if report.DryRun {
		token, err := sealToken(asked, of)
		if err != nil {
			return outcome{}, err
		}
		answer.Preview = words(token)
	}
	if report.Held && !report.DryRun {
		f := fault.New(fault.Conflict, "import-refused",
			"%d trong %d dòng không nhận được nên chưa ghi gì; xem lý do từng dòng, sửa tệp, hoặc bỏ các dòng đó và ghi phần còn lại",
			"%d of %d rows are refused, so that nothing was written; look at the reason of each, correct the file, or leave them out and do the rest",
			report.Refused, len(report.Rows))
		f.Current = answer
		return outcome{}, f
	}
	return outcome{keep: privately, contents: answer}, nil
}

// ImportOf writes what a table comes to, as the API answers.
func ImportOf(kind string, table *intake.Table, report *intake.Report, n Names) Import {
	answer := Import{
		Kind: ImportKind(kind), DryRun: report.DryRun, Held: report.Held, Total: len(report.Rows), Made: report.Made, Changed: report.Changed,
		Unchanged: report.Unchanged, Refused: report.Refused, Reasons: importReasons(report.Rows), Rows: []ImportRow{},
		Truncated: len(report.Rows) > mostRows, Skipped: filled(table.Skipped), Links: []SetUpLink{}, Preview: words(""),
		Effect: nullable.NewNullNullable[Effect](),
	}
	if table.Kind == intake.Statuses {
		effect := report.Effect
		effect.DryRun = report.DryRun
		answer.Effect = nullable.NewNullableWithValue(EffectOf(effect, n))
	}
	for _, k := range shown(report.Rows) {
		answer.Rows = append(answer.Rows, n.importRow(table, &report.Rows[k]))
	}
	return answer
}

// shown are the rows that are listed: those that matter most, in their order.
func shown(rows []intake.Outcome) []int {
	var all []int
	for _, results := range [][]intake.Result{{intake.Refused}, {intake.Made, intake.Changed}, {intake.Unchanged}} {
		for k := range rows {
			if len(all) < mostRows && slices.Contains(results, rows[k].Result) {
				all = append(all, k)
			}
		}
	}
	slices.Sort(all)
	return all
}

func importReasons(rows []intake.Outcome) []BatchReason {
	refused := make([]tracker.RowOutcome, len(rows))
	for k := range rows {
		refused[k].Refused = rows[k].Refused
	}
	return reasons(refused)
}

func (n Names) importRow(table *intake.Table, o *intake.Outcome) ImportRow {
	r := ImportRow{
		Sheet: words(o.Row.Sheet), Row: o.Row.Number, Result: ImportRowResult(o.Result), Warnings: each(o.Warnings, warning),
		Cell: words(o.Row.Address(table.Kind.Columns, o.Column)), Column: words(o.Column), Code: words(""), Detail: bothOrNone(fault.Text{}),
		Area: words(string(o.Area)), AreaName: bothOrNone(fault.Text{}), Milestone: words(""), Title: bothOrNone(fault.Text{}),
		User: words(o.User), Role: nullable.NewNullNullable[Role](),
		Before: nullable.NewNullNullable[BatchState](), After: nullable.NewNullNullable[BatchState](),
	}
	if o.Area != "" {
		r.AreaName = nullable.NewNullableWithValue(n.area(o.Area))
	}
	if o.ID.Key != "" {
		r.Milestone, r.Title = words(o.ID.Name()), bothOrNone(n.title(o.ID.Key))
	}
	if o.User != "" && (o.Result != intake.Refused || o.Role != access.None) {
		r.Role = nullable.NewNullableWithValue(Role(o.Role.String()))
	}
	if o.Refused != nil {
		r.Code, r.Detail = words(o.Refused.Code), bothOrNone(o.Refused.Text)
		return r
	}
	if table.Kind == intake.Statuses {
		r.Before, r.After = batchState(&o.Was), batchState(&o.Is)
	}
	return r
}

// GetTemplate implements GET …/areas/{area}/imports/templates/{template}.
func (s *Server) GetTemplate(_ context.Context, r GetTemplateRequestObject) (GetTemplateResponseObject, error) {
	v, i, err := s.place(r.Election, r.Area)
	if err != nil {
		return nil, err
	}
	t := templateFile{name: string(r.Template), known: r.Params.IfNoneMatch}
	t.of = intake.Template{Kind: intake.Statuses, View: v, Branch: i, English: r.Params.Language != nil && *r.Params.Language == En}
	switch r.Template {
	case "statuses.xlsx", "statuses.csv":
	case "people.xlsx", "people.csv":
		t.of.Kind = intake.People
	default:
		return nil, refused(http.StatusNotFound)
	}
	t.tag = templateTag(v, &r)
	return t, nil
}

// templateTag changes with what a template lists: places and milestones of an
// election as it stands, and plans.
func templateTag(v *mirror.View, r *GetTemplateRequestObject) string {
	language := "vi"
	if r.Params.Language != nil {
		language = string(*r.Params.Language)
	}
	return weak("template", language, r.Template, r.Area, v.Redrawn(), v.PlansRevision())
}

// templateFile is a template as an answer.
type templateFile struct {
	name, tag string
	known     *IfNoneMatch
	of        intake.Template
}

// VisitGetTemplateResponse writes the file, or says that the client has it.
func (t templateFile) VisitGetTemplateResponse(w http.ResponseWriter) error {
	h := w.Header()
	h.Set("ETag", t.tag)
	h.Set("Cache-Control", keepFor(60))
	if t.known != nil && matches(*t.known, t.tag) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	write, kind := t.of.CSV, "text/csv; charset=utf-8"
	if t.name == "statuses.xlsx" || t.name == "people.xlsx" {
		write, kind = t.of.XLSX, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	var file bytes.Buffer
	if err := write(&file); err != nil {
		return err
	}
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", `attachment; filename="tiendo-`+t.name+`"`)
	_, err := w.Write(file.Bytes())
	return err
}

// VisitImportStatusesResponse and the one below make an outcome the response of
// an import.
func (o outcome) VisitImportStatusesResponse(w http.ResponseWriter) error { return o.write(w) }

// VisitImportPeopleResponse is the same for accounts.
func (o outcome) VisitImportPeopleResponse(w http.ResponseWriter) error { return o.write(w) }
