package postgres_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/tracker"
)

func TestManyMilestonesAreReadAsFewAre(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	w.clock.set("2021-04-10")
	w.batch(w.communes("voter_list_posted"), false)
	w.exec("UPDATE task SET bodies = '{a,b}', note = 'n', source = 's', title_vi = 'x', title_en = 'y', own = true WHERE area_code = '01834' AND position = 1")
	var ids []tracker.MilestoneID
	for at := range w.records() {
		ids = append(ids, at)
	}
	slices.SortFunc(ids, compareIDs)
	require.Greater(t, len(ids), 500)
	read := func(ids []tracker.MilestoneID) tracker.Ledger {
		l := tracker.Ledger{}
		_, err := w.store.Change(context.Background(), w.frame(), tracker.Needs{Milestones: ids}, func(f tracker.Found) (*tracker.Act, error) {
			for _, r := range f.Records {
				l.Put(r)
			}
			return tracker.Begin(w.frame(), actor, w.clock.now(), zone, f), nil
		})
		require.NoError(t, err)
		return l
	}
	want := tracker.Ledger{}
	for part := range slices.Chunk(ids, 100) {
		for at, r := range read(part) {
			want[at] = r
		}
	}
	require.Equal(t, want, read(ids))
	for i := range ids {
		if i%3 == 0 {
			ids[i].Occurrence = tracker.EveryOccurrence
		}
	}
	require.Equal(t, want, read(ids))
}

// saying is a report on every milestone that there is.
func (w *world) saying(how tracker.BatchReport) tracker.Batch {
	b := tracker.Batch{Partial: true}
	for at := range w.records() {
		b.Rows = append(b.Rows, tracker.BatchRow{ID: at, Report: &how})
	}
	slices.SortFunc(b.Rows, func(a, b tracker.BatchRow) int { return compareIDs(a.ID, b.ID) })
	return b
}

// Acts on very many milestones take their locks in the order of everybody.
func TestActsOnManyAndOnFewMeet(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	w.clock.set("2021-05-10")
	servers := []*server{serve(w.pool, w.clock.now), serve(another(t, w.pool), w.clock.now)}
	defer servers[0].stop()
	defer servers[1].stop()
	for _, s := range servers {
		s.view(t)
	}
	begun, done := tracker.BatchReport{Status: tracker.InProgress, Correct: true}, tracker.BatchReport{Status: tracker.Done, DoneOn: civil.Must("2021-05-01"), Correct: true}
	acts := []tracker.Batch{w.saying(done), w.saying(begun), w.saying(done), w.saying(begun)}
	slices.Reverse(acts[1].Rows)
	slices.Reverse(acts[2].Rows)
	var all sync.WaitGroup
	for n, b := range acts {
		s := servers[n%2]
		all.Go(func() {
			if _, err := s.Batch(context.Background(), id, actor, b, nil, n == 3); err != nil {
				t.Errorf("%v", err)
			}
		})
		all.Go(func() {
			for turn := range 10 {
				c := w.command(commune, "voter_list_posted", "office")
				c.Status = tracker.To(tracker.InProgress)
				if turn%2 == 0 {
					c.Status, c.DoneOn = tracker.To(tracker.Done), tracker.To(civil.Must("2021-05-02"))
				}
				if _, err := s.UpdateTask(context.Background(), id, actor, c); err != nil && !fault.Is(err, "stale-revision") {
					t.Errorf("%v", err)
				}
			}
		})
	}
	all.Wait()
	log := w.log()
	verify(t, log)
	folded(t, w, log)
	lawful(t, w, log)
	fresh, err := mirror.Load(t.Context(), w.store, id)
	require.NoError(t, err)
	for _, s := range servers {
		sameView(t, fresh, s.caughtUp(t, fresh.Revision()))
	}
}

func TestAnActOnManyThatIsBrokenOffLeavesNothing(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	before, b := w.records(), w.saying(tracker.BatchReport{Status: tracker.InProgress})
	release := w.gate(theHead)
	ctx, leave := context.WithCancel(t.Context())
	left := make(chan error)
	go func() {
		_, err := w.Batch(ctx, id, actor, b, nil, false)
		left <- err
	}()
	w.blocked(1)
	leave()
	require.ErrorIs(t, <-left, context.Canceled)
	release()
	require.Equal(t, before, w.records())
	require.Len(t, w.log(), 1)
	require.Positive(t, w.batch(b, false).Changed, "and holds nobody up")
	folded(t, w, w.log())
}
