package dossier_test

import (
	"context"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/dossier"
	"tiendo/pkg/statute"
	"tiendo/pkg/tracker"
)

var (
	hanoi = time.FixedZone("ICT", 7*60*60)
	local = tracker.Actor{ID: "local", Name: "test"}
)

// country keeps one election in memory, by the tracker's own pure rules: what
// the opening creates, with the sealed changes applied in their order. An act
// is given what it said it needs and nothing more.
type country struct {
	tracker.Store // what is not kept here: the projections

	t        *testing.T
	opening  *tracker.Opening
	ledger   tracker.Ledger
	followed map[area.Code]bool
	voting   map[area.Code]statute.Voting
	head     tracker.Head
	changes  []tracker.Change
}

// at opens the election over a list and enters the dossier as on a day.
func at(t *testing.T, id string, list *area.List, day string) (*country, dossier.Report) {
	t.Helper()
	d, err := dossier.Load(id)
	require.NoError(t, err)
	o, err := d.Opening(list)
	require.NoError(t, err)
	c := &country{t: t, opening: o, ledger: tracker.Ledger{}, followed: map[area.Code]bool{}, voting: map[area.Code]statute.Voting{}}
	s := c.service(day)
	report, err := d.Enter(t.Context(), s, local, civil.Must(day))
	require.NoError(t, err)
	again, err := d.Enter(t.Context(), s, local, civil.Must(day))
	require.NoError(t, err)
	require.Zero(t, again, "what was entered is not entered again")
	return c, report
}

func (c *country) service(day string) *tracker.Service {
	noon := civil.Must(day).At(civil.NewClock(12, 0), hanoi)
	return tracker.NewService(c, func() time.Time { return noon }, hanoi, nil)
}

func (c *country) Frame(context.Context, tracker.ElectionID) (*tracker.Frame, error) {
	return c.opening.Frame, nil
}

func (c *country) Entered(_ context.Context, _ tracker.ElectionID, subject string) (bool, error) {
	return slices.ContainsFunc(c.changes, func(x tracker.Change) bool {
		return x.Kind == tracker.RecordEntered && x.Subject == subject
	}), nil
}

func (c *country) Change(
	_ context.Context, f *tracker.Frame, needs tracker.Needs, decide func(tracker.Found) (*tracker.Act, error),
) ([]tracker.Change, error) {
	act, err := decide(c.found(needs))
	if err != nil {
		return nil, err
	}
	changes := slices.Clone(act.Changes())
	for i := range changes {
		if err := changes[i].Seal(c.head); err != nil {
			return nil, err
		}
		c.head = changes[i].Head()
		c.apply(f, &changes[i])
	}
	c.changes = append(c.changes, changes...)
	return changes, nil
}

// found copies what an act needs.
func (c *country) found(needs tracker.Needs) tracker.Found {
	records := map[tracker.MilestoneID]tracker.Record{}
	for _, id := range needs.Milestones {
		c.follow(id.Area)
		if r := c.ledger[id]; r != nil {
			records[id] = *r
		}
	}
	for _, code := range needs.Areas {
		c.follow(code)
		for id, r := range c.ledger {
			if id.Area == code {
				records[id] = *r
			}
		}
	}
	found := tracker.Found{Voting: maps.Clone(c.voting)}
	if needs.Election {
		found.Election = &tracker.Present{State: c.opening.Frame.Election.State}
		for _, x := range c.changes {
			if x.Kind == tracker.ElectionMoved {
				found.Election.State = x.After.Election.State
			}
		}
	}
	for _, r := range records {
		r.Tasks = slices.Clone(r.Tasks)
		found.Records = append(found.Records, r)
	}
	return found
}

// follow begins to keep an area, as it was opened.
func (c *country) follow(code area.Code) {
	if c.followed[code] {
		return
	}
	c.followed[code] = true
	opened, err := c.opening.Follow(code)
	require.NoError(c.t, err)
	maps.Copy(c.ledger, opened)
}

func (c *country) apply(f *tracker.Frame, x *tracker.Change) {
	c.follow(x.Milestone.Area)
	c.ledger.Apply(x)
	if v := x.After.VotingDay; v != nil && v.InForce {
		c.voting[v.Area] = statute.Voting{Day: v.Day, Opens: v.Opens}
	}
}

// record is a milestone as it stands; opening it brings its area in.
func (c *country) record(code area.Code, name string) tracker.Record {
	c.t.Helper()
	c.follow(code)
	id, err := tracker.ParseName(code, name)
	require.NoError(c.t, err)
	r := c.ledger[id]
	require.NotNil(c.t, r, "%s has no milestone %s", code, name)
	return *r
}

func (c *country) task(code area.Code, name, key string) tracker.Task {
	c.t.Helper()
	r := c.record(code, name)
	task, err := r.Task(tracker.TaskKey(key))
	require.NoError(c.t, err)
	return *task
}

// entered picks the states of one kind out of the log, by their keys.
func entered[T any](c *country, pick func(tracker.State) (*T, string)) map[string]T {
	all := map[string]T{}
	for _, x := range c.changes {
		if v, key := pick(x.After); v != nil {
			require.NotContains(c.t, all, key)
			all[key] = *v
		}
	}
	return all
}

func (c *country) documents() map[string]tracker.Document {
	return entered(c, func(s tracker.State) (*tracker.Document, string) {
		if s.Document == nil {
			return nil, ""
		}
		return s.Document, s.Document.Key
	})
}

func (c *country) bodies() map[string]tracker.Body {
	return entered(c, func(s tracker.State) (*tracker.Body, string) {
		if s.Body == nil {
			return nil, ""
		}
		return s.Body, s.Body.Key
	})
}

func (c *country) plans() map[string]tracker.Plan {
	return entered(c, func(s tracker.State) (*tracker.Plan, string) {
		if s.Plan == nil {
			return nil, ""
		}
		return s.Plan, s.Plan.Key
	})
}

// kinds counts the changes by kind.
func (c *country) kinds() map[tracker.Kind]int {
	n := map[tracker.Kind]int{}
	for _, x := range c.changes {
		n[x.Kind]++
	}
	return n
}

// small is the two places of the articles, and what other facts are about.
func small() *area.List {
	return area.Edition2021().Only("small", "058", "31", "25", "19", "10303", "09022", "498")
}
