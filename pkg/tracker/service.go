package tracker

import (
	"context"
	"errors"
	"sync"
	"time"

	"tiendo/pkg/civil"
)

// Service is the use cases: it finds what an act needs, lets the act decide,
// has the store keep it, and tells the follower before the caller hears.
type Service struct {
	store  Store
	now    func() time.Time
	zone   *time.Location
	follow func(context.Context, []Change) error

	mu     sync.Mutex
	frames map[ElectionID]*Frame
}

// NewService joins a store with a clock and the zone in which days begin.
// follow (may be nil) takes every change before the answer goes out.
func NewService(store Store, now func() time.Time, zone *time.Location, follow func(context.Context, []Change) error) *Service {
	if follow == nil {
		follow = func(context.Context, []Change) error { return nil }
	} else if f, ok := store.(follower); ok {
		f.Follow(follow)
	}
	return &Service{store: store, now: now, zone: zone, follow: follow, frames: map[ElectionID]*Frame{}}
}

// follower is a store that commits several acts at once and tells of their changes
// together, in the order of the log, before they return. Told one by one by whoever
// is faster, who follows would find gaps.
type follower interface {
	Follow(follow func(context.Context, []Change) error)
}

// Now is the service's clock as a day and an hour.
func (s *Service) Now() civil.Cutoff { return civil.Now(s.now(), s.zone) }

// Open opens an election; doing it twice changes nothing. It says whether it
// was opened now.
func (s *Service) Open(ctx context.Context, o *Opening, actor Actor) (bool, error) {
	changes, err := s.store.Open(ctx, o, o.change(actor, s.now(), s.zone))
	if err != nil || len(changes) == 0 {
		return false, err
	}
	return true, s.follow(ctx, changes)
}

// Entered says that a record of this name has been entered ([Act.EnterRecord]).
func (s *Service) Entered(ctx context.Context, e ElectionID, subject string) (bool, error) {
	return s.store.Entered(ctx, e, subject)
}

// ErrAmended says that an act was decided by a frame that an amendment has replaced. It is
// done again by the new one.
var ErrAmended = errors.New("tracker: the election was amended meanwhile")

// frame is cached until the election is amended, as the store says with
// [ErrAmended]; its state an act reads anew where it needs it.
func (s *Service) frame(ctx context.Context, id ElectionID) (*Frame, error) {
	s.mu.Lock()
	f := s.frames[id]
	s.mu.Unlock()
	if f != nil {
		return f, nil
	}
	f, err := s.store.Frame(ctx, id)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.frames[id] = f
	s.mu.Unlock()
	return f, nil
}

// Do runs one act and returns it, as it has left things, with the sealed changes.
func (s *Service) Do(ctx context.Context, e ElectionID, actor Actor, needs func(*Frame) Needs, decide func(*Act) error) (*Act, []Change, error) {
	act, changes, err := s.run(ctx, e, actor, needs, decide, s.store.Change)
	if err != nil {
		return nil, nil, err
	}
	act.Renumber(changes)
	// It is committed: whatever becomes of the follower, the caller is not told
	// otherwise. A mirror that cannot take it now is not ready and catches up.
	_ = s.follow(ctx, changes)
	return act, changes, nil
}

// Rehearse runs one act as Do does, and has all of it taken back. The changes
// are those that Do would make now.
func (s *Service) Rehearse(ctx context.Context, e ElectionID, actor Actor, needs func(*Frame) Needs, decide func(*Act) error) (*Act, []Change, error) {
	return s.run(ctx, e, actor, needs, decide, s.store.Rehearse)
}

// perform runs an act, or rehearses it, and says what it comes to.
func (s *Service) perform(ctx context.Context, dryRun bool, e ElectionID, actor Actor, needs func(*Frame) Needs, decide func(*Act) error) (Effect, error) {
	do := s.Do
	if dryRun {
		do = s.Rehearse
	}
	act, changes, err := do(ctx, e, actor, needs, decide)
	if err != nil {
		return Effect{}, err
	}
	return effectOf(act, changes, dryRun), nil
}

type store = func(context.Context, *Frame, Needs, func(Found) (*Act, error)) ([]Change, error)

// run has the act decided again when an amendment came before it.
func (s *Service) run(ctx context.Context, e ElectionID, actor Actor, needs func(*Frame) Needs, decide func(*Act) error, keep store) (*Act, []Change, error) {
	for {
		f, err := s.frame(ctx, e)
		if err != nil {
			return nil, nil, err
		}
		var act *Act
		changes, err := keep(ctx, f, needs(f), func(found Found) (*Act, error) {
			act = Begin(f, actor, s.now(), s.zone, found)
			return act, decide(act)
		})
		switch {
		case errors.Is(err, ErrAmended):
			s.forget(e)
			continue
		case err != nil:
			return nil, nil, err
		}
		return act, changes, nil
	}
}

// forget has the election's frame read anew when it is next needed.
func (s *Service) forget(e ElectionID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.frames, e)
}

// Renumber gives the records that the act has changed the revisions of the
// changes as they were sealed.
func (a *Act) Renumber(sealed []Change) {
	for i := range sealed {
		c := &sealed[i]
		if r := a.records[c.Milestone]; r != nil {
			r.Milestone.Revision = c.Revision
			if t, err := r.Task(c.Task); err == nil {
				t.Revision = c.Revision
			}
		}
	}
}

// Outcome is what came of a report.
type Outcome struct {
	Election ElectionID
	Record   Record
	Warnings []Warning
	Changes  []Change // empty when nothing changed
}

// UpdateTask reports on a task.
func (s *Service) UpdateTask(ctx context.Context, e ElectionID, actor Actor, c TaskCommand) (Outcome, error) {
	out := Outcome{Election: e}
	act, changes, err := s.Do(ctx, e, actor, c.needs,
		func(a *Act) (err error) {
			out.Warnings, err = a.UpdateTask(c)
			return err
		})
	if err != nil {
		return Outcome{}, err
	}
	out.Changes = changes
	out.Record, err = act.Record(c.ID)
	return out, err
}

// Plan sets or clears an area's own planned day.
func (s *Service) Plan(ctx context.Context, e ElectionID, actor Actor, c PlanCommand) (Outcome, error) {
	act, changes, err := s.Do(ctx, e, actor,
		func(f *Frame) Needs {
			if c.ID.Occurrence != 0 {
				return Reach(f, c.ID)
			}
			return Needs{Milestones: []MilestoneID{c.ID}}
		},
		func(a *Act) error { return a.Plan(c) })
	if err != nil {
		return Outcome{}, err
	}
	r, err := act.Record(c.ID)
	return Outcome{Election: e, Record: r, Changes: changes}, err
}
