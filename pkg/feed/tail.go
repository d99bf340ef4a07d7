package feed

import (
	"context"
	"slices"

	"tiendo/pkg/mirror"
	"tiendo/pkg/tracker"
)

// election is one election at one revision, with the recent part of its log. It
// never changes: a step of the mirror makes another one, which writes behind the
// end of what readers of this one see.
type election struct {
	id      tracker.ElectionID
	view    *mirror.View
	records []record // without a gap; the last is of the view's revision
	weight  int
}

// first is the revision of the first record that is kept, or of the next to come.
func (x *election) first() tracker.Revision {
	return x.view.Revision() + 1 - tracker.Revision(len(x.records))
}

// after are the records kept that came after a revision, which is not before the
// first of them.
func (x *election) after(r tracker.Revision) []record {
	return x.records[max(0, min(len(x.records), int(r+1-x.first()))):]
}

// asOf is the election as it was at a view of it; nil where it has not come so far.
func (x *election) asOf(v *mirror.View) *election {
	if x.view == v {
		return x
	}
	since := int(x.view.Revision() - v.Revision())
	if since < 0 {
		return nil
	}
	return &election{id: x.id, view: v, records: x.records[:max(0, len(x.records)-since)]}
}

// Told follows the mirror: it is one of [mirror.Options.Told].
func (f *Feed) Told(s mirror.Step) {
	f.mu.Lock()
	if s.After == nil {
		delete(f.elections, s.Election)
		f.mu.Unlock()
		f.waiting.wakeAll(s.Election)
		return
	}
	before := f.elections[s.Election]
	next := &election{id: s.Election, view: s.After}
	if len(s.Changes) == 0 || before == nil || before.view.Revision()+1 != s.Changes[0].Revision {
		f.elections[s.Election] = next
		f.mu.Unlock()
		f.askRefill(s.Election)
		f.waiting.wakeAll(s.Election)
		return
	}
	next.records, next.weight = before.records, before.weight
	for k := range s.Changes {
		r := recordOf(&s.Changes[k])
		next.records, next.weight = append(next.records, r), next.weight+r.weight()
	}
	fresh := next.after(s.Changes[0].Revision - 1) // who waits hears of all of it, kept or not
	next.trim(f.options.Keep)
	f.elections[s.Election] = next
	f.mu.Unlock()
	f.waiting.wake(next, fresh)
}

// trim drops the oldest records when too much is kept, many at a time.
func (x *election) trim(most int) {
	if x.weight <= most {
		return
	}
	k := 0
	for ; x.weight > most*3/4 && k < len(x.records); k++ {
		x.weight -= x.records[k].weight()
	}
	x.records = slices.Clone(x.records[k:])
}

func (f *Feed) askRefill(e tracker.ElectionID) {
	select {
	case f.refill <- e:
	default: // it will be read from the store as it is asked for
	}
}

// Run reads the recent part of the logs that were read anew until ctx ends. What
// fails is read from the store when somebody asks for it.
func (f *Feed) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case e := <-f.refill:
			if err := f.fill(ctx, e); err != nil && ctx.Err() == nil {
				f.options.Log.WarnContext(ctx, "could not read the recent part of a log", "election", e, "error", err)
			}
		}
	}
}

// refilled is how much of a log is read back: half of what may be kept.
func (f *Feed) refilled() int { return f.options.Keep / 2 }

// page is how many entries are read from the store at once.
const page = 1000

func (f *Feed) fill(ctx context.Context, e tracker.ElectionID) error {
	x, err := f.of(e)
	if err != nil {
		return nil // it went while this waited
	}
	upto := x.first() - 1
	after := max(0, upto-tracker.Revision(max(0, f.refilled()-len(x.records))))
	var older []record
	for at := after; at < upto; {
		found, err := f.log.ChangesWithin(ctx, e, nil, at, upto, page)
		if err != nil {
			return err
		}
		for k := range found {
			// Notes did not come along; they are nothing that is told.
			for r := at + 1; r < found[k].Revision; r++ {
				older = append(older, record{revision: r})
			}
			older, at = append(older, recordOf(&found[k])), found[k].Revision
		}
		if len(found) < page {
			for at < upto {
				at++
				older = append(older, record{revision: at})
			}
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.elections[e]
	if now == nil || now.first() != upto+1 {
		return nil // read anew once more; that has asked for itself
	}
	next := &election{id: e, view: now.view, records: slices.Concat(older, now.records)}
	for k := range next.records {
		next.weight += next.records[k].weight()
	}
	next.trim(f.options.Keep)
	f.elections[e] = next
	return nil
}

// Kept says how many things of all logs are kept in memory.
func (f *Feed) Kept() int {
	f.mu.RLock()
	defer f.mu.RUnlock()
	n := 0
	for _, x := range f.elections {
		n += x.weight
	}
	return n
}
