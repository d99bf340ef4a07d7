package api_test

import (
	"encoding/json"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/api"
	"tiendo/pkg/access"
)

const (
	theSession = "/api/v1/session"
	me         = "/api/v1/me"
)

// stranger has neither token nor cookie.
func (s *server) stranger() *server { return s.as("") }

// signIn begins a session and gives its cookie as a client sends it.
func (s *server) signIn(user string, header ...string) string {
	s.t.Helper()
	r := s.stranger().post(theSession, `{"user": "`+user+`", "password": "`+password+`"}`, header...).ok()
	require.True(s.t, as[api.Session](r).SignedIn)
	return cookieIn(r)
}

func cookieIn(r *reply) string {
	r.t.Helper()
	pair, _, _ := strings.Cut(r.header.Get("Set-Cookie"), ";")
	return pair
}

func TestSigningInBeginsASessionAndSigningOutEndsIt(t *testing.T) {
	t.Parallel()
	s := serve(t)
	before := as[api.Session](s.stranger().get(theSession).ok())
	require.False(t, before.SignedIn)
	require.False(t, before.NeedsSetup)
	require.True(t, before.PublicReading)

	r := s.stranger().post(theSession, `{"user": " LAN ", "password": "`+password+`"}`).ok()
	require.Regexp(t, `^tiendo=[\w-]{43}; Path=/; HttpOnly; SameSite=Lax$`, r.header.Get("Set-Cookie"))
	cookie := cookieIn(r)
	now := as[api.Session](s.get(theSession, "Cookie", cookie).ok())
	require.Equal(t, "cookie", now.Via.MustGet())
	require.Equal(t, "lan", now.User.MustGet().User)
	require.Equal(t, api.Administrator, now.Rights[0].Role)
	require.Equal(t, "Lan", as[api.Account](s.get(me, "Cookie", cookie).ok()).Name)

	out := s.do(http.MethodDelete, theSession, "", "Cookie", cookie)
	require.Equal(t, http.StatusNoContent, out.status)
	require.Contains(t, out.header.Get("Set-Cookie"), "Max-Age=0")
	s.get(me, "Cookie", cookie).refused(http.StatusUnauthorized, "sign-in-needed")
	require.Equal(t, http.StatusNoContent, s.do(http.MethodDelete, theSession, "", "Cookie", cookie).status, "twice is no failure")
}

func TestWhoIsUnknownAndWhoseNameIsWrongReadTheSame(t *testing.T) {
	t.Parallel()
	s := serve(t).stranger()
	wrong := s.post(theSession, `{"user": "lan", "password": "bốn con gà mái"}`).refused(http.StatusUnauthorized, "sign-in-refused")
	unknown := s.post(theSession, `{"user": "minh", "password": "bốn con gà mái"}`).refused(http.StatusUnauthorized, "sign-in-refused")
	none := s.post(theSession, `{"user": "'; DROP TABLE account --", "password": ""}`).refused(http.StatusUnauthorized, "sign-in-refused")
	require.Equal(t, wrong.text(), unknown.text())
	require.Equal(t, wrong.text(), none.text())
	require.Empty(t, wrong.header.Get("Set-Cookie"))
	require.NotEmpty(t, wrong.header.Get("WWW-Authenticate"))
}

func TestASessionIsNeverOneThatTheBrowserCameWith(t *testing.T) {
	t.Parallel()
	s := serve(t)
	planted := "tiendo=" + strings.Repeat("A", 43)
	first := s.signIn("lan", "Cookie", planted)
	require.NotEqual(t, planted, first)
	s.get(me, "Cookie", planted).refused(http.StatusUnauthorized, "sign-in-needed")
	second := s.signIn("lan", "Cookie", first)
	require.NotEqual(t, first, second)
	s.get(me, "Cookie", first).refused(http.StatusUnauthorized, "sign-in-needed")
	s.get(me, "Cookie", second).ok()
}

func TestWhatIsEndedIsEndedWithTheNextRequest(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	s := d.serve()
	secret := d.user("minh", "Minh", grant("058", access.Reporter))
	minh, cookie := s.as(secret), s.signIn("minh")
	minh.change(duty, `{"status": "in_progress"}`)
	people := v1 + "/areas/058/people/minh"
	tag := s.get(people).ok().tag()

	require.Equal(t, http.StatusNoContent, s.do(http.MethodDelete, people, "", "If-Match", tag).status)
	minh.patch(duty, minh.get(duty).tag(), `{"status": "done"}`).refused(http.StatusForbidden, "not-allowed")
	require.Empty(t, as[api.Session](s.get(theSession, "Cookie", cookie).ok()).Rights)
	s.get(people).refused(http.StatusNotFound, "grant-not-found")
	s.put(people, `{"role": "viewer"}`).ok()
	s.put(people, `{"role": "reporter"}`).refused(http.StatusPreconditionRequired, "if-match-missing")
	s.put(people, `{"role": "reporter"}`, "If-Match", `"r1"`).refused(http.StatusPreconditionFailed, "stale-revision")
	s.put(people, `{"role": "reporter"}`, "If-Match", s.get(people).tag()).ok()
	minh.change(duty, `{"status": "not_started"}`)

	user := "/api/v1/users/minh"
	require.Equal(t, http.StatusNoContent, s.do(http.MethodDelete, user, "", "If-Match", s.get(user).ok().tag()).status)
	minh.get(me).refused(http.StatusUnauthorized, "token-unknown")
	s.get(me, "Cookie", cookie).refused(http.StatusUnauthorized, "sign-in-needed")
	s.stranger().post(theSession, `{"user": "minh", "password": "`+password+`"}`).refused(http.StatusUnauthorized, "sign-in-refused")
	again := as[api.User](s.change(user, `{"disabled": false, "unit": "Phòng Nội vụ"}`))
	require.False(t, again.Disabled)
	require.Equal(t, "Phòng Nội vụ", again.Unit)
	minh.get(me).ok()
	tag = s.get(user).ok().tag()
	s.patch(user, tag, `{"disabled": true, "name": " "}`).refused(http.StatusUnprocessableEntity, "account-name-missing")
	require.Equal(t, tag, s.get(user).ok().tag(), "all of a change or nothing")
	minh.get(me).ok()
}

func TestAChangeOfPasswordEndsTheOtherSessionsAndGivesThisOneAnotherToken(t *testing.T) {
	t.Parallel()
	s := serve(t)
	here, there := s.signIn("lan"), s.signIn("lan")
	list := as[api.SessionList](s.get(me+"/sessions", "Cookie", here).ok())
	require.Len(t, list.Items, 2)
	s.put(me+"/password", `{"current": "sai rồi nhé", "password": "năm con vịt trời"}`, "Cookie", here).refused(http.StatusForbidden, "password-wrong")
	s.put(me+"/password", `{"current": "`+password+`", "password": "ngắn"}`, "Cookie", here).refused(http.StatusUnprocessableEntity, "password-weak")
	r := s.put(me+"/password", `{"current": "`+password+`", "password": "năm con vịt trời"}`, "Cookie", here)
	require.Equal(t, http.StatusNoContent, r.status, "%s", r.body)
	for _, ended := range []string{here, there} {
		s.get(me, "Cookie", ended).refused(http.StatusUnauthorized, "sign-in-needed")
	}
	now := cookieIn(r)
	require.Len(t, as[api.SessionList](s.get(me+"/sessions", "Cookie", now).ok()).Items, 1)
	require.Equal(t, http.StatusNoContent, s.do(http.MethodDelete, me+"/sessions", "", "Cookie", now).status)
	s.get(me, "Cookie", now).refused(http.StatusUnauthorized, "sign-in-needed")
}

func TestATokenCountsBeforeACookieAndIsNotForEverything(t *testing.T) {
	t.Parallel()
	s := serve(t)
	cookie := s.signIn("lan")
	made := s.post(me+"/tokens", `{"name": "đọc", "access": "read", "edition": "small", "area": "06", "expires_on": "2099-01-01"}`, "Cookie", cookie)
	made.refused(http.StatusUnprocessableEntity, "token-expiry-refused")
	until := as[api.Token](s.get(me+"/tokens", "Cookie", cookie).ok().part("items", 0)).ExpiresOn
	made = s.post(me+"/tokens", `{"name": "đọc", "access": "read", "edition": "small", "area": "06", "expires_on": "`+until.String()+`"}`, "Cookie", cookie)
	require.Equal(t, http.StatusCreated, made.status, "%s", made.body)
	token := as[api.TokenMade](made)
	both := []string{"Cookie", cookie, "Authorization", "Bearer " + token.Secret}
	require.Equal(t, "token", as[api.Session](s.get(theSession, both...).ok()).Via.MustGet())
	s.patch(duty, `"r1"`, `{"status": "in_progress"}`, both...).refused(http.StatusForbidden, "token-reads-only")
	s.get(me+"/sessions", both...).refused(http.StatusForbidden, "token-not-for-this")
	s.post(me+"/tokens", `{"name": "x", "access": "write", "edition": "", "area": "VN", "expires_on": "`+until.String()+`"}`, both...).
		refused(http.StatusForbidden, "token-not-for-this")
	s.get(v1+"/areas/058/people", both...).ok()
	s.get(v1+"/areas/31/people", both...).refused(http.StatusNotFound, "nothing-here")

	require.Equal(t, http.StatusNoContent, s.do(http.MethodDelete, me+"/tokens/"+token.Token.Token, "", "Cookie", cookie).status)
	s.get(theSession, both...).refused(http.StatusUnauthorized, "token-unknown")
	s.get(me, "Authorization", "Bearer tdt_nothing").refused(http.StatusUnauthorized, "token-unknown")
}

func TestALinkSetsUpAnAccountOnce(t *testing.T) {
	t.Parallel()
	s := serve(t)
	people := v1 + "/areas/058/people"
	made := s.post(people, `{"user": "Mai.Tran", "name": "Trần Mai", "unit": "UBND thành phố", "language": "vi", "role": "lead"}`)
	require.Equal(t, http.StatusCreated, made.status, "%s", made.body)
	link := as[api.PersonMade](made).Setup
	require.Equal(t, "/setup#"+link.Secret, link.Path)
	require.Equal(t, people+"/mai.tran", made.header.Get("Location"))
	s.post(people, `{"user": "mai.tran", "name": "x", "unit": "", "language": "vi", "role": "lead"}`).refused(http.StatusConflict, "user-exists")

	owner := as[api.SetUpOwner](s.stranger().post("/api/v1/setup/look", `{"secret": "`+link.Secret+`"}`).ok())
	require.Equal(t, "Trần Mai", owner.Name)
	set := s.stranger().post("/api/v1/setup", `{"secret": "`+link.Secret+`", "password": "`+password+`"}`).ok()
	mai := cookieIn(set)
	require.Equal(t, "mai.tran", as[api.Account](s.get(me, "Cookie", mai).ok()).User)
	for _, way := range []string{"/api/v1/setup/look", "/api/v1/setup"} {
		s.stranger().post(way, `{"secret": "`+link.Secret+`"`+map[bool]string{true: `, "password": "` + password + `"`}[way == "/api/v1/setup"]+`}`).
			refused(http.StatusNotFound, "setup-link-unknown")
	}
	require.Equal(t, "Phường", as[api.Account](s.patchAs(me, `{"unit": "Phường"}`, mai).ok()).Unit)

	list := as[api.PersonList](s.get(v1+"/areas/01840/people", "Cookie", mai).ok())
	require.Equal(t, api.Above, list.Items[0].Where)
	list = as[api.PersonList](s.get(v1 + "/areas/VN/people?branch=true&limit=1").ok())
	require.NotEmpty(t, list.Next.MustGet())
	require.Equal(t, "mai.tran", as[api.PersonList](s.get(list.Next.MustGet()).ok()).Items[0].User)
	s.get("/api/v1/users/lan", "Cookie", mai).refused(http.StatusNotFound, "user-not-found")
	again := s.post("/api/v1/users/mai.tran/setup-link", "", "Cookie", s.signIn("lan"))
	require.Equal(t, http.StatusCreated, again.status, "%s", again.body)
	s.get(me, "Cookie", mai).refused(http.StatusUnauthorized, "sign-in-needed")
}

func (s *server) patchAs(path, body, cookie string) *reply {
	s.t.Helper()
	return s.do(http.MethodPatch, path, body, "Content-Type", "application/merge-patch+json", "Cookie", cookie)
}

func TestA36_WhatSomebodyMayNotReadIsNotThereAndWhatHeMayNotChangeSaysWhoMay(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	s := d.serve()
	s.stranger().patch(duty, `"r1"`, `{"status": "in_progress"}`).refused(http.StatusUnauthorized, "sign-in-needed")
	s.stranger().get(v1+"/areas/058/people").refused(http.StatusUnauthorized, "sign-in-needed")
	beside := s.as(d.user("ha.le", "Hà", grant("306", access.Lead)))
	r := beside.patch(duty, `"r1"`, `{"status": "in_progress"}`).refused(http.StatusForbidden, "not-allowed")
	require.Contains(t, r.text(), "Thành phố Bắc Kạn")
	beside.get(v1+"/areas/058/people").refused(http.StatusNotFound, "nothing-here")
	beside.put(v1+"/areas/058/people/ha.le", `{"role": "lead"}`).refused(http.StatusNotFound, "nothing-here")
	beside.post(v1+"/documents", `{"area": "058", "number": "1", "issued_on": "2021-01-20", "title": "x"}`).refused(http.StatusForbidden, "not-allowed")
	beside.patch(v1+"/plans/bac_kan_city_2021", `"r1"`, `{"title": {"vi": "x"}}`).refused(http.StatusForbidden, "not-allowed")
	beside.post(v1+"/plans/bac_kan_city_2021/withdrawal", `{"reason": "x"}`, "If-Match", `"r1"`).refused(http.StatusForbidden, "not-allowed")
	beside.post(v1+"/amendments", `{"election_day": "2021-06-20", "reason": "x"}`, "If-Match", `"r1"`).refused(http.StatusForbidden, "not-allowed")
	beside.get(v1 + "/areas/306/people").ok()
	viewer := s.as(d.user("tu.le", "Tú", grant("06", access.Viewer)))
	viewer.patch(duty, `"r1"`, `{"status": "in_progress"}`).refused(http.StatusForbidden, "not-allowed")
	hole := s.as(d.user("ly.le", "Lý", grant("31", access.Lead), grant("306", access.None)))
	require.NotContains(t, hole.get(v1+"/areas/31/people?branch=true").ok().text(), "ha.le", "who works in a branch that was taken out")
	require.Contains(t, s.get(v1+"/areas/31/people?branch=true").ok().text(), "ha.le")
	nobody := s.as(d.user("vo.an", "Võ"))
	nobody.get("/api/v1/users/ha.le").refused(http.StatusNotFound, "nothing-here")
	require.Equal(t, `"r1"`, s.get(duty).tag(), "none of this changed anything")
}

func TestPublicReadingCanBeSwitchedOff(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	s := d.serve(func(c *api.Config) { c.PublicReading = false })
	stranger := s.stranger()
	for path, item := range theContract(t).Paths.Map() {
		if item.Get == nil || item.Get.Extensions["x-right"] != "public" {
			continue
		}
		for _, p := range item.Get.Parameters {
			if example, ok := p.Value.Example.(string); ok {
				path = strings.ReplaceAll(path, "{"+p.Value.Name+"}", example)
			}
		}
		stranger.get(path).refused(http.StatusUnauthorized, "sign-in-needed")
	}
	for _, open := range []string{"/", "/2021/058", "/livez", "/readyz", "/docs/problems", theSession} {
		stranger.get(open).ok()
	}
	require.False(t, as[api.Session](stranger.get(theSession)).PublicReading)
	anybody := s.as(d.user("vo.an", "Võ"))
	for _, address := range []string{timelineOf("058"), v1, v1 + "/documents"} {
		require.Regexp(t, `^private, `, anybody.get(address).ok().header.Get("Cache-Control"), address)
	}
}

func TestBehindTLSTheCookieIsBoundToThisHostAndBrowsersStayWithTLS(t *testing.T) {
	t.Parallel()
	s := serve(t, func(c *api.Config) { c.Proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} })
	r := s.stranger().post(theSession, `{"user": "lan", "password": "`+password+`"}`, "X-Forwarded-Proto", "https").ok()
	require.Regexp(t, `^__Host-tiendo=[\w-]{43}; Path=/; HttpOnly; Secure; SameSite=Lax$`, r.header.Get("Set-Cookie"))
	require.NotEmpty(t, r.header.Get("Strict-Transport-Security"))
	s.get(me, "Cookie", cookieIn(r), "X-Forwarded-Proto", "https").ok()
	s.get(me, "Cookie", cookieIn(r)).refused(http.StatusUnauthorized, "sign-in-needed")

	open := serve(t) // believes nobody
	r = open.stranger().post(theSession, `{"user": "lan", "password": "`+password+`"}`, "X-Forwarded-Proto", "https").ok()
	require.Regexp(t, `^tiendo=`, r.header.Get("Set-Cookie"))
	require.Empty(t, r.header.Get("Strict-Transport-Security"))
}

func TestOneAddressIsHeldUpBeforeItsPasswordsAreLookedAt(t *testing.T) {
	t.Parallel()
	s := serve(t, func(c *api.Config) { c.Proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} }).stranger()
	try := func(from string) *reply {
		return s.post("/api/v1/setup/look", `{"secret": "tdu_x"}`, "X-Forwarded-For", from)
	}
	held := 0
	for range 60 {
		if r := try("2001:db8::1"); r.status == http.StatusTooManyRequests {
			r.refused(http.StatusTooManyRequests, "sign-in-limited")
			require.NotEmpty(t, r.header.Get("Retry-After"))
			held++
		}
	}
	require.Positive(t, held)
	try("192.0.2.7").refused(http.StatusNotFound, "setup-link-unknown")
}

func TestWhatIsLargerThanTheContractTakesIsRefused(t *testing.T) {
	t.Parallel()
	s := serve(t)
	r := s.post(theSession, `{"user": "`+strings.Repeat("x", 70_000)+`", "password": ""}`)
	r.refused(http.StatusRequestEntityTooLarge, "body-too-large")
	require.Contains(t, r.text(), "64K")
}

func TestASignedInCallersProjectionsAreTheSameBytes(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.change(duty, `{"status": "blocked", "reason": "chờ hướng dẫn"}`)
	for _, address := range []string{
		"/api/v1/elections", v1, timelineOf("058"), matrixOf("VN"), deadlinesOf("06"), comparisonOf("06"),
		v1 + "/areas/058", v1 + "/voting-days", v1 + "/bodies", v1 + "/statements", v1 + "/rules", v1 + "/areas/058/occurrences",
	} {
		ours, theirs := s.get(address).ok(), s.stranger().get(address).ok()
		require.Equal(t, theirs.text(), ours.text(), address)
		require.Equal(t, theirs.tag(), ours.tag(), address)
		require.Regexp(t, `^public, `, ours.header.Get("Cache-Control"), address)
	}
}

// part is one thing of a list in the answer, as an answer of its own.
func (r *reply) part(list string, n int) *reply {
	r.t.Helper()
	var whole map[string]json.RawMessage
	require.NoError(r.t, json.Unmarshal(r.body, &whole))
	var items []json.RawMessage
	require.NoError(r.t, json.Unmarshal(whole[list], &items))
	require.Greater(r.t, len(items), n)
	return &reply{t: r.t, status: r.status, header: r.header, body: items[n]}
}
