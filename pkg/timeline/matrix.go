package timeline

import (
	"cmp"
	"slices"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/statute"
	"tiendo/pkg/tracker"
)

// MatrixOptions say what a matrix counts, and which part of it is wanted. Zero
// values ask for all of it, now, by name.
type MatrixOptions struct {
	// AsOf: by what had happened up to the end of this day, with timings for it.
	AsOf civil.Date
	// Body: only what this kind of body leads or shares.
	Body statute.Body
	// Serves: only what serves the election of this assembly. A line of a local
	// plan that names none is left out.
	Serves statute.Assembly
	// State: only rows and columns with something in it; sums stay.
	State MatrixState
	// Lateness sorts the most overdue first, then the most behind plan.
	Lateness bool
	// Open names the phases that show their columns; the others show sums, see
	// [MatrixPhase]. Nil opens all.
	Open map[string]bool
}

// Sums count milestones that can be late and are not set aside.
type Sums struct {
	Total, Done, Confirmed, Overdue, BehindPlan, DueSoon int32
}

func (s *Sums) add(x Sums) {
	s.Total += x.Total
	s.Done += x.Done
	s.Confirmed += x.Confirmed
	s.Overdue += x.Overdue
	s.BehindPlan += x.BehindPlan
	s.DueSoon += x.DueSoon
}

// Matrix is the places right below an area against the families of rules.
type Matrix struct {
	Frame *tracker.Frame
	Area  area.Area
	Today civil.Date
	// Day is the day shown: AsOf, or today.
	Day  civil.Date
	AsOf civil.Date // none: the present
	// Revision of what it shows, as [MatrixRevision].
	Revision tracker.Revision
	// NextRefreshAfter is in how many seconds it is worth asking again.
	NextRefreshAfter int
	Phases           []MatrixPhase
	// Rows are the indexes of the places, RowSums count them and all below them.
	Rows    []int
	RowSums []Sums
	Columns []MatrixColumn
	// Totals count the area and all below it.
	Totals Sums
	// Next is the nearest limit that is still to come.
	Next MatrixNext
}

// MatrixNext is the nearest limit, on the day shown or after it, of anything
// counted that is not done.
type MatrixNext struct {
	On    civil.Date // none: nothing is left to come
	Title fault.Text // of the first column that has it
}

// MatrixColumn is a family of rules, or what local plans have in one phase.
type MatrixColumn struct {
	// Key of the family, or "local:" and the key of the phase.
	Key   string
	Title fault.Text
	Phase string
	Local bool
	// Bar: nothing in it can be late, so nothing is counted.
	Bar bool
	// Latest is the limit where all its milestones have the same; else none.
	Latest civil.Date
	// Sums count the area and all below it.
	Sums Sums
	// Self is the area's own cell, Cells those of the rows.
	Self MatrixCell
	// Cells are by row; nil where all of them are silent.
	Cells []MatrixCell
}

// MatrixCell is what one place and those below it have of a column.
type MatrixCell struct {
	// Own is the most pressing milestone that the place itself has; nil where
	// it has none, and More is how many others it has.
	Own *mirror.Milestone
	// Below counts what lies below the place, itself left out.
	Below       Sums
	DaysLeft    int32 // of Own, as [Case.DaysLeft]; only when HasDaysLeft
	More        int16
	HasDaysLeft bool
	Timing      Timing // of Own
	states      states
	// counted is what the place itself has.
	counted Sums
}

func (c *MatrixCell) silent() bool { return c.Own == nil && c.Below.Total == 0 }

// BuildMatrix makes the matrix of the area at index i. now is the present moment
// in the election's time zone. It is one pass over the branch: 2 ms for the nation
// after its opening, 4 to 5 ms where no two neighbours stand alike, and half as
// much again for a past day ([mirror.View.Past]). It fails only as
// [mirror.View.AsOf] does.
func BuildMatrix(v *mirror.View, i int, now civil.Cutoff, o MatrixOptions) (*Matrix, error) {
	m := &Matrix{
		Frame: v.Frame(), Area: v.Frame().List.At(i), Today: now.Day, Day: now.Day, AsOf: o.AsOf,
		Revision: MatrixRevision(v, i), Rows: v.Frame().List.Children(i),
	}
	at := now
	if !o.AsOf.IsZero() {
		m.Day, at = o.AsOf, civil.Cutoff{Day: o.AsOf, Clock: lastMinute}
	}
	m.RowSums = make([]Sums, len(m.Rows))
	c := newCount(v, at, o, len(m.Rows))
	if err := c.branch(m, i); err != nil {
		return nil, err
	}
	m.Columns = c.columns
	for k := range m.Columns {
		m.Totals.add(m.Columns[k].Sums)
	}
	m.Next = c.next.of(m.Columns)
	m.keep(o.State)
	if o.Lateness {
		m.latestFirst()
	}
	m.phases()
	m.closeAllBut(o.Open)
	m.NextRefreshAfter = refreshAfter(m.Frame, c.near && o.AsOf.IsZero())
	return m, nil
}

// MatrixRevision is the greatest revision of what the matrix of the area at
// index i shows: all milestones of its branch, the voting days of the area and
// of those it lies in, and the election's state.
func MatrixRevision(v *mirror.View, i int) tracker.Revision {
	r := max(v.StateRevision(), v.BranchRevision(i))
	for ; i >= 0; i = v.Frame().List.Parent(i) {
		if d, ok := v.VotingDay(v.Frame().List.At(i).Code); ok {
			r = max(r, d.Revision)
		}
	}
	return r
}

// MatrixTurn is the last hour of today, not later than now, at which something
// in the branch of the area at index i begins, ends, or comes near its end, as
// [Turn] is for a timeline.
func MatrixTurn(v *mirror.View, i int, now civil.Cutoff) civil.Clock {
	var last civil.Clock
	for end := range v.BranchHours(i) {
		for _, c := range [...]civil.Cutoff{end, warning(end)} {
			if c.Day == now.Day && c.BegunAt(now) && c.Clock.Minutes() >= last.Minutes() {
				last = c.Clock
			}
		}
	}
	return last
}

// keep leaves out the columns that say nothing anywhere, and the columns and
// rows without anything in a state, where one is asked for.
func (m *Matrix) keep(s MatrixState) {
	wanted := func(c *MatrixCell) bool {
		if s == AnyState {
			return !c.silent()
		}
		return c.states.has(s)
	}
	rows := make([]bool, len(m.Rows))
	m.Columns = slices.DeleteFunc(m.Columns, func(c MatrixColumn) bool {
		some := wanted(&c.Self)
		for r := range c.Cells {
			if wanted(&c.Cells[r]) {
				some, rows[r] = true, true
			}
		}
		return !some
	})
	if s == AnyState {
		return
	}
	var kept []int
	for r, keep := range rows {
		if keep {
			kept = append(kept, r)
		}
	}
	m.arrange(kept)
}

// latestFirst sorts the rows by how much is late; those equal stay by name.
func (m *Matrix) latestFirst() {
	order := make([]int, len(m.Rows))
	for r := range order {
		order[r] = r
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := &m.RowSums[a], &m.RowSums[b]
		return cmp.Or(cmp.Compare(y.Overdue, x.Overdue), cmp.Compare(y.BehindPlan, x.BehindPlan))
	})
	m.arrange(order)
}

// arrange puts those of the rows that are listed in the order of the list.
func (m *Matrix) arrange(order []int) {
	m.Rows, m.RowSums = pick(m.Rows, order), pick(m.RowSums, order)
	for k := range m.Columns {
		if m.Columns[k].Cells != nil {
			m.Columns[k].Cells = pick(m.Columns[k].Cells, order)
		}
	}
}

func pick[T any](all []T, order []int) []T {
	picked := make([]T, len(order))
	for k, from := range order {
		picked[k] = all[from]
	}
	return picked
}
