package api

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/oapi-codegen/nullable"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/statute"
	"tiendo/pkg/timeline"
	"tiendo/pkg/tracker"
)

// milestoneID checks that the election and the area exist and reads the name
// of a milestone.
func (s *Server) milestoneID(e ElectionID, code AreaCode, name MilestoneID) (*mirror.View, tracker.MilestoneID, error) {
	v, i, err := s.place(e, code)
	if err != nil {
		return nil, tracker.MilestoneID{}, err
	}
	id, err := tracker.ParseName(area.Code(code), name)
	if err != nil {
		return nil, id, err
	}
	if _, ok := v.Milestone(i, id.Key, id.Occurrence); !ok {
		return nil, id, tracker.MilestoneNotFound(id)
	}
	return v, id, nil
}

// GetMilestone implements GET …/milestones/{milestone}. What depends on the day
// is left to the timeline, so that the strong tag is true.
func (s *Server) GetMilestone(ctx context.Context, r GetMilestoneRequestObject) (GetMilestoneResponseObject, error) {
	v, id, err := s.milestoneID(r.Election, r.Area, r.Milestone)
	if err != nil {
		return nil, err
	}
	record, err := s.store.Record(ctx, v.Frame().Election.ID, id)
	if err != nil {
		return nil, err
	}
	x, err := s.sightIn(ctx, v, id.Area)
	if err != nil {
		return nil, err
	}
	out := answer{tag: x.tag(shownRevision(v, &record.Milestone)), keep: revalidated, known: r.Params.IfNoneMatch}
	o, err := s.lookBack(r.Params.AsOf, r.Params.KnownAt)
	if err != nil {
		return nil, err
	}
	if o != (timeline.Options{}) {
		i, _ := v.Frame().List.Index(id.Area)
		// Not a resource that one could change: a look at what it was.
		out.tag = weak(timeline.Revision(v, i), record.Milestone.Revision, x.inside)
		if err := s.asOf(ctx, v, i, &record, o, s.reader(ctx, v, x)); err != nil {
			return nil, err
		}
	}
	detail, err := s.detail(v, &record, x)
	if err != nil {
		return nil, err
	}
	if x.inside && o == (timeline.Options{}) {
		if detail.Judgement, err = s.judgement(ctx, v, &record.Milestone, s.reader(ctx, v, x)); err != nil {
			return nil, err
		}
	}
	out.contents = detail
	return out, nil
}

// historyAtOnce is how many entries of a milestone's log are read at once.
const historyAtOnce = 500

// asOf takes a milestone of the area at index i back: itself as the mirror has
// it, its tasks by its own history, which has their texts.
func (s *Server) asOf(ctx context.Context, v *mirror.View, i int, r *tracker.Record, o timeline.Options, by tracker.Reader) error {
	m := &r.Milestone
	origin, ok := v.OriginOf(m.ID.Key)
	if !ok {
		return tracker.MilestoneNotFound(m.ID)
	}
	board, err := v.AsOf(i, o.AsOf, o.KnownAt)
	if err != nil {
		return err
	}
	was, ok := board.Find(origin.Ref, m.ID.Occurrence)
	if !ok {
		return tracker.MilestoneNotFound(m.ID)
	}
	var history []tracker.Change // the latest first
	for before := tracker.Revision(0); ; before = history[len(history)-1].Revision {
		more, err := s.store.History(ctx, v.Frame().Election.ID, m.ID, before, historyAtOnce, by)
		if err != nil {
			return err
		}
		history = append(history, more...)
		if len(more) < historyAtOnce {
			break
		}
	}
	slices.Reverse(history)
	created := tracker.Revision(1)
	switch {
	case len(history) > 0 && (m.ID.Occurrence > 0 || history[0].Kind == tracker.MilestoneAdded):
		created = history[0].Revision
	case origin.Line != nil:
		created = origin.Line.Entered
	}
	r.Tasks = r.TasksAsOf(created, history, o.AsOf, o.KnownAt)
	m.Dates, m.Progress, m.Planned = was.Dates, was.Progress, was.Planned
	m.Standing, m.Silent, m.Revision = was.Standing, was.Silent, was.Revision
	return nil
}

// shownRevision is the milestone's revision. One that is cancelled does not
// change when its line is worded anew, and shows it.
func shownRevision(v *mirror.View, m *tracker.Milestone) tracker.Revision {
	if o, ok := v.OriginOf(m.ID.Key); ok && o.Plan != nil && m.Work == tracker.Cancelled {
		return max(m.Revision, o.Plan.Revision)
	}
	return m.Revision
}

func (s *Server) detail(v *mirror.View, r *tracker.Record, x sight) (MilestoneDetail, error) {
	m := &r.Milestone
	o, ok := v.OriginOf(m.ID.Key)
	if !ok {
		return MilestoneDetail{}, tracker.MilestoneNotFound(m.ID)
	}
	out := MilestoneDetail{
		Id: m.ID.Name(), Key: string(m.ID.Key), Occurrence: m.ID.Occurrence, Area: string(m.ID.Area),
		Title: both(o.Title), Phase: o.Phase, Family: words(o.Family), Nature: Nature(o.Nature.String()),
		Binding: MilestoneDetailBinding(o.Binding.String()), Plan: planKey(o), Elections: filled(o.Elections),
		Responsible: responsible(o.Responsible), ResponsibleText: both(o.ResponsibleText),
		NotBeforeOn: day(m.NotBefore.Day), NotBeforeAt: s.moment(m.NotBefore), LatestOn: day(m.Latest.Day), LatestAt: s.moment(m.Latest),
		PlannedOn: day(m.Planned), DoneOn: day(m.DoneOn), DoneBy: day(m.DoneBy),
		Work: Work(m.Work.String()), Standing: Standing(m.Standing.String()), OneSource: o.OneSource, Revision: int64(m.Revision),
		Scope: words(m.Scope), Why: []Reason{}, Citations: []Citation{}, Sources: []Source{}, After: []Step{},
		Tasks: []Task{},
	}
	for i := range r.Tasks {
		if t := &r.Tasks[i]; x.tells(t) {
			out.Tasks = append(out.Tasks, taskOf(v, m.ID, t, x))
		}
	}
	if o.Rule == nil {
		if m.Work == tracker.Cancelled {
			out.Cancelled = cancelledOf(v, m.ID, x)
		}
		// A plan keeps its notes in the one language they were written in.
		if x.inside || o.Line.Source != "" {
			out.Notes = bothOrNone(fault.Text{Vi: o.Line.Note, En: o.Line.Note})
		}
		if o.Line.Source != "" {
			out.Sources = []Source{{Key: o.Line.Source, Address: x.addresses[o.Line.Source]}}
		}
		return out, nil
	}
	err := s.explain(v, m, o.Rule, &out)
	return out, err
}

// cancelledOf says since when and why a milestone is cancelled; nil where it is not.
func cancelledOf(v *mirror.View, id tracker.MilestoneID, x sight) *Withdrawal {
	i, _ := v.Frame().List.Index(id.Area)
	m, ok := v.Milestone(i, id.Key, id.Occurrence)
	if !ok {
		return nil
	}
	w, ok := v.Cancelled(i, m)
	if !ok {
		return nil
	}
	out := x.withdrawal(w)
	return &out
}

// explain adds what the law says: why these dates, by which article, after what.
func (s *Server) explain(v *mirror.View, m *tracker.Milestone, rule *statute.Rule, out *MilestoneDetail) error {
	i, _ := v.Frame().List.Index(m.ID.Area)
	e, err := timeline.Why(v, i, m)
	if err != nil {
		return err
	}
	out.Notes, out.Citations, out.Sources = bothOrNone(rule.Notes), citations(rule), sources(e.Sources)
	out.After = each(v.Frame().Rulebook.Before(rule, v.Frame().List.At(i).Level), func(before *statute.Rule) Step {
		return Step{Key: string(before.Key), Title: both(before.Title)}
	})
	if e.Start != nil {
		out.Why = append(out.Why, s.reason(NotBefore, rule, e, e.Start))
	}
	switch {
	case e.End != nil:
		out.Why = append(out.Why, s.reason(Latest, rule, e, e.End))
	case e.Start == nil:
		r := s.reason(Latest, rule, e, &statute.DateWhy{Sentence: e.Undated})
		r.Anchor = words("")
		out.Why = append(out.Why, r)
	}
	return nil
}

func (s *Server) reason(end ReasonEnd, rule *statute.Rule, e statute.Explanation, w *statute.DateWhy) Reason {
	out := Reason{
		End: end, Anchor: words(w.Anchor.String()), AnchorOn: day(w.AnchorDay), On: day(w.Date.Day), At: s.moment(w.Date),
		OffsetDays:  orNone(w.Days, w.Anchor != statute.OnVotingOpens && w.Anchor != statute.OnDate && w.Anchor != 0),
		OffsetHours: orNone(w.Hours, w.Anchor == statute.OnVotingOpens),
		Article:     words(rule.Basis.Article), Instrument: words(rule.Basis.Instrument.ID),
		Rulebook: words(e.Rulebook), RulebookVersion: words(e.Version), Sentence: both(w.Sentence),
	}
	switch {
	case w.LastVote:
		out.Anchor = nullable.NewNullableWithValue("last_vote")
	case w.Milestone != nil:
		out.Anchor = nullable.NewNullableWithValue("milestone:" + string(w.Milestone.Key))
	case w.Occurrence != nil:
		out.Anchor = nullable.NewNullableWithValue("occurrence:" + w.Occurrence.Key)
	}
	return out
}

func planKey(o *mirror.Origin) nullable.Nullable[string] {
	if o.Plan == nil {
		return words("")
	}
	return words(o.Plan.Key)
}

// UpdateMilestone implements PATCH …/milestones/{milestone}.
func (s *Server) UpdateMilestone(ctx context.Context, r UpdateMilestoneRequestObject) (UpdateMilestoneResponseObject, error) {
	v, id, err := s.milestoneID(r.Election, r.Area, r.Milestone)
	if err != nil {
		return nil, err
	}
	known, err := ifMatch(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	planned := civil.Date{}
	if d, err := r.Body.PlannedOn.Get(); err == nil {
		planned = civil.Of(d.Time, d.Location())
	}
	out, err := s.tracker.Plan(ctx, v.Frame().Election.ID, actorOf(ctx), tracker.PlanCommand{ID: id, If: known, Planned: planned})
	if err != nil {
		return nil, err
	}
	if v, err = s.view(r.Election); err != nil {
		return nil, err
	}
	m, err := s.summary(v, id)
	if err != nil {
		return nil, err
	}
	body := MilestoneChanged{Milestone: m, Revision: int64(v.Revision())}
	return answer{tag: strong(out.Record.Milestone.Revision), keep: revalidated, contents: body}, nil
}

// fields writes a value as the object that it is in JSON.
func fields(v any) *map[string]any {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	var out map[string]any
	if json.Unmarshal(raw, &out) != nil {
		return nil
	}
	return &out
}
