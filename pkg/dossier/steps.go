package dossier

import (
	"fmt"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/statute"
	"tiendo/pkg/tracker"
)

// teller enters things into an act.
type teller struct {
	*stage
	act      *tracker.Act
	warnings []tracker.Warning
}

// reaching needs a milestone and what hangs on it.
func reaching(id tracker.MilestoneID) func(*tracker.Frame) tracker.Needs {
	return func(f *tracker.Frame) tracker.Needs { return tracker.Reach(f, id) }
}

// bodySteps: all bodies are entered; that one was set up by a document is said
// only once that document is there.
func (d *Dossier) bodySteps(s *stage) []step {
	var all []step
	for _, b := range d.bodies {
		x := step{rank: rankBody, do: func(t *teller) error {
			b.SetUpBy = t.document(b.SetUpBy)
			return t.act.AddBody(b)
		}}
		if !s.bodies[b.Key] {
			x.when = elsewhere
		}
		all = append(all, x)
	}
	return all
}

func (d *Dossier) documentSteps(s *stage) []step {
	var all []step
	for _, x := range d.documents {
		day := d.documentDay[x.Key]
		all = append(all, step{rank: rankDocument, day: day, when: s.when(x.Area, day), do: func(t *teller) error {
			if !t.bodies[x.Issuer] {
				x.Issuer = ""
			}
			return t.act.AddDocument(x)
		}})
	}
	return all
}

// planSteps: a plan is entered whole on its first day; what is told of its
// lines comes on the days that this is about.
func (d *Dossier) planSteps(s *stage) []step {
	var all []step
	for i := range d.plans {
		p := &d.plans[i]
		all = append(all, step{rank: rankPlan, day: p.day, when: s.when(p.Area, p.day), do: func(t *teller) error {
			return t.act.AddPlan(p.over(t.stage), p.day)
		}})
		for k := range p.lines {
			all = append(all, p.lines[k].deeds(s)...)
		}
	}
	return all
}

// over is the plan over the list in use, naming only what is entered.
func (p *plan) over(s *stage) tracker.Plan {
	plan := p.Plan
	plan.Documents = nil
	for _, key := range p.Documents {
		if s.documents[key] {
			plan.Documents = append(plan.Documents, key)
		}
	}
	for i := range p.lines {
		l := &p.lines[i]
		line := l.PlanLine
		line.Areas, line.Document, line.Bodies = l.in(s.list), s.document(l.Document), s.bodiesHere(l.Bodies)
		line.Steps = nil
		for _, x := range l.Steps {
			x.Bodies = s.bodiesHere(x.Bodies)
			line.Steps = append(line.Steps, x)
		}
		if len(line.Areas) > 0 {
			plan.Lines = append(plan.Lines, line)
		}
	}
	return plan
}

// deeds are what is told of the line's tasks, one step for each area.
func (l *line) deeds(s *stage) []step {
	var last civil.Date
	for _, d := range l.steps {
		last = civil.Later(last, d.day())
	}
	if last.IsZero() {
		return nil
	}
	codes := l.Areas
	if len(codes) == 0 {
		codes = l.in(s.list)
	}
	var all []step
	for _, code := range codes {
		all = append(all, step{rank: rankFact, day: last, when: s.when(code, last), do: func(t *teller) error {
			return t.line(l, code)
		}})
	}
	return all
}

// line reports on the tasks that a line made in an area.
func (t *teller) line(l *line, code area.Code) error {
	document := l.Document
	if len(l.Steps) > 0 {
		// Which of several tasks the document belongs to is not said; it stays
		// with the line.
		document = ""
	}
	id := tracker.MilestoneID{Area: code, Key: l.Key}
	for i, key := range l.taskKeys() {
		if d := l.steps[i]; d.work != tracker.NotStarted {
			if err := t.report(id, key, told{deed: d, document: document, source: l.Source, note: l.Note}); err != nil {
				return err
			}
		}
	}
	return nil
}

// taskSteps: a task that an article tells of is there from the day of the
// article; that it was done later is a thing of its own.
func (d *Dossier) taskSteps(s *stage) []step {
	var all []step
	for i := range d.ruleTasks {
		r := &d.ruleTasks[i]
		known, done := r.known(), r.day()
		all = append(all, step{
			rank: rankTask, day: known, when: s.when(r.id.Area, known), needs: reaching(r.id),
			do: func(t *teller) error { return t.task(r) },
		})
		if done.After(known) {
			all = append(all, step{
				rank: rankFact, day: done, when: s.when(r.id.Area, done), needs: reaching(r.id),
				do: func(t *teller) error { return t.report(r.id, r.task.Key, told{deed: r.deed}) },
			})
		}
	}
	return all
}

func (t *teller) task(r *ruleTask) error {
	task := r.task
	task.Bodies, task.Document = t.bodiesHere(task.Bodies), t.document(task.Document)
	if !r.day().After(r.known()) {
		task.Status, task.DoneOn, task.DoneBy = r.work, r.on, r.by
	}
	return t.act.AddTask(r.id, task, r.known())
}

func (d *Dossier) factSteps(s *stage) []step {
	var all []step
	for i := range d.facts {
		f := &d.facts[i]
		x := step{rank: rankFact, day: f.day(), when: s.when(f.id.Area, f.day()), do: func(t *teller) error { return t.fact(f) }}
		switch {
		case f.id.Occurrence > 0:
			x.needs = func(*tracker.Frame) tracker.Needs { return tracker.Needs{Areas: []area.Code{f.id.Area}} }
		case !f.local: // lines of local plans are made by the act itself
			x.needs = reaching(f.id)
		}
		all = append(all, x)
	}
	return all
}

// fact reports on all tasks of a milestone that the law, or the line of a
// plan, has; what an article tells beside them stays as it is.
func (t *teller) fact(f *fact) error {
	if f.id.Occurrence > 0 {
		if err := t.occur(f); err != nil {
			return err
		}
	}
	r, err := t.act.Record(f.id)
	if err != nil {
		return err
	}
	for _, task := range r.Tasks {
		if task.Own {
			continue
		}
		if err := t.report(f.id, task.Key, told{deed: f.deed, document: f.document, source: f.source, note: f.note}); err != nil {
			return err
		}
	}
	return nil
}

func (t *teller) occur(f *fact) error {
	id, err := t.act.Occur(tracker.OccurrenceCommand{
		Area: f.id.Area, Rule: statute.RuleKey(f.id.Key), Scope: f.scope, Happened: f.day(), Note: f.note,
	})
	if err == nil && id != f.id {
		return fault.New(fault.Conflict, "occurrence-taken",
			"Lần %d của %q ở %s đã có; hồ sơ không thể ghi đè.",
			"Occurrence %d of %q in %s is there already; the record cannot overwrite it.", f.id.Occurrence, f.id.Key, f.id.Area)
	}
	return err
}

// told is what is told of one task.
type told struct {
	deed
	document, source, note string
}

// report brings a task to the state that is told of it, on the day it is about.
func (t *teller) report(id tracker.MilestoneID, key tracker.TaskKey, x told) error {
	r, err := t.act.Record(id)
	if err != nil {
		return err
	}
	task, err := r.Task(key)
	if err != nil {
		return err
	}
	c := tracker.TaskCommand{ID: id, Task: key, If: task.Revision, Status: tracker.To(x.work), Happened: x.day()}
	if !x.on.IsZero() {
		c.DoneOn = tracker.To(x.on)
	}
	if !x.by.IsZero() {
		c.DoneBy = tracker.To(x.by)
	}
	for _, s := range []struct {
		text string
		into *tracker.Set[string]
	}{{t.document(x.document), &c.Document}, {x.source, &c.Source}, {x.note, &c.Note}} {
		if s.text != "" {
			*s.into = tracker.To(s.text)
		}
	}
	warnings, err := t.act.UpdateTask(c)
	t.warnings = append(t.warnings, warnings...)
	if err != nil {
		return fmt.Errorf("dossier: %s in %s: %w", id.Name(), id.Area, err)
	}
	return nil
}

func (d *Dossier) statementSteps(s *stage) []step {
	var all []step
	for _, x := range d.statements {
		all = append(all, step{rank: rankStatement, day: x.DoneBy, when: s.when(x.Area, x.DoneBy), do: func(t *teller) error {
			x.Document = t.document(x.Document)
			return t.act.AddStatement(x)
		}})
	}
	return all
}

// votingDaySteps: a voting day is known from the document that decided it, else
// from the day itself.
func (d *Dossier) votingDaySteps(s *stage) []step {
	var all []step
	for _, v := range d.votingDays {
		day := v.Day
		if v.Document != "" {
			day = d.documentDay[v.Document]
		}
		all = append(all, step{
			rank: rankVotingDay, day: day, when: s.when(v.Area, day), needs: around(v.Area),
			do: func(t *teller) error {
				v.Document = t.document(v.Document)
				return t.act.SetVotingDay(v, day)
			},
		})
	}
	return all
}

// around needs the whole branch of an area, and the areas above, whose
// milestones dates in the branch may hang on.
func around(code area.Code) func(*tracker.Frame) tracker.Needs {
	return func(f *tracker.Frame) tracker.Needs {
		i, _ := f.List.Index(code)
		var n tracker.Needs
		for _, up := range f.List.Ancestors(i) {
			n.Areas = append(n.Areas, f.List.At(up).Code)
		}
		_, last := f.List.Descendants(i)
		for ; i < last; i++ {
			n.Areas = append(n.Areas, f.List.At(i).Code)
		}
		return n
	}
}

// targetSteps: by which day a target was set is not known, so it is told on the
// day that it was set for.
func (d *Dossier) targetSteps(s *stage) []step {
	var all []step
	for _, x := range d.targets {
		all = append(all, step{
			rank: rankTarget, day: x.planned, when: s.when(x.area, x.planned),
			needs: func(f *tracker.Frame) tracker.Needs { return tracker.Needs{Milestones: x.milestones(f)} },
			do:    func(t *teller) error { return t.target(x) },
		})
	}
	return all
}

// milestones are those of the target's rule in its branch.
func (x *target) milestones(f *tracker.Frame) []tracker.MilestoneID {
	rule, err := f.Rulebook.Rule(x.rule)
	top, ok := f.List.Index(x.area)
	if err != nil || !ok {
		return nil
	}
	var all []tracker.MilestoneID
	_, last := f.List.Descendants(top)
	for i := top; i < last; i++ {
		if p := f.Place(i, nil); rule.AppliesTo(p) {
			all = append(all, tracker.MilestoneID{Area: p.Code, Key: tracker.MilestoneKey(rule.Key)})
		}
	}
	return all
}

// target plans every milestone of the branch on which something is left to do.
func (t *teller) target(x target) error {
	for _, id := range x.milestones(t.act.Frame) {
		r, err := t.act.Record(id)
		if err != nil {
			return err
		}
		if !r.Milestone.Work.Open() {
			continue
		}
		if err := t.act.Plan(tracker.PlanCommand{
			ID: id, If: r.Milestone.Revision, Planned: x.planned, Happened: x.planned, Reason: x.reason,
		}); err != nil {
			return fmt.Errorf("dossier: target %s in %s: %w", id.Name(), id.Area, err)
		}
	}
	return nil
}
