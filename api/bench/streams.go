package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"regexp"
	"strings"
	"sync"
	"time"
)

// streamsMode is the hidden mode in which this program keeps streams open.
const streamsMode = "streams"

type streamOrders struct {
	Address string
	Path    string
	Streams int
	Until   string // a text that all wait for
	For     time.Duration
}

type streamResult struct {
	Open   int
	Heard  int
	Last   time.Time // when the last one heard it
	Failed string    // the first that did not
}

// keepStreams opens streams, each from an address of its own as clients are, and
// waits until all have heard what they wait for. Beforehand it says that all are
// open.
func keepStreams(ctx context.Context, o streamOrders) (streamResult, error) {
	var out streamResult
	streams := make([]*bufio.Reader, o.Streams)
	for n := range streams {
		s, err := openStream(ctx, o, n)
		if err != nil {
			return out, fmt.Errorf("stream %d: %w", n, err)
		}
		streams[n] = s
		out.Open++
	}
	fmt.Fprintln(os.Stderr, atIt)
	var mu sync.Mutex
	var all sync.WaitGroup
	for _, s := range streams {
		all.Go(func() {
			err := heard(s, o.Until)
			now := time.Now()
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				out.Failed = err.Error()
				return
			}
			out.Heard++
			if now.After(out.Last) {
				out.Last = now
			}
		})
	}
	all.Wait()
	return out, nil
}

// openStream asks for events and reads the first one.
func openStream(ctx context.Context, o streamOrders, n int) (*bufio.Reader, error) {
	// All of 127.0.0.0/8 is this machine: 200 clients to a network of 256.
	from := net.IPv4(127, 1, byte(n/200), byte(n%200+1))
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: from}, Timeout: 10 * time.Second}
	conn, err := d.DialContext(ctx, "tcp", o.Address)
	if err != nil {
		return nil, err
	}
	if err := conn.SetDeadline(time.Now().Add(o.For)); err != nil {
		return nil, err
	}
	if _, err := conn.Write(request("GET", o.Address, o.Path, nil, "Accept: text/event-stream")); err != nil {
		return nil, err
	}
	s := bufio.NewReaderSize(conn, 2048)
	status, err := s.ReadString('\n')
	if err != nil {
		return nil, err
	}
	if !strings.Contains(status, " 200 ") {
		_ = conn.SetReadDeadline(time.Now().Add(time.Second))
		rest, _ := io.ReadAll(io.LimitReader(s, 4096))
		return nil, fmt.Errorf("%s: %s", strings.TrimSpace(status), rest)
	}
	return s, heard(s, "ready")
}

// heard reads lines until one has the text.
func heard(s *bufio.Reader, text string) error {
	for {
		part, err := s.ReadString('\n')
		if err != nil {
			return err
		}
		if strings.Contains(part, text) {
			return nil
		}
	}
}

// streaming is P12: many streams of events, and a change for all of them.
func (g *goals) streaming(ctx context.Context) error {
	streams := 5000
	if g.smoke {
		streams = 200
	}
	s, err := g.serve(ctx, "streams", serverCore)
	if err != nil {
		return err
	}
	defer s.end()
	duties, err := g.duties(singly)
	if err != nil {
		return err
	}
	g.changed = true
	var got rounds
	got.of = make([][]sampled, 2)
	var bytes []float64
	for round := range g.rounds {
		before, err := s.used()
		if err != nil {
			return err
		}
		d := &duties[round]
		open, result := make(chan struct{}), make(chan error, 1)
		var r streamResult
		o := streamOrders{
			Address: s.listens, Path: "/api/v1/elections/2021/areas/VN/events", Streams: streams, Until: `"` + d.Area + `"`, For: time.Minute,
		}
		go func() { result <- attended(ctx, loadCore, streamsMode, o, &r, open) }()
		<-open
		during, err := s.used()
		if err != nil {
			return err
		}
		l, err := dial(s.listens)
		if err != nil {
			return err
		}
		sent := time.Now()
		reply, err := l.ask(d.turned(s.listens, g.writing))
		l.close()
		if err == nil && reply.status != 200 {
			err = fmt.Errorf("%s: status %d: %s", d.path(), reply.status, reply.body)
		}
		if err := errors.Join(err, <-result); err != nil {
			return err
		}
		left := time.Now()
		if err := s.await(ctx, s.unheard); err != nil {
			return fmt.Errorf("all readers have gone, their places are taken still: %w", err)
		}
		got.of[1] = append(got.of[1], sampled{took: time.Since(left)})
		if r.Heard < streams {
			got.void, got.why = got.void+1, fmt.Errorf("%d of %d streams heard of it: %s", r.Heard, streams, r.Failed)
			continue
		}
		got.of[0] = append(got.of[0], sampled{took: r.Last.Sub(sent)})
		if round == 0 { // later ones find the memory of the first
			bytes = append(bytes, max(during.resident-before.resident, during.inUse-before.inUse)/float64(streams)/1000)
		}
	}
	used, err := loadOf(s.pid())
	if err != nil {
		return err
	}
	each := &result{Goal: "P12", What: fmt.Sprintf("%d open event streams: memory of each", streams), Unit: " kB", Target: atMost(20), Rounds: len(bytes), Void: got.void}
	if len(bytes) > 0 {
		each.Median = middle(bytes)
	}
	each.Cost.Peak = used.peak
	g.add(each)
	g.add(got.result("P12", "a change until all streams have it, from when it was sent", " ms", "", 0, 0, milliseconds, atMost(500)))
	g.add(got.result("P12", "until all places are free again after the readers have gone", " ms", "", 1, 1, milliseconds, nil))
	return nil
}

var feedWaiting = regexp.MustCompile(`(?m)^tiendo_feed_waiting (\S+)$`)

// unheard is nil when nobody listens to events any longer.
func (i *instance) unheard() error {
	r, err := i.get("/metrics")
	if err != nil {
		return err
	}
	n, err := metric(r.body, feedWaiting)
	if err == nil && n > 0 {
		err = fmt.Errorf("%.0f streams are open", n)
	}
	return err
}

// heldNow is what a process holds, in bytes: of the machine, and of what it has
// from the machine. The former grows by nothing as long as the latter has room
// left over from loading.
type heldNow struct{ resident, inUse float64 }

var inUse = []*regexp.Regexp{
	regexp.MustCompile(`(?m)^go_memstats_heap_inuse_bytes (\S+)$`), regexp.MustCompile(`(?m)^go_memstats_stack_inuse_bytes (\S+)$`),
}

func (i *instance) used() (h heldNow, err error) {
	u, err := loadOf(i.pid())
	if err != nil {
		return h, err
	}
	h.resident = float64(u.rss)
	r, err := i.get("/metrics")
	if err != nil {
		return h, err
	}
	for _, line := range inUse {
		bytes, err := metric(r.body, line)
		if err != nil {
			return h, err
		}
		h.inUse += bytes
	}
	return h, nil
}
