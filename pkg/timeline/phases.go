package timeline

import (
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
)

// MatrixPhase spans some columns, or stands for them where it is closed.
type MatrixPhase struct {
	Key   string
	Title fault.Text
	// First and Count say which columns it spans: none where it is closed.
	First, Count int
	// Closed: its columns are left out, Self and Cells sum them up.
	Closed bool
	// Families is how many columns it has, or would have if it were open.
	Families int
	// Sums count the area and all below it.
	Sums Sums
	// Self is the area's own cell, Cells those of the rows; only where it is closed.
	Self  PhaseCell
	Cells []PhaseCell
}

// PhaseCell is what a place has of a closed phase.
type PhaseCell struct {
	// Sums count the place itself and all below it.
	Sums Sums
	// Timing of the most pressing that the place itself has, DaysLeft with it; 0
	// where it has none. What can be late goes before what merely runs.
	Timing      Timing
	DaysLeft    int32
	HasDaysLeft bool
	bar         bool
}

// phases spans the columns, which stand by phase.
func (m *Matrix) phases() {
	for k := range m.Columns {
		key := m.Columns[k].Phase
		n := len(m.Phases)
		if n == 0 || m.Phases[n-1].Key != key {
			m.Phases = append(m.Phases, MatrixPhase{Key: key, Title: m.phaseTitle(key), First: k})
			n++
		}
		p := &m.Phases[n-1]
		p.Count++
		p.Families++
		p.Sums.add(m.Columns[k].Sums)
	}
}

func (m *Matrix) phaseTitle(key string) fault.Text {
	for _, known := range m.Frame.Rulebook.Phases() {
		if known.Key == key {
			return known.Title
		}
	}
	return fault.Text{Vi: key, En: key}
}

// closeAllBut puts sums in the place of the columns of the phases not listed.
func (m *Matrix) closeAllBut(open map[string]bool) {
	if open == nil {
		return
	}
	kept := m.Columns[:0]
	for n := range m.Phases {
		p := &m.Phases[n]
		columns := m.Columns[p.First : p.First+p.Count]
		p.First = len(kept)
		if open[p.Key] {
			kept = append(kept, columns...)
			continue
		}
		p.Closed, p.Count = true, 0
		p.Cells = make([]PhaseCell, len(m.Rows))
		for k := range columns {
			p.take(&columns[k])
		}
	}
	m.Columns = kept
}

// take adds a column to the sums of its phase.
func (p *MatrixPhase) take(c *MatrixColumn) {
	p.Self.take(&c.Self, c.Bar)
	for r := range c.Cells {
		p.Cells[r].take(&c.Cells[r], c.Bar)
	}
}

func (p *PhaseCell) take(c *MatrixCell, bar bool) {
	p.Sums.add(c.Below)
	p.Sums.add(c.counted)
	if c.Own != nil && (p.Timing == 0 || p.yieldsTo(c, bar)) {
		p.Timing, p.DaysLeft, p.HasDaysLeft, p.bar = c.Timing, c.DaysLeft, c.HasDaysLeft, bar
	}
}

// yieldsTo says that a cell presses more than what is shown.
func (p *PhaseCell) yieldsTo(c *MatrixCell, bar bool) bool {
	if p.bar != bar {
		return p.bar
	}
	if p.Timing != c.Timing {
		return pressing[c.Timing] < pressing[p.Timing]
	}
	return c.HasDaysLeft && (!p.HasDaysLeft || c.DaysLeft < p.DaysLeft)
}

// next is the nearest limit that has been come across, and its first column.
type next struct {
	MatrixNext
	column int32
}

func (n *next) see(m *mirror.Milestone, at civil.Cutoff, column int32) {
	day := m.Latest.Day
	if day.IsZero() || day.Before(at.Day) {
		return
	}
	if n.On.IsZero() || day.Before(n.On) || (day == n.On && column < n.column) {
		n.On, n.column = day, column
	}
}

// of is the nearest limit with the title of its column.
func (n *next) of(columns []MatrixColumn) MatrixNext {
	if !n.On.IsZero() {
		n.Title = columns[n.column].Title
	}
	return n.MatrixNext
}
