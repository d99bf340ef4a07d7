package api_test

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tiendo/api"
)

func childrenOf(code string) string { return v1 + "/areas/" + code + "/children" }

// hotRoutes are the addresses of a place that the hot pass answers.
var hotRoutes = []func(string) string{timelineOf, matrixOf, deadlinesOf, childrenOf, calendarOf}

// passed is how many requests the hot pass has answered.
func (s *server) passed() int {
	s.t.Helper()
	found := regexp.MustCompile(`(?m)^tiendo_hot_answers_total (\d+)$`).FindStringSubmatch(s.get("/metrics").ok().text())
	require.NotNil(s.t, found)
	n, err := strconv.Atoi(found[1])
	require.NoError(s.t, err)
	return n
}

// exchange is a request as it is and the answer as it was, both without what
// differs each time.
func (s *server) exchange(method, address string, header ...string) (status int, h http.Header, body string) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.base+address, http.NoBody)
	require.NoError(s.t, err)
	for k := 0; k < len(header); k += 2 {
		if header[k] == "Host" {
			r.Host = header[k+1]
		} else {
			r.Header.Add(header[k], header[k+1])
		}
	}
	answer, err := client.Do(r)
	require.NoError(s.t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(s.t, err)
	h = answer.Header.Clone()
	require.NotEmpty(s.t, h.Get("X-Request-Id"))
	h.Del("Date")
	h.Del("RateLimit") // is less with every answer
	if r.Header.Get("X-Request-Id") == "" {
		h.Del("X-Request-Id")
	}
	return answer.StatusCode, h, string(text)
}

func TestWhatIsAnsweredInOnePassIsWhatTheChainAnswers(t *testing.T) {
	t.Parallel()
	s := serve(t, func(c *api.Config) {
		c.Proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
		c.Limits = api.Limits{PerSecond: 1e6, AtOnce: 1e6, Quota: 1e6, Window: time.Hour} // the chain's dear ones count as many
	})
	s.change(duty, `{"status": "in_progress"}`)
	both := func(method, address string, header ...string) string {
		s.t.Helper()
		status, h, body := s.exchange(method, address, header...)
		// An empty query is out of the ordinary, and says the same.
		otherStatus, other, otherBody := s.exchange(method, address+"?", header...)
		require.Equal(t, otherStatus, status, "%s %s %q", method, address, header)
		require.Equal(t, other, h, "%s %s %q", method, address, header)
		require.Equal(t, otherBody, body, "%s %s %q", method, address, header)
		return h.Get("ETag")
	}
	asked, before := 0, s.passed()
	for _, code := range []string{"VN", "06", "058", "01840", "318"} {
		for _, of := range hotRoutes {
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				for _, accepted := range []string{"", "gzip", "gzip, deflate, br, zstd", "br;q=1.0, gzip;q=0.8", "identity", "gzip;q=0", "*", "GZIP"} {
					packing := []string{"Accept-Encoding", accepted}
					tag := both(method, of(code), packing...)
					bare := strings.TrimPrefix(tag, "W/")
					asked++
					for _, known := range []string{tag, bare, "*", `"a", ` + tag, `W/"a",` + bare + `,"b"`, `"other"`, "nonsense", bare[1:]} {
						both(method, of(code), append(packing, "If-None-Match", known)...)
						asked++
					}
				}
			}
			both(http.MethodGet, of(code), "X-Request-Id", "my-name_1")
			both(http.MethodGet, of(code), "X-Forwarded-Proto", "https")
			both(http.MethodGet, of(code), "Authorization", "Bearer "+s.token.Reveal(), "Cookie", "a=b")
			both(http.MethodGet, of(code), "Authorization", "Basic bGFuOmLhu5Fu") // of a proxy in front
			both(http.MethodGet, of(code), "Host", "LOCALHOST:80", "Accept-Language", "en")
			asked += 5
		}
	}
	require.Equal(t, before+asked, s.passed(), "and each was answered in one pass")
}

func TestWhatIsOutOfTheOrdinaryIsLeftToTheChain(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.get(timelineOf("058"))
	before := s.passed()
	for _, x := range []struct {
		method, address string
		header          []string
		status          int
	}{
		{"GET", timelineOf("nowhere"), nil, 404},
		{"GET", "/api/v1/elections/1999/areas/058/timeline", nil, 404},
		{"GET", timelineOf("058") + "/", nil, 404},
		{"GET", timelineOf("058") + "/x", nil, 404},
		{"GET", v1 + "/areas//timeline", nil, 400},
		{"GET", "/api/v1/elections/2021//areas/058/timeline", nil, 404},
		{"GET", v1 + "/areas/%30%35%38/timeline", nil, 200},
		{"GET", v1 + "/areas/0%2F58/timeline", nil, 404},
		{"GET", timelineOf("058") + "?", nil, 200},
		{"GET", timelineOf("058") + "?as_of=2021-01-20", nil, 200},
		{"GET", timelineOf("058") + "?as_off=2021-01-20", nil, 422},
		{"GET", timelineOf("058") + "?as_of=2031-01-20", nil, 422},
		{"GET", matrixOf("058") + "?open=none", nil, 200},
		{"POST", timelineOf("058"), nil, 405},
		{"PATCH", timelineOf("058"), nil, 405},
		{"GET", timelineOf("058"), []string{"If-None-Match", `"a"`, "If-None-Match", `"b"`}, 200},
		{"GET", timelineOf("058"), []string{"Accept-Encoding", "br", "Accept-Encoding", "gzip"}, 200},
		{"GET", timelineOf("058"), []string{"Host", "elsewhere.example"}, 421},
		{"GET", v1 + "/areas/058", nil, 200},
	} {
		status, _, _ := s.exchange(x.method, x.address, x.header...)
		require.Equal(t, x.status, status, "%s %s", x.method, x.address)
	}
	require.Equal(t, before, s.passed())
}

func TestWithoutPublicReadingNothingIsAnsweredBeforeItIsKnownWhoAsks(t *testing.T) {
	t.Parallel()
	s := serve(t, func(c *api.Config) { c.PublicReading = false })
	for _, of := range hotRoutes {
		status, h, _ := s.exchange(http.MethodGet, of("058"))
		require.Equal(t, http.StatusUnauthorized, status)
		require.Equal(t, "no-store", h.Get("Cache-Control"))
		require.Contains(t, s.get(of("058")).ok().header.Get("Cache-Control"), "private")
		before := s.passed()
		token := []string{"Authorization", "Bearer " + s.token.Reveal()}
		_, hot, body := s.exchange(http.MethodGet, of("058"), token...)
		_, chain, otherBody := s.exchange(http.MethodGet, of("058")+"?", token...)
		require.Equal(t, chain, hot)
		require.Equal(t, otherBody, body)
		require.Equal(t, before+1, s.passed(), "a token that is known asks no more than memory")
	}
}

func TestWhatBreaksInTheHotPassIsAnsweredAsAProblem(t *testing.T) {
	t.Parallel()
	var broken atomic.Bool
	s := serve(t, func(c *api.Config) {
		usual := c.Clock
		c.Clock = func() time.Time {
			if broken.Load() {
				panic(insides)
			}
			return usual()
		}
	})
	s.get(timelineOf("058")).ok()
	broken.Store(true)
	for _, of := range hotRoutes {
		r := s.get(of("058"))
		require.Equal(t, http.StatusInternalServerError, r.status)
		require.Equal(t, "internal", as[api.Problem](r).Code)
		require.NotContains(t, r.text(), insides)
		require.Len(t, r.header.Values("Vary"), 2, "once each")
	}
	broken.Store(false)
	s.get(timelineOf("058")).ok()
}

func TestARefreshOfAnyProjectionAsksTheDatabaseNothing(t *testing.T) {
	t.Parallel()
	d, asked := newDatabase(t), &counter{}
	s := d.serve(d.counted(asked))
	s.change(duty, `{"status": "in_progress"}`)
	require.Positive(t, asked.n.Load(), "what is counted is what the server asks")
	before, passed := asked.n.Load(), s.passed()
	n := 0
	for _, code := range []string{"058", "06", "VN", "318"} {
		for _, of := range hotRoutes {
			for range 2 { // made, and met
				full := s.get(of(code), "Accept-Encoding", "gzip").ok()
				require.Equal(t, http.StatusNotModified, s.get(of(code), "If-None-Match", full.tag()).status)
				n += 2
			}
		}
	}
	require.Equal(t, before, asked.n.Load())
	require.Equal(t, passed+n, s.passed())
}

func TestTheHotPassCountsAndLogsAsTheChainDoes(t *testing.T) {
	t.Parallel()
	s := serve(t)
	tag := s.get(timelineOf("058")).ok().tag()
	for range 3 {
		s.get(timelineOf("058"), "If-None-Match", tag)
	}
	s.get(timelineOf("058") + "?").ok()
	text := s.get("/metrics").text()
	route := `method="GET",url="/api/v1/elections/:election/areas/:area/timeline"`
	require.Contains(t, text, `tiendo_requests_total{code="200",`+route+`} 2`)
	require.Contains(t, text, `tiendo_requests_total{code="304",`+route+`} 3`)
	require.Contains(t, text, `tiendo_request_duration_seconds_count{code="304",`+route+`} 3`)
	require.Contains(t, text, `tiendo_response_size_bytes_count{code="200",`+route+`} 2`)
	require.NotContains(t, text, `areas/:area/deadlines"`, "what nobody asked for is no series")
}

// written is a log, read while it grows.
type written struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (w *written) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(p)
}

func (w *written) lines() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.Split(strings.TrimSpace(w.text.String()), "\n")
}

// Not parallel: the program's log is read.
func TestAStormOfRefreshesLeavesAHundredLinesASecondAndTheirNumber(t *testing.T) {
	s := serve(t)
	log, usual := &written{}, slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(log, nil)))
	defer slog.SetDefault(usual)
	s.get(timelineOf("058") + "?").ok()
	s.get(timelineOf("058")).ok()
	chain, hot := log.lines()[0], log.lines()[1]
	differing := regexp.MustCompile(`(time|took|id)=\S+`)
	require.Equal(t, differing.ReplaceAllString(chain, ""), differing.ReplaceAllString(hot, ""), "the same line")

	begun := time.Now()
	for range 5000 {
		s.echo.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "http://localhost"+timelineOf("058"), http.NoBody))
	}
	seconds := int(time.Since(begun).Seconds()) + 2
	require.LessOrEqual(t, len(log.lines()), 2+101*seconds)
}
