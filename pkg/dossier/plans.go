package dossier

import (
	"slices"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/statute"
	"tiendo/pkg/tracker"
)

func (r *reader) readPlan(where string, f *planForm) {
	r.once(where, "plan", f.Key)
	p := plan{Plan: tracker.Plan{
		Key: f.Key, Area: r.area(where, f.Area), Title: r.title(where, f.TitleVi, f.TitleEn),
		Documents: f.Documents, Source: r.source(where, f.Source),
	}}
	for _, h := range f.Contents {
		heading := tracker.PlanHeading{Title: r.title(where+"/contents", h.TitleVi, h.TitleEn)}
		for _, key := range h.Milestones {
			heading.Milestones = append(heading.Milestones, tracker.MilestoneKey(key))
		}
		p.Contents = append(p.Contents, heading)
	}
	each(r, where+"/milestones", f.Milestones, func(where string, f *lineForm) {
		p.lines = append(p.lines, r.line(where, f))
	})
	p.day = r.planDay(where, f)
	r.notBefore(where, &p)
	for i := range p.lines {
		r.lines[p.lines[i].Key] = &p.lines[i]
	}
	r.d.plans = append(r.d.plans, p)
}

// notBefore refuses what is told of a line before its plan is there to have it.
func (r *reader) notBefore(where string, p *plan) {
	for _, l := range p.lines {
		for _, d := range l.steps {
			if !d.day().IsZero() && (p.day.IsZero() || d.day().Before(p.day)) {
				r.Broken(where+"/milestones/"+string(l.Key), "có trước kế hoạch của nó", "is older than its plan")
			}
		}
	}
}

// planDay is the day of the plan's first document, or else the day by which the
// article that tells of it was written.
func (r *reader) planDay(where string, f *planForm) civil.Date {
	var first civil.Date
	for _, key := range f.Documents {
		r.document(where, key, civil.Date{})
		if day := r.d.documentDay[key]; first.IsZero() || day.Before(first) {
			first = day
		}
	}
	if first.IsZero() {
		return r.d.written[f.Source]
	}
	return first
}

func (r *reader) line(where string, f *lineForm) line {
	r.once(where, "line", f.Key)
	if r.Err() == nil {
		if _, err := r.d.rulebook.Rule(statute.RuleKey(f.Key)); err == nil {
			r.Broken(where, "khóa trùng với một quy tắc", "the key is that of a rule")
		}
	}
	l := line{
		PlanLine: tracker.PlanLine{
			Key: tracker.MilestoneKey(f.Key), Title: r.title(where, f.TitleVi, f.TitleEn),
			Phase: r.phase(where, f.Phase), Nature: r.nature(where, f.Nature),
			NotBefore: r.date(where+"/start", f.Start), Latest: r.date(where+"/end", f.End),
			Elections: r.elections(where, f.Elections), Responsible: r.responsible(where, f.Responsible),
			Bodies: r.bodies(where, f.Bodies), Silent: f.State == "no_record",
			Document: r.document(where, f.Document, civil.Date{}), Source: r.source(where, f.Source), Note: r.note(where, f.noteForm),
		},
		deed: r.deed(where, f.deedForm, f.Source),
	}
	if !l.Latest.IsZero() && l.Latest.Before(l.NotBefore) {
		r.Broken(where+"/end", "kết thúc trước khi bắt đầu", "ends before it starts")
	}
	r.selects(where, &l, &f.AppliesTo)
	r.steps(where, &l, f)
	return l
}

func (r *reader) selects(where string, l *line, f *selectForm) {
	where += "/applies_to"
	switch {
	case len(f.Codes) > 0 || len(f.Type) > 0 || (len(f.Areas) > 0) == (f.Under != ""):
		r.Broken(where, "phải là areas, hoặc under với level", "has to be areas, or under with level")
	case f.Under == "":
		l.Areas = r.areas(where, f.Areas)
	default:
		l.under, l.level = r.area(where, f.Under), r.level(where+"/level", f.Level)
	}
}

// steps reads the tasks of a line. What a line says to be done, all its tasks
// have to say.
func (r *reader) steps(where string, l *line, f *lineForm) {
	if len(f.Tasks) > 0 && !l.hasTasks() {
		r.Broken(where+"/tasks", "loại dòng này không có việc", "a line of this nature has no tasks")
	}
	for _, s := range f.Tasks {
		at := where + "/tasks/" + s.Key
		r.once(at, "step "+f.Key, s.Key)
		l.Steps = append(l.Steps, tracker.PlanStep{
			Key: tracker.TaskKey(s.Key), Title: r.title(at, s.TitleVi, s.TitleEn), Bodies: r.bodies(at, s.Bodies),
		})
		d := r.deed(at, s.deedForm, f.Source)
		l.steps = append(l.steps, d)
		if (l.work == tracker.Done) != (d.work == tracker.Done) && l.work != tracker.InProgress {
			r.Broken(at+"/state", "khác với trạng thái của dòng", "is not the state of the line")
		}
	}
	if !l.day().IsZero() && l.hasTasks() && len(l.Steps) == 0 {
		l.steps = []deed{l.deed}
	}
	switch {
	case l.hasTasks():
	case l.work == tracker.Done:
		r.Broken(where+"/state", "loại dòng này không có việc để xong", "a line of this nature has nothing to be done")
	case l.work == tracker.InProgress && l.Note == "":
		// A bar has no state of its own; the note is what tells it.
		r.Broken(where+"/note", "thiếu ghi chú về việc đang làm", "needs a note on what is in progress")
	}
}

func (r *reader) phase(where, key string) string {
	if r.Err() == nil && !slices.ContainsFunc(r.d.rulebook.Phases(), func(p *statute.Phase) bool { return p.Key == key }) {
		r.Broken(where+"/phase", "không có giai đoạn %q trong bộ quy tắc", "there is no phase %q in the rulebook", key)
	}
	return key
}

func (r *reader) nature(where, name string) string {
	n, err := statute.ParseNature(name)
	r.Because(where+"/nature", err)
	if n == statute.OnOccurrence {
		r.Broken(where+"/nature", "dòng kế hoạch không phát sinh theo sự việc", "a line of a plan does not occur")
	}
	return name
}

func (r *reader) date(where string, f *dateForm) civil.Date {
	if f == nil {
		return civil.Date{}
	}
	if f.Anchor != "date" || f.Date.IsZero() || f.Time != "" {
		r.Broken(where, "phải là một ngày, không có giờ", "has to be a day, without an hour")
	}
	return f.Date
}

func (r *reader) elections(where string, names []string) []string {
	for _, name := range names {
		_, err := statute.ParseAssembly(name)
		r.Because(where+"/elections", err)
	}
	return names
}

func (r *reader) responsible(where string, list []responsibleForm) []tracker.Responsible {
	var all []tracker.Responsible
	for _, p := range list {
		_, err := statute.ParseBody(p.Body)
		r.Because(where+"/responsible", err)
		if p.Level != "own" {
			r.level(where+"/responsible", p.Level)
		}
		all = append(all, tracker.Responsible{Body: p.Body, Level: p.Level})
	}
	return all
}

func (l *line) hasTasks() bool {
	n, err := statute.ParseNature(l.Nature)
	return err == nil && n.HasTasks()
}

// in lists the areas of the list that the line is for.
func (l *line) in(list *area.List) []area.Code {
	if list == nil {
		return l.Areas
	}
	var codes []area.Code
	for _, code := range l.Areas {
		if _, ok := list.Index(code); ok {
			codes = append(codes, code)
		}
	}
	return append(codes, under(list, l.under, l.level)...)
}

// under lists the areas of a level in a branch.
func under(list *area.List, top area.Code, level area.Level) []area.Code {
	i, ok := list.Index(top)
	if !ok || top == "" {
		return nil
	}
	var codes []area.Code
	first, last := list.Descendants(i)
	for ; first < last; first++ {
		if a := list.At(first); a.Level == level {
			codes = append(codes, a.Code)
		}
	}
	return codes
}

// taskKeys are the tasks that the line makes, in the order of its steps.
func (l *line) taskKeys() []tracker.TaskKey {
	if len(l.Steps) == 0 {
		return []tracker.TaskKey{statute.OnlyStep}
	}
	keys := make([]tracker.TaskKey, len(l.Steps))
	for i, s := range l.Steps {
		keys[i] = s.Key
	}
	return keys
}
