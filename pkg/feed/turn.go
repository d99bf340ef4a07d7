package feed

import (
	"reflect"

	"tiendo/pkg/civil"
	"tiendo/pkg/mirror"
	"tiendo/pkg/statute"
	"tiendo/pkg/timeline"
	"tiendo/pkg/tracker"
)

// turns adds what stands otherwise though nobody did anything to it: a day or an
// hour has passed, the election has come to another state, or the words of its
// rules are others. It goes through the places in their order, and may take several
// pages; what turns meanwhile comes in the next pass.
func (b *builder) turns() {
	v := b.election.view
	then := turning{
		builder: b, moment: b.at.Moment, state: v.StateAtRevision(b.at.base(), civil.Date{}),
		upto: Turn{Moment: b.seen.Moment, Base: b.at.Revision},
	}
	then.reworded = reworded(v, b.at.base())
	if b.at.Turn != nil {
		then.upto = *b.at.Turn
		then.begun = true
	} else if b.seen.Moment == b.at.Moment && then.state == v.Frame().Election.State && then.reworded == nil {
		b.at = b.at.rebased(b.at.Revision)
		return
	}
	if then.places(); b.full() {
		return
	}
	b.at.Moment, b.at.Turn = then.upto.Moment, nil
	if b.at = b.at.rebased(max(then.upto.Base, b.at.base())); b.at.Base > b.at.Revision {
		b.at.Base = 0
	}
	if then.begun { // what turned since that pass was begun
		b.turns()
	}
}

// turning is one pass over what a filter hears of.
type turning struct {
	*builder
	moment   Moment
	state    tracker.ElectionState
	reworded map[mirror.Ref]bool
	upto     Turn
	begun    bool // where upto ends is where the page before did
}

func (t *turning) places() {
	v, list := t.election.view, t.election.view.Frame().List
	up := list.Ancestors(t.q.Area)
	for k := len(up) - 1; k >= 0; k-- {
		if t.place(up[k]); t.full() {
			return
		}
	}
	for i := t.q.Area; i < t.q.end(v); i++ {
		if t.place(i); t.full() {
			return
		}
	}
}

// place adds what turned in the area at index i, behind where the pass has come.
func (t *turning) place(i int) {
	v := t.election.view
	code := v.Frame().List.At(i).Code
	from := 0
	all := v.Board(i).Milestones()
	if t.begun && t.upto.Area != "" {
		at, known := v.Frame().List.Index(t.upto.Area)
		if known && i < at {
			return
		}
		if known && i == at {
			from = t.behind(all)
		}
	}
	base := t.at.base()
	for k := from; k < len(all); k++ {
		m := &all[k]
		o := v.Origin(m)
		if !t.q.wantsMilestone(v, i, o.Key) || !t.turned(m, o) {
			continue
		}
		id := v.ID(i, m)
		e := Change{
			Revision: m.Revision, Cause: m.Revision, Kind: Turned, Area: code, Milestone: id, Above: !t.q.covers(v, i),
			Happened: t.upto.Day, Recorded: t.upto.instant(t.feed.options.Zone),
		}
		e.Item, e.Removed = t.q.stands(v, i, id, t.now)
		turn := t.upto
		turn.Area, turn.Key, turn.Occurrence = code, id.Key, id.Occurrence
		e.after = Position{Revision: t.at.Revision, Moment: t.moment, Turn: &turn}.rebased(base)
		if t.entries = append(t.entries, e); t.full() {
			return
		}
	}
}

// behind finds the place behind the milestone at which the pass stopped.
func (t *turning) behind(all []mirror.Milestone) int {
	o, known := t.election.view.OriginOf(t.upto.Key)
	if !known {
		return 0
	}
	for k := range all {
		if all[k].Ref > o.Ref || all[k].Ref == o.Ref && int(all[k].Occurrence) > t.upto.Occurrence {
			return k
		}
	}
	return len(all)
}

func (t *turning) turned(m *mirror.Milestone, o *mirror.Origin) bool {
	if t.reworded[o.Ref] {
		return true
	}
	v := t.election.view
	return timeline.TimingThen(v, m, t.moment.cutoff(), t.state) != timeline.TimingThen(v, m, t.now, v.Frame().Election.State)
}

// reworded are the origins whose rule said something else in the frame that stood
// at a revision; nil where none did.
func reworded(v *mirror.View, then tracker.Revision) map[mirror.Ref]bool {
	frames := v.Frames()
	k := len(frames) - 1
	for k > 0 && frames[k].Amended > then {
		k--
	}
	was, is := frames[k].Rulebook, frames[len(frames)-1].Rulebook
	if was == is {
		return nil
	}
	var all map[mirror.Ref]bool
	for _, o := range v.Origins() {
		if o.Rule == nil {
			continue
		}
		if r, err := was.Rule(o.Rule.Key); err != nil || !sameWords(r, o.Rule) {
			if all == nil {
				all = map[mirror.Ref]bool{}
			}
			all[o.Ref] = true
		}
	}
	return all
}

// sameWords says that two versions of a rule are shown alike, their dates apart:
// those are the milestones' own, and moved by changes of their own.
func sameWords(a, b *statute.Rule) bool {
	return a.Title == b.Title && a.Phase.Key == b.Phase.Key && a.Phase.Order == b.Phase.Order && a.Family.Key == b.Family.Key &&
		a.Nature == b.Nature && a.ShownBelow == b.ShownBelow && a.ResponsibleTitle == b.ResponsibleTitle &&
		a.OneSource() == b.OneSource() && reflect.DeepEqual(a.Serves, b.Serves) && reflect.DeepEqual(a.Responsible, b.Responsible)
}
