package feed

import (
	"context"
	"time"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/mirror"
	"tiendo/pkg/timeline"
	"tiendo/pkg/tracker"
)

// Page is what changed behind a position.
type Page struct {
	Seen
	Entries []Change
	// Next is the position behind them. More: there is more to be gone through behind
	// it already.
	Next Position
	More bool
}

// Seen is what a page depends on beside its position and its filter.
type Seen struct {
	View     *mirror.View
	Revision tracker.Revision // as of [Revision]
	Moment   Moment
	State    tracker.Revision // of the election's own state and rules
	// NextRefreshAfter is in how many seconds it is worth asking again.
	NextRefreshAfter int
}

// Look says what an election has for a filter at this moment, without going
// through anything. now is the present moment in the election's time zone.
func (f *Feed) Look(e tracker.ElectionID, q *Filter, now civil.Cutoff) (Seen, error) {
	x, err := f.of(e)
	if err != nil {
		return Seen{}, err
	}
	return LookIn(x.view, q, now), nil
}

// LookAt is [Feed.Look] for any view, but for when it is worth asking again.
func LookAt(v *mirror.View, q *Filter, now civil.Cutoff) Seen {
	return Seen{
		View: v, Revision: Revision(v, q), Moment: MomentOf(v, q, now), State: max(v.StateRevision(), v.Frame().Amended),
	}
}

// LookIn is [Feed.Look] for any view.
func LookIn(v *mirror.View, q *Filter, now civil.Cutoff) Seen {
	s := LookAt(v, q, now)
	s.NextRefreshAfter = timeline.RefreshUsually
	switch {
	case v.Frame().Election.State == tracker.Closed:
		s.NextRefreshAfter = timeline.RefreshClosed
	case q.end(v)-q.Area > many || timeline.IsNear(v, q.Area, q.end(v), now):
		s.NextRefreshAfter = timeline.RefreshNearDeadline
	}
	return s
}

// many places always have something near, and are not gone through to find it.
const many = 100

// Position is the one behind all that is told.
func (s *Seen) Position() Position { return Position{Revision: s.Revision, Moment: s.Moment} }

// Empty says that nothing is behind a position.
func (s *Seen) Empty(p *Position) bool {
	return p.Within == 0 && p.Turn == nil && s.Revision <= p.Revision && s.Moment == p.Moment && s.State <= p.base()
}

// Page tells what changed behind a position, limit entries at most. It fails with
// fault.Expired "token-expired" for a position that is too old or of a log that
// there is no more, with fault.Unavailable "feed-behind" where another server is
// ahead and this one does not catch up in time, and as the store does.
func (f *Feed) Page(ctx context.Context, e tracker.ElectionID, q *Filter, from Position, now civil.Cutoff, limit int) (*Page, error) {
	if err := from.Check(now); err != nil {
		return nil, err
	}
	x, err := f.reached(ctx, e, from.Revision)
	if err != nil {
		return nil, err
	}
	return f.page(ctx, x, q, from, now, limit)
}

// PageIn is [Feed.Page] as of a view that the feed has told of, whatever has come
// since: what is behind a position that the view has reached.
func (f *Feed) PageIn(ctx context.Context, v *mirror.View, q *Filter, from Position, now civil.Cutoff, limit int) (*Page, error) {
	if err := from.Check(now); err != nil {
		return nil, err
	}
	x, err := f.of(v.Frame().Election.ID)
	if err != nil {
		return nil, err
	}
	if x = x.asOf(v); x == nil || from.Revision > v.Revision() {
		return nil, Behind()
	}
	return f.page(ctx, x, q, from, now, limit)
}

func (f *Feed) page(ctx context.Context, x *election, q *Filter, from Position, now civil.Cutoff, limit int) (*Page, error) {
	b := builder{feed: f, election: x, q: q, now: now, limit: limit, seen: LookIn(x.view, q, now), from: from, at: from}
	if b.seen.Empty(&from) {
		return &Page{Seen: b.seen, Next: b.settled()}, nil
	}
	if err := b.log(ctx); err != nil {
		return nil, err
	}
	if !b.full() && !b.rest {
		b.turns()
	}
	p := &Page{Seen: b.seen, Entries: b.entries, Next: b.at, More: b.rest}
	if b.full() {
		p.Entries, p.More = b.entries[:limit], true
		p.Next = p.Entries[limit-1].after
	}
	return p, nil
}

// catchUp is how long one waits for what another server has told already.
const catchUp = 2 * time.Second

// reached is the election once it has come to a revision.
func (f *Feed) reached(ctx context.Context, e tracker.ElectionID, r tracker.Revision) (*election, error) {
	x, err := f.of(e)
	if err != nil || x.view.Revision() >= r {
		return x, err
	}
	head, err := f.log.Head(ctx, e)
	if err != nil {
		return nil, err
	}
	if head.Revision < r {
		return nil, Expired()
	}
	ctx, cancel := context.WithTimeout(ctx, catchUp)
	defer cancel()
	for {
		l := f.waiting.any(e)
		if x, err = f.of(e); err != nil || x.view.Revision() >= r {
			return x, err
		}
		select {
		case <-l:
		case <-ctx.Done():
			return nil, Behind()
		}
	}
}

// builder makes a page.
type builder struct {
	feed     *Feed
	election *election
	q        *Filter
	now      civil.Cutoff
	limit    int
	seen     Seen
	from, at Position
	entries  []Change
	read     int  // entries of the log, from the store
	rest     bool // as many as may be, and there are more
}

// full says that there is one entry more than the page has room for.
func (b *builder) full() bool { return len(b.entries) > b.limit }

// settled is the position when all of the log up to the view has been told: the
// same for all views in which nothing else that is told of has happened, so that
// servers of which one has come further agree.
func (b *builder) settled() Position {
	p := b.from
	p.Revision, p.Within = max(p.Revision, b.seen.Revision), 0
	return p.rebased(b.from.base())
}

// log adds what the log has behind the position.
func (b *builder) log(ctx context.Context) error {
	v := b.election.view
	base := b.at.base()
	for b.at.Revision < b.seen.Revision || b.at.Within > 0 {
		records, upto, err := b.records(ctx)
		if err != nil {
			return err
		}
		for k := range records {
			r := &records[k]
			if r.kind == "" {
				continue
			}
			from := 0
			if r.revision == b.at.Revision+1 {
				from = b.at.Within
			}
			for n, t := range r.things(v, b.q, from) {
				e := b.q.entry(v, r, t, b.now)
				e.after = Position{Revision: r.revision - 1, Within: n + 1, Moment: b.at.Moment, Turn: b.at.Turn}
				if n+1 == r.weight() {
					e.after.Revision, e.after.Within = r.revision, 0
				}
				e.after = e.after.rebased(base)
				b.entries = append(b.entries, e)
				if b.full() {
					return nil
				}
			}
		}
		b.at.Revision, b.at.Within = upto, 0
		b.at = b.at.rebased(base)
		if upto >= v.Revision() {
			break
		}
		if b.rest = b.read >= b.feed.options.Read; b.rest {
			return nil
		}
	}
	b.at = b.settled()
	return nil
}

// records are the next behind the position, and the revision up to which they are
// all that may be asked for: from memory, and what memory no longer has from the
// store.
func (b *builder) records(ctx context.Context) ([]record, tracker.Revision, error) {
	x := b.election
	if b.at.Revision+1 >= x.first() || !b.older() {
		return x.after(b.at.Revision), x.view.Revision(), nil
	}
	upto := x.first() - 1
	select {
	case b.feed.reading <- struct{}{}:
		defer func() { <-b.feed.reading }()
	case <-ctx.Done():
		return nil, 0, ctx.Err()
	}
	most := min(page, b.feed.options.Read-b.read)
	found, err := b.feed.log.ChangesWithin(ctx, x.id, b.areas(), b.at.Revision, upto, most)
	if err != nil {
		return nil, 0, err
	}
	b.read += len(found)
	records := make([]record, len(found))
	for k := range found {
		records[k] = recordOf(&found[k])
	}
	if len(found) == most {
		upto = found[most-1].Revision
	}
	return records, upto, nil
}

// older says whether anything that may be asked for is behind the position and no
// longer in memory. Whoever comes back regularly has not missed any of it.
func (b *builder) older() bool {
	v, after, upto := b.election.view, b.at.Revision, b.election.first()-1
	within := func(r tracker.Revision) bool { return r > after && r <= upto }
	// Of what is known by its latest change only, one before it may be there.
	since := func(r tracker.Revision) bool { return r > after }
	if b.at.Within > 0 || since(v.StateRevision()) || since(v.Frame().Amended) || v.ChangedWithin(b.q.Area, !b.q.Own, after, upto) {
		return true
	}
	for _, i := range v.Frame().List.Ancestors(b.q.Area) {
		if v.ChangedWithin(i, false, after, upto) {
			return true
		}
	}
	p := v.Papers()
	for k := range p.Documents {
		if within(p.Documents[k].Revision) {
			return true
		}
	}
	for k := range p.Bodies {
		if within(p.Bodies[k].Revision) {
			return true
		}
	}
	plans := v.Plans()
	for k := range plans {
		if since(plans[k].Revision) {
			return true
		}
	}
	for _, d := range v.VotingDays() {
		if since(d.Revision) {
			return true
		}
	}
	return false
}

// areas are the places that anything asked for can be about; nil: all.
func (b *builder) areas() []area.Code {
	list := b.election.view.Frame().List
	end := b.q.end(b.election.view)
	if b.q.Area == 0 && end == list.Len() {
		return nil
	}
	var codes []area.Code
	for i := b.q.Area; i < end; i++ {
		codes = append(codes, list.At(i).Code)
	}
	for _, i := range list.Ancestors(b.q.Area) {
		codes = append(codes, list.At(i).Code)
	}
	return codes
}
