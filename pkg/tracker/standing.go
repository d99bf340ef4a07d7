package tracker

import (
	"context"
	"slices"

	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
)

// Confirmation says that the level above agrees with what was reported.
type Confirmation struct {
	ID MilestoneID
	// If is the revision of the milestone that the caller knows.
	If Revision
}

// Return gives what was reported, or confirmed already, back to be corrected.
type Return struct {
	ID MilestoneID
	// If is the revision of the milestone that the caller knows.
	If Revision
	// Reason is what has to be put right; it stays in the log.
	Reason string
}

// Confirm agrees with what was reported. Once confirmed, it changes nothing.
func (a *Act) Confirm(c Confirmation) error {
	r, err := a.reported(c.ID, c.If)
	if err != nil || r.Milestone.Standing == Confirmed {
		return err
	}
	next := r.Milestone
	next.Standing = Confirmed
	return a.emit(Change{
		Kind: MilestoneConfirmed, Milestone: c.ID,
		Before: State{Milestone: milestoneState(&r.Milestone)}, After: State{Milestone: milestoneState(&next)},
	})
}

// Return opens a milestone again. It stays returned until it is reported again.
// What was done or set aside under it is in progress again and keeps its
// evidence, so that it is corrected and not typed again; the reports are taken
// back ([Withdrawn]), and what hangs on them follows.
func (a *Act) Return(c Return) error {
	r, err := a.reported(c.ID, c.If)
	if err != nil {
		return err
	}
	var wrong faults
	wrong.text("/reason", c.Reason, maxReason)
	if isBlank(c.Reason) {
		wrong.add("/reason", "reason-missing",
			"Trả lại thì cần lý do: đơn vị phải sửa gì", "Returning needs a reason: what has to be put right")
	}
	if err := wrong.err(); err != nil {
		return err
	}
	next := r.Milestone
	next.Standing = Returned
	if err := a.emit(Change{
		Kind: MilestoneReturned, Milestone: c.ID, Reason: c.Reason,
		Before: State{Milestone: milestoneState(&r.Milestone)}, After: State{Milestone: milestoneState(&next)},
	}); err != nil {
		return err
	}
	tasks := slices.Clone(r.Tasks)
	for i := range tasks {
		if t := &tasks[i]; t.Status == Done || t.Status == NotApplicable {
			if err := a.report(r, t, t.reopened(), a.Today); err != nil {
				return err
			}
			a.changes[len(a.changes)-1].follows = true
		}
	}
	if err := a.reopened(c.ID, false); err != nil {
		return err
	}
	return a.follow(c.ID)
}

// reported is a milestone that the level above can speak about: reported as
// done or not applicable, and as the caller knows it.
func (a *Act) reported(id MilestoneID, known Revision) (*Record, error) {
	r, err := a.record(id)
	if err != nil {
		return nil, err
	}
	m := &r.Milestone
	if m.Revision != known {
		return nil, stale(m.Revision, known, *r)
	}
	if err := m.alive(); err != nil {
		return nil, err
	}
	switch m.Standing {
	case Reported, Confirmed:
		return r, nil
	case Returned:
		return nil, fault.New(fault.Conflict, "milestone-not-reported",
			"Mốc này đã trả lại và chưa được báo cáo lại; chờ đơn vị báo cáo rồi mới xác nhận hoặc trả lại",
			"This milestone was returned and has not been reported again; it can be confirmed or returned once it is")
	}
	return nil, fault.New(fault.Conflict, "milestone-not-reported",
		"Mốc này chưa được báo cáo xong (%s); chỉ xác nhận hoặc trả lại được khi mọi việc của mốc đã xong hoặc không áp dụng",
		"This milestone has not been reported (%s); it can be confirmed or returned when all of its tasks are done or not applicable",
		m.Work.title())
}

// reopened is a task after its report was returned.
func (t Task) reopened() Task {
	next := t
	next.Status, next.Reason = InProgress, ""
	next.DoneOn, next.DoneBy = civil.Date{}, civil.Date{}
	return next
}

// unconfirmed warns that the confirmation was of what stood there before.
func (m *Milestone) unconfirmed() []Warning {
	if m.Standing != Confirmed {
		return nil
	}
	return []Warning{{Code: "confirmation-gone", Text: fault.Textf(
		"Mốc này đã được xác nhận; nay báo cáo khác nên cấp trên phải xác nhận lại",
		"This milestone had been confirmed; what is reported now has to be confirmed again")}}
}

// NotJudged says that the level above has said nothing of a milestone.
func NotJudged(id MilestoneID) error {
	return fault.New(fault.NotFound, "judgement-not-found",
		"Mốc %s của đơn vị %s chưa được xác nhận hay trả lại lần nào", "Milestone %s of area %s was neither confirmed nor returned so far", id.Name(), id.Area)
}

// Verdict is what came of a confirmation or a return.
type Verdict struct {
	Election ElectionID
	Record   Record // also of a rehearsal: as it would be
	Effect   Effect
}

// Confirm has the level above agree with what was reported; dryRun says what it
// comes to and writes nothing.
func (s *Service) Confirm(ctx context.Context, e ElectionID, actor Actor, c Confirmation, dryRun bool) (Verdict, error) {
	return s.judge(ctx, e, actor, c.ID, dryRun,
		func(*Frame) Needs { return Needs{Milestones: []MilestoneID{c.ID}} },
		func(a *Act) error { return a.Confirm(c) })
}

// Return gives what was reported back to be corrected; dryRun says what it
// comes to and writes nothing.
func (s *Service) Return(ctx context.Context, e ElectionID, actor Actor, c Return, dryRun bool) (Verdict, error) {
	return s.judge(ctx, e, actor, c.ID, dryRun,
		func(f *Frame) Needs { return reach(f, []MilestoneID{c.ID}, nil) },
		func(a *Act) error { return a.Return(c) })
}

func (s *Service) judge(ctx context.Context, e ElectionID, actor Actor, id MilestoneID, dryRun bool, needs func(*Frame) Needs, decide func(*Act) error) (Verdict, error) {
	var act *Act
	effect, err := s.perform(ctx, dryRun, e, actor, needs, func(a *Act) error {
		act = a
		return decide(a)
	})
	if err != nil {
		return Verdict{}, err
	}
	r, err := act.Record(id)
	return Verdict{Election: e, Record: r, Effect: effect}, err
}
