package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tiendo/api"
	"tiendo/pkg/access"
	"tiendo/pkg/area"
)

func trailOf(code string) string { return v1 + "/areas/" + code + "/trail" }

// trail reads all pages, each by the address that the one before names.
func (s *server) trail(address string) (all []api.TrailChange) {
	s.t.Helper()
	for {
		r := s.get(address).ok()
		page := as[api.Trail](r)
		require.Equal(s.t, "private, no-cache", r.header.Get("Cache-Control"))
		all = append(all, page.Items...)
		require.Equal(s.t, page.HasMore, !page.Next.IsNull())
		if !page.HasMore {
			require.Empty(s.t, r.header.Get("Link"))
			return all
		}
		address = page.Next.MustGet()
		require.Equal(s.t, "<"+address+`>; rel="next"`, r.header.Get("Link"))
	}
}

// inTwoPlaces has somebody of the city and somebody of its ward report.
func inTwoPlaces(t *testing.T) (d *database, s, lead *server) {
	t.Helper()
	d = newDatabase(t)
	s = d.serve()
	lead = s.as(d.user("hoa.le", "Lê Thị Hòa", grant("058", access.Lead)))
	minh := s.as(d.user("minh", "Hoàng Minh", grant("058", access.Reporter)))
	ward := s.as(d.user("duc.ha", "Hà Văn Đức", grant("01840", access.Reporter)))
	minh.change(duty, `{"status": "blocked", "reason": "chờ hướng dẫn"}`)
	minh.change(duty, `{"status": "done", "done_on": "2021-01-22", "evidence": {"number": "12/BB-MTTQ"}}`)
	ward.change(v1+"/areas/01840/milestones/consult1_pc_commune/tasks/duty", `{"status": "in_progress"}`)
	require.Equal(t, http.StatusCreated, minh.post(consult+"/notes", `{"text": "gọi lại cho anh Đức"}`).status)
	return d, s, lead
}

func TestPoint15_ALeadReadsWhatWasDoneInHisBranch(t *testing.T) {
	t.Parallel()
	_, _, lead := inTwoPlaces(t)
	all := lead.trail(trailOf("058") + "?limit=1&from=2021-01-25&person=minh")
	require.Len(t, all, 3)
	require.Equal(t, []string{"note_added", "task_updated", "task_updated"}, []string{all[0].Kind, all[1].Kind, all[2].Kind})
	done, stuck := all[1], all[2]
	require.Equal(t, []string{"minh", "Hoàng Minh"}, []string{done.User, done.Actor})
	require.Equal(t, "12/BB-MTTQ", done.DocumentNumber.MustGet())
	require.Equal(t, "Thành phố Bắc Kạn", done.AreaName.Vi)
	require.NotEmpty(t, done.MilestoneTitle.MustGet().Vi)
	require.Equal(t, "chờ hướng dẫn", stuck.After.MustGet()["task"].(map[string]any)["reason"])
	require.Equal(t, done.Revision, done.Cause)
	for _, page := range []string{trailOf("058"), trailOf("058") + "?kind=note_added"} {
		require.NotContains(t, lead.get(page).ok().text(), "gọi lại", "a note may be taken back: it is read where it stands")
	}
}

func TestPoint15_ATrailIsSearchedByPersonPlaceMilestoneAndDay(t *testing.T) {
	t.Parallel()
	_, _, lead := inTwoPlaces(t)
	for query, many := range map[string]int{
		"person=duc.ha": 1, "person=ha+van+duc": 1, "person=%C4%90%E1%BB%A8C": 1, "person=duc": 1, "person=nobody": 0,
		"person=minh&branch=false": 3, "person=duc.ha&branch=false": 0,
		"milestone=consult1_pc_commune&kind=task_updated&person=duc": 1, "milestone=consult1_pc_district&person=minh": 3,
		"kind=task_updated&task=duty&person=minh": 2, "person=minh&to=2021-01-24": 0, "person=minh&from=2021-01-26": 0,
		"person=minh&from=2021-01-25&to=2021-01-25": 3, "milestone=consult1_pc_district.1": 0,
	} {
		require.Len(t, lead.trail(trailOf("058")+"?"+query), many, query)
	}
	for query, code := range map[string]string{
		"from=2021-01-25&to=2021-01-24": "span-reversed", "milestone=no+key": "milestone-unreadable", "limit=201": "parameter-refused",
		"kind=A": "parameter-refused", "who=minh": "parameter-unknown",
	} {
		require.Equal(t, code, lead.get(trailOf("058") + "?" + query).problem()["code"], query)
	}
}

func TestPoint15_TheTrailOfAPlaceIsNotThereForWhoDoesNotLeadThere(t *testing.T) {
	t.Parallel()
	d, s, _ := inTwoPlaces(t)
	beside := s.as(d.user("beside", "Lãnh đạo bên cạnh", grant("318", access.Lead)))
	viewer := s.as(d.user("viewer", "Người xem", grant("058", access.Reporter)))
	for _, which := range []string{"", "/accounts"} {
		beside.get(trailOf("058")+which).refused(http.StatusNotFound, "nothing-here")
		beside.get(trailOf("VN")+which).refused(http.StatusNotFound, "nothing-here")
		viewer.get(trailOf("058")+which).refused(http.StatusForbidden, "not-allowed")
		s.stranger().get(trailOf("058")+which).refused(http.StatusUnauthorized, "sign-in-needed")
	}
	require.Empty(t, beside.trail(trailOf("318")+"?person=minh"))
	s.stranger().get(v1+"/trail/heads").refused(http.StatusUnauthorized, "sign-in-needed")
}

func TestPoint15_ABranchThatWasTakenOutBelowIsNotShown(t *testing.T) {
	t.Parallel()
	d, s, lead := inTwoPlaces(t)
	require.Len(t, lead.trail(trailOf("058")+"?person=duc"), 1)
	tag := lead.get(trailOf("058")).ok().tag()
	before := lead.get(trailOf("058") + "/accounts").ok()
	require.Contains(t, before.text(), "duc.ha")
	_, err := d.accounts.Grant(t.Context(), access.Operator("test"), grant2("hoa.le", "01840", access.None), access.AnyRevision)
	require.NoError(t, err)
	require.Empty(t, lead.trail(trailOf("058")+"?person=duc"))
	require.NotEqual(t, tag, lead.get(trailOf("058")).ok().tag(), "what he holds is part of the tag")
	require.NotContains(t, lead.get(trailOf("058")+"/accounts").ok().text(), "duc.ha")
	require.Len(t, s.trail(trailOf("VN")+"?person=duc"), 1, "the administrator sees it")
}

func grant2(user access.UserID, code string, role access.Role) access.Grant {
	g := grant(area.Code(code), role)
	g.User = user
	return g
}

func TestPoint15_ANameStaysInTheTrailWhenTheAccountIsDisabled(t *testing.T) {
	t.Parallel()
	_, s, lead := inTwoPlaces(t)
	before := lead.trail(trailOf("058") + "?person=hoang+minh")
	require.Len(t, before, 3)
	user := "/api/v1/users/minh"
	require.Equal(t, http.StatusNoContent, s.do(http.MethodDelete, user, "", "If-Match", s.get(user).ok().tag()).status)
	require.Equal(t, before, lead.trail(trailOf("058")+"?person=hoang+minh"))

	events := as[api.AccountTrail](lead.get(trailOf("058") + "/accounts?person=hoang+minh&limit=200").ok()).Items
	require.Equal(t, "account_disabled", events[0].Kind)
	require.Equal(t, []string{"minh", "Hoàng Minh", "lan", "Lan"}, []string{events[0].User, events[0].Name, events[0].By, events[0].Actor})
	kinds := map[string]bool{}
	for _, e := range events {
		kinds[e.Kind] = true
		if e.Kind == "grant_given" {
			require.Equal(t, api.Reporter, e.Role.MustGet())
			require.Equal(t, "Thành phố Bắc Kạn", e.AreaName.MustGet().Vi)
		}
	}
	require.True(t, kinds["account_made"] && kinds["grant_given"], "%v", kinds)
}

func TestPoint15_EventsOfAccountsComeInPagesAndOnlyOfTheBranch(t *testing.T) {
	t.Parallel()
	d, _, lead := inTwoPlaces(t)
	d.user("far", "Người nơi khác", grant("318", access.Lead))
	whole := as[api.AccountTrail](lead.get(trailOf("058") + "/accounts?limit=200").ok())
	require.False(t, whole.HasMore)
	var paged []api.AccountEvent
	for address := trailOf("058") + "/accounts?limit=2"; ; {
		r := lead.get(address).ok()
		page := as[api.AccountTrail](r)
		require.Equal(t, http.StatusNotModified, lead.get(address, "If-None-Match", r.tag()).status)
		paged = append(paged, page.Items...)
		if !page.HasMore {
			break
		}
		address = page.Next.MustGet()
	}
	require.Equal(t, whole.Items, paged)
	for _, e := range paged {
		require.NotContains(t, []string{"far", "lan"}, e.User)
	}
	today := time.Now().In(zone(t)).Format(time.DateOnly)
	require.Equal(t, whole.Items, as[api.AccountTrail](lead.get(trailOf("058")+"/accounts?limit=200&from="+today).ok()).Items)
	require.Empty(t, as[api.AccountTrail](lead.get(trailOf("058")+"/accounts?to=2021-01-25").ok()).Items)
}

func TestPoint15_TheHeadOfEachDayIsTold(t *testing.T) {
	t.Parallel()
	_, s, lead := inTwoPlaces(t)
	s.clock.set(t, "2021-01-26T00:30:00+07:00")
	before := as[api.DayHeadList](lead.get(v1 + "/trail/heads").ok())
	s.change(duty, `{"status": "in_progress"}`)
	r := lead.get(v1 + "/trail/heads").ok()
	heads := as[api.DayHeadList](r).Items
	require.Equal(t, "2021-01-26", heads[0].Day.String())
	require.Equal(t, before.Items, heads[1:])
	require.Equal(t, "2021-01-25", heads[1].Day.String())
	require.True(t, strings.HasPrefix(heads[0].Known, "2021:") && strings.HasSuffix(heads[0].Known, ":"+heads[0].Hash))
	require.Equal(t, http.StatusNotModified, lead.get(v1+"/trail/heads", "If-None-Match", r.tag()).status)
}
