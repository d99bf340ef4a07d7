package dossier

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/statute"
	"tiendo/pkg/tracker"
)

const (
	electionFile = "election.json"
	organsFile   = "bodies-and-documents.json"
	recordFile   = "plans.json"
)

var keyForm = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// Read reads the dossier in the folder named like the election, strictly: no
// unknown field, and every body, document, rule, area, phase and source that is
// named has to be there. What is wrong comes back as fault.Invalid, code
// "dossier-broken", saying the file, the key and the reason; the first fault
// found is the one reported. Only election.json has to exist.
func Read(dir fs.FS, id string) (*Dossier, error) {
	r := &reader{
		File: fault.InFile("dossier-broken", id),
		dir:  dir, folder: id, lines: map[tracker.MilestoneKey]*line{}, seen: map[string]bool{},
		d: &Dossier{sources: map[string]string{}, documentDay: map[string]civil.Date{}},
	}
	var organs organsForm
	var record recordForm
	r.election(id)
	r.open(organsFile, &organs)
	r.open(recordFile, &record)
	r.heads(&organs, &record)
	r.at(organsFile)
	r.organs(&organs)
	r.at(recordFile)
	r.record(&record)
	r.crossings()
	if r.Err() != nil {
		return nil, r.Err()
	}
	return r.d, nil
}

// reader builds a dossier.
type reader struct {
	fault.File
	dir    fs.FS
	folder string

	d     *Dossier
	list  *area.List // nil: the edition is not compiled in
	seen  map[string]bool
	lines map[tracker.MilestoneKey]*line
}

func (r *reader) at(file string) { r.Name = path.Join(r.folder, file) }

// open decodes a file; one that is not there leaves the form empty, but for
// election.json.
func (r *reader) open(file string, into any) {
	r.at(file)
	data, err := fs.ReadFile(r.dir, r.Name)
	switch {
	case r.Err() != nil:
	case errors.Is(err, fs.ErrNotExist) && file != electionFile:
	case err != nil:
		r.Broken("", "không đọc được: %v", "cannot be read: %v", err)
	default:
		r.decode("", data, into)
	}
}

// decode reads JSON into a form: no unknown field, nothing behind it.
func (r *reader) decode(where string, data []byte, into any) bool {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		r.Broken(where, "không đọc được: %v", "cannot be read: %v", err)
		return false
	}
	if _, err := d.Token(); err != io.EOF {
		r.Broken(where, "còn dữ liệu phía sau", "there is more behind the end")
		return false
	}
	return true
}

// each decodes the pieces of a list and hands them on with their place, until
// something is wrong.
func each[F any](r *reader, list string, pieces []json.RawMessage, take func(where string, f *F)) {
	for i, piece := range pieces {
		where := list + "/" + nameOf(piece, i)
		var f F
		if r.Err() == nil && r.decode(where, piece, &f) {
			take(where, &f)
		}
	}
}

// nameOf is what a person finds a piece by; only for the place of a fault.
func nameOf(piece json.RawMessage, i int) string {
	var n struct{ Key, ID, Rule, Milestone, Area string }
	_ = json.Unmarshal(piece, &n)
	what := n.Rule + n.Milestone
	switch {
	case n.ID != "":
		return n.ID
	case n.Key != "" && what == "":
		return n.Key
	case n.Area != "" && n.Key != "":
		return what + "@" + n.Area + "/" + n.Key
	case n.Area != "":
		return what + "@" + n.Area
	}
	return fmt.Sprint(i)
}

func (r *reader) election(id string) {
	var f electionForm
	r.open(electionFile, &f)
	d := r.d
	d.id, d.day, d.edition, d.written = f.ID, f.ElectionDay, f.Edition, f.Written
	d.title = r.title("title", f.TitleVi, f.TitleEn)
	if f.ID != id {
		r.Broken("id", "phải là tên thư mục %q", "has to be the name of the folder, %q", id)
	}
	if f.ElectionDay.IsZero() {
		r.Broken("election_day", "thiếu ngày bầu cử", "election day is missing")
	}
	rb, err := statute.Load(f.Rulebook)
	r.Because("rulebook", err)
	d.rulebook = rb
	if f.Edition == "" {
		return
	}
	if list, ok := editions[f.Edition]; ok {
		r.list = list()
	} else {
		r.Broken("edition", "không có danh mục địa phương %q", "there is no list of areas %q", f.Edition)
	}
}

// heads joins the sources of both files and checks whose files they are.
func (r *reader) heads(organs *organsForm, record *recordForm) {
	for _, f := range []struct {
		name, election string
		there          bool
		sources        map[string]string
	}{
		{organsFile, organs.Election, organs.Documents != nil || organs.Bodies != nil, organs.Sources},
		{recordFile, record.Election, record.Sources != nil || record.Facts != nil, record.Sources},
	} {
		r.at(f.name)
		if f.there && f.election != r.d.id {
			r.Broken("election", "phải là %q", "has to be %q", r.d.id)
		}
		for _, key := range slices.Sorted(maps.Keys(f.sources)) {
			address := f.sources[key]
			if before, twice := r.d.sources[key]; key == "" || strings.TrimSpace(address) == "" || twice && before != address {
				r.Broken("sources/"+key, "thiếu địa chỉ, hoặc khác địa chỉ đã ghi", "has no address, or another one than before")
			}
			r.d.sources[key] = address
		}
	}
	r.at(electionFile)
	for _, key := range slices.Sorted(maps.Keys(r.d.written)) {
		r.source("written", key)
		if r.d.written[key].IsZero() {
			r.Broken("written/"+key, "thiếu ngày", "has no day")
		}
	}
}

// once refuses a key that is badly formed or used before for the same kind of thing.
func (r *reader) once(where, kind, key string) {
	if !keyForm.MatchString(key) {
		r.Broken(where, "khóa %q phải gồm chữ thường, số và gạch dưới",
			"the key %q has to be of small letters, digits and underscores", key)
	}
	r.single(where, kind+" "+key)
}

// single refuses what is there already.
func (r *reader) single(where, what string) {
	if r.seen[what] {
		r.Broken(where, "có hai lần", "stands there twice")
	}
	r.seen[what] = true
}

func (r *reader) title(where, vi, en string) fault.Text {
	if strings.TrimSpace(vi) == "" || strings.TrimSpace(en) == "" {
		r.Broken(where, "thiếu tên tiếng Việt hoặc tiếng Anh", "has no title in Vietnamese or in English")
	}
	return fault.Text{Vi: vi, En: en}
}

func (r *reader) note(where string, f noteForm) string {
	return r.vietnamese(where, "note", f.Note, f.NoteVi)
}

// vietnamese is what officers see of a text that stands in the file in English
// too: the record holds one text, as officers write their own. Both languages
// or neither; blanks are no text.
func (r *reader) vietnamese(where, key, en, vi string) string {
	vi = strings.TrimSpace(vi)
	if (strings.TrimSpace(en) == "") != (vi == "") {
		r.Broken(strings.TrimPrefix(where+"/", "/")+key+"_vi", "%[1]s và %[1]s_vi phải cùng có chữ, hoặc cùng không có",
			"%[1]s and %[1]s_vi both need words, or both have to be missing", key)
	}
	return vi
}

// source is a key of the list of sources, or empty: none is known.
func (r *reader) source(where, key string) string {
	if _, ok := r.d.sources[key]; key != "" && !ok {
		r.Broken(where+"/source", "không có nguồn %q trong danh sách", "there is no source %q in the list", key)
	}
	return key
}

// document is the key of a document that exists, by the given day when there is
// one, or empty.
func (r *reader) document(where, key string, by civil.Date) string {
	day, ok := r.d.documentDay[key]
	switch {
	case key == "":
	case !ok:
		r.Broken(where+"/document", "không có văn bản %q trong danh sách", "there is no document %q in the list", key)
	case !by.IsZero() && day.After(by):
		r.Broken(where+"/document", "văn bản %q có sau ngày %s", "the document %q came after the day %s", key, by.Vietnamese())
	}
	return key
}

func (r *reader) body(where, key string) string {
	if !r.seen["body "+key] {
		r.Broken(where, "không có cơ quan %q trong danh sách", "there is no body %q in the list", key)
	}
	return key
}

func (r *reader) bodies(where string, keys []string) []string {
	for _, key := range keys {
		r.body(where+"/bodies", key)
	}
	return keys
}

// area checks a code. Without a list only the nation is known to exist.
func (r *reader) area(where string, code area.Code) area.Code {
	if r.list == nil {
		if code != area.Nation {
			r.Broken(where+"/area", "không có danh mục địa phương để biết %q", "there is no list of areas to know %q by", code)
		}
		return code
	}
	_, err := r.list.Get(code)
	r.Because(where+"/area", err)
	return code
}

func (r *reader) areas(where string, codes []area.Code) []area.Code {
	for _, code := range codes {
		r.area(where, code)
	}
	return codes
}

// level is one that the rulebook has.
func (r *reader) level(where, name string) area.Level {
	l, err := area.ParseLevel(name)
	r.Because(where, err)
	if r.Err() == nil && !slices.Contains(r.d.rulebook.Levels(), l) {
		r.Broken(where, "bộ quy tắc không có cấp %q", "the rulebook does not have the level %q", name)
	}
	return l
}

// rule is one of the rulebook that belongs to this election.
func (r *reader) rule(where, key string) *statute.Rule {
	if r.Err() != nil {
		return nil
	}
	rule, err := r.d.rulebook.Rule(statute.RuleKey(key))
	r.Because(where+"/rule", err)
	if err == nil && !rule.BelongsTo(r.d.id) {
		r.Broken(where+"/rule", "quy tắc %q thuộc cuộc bầu cử khác", "the rule %q belongs to another election", key)
	}
	return rule
}

// ruleIn is a rule that makes milestones with tasks at the level of the area.
func (r *reader) ruleIn(where, key string, code area.Code) *statute.Rule {
	rule := r.rule(where, key)
	r.area(where, code)
	if r.Err() != nil {
		return rule
	}
	level := area.LevelNation
	if r.list != nil {
		a, _ := r.list.Get(code)
		level = a.Level
	}
	switch _, there := rule.ConditionAt(level); {
	case !there:
		r.Broken(where+"/area", "quy tắc %q không có ở cấp của %s", "the rule %q does not exist at the level of %s", key, code)
	case !rule.Nature.HasTasks():
		r.Broken(where+"/rule", "quy tắc %q không có việc để báo cáo", "the rule %q has no tasks to report on", key)
	}
	return rule
}

// deed reads what came of something. The files say done_by also where the day
// is known; it is the same day then.
func (r *reader) deed(where string, f deedForm, source string) deed {
	d := deed{on: f.DoneOn, by: f.DoneBy}
	switch f.State {
	case "done":
		d.work = tracker.Done
		if d.by.IsZero() || (!d.on.IsZero() && d.on != d.by) {
			r.Broken(where+"/done_by", "phải là ngày xong chậm nhất, và là done_on khi biết ngày",
				"has to be the last day it can have been, and done_on when the day is known")
		}
		if !d.on.IsZero() {
			d.by = civil.Date{}
		}
		return d
	case "in_progress":
		d.work, d.since = tracker.InProgress, r.d.written[source]
		if d.since.IsZero() {
			r.Broken(where+"/state", "nguồn %q không có ngày viết (written)", "the source %q has no day on which it was written", source)
		}
	case "no_record":
	default:
		r.Broken(where+"/state", "không có trạng thái %q; dùng done, in_progress hoặc no_record",
			"there is no state %q; use done, in_progress or no_record", f.State)
	}
	if !d.on.IsZero() || !d.by.IsZero() {
		r.Broken(where+"/done_on", "chỉ việc đã xong mới có ngày", "only what is done has a day")
	}
	return d
}
