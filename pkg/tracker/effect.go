package tracker

import (
	"cmp"
	"slices"

	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
)

// Effect is what an act comes to, done or only rehearsed: every change that it
// makes, and what it makes questionable.
type Effect struct {
	DryRun bool
	// Revision of the act's last change; 0 of a rehearsal, and where nothing changed.
	Revision  Revision
	Changes   []Change // without a place in the log when rehearsed
	Conflicts []Conflict
}

// Conflict is something in one milestone that an act makes questionable. It is
// said and does not hold the act up.
type Conflict struct {
	Milestone MilestoneID
	Warning
}

// kept is a milestone that is done and keeps its dates, with the dates that
// would follow for it now.
type kept struct {
	id        MilestoneID
	was, next Milestone
}

func effectOf(a *Act, changes []Change, dryRun bool) Effect {
	e := Effect{DryRun: dryRun, Changes: changes, Conflicts: conflicts(changes, a.kept, a.Today)}
	if n := len(changes); n > 0 && !dryRun {
		e.Revision = changes[n-1].Revision
	}
	return e
}

// conflicts looks at each milestone once, as it was before the changes and as
// it is after them, in the order of areas and keys.
func conflicts(changes []Change, kept []kept, today civil.Date) []Conflict {
	type turn struct{ was, next *MilestoneState }
	turns := map[MilestoneID]turn{}
	for i := range changes {
		for _, c := range milestonesOf(&changes[i]) {
			t, again := turns[c.id]
			if !again {
				t.was = c.before
			}
			t.next = c.after
			turns[c.id] = t
		}
	}
	for i := range kept {
		k := &kept[i]
		turns[k.id] = turn{milestoneState(&k.was), milestoneState(&k.next)}
	}
	var all []Conflict
	for id, t := range turns {
		for _, w := range questions(t.was, t.next, today) {
			all = append(all, Conflict{Milestone: id, Warning: w})
		}
	}
	slices.SortFunc(all, func(a, b Conflict) int {
		return cmp.Or(
			cmp.Compare(a.Milestone.Area, b.Milestone.Area), cmp.Compare(a.Milestone.Key, b.Milestone.Key),
			cmp.Compare(a.Milestone.Occurrence, b.Milestone.Occurrence), cmp.Compare(a.Code, b.Code))
	})
	return all
}

type turned struct {
	id            MilestoneID
	before, after *MilestoneState
}

// milestonesOf are the milestones whose state a change says; a plan makes many.
func milestonesOf(c *Change) []turned {
	var all []turned
	if p := c.After.Plan; c.Kind == PlanAdded && p != nil {
		for r := range p.Records(c.Revision) {
			all = append(all, turned{id: r.Milestone.ID, after: milestoneState(&r.Milestone)})
		}
	}
	if c.After.Milestone != nil {
		all = append(all, turned{c.Milestone, c.Before.Milestone, c.After.Milestone})
	}
	return all
}

// questions are what is doubtful in a milestone as it is next and was not
// before: a day done that is outside its span, a planned day that the law no
// longer allows, a limit that is past already, work on what is cancelled.
func questions(was, next *MilestoneState, today civil.Date) []Warning {
	if was == nil {
		was = &MilestoneState{}
	}
	newly := func(wrong func(*MilestoneState) bool) bool { return wrong(next) && !wrong(was) }
	done, planned := civil.Later(next.DoneOn, next.DoneBy).Vietnamese(), next.Planned.Vietnamese()
	start, limit := next.NotBefore.Day.Vietnamese(), next.Latest.Day.Vietnamese()
	var all []Warning
	if newly(doneBeforeStart) {
		all = append(all, Warning{Code: "done-before-start", Text: fault.Textf(
			"Đã làm ngày %s, nay sớm hơn ngày được bắt đầu %s; xem lại việc đã báo cáo",
			"Done on %s, which is now before the first day %s; look at the report again", done, start)})
	}
	if newly(doneAfterLimit) {
		all = append(all, Warning{Code: "done-after-limit", Text: fault.Textf(
			"Đã làm ngày %s, nay muộn hơn thời hạn %s; xem lại việc đã báo cáo",
			"Done on %s, which is now after the limit %s; look at the report again", done, limit)})
	}
	if newly(plannedBeforeStart) {
		all = append(all, Warning{Code: "planned-before-start", Text: fault.Textf(
			"Ngày kế hoạch %s nay sớm hơn ngày được bắt đầu %s; đặt lại kế hoạch",
			"The planned day %s is now before the first day %s; plan it anew", planned, start)})
	}
	if newly(plannedAfterLimit) {
		all = append(all, Warning{Code: "planned-after-limit", Text: fault.Textf(
			"Ngày kế hoạch %s nay muộn hơn thời hạn %s; đặt lại kế hoạch",
			"The planned day %s is now after the limit %s; plan it anew", planned, limit)})
	}
	if newly(func(s *MilestoneState) bool { return s.open() && !s.Silent && past(s.Latest.Day, today) }) {
		all = append(all, Warning{Code: "limit-already-past", Text: fault.Textf(
			"Thời hạn %s đã qua (hôm nay là %s), việc chưa xong", "The limit %s is past (today is %s) and the work is not done",
			limit, today.Vietnamese())})
	}
	if newly(func(s *MilestoneState) bool { return s.Work == Cancelled }) && was.Work.begun() {
		all = append(all, Warning{Code: "work-cancelled", Text: fault.Textf(
			"Đã có việc được báo cáo ở đây, nay mốc bị hủy; những gì đã báo vẫn được giữ",
			"Work was reported here and the milestone is now cancelled; what was reported is kept")})
	}
	return all
}

// open says that something is to be done, and is not done yet.
func (s *MilestoneState) open() bool { return s.Work.Open() }

// past says that one day is before another, where both are known.
func past(day, other civil.Date) bool { return !day.IsZero() && !other.IsZero() && day.Before(other) }

func doneBeforeStart(s *MilestoneState) bool {
	return past(civil.Later(s.DoneOn, s.DoneBy), s.NotBefore.Day)
}

// doneAfterLimit: only a day that is known can be late.
func doneAfterLimit(s *MilestoneState) bool { return past(s.Latest.Day, s.DoneOn) }

func plannedBeforeStart(s *MilestoneState) bool {
	return s.open() && past(s.Planned, s.NotBefore.Day)
}

func plannedAfterLimit(s *MilestoneState) bool { return s.open() && past(s.Latest.Day, s.Planned) }
