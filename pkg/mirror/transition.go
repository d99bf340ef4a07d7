package mirror

import (
	"time"
	"unique"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/tracker"
)

// transition is what a [tracker.Ledger] needs of one change to one area's
// milestones: 64 bytes, where a change takes ten times as much.
type transition struct {
	recorded int64 // microseconds since 1970, UTC
	revision tracker.Revision
	task     unique.Handle[tracker.TaskKey]
	move     unique.Handle[move] // only where it moved
	more     *more               // only for the rarer ones
	happened civil.Date
	doneOn   civil.Date // of the task
	doneBy   civil.Date
	place    place
	kind     kind
	status   tracker.Work // of the task
}

// move is where a milestone moved to, and by which act. An amendment moves
// hundreds of thousands to a few hundred dates: each of these is kept once.
type move struct {
	tracker.Dates
	version string // of the rulebook
	cause   tracker.Revision
}

// more is what only the rarer changes carry.
type more struct {
	milestone tracker.MilestoneState // as it became
	tasks     []tracker.TaskState    // occurred, added
	why       *tracker.Withdrawal    // cancelled
	lines     []tracker.PlanLine     // plan added: its lines here, for this area only
}

// kind is a tracker.Kind that milestones follow, in one byte.
type kind uint8

const (
	reported kind = iota + 1
	taskAdded
	planned
	moved
	occurred
	planAdded
	added
	cancelled
	restored
	restated
)

var kinds = [...]tracker.Kind{
	reported: tracker.TaskUpdated, taskAdded: tracker.TaskAdded, planned: tracker.MilestonePlanned,
	moved: tracker.MilestoneMoved, occurred: tracker.MilestoneOccurred, planAdded: tracker.PlanAdded,
	added: tracker.MilestoneAdded, cancelled: tracker.MilestoneCancelled, restored: tracker.MilestoneRestored,
	restated: tracker.MilestoneRestated,
}

func newTransition(k kind, at place, c *tracker.Change) transition {
	t := transition{
		kind: k, place: at, revision: c.Revision, happened: c.Happened, recorded: c.Recorded.UnixMicro(),
	}
	switch k {
	case reported, taskAdded:
		s := c.After.Task
		t.task, t.status, t.doneOn, t.doneBy = unique.Make(s.Key), s.Status, s.DoneOn, s.DoneBy
	case planned, occurred, added, cancelled, restored, restated:
		t.more = &more{milestone: *c.After.Milestone, tasks: slimTasks(c.After.Tasks), why: c.After.Withdrawal}
	case moved:
		s := c.After.Milestone
		t.move = unique.Make(move{cause: c.Cause, version: s.Version, Dates: tracker.Dates{
			NotBefore: s.NotBefore, Latest: s.Latest, NotBeforeFrom: s.NotBeforeFrom, LatestFrom: s.LatestFrom,
		}})
	}
	return t
}

// slimTasks leaves out the texts.
func slimTasks(tasks []tracker.TaskState) []tracker.TaskState {
	var slim []tracker.TaskState
	for _, t := range tasks {
		slim = append(slim, tracker.TaskState{
			Key: t.Key, Position: t.Position, Status: t.Status, DoneOn: t.DoneOn, DoneBy: t.DoneBy,
		})
	}
	return slim
}

// knownBy says that it was recorded by an instant; no instant is no limit.
func (t *transition) knownBy(known time.Time) bool {
	return known.IsZero() || t.recorded <= known.UnixMicro()
}

// change writes the transition out again as far as a ledger reads it.
func (t *transition) change(code area.Code, s *shape) tracker.Change {
	c := tracker.Change{
		Kind: kinds[t.kind], Revision: t.revision, Happened: t.happened, Milestone: tracker.MilestoneID{Area: code},
	}
	if t.kind == planAdded {
		c.After.Plan = &tracker.Plan{Lines: t.more.lines}
		return c
	}
	c.Milestone.Key, c.Milestone.Occurrence = s.origins[t.place.ref].Key, int(t.place.occurrence)
	switch {
	case t.kind == moved:
		m := t.move.Value()
		c.Cause, c.After.Milestone = m.cause, &tracker.MilestoneState{
			NotBefore: m.NotBefore, Latest: m.Latest, NotBeforeFrom: m.NotBeforeFrom, LatestFrom: m.LatestFrom, Version: m.version,
		}
		return c
	case t.more != nil:
		c.After.Milestone, c.After.Tasks = &t.more.milestone, t.more.tasks
		return c
	}
	c.Task = t.task.Value()
	c.After.Task = &tracker.TaskState{Key: c.Task, Status: t.status, DoneOn: t.doneOn, DoneBy: t.doneBy}
	return c
}

// tally counts the tasks of a milestone from what it began with and what has
// happened to it.
func (b *Board) tally(m *Milestone, o *Origin) {
	var room [8]openTask // few milestones have more
	tasks := openTasks(room[:0])
	for _, key := range o.steps {
		tasks.set(key, true)
	}
	for i := range b.log {
		switch t := &b.log[i]; {
		case t.kind == planAdded || t.place != m.place():
		case t.kind == occurred || t.kind == added:
			tasks = tasks[:0]
			for _, task := range t.more.tasks {
				tasks.set(task.Key, task.Status.Open())
			}
		case t.kind == reported || t.kind == taskAdded:
			tasks.set(t.task.Value(), t.status.Open())
		}
	}
	m.TasksTotal, m.TasksDone = uint16(len(tasks)), 0
	for _, t := range tasks {
		if !t.open {
			m.TasksDone++
		}
	}
}

// openTasks says of tasks whether something is left to do.
type openTasks []openTask

type openTask struct {
	key  tracker.TaskKey
	open bool
}

func (l *openTasks) set(key tracker.TaskKey, open bool) {
	for i := range *l {
		if (*l)[i].key == key {
			(*l)[i].open = open
			return
		}
	}
	*l = append(*l, openTask{key, open})
}
