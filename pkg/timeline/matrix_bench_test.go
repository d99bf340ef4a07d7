package timeline_test

import (
	"math/rand/v2"
	"sync"
	"testing"

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
