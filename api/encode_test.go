package api

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/civil"
	"tiendo/pkg/mirror"
	"tiendo/pkg/mirror/mirrortest"
	"tiendo/pkg/timeline"
	"tiendo/pkg/tracker"
)

func TestWhatIsAppendedByHandIsWhatTheContractsTypesWouldSay(t *testing.T) {
	t.Parallel()
	l := mirrortest.Open(t, mirrortest.Places())
	v := l.View(t)
	s := &Server{zone: mirrortest.Zone}
	for i := range v.Frame().List.Len() {
		built, err := timeline.Build(v, i, civil.Cutoff{Day: civil.Must("2021-03-01"), Clock: civil.NewClock(9, 0)}, timeline.Options{})
		require.NoError(t, err)
		for _, x := range append(built.Items, built.Above...) {
			byHand, err := s.appendItem(nil, &x)
			require.NoError(t, err)
			byType, err := json.Marshal(s.item(x))
			require.NoError(t, err)
			require.JSONEq(t, string(byType), string(byHand))
		}
		whole, err := s.encodeTimeline(v, i, built)
		require.NoError(t, err)
		var read Timeline
		require.NoError(t, json.Unmarshal(whole, &read))
		require.Len(t, read.Items, len(built.Items))
		require.Len(t, read.Above, len(built.Above))
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
		whole, err := s.encodeMatrix(v, i, built)
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

func BenchmarkEncodeTimeline(b *testing.B) {
	l := mirrortest.Open(b, mirrortest.Places())
	v := l.View(b)
	s := &Server{zone: time.FixedZone("+07", 7*3600)}
	i, _ := v.Frame().List.Index("31")
	built, err := timeline.Build(v, i, civil.Cutoff{Day: civil.Must("2021-03-01"), Clock: civil.NewClock(9, 0)}, timeline.Options{})
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		body, err := s.encodeTimeline(v, i, built)
		require.NoError(b, err)
		b.SetBytes(int64(len(body)))
	}
}
