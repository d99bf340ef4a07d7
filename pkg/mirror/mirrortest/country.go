package mirrortest

import (
	"context"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/area"
	"tiendo/pkg/mirror"
	"tiendo/pkg/tracker"
)

// Country is all milestones of an election in every area of a list, without a
// log: what a database holds right after the opening, or what a test makes of it.
type Country struct {
	Frame      *tracker.Frame
	Milestones []tracker.Milestone
}

// NewCountry makes all milestones that opening an election creates.
func NewCountry(t require.TestingT, list *area.List) *Country {
	o := Opening(t, list)
	c := &Country{Frame: o.Frame}
	require.NoError(t, o.Records(func(r tracker.Record) error {
		c.Milestones = append(c.Milestones, r.Milestone)
		return nil
	}))
	return c
}

// View loads it.
func (c *Country) View(t require.TestingT) *mirror.View {
	v, err := mirror.Load(context.Background(), c, ID)
	require.NoError(t, err)
	return v
}

// Heads implements [mirror.Source].
func (c *Country) Heads(context.Context) (map[tracker.ElectionID]tracker.Revision, error) {
	return map[tracker.ElectionID]tracker.Revision{ID: 1}, nil
}

// Snapshot implements [mirror.Source].
func (c *Country) Snapshot(_ context.Context, _ tracker.ElectionID, milestone func(*tracker.Milestone) error) (mirror.Snapshot, error) {
	for i := range c.Milestones {
		if err := milestone(&c.Milestones[i]); err != nil {
			return mirror.Snapshot{}, err
		}
	}
	return mirror.Snapshot{Frame: c.Frame, Revision: 1}, nil
}

// Changes implements [mirror.Source].
func (c *Country) Changes(context.Context, tracker.ElectionID, tracker.Revision, int) ([]tracker.Change, error) {
	return nil, nil
}

// Listen implements [mirror.Source].
func (c *Country) Listen(ctx context.Context, ready func(), _ func(tracker.ElectionID, tracker.Revision)) error {
	ready()
	<-ctx.Done()
	return ctx.Err()
}

var _ mirror.Source = (*Country)(nil)
