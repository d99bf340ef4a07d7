package api_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/api"
)

// packets connects to the product by a socket on which each write is read by itself.
func (s *server) packets() net.Conn {
	s.t.Helper()
	l, err := net.Listen("unixpacket", filepath.Join(s.t.TempDir(), "s"))
	require.NoError(s.t, err)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); _ = api.Serve(ctx, api.Bound(l), s.echo) }()
	conn, err := net.Dial("unixpacket", l.Addr().String())
	require.NoError(s.t, err)
	s.t.Cleanup(func() { _ = conn.Close(); stop(); <-ended })
	return conn
}

func TestAWholeAnswerIsOneWrite(t *testing.T) {
	t.Parallel()
	s := serve(t)
	conn, room := s.packets(), make([]byte, 1<<20)
	for _, of := range hotRoutes {
		for _, accepted := range []string{"gzip", "identity"} {
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				_, h, body := s.exchange(method, of("058"), "Accept-Encoding", accepted)
				_, err := fmt.Fprintf(conn, "%s %s HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: %s\r\n\r\n", method, of("058"), accepted)
				require.NoError(t, err)
				n, err := conn.Read(room)
				require.NoError(t, err)
				got := string(room[:n])
				require.Contains(t, got, "\r\nEtag: "+h.Get("Etag")+"\r\n")
				require.Equal(t, body, got[len(got)-len(body):], "%s %s", of("058"), accepted)
				require.Contains(t, got, "\r\n\r\n"+body[:min(len(body), 10)])
			}
		}
	}
}
