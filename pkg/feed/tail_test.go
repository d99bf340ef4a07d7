package feed_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/feed"
	"tiendo/pkg/mirror/mirrortest"
	"tiendo/pkg/tracker"
)

func TestWhoWaitsIsWokenByAStepOfWhichNotAllIsKept(t *testing.T) {
	t.Parallel()
	l := &stored{Log: mirrortest.Open(t, mirrortest.Places())}
	s := start(t, l, 4)
	v, err := s.View(mirrortest.ID)
	require.NoError(t, err)
	i, _ := v.Frame().List.Index("058")
	listener, err := s.Listen(mirrortest.ID, &feed.Filter{Area: i}, "anybody")
	require.NoError(t, err)
	defer listener.Close()
	changed := listener.Changed()

	first := len(l.All())
	begin(t, l, tracker.MilestoneID{Area: "058", Key: cityDuty})
	for _, r := range l.Records() {
		if id := r.Milestone.ID; id.Area == "318" && len(r.Tasks) > 0 && len(l.All()) < first+8 {
			begin(t, l, id)
		}
	}
	s.follow(t, l)
	require.Less(t, s.Kept(), len(l.All())-first, "what is of the city has gone")
	select {
	case <-changed:
	default:
		require.Fail(t, "nobody was woken")
	}
}

// begin has work on a milestone begun.
func begin(t *testing.T, l *stored, id tracker.MilestoneID) {
	t.Helper()
	_, err := l.Do(func(a *tracker.Act) error {
		r, err := a.Record(id)
		if err != nil {
			return err
		}
		_, err = a.UpdateTask(tracker.TaskCommand{ID: id, Task: r.Tasks[0].Key, If: r.Tasks[0].Revision, Status: tracker.To(tracker.InProgress)})
		return err
	})
	require.NoError(t, err)
}

// What a view knows the latest of only may have happened before, too.
func TestA9_AServerThatKeepsLessTellsNoFewerEntries(t *testing.T) {
	t.Parallel()
	l := &stored{Log: mirrortest.Open(t, mirrortest.Places())}
	much, little := start(t, l, 0), start(t, l, 4)
	v := l.View(t)
	i, _ := v.Frame().List.Index("318")
	q := feed.Filter{Area: i, Own: true}
	from := feed.LookAt(v, &q, l.now())
	move := func(to tracker.ElectionState) {
		_, err := l.Do(func(a *tracker.Act) error { return a.Move(to, mirrortest.Opened) })
		require.NoError(t, err)
	}
	follow := func() {
		much.follow(t, l)
		little.follow(t, l)
	}
	move(tracker.Closed)
	for _, r := range l.Records() {
		if id := r.Milestone.ID; id.Area == "058" && len(r.Tasks) > 0 && len(l.All()) < 12 { // is not told in 318
			begin(t, l, id)
			follow()
		}
	}
	move(tracker.Running)
	follow()
	require.Equal(t, told(t, much, &q, from.Position(), l), told(t, little, &q, from.Position(), l))
}

// told are the revisions of what a server tells.
func told(t *testing.T, s *server, q *feed.Filter, from feed.Position, l *stored) (all []tracker.Revision) {
	t.Helper()
	p, err := s.Page(t.Context(), mirrortest.ID, q, from, l.now(), 1000)
	require.NoError(t, err)
	for _, e := range p.Entries {
		if e.Kind != feed.Turned {
			all = append(all, e.Revision)
		}
	}
	require.NotEmpty(t, all)
	return all
}
