package mirror

import (
	"context"
	"slices"

	"tiendo/pkg/area"
	"tiendo/pkg/tracker"
)

// loader takes an election in. Milestones arrive before it is known what they
// are of: until then Ref is the place of their key in keys.
type loader struct {
	keys   []tracker.MilestoneKey
	refs   map[tracker.MilestoneKey]Ref
	areas  map[area.Code]*Board
	code   area.Code // of the milestones in buffer
	buffer []Milestone
	scopes map[place]string
}

// Load reads one election whole, for whoever needs it once; who wants to stay up
// to date runs a [Mirror]. Fails as [Source] does, and when what is stored does
// not fit the program's rulebooks or areas.
func Load(ctx context.Context, source Source, e tracker.ElectionID) (*View, error) {
	l := &loader{refs: map[tracker.MilestoneKey]Ref{}, areas: map[area.Code]*Board{}}
	s, err := source.Snapshot(ctx, e, l.take)
	if err != nil {
		return nil, err
	}
	l.flush()
	return l.view(&s)
}

func (l *loader) take(m *tracker.Milestone) error {
	if m.ID.Area != l.code {
		l.flush()
		l.code = m.ID.Area
	}
	ref, ok := l.refs[m.ID.Key]
	if !ok {
		ref = Ref(len(l.keys))
		l.refs[m.ID.Key] = ref
		l.keys = append(l.keys, m.ID.Key)
	}
	slim := Milestone{Ref: ref, Occurrence: uint16(m.ID.Occurrence)}
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
		l.areas[l.code] = &Board{milestones: slices.Clone(l.buffer), scopes: l.scopes}
	}
	l.buffer, l.scopes = l.buffer[:0], nil
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
	v.former = s.Former
	for code, b := range l.areas {
		i, ok := s.Frame.List.Index(code)
		if !ok {
			return nil, broken("area %s is not in edition %s", code, s.Frame.List.Edition())
		}
		b.settle(refs)
		v.chunks[i/chunkLen].boards[i%chunkLen] = b
		v.count += len(b.milestones)
	}
	for _, d := range s.VotingDays {
		v.voting[d.Area] = d
	}
	if err := v.remember(s.Changes); err != nil {
		return nil, err
	}
	return v, nil
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

// settle gives milestones and scopes their final refs.
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
	b.order()
}

// remember files the changes with the boards they are about and counts tasks.
// Only for a view that nobody else has seen yet.
func (v *View) remember(changes []tracker.Change) error {
	for i := range changes {
		c := &changes[i]
		switch c.Kind {
		case tracker.ElectionOpened:
			v.states[0] = stateOf(c)
		case tracker.ElectionMoved:
			v.moved, v.states = c.Revision, append(v.states, stateOf(c))
		case tracker.ElectionAmended:
			v.moved = c.Revision
		case tracker.PlanAdded:
			for i, lines := range linesByArea(v.frame.List, c.After.Plan) {
				v.own(i).log = append(v.own(i).log, planTransition(c, lines))
			}
		default:
			k := slices.Index(kinds[:], c.Kind)
			if k < 0 {
				continue
			}
			at, on, err := (&draft{View: v}).locate(c.Milestone)
			if err != nil {
				return err
			}
			v.own(at).log = append(v.own(at).log, newTransition(kind(k), on, c))
		}
	}
	v.tally()
	return nil
}

// own is the board at i, made where there is none.
func (v *View) own(i int) *Board {
	at := &v.chunks[i/chunkLen].boards[i%chunkLen]
	if *at == empty {
		*at = &Board{}
	}
	return *at
}

// tally counts the tasks of every milestone.
func (v *View) tally() {
	for _, c := range v.chunks {
		for _, b := range c.boards {
			if b != empty { // which all views share
				b.tallyAll(v.shape)
			}
		}
	}
}

func (b *Board) tallyAll(s *shape) {
	b.log = slices.Clip(b.log)
	for i := range b.milestones {
		m := &b.milestones[i]
		o := s.origins[m.Ref]
		if len(b.log) == 0 {
			m.TasksTotal = uint16(len(o.steps))
			continue
		}
		b.tally(m, o)
	}
}

var _ tracker.Voting = (*View)(nil).VotingOf
