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

// packets serves the product on a socket where each write is read by itself, and gives
// a way to ask there. Each request has a connection: net/http listens with reads of one
// byte, which there lose the rest.
func (s *server) packets() func(request string) string {
	s.t.Helper()
	l, err := net.Listen("unixpacket", filepath.Join(s.t.TempDir(), "s"))
	require.NoError(s.t, err)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); _ = api.Serve(ctx, api.Bound(l), s.echo) }()
	s.t.Cleanup(func() { stop(); <-ended })
	room := make([]byte, 1<<20)
	return func(request string) string {
		s.t.Helper()
		conn, err := net.Dial("unixpacket", l.Addr().String())
		require.NoError(s.t, err)
		defer conn.Close()
		_, err = conn.Write([]byte(request))
		require.NoError(s.t, err)
		n, err := conn.Read(room)
		require.NoError(s.t, err)
		return string(room[:n])
	}
}

func TestAWholeAnswerIsOneWrite(t *testing.T) {
	t.Parallel()
	s := serve(t)
	ask := s.packets()
	for _, of := range hotRoutes {
		for _, accepted := range []string{"gzip", "identity"} {
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				_, h, body := s.exchange(method, of("058"), "Accept-Encoding", accepted, "Host", "localhost")
				got := ask(fmt.Sprintf("%s %s HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: %s\r\n\r\n", method, of("058"), accepted))
				require.Contains(t, got, "\r\nEtag: "+h.Get("ETag")+"\r\n")
				require.Equal(t, body, got[len(got)-len(body):], "%s %s", of("058"), accepted)
				require.Contains(t, got, "\r\n\r\n"+body[:min(len(body), 10)])
			}
		}
	}
}
