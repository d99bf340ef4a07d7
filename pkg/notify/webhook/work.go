package webhook

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/riverqueue/river"

	"tiendo/pkg/fault"
)

// Queue is that of messages.
const Queue = "webhooks"

const (
	// atOnce messages go from one server to one endpoint, Workers to all: one that is
	// slow does not hold up the others.
	atOnce = 2
	// Workers of one server.
	Workers = 20
	// lease is how long a message is left alone that somebody has begun to send: more
	// than he can take.
	lease = 30 * time.Second
	// keptFor is how long messages that are done with are kept.
	keptFor = 30 * 24 * time.Hour
	// sweeping is how often older ones are looked for.
	sweeping = 6 * time.Hour
)

// Sending is the job that sends a message until it was taken.
type Sending struct {
	Webhook  ID         `json:"webhook"`
	Delivery DeliveryID `json:"delivery"`
}

// Kind is the job's.
func (Sending) Kind() string { return "webhook_sending" }

// Sweeping is the job that removes old messages.
type Sweeping struct{}

// Kind is the job's.
func (Sweeping) Kind() string { return "webhook_sweeping" }

// Courier works the jobs of webhooks.
type Courier struct {
	Store    Store
	Sender   *Sender
	Schedule Schedule
	Now      func() time.Time
	Log      *slog.Logger
	// Told hears of each webhook that was switched off because its endpoint is gone
	// or takes nothing; may be nil.
	Told func(ctx context.Context, w *Webhook, why Off)

	lanes lanes
}

// Register adds the workers of webhooks and returns what comes at intervals.
func (c *Courier) Register(workers *river.Workers) []*river.PeriodicJob {
	river.AddWorker(workers, &sending{c: c})
	river.AddWorker(workers, &sweeper{c: c})
	return []*river.PeriodicJob{river.NewPeriodicJob(river.PeriodicInterval(sweeping), func() (river.JobArgs, *river.InsertOpts) {
		return Sweeping{}, &river.InsertOpts{Queue: Queue}
	}, &river.PeriodicJobOpts{RunOnStart: true})}
}

type sending struct {
	river.WorkerDefaults[Sending]
	c *Courier
}

// Work sends the message of a job, or says when to try again. That is no failure
// of the job: only what goes wrong in this house is one.
func (s *sending) Work(ctx context.Context, job *river.Job[Sending]) error {
	next, err := s.c.deliver(ctx, job.Args)
	if err != nil || next.IsZero() {
		return err
	}
	return river.JobSnooze(max(next.Sub(s.c.Now()), 0))
}

type sweeper struct {
	river.WorkerDefaults[Sweeping]
	c *Courier
}

// Work removes old messages.
func (s *sweeper) Work(ctx context.Context, _ *river.Job[Sweeping]) error {
	n, err := s.c.Store.Sweep(ctx, s.c.Now().Add(-keptFor))
	if n > 0 {
		s.c.Log.InfoContext(ctx, "removed old deliveries of webhooks", "deliveries", n)
	}
	return err
}

// deliver tries to send a message and says when to try next; never, when it is
// done with.
func (c *Courier) deliver(ctx context.Context, x Sending) (next time.Time, err error) {
	now := c.Now()
	leave, free := c.lanes.enter(x.Webhook)
	if !free {
		return now.Add(time.Second + rand.N(4*time.Second)), nil //nolint:gosec // jitter is no secret
	}
	defer leave()
	e, err := c.Store.ClaimDelivery(ctx, x.Delivery, now, now.Add(lease))
	if fault.KindOf(err) == fault.NotFound {
		return time.Time{}, nil // its webhook was removed
	}
	if err != nil || e.State != Waiting {
		return time.Time{}, err
	}
	if e.Next.After(now) {
		return e.Next, nil // it has its time, or somebody is about to
	}
	a := c.Sender.send(ctx, &e)
	if ctx.Err() != nil && a.Outcome != Taken {
		return now.Add(lease), nil // this server ends; the message did not fail
	}
	e.Tried++
	v := judge(&e.Delivery, &a, e.Tried, c.Schedule, c.Now())
	ctx = context.WithoutCancel(ctx)
	off, err := c.Store.Attempted(ctx, &e.Delivery, &a, v)
	if err != nil {
		return time.Time{}, err
	}
	if off {
		c.Log.WarnContext(ctx, "a webhook was switched off", "webhook", e.To.ID, "area", e.To.Area, "why", v.Off)
		if c.Told != nil {
			c.Told(ctx, &e.To, v.Off)
		}
	}
	return v.Next, nil
}

// lanes bound how many messages are under way to one endpoint.
type lanes struct {
	mu    sync.Mutex
	taken map[ID]int
}

func (l *lanes) enter(id ID) (leave func(), free bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.taken[id] >= atOnce {
		return nil, false
	}
	if l.taken == nil {
		l.taken = map[ID]int{}
	}
	l.taken[id]++
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.taken[id]--; l.taken[id] == 0 {
			delete(l.taken, id)
		}
	}, true
}
