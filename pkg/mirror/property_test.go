package mirror_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/mirror"
	"tiendo/pkg/mirror/mirrortest"
	"tiendo/pkg/tracker"
)

var errAway = errors.New("the database is away")

// act does one random thing to the log, some time later. Refusals change nothing.
func act(t *rapid.T, l *mirrortest.Log, n int) []tracker.Change {
	l.Pass(time.Duration(rapid.IntRange(1, 60*60*60).Draw(t, "seconds later")) * time.Second)
	today := civil.Of(l.Now(), mirrortest.Zone)
	if rapid.IntRange(0, 19).Draw(t, "amend") == 0 {
		changes, err := l.Amend(mirrortest.Amendment(t, l.Frame(), n+2))
		if err != nil {
			return nil
		}
		return changes
	}
	changes, err := l.Do(mirrortest.Act(t, l.Frame(), today, l.Records(), n))
	if err != nil {
		return nil
	}
	return changes
}

// same says that two views show the same in every place, today and earlier.
func same(t require.TestingT, want, got *mirror.View) {
	require.Equal(t, want.Revision(), got.Revision())
	require.Equal(t, want.StateRevision(), got.StateRevision())
	require.Equal(t, want.Redrawn(), got.Redrawn())
	require.Equal(t, want.Frame().Election, got.Frame().Election)
	require.Equal(t, want.Len(), got.Len())
	require.Equal(t, want.Plans(), got.Plans())
	require.ElementsMatch(t, want.Papers().Bodies, got.Papers().Bodies)
	require.ElementsMatch(t, want.Papers().Documents, got.Papers().Documents)
	for _, day := range []string{"", "2021-01-12", "2021-02-10"} {
		var at civil.Date
		if day != "" {
			at = civil.Must(day)
		}
		require.Equal(t, want.StateAsOf(at, time.Time{}), got.StateAsOf(at, time.Time{}), day)
	}
	list := want.Frame().List
	for i := range list.Len() {
		a, b := want.VotingOf(list.At(i).Code), got.VotingOf(list.At(i).Code)
		require.Equal(t, a, b)
		sameBoard(t, want.Board(i), got.Board(i))
		require.Equal(t, courses(t, want, i), courses(t, got, i))
		for _, day := range []string{"", "2021-01-12", "2021-02-10"} {
			sameBoard(t, asOf(t, want, i, day), asOf(t, got, i, day))
		}
	}
}

func courses(t require.TestingT, v *mirror.View, i int) []mirror.Course {
	all, err := v.Courses(i)
	require.NoError(t, err)
	for k := range all {
		m := &v.Board(i).Milestones()[k]
		last := all[k].Last()
		require.Equal(t, m.Dates, last.Dates, "a course ends where the milestone is")
		require.Equal(t, m.Planned, last.Planned)
		require.Equal(t, m.Work == tracker.Cancelled, last.Cancelled)
	}
	return all
}

func sameBoard(t require.TestingT, want, got *mirror.Board) {
	require.Equal(t, want.Revision(), got.Revision())
	require.Len(t, got.Milestones(), len(want.Milestones()))
	for k := range want.Milestones() {
		a, b := &want.Milestones()[k], &got.Milestones()[k]
		if *a != *b || want.Scope(a) != got.Scope(b) { // comparing by reflection is slow
			require.Equal(t, *a, *b)
			require.Equal(t, want.Scope(a), got.Scope(b))
		}
	}
}

func asOf(t require.TestingT, v *mirror.View, i int, day string) *mirror.Board {
	var d civil.Date
	if day != "" {
		d = civil.Must(day)
	}
	b, err := v.AsOf(i, d, time.Time{})
	require.NoError(t, err)
	return b
}

// holds says that an area's board shows just what a ledger has of the area.
func holds(t require.TestingT, v *mirror.View, i int, b *mirror.Board, ledger tracker.Ledger) {
	n := 0
	code := v.Frame().List.At(i).Code
	for id, r := range ledger {
		if id.Area != code {
			continue
		}
		n++
		o, ok := v.OriginOf(id.Key)
		require.True(t, ok, id)
		m, ok := b.Find(o.Ref, id.Occurrence)
		require.True(t, ok, id)
		require.Equal(t, id, v.ID(i, m))
		sameMilestone(t, r, m, b)
	}
	require.Len(t, b.Milestones(), n)
}

func sameMilestone(t require.TestingT, r *tracker.Record, m *mirror.Milestone, b *mirror.Board) {
	is := r.Milestone
	want := mirror.Milestone{
		Dates: is.Dates, Progress: is.Progress, Planned: is.Planned, Standing: is.Standing, Silent: is.Silent,
		Revision: is.Revision, Ref: m.Ref, Occurrence: uint16(is.ID.Occurrence), TasksTotal: uint16(len(r.Tasks)),
	}
	for _, task := range r.Tasks {
		if !task.Status.Open() {
			want.TasksDone++
		}
	}
	if want != *m || is.Scope != b.Scope(m) { // comparing by reflection is slow
		require.Equal(t, want, *m, is.ID)
		require.Equal(t, is.Scope, b.Scope(m), is.ID)
	}
}

// fold makes the ledger of all areas from what the log has up to a day and an
// instant, in the plainest way.
func fold(t require.TestingT, l *mirrortest.Log, day civil.Date, known time.Time) tracker.Ledger {
	list := l.Frame().List
	codes := make([]area.Code, list.Len())
	for i := range codes {
		codes[i] = list.At(i).Code
	}
	ledger, err := l.Opening().Follow(codes...)
	require.NoError(t, err)
	log := slices.DeleteFunc(slices.Clone(l.All()), func(c tracker.Change) bool {
		return !known.IsZero() && c.Recorded.After(known)
	})
	gone := tracker.Withdrawn(log)
	for _, c := range log {
		if day.IsZero() || (!c.Happened.After(day) && !gone[c.Revision]) {
			ledger.Apply(&c)
		}
	}
	return ledger
}

func TestFollowingTheLogEqualsLoadingItAndFoldingIt(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := mirrortest.Open(t, mirrortest.Places())
		m := mirror.New(l, mirror.Options{Now: time.Now})
		ctx := context.Background()
		require.NoError(t, m.Apply(ctx, l.All()), "an election that is new is read")
		for n := range rapid.IntRange(0, 12).Draw(t, "acts before") {
			require.NoError(t, m.Apply(ctx, act(t, l, n)))
		}
		early, earlyFresh := view(t, m), l.View(t)
		for n := range rapid.IntRange(1, 12).Draw(t, "acts after") {
			require.NoError(t, m.Apply(ctx, act(t, l, 100+n)))
		}
		followed := view(t, m)

		same(t, l.View(t), followed)
		if len(followed.Frames()) == 1 {
			require.Equal(t, 3, l.Loads(), "one by the mirror, two here")
		}
		same(t, earlyFresh, early) // a view does not change under its reader
		ledger := fold(t, l, civil.Date{}, time.Time{})
		for i := range followed.Frame().List.Len() {
			holds(t, followed, i, followed.Board(i), ledger)
		}
	})
}

func TestA35AsOfADayIsTheFoldOfWhatHadHappenedAndWasKnown(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := mirrortest.Open(t, mirrortest.Places())
		for n := range rapid.IntRange(1, 25).Draw(t, "acts") {
			act(t, l, n)
		}
		v := l.View(t)
		today := civil.Of(l.Now(), mirrortest.Zone)
		day := today.Add(-rapid.IntRange(0, 60).Draw(t, "days ago"))
		var known time.Time
		if rapid.Bool().Draw(t, "only what was known") {
			known = l.Now().Add(-time.Duration(rapid.IntRange(0, 1000).Draw(t, "hours ago")) * time.Hour)
		}
		ledger := fold(t, l, day, known)
		for i := range v.Frame().List.Len() {
			b, err := v.AsOf(i, day, known)
			require.NoError(t, err)
			holds(t, v, i, b, ledger)

			present, err := v.AsOf(i, today, time.Time{})
			require.NoError(t, err)
			sameBoard(t, v.Board(i), present)
		}
	})
}

// What is read off the past is held against two folds: the plainest one here, and
// that of the mirror, which an instant asks for.
func TestA35ThePastIsTheFoldOnAnyDayHoweverItCameToBe(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := mirrortest.Open(t, mirrortest.Places())
		m := mirror.New(l, mirror.Options{Now: time.Now})
		require.NoError(t, m.Apply(context.Background(), l.All()))
		for n := range rapid.IntRange(1, 25).Draw(t, "acts") {
			require.NoError(t, m.Apply(context.Background(), act(t, l, n)))
			if rapid.IntRange(0, 3).Draw(t, "looked back") == 0 {
				// Makes pasts that later acts, there or above, have to make good.
				everyDay(t, l, view(t, m), civil.Of(l.Now(), mirrortest.Zone).Add(-rapid.IntRange(0, 60).Draw(t, "days ago")))
			}
		}
		last := civil.Of(l.Now(), mirrortest.Zone)
		every := rapid.IntRange(1, 6).Draw(t, "days between looks")
		for day := last; !day.Before(mirrortest.Opened.Add(-45)); day = day.Add(-every) {
			everyDay(t, l, view(t, m), day)
		}
	})
}

func everyDay(t require.TestingT, l *mirrortest.Log, v *mirror.View, day civil.Date) {
	ledger, past := fold(t, l, day, time.Time{}), v.Past(day)
	byInstant := v.Revision()%2 == 0 // every other time: it is slow
	if byInstant {
		tasksAsOf(t, l, ledger, day)
	}
	for i := range v.Frame().List.Len() {
		b, err := v.AsOf(i, day, time.Time{})
		require.NoError(t, err)
		holds(t, v, i, b, ledger)
		all, err := past.Milestones(i)
		require.NoError(t, err)
		require.True(t, slices.Equal(b.Milestones(), all))
		if byInstant {
			folded, err := v.AsOf(i, day, l.Now().Add(time.Hour))
			require.NoError(t, err)
			sameBoard(t, folded, b)
		}
	}
}

func TestA12AnEarlierRevisionIsWhatAViewOfThenShowed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := mirrortest.Open(t, mirrortest.Places())
		views := []*mirror.View{l.View(t)}
		for n := range rapid.IntRange(1, 20).Draw(t, "acts") {
			act(t, l, n)
			views = append(views, l.View(t))
		}
		now := views[len(views)-1]
		then := rapid.SampledFrom(views).Draw(t, "then")
		var day civil.Date
		if rapid.Bool().Draw(t, "of a day") {
			day = civil.Of(l.Now(), mirrortest.Zone).Add(-rapid.IntRange(0, 40).Draw(t, "days ago"))
		}
		require.Equal(t, then.StateAsOf(day, time.Time{}), now.StateAtRevision(then.Revision(), day))
		for i := range now.Frame().List.Len() {
			want, err := then.AsOf(i, day, time.Time{})
			require.NoError(t, err)
			if day.IsZero() {
				want = then.Board(i)
			}
			got, err := now.AtRevision(i, then.Revision(), day)
			require.NoError(t, err)
			sameBoard(t, want, got)
		}
	})
}

// tasksAsOf holds the tasks that a milestone's own history gives against a ledger.
func tasksAsOf(t require.TestingT, l *mirrortest.Log, ledger tracker.Ledger, day civil.Date) {
	histories := map[tracker.MilestoneID][]tracker.Change{}
	created := map[tracker.MilestoneID]tracker.Revision{}
	for _, c := range l.All() {
		switch c.Kind {
		case tracker.PlanAdded:
			for r := range c.After.Plan.Records(c.Revision) {
				created[r.Milestone.ID] = c.Revision
			}
		case tracker.MilestoneOccurred, tracker.MilestoneAdded:
			created[c.Milestone] = c.Revision
		}
		histories[c.Milestone] = append(histories[c.Milestone], c)
	}
	for _, r := range l.Records() {
		then := ledger[r.Milestone.ID]
		if then == nil {
			continue // it was not there yet
		}
		want := map[tracker.TaskKey]tracker.Task{}
		for _, task := range then.Tasks {
			want[task.Key] = task
		}
		got := map[tracker.TaskKey]tracker.Task{}
		for _, task := range r.TasksAsOf(max(1, created[r.Milestone.ID]), histories[r.Milestone.ID], day, time.Time{}) {
			got[task.Key] = task
		}
		if len(want) > 0 || len(got) > 0 {
			require.Equal(t, want, got, r.Milestone.ID)
		}
	}
}

// However much is fetched at once, and wherever a page ends: an act is seen whole or
// not at all.
func TestAnActIsSeenWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := mirrortest.Open(t, mirrortest.Places())
		var seen []tracker.Revision
		m := mirror.New(l, mirror.Options{
			Now: time.Now, Page: rapid.IntRange(1, 5).Draw(t, "page"),
			Told: []func(mirror.Step){func(s mirror.Step) { seen = append(seen, s.After.Revision()) }},
		})
		require.NoError(t, m.Apply(t.Context(), l.All()))
		for n := range rapid.IntRange(1, 12).Draw(t, "acts") {
			act(t, l, n)
			if all := l.All(); rapid.Bool().Draw(t, "hears") {
				require.NoError(t, m.Apply(t.Context(), all[len(all)-1:])) // what came before is fetched
			}
		}
		all := l.All()
		require.NoError(t, m.Apply(t.Context(), all[len(all)-1:]))
		require.Equal(t, tracker.Revision(len(all)), view(t, m).Revision())
		for _, r := range seen {
			require.True(t, int(r) == len(all) || all[r].Cause == all[r].Revision, "a view ends within the act of revision %d", r)
		}
	})
}

func TestMirrorsThatAreToldBadlyEndEqualToAFreshLoad(t *testing.T) {
	t.Parallel()
	// In the bubble time passes only while everybody waits.
	synctest.Test(t, func(t *testing.T) { rapid.Check(bubble{t}, toldBadly) })
}

// bubble hides the deadline of a test, which may not be asked for in a bubble.
type bubble struct{ testing.TB }

// toldBadly lets two servers work on one log whose notifications get lost, come
// late or twice, and whose connections break.
func toldBadly(t *rapid.T) {
	l := mirrortest.Open(t, mirrortest.Places())
	l.Deliver(func(tracker.Revision) mirrortest.Delivery {
		return mirrortest.Delivery(rapid.IntRange(0, 3).Draw(t, "delivery"))
	})
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	servers := []*mirror.Mirror{start(ctx, l), start(ctx, l)}
	for n := range rapid.IntRange(1, 15).Draw(t, "acts") {
		trouble(t, l)
		own := servers[rapid.IntRange(0, 1).Draw(t, "server")]
		if changes := act(t, l, n); len(changes) > 0 && own.Apply(ctx, changes) == nil {
			require.GreaterOrEqual(t, view(t, own).Revision(), changes[len(changes)-1].Revision, "one's own change is there at once")
		}
		time.Sleep(time.Duration(rapid.IntRange(0, 1500).Draw(t, "milliseconds")) * time.Millisecond)
	}
	l.Break(nil)
	time.Sleep(5 * time.Second)
	fresh := l.View(t)
	for _, m := range servers {
		require.NoError(t, m.Ready())
		same(t, fresh, view(t, m))
	}
	stop()
	synctest.Wait()
}

// start runs a mirror until ctx ends.
func start(ctx context.Context, source mirror.Source) *mirror.Mirror {
	m := mirror.New(source, mirror.Options{Now: time.Now})
	go func() { _ = m.Run(ctx) }()
	return m
}

func view(t require.TestingT, m *mirror.Mirror) *mirror.View {
	v, err := m.View(mirrortest.ID)
	require.NoError(t, err)
	return v
}

// trouble cuts listeners off, breaks the source or mends it.
func trouble(t *rapid.T, l *mirrortest.Log) {
	switch rapid.IntRange(0, 9).Draw(t, "trouble") {
	case 0, 1:
		l.Cut()
	case 2:
		l.Break(errAway)
	case 3, 4:
		l.Break(nil)
	}
}
