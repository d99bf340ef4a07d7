package timeline

import (
	"iter"

	"tiendo/pkg/civil"
	"tiendo/pkg/mirror"
	"tiendo/pkg/statute"
	"tiendo/pkg/tracker"
)

// tier is one place of a chain with its milestones.
type tier struct {
	index int
	board *mirror.Board
}

// boards are those of the area at index i and of the places above it, the
// nearest first, in the state asked for.
func boards(v *mirror.View, i int, o Options) ([]tier, error) {
	var all []tier
	for ; i >= 0; i = v.Frame().List.Parent(i) {
		b := v.Board(i)
		if !o.AsOf.IsZero() || !o.KnownAt.IsZero() {
			then, err := v.AsOf(i, o.AsOf, o.KnownAt)
			if err != nil {
				return nil, err
			}
			b = then
		}
		all = append(all, tier{i, b})
	}
	return all, nil
}

// shown is a milestone of a place above.
type shown struct {
	index     int
	milestone *mirror.Milestone
}

// above goes through what the first place of a chain shows of those above it.
// What it has itself, or a nearer place shows, is not shown twice.
func above(v *mirror.View, chain []tier) iter.Seq[shown] {
	return func(yield func(shown) bool) {
		for k, t := range chain[1:] {
			all := t.board.Milestones()
			for n := range all {
				m := &all[n]
				if shownBelow(v, t.index, v.Origin(m)) && !nearer(v, chain[:k+1], v.Origin(m)) && !yield(shown{t.index, m}) {
					return
				}
			}
		}
	}
}

// Above goes through what the timeline of the area at index i shows of the places
// above it, the nearest first: index of the place, and milestone.
func Above(v *mirror.View, i int) iter.Seq2[int, *mirror.Milestone] {
	return func(yield func(int, *mirror.Milestone) bool) {
		chain, _ := boards(v, i, Options{}) // only another state than the present can fail
		for m := range above(v, chain) {
			if !yield(m.index, m.milestone) {
				return
			}
		}
	}
}

// nearer says that the first place of a chain has milestones of an origin
// itself, or that one above it shows them.
func nearer(v *mirror.View, chain []tier, o *mirror.Origin) bool {
	for k, t := range chain {
		if t.board.Has(o.Ref) && (k == 0 || shownBelow(v, t.index, o)) {
			return true
		}
	}
	return false
}

// shownBelow says that lower places show what the area at index i has: the
// law's rule says so; or it is an event or a period that a local plan set for
// the plan's own area, so that it concerns the whole branch. What a plan makes
// others do stands in the areas that it names.
func shownBelow(v *mirror.View, i int, o *mirror.Origin) bool {
	if o.Rule != nil {
		return o.Rule.ShownBelow
	}
	return o.Plan.Area == v.Frame().List.At(i).Code && (o.Nature == statute.Event || o.Nature == statute.Period)
}

// Revision is the greatest revision of what the timeline of the area at index i
// shows: its milestones, those it shows of the places above, the plans whose
// lines are among them, the voting days of all of them, and the election's
// state. A change to anything else leaves it.
func Revision(v *mirror.View, i int) tracker.Revision {
	chain, _ := boards(v, i, Options{}) // only another state than the present can fail
	r := max(v.StateRevision(), chain[0].board.Revision())
	// The lines of plans stand behind the rules of the law.
	for own, k := chain[0].board.Milestones(), len(chain[0].board.Milestones())-1; k >= 0; k-- {
		o := v.Origin(&own[k])
		if o.Plan == nil {
			break
		}
		r = max(r, o.Plan.Revision)
	}
	for m := range above(v, chain) {
		r = max(r, m.milestone.Revision)
		if o := v.Origin(m.milestone); o.Plan != nil {
			r = max(r, o.Plan.Revision)
		}
	}
	for _, t := range chain {
		if d, ok := v.VotingDay(v.Frame().List.At(t.index).Code); ok {
			r = max(r, d.Revision)
		}
	}
	return r
}

// Turn is the last hour of today, not later than now, at which something that
// the timeline of the area at index i shows begins or ends, or its end comes
// near, so that it is worth asking more often; none while no such hour has come.
// Between two turns of a day the timeline stays as it is.
func Turn(v *mirror.View, i int, now civil.Cutoff) civil.Clock {
	chain, _ := boards(v, i, Options{}) // only another state than the present can fail
	var last civil.Clock
	look := func(m *mirror.Milestone) {
		c := Of(v, m)
		if at := c.turn(now); !at.IsZero() && at.Minutes() >= last.Minutes() {
			last = at
		}
	}
	own := chain[0].board.Milestones()
	for k := range own {
		look(&own[k])
	}
	for m := range above(v, chain) {
		look(m.milestone)
	}
	return last
}
