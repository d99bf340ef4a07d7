// Package timeline makes what people read out of the mirror: pure functions of
// a view, a place and a moment. It knows no store, no clock, no pixels and no
// language; the same arguments always give the same answer.
package timeline

import (
	"cmp"
	"slices"
	"time"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/mirror"
	"tiendo/pkg/statute"
	"tiendo/pkg/tracker"
)

// Options ask for another state than the present one.
type Options struct {
	// AsOf: by what had happened up to the end of this day, with timings for it.
	AsOf civil.Date
	// KnownAt: only what had been recorded by this instant.
	KnownAt time.Time
}

// Item is one milestone on a timeline.
type Item struct {
	ID tracker.MilestoneID
	// Origin is what the milestone is of: title, phase, nature, whose duty.
	Origin    *mirror.Origin
	Milestone mirror.Milestone
	Timing    Timing
	// DaysLeft to the limit, as [Case.DaysLeft]; only when HasDaysLeft.
	DaysLeft    int
	HasDaysLeft bool
	// Cancelled is the day since which it is, with its line of a plan; only of one
	// that is.
	Cancelled civil.Date
}

// Counts are of the area's own milestones that can be late and are not set aside.
type Counts struct {
	Total, Done, Overdue, BehindPlan, DueSoon int
}

// Timeline is one place on one day.
type Timeline struct {
	Frame *tracker.Frame
	Area  area.Area
	Today civil.Date
	// Day is the day shown: AsOf, or today.
	Day     civil.Date
	AsOf    civil.Date // none: the present
	KnownAt time.Time  // zero: all that is known
	// Revision of what the timeline shows, as [Revision].
	Revision tracker.Revision
	// NextRefreshAfter is in how many seconds it is worth asking again.
	NextRefreshAfter int
	// Span covers every date shown; no days when there is none.
	Span   civil.Span
	Counts Counts
	// Phases are those that occur, in order.
	Phases []*statute.Phase
	// Items are the area's own milestones, Above what it shows of the places above.
	Items, Above []Item
}

// In how many seconds a client should ask again.
const (
	RefreshNearDeadline = 60   // something becomes late within 24 hours
	RefreshUsually      = 300  // else
	RefreshClosed       = 3600 // in a closed election
)

// Build makes the timeline of the area at index i. now is the present moment in
// the election's time zone.
func Build(v *mirror.View, i int, now civil.Cutoff, o Options) (*Timeline, error) {
	t := &Timeline{
		Frame: v.Frame(), Area: v.Frame().List.At(i), Today: now.Day, Day: now.Day,
		AsOf: o.AsOf, KnownAt: o.KnownAt, Revision: Revision(v, i),
	}
	at := now
	if !o.AsOf.IsZero() {
		t.Day, at = o.AsOf, civil.Cutoff{Day: o.AsOf, Clock: lastMinute}
	}
	boards, err := boards(v, i, o)
	if err != nil {
		return nil, err
	}
	own, then := boards[0].board.Milestones(), ageOf(v, o)
	t.Items = make([]Item, 0, len(own))
	for k := range own {
		t.Items = append(t.Items, itemOf(v, i, &own[k], at, then))
	}
	for m := range above(v, boards) {
		t.Above = append(t.Above, itemOf(v, m.index, m.milestone, at, then))
	}
	slices.SortFunc(t.Items, compare)
	slices.SortFunc(t.Above, compare)
	t.summarise(at)
	return t, nil
}

var lastMinute = civil.NewClock(23, 59)

// age is how far an election was at the moment shown.
type age struct {
	state tracker.ElectionState
	past  bool // see [Case.Past]
}

func ageOf(v *mirror.View, o Options) age {
	if o.AsOf.IsZero() && o.KnownAt.IsZero() {
		return age{state: v.Frame().Election.State}
	}
	return age{
		state: v.StateAsOf(o.AsOf, o.KnownAt),
		past:  v.StateAsOf(civil.Date{}, o.KnownAt) == tracker.Closed,
	}
}

// Of is the case of a milestone in a view, now.
func Of(v *mirror.View, m *mirror.Milestone) Case { return caseOf(v, m, ageOf(v, Options{})) }

func caseOf(v *mirror.View, m *mirror.Milestone, then age) Case {
	o := v.Origin(m)
	return Case{
		Nature: o.Nature, Local: o.Binding == mirror.ByPlan, NotBefore: m.NotBefore, Latest: m.Latest,
		Planned: m.Planned, Progress: m.Progress, Silent: m.Silent, Election: then.state, Past: then.past,
	}
}

// ItemOf is one milestone of the area at index i at a moment of the present.
func ItemOf(v *mirror.View, i int, m *mirror.Milestone, at civil.Cutoff) Item {
	return itemOf(v, i, m, at, ageOf(v, Options{}))
}

func itemOf(v *mirror.View, i int, m *mirror.Milestone, at civil.Cutoff, then age) Item {
	c := caseOf(v, m, then)
	item := Item{ID: v.ID(i, m), Origin: v.Origin(m), Milestone: *m, Timing: c.At(at)}
	item.DaysLeft, item.HasDaysLeft = c.DaysLeft(at)
	if m.Work == tracker.Cancelled {
		why, _ := v.Cancelled(i, m)
		item.Cancelled = why.On
	}
	return item
}

// compare puts items in the order to show them: by phase; the rules of the law
// in the order of work, an occurrence behind its rule; then the lines of local
// plans by their day, those without one last.
func compare(a, b Item) int {
	byPlan := func(x *Item) int { return int(x.Origin.Binding) }
	return cmp.Or(
		cmp.Compare(a.Origin.PhaseOrder, b.Origin.PhaseOrder),
		cmp.Compare(byPlan(&a), byPlan(&b)),
		cmp.Compare(position(&a), position(&b)),
		cmp.Compare(a.Origin.Ref, b.Origin.Ref),
		cmp.Compare(a.Milestone.Occurrence, b.Milestone.Occurrence),
		cmp.Compare(a.ID.Area, b.ID.Area),
	)
}

// position is a rule's place in the order of work, or a plan line's day.
func position(x *Item) int {
	if x.Origin.Rule != nil {
		return x.Origin.Rule.Order
	}
	for _, day := range []civil.Date{x.Milestone.Latest.Day, x.Milestone.NotBefore.Day} {
		if !day.IsZero() {
			return civil.Date{}.DaysUntil(day)
		}
	}
	return int(^uint(0) >> 1)
}

// summarise fills in what follows from the items.
func (t *Timeline) summarise(at civil.Cutoff) {
	near := false
	for _, items := range [][]Item{t.Items, t.Above} {
		for k := range items {
			m := &items[k].Milestone
			for _, day := range [...]civil.Date{m.NotBefore.Day, m.Latest.Day, m.Planned, m.DoneOn, m.DoneBy} {
				t.Span = t.Span.Cover(day)
			}
			c := Case{Nature: items[k].Origin.Nature, Latest: m.Latest, Planned: m.Planned, Progress: m.Progress}
			near = near || c.near(at)
		}
	}
	for k := range t.Items {
		t.Counts.add(&t.Items[k])
	}
	for _, p := range t.Frame.Rulebook.Phases() {
		in := func(x Item) bool { return x.Origin.PhaseOrder == p.Order }
		if slices.ContainsFunc(t.Items, in) || slices.ContainsFunc(t.Above, in) {
			t.Phases = append(t.Phases, p)
		}
	}
	t.NextRefreshAfter = refreshAfter(t.Frame, near && t.AsOf.IsZero())
}

// refreshAfter says when to ask again; near: something shown turns late soon.
func refreshAfter(f *tracker.Frame, near bool) int {
	switch {
	case f.Election.State == tracker.Closed:
		return RefreshClosed
	case near:
		return RefreshNearDeadline
	}
	return RefreshUsually
}

func (c *Counts) add(x *Item) {
	if !x.Origin.Nature.CanBeLate() || x.Timing == SetAside {
		return
	}
	c.Total++
	switch x.Timing {
	case DoneOnTime, DoneLate, Done:
		c.Done++
	case Overdue:
		c.Overdue++
	case BehindPlan:
		c.BehindPlan++
	case DueSoon:
		c.DueSoon++
	}
}
