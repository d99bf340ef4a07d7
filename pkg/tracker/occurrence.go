package tracker

import (
	"context"
	"slices"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/statute"
)

// OccurrenceCommand brings a milestone into being that exists only when
// something happens: a re-vote, an extra vote.
type OccurrenceCommand struct {
	Area area.Code
	Rule statute.RuleKey
	// Scope is the part of the area that it is about; none: the whole.
	Scope string
	// Occurred is the day the trigger happened; none when it is not known.
	Occurred civil.Date
	// Day on which is voted again, once that is decided; only of a later vote.
	Day      civil.Date
	Document DocumentChoice
	// Happened is the day the entry is about; none: the day it occurred, else today.
	Happened civil.Date
	Note     string
	// DryRun: say what it comes to and write nothing.
	DryRun bool
}

// Occurred is what came of an occurrence.
type Occurred struct {
	Milestone MilestoneID // also of a rehearsal: the number it would have
	Effect    Effect
}

// Occur enters an occurrence in an area, with the document that says so.
func (s *Service) Occur(ctx context.Context, e ElectionID, actor Actor, c OccurrenceCommand) (Occurred, error) {
	var out Occurred
	effect, err := s.perform(ctx, c.DryRun, e, actor,
		func(f *Frame) Needs { return OccurrenceNeeds(f, c) },
		func(a *Act) (err error) {
			if err := a.occurable(c); err != nil {
				return err
			}
			out.Milestone, err = a.Occur(c)
			return err
		})
	out.Effect = effect
	return out, err
}

// OccurrenceNeeds is what has to be seen to enter an occurrence: the whole area,
// so that occurrences are counted right, and those above, whose milestones its
// dates may be counted from.
func OccurrenceNeeds(f *Frame, c OccurrenceCommand) Needs {
	n := Needs{Areas: []area.Code{c.Area}, Documents: c.Document.keys(c.Area)}
	if i, ok := f.List.Index(c.Area); ok {
		for _, up := range f.List.Ancestors(i) {
			n.Areas = append(n.Areas, f.List.At(up).Code)
		}
	}
	return n
}

// Occur creates the next occurrence of a rule in an area; what is counted from
// the last vote there follows. The act has to need the whole area, or two at
// once would count the same number.
func (a *Act) Occur(c OccurrenceCommand) (MilestoneID, error) {
	i, chain, err := a.chain(c.Area)
	if err != nil {
		return MilestoneID{}, err
	}
	rule, err := a.Frame.Rulebook.Rule(c.Rule)
	if err != nil {
		return MilestoneID{}, err
	}
	if rule.Trigger == nil || !rule.AppliesTo(chain[0]) {
		return MilestoneID{}, doesNotOccur(c.Rule, a.Frame.List.At(i).Name)
	}
	occurred := map[string]civil.Date{rule.Trigger.Key: c.Occurred}
	d, err := a.Frame.Rulebook.Deadline(c.Rule, a.Frame.Law(), chain, a.doneDay, occurred)
	if err != nil {
		return MilestoneID{}, err
	}
	id := MilestoneID{Area: c.Area, Key: MilestoneKey(c.Rule), Occurrence: 1}
	for a.records[id] != nil {
		id.Occurrence++
	}
	r := newRecord(a.Frame, c.Area, id.Occurrence, d)
	r.Milestone.Scope, r.Milestone.Planned = c.Scope, c.Day
	if err := a.voteDay(&r.Milestone, c); err != nil {
		return MilestoneID{}, err
	}
	document, err := a.document(c.Area, c.Document, string(c.Rule))
	if err != nil {
		return MilestoneID{}, err
	}
	happened := c.Happened
	if happened.IsZero() {
		happened = c.Occurred
	}
	if err := a.emit(Change{
		Kind: MilestoneOccurred, Milestone: id, Subject: document, Happened: happened, Reason: c.Note,
		After: State{Milestone: milestoneState(&r.Milestone), Tasks: taskStates(r.Tasks)},
	}); err != nil {
		return MilestoneID{}, err
	}
	return id, a.follow(id)
}

func doesNotOccur(key statute.RuleKey, where string) error {
	return fault.New(fault.Invalid, "rule-does-not-occur",
		"Quy định %q không phát sinh ở %s", "Rule %q does not occur in %s", trim(string(key)), where).At("/rule")
}

// voteDay holds the day that was decided for a later vote to the law's span.
func (a *Act) voteDay(m *Milestone, c OccurrenceCommand) error {
	why := a.authority(m)
	switch {
	case c.Day.IsZero():
		return nil
	case !a.Frame.Rulebook.IsLaterVote(c.Rule):
		return fault.New(fault.Invalid, "no-vote-to-hold",
			"Việc phát sinh này không phải một lần bỏ phiếu nên không có ngày bỏ phiếu; bỏ day",
			"This occurrence is no vote, so no day is voted on; leave day out").At("/day")
	case !m.NotBefore.IsZero() && c.Day.Before(m.NotBefore.Day):
		return fault.New(fault.Invalid, "planned-too-early",
			"Ngày kế hoạch %s sớm hơn ngày được bắt đầu %s (%s); chọn từ ngày đó trở đi",
			"The planned day %s is before the first day %s (%s); choose that day or a later one",
			c.Day.Vietnamese(), m.NotBefore.Day.Vietnamese(), why).At("/day")
	case !m.Latest.IsZero() && c.Day.After(m.Latest.Day):
		return fault.New(fault.Invalid, "planned-too-late",
			"Ngày kế hoạch %s muộn hơn thời hạn %s (%s); chọn ngày đó hoặc sớm hơn",
			"The planned day %s is after the limit %s (%s); choose that day or an earlier one",
			c.Day.Vietnamese(), m.Latest.Day.Vietnamese(), why).At("/day")
	}
	return nil
}

// occurable is what a person is held to besides: the day it occurred has come,
// nobody votes again before the first vote, and there is a document or a word.
func (a *Act) occurable(c OccurrenceCommand) error {
	i, chain, err := a.chain(c.Area)
	if err != nil {
		return err
	}
	if _, err := a.Frame.Rulebook.Rule(c.Rule); err != nil {
		return doesNotOccur(c.Rule, a.Frame.List.At(i).Name)
	}
	var wrong faults
	wrong.text("/scope", c.Scope, maxNumber)
	wrong.text("/note", c.Note, maxReason)
	switch {
	case c.Occurred.IsZero():
		wrong.add("/occurred_on", "occurrence-day-missing",
			"Cần ngày xảy ra: từ ngày đó thời hạn được tính", "The day it occurred is needed: limits are counted from it")
	case c.Occurred.After(a.Today):
		wrong.add("/occurred_on", "happened-in-the-future",
			"Ngày %s chưa đến (hôm nay là %s)", "The day %s is in the future; today is %s", c.Occurred.Vietnamese(), a.Today.Vietnamese())
	case a.Frame.Rulebook.IsLaterVote(c.Rule):
		if first := chain[0].VotingIn(a.Frame.Law()).Day; c.Occurred.Before(first) {
			wrong.add("/occurred_on", "vote-again-before-the-vote",
				"Ngày %s sớm hơn ngày bỏ phiếu %s ở đây; chưa bỏ phiếu thì chưa thể quyết định bầu cử thêm hay bầu cử lại",
				"%s is before the vote here on %s; no vote can be repeated before it was held", c.Occurred.Vietnamese(), first.Vietnamese())
		}
	}
	if err := wrong.err(); err != nil {
		return err
	}
	_, err = a.documentDay(c.Document)
	return err
}

// occurred tells again on which day an occurrence happened.
func (a *Act) occurred(m *Milestone) map[string]civil.Date {
	rule, err := a.Frame.Rulebook.Rule(m.Rule())
	if err != nil || rule.Trigger == nil {
		return nil
	}
	return map[string]civil.Date{rule.Trigger.Key: m.occurredOn(a.Frame.Rulebook)}
}

// occurredOn is the day on which something happened that brought an occurrence
// into being, as far as its dates still tell: one of them was counted from it,
// by the rulebook that they were computed by.
func (m *Milestone) occurredOn(book *statute.Rulebook) civil.Date {
	rule, err := book.Rule(m.Rule())
	switch {
	case err != nil:
	case rule.End != nil && rule.End.Kind == statute.OnOccurrenceDay && !m.LatestFrom.IsZero():
		return m.LatestFrom
	case rule.Start != nil && rule.Start.Kind == statute.OnOccurrenceDay:
		return m.NotBeforeFrom
	}
	return civil.Date{}
}

// lastVote is the day of the last vote of an area under a rule that occurs.
func (a *Act) lastVote(code area.Code, key statute.RuleKey) civil.Date {
	var last civil.Date
	for n := 1; ; n++ {
		r := a.records[MilestoneID{Area: code, Key: MilestoneKey(key), Occurrence: n}]
		if r == nil {
			return last
		}
		last = civil.Later(last, r.Milestone.heldOn())
	}
}

// heldOn is the day of a later vote: the day it was held, until then the day
// decided for it, else its limit; none of one that was called off.
func (m *Milestone) heldOn() civil.Date {
	switch {
	case m.Work == Done:
		return civil.Later(m.DoneOn, m.DoneBy)
	case !m.Work.Open():
		return civil.Date{}
	case !m.Planned.IsZero():
		return m.Planned
	}
	return m.Latest.Day
}

// Occurring lists the rules that can occur in the area at index i.
func (f *Frame) Occurring(i int) []*statute.Rule {
	place := f.Place(i, nil)
	return slices.DeleteFunc(slices.Clone(f.Rulebook.Rules()), func(r *statute.Rule) bool {
		return r.Trigger == nil || r.Occasion != statute.General || !r.AppliesTo(place)
	})
}
