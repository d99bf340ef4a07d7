package api_test

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/api"
	"tiendo/pkg/access"
)

// Requests that are not what they seem: of other sites, under other names, by
// spellings of an address or a header that somebody on the way reads otherwise.

// administrator may do everything, and comes with a session as a browser does.
func (s *stage) administrator() []string {
	s.t.Helper()
	_, cookie, _, _ := s.holder(access.ReadWrite, "VN", grant("VN", access.Administrator))
	return cookie
}

func TestNoOtherSiteHasAnythingDone(t *testing.T) {
	t.Parallel()
	s := newStage(t, true)
	cookie := s.administrator()
	before := s.d.sums()
	for _, o := range everyOperation(t, s.places) {
		if !o.writes() {
			continue
		}
		for _, from := range [][]string{
			{"Sec-Fetch-Site", "cross-site"},
			{"Sec-Fetch-Site", "same-site"},
			{"Sec-Fetch-Site", "cross-site", "Origin", s.base},
			{"Sec-Fetch-Site", "SAME-ORIGIN"},
			{"Origin", "https://evil.example"},
			{"Origin", "null"},
			{"Origin", strings.Replace(s.base, "http://", "http://localhost.", 1)},
			{"Origin", s.base + "0"},
		} {
			for _, who := range [][]string{cookie, nil} {
				s.ask(&o, append(from, who...)...).refused(http.StatusForbidden, "cross-origin")
			}
		}
	}
	require.Equal(t, before, s.d.sums())
}

// A form of another site can send these kinds, and browsers ask nobody before.
func TestWhatAFormCanSendIsNoBody(t *testing.T) {
	t.Parallel()
	s := newStage(t, true)
	cookie := s.administrator()
	before := s.d.sums()
	for _, o := range everyOperation(t, s.places) {
		if o.kind == "" {
			continue
		}
		for _, kind := range []string{"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain; application/json", "application/json, text/plain"} {
			o.kind = kind
			r := s.ask(&o, cookie...)
			require.Equal(t, http.StatusUnsupportedMediaType, r.status, "%s %s as %s: %s", o.method, o.path, kind, r.body)
			r.problem()
		}
	}
	require.Equal(t, before, s.d.sums())
}

func TestNoHeaderMakesAnotherMethodOrAddressOfARequest(t *testing.T) {
	t.Parallel()
	s := newStage(t, true)
	cookie := s.administrator()
	before := s.d.sums()
	for _, name := range []string{"X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"} {
		for _, method := range []string{"DELETE", "PATCH", "PUT"} {
			require.Equal(t, http.StatusOK, s.get(duty, append(cookie, name, method)...).status)
			require.Equal(t, http.StatusMethodNotAllowed, s.post(duty, `{"status": "in_progress"}`, append(cookie, name, method, "If-Match", s.tagOf(&operation{address: duty}))...).status)
		}
	}
	require.Equal(t, http.StatusUnprocessableEntity, s.get(duty+"?_method=DELETE", cookie...).status)
	for _, method := range []string{"TRACE", "CONNECT", "PROPFIND", "get", "PURGE"} {
		r := s.raw(method + " " + duty + " HTTP/1.1\r\nHost: localhost\r\nCookie: " + cookie[1] + "\r\nConnection: close\r\n\r\n")
		require.GreaterOrEqual(t, r.status, 400, method)
		require.Less(t, r.status, 500, method)
		require.NotContains(t, r.text(), cookie[1], "nothing is sent back")
	}
	for _, name := range []string{"X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Prefix", "X-Forwarded-Uri"} {
		require.Equal(t, "ok\n", s.get("/livez", append(cookie, name, "/api/v1/me")...).ok().text(), name)
		s.stranger().get(me, name, "/livez").refused(http.StatusUnauthorized, "sign-in-needed")
	}
	require.Equal(t, before, s.d.sums())
}

func (s *server) raw(request string) *reply {
	s.t.Helper()
	return raw(s.t, strings.TrimPrefix(s.base, "http://"), request, false)
}

// spellings of an address, by which somebody on the way, or the server itself,
// could take it for another one.
func spellings(address string) map[string]string {
	bare := strings.TrimPrefix(address, "/")
	parts := strings.SplitAfterN(address, "/areas/", 2)
	return map[string]string{
		"two slashes first":    "//" + bare,
		"two slashes inside":   strings.Replace(address, "/v1/", "//v1/", 1),
		"a slash at the end":   address + "/",
		"a dot":                strings.Replace(address, "/v1/", "/./v1/", 1),
		"two dots":             "/docs/.." + address,
		"two dots, encoded":    "/docs/%2e%2e" + address,
		"two dots, twice":      "/docs/%252e%252e" + address,
		"two dots, overlong":   "/docs/%c0%ae%c0%ae" + address,
		"two dots, backslash":  `/docs\..\` + bare,
		"out of the root":      "/../../.." + address,
		"a parameter":          strings.Replace(address, "/v1/", "/v1;x=y/", 1),
		"a parameter at end":   address + ";x=y",
		"an ending":            address + ".json",
		"capitals":             strings.ToUpper(address),
		"an encoded letter":    strings.Replace(address, "/api/", "/%61pi/", 1),
		"encoded slashes":      "/" + strings.ReplaceAll(bare, "/", "%2f"),
		"NUL":                  address + "%00",
		"NUL and an ending":    address + "%00.css",
		"an encoded code":      strings.Replace(address, "058", "%30%35%38", 1),
		"twice encoded":        strings.Replace(address, "058", "%2530%2535%2538", 1),
		"wide digits":          strings.Replace(address, "058", "%ef%bc%90%ef%bc%95%ef%bc%98", 1),
		"Arabic digits":        strings.Replace(address, "058", "%d9%a0%d9%a5%d9%a8", 1),
		"a letter for a zero":  strings.Replace(address, "058", "O58", 1),
		"a space":              strings.Replace(address, "058", "058%20", 1),
		"a space that is none": strings.Replace(address, "058", "058%e2%80%8b", 1),
		"a line":               strings.Replace(address, "058", "058%0d%0aX-Evil:%201", 1),
		"two codes":            strings.Replace(address, "058", "306,058", 1),
		"a code from inside":   parts[0] + "306/../" + parts[1],
		"the same, encoded":    parts[0] + "306%2f..%2f" + parts[1],
		"no zero":              strings.Replace(address, "058", "58", 1),
		"more zeros":           strings.Replace(address, "058", "0058", 1),
		"very long":            address + strings.Repeat("/x", 4000),
		"an unfinished escape": address + "%",
		"a whole address":      "http://localhost" + address,
		"another's address":    "http://evil.example" + address,
		"a fragment":           address + "#/api/v1/session",
	}
}

func TestNoSpellingOfAnAddressLeadsPastItsRight(t *testing.T) {
	t.Parallel()
	s := newStage(t, false)
	_, cookie, _, _ := s.holder(access.ReadWrite, "VN", grant("306", access.Lead))
	before := s.d.sums()
	tag := s.tagOf(&operation{address: duty})
	requests := map[string]string{
		"GET " + consult + "/notes":                  "",
		"GET " + duty:                                "",
		"GET " + v1 + "/areas/058/people":            "",
		"PATCH " + duty:                              `{"status": "in_progress"}`,
		"PUT " + v1 + "/areas/058/people/lan.nguyen": `{"role": "lead"}`,
	}
	for request, body := range requests {
		method, address, _ := strings.Cut(request, " ")
		for what, spelt := range spellings(address) {
			for _, who := range []string{"", "Cookie: " + cookie[1] + "\r\n"} {
				r := s.raw(fmt.Sprintf("%s %s HTTP/1.1\r\nHost: localhost\r\n%sIf-Match: %s\r\nContent-Type: application/%s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s",
					method, spelt, who, tag, map[string]string{"PATCH": "merge-patch+json", "PUT": "json", "GET": "json"}[method], len(body), body))
				say := fmt.Sprintf("%s: %s %.300q: %d %.300s", what, method, spelt, r.status, r.body)
				require.Less(t, r.status, 500, say)
				require.NotContains(t, strings.ToLower(r.text()), secret, say)
				require.Empty(t, r.header.Get("X-Evil"), say)
				require.Empty(t, r.header.Get("Location"), "nobody is led to where somebody else says: %s", say)
				if r.status < 300 {
					// The page is every screen; and public things of the city, for who is signed in.
					ours := strings.Contains(r.header.Get("Content-Type"), "text/html") || method == http.MethodGet && address == duty && who != ""
					require.True(t, ours, say)
				}
			}
		}
	}
	require.Equal(t, before, s.d.sums())
}

func TestWhatAStrangerWritesAboutHisWayIsNotBelieved(t *testing.T) {
	t.Parallel()
	s := serve(t).stranger() // no proxy is trusted
	held := 0
	for i := range 60 { // another address each time would never be held up
		from := netip.AddrFrom4([4]byte{203, 0, 113, byte(i)}).String()
		r := s.post("/api/v1/setup/look", `{"secret": "tdu_x"}`, "X-Forwarded-For", from, "X-Real-IP", from, "Forwarded", "for="+from, "CF-Connecting-IP", from)
		if r.status == http.StatusTooManyRequests {
			held++
		}
	}
	require.Positive(t, held)
	for _, header := range [][]string{
		{"X-Forwarded-Host", "evil.example"}, {"X-Forwarded-Server", "evil.example"}, {"Forwarded", "host=evil.example;proto=https"}, {"X-Host", "evil.example"},
	} {
		r := s.get(v1+"/areas/058/export.csv", header...).ok()
		require.NotContains(t, r.text()+jsonOf(t, r.header), "evil.example")
	}
	behind := serve(t, func(c *api.Config) { c.Proxies = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")} }).stranger()
	require.Empty(t, behind.get("/", "X-Forwarded-Proto", "https").header.Get("Strict-Transport-Security"), "another proxy is")
}

func TestARequestThatCouldBeReadInTwoWaysIsNotRead(t *testing.T) {
	t.Parallel()
	s := serve(t)
	tag := s.get(duty).tag()
	head := "PATCH " + duty + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nIf-Match: " + tag +
		"\r\nAuthorization: Bearer " + s.token.Reveal() + "\r\nContent-Type: application/merge-patch+json\r\n"
	body := `{"status": "in_progress"}`
	for what, request := range map[string]string{
		"two lengths":               head + "Content-Length: 25\r\nContent-Length: 3\r\n\r\n" + body,
		"a list of lengths":         head + "Content-Length: 25, 3\r\n\r\n" + body,
		"a length with a sign":      head + "Content-Length: +25\r\n\r\n" + body,
		"a length below zero":       head + "Content-Length: -1\r\n\r\n" + body,
		"two hosts":                 strings.Replace(head, "Host: localhost\r\n", "Host: localhost\r\nHost: evil.example\r\n", 1) + "Content-Length: 25\r\n\r\n" + body,
		"an unknown coding":         head + "Transfer-Encoding: xchunked\r\n\r\n" + body,
		"two codings":               head + "Transfer-Encoding: chunked, identity\r\n\r\n19\r\n" + body + "\r\n0\r\n\r\n",
		"a coding, hidden":          head + "Transfer-Encoding : chunked\r\n\r\n19\r\n" + body + "\r\n0\r\n\r\n",
		"a chunk that is none":      head + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n" + body + "\r\n0\r\n\r\n",
		"a chunk larger than large": head + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n" + body,
		"a header on two lines":     head + "X-A: b\r\n\u00a0c: d\r\nContent-Length: 25\r\n\r\n" + body,
		"a NUL in a header":         head + "X-A: b\x00c\r\nContent-Length: 25\r\n\r\n" + body,
		"a name with a space":       head + "X A: b\r\nContent-Length: 25\r\n\r\n" + body,
		"no name":                   head + ": b\r\nContent-Length: 25\r\n\r\n" + body,
		"many headers":              head + strings.Repeat("X-A: bbbbbbbbbbbbbbbb\r\n", 2000) + "Content-Length: 25\r\n\r\n" + body,
		"a large cookie":            head + "Cookie: tiendo=" + strings.Repeat("a", 40_000) + "\r\nContent-Length: 25\r\n\r\n" + body,
	} {
		r := s.raw(request)
		require.GreaterOrEqual(t, r.status, 400, "%s: %s", what, r.body)
		require.Less(t, r.status, 502, "%s: %s", what, r.body)
		require.Equal(t, tag, s.get(duty).tag(), what)
	}
	// A length beside chunks is the older way to smuggle: chunks count, and nothing of
	// what follows is taken for a request.
	both := s.raw(head + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n19\r\n" + body + "\r\n0\r\n\r\nGET /api/v1/me HTTP/1.1\r\nHost: localhost\r\n\r\n")
	require.Contains(t, []int{http.StatusOK, http.StatusBadRequest}, both.status)
}

func TestOddConditionsAndRangesGiveTheWholeOrAreRefused(t *testing.T) {
	t.Parallel()
	s := serve(t)
	tag := s.get(duty).tag()
	for _, value := range []string{"bytes=0-10", "bytes=-1", "bytes=0-0,1-1,2-2", "bytes=99999999999999999999-", "lines=1-2", "bytes=" + strings.Repeat("0-0,", 3000)} {
		for _, address := range []string{v1, exportOf("058", "csv"), exportOf("058", "xlsx"), "/", "/docs/docs.css", "/api/v1/openapi.yaml"} {
			r := s.get(address, "Range", value, "If-Range", `"x"`).ok()
			require.Empty(t, r.header.Get("Content-Range"), address)
		}
	}
	for _, value := range []string{`"`, `""`, "W/", `W/"`, "r1", `"r1" "r2"`, `"r1",,"r2"`, "\xff\xfe", strings.Repeat(`"x",`, 3000), "*, *", `"r` + strings.Repeat("9", 400) + `"`} {
		require.Contains(t, []int{http.StatusOK, http.StatusNotModified, http.StatusBadRequest}, s.get(duty, "If-None-Match", value).status, "%.80q", value)
		r := s.patch(duty, value, `{"status": "in_progress"}`)
		require.Contains(t, []int{400, 412, 422, 428}, r.status, "%.80q: %s", value, r.body)
	}
	for _, name := range []string{"If-Modified-Since", "If-Unmodified-Since", "Date", "Accept", "Accept-Language", "Accept-Encoding", "Expect"} {
		for _, value := range []string{"garbage", "\xff", "Thu, 99 Foo 9999 99:99:99 GMT", ";q=;;,,*/*;q=9", strings.Repeat("a-", 4000)} {
			r := s.raw("GET " + v1 + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + name + ": " + value + "\r\n\r\n")
			require.Contains(t, []int{200, 304, 400, 406, 417, 431}, r.status, "%s: %.80q", name, value)
		}
	}
	require.Equal(t, tag, s.get(duty).tag())
}

func TestWhoeverComesTwiceIsOneOrNobody(t *testing.T) {
	t.Parallel()
	s := newStage(t, true)
	_, lead, leadToken, _ := s.holder(access.ReadWrite, "VN", grant("06", access.Lead))
	_, none, noneToken, _ := s.holder(access.ReadWrite, "VN")
	people := v1 + "/areas/058/people"
	s.get(people, lead...).ok()
	for what, header := range map[string][]string{
		"the token counts before the cookie": {"Cookie", lead[1], "Authorization", noneToken[1]},
		"the first cookie counts":            {"Cookie", none[1] + "; " + lead[1]},
		"the first token counts":             {"Authorization", noneToken[1], "Authorization", leadToken[1]},
	} {
		require.Equal(t, http.StatusNotFound, s.get(people, header...).status, what)
	}
	for what, header := range map[string][]string{
		"a token behind another word":    {"Authorization", "Token " + leadToken[1]},
		"a token without a word":         {"Authorization", strings.TrimPrefix(leadToken[1], "Bearer ")},
		"a token as a cookie":            {"Cookie", "tiendo=" + strings.TrimPrefix(leadToken[1], "Bearer ")},
		"a session under the other name": {"Cookie", strings.Replace(lead[1], "tiendo=", "__Host-tiendo=", 1)},
		"a session in capitals":          {"Cookie", strings.ToUpper(lead[1])},
		"a session as a token":           {"Authorization", "Bearer " + strings.TrimPrefix(lead[1], "tiendo=")},
		"a session that was cut":         {"Cookie", lead[1][:len(lead[1])-1]},
		"a session with more behind":     {"Cookie", lead[1] + "A"},
		"a proxy's word for who it is":   {"X-Remote-User", "lan", "Remote-User", "lan", "X-Forwarded-User", "lan"},
	} {
		require.Equal(t, http.StatusUnauthorized, s.get(people, header...).status, what)
	}
	require.Equal(t, http.StatusUnauthorized, s.get(people+"?access_token="+strings.TrimPrefix(leadToken[1], "Bearer ")).status, "no token stands in an address")
}
