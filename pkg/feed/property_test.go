package feed_test

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/feed"
	"tiendo/pkg/mirror"
	"tiendo/pkg/mirror/mirrortest"
	"tiendo/pkg/timeline"
	"tiendo/pkg/tracker"
)

// stored is a log that can be read in parts, as a database can.
type stored struct {
	*mirrortest.Log
	asked int // how often
}

func (s *stored) Head(context.Context, tracker.ElectionID) (tracker.Head, error) {
	all := s.All()
	return all[len(all)-1].Head(), nil
}

func (s *stored) ChangesWithin(_ context.Context, _ tracker.ElectionID, areas []area.Code, after, upto tracker.Revision, limit int) (found []tracker.Change, err error) {
	s.asked++
	for _, c := range s.All() {
		if c.Revision > after && c.Revision <= upto && c.NoteNumber() == 0 && len(found) < limit &&
			(areas == nil || slices.Contains(areas, c.Milestone.Area) || c.Kind == tracker.PlanAdded) {
			found = append(found, c)
		}
	}
	return found, nil
}

// server is a feed with the mirror that tells it.
type server struct {
	*feed.Feed
	mirror *mirror.Mirror
}

func start(t require.TestingT, l *stored, keep, read int) *server {
	s := &server{Feed: feed.New(l, feed.Options{Zone: mirrortest.Zone, Keep: keep, Read: read})}
	s.mirror = mirror.New(l, mirror.Options{Now: l.Now, Told: []func(mirror.Step){s.Told}})
	s.follow(t, l)
	return s
}

// follow lets the server hear of all that the log has.
func (s *server) follow(t require.TestingT, l *stored) {
	require.NoError(t, s.mirror.Apply(context.Background(), l.All()))
}

func (s *stored) now() civil.Cutoff { return civil.Now(s.Log.Now(), mirrortest.Zone) }

// client keeps a copy of a list.
type client struct {
	filter feed.Filter
	states string
	list   timeline.ListOptions
	rows   map[tracker.MilestoneID]timeline.ListItem
	at     feed.Position
}

func newClient(t *rapid.T, v *mirror.View) *client {
	c := &client{}
	c.filter.Area = rapid.IntRange(0, v.Frame().List.Len()-1).Draw(t, "area")
	c.filter.Own = rapid.IntRange(0, 3).Draw(t, "own") == 0
	c.list.Limit = 1 << 20
	if c.filter.Own {
		c.list.Reach = timeline.ReachOwn
	}
	if rapid.IntRange(0, 3).Draw(t, "one family") == 0 {
		c.filter.Family = rapid.SampledFrom(v.Frame().Rulebook.Families()).Draw(t, "family").Key
		c.list.Column = c.filter.Family
	}
	if rapid.Bool().Draw(t, "some states") {
		c.states = rapid.SampledFrom([]string{"late", "open", "done", "overdue,due_soon", "confirmed", "running,upcoming", "set_aside"}).Draw(t, "states")
		states, err := timeline.ParseListStates(c.states)
		require.NoError(t, err)
		c.filter.States, c.list.States = &states, states
	}
	return c
}

// fresh is what a list shows.
func (c *client) fresh(t require.TestingT, v *mirror.View, now civil.Cutoff) (map[tracker.MilestoneID]timeline.ListItem, feed.Position) {
	l, err := timeline.BuildList(v, c.filter.Area, now, c.list)
	require.NoError(t, err)
	rows := map[tracker.MilestoneID]timeline.ListItem{}
	for _, x := range l.Items {
		rows[x.ID] = plain(x)
	}
	return rows, feed.At(l.Revision, now.Day, timeline.MatrixTurn(v, c.filter.Area, now))
}

// plain leaves out what counts on from day to day, and what differs between two
// views that show the same.
func plain(x timeline.ListItem) timeline.ListItem {
	x.DaysLeft, x.HasDaysLeft, x.DaysBehind, x.HasDaysBehind = 0, false, 0, false
	o := x.Origin
	x.Origin = &mirror.Origin{
		Key: o.Key, Binding: o.Binding, Title: o.Title, Phase: o.Phase, PhaseOrder: o.PhaseOrder, Family: o.Family, Nature: o.Nature,
		Elections: o.Elections, Responsible: o.Responsible, ResponsibleText: o.ResponsibleText, OneSource: o.OneSource,
	}
	x.Milestone.Ref = 0
	return x
}

// refresh reads changes to their end, and holds their order.
func (c *client) refresh(t *rapid.T, s *server, l *stored, slowly bool) (entries []feed.Change) {
	for {
		text, err := json.Marshal(c.at)
		require.NoError(t, err)
		var from feed.Position
		require.NoError(t, json.Unmarshal(text, &from))
		limit := rapid.SampledFrom([]int{1, 2, 7, 1000}).Draw(t, "limit")
		p, err := s.Page(context.Background(), mirrortest.ID, &c.filter, from, l.now(), limit)
		require.NoError(t, err)
		require.LessOrEqual(t, len(p.Entries), limit)
		require.True(t, !p.More || len(p.Entries) == limit || p.Next.Revision > from.Revision, "it goes on")
		require.GreaterOrEqual(t, p.Next.Revision, from.Revision, "nobody is led back")
		for _, e := range p.Entries {
			require.LessOrEqual(t, e.Revision, p.Revision, "nothing is told behind the greatest revision")
			c.take(t, &e)
		}
		entries = append(entries, p.Entries...)
		c.at = p.Next
		if !p.More {
			return entries
		}
		if slowly && rapid.IntRange(0, 5).Draw(t, "time passes") == 0 {
			l.Pass(time.Duration(rapid.IntRange(1, 30).Draw(t, "hours")) * time.Hour)
		}
	}
}

func (c *client) take(t require.TestingT, e *feed.Change) {
	switch {
	case e.Milestone.Key == "" || e.Above:
	case e.Item != nil:
		require.Equal(t, e.Milestone, e.Item.ID)
		c.rows[e.Milestone] = plain(*e.Item)
	default:
		require.NotEqual(t, feed.NotRemoved, e.Removed)
		delete(c.rows, e.Milestone)
	}
}

// equals says that the copy is what a list shows.
func (c *client) equals(t require.TestingT, l *stored) {
	want, _ := c.fresh(t, l.View(t), l.now())
	for id, w := range want {
		got, there := c.rows[id]
		require.True(t, there, "%v is missing; states %q", id, c.states)
		require.Equal(t, w, got, "states %q", c.states)
	}
	for id, got := range c.rows {
		_, there := want[id]
		require.True(t, there, "%v is one too many; states %q: %+v", id, c.states, got)
	}
}

func TestA8_ASnapshotAndTheChangesBehindItAreAFreshSnapshot(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := &stored{Log: mirrortest.Open(t, mirrortest.Places())}
		keep := func() int { return rapid.SampledFrom([]int{4, 40, 0}).Draw(t, "kept") }
		read := func() int { return rapid.SampledFrom([]int{1, 3, 0, 0}).Draw(t, "read") }
		servers := []*server{start(t, l, keep(), read()), start(t, l, keep(), read())}
		n := 0
		act := func() {
			for range rapid.IntRange(0, 6).Draw(t, "acts") {
				n++
				change(t, l, n)
			}
			if rapid.IntRange(0, 4).Draw(t, "restart") == 0 {
				servers[rapid.IntRange(0, 1).Draw(t, "which")] = start(t, l, keep(), read())
			}
			for _, s := range servers {
				s.follow(t, l)
			}
		}
		act()
		c := newClient(t, l.View(t))
		c.rows, c.at = c.fresh(t, l.View(t), l.now())
		for range rapid.IntRange(1, 4).Draw(t, "refreshes") {
			act()
			c.refresh(t, servers[rapid.IntRange(0, 1).Draw(t, "asked")], l, true)
			c.refresh(t, servers[0], l, false) // what took its time is of an earlier moment
			c.equals(t, l)
		}
	})
}

// change does one random thing to the log, some time later. Refusals change nothing.
func change(t *rapid.T, l *stored, n int) {
	l.Pass(time.Duration(rapid.IntRange(1, 60*60*60).Draw(t, "seconds later")) * time.Second)
	if rapid.IntRange(0, 19).Draw(t, "amend") == 0 {
		_, _ = l.Amend(mirrortest.Amendment(t, l.Frame(), n+2))
		return
	}
	_, _ = l.Do(mirrortest.Act(t, l.Frame(), l.now().Day, l.Records(), n))
}
