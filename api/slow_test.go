package api_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tiendo/api"
	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/tracker"
)

// held is a store whose files wait until they are let go.
type held struct {
	tracker.Store
	asked chan struct{}
	go_   chan struct{}
}

func (h held) Told(ctx context.Context, e tracker.ElectionID, areas []area.Code) (map[tracker.MilestoneID][]tracker.Task, error) {
	h.asked <- struct{}{}
	<-h.go_
	return h.Store.Told(ctx, e, areas)
}

func TestA7_TooManyFilesAtOnceAreRefusedAndOneClientWritesOneOnly(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	h := held{asked: make(chan struct{}, 10), go_: make(chan struct{})}
	s := d.serve(func(c *api.Config) {
		h.Store, c.Pace = c.Store, api.DefaultPace
		c.Store, c.Pace.Turn = h, 10*time.Millisecond
	})
	mai, chi := s.as(d.user("mai", "Mai", grant("06", access.Viewer))), s.as(d.user("chi", "Chi", grant("06", access.Viewer)))
	answers := make(chan int)
	for _, who := range []*server{s, mai} {
		r := who.request(http.MethodGet, exportOf("058", "csv"), "")
		go func() {
			got, err := client.Do(r)
			if err != nil {
				answers <- 0
				return
			}
			_, _ = io.Copy(io.Discard, got.Body)
			_ = got.Body.Close()
			answers <- got.StatusCode
		}()
		<-h.asked
		if who == s {
			s.get(exportOf("058", "csv")).refused(http.StatusServiceUnavailable, "exports-busy") // his own is under way
		}
	}
	busy := chi.get(exportOf("058", "csv"))
	busy.refused(http.StatusServiceUnavailable, "exports-busy")
	require.Equal(t, "5", busy.header.Get("Retry-After"))
	close(h.go_)
	for range 2 {
		require.Equal(t, http.StatusOK, <-answers)
	}
	chi.get(exportOf("058", "csv")).ok()
}

// narrow is a listener whose connections hold little on their way.
type narrow struct{ net.Listener }

func (n narrow) Accept() (net.Conn, error) {
	c, err := n.Listener.Accept()
	if err == nil {
		err = c.(*net.TCPConn).SetWriteBuffer(4096)
	}
	return c, err
}

// raw connects to a server of its own on the same handler, by a narrow line.
func (s *server) narrow() net.Conn {
	s.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(s.t, err)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); _ = api.Serve(ctx, narrow{l}, s.echo) }()
	conn, err := net.Dial("tcp", l.Addr().String())
	require.NoError(s.t, err)
	require.NoError(s.t, conn.(*net.TCPConn).SetReadBuffer(4096))
	s.t.Cleanup(func() { _ = conn.Close(); stop(); <-ended })
	return conn
}

func TestAReaderWhoTakesAByteASecondIsCutOff(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	s := d.serve(func(c *api.Config) {
		c.Pace = api.Pace{Grace: 200 * time.Millisecond, PerSecond: 1 << 30, Longest: time.Minute, Turn: time.Second}
	})
	conn := s.narrow()
	_, err := fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n", exportOf("VN", "csv"), s.token.Reveal())
	require.NoError(t, err)
	reads := bufio.NewReaderSize(conn, 16)
	_, err = reads.ReadByte() // and no more
	require.NoError(t, err)
	// Another one of the same client has to wait until the first was cut off.
	require.Eventually(t, func() bool { return s.get(exportOf("058", "csv")).status == http.StatusOK }, eventually, tick)
	got, err := http.ReadResponse(bufio.NewReader(io.MultiReader(bytesOf('H'), reads)), nil)
	require.NoError(t, err)
	defer got.Body.Close()
	_, err = io.ReadAll(got.Body)
	require.Error(t, err, "cut, not ended")
}

func bytesOf(b byte) io.Reader {
	r, w := io.Pipe()
	go func() { _, _ = w.Write([]byte{b}); _ = w.Close() }()
	return r
}

func TestAReaderWhoKeepsPaceGetsTheWholeFile(t *testing.T) {
	t.Parallel()
	s := serve(t)
	whole := s.get(exportOf("VN", "csv")).ok()
	conn := s.narrow()
	_, err := fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n", exportOf("VN", "csv"), s.token.Reveal())
	require.NoError(t, err)
	got, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(t, err)
	defer got.Body.Close()
	body, err := io.ReadAll(got.Body)
	require.NoError(t, err)
	require.Equal(t, whole.text(), string(body))
}
