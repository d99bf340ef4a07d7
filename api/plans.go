package api

import (
	"context"

	"tiendo/pkg/area"
	"tiendo/pkg/tracker"
)

// ListPlans implements GET /elections/{election}/plans.
func (s *Server) ListPlans(ctx context.Context, r ListPlansRequestObject) (ListPlansResponseObject, error) {
	id, addresses, err := s.texts(ctx, r.Election, r.Params.Area)
	if err != nil {
		return nil, err
	}
	all, err := s.store.Plans(ctx, id)
	if err != nil {
		return nil, err
	}
	list := PlanList{Items: []Plan{}}
	var last tracker.Revision
	for i := range all {
		last = max(last, all[i].Revision)
		if ofArea(r.Params.Area, all[i].Area) {
			list.Items = append(list.Items, planOf(&all[i], addresses))
		}
	}
	return answer{tag: weak("plans", last), keep: keepFor(60), known: r.Params.IfNoneMatch, contents: list}, nil
}

func planOf(p *tracker.Plan, addresses map[string]string) Plan {
	return Plan{
		Key: p.Key, Area: string(p.Area), Title: both(p.Title), Documents: filled(p.Documents),
		Lines:  each(p.Lines, func(l tracker.PlanLine) PlanLine { return lineOf(&l, addresses) }),
		Source: source(addresses, p.Source), Revision: int64(p.Revision),
		Contents: each(p.Contents, func(h tracker.PlanHeading) PlanHeading {
			return PlanHeading{Title: both(h.Title), Milestones: each(h.Milestones, func(k tracker.MilestoneKey) string { return string(k) })}
		}),
	}
}

func lineOf(l *tracker.PlanLine, addresses map[string]string) PlanLine {
	return PlanLine{
		Key: string(l.Key), Title: both(l.Title), Phase: l.Phase, Nature: Nature(l.Nature),
		Areas:       each(l.Areas, func(c area.Code) string { return string(c) }),
		NotBeforeOn: day(l.NotBefore), LatestOn: day(l.Latest), Elections: filled(l.Elections),
		Responsible: responsible(l.Responsible), Bodies: filled(l.Bodies), Document: words(l.Document),
		Source: source(addresses, l.Source), Note: words(l.Note),
	}
}
