package statute

import (
	"slices"

	"tiendo/pkg/area"
)

// ruleAlone checks what one rule says against itself.
func (r *reader) ruleAlone(where string, rule *Rule, f *ruleForm) {
	checks := []struct {
		wrong         bool
		field, vi, en string
	}{
		{
			rule.Family.Phase != rule.Phase, "family",
			"nhóm thuộc giai đoạn khác", "the family belongs to another phase",
		},
		{len(rule.Where) == 0, "levels", "thiếu cấp", "no level is given"},
		{len(rule.Serves) == 0, "elections", "thiếu cuộc bầu cử được phục vụ", "no election is given"},
		{len(rule.Responsible) == 0, "responsible", "thiếu cơ quan chịu trách nhiệm", "no body is responsible"},
		{len(rule.Sources) == 0, "sources", "thiếu nguồn", "no source is given"},
		{
			rule.Nature == OnOccurrence && rule.Trigger == nil, "trigger",
			"on_occurrence phải có trigger", "on_occurrence needs a trigger",
		},
		{
			rule.Nature != OnOccurrence && rule.Trigger != nil, "trigger",
			"chỉ on_occurrence mới có trigger", "only on_occurrence has a trigger",
		},
		{
			!rule.Nature.HasTasks() && len(rule.Tasks) > 0, "tasks",
			"loại quy tắc này không có việc", "a rule of this nature has no tasks",
		},
		{
			f.OnlyFor != nil && (len(f.OnlyFor) == 0 || slices.Contains(f.OnlyFor, "")), "only_for",
			"phải nêu cuộc bầu cử, hoặc bỏ hẳn trường này", "has to name elections, or be left out",
		},
	}
	for _, c := range checks {
		if c.wrong {
			r.Broken(where+"/"+c.field, "%[1]s", "%[2]s", c.vi, c.en)
		}
	}
	for _, w := range rule.Where {
		r.conditionFits(where+"/levels/"+w.Level.String(), w)
	}
	r.anchorFits(where+"/start", rule, rule.Start)
	r.anchorFits(where+"/end", rule, rule.End)
}

func (r *reader) conditionFits(where string, w Where) {
	lowest := r.book.levels[len(r.book.levels)-1]
	switch {
	case w.Condition == Council && w.Level == area.LevelNation:
		r.Broken(where, "cả nước không có HĐND", "the nation has no People's Council")
	case w.Condition == NoCommune && (w.Level == area.LevelNation || w.Level == lowest):
		r.Broken(where, "cấp này không thể làm thay xã", "this level cannot stand in for communes")
	}
}

// anchorFits checks that the anchor is one that a rule of this kind can have.
func (r *reader) anchorFits(where string, rule *Rule, a *Anchor) {
	switch {
	case a == nil:
	case a.Kind == OnOccurrenceDay && a.Occurrence != rule.Trigger:
		r.Broken(where, "tính từ sự việc khác với trigger", "counts from another occurrence than its trigger")
	case a.Kind == OnDate && len(rule.OnlyFor) == 0:
		r.Broken(where, "ngày cố định phải có only_for: nó chỉ thuộc một cuộc bầu cử",
			"a fixed date needs only_for: it belongs to one election")
	case a.Kind == OnByElectionDay && rule.Occasion != ByElection:
		r.Broken(where, "chỉ quy tắc bầu cử bổ sung mới tính từ ngày bầu cử bổ sung",
			"only by-election rules count from the day of a by-election")
	}
}

// references checks that what a rule comes after, or counts from, is there.
func (r *reader) references() {
	for _, rule := range r.book.rules {
		where := "rules/" + string(rule.Key)
		for _, w := range rule.Where {
			for _, pattern := range rule.After {
				r.target(where+"/after", rule, pattern, w.Level)
			}
			for field, a := range rule.anchors() {
				if a.Kind == OnMilestone {
					r.anchorTarget(where+"/"+field, rule, r.target(where+"/"+field, rule, a.Milestone, w.Level))
				}
				r.laterVotes(where+"/"+field+"/or_last", rule, a, w.Level)
			}
		}
	}
}

// laterVotes checks that what may be voted on later can happen in the place itself.
func (r *reader) laterVotes(where string, rule *Rule, a *Anchor, l area.Level) {
	for _, key := range a.OrLast {
		vote, ok := r.book.byKey[key]
		if !ok {
			r.Broken(where, "không có quy tắc %q", "there is no rule %q", key)
			return
		}
		if _, here := vote.ConditionAt(l); !here || vote.Nature != OnOccurrence {
			r.Broken(where, "%q không phát sinh ở cấp %q", "%q does not occur at level %q", key, l)
		}
		if rule.Nature == OnOccurrence {
			r.Broken(where, "quy tắc tự phát sinh thì không tính từ lần bỏ phiếu sau", "a rule that occurs itself does not count from a later vote")
		}
	}
}

// target finds the rule that a pattern names at a level, and checks that it
// exists there or somewhere above.
func (r *reader) target(where string, rule *Rule, pattern string, l area.Level) *Rule {
	key := at(pattern, l)
	t, ok := r.book.byKey[key]
	if !ok {
		r.Broken(where, "không có quy tắc %q", "there is no rule %q", key)
		return nil
	}
	if t == rule {
		r.Broken(where, "quy tắc chỉ tới chính nó", "the rule names itself")
	}
	if t.Occasion != rule.Occasion {
		r.Broken(where, "%q thuộc loại bầu cử khác", "%q is of another occasion", key)
	}
	if !slices.ContainsFunc(t.Where, func(w Where) bool { return w.Level <= l }) {
		r.Broken(where, "%q chỉ có ở cấp dưới %q", "%q exists only below %q", key, l)
	}
	return t
}

// anchorTarget checks that a milestone can be counted from.
func (r *reader) anchorTarget(where string, rule, t *Rule) {
	switch {
	case t == nil:
	case t.End == nil || t.Nature == OnOccurrence:
		r.Broken(where, "%q không có ngày cuối để tính", "%q has no last day to count from", t.Key)
	case slices.ContainsFunc(t.OnlyFor, func(string) bool { return !sameElections(rule, t) }):
		r.Broken(where, "%q không có trong mọi cuộc bầu cử của quy tắc này",
			"%q is not part of every election of this rule", t.Key)
	}
}

// sameElections says that t belongs to every election that rule belongs to.
func sameElections(rule, t *Rule) bool {
	if len(rule.OnlyFor) == 0 {
		return len(t.OnlyFor) == 0
	}
	return !slices.ContainsFunc(rule.OnlyFor, func(e string) bool { return !t.BelongsTo(e) })
}

// windows refuses a start after its end, where both are counted from the same day.
func (r *reader) windows() {
	for _, rule := range r.book.rules {
		if s, e := rule.Start, rule.End; s != nil && e != nil && startsAfter(s, e) {
			r.Broken("rules/"+string(rule.Key)+"/start", "bắt đầu sau khi kết thúc", "starts after its end")
		}
	}
}

func startsAfter(s, e *Anchor) bool {
	if s.Kind != e.Kind || s.Milestone != e.Milestone || s.Occurrence != e.Occurrence {
		return false
	}
	switch {
	case s.Kind == OnDate && s.Date != e.Date:
		return s.Date.After(e.Date)
	case s.Days != e.Days:
		return s.Days > e.Days
	case s.Hours != e.Hours:
		return s.Hours > e.Hours
	}
	return !e.Clock.IsZero() && s.Clock.Minutes() > e.Clock.Minutes()
}

// anchors yields the anchors that a rule has, by field.
func (r *Rule) anchors() func(yield func(string, *Anchor) bool) {
	return func(yield func(string, *Anchor) bool) {
		if r.Start != nil && !yield("start", r.Start) {
			return
		}
		if r.End != nil {
			yield("end", r.End)
		}
	}
}

// cycles refuses rules that come after themselves, or count from themselves,
// by way of others. The two are looked at apart: minutes that are in on the
// day of a conference, which comes after them, are no circle.
func (r *reader) cycles() {
	if _, stuck := r.book.sort(); stuck != nil {
		r.Broken("rules/"+string(stuck.Key)+"/after", "vòng tròn: quy tắc đi sau chính nó",
			"a circle: the rule comes after itself")
	}
	state := map[*Rule]int{}
	for _, rule := range r.book.rules {
		if r.book.countsInCircle(rule, state) {
			r.Broken("rules/"+string(rule.Key), "vòng tròn: ngày của quy tắc tính từ chính nó",
				"a circle: the rule's date is counted from itself")
		}
	}
}

const (
	visiting = 1
	visited  = 2
)

func (b *Rulebook) countsInCircle(rule *Rule, state map[*Rule]int) bool {
	if state[rule] != 0 {
		return state[rule] == visiting
	}
	state[rule] = visiting
	for _, a := range rule.anchors() {
		for _, w := range rule.Where {
			if a.Kind == OnMilestone && b.countsInCircle(b.byKey[at(a.Milestone, w.Level)], state) {
				return true
			}
		}
	}
	state[rule] = visited
	return false
}
