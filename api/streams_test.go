package api_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tiendo/api"
	"tiendo/api/docs"
	"tiendo/pkg/feed"
	"tiendo/pkg/mirror"
	"tiendo/pkg/mirror/mirrortest"
	"tiendo/pkg/tracker"
)

// manyStreams opens streams from several addresses of this machine, as one address
// may not have so many.
func manyStreams(b *testing.B, host string, n int) []net.Conn {
	b.Helper()
	all := make([]net.Conn, n)
	var opening sync.WaitGroup
	for part := range 10 {
		opening.Go(func() {
			for k := part; k < n; k += 10 {
				dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, byte(2+k%20))}}
				c, err := dialer.Dial("tcp", host)
				if err != nil {
					b.Error(err)
					return
				}
				fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", eventsOf("058"))
				all[k] = c
			}
		})
	}
	opening.Wait()
	return all
}

// until reads until something came.
func until(c net.Conn, what string) error {
	r := bufio.NewReaderSize(c, 512)
	for {
		line, err := r.ReadString('\n')
		if err != nil && err != io.EOF || strings.Contains(line, what) {
			return err
		}
		if err == io.EOF {
			return io.ErrUnexpectedEOF
		}
	}
}

// noLog is never asked: what is told is in memory.
type noLog struct{ feed.Log }

// BenchmarkStreams says what an open stream takes of the server's memory (with the
// few hundred bytes of its client), and how long a change needs to reach all of them.
func BenchmarkStreams(b *testing.B) {
	const n = 5000
	l := mirrortest.Open(b, mirrortest.Places())
	changes := feed.New(noLog{}, feed.Options{Zone: mirrortest.Zone, Each: n})
	country := mirror.New(l, mirror.Options{Now: l.Now, Told: []func(mirror.Step){changes.Told}})
	require.NoError(b, country.Apply(b.Context(), l.All()))
	e, err := api.New(api.Config{
		PublicReading: true, Mirror: country, Feed: changes, Clock: l.Now, Zone: mirrortest.Zone, EventComment: time.Hour, Page: page(), Docs: docs.FS,
	})
	require.NoError(b, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(b, err)
	ctx, stop := context.WithCancel(b.Context())
	var serving sync.WaitGroup
	serving.Go(func() { _ = api.Serve(ctx, listener, e) })
	defer func() { stop(); serving.Wait() }()

	before := memory()
	streams := manyStreams(b, listener.Addr().String(), n)
	for _, c := range streams {
		require.NoError(b, until(c, "event: ready"))
	}
	each := float64(memory()-before) / n
	var longest time.Duration
	turn := 0
	for b.Loop() {
		var all sync.WaitGroup
		for _, c := range streams {
			all.Go(func() {
				if err := until(c, `"id":"consult1_pc_district"`); err != nil {
					b.Error(err)
				}
			})
		}
		begun := time.Now()
		told, err := l.Do(report(l, turn))
		require.NoError(b, err)
		require.NoError(b, country.Apply(b.Context(), told))
		all.Wait()
		longest = max(longest, time.Since(begun))
		turn++
	}
	b.ReportMetric(each, "B/stream")
	b.ReportMetric(float64(longest.Milliseconds()), "ms/longest")
	for _, c := range streams {
		c.Close()
	}
}

// report begins the first consultation of Bắc Kạn city, or takes that back.
func report(l *mirrortest.Log, turn int) func(*tracker.Act) error {
	id := tracker.MilestoneID{Area: "058", Key: "consult1_pc_district"}
	c := tracker.TaskCommand{ID: id, Task: "duty", Status: tracker.To([]tracker.Work{tracker.InProgress, tracker.NotStarted}[turn%2])}
	for _, r := range l.Records() {
		if r.Milestone.ID == id {
			c.If = r.Tasks[0].Revision
		}
	}
	return func(a *tracker.Act) error {
		_, err := a.UpdateTask(c)
		return err
	}
}

// memory is what the process holds when it has nothing to do.
func memory() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse + m.StackInuse
}
