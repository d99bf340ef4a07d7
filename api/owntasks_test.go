package api_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/api"
)

// remove deletes a thing on top of what it is now.
func (s *server) remove(path string) *reply {
	s.t.Helper()
	return s.do(http.MethodDelete, path, "", "If-Match", s.get(path).ok().tag())
}

func TestOwnTasksAreAddedRenamedOrderedAndRemoved(t *testing.T) {
	t.Parallel()
	s := serve(t)
	before := s.get(timelineOf("058")).ok().tag()
	titles := func() (own []string) {
		for _, task := range as[api.MilestoneDetail](s.get(consult).ok()).Tasks {
			if task.Own {
				own = append(own, task.Title.Vi)
			}
		}
		return own
	}
	require.Empty(t, titles())
	invite := s.post(consult+"/tasks", `{"title": "Mời đại biểu"}`)
	require.Equal(t, http.StatusCreated, invite.status, "%s", invite.body)
	require.Equal(t, consult+"/tasks/moi_dai_bieu", invite.header.Get("Location"))
	require.True(t, as[api.TaskChanged](invite).Task.Own)
	require.NotEqual(t, before, s.get(timelineOf("058")).ok().tag())
	s.post(consult+"/tasks", `{"title": "In tài liệu"}`)

	address := consult + "/tasks/moi_dai_bieu"
	require.Equal(t, invite.tag(), s.get(address).ok().tag())
	s.change(address, `{"title": "Mời đại biểu, khách", "position": 2, "status": "in_progress"}`)
	require.Equal(t, []string{"In tài liệu", "Mời đại biểu, khách"}, titles())
	require.Equal(t, api.WorkInProgress, as[api.MilestoneDetail](s.get(consult)).Work)
	late := s.patch(address, invite.tag(), `{"title": "Khác"}`)
	require.Equal(t, http.StatusPreconditionFailed, late.status)
	require.Equal(t, "Mời đại biểu, khách", late.problem()["current"].(map[string]any)["title"].(map[string]any)["vi"], "who is too late sees what is there")

	gone := as[api.TaskRemoved](s.remove(address).ok())
	require.Equal(t, api.WorkNotStarted, gone.Milestone.Work)
	require.Equal(t, http.StatusNotFound, s.get(address).status)
	require.Equal(t, []string{"In tài liệu"}, titles())
	history := as[api.History](s.get(consult + "/history").ok())
	require.Equal(t, "task_removed", history.Items[0].Kind)
	require.Equal(t, "Mời đại biểu, khách", history.Items[0].Before.MustGet()["task"].(map[string]any)["title"].(map[string]any)["vi"], "the history keeps it")
}

func TestWhatTheLawAsksForIsNotRemovedAndTheReasonIsGiven(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for _, r := range []*reply{s.remove(duty), s.patch(duty, s.get(duty).tag(), `{"title": "Khác"}`), s.patch(duty, s.get(duty).tag(), `{"position": 1}`)} {
		require.Equal(t, http.StatusConflict, r.status)
		require.Equal(t, "task-of-the-law", r.problem()["code"])
		require.Contains(t, r.problem()["detail"], "Điều 50")
	}
	require.Equal(t, http.StatusPreconditionRequired, s.do(http.MethodDelete, duty, "").status)
	require.Equal(t, http.StatusUnprocessableEntity, s.post(consult+"/tasks", `{"title": "  "}`).status)
}

func TestRemovingTheLastOpenTaskOfItsOwnMakesAMilestoneDone(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.change(duty, `{"status": "done", "done_on": "2021-01-22"}`)
	s.post(consult+"/tasks", `{"title": "Lưu hồ sơ"}`)
	require.Equal(t, api.WorkInProgress, as[api.MilestoneDetail](s.get(consult)).Work)
	m := as[api.TaskRemoved](s.remove(consult + "/tasks/luu_ho_so").ok()).Milestone
	require.Equal(t, api.WorkDone, m.Work)
	require.Equal(t, api.Reported, m.Standing)
	require.Equal(t, "2021-01-22", m.DoneOn.MustGet().String())
	require.Equal(t, 1, m.TasksTotal)
}
