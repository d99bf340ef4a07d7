package api_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tiendo/api"
	"tiendo/pkg/access"
)

// limited gives every client so much, by a clock that the test sets.
func limited(l api.Limits, c *clock) setting {
	return func(to *api.Config) { to.Limits, to.Now = l, c.now }
}

func stopped(t *testing.T) *clock {
	t.Helper()
	c := &clock{}
	c.set(t, "2026-11-20T08:00:00Z")
	return c
}

func (c *clock) moves(d time.Duration) { c.at.Add(int64(d)) }

func TestA5_A304IsFreeAndA200IsNot(t *testing.T) {
	t.Parallel()
	now := stopped(t)
	s := serve(t, limited(api.Limits{PerSecond: 1000, AtOnce: 1000, Quota: 3, Window: time.Minute}, now))
	policy := `"requests";q=1000;w=1, "answers";q=3;w=60`
	left := func(r *reply) string {
		require.Equal(t, policy, r.header.Get("RateLimit-Policy"))
		return r.header.Get("RateLimit")
	}
	first := s.get(timelineOf("058")).ok()
	require.Equal(t, `"answers";r=2;t=60`, left(first))
	for range 10 {
		r := s.get(timelineOf("058"), "If-None-Match", first.tag())
		require.Equal(t, http.StatusNotModified, r.status)
		require.Equal(t, `"answers";r=2;t=60`, left(r))
	}
	now.moves(20500 * time.Millisecond)
	require.Equal(t, `"answers";r=1;t=40`, left(s.get(timelineOf("06")).ok()))
	require.Equal(t, `"answers";r=0;t=40`, left(s.get(exportOf("058", "csv")).ok()))
	for _, address := range []string{timelineOf("058"), exportOf("058", "csv"), "/api/v1/session", "/api/v1/openapi.yaml"} {
		r := s.get(address)
		r.refused(http.StatusTooManyRequests, "quota-used-up")
		require.Equal(t, "40", r.header.Get("Retry-After"))
		require.Equal(t, `"answers";r=0;t=40`, left(r))
	}
	require.Equal(t, http.StatusNotModified, s.get(timelineOf("058"), "If-None-Match", first.tag()).status, "what has not changed is free")
	for _, address := range []string{timelineOf("31"), exportOf("31", "csv")} {
		s.get(address, "If-None-Match", first.tag()).refused(http.StatusTooManyRequests, "quota-used-up")
	}
	for _, address := range []string{"/livez", "/readyz", "/", "/docs"} {
		s.get(address).ok()
	}
	now.moves(40 * time.Second)
	require.Equal(t, `"answers";r=2;t=60`, left(s.get(timelineOf("058")).ok()))
}

func TestA5_StaffGoOnReportingWhenTheirQuotaIsUsedUp(t *testing.T) {
	t.Parallel()
	s := serve(t, limited(api.Limits{Quota: 1, Window: time.Hour}, stopped(t)))
	tag := s.get(duty).ok().tag()
	s.get(duty).refused(http.StatusTooManyRequests, "quota-used-up")
	s.patch(duty, tag, `{"status": "in_progress"}`).ok()
}

func TestA5_ThereIsALimitOnRequestsInASecondForAll(t *testing.T) {
	t.Parallel()
	now := stopped(t)
	s := serve(t, limited(api.Limits{PerSecond: 2, AtOnce: 5}, now))
	tag := s.get(v1).ok().tag()
	for range 4 {
		require.Equal(t, http.StatusNotModified, s.get(v1, "If-None-Match", tag).status)
	}
	for _, r := range []*reply{s.get(v1, "If-None-Match", tag), s.get("/api/v1/nothing"), s.get("/"), s.post(duty, `{}`)} {
		r.refused(http.StatusTooManyRequests, "too-many-requests")
		require.Equal(t, "1", r.header.Get("Retry-After"))
		require.Equal(t, `"requests";r=0;t=1`, r.header.Get("RateLimit"))
		require.Contains(t, r.header.Get("Content-Security-Policy"), "default-src 'none'")
	}
	s.get("/readyz").ok()
	now.moves(time.Second)
	require.Equal(t, `"requests";r=1;t=2`, s.get(v1, "If-None-Match", tag).header.Get("RateLimit"))
	require.Equal(t, http.StatusNotModified, s.get(v1, "If-None-Match", tag).status)
	s.get(v1).refused(http.StatusTooManyRequests, "too-many-requests")
}

func TestA5_EveryAnswerOfTheAPISaysHowMuchIsLeft(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for address, status := range map[string]int{
		v1: 200, "/api/v1/nothing": 404, v1 + "/areas/nowhere": 404, v1 + "/areas?surprise=1": 422, "/api/v1/openapi.yaml": 200, "/api/v1/session": 200,
	} {
		r := s.get(address)
		require.Equal(t, status, r.status, "%s: %s", address, r.body)
		require.Regexp(t, `^"answers";r=\d+;t=\d+$`, r.header.Get("RateLimit"), address)
		require.Equal(t, `"requests";q=12000;w=12, "answers";q=30000;w=600`, r.header.Get("RateLimit-Policy"), address)
	}
	for _, r := range []*reply{
		s.get(v1, "Host", "evil.example"), s.patch(duty, `"r9"`, `{}`), s.post(v1+"/batch", `{}`, "Origin", "https://evil.example"),
		s.get(v1, "Authorization", "Bearer tdt_x"),
	} {
		require.NotEmpty(t, r.header.Get("RateLimit"), "%d", r.status)
	}
	require.Empty(t, s.get("/livez").header.Get("RateLimit"))
	off := serve(t, func(c *api.Config) { c.Limits = api.Limits{} })
	require.Empty(t, off.get(v1).header.Get("RateLimit-Policy"))
}

func TestA5_AClientIsATokenElseASessionElseAnAddress(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	mai := d.user("mai", "Mai", grant("06", access.Viewer))
	s := d.serve(limited(api.Limits{Quota: 10, Window: time.Hour}, stopped(t)))
	left := func(r *reply) string { return r.header.Get("RateLimit") }
	require.Equal(t, `"answers";r=9;t=3600`, left(s.get(v1)))
	require.Equal(t, `"answers";r=9;t=3600`, left(s.as(mai).get(v1)))
	require.Equal(t, `"answers";r=8;t=3600`, left(s.as(mai).get(v1)))
	require.Equal(t, `"answers";r=9;t=3600`, left(s.stranger().get(v1)))
	require.Equal(t, `"answers";r=8;t=3600`, left(s.as(access.NewSecret(access.ForToken)).get(v1)), "a token that is none is its address")
	cookie := s.signIn("lan")
	s.get("/api/v1/me", "Cookie", cookie).ok()
	before := left(s.stranger().get(v1))
	require.Equal(t, `"answers";r=9;t=3600`, left(s.get(v1, "Cookie", cookie)))
	require.Equal(t, `"answers";r=8;t=3600`, left(s.get(v1, "Cookie", s.signInAgain("lan", cookie))), "another session of the same person")
	require.NotEqual(t, before, left(s.stranger().get(v1)))
}

func TestA5_ClientsBehindOneConnectionAreToldApart(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	tokens := []access.Secret{d.user("mai", "Mai", grant("06", access.Viewer)), d.user("nam", "Nam", grant("06", access.Viewer)), ""}
	s := d.serve(limited(api.Limits{Quota: 100, Window: time.Hour}, stopped(t)))
	for _, token := range tokens {
		s.as(token).get("/api/v1/session").ok() // each is met, and has taken one answer
	}
	only := &http.Client{Transport: &http.Transport{MaxConnsPerHost: 1}}
	left, reused, before := []int{99, 99, 99}, 0, s.passed()
	for _, who := range []int{0, 0, 1, 0, 2, 2, 1, 1, 0, 2, 1, 0} {
		r := s.as(tokens[who]).request(http.MethodGet, timelineOf("058"), "")
		r = r.WithContext(httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{GotConn: func(c httptrace.GotConnInfo) {
			if c.Reused {
				reused++
			}
		}}))
		got, err := only.Do(r)
		require.NoError(t, err)
		_, err = io.Copy(io.Discard, got.Body)
		require.NoError(t, err)
		require.NoError(t, got.Body.Close())
		left[who]--
		require.Equal(t, fmt.Sprintf(`"answers";r=%d;t=3600`, left[who]), got.Header.Get("RateLimit"))
	}
	require.Equal(t, 11, reused, "all came on one connection")
	require.Equal(t, before+12, s.passed(), "and were answered in one pass")
}

// signInAgain begins another session and uses it once.
func (s *server) signInAgain(user, other string) string {
	s.t.Helper()
	cookie := s.signIn(user)
	require.NotEqual(s.t, other, cookie)
	s.do(http.MethodDelete, "/api/v1/me/sessions/none", "", "Cookie", cookie).refused(http.StatusNotFound, "session-not-found")
	return cookie
}

func TestA5_WhoBringsManyTokensThatAreNoneHasToWait(t *testing.T) {
	t.Parallel()
	now := stopped(t)
	d := newDatabase(t)
	good := d.user("binh", "Bình", grant("058", access.Viewer))
	s := d.serve(limited(api.Limits{}, now))
	s.get("/api/v1/me").ok()
	same := access.NewSecret(access.ForToken)
	for range 100 {
		s.as(same).get("/api/v1/me").refused(http.StatusUnauthorized, "token-unknown")
	}
	held := 0
	for range 100 {
		if r := s.as(access.NewSecret(access.ForToken)).get("/api/v1/me"); r.status == http.StatusTooManyRequests {
			r.refused(http.StatusTooManyRequests, "tokens-limited")
			held++
		}
	}
	require.InDelta(t, 70, held, 3)
	s.get("/api/v1/me").ok()
	s.as(good).get("/api/v1/me").ok() // though this server has not met it
	s.as(same).get("/api/v1/me").refused(http.StatusUnauthorized, "token-unknown")
	now.moves(10 * time.Second)
	s.as(access.NewSecret(access.ForToken)).get("/api/v1/me").refused(http.StatusUnauthorized, "token-unknown")
}

func TestA7_DearAnswersCountAsManyRequestsAnd304sDoNot(t *testing.T) {
	t.Parallel()
	for _, dear := range []string{matrixOf("VN") + "?as_of=2021-01-20", calendarOf("06") + "?levels=commune"} {
		s := serve(t, limited(api.Limits{PerSecond: 20, AtOnce: 50}, stopped(t)))
		first := s.get(dear).ok()
		for range 9 {
			require.Equal(t, http.StatusNotModified, s.get(dear, "If-None-Match", first.tag()).status)
		}
		require.Equal(t, `"requests";r=20;t=2`, s.get(v1).ok().header.Get("RateLimit"), "50 without 20, 9 and 1")
		s.get(dear).ok()
		s.get(v1).refused(http.StatusTooManyRequests, "too-many-requests")
	}
}
