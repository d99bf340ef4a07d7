package api

import (
	"context"

	"github.com/oapi-codegen/nullable"

	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/tracker"
)

// ConfirmMilestone implements POST …/milestones/{milestone}/confirmation.
func (s *Server) ConfirmMilestone(ctx context.Context, r ConfirmMilestoneRequestObject) (ConfirmMilestoneResponseObject, error) {
	v, id, err := s.milestoneID(r.Election, r.Area, r.Milestone)
	if err != nil {
		return nil, err
	}
	known, err := ifMatch(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	out, err := s.tracker.Confirm(ctx, v.Frame().Election.ID, actorOf(ctx), tracker.Confirmation{ID: id, If: known}, isTrue(r.Params.DryRun))
	if err != nil {
		return nil, err
	}
	return s.judged(r.Election, id, out)
}

// ReturnMilestone implements POST …/milestones/{milestone}/return.
func (s *Server) ReturnMilestone(ctx context.Context, r ReturnMilestoneRequestObject) (ReturnMilestoneResponseObject, error) {
	v, id, err := s.milestoneID(r.Election, r.Area, r.Milestone)
	if err != nil {
		return nil, err
	}
	known, err := ifMatch(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	out, err := s.tracker.Return(ctx, v.Frame().Election.ID, actorOf(ctx),
		tracker.Return{ID: id, If: known, Reason: r.Body.Reason}, isTrue(r.Params.DryRun))
	if err != nil {
		return nil, err
	}
	return s.judged(r.Election, id, out)
}

// judged answers with the milestone as it is now; a rehearsal has left it as it was.
func (s *Server) judged(e ElectionID, id tracker.MilestoneID, out tracker.Verdict) (outcome, error) {
	v, err := s.view(e)
	if err != nil {
		return outcome{}, err
	}
	m, err := s.summary(v, id)
	if err != nil {
		return outcome{}, err
	}
	return outcome{tag: strong(tracker.Revision(m.Revision)), contents: MilestoneJudged{Milestone: m, Effect: s.effect(v, out.Effect)}}, nil
}

// judgement is what the level above last said, and who; null where it has said
// nothing.
func (s *Server) judgement(ctx context.Context, v *mirror.View, m *tracker.Milestone, by tracker.Reader) (nullable.Nullable[Judgement], error) {
	none := nullable.NewNullNullable[Judgement]()
	c, err := s.store.Judged(ctx, v.Frame().Election.ID, m.ID, by)
	switch {
	case fault.Is(err, "judgement-not-found"):
		return none, nil
	case err != nil:
		return none, err
	}
	return nullable.NewNullableWithValue(Judgement{
		Standing: Standing(c.After.Milestone.Standing.String()), By: c.Actor.Name, At: c.Recorded.In(s.zone), Reason: words(c.Reason),
	}), nil
}
