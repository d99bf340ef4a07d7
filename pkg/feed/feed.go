package feed

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"tiendo/pkg/area"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/tracker"
)

// Log is where older entries are read.
type Log interface {
	// ChangesWithin are the entries of the log about some areas (nil: all) after a
	// revision and up to another, in order, limit at most; plans that are added come
	// along, as they bring milestones to any area. Notes are no part of it.
	ChangesWithin(ctx context.Context, e tracker.ElectionID, areas []area.Code, after, upto tracker.Revision, limit int) ([]tracker.Change, error)
	// Head is where an election's log stands.
	Head(ctx context.Context, e tracker.ElectionID) (tracker.Head, error)
}

// Options are a feed's. Zero values are replaced by what stands beside them.
type Options struct {
	// Zone is where days begin (required).
	Zone *time.Location
	// Keep is how many things that entries are about are kept in memory for each
	// election (20,000; 5 MB).
	Keep int
	// Waiting is how many may wait at once, for an answer or at a stream (10,000), a
	// quarter of them only who is known; Each how many of one caller (1,000).
	Waiting, Each int
	// Read is how many entries of a log are read from the store for one page at most
	// (20,000): it is a page with less on it then, behind which there is more.
	Read int
	// Log takes what a reader of the service's log should know (none: dropped).
	Log *slog.Logger
}

// Feed is what is told of all elections. Its methods may be called by many.
type Feed struct {
	log     Log
	options Options

	mu        sync.RWMutex // guards elections
	elections map[tracker.ElectionID]*election
	refill    chan tracker.ElectionID
	reading   chan struct{} // holds those who read from the store

	waiting waiting
}

// readers are those who read from the store at once: whoever goes far back must not
// take every connection from those who write.
const readers = 4

// New makes a feed. Its Told has to be among those that the mirror tells, and
// before the mirror runs.
func New(log Log, o Options) *Feed {
	fill := func(n *int, usual int) {
		if *n == 0 {
			*n = usual
		}
	}
	fill(&o.Keep, 20_000)
	fill(&o.Waiting, 10_000)
	fill(&o.Each, 1_000)
	fill(&o.Read, 20_000)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	f := &Feed{
		log: log, options: o, elections: map[tracker.ElectionID]*election{},
		refill: make(chan tracker.ElectionID, 16), reading: make(chan struct{}, readers),
	}
	f.waiting.begin()
	return f
}

// of is an election as it is now.
func (f *Feed) of(e tracker.ElectionID) (*election, error) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	if x := f.elections[e]; x != nil {
		return x, nil
	}
	return nil, tracker.ElectionNotFound(e)
}

// View is the election as the feed tells of it: never ahead of what is told.
func (f *Feed) View(e tracker.ElectionID) (*mirror.View, error) {
	x, err := f.of(e)
	if err != nil {
		return nil, err
	}
	return x.view, nil
}

// Behind is for a server that has not heard yet what another one told.
func Behind() *fault.Error {
	return fault.New(fault.Unavailable, "feed-behind",
		"Máy chủ này chưa nhận đủ các thay đổi mới nhất; thử lại sau vài giây", "This server has not all of the latest changes yet; try again in a few seconds")
}
