package api_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tiendo/api"
	"tiendo/pkg/access"
)

func changesOf(code string) string { return v1 + "/areas/" + code + "/changes" }

func eventsOf(code string) string { return v1 + "/areas/" + code + "/events" }

// after asks for the changes behind a token.
func (s *server) after(address, token string, more ...string) api.ChangeList {
	s.t.Helper()
	return as[api.ChangeList](s.get(behind(address, token, more...)).ok())
}

func behind(address, token string, more ...string) string {
	joint := "?"
	if strings.Contains(address, "?") {
		joint = "&"
	}
	return address + joint + "after=" + url.QueryEscape(token) + strings.Join(more, "")
}

func TestA8_WithoutATokenThereIsTheCurrentOneAndNoItems(t *testing.T) {
	t.Parallel()
	s := serve(t)
	now := as[api.ChangeList](s.get(changesOf("058")).ok())
	require.Empty(t, now.Items)
	require.False(t, now.HasMore)
	require.NotEmpty(t, now.ChangesToken)
	none := s.after(changesOf("058"), now.ChangesToken)
	require.Empty(t, none.Items)
	require.Equal(t, now.ChangesToken, none.ChangesToken, "nothing has changed, so nothing is another")
	s.change(duty, `{"status": "in_progress"}`)
	one := s.after(changesOf("058"), now.ChangesToken)
	require.Len(t, one.Items, 1)
	entry := one.Items[0]
	require.Equal(t, "task_updated", entry.Kind)
	require.Equal(t, "058", entry.Area)
	require.Equal(t, "consult1_pc_district", entry.Milestone.MustGet())
	require.Equal(t, api.WorkInProgress, entry.Item.MustGet().Milestone.Work)
	require.Equal(t, entry.Revision, one.Revision)
	require.Empty(t, s.after(changesOf("058"), one.ChangesToken).Items)
}

func TestA8_SnapshotsHandOutTheTokenThatTheirChangesGoOnFrom(t *testing.T) {
	t.Parallel()
	s := serve(t)
	list := as[api.DeadlineList](s.get(deadlinesOf("058") + "?state=open&family=consult1_pc").ok()).ChangesToken.MustGet()
	own := as[api.DeadlineList](s.get(deadlinesOf("058") + "?reach=own").ok()).ChangesToken.MustGet()
	matrix := as[api.Matrix](s.get(matrixOf("058")).ok()).ChangesToken.MustGet()
	line := as[api.Timeline](s.get(timelineOf("058")).ok()).ChangesToken.MustGet()
	s.change(duty, `{"status": "in_progress"}`)
	for address, token := range map[string]string{
		"?state=open&family=consult1_pc": list, "?family=consult1_pc&state=open": list, "": matrix, "?reach=own": line, "?reach=own&": own,
	} {
		found := s.after(changesOf("058")+strings.TrimSuffix(address, "&"), token).Items
		require.NotEmpty(t, found, address)
		require.Equal(t, "consult1_pc_district", found[len(found)-1].Milestone.MustGet(), address)
	}
	for _, past := range []string{deadlinesOf("058") + "?as_of=2021-01-20", matrixOf("058") + "?as_of=2021-01-20", timelineOf("058") + "?known_at=2021-01-20T00:00:00Z"} {
		require.Contains(t, s.get(past).ok().text(), `"changes_token":null`, past)
	}
}

func TestA8_TheTokenOfASnapshotIsTheSameOnEveryServer(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	one, other := d.serve(), d.serve()
	one.change(duty, `{"status": "in_progress"}`)
	one.change(v1+"/areas/31/milestones/pc_constituencies_province/tasks/duty", `{"status": "in_progress"}`)
	for _, address := range []string{deadlinesOf("058"), matrixOf("06"), timelineOf("058"), changesOf("058"), changesOf("31") + "?state=open"} {
		whole := one.get(address).ok()
		require.Eventually(t, func() bool { return other.get(address).text() == whole.text() }, eventually, tick, address)
	}
}

func TestA10_WhatLeavesTheFilterComesWithTheReason(t *testing.T) {
	t.Parallel()
	s := serve(t)
	open := changesOf("058") + "?state=open"
	token := as[api.ChangeList](s.get(open).ok()).ChangesToken
	s.change(duty, `{"status": "done", "done_on": "2021-01-20"}`)
	left := s.after(open, token)
	require.Len(t, left.Items, 1)
	require.True(t, left.Items[0].Item.IsNull())
	require.Equal(t, api.ChangeRemovalReasonNotInFilter, left.Items[0].Removed.MustGet().Reason)
	s.change(duty, `{"status": "in_progress"}`)
	back := s.after(open, left.ChangesToken)
	require.False(t, back.Items[0].Item.IsNull())
	require.True(t, back.Items[0].Removed.IsNull())

	whole := as[api.ChangeList](s.get(changesOf("058")).ok()).ChangesToken
	some := as[api.ChangeList](s.get(open).ok()).ChangesToken
	plan := v1 + "/plans/bac_kan_city_2021"
	require.Less(t, s.post(plan+"/withdrawal", `{"reason": "thay bằng kế hoạch khác"}`, "If-Match", s.get(plan).ok().tag()).status, 300)
	cancelled := 0
	for _, x := range s.after(changesOf("058"), whole, "&limit=1000").Items {
		if x.Kind == "milestone_cancelled" {
			cancelled++
			require.Equal(t, api.ChangeRemovalReasonCancelled, x.Removed.MustGet().Reason)
			require.Equal(t, api.WorkCancelled, x.Item.MustGet().Milestone.Work, "a list without a filter still has it")
		}
	}
	require.Positive(t, cancelled)
	for _, x := range s.after(open, some, "&limit=1000").Items {
		if x.Kind == "milestone_cancelled" {
			require.Equal(t, api.ChangeRemovalReasonCancelled, x.Removed.MustGet().Reason)
			require.True(t, x.Item.IsNull())
		}
	}
}

func TestA10_ADayThatPassesIsAChangeToo(t *testing.T) {
	t.Parallel()
	s := serve(t)
	late := changesOf("058") + "?state=overdue"
	before, _ := s.pages(deadlinesOf("058")+"?state=overdue", nil)
	overdue := rowNames(before)
	token := as[api.ChangeList](s.get(late).ok()).ChangesToken
	s.clock.set(t, "2021-02-18T00:00:01+07:00")
	for _, x := range s.after(late, token, "&limit=1000").Items {
		require.Equal(t, "milestone_turned", x.Kind)
		if !x.Item.IsNull() && !x.Above {
			overdue = append(overdue, x.Area+":"+x.Milestone.MustGet())
		}
	}
	require.Contains(t, overdue, "058:consult1_pc_district", "its limit was the 17th")
	rows, _ := s.pages(deadlinesOf("058")+"?state=overdue", nil)
	require.ElementsMatch(t, rowNames(rows), overdue)
}

func TestA11_ATokenIsRefusedWhereItCannotBeGoneOnWith(t *testing.T) {
	t.Parallel()
	s := serve(t)
	current := as[api.ChangeList](s.get(changesOf("058")).ok())
	require.Regexp(t, `^[A-Za-z0-9_-]+$`, current.ChangesToken)
	for _, elsewhere := range []string{changesOf("06"), changesOf("058") + "?state=open", changesOf("058") + "?reach=own", changesOf("058") + "?family=consult1_pc"} {
		r := s.get(behind(elsewhere, current.ChangesToken))
		r.refused(http.StatusBadRequest, "token-filter-mismatch")
		require.Contains(t, r.problem()["detail"], "đọc lại danh sách từ đầu", "who left the token out would miss what lies between")
	}
	for _, garbage := range []string{"x", "", "%00", current.ChangesToken[:10], current.ChangesToken + "A", strings.Repeat("A", 600), "eyJyIjoxfQ"} {
		s.get(changesOf("058")+"?after="+garbage).refused(http.StatusBadRequest, "token-unreadable")
	}
	life := current.TokenExpiresAt.Sub(s.clock.now())
	require.Greater(t, life, 180*24*time.Hour)
	s.clock.set(t, current.TokenExpiresAt.Add(-time.Second).Format(time.RFC3339))
	s.get(behind(changesOf("058"), current.ChangesToken)).ok()
	s.clock.set(t, current.TokenExpiresAt.Format(time.RFC3339))
	for _, address := range []string{changesOf("058"), changesOf("058") + "?wait=60"} {
		gone := s.get(behind(address, current.ChangesToken), "If-None-Match", "*").refused(http.StatusGone, "token-expired")
		require.Equal(t, `<`+deadlinesOf("058")+`>; rel="snapshot"`, gone.header.Get("Link"))
		s.get(deadlinesOf("058")).ok()
	}
}

func TestA11_ATokenOfALogThatWentBackIsRefusedAndNeverAnEmptyAnswer(t *testing.T) {
	t.Parallel()
	ahead := serve(t)
	for _, status := range []string{"in_progress", "not_started", "in_progress"} {
		ahead.change(duty, `{"status": "`+status+`"}`)
	}
	token := as[api.ChangeList](ahead.get(changesOf("058")).ok()).ChangesToken
	restored := serve(t)
	restored.get(behind(changesOf("058"), token)).refused(http.StatusGone, "token-expired")
}

func TestA12_PagesHaveALimitAndLeadFromOneToTheNext(t *testing.T) {
	t.Parallel()
	s := serve(t)
	token := as[api.ChangeList](s.get(changesOf("058")).ok()).ChangesToken
	for _, status := range []string{"in_progress", "not_started", "blocked\", \"reason\": \"mưa", "in_progress", "not_started"} {
		s.change(duty, `{"status": "`+status+`"}`)
	}
	for _, limit := range []string{"0", "1001", "-1"} {
		s.get(behind(changesOf("058"), token, "&limit="+limit)).refused(http.StatusUnprocessableEntity, "parameter-refused")
	}
	s.get(behind(changesOf("058"), token, "&limit=1000")).ok()
	address, seen := behind(changesOf("058"), token, "&limit=2"), []int64{}
	for n := 0; ; n++ {
		r := s.get(address).ok()
		page := as[api.ChangeList](r)
		for _, x := range page.Items {
			seen = append(seen, x.Revision)
		}
		s.change(v1+"/areas/01837/milestones/polling_team/tasks/duty", fmt.Sprintf(`{"status": %q}`, []string{"in_progress", "not_started"}[n%2]))
		if !page.HasMore || n > 20 {
			require.Empty(t, r.header.Get("Link"))
			require.True(t, page.Next.IsNull())
			break
		}
		require.Equal(t, `<`+page.Next.MustGet()+`>; rel="next"`, r.header.Get("Link"))
		require.Contains(t, page.Next.MustGet(), url.QueryEscape(page.ChangesToken))
		if address = page.Next.MustGet(); n > 2 {
			address = behind(changesOf("058"), page.ChangesToken, "&limit=1000")
		}
	}
	for k := 1; k < len(seen); k++ {
		require.Equal(t, seen[k-1]+1, seen[k], "each once, in the order of the log")
	}
	require.GreaterOrEqual(t, len(seen), 8)
}

func TestA13_WaitHoldsUntilAChangeOrUntilTheTimeIsOver(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	s, other := d.serve(), d.serve()
	token := as[api.ChangeList](s.get(changesOf("058")).ok()).ChangesToken
	for _, wait := range []string{"61", "-1"} {
		s.get(behind(changesOf("058"), token, "&wait="+wait)).refused(http.StatusUnprocessableEntity, "parameter-refused")
	}
	s.get(behind(changesOf("058"), token, "&wait=0.5")).refused(http.StatusBadRequest, "parameter-unreadable")

	began := time.Now()
	empty := s.get(behind(changesOf("058"), token, "&wait=1")).ok()
	require.GreaterOrEqual(t, time.Since(began), time.Second)
	require.Empty(t, as[api.ChangeList](empty).Items)
	began = time.Now()
	require.Equal(t, http.StatusNotModified, s.get(behind(changesOf("058"), token, "&wait=1"), "If-None-Match", empty.tag()).status)
	require.GreaterOrEqual(t, time.Since(began), time.Second)

	got := make(chan api.ChangeList)
	go func() {
		r := s.get(behind(changesOf("058"), token, "&wait=60"), "Accept-Encoding", "gzip")
		got <- as[api.ChangeList](r.unpacked())
	}()
	s.waits(1)
	other.change(v1+"/areas/31/milestones/pc_constituencies_province/tasks/duty", `{"status": "in_progress"}`) // is of no interest
	other.change(duty, `{"status": "in_progress"}`)                                                            // at the other server
	require.Equal(t, "consult1_pc_district", (<-got).Items[0].Milestone.MustGet())
	s.waits(0)
}

// waits holds until so many wait for changes.
func (s *server) waits(n int) {
	s.t.Helper()
	require.Eventually(s.t, func() bool {
		return strings.Contains(s.get("/metrics").text(), fmt.Sprintf("tiendo_feed_waiting %d\n", n))
	}, eventually, tick)
}

func TestA13_WhoGoesAwayWaitsNoLongerAndTooManyAreRefused(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	d.feed.Waiting, d.feed.Each = 3, 2
	s := d.serve()
	token := as[api.ChangeList](s.get(changesOf("058")).ok()).ChangesToken
	ctx, leave := context.WithCancel(t.Context())
	var gone sync.WaitGroup
	for range 2 {
		gone.Go(func() {
			r := s.request(http.MethodGet, behind(changesOf("058"), token, "&wait=60"), "").WithContext(ctx)
			if response, err := client.Do(r); err == nil {
				response.Body.Close()
			}
		})
	}
	s.waits(2)
	limited := s.get(behind(changesOf("058"), token, "&wait=5")).refused(http.StatusTooManyRequests, "waiting-limited")
	require.Equal(t, "10", limited.header.Get("Retry-After"))
	s.get(behind(changesOf("058"), token)).ok() // without waiting
	leave()
	gone.Wait()
	s.waits(0)
	d.feed.Waiting = -1
	full := d.serve()
	token = as[api.ChangeList](full.get(changesOf("058")).ok()).ChangesToken
	r := full.get(behind(changesOf("058"), token, "&wait=5")).refused(http.StatusServiceUnavailable, "waiting-full")
	require.NotEmpty(t, r.header.Get("Retry-After"))
}

// events is an open stream.
type events struct {
	t      *testing.T
	header http.Header
	lines  *bufio.Scanner
	close  func()
}

// listen opens a stream.
func (s *server) listen(address string, header ...string) *events {
	s.t.Helper()
	ctx, stop := context.WithCancel(s.t.Context())
	response, err := client.Do(s.request(http.MethodGet, address, "", header...).WithContext(ctx))
	require.NoError(s.t, err)
	e := &events{t: s.t, header: response.Header, lines: bufio.NewScanner(response.Body), close: func() { stop(); response.Body.Close() }}
	e.lines.Buffer(nil, 4<<20)
	s.t.Cleanup(e.close)
	require.Equal(s.t, http.StatusOK, response.StatusCode)
	return e
}

// one is the next event; comments are passed over. An empty kind: the stream has ended.
func (e *events) one() (kind, id, data string) {
	for e.lines.Scan() {
		name, value, _ := strings.Cut(e.lines.Text(), ": ")
		switch name {
		case "event":
			kind = value
		case "id":
			id = value
		case "data":
			data = value
		case "":
			if kind != "" {
				return kind, id, data
			}
		}
	}
	return "", "", ""
}

func TestA13_AStreamTellsChangesAndGoesOnExactlyWhereItEnded(t *testing.T) {
	t.Parallel()
	s := serve(t)
	stream := s.listen(eventsOf("058"), "Accept-Encoding", "gzip")
	require.Equal(t, "text/event-stream", stream.header.Get("Content-Type"))
	require.Equal(t, "no-store", stream.header.Get("Cache-Control"))
	require.Equal(t, "no", stream.header.Get("X-Accel-Buffering"))
	require.Empty(t, stream.header.Get("Content-Encoding"))
	kind, first, _ := stream.one()
	require.Equal(t, "ready", kind)
	s.change(duty, `{"status": "in_progress"}`)
	kind, second, data := stream.one()
	require.Equal(t, "changes", kind)
	require.Contains(t, data, `"consult1_pc_district"`)
	require.Contains(t, data, `"count":1,"changes_token":"`+second+`","fetch":null`)
	stream.close()
	s.change(duty, `{"status": "not_started"}`)
	s.change(duty, `{"status": "in_progress"}`)
	for _, again := range []*events{s.listen(eventsOf("058"), "Last-Event-ID", second), s.listen(behind(eventsOf("058"), second)), s.listen(behind(eventsOf("058"), first), "Last-Event-ID", second)} {
		kind, id, data := again.one()
		require.Equal(t, "changes", kind)
		require.Contains(t, data, `"count":2`)
		require.Empty(t, s.after(changesOf("058"), id).Items, "the id is a change token")
	}
	s.get(eventsOf("058"), "Last-Event-ID", "x").refused(http.StatusBadRequest, "token-unreadable")
	s.get(behind(eventsOf("06"), first)).refused(http.StatusBadRequest, "token-filter-mismatch")
}

func TestA13_WhoHasTheMostPlacesGivesOneToWhoHasNone(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	d.feed.Waiting, d.feed.Each = 2, 2
	s := d.serve()
	other := s.as(d.user("binh", "Bình", grant("058", access.Viewer)))
	token := as[api.ChangeList](s.get(changesOf("058")).ok()).ChangesToken
	stays, goes := s.listen(eventsOf("058")), s.listen(eventsOf("058"))
	for _, e := range []*events{stays, goes} {
		kind, _, _ := e.one()
		require.Equal(t, "ready", kind)
	}
	late := other.listen(eventsOf("058"))
	kind, _, _ := late.one()
	require.Equal(t, "ready", kind)
	last := ""
	for goes.lines.Scan() {
		last += goes.lines.Text()
	}
	require.Contains(t, last, "retry: ", "it ends as streams end")
	s.get(behind(changesOf("058"), token, "&wait=60")).refused(http.StatusServiceUnavailable, "waiting-full")
	stays.close()
	s.waits(1)
	got := make(chan *reply)
	go func() { got <- other.get(behind(changesOf("058"), token, "&wait=60")) }()
	s.waits(2)
	kind, _, _ = s.listen(eventsOf("058")).one()
	require.Equal(t, "ready", kind)
	require.Empty(t, as[api.ChangeList]((<-got).ok()).Items, "answered before its time")
}

func TestA13_AStreamGivesItsPlaceBackAsSoonAsItsReaderHasGone(t *testing.T) {
	t.Parallel()
	s := newDatabase(t).serve(func(c *api.Config) { c.EventComment = time.Hour }) // nothing is written meanwhile
	var all []*events
	for range 3 {
		e := s.listen(eventsOf("058"))
		kind, _, _ := e.one()
		require.Equal(t, "ready", kind)
		all = append(all, e)
	}
	s.waits(3)
	all[0].close()
	all[1].close()
	s.waits(1)
	s.change(duty, `{"status": "in_progress"}`)
	kind, _, _ := all[2].one()
	require.Equal(t, "changes", kind, "others go on")
}

func TestA13_ManyChangesAtOnceAreOneEventThatSaysWhereToReadThem(t *testing.T) {
	t.Parallel()
	s := serve(t)
	begun := as[api.ChangeList](s.get(changesOf("06")).ok())
	for n := range 101 {
		s.change(duty, fmt.Sprintf(`{"status": %q}`, []string{"in_progress", "not_started"}[n%2]))
	}
	kind, id, data := s.listen(behind(eventsOf("06"), begun.ChangesToken)).one()
	require.Equal(t, "changes", kind)
	address := behind(changesOf("06"), begun.ChangesToken)
	require.Contains(t, data, `"fetch":"`+address+`"`)
	require.Contains(t, data, `"count":null`)
	require.Contains(t, data, `"items":[]`)
	page := as[api.ChangeList](s.get(address).ok())
	require.True(t, page.HasMore)
	last := as[api.ChangeList](s.get(page.Next.MustGet()).ok())
	require.Equal(t, id, last.ChangesToken)
}

func TestA13_ATokenThatIsTooOldGivesOneResync(t *testing.T) {
	t.Parallel()
	s := serve(t)
	old := as[api.ChangeList](s.get(changesOf("058")).ok()).ChangesToken
	s.clock.set(t, "2022-05-01T10:00:00+07:00")
	stream := s.listen(eventsOf("058"), "Last-Event-ID", old)
	kind, id, data := stream.one()
	require.Equal(t, "resync", kind)
	require.Contains(t, data, `"snapshot":"`+deadlinesOf("058")+`"`)
	require.Empty(t, s.after(changesOf("058"), id).Items)
	s.change(duty, `{"status": "in_progress"}`)
	kind, _, _ = stream.one()
	require.Equal(t, "changes", kind, "it goes on from now")
}

func TestA13_CommentsComeRegularlyAndAStreamEndsWithItsToken(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	s := d.serve()
	secret := d.user("binh", "Bình", grant("058", access.Viewer))
	mine := s.as(secret).listen(eventsOf("058"))
	anybody := s.as("").listen(eventsOf("058"))
	require.True(t, mine.lines.Scan())
	require.True(t, strings.HasPrefix(mine.lines.Text(), "retry: "))
	comments := 0
	for comments < 3 && mine.lines.Scan() {
		if strings.HasPrefix(mine.lines.Text(), ": ") {
			comments++
		}
	}
	require.Equal(t, 3, comments)
	tokens, err := d.accounts.Tokens(t.Context(), "binh")
	require.NoError(t, err)
	require.NoError(t, d.accounts.RevokeToken(t.Context(), access.Operator("test"), "binh", tokens[0].ID))
	for mine.lines.Scan() {
	}
	kind, _, _ := anybody.one()
	require.Equal(t, "ready", kind)
	s.change(duty, `{"status": "in_progress"}`)
	kind, _, _ = anybody.one()
	require.Equal(t, "changes", kind, "others go on")
	closed := d.serve(func(c *api.Config) { c.PublicReading = false })
	closed.as(secret).get(eventsOf("058")).refused(http.StatusUnauthorized, "token-unknown")
	closed.as("").get(eventsOf("058")).refused(http.StatusUnauthorized, "sign-in-needed")
	closed.get(eventsOf("058")).ok()
}

func TestA13_TheEndOfTheServerEndsStreamsAndWaitingAtOnce(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	s, stop := d.serveUntil(d.pool)
	token := as[api.ChangeList](s.get(changesOf("058")).ok()).ChangesToken
	stream := s.listen(eventsOf("058"))
	kind, _, _ := stream.one()
	require.Equal(t, "ready", kind)
	got := make(chan *reply)
	go func() { got <- s.get(behind(changesOf("058"), token, "&wait=60")) }()
	s.waits(2)
	began := time.Now()
	stop()
	require.Equal(t, token, as[api.ChangeList]((<-got).ok()).ChangesToken)
	last := ""
	for stream.lines.Scan() {
		if strings.HasPrefix(stream.lines.Text(), "retry: ") {
			last = stream.lines.Text()
		}
	}
	require.NotEmpty(t, last)
	require.NoError(t, stream.lines.Err(), "it ends as streams end")
	require.Less(t, time.Since(began), 5*time.Second)
}

func TestChangesAreAnsweredInOnePassAsInTheChainAndAskTheDatabaseNothing(t *testing.T) {
	t.Parallel()
	d, asked := newDatabase(t), &counter{}
	s := d.serve(d.counted(asked))
	old := as[api.ChangeList](s.get(changesOf("058")).ok()).ChangesToken
	s.change(duty, `{"status": "in_progress"}`)
	last := as[api.ChangeList](s.get(behind(changesOf("058"), old)).ok()).ChangesToken
	before, statements := s.passed(), asked.n.Load()
	n := 0
	for _, address := range []string{changesOf("058"), behind(changesOf("058"), old), behind(changesOf("058"), last)} {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			for _, accepted := range []string{"", "gzip", "identity"} {
				_, h, _ := s.exchange(method, address, "Accept-Encoding", accepted)
				n++
				for _, known := range []string{h.Get("ETag"), `"other"`, "nonsense"} {
					header := []string{"Accept-Encoding", accepted, "If-None-Match", known}
					status, fields, body := s.exchange(method, address, header...)
					n++
					// An empty pair is out of the ordinary, and says the same.
					chain := strings.Replace(address+"?", "?after", "?&after", 1)
					otherStatus, other, otherBody := s.exchange(method, strings.TrimSuffix(chain, "?")+map[bool]string{true: "?", false: ""}[!strings.Contains(address, "?")], header...)
					require.Equal(t, otherStatus, status)
					require.Equal(t, other, fields)
					require.Equal(t, otherBody, body)
				}
			}
		}
	}
	require.Equal(t, before+n, s.passed(), "each was answered in one pass")
	require.Equal(t, statements, asked.n.Load(), "without a statement")
	before = s.passed()
	for query, status := range map[string]int{"?after=x": 400, "?after=": 400, "?after=" + last + "&limit=5": 200, "?wait=0&after=" + last: 200, "?after=" + last + "&x=1": 422} {
		require.Equal(t, status, s.get(changesOf("058")+query).status, query)
	}
	require.Equal(t, before, s.passed())
}

// followed is what a client was told of, in order, and how it came: by asking, by
// waiting, or as events.
func (s *server) followed(address, token string, until func(api.ChangeList) bool, more string) (all []api.ChangeEntry) {
	for {
		page := as[api.ChangeList](s.get(behind(address, token, more)).ok())
		all, token = append(all, page.Items...), page.ChangesToken
		if !page.HasMore && until(page) {
			return all
		}
	}
}

// Two servers, writers at both, and clients at both that never stop asking: each is
// told every entry once, in the order of the log, and ends with what a list shows.
func TestA8_CopiesOfTwoServersFollowWritersWithoutAGap(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	d.feed.Keep = 20 // so that the database is read as well
	servers := []*server{d.serve(), d.serve()}
	held := map[string]bool{}
	for _, s := range servers {
		s.held = held // each kind of answer once; it is read by many from here on
	}
	var first []api.DeadlineRow
	rows, list := servers[0].pages(deadlinesOf("06")+"?limit=1000", nil)
	first = rows
	begun := list.ChangesToken.MustGet()
	service := func(k int) *server { return servers[k] }
	tasks := []string{duty}
	for _, code := range []string{"01834", "01837", "01840", "01843"} {
		tasks = append(tasks, v1+"/areas/"+code+"/milestones/polling_team/tasks/duty")
	}
	for _, s := range servers { // whatever is asked for below has been held once
		for _, task := range tasks {
			s.change(task, `{"status": "in_progress"}`)
		}
		s.get(behind(changesOf("06"), begun))
		s.get(behind(changesOf("06"), begun, "&wait=0"))
	}
	const turns = 25
	var writers, clients sync.WaitGroup
	var done atomic.Bool
	for k, task := range tasks {
		writers.Go(func() {
			for n := range turns {
				service((k+n)%2).change(task, fmt.Sprintf(`{"status": %q}`, []string{"not_started", "in_progress"}[n%2]))
			}
		})
	}
	head := func() int64 {
		v, err := servers[0].mirror.View("2021")
		if err != nil {
			return 0
		}
		return int64(v.Revision())
	}
	told := make([][]api.ChangeEntry, 6)
	for k := range told {
		clients.Go(func() {
			more := []string{"&limit=1", "&limit=7", "&wait=1"}[k%3]
			s := servers[k%2]
			told[k] = s.followed(changesOf("06"), begun, func(p api.ChangeList) bool { return done.Load() && p.Revision >= head() }, more)
		})
	}
	writers.Wait()
	for _, s := range servers {
		require.Eventually(t, func() bool {
			a, _ := servers[0].mirror.View("2021")
			b, _ := servers[1].mirror.View("2021")
			return a.Revision() == b.Revision()
		}, eventually, tick, s.base)
	}
	done.Store(true)
	clients.Wait()
	fresh, _ := servers[1].pages(deadlinesOf("06")+"?limit=1000", nil)
	for k := range told {
		require.Equal(t, len(tasks)*(turns+1), follows(t, told[k], first, fresh), "client %d: none is missing", k)
	}
}

// follows holds that entries came each once and in order, and made of one list the
// other; it counts the reports among them.
func follows(t *testing.T, told []api.ChangeEntry, before, after []api.DeadlineRow) (reports int) {
	t.Helper()
	last, rows := int64(0), map[string]api.DeadlineRow{}
	for _, x := range before {
		rows[x.Area.Code+":"+x.Milestone.Id] = x
	}
	for _, x := range told {
		require.Greater(t, x.Revision, last, "each once, in order")
		last = x.Revision
		if x.Kind == "task_updated" && !x.Above {
			reports++
		}
		if !x.Above && !x.Milestone.IsNull() {
			rows[x.Area+":"+x.Milestone.MustGet()] = x.Item.MustGet()
		}
	}
	require.Len(t, rows, len(after))
	for _, x := range after {
		require.Equal(t, x, rows[x.Area.Code+":"+x.Milestone.Id])
	}
	return reports
}
