package timeline_test

import (
	"context"
	"math/rand/v2"
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

// changed is the country after one report, two weeks after the trial day, in
// every area that has anything to report on.
var changed = sync.OnceValue(func() *mirror.View {
	m := mirror.New(mirrortest.NewCountry(panicker{}, area.Edition2021()), mirror.Options{Now: time.Now})
	ctx := context.Background()
	require.NoError(panicker{}, m.Apply(ctx, []tracker.Change{{Election: mirrortest.ID, Revision: 1}}))
	v, err := m.View(mirrortest.ID)
	require.NoError(panicker{}, err)
	var all []tracker.Change
	for i := range v.Frame().List.Len() {
		for _, x := range v.Board(i).Milestones() {
			if x.TasksTotal == 0 {
				continue
			}
			all = append(all, tracker.Change{
				Election: mirrortest.ID, Revision: tracker.Revision(len(all) + 2), Kind: tracker.TaskUpdated, Milestone: v.ID(i, &x),
				Task: "duty", Happened: civil.Must("2021-02-08"), Recorded: time.Unix(1_612_800_000, 0),
				After: tracker.State{
					Task:      &tracker.TaskState{Key: "duty", Status: tracker.InProgress},
					Milestone: &tracker.MilestoneState{NotBefore: x.NotBefore, Latest: x.Latest, Work: tracker.InProgress},
				},
			})
			break
		}
	}
	require.NoError(panicker{}, m.Apply(ctx, all))
	v, err = m.View(mirrortest.ID)
	require.NoError(panicker{}, err)
	return v
})

// BenchmarkMatrixAsOf looks back at the nation from after those reports, and
// from before: the best and the worst case.
func BenchmarkMatrixAsOf(b *testing.B) {
	for _, day := range []string{"2021-02-08", "2021-02-07"} {
		b.Run(day, func(b *testing.B) {
			v := changed()
			b.ReportAllocs()
			for b.Loop() {
				if _, err := timeline.BuildMatrix(v, 0, at("2021-03-20T09:00"), timeline.MatrixOptions{AsOf: civil.Must(day)}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
