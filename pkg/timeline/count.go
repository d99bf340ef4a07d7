package timeline

import (
	"slices"
	"time"

	"tiendo/pkg/civil"
	"tiendo/pkg/mirror"
	"tiendo/pkg/tracker"
)

// count goes through a branch once. What is the same for all milestones of an
// origin is found out before, and what is open is held against the day once for
// neighbours that are alike: nearly all are.
type count struct {
	v       *mirror.View
	at      civil.Cutoff
	asOf    civil.Date
	past    *mirror.Past
	then    age
	rows    int
	columns []MatrixColumn
	limits  []limit  // by column
	sources []source // by mirror.Ref
	near    bool     // something turns late within a day
	next    next
}

// source is what milestones of an origin have in common, what has been counted
// of them, and the last of each kind.
type source struct {
	column int32 // -1: not asked for
	skip   bool  // nothing to count: a bar, or not asked for
	tally  tally
	last   [2 * works]decided // by work, with and without a planned day: they come between each other all the time
}

const works = int(tracker.Cancelled) + 1

// decided is what the class of a milestone follows from beside its work, and
// the class. When it may begin makes no difference to that.
type decided struct {
	latest  civil.Cutoff
	planned civil.Date
	silent  bool
	known   bool
	class   class
}

// limit is the limit of a column, as long as all milestones have the same; then
// none. One that is cancelled keeps the dates that it had, and nobody has to keep to them.
type limit struct {
	day  civil.Date
	seen bool
}

func (l *limit) see(m *mirror.Milestone) {
	switch {
	case m.Work == tracker.Cancelled:
	case !l.seen:
		l.day, l.seen = m.Latest.Day, true
	case l.day != m.Latest.Day:
		l.day = civil.Date{}
	}
}

func newCount(v *mirror.View, at civil.Cutoff, o MatrixOptions, rows int) *count {
	heads, of := headings(v)
	c := &count{
		v: v, at: at, asOf: o.AsOf, past: v.Past(o.AsOf), then: ageOf(v, Options{AsOf: o.AsOf}), rows: rows, sources: make([]source, len(of)),
		columns: make([]MatrixColumn, len(heads)), limits: make([]limit, len(heads)),
	}
	for k, h := range heads {
		c.columns[k] = MatrixColumn{Key: h.key, Title: h.title, Phase: h.phase, Local: h.local, Bar: h.bar}
	}
	for ref, x := range v.Origins() {
		c.sources[ref] = source{column: int32(of[ref]), skip: !x.Nature.CanBeLate()}
		if !o.asksFor(x) {
			c.sources[ref] = source{column: -1, skip: true}
		}
	}
	return c
}

func (o *MatrixOptions) asksFor(x *mirror.Origin) bool {
	if o.Serves != 0 && !slices.Contains(x.Elections, o.Serves.String()) {
		return false
	}
	return o.Body == 0 || slices.ContainsFunc(x.Responsible, func(r tracker.Responsible) bool { return r.Body == o.Body.String() })
}

// branch counts the places of the matrix and the area at index i itself.
func (c *count) branch(m *Matrix, i int) error {
	for r, child := range m.Rows {
		first, last := m.Frame.List.Descendants(child)
		for k := first; k < last; k++ {
			all, err := c.past.Milestones(k)
			if err != nil {
				return err
			}
			c.add(all)
		}
		c.settle(func(column *MatrixColumn, x Sums, has states) {
			cell := column.cell(r, c.rows)
			cell.Below.add(x)
			cell.states |= has
			column.Self.Below.add(x)
			column.Self.states |= has
			m.RowSums[r].add(x)
		})
		err := c.own(child, func(column *MatrixColumn) *MatrixCell { return column.cell(r, c.rows) },
			func(column *MatrixColumn, x Sums, has states) {
				column.Self.Below.add(x)
				column.Self.states |= has
				m.RowSums[r].add(x)
			})
		if err != nil {
			return err
		}
	}
	err := c.own(i, func(column *MatrixColumn) *MatrixCell { return &column.Self },
		func(column *MatrixColumn, x Sums, _ states) { column.Sums.add(x) })
	for k := range c.columns {
		c.columns[k].Sums.add(c.columns[k].Self.Below)
		c.columns[k].Latest = c.limits[k].day
	}
	return err
}

// own counts what the area at index i has itself, and shows it in its cells.
func (c *count) own(i int, cell func(*MatrixColumn) *MatrixCell, counted func(*MatrixColumn, Sums, states)) error {
	board, err := c.v.AsOf(i, c.asOf, time.Time{}) // cells point to what is on it
	if err != nil {
		return err
	}
	all := board.Milestones()
	c.add(all)
	c.settle(func(column *MatrixColumn, x Sums, has states) {
		own := cell(column)
		own.states |= has
		own.counted.add(x)
		counted(column, x, has)
	})
	for n := range all {
		m := &all[n]
		if k := c.sources[m.Ref].column; k >= 0 {
			c.limits[k].see(m)
			x := caseOf(c.v, m, c.then)
			cell(&c.columns[k]).offer(m, &x, c.at)
		}
	}
	return nil
}

// add counts milestones by their sources. It is where the time goes: there is
// nothing in it that a processor could not foresee, whatever the work stands at.
func (c *count) add(all []mirror.Milestone) {
	for n := range all {
		m := &all[n]
		s := &c.sources[m.Ref]
		if s.skip {
			continue
		}
		kind := int(m.Work)
		if !m.Planned.IsZero() {
			kind += works
		}
		last := &s.last[kind]
		if last.latest != m.Latest || last.planned != m.Planned || last.silent != m.Silent || !last.known {
			c.decide(s, m, last)
		}
		s.tally.by[last.class]++
		if m.Standing == tracker.Confirmed && last.class == done {
			s.tally.confirmed++
		}
	}
}

// decide holds a milestone against the day, for itself and those that are alike.
func (c *count) decide(s *source, m *mirror.Milestone, last *decided) {
	*last = decided{latest: m.Latest, planned: m.Planned, silent: m.Silent, known: true}
	c.limits[s.column].see(m)
	if !m.Work.Open() {
		last.class = classOfWork[m.Work]
		return
	}
	x := caseOf(c.v, m, c.then)
	last.class = classOfTiming[x.At(c.at)]
	if last.class != overdue {
		c.next.see(m, c.at, s.column)
	}
	c.near = c.near || x.near(c.at)
}

// settle hands over what has been counted since it was last called.
func (c *count) settle(counted func(*MatrixColumn, Sums, states)) {
	for k := range c.sources {
		s := &c.sources[k]
		if s.tally == (tally{}) {
			continue
		}
		counted(&c.columns[s.column], s.tally.sums(), s.tally.states())
		s.tally = tally{}
	}
}

// cell is the column's cell in a row. A column without any has none at all.
func (c *MatrixColumn) cell(row, rows int) *MatrixCell {
	if c.Cells == nil {
		c.Cells = make([]MatrixCell, rows)
	}
	return &c.Cells[row]
}

// offer shows a milestone in its place's cell if it presses more than what is
// shown there; of two that press alike the one with fewer days left, or the first.
func (c *MatrixCell) offer(m *mirror.Milestone, x *Case, at civil.Cutoff) {
	timing := x.At(at)
	days, has := x.DaysLeft(at)
	if c.Own != nil {
		c.More++
		sooner := has && (!c.HasDaysLeft || int32(days) < c.DaysLeft)
		if pressing[timing] > pressing[c.Timing] || (timing == c.Timing && !sooner) {
			return
		}
	}
	c.Own, c.Timing, c.DaysLeft, c.HasDaysLeft = m, timing, int32(days), has
}
