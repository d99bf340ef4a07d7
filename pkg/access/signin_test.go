package access

import (
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestAPauseGrowsToItsLongestAndNoFurther(t *testing.T) {
	t.Parallel()
	last := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	for _, l := range []limit{pairLimit, addressLimit, userLimit} {
		require.True(t, l.until(Count{Wrong: l.free - 1, Last: last}).IsZero())
		require.Equal(t, last.Add(l.first), l.until(Count{Wrong: l.free, Last: last}))
		require.Equal(t, last.Add(2*l.first), l.until(Count{Wrong: l.free + 1, Last: last}))
		require.Equal(t, last.Add(l.longest), l.until(Count{Wrong: 1 << 30, Last: last}))
	}
}

func TestWhatOthersDoHoldsUpStrangersOnly(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		count := func(name string) Count {
			return Count{Wrong: rapid.IntRange(0, 1000).Draw(t, name), Last: now.Add(-time.Duration(rapid.IntRange(0, 3600).Draw(t, name)) * time.Second)}
		}
		a := Attempts{Pair: count("pair"), User: count("user"), Address: count("address")}
		stranger := a.Wait(now)
		require.LessOrEqual(t, stranger, 15*time.Minute)
		a.Known = true
		require.LessOrEqual(t, a.Wait(now), stranger)
		a.User, a.Address = Count{}, Count{}
		require.Equal(t, a.Wait(now), (&Attempts{Pair: a.Pair, Known: true}).Wait(now))
		require.Zero(t, a.Wait(now.Add(stranger)), "a pause ends")
	})
}

func TestAnAddressIsThatOfASubscriber(t *testing.T) {
	t.Parallel()
	for given, key := range map[string]string{
		"192.0.2.1": "192.0.2.1", "::ffff:192.0.2.1": "192.0.2.1",
		"2001:db8:1:2:3:4:5:6": "2001:db8:1:2::", "2001:db8:1:2::1": "2001:db8:1:2::", "fe80::1%eth0": "fe80::",
	} {
		require.Equal(t, key, addressKey(netip.MustParseAddr(given)))
	}
	require.Empty(t, addressKey(netip.Addr{}))
}
