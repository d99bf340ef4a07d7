package api

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"
)

// joiningServer serves on a listener as the product does, and says where.
func joiningServer(t *testing.T, h echo.HandlerFunc, above func(net.Listener) net.Listener) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	e := echo.New()
	e.GET("/*", h)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); _ = Serve(ctx, above(Bound(l)), e) }()
	t.Cleanup(func() { stop(); <-ended })
	return l.Addr().String()
}

// sized answers with as many bytes as the address says.
func sized(c echo.Context) error {
	n, err := strconv.Atoi(c.Param("*"))
	if err != nil {
		return err
	}
	w := c.Response().Writer
	w.Header().Set("Content-Length", c.Param("*"))
	w.WriteHeader(http.StatusOK)
	_, err = atOneGo(c.Request().Context(), w, bytes.Repeat([]byte{byte('a' + n%26)}, n))
	return err
}

// lengths are those at which what is written is divided otherwise: header, body and
// both about as long as one buffer or two.
func lengths() (all []int) {
	for _, near := range []int{0, bufferOf, 2 * bufferOf} {
		for n := max(0, near-200); n < near+20; n++ {
			all = append(all, n)
		}
	}
	return append(all, 1<<16, 1<<20, 1, 0)
}

func TestAnswersOfAnyLengthArriveOnOneConnectionAlsoAskedForInAdvance(t *testing.T) {
	t.Parallel()
	conn, err := net.Dial("tcp", joiningServer(t, sized, func(l net.Listener) net.Listener { return l }))
	require.NoError(t, err)
	defer conn.Close()
	answers := bufio.NewReader(conn)
	all := lengths()
	for len(all) > 0 {
		ahead := all[:min(3, len(all))]
		all = all[len(ahead):]
		var asked bytes.Buffer
		for _, n := range ahead {
			fmt.Fprintf(&asked, "GET /%d HTTP/1.1\r\nHost: localhost\r\n\r\n", n)
		}
		_, err := conn.Write(asked.Bytes())
		require.NoError(t, err)
		for _, n := range ahead {
			got, err := http.ReadResponse(answers, nil)
			require.NoError(t, err)
			body, err := io.ReadAll(got.Body)
			require.NoError(t, err)
			require.Equal(t, string(bytes.Repeat([]byte{byte('a' + n%26)}, n)), string(body))
		}
	}
}

func TestOverTLSNothingWaits(t *testing.T) {
	t.Parallel()
	other := httptest.NewTLSServer(http.NotFoundHandler())
	defer other.Close()
	at := joiningServer(t, func(c echo.Context) error {
		if connectionOf(c.Request().Context()) != nil {
			return echo.ErrTeapot
		}
		return sized(c)
	}, func(l net.Listener) net.Listener { return tls.NewListener(l, other.TLS.Clone()) })
	for _, n := range []int{0, bufferOf, bufferOf + 1, 6100, 1 << 16} {
		got, err := other.Client().Get("https://" + at + "/" + strconv.Itoa(n))
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, got.StatusCode)
		body, err := io.ReadAll(got.Body)
		require.NoError(t, err)
		require.Len(t, body, n)
		require.NoError(t, got.Body.Close())
	}
}

func TestWhatIsFlushedAfterAnAnswerBeganIsSeenAtOnce(t *testing.T) {
	t.Parallel()
	seen := make(chan struct{})
	at := joiningServer(t, func(c echo.Context) error {
		w := c.Response().Writer
		if _, err := atOneGo(c.Request().Context(), w, make([]byte, bufferOf)); err != nil {
			return err
		}
		if err := http.NewResponseController(w).Flush(); err != nil {
			return err
		}
		<-seen
		_, err := w.Write(make([]byte, bufferOf))
		return err
	}, func(l net.Listener) net.Listener { return l })
	got, err := http.Get("http://" + at + "/")
	require.NoError(t, err)
	defer got.Body.Close()
	_, err = io.ReadFull(got.Body, make([]byte, bufferOf))
	require.NoError(t, err)
	close(seen)
	rest, err := io.ReadAll(got.Body)
	require.NoError(t, err)
	require.Len(t, rest, bufferOf)
}

func TestOnlyAFullBufferOfABodyWaitsAndWhatFailsIsTold(t *testing.T) {
	t.Parallel()
	ours, theirs := net.Pipe()
	c := &joining{Conn: ours, holds: true}
	full := bytes.Repeat([]byte("f"), bufferOf)
	n, err := c.Write(full) // nobody reads: it would hang
	require.NoError(t, err)
	require.Equal(t, bufferOf, n)
	clear(full)
	got := make([]byte, bufferOf+3)
	read := make(chan error)
	go func() { _, err := io.ReadFull(theirs, got); read <- err }()
	n, err = c.Write([]byte("end"))
	require.NoError(t, err)
	require.Equal(t, 3, n)
	require.NoError(t, <-read)
	require.Equal(t, string(bytes.Repeat([]byte("f"), bufferOf))+"end", string(got))

	_, err = c.Write(full)
	require.NoError(t, err)
	require.NoError(t, theirs.Close())
	n, err = c.Write([]byte("end"))
	require.ErrorIs(t, err, io.ErrClosedPipe)
	require.Zero(t, n)
	c.holds = false
	_, err = c.Write(full)
	require.Error(t, err, "nothing waits but a body")
}
