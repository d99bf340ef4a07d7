package api

import (
	"context"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/oapi-codegen/nullable"
	openapi_types "github.com/oapi-codegen/runtime/types"

	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/notify/webhook"
	"tiendo/pkg/statute"
	"tiendo/pkg/tracker"
)

// GetTask implements GET …/tasks/{task}.
func (s *Server) GetTask(ctx context.Context, r GetTaskRequestObject) (GetTaskResponseObject, error) {
	v, id, err := s.milestoneID(r.Election, r.Area, r.Milestone)
	if err != nil {
		return nil, err
	}
	record, err := s.store.Record(ctx, v.Frame().Election.ID, id)
	if err != nil {
		return nil, err
	}
	t, err := record.Task(tracker.TaskKey(r.Task))
	if err != nil {
		return nil, err
	}
	x, err := s.sightIn(ctx, v, id.Area)
	if err != nil {
		return nil, err
	}
	if !x.tells(t) {
		_, err := (&tracker.Record{Milestone: record.Milestone}).Task(t.Key) // as where there is no such task
		return nil, err
	}
	return answer{tag: x.tag(t.Revision), keep: revalidated, known: r.Params.IfNoneMatch, contents: taskOf(v, id, t, x)}, nil
}

// UpdateTask implements PATCH …/tasks/{task}.
func (s *Server) UpdateTask(ctx context.Context, r UpdateTaskRequestObject) (UpdateTaskResponseObject, error) {
	v, id, err := s.milestoneID(r.Election, r.Area, r.Milestone)
	if err != nil {
		return nil, err
	}
	known, err := ifMatch(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	command, err := taskCommand(id, tracker.TaskKey(r.Task), known, r.Body)
	if err != nil {
		return nil, err
	}
	out, err := s.tracker.UpdateTask(ctx, v.Frame().Election.ID, actorOf(ctx), command)
	if err != nil {
		return nil, err
	}
	t, err := out.Record.Task(command.Task)
	if err != nil {
		return nil, err
	}
	return s.taskChanged(ctx, id, t, out)
}

func (s *Server) taskChanged(ctx context.Context, id tracker.MilestoneID, t *tracker.Task, out tracker.Outcome) (answer, error) {
	e := ElectionID(out.Election)
	v, err := s.view(e)
	if err != nil {
		return answer{}, err
	}
	x, err := s.sightIn(ctx, v, id.Area)
	if err != nil {
		return answer{}, err
	}
	m, err := s.summary(v, id)
	if err != nil {
		return answer{}, err
	}
	body := TaskChanged{
		Task: taskOf(v, id, t, x), Milestone: m, Revision: int64(v.Revision()), Warnings: each(out.Warnings, warning),
	}
	if body.Moved, err = s.moved(v, out.Changes); err != nil {
		return answer{}, err
	}
	return answer{tag: strong(t.Revision), keep: revalidated, contents: body}, nil
}

func warning(w tracker.Warning) Warning { return Warning{Code: w.Code, Detail: both(w.Text)} }

// moved are the milestones whose dates followed from others.
func (s *Server) moved(v *mirror.View, changes []tracker.Change) ([]Milestone, error) {
	all := []Milestone{}
	for i := range changes {
		if c := &changes[i]; c.Kind == tracker.MilestoneMoved {
			m, err := s.summary(v, c.Milestone)
			if err != nil {
				return nil, err
			}
			all = append(all, m)
		}
	}
	return all, nil
}

// ifMatch reads the strong tag that a change is based on.
func ifMatch(header *IfMatch) (tracker.Revision, error) {
	if header == nil || strings.TrimSpace(*header) == "" {
		return 0, fault.New(fault.Unguarded, "if-match-missing",
			"Cần tiêu đề If-Match với ETag của bản đang xem (ví dụ \"r12\"); đọc lại rồi gửi kèm",
			"The If-Match header is needed, with the ETag of what you look at (such as \"r12\"); read it first, then send it along").At(":If-Match")
	}
	tag := strings.TrimSpace(*header)
	number := strings.TrimSuffix(strings.TrimPrefix(tag, `"r`), `"`)
	revision, err := strconv.ParseInt(strings.TrimSuffix(number, publicForm), 10, 64)
	// What was looked at before signing in is the same thing, without what is internal.
	at := tracker.Revision(revision)
	if err != nil || revision < 1 || tag != (sight{inside: true}).tag(at) && tag != (sight{}).tag(at) {
		return 0, fault.New(fault.Invalid, "if-match-unreadable",
			"If-Match phải là đúng một ETag mạnh như \"r12\"; không dùng * hay W/", "If-Match must be exactly one strong tag such as \"r12\"; neither * nor W/").At(":If-Match")
	}
	return tracker.Revision(revision), nil
}

func taskCommand(id tracker.MilestoneID, key tracker.TaskKey, known tracker.Revision, b *TaskPatch) (tracker.TaskCommand, error) {
	c := tracker.TaskCommand{
		ID: id, Task: key, If: known,
		Reason: sent(b.Reason), DoneOn: sentDay(b.DoneOn), DoneBy: sentDay(b.DoneBy),
	}
	if b.Title != nil {
		c.Title = tracker.To(*b.Title)
	}
	if b.Position != nil {
		c.Place = tracker.To(*b.Position)
	}
	if b.HappenedOn != nil {
		c.Happened = civil.Of(b.HappenedOn.Time, b.HappenedOn.Location())
	}
	if b.Status != nil {
		status, err := tracker.ParseWork(string(*b.Status))
		if err != nil {
			return c, err
		}
		c.Status = tracker.To(status)
	}
	if b.Evidence.IsNull() {
		c.Number, c.On, c.Link = tracker.To(""), tracker.To(civil.Date{}), tracker.To("")
	} else if e, err := b.Evidence.Get(); err == nil {
		c.Number, c.On, c.Link = sent(e.Number), sentDay(e.IssuedOn), sent(e.Link)
	}
	return c, nil
}

// sent keeps apart what was not sent, what was cleared and what was set.
func sent(n nullable.Nullable[string]) tracker.Set[string] {
	if !n.IsSpecified() {
		return tracker.Set[string]{}
	}
	v, _ := n.Get()
	return tracker.To(strings.TrimSpace(v))
}

func sentDay(n nullable.Nullable[openapi_types.Date]) tracker.Set[civil.Date] {
	if !n.IsSpecified() {
		return tracker.Set[civil.Date]{}
	}
	v, err := n.Get()
	if err != nil {
		return tracker.To(civil.Date{})
	}
	return tracker.To(civil.Of(v.Time, v.Location()))
}

// taskOf titles a step of the law by the rulebook, and the one task of a line of
// a plan by the line.
func taskOf(v *mirror.View, id tracker.MilestoneID, t *tracker.Task, x sight) Task {
	out := Task{
		Key: string(t.Key), Title: both(t.Title), Own: t.Own, Status: Work(t.Status.String()), Reason: x.words(t.Reason),
		DoneOn: day(t.DoneOn), DoneBy: day(t.DoneBy), Evidence: x.evidence(t), Document: x.document(t.Document),
		Bodies: filled(t.Bodies), Source: source(x.addresses, t.Source), Note: x.note(t.Note, t.Source), Revision: int64(t.Revision),
	}
	o, ok := v.OriginOf(id.Key)
	switch {
	case !ok:
	case o.Line != nil && t.Key == statute.OnlyStep && len(o.Line.Steps) == 0:
		out.Title = both(o.Title) // the line itself, as the plan words it now
	case o.Rule != nil && !t.Own:
		for _, step := range o.Rule.Steps() {
			if step.Key == string(t.Key) {
				out.Title = both(step.Title)
			}
		}
	}
	return out
}

// current is the resource as it is now, for whoever was too late.
func (s *Server) current(c echo.Context, now any) *map[string]any {
	switch x := now.(type) {
	case tracker.VotingDay:
		return s.currentVotingDay(c, x)
	case tracker.Plan:
		return s.currentPlan(c, &x)
	case webhook.Webhook:
		return fields(s.webhook(&x))
	case Batch:
		return fields(x)
	case Import:
		return fields(x)
	}
	v, id, err := s.milestoneID(c.Param("election"), c.Param("area"), c.Param("milestone"))
	if err != nil {
		return nil
	}
	x, err := s.sightIn(c.Request().Context(), v, id.Area)
	if err != nil {
		return nil
	}
	switch now := now.(type) {
	case tracker.Note:
		if reader, err := s.noteReader(c.Request().Context(), c.Param("election"), c.Param("area"), c.Param("milestone")); err == nil {
			return fields(s.note(&reader, &now))
		}
	case tracker.Task:
		return fields(taskOf(v, id, &now, x))
	case tracker.Record:
		// Not from the mirror: another server may have been the faster one.
		m, err := s.detail(v, &now, x)
		if err != nil {
			return nil
		}
		return fields(m)
	}
	return nil
}
