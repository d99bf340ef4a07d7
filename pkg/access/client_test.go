package access

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func TestAClientsIntervalIsThatOfAskingForTheSameThingAgain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		every := time.Duration(rapid.IntRange(2, 7*24*3600).Draw(t, "seconds")) * time.Second
		things := rapid.IntRange(1, 50).Draw(t, "things")
		turns := rapid.IntRange(5, 12).Draw(t, "turns")
		var c Client
		now := noon
		for range turns {
			for thing := range things { // all of them within a second
				c.Note(now.Add(time.Duration(thing)*time.Millisecond), Asked{Address: uint64(thing + 1), Status: 304})
			}
			now = now.Add(every)
		}
		require.Equal(t, every, c.rhythm.interval())
	})
}

func TestAClientThatIsLateOnceKeepsItsInterval(t *testing.T) {
	t.Parallel()
	var c Client
	now := noon
	for _, gap := range []time.Duration{60, 61, 59, 600, 60} {
		c.Note(now, Asked{Address: 1, Status: 200})
		now = now.Add(gap * time.Second)
	}
	require.Equal(t, 61*time.Second, c.rhythm.interval(), "of four that are known")
	c.Note(now, Asked{Address: 1, Status: 200})
	require.Equal(t, 60*time.Second, c.rhythm.interval())
}

func TestWhoReadsHereAndThereHasNoInterval(t *testing.T) {
	t.Parallel()
	var c Client
	for i := range 100 {
		c.Note(noon.Add(time.Duration(i)*time.Second), Asked{Address: uint64(i), Status: 200})
	}
	require.Zero(t, c.rhythm.interval())
	u, counted := c.take(noon)
	require.True(t, counted)
	require.Equal(t, Counts{Whole: 100}, u.Count)
	require.Zero(t, u.Interval)
}

func TestWhatFailsAndWhatChangesIsNoRefresh(t *testing.T) {
	t.Parallel()
	var c Client
	c.Note(noon, Asked{Address: 1, Status: 503})
	c.Note(noon.Add(time.Second), Asked{Address: 1, Status: 404})
	c.Note(noon.Add(2*time.Second), Asked{Address: 1, Status: 201, Writes: true})
	u, _ := c.take(noon)
	require.Equal(t, Counts{Written: 1, Refused: 1, Broken: 1}, u.Count)
	require.Zero(t, u.Refreshed)
	require.Equal(t, 404, u.Failure)
	require.Equal(t, noon.Add(time.Second), u.Failed)
	require.Equal(t, noon.Add(2*time.Second), u.Used)
	_, counted := c.take(noon)
	require.False(t, counted, "once")
	c.restore(&u)
	again, _ := c.take(noon)
	require.Equal(t, u.Count, again.Count)
}

func TestNothingThatIsCountedAtOnceIsLost(t *testing.T) {
	t.Parallel()
	var c Client
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for i := range 1000 {
				c.Note(noon, Asked{Address: uint64(i), Status: []int{200, 304}[i%2]})
			}
		})
	}
	var sum Counts
	for range 100 {
		u, _ := c.take(noon)
		sum.Whole += u.Count.Whole
		sum.Unchanged += u.Count.Unchanged
	}
	all.Wait()
	c.touch(noon)
	u, _ := c.take(noon)
	require.Equal(t, Counts{Whole: 4000, Unchanged: 4000}, Counts{Whole: sum.Whole + u.Count.Whole, Unchanged: sum.Unchanged + u.Count.Unchanged})
}

func TestAClientIsStaleAfterThreeOfItsOwnIntervalsAndAMinuteAtLeast(t *testing.T) {
	t.Parallel()
	h := Health{Refreshed: noon, Interval: time.Minute}
	require.False(t, h.Stale(noon.Add(3*time.Minute)))
	require.True(t, h.Stale(noon.Add(3*time.Minute+time.Millisecond)))
	h.Interval = time.Second
	require.False(t, h.Stale(noon.Add(time.Minute)))
	require.True(t, h.Stale(noon.Add(time.Minute+time.Millisecond)))
	h.Interval = 0
	require.False(t, h.Stale(noon.AddDate(1, 0, 0)), "nobody knows how often it means to ask")
}

func BenchmarkNote(b *testing.B) {
	var c Client
	b.ReportAllocs()
	for b.Loop() {
		c.Note(noon, Asked{Address: 1, Status: 304})
	}
}
