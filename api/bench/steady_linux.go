package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"golang.org/x/sys/unix"
)

// spot is an address that is refreshed, with the tag that the clients have.
type spot struct {
	path string
	tag  []byte
}

// asker is one connection.
type asker struct {
	file   *os.File
	buffer []byte
	busy   bool
	of     int // refresh that it is on
	place  *spot
}

// loop asks over all connections with one thread that never waits for one of
// them: what it takes itself is a few microseconds, and timers are exact.
type loop struct {
	*schedule
	host   string
	fields []string
	places []spot
	askers []*asker
	idle   []*asker
	fds    []unix.PollFd
	result steadyResult
}

// runSteady does what it is told.
func runSteady(ctx context.Context, o steadyOrders) (steadyResult, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	// Sleeps are as long as they are said to be, not up to 50 µs longer (prctl(2)).
	if err := unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0); err != nil {
		return steadyResult{}, err
	}
	l := &loop{schedule: newSchedule(o), host: o.Address, fields: []string{"Accept-Encoding: gzip", "Authorization: Bearer " + o.Token}}
	if err := l.learn(); err != nil {
		return steadyResult{}, err
	}
	for range o.Connections {
		if err := l.connect(); err != nil {
			return steadyResult{}, err
		}
	}
	runtime.GC()
	debug.SetGCPercent(-1) // a few hundred bytes a refresh, and the process ends with the round
	fmt.Fprintln(os.Stderr, atIt)
	return l.run(ctx)
}

// learn asks for every place once, and keeps its tag.
func (l *loop) learn() error {
	paths, _, err := readList(l.orders.List)
	if err != nil {
		return err
	}
	first, err := dial(l.host)
	if err != nil {
		return err
	}
	defer first.close()
	for _, path := range paths {
		r, err := first.ask(request("GET", l.host, path, nil, l.fields...))
		if err != nil {
			return err
		}
		if r.status != 200 {
			return fmt.Errorf("%s: status %d", path, r.status)
		}
		l.places = append(l.places, spot{path: path, tag: bytes.Clone(r.tag)})
	}
	return nil
}

func (l *loop) connect() error {
	conn, err := net.Dial("tcp", l.host)
	if err != nil {
		return err
	}
	defer conn.Close()
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		return errors.New("not TCP")
	}
	file, err := tcp.File() // of its own, away from Go's poller
	if err != nil {
		return err
	}
	a := &asker{file: file, buffer: make([]byte, 0, 64<<10)}
	if err := unix.SetNonblock(int(file.Fd()), true); err != nil {
		return err
	}
	l.askers, l.idle = append(l.askers, a), append(l.idle, a)
	l.fds = append(l.fds, unix.PollFd{Fd: int32(file.Fd()), Events: unix.POLLIN})
	return nil
}

// grace is how long answers are waited for when nobody comes any more.
const grace = 10 * time.Second

func (l *loop) run(ctx context.Context) (steadyResult, error) {
	begun := time.Now()
	for ctx.Err() == nil {
		now := time.Since(begun)
		l.come(now)
		for len(l.idle) > 0 {
			n, some := l.take()
			if !some {
				break
			}
			l.send(l.idle[len(l.idle)-1], n)
			l.idle = l.idle[:len(l.idle)-1]
		}
		if l.over() && len(l.idle) == len(l.askers) || now > l.orders.For+grace {
			return l.schedule.result(l.result), nil
		}
		wait := unix.NsecToTimespec(l.pause(time.Since(begun)).Nanoseconds())
		ready, err := unix.Ppoll(l.fds, &wait, nil)
		if err != nil && !errors.Is(err, unix.EINTR) {
			return l.result, err
		}
		if ready <= 0 {
			continue
		}
		for i, fd := range l.fds {
			if fd.Revents != 0 {
				l.receive(l.askers[i], begun)
			}
		}
	}
	return l.result, ctx.Err()
}

func (l *loop) send(a *asker, n int) {
	a.place, a.of, a.busy = &l.places[l.chance.IntN(len(l.places))], n, true
	text := request("GET", l.host, a.place.path, nil, append(l.fields[:len(l.fields):len(l.fields)], "If-None-Match: "+string(a.place.tag))...)
	if sent, err := unix.Write(int(a.file.Fd()), text); err != nil || sent < len(text) {
		l.fail(fmt.Errorf("sent %d of %d bytes: %w", sent, len(text), err))
	}
}

// receive reads what has come; a connection that breaks stays busy for ever, and
// its refresh without an answer.
func (l *loop) receive(a *asker, begun time.Time) {
	if len(a.buffer) == cap(a.buffer) {
		a.buffer = append(a.buffer, 0)[:len(a.buffer)]
	}
	n, err := unix.Read(int(a.file.Fd()), a.buffer[len(a.buffer):cap(a.buffer)])
	if errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EINTR) {
		return
	}
	if n <= 0 || !a.busy {
		l.fail(fmt.Errorf("the connection broke: %w", err))
		l.forget(a)
		return
	}
	a.buffer = a.buffer[:len(a.buffer)+n]
	r, whole, err := parseReply(a.buffer)
	if err != nil {
		l.fail(err)
		l.forget(a)
		return
	}
	if !whole {
		return
	}
	switch r.status {
	case 304:
		l.result.NotModified++
	case 200:
		l.result.Whole++
		a.place.tag = append(a.place.tag[:0], r.tag...)
	default:
		l.fail(fmt.Errorf("%s: status %d", a.place.path, r.status))
	}
	l.answered(a.of, time.Since(begun))
	a.buffer, a.busy = a.buffer[:0], false
	l.idle = append(l.idle, a)
}

// forget leaves a broken connection out of what is waited for (poll(2) passes
// over negative numbers).
func (l *loop) forget(a *asker) {
	for i := range l.askers {
		if l.askers[i] == a {
			l.fds[i].Fd = -1
		}
	}
}

func (l *loop) fail(err error) {
	if l.result.Failed == 0 {
		l.result.Failure = err.Error()
	}
	l.result.Failed++
}
