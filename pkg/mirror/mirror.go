// Package mirror keeps the country in memory: every milestone's dates and
// states at one revision of its election's log. Reading is a pure function of a
// [View], which never changes; a [Mirror] follows the log and hands out the
// newest. It decides nothing and knows no day.
package mirror

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"tiendo/pkg/fault"
	"tiendo/pkg/tracker"
)

// Options say how a mirror follows its source. Zero values are replaced by what
// stands beside them.
type Options struct {
	// Now is a clock that goes on by itself, also when it was set to another
	// day (required). Only differences are taken.
	Now func() time.Time
	// Log takes what a reader of the service's log should know (none: dropped).
	Log *slog.Logger
	// Ask is how often the heads are asked for at least (1 s).
	Ask time.Duration
	// Bound is how long the mirror may be without an answer about the heads
	// before it is neither ready nor fresh (3 s).
	Bound time.Duration
	// Retry is the longest pause before listening again (2 s).
	Retry time.Duration
	// Page is how many changes are fetched at once (1,000).
	Page int
	// Told are called with every step, in the order of the log, once the new view
	// can be read and before the next step; an act on this server is answered only
	// after it. They must be quick, must not block and must not ask the mirror to
	// apply anything.
	Told []func(Step)
}

// Step is the mirror's way from one view of an election to the next.
type Step struct {
	Election tracker.ElectionID
	// Before is nil for an election that is new, After for one that is gone.
	Before, After *View
	// Changes led from Before to After, in the order of the log without a gap, whole
	// acts only; none
	// where the election was read (anew): then anything may be different. Shared:
	// read only.
	Changes []tracker.Change
}

func (o Options) filled() Options {
	fill := func(d *time.Duration, usual time.Duration) {
		if *d == 0 {
			*d = usual
		}
	}
	fill(&o.Ask, time.Second)
	fill(&o.Bound, 3*time.Second)
	fill(&o.Retry, 2*time.Second)
	if o.Page == 0 {
		o.Page = 1000
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// Mirror is all elections in memory. Its methods may be called by many.
type Mirror struct {
	source  Source
	options Options

	views   atomic.Pointer[map[tracker.ElectionID]*View] // replaced, never written
	writing sync.Mutex                                   // held to replace views; no I/O under it
	loading chan struct{}                                // holds one: who reads a whole election

	loaded  chan struct{}             // closed when every election has been read once
	checked atomic.Pointer[time.Time] // when the last round that ended well began
	reached atomic.Pointer[time.Time] // when heads were last had while an election was read anew
	hearing atomic.Bool               // notifications would arrive
	failed  atomic.Pointer[error]

	news news
}

// New makes a mirror that is still empty; [Mirror.Run] fills it.
func New(source Source, o Options) *Mirror {
	m := &Mirror{
		source: source, options: o.filled(),
		loading: make(chan struct{}, 1), loaded: make(chan struct{}),
		news: news{signal: make(chan struct{}, 1), tried: make(chan struct{})},
	}
	m.views.Store(&map[tracker.ElectionID]*View{})
	return m
}

// View is an election at its newest revision. Fails with fault.NotFound
// "election-not-found", and with fault.Unavailable "mirror-not-loaded" as long
// as that cannot be known, or "rulebook-changed" where waiting does not help.
func (m *Mirror) View(e tracker.ElectionID) (*View, error) {
	if v := m.current(e); v != nil {
		return v, nil
	}
	if !m.isLoaded() {
		return nil, m.notLoaded()
	}
	return nil, tracker.ElectionNotFound(e)
}

// Views lists all elections, the latest election day first.
func (m *Mirror) Views() []*View {
	var all []*View
	for _, v := range *m.views.Load() {
		all = append(all, v)
	}
	slices.SortFunc(all, func(a, b *View) int {
		x, y := a.frame.Election, b.frame.Election
		if c := y.Day.Compare(x.Day); c != 0 {
			return c
		}
		return strings.Compare(string(x.ID), string(y.ID))
	})
	return all
}

// Wait returns when every election has been read once, or with ctx's error.
func (m *Mirror) Wait(ctx context.Context) error {
	select {
	case <-m.loaded:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("mirror: waiting for the first load: %w", ctx.Err())
	}
}

// Ready is nil when what the mirror shows is whole and fresh; else a
// fault.Unavailable that says what is missing.
func (m *Mirror) Ready() error {
	if !m.isLoaded() {
		return m.notLoaded()
	}
	return m.Fresh()
}

// Fresh is nil as long as the heads could be asked for within the bound, so that
// nothing the mirror shows is older than that; else fault.Unavailable
// "mirror-stale". While an election is read anew it may show what was before for as
// long as that takes, and as long as the database answers meanwhile. It says nothing
// of a mirror that was never run: what such a one has it was given.
func (m *Mirror) Fresh() error {
	checked := m.checked.Load()
	if checked == nil {
		return nil
	}
	now := m.options.Now()
	if now.Sub(*checked) <= m.options.Bound {
		return nil
	}
	if reached := m.reached.Load(); reached != nil && now.Sub(*reached) <= m.options.Bound {
		return nil
	}
	return fault.New(fault.Unavailable, "mirror-stale",
		"Không đọc được nhật ký thay đổi từ %d giây nay (tối đa %d); kiểm tra kết nối tới cơ sở dữ liệu",
		"The log of changes could not be read for %d seconds (at most %d); check the connection to the database",
		int(now.Sub(*checked).Seconds()), int(m.options.Bound.Seconds())).Because(m.lastFailure())
}

// Hears says whether the mirror would be told of changes at once, and how often it
// asks in any case.
func (m *Mirror) Hears() (bool, time.Duration) { return m.hearing.Load(), m.options.Ask }

// Age is for how long nothing has been known of the heads; false before they were
// reached for the first time.
func (m *Mirror) Age() (time.Duration, bool) {
	checked := m.checked.Load()
	if checked == nil {
		return 0, false
	}
	return m.options.Now().Sub(*checked), true
}

func (m *Mirror) isLoaded() bool {
	select {
	case <-m.loaded:
		return true
	default:
		return false
	}
}

func (m *Mirror) notLoaded() error {
	cause := m.lastFailure()
	if fault.Is(cause, "rulebook-changed") {
		return cause
	}
	return fault.New(fault.Unavailable, "mirror-not-loaded",
		"Dữ liệu đang được nạp từ cơ sở dữ liệu; thử lại sau vài giây",
		"The data is still being read from the database; try again in a few seconds").Because(cause)
}

func (m *Mirror) lastFailure() error {
	if err := m.failed.Load(); err != nil {
		return *err
	}
	return nil
}

func (m *Mirror) current(e tracker.ElectionID) *View { return (*m.views.Load())[e] }

// broken says that source and program do not fit together.
func broken(format string, args ...any) error {
	return fmt.Errorf("mirror: "+format, args...)
}
