package mirror

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sethvargo/go-retry"

	"tiendo/pkg/tracker"
)

const (
	// firstRetry is the pause before listening again at first; it doubles.
	firstRetry = 50 * time.Millisecond
	// patience is how long one question about heads or changes may take.
	patience = 10 * time.Second
	// mends is how often an election is read anew before giving up for now.
	mends = 3
)

// errBehind: the source does not have (yet) what was heard of.
var errBehind = errors.New("mirror: the source is behind what was heard of it")

// news is what has been heard and not yet looked after.
type news struct {
	mu     sync.Mutex
	heard  map[tracker.ElectionID]tracker.Revision
	ask    bool          // ask for all heads: something may have been missed
	signal chan struct{} // holds one: there is something
	tried  chan struct{} // closed when listening has begun or failed once
	once   sync.Once
}

func (n *news) wake() {
	select {
	case n.signal <- struct{}{}:
	default:
	}
}

func (n *news) hear(e tracker.ElectionID, r tracker.Revision) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.heard == nil {
		n.heard = map[tracker.ElectionID]tracker.Revision{}
	}
	n.heard[e] = max(n.heard[e], r)
	n.wake()
}

// missed says that the heads have to be asked for.
func (n *news) missed() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.ask = true
	n.wake()
}

func (n *news) take() (heard map[tracker.ElectionID]tracker.Revision, ask bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	heard, ask = n.heard, n.ask
	n.heard, n.ask = nil, false
	return heard, ask
}

func (n *news) attempted() { n.once.Do(func() { close(n.tried) }) }

// Run follows the source until ctx ends: it listens first, then loads, then
// applies what it hears of, and asks for the heads at short intervals, so that
// nothing rests on notifications. Failures are logged, stated by [Mirror.Ready]
// and tried again. It leaves nothing running.
func (m *Mirror) Run(ctx context.Context) error {
	var listening sync.WaitGroup
	listening.Go(func() { m.listen(ctx) })
	defer listening.Wait()

	select {
	case <-m.news.tried:
	case <-time.After(m.options.Ask): // whoever cannot listen can still ask
	case <-ctx.Done():
		return nil
	}
	tick := time.NewTicker(m.options.Ask)
	defer tick.Stop()
	for ask := true; ; {
		m.look(ctx, ask)
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			ask = true
		case <-m.news.signal:
			ask = false
		}
	}
}

// listen keeps listening, with growing pauses where that fails.
func (m *Mirror) listen(ctx context.Context) {
	pauses := m.pauses()
	for ctx.Err() == nil {
		err := m.source.Listen(ctx, func() {
			pauses = m.pauses()
			m.hearing.Store(true)
			m.news.attempted()
			m.news.missed()
		}, m.news.hear)
		m.hearing.Store(false)
		m.news.attempted()
		if ctx.Err() != nil {
			return
		}
		pause, _ := pauses.Next()
		m.options.Log.WarnContext(ctx, "lost the notifications of changes; listening again", "error", err, "pause", pause)
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

func (m *Mirror) pauses() retry.Backoff {
	return retry.WithCappedDuration(m.options.Retry, retry.NewExponential(firstRetry))
}

// look sees to everything heard of; with ask, or where listening began anew,
// also to everything that may have been missed.
func (m *Mirror) look(ctx context.Context, ask bool) {
	heard, missed := m.news.take()
	if ask || missed {
		m.note(ctx, m.round(ctx))
		return
	}
	for e, r := range heard {
		m.note(ctx, m.reach(ctx, e, r))
	}
}

// note keeps a failure for the log and for Ready.
func (m *Mirror) note(ctx context.Context, err error) {
	if err == nil || ctx.Err() != nil {
		return
	}
	m.failed.Store(&err)
	m.options.Log.WarnContext(ctx, "could not follow the log of changes; trying again", "error", err)
}

// round asks for all heads and reaches them.
func (m *Mirror) round(ctx context.Context) error {
	began := m.options.Now()
	before := *m.views.Load()
	heads, err := m.heads(ctx)
	if err != nil {
		return err
	}
	var failures []error
	for e, head := range heads {
		if v := before[e]; v != nil && v.revision > head {
			// The log went back: another database, or one that was restored.
			m.options.Log.WarnContext(ctx, "the log went back; reading the election anew", "election", e, "from", v.revision, "to", head)
			failures = append(failures, m.read(ctx, e, v))
			continue
		}
		failures = append(failures, m.reach(ctx, e, head))
	}
	if err := errors.Join(failures...); err != nil {
		return err
	}
	m.forget(before, heads)
	m.checked.Store(&began)
	if !m.isLoaded() {
		close(m.loaded)
	}
	return nil
}

func (m *Mirror) heads(ctx context.Context) (map[tracker.ElectionID]tracker.Revision, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return m.source.Heads(ctx)
}

// forget drops elections that are no longer there.
func (m *Mirror) forget(before map[tracker.ElectionID]*View, heads map[tracker.ElectionID]tracker.Revision) {
	for e := range before {
		if _, ok := heads[e]; !ok {
			m.writing.Lock()
			m.publish(e, nil, nil)
			m.writing.Unlock()
		}
	}
}

// Apply takes changes, each election's in order, so that whoever asks after it
// returns sees them. What is known already is passed over, what is missing in
// between is fetched, and an election that is new is read.
func (m *Mirror) Apply(ctx context.Context, changes []tracker.Change) error {
	for e, part := range byElection(changes) {
		was := m.current(e)
		done, err := m.take(e, part)
		if err != nil {
			err = m.mend(ctx, e, was, part[len(part)-1].Revision, err)
		} else if !done {
			err = m.reach(ctx, e, part[len(part)-1].Revision)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// byElection parts changes; those of an act, which may be ten thousand, are of one
// election and stay where they are.
func byElection(changes []tracker.Change) map[tracker.ElectionID][]tracker.Change {
	if len(changes) > 0 && !slices.ContainsFunc(changes, func(c tracker.Change) bool { return c.Election != changes[0].Election }) {
		return map[tracker.ElectionID][]tracker.Change{changes[0].Election: changes}
	}
	parts := map[tracker.ElectionID][]tracker.Change{}
	for i := range changes {
		e := changes[i].Election
		parts[e] = append(parts[e], changes[i])
	}
	return parts
}

// take applies those of the changes that are new. It says false, and does
// nothing, where something before them is missing.
func (m *Mirror) take(e tracker.ElectionID, changes []tracker.Change) (bool, error) {
	m.writing.Lock()
	defer m.writing.Unlock()
	v := m.current(e)
	if v == nil {
		return false, nil
	}
	fresh := changes
	for len(fresh) > 0 && fresh[0].Revision <= v.revision {
		fresh = fresh[1:]
	}
	if len(fresh) == 0 {
		return true, nil
	}
	if fresh[0].Revision != v.revision+1 {
		return false, nil
	}
	next, err := v.with(fresh)
	if err != nil {
		return false, err
	}
	m.publish(e, next, fresh)
	return true, nil
}

// reach brings an election to a revision at least.
func (m *Mirror) reach(ctx context.Context, e tracker.ElectionID, wanted tracker.Revision) error {
	if err := m.read(ctx, e, nil); err != nil {
		return err
	}
	for {
		v := m.current(e)
		if v == nil || v.revision >= wanted {
			return nil
		}
		changes, err := m.changes(ctx, e, v.revision)
		if err != nil {
			return err
		}
		done, err := m.take(e, changes)
		switch {
		case err != nil:
			return m.mend(ctx, e, v, wanted, err)
		case !done || len(changes) == 0:
			return errBehind
		}
	}
}

// changes are what comes after a revision, whole acts only: who sees a part of a mass
// change would take the rest of it for another one. The log ends with an act, so that
// all of a page that is not full is whole.
func (m *Mirror) changes(ctx context.Context, e tracker.ElectionID, after tracker.Revision) (all []tracker.Change, err error) {
	for {
		part, err := m.page(ctx, e, after)
		if err != nil {
			return nil, err
		}
		all = append(all, part...)
		if len(part) < m.options.Page {
			return all, nil
		}
		if n := wholeActs(all); n > 0 {
			return all[:n], nil
		}
		after = all[len(all)-1].Revision
	}
}

func (m *Mirror) page(ctx context.Context, e tracker.ElectionID, after tracker.Revision) ([]tracker.Change, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return m.source.Changes(ctx, e, after, m.options.Page)
}

// wholeActs is how many of the changes are of acts that certainly end among them. An
// amendment counts as soon as it begins: the election is read anew then.
func wholeActs(changes []tracker.Change) int {
	for k := len(changes) - 1; k > 0; k-- {
		if changes[k].Cause == changes[k].Revision {
			return k
		}
	}
	if changes[0].Kind == tracker.ElectionAmended {
		return 1
	}
	return 0
}

// mend reads an election anew that a change did not fit on, or that stands on
// something else since it was amended, up to a revision at least.
func (m *Mirror) mend(ctx context.Context, e tracker.ElectionID, unfit *View, wanted tracker.Revision, cause error) error {
	if errors.Is(cause, errAmended) {
		m.options.Log.InfoContext(ctx, "the election was amended; reading it anew", "election", e)
	} else {
		m.options.Log.ErrorContext(ctx, "a change did not fit; reading the election anew", "election", e, "error", cause)
	}
	for range mends {
		if err := m.read(ctx, e, unfit); err != nil {
			return err
		}
		// Somebody else may have been faster, and have come less far.
		if unfit = m.current(e); unfit == nil || unfit.revision >= wanted {
			return nil
		}
	}
	return errBehind
}

// read loads an election that is not there, or one whose view is unfit (else
// nil). A view that somebody else has put there meanwhile stays when it is
// newer: no reader is ever led back.
func (m *Mirror) read(ctx context.Context, e tracker.ElectionID, unfit *View) error {
	if m.current(e) != unfit {
		return nil
	}
	select {
	case m.loading <- struct{}{}:
		defer func() { <-m.loading }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if m.current(e) != unfit {
		return nil // somebody else was faster
	}
	v, err := m.load(ctx, e)
	if err != nil {
		return err
	}
	m.writing.Lock()
	defer m.writing.Unlock()
	if now := m.current(e); now != unfit && now != nil && now.revision >= v.revision {
		return nil
	}
	m.publish(e, v, nil)
	return nil
}

// load reads an election, and knows all the while whether the source can be asked.
func (m *Mirror) load(ctx context.Context, e tracker.ElectionID) (*View, error) {
	asking, stop := context.WithCancel(ctx)
	var meanwhile sync.WaitGroup
	meanwhile.Go(func() {
		tick := time.NewTicker(m.options.Ask)
		defer tick.Stop()
		for {
			began := m.options.Now()
			if _, err := m.heads(asking); err == nil {
				m.reached.Store(&began)
			}
			select {
			case <-asking.Done():
				return
			case <-tick.C:
			}
		}
	})
	defer meanwhile.Wait()
	defer stop()
	return Load(ctx, m.source, e)
}

// handedOut counts the views of this process.
var handedOut atomic.Uint64

// publish replaces one election's view; nil drops it. Changes are those that led
// from the view before to this one; none where it was read anew. Held: writing.
func (m *Mirror) publish(e tracker.ElectionID, v *View, changes []tracker.Change) {
	views := maps.Clone(*m.views.Load())
	before := views[e]
	if v == nil {
		delete(views, e)
	} else {
		v.number = handedOut.Add(1)
		views[e] = v
	}
	m.views.Store(&views)
	for _, told := range m.options.Told {
		told(Step{Election: e, Before: before, After: v, Changes: changes})
	}
}
