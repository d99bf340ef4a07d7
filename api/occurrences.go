package api

import (
	"context"
	"net/http"

	"github.com/oapi-codegen/nullable"
	openapi_types "github.com/oapi-codegen/runtime/types"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/mirror"
	"tiendo/pkg/statute"
	"tiendo/pkg/timeline"
	"tiendo/pkg/tracker"
)

// ListOccurrences implements GET …/areas/{area}/occurrences.
func (s *Server) ListOccurrences(_ context.Context, r ListOccurrencesRequestObject) (ListOccurrencesResponseObject, error) {
	v, i, err := s.place(r.Election, r.Area)
	if err != nil {
		return nil, err
	}
	now, f := s.now(), v.Frame()
	list := OccurrenceList{Items: []Occurrence{}}
	board := v.Board(i)
	all := board.Milestones()
	for k := range all {
		if m := &all[k]; m.Occurrence > 0 {
			list.Items = append(list.Items, Occurrence{Milestone: s.item(timeline.ItemOf(v, i, m, now)), Scope: words(board.Scope(m))})
		}
	}
	list.CanOccur = each(f.Occurring(i), func(rule *statute.Rule) OccurrenceRule { return canOccur(v, i, rule) })
	return answer{
		tag:  weak("occurrences", timeline.Revision(v, i), compact(now.Day), timeline.Turn(v, i, now).Minutes(), f.Rulebook.Digest()),
		keep: keepFor(keepTimeline(v)), known: r.Params.IfNoneMatch, contents: list,
	}, nil
}

func canOccur(v *mirror.View, i int, rule *statute.Rule) OccurrenceRule {
	out := OccurrenceRule{
		Rule: string(rule.Key), Title: both(rule.Title), Trigger: both(rule.Trigger.Title),
		LaterVote: v.Frame().Rulebook.IsLaterVote(rule.Key), LatestOn: day(civil.Date{}), ResponsibleText: both(rule.ResponsibleTitle),
	}
	if d, err := v.Frame().Rulebook.Deadline(rule.Key, v.Frame().Law(), v.Chain(i), nil, nil); err == nil {
		out.LatestOn = day(d.Latest.Day)
	}
	return out
}

// EnterOccurrence implements POST …/areas/{area}/occurrences.
func (s *Server) EnterOccurrence(ctx context.Context, r EnterOccurrenceRequestObject) (EnterOccurrenceResponseObject, error) {
	v, _, err := s.place(r.Election, r.Area)
	if err != nil {
		return nil, err
	}
	b := r.Body
	out, err := s.tracker.Occur(ctx, v.Frame().Election.ID, actorOf(ctx), tracker.OccurrenceCommand{
		Area: area.Code(r.Area), Rule: statute.RuleKey(b.Rule), Scope: given(b.Scope), Note: given(b.Note),
		Occurred: civil.Of(b.OccurredOn.Time, b.OccurredOn.Location()), Day: givenDay(b.Day),
		Document: documentChoice(b.Document, b.NewDocument), DryRun: isTrue(r.Params.DryRun),
	})
	if err != nil {
		return nil, err
	}
	answer := outcome{contents: s.effect(v, out.Effect)}
	if !out.Effect.DryRun {
		answer.status = http.StatusCreated
		answer.location = "/api/v1/elections/" + r.Election + "/areas/" + r.Area + "/milestones/" + out.Milestone.Name()
	}
	return answer, nil
}

// givenDay is a day that was sent; none, and null, are no day.
func givenDay(n nullable.Nullable[openapi_types.Date]) civil.Date {
	d, err := n.Get()
	if err != nil {
		return civil.Date{}
	}
	return civil.Of(d.Time, d.Location())
}
