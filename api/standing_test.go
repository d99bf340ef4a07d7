package api_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/api"
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
