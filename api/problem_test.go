package api_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"tiendo/api"
	"tiendo/pkg/tracker"
)

// wrong is a request that is refused, and how.
type wrong struct {
	method, path, body string
	header             []string
	status             int
	code, pointer      string
}

func TestA26_EveryFailureIsAProblemInTheCallersLanguage(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for name, w := range refusals() {
		t.Run(name, func(t *testing.T) {
			s := s.in(t)
			ask := func(language string) *reply {
				return s.do(w.method, w.path, w.body, append([]string{"Accept-Language", language}, w.header...)...)
			}
			vi, en := ask("vi-VN, vi;q=0.9"), ask("en-GB, vi;q=0.5")
			require.Equal(t, w.status, vi.status, "%s", vi.body)
			require.Equal(t, w.code, vi.problem()["code"], "%s", vi.body)
			if w.pointer != "" {
				require.Equal(t, strings.TrimPrefix(w.pointer, "root"), place(vi, 0), "%s", vi.body)
			}
			require.Equal(t, "vi", vi.header.Get("Content-Language"))
			require.Equal(t, "en", en.header.Get("Content-Language"))
			require.Contains(t, vi.header.Values("Vary"), "Accept-Language")
			for _, same := range []string{"type", "title", "status", "instance", "code"} {
				require.Equal(t, vi.problem()[same], en.problem()[same], same)
			}
			require.NotEqual(t, vi.problem()["detail"], en.problem()["detail"])
			require.Less(t, len(vi.body), 20_000, "in proportion to what was asked")
		})
	}
	require.Equal(t, `"r1"`, s.get(duty).tag(), "none of this changed anything")
}

// in speaks to the same server in a subtest.
func (s *server) in(t *testing.T) *server {
	t.Helper()
	other := *s
	other.t = t
	return &other
}

// refusals are all requests that are refused, with what is said.
// Long because it is a table: one line for each way to be wrong.
func refusals() map[string]wrong {
	get := func(path string, status int, code, pointer string) wrong {
		return wrong{method: http.MethodGet, path: path, status: status, code: code, pointer: pointer}
	}
	patch := func(body string, status int, code, pointer string) wrong {
		return wrong{
			method: http.MethodPatch, path: duty, body: body, status: status, code: code, pointer: pointer,
			header: []string{"Content-Type", "application/merge-patch+json", "If-Match", `"r1"`},
		}
	}
	typed := func(kind string) wrong {
		w := patch(`{"status": "in_progress"}`, 415, "media-type", "")
		w.header[1] = kind
		return w
	}
	put := func(code, body string, status int, says, pointer string) wrong {
		return wrong{
			method: http.MethodPut, path: v1 + "/areas/" + code + "/voting-day", body: body, status: status, code: says, pointer: pointer,
			header: []string{"Content-Type", "application/json"},
		}
	}
	occur := func(code, body, says, pointer string) wrong {
		return wrong{
			method: http.MethodPost, path: v1 + "/areas/" + code + "/occurrences", body: body, status: 422, code: says, pointer: pointer,
			header: []string{"Content-Type", "application/json"},
		}
	}
	dry := func(value string, status int, says string) wrong {
		w := put("058", `{"day": "2021-05-22"}`, status, says, "?dry_run")
		w.path += "?dry_run=" + value
		return w
	}
	long := strings.Repeat("x", 8000)
	all := map[string]wrong{
		"unknown address":           get("/api/v1/nothing", 404, "no-such-address", ""),
		"the API's root":            get("/api/", 404, "no-such-address", ""),
		"unknown address, POST":     {method: http.MethodPost, path: "/api/v1/nothing", status: 404, code: "no-such-address"},
		"unknown file":              get("/assets/nothing.js", 404, "no-such-address", ""),
		"unknown paper":             get("/docs/nothing", 404, "no-such-address", ""),
		"unknown picture":           get("/docs/img/nothing.png", 404, "no-such-address", ""),
		"a folder of papers":        get("/docs/img/", 404, "no-such-address", ""),
		"wrong method":              {method: http.MethodPost, path: "/api/v1/elections", status: 405, code: "method-not-allowed"},
		"odd method":                {method: "BREW", path: duty, status: 405, code: "method-not-allowed"},
		"wrong method for the page": {method: http.MethodPost, path: "/2021", status: 405, code: "method-not-allowed"},
		"unknown election":          get("/api/v1/elections/1789", 404, "election-not-found", ""),
		"unknown election, deep":    get("/api/v1/elections/1789/areas/058/timeline", 404, "election-not-found", ""),
		"unknown area":              get(v1+"/areas/99999/timeline", 404, "area-not-found", ""),
		"unknown area, its list":    get(v1+"/areas/x/children", 404, "area-not-found", ""),
		"unknown area as a filter":  get(v1+"/documents?area=nowhere", 404, "area-not-found", ""),
		"unknown area to look in":   get(v1+"/areas?under=nowhere", 404, "area-not-found", ""),
		"unknown milestone":         get(v1+"/areas/058/milestones/nothing", 404, "milestone-not-found", ""),
		"milestone of a commune":    get(v1+"/areas/058/milestones/consult1_pc_commune", 404, "milestone-not-found", ""),
		"milestone, odd name":       get(v1+"/areas/058/milestones/%00%ff", 404, "milestone-not-found", ""),
		"milestone, no occurrence":  get(consult+".1", 404, "milestone-not-found", ""),
		"unknown task":              get(consult+"/tasks/nothing", 404, "task-not-found", ""),
		"unknown document":          get(v1+"/documents/nothing", 404, "document-not-found", ""),
		"unknown body":              get(v1+"/bodies/nothing", 404, "body-not-found", ""),
		"unknown rule":              get(v1+"/rules/nothing", 404, "rule-not-found", ""),
		"a day that is none":        get(timelineOf("058")+"?as_of=2021-02-31", 400, "parameter-unreadable", "?as_of"),
		"a day that is no text":     get(timelineOf("058")+"?as_of=", 400, "parameter-unreadable", "?as_of"),
		"a day with an hour":        get(timelineOf("058")+"?as_of=2021-01-20T10:00", 400, "parameter-unreadable", "?as_of"),
		"a day twice":               get(timelineOf("058")+"?as_of=2021-01-20&as_of=2021-01-21", 400, "parameter-unreadable", "?as_of"),
		"a day to come":             get(timelineOf("058")+"?as_of=2021-01-26", 422, "as-of-in-the-future", "?as_of"),
		"a bad instant":             get(timelineOf("058")+"?known_at=yesterday", 400, "parameter-unreadable", "?known_at"),
		"an instant without a zone": get(timelineOf("058")+"?known_at=2021-01-25T10:00:00", 400, "parameter-unreadable", "?known_at"),
		"a plus that became space":  get(timelineOf("058")+"?known_at=2021-01-25T10:00:00+07:00", 400, "parameter-unreadable", "?known_at"),
		"unknown parameter":         get(timelineOf("058")+"?asof=2021-01-20", 422, "parameter-unknown", "?asof"),
		"parameter of another":      get(v1+"?limit=3", 422, "parameter-unknown", "?limit"),
		"long unknown parameter":    get(v1+"?"+long+"=3", 422, "parameter-unknown", ""),
		"a query that breaks off":   get(timelineOf("058")+"?as_of=%zz", 400, "request-unreadable", ""),
		"a query with semicolons":   get(v1+"/areas?q=a;limit=3", 400, "request-unreadable", ""),
		"limit 0":                   get(v1+"/areas?limit=0", 422, "parameter-refused", "?limit"),
		"limit 1000":                get(v1+"/areas?limit=1000", 422, "parameter-refused", "?limit"),
		"limit abc":                 get(v1+"/areas?limit=abc", 400, "parameter-unreadable", "?limit"),
		"limit 1e1":                 get(v1+"/areas?limit=1e1", 400, "parameter-unreadable", "?limit"),
		"limit of history":          get(consult+"/history?limit=-7", 422, "parameter-refused", "?limit"),
		"limit beyond numbers":      get(consult+"/history?limit=99999999999999999999", 400, "parameter-unreadable", "?limit"),
		"before nothing":            get(consult+"/history?before=0", 422, "parameter-refused", "?before"),
		"unknown level":             get(v1+"/areas?level=moon", 422, "parameter-refused", "?level"),
		"level not of the list":     get(v1+"/areas?level=polling_area", 422, "parameter-refused", "?level"),
		"unknown body to filter by": get(matrixOf("06")+"?body=committee", 422, "parameter-refused", "?body"),
		"unknown assembly":          get(matrixOf("06")+"?serves=senate", 422, "parameter-refused", "?serves"),
		"unknown state":             get(matrixOf("06")+"?state=late", 422, "parameter-refused", "?state"),
		"unknown order":             get(matrixOf("06")+"?sort=Name", 422, "parameter-refused", "?sort"),
		"no order":                  get(matrixOf("06")+"?sort=", 422, "parameter-refused", "?sort"),
		"a matrix of a day to come": get(matrixOf("06")+"?as_of=2021-01-26", 422, "as-of-in-the-future", "?as_of"),
		"a matrix as it was known":  get(matrixOf("06")+"?known_at=2021-01-24T09:00:00Z", 422, "parameter-unknown", "?known_at"),
		"no voting day":             get(v1+"/areas/058/voting-day", 404, "voting-day-not-found", ""),
		"unknown area, voting day":  get(v1+"/areas/99999/voting-day", 404, "area-not-found", ""),
		"nobody votes there":        put("498", `{"day": "2021-05-22"}`, 422, "nobody-votes-here", "/day"),
		"the nation's voting day":   put("VN", `{"day": "2021-05-22"}`, 422, "voting-day-of-the-nation", "/day"),
		"a voting day of last year": put("058", `{"day": "2020-05-22"}`, 422, "voting-day-too-far", "/day"),
		"a document of tomorrow":    put("058", `{"day": "2021-05-22", "new_document": {"number": "1", "title": "x", "issued_on": "2021-06-22"}}`, 422, "document-in-the-future", "/new_document/issued_on"),
		"voting on election day":    put("058", `{"day": "2021-05-23"}`, 422, "voting-day-is-election-day", "/day"),
		"polls open in the night":   put("058", `{"day": "2021-05-22", "opens": "04:59"}`, 422, "polls-open-unlawfully", "/opens"),
		"an hour that is none":      put("058", `{"day": "2021-05-22", "opens": "29:00"}`, 422, "body-refused", "/opens"),
		"an hour in words":          put("058", `{"day": "2021-05-22", "opens": "five"}`, 422, "body-refused", "/opens"),
		"no voting day given":       put("058", `{"reason": "x"}`, 422, "voting-day-missing", "/day"),
		"an unknown document":       put("058", `{"day": "2021-05-22", "document": "nothing"}`, 422, "document-unknown", "/document"),
		"two documents":             put("058", `{"day": "2021-05-22", "document": "ct_45", "new_document": {"number": "1", "title": "x", "issued_on": "2021-01-22"}}`, 422, "two-documents", "/document"),
		"half a document":           put("058", `{"day": "2021-05-22", "new_document": {"number": "1", "title": "x"}}`, 422, "body-refused", "/new_document/issued_on"),
		"a document without number": put("058", `{"day": "2021-05-22", "new_document": {"number": " ", "title": "x", "issued_on": "2021-01-22"}}`, 422, "document-number-missing", "/new_document/number"),
		"nothing to withdraw":       put("058", `{"in_force": false, "reason": "x"}`, 409, "voting-day-not-in-force", ""),
		"nothing that can occur":    occur("06", `{"rule": "nothing", "occurred_on": "2021-01-20"}`, "rule-does-not-occur", "/rule"),
		"a duty does not occur":     occur("058", `{"rule": "polling_team", "occurred_on": "2021-01-20"}`, "rule-does-not-occur", "/rule"),
		"when did it occur":         occur("058", `{"rule": "re_vote"}`, "body-refused", "/occurred_on"),
		"it occurs tomorrow":        occur("058", `{"rule": "candidate_leaves_board_pc", "occurred_on": "2021-01-26"}`, "happened-in-the-future", "/occurred_on"),
		"again before the vote":     occur("058", `{"rule": "re_vote", "occurred_on": "2021-01-20"}`, "vote-again-before-the-vote", "/occurred_on"),
		"a vote that is none":       occur("058", `{"rule": "candidate_leaves_board_pc", "occurred_on": "2021-01-20", "day": "2021-02-01"}`, "no-vote-to-hold", "/day"),
		"its day is none":           occur("058", `{"rule": "re_vote", "occurred_on": "2021-05-26", "day": "2021-06-31"}`, "body-refused", "/day"),
		"occurrences of nowhere":    get(v1+"/areas/99999/occurrences", 404, "area-not-found", ""),
		"a dry run, perhaps":        dry("maybe", 400, "parameter-unreadable"),
		"a dry run in capitals":     dry("TRUE", 400, "parameter-unreadable"),
		"unknown area, its matrix":  get(v1+"/areas/99999/matrix", 404, "area-not-found", ""),
		"a very long search":        get(v1+"/areas?q="+strings.Repeat("x", 201), 422, "parameter-refused", "?q"),
		"a very long election":      get("/api/v1/elections/"+long, 404, "election-not-found", ""),
		"a very long area":          get(v1+"/areas/"+long, 404, "area-not-found", ""),
		"a very long milestone":     get(v1+"/areas/058/milestones/"+long, 404, "milestone-not-found", ""),
		"a very long task":          get(consult+"/tasks/"+long, 404, "task-not-found", ""),
		"a path that breaks off":    get("/api/v1/elections/%25zz%25", 404, "election-not-found", ""),
		"no media type":             typed(""),
		"plain JSON":                typed("application/json"),
		"a form":                    typed("application/x-www-form-urlencoded"),
		"odd media type":            typed(";;;"),
		"empty body":                patch("", 400, "body-not-json", ""),
		"not JSON":                  patch("{status: done}", 400, "body-not-json", ""),
		"JSON that breaks off":      patch(`{"status": "do`, 400, "body-not-json", ""),
		"two JSON values":           patch(`{"status": "in_progress"} {}`, 400, "body-not-json", ""),
		"deep nesting":              patch(strings.Repeat(`[`, 30_000), 400, "body-not-json", ""),
		"deep nesting that ends":    patch(`{"evidence":`+strings.Repeat(`[`, 5000)+strings.Repeat(`]`, 5000)+`}`, 422, "body-refused", "/evidence"),
		"invalid UTF-8":             patch("{\"status\": \"blocked\", \"reason\": \"\xff\xfe\"}", 400, "body-not-json", ""),
		"a number beyond numbers":   patch(`{"status": 1e999}`, 400, "body-not-json", ""),
		"null":                      patch(`null`, 422, "body-refused", "root"),
		"a list":                    patch(`[]`, 422, "body-refused", "root"),
		"nothing to change":         patch(`{}`, 422, "body-refused", "root"),
		"unknown field":             patch(`{"state": "done"}`, 422, "body-refused", "/state"),
		"field in capitals":         patch(`{"Status": "done"}`, 422, "body-refused", "/Status"),
		"unknown field inside":      patch(`{"evidence": {"page": 3}}`, 422, "body-refused", "/evidence/page"),
		"field with odd signs":      patch(`{"a/b~c\"d": 1}`, 422, "body-refused", `/a~1b~0c"d`),
		"wrong type":                patch(`{"status": 3}`, 422, "body-refused", "/status"),
		"wrong type inside":         patch(`{"evidence": {"number": {"a": 1}}}`, 422, "body-refused", "/evidence/number"),
		"null where it cannot be":   patch(`{"status": null}`, 422, "body-refused", "/status"),
		"unknown word":              patch(`{"status": "cancelled"}`, 422, "body-refused", "/status"),
		"day that is none, sent":    patch(`{"done_on": "2021-02-31"}`, 422, "body-refused", "/done_on"),
		"day with an hour, sent":    patch(`{"done_on": "2021-01-20T00:00:00Z"}`, 422, "body-refused", "/done_on"),
		"day of the year 0":         patch(`{"done_on": "0000-01-01"}`, 422, "body-refused", "/done_on"),
		"too long text":             patch(`{"status": "blocked", "reason": "`+strings.Repeat("ế", 1001)+`"}`, 422, "body-refused", "/reason"),
		"too long number":           patch(`{"evidence": {"number": "`+strings.Repeat("1", 101)+`"}}`, 422, "body-refused", "/evidence/number"),
		"NUL":                       patch(`{"status": "blocked", "reason": "a\u0000b"}`, 422, "text-not-plain", "/reason"),
		"control characters":        patch(`{"status": "blocked", "reason": "a\u0007b"}`, 422, "text-not-plain", "/reason"),
		"a thousand wrong fields":   patch(thousandFields(), 422, "body-refused", ""),
		"a body over 64 kB":         patch(`{"reason": "`+strings.Repeat("x", 65<<10)+`"}`, 413, "body-too-large", ""),
		"another site's change":     patch(`{"status": "in_progress"}`, 403, "cross-origin", ""),
		"another site's, older":     patch(`{"status": "in_progress"}`, 403, "cross-origin", ""),
		"another host":              {method: http.MethodGet, path: "/", header: []string{"Host", "tiendo.example"}, status: 421, code: "host-unknown"},
		"a host that looks local":   {method: http.MethodGet, path: v1, header: []string{"Host", "127.0.0.1.tiendo.example:80"}, status: 421, code: "host-unknown"},
	}
	add := func(name string, header ...string) {
		w := all[name]
		w.header = append(w.header, header...)
		all[name] = w
	}
	add("another site's change", "Sec-Fetch-Site", "cross-site")
	add("another site's, older", "Origin", "https://evil.example")
	return all
}

func thousandFields() string {
	var b strings.Builder
	for i := range 1000 {
		b.WriteString(`"` + strings.Repeat("f", 10+i%20) + strconv.Itoa(i) + `": 1, `)
	}
	return `{` + b.String() + `"z": 1}`
}

// raw sends bytes as they are over a connection of its own, hangs up its side
// when it shall, and reads the answer.
func raw(t *testing.T, address, request string, hangUp bool) *reply {
	t.Helper()
	var d net.Dialer
	conn, err := d.DialContext(t.Context(), "tcp", address)
	require.NoError(t, err)
	defer conn.Close()
	_, err = io.WriteString(conn, request)
	require.NoError(t, err)
	if hangUp {
		require.NoError(t, conn.(*net.TCPConn).CloseWrite())
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	if response.Close { // the client keeps this header for itself
		response.Header.Set("Connection", "close")
	}
	return &reply{t: t, status: response.StatusCode, header: response.Header, body: body}
}

// half is a report that breaks off.
func (s *server) half() string {
	return "PATCH " + duty + " HTTP/1.1\r\nHost: localhost\r\nIf-Match: \"r1\"\r\nAuthorization: Bearer " + s.token.Reveal() +
		"\r\nContent-Type: application/merge-patch+json\r\nContent-Length: 100\r\n\r\n{\"status\": "
}

func TestA26_WhatTheContractRefusesIsToldByWhatItWants(t *testing.T) {
	t.Parallel()
	s := serve(t)
	many := strings.TrimSuffix(strings.Repeat(`"058",`, 1001), ",")
	for wants, r := range map[string]*reply{
		"Viết giờ":                   s.put(v1+"/areas/058/voting-day", `{"day": "2021-05-22", "opens": "5 giờ"}`),
		"dạng late,due_soon":         s.get(deadlinesOf("058") + "?state=Late!"),
		"ít nhất 1 mục":              s.post(plans, `{"area": "058", "title": {"vi": "x"}, "lines": []}`),
		"Dùng một trong: vi, en":     s.get(calendarOf("058") + "?language=fr"),
		"Viết theo dạng 7,3,1":       s.get(calendarOf("058") + "?alarm=7,x"),
		"Tối đa 1000 mục":            s.patch(cityPlan, `"r1"`, `{"lines": {"a": {"areas": {"codes": [`+many+`]}}}}`),
		"ít nhất một trường":         s.patch(cityPlan, `"r1"`, `{}`),
		"Dùng một trong: decision, ": s.post(v1+"/documents", `{"area": "058", "number": "1", "issued_on": "2021-01-20", "title": "x", "kind": "song"}`),
	} {
		require.Equal(t, http.StatusUnprocessableEntity, r.status, "%s", r.body)
		require.Contains(t, string(r.body), wants)
	}
}

func TestA26_ABodyThatDoesNotComeToItsEndIsTheCallersFault(t *testing.T) {
	t.Parallel()
	s := serve(t)
	cut := raw(t, strings.TrimPrefix(s.base, "http://"), s.half(), true)
	require.Equal(t, http.StatusBadRequest, cut.status, "%s", cut.body)
	require.Equal(t, "request-unreadable", cut.problem()["code"])

	impatient := httptest.NewUnstartedServer(s.echo)
	impatient.Config.ReadTimeout = 100 * time.Millisecond
	impatient.Start()
	defer impatient.Close()
	slow := raw(t, impatient.Listener.Addr().String(), s.half(), false)
	require.Equal(t, http.StatusRequestTimeout, slow.status, "%s", slow.body)
	require.Equal(t, "body-too-slow", slow.problem()["code"])
	require.Equal(t, "close", slow.header.Get("Connection"), "the rest is not waited for")
}

func TestA26_WhatIsNoRequestIsRefusedInPlainText(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for request, status := range map[string]int{
		"GET / HTTP/1.1\r\n\r\n":              400,
		"GET / HTTP/1.1\r\nHost: a b\r\n\r\n": 400,
		"GET / HTTP/7.0\r\n\r\n":              505,
		"GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: " + strings.Repeat("x", 40<<10) + "\r\n\r\n": 431,
	} {
		r := raw(t, strings.TrimPrefix(s.base, "http://"), request, false)
		require.Equal(t, status, r.status)
		require.Contains(t, r.header.Get("Content-Type"), "text/plain")
	}
}

func TestA26_AWrongMethodIsToldTheRightOnes(t *testing.T) {
	t.Parallel()
	s := serve(t)
	allow := func(path string) []string {
		return strings.Split(s.do(http.MethodPut, path, "").header.Get("Allow"), ", ")
	}
	require.ElementsMatch(t, []string{"OPTIONS", "GET", "HEAD"}, allow("/api/v1/elections"))
	require.ElementsMatch(t, []string{"OPTIONS", "GET", "HEAD", "PATCH", "DELETE"}, allow(duty))
	require.ElementsMatch(t, []string{"OPTIONS", "GET", "HEAD"}, allow("/livez"))
	require.Empty(t, s.do(http.MethodDelete, "/api/v1/nothing", "").header.Get("Allow"))
}

func TestA26_VietnameseUnlessEnglishIsAskedForFirst(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for header, want := range map[string]string{
		"": "vi", "vi": "vi", "en": "en", "en-US,en;q=0.9": "en", "en;q=0.4, vi": "vi", "fr": "vi", "*": "vi", ";;;": "vi", "fr, en;q=0.5": "en",
	} {
		require.Equal(t, want, s.get("/api/v1/nothing", "Accept-Language", header).header.Get("Content-Language"), header)
	}
}

// insides is what must never reach a client.
const insides = "password=hunter2 at 10.0.0.7"

// broken is a store in which one thing goes wrong.
type broken struct {
	tracker.Store
	how func() error
}

func (b broken) Statements(context.Context, tracker.ElectionID) ([]tracker.Statement, error) {
	return nil, b.how()
}

func TestA26_NothingOfOurInsidesReachesAClient(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	for name, how := range map[string]func() error{
		"a panic":              func() error { panic(insides) },
		"a panic of an error":  func() error { panic(errors.New(insides)) },
		"a panic of Go itself": func() error { return make([]error, 0, 1)[len(insides)] },
		"an unforeseen error":  func() error { return errors.New(insides) },
	} {
		t.Run(name, func(t *testing.T) {
			s := d.serve(func(c *api.Config) { c.Store = broken{c.Store, how} }).in(t)
			for _, packed := range []string{"identity", "gzip"} {
				r := s.get(v1+"/statements", "Accept-Encoding", packed)
				require.Equal(t, http.StatusInternalServerError, r.status)
				require.Equal(t, "internal", r.problem()["code"])
				require.Empty(t, r.header.Get("Content-Encoding"))
				for _, said := range []string{r.text(), jsonOf(t, r.header)} {
					require.NotContains(t, said, "hunter2")
					require.NotContains(t, said, ".go")
					require.NotContains(t, said, "index out of range")
				}
			}
			s.get("/livez").ok()
		})
	}
}

// gate is a way to the database that can be closed.
type gate struct {
	mu     sync.Mutex
	closed bool
	open   []net.Conn
}

func (g *gate) dial(ctx context.Context, network, address string) (net.Conn, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return nil, &net.OpError{Op: "dial", Net: network, Err: errors.New("connection refused by " + insides)}
	}
	var d net.Dialer
	conn, err := d.DialContext(ctx, network, address)
	if err == nil {
		g.open = append(g.open, conn)
	}
	return conn, err
}

func (g *gate) shut(closed bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = closed
	if closed {
		for _, conn := range g.open {
			conn.Close()
		}
		g.open = nil
	}
}

// through makes a pool on the same database that goes through a gate.
func (d *database) through(g *gate) *pgxpool.Pool {
	config := d.pool.Config().Copy()
	config.ConnConfig.DialFunc = g.dial
	pool, err := pgxpool.NewWithConfig(context.Background(), config)
	require.NoError(d.t, err)
	d.t.Cleanup(pool.Close)
	return pool
}

func TestA26_WithoutItsDatabaseAServerSaysNotNowAndComesBack(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	g := &gate{}
	s := d.serveOn(d.through(g))
	s.get("/readyz").ok()
	g.shut(true)
	for _, r := range []*reply{s.get(consult), s.get(duty), s.get(v1 + "/documents"), s.patch(duty, `"r1"`, `{"status": "in_progress"}`)} {
		require.Equal(t, http.StatusServiceUnavailable, r.status, "%s", r.body)
		require.Equal(t, "database-unavailable", r.problem()["code"])
		require.Regexp(t, `^[1-9][0-9]*$`, r.header.Get("Retry-After"))
		require.NotContains(t, r.text(), "hunter2")
	}
	s.get(timelineOf("058")).ok() // the mirror still knows
	s.get("/livez").ok()
	var unready *reply
	require.Eventually(t, func() bool {
		unready = s.get("/readyz")
		return unready.status == http.StatusServiceUnavailable
	}, eventually, tick)
	said := as[api.Readiness](unready)
	require.False(t, said.Ready)
	require.Equal(t, "mirror", said.Checks[0].Name)
	require.False(t, said.Checks[0].Ok)
	require.Contains(t, said.Checks[0].Detail, "check the connection to the database")
	require.NotContains(t, unready.text(), "hunter2")
	require.Regexp(t, `^[1-9][0-9]*$`, unready.header.Get("Retry-After"))

	g.shut(false)
	require.Eventually(t, func() bool { return s.get("/readyz").status == http.StatusOK }, eventually, tick)
	s.change(duty, `{"status": "in_progress"}`)
}

func TestA26_OnlyHostsThatNobodyElseCanPointHereAreAnswered(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	named := []string{"bau-cu.example", "10.0.0.7"}
	everywhere := func(c *api.Config) { c.Everywhere = true }
	hosts := func(c *api.Config) { c.Hosts = named }
	own := []string{"localhost", "LocalHost:8080", "127.0.0.1", "127.9.9.9:80", "[::1]:8080", "[::1]"}
	addresses := []string{"10.0.0.8", "192.0.2.1:8080", "0.0.0.0", "[2001:db8::1]:8080"}
	names := []string{"bau-cu.example", "Bau-Cu.example:8080", "10.0.0.7:80"}
	others := []string{"tiendo.example", "localhost.evil.example", "bau-cu.example.evil.example", "evil.example:8080", "10.0.0.8.evil.example", "2130706433"}
	for what, mode := range map[string]struct {
		settings          []setting
		answered, refused [][]string
	}{
		"as it comes":           {nil, [][]string{own}, [][]string{addresses, names, others}},
		"with names":            {[]setting{hosts}, [][]string{own, names}, [][]string{addresses, others}},
		"everywhere":            {[]setting{everywhere}, [][]string{own, addresses}, [][]string{names[:2], others}},
		"everywhere with names": {[]setting{everywhere, hosts}, [][]string{own, addresses, names}, [][]string{others}},
	} {
		s := d.serve(mode.settings...)
		for _, host := range slices.Concat(mode.answered...) {
			require.Equal(t, http.StatusOK, s.get(v1, "Host", host).status, "%s: %s", what, host)
		}
		for _, host := range slices.Concat(mode.refused...) {
			r := s.get(v1, "Host", host)
			require.Equal(t, http.StatusMisdirectedRequest, r.status, "%s: %s", what, host)
			require.Contains(t, r.problem()["detail"], "--host", "how to put it right")
		}
	}
}

func TestA26_OwnPagesAndProgramsMayChange(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for _, header := range [][]string{{}, {"Sec-Fetch-Site", "same-origin"}, {"Origin", s.base}} {
		s.patch(duty, s.get(duty).tag(), `{"status": "in_progress"}`, header...).ok()
	}
	s.get(v1, "Sec-Fetch-Site", "cross-site").ok() // reading is free
}
