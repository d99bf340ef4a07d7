package api

import (
	"context"

	"github.com/oapi-codegen/nullable"

	"tiendo/pkg/statute"
)

// ListRules implements GET /elections/{election}/rules.
func (s *Server) ListRules(_ context.Context, r ListRulesRequestObject) (ListRulesResponseObject, error) {
	v, err := s.view(r.Election)
	if err != nil {
		return nil, err
	}
	book := v.Frame().Rulebook
	list := RuleList{
		Rulebook: rulebook(v),
		Phases:   each(book.Phases(), func(p *statute.Phase) Heading { return Heading{Key: p.Key, Title: both(p.Title)} }),
		Families: each(book.Families(), func(f *statute.Family) Heading {
			return Heading{Key: f.Key, Title: both(f.Title), Phase: &f.Phase.Key}
		}),
		Items: each(book.Rules(), ruleOf),
	}
	return answer{tag: weak("rules", book.Digest()), keep: keepFor(3600), known: r.Params.IfNoneMatch, contents: list}, nil
}

// GetRule implements GET /elections/{election}/rules/{rule}.
func (s *Server) GetRule(_ context.Context, r GetRuleRequestObject) (GetRuleResponseObject, error) {
	v, err := s.view(r.Election)
	if err != nil {
		return nil, err
	}
	book := v.Frame().Rulebook
	rule, err := book.Rule(statute.RuleKey(r.Rule))
	if err != nil {
		return nil, err
	}
	return answer{tag: weak("rule", book.Digest(), rule.Key), keep: keepFor(3600), known: r.Params.IfNoneMatch, contents: ruleOf(rule)}, nil
}

func ruleOf(r *statute.Rule) Rule {
	out := Rule{
		Key: string(r.Key), Title: both(r.Title), Phase: r.Phase.Key, Family: r.Family.Key,
		Nature: Nature(r.Nature.String()), Occasion: RuleOccasion(r.Occasion.String()),
		Levels:    map[string]RuleLevels{},
		Elections: each(r.Serves, func(a statute.Assembly) string { return a.String() }),
		After:     filled(r.After), ShownBelow: r.ShownBelow,
		Responsible: each(r.Responsible, func(x statute.Responsible) Responsible {
			if x.Own {
				return Responsible{Body: x.Body.String(), Level: "own"}
			}
			return Responsible{Body: x.Body.String(), Level: x.Level.String()}
		}),
		ResponsibleText: both(r.ResponsibleTitle),
		Start:           anchor(r.Start), End: anchor(r.End), Citations: citations(r),
		Steps:    each(r.Steps(), func(t statute.TaskStep) Step { return Step{Key: t.Key, Title: both(t.Title)} }),
		Verified: RuleVerified(r.Verified.String()), Confidence: RuleConfidence(r.Confidence.String()),
		Sources: sources(r.Sources), Notes: bothOrNone(r.Notes),
	}
	for _, w := range r.Where {
		out.Levels[w.Level.String()] = RuleLevels(w.Condition.String())
	}
	if len(r.OnlyFor) > 0 {
		out.OnlyFor = &r.OnlyFor
	}
	if r.Trigger != nil {
		out.Trigger = &r.Trigger.Key
	}
	return out
}

// citations are the rule's own article and the further ones.
func citations(r *statute.Rule) []Citation {
	return each(append([]statute.Citation{r.Basis}, r.Also...), func(c statute.Citation) Citation {
		i := c.Instrument
		return Citation{
			Instrument: i.ID, Number: words(i.Number), Article: words(c.Article), Title: both(i.Title),
			IssuedOn: day(i.IssuedOn), Text: both(c.Text()),
		}
	})
}

// anchor writes a rule's anchor as rulebooks do.
func anchor(a *statute.Anchor) nullable.Nullable[Anchor] {
	if a == nil {
		return nullable.NewNullNullable[Anchor]()
	}
	out := Anchor{Anchor: a.Kind.String()}
	switch a.Kind {
	case statute.OnMilestone:
		out.Anchor += ":" + a.Milestone
	case statute.OnOccurrenceDay:
		out.Anchor += ":" + a.Occurrence.Key
	}
	switch a.Kind {
	case statute.OnVotingOpens:
		out.Hours = &a.Hours
	case statute.OnDate:
		out.Date = &a.Date
	default:
		out.Days = &a.Days
	}
	if !a.Clock.IsZero() {
		hour := a.Clock.String()
		out.Time = &hour
	}
	if later := laterVotes(a); len(later) > 0 {
		out.OrLast = &later
	}
	return nullable.NewNullableWithValue(out)
}

// laterVotes writes what an anchor is counted from instead, where it is later.
func laterVotes(a *statute.Anchor) []string {
	var all []string
	if a.OrVotingDay {
		all = append(all, statute.OnVotingDay.String())
	}
	for _, key := range a.OrLast {
		all = append(all, statute.OnMilestone.String()+":"+string(key))
	}
	return all
}
