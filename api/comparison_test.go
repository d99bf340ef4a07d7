package api_test

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/api"
	"tiendo/pkg/civil"
)

func comparisonOf(code string) string { return v1 + "/areas/" + code + "/comparison" }

func TestAComparisonTellsWhatChangedBetweenTwoDays(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.change(duty, `{"status": "done", "done_on": "2021-01-22", "evidence": {"number": "17/nội bộ"}}`)
	s.change(v1+"/areas/058/milestones/election_committee_district", `{"planned_on": "2021-02-01"}`)
	s.clock.set(t, "2021-02-10T08:00:00+07:00") // the committees should be there since the 7th
	ask := func(code, query string) api.Comparison {
		return as[api.Comparison](s.get(comparisonOf(code) + query).ok())
	}

	c := ask("058", "?from=2021-01-21&to=2021-01-25")
	require.Equal(t, civil.Must("2021-01-21"), c.From)
	require.Equal(t, "Thành phố Bắc Kạn", c.Area.Name)
	require.Equal(t, 1, c.Counts.Planned)
	require.False(t, c.HasMore)
	done := ask("058", "?from=2021-01-21&to=2021-01-25&kind=done").Items
	require.Len(t, done, 1)
	require.Equal(t, "consult1_pc_district", done[0].Milestone)
	require.Equal(t, []api.DifferenceKind{api.DifferenceKindDone}, done[0].Kinds)
	require.Equal(t, api.WorkNotStarted, done[0].Before.MustGet().Work)
	require.Equal(t, api.TimingDoneOnTime, done[0].After.Timing)
	require.Equal(t, civil.Must("2021-01-22"), done[0].After.DoneOn.MustGet())
	require.Zero(t, ask("058", "?from=2021-01-22&to=2021-01-25").Counts.Done, "the day it happened on counts")

	late := ask("06", "?from=2021-02-07")
	require.Equal(t, civil.Must("2021-02-10"), late.To)
	require.Positive(t, late.Counts.BecameLate)
	require.Equal(t, late.Counts.Total, late.Self.Total+late.Children[0].Counts.Total)
	require.Equal(t, "058", late.Children[0].Area.Code)
	wards := ask("06", "?from=2021-02-07&level=commune")
	require.Less(t, wards.Counts.Total, late.Counts.Total)
	for _, x := range wards.Items {
		require.Equal(t, api.Level("commune"), x.Area.Level)
	}
	require.NotContains(t, s.get(comparisonOf("058")+"?from=2021-01-01").ok().text(), "nội bộ")
	require.Equal(t, civil.Must("2021-02-03"), ask("058", "").From, "a week, unless asked otherwise")
}

func TestA12_PagesOfAComparisonGoOnWhereTheLastOneEnded(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.clock.set(t, "2021-02-10T08:00:00+07:00")
	first := comparisonOf("VN") + "?from=2021-01-01&to=2021-02-10"
	whole := as[api.Comparison](s.get(first + "&limit=200").ok())
	require.Greater(t, len(whole.Items), 6)
	require.False(t, whole.HasMore)
	require.True(t, whole.Next.IsNull())
	var all []api.Difference
	for address := first + "&limit=3"; address != ""; {
		r := s.get(address).ok()
		page := as[api.Comparison](r)
		require.Equal(t, whole.Counts, page.Counts)
		all = append(all, page.Items...)
		if address, _ = page.Next.Get(); address == "" {
			require.Empty(t, r.header.Get("Link"))
			require.False(t, page.HasMore)
			break
		}
		require.True(t, page.HasMore)
		require.Equal(t, "<"+address+`>; rel="next"`, r.header.Get("Link"))
		if len(all) == 3 { // work goes on while somebody reads
			s.change(v1+"/areas/VN/milestones/na_constituencies/tasks/duty", `{"status": "in_progress"}`)
			whole = as[api.Comparison](s.get(first + "&limit=200").ok())
		}
	}
	seen := map[string]int{}
	for _, x := range all {
		seen[x.Area.Code+"/"+x.Milestone]++
	}
	for _, x := range whole.Items[1:] { // the first may be the one that was entered meanwhile
		require.Equal(t, 1, seen[x.Area.Code+"/"+x.Milestone], "%s of %s", x.Milestone, x.Area.Code)
	}
}

func TestA12_ATokenHoldsForItsOwnListOnly(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.clock.set(t, "2021-02-10T08:00:00+07:00")
	asked := comparisonOf("VN") + "?from=2021-01-01&to=2021-02-10"
	next := as[api.Comparison](s.get(asked + "&limit=2").ok()).Next.MustGet()
	_, token, _ := strings.Cut(next, "after=")
	token, _, _ = strings.Cut(token, "&")
	require.Regexp(t, `^[A-Za-z0-9_-]+$`, token)
	s.get(asked + "&limit=5&after=" + token).ok() // how many is no filter
	for _, other := range []string{
		asked + "&kind=done", asked + "&level=commune", comparisonOf("VN") + "?from=2021-01-02&to=2021-02-10",
		comparisonOf("06") + "?from=2021-01-01&to=2021-02-10",
	} {
		r := s.get(other + "&after=" + token)
		require.Equal(t, http.StatusBadRequest, r.status, other)
		require.Equal(t, "token-filter-mismatch", r.problem()["code"], other)
	}
	swapped := []byte(token)
	swapped[len(swapped)-1] ^= 1
	plain := base64.RawURLEncoding.EncodeToString([]byte("VN/announce_election_day"))
	for _, garbage := range []string{"x", "%20", "....", token[1:], token[:len(token)-4], string(swapped), plain} {
		r := s.get(asked + "&after=" + garbage)
		require.Equal(t, http.StatusBadRequest, r.status, garbage)
		require.Equal(t, "token-unreadable", r.problem()["code"], garbage)
	}
}

func TestAComparisonRefusesWhatCannotBeMeant(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for query, code := range map[string]string{
		"?to=2021-01-26":                 "as-of-in-the-future",
		"?from=2021-01-25&to=2021-01-24": "span-reversed",
		"?kind=late":                     "parameter-refused",
		"?limit=201":                     "parameter-refused",
		"?limit=0":                       "parameter-refused",
		"?from=yesterday":                "parameter-unreadable",
		"?since=2021-01-01":              "parameter-unknown",
	} {
		require.Equal(t, code, s.get(comparisonOf("058") + query).problem()["code"], query)
	}
}

func TestA35_AMilestoneIsLookedBackAtWithItsTasks(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.change(duty, `{"status": "in_progress", "happened_on": "2021-01-18"}`)
	s.clock.set(t, "2021-01-25T12:00:00+07:00")
	s.change(duty, `{"status": "done", "done_on": "2021-01-22", "evidence": {"number": "12/BB-MTTQ"}}`)
	ask := func(query string) api.MilestoneDetail { return as[api.MilestoneDetail](s.get(consult + query).ok()) }
	now := ask("")
	require.Equal(t, api.WorkDone, now.Work)
	for query, want := range map[string]api.Work{
		"?as_of=2021-01-17": api.WorkNotStarted, "?as_of=2021-01-18": api.WorkInProgress, "?as_of=2021-01-22": api.WorkDone,
		"?known_at=2021-01-25T11:00:00%2B07:00": api.WorkInProgress,
	} {
		was := ask(query)
		require.Equal(t, want, was.Work, query)
		require.Equal(t, want, was.Tasks[0].Status, query)
		require.Equal(t, now.Tasks[0].Title, was.Tasks[0].Title, query)
		require.Equal(t, want == api.WorkDone, !was.Tasks[0].Evidence.IsNull(), query)
		require.Regexp(t, `^W/`, s.get(consult+query).tag(), "no change can be made with it")
	}
	require.Equal(t, now.Why, ask("?as_of=2021-01-17").Why)
	require.Equal(t, "as-of-in-the-future", s.get(consult + "?as_of=2021-01-26").problem()["code"])
	// What a plan made later brought was not there yet.
	plan := as[api.Timeline](s.get(timelineOf("06")).ok())
	for _, x := range plan.Items {
		if x.Binding == api.MilestoneBinding("plan") {
			r := s.get(v1 + "/areas/06/milestones/" + x.Id + "?as_of=2020-01-01")
			require.Equal(t, http.StatusNotFound, r.status)
		}
	}
}

func TestU15_AnElectionSaysWhichDaysCanBeLookedBackAt(t *testing.T) {
	t.Parallel()
	s := serve(t)
	ask := func() api.Election { return as[api.Election](s.get(v1).ok()) }
	before := s.get(v1).tag()
	e := ask()
	require.True(t, e.FirstDay.Before(civil.Must("2021-01-25")), "what the dossier knows")
	require.Equal(t, civil.Must("2021-01-25"), e.LastDay, "today, as it runs")
	s.change(duty, `{"status": "in_progress", "happened_on": "2020-06-01"}`)
	require.Equal(t, civil.Must("2020-06-01"), ask().FirstDay)
	require.NotEqual(t, before, s.get(v1).tag())
}
