package mirror

import (
	"cmp"
	"iter"
	"slices"
	"time"

	"tiendo/pkg/tracker"
)

// TurnKind is how a milestone came to be due otherwise than it was.
type TurnKind uint8

// The kinds of turns.
const (
	// Moved: its dates are others.
	Moved TurnKind = iota + 1
	// Arrived: it was not there before, or was cancelled.
	Arrived
	// Gone: it was cancelled.
	Gone
	// Reopened: what was reported as finished no longer is.
	Reopened
	// SentBack: the level above returned it.
	SentBack
)

// Turn is one change of the log by which a milestone came to be due otherwise.
type Turn struct {
	Kind      TurnKind
	Revision  tracker.Revision
	Recorded  time.Time
	Milestone *Milestone // as it is now; shared: read only
	// ByReport: it followed from what was reported on another milestone.
	ByReport bool
}

// Turns are those of the area at index i after a revision, in the order of the
// log. What an opening or a plan brings with it comes all with one revision.
func (v *View) Turns(i int, after tracker.Revision) iter.Seq[Turn] {
	return func(yield func(Turn) bool) {
		b := v.Board(i)
		first, _ := slices.BinarySearchFunc(b.log, after+1, func(t transition, r tracker.Revision) int { return cmp.Compare(t.revision, r) })
		for k := first; k < len(b.log); k++ {
			t := &b.log[k]
			if t.kind == planAdded {
				for _, l := range t.what.Value().more.lines {
					if m, ok := b.Find(v.shape.refs[l.Key], 0); ok && !yield(t.turn(Arrived, m)) {
						return
					}
				}
				continue
			}
			if kind := b.turned(k); kind != 0 {
				m, ok := b.Find(t.place.ref, int(t.place.occurrence))
				if !ok {
					continue
				}
				x := t.turn(kind, m)
				x.ByReport = kind == Moved && v.isReport(i, t.what.Value().move.Value().cause)
				if !yield(x) {
					return
				}
			}
		}
	}
}

// LastTurn is the last turn of a milestone of the area at index i up to a
// revision, but for its being cancelled; false for one that was due as it had been
// when the election opened.
func (v *View) LastTurn(i int, m *Milestone, upTo tracker.Revision) (Turn, bool) {
	b := v.Board(i)
	for k := len(b.log) - 1; k >= 0; k-- {
		t := &b.log[k]
		if t.revision > upTo {
			continue
		}
		if t.kind == planAdded && m.Occurrence == 0 {
			named := func(l tracker.PlanLine) bool { return v.shape.refs[l.Key] == m.Ref }
			if slices.ContainsFunc(t.what.Value().more.lines, named) {
				return t.turn(Arrived, m), true
			}
		}
		if t.kind == planAdded || t.place != m.place() {
			continue
		}
		if kind := b.turned(k); kind != 0 && kind != Gone {
			return t.turn(kind, m), true
		}
	}
	return Turn{}, false
}

func (t *transition) turn(kind TurnKind, m *Milestone) Turn {
	return Turn{Kind: kind, Revision: t.revision, Recorded: time.UnixMicro(t.recorded).UTC(), Milestone: m}
}

// isReport says that a revision is a report of the area at index i or of one that
// it lies in: no others move its dates.
func (v *View) isReport(i int, r tracker.Revision) bool {
	for ; i >= 0; i = v.frame.List.Parent(i) {
		log := v.Board(i).log
		k, found := slices.BinarySearchFunc(log, r, func(t transition, r tracker.Revision) int { return cmp.Compare(t.revision, r) })
		if found {
			switch log[k].kind {
			case reported, taskAdded, taskRemoved, returned:
				return true
			}
			return false
		}
	}
	return false
}

// turned says what kind of turn an entry of the area's log is; 0 for none.
func (b *Board) turned(k int) TurnKind {
	t := &b.log[k]
	switch t.kind {
	case moved:
		return Moved
	case occurred, added, restored:
		return Arrived
	case cancelled:
		return Gone
	case returned:
		return SentBack
	}
	if s, says := t.standing(); says && !finished(s) && finished(b.stoodBefore(k)) {
		return Reopened
	}
	return 0
}

// stoodBefore is where the milestone stood that an entry of the log is about.
func (b *Board) stoodBefore(k int) tracker.Standing {
	at := b.log[k].place
	for k--; k >= 0; k-- {
		if t := &b.log[k]; t.place == at {
			if s, says := t.standing(); says {
				return s
			}
		}
	}
	return tracker.Unreported
}

func finished(s tracker.Standing) bool { return s == tracker.Reported || s == tracker.Confirmed }

// standing is where the milestone stands by this entry, if it says so.
func (t *transition) standing() (tracker.Standing, bool) {
	switch t.kind {
	case reported, taskAdded, taskRenamed, taskMoved, taskRemoved:
		return t.what.Value().standing, true
	case occurred, added, restored, cancelled, restated:
		return t.what.Value().more.milestone.Standing, true
	case confirmed:
		return tracker.Confirmed, true
	case returned:
		return tracker.Returned, true
	}
	return 0, false
}

// RunningSince is when the election last came to be open for work, false when it
// is not.
func (v *View) RunningSince() (time.Time, bool) {
	if v.frame.Election.State != tracker.Running {
		return time.Time{}, false
	}
	since := v.states[0].recorded
	for k := 1; k < len(v.states); k++ {
		if v.states[k].state == tracker.Running && v.states[k-1].state != tracker.Running {
			since = v.states[k].recorded
		}
	}
	return since, true
}

// Amended says that the election was amended by what was recorded at an instant.
func (v *View) Amended(at time.Time) bool {
	return slices.ContainsFunc(v.amended, func(a amendedAt) bool { return a.recorded.Equal(at) })
}
