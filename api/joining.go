package api

import (
	"context"
	"net"
	"net/http"
	"sync"
)

// bufferOf is how much package net/http collects on a connection before it writes.
// A whole answer is mostly larger: its first bytes would be written by themselves,
// and the rest after them, with a call of the system each.
const bufferOf = 4 << 10

// joining is a connection on which that first part waits for what follows it.
//
// A write of exactly one buffer that comes of writing a body is a buffer that did
// not take all of it. So there is more: either the next write of the same body, or
// what remains in the buffer, which net/http writes at the latest when the handler
// is done. Whatever else is written goes out as it comes: a body's last part (however
// long), what is flushed, a connection that was taken over. Were net/http to change
// its buffer, its writes would again be two.
type joining struct {
	net.Conn
	// Of the one who answers on the connection.
	holds bool
	first *[bufferOf]byte // that waits; nil: nothing does
	parts [2][]byte
	both  net.Buffers
}

// firsts are lent from the first write to the second.
var firsts = sync.Pool{New: func() any { return new([bufferOf]byte) }}

// Write implements net.Conn. What fails of a part that waited is told with the next.
func (c *joining) Write(p []byte) (int, error) {
	if c.first != nil {
		return c.join(p)
	}
	if !c.holds || len(p) != bufferOf {
		return c.Conn.Write(p)
	}
	c.first, _ = firsts.Get().(*[bufferOf]byte)
	copy(c.first[:], p) // a writer may use p again
	return len(p), nil
}

// join writes what waits and p, in one call of the system where there is one.
func (c *joining) join(p []byte) (int, error) {
	first := c.first
	c.first = nil
	c.parts = [2][]byte{first[:], p}
	c.both = c.parts[:]
	sent, err := c.both.WriteTo(c.Conn)
	c.parts, c.both = [2][]byte{}, nil
	firsts.Put(first)
	return max(0, int(sent)-bufferOf), err
}

// atOneGo writes a whole body, whose length the header says, so that its beginning
// waits for its end.
func atOneGo(ctx context.Context, w http.ResponseWriter, body []byte) (int, error) {
	c := connectionOf(ctx)
	if c == nil {
		return w.Write(body)
	}
	c.holds = true
	defer func() { c.holds = false }()
	return w.Write(body)
}
