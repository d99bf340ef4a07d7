package api

import (
	"net"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAnAddressHoldsSoManyConnectionsAndThisMachineHasSomeInReserve(t *testing.T) {
	t.Parallel()
	b := bound(nil, 5, 2, 1)
	office, other, sixth := netip.MustParseAddr("192.0.2.1"), subscriberOf(netip.MustParseAddr("2001:db8::1")), subscriberOf(netip.MustParseAddr("2001:db8::2"))
	require.Equal(t, other, sixth, "one subscriber")
	require.True(t, b.enter(office))
	require.True(t, b.enter(office))
	require.False(t, b.enter(office))
	require.True(t, b.enter(other))
	require.True(t, b.enter(sixth))
	require.False(t, b.enter(other))
	require.True(t, b.enter(netip.MustParseAddr("192.0.2.2")))
	require.False(t, b.enter(netip.MustParseAddr("192.0.2.3")), "all are taken")
	here := netip.MustParseAddr("127.0.0.1")
	require.True(t, b.enter(here), "who asks whether the server is ready is answered")
	require.False(t, b.enter(here))
	b.leave(office)
	require.False(t, b.enter(other))
	b.leave(here)
	require.True(t, b.enter(office))
	require.Len(t, b.of, 3)
}

func TestFewAddressesThatTakeAllTheConnectionsTheyCanLeaveSomeToOthers(t *testing.T) {
	t.Parallel()
	b := bound(nil, maxConnections, eachConnections, ownConnections)
	for n := range byte(8) {
		for b.enter(netip.AddrFrom4([4]byte{192, 0, 2, n})) {
		}
	}
	require.Greater(t, maxConnections-b.all, 50)
	require.True(t, b.enter(netip.MustParseAddr("192.0.2.200")))
}

func TestAProxyOnThisMachineGetsAllTheConnectionsThereAre(t *testing.T) {
	t.Parallel()
	b, here := bound(nil, maxConnections, eachConnections, ownConnections), netip.MustParseAddr("127.0.0.1")
	for b.enter(here) {
	}
	require.Equal(t, maxConnections+ownConnections, b.all)
}

func TestAConnectionThatThereIsNoRoomForIsClosedAndOneThatEndsMakesRoom(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	b := bound(l, 1, 1, 0)
	accepted := make(chan net.Conn)
	go func() {
		for {
			c, err := b.Accept()
			if err != nil {
				close(accepted)
				return
			}
			accepted <- c
		}
	}()
	dial := func() net.Conn {
		c, err := net.Dial("tcp", l.Addr().String())
		require.NoError(t, err)
		return c
	}
	first := dial()
	taken := <-accepted
	second := dial()
	_, err = second.Read(make([]byte, 1))
	require.Error(t, err, "closed")
	require.NoError(t, taken.Close())
	_ = taken.Close() // twice counts once
	third := dial()
	last := <-accepted
	require.NoError(t, last.Close())
	require.NoError(t, b.Close())
	<-accepted
	for _, c := range []net.Conn{first, second, third} {
		_ = c.Close()
	}
}
