package dossier

import (
	"fmt"
	"slices"
	"strings"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/statute"
	"tiendo/pkg/tracker"
)

// doubtful is a confidence of voting days only: shown and not used.
const doubtful = "doubtful"

func (r *reader) record(f *recordForm) {
	if f.NoCouncil != nil {
		r.readCouncils(f.NoCouncil)
	}
	each(r, "plans", f.Plans, r.readPlan)
	each(r, "rule_tasks", f.RuleTasks, r.readRuleTask)
	each(r, "facts", f.Facts, r.readFact)
	each(r, "local_facts", f.LocalFacts, r.readLocalFact)
	each(r, "statements", f.Statements, r.readStatement)
	each(r, "not_dated", f.NotDated, r.readNotDated)
	each(r, "targets", f.Targets, r.readTarget)
	each(r, "voting_days", f.VotingDays, r.readVotingDay)
	early := r.vietnamese("", "voting_days_not_entered", f.VotingDaysNotEntered, f.NotEnteredVi)
	if early != "" {
		// Early voting of parts of areas moves nothing, and is told nevertheless.
		r.rule("voting_days_not_entered", "voting_day")
		r.d.statements = append(r.d.statements, tracker.Statement{
			Key: "voting_days_not_entered", Area: area.Nation, Rules: []string{"voting_day"}, Note: early,
		})
	}
}

func (r *reader) readRuleTask(where string, f *ruleTaskForm) {
	rule := r.ruleIn(where, f.Rule, f.Area)
	r.once(where, "task "+f.Rule+" "+string(f.Area), f.Key)
	if r.Err() != nil {
		return
	}
	if slices.ContainsFunc(rule.Steps(), func(s statute.TaskStep) bool { return s.Key == f.Key }) {
		r.Broken(where, "khóa trùng với một bước của luật", "the key is that of a step of the law")
	}
	t := ruleTask{
		id:   tracker.MilestoneID{Area: f.Area, Key: tracker.MilestoneKey(f.Rule)},
		deed: r.deed(where, f.deedForm, f.Source), reported: r.d.written[f.Source],
	}
	t.task = tracker.Task{
		Key: tracker.TaskKey(f.Key), Title: r.title(where, f.TitleVi, f.TitleEn), Bodies: r.bodies(where, f.Bodies),
		Source: r.source(where, f.Source), Note: r.note(where, f.noteForm),
	}
	if t.known().IsZero() {
		r.Broken(where+"/source", "nguồn %q không có ngày viết (written)", "the source %q has no day on which it was written", f.Source)
	}
	t.task.Document = r.document(where, f.Document, t.known())
	r.d.ruleTasks = append(r.d.ruleTasks, t)
}

// known is the day from which the task is known to exist: that of the article,
// or an earlier one on which it was done.
func (t *ruleTask) known() civil.Date {
	if done := t.day(); t.reported.IsZero() || (!done.IsZero() && done.Before(t.reported)) {
		return done
	}
	return t.reported
}

func (r *reader) readFact(where string, f *factForm) {
	rule := r.ruleIn(where, f.Rule, f.Area)
	r.single(where, fmt.Sprintf("fact %s %s %d", f.Rule, f.Area, f.Occurrence))
	if r.Err() == nil && (rule.Nature == statute.OnOccurrence) != (f.Occurrence > 0) {
		r.Broken(where+"/occurrence", "chỉ on_occurrence mới có số lần, từ 1", "only on_occurrence has a number, from 1")
	}
	if f.Scope != "" && f.Occurrence == 0 {
		r.Broken(where+"/scope", "chỉ có cùng với occurrence", "goes with an occurrence only")
	}
	done := r.deed(where, deedForm{State: "done", DoneOn: f.DoneOn, DoneBy: f.DoneBy}, f.Source)
	r.d.facts = append(r.d.facts, fact{
		id:   tracker.MilestoneID{Area: f.Area, Key: tracker.MilestoneKey(f.Rule), Occurrence: f.Occurrence},
		deed: done, scope: r.vietnamese(where, "scope", f.Scope, f.ScopeVi), document: r.document(where, f.Document, done.day()),
		source: r.source(where, f.Source), note: r.doubts(where, f.noteForm, f.Confidence),
	})
}

// sureness is how officers read a confidence that is not high.
var sureness = map[statute.Confidence]string{statute.Medium: "trung bình", statute.Low: "thấp"}

// doubts adds to a note how sure the record is, where it is not quite sure.
func (r *reader) doubts(where string, f noteForm, confidence string) string {
	note := r.note(where, f)
	c, err := statute.ParseConfidence(confidence)
	r.Because(where+"/confidence", err)
	if c == statute.High {
		return note
	}
	return strings.TrimSpace(note + " Mức tin cậy: " + sureness[c] + ".")
}

func (r *reader) readLocalFact(where string, f *localFactForm) {
	l := r.lines[tracker.MilestoneKey(f.Milestone)]
	r.area(where, f.Area)
	r.single(where, "fact "+f.Milestone+" "+string(f.Area))
	done := r.deed(where, f.deedForm, f.Source)
	switch {
	case r.Err() != nil:
		return
	case l == nil:
		r.Broken(where+"/milestone", "không có dòng kế hoạch %q", "there is no line of a plan %q", f.Milestone)
	case !slices.Contains(l.in(r.list), f.Area):
		r.Broken(where+"/area", "dòng kế hoạch %q không áp dụng ở %s", "the line %q does not apply in %s", f.Milestone, f.Area)
	case done.day().IsZero() || !l.hasTasks():
		r.Broken(where+"/state", "phải là việc đã xong hoặc đang làm", "has to be work that is done or in progress")
	}
	r.d.facts = append(r.d.facts, fact{
		id: tracker.MilestoneID{Area: f.Area, Key: tracker.MilestoneKey(f.Milestone)}, local: true,
		deed: done, document: r.document(where, f.Document, done.day()), source: r.source(where, f.Source), note: r.note(where, f.noteForm),
	})
}

func (r *reader) readStatement(where string, f *statementForm) {
	for _, key := range f.Rules {
		r.rule(where+"/rules", key)
	}
	if len(f.Rules) == 0 || f.DoneBy.IsZero() {
		r.Broken(where, "thiếu quy tắc hoặc ngày; điều không có ngày ghi ở not_dated", "has no rules or no day; what has no day stands in not_dated")
	}
	n := 1 + len(r.d.statements)
	r.d.statements = append(r.d.statements, tracker.Statement{
		Key: fmt.Sprintf("statement_%d", n), Area: r.area(where, f.Area), Rules: f.Rules, DoneBy: f.DoneBy,
		Document: r.document(where, f.Document, f.DoneBy), Source: r.source(where, f.Source), Note: r.note(where, f.noteForm),
	})
}

func (r *reader) readNotDated(where string, f *notDatedForm) {
	r.rule(where, f.Rule)
	n := 1
	for _, s := range r.d.statements {
		if s.DoneBy.IsZero() {
			n++
		}
	}
	r.d.statements = append(r.d.statements, tracker.Statement{
		Key: fmt.Sprintf("not_dated_%d", n), Area: r.area(where, f.Area), Rules: []string{f.Rule},
		Source: r.source(where, f.Source), Note: r.note(where, f.noteForm),
	})
}

func (r *reader) readTarget(where string, f *targetForm) {
	r.rule(where, f.Rule)
	if f.PlannedOn.IsZero() || !f.Branch {
		r.Broken(where, "thiếu ngày, hoặc không đặt cho cả nhánh", "has no day, or is not set for the branch")
	}
	why := r.doubts(where, f.noteForm, f.Confidence)
	if f.Source != "" {
		why = strings.TrimSpace(why + " Nguồn: " + r.source(where, f.Source) + ".")
	}
	r.d.targets = append(r.d.targets, target{
		area: r.area(where, f.Area), rule: statute.RuleKey(f.Rule), planned: f.PlannedOn, reason: why,
	})
}

func (r *reader) readVotingDay(where string, f *votingDayForm) {
	r.single(where, "voting day "+string(f.Area))
	if f.VotingDay.IsZero() {
		r.Broken(where+"/voting_day", "thiếu ngày", "the day is missing")
	}
	if f.Confidence != doubtful {
		_, err := statute.ParseConfidence(f.Confidence)
		r.Because(where+"/confidence", err)
	}
	r.d.votingDays = append(r.d.votingDays, tracker.VotingDay{
		Area: r.area(where, f.Area), Day: f.VotingDay, Opens: f.Opens, InForce: f.Confidence != doubtful,
		Document: r.document(where, f.Document, f.VotingDay), Confidence: f.Confidence,
		Source: r.source(where, f.Source), Note: r.note(where, f.noteForm),
	})
}
