package mirrortest

import (
	"fmt"
	"maps"
	"slices"

	"pgregory.net/rapid"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/statute"
	"tiendo/pkg/tracker"
)

// Act draws something that people may do to an election, or try to, from the
// records as they are now. n makes new keys; it has to be another one each time.
func Act(t *rapid.T, f *tracker.Frame, today civil.Date, records []tracker.Record, n int) func(*tracker.Act) error {
	d := drawer{T: t, frame: f, today: today, records: records, n: n}
	return rapid.SampledFrom([]func() func(*tracker.Act) error{
		// What staff do all day comes up most.
		d.report, d.report, d.report, d.report, d.verdict, d.verdict, d.plan, d.plan,
		d.task, d.ownTask, d.ownTask, d.ownTask, d.note, d.localPlan, d.planEntry, d.planEdit, d.planEdit, d.planWithdrawal, d.votingDay, d.occurrence, d.state, d.body, d.paper,
	}).Draw(t, "act")()
}

type drawer struct {
	*rapid.T
	frame   *tracker.Frame
	today   civil.Date
	records []tracker.Record
	n       int
}

func (d drawer) record() tracker.Record {
	with := slices.DeleteFunc(slices.Clone(d.records), func(r tracker.Record) bool { return len(r.Tasks) == 0 })
	return rapid.SampledFrom(with).Draw(d.T, "milestone")
}

// past is a day up to today.
func (d drawer) past(label string) civil.Date {
	return d.today.Add(-rapid.IntRange(0, 40).Draw(d.T, label))
}

func (d drawer) place() area.Code {
	return d.frame.List.At(rapid.IntRange(0, d.frame.List.Len()-1).Draw(d.T, "area")).Code
}

func (d drawer) report() func(*tracker.Act) error {
	r := d.record()
	task := rapid.SampledFrom(r.Tasks).Draw(d.T, "task")
	c := tracker.TaskCommand{ID: r.Milestone.ID, Task: task.Key, If: task.Revision}
	work := rapid.SampledFrom([]tracker.Work{
		tracker.Done, tracker.Done, tracker.InProgress, tracker.Blocked, tracker.NotApplicable, tracker.NotStarted,
	}).Draw(d.T, "status")
	c.Status = tracker.To(work)
	c.Happened = d.past("happened")
	switch work {
	case tracker.Done:
		if rapid.Bool().Draw(d.T, "exact") {
			c.DoneOn = tracker.To(d.past("done on"))
		} else {
			c.DoneBy = tracker.To(d.past("done by"))
		}
		if rapid.Bool().Draw(d.T, "about that day") {
			c.Happened = civil.Date{}
		}
	case tracker.Blocked, tracker.NotApplicable:
		c.Reason = tracker.To("vì một lý do")
	}
	return func(a *tracker.Act) error {
		_, err := a.UpdateTask(c)
		return err
	}
}

// verdict is what the level above says of something reported, if there is any.
func (d drawer) verdict() func(*tracker.Act) error {
	reported := slices.DeleteFunc(slices.Clone(d.records), func(r tracker.Record) bool { return r.Milestone.Standing == tracker.Unreported })
	if len(reported) == 0 {
		return d.report()
	}
	m := rapid.SampledFrom(reported).Draw(d.T, "reported").Milestone
	if rapid.Bool().Draw(d.T, "confirm") {
		return func(a *tracker.Act) error { return a.Confirm(tracker.Confirmation{ID: m.ID, If: m.Revision}) }
	}
	return func(a *tracker.Act) error {
		return a.Return(tracker.Return{ID: m.ID, If: m.Revision, Reason: "thiếu số văn bản"})
	}
}

func (d drawer) plan() func(*tracker.Act) error {
	m := d.record().Milestone
	c := tracker.PlanCommand{ID: m.ID, If: m.Revision, Happened: d.past("happened")}
	if rapid.IntRange(0, 3).Draw(d.T, "set") > 0 {
		day := m.Latest.Day
		if day.IsZero() {
			day = civil.Later(m.NotBefore.Day, d.today).Add(10)
		}
		c.Planned = day.Add(-rapid.IntRange(0, 12).Draw(d.T, "before"))
	}
	return func(a *tracker.Act) error { return a.Plan(c) }
}

func (d drawer) task() func(*tracker.Act) error {
	id := d.record().Milestone.ID
	title := fmt.Sprintf("việc %d", d.n)
	task := tracker.Task{Key: tracker.TaskKey(fmt.Sprintf("task_%d", d.n)), Title: fault.Text{Vi: title, En: title}}
	if rapid.Bool().Draw(d.T, "done already") {
		task.Status, task.DoneBy = tracker.Done, d.past("done by")
	}
	happened := d.past("happened")
	return func(a *tracker.Act) error { return a.AddTask(id, task, happened) }
}

// ownTask adds a task, or renames, moves or removes one that is there.
func (d drawer) ownTask() func(*tracker.Act) error {
	type where struct {
		id   tracker.MilestoneID
		task tracker.Task
	}
	var own []where
	for _, r := range d.records {
		for _, t := range r.Tasks {
			if t.Own {
				own = append(own, where{r.Milestone.ID, t})
			}
		}
	}
	title := fmt.Sprintf("việc riêng %d", d.n)
	way := rapid.IntRange(0, 5).Draw(d.T, "way")
	if len(own) == 0 || way == 0 {
		c := tracker.OwnTask{ID: d.record().Milestone.ID, Title: title}
		if len(own) > 0 && rapid.Bool().Draw(d.T, "beside another") {
			c.ID = rapid.SampledFrom(own).Draw(d.T, "own").id
		}
		return func(a *tracker.Act) error {
			_, _, err := a.AddOwnTask(c)
			return err
		}
	}
	w := rapid.SampledFrom(own).Draw(d.T, "own")
	if way < 3 {
		return func(a *tracker.Act) error {
			_, err := a.RemoveTask(tracker.TaskRemoval{ID: w.id, Task: w.task.Key, If: w.task.Revision})
			return err
		}
	}
	c := tracker.TaskCommand{ID: w.id, Task: w.task.Key, If: w.task.Revision}
	if way < 5 {
		c.Place = tracker.To(rapid.IntRange(1, 3).Draw(d.T, "place"))
	}
	if way > 3 {
		c.Title = tracker.To(title)
	}
	return func(a *tracker.Act) error {
		_, err := a.UpdateTask(c)
		return err
	}
}

// note writes a note, changes it, and may remove another.
func (d drawer) note() func(*tracker.Act) error {
	c := tracker.NoteEntry{ID: d.record().Milestone.ID, Text: fmt.Sprintf("ghi chú %d", d.n)}
	return func(a *tracker.Act) error { return a.AddNote(c) }
}

func (d drawer) localPlan() func(*tracker.Act) error {
	p := tracker.Plan{Key: fmt.Sprintf("plan_%d", d.n), Area: d.place()}
	p.Title = fault.Text{Vi: p.Key, En: p.Key}
	for k := range rapid.IntRange(1, 3).Draw(d.T, "lines") {
		line := tracker.PlanLine{
			Key: tracker.MilestoneKey(fmt.Sprintf("line_%d_%d", d.n, k)), Title: p.Title,
			Phase:  rapid.SampledFrom(d.frame.Rulebook.Phases()).Draw(d.T, "phase").Key,
			Nature: rapid.SampledFrom([]string{"duty", "event", "period"}).Draw(d.T, "nature"),
			Silent: rapid.Bool().Draw(d.T, "silent"), Areas: []area.Code{p.Area},
		}
		if other := d.place(); other != p.Area {
			line.Areas = append(line.Areas, other)
		}
		if rapid.Bool().Draw(d.T, "dated") {
			line.NotBefore = d.today.Add(rapid.IntRange(-20, 20).Draw(d.T, "start"))
			line.Latest = line.NotBefore.Add(rapid.IntRange(0, 20).Draw(d.T, "length"))
		}
		if rapid.Bool().Draw(d.T, "steps") && line.Nature != "period" {
			line.Steps = []tracker.PlanStep{{Key: "one", Title: p.Title}, {Key: "two", Title: p.Title}}
		}
		p.Lines = append(p.Lines, line)
	}
	happened := d.past("happened")
	return func(a *tracker.Act) error { return a.AddPlan(p, happened) }
}

// planEntry enters a plan as people do, with a document and keys made for it.
func (d drawer) planEntry() func(*tracker.Act) error {
	c := tracker.PlanEntry{Area: d.place(), Title: fault.Text{Vi: rapid.SampledFrom([]string{"Kế hoạch", "Kế hoạch số 2"}).Draw(d.T, "title")}}
	c.Document = d.document()
	for range rapid.IntRange(1, 3).Draw(d.T, "lines") {
		c.Lines = append(c.Lines, d.line(c.Area))
	}
	return func(a *tracker.Act) error {
		_, err := a.EnterPlan(c)
		return err
	}
}

func (d drawer) document() tracker.DocumentChoice {
	if rapid.Bool().Draw(d.T, "document") {
		return tracker.DocumentChoice{}
	}
	return tracker.DocumentChoice{New: &tracker.NewDocument{Number: "12/KH-UBND", Kind: "plan", Title: "Kế hoạch", IssuedOn: d.past("issued")}}
}

func (d drawer) line(branch area.Code) tracker.LineEntry {
	l := tracker.LineEntry{Where: d.where(branch)}
	l.Title.Vi = rapid.SampledFrom([]string{"Họp giao ban", "Tập huấn", "Kiểm tra"}).Draw(d.T, "line")
	l.Phase = rapid.SampledFrom(d.frame.Rulebook.Phases()).Draw(d.T, "phase").Key
	l.Nature = rapid.SampledFrom([]string{"duty", "event", "period"}).Draw(d.T, "nature")
	l.NotBefore, l.Latest = d.span()
	if l.Nature == "duty" && rapid.Bool().Draw(d.T, "steps") {
		l.Steps = []tracker.PlanStep{{Title: fault.Text{Vi: "Lập danh sách"}}, {Title: fault.Text{Vi: "Gửi lên"}}}
	}
	return l
}

func (d drawer) span() (from, to civil.Date) {
	if rapid.Bool().Draw(d.T, "dated") {
		from = d.today.Add(rapid.IntRange(-20, 20).Draw(d.T, "start"))
		to = from.Add(rapid.IntRange(0, 20).Draw(d.T, "length"))
	}
	return from, to
}

// where draws areas of a branch by name, or by their level.
func (d drawer) where(branch area.Code) tracker.Where {
	list := d.frame.List
	if rapid.Bool().Draw(d.T, "by level") {
		return tracker.Where{Level: rapid.SampledFrom([]area.Level{list.At(d.index(branch)).Level, area.LevelCommune}).Draw(d.T, "level"), Under: branch}
	}
	first := d.index(branch)
	_, last := list.Descendants(first)
	var w tracker.Where
	for range rapid.IntRange(1, 3).Draw(d.T, "areas") {
		w.Areas = append(w.Areas, list.At(rapid.IntRange(first, last-1).Draw(d.T, "area")).Code)
	}
	return w
}

func (d drawer) index(code area.Code) int {
	i, _ := d.frame.List.Index(code)
	return i
}

// standing draws a plan of those that are there now.
func (d drawer) standing(a *tracker.Act) (tracker.Plan, bool) {
	plans := a.Plans()
	if len(plans) == 0 {
		return tracker.Plan{}, false
	}
	key := rapid.SampledFrom(slices.Sorted(maps.Keys(plans))).Draw(d.T, "plan")
	return plans[key], true
}

func (d drawer) planEdit() func(*tracker.Act) error {
	return func(a *tracker.Act) error {
		p, ok := d.standing(a)
		if !ok {
			return nil
		}
		c := tracker.PlanEdit{Plan: p.Key, If: p.Revision, Document: d.document(), Reason: "điều chỉnh"}
		if rapid.Bool().Draw(d.T, "title") {
			c.Title = tracker.To(fault.Text{Vi: fmt.Sprintf("Kế hoạch sửa %d", d.n)})
		}
		for i := range p.Lines {
			c.Edit = append(c.Edit, d.lineEdit(p.Area, &p.Lines[i])...)
		}
		if rapid.Bool().Draw(d.T, "another line") {
			c.Add = append(c.Add, d.line(p.Area))
		}
		return a.ChangePlan(c)
	}
}

func (d drawer) lineEdit(branch area.Code, l *tracker.PlanLine) []tracker.LineEdit {
	e := tracker.LineEdit{Key: l.Key}
	switch rapid.IntRange(0, 5).Draw(d.T, "edit") {
	case 0:
		e.Remove = true
	case 1:
		e.Title, e.Note = tracker.To(fault.Text{Vi: fmt.Sprintf("Việc sửa %d", d.n)}), tracker.To("ghi chú")
	case 2:
		from, to := d.span()
		e.NotBefore, e.Latest = tracker.To(from), tracker.To(to)
	case 3, 4:
		e.Where = tracker.To(d.where(branch))
	default:
		return nil
	}
	return []tracker.LineEdit{e}
}

func (d drawer) planWithdrawal() func(*tracker.Act) error {
	return func(a *tracker.Act) error {
		p, ok := d.standing(a)
		if !ok {
			return nil
		}
		return a.WithdrawPlan(tracker.PlanWithdrawal{Plan: p.Key, If: p.Revision, Reason: "không còn cần", Document: d.document()})
	}
}

func (d drawer) votingDay() func(*tracker.Act) error {
	v := tracker.VotingDay{
		Area: d.place(), Day: d.frame.Election.Day.Add(-rapid.IntRange(0, 3).Draw(d.T, "days earlier")),
		InForce: rapid.IntRange(0, 3).Draw(d.T, "in force") > 0, Confidence: "high",
	}
	if rapid.Bool().Draw(d.T, "hour") {
		v.Opens = civil.NewClock(5+rapid.IntRange(0, 4).Draw(d.T, "opens"), 0)
	}
	happened := d.past("happened")
	return func(a *tracker.Act) error { return a.SetVotingDay(v, happened) }
}

func (d drawer) occurrence() func(*tracker.Act) error {
	rules := slices.DeleteFunc(slices.Clone(d.frame.Rulebook.Rules()), func(r *statute.Rule) bool { return r.Trigger == nil })
	c := tracker.OccurrenceCommand{
		Area: d.place(), Rule: rapid.SampledFrom(rules).Draw(d.T, "rule").Key,
		Occurred: d.past("occurred"), Happened: d.past("happened"),
	}
	if rapid.Bool().Draw(d.T, "scoped") {
		c.Scope = fmt.Sprintf("khu vực %d", d.n)
	}
	return func(a *tracker.Act) error {
		_, err := a.Occur(c)
		return err
	}
}

func (d drawer) state() func(*tracker.Act) error {
	s := rapid.SampledFrom([]tracker.ElectionState{tracker.Preparing, tracker.Running, tracker.Closed}).Draw(d.T, "state")
	happened := d.past("happened")
	return func(a *tracker.Act) error { return a.Move(s, happened) }
}

func (d drawer) body() func(*tracker.Act) error {
	key := fmt.Sprintf("body_%d", d.n)
	b := tracker.Body{Key: key, Kind: statute.BodyPartyCommittee.String(), Name: fault.Text{Vi: key, En: key}, Area: d.place()}
	return func(a *tracker.Act) error { return a.AddBody(b) }
}

func (d drawer) paper() func(*tracker.Act) error {
	key := fmt.Sprintf("document_%d", d.n)
	x := tracker.Document{
		Key: key, Number: fmt.Sprintf("%d-KH/TU", d.n), Kind: "plan", Title: fault.Text{Vi: key, En: key}, Area: d.place(),
		Public: rapid.Bool().Draw(d.T, "public"), KnownBy: d.past("known by"),
	}
	return func(a *tracker.Act) error { return a.AddDocument(x) }
}
