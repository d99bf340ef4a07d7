package tracker

import (
	"context"
	"strings"
	"unicode"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/find"
)

// Document is a directive, plan, resolution or decision. A number alone is not
// unique: issuer and day belong to it.
type Document struct {
	Key        string     `json:"key"`
	Number     string     `json:"number,omitempty"`
	Kind       string     `json:"kind"`
	Title      fault.Text `json:"title"`
	Issuer     string     `json:"issuer,omitempty"`
	IssuedOn   civil.Date `json:"issued_on,omitzero"`
	KnownBy    civil.Date `json:"known_by,omitzero"` // it existed on that day at the latest
	Area       area.Code  `json:"area"`
	Public     bool       `json:"public"`
	Implements []string   `json:"implements,omitempty"` // rules, or lines of local plans
	Source     string     `json:"source,omitempty"`
	Note       string     `json:"note,omitempty"`
	Revision   Revision   `json:"-"`
}

// Day is when the document was issued, or by when it is known to have been.
func (d *Document) Day() civil.Date {
	if d.IssuedOn.IsZero() {
		return d.KnownBy
	}
	return d.IssuedOn
}

// DocumentChoice is the document that an act rests on: one that is entered
// already, a new one, or none.
type DocumentChoice struct {
	Key string
	New *NewDocument
}

// NewDocument is a document of an area that an act brings along. It is entered
// with the act, and once: the same number of the same day is the same document.
type NewDocument struct {
	Number   string
	IssuedOn civil.Date
	Title    string // in Vietnamese
	Kind     string // none: "decision"
}

// keys are those that an act has to see to use the choice.
func (c DocumentChoice) keys(code area.Code) []string {
	switch {
	case c.New != nil:
		return []string{c.New.key(code)}
	case c.Key != "":
		return []string{c.Key}
	}
	return nil
}

// key is made of what tells documents of an area apart.
func (d *NewDocument) key(code area.Code) string {
	var b strings.Builder
	b.WriteString("d_" + strings.ToLower(string(code)) + "_" + strings.ReplaceAll(d.IssuedOn.String(), "-", "") + "_")
	for _, r := range strings.ToLower(find.Fold(d.Number)) {
		if r < unicode.MaxASCII && (unicode.IsLower(r) || unicode.IsDigit(r)) {
			b.WriteRune(r)
		} else if !strings.HasSuffix(b.String(), "_") {
			b.WriteByte('_')
		}
		if b.Len() == maxKey {
			break
		}
	}
	return strings.TrimRight(b.String(), "_")
}

// documentDay is the day of a decision: that of its document, else today.
func (a *Act) documentDay(c DocumentChoice) (civil.Date, error) {
	switch {
	case c.New != nil:
		var wrong faults
		wrong.newDocument("/new_document", a.Today, c.New)
		if c.Key != "" {
			wrong.add("/document", "two-documents",
				"Chỉ ghi một trong hai: văn bản đã có (document) hoặc văn bản mới (new_document)",
				"Give one of the two: a document that is entered (document), or a new one (new_document)")
		}
		return c.New.IssuedOn, wrong.err()
	case c.Key != "":
		d, ok := a.documents[c.Key]
		if !ok {
			return civil.Date{}, fault.New(fault.Invalid, "document-unknown",
				"Không có văn bản %q; xem danh sách ở …/documents, hoặc ghi văn bản mới",
				"There is no document %q; the list is at …/documents, or give a new one", trim(c.Key)).At("/document")
		}
		if day := d.Day(); !day.IsZero() && !day.After(a.Today) {
			return day, nil
		}
	}
	return a.Today, nil
}

func (w *faults) newDocument(at string, today civil.Date, d *NewDocument) {
	w.text(at+"/number", d.Number, maxNumber)
	w.text(at+"/title", d.Title, maxReason)
	if isBlank(d.Number) {
		w.add(at+"/number", "document-number-missing", "Cần số văn bản", "The document's number is needed")
	}
	if isBlank(d.Title) {
		w.add(at+"/title", "document-title-missing", "Cần tên văn bản", "The document's title is needed")
	}
	switch {
	case d.IssuedOn.IsZero():
		w.add(at+"/issued_on", "document-day-missing", "Cần ngày ban hành văn bản", "The day the document was issued is needed")
	case d.IssuedOn.After(today):
		w.add(at+"/issued_on", "document-in-the-future",
			"Ngày ban hành %s chưa đến (hôm nay là %s)", "The document's day %s is in the future; today is %s",
			d.IssuedOn.Vietnamese(), today.Vietnamese())
	}
}

// document gives the key of the document chosen, and enters a new one that is
// not there yet.
func (a *Act) document(code area.Code, c DocumentChoice, implements ...string) (string, error) {
	if c.New == nil {
		return c.Key, nil
	}
	d := Document{
		Key: c.New.key(code), Number: strings.TrimSpace(c.New.Number), Kind: c.New.Kind, Area: code, Public: true,
		IssuedOn: c.New.IssuedOn, KnownBy: c.New.IssuedOn, Implements: implements,
	}
	if d.Kind == "" {
		d.Kind = "decision"
	}
	title := strings.TrimSpace(c.New.Title)
	d.Title = fault.Text{Vi: title, En: title} // texts of record are in Vietnamese
	if _, there := a.documents[d.Key]; there {
		return d.Key, nil
	}
	a.documents[d.Key] = d
	return d.Key, a.AddDocument(d)
}

// AddDocument enters a document, about the day it was issued or known by.
func (a *Act) AddDocument(d Document) error {
	return a.emit(Change{Kind: DocumentAdded, Milestone: MilestoneID{Area: d.Area}, Subject: d.Key, Happened: d.Day(), After: State{Document: &d}})
}

// EnterDocument enters a document of an area, or rehearses it. One of the same
// number and day that is there already is given back as it is.
func (s *Service) EnterDocument(ctx context.Context, e ElectionID, actor Actor, code area.Code, d NewDocument, dryRun bool) (Document, Effect, error) {
	choice := DocumentChoice{New: &d}
	var found Document
	effect, err := s.perform(ctx, dryRun, e, actor, func(*Frame) Needs { return Needs{Election: true, Documents: choice.keys(code)} },
		func(a *Act) error {
			if _, err := a.Frame.List.Get(code); err != nil {
				if f, ok := fault.As(err); ok {
					return f.At("/area")
				}
				return err
			}
			var wrong faults
			wrong.newDocument("", a.Today, &d)
			if err := wrong.err(); err != nil {
				return err
			}
			key, err := a.document(code, choice)
			found = a.documents[key]
			return err
		})
	if found.Revision == 0 {
		found.Revision = effect.Revision
	}
	return found, effect, err
}
