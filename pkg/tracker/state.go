package tracker

import (
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
)

// Work is how far a task is, and, following from its tasks, a milestone.
type Work uint8

// The states of work.
const (
	NotStarted Work = iota
	InProgress
	Blocked
	Done
	NotApplicable
	// Cancelled: the plan that it belongs to was withdrawn.
	Cancelled
)

var workNames = [...]string{"not_started", "in_progress", "blocked", "done", "not_applicable", "cancelled"}

func (w Work) String() string { return workNames[w] }

// title is what people call the state.
func (w Work) title() fault.Text {
	return [...]fault.Text{
		NotStarted: {Vi: "chưa làm", En: "not started"}, InProgress: {Vi: "đang làm", En: "in progress"},
		Blocked: {Vi: "đang vướng", En: "blocked"}, Done: {Vi: "đã xong", En: "done"},
		NotApplicable: {Vi: "không áp dụng", En: "not applicable"}, Cancelled: {Vi: "đã hủy", En: "cancelled"},
	}[w]
}

// MarshalText writes the state's name.
func (w Work) MarshalText() ([]byte, error) { return []byte(w.String()), nil }

// UnmarshalText reads the state's name.
func (w *Work) UnmarshalText(b []byte) (err error) {
	*w, err = ParseWork(string(b))
	return err
}

// ParseWork reads the name of a state of work.
func ParseWork(s string) (Work, error) {
	for i, n := range workNames {
		if n == s {
			return Work(i), nil
		}
	}
	return 0, fault.New(fault.Invalid, "status-unknown",
		"Không có trạng thái %q; dùng một trong: %q", "There is no status %q; use one of %q", trim(s), workNames)
}

// Open says that something is still to be done.
func (w Work) Open() bool { return w == NotStarted || w == InProgress || w == Blocked }

// begun says that work was reported.
func (w Work) begun() bool { return w == InProgress || w == Blocked || w == Done }

// Standing is what the level above says of a reported milestone.
type Standing uint8

// The standings.
const (
	Unreported Standing = iota
	Reported
	Confirmed
	Returned
)

var standingNames = [...]string{"unreported", "reported", "confirmed", "returned"}

func (s Standing) String() string { return standingNames[s] }

// MarshalText writes the standing's name.
func (s Standing) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the standing's name.
func (s *Standing) UnmarshalText(b []byte) (err error) {
	*s, err = ParseStanding(string(b))
	return err
}

// ParseStanding reads the name of a standing.
func ParseStanding(s string) (Standing, error) {
	for i, n := range standingNames {
		if n == s {
			return Standing(i), nil
		}
	}
	return 0, fault.New(fault.Invalid, "standing-unknown",
		"Không có tình trạng xác nhận %q; dùng một trong: %q", "There is no standing %q; use one of %q", trim(s), standingNames)
}

// Progress is what follows for a milestone from its tasks.
type Progress struct {
	Work Work
	// DoneOn is the day it was done, when that day is known.
	DoneOn civil.Date
	// DoneBy is, when the day is not known, the last day it can have been.
	DoneBy civil.Date
}

// Derive computes a milestone's progress. All tasks not applicable: not
// applicable; all cancelled: cancelled; all done or set aside: done; any
// blocked: blocked; any doing or done: in progress; else not started.
//
// The milestone is done when the last of its tasks is. That day is known
// exactly if some task is known to be done on the latest day of all, even where
// earlier days are only known as "by".
func Derive(tasks []Task) Progress {
	var count [len(workNames)]int
	var on, by civil.Date
	for i := range tasks {
		t := &tasks[i]
		count[t.Status]++
		on, by = civil.Later(on, t.DoneOn), civil.Later(by, t.DoneBy)
	}
	aside := count[NotApplicable] + count[Cancelled]
	switch {
	case len(tasks) == 0:
		return Progress{Work: NotStarted}
	case count[Cancelled] == len(tasks):
		return Progress{Work: Cancelled}
	case aside == len(tasks):
		return Progress{Work: NotApplicable}
	case count[Done]+aside == len(tasks):
		if on.Before(by) {
			return Progress{Work: Done, DoneBy: by}
		}
		return Progress{Work: Done, DoneOn: on}
	case count[Blocked] > 0:
		return Progress{Work: Blocked}
	case count[InProgress]+count[Done] > 0:
		return Progress{Work: InProgress}
	}
	return Progress{Work: NotStarted}
}

// after is the standing of a milestone once one of its tasks has changed. What
// is reported anew has to be confirmed anew; what was returned stays so until
// it is reported again.
func (s Standing) after(w Work) Standing {
	switch {
	case w == Done || w == NotApplicable:
		return Reported
	case s == Returned:
		return Returned
	}
	return Unreported
}
