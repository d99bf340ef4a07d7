package access

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Client is a token as it is used. What it asks for is counted in memory without
// a lock, and added in the background to what other servers have counted of it.
type Client struct {
	// Token is the token's id, User its owner.
	Token string
	User  UserID
	// Key is the beginning of the token's digest, which no other has.
	Key [16]byte

	used      atomic.Int64 // when last, Unix µs; 0: not since it was written down
	refreshed atomic.Int64 // when last it got what it asked for, or that this had not changed
	failed    atomic.Int64 // when last something failed
	failure   atomic.Int32 // with which status
	revision  atomic.Int64 // of the last change token it went on from
	whole     atomic.Int64 // answers with a body, since it was written down
	unchanged atomic.Int64 // 304
	written   atomic.Int64 // changes
	refused   atomic.Int64 // 4xx
	broken    atomic.Int64 // 5xx
	rhythm    rhythm
}

// FlushEvery is how often a server writes down what tokens were used for.
const FlushEvery = 10 * time.Second

// Asked is one request of a client, as it was answered.
type Asked struct {
	// Address tells what is asked for again from other things: a hash of the path.
	Address uint64
	Status  int
	Writes  bool
}

// Note counts a request.
func (c *Client) Note(now time.Time, a Asked) {
	at := now.UnixMicro()
	c.used.Store(at)
	switch {
	case a.Status >= 400:
		c.failure.Store(int32(a.Status))
		c.failed.Store(at)
		if a.Status >= 500 {
			c.broken.Add(1)
		} else {
			c.refused.Add(1)
		}
		return
	case a.Writes:
		c.written.Add(1)
		return
	case a.Status == 304:
		c.unchanged.Add(1)
	default:
		c.whole.Add(1)
	}
	c.refreshed.Store(at)
	c.rhythm.beat(now.UnixMilli(), a.Address)
}

// Reached notes from which change a client goes on: the revision in the change
// token that it came with.
func (c *Client) Reached(revision int64) { c.revision.Store(revision) }

// touch notes that the token was looked at.
func (c *Client) touch(now time.Time) { c.used.Store(now.UnixMicro()) }

// How a client's interval is found: the time between asking for the same thing
// twice, in the middle of the last ones, of up to four things of which one is
// given up when it was not asked for in a week.
const (
	beatThings   = 4
	beatsKept    = 8
	beatsNeeded  = 4
	shortestBeat = int64(time.Second / time.Millisecond)
	longestBeat  = int64(7 * 24 * time.Hour / time.Millisecond)
)

// rhythm finds out how often a client asks for the same things again. Two
// requests at once may lose a beat.
type rhythm struct {
	things [beatThings]struct{ address, last atomic.Int64 }
	beats  [beatsKept]atomic.Int64 // ms
	n      atomic.Uint32
}

func (r *rhythm) beat(now int64, address uint64) {
	free := -1
	for i := range r.things {
		t := &r.things[i]
		last := t.last.Load()
		switch {
		case last == 0 || now-last > longestBeat:
			if free < 0 {
				free = i
			}
		case t.address.Load() == int64(address):
			if gap := now - last; gap >= shortestBeat {
				t.last.Store(now)
				r.beats[(r.n.Add(1)-1)%beatsKept].Store(gap)
			}
			return
		}
	}
	if free >= 0 {
		r.things[free].address.Store(int64(address))
		r.things[free].last.Store(now)
	}
}

// interval is the client's own; 0 as long as there are too few beats.
func (r *rhythm) interval() time.Duration {
	n := min(r.n.Load(), beatsKept)
	if n < beatsNeeded {
		return 0
	}
	beats := make([]int64, n)
	for i := range beats {
		beats[i] = r.beats[i].Load()
	}
	slices.Sort(beats)
	return time.Duration(beats[n/2]) * time.Millisecond
}

// Usage is what a token was used for since it was last written down. Times that
// are zero are not known.
type Usage struct {
	Token     string
	Used      time.Time
	Refreshed time.Time
	Failed    time.Time
	Failure   int
	Revision  int64
	Interval  time.Duration // 0: not known
	Count     Counts
	Hour      time.Time // in which it was counted
}

// Counts are how often a client asked, by what came of it: answers with a body,
// that nothing had changed (304), changes, 4xx, 5xx.
type Counts struct{ Whole, Unchanged, Written, Refused, Broken int64 }

func moment(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// take is what was counted since the last time; false where nothing was.
func (c *Client) take(now time.Time) (Usage, bool) {
	used := c.used.Swap(0)
	if used == 0 {
		return Usage{}, false
	}
	return Usage{
		Token: c.Token, Used: moment(used), Refreshed: moment(c.refreshed.Load()),
		Failed: moment(c.failed.Load()), Failure: int(c.failure.Load()), Revision: c.revision.Load(),
		Interval: c.rhythm.interval(), Hour: now.Truncate(time.Hour),
		Count: Counts{c.whole.Swap(0), c.unchanged.Swap(0), c.written.Swap(0), c.refused.Swap(0), c.broken.Swap(0)},
	}, true
}

// restore gives back what could not be written down.
func (c *Client) restore(u *Usage) {
	c.used.CompareAndSwap(0, u.Used.UnixMicro())
	c.whole.Add(u.Count.Whole)
	c.unchanged.Add(u.Count.Unchanged)
	c.written.Add(u.Count.Written)
	c.refused.Add(u.Count.Refused)
	c.broken.Add(u.Count.Broken)
}

// clients are those that a server has met. There are no more than tokens.
type clients struct {
	mu       sync.Mutex
	all      map[string]*Client
	flushing sync.Mutex
	stale    atomic.Int64
}

func newClients() *clients { return &clients{all: map[string]*Client{}} }

// of is the client that a token is. Those beyond the bound are counted together,
// and nowhere.
func (c *clients) of(t *Token) *Client {
	c.mu.Lock()
	defer c.mu.Unlock()
	found := c.all[t.ID]
	if found == nil {
		found = &Client{Token: t.ID, User: t.User, Key: [16]byte(t.Digest[:16])}
		if len(c.all) < maxKnown {
			c.all[t.ID] = found
		}
	}
	return found
}

func (c *clients) list() []*Client {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := make([]*Client, 0, len(c.all))
	for _, one := range c.all {
		all = append(all, one)
	}
	return all
}

// Flush writes down what tokens were used for on this server, so that it is there
// to be read.
func (s *Service) Flush(ctx context.Context) error {
	s.clients.flushing.Lock()
	defer s.clients.flushing.Unlock()
	var from []*Client
	var all []Usage
	for _, c := range s.clients.list() {
		if u, some := c.take(s.now()); some {
			from, all = append(from, c), append(all, u)
		}
	}
	if len(all) == 0 {
		return nil
	}
	err := s.store.AddUsage(ctx, all)
	if err != nil {
		for i, c := range from {
			c.restore(&all[i])
		}
	}
	return err
}

// Run keeps what is known of callers up to date until ctx ends, and writes down
// what tokens are used for; what failed is told and tried again.
func (s *Service) Run(ctx context.Context, failed func(error)) error {
	ask, flush := time.NewTicker(Ask), time.NewTicker(FlushEvery)
	defer ask.Stop()
	defer flush.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return s.lastFlush(ctx)
		case <-ask.C:
			err = s.known.ask(ctx, s.store)
		case <-flush.C:
			err = s.round(ctx)
		}
		if err != nil && ctx.Err() == nil {
			failed(err)
		}
	}
}

// round writes down what there is, and looks who has stopped asking.
func (s *Service) round(ctx context.Context) error {
	if err := s.Flush(ctx); err != nil {
		return err
	}
	n, err := s.store.CountStale(ctx, s.now(), s.today())
	if err == nil {
		s.clients.stale.Store(int64(n))
	}
	return err
}

// lastFlush writes down what there is when the server ends.
func (s *Service) lastFlush(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), askPatience)
	defer cancel()
	return s.Flush(ctx)
}
