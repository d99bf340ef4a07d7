package tracker

import (
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/statute"
)

// pair is two milestones that a guard speaks of.
type pair struct {
	guard       *statute.Guard
	first, then MilestoneID
}

// guarding are the rulebook's guards that speak of a milestone, and the rule it
// is of; none of an occurrence and of a line of a plan.
func guarding(f *Frame, id MilestoneID) (*statute.Rule, []*statute.Guard) {
	rule, err := f.Rulebook.Rule(statute.RuleKey(id.Key))
	if err != nil || id.Occurrence != 0 {
		return nil, nil
	}
	return rule, f.Rulebook.GuardsOf(rule.Family)
}

// pairs lists what the guards hold the milestone together with: in its own
// area, and above or below it.
func pairs(f *Frame, id MilestoneID) (all []pair) {
	rule, guards := guarding(f, id)
	at, ok := f.List.Index(id.Area)
	if !ok {
		return nil
	}
	for _, g := range guards {
		if !g.Relation.Pairs() {
			continue
		}
		if g.Then == rule.Family {
			for _, first := range f.placed(at, g.First, rule, g.Where) {
				all = append(all, pair{g, first, id})
			}
		}
		if g.First == rule.Family {
			for _, then := range f.placed(at, g.Then, rule, across(g.Where)) {
				all = append(all, pair{g, id, then})
			}
		}
	}
	return all
}

// across is the side as it is seen from the other one.
func across(s statute.Side) statute.Side {
	switch s {
	case statute.Above:
		return statute.Below
	case statute.Below:
		return statute.Above
	}
	return s
}

// placed finds the milestones of a family on one side of the area at an index,
// where own is the rule that stands there.
func (f *Frame) placed(at int, family *statute.Family, own *statute.Rule, side statute.Side) (all []MilestoneID) {
	member := func(i int) bool {
		place := f.Place(i, nil)
		rule := f.Rulebook.Member(family, place.Level)
		if rule == nil || !rule.AppliesTo(place) {
			return false
		}
		all = append(all, MilestoneID{Area: place.Code, Key: MilestoneKey(rule.Key)})
		return true
	}
	switch side {
	case statute.Same:
		member(at)
	case statute.Above:
		for i := f.List.Parent(at); i >= 0 && !member(i); i = f.List.Parent(i) {
		}
	case statute.Below:
		_, last := f.List.Descendants(at)
		for i := at + 1; i < last; i++ {
			if f.List.Parent(i) == at || !f.hasBetween(i, at, own.Family) {
				member(i)
			}
		}
	}
	return all
}

// hasBetween says that an area between the one at i and the one at top has a
// milestone of a family itself, and is so the nearer one.
func (f *Frame) hasBetween(i, top int, family *statute.Family) bool {
	for i = f.List.Parent(i); i != top && i >= 0; i = f.List.Parent(i) {
		place := f.Place(i, nil)
		if rule := f.Rulebook.Member(family, place.Level); rule != nil && rule.AppliesTo(place) {
			return true
		}
	}
	return false
}

// partners are the milestones that have to be seen to hold a report to the
// guards.
func partners(f *Frame, id MilestoneID) (all []MilestoneID) {
	for _, p := range pairs(f, id) {
		if p.first == id {
			all = append(all, p.then)
		} else {
			all = append(all, p.first)
		}
	}
	return all
}

// latestDay is the last day that something can have been done on.
func (p *Progress) latestDay() civil.Date { return civil.Later(p.DoneOn, p.DoneBy) }

// ordered holds the day that a milestone was done on to the guards, both ways:
// to what came before it, and to what comes after. It speaks of known days only:
// of the one that comes first, the day it was done; of the other, the last day it
// can have been. What has not changed is not asked about again.
func (a *Act) ordered(was, next *Milestone) ([]Warning, error) {
	if next.Work != Done || was.Progress == next.Progress {
		return nil, nil
	}
	var doubts doubts
	_, guards := guarding(a.Frame, next.ID)
	for _, g := range guards {
		doubts.hear(g, a.alone(g, next))
	}
	for _, p := range pairs(a.Frame, next.ID) {
		first, then := a.records[p.first], a.records[p.then]
		if first == nil || then == nil {
			continue
		}
		day, last := first.Milestone.DoneOn, then.Milestone.latestDay()
		if day.IsZero() || last.IsZero() || last.After(day) || (last == day && p.guard.Relation == statute.NotBeforeFirst) {
			continue
		}
		doubts.hear(p.guard, &fault.Text{
			Vi: "“" + a.called(p.then).Vi + "” xong ngày " + last.Vietnamese() + ", còn “" + a.called(p.first).Vi + "” xong ngày " + day.Vietnamese(),
			En: "“" + a.called(p.then).En + "” was done on " + last.Vietnamese() + ", and “" + a.called(p.first).En + "” on " + day.Vietnamese(),
		})
	}
	return doubts.warnings, doubts.refused
}

// alone says what is wrong with the day of one milestone by itself; nil: nothing.
func (a *Act) alone(g *statute.Guard, m *Milestone) *fault.Text {
	day, from := m.latestDay(), civil.Date{}
	switch g.Relation {
	case statute.FromFirstDay:
		from = m.NotBefore.Day
	case statute.FromElectionDay:
		from = a.Frame.Election.Day
	}
	if from.IsZero() || day.IsZero() || !day.Before(from) {
		return nil
	}
	text := fault.Textf("Ngày hoàn thành %s sớm hơn ngày %s", "The day done, %s, is before %s", day.Vietnamese(), from.Vietnamese())
	return &text
}

// documented holds the day a task was done on to the day of the document that
// shows it: where the thing is done by a document, it cannot have been done
// before; else the document may have been written afterwards, and that is said.
func (a *Act) documented(m *Milestone, was, next *Task) ([]Warning, error) {
	day := civil.Later(next.DoneOn, next.DoneBy)
	if next.Own || day.IsZero() || next.Evidence.On.IsZero() || !day.Before(next.Evidence.On) {
		return nil, nil
	}
	if was.Evidence.On == next.Evidence.On && civil.Later(was.DoneOn, was.DoneBy) == day {
		return nil, nil
	}
	text := fault.Textf("Ngày hoàn thành %s sớm hơn ngày văn bản %s", "The day done, %s, is before the document's day %s",
		day.Vietnamese(), next.Evidence.On.Vietnamese())
	var doubts doubts
	_, guards := guarding(a.Frame, m.ID)
	for _, g := range guards {
		if g.Relation == statute.ByDocument {
			doubts.hear(g, &text)
			return doubts.warnings, doubts.refused
		}
	}
	return []Warning{{Code: "document-after-done", Text: text}}, nil
}

// called is what a milestone of the law is called, and where it is.
func (a *Act) called(id MilestoneID) fault.Text {
	rule, err := a.Frame.Rulebook.Rule(statute.RuleKey(id.Key))
	place, unknown := a.Frame.List.Get(id.Area)
	if err != nil || unknown != nil {
		return fault.Text{Vi: id.Name(), En: id.Name()}
	}
	return fault.Text{Vi: rule.Title.Vi + " – " + place.Name, En: rule.Title.En + " – " + place.NameEn}
}

// doubts are what guards say of a report: the first refusal, and all warnings.
type doubts struct {
	warnings []Warning
	refused  error
}

// hear takes what speaks against a guard; nil: nothing does.
func (d *doubts) hear(g *statute.Guard, text *fault.Text) {
	if text == nil {
		return
	}
	whole := fault.Textf("%s. %s (%s)", "%s. %s (%s)", *text, g.Title, g.Basis.Text())
	if g.Force == statute.Warns {
		d.warnings = append(d.warnings, Warning{Code: "order-unusual", Text: whole})
		return
	}
	if d.refused != nil {
		return
	}
	if g.Relation == statute.ByDocument {
		d.refused = fault.New(fault.Invalid, "done-before-document",
			"%[1]s; xem lại hai ngày rồi báo cáo lại", "%[2]s; look at both days again, then report anew", whole.Vi, whole.En).At("/evidence/issued_on")
		return
	}
	d.refused = fault.New(fault.Invalid, "order-impossible",
		"%[1]s; xem lại các ngày rồi báo cáo lại", "%[2]s; look at the days again, then report anew", whole.Vi, whole.En).At("/done_on")
}
