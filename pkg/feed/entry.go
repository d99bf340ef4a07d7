package feed

import (
	"iter"
	"time"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/mirror"
	"tiendo/pkg/timeline"
	"tiendo/pkg/tracker"
)

// record is what is kept of one entry of the log: what everybody may know of it.
// Persons, reasons and notes do not come in, nor do documents that were not
// published; of tasks only that something became of their milestone.
type record struct {
	revision, cause tracker.Revision
	kind            tracker.Kind // none: the entry is internal
	area            area.Code
	milestone       tracker.MilestoneID   // none (no Key): it is about a subject
	brought         []tracker.MilestoneID // a plan that is added brings these
	subject         string
	happened        civil.Date
	recorded        time.Time
	tag             string
}

// recordOf takes the public part of a change.
func recordOf(c *tracker.Change) record {
	r := record{revision: c.Revision}
	if !told(c) {
		return r
	}
	r.cause, r.kind, r.area, r.subject = c.Cause, c.Kind, c.Milestone.Area, c.Subject
	r.happened, r.recorded, r.tag = c.Happened, c.Recorded, c.Actor.Tag
	if c.Milestone.Key != "" {
		r.milestone = c.Milestone
	}
	if c.Kind == tracker.PlanAdded && c.After.Plan != nil {
		for made := range c.After.Plan.Records(c.Revision) {
			r.brought = append(r.brought, made.Milestone.ID)
		}
	}
	return r
}

// told says whether an entry of the log is told of at all.
func told(c *tracker.Change) bool {
	switch c.Kind {
	case tracker.TaskAdded, tracker.TaskRenamed, tracker.TaskMoved, tracker.TaskRemoved:
		return true // how far their milestone is may be another now
	case tracker.DocumentAdded:
		return c.After.Document != nil && c.After.Document.Public
	}
	return c.Kind.IsPublished()
}

// weight is how many things the record is about.
func (r *record) weight() int { return 1 + len(r.brought) }

// thing is one of those that a record is about.
type thing struct {
	place int // index of the area
	id    tracker.MilestoneID
	above bool
}

// things goes through what a filter may ask for of the record, from the n-th on,
// and counts on behind those that it does not.
func (r *record) things(v *mirror.View, q *Filter, n int) iter.Seq2[int, thing] {
	return func(yield func(int, thing) bool) {
		for k := n; k < r.weight(); k++ {
			t, wanted := r.thing(v, q, k)
			if wanted && !yield(k, t) {
				return
			}
		}
	}
}

func (r *record) thing(v *mirror.View, q *Filter, k int) (thing, bool) {
	t := thing{id: r.milestone}
	code := r.area
	if k > 0 {
		t.id = r.brought[k-1]
		code = t.id.Area
	}
	i, known := v.Frame().List.Index(code)
	if !known {
		return t, false
	}
	t.place, t.above = i, !q.covers(v, i)
	if t.id.Key == "" {
		return t, q.wantsSubject(v, r.kind, i)
	}
	return t, q.wantsMilestone(v, i, t.id.Key)
}

// Removal is why something is no longer among what a filter asks for.
type Removal uint8

// The removals.
const (
	NotRemoved Removal = iota
	// Cancelled: with its line of a plan, or its rule.
	Cancelled
	// NotInFilter: it is in none of the states asked for.
	NotInFilter
	// Gone: there is no such milestone any more.
	Gone
)

var removalNames = [...]string{"", "cancelled", "not_in_filter", "gone"}

// String is the removal's name in the API.
func (r Removal) String() string { return removalNames[r] }

// Turned is the kind of an entry that no entry of the log stands behind: a
// milestone stands otherwise, and nobody did anything to it.
const Turned tracker.Kind = "milestone_turned"

// Change is one change as everybody may see it.
type Change struct {
	Revision, Cause tracker.Revision
	Kind            tracker.Kind
	Area            area.Code
	// Milestone that it is about; none (no Key): it is about Subject, or about the
	// election.
	Milestone tracker.MilestoneID
	Subject   string
	Happened  civil.Date
	// Recorded is when; of Turned the hour since which it stands so.
	Recorded time.Time
	Tag      string
	// Above: it is of a place above, whose milestones the area shows.
	Above bool
	// Item is how the milestone stands now; nil: a copy of what the filter asks for
	// does not have it.
	Item *timeline.ListItem
	// Removed says why it is not asked of anybody, or not by the filter.
	Removed Removal

	after Position
}

// entry is what is told of a thing, and whether anything is.
func (q *Filter) entry(v *mirror.View, r *record, t thing, now civil.Cutoff) Change {
	e := Change{
		Revision: r.revision, Cause: r.cause, Kind: r.kind, Area: r.area, Subject: r.subject,
		Happened: r.happened, Recorded: r.recorded, Tag: r.tag, Above: t.above,
	}
	if t.id.Key != "" {
		e.Area, e.Milestone, e.Subject = t.id.Area, t.id, ""
		e.Item, e.Removed = q.stands(v, t.place, t.id, now)
	}
	return e
}

// stands is how a milestone stands now, for whoever asks by the filter.
func (q *Filter) stands(v *mirror.View, i int, id tracker.MilestoneID, now civil.Cutoff) (*timeline.ListItem, Removal) {
	m, there := v.Milestone(i, id.Key, id.Occurrence)
	if !there {
		return nil, Gone
	}
	x := timeline.RowOf(v, i, m, now)
	var why Removal
	if m.Work == tracker.Cancelled {
		why = Cancelled
	}
	switch {
	case q.has(&x):
		return &x, why
	case why == NotRemoved:
		why = NotInFilter
	}
	return nil, why
}
