// Package feed is what those who ask again and again are given: answers that are
// prepared, and what has changed since they last asked. It is a function of the
// mirror; it decides nothing, and knows no HTTP.
package feed

import (
	"context"
	"fmt"
	"hash/maphash"
	"slices"
	"sync"
	"sync/atomic"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/mirror"
	"tiendo/pkg/tracker"
)

// What is the same bytes for everybody is made once, and kept compressed until
// the log goes over it.
//
// Who has something to be prepared writes a [Recipe] for it, takes the [Entry] of
// its [Key] with every request, asks that for the tag (a client that has it needs
// no more) and then for the answer:
//
//	e := prepared.Entry(feed.Key{Election: id, Area: code, Kind: "timeline"}, recipe)
//	if tag := e.Tag(v, i, now); tag != theirs {
//		a, err := e.Answer(ctx, v, i, now)
//		…a.Packed() or a.Plain()
//	}
//
// In package api that is what preparedAnswer does.

// Key is what is asked for.
type Key struct {
	Election tracker.ElectionID
	Area     area.Code
	// Kind is the projection; one recipe is behind it.
	Kind string
	// View are its parameters in one spelling; "" where there are none.
	View string
}

// Recipe is how one answer comes about. It is a function of its arguments and of
// what its key says, and of nothing else: two servers, or one at another time, make
// the same of the same. v is a view of the key's election and i the area's index in
// it; now is the present moment in the election's zone.
type Recipe interface {
	// Tag stands for the bytes that Make would give, and is found without making
	// them: never one tag for two answers.
	Tag(v *mirror.View, i int, now civil.Cutoff) string
	// Make builds the answer.
	Make(v *mirror.View, i int, now civil.Cutoff) (Made, error)
}

// Made is an answer as a recipe gives it.
type Made struct {
	Body []byte
	// Next is the address of the page that follows; "" where none does.
	Next string
}

// overhead is about what an entry takes beside its bytes.
const overhead = 512

// Prepared keeps answers within a bound of memory. Which of them still hold is not
// what it is told but what the view at hand says: the tag is looked at with every
// request. Its methods may be called by many.
type Prepared struct {
	bound int64
	seed  maphash.Seed
	parts [64]part

	hits, made, dropped atomic.Int64
	bytes               atomic.Int64

	evicting sync.Mutex
	hand     int // the part in which room is made next

	touched touched
}

// part is one of several tables, so that those who add do not meet.
type part struct {
	mu     sync.RWMutex
	places map[place]*shelf
	ring   []*Entry // in which the hand goes round
	hand   int
}

type place struct {
	election tracker.ElectionID
	area     area.Code
}

// shelf is what is kept of one place: mostly two or three entries, for which a table
// would take more than they do. Held: part.mu.
type shelf struct {
	entries []*Entry
	index   map[dish]*Entry // where there are more than a few
}

type dish struct{ kind, view string }

// few entries are found by looking at each.
const few = 8

func (s *shelf) find(k Key) *Entry {
	switch {
	case s == nil:
		return nil
	case s.index != nil:
		return s.index[dish{k.Kind, k.View}]
	}
	for _, e := range s.entries {
		if e.key.Kind == k.Kind && e.key.View == k.View {
			return e
		}
	}
	return nil
}

func (s *shelf) add(e *Entry) {
	e.place = len(s.entries)
	s.entries = append(s.entries, e)
	if s.index == nil && len(s.entries) > few {
		s.index = map[dish]*Entry{}
		for _, other := range s.entries {
			s.index[other.dish()] = other
		}
	} else if s.index != nil {
		s.index[e.dish()] = e
	}
}

func (s *shelf) remove(e *Entry) {
	last := s.entries[len(s.entries)-1]
	s.entries[e.place], last.place = last, e.place
	s.entries[len(s.entries)-1] = nil
	s.entries = s.entries[:len(s.entries)-1]
	delete(s.index, e.dish())
}

// NewPrepared makes a store of answers that takes as many bytes as the bound says;
// with 0 nothing is kept, and every answer is made for who asks for it.
func NewPrepared(bound int64) *Prepared {
	p := &Prepared{bound: bound, seed: maphash.MakeSeed(), touched: newTouched()}
	for k := range p.parts {
		p.parts[k].places = map[place]*shelf{}
	}
	return p
}

// Entry is the place of one answer. The recipe is taken from who asks first. An
// entry that is asked for again stays longer than one that is not: who goes through
// all there is drives nothing out that others use.
func (p *Prepared) Entry(k Key, r Recipe) *Entry {
	if p.bound == 0 {
		return &Entry{key: k, recipe: r}
	}
	if e := p.Lookup(k); e != nil {
		return e
	}
	part := p.part(k.Area)
	at := place{k.Election, k.Area}
	part.mu.Lock()
	s := part.places[at]
	e := s.find(k)
	if e == nil {
		if s == nil {
			s = &shelf{}
			part.places[at] = s
		}
		e = &Entry{prepared: p, part: part, key: k, recipe: r, bytes: overhead + int64(len(k.View))}
		s.add(e)
		e.at = len(part.ring)
		part.ring = append(part.ring, e)
		p.bytes.Add(e.bytes)
	}
	part.mu.Unlock()
	p.makeRoom()
	return e
}

// Lookup is the entry of a key that was asked for before; nil where none is kept.
func (p *Prepared) Lookup(k Key) *Entry {
	part := p.part(k.Area)
	part.mu.RLock()
	e := part.places[place{k.Election, k.Area}].find(k)
	part.mu.RUnlock()
	if e != nil && !e.wanted.Load() {
		e.wanted.Store(true)
	}
	return e
}

func (p *Prepared) part(a area.Code) *part {
	return &p.parts[maphash.String(p.seed, string(a))%uint64(len(p.parts))]
}

// makeRoom lets go of what was not asked for since the hand last came by, until
// the rest is within the bound (a clock, in the words of who writes caches).
func (p *Prepared) makeRoom() {
	if p.bytes.Load() <= p.bound {
		return
	}
	p.evicting.Lock()
	defer p.evicting.Unlock()
	for p.bytes.Load() > p.bound {
		p.parts[p.hand].turn(p)
		p.hand = (p.hand + 1) % len(p.parts)
	}
}

// turn moves the hand of a part on by one entry, which goes if nobody wanted it.
func (t *part) turn(p *Prepared) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.ring) == 0 {
		return
	}
	t.hand %= len(t.ring)
	if e := t.ring[t.hand]; e.wanted.Swap(false) {
		t.hand++
	} else {
		t.remove(p, e)
	}
}

// remove lets an entry go. Held: mu.
func (t *part) remove(p *Prepared, e *Entry) {
	last := t.ring[len(t.ring)-1]
	t.ring[e.at], last.at = last, e.at
	t.ring[len(t.ring)-1] = nil
	t.ring = t.ring[:len(t.ring)-1]
	at := place{e.key.Election, e.key.Area}
	s := t.places[at]
	if s.remove(e); len(s.entries) == 0 {
		delete(t.places, at)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.gone = true
	e.let.Store(true)
	if e.held.Swap(nil) != nil {
		p.dropped.Add(1)
	}
	p.bytes.Add(-e.bytes)
}

// Entry is one answer: what it is by now, and how it is made.
type Entry struct {
	prepared *Prepared // nil: it is kept nowhere
	part     *part
	at       int // in the part's ring; held: part.mu
	place    int // on its shelf; held: part.mu
	key      Key
	recipe   Recipe

	wanted atomic.Bool // since the hand last came by
	known  atomic.Pointer[stand]
	held   atomic.Pointer[Answer]

	mu     sync.Mutex
	making []*making
	bytes  int64 // that are counted for it
	gone   bool
	let    atomic.Bool // the same, for who holds no lock
}

func (e *Entry) dish() dish { return dish{e.key.Kind, e.key.View} }

// Key is what the entry is of.
func (e *Entry) Key() *Key { return &e.key }

// Wanted notes that the entry is asked for, as [Prepared.Entry] does; false when it
// was let go since, or is kept nowhere: then it has to be taken anew.
func (e *Entry) Wanted() bool {
	if e.prepared == nil || e.let.Load() {
		return false
	}
	if !e.wanted.Load() {
		e.wanted.Store(true)
	}
	return true
}

// stand is a tag, and for which view and minute it was found.
type stand struct {
	view uint64
	now  civil.Cutoff
	line [1]string // the tag
}

// making is an answer on its way.
type making struct {
	tag    string
	done   chan struct{}
	answer *Answer
	err    error
}

// Recipe is how the answer is made.
func (e *Entry) Recipe() Recipe { return e.recipe }

// Tag is the tag of the answer that a view has at a moment. As long as nothing at
// all has changed and the minute is the same, it is a comparison of two numbers.
func (e *Entry) Tag(v *mirror.View, i int, now civil.Cutoff) string {
	return e.stand(v, i, now).line[0]
}

// TagLine is [Entry.Tag] as a line of a header; shared: read only.
func (e *Entry) TagLine(v *mirror.View, i int, now civil.Cutoff) []string {
	return e.stand(v, i, now).line[:]
}

func (e *Entry) stand(v *mirror.View, i int, now civil.Cutoff) *stand {
	if s := e.known.Load(); s != nil && s.view == v.Number() && s.view != 0 && s.now == now {
		return s
	}
	s := &stand{view: v.Number(), now: now, line: [1]string{e.recipe.Tag(v, i, now)}}
	e.known.Store(s)
	return s
}

// Answer is the answer that a view has at a moment: the one that is kept, or else
// made by one of those who ask. The others wait for it, each as long as its context
// lasts, whose error they get; and they get the error of who made it in vain. Who
// comes later tries again.
func (e *Entry) Answer(ctx context.Context, v *mirror.View, i int, now civil.Cutoff) (*Answer, error) {
	return e.answer(ctx, v, i, now, e.Tag(v, i, now))
}

func (e *Entry) answer(ctx context.Context, v *mirror.View, i int, now civil.Cutoff, tag string) (*Answer, error) {
	if e.prepared == nil {
		return e.make(v, i, now, tag)
	}
	if a := e.held.Load(); a != nil && a.Tag == tag {
		e.prepared.hits.Add(1)
		return a, nil
	}
	m, mine := e.join(tag)
	if !mine {
		select {
		case <-m.done:
			return m.answer, m.err
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	defer e.finish(m, v.Number())
	m.err = errGaveUp // unless it comes to an end
	m.answer, m.err = e.make(v, i, now, tag)
	return m.answer, m.err
}

// errGaveUp is what those get who wait for one who panics.
var errGaveUp = fmt.Errorf("feed: whoever made the answer gave up")

// join finds out who makes the answer: true is the caller himself.
func (e *Entry) join(tag string) (*making, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if a := e.held.Load(); a != nil && a.Tag == tag { // since it was looked for
		e.prepared.hits.Add(1)
		return &making{answer: a, done: closed}, false
	}
	for _, m := range e.making {
		if m.tag == tag {
			return m, false
		}
	}
	m := &making{tag: tag, done: make(chan struct{})}
	e.making = append(e.making, m)
	return m, true
}

var closed = func() chan struct{} { c := make(chan struct{}); close(c); return c }()

// finish hands the answer over, and keeps it unless a newer view's is there.
func (e *Entry) finish(m *making, view uint64) {
	e.mu.Lock()
	e.making = slices.DeleteFunc(e.making, func(x *making) bool { return x == m })
	if m.err == nil && !e.gone {
		if was := e.held.Load(); was == nil || was.view <= view {
			m.answer.view = view
			e.keep(m.answer)
		}
	}
	e.mu.Unlock()
	close(m.done)
	e.prepared.makeRoom()
}

// keep replaces the answer that is kept; nil drops it. Held: mu.
func (e *Entry) keep(a *Answer) {
	if e.held.Swap(a) != nil {
		e.prepared.dropped.Add(1)
	}
	bytes := overhead + int64(len(e.key.View))
	if a != nil {
		bytes += int64(cap(a.packed)) + int64(len(a.Next))
	}
	e.prepared.bytes.Add(bytes - e.bytes)
	e.bytes = bytes
}

func (e *Entry) make(v *mirror.View, i int, now civil.Cutoff, tag string) (*Answer, error) {
	made, err := e.recipe.Make(v, i, now)
	if err != nil {
		return nil, err
	}
	a, err := pack(tag, &made)
	if err == nil && e.prepared != nil {
		e.prepared.made.Add(1)
	}
	return a, err
}

// Figures are what has come of the answers so far.
type Figures struct {
	// Hits is how many requests met an answer that was there, Made how many answers
	// were made, Dropped how many of them had to go again.
	Hits, Made, Dropped int64
	// Bytes is about what is kept by now.
	Bytes int64
}

// Figures counts.
func (p *Prepared) Figures() Figures {
	return Figures{Hits: p.hits.Load(), Made: p.made.Load(), Dropped: p.dropped.Load(), Bytes: p.bytes.Load()}
}
