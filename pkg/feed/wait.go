package feed

import (
	"slices"
	"sync"
	"time"

	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/tracker"
)

// waiting is who waits for changes. Those who wait for the same place share a
// topic, so that a change looks at places and not at people; a topic's channel is
// closed by what they wait for, and wakes all at once.
type waiting struct {
	mu     sync.Mutex
	topics map[tracker.ElectionID]map[where]*topic
	each   map[Caller]*holder
	total  int
	// strangers are those of the total who are not known.
	strangers int
}

// Caller is in whose name somebody waits.
type Caller struct {
	Name string // any that tells callers apart
	// Known is for who has signed in or sent a token. Some places are for them
	// alone: addresses without a name can be had by the thousand.
	Known bool
}

// holder is what one caller has: so many listeners, the newest first.
type holder struct {
	places int
	newest *Listener
}

// forKnown is which part of all places, one in so many, is for who is known.
const forKnown = 4

// where is what is listened at.
type where struct {
	area int
	own  bool
}

type topic struct {
	changed chan struct{}
	users   int
}

func (w *waiting) begin() {
	w.topics, w.each = map[tracker.ElectionID]map[where]*topic{}, map[Caller]*holder{}
}

// anywhere is where the feed itself listens: at whatever happens.
var anywhere = where{area: -1}

// Listener waits for changes. Its methods are for one goroutine.
type Listener struct {
	feed     *Feed
	election tracker.ElectionID
	at       where
	caller   Caller
	over     chan struct{}

	// Held: waiting.mu.
	newer, older *Listener // of the same caller
	out          bool
}

// Listen begins to wait. It fails with fault.Limited "waiting-limited" where the
// caller waits too often already, and with fault.Unavailable "waiting-full" where too
// many do, of whom none has more places than he has. Close ends it.
func (f *Feed) Listen(e tracker.ElectionID, q *Filter, caller Caller) (*Listener, error) {
	w := &f.waiting
	w.mu.Lock()
	defer w.mu.Unlock()
	has := 0
	if h := w.each[caller]; h != nil {
		has = h.places
	}
	if has >= f.options.Each {
		limited := fault.New(fault.Limited, "waiting-limited",
			"Đang có %d lượt chờ thay đổi cùng lúc từ tài khoản hoặc địa chỉ này; dùng chung một lượt chờ, hoặc hỏi lại không kèm wait",
			"%d requests of this account or address are waiting for changes already; share one of them, or ask without wait", f.options.Each)
		limited.Wait = fullFor
		return nil, limited
	}
	if w.full(f.options.Waiting, caller) && !w.oust(caller, has) {
		return nil, fault.New(fault.Unavailable, "waiting-full",
			"Máy chủ đang có quá nhiều lượt chờ thay đổi; hỏi lại không kèm wait, hoặc thử lại sau", "Too many are waiting for changes; ask without wait, or try again later")
	}
	l := &Listener{feed: f, election: e, at: where{q.Area, q.Own}, caller: caller, over: make(chan struct{})}
	w.enter(l)
	w.topic(e, l.at).users++
	return l, nil
}

// full says that a caller has to wait until somebody goes. Held: mu.
func (w *waiting) full(most int, caller Caller) bool {
	return w.total >= most || !caller.Known && w.strangers >= most-most/forKnown
}

// oust ends the newest waiting of who has the most places, so that a caller who has
// fewer of them gets one: those who take all that they can end up with as many as
// each other. Only where that would lead to nothing else than the same the other way
// round is there no place. Strangers oust strangers. Held: mu.
func (w *waiting) oust(caller Caller, has int) bool {
	var most *holder
	for other, h := range w.each {
		if (caller.Known || !other.Known) && (most == nil || h.places > most.places) {
			most = h
		}
	}
	if most == nil || most.places < has+2 {
		return false
	}
	l := most.newest
	w.leave(l)
	close(l.over)
	return true
}

// enter counts a listener, and leave no longer, once. Held: mu.
func (w *waiting) enter(l *Listener) {
	w.total++
	if !l.caller.Known {
		w.strangers++
	}
	h := w.each[l.caller]
	if h == nil {
		h = &holder{}
		w.each[l.caller] = h
	}
	if l.older = h.newest; l.older != nil {
		l.older.newer = l
	}
	h.newest = l
	h.places++
}

func (w *waiting) leave(l *Listener) {
	if l.out {
		return
	}
	l.out = true
	w.total--
	if !l.caller.Known {
		w.strangers--
	}
	h := w.each[l.caller]
	if l.older != nil {
		l.older.newer = l.newer
	}
	if l.newer != nil {
		l.newer.older = l.older
	} else {
		h.newest = l.older
	}
	l.newer, l.older = nil, nil
	if h.places--; h.places == 0 {
		delete(w.each, l.caller)
	}
}

// Over is closed when the place went to somebody who has fewer: then nothing is to be
// waited for any longer.
func (l *Listener) Over() <-chan struct{} { return l.over }

// fullFor is after how long somebody who waits too often may try again.
const fullFor = 10 * time.Second

// topic finds or makes one. Held: mu.
func (w *waiting) topic(e tracker.ElectionID, at where) *topic {
	all := w.topics[e]
	if all == nil {
		all = map[where]*topic{}
		w.topics[e] = all
	}
	t := all[at]
	if t == nil {
		t = &topic{changed: make(chan struct{})}
		all[at] = t
	}
	return t
}

// Changed is closed by the next thing that may matter to who listens. Take it
// before looking at what there is, so that nothing falls in between.
func (l *Listener) Changed() <-chan struct{} {
	w := &l.feed.waiting
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.topic(l.election, l.at).changed
}

// Close ends the waiting.
func (l *Listener) Close() {
	w := &l.feed.waiting
	w.mu.Lock()
	defer w.mu.Unlock()
	w.leave(l)
	t := w.topic(l.election, l.at)
	if t.users--; t.users <= 0 {
		delete(w.topics[l.election], l.at)
	}
}

// Waiting says how many listen.
func (f *Feed) Waiting() int {
	f.waiting.mu.Lock()
	defer f.waiting.mu.Unlock()
	return f.waiting.total
}

// any is closed by whatever happens next to an election.
func (w *waiting) any(e tracker.ElectionID) <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.topic(e, anywhere).changed
}

// renew wakes who waits. Held: mu.
func (t *topic) renew() {
	close(t.changed)
	t.changed = make(chan struct{})
}

func (w *waiting) wakeAll(e tracker.ElectionID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, t := range w.topics[e] {
		t.renew()
	}
}

// wake wakes whom something of the records may matter to.
func (w *waiting) wake(x *election, records []record) {
	w.mu.Lock()
	defer w.mu.Unlock()
	topics := w.topics[x.id]
	if len(topics) == 0 {
		return
	}
	if t := topics[anywhere]; t != nil {
		t.renew()
	}
	places, whole := placesOf(x.view, records)
	for at, t := range topics {
		if at.area >= 0 && (whole || at.hears(x.view, places)) {
			t.renew()
		}
	}
}

// placesOf are the places that records are about, in order and each once, or that
// they are of the whole election.
func placesOf(v *mirror.View, records []record) (places []int, whole bool) {
	for k := range records {
		r := &records[k]
		if r.kind == "" {
			continue
		}
		if r.kind == tracker.ElectionMoved || r.kind == tracker.ElectionAmended {
			return nil, true
		}
		if i, known := v.Frame().List.Index(r.area); known {
			places = append(places, i)
		}
		for _, id := range r.brought {
			if i, known := v.Frame().List.Index(id.Area); known {
				places = append(places, i)
			}
		}
	}
	slices.Sort(places)
	return slices.Compact(places), false
}

func (at where) hears(v *mirror.View, places []int) bool {
	list := v.Frame().List
	end := at.area + 1
	if !at.own {
		_, end = list.Descendants(at.area)
	}
	k, _ := slices.BinarySearch(places, at.area)
	if k < len(places) && places[k] < end {
		return true
	}
	for i := list.Parent(at.area); i >= 0; i = list.Parent(i) {
		if _, above := slices.BinarySearch(places, i); above {
			return true
		}
	}
	return false
}
