package dossier

import (
	"slices"

	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/statute"
	"tiendo/pkg/tracker"
)

// letters are kinds of documents that no rule rests on, so that the rulebook's
// list of instruments does not have them.
var letters = []string{"decision", "letter"}

func (r *reader) organs(f *organsForm) {
	each(r, "bodies", f.Bodies, r.readBody)
	each(r, "documents", f.Documents, r.readDocument)
	for _, b := range r.d.bodies {
		r.document("bodies/"+b.Key+"/set_up_by", b.SetUpBy, civil.Date{})
	}
}

func (r *reader) readBody(where string, f *bodyForm) {
	r.once(where, "body", f.Key)
	_, err := statute.ParseBody(f.Kind)
	r.Because(where+"/kind", err)
	if !keyForm.MatchString(f.Form) {
		r.Broken(where+"/form", "thiếu hình thức", "the form is missing")
	}
	r.d.bodies = append(r.d.bodies, tracker.Body{
		Key: f.Key, Kind: f.Kind, Form: f.Form, Name: r.title(where+"/name", f.NameVi, f.NameEn),
		Area: r.area(where, f.Area), SetUpBy: f.SetUpBy, HeadOffice: f.HeadOffice,
		Source: r.source(where, f.Source), Note: r.note(where, f.noteForm),
	})
}

func (r *reader) readDocument(where string, f *documentForm) {
	r.once(where, "document", f.Key)
	if _, err := statute.ParseInstrumentKind(f.Kind); err != nil && !slices.Contains(letters, f.Kind) {
		r.Because(where+"/kind", err)
	}
	if f.Issuer != "" {
		r.body(where+"/issuer", f.Issuer)
	}
	if f.KnownBy.IsZero() || f.KnownBy.Before(f.IssuedOn) {
		r.Broken(where+"/known_by", "phải là ngày văn bản đã có chậm nhất, không trước ngày ban hành",
			"has to be the last day by which it existed, not before it was issued")
	}
	d := tracker.Document{
		Key: f.Key, Number: f.Number, Kind: f.Kind, Title: r.title(where, f.TitleVi, f.TitleEn), Issuer: f.Issuer,
		IssuedOn: f.IssuedOn, KnownBy: f.KnownBy, Area: r.area(where, f.Area), Public: f.Public,
		Implements: f.Implements, Source: r.source(where, f.Source), Note: r.note(where, f.noteForm),
	}
	r.d.documents = append(r.d.documents, d)
	r.d.documentDay[d.Key] = f.KnownBy
	if !f.IssuedOn.IsZero() {
		r.d.documentDay[d.Key] = f.IssuedOn
	}
}

// crossings checks what the files say of each other, once both are read.
func (r *reader) crossings() {
	r.at(organsFile)
	for _, d := range r.d.documents {
		for _, key := range d.Implements {
			r.milestone("documents/"+d.Key+"/implements", key)
		}
	}
	r.at(recordFile)
	for _, p := range r.d.plans {
		for _, h := range p.Contents {
			for _, key := range h.Milestones {
				r.milestone("plans/"+p.Key+"/contents", string(key))
			}
		}
	}
}

// milestone is the key of a rule or of a line of a local plan.
func (r *reader) milestone(where, key string) {
	if r.Err() != nil || r.lines[tracker.MilestoneKey(key)] != nil {
		return
	}
	if _, err := r.d.rulebook.Rule(statute.RuleKey(key)); fault.Is(err, "rule-not-found") {
		r.Broken(where, "không có quy tắc hay dòng kế hoạch %q", "there is no rule and no line of a plan %q", key)
	}
}
