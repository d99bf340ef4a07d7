package mirror

import (
	"context"
	"slices"
	"time"

	"tiendo/pkg/area"
	"tiendo/pkg/tracker"
)

// loader takes an election in. Milestones and changes arrive before it is known
// what they are of: until then Ref is the place of their key in keys.
type loader struct {
	keys    []tracker.MilestoneKey
	refs    map[tracker.MilestoneKey]Ref
	areas   map[area.Code]*Board
	code    area.Code // of the milestones in buffer
	buffer  []Milestone
	scopes  map[place]string
	told    area.Code // of the changes in run
	run     []transition
	mores   mores
	states  []tracker.Change     // of the election itself
	replans map[string]time.Time // as in [View]
}

// Load reads one election whole, for whoever needs it once; who wants to stay up
// to date runs a [Mirror]. Fails as [Source] does, and when what is stored does
// not fit the program's rulebooks or areas.
func Load(ctx context.Context, source Source, e tracker.ElectionID) (*View, error) {
	l := &loader{refs: map[tracker.MilestoneKey]Ref{}, areas: map[area.Code]*Board{}, mores: mores{}, replans: map[string]time.Time{}}
	s, err := source.Snapshot(ctx, e, l.take, l.follow)
	if err != nil {
		return nil, err
	}
	l.flush()
	l.file()
	return l.view(&s)
}

func (l *loader) ref(key tracker.MilestoneKey) Ref {
	ref, ok := l.refs[key]
	if !ok {
		ref = Ref(len(l.keys))
		l.refs[key] = ref
		l.keys = append(l.keys, key)
	}
	return ref
}

func (l *loader) board(code area.Code) *Board {
	b := l.areas[code]
	if b == nil {
		b = &Board{}
		l.areas[code] = b
	}
	return b
}

func (l *loader) take(m *tracker.Milestone) error {
	if m.ID.Area != l.code {
		l.flush()
		l.code = m.ID.Area
	}
	slim := Milestone{Ref: l.ref(m.ID.Key), Occurrence: uint16(m.ID.Occurrence)}
	slim.take(m)
	l.buffer = append(l.buffer, slim)
	if m.Scope != "" {
		if l.scopes == nil {
			l.scopes = map[place]string{}
		}
		l.scopes[slim.place()] = m.Scope
	}
	return nil
}

// flush keeps what the buffer holds, in a slice of just its length.
func (l *loader) flush() {
	if len(l.buffer) > 0 {
		b := l.board(l.code)
		b.milestones, b.scopes = slices.Clone(l.buffer), l.scopes
	}
	l.buffer, l.scopes = l.buffer[:0], nil
}

// follow keeps of a change what boards need of it.
func (l *loader) follow(c *tracker.Change) error {
	switch c.Kind {
	case tracker.ElectionOpened, tracker.ElectionMoved, tracker.ElectionAmended:
		l.states = append(l.states, *c)
		return nil
	case tracker.PlanAdded:
		l.file()
		for code, lines := range linesByArea(c.After.Plan) {
			b := l.board(code)
			b.log = append(b.log, planTransition(c, lines))
		}
		return nil
	}
	if isReplan(c) {
		l.replans[c.After.Plan.Key] = c.Recorded
		return nil
	}
	k := slices.Index(kinds[:], c.Kind)
	if k < 0 {
		return nil
	}
	if c.Milestone.Occurrence < 0 || c.Milestone.Occurrence > maxOccurrence {
		return broken("there can be no milestone %s in %s", c.Milestone.Name(), c.Milestone.Area)
	}
	if c.Milestone.Area != l.told {
		l.file()
		l.told = c.Milestone.Area
	}
	at := place{l.ref(c.Milestone.Key), uint16(c.Milestone.Occurrence)}
	l.run = append(l.run, newTransition(kind(k), at, c, l.mores))
	return nil
}

// file puts what has been told of one area behind its log.
func (l *loader) file() {
	if len(l.run) > 0 {
		b := l.board(l.told)
		b.log = append(b.log, l.run...)
	}
	l.run = l.run[:0]
}

func (l *loader) view(s *Snapshot) (*View, error) {
	shape, err := newShape(s.Frame, s.Former, s.Plans)
	if err != nil {
		return nil, err
	}
	refs := make([]Ref, len(l.keys))
	for i, key := range l.keys {
		ref, ok := shape.refs[key]
		if !ok {
			return nil, broken("milestone %s is neither of rulebook %s nor of a plan", key, s.Frame.Rulebook.Version())
		}
		refs[i] = ref
	}
	v := newView(s.Frame, s.Revision, shape)
	v.papers = newPapers(s)
	v.former, v.replans = s.Former, l.replans
	v.remember(l.states)
	for code, b := range l.areas {
		i, ok := s.Frame.List.Index(code)
		if !ok && b.onlyPlanned() {
			continue // the tables do not have it either
		}
		if !ok {
			return nil, broken("area %s is not in edition %s", code, s.Frame.List.Edition())
		}
		b.settle(refs)
		b.tallyAll(shape)
		v.chunks[i/chunkLen].boards[i%chunkLen] = b
		v.count += len(b.milestones)
	}
	for _, d := range s.VotingDays {
		v.voting[d.Area] = d
	}
	return v, nil
}

// onlyPlanned says that nothing is known of an area but that plans named it.
func (b *Board) onlyPlanned() bool {
	return len(b.milestones) == 0 && !slices.ContainsFunc(b.log, func(t transition) bool { return t.kind != planAdded })
}

// newView is an election without milestones.
func newView(f *tracker.Frame, r tracker.Revision, s *shape) *View {
	v := &View{frame: f, revision: r, moved: 1, shape: s, voting: map[area.Code]tracker.VotingDay{}}
	v.states = []stateAt{{state: f.Election.State}}
	v.chunks = make([]*chunk, (f.List.Len()+chunkLen-1)/chunkLen)
	for i := range v.chunks {
		c := &chunk{}
		for k := range c.boards {
			c.boards[k] = empty
		}
		v.chunks[i] = c
	}
	return v
}

// settle gives milestones, scopes and log their final refs, and the log a slice
// of about its length.
func (b *Board) settle(refs []Ref) {
	for i := range b.milestones {
		b.milestones[i].Ref = refs[b.milestones[i].Ref]
	}
	var scopes map[place]string
	for at, text := range b.scopes {
		if scopes == nil {
			scopes = make(map[place]string, len(b.scopes))
		}
		scopes[place{refs[at.ref], at.occurrence}] = text
	}
	b.scopes = scopes
	for i := range b.log {
		if t := &b.log[i]; t.kind != planAdded {
			t.place.ref = refs[t.place.ref]
		}
	}
	if cap(b.log) > len(b.log)+len(b.log)/8 {
		b.log = slices.Clone(b.log)
	}
	b.log = slices.Clip(b.log)
	b.order()
}

// remember notes what has become of the election itself. Only for a view that
// nobody else has seen yet.
func (v *View) remember(changes []tracker.Change) {
	for i := range changes {
		switch c := &changes[i]; c.Kind {
		case tracker.ElectionOpened:
			v.states[0] = stateOf(c)
		case tracker.ElectionMoved:
			v.moved, v.states = c.Revision, append(v.states, stateOf(c))
		case tracker.ElectionAmended:
			v.moved, v.amended = c.Revision, append(v.amended, amendedAt{c.Happened, c.Recorded})
		}
	}
}

// tallyAll counts the tasks of every milestone.
func (b *Board) tallyAll(s *shape) {
	var told []transition
	for i := range b.log {
		if b.log[i].tells() {
			told = append(told, b.log[i])
		}
	}
	for i := range b.milestones {
		m := &b.milestones[i]
		o := s.origins[m.Ref]
		if len(told) == 0 {
			m.TasksTotal = uint16(len(o.steps))
			continue
		}
		b.tally(m, o, told)
	}
}

var _ tracker.Voting = (*View)(nil).VotingOf
