package dossier

import (
	"cmp"
	"context"
	"slices"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/statute"
	"tiendo/pkg/tracker"
)

// Subject is the name under which the log notes that the dossier was entered.
// It is the same for every release: what a later release adds to a dossier does
// not reach a database that has been told of an earlier one.
const Subject = "dossier"

// Report is what became of the things in a dossier. A thing is a body, a
// document, a plan, what is told of a line of a plan in one area, a task, that
// such a task was done later, a fact, a statement, a target, a voting day.
type Report struct {
	Entered   int
	Later     int // of days after the one asked for, or of an unknown day before the election is over
	Elsewhere int // about areas that the list does not have
	// Warnings are what the tracker found unusual.
	Warnings []tracker.Warning
}

// Left is how many things were not entered.
func (r Report) Left() int { return r.Later + r.Elsewhere }

// Enter enters what had happened by the end of a day, in one act; nothing when
// that was done before, be it by another server at this very moment (the report
// is empty then). A day after the service's today counts as today. After the
// last day of the record and of the law the election is closed, also when all
// else was entered long ago. Errors are those of [tracker.Service.Do].
func (d *Dossier) Enter(ctx context.Context, s *tracker.Service, actor tracker.Actor, upTo civil.Date) (Report, error) {
	entered, err := s.Entered(ctx, d.ID(), Subject)
	if err != nil {
		return Report{}, err
	}
	if entered {
		_, _, err := s.Do(ctx, d.ID(), actor,
			func(*tracker.Frame) tracker.Needs { return tracker.Needs{Election: true} },
			func(a *tracker.Act) error { return d.close(a, upTo) })
		return Report{}, err
	}
	var report Report
	_, _, err = s.Do(ctx, d.ID(), actor,
		func(f *tracker.Frame) tracker.Needs { return d.Needs(f, upTo) },
		func(a *tracker.Act) (err error) {
			if a.HasEntered(Subject) { // while this one waited for the locks
				return nil
			}
			report, err = d.Tell(a, upTo)
			return err
		})
	if err != nil {
		return Report{}, err
	}
	return report, nil
}

// Needs is what an act has to see, so that it can [Dossier.Tell] what had
// happened by the end of a day.
func (d *Dossier) Needs(f *tracker.Frame, upTo civil.Date) tracker.Needs {
	needs := tracker.Needs{Election: true}
	seenMilestone, seenArea := map[tracker.MilestoneID]bool{}, map[area.Code]bool{}
	for _, s := range d.steps(d.stage(f, upTo)) {
		if s.needs == nil || s.when != now {
			continue
		}
		n := s.needs(f)
		for _, id := range n.Milestones {
			// What needs an occurrence to exist is not there to be seen.
			if rule, err := f.Rulebook.Rule(statute.RuleKey(id.Key)); err == nil && rule.Nature == statute.OnOccurrence {
				continue
			}
			if !seenMilestone[id] {
				seenMilestone[id] = true
				needs.Milestones = append(needs.Milestones, id)
			}
		}
		for _, code := range n.Areas {
			if !seenArea[code] {
				seenArea[code] = true
				needs.Areas = append(needs.Areas, code)
			}
		}
	}
	return needs
}

// Tell makes the changes of all that had happened by the end of a day, in the
// order of the days, so that dates which follow from others (a campaign from
// the list of candidates) come out as they did. It ends by noting that the
// record was entered.
func (d *Dossier) Tell(a *tracker.Act, upTo civil.Date) (Report, error) {
	upTo = notAfter(upTo, a.Today)
	t := &teller{stage: d.stage(a.Frame, upTo), act: a}
	var report Report
	for _, s := range d.steps(t.stage) {
		switch s.when {
		case later:
			report.Later++
		case elsewhere:
			report.Elsewhere++
		default:
			if err := s.do(t); err != nil {
				return Report{}, err
			}
			report.Entered++
		}
	}
	report.Warnings = t.warnings
	if err := d.close(a, upTo); err != nil {
		return Report{}, err
	}
	return report, a.EnterRecord(Subject)
}

// close closes the election when nothing is left to wait for.
func (d *Dossier) close(a *tracker.Act, upTo civil.Date) error {
	end, err := d.end(a.Frame)
	if err != nil || !notAfter(upTo, a.Today).After(end) {
		return err
	}
	return a.Move(tracker.Closed, end.Add(1))
}

func notAfter(day, today civil.Date) civil.Date {
	if day.After(today) {
		return today
	}
	return day
}

// end is the last day of the record, or the last that the law has for the
// nation, if that is later: the day after which nothing is left to wait for.
func (d *Dossier) end(f *tracker.Frame) (civil.Date, error) {
	deadlines, err := f.Rulebook.Scheduled(f.Law(), f.Chain(0, nil))
	if err != nil {
		return civil.Date{}, err
	}
	last := d.day
	for _, x := range deadlines {
		last = civil.Later(last, x.Latest.Day)
	}
	for _, s := range d.steps(d.stage(f, civil.Date{})) {
		last = civil.Later(last, s.day)
	}
	return last, nil
}

// stage is how far the record is told, and over which list of areas.
type stage struct {
	list        *area.List
	upTo        civil.Date
	electionDay civil.Date
	documents   map[string]bool // those that are entered
	bodies      map[string]bool
}

func (d *Dossier) stage(f *tracker.Frame, upTo civil.Date) *stage {
	s := &stage{list: f.List, upTo: upTo, electionDay: d.day, documents: map[string]bool{}, bodies: map[string]bool{}}
	for _, x := range d.documents {
		s.documents[x.Key] = s.when(x.Area, d.documentDay[x.Key]) == now
	}
	for _, b := range d.bodies {
		s.bodies[b.Key] = s.has(b.Area)
	}
	return s
}

// moment says whether a thing is entered now.
type moment uint8

const (
	now moment = iota
	later
	elsewhere
)

// when places a thing of a day. One without a day is told when the election is
// over: whatever is known of it has happened by then.
func (s *stage) when(code area.Code, day civil.Date) moment {
	switch {
	case !s.has(code):
		return elsewhere
	case day.IsZero() && !s.upTo.After(s.electionDay), day.After(s.upTo):
		return later
	}
	return now
}

func (s *stage) has(code area.Code) bool {
	_, ok := s.list.Index(code)
	return ok
}

// document is the key if the document is entered: nothing names what is not there.
func (s *stage) document(key string) string {
	if s.documents[key] {
		return key
	}
	return ""
}

func (s *stage) bodiesHere(keys []string) []string {
	var here []string
	for _, key := range keys {
		if s.bodies[key] {
			here = append(here, key)
		}
	}
	return here
}

// rank is the order of things of one day: what others name comes before them.
type rank uint8

const (
	rankBody rank = iota
	rankDocument
	rankPlan
	rankVotingDay
	rankTask
	rankFact
	rankStatement
	rankTarget
)

// step is one thing to be entered.
type step struct {
	rank  rank
	day   civil.Date // the day it is about; none: not known
	when  moment
	needs func(*tracker.Frame) tracker.Needs // nil: nothing
	do    func(*teller) error
}

// inOrder compares steps: bodies first, then day by day, what has no day last.
func (s *step) inOrder(o *step) int {
	if s.rank == rankBody || o.rank == rankBody {
		return cmp.Compare(s.rank, o.rank)
	}
	if s.day.IsZero() != o.day.IsZero() {
		if s.day.IsZero() {
			return 1
		}
		return -1
	}
	return cmp.Or(s.day.Compare(o.day), cmp.Compare(s.rank, o.rank))
}

// steps are all things of the dossier in the order in which they are entered.
func (d *Dossier) steps(s *stage) []step {
	all := slices.Concat(
		d.bodySteps(s), d.documentSteps(s), d.planSteps(s), d.votingDaySteps(s),
		d.taskSteps(s), d.factSteps(s), d.statementSteps(s), d.targetSteps(s),
	)
	slices.SortStableFunc(all, func(a, b step) int { return a.inOrder(&b) })
	return all
}
