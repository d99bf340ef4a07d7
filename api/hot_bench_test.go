package api

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/mirror"
	"tiendo/pkg/mirror/mirrortest"
	"tiendo/pkg/tracker"
)

// nowhere is a client that throws away what it is given.
type nowhere struct{ h http.Header }

func (n *nowhere) Header() http.Header         { return n.h }
func (n *nowhere) Write(b []byte) (int, error) { return len(b), nil }
func (*nowhere) WriteHeader(int)               {}

// countryServer answers for the whole country, with everything on, to who comes
// with the token.
func countryServer(b *testing.B, token access.Secret) *echo.Echo {
	b.Helper()
	list := area.Edition2021()
	m := mirror.New(mirrortest.NewCountry(b, list), mirror.Options{Now: time.Now})
	require.NoError(b, m.Apply(b.Context(), []tracker.Change{{Election: mirrortest.ID, Revision: 1}}))
	accounts, err := access.NewService(oneToken{digest: token.Digest()}, time.Now, time.UTC, nobodysPasswords{})
	require.NoError(b, err)
	_, err = accounts.TokenCaller(b.Context(), token)
	require.NoError(b, err)
	usual := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(io.Discard, nil)))
	b.Cleanup(func() { slog.SetDefault(usual) })
	e, err := New(Config{
		Mirror: m, Clock: func() time.Time { return time.Date(2021, 1, 25, 3, 0, 0, 0, time.UTC) }, Zone: mirrortest.Zone, Access: accounts,
		Page: fstest.MapFS{}, Docs: fstest.MapFS{}, PublicReading: true, Limits: Limits{PerSecond: 1e8, AtOnce: 1e8, Quota: mostAnswers, Window: time.Hour},
	})
	require.NoError(b, err)
	return e
}

// BenchmarkHot refreshes random areas in the hot pass, in the chain, and, for
// comparison, from a bare echo handler that gives the same bytes.
func BenchmarkHot(b *testing.B) {
	token := access.NewSecret(access.ForToken)
	served := countryServer(b, token)
	list := area.Edition2021()
	connection := withConnection(context.Background(), &counted{})
	request := func(n int, query string) *http.Request {
		code := list.At(n * 7919 % list.Len()).Code
		r := httptest.NewRequestWithContext(connection, http.MethodGet, "http://localhost/api/v1/elections/"+string(mirrortest.ID)+"/areas/"+string(code)+"/timeline"+query, http.NoBody)
		r.Header.Set("Authorization", "Bearer "+token.Reveal())
		r.Header.Set("Accept-Encoding", "gzip")
		return r
	}
	const n = 1000
	bodies := map[string]*httptest.ResponseRecorder{}
	for k := range n {
		w, r := httptest.NewRecorder(), request(k, "")
		served.ServeHTTP(w, r)
		require.Equal(b, http.StatusOK, w.Code, w.Body.String())
		bodies[r.URL.Path] = w
	}
	bare := echo.New()
	bare.GET("/api/v1/elections/:election/areas/:area/timeline", func(c echo.Context) error {
		w := bodies[c.Request().URL.Path]
		h := c.Response().Header()
		h.Set("ETag", w.Header().Get("ETag"))
		if c.Request().Header.Get("If-None-Match") == w.Header().Get("ETag") {
			return c.NoContent(http.StatusNotModified)
		}
		h.Set("Content-Encoding", "gzip")
		return c.Blob(http.StatusOK, "application/json", w.Body.Bytes())
	})
	run := func(name string, e http.Handler, query string, known bool) {
		all := make([]*http.Request, n)
		for k := range all {
			all[k] = request(k, query)
			if known {
				all[k].Header.Set("If-None-Match", bodies[all[k].URL.Path].Header().Get("ETag"))
			}
		}
		w := &nowhere{http.Header{}}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for k := 0; b.Loop(); k++ {
				clear(w.h)
				e.ServeHTTP(w, all[k%n])
			}
		})
	}
	run("304/bare", bare, "", true)
	run("304/hot", served, "", true)
	run("304/chain", served, "?", true)
	run("200/bare", bare, "", false)
	run("200/hot", served, "", false)
	run("200/chain", served, "?", false)
}
