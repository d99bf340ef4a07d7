package mirror

import (
	"slices"
	"time"

	"tiendo/pkg/civil"
	"tiendo/pkg/tracker"
)

// Course is the way that a milestone has come by the log, in the order in which
// it was recorded: what whoever was told of it before has to be told anew. What
// was taken back later is in it, too; it was said.
type Course struct {
	// Modified is when anything about the milestone was last recorded.
	Modified time.Time
	// Stages are what it came into being as, and what each entry made of it that
	// moved, planned, cancelled or restored it.
	Stages []Stage
}

// Stage is a milestone's dates as one entry of the log left them.
type Stage struct {
	tracker.Dates
	Planned   civil.Date
	Version   string // of the rulebook that the dates are by; empty for a line of a plan
	Cancelled bool
}

// Last is the milestone as it is.
func (c *Course) Last() *Stage { return &c.Stages[len(c.Stages)-1] }

// Opened is when the opening of the election was recorded.
func (v *View) Opened() time.Time { return v.states[0].recorded }

// Replaced says of each of [View.Frames] but the last when the amendment that
// replaced it was recorded.
func (v *View) Replaced() []time.Time {
	all := make([]time.Time, len(v.amended))
	for k := range all {
		all[k] = v.amended[k].recorded
	}
	return all
}

// Courses are those of the milestones of the area at index i, in the order of its
// board. An area in which nothing was ever moved costs one pass over its log; else
// what it was opened with is computed again, some 0.1 ms. It fails as
// [View.AsOf] does.
func (v *View) Courses(i int) ([]Course, error) {
	b := v.Board(i)
	c := courses{View: v, board: b, all: make([]Course, len(b.milestones))}
	if err := c.begin(i); err != nil {
		return nil, err
	}
	for k := range b.log {
		if err := c.follow(&b.log[k]); err != nil {
			return nil, err
		}
	}
	return c.all, nil
}

type courses struct {
	*View
	board *Board
	all   []Course
}

// begin gives every milestone what the law schedules was opened with. What came
// later loses it again when the log tells of that.
func (c *courses) begin(i int) error {
	version := c.opened().Rulebook.Version()
	stages := make([]Stage, len(c.all)) // one piece for all that never moved
	for k := range c.all {
		stages[k] = Stage{Dates: c.board.milestones[k].Dates, Version: version}
		c.all[k] = Course{Modified: c.Opened(), Stages: stages[k : k+1 : k+1]}
	}
	if !slices.ContainsFunc(c.board.log, func(t transition) bool { return t.kind == moved || t.kind == restored }) {
		return nil // their dates are still those
	}
	opening := tracker.Opening{Frame: c.opened()}
	records, err := opening.Area(i)
	if err != nil {
		return err
	}
	for k := range records {
		m := &records[k].Milestone
		if ref, known := c.shape.refs[m.ID.Key]; known {
			if n, there := c.board.find(place{ref: ref}); there {
				stages[n].Dates = m.Dates
			}
		}
	}
	return nil
}

func (c *courses) follow(t *transition) error {
	if t.kind == planAdded {
		part := tracker.Plan{Lines: t.what.Value().more.lines}
		for r := range part.Records(t.revision) {
			if err := c.enter(t, place{ref: c.shape.refs[r.Milestone.ID.Key]}, Stage{Dates: r.Milestone.Dates}); err != nil {
				return err
			}
		}
		return nil
	}
	w := t.what.Value()
	if t.kind == occurred || t.kind == added {
		return c.enter(t, t.place, stageOf(&w.more.milestone))
	}
	at, err := c.at(t, t.place)
	if err != nil {
		return err
	}
	at.Modified = t.time()
	next := *at.Last()
	switch t.kind {
	case moved:
		to := w.move.Value()
		next.Dates = to.Dates
		if to.version != "" {
			next.Version = to.version
		}
	case planned, restored, cancelled:
		planned := w.more.milestone.Planned
		if t.kind == restored {
			next = stageOf(&w.more.milestone)
		}
		next.Planned, next.Cancelled = planned, t.kind == cancelled
	default:
		return nil
	}
	at.Stages = append(at.Stages, next)
	return nil
}

func stageOf(s *tracker.MilestoneState) Stage {
	return Stage{
		Dates:   tracker.Dates{NotBefore: s.NotBefore, Latest: s.Latest, NotBeforeFrom: s.NotBeforeFrom, LatestFrom: s.LatestFrom},
		Planned: s.Planned, Version: s.Version,
	}
}

// enter begins the course of a milestone that the entry brought into being.
func (c *courses) enter(t *transition, p place, s Stage) error {
	at, err := c.at(t, p)
	if err == nil {
		*at = Course{Modified: t.time(), Stages: []Stage{s}}
	}
	return err
}

func (c *courses) at(t *transition, p place) (*Course, error) {
	n, ok := c.board.find(p)
	if !ok {
		return nil, broken("entry %d tells of a milestone %d.%d, which is not there", t.revision, p.ref, p.occurrence)
	}
	return &c.all[n], nil
}

// time is when it was recorded.
func (t *transition) time() time.Time { return time.UnixMicro(t.recorded).UTC() }
