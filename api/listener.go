package api

import (
	"context"
	"net"
	"net/netip"
	"sync"
)

// How many connections are held at once, and how many of one address, of IPv6 the
// first 64 bits. This machine itself is not held to the second, and has some in
// reserve: it asks whether the server is ready, and a proxy may run on it.
const (
	maxConnections  = 10_000
	eachConnections = 2_000
	ownConnections  = 100
)

// bounded is a listener that closes what comes beyond its bounds: who waits for a
// place would only be told late that there is none.
type bounded struct {
	net.Listener
	most, each, own int

	mu  sync.Mutex
	all int
	of  map[netip.Addr]int
}

// Bound holds a listener to them. TLS is spoken above it, not below.
func Bound(l net.Listener) net.Listener {
	return bound(l, maxConnections, eachConnections, ownConnections)
}

func bound(l net.Listener, most, each, own int) *bounded {
	return &bounded{Listener: l, most: most, each: each, own: own, of: map[netip.Addr]int{}}
}

// Accept gives the next connection there is room for.
func (b *bounded) Accept() (net.Conn, error) {
	for {
		c, err := b.Listener.Accept()
		if err != nil {
			return nil, err
		}
		from := peer(c)
		if b.enter(from) {
			return &counted{joining: joining{Conn: c}, leave: func() { b.leave(from) }}, nil
		}
		_ = c.Close() // nobody was promised anything yet
	}
}

func peer(c net.Conn) netip.Addr {
	at, err := netip.ParseAddrPort(c.RemoteAddr().String())
	if err != nil {
		return netip.Addr{}
	}
	return subscriberOf(at.Addr())
}

func (b *bounded) enter(from netip.Addr) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	// Who has more than what is left for all others gets nothing more: a few addresses
	// cannot take everything.
	left, has := b.most-b.all, b.of[from]
	refused := left <= 0 || has >= b.each || has > left
	if from.IsLoopback() {
		refused = left+b.own <= 0
	}
	if refused {
		return false
	}
	b.all++
	b.of[from]++
	return true
}

func (b *bounded) leave(from netip.Addr) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.all--
	if b.of[from]--; b.of[from] <= 0 {
		delete(b.of, from)
	}
}

// counted is a connection that counts until it is closed.
type counted struct {
	joining
	last  lastAsked
	once  sync.Once
	leave func()
}

type connectionKey struct{}

// withConnection tells requests of a connection which it is. Over TLS it does not:
// what is written there are records, and several requests may be under way at once.
func withConnection(ctx context.Context, c net.Conn) context.Context {
	if c, ours := c.(*counted); ours {
		return context.WithValue(ctx, connectionKey{}, c)
	}
	return ctx
}

// connectionOf is the connection that a request came on; nil over TLS.
func connectionOf(ctx context.Context) *counted {
	c, _ := ctx.Value(connectionKey{}).(*counted)
	return c
}

// Close implements net.Conn.
func (c *counted) Close() error {
	c.once.Do(c.leave)
	return c.joining.Close()
}

// CloseWrite hangs up this side only, as package net/http does after what is no
// request: were all closed while something is unread, the answer would be lost.
func (c *counted) CloseWrite() error {
	if half, can := c.Conn.(interface{ CloseWrite() error }); can {
		return half.CloseWrite()
	}
	return nil
}
