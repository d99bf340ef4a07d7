package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/api"
)

const (
	plans    = v1 + "/plans"
	cityPlan = plans + "/ke_hoach_lam_viec_voi_cac_phuong_xa"
	meeting  = "hop_giao_ban_voi_cac_phuong_xa"
)

// ofTheCity is a plan of Bắc Kạn city: a meeting in all its communes, and a
// training in two of them.
const ofTheCity = `{
	"area": "058", "title": {"vi": "Kế hoạch làm việc với các phường, xã"},
	"new_document": {"number": "31/KH-UBND", "issued_on": "2021-01-20", "title": "Kế hoạch làm việc với các phường, xã"},
	"lines": [
		{"title": {"vi": "Họp giao ban với các phường, xã"}, "phase": "direction", "nature": "duty", "areas": {"level": "commune"},
			"not_before_on": "2021-01-21", "latest_on": "2021-02-26", "responsible": [{"body": "election_committee", "level": "own"}]},
		{"title": {"vi": "Tập huấn"}, "phase": "direction", "nature": "event", "areas": {"codes": ["01840", "01837"]}, "latest_on": "2021-03-05"}
	]}`

func (s *server) cityPlan() *reply {
	s.t.Helper()
	r := s.post(plans, ofTheCity)
	require.Equal(s.t, http.StatusCreated, r.status, "%s", r.body)
	return r
}

func TestA24_APlanIsTriedThenEnteredWithItsDocumentAndItsMilestones(t *testing.T) {
	t.Parallel()
	s := serve(t)
	tags := func() []string {
		return []string{s.get(plans).tag(), s.get(timelineOf("01840")).tag(), s.get(v1 + "/documents").tag()}
	}
	before := tags()
	tried := as[api.PlanChanged](s.post(plans+"?dry_run=true", ofTheCity).ok())
	require.True(t, tried.Effect.DryRun)
	require.Len(t, tried.Plan.Lines[0].Areas, 8, "who it is for is known before it is done")
	require.Equal(t, before, tags(), "nothing was written")
	s.get(cityPlan).refused(http.StatusNotFound, "plan-not-found")

	r := s.cityPlan()
	require.Equal(t, cityPlan, r.header.Get("Location"))
	did := as[api.PlanChanged](r)
	require.Equal(t, tried.Effect.Changes, did.Effect.Changes)
	got := s.get(cityPlan).ok()
	require.Equal(t, r.tag(), got.tag(), "one can go on from the answer")
	plan := as[api.Plan](got)
	require.Equal(t, did.Plan, plan)
	require.Equal(t, "31/KH-UBND", as[api.Document](s.get(v1+"/documents/"+plan.Documents[0]).ok()).Number.MustGet())

	m := find(t, as[api.Timeline](s.get(timelineOf("01840")).ok()), meeting)
	require.Equal(t, api.MilestoneBindingPlan, m.Binding)
	require.Equal(t, plan.Key, m.Plan.MustGet())
	require.Equal(t, "2021-02-26", m.LatestOn.MustGet().String())
	for _, code := range []string{"01840", "01837"} {
		require.Equal(t, plan.Key, find(t, as[api.Timeline](s.get(timelineOf(code)).ok()), "tap_huan").Plan.MustGet())
	}
}

func TestTheTasksOfALineThatIsLookedBackAtAreFromWhenTheyCame(t *testing.T) {
	t.Parallel()
	s := serve(t)
	first := s.cityPlan().tag()
	s.patch(cityPlan, first, `{"title": {"vi": "Kế hoạch khác"}, "lines": {"tap_huan": {"areas": {"codes": ["01840", "01837", "01843"]}}}}`).ok()
	for _, m := range []string{milestoneOf("01840", meeting), milestoneOf("01843", "tap_huan")} {
		now, then := as[api.MilestoneDetail](s.get(m).ok()), as[api.MilestoneDetail](s.get(m+"?as_of=2021-01-25").ok())
		require.NotEmpty(t, now.Tasks)
		require.Equal(t, now.Tasks, then.Tasks, "the plan was changed since, they were not")
	}
}

func TestA22_APlanIsChangedOnWhatWasSeenAndKeepsTheWorkDone(t *testing.T) {
	t.Parallel()
	s := serve(t)
	first := s.cityPlan().tag()
	s.change(milestoneOf("01840", meeting)+"/tasks/duty", `{"status": "done", "done_on": "2021-01-24"}`)
	next := `{"lines": {"` + meeting + `": {"title": {"vi": "Họp giao ban lần một"}, "latest_on": "2021-01-23"}}}`
	s.patch(cityPlan, "", next).refused(http.StatusPreconditionRequired, "if-match-missing")
	did := as[api.PlanChanged](s.patch(cityPlan, first, next).ok())
	require.Equal(t, "plan_changed", did.Effect.ByKind[0].Kind)
	require.Equal(t, "milestone_moved", did.Effect.ByKind[1].Kind)
	require.Equal(t, 8, did.Effect.ByKind[1].Count)
	late := 0
	for _, c := range did.Effect.Conflicts {
		if c.Code == "done-after-limit" {
			late++
			require.Equal(t, "01840", c.Area)
		}
	}
	require.Equal(t, 1, late, "the work done stays, and that it is late now is said")
	m := find(t, as[api.Timeline](s.get(timelineOf("01840")).ok()), meeting)
	require.Equal(t, "Họp giao ban lần một", m.Title.Vi)
	require.Equal(t, api.WorkDone, m.Work)
	detail := as[api.MilestoneDetail](s.get(milestoneOf("01840", meeting)).ok())
	require.Equal(t, "Họp giao ban lần một", detail.Tasks[0].Title.Vi, "its one task is the line")

	lost := s.patch(cityPlan, first, `{"title": {"vi": "Khác"}}`).refused(http.StatusPreconditionFailed, "stale-revision")
	current := lost.problem()["current"].(map[string]any)
	require.Equal(t, "2021-01-23", current["lines"].([]any)[0].(map[string]any)["latest_on"], "what the other wrote")
}

func TestAPlaceThatALineLeavesIsCancelledThereAndSaysWhy(t *testing.T) {
	t.Parallel()
	s := serve(t)
	tag := s.cityPlan().tag()
	r := s.patch(cityPlan, tag, `{"lines": {"tap_huan": {"areas": {"codes": ["01840", "01843"]}}}, "reason": "đổi nơi tập huấn"}`).ok()
	left := find(t, as[api.Timeline](s.get(timelineOf("01837")).ok()), "tap_huan")
	require.Equal(t, api.WorkCancelled, left.Work)
	require.Equal(t, api.TimingSetAside, left.Timing)
	require.Equal(t, "2021-01-25", left.CancelledOn.String())
	require.Equal(t, "đổi nơi tập huấn", as[api.MilestoneDetail](s.get(milestoneOf("01837", "tap_huan")).ok()).Cancelled.Reason.MustGet())
	find(t, as[api.Timeline](s.get(timelineOf("01843")).ok()), "tap_huan")
	s.patch(milestoneOf("01837", "tap_huan")+"/tasks/duty", s.get(milestoneOf("01837", "tap_huan")+"/tasks/duty").tag(), `{"status": "in_progress"}`).
		refused(http.StatusConflict, "milestone-cancelled")

	s.patch(cityPlan, r.tag(), `{"lines": {"tap_huan": null}}`).refused(http.StatusUnprocessableEntity, "reason-missing")
	r = s.patch(cityPlan, r.tag(), `{"lines": {"tap_huan": null}, "reason": "không còn cần"}`).ok()
	line := as[api.PlanChanged](r).Plan.Lines[1]
	require.Equal(t, "không còn cần", line.Withdrawn.MustGet().Reason.MustGet())
	require.Equal(t, api.WorkCancelled, find(t, as[api.Timeline](s.get(timelineOf("01840")).ok()), "tap_huan").Work)
}

func TestAPlanIsWithdrawnAndNothingIsDeleted(t *testing.T) {
	t.Parallel()
	s := serve(t)
	tag := s.cityPlan().tag()
	s.change(milestoneOf("01840", meeting)+"/tasks/duty", `{"status": "done", "done_on": "2021-01-24"}`)
	total := as[api.Timeline](s.get(timelineOf("01840")).ok()).Counts.Total
	s.clock.set(t, "2021-01-28T08:00:00+07:00")
	withdrawal := `{"reason": "thay bằng kế hoạch khác", "new_document": {"number": "40/QĐ-UBND", "issued_on": "2021-01-27", "title": "Quyết định rút"}}`
	s.post(cityPlan+"/withdrawal", withdrawal).refused(http.StatusPreconditionRequired, "if-match-missing")
	s.post(cityPlan+"/withdrawal", `{"reason": " "}`, "If-Match", tag).refused(http.StatusUnprocessableEntity, "reason-missing")
	tried := as[api.PlanChanged](s.post(cityPlan+"/withdrawal?dry_run=true", withdrawal, "If-Match", tag).ok())
	require.Equal(t, 1, tried.Effect.ConflictsTotal)
	require.Equal(t, "work-cancelled", tried.Effect.Conflicts[0].Code)
	r := s.post(cityPlan+"/withdrawal", withdrawal, "If-Match", tag).ok()
	gone := as[api.PlanChanged](r).Plan.Withdrawn.MustGet()
	require.Equal(t, "2021-01-27", gone.On.String())
	require.NotEmpty(t, gone.Document.MustGet())

	list := as[api.PlanList](s.get(plans + "?area=058").ok())
	for i, p := range list.Items {
		if p.Key == as[api.PlanChanged](r).Plan.Key {
			require.Equal(t, gone, p.Withdrawn.MustGet(), "it stays listed")
			require.Equal(t, api.PlanProgress{Plan: p.Key, Milestones: 10, Cancelled: 10}, list.Progress[i])
		}
	}
	tl := as[api.Timeline](s.get(timelineOf("01840")).ok())
	require.Equal(t, total-2, tl.Counts.Total, "what is cancelled is not counted")
	require.Equal(t, api.WorkCancelled, find(t, tl, meeting).Work)
	detail := as[api.MilestoneDetail](s.get(milestoneOf("01840", meeting)).ok())
	require.Equal(t, api.WorkDone, detail.Tasks[0].Status, "what was reported stays")
	then := as[api.Timeline](s.get(timelineOf("01840") + "?as_of=2021-01-26").ok())
	require.Equal(t, api.WorkDone, find(t, then, meeting).Work, "on the day before it was not cancelled")

	s.post(cityPlan+"/withdrawal", withdrawal, "If-Match", r.tag()).refused(http.StatusConflict, "plan-withdrawn")
	s.patch(cityPlan, r.tag(), `{"title": {"vi": "Khác"}}`).refused(http.StatusConflict, "plan-withdrawn")
}

func TestAPlanThatIsWrongSaysWhereAndHowToMendIt(t *testing.T) {
	t.Parallel()
	s := serve(t)
	with := func(old, next string) string {
		require.Contains(t, ofTheCity, old)
		return strings.Replace(ofTheCity, old, next, 1)
	}
	for name, c := range map[string]struct{ body, code, pointer string }{
		"another's place":  {with(`["01840", "01837"]`, `["01840", "31"]`), "area-outside-plan", "/lines/1/areas/codes/1"},
		"days":             {with(`"latest_on": "2021-02-26"`, `"latest_on": "2021-01-02"`), "days-in-disorder", "/lines/0/latest_on"},
		"a rule's key":     {with(`{"title": {"vi": "Tập huấn"}`, `{"key": "consult1_pc_district", "title": {"vi": "Tập huấn"}`), "plan-line-is-a-rule", "/lines/1/key"},
		"a field too many": {with(`"areas": {"level": "commune"}`, `"areas": {"level": "commune", "all": true}`), "body-refused", "/lines/0/areas/all"},
		"no area":          {with(`"area": "058"`, `"area": "99"`), "area-not-found", "/area"},
		"a phase":          {with(`"phase": "direction"`, `"phase": "party"`), "unknown-phase", "/lines/0/phase"},
	} {
		t.Run(name, func(t *testing.T) {
			r := s.post(plans, c.body)
			require.GreaterOrEqual(t, r.status, 400)
			p := r.problem()
			require.Equal(t, c.code, p["code"])
			require.Equal(t, c.pointer, p["errors"].([]any)[0].(map[string]any)["pointer"])
		})
	}
	big := s.post(plans, `{"area":"`+strings.Repeat("x", 70<<10)+`"}`).refused(http.StatusRequestEntityTooLarge, "body-too-large")
	require.Contains(t, big.problem()["detail"], "64")
	require.Equal(t, http.StatusOK, s.get(cityPlanless(s)).status)
}

// cityPlanless is the list of plans: whatever was refused has left it as it was.
func cityPlanless(s *server) string {
	s.t.Helper()
	require.NotContains(s.t, s.get(plans).text(), "ke_hoach_lam_viec")
	return plans
}

func TestA3_AChangedPlanChangesTheTagsOfWhatShowsItAndOfNothingElse(t *testing.T) {
	t.Parallel()
	s := serve(t)
	tag := s.cityPlan().tag()
	tags := func() map[string]string {
		all := map[string]string{}
		for _, address := range []string{
			timelineOf("01840"), timelineOf("01837"), timelineOf("31"), milestoneOf("01840", meeting), milestoneOf("01840", "tap_huan"), plans, v1 + "/bodies",
		} {
			all[address] = s.get(address).ok().tag()
		}
		return all
	}
	before := tags()
	s.patch(cityPlan, tag, `{"lines": {"tap_huan": {"title": {"vi": "Tập huấn nghiệp vụ"}}}}`).ok()
	after := tags()
	for address, was := range before {
		same := address == timelineOf("31") || address == v1+"/bodies" || address == milestoneOf("01840", meeting)
		require.Equal(t, same, was == after[address], address)
	}
}

func TestADocumentIsEnteredOnItsOwn(t *testing.T) {
	t.Parallel()
	s := serve(t)
	letter := `{"area": "058", "number": "7/CV-UBND", "issued_on": "2021-01-22", "title": "Công văn", "kind": "letter"}`
	require.Equal(t, http.StatusOK, s.post(v1+"/documents?dry_run=true", letter).status)
	r := s.post(v1+"/documents", letter)
	require.Equal(t, http.StatusCreated, r.status)
	got := as[api.Document](s.get(r.header.Get("Location")).ok())
	require.Equal(t, as[api.DocumentChanged](r).Document, got)
	again := s.post(v1+"/documents", letter).ok()
	require.Empty(t, again.header.Get("Location"), "the same number of the same day is there already")
	s.post(v1+"/documents", strings.Replace(letter, "2021-01-22", "2021-02-22", 1)).refused(http.StatusUnprocessableEntity, "document-in-the-future")
}

func milestoneOf(code, milestone string) string {
	return v1 + "/areas/" + code + "/milestones/" + milestone
}
