package mirror

import (
	"cmp"
	"slices"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/tracker"
)

// past is what the milestones of an area were before they became what its board
// shows: one version for every day that something happened on, 40 bytes without
// a pointer each. What nothing has happened to has none.
//
// It is a fold of the log, as [View.AsOf] makes it for an instant, taken once for
// all days. What a change does is left to [tracker.Ledger]; only what a
// milestone of the law begins with is known here, by origins.
type past struct {
	versions []version // by index, then by until
	// dates that milestones had before they moved: version.dates points into it.
	dates []tracker.Dates
	// last is the day from whose end on the area is as its board shows it.
	last civil.Date
	// withdrawn are those of the area's own reports that were taken back later.
	withdrawn map[tracker.Revision]bool
	// moved: reports above may have moved some dates, so that it matters which of
	// those have been taken back; above is how many that were when this was made.
	// It only ever grows, as the log does.
	moved bool
	above int
}

// version is a milestone as it was up to the end of the day before until.
type version struct {
	revision tracker.Revision
	until    civil.Date
	doneOn   civil.Date
	doneBy   civil.Date
	planned  civil.Date
	index    int32 // in the board's milestones
	dates    int16 // in past.dates; asNow
	total    uint16
	done     uint16
	work     tracker.Work
	standing tracker.Standing
	silent   bool
	absent   bool // it was not there yet
}

const asNow = -1

// Past reads areas as they were by the end of one day, one after the other, with
// no allocation for each. It is for one reader.
type Past struct {
	view *View
	day  civil.Date
	upTo tracker.Revision
	room []Milestone
}

// Past looks back at a day; no day is the present.
func (v *View) Past(day civil.Date) *Past { return v.PastAt(v.revision, day) }

// PastAt is [View.Past] as it was when the log had come to a revision.
func (v *View) PastAt(r tracker.Revision, day civil.Date) *Past {
	return &Past{view: v, day: day, upTo: r}
}

// Milestones are those of the area at index i, as [View.AtRevision] has them. They are
// shared and good until the next call. An area in which nothing has happened
// since costs nothing; another a copy, once its past is made: that takes some
// 10 µs, when somebody first looks back after something happened there.
func (p *Past) Milestones(i int) ([]Milestone, error) {
	b := p.view.Board(i)
	if b.changedSince(p.upTo) {
		then, err := p.view.AtRevision(i, p.upTo, p.day)
		if err != nil {
			return nil, err
		}
		return then.milestones, nil
	}
	if p.day.IsZero() {
		return b.milestones, nil
	}
	was, err := p.view.pastOf(i)
	if err != nil || was.heldSince(p.day) {
		return b.milestones, err
	}
	p.room = was.at(p.day, append(p.room[:0], b.milestones...))
	return p.room, nil
}

// heldSince says that nothing has happened since the end of a day.
func (p *past) heldSince(day civil.Date) bool {
	return p == nil || day.IsZero() || !p.last.After(day)
}

// at takes milestones back to what they were at the end of a day.
func (p *past) at(day civil.Date, all []Milestone) []Milestone {
	seen, missing := int32(-1), false
	for k := range p.versions {
		was := &p.versions[k]
		if was.index == seen || !was.until.After(day) {
			continue
		}
		seen = was.index
		m := &all[seen]
		if was.absent {
			m.Revision, missing = 0, true // which no milestone has
			continue
		}
		m.DoneOn, m.DoneBy, m.Planned, m.Revision = was.doneOn, was.doneBy, was.planned, was.revision
		m.TasksTotal, m.TasksDone = was.total, was.done
		m.Work, m.Standing, m.Silent = was.work, was.standing, was.silent
		if was.dates != asNow {
			m.Dates = p.dates[was.dates]
		}
	}
	if missing {
		all = slices.DeleteFunc(all, func(m Milestone) bool { return m.Revision == 0 })
	}
	return all
}

// pastOf is the past of the area at index i; nil where nothing has happened. Two
// readers may make it at the same time; both make the same.
func (v *View) pastOf(i int) (*past, error) {
	b := v.Board(i)
	if len(b.log) == 0 {
		return nil, nil
	}
	above := 0
	p := b.past.Load()
	if p == nil || p.moved {
		var err error
		if above, err = v.withdrawnAbove(i, nil); err != nil {
			return nil, err
		}
	}
	if p != nil && p.above == above {
		return p, nil
	}
	p, err := v.newPast(i, b)
	if err != nil {
		return nil, err
	}
	if p.moved {
		p.above = above
	}
	b.past.Store(p)
	return p, nil
}

// withdrawnAbove counts the reports that were taken back in the areas that the
// one at index i lies in, and notes them.
func (v *View) withdrawnAbove(i int, all map[tracker.Revision]bool) (n int, err error) {
	for i = v.frame.List.Parent(i); i >= 0; i = v.frame.List.Parent(i) {
		p, err := v.pastOf(i)
		if err != nil {
			return 0, err
		}
		if p == nil {
			continue
		}
		n += len(p.withdrawn)
		for r := range p.withdrawn {
			if all != nil {
				all[r] = true
			}
		}
	}
	return n, nil
}

// historian makes the past of one area.
type historian struct {
	*View
	i      int
	code   area.Code
	board  *Board
	past   *past
	opened map[tracker.MilestoneKey]tracker.Record // what the opening gave; nil until needed
}

// event is a transition of one milestone.
type event struct {
	*transition
	index int32
}

func (v *View) newPast(i int, b *Board) (*past, error) {
	h := &historian{View: v, i: i, code: v.frame.List.At(i).Code, board: b, past: &past{}}
	events, err := h.events()
	if err != nil {
		return nil, err
	}
	if events, err = h.standing(events); err != nil {
		return nil, err
	}
	h.past.versions = make([]version, 0, len(events))
	for len(events) > 0 {
		n := 1
		for n < len(events) && events[n].index == events[0].index {
			n++
		}
		if err := h.tell(events[:n]); err != nil {
			return nil, err
		}
		events = events[n:]
	}
	h.past.versions = slices.Clip(h.past.versions)
	return h.past, nil
}

// events are what has happened, by milestone, then by revision.
func (h *historian) events() ([]event, error) {
	events := make([]event, 0, len(h.board.log))
	for k := range h.board.log {
		t := &h.board.log[k]
		if t.kind != planAdded {
			n, err := h.find(t.place)
			if err != nil {
				return nil, err
			}
			events = append(events, event{t, n})
			continue
		}
		for _, line := range t.what.Value().more.lines {
			n, err := h.find(place{ref: h.shape.refs[line.Key]})
			if err != nil {
				return nil, err
			}
			events = append(events, event{t, n})
		}
	}
	slices.SortStableFunc(events, func(a, b event) int { return cmp.Compare(a.index, b.index) })
	return events, nil
}

func (h *historian) find(at place) (int32, error) {
	n, ok := h.board.find(at)
	if !ok {
		return 0, broken("the log tells of a milestone %d.%d in %s, which is not there", at.ref, at.occurrence, h.code)
	}
	return int32(n), nil
}

// standing leaves out the events that were taken back later.
func (h *historian) standing(events []event) ([]event, error) {
	h.past.moved = slices.ContainsFunc(events, func(e event) bool { return e.kind == moved })
	if !h.past.moved && !corrected(events) {
		return events, nil
	}
	above := map[tracker.Revision]bool{}
	if h.past.moved {
		if _, err := h.withdrawnAbove(h.i, above); err != nil {
			return nil, err
		}
	}
	log := make([]tracker.Change, len(h.board.log))
	for k := range log {
		log[k] = h.board.log[k].change(h.code, h.shape)
	}
	gone := tracker.WithdrawnIn(log, func(r tracker.Revision) bool { return above[r] })
	for _, e := range events {
		if gone[e.revision] && e.kind != moved {
			if h.past.withdrawn == nil {
				h.past.withdrawn = map[tracker.Revision]bool{}
			}
			h.past.withdrawn[e.revision] = true
		}
	}
	return slices.DeleteFunc(events, func(e event) bool { return gone[e.revision] }), nil
}

// corrected says that a task which was reported done was reported on again, so
// that it is worth asking what was taken back.
func corrected(events []event) bool {
	for k, e := range events {
		if e.kind != reported && e.kind != taskAdded {
			continue
		}
		w := e.what.Value()
		if w.status != tracker.Done {
			continue
		}
		for _, later := range events[k+1:] {
			if later.index != e.index {
				break
			}
			if (later.kind == reported || later.kind == taskAdded) && later.what.Value().task == w.task {
				return true
			}
		}
	}
	return false
}

// tell writes the versions of one milestone from all that happened to it: one
// up to each day of an event. From the last on it is as it is now.
func (h *historian) tell(events []event) error {
	var room [8]civil.Date
	days := room[:0]
	for _, e := range events {
		days = append(days, e.happened)
	}
	slices.SortFunc(days, civil.Date.Compare)
	days = slices.Compact(days)
	h.past.last = civil.Later(h.past.last, days[len(days)-1])
	m := &h.board.milestones[events[0].index]
	first, err := h.first(m, events)
	if err != nil {
		return err
	}
	was := first
	for k, day := range days {
		v := version{index: events[0].index, until: day}
		if k > 0 {
			was = h.fold(m, first, events, days[k-1])
		}
		if was == nil {
			v.absent = true
		} else {
			h.write(&v, m, was)
		}
		h.past.versions = append(h.past.versions, v)
	}
	return nil
}

// first is what a milestone began with; nil for one that came into being later.
func (h *historian) first(m *Milestone, events []event) (*tracker.Record, error) {
	o := h.shape.origins[m.Ref]
	if o.Rule == nil || m.Occurrence > 0 {
		return nil, nil
	}
	if len(h.former) > 0 { // the rule may have been another then, or none
		err := h.open()
		if r, ok := h.opened[o.Key]; ok {
			return &r, err
		}
		return nil, err
	}
	r := &tracker.Record{Milestone: tracker.Milestone{ID: h.ID(h.i, m), Dates: m.Dates, Revision: 1}}
	for _, key := range o.steps {
		r.Tasks = append(r.Tasks, tracker.Task{Key: key})
	}
	if !slices.ContainsFunc(events, func(e event) bool { return e.kind == moved }) {
		return r, nil // its dates are still those that it was opened with
	}
	if err := h.open(); err != nil {
		return nil, err
	}
	r.Milestone.Dates = h.opened[o.Key].Milestone.Dates
	return r, nil
}

// open finds the milestones with which the area was opened.
func (h *historian) open() error {
	if h.opened != nil {
		return nil
	}
	opening := tracker.Opening{Frame: h.View.opened()}
	records, err := opening.Area(h.i)
	if err != nil {
		return err
	}
	h.opened = make(map[tracker.MilestoneKey]tracker.Record, len(records))
	for _, r := range records {
		h.opened[r.Milestone.ID.Key] = r
	}
	return nil
}

// fold is the milestone by the events up to the end of a day.
func (h *historian) fold(m *Milestone, first *tracker.Record, events []event, day civil.Date) *tracker.Record {
	ledger := tracker.Ledger{}
	if first != nil {
		ledger.Put(tracker.Record{Milestone: first.Milestone, Tasks: slices.Clone(first.Tasks)})
	}
	for _, e := range events {
		if !e.happened.After(day) {
			c := e.change(h.code, h.shape)
			ledger.Apply(&c)
		}
	}
	return ledger[h.ID(h.i, m)]
}

func (h *historian) write(v *version, m *Milestone, r *tracker.Record) {
	s := &r.Milestone
	v.revision, v.doneOn, v.doneBy, v.planned = s.Revision, s.DoneOn, s.DoneBy, s.Planned
	v.work, v.standing, v.silent = s.Work, s.Standing, s.Silent
	v.total, v.dates = uint16(len(r.Tasks)), asNow
	for k := range r.Tasks {
		if !r.Tasks[k].Status.Open() {
			v.done++
		}
	}
	if s.Dates == m.Dates {
		return
	}
	at := slices.Index(h.past.dates, s.Dates)
	if at < 0 {
		at = len(h.past.dates)
		h.past.dates = append(h.past.dates, s.Dates)
	}
	v.dates = int16(at)
}
