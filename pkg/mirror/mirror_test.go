package mirror_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/mirror/mirrortest"
	"tiendo/pkg/tracker"
)

var (
	setup    = tracker.MilestoneID{Area: "058", Key: "election_committee_district"}
	national = tracker.MilestoneID{Area: "VN", Key: "announce_election_day"}
)

// finish reports all tasks of a milestone as done on a day.
func finish(t testing.TB, l *mirrortest.Log, id tracker.MilestoneID, day string) []tracker.Change {
	t.Helper()
	changes, err := l.Do(func(a *tracker.Act) error {
		r, err := a.Record(id)
		if err != nil {
			return err
		}
		for _, task := range r.Tasks {
			if _, err := a.UpdateTask(tracker.TaskCommand{
				ID: id, Task: task.Key, If: task.Revision,
				Status: tracker.To(tracker.Done), DoneOn: tracker.To(civil.Must(day)),
			}); err != nil {
				return err
			}
		}
		return nil
	})
	require.NoError(t, err)
	return changes
}

func index(t testing.TB, v *mirror.View, id tracker.MilestoneID) int {
	t.Helper()
	i, ok := v.Frame().List.Index(id.Area)
	require.True(t, ok)
	return i
}

func milestone(t testing.TB, v *mirror.View, id tracker.MilestoneID) *mirror.Milestone {
	t.Helper()
	m, ok := v.Milestone(index(t, v, id), id.Key, id.Occurrence)
	require.True(t, ok)
	return m
}

func TestAMirrorThatIsNotLoadedSaysSo(t *testing.T) {
	t.Parallel()
	m := mirror.New(mirrortest.Open(t, mirrortest.Places()), mirror.Options{Now: time.Now})
	require.Equal(t, fault.Unavailable, fault.KindOf(m.Ready()))
	_, err := m.View(mirrortest.ID)
	require.True(t, fault.Is(err, "mirror-not-loaded"), "whether there is such an election is not known yet")
	require.Empty(t, m.Views())

	ctx, stop := context.WithCancel(t.Context())
	stop()
	require.ErrorIs(t, m.Wait(ctx), context.Canceled)
}

func TestAMirrorThatCannotLoadBecauseOfTheRulebookSaysThatWaitingDoesNotHelp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := mirrortest.Open(t, mirrortest.Places())
		l.Break(tracker.RulebookChanged(l.Frame().Election, "2015.9"))
		m := start(t.Context(), l)
		synctest.Wait()
		_, err := m.View(mirrortest.ID)
		require.True(t, fault.Is(err, "rulebook-changed"), "%v", err)
		require.True(t, fault.Is(m.Ready(), "rulebook-changed"))
	})
}

func TestAMirrorFollowsWhatOthersDo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := mirrortest.Open(t, mirrortest.Places())
		m := start(t.Context(), l)
		require.NoError(t, m.Wait(t.Context()))
		require.NoError(t, m.Ready())
		synctest.Wait()
		before := view(t, m)

		finish(t, l, setup, "2021-01-10")
		synctest.Wait()
		after := view(t, m)

		require.Equal(t, before.Revision()+1, after.Revision(), "heard of, without waiting to ask")
		require.Equal(t, tracker.Done, milestone(t, after, setup).Work)
		require.Equal(t, tracker.NotStarted, milestone(t, before, setup).Work, "a view never changes")
		i := index(t, after, setup)
		require.Equal(t, after.Revision(), after.Board(i).Revision())
		require.Same(t, before.Board(0), after.Board(0), "what did not change is shared")
		require.Equal(t, 1, l.Loads())
	})
}

func TestAnElectionThatDoesNotExistIsNotFound(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := start(t.Context(), mirrortest.Open(t, mirrortest.Places()))
		require.NoError(t, m.Wait(t.Context()))
		_, err := m.View("1946")
		require.True(t, fault.Is(err, "election-not-found"))
		require.Len(t, m.Views(), 1)
	})
}

func TestANotificationThatWasLostIsMadeUpForWithinASecond(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := mirrortest.Open(t, mirrortest.Places())
		l.Deliver(func(tracker.Revision) mirrortest.Delivery { return mirrortest.Lost })
		m := start(t.Context(), l)
		require.NoError(t, m.Wait(t.Context()))
		finish(t, l, setup, "2021-01-10")
		time.Sleep(time.Second)
		synctest.Wait()
		require.Equal(t, tracker.Done, milestone(t, view(t, m), setup).Work)
	})
}

func TestAMirrorWhoseConnectionWasCutCatchesUpAsSoonAsItListensAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := mirrortest.Open(t, mirrortest.Places())
		m := start(t.Context(), l)
		require.NoError(t, m.Wait(t.Context()))
		synctest.Wait()
		l.Cut()
		finish(t, l, setup, "2021-01-10")
		time.Sleep(100 * time.Millisecond)
		synctest.Wait()
		require.Equal(t, tracker.Done, milestone(t, view(t, m), setup).Work)
	})
}

func TestAMirrorThatCannotAskForTheHeadIsNotReadyUntilItCanAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := mirrortest.Open(t, mirrortest.Places())
		m := start(t.Context(), l)
		require.NoError(t, m.Wait(t.Context()))
		l.Break(errAway)
		time.Sleep(2 * time.Second)
		require.NoError(t, m.Ready(), "within the bound")
		time.Sleep(2 * time.Second)
		age, known := m.Age()
		require.True(t, known)
		require.Greater(t, age, 3*time.Second)
		require.LessOrEqual(t, age, 4*time.Second)
		err := m.Ready()
		require.True(t, fault.Is(err, "mirror-stale"))
		require.ErrorIs(t, err, errAway)
		_, err = m.View(mirrortest.ID)
		require.NoError(t, err, "it still has what it has")
		require.True(t, fault.Is(m.Fresh(), "mirror-stale"), "and says that it is old")
		l.Break(nil)
		time.Sleep(1100 * time.Millisecond)
		require.NoError(t, m.Ready())
	})
}

func TestApplyFetchesWhatIsMissingAndPassesOverWhatIsKnown(t *testing.T) {
	t.Parallel()
	l := mirrortest.Open(t, mirrortest.Places())
	m := mirror.New(l, mirror.Options{Now: time.Now})
	require.NoError(t, m.Apply(t.Context(), l.All()))
	first := finish(t, l, setup, "2021-01-10")
	second := finish(t, l, national, "2021-01-10")

	require.NoError(t, m.Apply(t.Context(), second))
	require.Equal(t, tracker.Done, milestone(t, view(t, m), setup).Work, "what came between was fetched")
	require.Equal(t, tracker.Done, milestone(t, view(t, m), national).Work)

	now := view(t, m)
	require.NoError(t, m.Apply(t.Context(), first))
	require.Same(t, now, view(t, m))
	require.Equal(t, 1, l.Loads())
}

func TestAChangeThatDoesNotFitMakesTheMirrorReadTheElectionAnew(t *testing.T) {
	t.Parallel()
	l := mirrortest.Open(t, mirrortest.Places())
	m := mirror.New(l, mirror.Options{Now: time.Now})
	require.NoError(t, m.Apply(t.Context(), l.All()))
	changes := finish(t, l, setup, "2021-01-10")
	changes[0].Milestone.Key = "no_such_rule"

	require.NoError(t, m.Apply(t.Context(), changes))
	require.Equal(t, 2, l.Loads())
	require.Equal(t, tracker.Done, milestone(t, view(t, m), setup).Work)
}

func TestADatabaseThatWasRestoredIsReadAnew(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := mirrortest.Open(t, mirrortest.Places())
		finish(t, l, setup, "2021-01-10")
		finish(t, l, national, "2021-01-10")
		m := start(t.Context(), l)
		require.NoError(t, m.Wait(t.Context()))
		l.Rewind(t, 2)
		time.Sleep(time.Second)
		synctest.Wait()
		require.Equal(t, tracker.NotStarted, milestone(t, view(t, m), national).Work)
		require.Equal(t, tracker.Done, milestone(t, view(t, m), setup).Work)
	})
}

func TestALocalPlansMilestonesAreThereFromTheDayItWasMade(t *testing.T) {
	t.Parallel()
	l := mirrortest.Open(t, mirrortest.Places())
	l.PassTo(civil.Must("2021-01-25"))
	_, err := l.Do(func(a *tracker.Act) error {
		return a.AddPlan(tracker.Plan{Key: "p", Area: "058", Lines: []tracker.PlanLine{{
			Key: "conference", Phase: "direction", Nature: "event", Areas: []area.Code{"058"},
		}}}, civil.Must("2021-01-14"))
	})
	require.NoError(t, err)
	v := l.View(t)
	i := index(t, v, setup)
	_, there := v.Milestone(i, "conference", 0)
	require.True(t, there)
	n := len(v.Board(i).Milestones())
	for day, want := range map[string]int{"2021-01-13": n - 1, "2021-01-14": n} {
		b, err := v.AsOf(i, civil.Must(day), time.Time{})
		require.NoError(t, err)
		require.Len(t, b.Milestones(), want, day)
	}
	known, err := v.AsOf(i, civil.Must("2021-01-14"), civil.Must("2021-01-20").At(civil.Clock{}, mirrortest.Zone))
	require.NoError(t, err)
	require.Len(t, known.Milestones(), n-1, "it was recorded on the 25th")
}

// What a report above moved is gone from the past of a place below once the
// report is taken back, even where nothing is written in that place any more.
func TestA35AReportAboveThatIsTakenBackMendsThePastsBelow(t *testing.T) {
	t.Parallel()
	list := mirrortest.Places()
	at := func(code area.Code) int { i, _ := list.Index(code); return i }
	below, above := at("01840"), at("058")
	require.Equal(t, above, list.Parent(below))
	l := mirrortest.Open(t, list)
	m := mirror.New(l, mirror.Options{Now: time.Now})
	require.NoError(t, m.Apply(t.Context(), l.All()))
	opened := view(t, m).Board(below).Milestones()[0]
	other := opened.Dates
	other.Latest.Day = civil.Must("2021-04-01")
	r := tracker.Revision(1)
	enter := func(c tracker.Change) {
		r++
		c.Election, c.Revision, c.Happened = mirrortest.ID, r, civil.Must("2021-02-01").Add(int(r))
		if c.Cause == 0 {
			c.Cause = r
		}
		require.NoError(t, m.Apply(t.Context(), []tracker.Change{c}))
	}
	var district tracker.Change // a report on whatever there is to report on
	for _, x := range view(t, m).Board(above).Milestones() {
		if x.TasksTotal == 1 {
			district = reportOn(view(t, m).ID(above, &x), &x, 1)
			break
		}
	}
	say := func(work tracker.Work, on string) {
		c := district
		task := *c.After.Task
		task.Status, task.DoneOn = work, civil.Date{}
		if on != "" {
			task.DoneOn = civil.Must(on)
		}
		c.After.Task = &task
		enter(c)
	}
	move := func(d tracker.Dates, cause tracker.Revision) {
		s := &tracker.MilestoneState{NotBefore: d.NotBefore, Latest: d.Latest, NotBeforeFrom: d.NotBeforeFrom, LatestFrom: d.LatestFrom}
		enter(tracker.Change{Kind: tracker.MilestoneMoved, Milestone: view(t, m).ID(below, &opened), Cause: cause, After: tracker.State{Milestone: s}})
	}
	dates := func() tracker.Dates {
		all, err := view(t, m).Past(civil.Must("2021-02-04")).Milestones(below)
		require.NoError(t, err)
		return all[0].Dates
	}

	say(tracker.Done, "2021-02-02") // revision 2
	move(other, 2)                  // on 4 February
	move(opened.Dates, 0)           // by something else, on the 5th
	require.Equal(t, other, dates())
	say(tracker.InProgress, "")
	require.Equal(t, opened.Dates, dates(), "the report that moved it never was")
}

func TestReadersSeeOneRevisionWhileOthersWrite(t *testing.T) {
	t.Parallel()
	l := mirrortest.Open(t, mirrortest.Places())
	m := mirror.New(l, mirror.Options{Now: time.Now})
	require.NoError(t, m.Apply(t.Context(), l.All()))
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			last := tracker.Revision(0)
			for {
				select {
				case <-stop:
					return
				default:
				}
				v := view(t, m)
				if v.Revision() < last {
					t.Error("a reader was led back")
				}
				last = v.Revision()
				for i := range v.Frame().List.Len() {
					if v.Board(i).Revision() > v.Revision() {
						t.Error("a board is newer than its view")
					}
				}
				if _, err := v.AsOf(index(t, v, setup), civil.Must("2021-01-10"), time.Time{}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for n := range 200 {
		id := setup
		changes, err := l.Do(func(a *tracker.Act) error {
			r, err := a.Record(id)
			if err != nil {
				return err
			}
			work := tracker.To(tracker.InProgress)
			if n%2 == 1 {
				work = tracker.To(tracker.NotStarted)
			}
			_, err = a.UpdateTask(tracker.TaskCommand{ID: id, Task: r.Tasks[0].Key, If: r.Tasks[0].Revision, Status: work})
			return err
		})
		require.NoError(t, err)
		require.NoError(t, m.Apply(t.Context(), changes))
	}
	close(stop)
	readers.Wait()
}

func TestWhatIsWrittenOfAnOriginIsMadeOnceAndGoesWithIt(t *testing.T) {
	t.Parallel()
	l := mirrortest.Open(t, mirrortest.Places())
	v := l.View(t)
	calls := 0
	write := func(o *mirror.Origin) ([]byte, error) {
		calls++
		return []byte(o.Key), nil
	}
	o, ok := v.OriginOf(setup.Key)
	require.True(t, ok)
	_, err := o.Written(func(*mirror.Origin) ([]byte, error) { return nil, errAway })
	require.ErrorIs(t, err, errAway)
	for range 3 {
		b, err := o.Written(write)
		require.NoError(t, err)
		require.Equal(t, string(setup.Key), string(b))
	}
	require.Equal(t, 1, calls)
	again, _ := l.View(t).OriginOf(setup.Key) // read anew
	_, err = again.Written(write)
	require.NoError(t, err)
	require.Equal(t, 2, calls, "nothing is kept beside the origin")
}

// slowly takes its time to hand over a whole election.
type slowly struct {
	*mirrortest.Log
	wait time.Duration
}

func (s *slowly) Snapshot(ctx context.Context, e tracker.ElectionID, milestone func(*tracker.Milestone) error, change func(*tracker.Change) error) (mirror.Snapshot, error) {
	time.Sleep(s.wait)
	return s.Log.Snapshot(ctx, e, milestone, change)
}

func TestWhileAnElectionIsReadAnewWhatWasBeforeIsFreshAsLongAsTheSourceAnswers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &slowly{Log: mirrortest.Open(t, mirrortest.Places())}
		finish(t, s.Log, setup, "2021-01-10")
		finish(t, s.Log, national, "2021-01-10")
		m := mirror.New(s, mirror.Options{Now: time.Now})
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		go func() { _ = m.Run(ctx) }()
		require.NoError(t, m.Wait(ctx))
		hears, ask := m.Hears()
		require.True(t, hears)
		require.Equal(t, time.Second, ask)

		s.wait = 20 * time.Second
		s.Rewind(t, 2)
		time.Sleep(10 * time.Second)
		require.NoError(t, m.Fresh())
		require.NoError(t, m.Ready(), "else all servers would go at once")
		require.Equal(t, tracker.Done, milestone(t, view(t, m), national).Work, "as before")
		s.Break(errAway)
		time.Sleep(4 * time.Second)
		require.True(t, fault.Is(m.Fresh(), "mirror-stale"))
		s.Break(nil)
		time.Sleep(20 * time.Second)
		require.NoError(t, m.Fresh())
	})
}
