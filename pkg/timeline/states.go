package timeline

import (
	"fmt"

	"tiendo/pkg/fault"
	"tiendo/pkg/tracker"
)

// MatrixState chooses rows and columns of a matrix.
type MatrixState uint8

// The states. Only what can be late and is not set aside is in any of them.
const (
	// AnyState asks for everything.
	AnyState MatrixState = iota
	StateOverdue
	StateBehindPlan
	StateDueSoon
	// StateOpen is all that is not done.
	StateOpen
	StateDone
)

var matrixStateNames = [...]string{"", "overdue", "behind_plan", "due_soon", "open", "done"}

// ParseMatrixState reads a state's name; anything else is fault.Invalid
// "matrix-state-unknown".
func ParseMatrixState(s string) (MatrixState, error) {
	for i, n := range matrixStateNames {
		if i > 0 && n == s {
			return MatrixState(i), nil
		}
	}
	return 0, fault.New(fault.Invalid, "matrix-state-unknown",
		"Không lọc được theo tình trạng %q; dùng một trong: %q", "There is no state %q to filter by; use one of %q",
		fmt.Sprintf("%.40s", s), matrixStateNames[1:])
}

// states is a set of them.
type states uint8

func (s states) has(x MatrixState) bool { return s&(1<<x) != 0 }

// class is what a matrix counts a milestone as.
type class uint8

const (
	uncounted class = iota // a bar, or set aside
	open                   // and neither late nor due soon
	done
	overdue
	behindPlan
	dueSoon
	classes
)

var classOfTiming = [...]class{
	Upcoming: open, Running: open, NoRecord: open, Undated: open,
	DueSoon: dueSoon, BehindPlan: behindPlan, Overdue: overdue,
	DoneOnTime: done, DoneLate: done, Done: done,
	Over: uncounted, SetAside: uncounted,
}

// classOfWork is for what is not open.
var classOfWork = [...]class{tracker.Done: done, tracker.NotApplicable: uncounted, tracker.Cancelled: uncounted}

var statesOfClass = [classes]states{
	open: 1 << StateOpen, done: 1 << StateDone, overdue: 1<<StateOverdue | 1<<StateOpen,
	behindPlan: 1<<StateBehindPlan | 1<<StateOpen, dueSoon: 1<<StateDueSoon | 1<<StateOpen,
}

// pressing orders timings by what wants attention first.
var pressing = [...]uint8{
	Overdue: 1, BehindPlan: 2, DueSoon: 3, Running: 4, Upcoming: 5, Undated: 6, NoRecord: 7,
	DoneLate: 8, Done: 9, DoneOnTime: 10, Over: 11, SetAside: 12,
}

// tally counts by class, and what is confirmed of what is done.
type tally struct {
	by        [classes]int32
	confirmed int32
}

func (t *tally) sums() Sums {
	s := Sums{Done: t.by[done], Confirmed: t.confirmed, Overdue: t.by[overdue], BehindPlan: t.by[behindPlan], DueSoon: t.by[dueSoon]}
	s.Total = t.by[open] + s.Done + s.Overdue + s.BehindPlan + s.DueSoon
	return s
}

func (t *tally) states() states {
	var s states
	for c, n := range t.by {
		if n > 0 {
			s |= statesOfClass[c]
		}
	}
	return s
}
