package api_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/api"
	"tiendo/pkg/area"
	"tiendo/pkg/civil"
)

func TestBacKanCityOnTheTrialDay(t *testing.T) {
	t.Parallel()
	s := serve(t)
	tl := as[api.Timeline](s.get(timelineOf("058")).ok())
	require.Equal(t, "Thành phố Bắc Kạn", tl.Area.Name)
	require.Equal(t, civil.Must("2021-01-25"), tl.Today)
	require.Equal(t, tl.Today, tl.Day)
	require.True(t, tl.AsOf.IsNull())
	require.True(t, tl.Election.Trial)
	require.Equal(t, civil.Must("2021-05-23"), tl.Election.ElectionDay)
	require.Equal(t, 300, tl.NextRefreshAfter)

	in := func(items []api.Milestone) map[string]api.Milestone {
		all := map[string]api.Milestone{}
		for _, m := range items {
			all[m.Id] = m
		}
		return all
	}
	own, above := in(tl.Items), in(tl.Above)
	directive := above["politburo_directive_45"]
	require.Equal(t, "VN", directive.Area)
	require.Equal(t, civil.Must("2020-06-20"), directive.DoneOn.MustGet())
	require.Equal(t, api.TimingDoneOnTime, directive.Timing)
	plan := own["bk_plan_18"]
	require.Equal(t, civil.Must("2021-01-14"), plan.DoneOn.MustGet())
	require.Equal(t, api.MilestoneBindingPlan, plan.Binding)
	require.Equal(t, "bac_kan_city_2021", plan.Plan.MustGet())
	consult := own["consult1_pc_district"]
	require.Equal(t, civil.Must("2021-02-17"), consult.LatestOn.MustGet())
	require.Equal(t, api.TimingUpcoming, consult.Timing)
	require.Equal(t, 23, consult.DaysLeft.MustGet())
	require.Equal(t, civil.Must("2021-05-23"), above["election_day"].LatestOn.MustGet())
	for key := range above {
		require.NotContains(t, own, key, "nothing is shown twice")
	}
	for _, m := range tl.Items {
		require.Equal(t, "058", m.Area)
		require.NotEqual(t, api.TimingOverdue, m.Timing, "nobody is late on the trial day: %s", m.Id)
	}
	require.False(t, tl.FirstDay.MustGet().After(civil.Must("2020-06-20")))
	require.False(t, tl.LastDay.MustGet().Before(civil.Must("2021-07-07")))
	requirePhasesInOrder(t, tl)
}

func requirePhasesInOrder(t *testing.T, tl api.Timeline) {
	t.Helper()
	order := map[string]int{}
	for i, p := range tl.Phases {
		order[p.Key] = i
	}
	for _, items := range [][]api.Milestone{tl.Items, tl.Above} {
		last := 0
		for _, m := range items {
			require.Contains(t, order, m.Phase)
			require.GreaterOrEqual(t, order[m.Phase], last, m.Id)
			last = order[m.Phase]
		}
	}
}

func TestAnIslandWithoutVotersShowsOnlyWhatComesFromAbove(t *testing.T) {
	t.Parallel()
	tl := as[api.Timeline](serve(t).get(timelineOf("498")).ok())
	require.Equal(t, "Huyện Hoàng Sa", tl.Area.Name)
	require.False(t, tl.Area.Voters)
	require.NotEmpty(t, tl.Above)
	for _, m := range tl.Items {
		require.Equal(t, api.Duty, m.Nature, m.Id)
	}
	require.Empty(t, tl.Items)
}

func TestTheNationHasNothingAbove(t *testing.T) {
	t.Parallel()
	tl := as[api.Timeline](serve(t).get(timelineOf("VN")).ok())
	require.Empty(t, tl.Above)
	require.True(t, tl.Area.Parent.IsNull())
	require.Empty(t, tl.Area.Ancestors)
	require.Equal(t, api.WorkDone, find(t, tl, "politburo_directive_45").Work)
	require.Equal(t, tl.Counts.Total, countLate(tl))
}

// countLate counts what can be late: what has to be done.
func countLate(tl api.Timeline) (n int) {
	for _, m := range tl.Items {
		if (m.Nature == api.Duty || m.Nature == api.Event || m.Nature == api.OnOccurrence) && m.Timing != api.TimingSetAside {
			n++
		}
	}
	return n
}

func codes(r *reply) []string {
	r.t.Helper()
	all := []string{}
	for _, a := range as[api.AreaList](r.ok()).Items {
		all = append(all, a.Code)
	}
	return all
}

func TestAPlaceIsFoundByNameAndCode(t *testing.T) {
	t.Parallel()
	s := serve(t)
	find := func(question string) []string { return codes(s.get(v1 + "/areas?" + question)) }
	require.Equal(t, []string{"25", "228"}, find("q=phu%20tho")[:2], "the province, then the town")
	require.Equal(t, []string{"06", "058"}, find("q=bac%20kan")[:2])
	require.Equal(t, []string{"06", "058"}, find("q=B%E1%BA%AFc%20K%E1%BA%A1n&limit=2"))
	require.Equal(t, []string{"228"}, find("q=phu+tho&level=district"))
	require.Equal(t, []string{"228"}, find("q=phu%20tho&under=25&level=district"))
	require.Empty(t, find("q=phu%20tho&under=31"))
	require.Equal(t, "058", find("q=058")[0])
	require.Len(t, find("q=p&limit=3"), 3)
	require.Empty(t, find("q=%00%01"))
	for _, h := range as[api.AreaList](s.get(v1 + "/areas?q=bac+kan")).Items[:2] {
		require.NotEmpty(t, h.ShortName)
	}
	ancestors := as[api.Area](s.get(v1 + "/areas/01840")).Ancestors
	require.Equal(t, []string{"058", "06", "VN"}, []string{ancestors[0].Code, ancestors[1].Code, ancestors[2].Code}, "nearest first")
}

func TestWithoutASearchPlacesAreListed(t *testing.T) {
	t.Parallel()
	s := serve(t)
	list := func(question string) api.AreaList { return as[api.AreaList](s.get(v1 + "/areas?" + question).ok()) }
	require.Equal(t, []string{"VN", "48", "31", "06", "25"}, codes(s.get(v1+"/areas?limit=5")), "the higher level first, then in Vietnamese order")
	require.Equal(t, []string{"48", "31", "06", "25"}, codes(s.get(v1+"/areas?level=province&q=%20")))
	require.Equal(t, "25", codes(s.get(v1 + "/areas?under=25"))[0])
	require.Len(t, list("").Items, 20)
	require.True(t, list("").HasMore)
	require.False(t, list("level=province&limit=4").HasMore)
	require.True(t, list("level=province&limit=3").HasMore)
	require.True(t, list("q=phu%20tho&limit=1").HasMore)
	require.False(t, list("q=phu%20tho&level=district").HasMore)
	require.False(t, as[api.AreaList](s.get(v1+"/areas/VN/children").ok()).HasMore)
}

func TestChildrenComeInVietnameseOrder(t *testing.T) {
	t.Parallel()
	s := serve(t)
	require.Equal(t, []string{"48", "31", "06", "25"}, codes(s.get(v1+"/areas/VN/children")),
		"Thành phố Đà Nẵng, thành phố Hải Phòng, tỉnh Bắc Kạn, tỉnh Phú Thọ")
	wards := codes(s.get(v1 + "/areas/058/children"))
	list := area.Edition2021().Only("058", "058")
	i, _ := list.Index("058")
	var want []string
	for _, k := range list.Children(i) {
		want = append(want, string(list.At(k).Code))
	}
	require.Equal(t, want, wards)
	require.Equal(t, len(wards), as[api.Area](s.get(v1+"/areas/058")).Children)
	require.Empty(t, codes(s.get(v1+"/areas/01840/children")))
}

func TestDocumentsBodiesPlansAndStatementsOfAPlace(t *testing.T) {
	t.Parallel()
	s := serve(t)
	documents := as[api.DocumentList](s.get(v1 + "/documents?implements=bk_plan_18")).Items
	require.Len(t, documents, 1)
	require.Equal(t, "bk_plan_18", documents[0].Key)
	require.Equal(t, "18-KH/TU", documents[0].Number.MustGet())
	require.Equal(t, "SEEDB", documents[0].Source.MustGet().Key)
	require.NotEmpty(t, documents[0].Source.MustGet().Address)
	require.Empty(t, as[api.DocumentList](s.get(v1+"/documents?implements=nothing")).Items)
	require.Empty(t, as[api.DocumentList](s.get(v1+"/documents?implements=bk_plan_18&area=31")).Items)

	organs := as[api.BodyList](s.get(v1 + "/bodies?area=31")).Items
	require.NotEmpty(t, organs)
	for _, b := range organs {
		require.Equal(t, "31", b.Area)
		require.Equal(t, b, as[api.Body](s.get(v1+"/bodies/"+b.Key)))
	}
	all := as[api.BodyList](s.get(v1 + "/bodies")).Items
	require.Greater(t, len(all), len(organs))

	plans := as[api.PlanList](s.get(v1 + "/plans?area=058")).Items
	require.Len(t, plans, 1)
	require.Equal(t, "bac_kan_city_2021", plans[0].Key)
	require.NotEmpty(t, plans[0].Contents)
	require.NotEmpty(t, plans[0].Lines)
	require.Empty(t, as[api.PlanList](s.get(v1+"/plans?area=48")).Items)
	require.Empty(t, as[api.StatementList](s.get(v1+"/statements?area=058")).Items)
}

func TestEveryRuleIsListedWithItsCitations(t *testing.T) {
	t.Parallel()
	s := serve(t)
	list := as[api.RuleList](s.get(v1 + "/rules").ok())
	phases := map[string]bool{}
	for _, p := range list.Phases {
		phases[p.Key] = true
	}
	for _, r := range list.Items {
		require.NotEmpty(t, r.Citations, r.Key)
		require.True(t, phases[r.Phase], r.Key)
		require.NotEmpty(t, r.Title.Vi)
		require.NotEmpty(t, r.Title.En)
	}
	one := as[api.Rule](s.get(v1 + "/rules/consult1_pc_district"))
	require.Equal(t, -95, *one.End.MustGet().Days)
	require.Equal(t, "election_day", one.End.MustGet().Anchor)
	require.True(t, one.Start.IsNull())
	notes := one.Notes.MustGet()
	require.Contains(t, notes.En, "First window day 3/2/2021")
	require.Contains(t, notes.Vi, "Ngày đầu của khoảng thời gian, 3/2/2021")
	require.Equal(t, notes, as[api.MilestoneDetail](s.get(consult).ok()).Notes.MustGet())
	require.True(t, as[api.Rule](s.get(v1+"/rules/nec_plan_42").ok()).Notes.IsNull())
	ofPlan := as[api.MilestoneDetail](s.get(v1 + "/areas/058/milestones/bk_security").ok()).Notes.MustGet()
	require.NotEmpty(t, ofPlan.Vi)
	require.Equal(t, ofPlan.Vi, ofPlan.En, "kept in one language, said in both")
}

func TestTheElectionSaysWhichDayItIs(t *testing.T) {
	t.Parallel()
	s := serve(t)
	all := as[api.ElectionList](s.get("/api/v1/elections").ok()).Items
	require.Len(t, all, 1)
	e := as[api.Election](s.get(v1).ok())
	require.Equal(t, all[0], e)
	require.Equal(t, civil.Must("2021-01-25"), e.Today)
	require.Equal(t, small().Len()-1, e.Areas)
	require.Equal(t, api.ElectionStateRunning, e.State)
	s.clock.set(t, "2021-01-25T17:00:01Z")
	require.Equal(t, civil.Must("2021-01-26"), as[api.Election](s.get(v1)).Today, "midnight is in Vietnam")
}
