package timeline_test

import (
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/mirror"
	"tiendo/pkg/mirror/mirrortest"
	"tiendo/pkg/timeline"
	"tiendo/pkg/tracker"
)

type panicker struct{}

func (panicker) Errorf(format string, _ ...any) { panic(format) }
func (panicker) FailNow()                       { panic("failed") }

// opened is the whole country of 2021 right after its election was opened.
var opened = sync.OnceValue(func() *mirror.View {
	return mirrortest.NewCountry(panicker{}, area.Edition2021()).View(panicker{})
})

// busy is the same in the middle of its work: a third done, on all kinds of
// days, some begun, some planned, some set aside, in no order.
var busy = sync.OnceValue(func() *mirror.View {
	c := mirrortest.NewCountry(panicker{}, area.Edition2021())
	chance := rand.New(rand.NewPCG(1, 2))
	for i := range c.Milestones {
		m := &c.Milestones[i]
		switch day := civil.Must("2021-02-01").Add(chance.IntN(90)); chance.IntN(12) {
		case 0, 1, 2, 3:
			m.Work, m.DoneOn = tracker.Done, day
		case 4:
			m.Work, m.Standing = tracker.Done, tracker.Confirmed
		case 5, 6:
			m.Work = tracker.InProgress
		case 7:
			m.Planned = day
		case 8:
			m.Work = tracker.NotApplicable
		}
	}
	return c.View(panicker{})
})

func BenchmarkMatrix(b *testing.B) {
	for _, country := range []struct {
		name string
		view func() *mirror.View
	}{{"opened", opened}, {"busy", busy}} {
		for _, place := range []struct {
			name string
			code area.Code
		}{{"nation", area.Nation}, {"province", "06"}, {"district", "058"}} {
			b.Run(country.name+"/"+place.name, func(b *testing.B) {
				v := country.view()
				i, _ := v.Frame().List.Index(place.code)
				v.Frame().List.Children(0) // sorts the list, once
				b.ReportAllocs()
				for b.Loop() {
					if _, err := timeline.BuildMatrix(v, i, at("2021-03-20T09:00"), timeline.MatrixOptions{}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkMatrixTag is what a client costs that has the latest.
func BenchmarkMatrixTag(b *testing.B) {
	v := opened()
	for _, code := range []area.Code{area.Nation, "06", "058"} {
		b.Run(string(code), func(b *testing.B) {
			i, _ := v.Frame().List.Index(code)
			b.ReportAllocs()
			for b.Loop() {
				require.NotZero(b, timeline.MatrixRevision(v, i))
				timeline.MatrixTurn(v, i, at(trialDay))
			}
		})
	}
}

// reported is the country in the middle of its work with the log that led there:
// two thirds of what has anything to do were begun, done, planned, set aside on
// any of 150 days, half of it in two steps.
var reported = sync.OnceValue(func() *mirrortest.Country {
	c := mirrortest.NewCountry(panicker{}, area.Edition2021())
	chance := rand.New(rand.NewPCG(1, 2))
	for k := range c.Milestones {
		rule, err := c.Frame.Rulebook.Rule(c.Milestones[k].Rule())
		if err != nil || !rule.Nature.HasTasks() || len(rule.Steps()) > 1 {
			continue
		}
		day := civil.Must("2021-01-10").Add(chance.IntN(150))
		switch chance.IntN(12) {
		case 0, 1, 2, 3:
			c.Report(k, tracker.InProgress, day)
			c.Report(k, tracker.Done, day.Add(1+chance.IntN(20)))
		case 4, 5:
			c.Report(k, tracker.Done, day)
		case 6:
			c.Report(k, tracker.InProgress, day)
		case 7:
			c.Plan(k, day, civil.Must("2021-01-10").Add(chance.IntN(150)))
		case 8:
			c.Report(k, tracker.NotApplicable, day)
		}
	}
	return c
})

// heap is what is held, in bytes.
func heap() float64 {
	runtime.GC()
	runtime.GC()
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return float64(s.HeapAlloc)
}

// BenchmarkMatrixAsOf looks back at the nation, on days on which hardly anything
// or nearly everything had happened, beside the present in the same run.
func BenchmarkMatrixAsOf(b *testing.B) {
	v := reported().View(b)
	build := func(b *testing.B, o timeline.MatrixOptions) time.Duration {
		start := time.Now()
		if _, err := timeline.BuildMatrix(v, 0, at("2021-06-20T09:00"), o); err != nil {
			b.Fatal(err)
		}
		return time.Since(start)
	}
	b.Run("first", func(b *testing.B) { // every area makes its past
		reported()
		v = nil
		before := heap()
		for b.Loop() {
			b.StopTimer()
			v = reported().View(b)
			b.StartTimer()
			build(b, timeline.MatrixOptions{AsOf: civil.Must("2021-03-20")})
		}
		b.StopTimer()
		with := heap() - before
		v = reported().View(b)
		without := heap() - before
		b.ReportMetric(without/(1<<20), "MB-held")
		b.ReportMetric((with-without)/(1<<20), "MB-past")
		b.ReportMetric(float64(v.Revision()), "changes")
	})
	for _, day := range []string{"2021-01-20", "2021-03-20", "2021-05-20"} {
		b.Run(day, func(b *testing.B) {
			b.ReportAllocs()
			var plain, past time.Duration
			for b.Loop() {
				plain += build(b, timeline.MatrixOptions{})
				past += build(b, timeline.MatrixOptions{AsOf: civil.Must(day)})
			}
			n := float64(b.N)
			b.ReportMetric(plain.Seconds()*1e3/n, "ms-plain")
			b.ReportMetric(past.Seconds()*1e3/n, "ms-as-of")
			b.ReportMetric(past.Seconds()/plain.Seconds(), "ratio")
		})
	}
}

// BenchmarkList is a page of the nation, of a province and of a district: the
// first, and one from the middle of what is open.
func BenchmarkList(b *testing.B) {
	open, err := timeline.ParseListStates("open")
	require.NoError(b, err)
	for _, country := range []struct {
		name string
		view func() *mirror.View
	}{{"opened", opened}, {"busy", busy}} {
		for _, code := range []area.Code{area.Nation, "06", "058"} {
			for _, lateness := range []bool{false, true} {
				o := timeline.ListOptions{States: open, Limit: 100, Lateness: lateness}
				name := country.name + "/" + string(code) + map[bool]string{false: "/date", true: "/lateness"}[lateness]
				b.Run(name, func(b *testing.B) { benchList(b, country.view(), code, o) })
			}
		}
	}
	b.Run("opened/VN/middle", func(b *testing.B) {
		o := timeline.ListOptions{States: open, Limit: 100, Revision: 1}
		o.After = &tracker.MilestoneID{Area: "27118", Key: "voter_list_posted"}
		benchList(b, opened(), area.Nation, o)
	})
}

func benchList(b *testing.B, v *mirror.View, code area.Code, o timeline.ListOptions) {
	i, _ := v.Frame().List.Index(code)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := timeline.BuildList(v, i, at("2021-03-20T09:00"), o); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkWork lists all that is to be done and to be confirmed in the country.
func BenchmarkWork(b *testing.B) {
	v := reported().View(b)
	all := func(int) bool { return true }
	o := timeline.WorkOptions{Branches: []int{0}, Do: all, Confirm: all, Limit: 100}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := timeline.BuildWork(v, at("2021-03-20T09:00"), o); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCompare compares two days of the same country.
func BenchmarkCompare(b *testing.B) {
	v := reported().View(b)
	o := timeline.ComparisonOptions{From: civil.Must("2021-03-13"), To: civil.Must("2021-03-20"), Limit: 50}
	_, err := timeline.Compare(v, 0, o)
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := timeline.Compare(v, 0, o); err != nil {
			b.Fatal(err)
		}
	}
}
