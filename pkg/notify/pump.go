package notify

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/mirror"
	"tiendo/pkg/tracker"
)

// Entry is what of one entry of the log may leave the house: no person, no reason,
// no note. Entries of the kinds that are internal have no Kind.
type Entry struct {
	Revision, Cause tracker.Revision
	Kind            tracker.Kind
	Area            area.Code
	Milestone       tracker.MilestoneID // no Key: it is about no single milestone
	Happened        civil.Date
	Recorded        time.Time
	Tag             string // the writer's own
}

// Begins says that an act begins with the entry; those behind it, up to the next
// that begins one, came of it and were recorded with it.
func (e *Entry) Begins() bool { return e.Cause == e.Revision }

// Turn is what a consumer of an election's log has not seen yet, in a transaction
// that no other server has at the same time and that also keeps what he makes of
// it. So each act reaches him once, whatever breaks off.
type Turn interface {
	// Head is how far the consumer may read, the end of an act.
	Head() tracker.Revision
	// Entries hands over what comes next, in the order of the log, until the
	// consumer has enough: he says so at the beginning of an act that he does not
	// take any more. The entry is his only until he returns. The turn ends there.
	Entries(ctx context.Context, take func(*Entry) (enough bool, err error)) error
	// Skip ends the turn at the head without reading.
	Skip()
}

// Consumer takes his next turn in the log of an election, if nobody else is about
// to; more says that there is more to take.
type Consumer interface {
	Take(ctx context.Context, e tracker.ElectionID) (more bool, err error)
}

// every is how often a pump looks where it has heard nothing.
const every = 15 * time.Second

// Pump wakes consumers of the log: the log is the outbox. What is to be said to
// the outside is not enqueued where it happens, so that writers pay nothing; a
// consumer follows the log by a cursor of his own.
type Pump struct {
	log    *slog.Logger
	mu     sync.Mutex
	heard  map[tracker.ElectionID]bool
	signal chan struct{} // holds one: something was heard
}

// NewPump makes a pump; it hears of changes once [Pump.Told] is among those whom
// the mirror tells.
func NewPump(log *slog.Logger) *Pump {
	return &Pump{log: log, heard: map[tracker.ElectionID]bool{}, signal: make(chan struct{}, 1)}
}

// Told hears of the mirror's steps.
func (p *Pump) Told(s mirror.Step) {
	if s.After == nil {
		return
	}
	p.mu.Lock()
	p.heard[s.Election] = true
	p.mu.Unlock()
	select {
	case p.signal <- struct{}{}:
	default:
	}
}

// Run wakes the consumers until ctx ends: for an election of which something was
// heard at once, and for each now and then, in case a server that was about to
// take something ended. What fails is logged and tried again.
func (p *Pump) Run(ctx context.Context, elections func() []tracker.ElectionID, consumers ...Consumer) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			p.round(ctx, elections(), consumers)
		case <-p.signal:
			p.round(ctx, p.take(), consumers)
		}
	}
}

func (p *Pump) take() []tracker.ElectionID {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []tracker.ElectionID
	for e := range p.heard {
		all = append(all, e)
	}
	clear(p.heard)
	return all
}

func (p *Pump) round(ctx context.Context, elections []tracker.ElectionID, consumers []Consumer) {
	for _, e := range elections {
		for _, c := range consumers {
			for more := true; more && ctx.Err() == nil; {
				var err error
				if more, err = c.Take(ctx, e); err != nil {
					more = false
					if ctx.Err() == nil {
						p.log.WarnContext(ctx, "what happened was not passed on; trying again", "election", e, "err", err)
					}
				}
			}
		}
	}
}
