package timeline_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/mirror/mirrortest"
	"tiendo/pkg/statute"
	"tiendo/pkg/timeline"
	"tiendo/pkg/tracker"
)

func matrix(t require.TestingT, v *mirror.View, code area.Code, now string, o timeline.MatrixOptions) *timeline.Matrix {
	i, ok := v.Frame().List.Index(code)
	require.True(t, ok)
	m, err := timeline.BuildMatrix(v, i, at(now), o)
	require.NoError(t, err)
	return m
}

func column(t require.TestingT, m *timeline.Matrix, key string) *timeline.MatrixColumn {
	k := slices.IndexFunc(m.Columns, func(c timeline.MatrixColumn) bool { return c.Key == key })
	require.GreaterOrEqual(t, k, 0, "no column %s", key)
	return &m.Columns[k]
}

func row(t require.TestingT, m *timeline.Matrix, code area.Code) int {
	r := slices.IndexFunc(m.Rows, func(i int) bool { return m.Frame.List.At(i).Code == code })
	require.GreaterOrEqual(t, r, 0, "no row %s", code)
	return r
}

// naive is a place's part of a column, counted from timelines.
type naive struct {
	sums timeline.Sums
	own  []timeline.Item
}

// keyOf is the column that something on a timeline belongs to.
func keyOf(x *timeline.Item) string {
	if x.Origin.Rule == nil {
		return "local:" + x.Origin.Phase
	}
	return x.Origin.Family
}

func wanted(x *timeline.Item, o timeline.MatrixOptions) bool {
	serves := o.Serves == 0 || slices.Contains(x.Origin.Elections, o.Serves.String())
	leads := o.Body == 0
	for _, r := range x.Origin.Responsible {
		leads = leads || r.Body == o.Body.String()
	}
	return serves && leads
}

// counted is what a place has of each column.
func counted(t require.TestingT, v *mirror.View, i int, now civil.Cutoff, o timeline.MatrixOptions) map[string]naive {
	line, err := timeline.Build(v, i, now, timeline.Options{AsOf: o.AsOf})
	require.NoError(t, err)
	all := map[string]naive{}
	for _, x := range line.Items {
		if !wanted(&x, o) {
			continue
		}
		n := all[keyOf(&x)]
		n.own = append(n.own, x)
		if x.Origin.Nature.CanBeLate() && x.Timing != timeline.SetAside {
			plus(&n.sums, one(x))
		}
		all[keyOf(&x)] = n
	}
	return all
}

func one(x timeline.Item) timeline.Sums {
	s := timeline.Sums{Total: 1}
	switch x.Timing {
	case timeline.DoneOnTime, timeline.DoneLate, timeline.Done:
		s.Done = 1
		if x.Milestone.Standing == tracker.Confirmed {
			s.Confirmed = 1
		}
	case timeline.Overdue:
		s.Overdue = 1
	case timeline.BehindPlan:
		s.BehindPlan = 1
	case timeline.DueSoon:
		s.DueSoon = 1
	}
	return s
}

func plus(s *timeline.Sums, x timeline.Sums) {
	s.Total, s.Done, s.Confirmed = s.Total+x.Total, s.Done+x.Done, s.Confirmed+x.Confirmed
	s.Overdue, s.BehindPlan, s.DueSoon = s.Overdue+x.Overdue, s.BehindPlan+x.BehindPlan, s.DueSoon+x.DueSoon
}

// holdsCell compares one cell with what timelines say of its place.
func holdsCell(t require.TestingT, c *timeline.MatrixCell, place naive, below timeline.Sums) {
	require.Equal(t, below, c.Below)
	if len(place.own) == 0 {
		require.Nil(t, c.Own)
		return
	}
	require.NotNil(t, c.Own)
	require.EqualValues(t, len(place.own)-1, c.More)
	k := slices.IndexFunc(place.own, func(x timeline.Item) bool {
		return x.Milestone.Ref == c.Own.Ref && x.Milestone.Occurrence == c.Own.Occurrence
	})
	require.GreaterOrEqual(t, k, 0)
	shown := place.own[k]
	require.Equal(t, shown.Timing, c.Timing)
	require.Equal(t, shown.HasDaysLeft, c.HasDaysLeft)
	require.EqualValues(t, shown.DaysLeft, c.DaysLeft)
	for _, x := range place.own {
		require.False(t, x.Timing == timeline.Overdue && shown.Timing != timeline.Overdue, "the worst is shown")
		require.False(t, x.Timing == shown.Timing && x.HasDaysLeft && x.DaysLeft < shown.DaysLeft, "the nearest is shown")
	}
}

// holdsMatrix compares a matrix with the timelines of every place of its branch.
func holdsMatrix(t require.TestingT, v *mirror.View, i int, now civil.Cutoff, o timeline.MatrixOptions) *timeline.Matrix {
	m, err := timeline.BuildMatrix(v, i, now, o)
	require.NoError(t, err)
	list := v.Frame().List
	self := counted(t, v, i, now, o)
	own, below := make([]map[string]naive, len(m.Rows)), make([]map[string]timeline.Sums, len(m.Rows))
	some := map[string]bool{}
	for r, child := range m.Rows {
		own[r], below[r] = counted(t, v, child, now, o), map[string]timeline.Sums{}
		first, last := list.Descendants(child)
		for k := first; k < last; k++ {
			for key, n := range counted(t, v, k, now, o) {
				s := below[r][key]
				plus(&s, n.sums)
				below[r][key] = s
				some[key] = some[key] || n.sums.Total > 0
			}
		}
		for key := range own[r] {
			some[key] = true
		}
	}
	for key := range self {
		some[key] = true
	}
	var shown int
	for _, has := range some {
		if has {
			shown++
		}
	}
	require.Len(t, m.Columns, shown)
	rows, totals := make([]timeline.Sums, len(m.Rows)), timeline.Sums{}
	for k := range m.Columns {
		c := &m.Columns[k]
		var all timeline.Sums
		for r := range m.Rows {
			cell := &timeline.MatrixCell{}
			if c.Cells != nil {
				cell = &c.Cells[r]
			}
			holdsCell(t, cell, own[r][c.Key], below[r][c.Key])
			plus(&all, own[r][c.Key].sums)
			plus(&all, below[r][c.Key])
			plus(&rows[r], own[r][c.Key].sums)
			plus(&rows[r], below[r][c.Key])
		}
		holdsCell(t, &c.Self, self[c.Key], all)
		plus(&all, self[c.Key].sums)
		require.Equal(t, all, c.Sums, c.Key)
		require.True(t, !c.Bar || c.Sums == timeline.Sums{}, "a bar cannot be late")
		plus(&totals, c.Sums)
	}
	require.Equal(t, rows, m.RowSums)
	require.Equal(t, totals, m.Totals)
	return m
}

func TestAMatrixIsWhatTheTimelinesOfItsBranchAddUpTo(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := mirrortest.Open(t, mirrortest.Places())
		for n := range rapid.IntRange(0, 20).Draw(t, "acts") {
			l.Pass(time.Duration(rapid.IntRange(1, 300).Draw(t, "hours")) * time.Hour)
			// What may not be done changes nothing.
			_, _ = l.Do(mirrortest.Act(t, l.Frame(), civil.Of(l.Now(), mirrortest.Zone), l.Records(), n))
		}
		v := l.View(t)
		i := rapid.IntRange(0, v.Frame().List.Len()-1).Draw(t, "area")
		now := civil.Now(l.Now(), mirrortest.Zone)
		o := timeline.MatrixOptions{}
		if rapid.Bool().Draw(t, "as of") {
			o.AsOf = now.Day.Add(-rapid.IntRange(0, 60).Draw(t, "days ago"))
		}
		if rapid.Bool().Draw(t, "body") {
			o.Body = rapid.SampledFrom(statute.Bodies()).Draw(t, "which body")
		}
		if rapid.Bool().Draw(t, "serves") {
			o.Serves = statute.Assembly(rapid.IntRange(1, 4).Draw(t, "whom"))
		}
		m := holdsMatrix(t, v, i, now, o)
		if v.Frame().Election.State == tracker.Closed {
			require.Zero(t, m.Totals.Overdue+m.Totals.BehindPlan, "nothing is late any more, and nothing was")
		}
		require.LessOrEqual(t, m.Totals.Done+m.Totals.Overdue+m.Totals.BehindPlan+m.Totals.DueSoon, m.Totals.Total)
		spans(t, m)
		closes(t, v, i, now, o, m)
		narrowed(t, v, i, now, o, m)
	})
}

// spans says that the phases share out the columns in the order of the rulebook.
func spans(t require.TestingT, m *timeline.Matrix) {
	next := 0
	for _, p := range m.Phases {
		require.Equal(t, next, p.First)
		require.Positive(t, p.Count)
		for _, c := range m.Columns[p.First : p.First+p.Count] {
			require.Equal(t, p.Key, c.Phase)
		}
		next += p.Count
	}
	require.Equal(t, len(m.Columns), next)
}

// narrowed says that a state leaves out rows and columns and changes nothing else.
func narrowed(t *rapid.T, v *mirror.View, i int, now civil.Cutoff, o timeline.MatrixOptions, whole *timeline.Matrix) {
	name := rapid.SampledFrom([]string{"overdue", "behind_plan", "due_soon", "open", "done"}).Draw(t, "state")
	state, err := timeline.ParseMatrixState(name)
	require.NoError(t, err)
	o.State, o.Lateness = state, rapid.Bool().Draw(t, "by lateness")
	m, err := timeline.BuildMatrix(v, i, now, o)
	require.NoError(t, err)
	require.Equal(t, whole.Totals, m.Totals)
	in := func(s timeline.Sums) int32 {
		return map[string]int32{
			"overdue": s.Overdue, "behind_plan": s.BehindPlan, "due_soon": s.DueSoon, "open": s.Total - s.Done, "done": s.Done,
		}[name]
	}
	var rows, columns int
	for r := range whole.Rows {
		if in(whole.RowSums[r]) > 0 {
			rows++
			at := slices.Index(m.Rows, whole.Rows[r])
			require.GreaterOrEqual(t, at, 0)
			require.Equal(t, whole.RowSums[r], m.RowSums[at])
		}
	}
	for _, c := range whole.Columns {
		if in(c.Sums) > 0 {
			columns++
			require.Equal(t, c.Sums, column(t, m, c.Key).Sums)
		}
	}
	require.Len(t, m.Rows, rows)
	require.Len(t, m.Columns, columns)
	require.True(t, !o.Lateness || slices.IsSortedFunc(m.RowSums, func(a, b timeline.Sums) int { return int(b.Overdue - a.Overdue) }))
	spans(t, m)
}

func TestAMatrixOfConfirmedAndMixedWorkIsCountedRight(t *testing.T) {
	t.Parallel()
	c := mirrortest.NewCountry(t, mirrortest.Places())
	for k := range c.Milestones {
		m := &c.Milestones[k]
		switch k % 7 {
		case 0:
			m.Work, m.Standing = tracker.Done, tracker.Confirmed
		case 1:
			m.Work, m.DoneOn, m.Standing = tracker.Done, civil.Must("2021-03-01"), tracker.Reported
		case 2:
			m.Work, m.Standing = tracker.InProgress, tracker.Confirmed // of an earlier report
		case 3:
			m.Work = tracker.NotApplicable
		case 4:
			m.Planned = civil.Must("2021-02-01").Add(k % 60)
		case 5:
			m.Silent = true
		}
	}
	v := c.View(t)
	for i := range v.Frame().List.Len() {
		holdsMatrix(t, v, i, at("2021-03-14T17:30"), timeline.MatrixOptions{})
	}
	nation := matrix(t, v, area.Nation, "2021-03-14", timeline.MatrixOptions{})
	require.Positive(t, nation.Totals.Confirmed)
	require.Less(t, nation.Totals.Confirmed, nation.Totals.Done)
}

func TestWhatIsCancelledDoesNotTakeTheLimitFromItsColumn(t *testing.T) {
	t.Parallel()
	c := mirrortest.NewCountry(t, mirrortest.Places())
	k := slices.IndexFunc(c.Milestones, func(m tracker.Milestone) bool { return m.ID.Key == "voter_list_posted" })
	limit := func() civil.Date {
		return column(t, matrix(t, c.View(t), area.Nation, "2021-03-14", timeline.MatrixOptions{}), "voter_list_posted").Latest
	}
	c.Milestones[k].Latest = civil.Whole(civil.Must("2021-04-03"))
	require.Zero(t, limit(), "not all have the same")
	c.Milestones[k].Work = tracker.Cancelled
	require.Equal(t, civil.Must("2021-04-13"), limit(), "nobody has to keep to the other one")
}

func TestTwoLooksLeadFromTheNationToTheLateCommune(t *testing.T) {
	t.Parallel()
	v := bacKan(t, "058", "318").View(t)
	const day = "2021-05-14T09:00" // every voter list should have been posted by 13/4
	column := func(code area.Code) *timeline.MatrixColumn {
		return column(t, matrix(t, v, code, day, timeline.MatrixOptions{}), "voter_list_posted")
	}
	nation := column(area.Nation)
	require.Equal(t, civil.Must("2021-04-13"), nation.Latest)
	require.Equal(t, nation.Sums.Total, nation.Sums.Overdue)
	m := matrix(t, v, "06", day, timeline.MatrixOptions{})
	cell := column("06").Cells[row(t, m, "058")]
	require.Nil(t, cell.Own, "a city has no voter list of its own")
	require.EqualValues(t, 8, cell.Below.Overdue)
	communes := column("058")
	require.Len(t, communes.Cells, 8)
	for _, c := range communes.Cells {
		require.Equal(t, timeline.Overdue, c.Timing)
		require.EqualValues(t, -31, c.DaysLeft)
		require.Zero(t, c.Below)
	}
}

func TestLocalPlansAreOneColumnOfTheirPhase(t *testing.T) {
	t.Parallel()
	v := bacKan(t, "058").View(t)
	m := matrix(t, v, "06", trialDay, timeline.MatrixOptions{})
	c := column(t, m, "local:direction")
	require.True(t, c.Local)
	require.False(t, c.Bar)
	cell := c.Cells[row(t, m, "058")]
	require.EqualValues(t, 2, cell.More, "three lines are for the city itself")
	require.EqualValues(t, 2, cell.Below.Total, "and one for two of its wards")
	require.EqualValues(t, 2, cell.Below.DueSoon)
	k := slices.IndexFunc(m.Columns, func(c timeline.MatrixColumn) bool { return c.Key == "local:direction" })
	require.True(t, k+1 == len(m.Columns) || m.Columns[k+1].Phase != c.Phase, "behind the law's")
	for _, x := range matrix(t, v, "06", trialDay, timeline.MatrixOptions{Serves: statute.DistrictCouncil}).Columns {
		require.False(t, x.Local, "lines that name no election serve none")
	}
}

func TestBarsHaveAStateAndNoCounts(t *testing.T) {
	t.Parallel()
	v := bacKan(t, "058").View(t)
	m := matrix(t, v, area.Nation, "2021-05-14", timeline.MatrixOptions{})
	campaign := column(t, m, "campaign")
	require.True(t, campaign.Bar)
	require.Equal(t, timeline.Sums{}, campaign.Sums)
	require.Equal(t, timeline.Running, campaign.Cells[row(t, m, "06")].Timing)
	for _, state := range []timeline.MatrixState{timeline.StateOpen, timeline.StateOverdue} {
		narrow := matrix(t, v, area.Nation, "2021-05-14", timeline.MatrixOptions{State: state})
		for _, c := range narrow.Columns {
			require.False(t, c.Bar, "nobody owes it")
		}
	}
}

func TestTheLatestComeFirstAndTheRestByName(t *testing.T) {
	t.Parallel()
	l := bacKan(t, "06")
	l.PassTo(civil.Must("2021-04-14"))
	report(t, l, "01834", "voter_list_posted", "2021-04-10")
	v := l.View(t)
	byName := matrix(t, v, "058", "2021-04-20", timeline.MatrixOptions{})
	late := matrix(t, v, "058", "2021-04-20", timeline.MatrixOptions{Lateness: true})
	require.NotEqual(t, len(late.Rows)-1, row(t, byName, "01834"))
	require.Equal(t, len(late.Rows)-1, row(t, late, "01834"), "one thing less is late there")
	list := v.Frame().List
	require.True(t, slices.IsSortedFunc(byName.Rows, list.Compare))
	for k := range late.Columns {
		if c := &late.Columns[k]; c.Key == "voter_list_posted" {
			require.Equal(t, timeline.DoneOnTime, c.Cells[row(t, late, "01834")].Timing, "cells move with their rows")
		}
	}
}

func TestAMatrixIsAskedForAgainSoonNearADeadline(t *testing.T) {
	t.Parallel()
	l := bacKan(t, "058")
	after := func(now string, o timeline.MatrixOptions) int {
		return matrix(t, l.View(t), "06", now, o).NextRefreshAfter
	}
	require.Equal(t, timeline.RefreshUsually, after("2021-01-02T09:00", timeline.MatrixOptions{}))
	require.Equal(t, timeline.RefreshNearDeadline, after("2021-02-17T00:00", timeline.MatrixOptions{}))
	require.Equal(t, timeline.RefreshUsually, after("2021-03-06", timeline.MatrixOptions{AsOf: civil.Must("2021-02-17")}))
	_, err := l.Do(func(a *tracker.Act) error { return a.Move(tracker.Closed, civil.Date{}) })
	require.NoError(t, err)
	require.Equal(t, timeline.RefreshClosed, after("2021-02-17T00:00", timeline.MatrixOptions{}))
}

func TestA1AMatrixTurnsAtTheVeryHourOfTheCutOffsOfItsBranch(t *testing.T) {
	t.Parallel()
	v := bacKan(t, "058").View(t)
	turn := func(code area.Code, day string, h, m int) civil.Clock {
		i, _ := v.Frame().List.Index(code)
		return timeline.MatrixTurn(v, i, civil.Cutoff{Day: civil.Must(day), Clock: civil.NewClock(h, m)})
	}
	require.True(t, turn(area.Nation, "2021-03-14", 16, 59).IsZero())
	require.Equal(t, civil.NewClock(17, 0), turn(area.Nation, "2021-03-14", 17, 0))
	require.Equal(t, civil.NewClock(17, 0), turn("058", "2021-03-14", 20, 0))
	require.True(t, turn(area.Nation, "2021-03-15", 17, 0).IsZero())
}

func TestAnUnknownStateIsRefused(t *testing.T) {
	t.Parallel()
	_, err := timeline.ParseMatrixState("late")
	require.True(t, fault.Is(err, "matrix-state-unknown"))
	_, err = timeline.ParseMatrixState("")
	require.Error(t, err)
}
