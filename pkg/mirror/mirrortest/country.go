package mirrortest

import (
	"context"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/mirror"
	"tiendo/pkg/statute"
	"tiendo/pkg/tracker"
)

// Country is all milestones of an election in every area of a list: what a
// database holds right after the opening, or what a test makes of it. Log is
// what led there, from revision 2 on, as far as a test says so.
type Country struct {
	Frame      *tracker.Frame
	Milestones []tracker.Milestone
	Log        []tracker.Change
}

// NewCountry makes all milestones that opening an election creates.
func NewCountry(t require.TestingT, list *area.List) *Country {
	o := Opening(t, list)
	c := &Country{Frame: o.Frame}
	require.NoError(t, o.Records(func(r tracker.Record) error {
		c.Milestones = append(c.Milestones, r.Milestone)
		return nil
	}))
	return c
}

// View loads it.
func (c *Country) View(t require.TestingT) *mirror.View {
	v, err := mirror.Load(context.Background(), c, ID)
	require.NoError(t, err)
	return v
}

// Heads implements [mirror.Source].
func (c *Country) Heads(context.Context) (map[tracker.ElectionID]tracker.Revision, error) {
	return map[tracker.ElectionID]tracker.Revision{ID: c.head()}, nil
}

// Snapshot implements [mirror.Source].
func (c *Country) Snapshot(_ context.Context, _ tracker.ElectionID, milestone func(*tracker.Milestone) error, change func(*tracker.Change) error) (mirror.Snapshot, error) {
	for i := range c.Milestones {
		if err := milestone(&c.Milestones[i]); err != nil {
			return mirror.Snapshot{}, err
		}
	}
	for i := range c.Log {
		if err := change(&c.Log[i]); err != nil {
			return mirror.Snapshot{}, err
		}
	}
	return mirror.Snapshot{Frame: c.Frame, Revision: c.head()}, nil
}

func (c *Country) head() tracker.Revision { return tracker.Revision(len(c.Log) + 1) }

// Report says of the milestone at index k, by a report about a day, how far its
// tasks are; of other milestones than those of one task, only the first.
func (c *Country) Report(k int, work tracker.Work, happened civil.Date) {
	m := &c.Milestones[k]
	task := tracker.TaskState{Key: c.task(m), Status: work}
	if work == tracker.Done {
		task.DoneOn = happened
	}
	m.Work, m.DoneOn, m.Standing, m.Revision = work, task.DoneOn, tracker.Unreported, c.head()+1
	if !work.Open() {
		m.Standing = tracker.Reported
	}
	c.log(m, tracker.TaskUpdated, happened, &task)
}

// Plan gives the milestone at index k a planned day.
func (c *Country) Plan(k int, planned, happened civil.Date) {
	m := &c.Milestones[k]
	m.Planned, m.Revision = planned, c.head()+1
	c.log(m, tracker.MilestonePlanned, happened, nil)
}

func (c *Country) task(m *tracker.Milestone) tracker.TaskKey {
	rule, err := c.Frame.Rulebook.Rule(m.Rule())
	if err != nil || len(rule.Steps()) == 0 {
		return statute.OnlyStep
	}
	return tracker.TaskKey(rule.Steps()[0].Key)
}

func (c *Country) log(m *tracker.Milestone, kind tracker.Kind, happened civil.Date, task *tracker.TaskState) {
	r := c.head() + 1
	x := tracker.Change{
		Election: ID, Revision: r, Cause: r, Kind: kind, Milestone: m.ID, Happened: happened,
		Recorded: happened.At(civil.NewClock(8, 0), Zone), After: tracker.State{Task: task},
	}
	x.After.Milestone = &tracker.MilestoneState{
		NotBefore: m.NotBefore, Latest: m.Latest, NotBeforeFrom: m.NotBeforeFrom, LatestFrom: m.LatestFrom,
		Planned: m.Planned, Work: m.Work, Standing: m.Standing, DoneOn: m.DoneOn,
	}
	if task != nil {
		x.Task = task.Key
	}
	c.Log = append(c.Log, x)
}

// Changes implements [mirror.Source].
func (c *Country) Changes(context.Context, tracker.ElectionID, tracker.Revision, int) ([]tracker.Change, error) {
	return nil, nil
}

// Listen implements [mirror.Source].
func (c *Country) Listen(ctx context.Context, ready func(), _ func(tracker.ElectionID, tracker.Revision)) error {
	ready()
	<-ctx.Done()
	return ctx.Err()
}

var _ mirror.Source = (*Country)(nil)
