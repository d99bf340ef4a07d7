package feed_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/fault"
	"tiendo/pkg/feed"
	"tiendo/pkg/mirror/mirrortest"
)

// waits takes as many places as a caller is given, and says why there were no more.
func waits(t *testing.T, f *feed.Feed, caller feed.Caller) (open []*feed.Listener, refused error) {
	t.Helper()
	for range 20_000 {
		l, err := f.Listen(mirrortest.ID, &feed.Filter{}, caller)
		if err != nil {
			return open, err
		}
		open = append(open, l)
	}
	require.Fail(t, "nobody is refused")
	return nil, nil
}

func TestFewWhoTakeAllTheyCanEndUpWithAsManyAsEachOther(t *testing.T) {
	t.Parallel()
	f := feed.New(nil, feed.Options{Zone: mirrortest.Zone})
	var open []*feed.Listener
	for n := range 10 {
		taken, err := waits(t, f, feed.Caller{Name: fmt.Sprint("greedy ", n)})
		require.True(t, fault.Is(err, "waiting-full") || fault.Is(err, "waiting-limited"))
		open = append(open, taken...)
	}
	require.Equal(t, 7500, f.Waiting())
	late, err := waits(t, f, feed.Caller{Name: "late"})
	require.True(t, fault.Is(err, "waiting-full"))
	require.InDelta(t, 7500/11, len(late), 2)
	require.Equal(t, 7500, f.Waiting(), "one came for each that went")
	over := 0
	for _, l := range open {
		select {
		case <-l.Over():
			over++
		default:
		}
	}
	require.Equal(t, len(open)+len(late)-7500, over)
	_, err = f.Listen(mirrortest.ID, &feed.Filter{}, feed.Caller{Name: "greedy 0"})
	require.True(t, fault.Is(err, "waiting-full"), "who has gone gets no place back from who has no more than he")
	for _, l := range append(open, late...) {
		l.Close()
	}
	require.Zero(t, f.Waiting())
}

func TestWhoIsKnownFindsAPlaceThoughStrangersHaveTakenAllThatTheyMay(t *testing.T) {
	t.Parallel()
	f := feed.New(nil, feed.Options{Zone: mirrortest.Zone, Waiting: 400})
	for n := range 300 { // many addresses, of which each has one place
		_, err := f.Listen(mirrortest.ID, &feed.Filter{}, feed.Caller{Name: fmt.Sprint("an address ", n)})
		require.NoError(t, err)
	}
	_, err := f.Listen(mirrortest.ID, &feed.Filter{}, feed.Caller{Name: "one more"})
	require.True(t, fault.Is(err, "waiting-full"))
	known, err := waits(t, f, feed.Caller{Name: "an address 0", Known: true})
	require.True(t, fault.Is(err, "waiting-full"))
	require.Len(t, known, 100, "known under the name of a stranger is somebody else")
	second, err := f.Listen(mirrortest.ID, &feed.Filter{}, feed.Caller{Name: "another", Known: true})
	require.NoError(t, err)
	require.Equal(t, 400, f.Waiting())
	<-known[99].Over()
	second.Close()
	require.Equal(t, 399, f.Waiting())
}
