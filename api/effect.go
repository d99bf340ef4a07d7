package api

import (
	"github.com/oapi-codegen/nullable"

	"tiendo/pkg/area"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/tracker"
)

// mostChanges are listed in one answer; how many there are is said.
const mostChanges = 200

// effect is what an act comes to, as every act answers.
func (s *Server) effect(v *mirror.View, e tracker.Effect) Effect {
	out := Effect{
		DryRun: e.DryRun, Revision: orNone(int64(e.Revision), e.Revision != 0),
		Total: len(e.Changes), Truncated: len(e.Changes) > mostChanges, ByKind: kinds(e.Changes),
		ConflictsTotal: len(e.Conflicts),
	}
	out.Changes = each(first(e.Changes), func(c tracker.Change) EffectChange { return s.effectChange(v, &c) })
	out.Conflicts = each(first(e.Conflicts), func(c tracker.Conflict) EffectConflict {
		return EffectConflict{
			Code: c.Code, Detail: both(c.Text), Area: string(c.Milestone.Area), AreaName: nameOf(v, c.Milestone.Area),
			Milestone: c.Milestone.Name(), Title: both(titleOf(v, c.Milestone.Key)),
		}
	})
	return out
}

func first[T any](all []T) []T { return all[:min(len(all), mostChanges)] }

// kinds counts the changes by kind, in the order in which the kinds first stand.
func kinds(changes []tracker.Change) []KindCount {
	all := []KindCount{}
	at := map[tracker.Kind]int{}
	for i := range changes {
		k, seen := at[changes[i].Kind]
		if !seen {
			k = len(all)
			at[changes[i].Kind] = k
			all = append(all, KindCount{Kind: string(changes[i].Kind)})
		}
		all[k].Count++
	}
	return all
}

func (s *Server) effectChange(v *mirror.View, c *tracker.Change) EffectChange {
	out := EffectChange{
		Kind: string(c.Kind), Area: string(c.Milestone.Area), AreaName: nameOf(v, c.Milestone.Area),
		Milestone: words(""), Title: bothOrNone(entryTitle(&c.After)), Subject: words(c.Subject),
		Before: s.milestoneDates(c.Before.Milestone), After: s.milestoneDates(c.After.Milestone),
	}
	if c.Milestone.Key != "" {
		out.Milestone, out.Title = words(c.Milestone.Name()), bothOrNone(titleOf(v, c.Milestone.Key))
	}
	return out
}

// entryTitle is what the thing that a change enters is called; none where it
// has no name of its own.
func entryTitle(s *tracker.State) fault.Text {
	switch {
	case s.Document != nil:
		return s.Document.Title
	case s.Plan != nil:
		return s.Plan.Title
	case s.Body != nil:
		return s.Body.Name
	}
	return fault.Text{}
}

func (s *Server) milestoneDates(m *tracker.MilestoneState) nullable.Nullable[MilestoneDates] {
	if m == nil {
		return nullable.NewNullNullable[MilestoneDates]()
	}
	return nullable.NewNullableWithValue(MilestoneDates{
		NotBeforeOn: day(m.NotBefore.Day), NotBeforeAt: s.moment(m.NotBefore),
		LatestOn: day(m.Latest.Day), LatestAt: s.moment(m.Latest), PlannedOn: day(m.Planned),
		Work: Work(m.Work.String()), DoneOn: day(m.DoneOn), DoneBy: day(m.DoneBy),
	})
}

// nameOf is an area's full name in both languages.
func nameOf(v *mirror.View, code area.Code) Text {
	a, err := v.Frame().List.Get(code)
	if err != nil {
		return Text{Vi: string(code), En: string(code)}
	}
	return Text{Vi: a.Name, En: a.NameEn}
}

// titleOf is a milestone's title. One of a plan that is only rehearsed has none
// but its key.
func titleOf(v *mirror.View, key tracker.MilestoneKey) fault.Text {
	if o, ok := v.OriginOf(key); ok {
		return o.Title
	}
	return fault.Text{Vi: string(key), En: string(key)}
}
