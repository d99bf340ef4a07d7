package feed_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/area"
	"tiendo/pkg/fault"
	"tiendo/pkg/feed"
	"tiendo/pkg/mirror"
	"tiendo/pkg/mirror/mirrortest"
	"tiendo/pkg/tracker"
)

func TestWhoWaitsIsWokenByAStepOfWhichNotAllIsKept(t *testing.T) {
	t.Parallel()
	l := &stored{Log: mirrortest.Open(t, mirrortest.Places())}
	s := start(t, l, 4, 0)
	v, err := s.View(mirrortest.ID)
	require.NoError(t, err)
	i, _ := v.Frame().List.Index("058")
	listener, err := s.Listen(mirrortest.ID, &feed.Filter{Area: i}, feed.Caller{Name: "anybody"})
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
	much, little := start(t, l, 0, 0), start(t, l, 4, 0)
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

func TestAPageReadsOnlySoMuchOfTheLogAndSaysThatThereIsMore(t *testing.T) {
	t.Parallel()
	l := &stored{Log: mirrortest.Open(t, mirrortest.Places())}
	q := feed.Filter{}
	seen := feed.LookAt(l.View(t), &q, l.now())
	for _, r := range l.Records() {
		if len(r.Tasks) > 0 && len(l.All()) < 12 {
			begin(t, l, r.Milestone.ID)
		}
	}
	s := start(t, l, 4, 3)
	at, pages := seen.Position(), 0
	for more := true; more; pages++ {
		before := l.asked
		p, err := s.Page(t.Context(), mirrortest.ID, &q, at, l.now(), 1000)
		require.NoError(t, err)
		require.LessOrEqual(t, l.asked, before+1)
		require.LessOrEqual(t, len(p.Entries), 3)
		at, more = p.Next, p.More
	}
	require.Greater(t, pages, 3)
	end, err := s.Look(mirrortest.ID, &q, l.now())
	require.NoError(t, err)
	require.Equal(t, end.Position(), at)
}

// slow is a log that takes its time, and counts who reads it at once.
type slow struct {
	*stored
	atOnce, most atomic.Int64
}

func (l *slow) ChangesWithin(context.Context, tracker.ElectionID, []area.Code, tracker.Revision, tracker.Revision, int) ([]tracker.Change, error) {
	n := l.atOnce.Add(1)
	defer l.atOnce.Add(-1)
	for was := l.most.Load(); n > was && !l.most.CompareAndSwap(was, n); was = l.most.Load() {
	}
	time.Sleep(time.Second)
	return nil, nil
}

func TestAFewReadFromTheLogAtOnceAndTheOthersWaitAsLongAsTheyLike(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := &slow{stored: &stored{Log: mirrortest.Open(t, mirrortest.Places())}}
		now := l.now()
		from := feed.LookAt(l.View(t), &feed.Filter{}, now)
		begin(t, l.stored, tracker.MilestoneID{Area: "058", Key: cityDuty})
		f := feed.New(l, feed.Options{Zone: mirrortest.Zone})
		m := mirror.New(l, mirror.Options{Now: l.Now, Told: []func(mirror.Step){f.Told}})
		require.NoError(t, m.Apply(t.Context(), l.All()))
		var all sync.WaitGroup
		var late atomic.Int64
		for range 20 {
			all.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), 2500*time.Millisecond)
				defer cancel()
				if _, err := f.Page(ctx, mirrortest.ID, &feed.Filter{}, from.Position(), now, 10); err != nil {
					late.Add(1)
				}
			})
		}
		all.Wait()
		require.EqualValues(t, 4, l.most.Load())
		require.EqualValues(t, 8, late.Load())
	})
}

func TestAPageOfAViewIsTheSameWhateverHasComeSince(t *testing.T) {
	t.Parallel()
	for _, keep := range []int{0, 4} {
		l := &stored{Log: mirrortest.Open(t, mirrortest.Places())}
		s := start(t, l, keep, 0)
		q := feed.Filter{}
		from := feed.LookAt(l.View(t), &q, l.now())
		at := from.Position()
		var then []*feed.Page
		for _, r := range l.Records() {
			if len(r.Tasks) == 0 || len(l.All()) > 14 {
				continue
			}
			begin(t, l, r.Milestone.ID)
			s.follow(t, l)
			p, err := s.Page(t.Context(), mirrortest.ID, &q, at, l.now(), 5)
			require.NoError(t, err)
			then = append(then, p)
		}
		require.Greater(t, len(then), 6)
		for _, p := range then {
			again, err := s.PageIn(t.Context(), p.View, &q, at, l.now(), 5)
			require.NoError(t, err)
			require.Equal(t, p, again)
		}
		last := then[len(then)-1]
		_, err := s.PageIn(t.Context(), then[0].View, &q, last.Next, l.now(), 5)
		require.True(t, fault.Is(err, "feed-behind"), "the view has not come to that position")
	}
}
