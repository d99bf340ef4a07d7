package api

import (
	"context"
	"encoding/json"

	"github.com/oapi-codegen/nullable"

	"tiendo/pkg/tracker"
)

const historyPage = 100

// ListHistory implements GET …/milestones/{milestone}/history.
func (s *Server) ListHistory(ctx context.Context, r ListHistoryRequestObject) (ListHistoryResponseObject, error) {
	v, id, err := s.milestoneID(r.Election, r.Area, r.Milestone)
	if err != nil {
		return nil, err
	}
	x, err := s.sightIn(ctx, v, id.Area)
	if err != nil {
		return nil, err
	}
	limit, before := historyPage, tracker.Revision(0)
	if r.Params.Limit != nil {
		limit = *r.Params.Limit
	}
	if r.Params.Before != nil {
		before = tracker.Revision(*r.Params.Before)
	}
	e := v.Frame().Election.ID
	record, err := s.store.Record(ctx, e, id)
	if err != nil {
		return nil, err
	}
	changes, err := s.store.History(ctx, e, id, before, limit+1, s.reader(ctx, v, x))
	if err != nil {
		return nil, err
	}
	out := History{HasMore: len(changes) > limit, Items: []Change{}}
	for i := range changes[:min(limit, len(changes))] {
		c, err := s.change(&changes[i], x.tasks(record.Tasks), x)
		if err != nil {
			return nil, err
		}
		out.Items = append(out.Items, c)
	}
	return answer{tag: x.tag(record.Milestone.Revision), keep: revalidated, known: r.Params.IfNoneMatch, contents: out}, nil
}

// change shows an entry of the log. Of a task that is not told of only its kind is.
func (s *Server) change(c *tracker.Change, told map[tracker.TaskKey]bool, x sight) (Change, error) {
	task := c.Task
	if task != "" && !x.inside && !told[task] {
		return Change{
			Revision: int64(c.Revision), Kind: string(c.Kind), Area: string(c.Milestone.Area), Milestone: words(c.Milestone.Name()),
			Task: words(""), Actor: words(""), RecordedAt: c.Recorded.In(s.zone), HappenedOn: c.Happened, Reason: words(""),
			Before: nullable.NewNullNullable[map[string]any](), After: nullable.NewNullNullable[map[string]any](),
		}, nil
	}
	before, err := stateOf(x.state(c.Before))
	if err != nil {
		return Change{}, err
	}
	after, err := stateOf(x.state(c.After))
	return Change{
		Revision: int64(c.Revision), Kind: string(c.Kind), Area: string(c.Milestone.Area),
		Milestone: orNone(c.Milestone.Name(), c.Milestone.Key != ""), Task: words(string(task)),
		Actor: x.words(c.Actor.Name), RecordedAt: c.Recorded.In(s.zone), HappenedOn: c.Happened, Reason: x.words(c.Reason),
		Before: before, After: after, Tag: tagOf(c),
	}, err
}

// stateOf shows a state as the log keeps it.
func stateOf(s tracker.State) (nullable.Nullable[map[string]any], error) {
	raw, err := s.JSON()
	if err != nil || raw == nil {
		return nullable.NewNullNullable[map[string]any](), err
	}
	var fields map[string]any
	err = json.Unmarshal(raw, &fields)
	return nullable.NewNullableWithValue(fields), err
}
