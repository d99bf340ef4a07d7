package api

import (
	"time"

	"github.com/oapi-codegen/nullable"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/tracker"
)

// mostChanges are listed in one answer; how many there are is said.
const mostChanges = 200

// Names tell what areas and milestones are called.
type Names struct {
	List *area.List
	// Title of a milestone; false where nothing has this key.
	Title func(tracker.MilestoneKey) (fault.Text, bool)
	// Zone is what hours of a day are meant in.
	Zone *time.Location
}

// effect is what an act comes to, as every act answers.
func (s *Server) effect(v *mirror.View, e tracker.Effect) Effect { return EffectOf(e, s.names(v)) }

func (s *Server) names(v *mirror.View) Names {
	return Names{List: v.Frame().List, Zone: s.zone, Title: func(key tracker.MilestoneKey) (fault.Text, bool) {
		o, ok := v.OriginOf(key)
		if !ok {
			return fault.Text{}, false
		}
		return o.Title, true
	}}
}

// EffectOf writes what an act comes to as the contract does, for whoever
// answers with it: the server, or a command with --json.
func EffectOf(e tracker.Effect, n Names) Effect {
	out := Effect{
		DryRun: e.DryRun, Revision: orNone(int64(e.Revision), e.Revision != 0),
		Total: len(e.Changes), Truncated: len(e.Changes) > mostChanges, ByKind: kinds(e.Changes),
		ConflictsTotal: len(e.Conflicts),
	}
	out.Changes = each(first(e.Changes), func(c tracker.Change) EffectChange { return n.change(&c) })
	out.Conflicts = each(first(e.Conflicts), func(c tracker.Conflict) EffectConflict {
		return EffectConflict{
			Code: c.Code, Detail: both(c.Text), Area: string(c.Milestone.Area), AreaName: n.area(c.Milestone.Area),
			Milestone: c.Milestone.Name(), Title: both(n.title(c.Milestone.Key)),
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

func (n Names) change(c *tracker.Change) EffectChange {
	out := EffectChange{
		Kind: string(c.Kind), Area: string(c.Milestone.Area), AreaName: n.area(c.Milestone.Area),
		Milestone: words(""), Title: bothOrNone(entryTitle(&c.After)), Subject: words(c.Subject),
		Before: n.dates(c.Before.Milestone), After: n.dates(c.After.Milestone),
	}
	if c.Milestone.Key != "" {
		out.Milestone, out.Title = words(c.Milestone.Name()), bothOrNone(n.title(c.Milestone.Key))
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
	case s.VotingDay != nil && s.VotingDay.InForce:
		on := s.VotingDay.Day.Vietnamese()
		return fault.Text{Vi: "Bỏ phiếu ngày " + on, En: "Votes on " + on}
	case s.VotingDay != nil:
		return fault.Text{Vi: "Bỏ phiếu đúng ngày bầu cử", En: "Votes on election day"}
	}
	return fault.Text{}
}

func (n Names) dates(m *tracker.MilestoneState) nullable.Nullable[MilestoneDates] {
	if m == nil {
		return nullable.NewNullNullable[MilestoneDates]()
	}
	at := func(c civil.Cutoff) nullable.Nullable[MaybeInstant] {
		t, timed := instant(c, n.Zone)
		return orNone(t, timed)
	}
	return nullable.NewNullableWithValue(MilestoneDates{
		NotBeforeOn: day(m.NotBefore.Day), NotBeforeAt: at(m.NotBefore),
		LatestOn: day(m.Latest.Day), LatestAt: at(m.Latest), PlannedOn: day(m.Planned),
		Work: Work(m.Work.String()), DoneOn: day(m.DoneOn), DoneBy: day(m.DoneBy),
	})
}

// area is an area's full name in both languages.
func (n Names) area(code area.Code) Text {
	a, err := n.List.Get(code)
	if err != nil {
		return Text{Vi: string(code), En: string(code)}
	}
	return Text{Vi: a.Name, En: a.NameEn}
}

// title is a milestone's title. One of a plan that is only rehearsed has none
// but its key.
func (n Names) title(key tracker.MilestoneKey) fault.Text {
	if text, ok := n.Title(key); ok {
		return text
	}
	return fault.Text{Vi: string(key), En: string(key)}
}
