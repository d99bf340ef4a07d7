package api

import (
	"net/http"
	"time"
)

// Pace is how fast whoever takes a file has to take it: what is being written costs
// memory and a place among those that are written, so who reads a byte a second is
// cut off.
type Pace struct {
	// Grace is what a reader is given besides, PerSecond the bytes of the file that
	// he takes in a second at least, on average.
	Grace     time.Duration
	PerSecond int
	// Longest is how long a file may take in any case, Turn how long one waits until
	// it is begun.
	Longest, Turn time.Duration
}

// DefaultPace is slow enough for a weak mobile line.
var DefaultPace = Pace{Grace: 20 * time.Second, PerSecond: 32 << 10, Longest: patience, Turn: exportsWait}

// paced writes as long as the reader keeps pace.
type paced struct {
	to    http.ResponseWriter
	pace  Pace
	begun time.Time
	sent  int
}

// pacedPart is how much is written under one deadline.
const pacedPart = 64 << 10

func (p *paced) Write(b []byte) (n int, err error) {
	c := http.NewResponseController(p.to)
	for len(b) > 0 && err == nil {
		part := b[:min(pacedPart, len(b))]
		until := p.pace.Grace + time.Duration(p.sent/p.pace.PerSecond)*time.Second
		// What cannot set it has no limit either.
		_ = c.SetWriteDeadline(p.begun.Add(min(until, p.pace.Longest)))
		var sent int
		sent, err = p.to.Write(part)
		n, p.sent, b = n+sent, p.sent+sent, b[sent:]
	}
	return n, err
}
