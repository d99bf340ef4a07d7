package mirror

import (
	"errors"
	"maps"
	"slices"
	"unique"

	"tiendo/pkg/area"
	"tiendo/pkg/tracker"
)

// draft is a view being made of another one: it copies what it touches, once.
// Only one draft of a view may be finished, as [Mirror] sees to: boards of both
// share the array of their log, and the draft writes behind the other's end.
type draft struct {
	*View
	ownChunks, ownBoards map[int]bool
}

// with is the view after some changes, the first of which has to follow on its
// own revision without a gap.
func (v *View) with(changes []tracker.Change) (*View, error) {
	next := *v
	next.chunks = slices.Clone(v.chunks)
	d := &draft{View: &next, ownChunks: map[int]bool{}, ownBoards: map[int]bool{}}
	for i := range changes {
		c := &changes[i]
		if c.Revision != d.revision+1 {
			return nil, broken("log of %s: change %d follows on %d", c.Election, c.Revision, d.revision)
		}
		if err := d.apply(c); err != nil {
			return nil, err
		}
		d.revision = c.Revision
	}
	return d.View, nil
}

// board is a board that may be written; its log may only be added to.
func (d *draft) board(i int) *Board {
	c := i / chunkLen
	if !d.ownChunks[c] {
		d.chunks[c] = &chunk{boards: d.chunks[c].boards}
		d.ownChunks[c] = true
	}
	at := &d.chunks[c].boards[i%chunkLen]
	if !d.ownBoards[i] {
		*at = (*at).clone()
		d.ownBoards[i] = true
	}
	return *at
}

// errAmended: the election stands on another frame from here on, which only the
// source has, and nearly everything has moved. It is read anew.
var errAmended = errors.New("mirror: the election was amended")

// apply does to the draft what the change did. Changes that nothing here shows
// only move the revision on.
func (d *draft) apply(c *tracker.Change) error {
	switch c.Kind {
	case tracker.ElectionMoved:
		d.frame, d.moved = d.frame.In(c.After.Election.State), c.Revision
		d.states = append(slices.Clone(d.states), stateOf(c))
	case tracker.ElectionAmended:
		return errAmended
	case tracker.VotingDaySet:
		day := *c.After.VotingDay
		day.Revision = c.Revision
		d.voting = maps.Clone(d.voting)
		d.voting[day.Area] = day
	case tracker.BodyAdded, tracker.DocumentAdded:
		d.papers = d.papers.with(c)
	case tracker.PlanAdded:
		return d.addPlan(c)
	case tracker.PlanChanged, tracker.PlanWithdrawn:
		return d.replan(c)
	case tracker.MilestoneOccurred:
		return d.create(c, occurred)
	case tracker.MilestoneAdded:
		return d.create(c, added)
	case tracker.MilestoneCancelled:
		return d.change(c, cancelled)
	case tracker.MilestoneRestored:
		return d.change(c, restored)
	case tracker.MilestoneRestated:
		return d.change(c, restated)
	case tracker.MilestoneConfirmed:
		return d.change(c, confirmed)
	case tracker.MilestoneReturned:
		return d.change(c, returned)
	case tracker.TaskUpdated:
		return d.change(c, reported)
	case tracker.TaskAdded:
		return d.change(c, taskAdded)
	case tracker.TaskRenamed:
		return d.change(c, taskRenamed)
	case tracker.TaskMoved:
		return d.change(c, taskMoved)
	case tracker.TaskRemoved:
		return d.change(c, taskRemoved)
	case tracker.MilestonePlanned:
		return d.change(c, planned)
	case tracker.MilestoneMoved:
		return d.change(c, moved)
	}
	return nil
}

func isReplan(c *tracker.Change) bool {
	return c.Kind == tracker.PlanChanged || c.Kind == tracker.PlanWithdrawn
}

// replan takes a local plan as it is from now on.
func (d *draft) replan(c *tracker.Change) error {
	s, err := d.shape.with(d.frame, c)
	if err != nil {
		return err
	}
	d.shape, d.replans = s, maps.Clone(d.replans)
	d.replans[c.After.Plan.Key] = c.Recorded
	return nil
}

// locate finds the area and the place in it that a change is about.
func (d *draft) locate(id tracker.MilestoneID) (int, place, error) {
	i, known := d.frame.List.Index(id.Area)
	ref, named := d.shape.refs[id.Key]
	if !known || !named || id.Occurrence < 0 || id.Occurrence > maxOccurrence {
		return 0, place{}, broken("there can be no milestone %s in %s", id.Name(), id.Area)
	}
	return i, place{ref, uint16(id.Occurrence)}, nil
}

const maxOccurrence = 1<<16 - 1

func (d *draft) change(c *tracker.Change, k kind) error {
	i, at, err := d.locate(c.Milestone)
	if err != nil {
		return err
	}
	b := d.board(i)
	k0, ok := b.find(at)
	if !ok || c.After.Milestone == nil {
		return broken("change %d (%s) is about %s in %s, which is not there", c.Revision, c.Kind, c.Milestone.Name(), c.Milestone.Area)
	}
	m := &b.milestones[k0]
	state := c.After.Milestone.Milestone(c.Milestone, c.Revision)
	m.take(&state)
	b.log = append(b.log, newTransition(k, at, c, nil))
	if b.log[len(b.log)-1].tells() {
		b.tally(m, d.shape.origins[at.ref], b.log)
	}
	b.revision = max(b.revision, c.Revision)
	return nil
}

func (d *draft) create(c *tracker.Change, k kind) error {
	i, at, err := d.locate(c.Milestone)
	if err != nil {
		return err
	}
	b := d.board(i)
	b.log = append(b.log, newTransition(k, at, c, nil))
	state := c.After.Milestone.Milestone(c.Milestone, c.Revision)
	d.put(b, at, &state)
	return nil
}

// addPlan enters the plan's lines, and their milestones where they are for.
func (d *draft) addPlan(c *tracker.Change) error {
	p := c.After.Plan
	s, err := d.shape.with(d.frame, c)
	if err != nil {
		return err
	}
	d.shape = s
	for code, lines := range linesByArea(p) {
		i, ok := d.frame.List.Index(code)
		if !ok {
			continue // the tables do not have it either
		}
		b := d.board(i)
		b.log = append(b.log, planTransition(c, lines))
		part := tracker.Plan{Lines: lines}
		for r := range part.Records(c.Revision) {
			d.put(b, place{ref: s.refs[r.Milestone.ID.Key]}, &r.Milestone)
		}
	}
	return nil
}

// put enters a new milestone, or one in the place of another.
func (d *draft) put(b *Board, at place, state *tracker.Milestone) {
	k, ok := b.find(at)
	if !ok {
		b.milestones = slices.Insert(b.milestones, k, Milestone{Ref: at.ref, Occurrence: at.occurrence})
		d.count++
	}
	m := &b.milestones[k]
	m.take(state)
	b.tally(m, d.shape.origins[at.ref], b.log)
	b.scope(at, state.Scope)
	b.revision = max(b.revision, m.Revision)
}

func (b *Board) scope(at place, text string) {
	if text == "" {
		return
	}
	if b.scopes == nil {
		b.scopes = map[place]string{}
	}
	b.scopes[at] = text
}

// take gives the milestone the state of another; counts of tasks stay.
func (m *Milestone) take(state *tracker.Milestone) {
	m.Dates, m.Progress, m.Planned = state.Dates, state.Progress, state.Planned
	m.Standing, m.Silent, m.Revision = state.Standing, state.Silent, state.Revision
}

func planTransition(c *tracker.Change, lines []tracker.PlanLine) transition {
	t := newTransition(planAdded, place{}, c, nil)
	t.what = unique.Make(what{more: &more{lines: lines}})
	return t
}

// linesByArea takes a plan apart: by area, the lines that are for it, and for it
// alone.
func linesByArea(p *tracker.Plan) map[area.Code][]tracker.PlanLine {
	all := map[area.Code][]tracker.PlanLine{}
	for _, line := range p.Lines {
		for _, code := range line.Areas {
			one := line
			one.Areas = []area.Code{code}
			all[code] = append(all[code], one)
		}
	}
	return all
}
