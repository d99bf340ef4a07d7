package tracker

import (
	"slices"

	"tiendo/pkg/area"
	"tiendo/pkg/fault"
)

// Ledger is the milestones and tasks of some areas, as the log has led them:
// begin with what an opening created, apply changes in their order.
type Ledger map[MilestoneID]*Record

// Put enters a record.
func (l Ledger) Put(r Record) { l[r.Milestone.ID] = &r }

// Apply does to the ledger what the change did. Areas that the ledger does not
// follow are passed over.
//
// What a change says of a milestone's work is derived again from the tasks as
// the ledger has them, so that the ledger is right as well when it is given
// only a part of the changes (those about days up to some day).
func (l Ledger) Apply(c *Change) {
	switch c.Kind {
	case PlanAdded:
		for r := range c.After.Plan.Records(c.Revision) {
			l.Put(r)
		}
	case MilestoneOccurred, MilestoneAdded:
		r := Record{Milestone: c.After.Milestone.Milestone(c.Milestone, c.Revision)}
		for i := range c.After.Tasks {
			r.Tasks = append(r.Tasks, c.After.Tasks[i].TaskAt(c.Revision))
		}
		l.Put(r)
	case MilestonePlanned, MilestoneMoved, MilestoneCancelled, MilestoneRestored, MilestoneRestated,
		MilestoneConfirmed, MilestoneReturned, TaskAdded, TaskUpdated, TaskRenamed, TaskMoved, TaskRemoved:
		if r := l[c.Milestone]; r != nil {
			r.apply(c)
		}
	}
}

func (r *Record) apply(c *Change) {
	m := &r.Milestone
	m.Revision = c.Revision
	switch c.Kind {
	case MilestonePlanned:
		m.Planned = c.After.Milestone.Planned
	case MilestoneMoved:
		m.Dates = c.After.Milestone.dates()
		m.computedBy(c.After.Milestone)
	case MilestoneCancelled:
		*m = m.cancelled()
	case MilestoneRestored:
		m.Dates = c.After.Milestone.dates()
		m.computedBy(c.After.Milestone)
		*m = m.restored(r.Tasks)
	case MilestoneConfirmed:
		if m.Standing == Reported { // else the report that was confirmed has been taken back
			m.Standing = Confirmed
		}
	case MilestoneReturned:
		if m.Work != Cancelled {
			m.Standing = Returned
		}
	case TaskAdded, TaskUpdated:
		t := c.After.Task.TaskAt(c.Revision)
		at := slices.IndexFunc(r.Tasks, func(x Task) bool { return x.Key == t.Key })
		if at < 0 {
			// Only what is added has a title here that the law or a plan did not give.
			t.Own = c.Kind == TaskAdded && t.Title != (fault.Text{})
			r.Tasks = append(r.Tasks, t)
		} else {
			t.Own = r.Tasks[at].Own
			r.Tasks[at] = t
		}
		*m = m.following(r.Tasks)
		m.Revision = c.Revision
		m.computedBy(c.After.Milestone)
		m.taken(c)
	case TaskRenamed, TaskMoved, TaskRemoved:
		r.arrange(c)
		m.Revision = c.Revision
	}
}

// taken says that the report which came after a return was taken back.
func (m *Milestone) taken(c *Change) {
	if s := c.After.Milestone; s != nil && m.Work.Open() && s.Standing == Unreported {
		m.Standing = Unreported
	}
}

// computedBy takes the version of the rulebook over that a state says.
func (m *Milestone) computedBy(s *MilestoneState) {
	if s != nil && s.Version != "" {
		m.RulebookVersion = s.Version
	}
}

// Follow makes a ledger of some areas as they were when the election was opened.
func (o *Opening) Follow(codes ...area.Code) (Ledger, error) {
	l := Ledger{}
	for _, code := range codes {
		i, ok := o.Frame.List.Index(code)
		if !ok {
			continue
		}
		records, err := o.Area(i)
		if err != nil {
			return nil, err
		}
		for _, r := range records {
			l.Put(r)
		}
	}
	return l, nil
}
