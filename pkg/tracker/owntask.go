package tracker

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"tiendo/pkg/fault"
)

// maxOwn is how many tasks of its own a milestone may have: a list to work by,
// not a register.
const maxOwn = 50

// ofTask says that a change of this kind is about one task.
func (k Kind) ofTask() bool {
	switch k {
	case TaskAdded, TaskUpdated, TaskRenamed, TaskMoved, TaskRemoved:
		return true
	}
	return false
}

// lastPosition is the greatest position of the tasks; -1 where there are none.
func (r *Record) lastPosition() int {
	last := -1
	for i := range r.Tasks {
		last = max(last, r.Tasks[i].Position)
	}
	return last
}

// arrange does what a change of an own task says that is no report: it is
// called something else, stands elsewhere, or is gone. A task that is not there
// is passed over, as in a look back it may not have been added yet.
func (r *Record) arrange(c *Change) {
	at := slices.IndexFunc(r.Tasks, func(t Task) bool { return t.Key == c.Task })
	if at < 0 {
		return
	}
	t := &r.Tasks[at]
	switch c.Kind {
	case TaskRenamed:
		t.Title, t.Revision = c.After.Task.Title, c.Revision
	case TaskMoved:
		t.Position, t.Revision = c.After.Task.Position, c.Revision
		for _, other := range c.After.Tasks {
			if i := slices.IndexFunc(r.Tasks, func(t Task) bool { return t.Key == other.Key }); i >= 0 {
				r.Tasks[i].Position = other.Position
			}
		}
		slices.SortStableFunc(r.Tasks, func(a, b Task) int { return cmp.Compare(a.Position, b.Position) })
	case TaskRemoved:
		r.Tasks = slices.Delete(slices.Clone(r.Tasks), at, at+1)
		r.Milestone = r.Milestone.following(r.Tasks)
		r.Milestone.computedBy(c.After.Milestone)
		r.Milestone.taken(c)
	}
}

// OwnTask is a task that staff set themselves under a milestone.
type OwnTask struct {
	ID    MilestoneID
	Title string
}

// AddOwnTask adds a task of one's own, with a key made of its title, behind all
// others. The milestone is only done again when it is.
func (a *Act) AddOwnTask(c OwnTask) (TaskKey, []Warning, error) {
	r, err := a.record(c.ID)
	if err != nil {
		return "", nil, err
	}
	title := strings.TrimSpace(c.Title)
	var wrong faults
	wrong.taskTitle(title)
	if err := wrong.err(); err != nil {
		return "", nil, err
	}
	switch own := len(r.own()); {
	case len(r.Tasks) == 0:
		return "", nil, fault.New(fault.Conflict, "task-without-work",
			"Mốc này là một khoảng thời gian, một quyền hoặc một điều cấm, không có việc phải làm; thêm việc vào mốc khác",
			"This is a period, a right or a prohibition, and nothing is to be done; add the task to another milestone")
	case own >= maxOwn:
		return "", nil, fault.New(fault.Conflict, "too-many-tasks",
			"Mốc này đã có %d việc riêng, là mức tối đa; xóa bớt việc không còn cần",
			"This milestone has %d tasks of its own, which is the most it can have; remove some that are not needed any more", own)
	}
	key := TaskKey(madeKey(title, func(k string) bool {
		return slices.ContainsFunc(r.Tasks, func(t Task) bool { return string(t.Key) == k })
	}))
	return key, r.Milestone.unconfirmed(), a.AddTask(c.ID, Task{Key: key, Title: fault.Text{Vi: title, En: title}}, a.Today)
}

func (w *faults) taskTitle(title string) {
	if isBlank(title) {
		w.add("/title", "title-missing", "Thiếu tên việc", "The title of the task is missing")
	}
	w.text("/title", title, maxTitle)
}

// own are the record's own tasks, in their order.
func (r *Record) own() []Task {
	return slices.DeleteFunc(slices.Clone(r.Tasks), func(t Task) bool { return !t.Own })
}

// arranged renames a task and moves it, where that was asked for, and returns it
// as it then is.
func (a *Act) arranged(r *Record, t *Task, c TaskCommand) (*Task, error) {
	if !c.Title.Sent && !c.Place.Sent {
		return t, nil
	}
	if err := a.mine(&r.Milestone, t); err != nil {
		return nil, err
	}
	if c.Title.Sent {
		if err := a.rename(r, *t, strings.TrimSpace(c.Title.Value)); err != nil {
			return nil, err
		}
	}
	if c.Place.Sent {
		if err := a.place(r, c.Task, c.Place.Value); err != nil {
			return nil, err
		}
	}
	return r.Task(c.Task)
}

// mine refuses to change what the law, or a local plan, asks for.
func (a *Act) mine(m *Milestone, t *Task) error {
	switch {
	case t.Own:
		return nil
	case m.Local():
		return fault.New(fault.Conflict, "task-of-the-plan",
			"Việc này do kế hoạch đặt ra, không đổi tên, không xóa ở đây; hãy sửa kế hoạch, hoặc đặt việc là “không áp dụng” kèm lý do",
			"This task is one of the plan's and is neither renamed nor removed here; change the plan, or report the task as not applicable with the reason")
	}
	return fault.New(fault.Conflict, "task-of-the-law",
		"Việc này do luật đặt ra (%s), không đổi tên, không đổi chỗ, không xóa được; nếu không phải làm, đặt là “không áp dụng” kèm lý do",
		"The law asks for this task (%s): it is neither renamed, moved nor removed; where it is not to be done, report it as not applicable with the reason", a.authority(m))
}

func (a *Act) rename(r *Record, was Task, title string) error {
	var wrong faults
	wrong.taskTitle(title)
	if err := wrong.err(); err != nil {
		return err
	}
	next := was
	if next.Title = (fault.Text{Vi: title, En: title}); next.Title.Vi == was.Title.Vi {
		return nil
	}
	return a.emit(Change{
		Kind: TaskRenamed, Milestone: r.Milestone.ID, Task: was.Key,
		Before: State{Task: taskState(&was), Milestone: milestoneState(&r.Milestone)},
		After:  State{Task: taskState(&next), Milestone: milestoneState(&r.Milestone)},
	})
}

// place moves a task among the own ones: these share the positions that they
// have among them, so that the steps of the law stay where they are.
func (a *Act) place(r *Record, key TaskKey, to int) error {
	own := r.own()
	if to < 1 || to > len(own) {
		return fault.New(fault.Invalid, "place-out-of-range",
			"Không có vị trí %d: mốc này có %d việc riêng; dùng số từ 1 đến %[2]d",
			"There is no place %d: this milestone has %d tasks of its own; use a number from 1 to %[2]d", to, len(own)).At("/position")
	}
	from := slices.IndexFunc(own, func(t Task) bool { return t.Key == key })
	if from == to-1 {
		return nil
	}
	next := slices.Clone(own)
	next = slices.Insert(slices.Delete(next, from, from+1), to-1, own[from])
	c := Change{Kind: TaskMoved, Milestone: r.Milestone.ID, Task: key}
	for i := range next {
		was := next[i]
		next[i].Position = own[i].Position
		switch {
		case was.Key == key:
			c.Before.Task, c.After.Task = taskState(&was), taskState(&next[i])
		case was.Position != next[i].Position:
			c.Before.Tasks, c.After.Tasks = append(c.Before.Tasks, *taskState(&was)), append(c.After.Tasks, *taskState(&next[i]))
		}
	}
	c.Before.Milestone, c.After.Milestone = milestoneState(&r.Milestone), milestoneState(&r.Milestone)
	return a.emit(c)
}

// TaskRemoval takes a task of one's own away. The history keeps it, with all
// that was reported on it.
type TaskRemoval struct {
	ID   MilestoneID
	Task TaskKey
	If   Revision // the revision that the caller knows
}

// RemoveTask takes an own task away. The milestone follows: without its last
// open task it is done, and reported.
func (a *Act) RemoveTask(c TaskRemoval) ([]Warning, error) {
	r, err := a.record(c.ID)
	if err != nil {
		return nil, err
	}
	t, err := r.Task(c.Task)
	if err != nil {
		return nil, err
	}
	if err := r.Milestone.alive(); err != nil {
		return nil, err
	}
	if t.Revision != c.If {
		return nil, stale(t.Revision, c.If, *t)
	}
	if err := a.mine(&r.Milestone, t); err != nil {
		return nil, err
	}
	was := r.Milestone
	after := r.Milestone.following(slices.DeleteFunc(slices.Clone(r.Tasks), func(x Task) bool { return x.Key == c.Task }))
	a.stamp(&r.Milestone, &after)
	if err := a.emit(Change{
		Kind: TaskRemoved, Milestone: c.ID, Task: c.Task,
		Before: State{Task: taskState(t), Milestone: milestoneState(&r.Milestone)},
		After:  State{Milestone: milestoneState(&after)},
	}); err != nil {
		return nil, err
	}
	orders, err := a.ordered(&was, &r.Milestone)
	if err != nil {
		return nil, err
	}
	if err := a.reopened(c.ID, was.Work.Open()); err != nil {
		return nil, err
	}
	return append(orders, was.unconfirmed()...), a.follow(c.ID)
}

// AddOwnTask adds a task of one's own, and says its key.
func (s *Service) AddOwnTask(ctx context.Context, e ElectionID, actor Actor, c OwnTask) (key TaskKey, out Outcome, err error) {
	out.Election = e
	act, changes, err := s.Do(ctx, e, actor,
		func(f *Frame) Needs { return Reach(f, c.ID) },
		func(a *Act) (err error) {
			key, out.Warnings, err = a.AddOwnTask(c)
			return err
		})
	if err != nil {
		return "", Outcome{}, err
	}
	out.Changes = changes
	out.Record, err = act.Record(c.ID)
	return key, out, err
}

// RemoveTask takes a task of one's own away.
func (s *Service) RemoveTask(ctx context.Context, e ElectionID, actor Actor, c TaskRemoval) (Outcome, error) {
	out := Outcome{Election: e}
	act, changes, err := s.Do(ctx, e, actor,
		func(f *Frame) Needs { return Reach(f, c.ID) },
		func(a *Act) (err error) {
			out.Warnings, err = a.RemoveTask(c)
			return err
		})
	if err != nil {
		return Outcome{}, err
	}
	out.Changes = changes
	out.Record, err = act.Record(c.ID)
	return out, err
}
