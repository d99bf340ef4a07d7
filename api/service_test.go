package api_test

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"tiendo/api"
	"tiendo/pkg/fault"
)

func TestReadinessNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	ready := as[api.Readiness](d.serve().get("/readyz").ok())
	require.True(t, ready.Ready)
	require.Equal(t, "ok", ready.Checks[0].Detail)
	none := d.serve(func(c *api.Config) { c.Checks = nil })
	require.Contains(t, none.get("/readyz").ok().text(), `"checks":[]`)
	tired := d.serve(func(c *api.Config) {
		c.Checks = append(c.Checks, api.Check{Name: "printer", Ready: func(context.Context) error {
			return fault.New(fault.Unavailable, "printer-out", "hết giấy", "out of paper")
		}})
	})
	said := tired.get("/readyz")
	require.Equal(t, http.StatusServiceUnavailable, said.status)
	require.Equal(t, "5", said.header.Get("Retry-After"))
	checks := as[api.Readiness](said).Checks
	require.True(t, checks[0].Ok)
	require.Equal(t, "out of paper", checks[1].Detail)
	require.Equal(t, "ok\n", tired.get("/livez").ok().text())
}

func TestMetricsCountRoutesAndNothingThatCallersMakeUp(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.get(timelineOf("058")).ok()
	s.get(v1, "Host", "made-up.example")
	s.do("MADEUP", v1, "")
	s.get("/made-up-path")
	metrics := s.get("/metrics").ok()
	require.Contains(t, metrics.header.Get("Content-Type"), "text/plain")
	text := metrics.text()
	require.Contains(t, text, `tiendo_requests_total{code="200",method="GET",url="/api/v1/elections/:election/areas/:area/timeline"} 1`)
	require.Contains(t, text, "go_goroutines")
	require.NotContains(t, strings.ToLower(text), "made-up")
	require.NotContains(t, text, "MADEUP")
	require.NotContains(t, text, "/058/")
	require.Contains(t, text, `method="other"`)
	require.NotContains(t, text, "host=")
}

func TestMetricsTellWhatIsInMemoryAndAreShort(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.change(duty, `{"status": "in_progress"}`)
	text := s.get("/metrics").ok().text()
	v, err := s.mirror.View("2021")
	require.NoError(t, err)
	require.Contains(t, text, fmt.Sprintf("tiendo_mirror_revision{election=\"2021\"} %d\n", v.Revision()))
	require.Regexp(t, `(?m)^tiendo_mirror_milestones\{election="2021"\} [1-9]\d+$`, text)
	require.Regexp(t, `(?m)^tiendo_mirror_age_seconds [0-9.e-]+$`, text)
	perRoute := strings.Count(text, `method="PATCH"`)
	require.Positive(t, perRoute)
	require.LessOrEqual(t, perRoute, 15, "a line for every bucket of every route and status")
}

func TestMetricsCountTheStatusThatTheCallerGot(t *testing.T) {
	t.Parallel()
	s := newDatabase(t).serve(func(c *api.Config) {
		c.Store = broken{c.Store, func() error { panic(insides) }}
	})
	body := `{"status": "in_progress"}`
	for status, r := range map[int]*reply{
		404: s.get(v1 + "/areas/nowhere"),
		412: s.patch(duty, `"r7"`, body),
		422: s.patch(duty, `"r1"`, `{"status": "asleep"}`),
		428: s.do(http.MethodPatch, duty, body, "Content-Type", "application/merge-patch+json"),
		415: s.do(http.MethodPatch, duty, body, "If-Match", `"r1"`),
		405: s.do(http.MethodPut, duty, ""),
		421: s.get(v1, "Host", "tiendo.example"),
		500: s.get(v1 + "/statements"),
	} {
		require.Equal(t, status, r.status)
		require.Contains(t, s.get("/metrics").text(), fmt.Sprintf(`tiendo_requests_total{code="%d"`, status))
	}
	require.Len(t, regexp.MustCompile(`(?m)^tiendo_requests_total\{code="500".* 1$`).FindAllString(s.get("/metrics").text(), -1), 1)
}

func TestARequestKeepsItsCallersNameWhenItIsOne(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for _, name := range []string{"a", "req_1-B", strings.Repeat("x", 64)} {
		require.Equal(t, name, s.get("/livez", "X-Request-Id", name).header.Get("X-Request-Id"))
	}
	for _, name := range []string{"", "a b", "a=\"b\"", "tiến", "a\tb", strings.Repeat("x", 65), strings.Repeat("x", 8000)} {
		require.Regexp(t, `^[A-Za-z0-9]{32}$`, s.get("/livez", "X-Request-Id", name).header.Get("X-Request-Id"), "%.70q", name)
	}
}

func TestEveryAnswerIsGuarded(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for _, address := range []string{"/", "/docs", "/livez", "/assets/index-a1.js", v1, "/api/v1/nothing", timelineOf("058"), matrixOf("VN")} {
		h := s.get(address).header
		if strings.HasPrefix(address, "/api/") {
			require.Equal(t, "default-src 'none'; frame-ancestors 'none'", h.Get("Content-Security-Policy"), address)
		} else {
			require.Contains(t, h.Get("Content-Security-Policy"), "default-src 'none'; script-src 'self'; style-src 'self'; ", address)
			require.Equal(t, "no-referrer", h.Get("Referrer-Policy"), address)
			require.Equal(t, "same-origin", h.Get("Cross-Origin-Opener-Policy"), address)
		}
		require.NotContains(t, h.Get("Content-Security-Policy"), "data:", address)
		require.Contains(t, h.Get("Content-Security-Policy"), "frame-ancestors 'none'", address)
		require.NotContains(t, h.Get("Content-Security-Policy"), "unsafe", address)
		require.Equal(t, "nosniff", h.Get("X-Content-Type-Options"), address)
		require.Equal(t, "same-origin", h.Get("Cross-Origin-Resource-Policy"), address)
		require.NotEmpty(t, h.Get("X-Request-Id"), address)
		require.Empty(t, h.Get("Server"), address)
		require.Empty(t, h.Get("Access-Control-Allow-Origin"), address)
	}
	known := s.get(timelineOf("058"), "If-None-Match", s.get(timelineOf("058")).tag())
	require.Equal(t, http.StatusNotModified, known.status)
	require.Empty(t, known.header.Get("Content-Security-Policy"), "what a client has keeps what it came with")
}

func TestTheContractIsAPageAmongThePapers(t *testing.T) {
	t.Parallel()
	s := serve(t)
	r := s.get("/docs/api").ok()
	require.Contains(t, r.text(), "<title>API</title>")
	require.Equal(t, "text/html; charset=utf-8", r.header.Get("Content-Type"))
	require.Contains(t, r.header.Get("Content-Security-Policy"), "img-src 'self' data:;")
	require.Contains(t, r.header.Get("Content-Security-Policy"), "default-src 'none'; script-src 'self'; style-src 'self'; ")
	require.Equal(t, http.StatusNotModified, s.get("/docs/api", "If-None-Match", r.tag()).status)
	require.Contains(t, s.get("/docs/house").ok().text(), `<a href="/docs/api">api</a>`)
}

func TestEveryScreenIsThePageAndItsFilesKeepByTheirContent(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for _, screen := range []string{"/", "/2021", "/2021/058", "/2021/058?m=annul_and_re_vote.1", "/elsewhere/", "/assets"} {
		r := s.get(screen).ok()
		require.Contains(t, r.text(), "<title>Tiến độ</title>", screen)
		require.Equal(t, "no-cache", r.header.Get("Cache-Control"))
		require.Equal(t, "text/html; charset=utf-8", r.header.Get("Content-Type"))
		require.Empty(t, r.header.Get("Last-Modified"), "the clock of a trial says nothing about a file")
		require.Equal(t, http.StatusNotModified, s.get(screen, "If-None-Match", r.tag()).status)
		require.Equal(t, r.text(), s.get(screen, "If-Modified-Since", "Mon, 25 Jan 2100 10:00:00 GMT").ok().text())
	}
	script := s.get("/assets/index-a1.js", "Range", "bytes=99999-").ok()
	require.Equal(t, "public, max-age=31536000, immutable", script.header.Get("Cache-Control"))
	require.Contains(t, script.header.Get("Content-Type"), "javascript")
	require.NotEqual(t, script.tag(), s.get("/assets/index-a1.css").tag())
}

func TestABinaryWithoutItsPageSaysHowToBuildIt(t *testing.T) {
	t.Parallel()
	s := serve(t, func(c *api.Config) { c.Page = fstest.MapFS{} })
	require.Contains(t, s.get("/").ok().text(), "make build")
	require.Equal(t, http.StatusNotFound, s.get("/api/v1/nothing").status)
}

func TestThePapersAreShownAndProblemsLeadToThem(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for _, address := range []string{"/docs", "/docs/problems", "/docs/problems.md", "/docs/law"} {
		r := s.get(address).ok()
		require.Equal(t, "text/html; charset=utf-8", r.header.Get("Content-Type"), address)
		require.Contains(t, r.text(), `href="/docs/problems"`, address)
		require.NotContains(t, r.text(), "<script", address)
		require.Contains(t, r.text(), `<link rel="icon" href="/favicon.svg">`, "no browser asks for an icon that is not there")
	}
	require.Contains(t, s.get("/docs/docs.css").ok().header.Get("Content-Type"), "text/css")
	papers := s.get("/docs/problems").ok().text()
	for _, refusal := range refusals() {
		require.Regexp(t, `id="`+refusal.code+`">[^<]*</h3>\s*<blockquote lang="vi">`, papers, "where the type of a problem leads")
	}
	for _, outside := range []string{"/docs/../api.go", "/docs/%2e%2e/server.go", "/docs/..%2fserver.go", "/docs/embed.go", "/docs/img/../embed.go"} {
		require.NotContains(t, s.get(outside).text(), "package ", outside)
	}
}
