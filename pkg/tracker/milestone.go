package tracker

import (
	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/statute"
)

// Dates are a milestone's dates, and the days that they were counted from.
// They are stored and not computed again on reading.
type Dates struct {
	NotBefore, Latest         civil.Cutoff
	NotBeforeFrom, LatestFrom civil.Date
}

// Milestone is one rule, or one line of a local plan, in one area.
type Milestone struct {
	ID MilestoneID
	// RulebookVersion that the dates were computed by; empty for a line of a
	// local plan.
	RulebookVersion string
	Dates
	// Planned is the area's own target; none when it has set none.
	Planned civil.Date
	Progress
	Standing Standing
	// Scope is, for an occurrence, the part of the area that it is about.
	Scope string
	// Silent: the record of a past election says nothing of it, so that silence
	// is no lateness.
	Silent   bool
	Revision Revision
}

// Local says that the milestone comes from a local plan, not from the law.
func (m *Milestone) Local() bool { return m.RulebookVersion == "" }

// cancelled is the milestone set aside with the line of the plan that it is of.
// Its tasks keep what was reported on them.
func (m *Milestone) cancelled() Milestone {
	next := *m
	next.Progress, next.Standing = Progress{Work: Cancelled}, Unreported
	return next
}

// restored is a cancelled milestone as it follows from its tasks again.
func (m *Milestone) restored(tasks []Task) Milestone {
	next := *m
	next.Progress = Derive(tasks)
	next.Standing = Unreported.after(next.Work)
	return next
}

// alive refuses what is asked of a milestone that was cancelled.
func (m *Milestone) alive() error {
	if m.Work != Cancelled {
		return nil
	}
	return fault.New(fault.Conflict, "milestone-cancelled",
		"Mốc này đã hủy vì kế hoạch hoặc luật không còn đặt ra nữa; dòng kế hoạch thì sửa kế hoạch để dòng đó lại có đơn vị này",
		"This milestone was cancelled, as its plan or the law no longer asks for it; a line of a plan is taken up again by changing the plan so that the line names this area")
}

// Rule is the key of the milestone's rule; only for one that is not Local.
func (m *Milestone) Rule() statute.RuleKey { return statute.RuleKey(m.ID.Key) }

// Record is a milestone with its tasks, in the order of their positions.
type Record struct {
	Milestone Milestone
	Tasks     []Task
}

// Task finds a task of the record.
func (r *Record) Task(key TaskKey) (*Task, error) {
	for i := range r.Tasks {
		if r.Tasks[i].Key == key {
			return &r.Tasks[i], nil
		}
	}
	return nil, taskNotFound(r.Milestone.ID, key)
}

func datesOf(d statute.Deadline) Dates {
	return Dates{
		NotBefore: d.NotBefore, Latest: d.Latest,
		NotBeforeFrom: d.NotBeforeFrom, LatestFrom: d.LatestFrom,
	}
}

// newRecord makes the milestone of a rule in a place, with nothing done yet.
func newRecord(f *Frame, code area.Code, occurrence int, d statute.Deadline) Record {
	id := MilestoneID{Area: code, Key: MilestoneKey(d.Rule.Key), Occurrence: occurrence}
	r := Record{Milestone: Milestone{
		ID: id, RulebookVersion: f.Rulebook.Version(), Dates: datesOf(d), Revision: 1,
	}}
	for i, s := range d.Rule.Steps() {
		r.Tasks = append(r.Tasks, Task{Key: TaskKey(s.Key), Position: i, Revision: 1})
	}
	return r
}

// PlanCommand sets or clears an area's own planned day.
type PlanCommand struct {
	ID      MilestoneID
	If      Revision // the revision that the caller knows
	Planned civil.Date
	// Happened is the day the decision is about; none: today.
	Happened civil.Date
	// Reason is why, or where the day is written; it stays in the log only.
	Reason string
}

// Plan sets or clears the area's own planned day. A day before the start or
// after the legal limit is refused, and any where there is no work to be planned.
func (a *Act) Plan(c PlanCommand) error {
	r, err := a.record(c.ID)
	if err != nil {
		return err
	}
	m := &r.Milestone
	if m.Revision != c.If {
		return stale(m.Revision, c.If, *r)
	}
	if err := m.alive(); err != nil {
		return err
	}
	if err := a.plannable(r, c.Planned); err != nil {
		return err
	}
	if m.Planned == c.Planned {
		return nil
	}
	next := *m
	next.Planned = c.Planned
	happened := c.Happened
	if happened.IsZero() {
		happened = a.Today
	}
	if err := a.emit(Change{
		Kind: MilestonePlanned, Milestone: m.ID, Happened: happened, Reason: c.Reason,
		Before: State{Milestone: milestoneState(m)}, After: State{Milestone: milestoneState(&next)},
	}); err != nil || c.ID.Occurrence == 0 {
		return err // dates follow what is done, never a plan
	}
	return a.follow(c.ID) // but for the day decided for a later vote
}

func (a *Act) plannable(r *Record, planned civil.Date) error {
	m := &r.Milestone
	why := a.authority(m)
	switch {
	case planned.IsZero():
		return nil
	case len(r.Tasks) == 0:
		return fault.New(fault.Invalid, "plan-without-work",
			"Mốc này là một khoảng thời gian, một quyền hoặc một điều cấm, không có việc phải làm nên không có ngày kế hoạch; bỏ planned_on",
			"This is a period, a right or a prohibition: nothing is to be done, so no day is planned; leave planned_on out").At("/planned_on")
	case !m.Work.Open():
		return fault.New(fault.Conflict, "plan-after-the-fact",
			"Mốc này không còn việc phải làm; không đặt ngày kế hoạch nữa", "Nothing is left to do here; a plan makes no sense any more").At("/planned_on")
	case !m.NotBefore.IsZero() && planned.Before(m.NotBefore.Day):
		return fault.New(fault.Invalid, "planned-too-early",
			"Ngày kế hoạch %s sớm hơn ngày được bắt đầu %s (%s); chọn từ ngày đó trở đi",
			"The planned day %s is before the first day %s (%s); choose that day or a later one",
			planned.Vietnamese(), m.NotBefore.Day.Vietnamese(), why).At("/planned_on")
	case !m.Latest.IsZero() && planned.After(m.Latest.Day):
		return fault.New(fault.Invalid, "planned-too-late",
			"Ngày kế hoạch %s muộn hơn thời hạn %s (%s); chọn ngày đó hoặc sớm hơn",
			"The planned day %s is after the limit %s (%s); choose that day or an earlier one",
			planned.Vietnamese(), m.Latest.Day.Vietnamese(), why).At("/planned_on")
	}
	return nil
}

// authority names the article, or the local plan, that a milestone's dates rest on.
func (a *Act) authority(m *Milestone) fault.Text {
	if m.Local() {
		return fault.Text{Vi: "kế hoạch địa phương", En: "the local plan"}
	}
	rule, err := a.Frame.Rulebook.Rule(m.Rule())
	if err != nil {
		return fault.Text{Vi: string(m.ID.Key), En: string(m.ID.Key)}
	}
	return rule.Basis.Text()
}
