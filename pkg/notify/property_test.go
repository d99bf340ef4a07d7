package notify_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/mirror"
	"tiendo/pkg/mirror/mirrortest"
	"tiendo/pkg/notify"
	"tiendo/pkg/tracker"
)

// spell is a stretch of time over which a milestone is overdue without a break.
type spell struct {
	begun time.Time
	// acted: somebody was at it at some time of the spell.
	acted bool
	told  map[access.UserID]int
}

// witness looks at the country hour after hour and says what must have been told,
// without knowing how that is found out.
type witness struct {
	*simulation
	ran     bool // the election was open for work when last looked at
	overdue map[tracker.MilestoneID]*spell
	days    map[string]bool // "user day" of digests
}

// looks notes which milestones are overdue, and judges those that no longer are.
func (w *witness) looks() {
	running := w.view.Frame().Election.State == tracker.Running
	begun := w.now
	if !w.ran {
		begun = time.Time{} // as far as anybody knows, since before it was opened
	}
	w.ran = running
	moment := civil.Now(w.now, zone)
	for i := range w.view.Frame().List.Len() {
		for k := range w.view.Board(i).Milestones() {
			m := &w.view.Board(i).Milestones()[k]
			id := w.view.ID(i, m)
			late := running && w.view.Origin(m).Nature.CanBeLate() && m.Work.Open() && (!m.Silent || m.Work != tracker.NotStarted) &&
				!m.Latest.IsZero() && m.Latest.PassedAt(moment)
			switch was := w.overdue[id]; {
			case late && was == nil:
				w.overdue[id] = &spell{begun: begun, told: map[access.UserID]int{}}
			case !late && was != nil:
				w.judge(id, was)
				delete(w.overdue, id)
			}
			if s := w.overdue[id]; s != nil && touched(m) {
				s.acted = true
			}
		}
	}
}

// touched says of what is open that somebody is at it.
func touched(m *mirror.Milestone) bool {
	return (m.Work == tracker.InProgress || m.Work == tracker.Blocked) && m.Standing != tracker.Returned
}

// judge holds what was told of a spell against what it should have been: once each
// to those who lead the level above, if it lasted over the morning of the day after
// and nobody was at it.
func (w *witness) judge(id tracker.MilestoneID, s *spell) {
	list := w.view.Frame().List
	i, _ := list.Index(id.Area)
	for _, user := range w.above(list, i) {
		require.LessOrEqual(w.t, s.told[user], 1, "%s was told twice of %v", user, id)
		if !s.acted && s.begun.After(mirrortest.Opened.At(civil.NewClock(23, 0), zone)) && w.now.Sub(s.begun) > 72*time.Hour {
			require.Equal(w.t, 1, s.told[user], "%s was not told of %v, overdue since %s until %s", user, id, s.begun, w.now)
		}
	}
}

// above says once more, in the plainest way, who leads the level above.
func (w *witness) above(list *area.List, i int) []access.UserID {
	for at := max(0, list.Parent(i)); at >= 0; at = list.Parent(at) {
		var all []access.UserID
		for _, p := range w.people {
			for _, g := range p.Grants {
				if g.Area == list.At(at).Code && g.Role >= access.Lead {
					all = append(all, p.User)
				}
			}
		}
		if len(all) > 0 {
			return all
		}
	}
	return nil
}

func (w *witness) hears(d *notify.Digest) {
	require.False(w.t, d.At.Clock.Minutes() < 7*60 || d.At.Clock.Minutes() >= 20*60, "%s is told something at %s", d.User, d.At.Clock)
	key := fmt.Sprintf("%s %s", d.User, d.At.Day)
	require.False(w.t, w.days[key], "twice on one day: %s", key)
	w.days[key] = true
	require.NotEmpty(w.t, d.Parts)
	lines := d.Lines("")
	require.Less(w.t, len(lines), 200)
	for _, p := range d.Parts {
		require.Equal(w.t, tracker.Running, p.Frame.Election.State, "nothing of what is not open")
		require.NotEmpty(w.t, len(p.Items)+len(p.Shifts))
		for _, x := range p.Items {
			w.holds(d, &x)
		}
	}
}

// holds says of one item that it is so.
func (w *witness) holds(d *notify.Digest, x *notify.Item) {
	r := w.record(x.ID.Area, x.ID.Key, x.ID.Occurrence)
	require.True(w.t, r.Milestone.Work.Open(), "%v is told of after it was done", x.ID)
	moment := civil.Now(w.now, zone)
	if x.Why != notify.SentBack && r.Milestone.Standing != tracker.Returned {
		require.Equal(w.t, tracker.NotStarted, r.Milestone.Work, "%v is told of while somebody is at it", x.ID)
	}
	switch x.Why {
	case notify.Escalated:
		require.True(w.t, r.Milestone.Latest.PassedAt(moment))
		if s := w.overdue[x.ID]; s != nil {
			s.told[d.User]++
		}
	case notify.Today:
		require.Equal(w.t, moment.Day, r.Milestone.Latest.Day)
		require.False(w.t, r.Milestone.Latest.PassedAt(moment))
	case notify.Ahead:
		require.False(w.t, r.Milestone.Latest.PassedAt(moment))
	case notify.SentBack:
		require.Equal(w.t, tracker.Returned, r.Milestone.Standing)
	}
}

// Whatever people do: nobody gets two digests on a day or one at night, nothing is
// told of what is done or of an election that is closed, and each time that
// something is overdue whoever leads the level above hears of it, and once.
func TestRemindersKeepTheirRulesWhateverPeopleDo(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		list := bacKan()
		var people []notify.Person
		for k := range rapid.IntRange(1, 6).Draw(t, "people") {
			roles := map[area.Code]access.Role{}
			for range rapid.IntRange(1, 2).Draw(t, "roles") {
				code := list.At(rapid.IntRange(0, list.Len()-1).Draw(t, "place")).Code
				roles[code] = rapid.SampledFrom([]access.Role{access.Viewer, access.Reporter, access.Lead, access.Lead}).Draw(t, "role")
			}
			p := person(fmt.Sprintf("user-%d", k), roles)
			p.Days = rapid.SliceOfNDistinct(rapid.IntRange(0, 14), 0, 4, rapid.ID[int]).Draw(t, "days")
			people = append(people, p)
		}
		w := &witness{
			simulation: newSimulation(t, list, people...), overdue: map[tracker.MilestoneID]*spell{}, days: map[string]bool{},
		}
		w.goes = w.hears
		start := civil.Must("2021-01-10").Add(rapid.IntRange(0, 100).Draw(t, "begins"))
		w.now = start.At(civil.NewClock(8, 0), zone)
		w.log.PassTo(start)
		w.look = notify.Look{At: w.now, Revisions: map[tracker.ElectionID]tracker.Revision{mirrortest.ID: 1}}
		w.looks()
		for n := range rapid.IntRange(10, 30).Draw(t, "acts") {
			act := mirrortest.Act(t, w.log.Frame(), civil.Of(w.log.Now(), zone), w.log.Records(), n)
			_, _ = w.log.Do(act)
			w.sees() // what is overdue no longer may be so again before the next step
			for range rapid.IntRange(1, 20).Draw(t, "steps") {
				w.pass(rapid.SampledFrom([]time.Duration{time.Hour, 3 * time.Hour}).Draw(t, "hours"))
			}
		}
	})
}

// pass is one step: the country is looked at before anything is told of it.
func (w *witness) pass(d time.Duration) {
	w.now = w.now.Add(d)
	w.log.Pass(w.now.Sub(w.log.Now()))
	w.sees()
	w.plan()
}

// sees looks at the country as it stands by the log.
func (w *witness) sees() {
	if all := w.log.All(); all[len(all)-1].Revision != w.view.Revision() {
		w.view = w.log.View(w.t)
	}
	w.looks()
}
