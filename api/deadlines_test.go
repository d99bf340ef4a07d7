package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/api"
	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/mirror/mirrortest"
	"tiendo/pkg/tracker"
)

func deadlinesOf(code string) string { return v1 + "/areas/" + code + "/deadlines" }

// pages reads a list to its end by the addresses that the pages give.
func (s *server) pages(address string, between func(page int)) (rows []api.DeadlineRow, first api.DeadlineList) {
	s.t.Helper()
	for page := 0; ; page++ {
		r := s.get(address).ok()
		list := as[api.DeadlineList](r)
		if page == 0 {
			first = list
		}
		rows = append(rows, list.Items...)
		require.Equal(s.t, first.Total, list.Total)
		require.Equal(s.t, first.Revision, list.Revision)
		next, more := list.Next.Get()
		require.Equal(s.t, list.HasMore, more == nil && next != "")
		if !list.HasMore {
			require.Empty(s.t, r.header.Get("Link"))
			return rows, first
		}
		require.Equal(s.t, `<`+next+`>; rel="next"`, r.header.Get("Link"))
		if between != nil {
			between(page)
		}
		address = next
	}
}

func rowNames(rows []api.DeadlineRow) (names []string) {
	for _, x := range rows {
		names = append(names, x.Area.Code+":"+x.Milestone.Id)
	}
	return names
}

func TestOneRequestLeadsFromTheNationToTheThreeLateCommunes(t *testing.T) {
	t.Parallel()
	c := mirrortest.NewCountry(t, area.Edition2021())
	late := map[area.Code]bool{"01834": true, "01837": true, "01840": true}
	for k := range c.Milestones {
		if m := &c.Milestones[k]; m.ID.Key != "voter_list_posted" || !late[m.ID.Area] {
			m.Work, m.DoneOn = tracker.Done, civil.Must("2021-02-01")
		}
	}
	s := serveCountry(t, c, "2021-04-20T09:00:00+07:00")
	require.Equal(t, 3, as[api.Matrix](s.get(matrixOf("VN")).ok()).Totals.Overdue)
	list := as[api.DeadlineList](s.get(deadlinesOf("VN") + "?state=overdue&sort=lateness&family=voter_list_posted").ok())
	require.Equal(t, []string{"01834:voter_list_posted", "01837:voter_list_posted", "01840:voter_list_posted"}, rowNames(list.Items))
	require.Equal(t, 3, list.Total)
	require.False(t, list.HasMore)
	x := list.Items[0]
	require.Equal(t, -7, x.Milestone.DaysLeft.MustGet())
	require.Equal(t, []string{"Thành phố Bắc Kạn", "Tỉnh Bắc Kạn"}, []string{x.Within[0].Name, x.Within[1].Name})
	require.True(t, x.DaysBehind.IsNull(), "the law's limit is no plan's day")
}

func TestA12_APageHasALimitSaysWhetherThereIsMoreAndWhere(t *testing.T) {
	t.Parallel()
	s := serve(t)
	whole, _ := s.pages(deadlinesOf("06")+"?limit=200", nil)
	rows, first := s.pages(deadlinesOf("06")+"?limit=7", nil)
	require.Equal(t, whole, rows)
	require.Len(t, first.Items, 7)
	require.Greater(t, first.Total, 60)
	require.Len(t, as[api.DeadlineList](s.get(deadlinesOf("06"))).Items, min(100, first.Total))
	for _, limit := range []string{"1001", "0", "-1"} {
		r := s.get(deadlinesOf("06") + "?limit=" + limit)
		require.Equal(t, http.StatusUnprocessableEntity, r.status)
		require.Equal(t, "parameter-refused", r.problem()["code"])
	}
	next := s.get(first.Next.MustGet()).ok()
	require.Equal(t, http.StatusNotModified, s.get(first.Next.MustGet(), "If-None-Match", next.tag()).status)
}

func TestA12_PagesShowEachOldRowOnceWhileOthersReport(t *testing.T) {
	t.Parallel()
	s := serve(t)
	address := deadlinesOf("06") + "?state=open&sort=lateness&limit=9"
	before, _ := s.pages(strings.Replace(address, "limit=9", "limit=200", 1), nil)

	const between = "consult1_pc_province"
	stop, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		statuses := []string{`{"status": "done", "done_on": "2021-01-22"}`, `{"status": "in_progress"}`, `{"status": "not_started"}`}
		for n := 0; ; n++ {
			select {
			case <-stop:
				return
			default:
			}
			x := before[(n*17)%len(before)]
			if x.Milestone.Id == between { // else it would meet the other writer on one task
				continue
			}
			s.patchAnyhow(v1+"/areas/"+x.Area.Code+"/milestones/"+x.Milestone.Id+"/tasks/duty", statuses[n%len(statuses)])
		}
	}()
	statuses := []string{"in_progress", "not_started"}
	rows, first := s.pages(address, func(page int) { // at least one between any two pages
		s.change(v1+"/areas/06/milestones/"+between+"/tasks/duty", `{"status": "`+statuses[page%2]+`"}`)
	})
	close(stop)
	<-ended

	seen := map[string]bool{}
	for k, name := range rowNames(rows) {
		require.False(t, seen[name], "%s comes twice", name)
		seen[name] = true
		require.LessOrEqual(t, rows[k].Milestone.Revision, first.Revision, "as it was at the first page")
		require.NotEqual(t, api.WorkDone, rows[k].Milestone.Work, "what was done meanwhile was open then")
	}
	// All have been reported on since; the second page still is what it was.
	again, _ := s.pages(first.Next.MustGet(), nil)
	require.Equal(t, rows[9:], again)
}

func TestA12_AListIsBegunAgainOnceTheElectionIsRedrawn(t *testing.T) {
	t.Parallel()
	s := serve(t)
	address := deadlinesOf("06") + "?limit=7"
	next := func() string { return as[api.DeadlineList](s.get(address).ok()).Next.MustGet() }

	before := next()
	s.cityPlan()
	s.get(before).ok() // what is added leaves the others what they were
	for name, redraw := range map[string]func(){
		"a plan is changed":    func() { s.patchPlan(`{"title": {"vi": "Kế hoạch khác"}}`) },
		"the election amended": func() { s.post(amendments, postponed, "If-Match", s.get(amendments).tag()).ok() },
	} {
		before = next()
		known := s.get(before).ok().tag()
		redraw()
		r := s.get(before, "If-None-Match", known)
		r.refused(http.StatusGone, "token-expired")
		require.Equal(t, "application/problem+json; charset=utf-8", r.header.Get("Content-Type"), name)
		require.Equal(t, "no-store", r.header.Get("Cache-Control"), name)
		whole, _ := s.pages(deadlinesOf("06")+"?limit=200", nil)
		again, _ := s.pages(address, nil)
		require.Equal(t, whole, again, name)
	}
}

// patchPlan changes the plan of the city.
func (s *server) patchPlan(body string) {
	s.t.Helper()
	s.patch(cityPlan, s.get(cityPlan).ok().tag(), body).ok()
}

// patchAnyhow reports, and does not mind being refused.
func (s *server) patchAnyhow(task, body string) {
	r, err := http.NewRequest(http.MethodPatch, s.base+task, strings.NewReader(body))
	if err != nil {
		return
	}
	r.Header.Set("Content-Type", "application/merge-patch+json")
	r.Header.Set("Authorization", "Bearer "+s.token.Reveal())
	known, err := http.Get(s.base + task)
	if err != nil {
		return
	}
	_ = known.Body.Close()
	r.Header.Set("If-Match", known.Header.Get("ETag"))
	if answered, err := http.DefaultClient.Do(r); err == nil {
		_ = answered.Body.Close()
	}
}

func TestATokenOfAnotherFilterOrNoneIsRefusedAndNeverAnEmptyAnswer(t *testing.T) {
	t.Parallel()
	s := serve(t)
	first := as[api.DeadlineList](s.get(deadlinesOf("06") + "?state=open&limit=5").ok())
	next, err := url.Parse(first.Next.MustGet())
	require.NoError(t, err)
	token := next.Query().Get("after")
	require.Regexp(t, `^[A-Za-z0-9_-]+$`, token)
	s.get(deadlinesOf("06") + "?limit=3&after=" + token + "&state=open").ok()
	for _, other := range []string{
		deadlinesOf("06") + "?after=" + token, deadlinesOf("058") + "?state=open&after=" + token,
		deadlinesOf("06") + "?state=open&sort=lateness&after=" + token, deadlinesOf("06") + "?state=open&as_of=2021-01-20&after=" + token,
	} {
		r := s.get(other)
		require.Equal(t, http.StatusBadRequest, r.status, other)
		require.Equal(t, "token-filter-mismatch", r.problem()["code"], other)
	}
	swapped := []byte(token)
	swapped[len(swapped)/2] ^= 1
	for _, garbage := range []string{"", "x", "AAAA", token[:len(token)-3], token + "A", string(swapped), strings.Repeat("A", 400), "%C3%A9"} {
		r := s.get(deadlinesOf("06") + "?state=open&after=" + garbage)
		require.Equal(t, http.StatusBadRequest, r.status, garbage)
		require.Equal(t, "token-unreadable", r.problem()["code"], garbage)
	}
}

func TestAListIsNarrowedAsAsked(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.clock.set(t, "2021-02-10T08:00:00+07:00")
	ask := func(query string) api.DeadlineList {
		return as[api.DeadlineList](s.get(deadlinesOf("31") + "?limit=200" + query).ok())
	}
	whole := ask("")
	m := as[api.Matrix](s.get(matrixOf("31")).ok())
	require.Equal(t, m.Totals, whole.Counts)
	require.Equal(t, m.Totals.Overdue, ask("&state=overdue").Total)
	require.Equal(t, m.Totals, ask("&state=overdue").Counts, "counts are of every state")
	require.Equal(t, m.Totals.Total, ask("&state=open,done").Total)
	for _, x := range ask("&level=district").Items {
		require.Equal(t, api.Level("district"), x.Area.Level)
	}
	for _, x := range ask("&from=2021-02-01&to=2021-02-20").Items {
		on := x.Milestone.LatestOn.MustGet()
		require.True(t, !on.Before(civil.Must("2021-02-01")) && !on.After(civil.Must("2021-02-20")))
	}
	for _, x := range ask("&phase=setup&reach=own").Items {
		require.Equal(t, "setup", x.Milestone.Phase)
		require.Equal(t, "31", x.Area.Code)
		require.Empty(t, x.Within)
	}
	require.Equal(t, whole.Total, ask("&reach=own").Total+ask("&reach=below").Total)
	require.Less(t, ask("&body=front").Total, whole.Total)
	require.Less(t, ask("&serves=pc_commune").Total, whole.Total)
	require.Positive(t, ask("&family=consult1_pc").Total)
	for query, code := range map[string]string{
		"&family=nothing": "family-unknown", "&phase=nothing": "phase-unknown", "&state=asleep": "list-state-unknown",
		"&from=2021-03-01&to=2021-02-01": "span-reversed", "&as_of=2021-03-01": "as-of-in-the-future",
		"&reach=far": "parameter-refused", "&sort=name": "parameter-refused", "&state=,": "parameter-refused",
	} {
		r := s.get(deadlinesOf("31") + "?limit=200" + query)
		require.Equal(t, http.StatusUnprocessableEntity, r.status, query)
		require.Equal(t, code, r.problem()["code"], query)
	}
}

func TestA35_AListShowsAPastDay(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.change(duty, `{"status": "done", "done_on": "2021-01-22"}`)
	done := func(query string) int {
		return as[api.DeadlineList](s.get(deadlinesOf("058") + "?family=consult1_pc&reach=own&state=done" + query).ok()).Total
	}
	require.Equal(t, 1, done(""))
	require.Equal(t, 1, done("&as_of=2021-01-22"))
	require.Zero(t, done("&as_of=2021-01-21"))
}

func TestNothingIsLateInTheListOfAClosedElection(t *testing.T) {
	t.Parallel()
	c := mirrortest.NewCountry(t, mirrortest.Places())
	c.Frame.Election.State = tracker.Closed
	s := serveCountry(t, c, "2021-12-01T09:00:00+07:00")
	list := as[api.DeadlineList](s.get(deadlinesOf("VN") + "?state=late,due_soon").ok())
	require.Equal(t, api.ElectionState("closed"), list.Election.State)
	require.Zero(t, list.Total)
	require.Zero(t, list.Counts.Overdue+list.Counts.BehindPlan)
	require.Positive(t, list.Counts.Total)
	require.Positive(t, as[api.DeadlineList](s.get(deadlinesOf("VN")+"?state=no_record").ok()).Total)
}

func TestRowsOfAListAreThoseOfTheTimelines(t *testing.T) {
	t.Parallel()
	s := serve(t)
	rows, _ := s.pages(deadlinesOf("058")+"?reach=own&limit=50", nil)
	own := as[api.Timeline](s.get(timelineOf("058")).ok())
	require.Len(t, rows, len(own.Items))
	for _, x := range rows {
		want, err := json.Marshal(find(t, own, x.Milestone.Id))
		require.NoError(t, err)
		got, err := json.Marshal(x.Milestone)
		require.NoError(t, err)
		require.JSONEq(t, string(want), string(got), fmt.Sprint(x.Milestone.Id))
	}
}
