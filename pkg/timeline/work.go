package timeline

import (
	"fmt"
	"slices"
	"strings"

	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/tracker"
)

// WorkGroup is why something waits for somebody, the most urgent first.
type WorkGroup uint8

// The groups. What is to be done is in one of the first five: what has come
// back, what is late, what is near, what has begun. What has neither begun nor
// comes near waits for nobody.
const (
	WorkReturned WorkGroup = iota + 1
	WorkOverdue
	WorkBehindPlan
	WorkDueSoon
	WorkRunning
	WorkToConfirm
	workGroups
)

var workGroupNames = [...]string{"", "returned", "overdue", "behind_plan", "due_soon", "running", "to_confirm"}

func (g WorkGroup) String() string { return workGroupNames[g] }

// WorkGroups is a set of groups; the empty set asks for all.
type WorkGroups uint8

// ParseWorkGroups reads names of groups with commas between them. Anything else
// is fault.Invalid "work-group-unknown".
func ParseWorkGroups(text string) (set WorkGroups, err error) {
	for name := range strings.SplitSeq(text, ",") {
		g := slices.Index(workGroupNames[:], name)
		if g < 1 {
			return 0, fault.New(fault.Invalid, "work-group-unknown",
				"Không có nhóm việc %q; dùng một hay nhiều trong số: %q", "There is no group %q; use one or more of %q",
				fmt.Sprintf("%.40s", name), workGroupNames[1:])
		}
		set |= 1 << g
	}
	return set, nil
}

func (s WorkGroups) has(g WorkGroup) bool { return s == 0 || s&(1<<g) != 0 }

// WorkOptions say whose work is listed, and which page of it.
type WorkOptions struct {
	// Branches are the areas, by index, in whose branches there can be any.
	Branches []int
	// Do says where what is open is his to do, Confirm where he is who confirms
	// what was reported.
	Do, Confirm func(i int) bool
	Groups      WorkGroups
	// Limit, After and Revision are as those of [ListOptions].
	Limit    int
	After    *tracker.MilestoneID
	Revision tracker.Revision
}

// Work is one page of what waits for somebody.
type Work struct {
	Frame            *tracker.Frame
	Today            civil.Date
	Revision         tracker.Revision // of what it shows, as [WorkRevision]
	NextRefreshAfter int
	// Counts are by group, of all groups.
	Counts [workGroups]int
	// Total is how many rows all pages have.
	Total   int
	Items   []WorkItem
	HasMore bool
}

// WorkItem is one row, and why it waits.
type WorkItem struct {
	ListItem
	Group WorkGroup
}

// BuildWork makes a page of what waits for somebody, by groups, and within a
// group by the day that was or will be missed; what waits to be confirmed by the
// day it was done. now and failures are as for [BuildList]; it is one pass over
// the branches.
func BuildWork(v *mirror.View, now civil.Cutoff, o WorkOptions) (*Work, error) {
	w := &Work{Frame: v.Frame(), Today: now.Day, Revision: WorkRevision(v, o.Branches)}
	if o.After != nil {
		if v.Redrawn() > o.Revision {
			return nil, tokenExpired()
		}
		w.Revision = o.Revision
	}
	s, err := newSelection(v, now, &ListOptions{Lateness: true, Limit: o.Limit}, w.Revision)
	if err != nil {
		return nil, err
	}
	p := worker{selection: s, o: &o, work: w}
	if o.After != nil {
		if err := p.begin(*o.After); err != nil {
			return nil, err
		}
	}
	if err := p.scan(); err != nil {
		return nil, err
	}
	w.Total, w.HasMore = s.total, s.behind > len(s.page)
	w.NextRefreshAfter = refreshAfter(w.Frame, s.near)
	slices.SortFunc(s.page, func(a, b candidate) int { return a.place.compare(b.place) })
	for k := range s.page {
		c := &s.page[k]
		w.Items = append(w.Items, WorkItem{ListItem: s.item(c), Group: WorkGroup(c.place.day >> groupShift)})
	}
	return w, nil
}

// WorkRevision is the greatest revision of what work in some branches shows.
func WorkRevision(v *mirror.View, branches []int) tracker.Revision {
	r := max(v.StateRevision(), v.Redrawn())
	for _, i := range branches {
		r = max(r, v.BranchRevision(i))
	}
	return r
}

// WorkTurn is the last hour of today at which anything that is said of work in
// some branches changes, as [MatrixTurn] is for one.
func WorkTurn(v *mirror.View, branches []int, now civil.Cutoff) civil.Clock {
	var last civil.Clock
	for _, i := range branches {
		if at := MatrixTurn(v, i, now); !at.IsZero() && at.Minutes() >= last.Minutes() {
			last = at
		}
	}
	return last
}

// groupShift is where the group stands in a row's place: a day takes 48 bits.
const groupShift = 56

// worker goes through branches for one person.
type worker struct {
	*selection
	o    *WorkOptions
	work *Work
}

// scan goes through every area of the branches once.
func (p *worker) scan() error {
	next := 0 // branches lie side by side, or one within another
	for _, top := range slices.Sorted(slices.Values(p.o.Branches)) {
		_, last := p.v.Frame().List.Descendants(top)
		for i := max(top, next); i < last; i++ {
			does, confirms := p.o.Do(i), p.o.Confirm(i)
			if !does && !confirms {
				continue
			}
			all, err := p.past.Milestones(i)
			if err != nil {
				return err
			}
			p.area(i, all, does, confirms)
		}
		next = max(next, last)
	}
	return nil
}

func (p *worker) area(i int, all []mirror.Milestone, does, confirms bool) {
	for n := range all {
		m := &all[n]
		g, day := p.group(m)
		if g == 0 || (g == WorkToConfirm && !confirms) || (g != WorkToConfirm && !does) {
			continue
		}
		p.work.Counts[g]++
		if p.o.Groups.has(g) {
			p.offer(i, m, day)
		}
	}
}

// group says why a milestone waits, and where it stands in the order of all; 0
// where it does not.
func (p *worker) group(m *mirror.Milestone) (WorkGroup, uint64) {
	var g WorkGroup
	switch {
	case p.sources[m.Ref].bar:
		return 0, 0
	case m.Standing == tracker.Reported:
		g = WorkToConfirm
		return g, uint64(g)<<groupShift | position64(civil.Whole(civil.Later(m.DoneOn, m.DoneBy)))
	case !m.Work.Open():
		return 0, 0
	}
	x := p.judge(m)
	switch {
	case m.Standing == tracker.Returned:
		g = WorkReturned
	case x.timing == Overdue:
		g = WorkOverdue
	case x.timing == BehindPlan:
		g = WorkBehindPlan
	case x.timing == DueSoon:
		g = WorkDueSoon
	case x.timing == Running:
		g = WorkRunning
	default:
		return 0, 0
	}
	return g, uint64(g)<<groupShift | x.day&(1<<48-1)
}

// begin finds the place in the order of the last row of the page before.
func (p *worker) begin(id tracker.MilestoneID) error {
	i, known := p.v.Frame().List.Index(id.Area)
	o, ours := p.v.OriginOf(id.Key)
	if !known || !ours {
		return tracker.MilestoneNotFound(id)
	}
	all, err := p.past.Milestones(i)
	if err != nil {
		return err
	}
	for k := range all {
		if m := &all[k]; m.Ref == o.Ref && int(m.Occurrence) == id.Occurrence {
			if g, day := p.group(m); g != 0 {
				p.from = p.place(i, m, day)
				return nil
			}
		}
	}
	return tracker.MilestoneNotFound(id)
}
