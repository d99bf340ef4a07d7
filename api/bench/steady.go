package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// steadyMode is the hidden mode in which this program asks at a constant rate.
const steadyMode = "steady"

// steadyOrders say what is asked, and how often. Clients come when they come,
// whether earlier ones have been answered or not (an open loop), and each waits
// from the moment at which it wanted to ask: a server that stands still for a
// moment makes all wait who come meanwhile, and none is left out.
type steadyOrders struct {
	Address     string
	List        string // of addresses; tags are learned beforehand
	Token       string
	Rate        float64 // refreshes a second
	For         time.Duration
	Connections int
}

// steadyResult is what clients met with. Times are from the intended moment.
type steadyResult struct {
	Answers     int
	NotModified int
	Whole       int
	Failed      int
	Failure     string // the first
	P50, P99    time.Duration
	P999, Most  time.Duration
}

// sound is an error where the round counts for nothing.
func (r steadyResult) sound(o steadyOrders) error {
	wanted := o.count()
	if r.Failed > 0 || r.Answers < wanted {
		return fmt.Errorf("%w: %d of %d refreshes failed, %d were answered, such as: %s", errVoid, r.Failed, wanted, r.Answers, r.Failure)
	}
	return nil
}

// count is how many refreshes there are.
func (o *steadyOrders) count() int { return int(o.Rate * o.For.Seconds()) }

// due is when refresh n wants to ask, since the beginning.
func (o *steadyOrders) due(n int) time.Duration {
	return time.Duration(float64(n) / o.Rate * float64(time.Second))
}

// schedule is who wants to ask and has to wait for a connection, in the order in
// which they came, and what all have waited for so far.
type schedule struct {
	orders  steadyOrders
	next    int             // refresh that has not come yet
	waiting []int           // refreshes that have come and have no connection
	waited  []time.Duration // of each answered refresh
	chance  *rand.Rand
}

func newSchedule(o steadyOrders) *schedule {
	return &schedule{orders: o, waited: make([]time.Duration, 0, o.count()), chance: rand.New(rand.NewPCG(2021, 523))}
}

// come adds all who want to ask by now.
func (s *schedule) come(now time.Duration) {
	for s.next < s.orders.count() && s.orders.due(s.next) <= now {
		s.waiting = append(s.waiting, s.next)
		s.next++
	}
}

// take gives the one who has waited the longest a connection.
func (s *schedule) take() (n int, some bool) {
	if len(s.waiting) == 0 {
		return 0, false
	}
	n, s.waiting = s.waiting[0], s.waiting[1:]
	return n, true
}

// answered counts from when the client wanted to ask.
func (s *schedule) answered(n int, now time.Duration) {
	s.waited = append(s.waited, now-s.orders.due(n))
}

// over says that nobody comes any more.
func (s *schedule) over() bool { return s.next == s.orders.count() && len(s.waiting) == 0 }

// pause is how long nothing comes.
func (s *schedule) pause(now time.Duration) time.Duration {
	if s.next == s.orders.count() {
		return 100 * time.Millisecond
	}
	return max(0, s.orders.due(s.next)-now)
}

func (s *schedule) result(r steadyResult) steadyResult {
	r.Answers = len(s.waited)
	if r.Answers == 0 {
		return r
	}
	slices.Sort(s.waited)
	r.P50, r.P99, r.P999 = quantile(s.waited, 0.5), quantile(s.waited, 0.99), quantile(s.waited, 0.999)
	r.Most = s.waited[len(s.waited)-1]
	return r
}

// steady runs it as a process of its own, on the core of the load. Begun is
// closed when clients know their tags and begin to ask, or when it fails before.
func (g *goals) steady(ctx context.Context, address, list string, rate float64, begun chan struct{}) (sampled, error) {
	o := steadyOrders{
		Address: address, List: list, Token: g.reading, Rate: rate, For: time.Duration(g.seconds) * time.Second, Connections: 64,
	}
	var r steadyResult
	if err := attended(ctx, loadCore, steadyMode, o, &r, begun); err != nil {
		return sampled{}, err
	}
	return sampled{took: r.P99, rate: float64(r.Answers) / o.For.Seconds(), whole: r.Whole}, r.sound(o)
}

// steadyRate is how many clients refresh a second (P4).
const steadyRate = 5000
