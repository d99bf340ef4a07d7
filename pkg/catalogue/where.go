package catalogue

import (
	"slices"

	"tiendo/pkg/area"
	"tiendo/pkg/mirror"
	"tiendo/pkg/statute"
	"tiendo/pkg/tracker"
)

// Where is the milestone of an origin that is nearest to the place at an index:
// its own; else that of the nearest place it lies in; else the first in the
// smallest branch around it that has one. False when there is none: what an
// occurrence brings has to have come to the place, or to one above.
func Where(v *mirror.View, o *mirror.Origin, from int) (tracker.MilestoneID, bool) {
	list := v.Frame().List
	for i := from; i >= 0; i = list.Parent(i) {
		if id, ok := at(v, o, i); ok {
			return id, true
		}
	}
	if o.Nature == statute.OnOccurrence {
		return tracker.MilestoneID{}, false // what is nowhere need not be looked for everywhere
	}
	for top := from; top >= 0; top = list.Parent(top) {
		if id, ok := below(v, o, top); ok {
			return id, true
		}
	}
	return tracker.MilestoneID{}, false
}

// Here says that the place at an index has a milestone of the origin itself.
func Here(v *mirror.View, o *mirror.Origin, from int) bool {
	_, ok := at(v, o, from)
	return ok
}

// below is the first milestone of an origin below a place.
func below(v *mirror.View, o *mirror.Origin, top int) (tracker.MilestoneID, bool) {
	list := v.Frame().List
	first, last := list.Descendants(top)
	for i := first; i < last; i++ {
		if !exists(o, list.At(i)) {
			continue
		}
		if id, ok := at(v, o, i); ok {
			return id, true
		}
	}
	return tracker.MilestoneID{}, false
}

// exists says that a place may have a milestone of an origin at all.
func exists(o *mirror.Origin, a area.Area) bool {
	if o.Line != nil {
		return slices.Contains(o.Line.Areas, a.Code)
	}
	_, ok := o.Rule.ConditionAt(a.Level)
	return ok
}

// at is the first milestone of an origin in a place.
func at(v *mirror.View, o *mirror.Origin, i int) (tracker.MilestoneID, bool) {
	b := v.Board(i)
	if !b.Has(o.Ref) {
		return tracker.MilestoneID{}, false
	}
	for k := range b.Milestones() {
		if m := &b.Milestones()[k]; m.Ref == o.Ref {
			return v.ID(i, m), true
		}
	}
	return tracker.MilestoneID{}, false
}
