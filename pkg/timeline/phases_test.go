package timeline_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/mirror"
	"tiendo/pkg/mirror/mirrortest"
	"tiendo/pkg/timeline"
	"tiendo/pkg/tracker"
)

// closes says that a closed phase has the sums of its columns, that open ones
// are as they were, and that nothing else changes.
func closes(t *rapid.T, v *mirror.View, i int, now civil.Cutoff, o timeline.MatrixOptions, whole *timeline.Matrix) {
	o.Open = map[string]bool{}
	for _, p := range whole.Phases {
		require.False(t, p.Closed)
		require.Nil(t, p.Cells)
		if rapid.Bool().Draw(t, "open "+p.Key) {
			o.Open[p.Key] = true
		}
	}
	m, err := timeline.BuildMatrix(v, i, now, o)
	require.NoError(t, err)
	require.Equal(t, whole.Totals, m.Totals)
	require.Equal(t, whole.RowSums, m.RowSums)
	require.Equal(t, whole.Next, m.Next)
	require.Len(t, m.Phases, len(whole.Phases))
	rows, self := make([]timeline.Sums, len(m.Rows)), timeline.Sums{}
	var first int
	for n, p := range m.Phases {
		was := whole.Phases[n]
		columns := whole.Columns[was.First : was.First+was.Count]
		require.Equal(t, first, p.First)
		require.Equal(t, !o.Open[p.Key], p.Closed)
		require.Equal(t, len(columns), p.Families)
		var sums timeline.Sums
		for k := range columns {
			plus(&sums, columns[k].Sums)
		}
		require.Equal(t, sums, p.Sums)
		if !p.Closed {
			require.Equal(t, len(columns), p.Count)
			require.Equal(t, columns, m.Columns[first:first+p.Count])
			first += p.Count
			addUp(&self, rows, columns, v, m, i, now, o)
			continue
		}
		require.Zero(t, p.Count)
		require.Equal(t, p.Sums, p.Self.Sums, "the place itself and all below")
		plus(&self, p.Self.Sums)
		for r := range m.Rows {
			plus(&rows[r], p.Cells[r].Sums)
			holdsWorst(t, &p.Cells[r], columns, func(c *timeline.MatrixColumn) *timeline.MatrixCell {
				if c.Cells == nil {
					return &timeline.MatrixCell{}
				}
				return &c.Cells[r]
			})
		}
		holdsWorst(t, &p.Self, columns, func(c *timeline.MatrixColumn) *timeline.MatrixCell { return &c.Self })
	}
	require.Len(t, m.Columns, first)
	require.Equal(t, m.Totals, self)
	require.Equal(t, m.RowSums, rows, "phases share out what a row counts")
}

// addUp counts what the rows have of open columns, by closing them alone.
func addUp(self *timeline.Sums, rows []timeline.Sums, columns []timeline.MatrixColumn, v *mirror.View, m *timeline.Matrix, i int, now civil.Cutoff, o timeline.MatrixOptions) {
	o.Open = map[string]bool{}
	closed, err := timeline.BuildMatrix(v, i, now, o)
	if err != nil {
		panic(err)
	}
	k := slices.IndexFunc(closed.Phases, func(p timeline.MatrixPhase) bool { return p.Key == columns[0].Phase })
	plus(self, closed.Phases[k].Sums)
	for r := range m.Rows {
		plus(&rows[r], closed.Phases[k].Cells[r].Sums)
	}
}

// holdsWorst says that a closed phase shows what presses most of what the place
// itself has, and what runs only where nothing else is there.
func holdsWorst(t require.TestingT, p *timeline.PhaseCell, columns []timeline.MatrixColumn, cell func(*timeline.MatrixColumn) *timeline.MatrixCell) {
	var own, owed []*timeline.MatrixCell
	for k := range columns {
		c := cell(&columns[k])
		if c.Own == nil {
			continue
		}
		own = append(own, c)
		if !columns[k].Bar {
			owed = append(owed, c)
		}
	}
	if len(owed) > 0 {
		own = owed
	}
	require.Equal(t, len(own) == 0, p.Timing == 0)
	late := func(c *timeline.MatrixCell) bool { return c.Timing == timeline.Overdue }
	require.Equal(t, slices.ContainsFunc(own, late), p.Timing == timeline.Overdue)
	require.True(t, len(own) == 0 || slices.ContainsFunc(own, func(c *timeline.MatrixCell) bool {
		return c.Timing == p.Timing && c.HasDaysLeft == p.HasDaysLeft && c.DaysLeft == p.DaysLeft
	}), "it is one of them")
	for _, c := range own {
		require.False(t, c.Timing == p.Timing && c.HasDaysLeft && c.DaysLeft < p.DaysLeft, "and the nearest")
	}
}

func TestTheNextLimitIsTheNearestOfAllThatIsNotDone(t *testing.T) {
	t.Parallel()
	l := bacKan(t, "058")
	next := func(code area.Code, day string) timeline.MatrixNext {
		return matrix(t, l.View(t), code, day, timeline.MatrixOptions{}).Next
	}
	require.Equal(t, civil.Must("2021-01-30"), next("06", trialDay).On, "of a plan of its own")
	m := matrix(t, l.View(t), "06", "2021-02-08", timeline.MatrixOptions{})
	require.False(t, m.Next.On.Before(m.Day))
	for k := range m.Columns {
		c := &m.Columns[k]
		if !c.Latest.IsZero() && !c.Latest.Before(m.Day) && c.Sums.Done < c.Sums.Total {
			require.False(t, c.Latest.Before(m.Next.On), c.Key)
		}
	}
	require.NotEmpty(t, m.Next.Title.Vi)
	require.True(t, next("06", "2022-01-01").On.IsZero())
	_, err := l.Do(func(a *tracker.Act) error { return a.Move(tracker.Closed, civil.Date{}) })
	require.NoError(t, err)
	require.True(t, next("06", "2021-09-01").On.IsZero())
}

func TestAClosedPhaseOfAPlaceWithNothingBelowCountsThePlaceItself(t *testing.T) {
	t.Parallel()
	v := mirrortest.Open(t, mirrortest.Places()).View(t)
	m := matrix(t, v, "058", "2021-05-14", timeline.MatrixOptions{Open: map[string]bool{}})
	require.Empty(t, m.Columns)
	for _, p := range m.Phases {
		for r := range m.Rows {
			if p.Cells[r].Timing == timeline.Overdue {
				require.Positive(t, p.Cells[r].Sums.Overdue)
				return
			}
		}
	}
	t.Fatal("no ward is late in May")
}
