package api

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/tracker"
)

// ListPlans implements GET /elections/{election}/plans.
func (s *Server) ListPlans(ctx context.Context, r ListPlansRequestObject) (ListPlansResponseObject, error) {
	v, addresses, err := s.texts(ctx, r.Election, r.Params.Area)
	if err != nil {
		return nil, err
	}
	form := s.form(ctx)
	nation, _ := v.Frame().List.Index(area.Nation)
	known := answer{
		// How far the milestones are can change anywhere in the country.
		tag:  weak("plans", v.PlansRevision(), v.BranchRevision(nation), form),
		keep: keepForm(form, 60), known: r.Params.IfNoneMatch,
	}
	if known.isKnown() {
		return known, nil
	}
	list := PlanList{Items: []Plan{}, Progress: []PlanProgress{}}
	plans := slices.Clone(v.Plans())
	slices.SortFunc(plans, func(a, b tracker.Plan) int { return strings.Compare(a.Key, b.Key) })
	for i := range plans {
		if ofArea(r.Params.Area, plans[i].Area) {
			x := s.sightBy(v, s.readsIn(ctx, v, plans[i].Area), addresses)
			list.Items = append(list.Items, planOf(&plans[i], x))
			list.Progress = append(list.Progress, progressOf(v, &plans[i]))
		}
	}
	known.contents = list
	return known, nil
}

// GetPlan implements GET /elections/{election}/plans/{plan}.
func (s *Server) GetPlan(ctx context.Context, r GetPlanRequestObject) (GetPlanResponseObject, error) {
	v, err := s.view(r.Election)
	if err != nil {
		return nil, err
	}
	p, err := planIn(v, r.Plan)
	if err != nil {
		return nil, err
	}
	x, err := s.sightIn(ctx, v, p.Area)
	return answer{tag: x.tag(p.Revision), keep: revalidated, known: r.Params.IfNoneMatch, contents: planOf(p, x)}, err
}

func planIn(v *mirror.View, key string) (*tracker.Plan, error) {
	for i := range v.Plans() {
		if p := &v.Plans()[i]; p.Key == key {
			return p, nil
		}
	}
	return nil, tracker.PlanNotFound(key)
}

// mayPlan says whether the caller may organise where a plan is from.
func (s *Server) mayPlan(ctx context.Context, v *mirror.View, key string) error {
	p, err := planIn(v, key)
	if err != nil {
		return err
	}
	i, ok := v.Frame().List.Index(p.Area)
	if !ok {
		return tracker.PlanNotFound(key)
	}
	return s.may(ctx, access.Organise, v, i)
}

// AddPlan implements POST /elections/{election}/plans.
func (s *Server) AddPlan(ctx context.Context, r AddPlanRequestObject) (AddPlanResponseObject, error) {
	v, err := s.view(r.Election)
	if err != nil {
		return nil, err
	}
	if err := s.mayIn(ctx, access.Organise, v, area.Code(r.Body.Area)); err != nil {
		return nil, err
	}
	command, err := planEntry(r.Body)
	if err != nil {
		return nil, err
	}
	out, err := s.tracker.EnterPlan(ctx, v.Frame().Election.ID, actorOf(ctx), command, isTrue(r.Params.DryRun))
	if err != nil {
		return nil, err
	}
	answer, err := s.planChanged(ctx, r.Election, out)
	if err != nil || out.DryRun {
		return answer, err
	}
	answer.status = http.StatusCreated
	answer.location = "/api/v1/elections/" + url.PathEscape(r.Election) + "/plans/" + out.Plan.Key
	return answer, nil
}

// ChangePlan implements PATCH /elections/{election}/plans/{plan}.
func (s *Server) ChangePlan(ctx context.Context, r ChangePlanRequestObject) (ChangePlanResponseObject, error) {
	v, err := s.view(r.Election)
	if err != nil {
		return nil, err
	}
	if err := s.mayPlan(ctx, v, r.Plan); err != nil {
		return nil, err
	}
	command, err := planEdit(r.Plan, r.Body)
	if err != nil {
		return nil, err
	}
	if command.If, err = ifMatch(r.Params.IfMatch); err != nil {
		return nil, err
	}
	out, err := s.tracker.ChangePlan(ctx, v.Frame().Election.ID, actorOf(ctx), command, isTrue(r.Params.DryRun))
	if err != nil {
		return nil, err
	}
	return s.planChanged(ctx, r.Election, out)
}

// WithdrawPlan implements POST /elections/{election}/plans/{plan}/withdrawal.
func (s *Server) WithdrawPlan(ctx context.Context, r WithdrawPlanRequestObject) (WithdrawPlanResponseObject, error) {
	v, err := s.view(r.Election)
	if err != nil {
		return nil, err
	}
	if err := s.mayPlan(ctx, v, r.Plan); err != nil {
		return nil, err
	}
	known, err := ifMatch(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	out, err := s.tracker.WithdrawPlan(ctx, v.Frame().Election.ID, actorOf(ctx), tracker.PlanWithdrawal{
		Plan: r.Plan, If: known, Reason: r.Body.Reason, Document: documentChoice(r.Body.Document, r.Body.NewDocument),
	}, isTrue(r.Params.DryRun))
	if err != nil {
		return nil, err
	}
	return s.planChanged(ctx, r.Election, out)
}

// planChanged answers an act about a plan, with the plan as the act left it.
func (s *Server) planChanged(ctx context.Context, e ElectionID, out tracker.PlanOutcome) (outcome, error) {
	v, err := s.view(e) // as it is now
	if err != nil {
		return outcome{}, err
	}
	x, err := s.sightIn(ctx, v, out.Plan.Area)
	if err != nil {
		return outcome{}, err
	}
	o := outcome{contents: PlanChanged{Plan: planOf(&out.Plan, x), Effect: s.effect(v, out.Effect)}}
	if out.Plan.Revision != 0 { // else it is not there yet
		o.tag = strong(out.Plan.Revision)
	}
	return o, nil
}

func planEntry(b *PlanEntry) (c tracker.PlanEntry, err error) {
	c = tracker.PlanEntry{
		Key: optional(b.Key), Area: area.Code(b.Area), Title: entered(&b.Title), Document: planDocument(b.Document, b.NewDocument),
		Documents: optional(b.Documents),
	}
	c.Lines, err = lineEntries(b.Lines)
	return c, err
}

// planDocument: a document that comes with a plan is one, where it says nothing else.
func planDocument(key nullableText, fresh nullableDocument) tracker.DocumentChoice {
	c := documentChoice(key, fresh)
	if c.New != nil && c.New.Kind == "" {
		c.New.Kind = "plan"
	}
	return c
}

func lineEntries(lines []PlanLineEntry) ([]tracker.LineEntry, error) {
	all := make([]tracker.LineEntry, len(lines))
	for i := range lines {
		b := &lines[i]
		all[i].PlanLine = tracker.PlanLine{
			Key: tracker.MilestoneKey(optional(b.Key)), Title: entered(&b.Title), Phase: b.Phase, Nature: string(b.Nature),
			NotBefore: sentDay(b.NotBeforeOn).Value, Latest: sentDay(b.LatestOn).Value, Note: given(b.Note),
			Responsible: responsibleOf(optional(b.Responsible)),
		}
		for _, step := range optional(b.Steps) {
			all[i].Steps = append(all[i].Steps, tracker.PlanStep{Key: tracker.TaskKey(optional(step.Key)), Title: entered(&step.Title)})
		}
		var err error
		if all[i].Where, err = whereOf(&b.Areas); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func planEdit(key string, b *PlanPatch) (c tracker.PlanEdit, err error) {
	c = tracker.PlanEdit{Plan: key, Document: planDocument(b.Document, b.NewDocument), Reason: given(b.Reason)}
	if b.Title != nil {
		c.Title = tracker.To(entered(b.Title))
	}
	if b.Documents != nil {
		c.Documents = tracker.To(*b.Documents)
	}
	lines := optional(b.Lines)
	for _, key := range slices.Sorted(maps.Keys(lines)) {
		e, err := lineEdit(key, lines[key])
		if err != nil {
			return c, err
		}
		c.Edit = append(c.Edit, e)
	}
	c.Add, err = lineEntries(optional(b.AddLines))
	return c, err
}

func lineEdit(key string, b *PlanLinePatch) (e tracker.LineEdit, err error) {
	e.Key = tracker.MilestoneKey(key)
	if b == nil {
		e.Remove = true
		return e, nil
	}
	if b.Title != nil {
		e.Title = tracker.To(entered(b.Title))
	}
	if b.Phase != nil {
		e.Phase = tracker.To(*b.Phase)
	}
	if b.Areas != nil {
		where, err := whereOf(b.Areas)
		if err != nil {
			return e, err
		}
		e.Where = tracker.To(where)
	}
	if b.Responsible != nil {
		e.Responsible = tracker.To(responsibleOf(*b.Responsible))
	}
	e.NotBefore, e.Latest, e.Note = sentDay(b.NotBeforeOn), sentDay(b.LatestOn), sent(b.Note)
	return e, nil
}

func whereOf(b *PlanAreas) (w tracker.Where, err error) {
	for _, code := range optional(b.Codes) {
		w.Areas = append(w.Areas, area.Code(code))
	}
	w.Under = area.Code(optional(b.Under))
	if b.Level != nil {
		w.Level, err = area.ParseLevel(string(*b.Level))
	}
	return w, err
}

func entered(t *TextEntry) fault.Text { return fault.Text{Vi: t.Vi, En: optional(t.En)} }

func responsibleOf(all []Responsible) []tracker.Responsible {
	var out []tracker.Responsible
	for _, r := range all {
		out = append(out, tracker.Responsible{Body: r.Body, Level: r.Level})
	}
	return out
}

func planOf(p *tracker.Plan, x sight) Plan {
	return Plan{
		Key: p.Key, Area: string(p.Area), Title: both(p.Title), Documents: x.documents(p.Documents),
		Lines:  each(p.Lines, func(l tracker.PlanLine) PlanLine { return lineOf(&l, x) }),
		Source: source(x.addresses, p.Source), Revision: int64(p.Revision), Withdrawn: x.withdrawn(p.Withdrawn),
		Contents: each(p.Contents, func(h tracker.PlanHeading) PlanHeading {
			return PlanHeading{Title: both(h.Title), Milestones: each(h.Milestones, func(k tracker.MilestoneKey) string { return string(k) })}
		}),
	}
}

func lineOf(l *tracker.PlanLine, x sight) PlanLine {
	return PlanLine{
		Key: string(l.Key), Title: both(l.Title), Phase: l.Phase, Nature: Nature(l.Nature),
		Areas:       each(l.Areas, func(c area.Code) string { return string(c) }),
		NotBeforeOn: day(l.NotBefore), LatestOn: day(l.Latest), Elections: filled(l.Elections),
		Responsible: responsible(l.Responsible), Bodies: filled(l.Bodies), Document: x.document(l.Document),
		Source: source(x.addresses, l.Source), Note: x.note(l.Note, l.Source), Withdrawn: x.withdrawn(l.Withdrawn),
	}
}

// progressOf counts the milestones of a plan where they are now.
func progressOf(v *mirror.View, p *tracker.Plan) PlanProgress {
	out := PlanProgress{Plan: p.Key}
	for i := range p.Lines {
		for _, code := range p.Lines[i].Areas {
			at, ok := v.Frame().List.Index(code)
			if !ok {
				continue
			}
			m, ok := v.Milestone(at, p.Lines[i].Key, 0)
			if !ok {
				continue
			}
			out.Milestones++
			switch {
			case m.Work == tracker.Cancelled:
				out.Cancelled++
			case m.Work != tracker.NotApplicable && v.Origin(m).Nature.HasTasks():
				out.ToDo++
				if m.Work == tracker.Done {
					out.Done++
				}
			}
		}
	}
	return out
}

// currentPlan is a plan as it is now, for whoever was too late.
func (s *Server) currentPlan(c echo.Context, now *tracker.Plan) *map[string]any {
	v, err := s.view(c.Param("election"))
	if err != nil {
		return nil
	}
	x, err := s.sightIn(c.Request().Context(), v, now.Area)
	if err != nil {
		return nil
	}
	return fields(planOf(now, x))
}
