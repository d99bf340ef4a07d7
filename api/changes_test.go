package api_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/api"
	"tiendo/pkg/civil"
)

type jsonNumber = json.Number

func TestA22_AChangeSaysWhatItIsBasedOn(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for _, address := range []string{duty, consult} {
		body := map[string]string{duty: `{"status": "in_progress"}`, consult: `{"planned_on": "2021-02-10"}`}[address]
		bare := s.do(http.MethodPatch, address, body, "Content-Type", "application/merge-patch+json")
		require.Equal(t, http.StatusPreconditionRequired, bare.status)
		require.Equal(t, "if-match-missing", bare.problem()["code"])
		for _, tag := range []string{
			"*", `W/"r1"`, `r1`, `"1"`, `"r"`, `"r0"`, `"r-1"`, `"r+1"`, `"r01"`, `"r1`, `"r1", "r2"`, `"r99999999999999999999"`, "garbage", `"r1" ` + "x",
		} {
			r := s.patch(address, tag, body)
			require.Equal(t, http.StatusUnprocessableEntity, r.status, tag)
			require.Equal(t, "if-match-unreadable", r.problem()["code"], tag)
			require.Equal(t, ":If-Match", place(r, 0), tag)
		}
		require.Equal(t, `"r1"`, s.get(address).tag(), "nothing was changed")
	}
}

// place is where the i-th thing that is wrong stands.
func place(r *reply, i int) string {
	r.t.Helper()
	errors, _ := r.problem()["errors"].([]any)
	require.Greater(r.t, len(errors), i, "%s", r.body)
	return errors[i].(map[string]any)["pointer"].(string)
}

func TestA22_WhoIsTooLateSeesTheTaskAsItIsNow(t *testing.T) {
	t.Parallel()
	s := serve(t)
	now := s.change(duty, `{"status": "blocked", "reason": "chờ hướng dẫn"}`)
	late := s.patch(duty, `"r1"`, `{"status": "in_progress"}`)
	require.Equal(t, http.StatusPreconditionFailed, late.status)
	require.Equal(t, "stale-revision", late.problem()["code"])
	current, err := json.Marshal(late.problem()["current"])
	require.NoError(t, err)
	require.JSONEq(t, s.get(duty).text(), string(current))
	require.Contains(t, string(current), "chờ hướng dẫn")
	s.patch(duty, now.tag(), `{"status": "in_progress"}`).ok()
}

func TestA22_WhoIsTooLateOnAnotherServerSeesItAsWell(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	one := d.serve()
	two := d.serve()
	changed := as[api.MilestoneChanged](one.change(consult, `{"planned_on": "2021-02-10"}`))
	late := two.patch(consult, `"r1"`, `{"planned_on": "2021-02-11"}`)
	require.Equal(t, http.StatusPreconditionFailed, late.status)
	current := late.problem()["current"].(map[string]any)
	require.Equal(t, "2021-02-10", current["planned_on"], "what the other wrote, however far this one's mirror is")
	require.EqualValues(t, changed.Milestone.Revision, current["revision"])
	require.JSONEq(t, one.get(consult).text(), two.get(consult).text())
	require.Eventually(t, func() bool {
		return one.get(timelineOf("058")).text() == two.get(timelineOf("058")).text()
	}, eventually, tick, "and it follows")
}

func TestA22_ADoneTaskCarriesItsEvidence(t *testing.T) {
	t.Parallel()
	s := serve(t)
	changed := as[api.TaskChanged](s.change(duty, `{
		"status": "done", "done_on": "2021-01-22",
		"evidence": {"number": " 12/BB-MTTQ ", "issued_on": "2021-01-23", "link": "https://baucu.example/12"}}`))
	require.Equal(t, api.WorkDone, changed.Task.Status)
	require.Equal(t, civil.Must("2021-01-22"), changed.Task.DoneOn.MustGet())
	evidence := changed.Task.Evidence.MustGet()
	require.Equal(t, "12/BB-MTTQ", evidence.Number.MustGet())
	require.Equal(t, civil.Must("2021-01-23"), evidence.IssuedOn.MustGet())
	require.Equal(t, "https://baucu.example/12", evidence.Link.MustGet())
	require.Equal(t, api.WorkDone, changed.Milestone.Work)
	require.Equal(t, api.TimingDoneOnTime, changed.Milestone.Timing)
	require.Equal(t, api.Reported, changed.Milestone.Standing)
	require.Empty(t, changed.Moved)
	require.Len(t, changed.Warnings, 1)
	require.Equal(t, "document-after-done", changed.Warnings[0].Code, "minutes are written afterwards")

	onTimeline := find(t, as[api.Timeline](s.get(timelineOf("058"))), "consult1_pc_district")
	require.Equal(t, changed.Milestone, onTimeline, "seen at once")
	require.Equal(t, changed.Task, as[api.MilestoneDetail](s.get(consult)).Tasks[0])
	require.Equal(t, changed.Task, as[api.Task](s.get(duty)))

	history := as[api.History](s.get(consult + "/history"))
	require.Equal(t, "task_updated", history.Items[0].Kind)
	require.Equal(t, "Lan", history.Items[0].Actor.MustGet())
	require.Equal(t, civil.Must("2021-01-22"), history.Items[0].HappenedOn)
	require.Equal(t, changed.Task.Revision, history.Items[0].Revision)
}

func TestA22_WhatWasNotSentIsNotTouchedAndNullClears(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.change(duty, `{"status": "done", "done_on": "2021-01-22", "evidence": {"number": "12/BB", "issued_on": "2021-01-22", "link": "https://a.example/"}}`)
	task := as[api.TaskChanged](s.change(duty, `{"evidence": {"link": null}}`)).Task
	evidence := task.Evidence.MustGet()
	require.Equal(t, "12/BB", evidence.Number.MustGet())
	require.Equal(t, civil.Must("2021-01-22"), evidence.IssuedOn.MustGet())
	require.True(t, evidence.Link.IsNull())
	require.Equal(t, civil.Must("2021-01-22"), task.DoneOn.MustGet())

	task = as[api.TaskChanged](s.change(duty, `{"done_on": null, "done_by": "2021-01-24"}`)).Task
	require.True(t, task.DoneOn.IsNull())
	require.Equal(t, civil.Must("2021-01-24"), task.DoneBy.MustGet())
	require.Equal(t, "12/BB", task.Evidence.MustGet().Number.MustGet())

	task = as[api.TaskChanged](s.change(duty, `{"evidence": null}`)).Task
	require.True(t, task.Evidence.IsNull())
	require.Equal(t, api.WorkDone, task.Status)

	s.change(duty, `{"status": "blocked", "reason": "mưa lũ"}`)
	task = as[api.TaskChanged](s.change(duty, `{"status": "in_progress"}`)).Task
	require.True(t, task.Reason.IsNull(), "it belonged to being blocked")
	require.True(t, task.DoneBy.IsNull())
}

func TestA22_TheSameAgainChangesNothing(t *testing.T) {
	t.Parallel()
	s := serve(t)
	first := s.change(duty, `{"status": "in_progress"}`)
	again := s.change(duty, `{"status": "in_progress"}`)
	require.Equal(t, first.tag(), again.tag())
	require.Len(t, as[api.History](s.get(consult+"/history")).Items, 1)
}

func TestA22_AnAreaSetsAndClearsItsOwnPlannedDay(t *testing.T) {
	t.Parallel()
	s := serve(t)
	set := s.change(consult, `{"planned_on": "2021-02-10"}`)
	m := as[api.MilestoneChanged](set).Milestone
	require.Equal(t, civil.Must("2021-02-10"), m.PlannedOn.MustGet())
	require.Equal(t, set.tag(), s.get(consult).tag())
	require.NotEqual(t, `"r1"`, set.tag())

	late := s.patch(consult, set.tag(), `{"planned_on": "2021-02-18"}`)
	require.Equal(t, http.StatusUnprocessableEntity, late.status)
	require.Equal(t, "planned-too-late", late.problem()["code"])
	require.Contains(t, late.problem()["detail"], "Điều 50", "it names the article")
	require.Equal(t, "/planned_on", place(late, 0))
	early := s.patch(v1+"/areas/06/milestones/na_constituency_draft", `"r1"`, `{"planned_on": "2021-02-21"}`)
	require.Equal(t, "planned-too-early", early.problem()["code"])

	cleared := as[api.MilestoneChanged](s.change(consult, `{"planned_on": null}`)).Milestone
	require.True(t, cleared.PlannedOn.IsNull())
}

func TestA22_ReportsThatCannotBeAreRefusedWhereTheyAreWrong(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for body, want := range map[string]string{
		`{"status": "done"}`:                                                                       "/done_on",
		`{"status": "done", "done_on": "2021-01-26"}`:                                              "/done_on",
		`{"status": "done", "done_on": "2021-01-20", "done_by": "2021-01-21"}`:                     "/done_by",
		`{"done_on": "2021-01-20"}`:                                                                "/done_on",
		`{"status": "blocked"}`:                                                                    "/reason",
		`{"status": "blocked", "reason": " \n "}`:                                                  "/reason",
		`{"status": "blocked", "reason": "a\u0000b"}`:                                              "/reason",
		`{"status": "blocked", "reason": "a\u001bb"}`:                                              "/reason",
		`{"evidence": {"number": "12"}}`:                                                           "/evidence",
		`{"status": "done", "done_on": "2021-01-20", "evidence": {"issued_on": "2021-01-26"}}`:     "/evidence/issued_on",
		`{"status": "done", "done_on": "2021-01-20", "evidence": {"link": "javascript:alert(1)"}}`: "/evidence/link",
		`{"status": "done", "done_on": "2021-01-20", "evidence": {"link": "//host/path"}}`:         "/evidence/link",
		`{"status": "in_progress", "happened_on": "2021-01-26"}`:                                   "/happened_on",
	} {
		r := s.patch(duty, `"r1"`, body)
		require.Equal(t, http.StatusUnprocessableEntity, r.status, "%s: %s", body, r.body)
		require.Equal(t, want, place(r, 0), body)
	}
	require.Equal(t, `"r1"`, s.get(duty).tag())
}

func TestA22_ADayBeforeTheStartIsTakenWithAWarning(t *testing.T) {
	t.Parallel()
	s := serve(t)
	changed := as[api.TaskChanged](s.change(v1+"/areas/06/milestones/na_constituency_draft/tasks/duty", `{"status": "done", "done_on": "2021-01-20"}`))
	require.Len(t, changed.Warnings, 1)
	require.Equal(t, "done-before-start", changed.Warnings[0].Code)
	require.Contains(t, changed.Warnings[0].Detail.Vi, "22/02/2021")
	require.NotEmpty(t, changed.Warnings[0].Detail.En)
}

func TestA34_WhatHangsOnAMilestoneFollowsTheDayItWasDone(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.clock.set(t, "2021-04-21T09:00:00+07:00")
	campaign := v1 + "/areas/31/milestones/campaign_na"
	before := as[api.MilestoneDetail](s.get(campaign))
	require.Equal(t, civil.Must("2021-04-28"), before.NotBeforeOn.MustGet(), "the list's latest day")
	list := v1 + "/areas/VN/milestones/na_official_list"
	var changed api.TaskChanged
	for _, task := range as[api.MilestoneDetail](s.get(list)).Tasks {
		changed = as[api.TaskChanged](s.change(list+"/tasks/"+task.Key, `{"status": "done", "done_on": "2021-04-20"}`))
	}
	moved := map[string]api.Milestone{}
	for _, m := range changed.Moved {
		moved[m.Area+" "+m.Key] = m
	}
	for _, who := range []string{"VN campaign_na", "06 campaign_na", "31 campaign_na", "48 campaign_na", "25 campaign_na"} {
		require.Contains(t, moved, who)
		require.Equal(t, civil.Must("2021-04-20"), moved[who].NotBeforeOn.MustGet(), who)
	}
	require.Len(t, moved, 5)
	after := as[api.MilestoneDetail](s.get(campaign))
	require.Equal(t, civil.Must("2021-04-20"), after.NotBeforeOn.MustGet())
	require.Greater(t, after.Revision, before.Revision)
	require.Contains(t, after.Why[0].Sentence.Vi, "20/04/2021")
	require.Equal(t, "milestone:na_official_list", after.Why[0].Anchor.MustGet())
	require.Equal(t, civil.Must("2021-04-20"), after.Why[0].AnchorOn.MustGet())
	history := as[api.History](s.get(campaign + "/history"))
	require.Equal(t, "milestone_moved", history.Items[0].Kind)
	require.Equal(t, civil.Must("2021-04-20"), history.Items[0].HappenedOn)
}

func TestHistoryComesInPages(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for _, status := range []string{"in_progress", "not_started", "in_progress", "not_started", "in_progress"} {
		s.change(duty, `{"status": "`+status+`"}`)
	}
	whole := as[api.History](s.get(consult + "/history"))
	require.False(t, whole.HasMore)
	require.Len(t, whole.Items, 5)
	var read []api.Change
	for next := "?limit=2"; next != ""; {
		page := as[api.History](s.get(consult + "/history" + next).ok())
		read = append(read, page.Items...)
		next = ""
		if page.HasMore {
			next = "?limit=2&before=" + jsonOf(t, page.Items[len(page.Items)-1].Revision)
		}
	}
	require.Equal(t, whole.Items, read)
}

func jsonOf(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	require.NoError(t, err)
	return string(b)
}

func TestOneOfTwoReportsAtOnceIsTooLate(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	servers := []*server{d.serve(), d.serve()}
	for range 5 {
		tag := servers[0].get(duty).tag()
		next := "in_progress"
		if strings.Contains(servers[0].get(duty).text(), next) {
			next = "not_started"
		}
		replies := make(chan int, 2)
		for _, s := range servers {
			r := s.request(http.MethodPatch, duty, `{"status": "`+next+`"}`, "If-Match", tag, "Content-Type", "application/merge-patch+json")
			go func() {
				response, err := client.Do(r)
				if err != nil {
					replies <- 0
					return
				}
				response.Body.Close()
				replies <- response.StatusCode
			}()
		}
		require.ElementsMatch(t, []int{http.StatusOK, http.StatusPreconditionFailed}, []int{<-replies, <-replies})
	}
}
