package api

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"tiendo/pkg/civil"
	"tiendo/pkg/mirror"
	"tiendo/pkg/mirror/mirrortest"
	"tiendo/pkg/timeline"
	"tiendo/pkg/tracker"
)

// held requires that what is appended by hand is what the contract's types say.
func held(t require.TestingT, s *Server, v *mirror.View, i int, built *timeline.Timeline) {
	whole, err := s.encodeTimeline(v, i, built, nil)
	require.NoError(t, err)
	var read struct {
		timelineHead
		Items, Above []json.RawMessage
	}
	require.NoError(t, json.Unmarshal(whole, &read))
	for _, part := range []struct {
		items []timeline.Item
		got   []json.RawMessage
	}{{built.Items, read.Items}, {built.Above, read.Above}} {
		require.Len(t, part.got, len(part.items))
		for k := range part.items {
			byType, err := json.Marshal(s.item(part.items[k]))
			require.NoError(t, err)
			require.JSONEq(t, string(byType), string(part.got[k]))
		}
	}
	head, err := json.Marshal(s.timelineHead(v, i, built, nil))
	require.NoError(t, err)
	gotHead, err := json.Marshal(read.timelineHead)
	require.NoError(t, err)
	require.JSONEq(t, string(head), string(gotHead))
}

func TestWhatIsAppendedByHandIsWhatTheContractsTypesWouldSay(t *testing.T) {
	t.Parallel()
	l := mirrortest.Open(t, mirrortest.Places())
	v := l.View(t)
	s := &Server{zone: mirrortest.Zone}
	for i := range v.Frame().List.Len() {
		built, err := timeline.Build(v, i, civil.Cutoff{Day: civil.Must("2021-03-01"), Clock: civil.NewClock(9, 0)}, timeline.Options{})
		require.NoError(t, err)
		held(t, s, v, i, built)
	}
}

func TestAMatrixIsReadBackAsItWasCounted(t *testing.T) {
	t.Parallel()
	c := mirrortest.NewCountry(t, mirrortest.Places())
	for k := range c.Milestones {
		switch m := &c.Milestones[k]; k % 4 {
		case 0:
			m.Work, m.Standing = tracker.Done, tracker.Confirmed
		case 1:
			m.Planned = civil.Must("2021-02-20")
		}
	}
	v := c.View(t)
	s := &Server{zone: mirrortest.Zone}
	for i := range v.Frame().List.Len() {
		built, err := timeline.BuildMatrix(v, i, civil.Cutoff{Day: civil.Must("2021-03-01")}, timeline.MatrixOptions{})
		require.NoError(t, err)
		whole, err := s.encodeMatrix(v, i, built, nil)
		require.NoError(t, err)
		var read Matrix
		require.NoError(t, json.Unmarshal(whole, &read))
		require.Len(t, read.Columns, len(built.Columns))
		for k, column := range built.Columns {
			is := read.Columns[k]
			require.Equal(t, matrixSums(column.Sums), is.Sums)
			sameCells(t, v, read, is, []timeline.MatrixCell{column.Self}, is.Self)
			sameCells(t, v, read, is, column.Cells, is.Cells)
		}
	}
}

func sameCells(t *testing.T, v *mirror.View, m Matrix, column MatrixColumn, want []timeline.MatrixCell, is MatrixCells) {
	t.Helper()
	entry := func(all []int, k int) int {
		if len(all) == 0 {
			return 0
		}
		require.Len(t, all, len(want))
		return all[k]
	}
	for k, cell := range want {
		counts := MatrixSums{
			Total: entry(is.Total, k), Done: entry(is.Done, k), Confirmed: entry(is.Confirmed, k),
			Overdue: entry(is.Overdue, k), BehindPlan: entry(is.BehindPlan, k), DueSoon: entry(is.DueSoon, k),
		}
		require.Equal(t, matrixSums(cell.Below), counts)
		require.Equal(t, int(cell.More), entry(is.OwnMore, k))
		if cell.Own == nil {
			require.True(t, len(is.Own) == 0 || is.Own[k] == -1)
			require.True(t, len(is.OwnId) == 0 || is.OwnId[k] == -1)
			continue
		}
		require.Equal(t, cell.Timing.String(), string(m.Timings[is.Own[k]]))
		require.Equal(t, v.ID(0, cell.Own).Name(), column.Ids[is.OwnId[k]])
		if cell.HasDaysLeft {
			require.Equal(t, int(cell.DaysLeft), is.OwnDays[k].MustGet())
		}
	}
}

func TestWhatIsAppendedByHandStaysSoWhateverPeopleDo(t *testing.T) {
	t.Parallel()
	s := &Server{zone: mirrortest.Zone}
	rapid.Check(t, func(t *rapid.T) {
		l := mirrortest.Open(t, mirrortest.Places())
		for n := range rapid.IntRange(1, 25).Draw(t, "acts") {
			l.Pass(time.Duration(rapid.IntRange(1, 300).Draw(t, "hours")) * time.Hour)
			// What may not be done changes nothing.
			_, _ = l.Do(mirrortest.Act(t, l.Frame(), civil.Of(l.Now(), mirrortest.Zone), l.Records(), n))
		}
		v, now, o := l.View(t), civil.Now(l.Now(), mirrortest.Zone), timeline.Options{}
		if rapid.Bool().Draw(t, "as of") {
			o.AsOf = now.Day.Add(-rapid.IntRange(0, 60).Draw(t, "days ago"))
		}
		if rapid.Bool().Draw(t, "known at") {
			o.KnownAt = l.Now().Add(-time.Duration(rapid.IntRange(0, 1000).Draw(t, "hours ago")) * time.Hour)
		}
		for i := range v.Frame().List.Len() {
			built, err := timeline.Build(v, i, now, o)
			require.NoError(t, err)
			held(t, s, v, i, built)
		}
	})
}

func BenchmarkEncodeTimeline(b *testing.B) {
	l := mirrortest.Open(b, mirrortest.Places())
	v := l.View(b)
	s := &Server{zone: time.FixedZone("+07", 7*3600)}
	i, _ := v.Frame().List.Index("31")
	built, err := timeline.Build(v, i, civil.Cutoff{Day: civil.Must("2021-03-01"), Clock: civil.NewClock(9, 0)}, timeline.Options{})
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		body, err := s.encodeTimeline(v, i, built, nil)
		require.NoError(b, err)
		b.SetBytes(int64(len(body)))
	}
}
