package mirror_test

import (
	"context"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/mirror"
	"tiendo/pkg/mirror/mirrortest"
	"tiendo/pkg/tracker"
)

// wholeCountry is the whole of 2021 as its tables have it, made once.
var wholeCountry = sync.OnceValue(func() *mirrortest.Country {
	return mirrortest.NewCountry(panicker{}, area.Edition2021())
})

type panicker struct{}

func (panicker) Errorf(format string, _ ...any) { panic(format) }
func (panicker) FailNow()                       { panic("failed") }

func loadCountry(t testing.TB) *mirror.View {
	t.Helper()
	return wholeCountry().View(t)
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return s.HeapAlloc
}

// BenchmarkLoadCountry reads all milestones of the country out of memory: what
// the mirror adds to reading them out of the database.
func BenchmarkLoadCountry(b *testing.B) {
	wholeCountry()
	before := heap()
	var v *mirror.View
	b.ReportAllocs()
	for b.Loop() {
		v = loadCountry(b)
	}
	b.StopTimer()
	b.ReportMetric(float64(heap()-before)/(1<<20), "MB-held")
	b.ReportMetric(float64(v.Len()), "milestones")
	runtime.KeepAlive(v)
}

// amended is the country after two amendments that moved every milestone. Its log
// is made up as it is read: 780,000 changes, a few hundred things that they say.
type amended struct{ *mirrortest.Country }

func (a amended) Snapshot(ctx context.Context, e tracker.ElectionID, milestone func(*tracker.Milestone) error, change func(*tracker.Change) error) (mirror.Snapshot, error) {
	s, err := a.Country.Snapshot(ctx, e, milestone, change)
	for _, days := range []int{7, 14} {
		s.Revision++
		cause := s.Revision
		for k := range a.Milestones {
			s.Revision++
			c := movedBy(&a.Milestones[k], days, k%20 == 0)
			c.Election, c.Revision, c.Cause = e, s.Revision, cause
			if err == nil {
				err = change(&c)
			}
		}
	}
	return s, err
}

// movedBy moves a milestone by some days, or cancels it, the texts read anew as
// they are from a log.
func movedBy(m *tracker.Milestone, days int, cancelled bool) tracker.Change {
	c := tracker.Change{
		Kind: tracker.MilestoneMoved, Milestone: m.ID, Happened: mirrortest.Opened.Add(days), Recorded: time.Unix(1_610_000_000, 0),
		After: tracker.State{Milestone: &tracker.MilestoneState{
			NotBefore: civil.Cutoff{Day: moveDay(m.NotBefore.Day, days), Clock: m.NotBefore.Clock},
			Latest:    civil.Cutoff{Day: moveDay(m.Latest.Day, days), Clock: m.Latest.Clock},
			Version:   strings.Clone("2015.1"),
		}},
	}
	if cancelled {
		c.Kind = tracker.MilestoneCancelled
		c.After.Withdrawal = &tracker.Withdrawal{On: c.Happened, Reason: strings.Clone("Nghị quyết số 1")}
	}
	return c
}

func moveDay(d civil.Date, days int) civil.Date {
	if d.IsZero() {
		return d
	}
	return d.Add(days)
}

// BenchmarkLoadAmendedCountry is what the mirror adds to reading the country and
// its log out of the database, after two amendments.
func BenchmarkLoadAmendedCountry(b *testing.B) {
	source := amended{wholeCountry()}
	before := heap()
	var v *mirror.View
	b.ReportAllocs()
	for b.Loop() {
		var err error
		if v, err = mirror.Load(b.Context(), source, mirrortest.ID); err != nil {
			b.Fatal(err)
		}
	}
	b.StopTimer()
	b.ReportMetric(float64(heap()-before)/(1<<20), "MB-held")
	b.ReportMetric(float64(v.Revision()), "changes")
	runtime.KeepAlive(v)
}

// report is a change to a task of the area at index i, or of the next one that
// has any.
func report(v *mirror.View, i int, after tracker.Revision) tracker.Change {
	for ; ; i++ {
		all := v.Board(i).Milestones()
		for k := range all {
			if m := &all[k]; m.TasksTotal > 0 {
				return reportOn(v.ID(i, m), m, after+1)
			}
		}
	}
}

func reportOn(id tracker.MilestoneID, m *mirror.Milestone, r tracker.Revision) tracker.Change {
	return tracker.Change{
		Election: mirrortest.ID, Revision: r, Kind: tracker.TaskUpdated, Milestone: id, Task: "duty",
		Happened: mirrortest.Opened, Recorded: time.Unix(1_610_000_000, 0),
		After: tracker.State{
			Task:      &tracker.TaskState{Key: "duty", Status: tracker.InProgress},
			Milestone: &tracker.MilestoneState{NotBefore: m.NotBefore, Latest: m.Latest, Work: tracker.InProgress},
		},
	}
}

func BenchmarkApplyOneChange(b *testing.B) {
	m := mirror.New(wholeCountry(), mirror.Options{Now: time.Now})
	require.NoError(b, m.Apply(b.Context(), []tracker.Change{{Election: mirrortest.ID, Revision: 1}}))
	n := view(b, m).Frame().List.Len()
	b.ReportAllocs()
	for k := 0; b.Loop(); k++ {
		v := view(b, m)
		if err := m.Apply(b.Context(), []tracker.Change{report(v, k*7919%n, v.Revision())}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkApplyAllCommunes applies one change to each of the 10,603 communes.
func BenchmarkApplyAllCommunes(b *testing.B) {
	m := mirror.New(wholeCountry(), mirror.Options{Now: time.Now})
	require.NoError(b, m.Apply(b.Context(), []tracker.Change{{Election: mirrortest.ID, Revision: 1}}))
	b.ReportAllocs()
	for b.Loop() {
		v := view(b, m)
		r := v.Revision()
		var all []tracker.Change
		b.StopTimer()
		for i := range v.Frame().List.Len() {
			if v.Frame().List.At(i).Level == area.LevelCommune {
				all = append(all, report(v, i, r))
				r++
			}
		}
		b.StartTimer()
		if err := m.Apply(b.Context(), all); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkScanCountry looks at every milestone once.
func BenchmarkScanCountry(b *testing.B) {
	v := loadCountry(b)
	done := 0
	for b.Loop() {
		for i := range v.Frame().List.Len() {
			all := v.Board(i).Milestones()
			for k := range all {
				if all[k].Work == tracker.Done {
					done++
				}
			}
		}
	}
	require.Zero(b, done)
}

func BenchmarkReadBoard(b *testing.B) {
	m := mirror.New(wholeCountry(), mirror.Options{Now: time.Now})
	require.NoError(b, m.Apply(b.Context(), []tracker.Change{{Election: mirrortest.ID, Revision: 1}}))
	n := view(b, m).Frame().List.Len()
	b.ReportAllocs()
	for k := 0; b.Loop(); k++ {
		v, err := m.View(mirrortest.ID)
		if err != nil || v.Board(k*7919%n) == nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAsOf(b *testing.B) {
	v := loadCountry(b)
	b.ReportAllocs()
	for k := 0; b.Loop(); k++ {
		if _, err := v.AsOf(k*7919%v.Frame().List.Len(), civil.Must("2021-02-01"), time.Time{}); err != nil {
			b.Fatal(err)
		}
	}
}

func TestTheCountryTakesLessThan64MB(t *testing.T) {
	// Not parallel: it weighs the whole heap.
	c := wholeCountry()
	before := heap()
	v := loadCountry(t)
	held := heap() - before
	require.Equal(t, len(c.Milestones), v.Len())
	require.Greater(t, v.Len(), 390_000)
	require.Less(t, held, uint64(64<<20))
	require.Equal(t, uintptr(64), unsafe.Sizeof(mirror.Milestone{}), "one line of the cache")
	runtime.KeepAlive(c)
	runtime.KeepAlive(v)
}

func TestTheCountryTakesLessThan64MBAfterTwoAmendments(t *testing.T) {
	// Not parallel: it weighs the whole heap.
	c := amended{wholeCountry()}
	before := heap()
	v, err := mirror.Load(t.Context(), c, mirrortest.ID)
	require.NoError(t, err)
	held := heap() - before
	require.Greater(t, v.Revision(), tracker.Revision(780_000))
	require.Less(t, held, uint64(64<<20))
	runtime.KeepAlive(c)
	runtime.KeepAlive(v)
}
