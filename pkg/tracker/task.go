package tracker

import (
	"net/url"
	"slices"
	"unicode"
	"unicode/utf8"

	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
)

// Limits of texts, in characters.
const (
	maxNumber = 100
	maxLink   = 500
	maxReason = 1000
)

// Evidence is what shows that a task is done: a document's number and day, and
// where it can be read.
type Evidence struct {
	Number string
	On     civil.Date
	Link   string
}

// Task is one piece of work under a milestone: what staff report on.
type Task struct {
	Key      TaskKey
	Position int
	// Title is empty for a step of the law, which the rulebook titles.
	Title fault.Text
	// Own: staff, or the record of the election, added it. It is neither a step of
	// the law nor one of a local plan, so that staff may also take it away.
	Own    bool
	Status Work
	// Reason why it is blocked or not applicable.
	Reason   string
	DoneOn   civil.Date // the day it was done, when known
	DoneBy   civil.Date // else the last day it can have been
	Evidence Evidence
	Document string   // key of a document that is the evidence
	Bodies   []string // keys of the bodies that it is for
	Source   string
	Note     string
	Revision Revision
}

// Set is a value that may not have been sent: what was not sent is not touched.
type Set[T any] struct {
	Sent  bool
	Value T
}

// To sends a value.
func To[T any](v T) Set[T] { return Set[T]{Sent: true, Value: v} }

func (s Set[T]) into(v *T) {
	if s.Sent {
		*v = s.Value
	}
}

// TaskCommand reports on a task. Leaving "done" clears day and evidence,
// leaving "blocked" and "not applicable" clears the reason: they belonged to
// that state, and the history keeps them. A task that was returned keeps its
// evidence while it is worked on, so that it is corrected and not typed again.
type TaskCommand struct {
	ID   MilestoneID
	Task TaskKey
	// If is the revision of the task that the caller knows.
	If       Revision
	Status   Set[Work]
	Reason   Set[string]
	DoneOn   Set[civil.Date]
	DoneBy   Set[civil.Date]
	Number   Set[string]
	On       Set[civil.Date]
	Link     Set[string]
	Document Set[string]
	// Source and Note say where it was reported, and what is to be known of it.
	Source Set[string]
	Note   Set[string]
	// Happened is the day that the report is about; none: the day done, else today.
	Happened civil.Date
	// Title and Place are only for a task of one's own: what it is called, and
	// where it stands among the own tasks, from 1.
	Title Set[string]
	Place Set[int]
}

// needs is what has to be seen for the report. One that leaves its task open
// leaves the milestone open.
func (c *TaskCommand) needs(f *Frame) Needs {
	if c.Status.Sent && c.Status.Value.Open() {
		return reach(f, []MilestoneID{c.ID}, nil)
	}
	return Reach(f, c.ID)
}

// Warning is something unusual that was accepted.
type Warning struct {
	Code string
	Text fault.Text
}

// UpdateTask reports on a task. The milestone follows, and so do the open
// milestones whose dates hang on the day it was done.
func (a *Act) UpdateTask(c TaskCommand) ([]Warning, error) {
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
	if t, err = a.arranged(r, t, c); err != nil {
		return nil, err
	}
	next := c.applied(*t)
	if err := a.acceptable(t, &next, c); err != nil {
		return nil, err
	}
	if sameTask(t, &next) {
		return nil, nil
	}
	was := r.Milestone
	doubts, err := a.documented(&was, t, &next)
	if err != nil {
		return nil, err
	}
	if err := a.report(r, t, next, c.Happened); err != nil {
		return nil, err
	}
	if err := a.reopened(c.ID, was.Work.Open()); err != nil {
		return nil, err
	}
	orders, err := a.ordered(&was, &r.Milestone)
	if err != nil {
		return nil, err
	}
	return slices.Concat(a.unusual(&r.Milestone, &next), doubts, orders, was.unconfirmed()), a.follow(c.ID)
}

// report emits the change of one task with what follows for its milestone.
func (a *Act) report(r *Record, t *Task, next Task, happened civil.Date) error {
	if happened.IsZero() {
		happened = a.Today
		if day := civil.Later(next.DoneOn, next.DoneBy); !day.IsZero() && (t.Status != Done || day != civil.Later(t.DoneOn, t.DoneBy)) {
			happened = day
		}
	}
	tasks := slices.Clone(r.Tasks)
	for i := range tasks {
		if tasks[i].Key == next.Key {
			tasks[i] = next
		}
	}
	after := r.Milestone.following(tasks)
	a.stamp(&r.Milestone, &after)
	return a.emit(Change{
		Kind: TaskUpdated, Milestone: r.Milestone.ID, Task: t.Key, Happened: happened, Reason: next.Reason,
		Before: State{Task: taskState(t), Milestone: milestoneState(&r.Milestone)},
		After:  State{Task: taskState(&next), Milestone: milestoneState(&after)},
	})
}

// stamp notes that the dates of a milestone that was open so far are those of
// the rulebook now in force: it keeps them with the day it was done.
func (a *Act) stamp(was, next *Milestone) {
	if _, err := a.Frame.Rulebook.Rule(was.Rule()); err == nil && !was.Local() && was.Work.Open() {
		next.RulebookVersion = a.Frame.Rulebook.Version()
	}
}

// dropped is an open task when the rules no longer ask for it.
func (t Task) dropped(reason string) Task {
	t.Status, t.Reason = Cancelled, reason
	t.Evidence, t.Document = Evidence{}, "" // of a report that was returned
	return t
}

// following is the milestone as it follows from its tasks. One that was
// cancelled stays so, whatever its tasks say.
func (m *Milestone) following(tasks []Task) Milestone {
	next := *m
	if m.Work == Cancelled {
		return next
	}
	next.Progress = Derive(tasks)
	next.Standing = m.Standing.after(next.Work)
	return next
}

// applied merges what was sent into the task.
func (c TaskCommand) applied(t Task) Task {
	was := t.Status
	c.Status.into(&t.Status)
	if was == Done && t.Status != Done {
		t.DoneOn, t.DoneBy, t.Evidence, t.Document = civil.Date{}, civil.Date{}, Evidence{}, ""
	} else if was != t.Status && !t.Status.begun() {
		t.Evidence, t.Document = Evidence{}, ""
	}
	if was != t.Status && !needsReason(t.Status) {
		t.Reason = ""
	}
	c.Reason.into(&t.Reason)
	if c.DoneOn.Sent && !c.DoneOn.Value.IsZero() && !c.DoneBy.Sent {
		t.DoneBy = civil.Date{}
	}
	if c.DoneBy.Sent && !c.DoneBy.Value.IsZero() && !c.DoneOn.Sent {
		t.DoneOn = civil.Date{}
	}
	c.DoneOn.into(&t.DoneOn)
	c.DoneBy.into(&t.DoneBy)
	c.Number.into(&t.Evidence.Number)
	c.On.into(&t.Evidence.On)
	c.Link.into(&t.Evidence.Link)
	c.Document.into(&t.Document)
	c.Source.into(&t.Source)
	c.Note.into(&t.Note)
	return t
}

func needsReason(w Work) bool { return w == Blocked || w == NotApplicable }

// acceptable collects everything that is wrong with a report.
func (a *Act) acceptable(was, next *Task, c TaskCommand) error {
	var wrong faults
	wrong.days(a.Today, next)
	wrong.evidence(a.Today, was, next)
	wrong.texts(next)
	if needsReason(next.Status) && isBlank(next.Reason) {
		wrong.add("/reason", "reason-missing",
			"Trạng thái này cần lý do; hãy ghi ngắn gọn vì sao", "This status needs a reason; say shortly why")
	}
	if next.Status == Cancelled || was.Status == Cancelled {
		wrong.add("/status", "task-cancelled",
			"Việc bị hủy cùng với kế hoạch của nó, không đặt bằng tay", "A task is cancelled with its plan, not by hand")
	}
	if c.Happened.After(a.Today) {
		wrong.add("/happened_on", "happened-in-the-future",
			"Ngày diễn ra %s chưa đến (hôm nay là %s)", "The day %s is in the future; today is %s",
			c.Happened.Vietnamese(), a.Today.Vietnamese())
	}
	return wrong.err()
}

func (w *faults) days(today civil.Date, t *Task) {
	done := t.Status == Done
	known := !t.DoneOn.IsZero() || !t.DoneBy.IsZero()
	switch {
	case done && !known:
		w.add("/done_on", "done-day-missing",
			"Cần ngày hoàn thành (done_on); nếu không rõ ngày, ghi ngày chậm nhất (done_by)",
			"Say on which day it was done (done_on); if the day is not known, the last day it can have been (done_by)")
	case !done && known:
		w.add("/done_on", "done-day-without-done",
			"Chỉ việc đã xong mới có ngày hoàn thành; đặt status là done hoặc bỏ ngày",
			"Only a task that is done has a day; set status to done or leave the day out")
	case !t.DoneOn.IsZero() && !t.DoneBy.IsZero():
		w.add("/done_by", "two-done-days",
			"Chỉ ghi một trong hai: done_on khi biết ngày, done_by khi không biết",
			"Give one of the two: done_on when the day is known, done_by when it is not")
	}
	for _, d := range []struct {
		pointer string
		day     civil.Date
	}{{"/done_on", t.DoneOn}, {"/done_by", t.DoneBy}} {
		if d.day.After(today) {
			w.add(d.pointer, "done-in-the-future",
				"Ngày hoàn thành %s chưa đến (hôm nay là %s)", "The day done, %s, is in the future; today is %s",
				d.day.Vietnamese(), today.Vietnamese())
		}
	}
}

func (w *faults) evidence(today civil.Date, was, t *Task) {
	e := t.Evidence
	if t.Status != Done && e != (Evidence{}) && e != was.Evidence {
		w.add("/evidence", "evidence-without-done",
			"Chỉ việc đã xong mới có văn bản làm bằng chứng; đặt status là done hoặc bỏ evidence",
			"Only a task that is done carries evidence; set status to done or leave evidence out")
	}
	if e.On.After(today) {
		w.add("/evidence/issued_on", "evidence-in-the-future",
			"Ngày văn bản %s chưa đến (hôm nay là %s)", "The document's day %s is in the future; today is %s",
			e.On.Vietnamese(), today.Vietnamese())
	}
	if e.Link != "" {
		u, err := url.Parse(e.Link)
		if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
			w.add("/evidence/link", "link-not-web",
				"Liên kết phải là địa chỉ web đầy đủ, bắt đầu bằng https:// hoặc http://",
				"The link must be a whole web address that begins with https:// or http://")
		}
	}
}

func (w *faults) texts(t *Task) {
	for _, x := range []struct {
		pointer, text string
		most          int
	}{
		{"/evidence/number", t.Evidence.Number, maxNumber},
		{"/evidence/link", t.Evidence.Link, maxLink},
		{"/reason", t.Reason, maxReason},
		{"/source", t.Source, maxReason},
		{"/note", t.Note, maxReason},
	} {
		w.text(x.pointer, x.text, x.most)
	}
}

// text holds a text to its length in characters, and to what can be printed.
func (w *faults) text(pointer, text string, most int) {
	if utf8.RuneCountInString(text) > most {
		w.add(pointer, "text-too-long", "Dài hơn %d ký tự; hãy rút ngắn", "Longer than %d characters; shorten it", most)
	}
	if !utf8.ValidString(text) || hasControl(text) {
		w.add(pointer, "text-not-plain", "Có ký tự điều khiển; chỉ dùng chữ thường", "Has control characters; use plain text")
	}
}

func hasControl(s string) bool {
	for _, r := range s {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return true
		}
	}
	return false
}

func isBlank(s string) bool {
	for _, r := range s {
		if !unicode.IsSpace(r) {
			return false
		}
	}
	return true
}

// unusual says what was accepted although it is strange.
func (a *Act) unusual(m *Milestone, t *Task) []Warning {
	day := civil.Later(t.DoneOn, t.DoneBy)
	if day.IsZero() || m.NotBefore.IsZero() || !day.Before(m.NotBefore.Day) {
		return nil
	}
	return []Warning{{Code: "done-before-start", Text: fault.Textf(
		"Ngày hoàn thành %s sớm hơn ngày được bắt đầu %s (%s)", "The day done, %s, is before the first day %s (%s)",
		day.Vietnamese(), m.NotBefore.Day.Vietnamese(), a.authority(m))}}
}

func sameTask(a, b *Task) bool {
	return a.Status == b.Status && a.Reason == b.Reason && a.DoneOn == b.DoneOn && a.DoneBy == b.DoneBy &&
		a.Evidence == b.Evidence && a.Document == b.Document && a.Source == b.Source && a.Note == b.Note
}

// AddTask adds a task that the law does not name: what a report tells of, or
// what an area sets itself.
func (a *Act) AddTask(id MilestoneID, t Task, happened civil.Date) error {
	r, err := a.record(id)
	if err != nil {
		return err
	}
	if _, err := r.Task(t.Key); err == nil {
		return fault.New(fault.Conflict, "task-exists", "Mốc %s đã có việc %q", "Milestone %s already has a task %q", id.Name(), t.Key)
	}
	var wrong faults
	wrong.key("/key", string(t.Key))
	if err := wrong.err(); err != nil {
		return err
	}
	if err := r.Milestone.alive(); err != nil {
		return err
	}
	t.Position = r.lastPosition() + 1
	was := r.Milestone
	after := r.Milestone.following(append(slices.Clone(r.Tasks), t))
	a.stamp(&r.Milestone, &after)
	if err := a.emit(Change{
		Kind: TaskAdded, Milestone: id, Task: t.Key, Happened: happened,
		Before: State{Milestone: milestoneState(&r.Milestone)},
		After:  State{Task: taskState(&t), Milestone: milestoneState(&after)},
	}); err != nil {
		return err
	}
	if _, err := a.ordered(&was, &r.Milestone); err != nil {
		return err
	}
	if err := a.reopened(id, was.Work.Open()); err != nil {
		return err
	}
	return a.follow(id)
}
