package feed

import (
	"context"
	"slices"
	"sync"
	"time"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/mirror"
	"tiendo/pkg/tracker"
)

// What the log has gone over is let go in the background; after a bulk change it
// is made anew as well, as far as it was asked for not long ago, so that those who
// all refresh now find it ready.

const (
	// bulk is how many places a change touches that many will ask about.
	bulk = 32
	// recently is how long ago, in minutes, an answer was last asked for that is
	// made anew without being asked for.
	recently = 30
	// stretch is how long the background works before it stands back as long.
	stretch = 2 * time.Millisecond
)

// touched is what has changed and has not been looked after.
type touched struct {
	mu        sync.Mutex
	elections map[tracker.ElectionID]*going
	signal    chan struct{} // holds one: there is something
}

// going is what has changed in one election.
type going struct {
	view *mirror.View // the newest; nil: it is gone
	all  bool
	in   map[area.Code]bool
}

func newTouched() touched {
	return touched{elections: map[tracker.ElectionID]*going{}, signal: make(chan struct{}, 1)}
}

// Told takes a step of the mirror (mirror.Options.Told). It only notes what was
// touched; [Prepared.Run] does the rest. What is read meanwhile is right: whether
// an answer holds is looked up with every request.
func (p *Prepared) Told(s mirror.Step) {
	if p.bound == 0 {
		return
	}
	t := &p.touched
	t.mu.Lock()
	defer t.mu.Unlock()
	g := t.elections[s.Election]
	if g == nil {
		g = &going{in: map[area.Code]bool{}}
		t.elections[s.Election] = g
	}
	g.view = s.After
	if len(s.Changes) == 0 {
		g.all = true
	}
	for k := range s.Changes {
		if c := &s.Changes[k]; c.Milestone.Area != "" {
			g.in[c.Milestone.Area] = true
		} else {
			g.all = true
		}
	}
	select {
	case t.signal <- struct{}{}:
	default:
	}
}

func (t *touched) take() map[tracker.ElectionID]*going {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := t.elections
	t.elections = map[tracker.ElectionID]*going{}
	return all
}

// Run lets go of what changes go over, until ctx ends. now is the present moment in
// the election's zone. There is one worker, and it stands back half of the time.
func (p *Prepared) Run(ctx context.Context, now func() civil.Cutoff) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-p.touched.signal:
		}
		pace := pace{ctx: ctx, begun: time.Now()}
		for election, g := range p.touched.take() {
			p.goOver(&pace, election, g, now)
		}
	}
}

// goOver looks at the entries of what was touched, of all that lies above it and
// of all that lies below and may show it.
func (p *Prepared) goOver(pace *pace, election tracker.ElectionID, g *going, now func() civil.Cutoff) {
	if g.view == nil {
		for _, e := range p.entries(func(at place) bool { return at.election == election }) {
			e.drop()
		}
		return
	}
	list := g.view.Frame().List
	warm := g.all || len(g.in) >= bulk
	look := func(i int) bool {
		for _, e := range p.of(place{election, list.At(i).Code}) {
			e.goOver(g.view, i, now(), warm)
			if !pace.keep() {
				return false
			}
		}
		return true
	}
	concerned := make([]bool, list.Len())
	for code := range g.in {
		i, ok := list.Index(code)
		if !ok {
			continue
		}
		first, last := list.Descendants(i)
		for k := first; k < last; k++ {
			concerned[k] = true
		}
		for k := i; k >= 0; k = list.Parent(k) {
			concerned[k] = true
		}
	}
	for i := range concerned {
		if (g.all || concerned[i]) && !look(i) {
			return
		}
	}
}

// of are the entries of a place.
func (p *Prepared) of(at place) []*Entry {
	part := p.part(at.area)
	part.mu.RLock()
	defer part.mu.RUnlock()
	s := part.places[at]
	if s == nil {
		return nil
	}
	return slices.Clone(s.entries)
}

// entries are those of all places that are wanted.
func (p *Prepared) entries(wanted func(place) bool) []*Entry {
	var all []*Entry
	for k := range p.parts {
		part := &p.parts[k]
		part.mu.RLock()
		for at, s := range part.places {
			if wanted(at) {
				all = append(all, s.entries...)
			}
		}
		part.mu.RUnlock()
	}
	return all
}

// goOver lets an answer go that the view no longer has, and makes the one that it
// has where that is wanted.
func (e *Entry) goOver(v *mirror.View, i int, now civil.Cutoff, warm bool) {
	a, tag := e.held.Load(), e.recipe.Tag(v, i, now)
	if a == nil || a.Tag == tag {
		return
	}
	asked := e.known.Load()
	if !warm || asked == nil || minutesBetween(asked.now, now) > recently {
		e.drop()
		return
	}
	// Whoever asks at the same time waits for it, or is waited for.
	if _, err := e.answer(context.Background(), v, i, now, tag); err != nil {
		e.drop() // the next one who asks is told why
	}
}

// drop lets the answer go; the entry stays.
func (e *Entry) drop() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.gone {
		e.keep(nil)
	}
}

func minutesBetween(a, b civil.Cutoff) int {
	return a.Day.DaysUntil(b.Day)*24*60 + b.Clock.Minutes() - a.Clock.Minutes()
}

// pace is how the background gives way.
type pace struct {
	ctx   context.Context //nolint:containedctx // it lives as long as one call of Run
	begun time.Time
}

// keep stands back when a stretch is over; false when there is no more time at all.
func (p *pace) keep() bool {
	worked := time.Since(p.begun)
	if worked < stretch {
		return p.ctx.Err() == nil
	}
	pause := time.NewTimer(worked)
	defer pause.Stop()
	select {
	case <-p.ctx.Done():
		return false
	case <-pause.C:
		p.begun = time.Now()
		return true
	}
}
