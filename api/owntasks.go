package api

import (
	"context"
	"net/http"
	"net/url"

	"tiendo/pkg/tracker"
)

// AddTask implements POST …/milestones/{milestone}/tasks.
func (s *Server) AddTask(ctx context.Context, r AddTaskRequestObject) (AddTaskResponseObject, error) {
	v, id, err := s.milestoneID(r.Election, r.Area, r.Milestone)
	if err != nil {
		return nil, err
	}
	key, out, err := s.tracker.AddOwnTask(ctx, v.Frame().Election.ID, actorOf(ctx), tracker.OwnTask{ID: id, Title: r.Body.Title})
	if err != nil {
		return nil, err
	}
	t, err := out.Record.Task(key)
	if err != nil {
		return nil, err
	}
	changed, err := s.taskChanged(ctx, id, t, out)
	if err != nil {
		return nil, err
	}
	return outcome{
		status: http.StatusCreated, location: milestoneAddress(r.Election, id) + "/tasks/" + string(key),
		tag: changed.tag, contents: changed.contents,
	}, nil
}

// milestoneAddress is where a milestone stands.
func milestoneAddress(e ElectionID, id tracker.MilestoneID) string {
	return "/api/v1/elections/" + url.PathEscape(e) + "/areas/" + url.PathEscape(string(id.Area)) + "/milestones/" + id.Name()
}

// RemoveTask implements DELETE …/tasks/{task}.
func (s *Server) RemoveTask(ctx context.Context, r RemoveTaskRequestObject) (RemoveTaskResponseObject, error) {
	v, id, err := s.milestoneID(r.Election, r.Area, r.Milestone)
	if err != nil {
		return nil, err
	}
	known, err := ifMatch(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	out, err := s.tracker.RemoveTask(ctx, v.Frame().Election.ID, actorOf(ctx), tracker.TaskRemoval{ID: id, Task: tracker.TaskKey(r.Task), If: known})
	if err != nil {
		return nil, err
	}
	if v, err = s.view(r.Election); err != nil { // as it is now
		return nil, err
	}
	m, err := s.summary(v, id)
	if err != nil {
		return nil, err
	}
	moved, err := s.moved(v, out.Changes)
	return outcome{contents: TaskRemoved{
		Milestone: m, Moved: moved, Warnings: each(out.Warnings, warning), Revision: int64(v.Revision()),
	}}, err
}

// VisitAddTaskResponse and the next make an outcome the response.
func (o outcome) VisitAddTaskResponse(w http.ResponseWriter) error { return o.write(w) }

// VisitRemoveTaskResponse writes what became of the milestone.
func (o outcome) VisitRemoveTaskResponse(w http.ResponseWriter) error { return o.write(w) }
