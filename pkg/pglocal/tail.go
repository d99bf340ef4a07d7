package pglocal

import (
	"bytes"
	"io"
	"sync"
)

// tailBytes is how much of what PostgreSQL wrote is kept for a fault.
const tailBytes = 4096

// tail passes everything on and remembers the end of it.
type tail struct {
	mu   sync.Mutex
	last []byte
	next io.Writer // nil: nobody else listens
}

// Write never fails: a reader of the log that gives up must not make the pipe
// of the server break.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last = append(t.last, p...)
	if over := len(t.last) - tailBytes; over > 0 {
		t.last = append(t.last[:0], t.last[over:]...)
	}
	if t.next != nil {
		_, _ = t.next.Write(p)
	}
	return len(p), nil
}

// String is the end of what was written, from the start of a line.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	last := t.last
	if len(last) == tailBytes {
		if i := bytes.IndexByte(last, '\n'); i >= 0 {
			last = last[i+1:]
		}
	}
	return string(last)
}
