package export_test

import (
	"fmt"
	"io"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/export"
	"tiendo/pkg/mirror"
	"tiendo/pkg/mirror/mirrortest"
	"tiendo/pkg/tracker"
)

type panicker struct{}

func (panicker) Errorf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }
func (panicker) FailNow()                          { panic("failed") }

// busy is the whole country of 2021 with every third duty done by a document.
var busy = sync.OnceValue(func() *mirror.View {
	c := mirrortest.NewCountry(panicker{}, area.Edition2021())
	for k := range c.Milestones {
		if k%3 == 0 {
			c.Milestones[k].Work, c.Milestones[k].DoneOn = tracker.Done, civil.Must("2021-02-01")
		}
	}
	return c.View(panicker{})
})

// told has a document for every second milestone.
func told(v *mirror.View) func(codes []area.Code) (map[tracker.MilestoneID][]tracker.Task, error) {
	return func(codes []area.Code) (map[tracker.MilestoneID][]tracker.Task, error) {
		all := map[tracker.MilestoneID][]tracker.Task{}
		for _, code := range codes {
			i, _ := v.Frame().List.Index(code)
			for k, m := range v.Board(i).Milestones() {
				if k%2 == 0 {
					all[v.ID(i, &m)] = []tracker.Task{{Evidence: tracker.Evidence{Number: "12/QĐ-UBND", On: civil.Must("2021-02-01")}}}
				}
			}
		}
		return all, nil
	}
}

// BenchmarkNation writes all milestones of the country: 391,000 rows.
func BenchmarkNation(b *testing.B) {
	for _, form := range []struct {
		name  string
		write func(*export.Branch, io.Writer) error
	}{{"xlsx", (*export.Branch).XLSX}, {"csv", (*export.Branch).CSV}} {
		b.Run(form.name, func(b *testing.B) {
			v := busy()
			n := &export.Branch{
				View: v, Now: civil.Now(time.Date(2021, 2, 10, 8, 0, 0, 0, mirrortest.Zone), mirrortest.Zone),
				Moment: time.Date(2021, 2, 10, 8, 0, 0, 0, mirrortest.Zone), Language: export.Vietnamese, Told: told(v),
			}
			runtime.GC()
			before, ended, peak := inUse(), make(chan struct{}), make(chan uint64)
			go func() { peak <- watched(ended) }()
			for b.Loop() {
				w := &counter{}
				require.NoError(b, form.write(n, w))
				b.ReportMetric(float64(w.n)/1e6, "MB/file")
			}
			close(ended)
			b.ReportMetric((float64(<-peak)-float64(before))/1e6, "MB/peak")
		})
	}
}

// inUse is how much of the heap is in use, in bytes.
func inUse() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse
}

// watched is the most of the heap that was in use until ended is closed.
func watched(ended <-chan struct{}) (most uint64) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			most = max(most, inUse())
		case <-ended:
			return most
		}
	}
}

type counter struct{ n int64 }

func (c *counter) Write(b []byte) (int, error) {
	c.n += int64(len(b))
	return len(b), nil
}

// BenchmarkCalendar writes the calendar of a city, and one of about as many events
// as there may be.
func BenchmarkCalendar(b *testing.B) {
	v := mirrortest.NewCountry(b, area.Edition2021()).View(b)
	for name, c := range map[string]*export.Calendar{
		"place": calendarOf(b, v, "058"),
		"branch": func() *export.Calendar {
			c := calendarOf(b, v, "06")
			c.Levels = []area.Level{area.LevelProvince, area.LevelDistrict, area.LevelCommune}
			return c
		}(),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := c.ICS(io.Discard); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(events(b, written(b, c)))), "events")
		})
	}
}
