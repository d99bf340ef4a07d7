package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/export"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/timeline"
	"tiendo/pkg/tracker"
)

// Writing a branch as a file is work: the nation's workbook some 8 s of a core
// and 150 MB. So few are written at once, and others wait a little for them.
const (
	atOnce       = 2
	exportsEach  = 1 // of one client
	exportsQueue = 8
	exportsWait  = 3 * time.Second
)

// form is a kind of file.
type form struct{ ending, media string }

var (
	workbook = form{"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
	plain    = form{"csv", "text/csv; charset=utf-8; header=present"}
	paper    = form{"pdf", "application/pdf"}
)

// isPacked says that an answer is compressed as it is, or must not wait to be.
func isPacked(c echo.Context) bool {
	return isStream(c) || strings.HasSuffix(c.Path(), "/export."+workbook.ending) || strings.HasSuffix(c.Path(), "/export."+paper.ending)
}

// ExportWorkbook implements GET …/areas/{area}/export.xlsx.
func (s *Server) ExportWorkbook(ctx context.Context, r ExportWorkbookRequestObject) (ExportWorkbookResponseObject, error) {
	p := r.Params
	return s.exportRows(ctx, r.Election, r.Area, workbook, string(optional(p.Language)), p.IfNoneMatch, &ListDeadlinesParams{
		AsOf: p.AsOf, State: p.State, From: p.From, To: p.To, Level: p.Level, Body: p.Body, Serves: p.Serves,
		Family: p.Family, Phase: p.Phase, Reach: p.Reach,
	})
}

// ExportTable implements GET …/areas/{area}/export.csv.
func (s *Server) ExportTable(ctx context.Context, r ExportTableRequestObject) (ExportTableResponseObject, error) {
	p := r.Params
	return s.exportRows(ctx, r.Election, r.Area, plain, string(optional(p.Language)), p.IfNoneMatch, &ListDeadlinesParams{
		AsOf: p.AsOf, State: p.State, From: p.From, To: p.To, Level: p.Level, Body: p.Body, Serves: p.Serves,
		Family: p.Family, Phase: p.Phase, Reach: p.Reach,
	})
}

// exportRows answers with the rows of a list as a file.
func (s *Server) exportRows(ctx context.Context, election, place string, f form, language string, known *IfNoneMatch, p *ListDeadlinesParams) (*download, error) {
	v, i, err := s.place(election, place)
	if err != nil {
		return nil, err
	}
	b, err := s.branch(ctx, v, i, p)
	if err != nil {
		return nil, err
	}
	if language != "" {
		if b.Language, err = export.ParseLanguage(language); err != nil {
			return nil, err
		}
	}
	d := s.download(b, f, known)
	d.tag = weak(timeline.ListRevision(v, i), v.PlansRevision(), compact(b.Now.Day), timeline.MatrixTurn(v, i, b.Now).Minutes(),
		v.Frame().Rulebook.Digest(), s.form(ctx))
	d.write = b.XLSX
	if f == plain {
		d.write = b.CSV
	}
	return d, nil
}

// ExportReport implements GET …/areas/{area}/export.pdf.
func (s *Server) ExportReport(ctx context.Context, r ExportReportRequestObject) (ExportReportResponseObject, error) {
	v, i, err := s.place(r.Election, r.Area)
	if err != nil {
		return nil, err
	}
	b, err := s.branch(ctx, v, i, &ListDeadlinesParams{AsOf: r.Params.AsOf, Body: r.Params.Body, Serves: r.Params.Serves})
	if err != nil {
		return nil, err
	}
	head, err := s.store.Head(ctx, v.Frame().Election.ID)
	if err != nil {
		return nil, err
	}
	b.Moment = head.Recorded.In(s.zone)
	d := s.download(b, paper, r.Params.IfNoneMatch)
	d.tag = weak(v.Revision(), head.Revision, compact(b.Now.Day), timeline.MatrixTurn(v, i, b.Now).Minutes(), v.Frame().Rulebook.Digest())
	d.write = func(w io.Writer) error {
		report, err := b.Report(head)
		if err != nil {
			return err
		}
		return report.PDF(w)
	}
	return d, nil
}

// branch is what is exported of the area at index i, for the caller.
func (s *Server) branch(ctx context.Context, v *mirror.View, i int, p *ListDeadlinesParams) (*export.Branch, error) {
	now := s.now()
	o, err := listOptions(p, now.Day)
	if err != nil {
		return nil, err
	}
	who := callerOf(ctx)
	rights := who.Rights(v.Frame().List)
	return &export.Branch{
		View: v, Area: i, Now: now, Moment: s.clock().In(s.zone), Trial: s.trial, Options: o, Language: export.Vietnamese,
		Reads: func(i int) bool { return who.signedIn() && rights.May(access.Read, i, nil) == nil },
		Told: func(areas []area.Code) (map[tracker.MilestoneID][]tracker.Task, error) {
			return s.store.Told(ctx, v.Frame().Election.ID, areas)
		},
	}, nil
}

// download is an answer that is a file, written while it is sent.
type download struct {
	form
	tag     string
	known   *IfNoneMatch
	name    string // in plain letters
	title   string // as people write it
	write   func(io.Writer) error
	writing *queue
	pace    Pace
}

func (s *Server) download(b *export.Branch, f form, known *IfNoneMatch) *download {
	day := b.Now.Day
	if !b.Options.AsOf.IsZero() {
		day = b.Options.AsOf
	}
	place := b.View.Frame().List.At(b.Area)
	return &download{
		form: f, known: known, writing: s.writing, pace: s.pace,
		name:  fmt.Sprintf("tiendo-%s-%s-%s.%s", b.View.Frame().Election.ID, place.Code, day, f.ending),
		title: fmt.Sprintf("Tiến độ %s %s %s.%s", b.View.Frame().Election.ID, place.Name, strings.ReplaceAll(day.Vietnamese(), "/", "-"), f.ending),
	}
}

// VisitExportWorkbookResponse and those below make a download the response of
// whatever gives a file.
func (d *download) VisitExportWorkbookResponse(w http.ResponseWriter) error { return d.send(w) }
func (d *download) VisitExportTableResponse(w http.ResponseWriter) error    { return d.send(w) }
func (d *download) VisitExportReportResponse(w http.ResponseWriter) error   { return d.send(w) }

// send writes the file. What goes wrong before the first byte is answered as any
// failure is; after it the connection is cut, so that nobody takes half a file
// for a whole one.
func (d *download) send(w http.ResponseWriter) error {
	if w.Header().Get("Vary") == "" { // as [Server.callers] says of what is another file for another reader
		w.Header().Set("Vary", "Authorization, Cookie")
	}
	if (answer{tag: d.tag, known: d.known}).isKnown() {
		return answer{tag: d.tag, keep: revalidated, known: d.known}.write(w)
	}
	if err := spends(w); err != nil {
		return err
	}
	leave, err := d.begin(w)
	if err != nil {
		return err
	}
	defer leave()
	sent := &sending{to: w, paced: &paced{to: w, pace: d.pace, begun: time.Now()}, begin: d.headers}
	err = d.write(sent)
	if err != nil && sent.begun {
		panic(http.ErrAbortHandler)
	}
	return err
}

// begin waits for its turn.
func (d *download) begin(w http.ResponseWriter) (leave func(), err error) {
	r, _ := meterIn(w)
	leave, err = d.writing.enter(r.context(), r.client())
	if errors.Is(err, errCrowded) {
		err = fault.New(fault.Unavailable, "exports-busy",
			"Đang có nhiều người tải tệp; thử lại sau vài giây", "Many files are being written; try again in a few seconds")
	}
	return leave, err
}

// headers are those of the file. Nobody but its reader keeps it, and he asks
// before he uses it again: with another right it is another file.
func (d *download) headers(h http.Header) {
	h.Set("ETag", d.tag)
	h.Set("Cache-Control", revalidated)
	h.Set("Content-Type", d.media)
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename=%q; filename*=UTF-8''%s`, d.name, url.PathEscape(d.title)))
}

// sending writes the headers before the first byte.
type sending struct {
	to    http.ResponseWriter
	paced *paced
	begin func(http.Header)
	begun bool
}

func (s *sending) Write(b []byte) (int, error) {
	if !s.begun {
		s.begun = true
		s.begin(s.to.Header())
		s.to.WriteHeader(http.StatusOK)
	}
	return s.paced.Write(b)
}
