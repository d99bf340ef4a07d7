package statute

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
)

// onlyZone is the zone that the hours of every rulebook are in.
const onlyZone = "Asia/Ho_Chi_Minh"

var (
	keyForm     = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	versionForm = regexp.MustCompile(`^[a-z0-9]+\.[0-9]+$`)
)

func (r *reader) head(f *bookForm) {
	b := &Rulebook{
		id: f.ID, version: f.Version, timeZone: f.TimeZone, sources: f.Sources,
		byKey: map[RuleKey]*Rule{}, dependents: map[RuleKey][]*Rule{},
	}
	r.book = b
	if f.ID == "" || !versionForm.MatchString(f.Version) || !strings.HasPrefix(f.Version, f.ID+".") {
		r.Broken("version", "phải có dạng mã bộ quy tắc, dấu chấm, số (2015.1)",
			"has to be the rulebook's id, a full stop and a number (2015.1)")
	}
	if f.TimeZone != onlyZone {
		r.Broken("time_zone", "phải là %s", "has to be %s", onlyZone)
	}
	b.title = r.title("title", f.TitleVi, f.TitleEn)
	b.notes = r.bookNotes(f)
	for _, s := range f.Levels {
		l := r.level("levels", s)
		if int(l) >= tiers || (len(b.levels) > 0 && l <= b.levels[len(b.levels)-1]) {
			r.Broken("levels", "phải đi từ cả nước xuống xã", "have to go from the nation down to the commune")
		}
		b.levels = append(b.levels, l)
	}
	if len(b.levels) == 0 || b.levels[0] != area.LevelNation {
		r.Broken("levels", "phải bắt đầu từ cả nước", "have to begin with the nation")
	}
	b.pollingAreasAt = r.levelHere("polling_area_tracked_at", f.PollingAreasAt)
	for _, l := range f.LeftOut {
		b.leftOut = append(b.leftOut, LeftOut{Key: RuleKey(l.Key), Reason: l.Reason})
	}
}

// lists reads what rules refer to.
func (r *reader) lists(f *bookForm) {
	seen := map[string]bool{}
	for i, p := range f.Phases {
		r.key("phases", p.Key, seen)
		r.book.phases = append(r.book.phases, &Phase{
			Key: p.Key, Order: i, Title: r.title("phases/"+p.Key, p.TitleVi, p.TitleEn),
		})
	}
	seen = map[string]bool{}
	for i, g := range f.Families {
		r.key("families", g.Key, seen)
		where := "families/" + g.Key
		r.book.families = append(r.book.families, &Family{
			Key: g.Key, Order: i, Phase: r.phase(where, g.Phase), Title: r.title(where, g.TitleVi, g.TitleEn),
		})
	}
	seen = map[string]bool{}
	for _, o := range f.Occurrences {
		r.key("occurrences", o.Key, seen)
		r.book.occurrences = append(r.book.occurrences, &Occurrence{
			Key: o.Key, Title: r.title("occurrences/"+o.Key, o.TitleVi, o.TitleEn),
		})
	}
	seen = map[string]bool{}
	for _, i := range f.Instruments {
		r.key("instruments", i.ID, seen)
		r.book.instruments = append(r.book.instruments, r.instrument(i))
	}
	for _, key := range slices.Sorted(maps.Keys(f.Sources)) {
		if key == "" || strings.TrimSpace(f.Sources[key]) == "" {
			r.Broken("sources/"+key, "thiếu địa chỉ", "has no address")
		}
	}
}

func (r *reader) instrument(f instrumentForm) *Instrument {
	where := "instruments/" + f.ID
	i := &Instrument{
		ID: f.ID, AmendedBy: f.AmendedBy, Title: r.title(where, f.TitleVi, f.TitleEn),
		Number: text(f.Number), Note: text(f.Note),
	}
	var err error
	i.Kind, err = ParseInstrumentKind(f.Kind)
	r.Because(where+"/kind", err)
	if f.IssuedOn != nil {
		i.IssuedOn, err = civil.Parse(*f.IssuedOn)
		r.Because(where+"/issued_on", err)
	}
	return i
}

// rule reads one rule and adds it to the rulebook.
func (r *reader) rule(index int, raw json.RawMessage) {
	var name struct{ Key string }
	_ = json.Unmarshal(raw, &name) // only for the place of a fault; decode reports
	where := "rules/" + name.Key
	var f ruleForm
	if !r.decode(where, raw, &f) {
		return
	}
	if !keyForm.MatchString(f.Key) {
		r.Broken(where, "khóa phải gồm chữ thường, số và gạch dưới",
			"a key has to be of small letters, digits and underscores")
	}
	if _, twice := r.book.byKey[RuleKey(f.Key)]; twice {
		r.Broken(where, "khóa đã dùng rồi", "the key is used already")
	}
	rule := &Rule{
		Key: RuleKey(f.Key), Index: index, Title: r.title(where, f.TitleVi, f.TitleEn),
		Basis: r.citation(where, f.citationForm), OnlyFor: f.OnlyFor, After: f.After, ShownBelow: f.ShownBelow,
		Phase: r.phase(where+"/phase", f.Phase), Family: r.family(where+"/family", f.Family),
		Start: r.anchor(where+"/start", f.Start), End: r.anchor(where+"/end", f.End),
		ResponsibleTitle: r.title(where+"/responsible", f.ResponsibleVi, f.ResponsibleEn), Notes: r.notes(where+"/notes_vi", f.Notes, f.NotesVi),
	}
	for _, c := range f.Also {
		rule.Also = append(rule.Also, r.citation(where+"/also", c))
	}
	r.enums(where, rule, &f)
	r.people(where, rule, &f)
	r.tasks(where, rule, &f)
	r.ruleSources(where, rule, &f)
	if r.Err() == nil {
		r.ruleAlone(where, rule, &f)
	}
	r.book.rules = append(r.book.rules, rule)
	r.book.byKey[rule.Key] = rule
}

func (r *reader) enums(where string, rule *Rule, f *ruleForm) {
	var errs [4]error
	rule.Occasion, errs[0] = ParseOccasion(f.Occasion)
	rule.Nature, errs[1] = ParseNature(f.Nature)
	rule.Verified, errs[2] = ParseVerified(f.Verified)
	rule.Confidence, errs[3] = ParseConfidence(f.Confidence)
	for i, field := range []string{"/occasion", "/nature", "/verified", "/confidence"} {
		r.Because(where+field, errs[i])
	}
	for _, s := range f.Elections {
		a, err := ParseAssembly(s)
		r.Because(where+"/elections", err)
		level, isCouncil := strings.CutPrefix(s, "pc_")
		if isCouncil && err == nil {
			r.levelHere(where+"/elections", level)
		}
		rule.Serves = append(rule.Serves, a)
	}
	if f.Trigger != "" {
		rule.Trigger = r.occurrence(where+"/trigger", f.Trigger)
	}
}

// people reads at which levels the rule exists and who answers for it.
func (r *reader) people(where string, rule *Rule, f *ruleForm) {
	for _, s := range slices.Sorted(maps.Keys(f.Levels)) {
		c, err := ParseCondition(f.Levels[s])
		r.Because(where+"/levels/"+s, err)
		rule.Where = append(rule.Where, Where{Level: r.levelHere(where+"/levels/"+s, s), Condition: c})
	}
	slices.SortFunc(rule.Where, func(a, b Where) int { return int(a.Level) - int(b.Level) })
	for _, p := range f.Responsible {
		body, err := ParseBody(p.Body)
		r.Because(where+"/responsible", err)
		who := Responsible{Body: body, Own: p.Level == "own"}
		if !who.Own {
			who.Level = r.levelHere(where+"/responsible", p.Level)
		}
		rule.Responsible = append(rule.Responsible, who)
	}
}

func (r *reader) tasks(where string, rule *Rule, f *ruleForm) {
	seen := map[string]bool{}
	for _, t := range f.Tasks {
		r.key(where+"/tasks", t.Key, seen)
		rule.Tasks = append(rule.Tasks, TaskStep{
			Key: t.Key, Title: r.title(where+"/tasks/"+t.Key, t.TitleVi, t.TitleEn),
		})
	}
}

func (r *reader) ruleSources(where string, rule *Rule, f *ruleForm) {
	for _, key := range f.Sources {
		address, ok := r.book.sources[key]
		if !ok {
			r.Broken(where+"/sources", "không có nguồn %q trong danh sách", "there is no source %q in the list", key)
		}
		rule.Sources = append(rule.Sources, Source{Key: key, Address: address})
	}
}

func (r *reader) citation(where string, f citationForm) Citation {
	c := Citation{Article: text(f.Article)}
	if i := slices.IndexFunc(r.book.instruments, func(i *Instrument) bool { return i.ID == f.Instrument }); i >= 0 {
		c.Instrument = r.book.instruments[i]
	} else {
		r.Broken(where+"/instrument", "không có văn bản %q trong danh sách",
			"there is no instrument %q in the list", f.Instrument)
	}
	if _, ok := parseArticle(c.Article); !ok {
		r.Broken(where+"/article", "%q không có dạng \"Điều 22 khoản 1 điểm a\"",
			"%q is not of the form \"Điều 22 khoản 1 điểm a\"", c.Article)
	}
	return c
}

func (r *reader) anchor(where string, f *anchorForm) *Anchor {
	if f == nil {
		return nil
	}
	kind, target, _ := strings.Cut(f.Anchor, ":")
	a := &Anchor{}
	var err error
	a.Kind, err = ParseAnchorKind(kind)
	r.Because(where+"/anchor", err)
	if r.Err() != nil {
		return a
	}
	r.anchorFields(where, a, f)
	r.orLast(where+"/or_last", a, f.OrLast)
	switch {
	case a.Kind == OnMilestone:
		a.Milestone = target
	case a.Kind == OnOccurrenceDay:
		a.Occurrence = r.occurrence(where+"/anchor", target)
	case target != "":
		r.Broken(where+"/anchor", "%s không có gì sau dấu hai chấm", "%s has nothing behind a colon", kind)
	}
	return a
}

// orLast reads what the anchor is counted from where it is later.
func (r *reader) orLast(where string, a *Anchor, all []string) {
	if len(all) > 0 && a.Kind != OnElectionDay {
		r.Broken(where, "chỉ dùng với election_day", "goes with election_day only")
	}
	for _, one := range all {
		key, isMilestone := strings.CutPrefix(one, anchorNames[OnMilestone]+":")
		switch {
		case one == anchorNames[OnVotingDay] && !a.OrVotingDay:
			a.OrVotingDay = true
		case isMilestone && !slices.Contains(a.OrLast, RuleKey(key)):
			a.OrLast = append(a.OrLast, RuleKey(key))
		default:
			r.Broken(where, "%q phải là voting_day hoặc milestone:KHÓA, mỗi thứ một lần",
				"%q has to be voting_day or milestone:KEY, each once", one)
		}
	}
}

// anchorFields reads the numbers of an anchor, and insists on those that its
// kind needs and on no others.
func (r *reader) anchorFields(where string, a *Anchor, f *anchorForm) {
	needs := []struct {
		field     string
		has, want bool
	}{
		{"days", f.Days != nil, a.Kind.countsDays()},
		{"hours", f.Hours != nil, a.Kind == OnVotingOpens},
		{"date", f.Date != nil, a.Kind == OnDate},
	}
	for _, n := range needs {
		if n.has != n.want {
			r.Broken(where+"/"+n.field, "neo %s phải có đúng số đo của nó: days, hours hoặc date",
				"anchor %s has to have just its own measure: days, hours or date", a.Kind)
			return
		}
	}
	var err error
	switch {
	case f.Days != nil:
		a.Days = *f.Days
	case f.Hours != nil:
		a.Hours = *f.Hours
	default:
		a.Date, err = civil.Parse(*f.Date)
		r.Because(where+"/date", err)
	}
	if f.Time == nil {
		return
	}
	if a.Kind == OnVotingOpens {
		r.Broken(where+"/time", "giờ theo giờ khai mạc, không ghi riêng", "the hour follows the opening and is not given")
	}
	a.Clock, err = civil.ParseClock(*f.Time)
	r.Because(where+"/time", err)
}

func (r *reader) key(where, key string, seen map[string]bool) {
	if !keyForm.MatchString(key) {
		r.Broken(where+"/"+key, "khóa phải gồm chữ thường, số và gạch dưới",
			"a key has to be of small letters, digits and underscores")
	}
	if seen[key] {
		r.Broken(where+"/"+key, "khóa đã dùng rồi", "the key is used already")
	}
	seen[key] = true
}

func (r *reader) title(where, vi, en string) fault.Text {
	if blank(vi) || blank(en) {
		r.Broken(where, "thiếu tên tiếng Việt hoặc tiếng Anh", "the Vietnamese or the English title is missing")
	}
	return fault.Text{Vi: vi, En: en}
}

// notes are in both languages, or the rule has none.
func (r *reader) notes(where string, en, vi *string) fault.Text {
	if en == nil && vi == nil {
		return fault.Text{}
	}
	if blank(text(en)) || blank(text(vi)) {
		r.Broken(where, "notes và notes_vi phải cùng có chữ, hoặc cùng không có",
			"notes and notes_vi both need words, or both have to be missing")
	}
	return fault.Text{Vi: text(vi), En: text(en)}
}

// bookNotes are the remarks on the whole rulebook, language beside language.
func (r *reader) bookNotes(f *bookForm) []fault.Text {
	if len(f.Notes) != len(f.NotesVi) {
		r.Broken("notes_vi", "notes có %d câu, notes_vi có %d; phải bằng nhau",
			"notes has %d remarks, notes_vi %d; there have to be as many", len(f.Notes), len(f.NotesVi))
		return nil
	}
	var all []fault.Text
	for i := range f.Notes {
		all = append(all, r.notes("notes_vi", &f.Notes[i], &f.NotesVi[i]))
	}
	return all
}

func blank(s string) bool { return strings.TrimSpace(s) == "" }

func (r *reader) level(where, s string) area.Level {
	l, err := area.ParseLevel(s)
	r.Because(where, err)
	return l
}

// levelHere is a level that the rulebook has.
func (r *reader) levelHere(where, s string) area.Level {
	l := r.level(where, s)
	if !slices.Contains(r.book.levels, l) {
		r.Broken(where, "bộ quy tắc này không có cấp %q", "this rulebook has no level %q", s)
	}
	return l
}

func (r *reader) phase(where, key string) *Phase {
	for _, p := range r.book.phases {
		if p.Key == key {
			return p
		}
	}
	r.Broken(where, "không có giai đoạn %q trong danh sách", "there is no phase %q in the list", key)
	return nil
}

func (r *reader) family(where, key string) *Family {
	for _, f := range r.book.families {
		if f.Key == key {
			return f
		}
	}
	r.Broken(where, "không có nhóm %q trong danh sách", "there is no family %q in the list", key)
	return nil
}

func (r *reader) occurrence(where, key string) *Occurrence {
	for _, o := range r.book.occurrences {
		if o.Key == key {
			return o
		}
	}
	r.Broken(where, "không có sự việc %q trong danh sách", "there is no occurrence %q in the list", key)
	return nil
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
