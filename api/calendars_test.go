package api_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-ical"
	"github.com/stretchr/testify/require"

	"tiendo/api"
	"tiendo/pkg/access"
)

const myCalendars = me + "/calendars"

func calendarOf(code string) string { return v1 + "/areas/" + code + "/calendar.ics" }

// events are those of a calendar by their UIDs.
func (r *reply) events() map[string]ical.Event {
	r.t.Helper()
	require.Equal(r.t, "text/calendar; charset=utf-8", r.header.Get("Content-Type"))
	cal, err := ical.NewDecoder(bytes.NewReader(r.body)).Decode()
	require.NoError(r.t, err)
	all := map[string]ical.Event{}
	for _, e := range cal.Events() {
		all[e.Props.Get(ical.PropUID).Value] = e
	}
	return all
}

func TestA14ACalendarComesFoldedAndSaysWhatItIs(t *testing.T) {
	t.Parallel()
	s := serve(t)
	r := s.stranger().get(calendarOf("058") + "?levels=district,commune&alarm=7,3,1").ok()
	require.NotEmpty(t, r.events())
	for line := range strings.SplitSeq(r.text(), "\r\n") {
		require.LessOrEqual(t, len(line), 75)
		require.NotContains(t, line, "\n")
	}
	require.Equal(t, `inline; filename="tiendo-2021-058.ics"; filename*=UTF-8''L%E1%BB%8Bch%20b%E1%BA%A7u%20c%E1%BB%AD%202021%20Th%C3%A0nh%20ph%E1%BB%91%20B%E1%BA%AFc%20K%E1%BA%A1n.ics`,
		r.header.Get("Content-Disposition"))
	require.Equal(t, "public, max-age=60, stale-if-error=86400", r.header.Get("Cache-Control"))
	unfolded := strings.ReplaceAll(r.text(), "\r\n ", "")
	require.Contains(t, unfolded, "\r\nSOURCE;VALUE=URI:"+s.base+calendarOf("058")+"?alarm=7%2C3%2C1&levels=district%2Ccommune\r\n")
	require.Contains(t, unfolded, "\r\nURL:"+s.base+"/2021/058?m=consult1_pc_district\r\n")
	require.NotContains(t, s.get(calendarOf("058")+"?language=en").ok().text(), "Hạn")
}

func TestA15TwoFetchesOfACalendarAreTheSameBytesTheNextDayAndOnAnotherServer(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	s := d.serve()
	s.change(duty, `{"status": "in_progress"}`)
	first := s.get(calendarOf("058")).ok()
	s.clock.set(t, "2021-01-26T10:01:00+07:00")
	again := s.get(calendarOf("058")).ok()
	require.Equal(t, first.text(), again.text())
	require.Equal(t, first.tag(), again.tag(), "nothing in it depends on the day")
	other := d.serve().get(calendarOf("058"), "Host", strings.TrimPrefix(s.base, "http://")).ok()
	require.Equal(t, first.text(), other.text(), "one followed the log, one has just read it")
	require.Equal(t, first.tag(), other.tag())
}

func TestA15AReportChangesLastModifiedAndAMovedDayTheSequence(t *testing.T) {
	t.Parallel()
	s := serve(t)
	of := func() ical.Event {
		return s.get(calendarOf("058")).ok().events()["2021.058.consult1_pc_district.0@tiendo"]
	}
	before := of()
	s.clock.set(t, "2021-01-25T11:00:00+07:00")
	s.change(duty, `{"status": "in_progress"}`)
	after := of()
	require.Equal(t, "0", after.Props.Get(ical.PropSequence).Value)
	require.NotEqual(t, before.Props.Get(ical.PropLastModified).Value, after.Props.Get(ical.PropLastModified).Value)
	require.Equal(t, "20210125T040000Z", after.Props.Get(ical.PropLastModified).Value)

	s.clock.set(t, "2021-01-25T12:00:00+07:00")
	s.post(amendments, bodies["amendElection"], "If-Match", s.get(amendments).ok().tag()).ok()
	moved := of()
	require.Equal(t, "1", moved.Props.Get(ical.PropSequence).Value)
	require.Equal(t, "20210125T050000Z", moved.Props.Get(ical.PropLastModified).Value)
	require.NotEqual(t, after.Props.Get(ical.PropDateTimeStart).Value, moved.Props.Get(ical.PropDateTimeStart).Value)
}

func TestA17ACalendarIsConditionalAndItsTagIsThatOfWhatItShows(t *testing.T) {
	t.Parallel()
	s := serve(t)
	addresses := []string{calendarOf("058"), calendarOf("01840"), calendarOf("058") + "?levels=commune", calendarOf("306"), calendarOf("VN")}
	look := func() (tags []string) {
		for _, address := range addresses {
			r := s.get(address).ok()
			require.Regexp(t, `^W/"[^"]+"$`, r.tag())
			same := s.get(address, "If-None-Match", r.tag())
			require.Equal(t, http.StatusNotModified, same.status)
			require.Equal(t, r.header.Get("Cache-Control"), same.header.Get("Cache-Control"))
			tags = append(tags, r.tag())
		}
		return tags
	}
	before := look()
	s.change(duty, `{"status": "in_progress"}`)
	after := look()
	require.NotEqual(t, before[0], after[0])
	require.Equal(t, before[1], after[1], "a ward does not show it")
	require.NotEqual(t, before[2], after[2], "the branch was changed")
	require.Equal(t, before[3:], after[3:])
}

func TestACalendarThatCannotBeIsRefusedAndSaysHowItCan(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.get(calendarOf("058")+"?levels=province").refused(http.StatusUnprocessableEntity, "calendar-level-above")
	s.get(calendarOf("058")+"?levels=village").refused(http.StatusUnprocessableEntity, "level-unknown")
	s.get(calendarOf("058")+"?alarm=61").refused(http.StatusUnprocessableEntity, "calendar-alarm-refused")
	s.get(calendarOf("058")+"?alarm=x").refused(http.StatusUnprocessableEntity, "parameter-refused")
	s.get(calendarOf("058")+"?from=2021-01-01").refused(http.StatusUnprocessableEntity, "parameter-unknown")
	s.get(calendarOf("nowhere")).refused(http.StatusNotFound, "area-not-found")
}

func TestACalendarOfEachHostLeadsThereAlsoWhereTheyTakeTurns(t *testing.T) {
	t.Parallel()
	s := serve(t, func(c *api.Config) {
		c.Hosts, c.Proxies = []string{"tiendo.example"}, []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	})
	s.get(timelineOf("058")).ok() // the token is known from here on
	before := s.passed()
	for range 2 {
		for _, x := range []struct{ host, scheme, origin string }{
			{"tiendo.example", "https", "https://tiendo.example"},
			{"Tiendo.example:8080", "http", "http://tiendo.example:8080"},
			{"localhost", "http", "http://localhost"},
			{"tiendo.example", "http", "http://tiendo.example"},
		} {
			for _, code := range []string{"058", "01840"} {
				text := strings.ReplaceAll(s.get(calendarOf(code), "Host", x.host, "X-Forwarded-Proto", x.scheme).ok().text(), "\r\n ", "")
				require.Contains(t, text, "\r\nSOURCE;VALUE=URI:"+x.origin+calendarOf(code)+"\r\n")
				require.Contains(t, text, "\r\nURL:"+x.origin+"/2021/"+code)
			}
		}
	}
	require.Equal(t, before+16, s.passed())
}

// private makes an address for who comes with a cookie, and gives its path.
func (s *server) private(cookie, body string) (id, path string) {
	s.t.Helper()
	r := s.stranger().post(myCalendars, body, "Cookie", cookie)
	require.Equal(s.t, http.StatusCreated, r.status, "%s", r.body)
	made := as[api.CalendarMade](r)
	path, ours := strings.CutPrefix(made.Address, s.base)
	require.True(s.t, ours)
	require.Regexp(s.t, `^/calendars/tdc_[\w-]{43}\.ics$`, path)
	return made.Calendar.Calendar, path
}

const cityCalendar = `{"name": "Điện thoại", "election": "2021", "area": "058", "levels": "district,commune", "alarm": "1,7"}`

func TestA18APrivateCalendarIsReadWithoutSigningInAlsoWherePublicReadingIsOff(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	d.user("minh", "Minh", grant("058", access.Reporter))
	s := d.serve(func(c *api.Config) { c.PublicReading = false })
	cookie := s.signIn("minh")
	id, path := s.private(cookie, cityCalendar)
	s.stranger().get(calendarOf("058")).refused(http.StatusUnauthorized, "sign-in-needed")
	r := s.stranger().get(path).ok()
	require.NotEmpty(t, r.events())
	require.Equal(t, "private, no-cache", r.header.Get("Cache-Control"))
	require.NotContains(t, r.text(), "SOURCE", "a copy of the file does not give the address away")
	require.NotContains(t, strings.ReplaceAll(r.text(), "\r\n ", ""), "tdc_")
	public := d.serve().get(calendarOf("058")+"?levels=district,commune&alarm=7,1", "Host", strings.TrimPrefix(s.base, "http://")).ok()
	require.Equal(t, public.events(), r.events(), "the public form, whoever asks")
	require.Equal(t, http.StatusNotModified, s.stranger().get(path, "If-None-Match", r.tag()).status)
	head := s.stranger().do(http.MethodHead, path, "").ok()
	require.Empty(t, head.body)
	require.Equal(t, r.tag(), head.tag())

	list := as[api.CalendarList](s.get(myCalendars, "Cookie", cookie).ok())
	require.Len(t, list.Items, 1)
	require.Equal(t, id, list.Items[0].Calendar)
	require.Equal(t, "7,1", list.Items[0].Alarm)
	require.Equal(t, "Thành phố Bắc Kạn", list.Items[0].AreaName.MustGet().Vi)
	require.WithinDuration(t, time.Now(), list.Items[0].LastUsedAt.MustGet(), time.Minute)
	_, offset := list.Items[0].LastUsedAt.MustGet().Zone()
	require.Equal(t, 7*60*60, offset, "instants are told as in Viet Nam, as everywhere")
	require.NotContains(t, s.get(myCalendars, "Cookie", cookie).text(), strings.TrimSuffix(strings.TrimPrefix(path, "/calendars/"), ".ics"))
}

func TestA18WhateverEndsAPrivateCalendarItIsTheSame404(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	d.user("minh", "Minh", grant("058", access.Reporter))
	d.user("hoa", "Hoa", grant("058", access.Lead))
	s := d.serve()
	cookie := s.signIn("minh")
	gone := func(path string) string {
		r := s.stranger().get(path).refused(http.StatusNotFound, "calendar-not-found")
		require.Equal(t, "/calendars/***", r.problem()["instance"])
		return r.text()
	}
	none := gone("/calendars/tdc_" + strings.Repeat("A", 43) + ".ics")
	for _, path := range []string{"/calendars/x.ics", "/calendars/x", "/calendars/tdt_" + strings.Repeat("A", 43) + ".ics", "/calendars/%74dc_%2e.ics"} {
		require.Equal(t, none, gone(path))
	}

	id, path := s.private(cookie, cityCalendar)
	s.stranger().get(path).ok()
	require.Equal(t, none, gone(strings.TrimSuffix(path, ".ics")))
	s.stranger().do(http.MethodDelete, myCalendars+"/"+id, "", "Cookie", s.signIn("hoa")).refused(http.StatusNotFound, "calendar-not-found")
	require.Equal(t, http.StatusNoContent, s.stranger().do(http.MethodDelete, myCalendars+"/"+id, "", "Cookie", cookie).status)
	require.Equal(t, none, gone(path))
	require.Empty(t, as[api.CalendarList](s.get(myCalendars, "Cookie", cookie).ok()).Items)

	_, path = s.private(cookie, cityCalendar)
	person := v1 + "/areas/058/people/minh"
	require.Equal(t, http.StatusNoContent, s.do(http.MethodDelete, person, "", "If-Match", s.get(person).ok().tag()).status)
	require.Equal(t, none, gone(path), "its owner holds no role there any more")
	s.put(person, `{"role": "viewer"}`).ok()
	s.stranger().get(path).ok()
	user := "/api/v1/users/minh"
	require.Equal(t, http.StatusNoContent, s.do(http.MethodDelete, user, "", "If-Match", s.get(user).ok().tag()).status)
	require.Equal(t, none, gone(path), "its owner's account is disabled")
}

func TestA18APrivateCalendarIsMadeByWhoReadsThere(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	token := d.user("minh", "Minh", grant("058", access.Reporter))
	s := d.serve()
	cookie := s.signIn("minh")
	s.stranger().post(myCalendars, cityCalendar).refused(http.StatusUnauthorized, "sign-in-needed")
	s.as(token).post(myCalendars, cityCalendar).refused(http.StatusForbidden, "token-not-for-this")
	post := func(body string) *reply { return s.stranger().post(myCalendars, body, "Cookie", cookie) }
	post(strings.Replace(cityCalendar, `"058"`, `"306"`, 1)).refused(http.StatusForbidden, "calendar-without-role")
	post(strings.Replace(cityCalendar, `"058"`, `"nowhere"`, 1)).refused(http.StatusNotFound, "area-not-found")
	post(strings.Replace(cityCalendar, `"district,commune"`, `"province"`, 1)).refused(http.StatusUnprocessableEntity, "calendar-level-above")
	post(strings.Replace(cityCalendar, `"1,7"`, `"61"`, 1)).refused(http.StatusUnprocessableEntity, "calendar-alarm-refused")
	post(strings.Replace(cityCalendar, `"Điện thoại"`, `" "`, 1)).refused(http.StatusUnprocessableEntity, "calendar-name-missing")
}

// The log of the process is one for all tests: this one alone puts its own there.
func TestA18TheAddressOfAPrivateCalendarStandsInNoLogAndNoMetric(t *testing.T) {
	out := &lockedBuffer{}
	was := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: slog.LevelDebug})))
	t.Cleanup(func() { slog.SetDefault(was) })
	d := newDatabase(t)
	s := d.serve(func(c *api.Config) {
		c.Store = broken{c.Store, func() error { panic(insides) }}
	})
	cookie := s.signIn("lan")
	_, path := s.private(cookie, cityCalendar)
	shown := strings.TrimSuffix(strings.TrimPrefix(path, "/calendars/"), ".ics")
	for _, address := range []string{
		path, path + "?x=1", path + "x", path + "/more", "/" + path, "/x/.." + path, "/2021/" + shown, "/%63alendars/" + shown + ".ics",
		strings.Replace(path, "tdc_", "%74dc_", 1), "/api/v1/calendars/" + shown, strings.ToUpper(path),
	} {
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut} {
			s.stranger().do(method, address, "{}")
		}
		s.stranger().get(address, "Host", "elsewhere.example")
	}
	require.Contains(t, out.String(), "/calendars/***")
	bare := strings.TrimPrefix(shown, "tdc_")
	require.NotContains(t, out.String(), bare)
	require.NotContains(t, strings.ToUpper(out.String()), strings.ToUpper(bare))
	require.NotContains(t, s.get("/metrics").ok().text(), bare)
}

// lockedBuffer is written by many.
type lockedBuffer struct {
	mu  sync.Mutex
	out bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.out.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.out.String()
}
