package mirror

import (
	"slices"
	"sync/atomic"
	"time"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/statute"
	"tiendo/pkg/tracker"
)

// View is one election at one revision. It never changes: whoever holds it sees
// the whole country at that revision, however long he looks. A change makes a
// new view that shares all but the boards it touched.
//
// Boards stand in chunks, so that a new view copies a list of about 180 chunks,
// one chunk and one board (about 6 kB) instead of a list of 11,372 areas.
type View struct {
	number   uint64 // see [View.Number]
	frame    *tracker.Frame
	former   []*tracker.Frame // that amendments replaced, the opening's first
	amended  []amendedAt      // when each of them was
	revision tracker.Revision
	moved    tracker.Revision // when the election itself last changed
	states   []stateAt        // that the election has been in, by revision; the first since ever
	shape    *shape
	replans  map[string]time.Time // when local plans were last changed or withdrawn, by key
	papers   *Papers
	voting   map[area.Code]tracker.VotingDay
	chunks   []*chunk // by area index
	count    int      // milestones
}

const chunkLen = 64

// chunk is never written once its view is handed out, but for the digest, which
// is made when first asked for.
type chunk struct {
	boards [chunkLen]*Board
	digest atomic.Pointer[digest]
}

// Frame is the election's law, day and places, with its state at this revision.
func (v *View) Frame() *tracker.Frame { return v.frame }

// Frames are all that the election has stood on, the opening's first, the present
// one last.
func (v *View) Frames() []*tracker.Frame { return append(slices.Clip(v.former), v.frame) }

// opened is the frame that the election was opened with, from which its log goes on.
func (v *View) opened() *tracker.Frame {
	if len(v.former) > 0 {
		return v.former[0]
	}
	return v.frame
}

// FrameAsOf is the frame that stood by what had happened up to the end of a day,
// as far as it had been recorded by an instant; no day and no instant are no
// limit. What the election was opened with goes back to the beginning.
func (v *View) FrameAsOf(day civil.Date, known time.Time) *tracker.Frame {
	stood := len(v.former)
	for stood > 0 && !v.amended[stood-1].countsBy(day, known) {
		stood--
	}
	return v.Frames()[stood]
}

// amendedAt is when an amendment was made.
type amendedAt struct {
	happened civil.Date
	recorded time.Time
}

func (a amendedAt) countsBy(day civil.Date, known time.Time) bool {
	return (day.IsZero() || !a.happened.After(day)) && (known.IsZero() || !a.recorded.After(known))
}

// Number tells the views that mirrors of this process have handed out apart: no two
// have the same, and a later one of an election has a greater one. It is 0 for a
// view that no mirror handed out.
func (v *View) Number() uint64 { return v.number }

// Revision is the position in the election's log that the view shows.
func (v *View) Revision() tracker.Revision { return v.revision }

// StateRevision is when the election itself last changed: when it was opened, last
// came into another state, or was last amended.
func (v *View) StateRevision() tracker.Revision { return v.moved }

// StateAsOf is the state of the election by what had happened up to the end of
// a day, as far as it had been recorded by an instant; no day and no instant are
// no limit. The state in which it was opened goes back to the beginning.
func (v *View) StateAsOf(day civil.Date, known time.Time) tracker.ElectionState {
	return v.state(func(s stateAt) bool {
		return (day.IsZero() || !s.happened.After(day)) && (known.IsZero() || !s.recorded.After(known))
	})
}

// StateAtRevision is the state of the election when its log had come to a
// revision, by what had happened up to the end of a day; no day is no limit.
func (v *View) StateAtRevision(r tracker.Revision, day civil.Date) tracker.ElectionState {
	return v.state(func(s stateAt) bool { return s.revision <= r && (day.IsZero() || !s.happened.After(day)) })
}

// state is the last of those that count.
func (v *View) state(counts func(stateAt) bool) tracker.ElectionState {
	state := v.states[0].state
	for _, s := range v.states[1:] {
		if counts(s) {
			state = s.state
		}
	}
	return state
}

// stateAt is when an election came into a state.
type stateAt struct {
	state    tracker.ElectionState
	revision tracker.Revision
	happened civil.Date
	recorded time.Time
}

func stateOf(c *tracker.Change) stateAt {
	return stateAt{c.After.Election.State, c.Revision, c.Happened, c.Recorded}
}

// Len counts the milestones of the country.
func (v *View) Len() int { return v.count }

// Board is the area at index i of the frame's list.
func (v *View) Board(i int) *Board { return v.chunks[i/chunkLen].boards[i%chunkLen] }

// Origin is the rule or the line of a local plan that a milestone is of.
func (v *View) Origin(m *Milestone) *Origin { return v.shape.origins[m.Ref] }

// Origins lists what milestones can be of, by Ref. Shared: read only.
func (v *View) Origins() []*Origin { return v.shape.origins }

// OriginOf finds an origin by its key; false when no rule and no plan has it.
func (v *View) OriginOf(key tracker.MilestoneKey) (*Origin, bool) {
	ref, ok := v.shape.refs[key]
	if !ok {
		return nil, false
	}
	return v.shape.origins[ref], true
}

// PlanLine finds a line of a local plan, with the plan; false when there is none.
func (v *View) PlanLine(key tracker.MilestoneKey) (*tracker.Plan, *tracker.PlanLine, bool) {
	o, ok := v.OriginOf(key)
	if !ok || o.Line == nil {
		return nil, nil, false
	}
	return o.Plan, o.Line, true
}

// Plans lists the local plans in the order in which they were entered. Shared:
// read only.
func (v *View) Plans() []tracker.Plan { return v.shape.plans }

// Milestone finds the milestone of an area (by index) under its key; false when
// the area does not have it. Shared: read only.
func (v *View) Milestone(i int, key tracker.MilestoneKey, occurrence int) (*Milestone, bool) {
	ref, ok := v.shape.refs[key]
	if !ok {
		return nil, false
	}
	return v.Board(i).Find(ref, occurrence)
}

// ID is the name of a milestone of the area at index i.
func (v *View) ID(i int, m *Milestone) tracker.MilestoneID {
	return tracker.MilestoneID{Area: v.frame.List.At(i).Code, Key: v.Origin(m).Key, Occurrence: int(m.Occurrence)}
}

// VotingOf is an area's own voting day where one is in force; else the zero
// Voting. It is a [tracker.Voting].
func (v *View) VotingOf(code area.Code) statute.Voting {
	d, ok := v.voting[code]
	if !ok || !d.InForce {
		return statute.Voting{}
	}
	return statute.Voting{Day: d.Day, Opens: d.Opens}
}

// VotingDay is what was decided of an area's own voting day, in force or
// doubtful; false when nothing was.
func (v *View) VotingDay(code area.Code) (tracker.VotingDay, bool) {
	d, ok := v.voting[code]
	return d, ok
}

// Place is the area at index i as the statute sees it.
func (v *View) Place(i int) statute.Place { return v.frame.Place(i, v.VotingOf) }

// Chain is the place at index i followed by those it lies in, up to the nation.
func (v *View) Chain(i int) []statute.Place { return v.frame.Chain(i, v.VotingOf) }

// Cancelled says since when and why a milestone of the area at index i is
// cancelled; false where it is not.
func (v *View) Cancelled(i int, m *Milestone) (tracker.Withdrawal, bool) {
	if m.Work != tracker.Cancelled {
		return tracker.Withdrawal{}, false
	}
	log := v.Board(i).log
	for k := len(log) - 1; k >= 0; k-- {
		if t := &log[k]; t.kind == cancelled && t.place == m.place() {
			if why := t.what.Value().more.why; why != nil {
				return *why, true
			}
		}
	}
	return tracker.Withdrawal{}, false
}

// Redrawn is when what the milestones of the election are of last came to say
// something else: when the election was last amended, or a local plan last changed
// or withdrawn; 0 when neither ever was. A plan that is added redraws nothing: it
// brings milestones of its own, and leaves all others what they were.
//
// Milestones can be had as of an earlier revision ([View.AtRevision]), origins only
// as they are now: what was read at a revision before Redrawn cannot be gone on
// with. It is the same in every view of one revision, whether that was loaded or
// came of following the log, so that servers beside each other agree on it.
func (v *View) Redrawn() tracker.Revision {
	last := v.frame.Amended
	for i := range v.shape.plans {
		if p := &v.shape.plans[i]; p.Revision > p.Entered {
			last = max(last, p.Revision)
		}
	}
	return last
}

// Replanned is when a local plan was last changed or withdrawn; zero for one that is
// as it was entered.
func (v *View) Replanned(plan string) time.Time { return v.replans[plan] }

// PlansRevision is when a local plan was last entered, changed or withdrawn; 0
// when there is none.
func (v *View) PlansRevision() tracker.Revision {
	var last tracker.Revision
	for i := range v.shape.plans {
		last = max(last, v.shape.plans[i].Revision)
	}
	return last
}
