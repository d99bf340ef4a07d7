package mirror

import (
	"slices"
	"time"
	"unique"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/tracker"
)

// transition is what a [tracker.Ledger] needs of one change to one area's
// milestones: 40 bytes, where a change takes twenty times as much.
type transition struct {
	recorded int64 // microseconds since 1970, UTC
	revision tracker.Revision
	what     unique.Handle[what]
	happened civil.Date
	place    place
	kind     kind
}

// what is what a change says. Hundreds of thousands say one of a few hundred
// things, and each of these is kept once.
type what struct {
	task   tracker.TaskKey
	doneOn civil.Date // of the task
	doneBy civil.Date
	status tracker.Work
	// standing that the milestone came to by it; only of tasks
	standing tracker.Standing
	move     unique.Handle[move] // only where it moved
	more     *more               // only for the rarer ones
}

// move is where a milestone moved to, and by which act.
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
	confirmed
	returned
	taskRenamed
	taskMoved
	taskRemoved
)

var kinds = [...]tracker.Kind{
	reported: tracker.TaskUpdated, taskAdded: tracker.TaskAdded, planned: tracker.MilestonePlanned,
	moved: tracker.MilestoneMoved, occurred: tracker.MilestoneOccurred, planAdded: tracker.PlanAdded,
	added: tracker.MilestoneAdded, cancelled: tracker.MilestoneCancelled, restored: tracker.MilestoneRestored,
	restated: tracker.MilestoneRestated, confirmed: tracker.MilestoneConfirmed, returned: tracker.MilestoneReturned,
	taskRenamed: tracker.TaskRenamed, taskMoved: tracker.TaskMoved, taskRemoved: tracker.TaskRemoved,
}

// stood are states of milestones that say nothing but where they stand.
var stood = [...]tracker.MilestoneState{
	tracker.Unreported: {Standing: tracker.Unreported}, tracker.Reported: {Standing: tracker.Reported},
	tracker.Confirmed: {Standing: tracker.Confirmed}, tracker.Returned: {Standing: tracker.Returned},
}

func newTransition(k kind, at place, c *tracker.Change, known mores) transition {
	return transition{
		kind: k, place: at, revision: c.Revision, happened: c.Happened, recorded: c.Recorded.UnixMicro(), what: newWhat(k, c, known),
	}
}

func newWhat(k kind, c *tracker.Change, known mores) unique.Handle[what] {
	var w what
	switch k {
	case reported, taskAdded:
		s := c.After.Task
		w.task, w.status, w.doneOn, w.doneBy = s.Key, s.Status, s.DoneOn, s.DoneBy
		w.standing = c.After.Milestone.Standing
	case taskRenamed, taskMoved, taskRemoved:
		w.task, w.standing = c.Task, c.After.Milestone.Standing
	case planned, occurred, added, cancelled, restored, restated:
		w.more = known.one(&more{milestone: *c.After.Milestone, tasks: slimTasks(c.After.Tasks), why: c.After.Withdrawal})
	case moved:
		s := c.After.Milestone
		w.move = unique.Make(move{cause: c.Cause, version: s.Version, Dates: tracker.Dates{
			NotBefore: s.NotBefore, Latest: s.Latest, NotBeforeFrom: s.NotBeforeFrom, LatestFrom: s.LatestFrom,
		}})
	}
	return unique.Make(w)
}

// mores finds those that say the same, as an amendment that adds a rule says the
// same of every commune. Without it nothing is looked for.
type mores map[tracker.MilestoneState][]*more

func (known mores) one(m *more) *more {
	if known == nil {
		return m
	}
	for _, same := range known[m.milestone] {
		if slices.EqualFunc(same.tasks, m.tasks, sameTask) && sameWhy(same.why, m.why) {
			return same
		}
	}
	known[m.milestone] = append(known[m.milestone], m)
	return m
}

func sameTask(a, b tracker.TaskState) bool {
	return a.Key == b.Key && a.Position == b.Position && a.Status == b.Status && a.DoneOn == b.DoneOn && a.DoneBy == b.DoneBy
}

func sameWhy(a, b *tracker.Withdrawal) bool {
	return a == b || (a != nil && b != nil && *a == *b)
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
		c.After.Plan = &tracker.Plan{Lines: t.what.Value().more.lines}
		return c
	}
	c.Milestone.Key, c.Milestone.Occurrence = s.origins[t.place.ref].Key, int(t.place.occurrence)
	w := t.what.Value()
	switch {
	case t.kind == moved:
		m := w.move.Value()
		c.Cause, c.After.Milestone = m.cause, &tracker.MilestoneState{
			NotBefore: m.NotBefore, Latest: m.Latest, NotBeforeFrom: m.NotBeforeFrom, LatestFrom: m.LatestFrom, Version: m.version,
		}
		return c
	case w.more != nil:
		c.After.Milestone, c.After.Tasks = &w.more.milestone, w.more.tasks
		return c
	}
	if t.kind == confirmed || t.kind == returned {
		return c
	}
	c.Task, c.After.Milestone = w.task, &stood[w.standing]
	if t.kind == taskRemoved {
		return c
	}
	c.After.Task = &tracker.TaskState{Key: w.task, Status: w.status, DoneOn: w.doneOn, DoneBy: w.doneBy}
	return c
}

// tells says that it may change how many tasks a milestone has, or what is left of
// them to do.
func (t *transition) tells() bool {
	switch t.kind {
	case reported, taskAdded, taskRemoved, occurred, added:
		return true
	}
	return false
}

// tally counts the tasks of a milestone from what it began with and what the log,
// the area's or that part of it which tells of tasks, says has happened to it.
func (b *Board) tally(m *Milestone, o *Origin, log []transition) {
	var room [8]openTask // few milestones have more
	tasks := openTasks(room[:0])
	for _, key := range o.steps {
		tasks.set(key, true)
	}
	for i := range log {
		switch t := &log[i]; {
		case !t.tells() || t.place != m.place():
		case t.kind == occurred || t.kind == added:
			tasks = tasks[:0]
			for _, task := range t.what.Value().more.tasks {
				tasks.set(task.Key, task.Status.Open())
			}
		case t.kind == taskRemoved:
			tasks.remove(t.what.Value().task)
		default:
			w := t.what.Value()
			tasks.set(w.task, w.status.Open())
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

func (l *openTasks) remove(key tracker.TaskKey) {
	*l = slices.DeleteFunc(*l, func(t openTask) bool { return t.key == key })
}
