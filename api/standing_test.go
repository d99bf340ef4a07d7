package api_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/api"
	"tiendo/pkg/access"
)

const reportedDone = `{"status": "done", "done_on": "2021-01-24", "evidence": {"number": "15/BB-MTTQ", "issued_on": "2021-01-24", "link": null}}`

// judge confirms or returns a milestone as it is now.
func (s *server) judge(address, verb, body string) *reply {
	s.t.Helper()
	return s.post(address+"/"+verb, body, "If-Match", s.get(address).ok().tag())
}

func TestA24_WhatIsReportedIsTriedThenConfirmedAndCounted(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.change(duty, reportedDone)
	tag := s.get(consult).ok().tag()
	tried := as[api.MilestoneJudged](s.post(consult+"/confirmation?dry_run=true", "", "If-Match", tag).ok())
	require.Equal(t, api.Reported, tried.Milestone.Standing)
	require.Equal(t, tag, s.get(consult).ok().tag(), "nothing was written")

	before := s.get(matrixOf("06")).ok().tag()
	r := s.post(consult+"/confirmation", "", "If-Match", tag).ok()
	did := as[api.MilestoneJudged](r)
	require.Equal(t, api.Confirmed, did.Milestone.Standing)
	require.Equal(t, tried.Effect.ByKind, did.Effect.ByKind)
	require.Equal(t, []api.KindCount{{Kind: "milestone_confirmed", Count: 1}}, did.Effect.ByKind)
	require.NotEqual(t, before, s.get(matrixOf("06")).ok().tag())
	require.Equal(t, 1, as[api.DeadlineList](s.get(deadlinesOf("06")).ok()).Counts.Confirmed)

	detail := s.get(consult).ok()
	require.Equal(t, detail.tag(), r.tag())
	judgement := as[api.MilestoneDetail](detail).Judgement.MustGet()
	require.Equal(t, api.Confirmed, judgement.Standing)
	require.Equal(t, "Lan", judgement.By)
	again := as[api.MilestoneJudged](s.judge(consult, "confirmation", "").ok())
	require.Zero(t, again.Effect.Total, "twice is once")
}

func TestWhatIsReturnedIsOpenAgainSaysWhyAndKeepsItsEvidence(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.change(duty, reportedDone)
	why := `{"reason": "Thiếu chữ ký của chủ tọa"}`
	s.judge(consult, "return", `{"reason": " "}`).refused(http.StatusUnprocessableEntity, "reason-missing")
	did := as[api.MilestoneJudged](s.judge(consult, "return", why).ok())
	require.Equal(t, api.Returned, did.Milestone.Standing)
	require.Equal(t, api.WorkInProgress, did.Milestone.Work)
	require.Equal(t, []api.KindCount{{Kind: "milestone_returned", Count: 1}, {Kind: "task_updated", Count: 1}}, did.Effect.ByKind)

	detail := as[api.MilestoneDetail](s.get(consult).ok())
	require.Equal(t, "Thiếu chữ ký của chủ tọa", detail.Judgement.MustGet().Reason.MustGet())
	task := detail.Tasks[0]
	require.True(t, task.DoneOn.IsNull())
	require.Equal(t, "15/BB-MTTQ", task.Evidence.MustGet().Number.MustGet())
	s.judge(consult, "return", why).refused(http.StatusConflict, "milestone-not-reported")
	s.judge(consult, "confirmation", "").refused(http.StatusConflict, "milestone-not-reported")
	history := as[api.History](s.get(consult + "/history").ok())
	require.Equal(t, "task_updated", history.Items[0].Kind)
	require.Equal(t, "milestone_returned", history.Items[1].Kind)

	s.change(duty, `{"status": "done", "done_on": "2021-01-24"}`)
	now := as[api.MilestoneDetail](s.get(consult).ok())
	require.Equal(t, api.Reported, now.Standing)
	require.Equal(t, "15/BB-MTTQ", now.Tasks[0].Evidence.MustGet().Number.MustGet(), "it was not typed again")
	require.Equal(t, "Thiếu chữ ký của chủ tọa", now.Judgement.MustGet().Reason.MustGet(), "who confirms sees what was asked for")
}

func TestA22_AVerdictIsOnWhatWasSeen(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.change(duty, reportedDone)
	old := s.get(consult).ok().tag()
	s.change(duty, `{"evidence": {"number": "16/BB-MTTQ"}}`)
	for address, body := range map[string]string{consult + "/confirmation": "", consult + "/return": `{"reason": "thiếu"}`} {
		s.post(address, body).refused(http.StatusPreconditionRequired, "if-match-missing")
		s.post(address, body, "If-Match", "*").refused(http.StatusUnprocessableEntity, "if-match-unreadable")
		stale := s.post(address, body, "If-Match", old).refused(http.StatusPreconditionFailed, "stale-revision")
		require.Contains(t, stale.text(), "16/BB-MTTQ", "who is too late sees what is there")
	}
	warned := as[api.TaskChanged](func() *reply {
		s.judge(consult, "confirmation", "").ok()
		return s.change(duty, `{"evidence": {"number": "17/BB-MTTQ"}}`)
	}())
	require.Equal(t, "confirmation-gone", warned.Warnings[0].Code)
	require.Equal(t, api.Reported, warned.Milestone.Standing)
}

func TestA35_LookingBackAReturnTakesTheReportBackUnlessOnlyWhatWasKnownIsAskedFor(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.change(duty, reportedDone)
	s.clock.set(t, "2021-01-26T10:00:00+07:00")
	s.judge(consult, "confirmation", "").ok()
	s.clock.set(t, "2021-01-28T10:00:00+07:00")
	s.judge(consult, "return", `{"reason": "thiếu"}`).ok()
	at := func(query string) api.MilestoneDetail {
		return as[api.MilestoneDetail](s.get(consult + "?" + query).ok())
	}
	require.Equal(t, api.Unreported, at("as_of=2021-01-27").Standing)
	require.Equal(t, api.WorkNotStarted, at("as_of=2021-01-27").Work)
	require.Equal(t, api.Confirmed, at("known_at=2021-01-27T00:00:00%2B07:00").Standing)
	require.Equal(t, api.Returned, at("as_of=2021-01-28").Standing)
	s.change(duty, `{"status": "done", "done_on": "2021-01-25"}`)
	require.Equal(t, api.Reported, at("as_of=2021-01-27").Standing)
	require.Equal(t, api.Unreported, at("as_of=2021-01-24").Standing)
}

// TestTheLevelAboveConfirms is who may confirm and return over HTTP: the role ×
// where it is held, with and without a lead in the level above.
func TestTheLevelAboveConfirms(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	s := d.serve()
	ward := v1 + "/areas/01840/milestones/election_committee_commune"
	s.change(ward+"/tasks/duty", reportedDone)
	tag := s.get(ward).ok().tag()
	may := func(who *server) bool {
		for address, body := range map[string]string{"/confirmation?dry_run=true": "", "/return?dry_run=true": `{"reason": "thiếu"}`} {
			r := who.post(ward+address, body, "If-Match", tag)
			if r.status != http.StatusOK {
				r.refused(http.StatusForbidden, "not-allowed")
				return false
			}
		}
		return true
	}
	people := map[string]*server{}
	for name, g := range map[access.UserID]access.Grant{
		"xa.lead": grant("01840", access.Lead), "xa.ben": grant("01837", access.Lead), "tp.bao": grant("058", access.Reporter),
		"tinh.lead": grant("06", access.Lead), "tinh.khac": grant("31", access.Lead), "tinh.bao": grant("06", access.Reporter),
	} {
		people[string(name)] = s.as(d.user(name, string(name), g))
	}
	for name, want := range map[string]bool{
		"xa.lead": false, "xa.ben": false, "tp.bao": false, "tinh.lead": true, "tinh.khac": false, "tinh.bao": false,
	} {
		require.Equal(t, want, may(people[name]), name)
	}
	s.stranger().post(ward+"/confirmation", "", "If-Match", tag).refused(http.StatusUnauthorized, "sign-in-needed")

	waits := func(who *server) int {
		return as[api.WorkList](who.get(myWork + "&group=to_confirm").ok()).Counts.ToConfirm
	}
	before := waits(people["tinh.lead"])
	require.Positive(t, before, "nobody leads in the city: the province is next")
	city := s.as(d.user("tp.lead", "Lead of the city", grant("058", access.Lead)))
	require.True(t, may(city))
	require.Equal(t, 1, waits(city))
	require.Equal(t, before-1, waits(people["tinh.lead"]), "it waits for the city now")
	require.True(t, may(people["tinh.lead"]), "who leads above may still")
	require.Zero(t, waits(people["xa.lead"]))
}

func TestTheNationsOwnIsConfirmedByThoseWhoLeadThere(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	s := d.serve()
	var own string
	for _, x := range as[api.WorkList](s.get(myWork + "&group=to_confirm").ok()).Items {
		if x.Area.Code == "VN" {
			own = v1 + "/areas/VN/milestones/" + x.Milestone.Id
		}
	}
	require.NotEmpty(t, own)
	tag := s.get(own).ok().tag()
	province := s.as(d.user("tinh.lead", "Province", grant("06", access.Lead)))
	province.post(own+"/confirmation", "", "If-Match", tag).refused(http.StatusForbidden, "not-allowed")
	nation := s.as(d.user("tw.lead", "Nation", grant("VN", access.Lead)))
	nation.post(own+"/confirmation", "", "If-Match", tag).ok()
}

func TestWhoConfirmedAndWhyItWasReturnedIsInternal(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	s := d.serve()
	s.change(duty, reportedDone)
	s.judge(consult, "return", `{"reason": "sai họ tên"}`).ok()
	beside := s.as(d.user("ben.canh", "Beside", grant("31", access.Lead)))
	viewer := s.as(d.user("nguoi.xem", "Viewer", grant("058", access.Viewer)))
	for name, other := range map[string]*server{"a stranger": s.stranger(), "another province": beside} {
		for _, address := range []string{consult, consult + "/history", timelineOf("058")} {
			require.NotContains(t, other.get(address).ok().text(), "sai họ tên", "%s: %s", name, address)
		}
		require.Equal(t, api.Returned, as[api.MilestoneDetail](other.get(consult)).Standing, "the state is public")
	}
	require.Contains(t, viewer.get(consult).ok().text(), "sai họ tên")
}
