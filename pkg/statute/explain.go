package statute

import (
	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
)

// Setting is where a deadline is explained.
type Setting struct {
	Election Election
	Chain    []Place // the place itself, then the areas above it
}

// Explanation says why a rule's dates are what they are, in this place.
type Explanation struct {
	Rule              *Rule
	Rulebook, Version string
	// Citation in words: the article and instrument of the rule, and further
	// ones it rests on.
	Citation fault.Text
	// Start and End are nil where the law names no such day.
	Start, End *DateWhy
	// Undated is the sentence for a rule without any day; else empty.
	Undated fault.Text
	// OneSource: no second, independent source is on record ("một nguồn").
	OneSource bool
	Sources   []Source
}

// DateWhy says why one date is what it is.
type DateWhy struct {
	Date   civil.Cutoff // none: what it counts from has no day yet
	Anchor AnchorKind
	// AnchorDay is the day counted from; none when it is not known yet.
	AnchorDay civil.Date
	Days      int // signed; whole calendar days from AnchorDay
	Hours     int // signed; with OnVotingOpens, from the opening
	// With OnMilestone: whose milestone, in which area, and which of its days.
	Milestone     *Rule
	MilestoneArea area.Code
	Basis         Basis
	Occurrence    *Occurrence // with OnOccurrenceDay
	// OrLastVote: a later vote here is counted from instead of election day.
	// LastVote: and there was one.
	OrLastVote, LastVote bool
	// DayOff names the weekend day or holiday that the date falls on, which
	// does not move it; empty for a working day.
	DayOff   fault.Text
	Sentence fault.Text
}

// Basis is which day of a milestone a date was counted from, when it was.
type Basis uint8

// The days of a milestone that can be counted from.
const (
	// BasisDone is the day on which it was done, as was reported by then.
	BasisDone Basis = iota + 1
	// BasisLatest is its latest legal day.
	BasisLatest
	// BasisRecorded is a day of which that cannot be told any more.
	BasisRecorded
)

var basisNames = []string{"", "done", "latest", "recorded"}

// ParseBasis reads a basis's name.
func ParseBasis(s string) (Basis, error) { return parse[Basis]("basis", basisNames, s) }

func (b Basis) String() string { return name(basisNames, b) }

// Explain tells why a deadline is what it is. The dates and anchor days are
// taken as the deadline has them, and nothing is computed anew: what was
// stored explains itself as it was stored, whatever was reported since. Fails when the setting's chain does
// not fit the rulebook, as [Rulebook.Scheduled] does.
func (b *Rulebook) Explain(d Deadline, in Setting) (Explanation, error) {
	s := site{book: b, election: in.Election, chain: in.Chain}
	if err := s.check(); err != nil {
		return Explanation{}, err
	}
	r := d.Rule
	e := Explanation{
		Rule: r, Rulebook: b.id, Version: b.version, Citation: r.citation(),
		OneSource: r.OneSource(), Sources: r.Sources,
	}
	if r.Start != nil {
		e.Start = s.why(r, r.Start, d.NotBefore, d.NotBeforeFrom)
	}
	if r.End != nil {
		e.End = s.why(r, r.End, d.Latest, d.LatestFrom)
	}
	if r.Start == nil && r.End == nil {
		e.Undated = s.undated(r)
	}
	return e, nil
}

func (s *site) why(r *Rule, a *Anchor, date civil.Cutoff, from civil.Date) *DateWhy {
	w := &DateWhy{
		Date: date, Anchor: a.Kind, AnchorDay: from, Days: a.Days, Hours: a.Hours, Occurrence: a.Occurrence,
	}
	if !date.IsZero() {
		w.DayOff = dayOff(date.Day)
	}
	w.OrLastVote = a.OrVotingDay || len(a.OrLast) > 0
	w.LastVote = w.OrLastVote && !from.IsZero() && from != s.election.Day
	if a.Kind == OnMilestone {
		w.Milestone = s.book.byKey[at(a.Milestone, s.chain[0].Level)]
		w.MilestoneArea, w.Basis = s.basis(w.Milestone, from)
	}
	w.Sentence = s.sentence(w, r)
	return w
}

// basis finds the milestone counted from, and which of its days from is. It
// is told from that day and the rule alone: a day that is not the latest legal
// one can only have been the day it was done. What is reported of the milestone
// now does not count; it may have been corrected while what hangs on it stayed.
func (s *site) basis(target *Rule, from civil.Date) (area.Code, Basis) {
	if target == nil {
		return "", BasisRecorded
	}
	i, p := s.find(target, 0)
	if p == nil {
		return "", BasisRecorded
	}
	code := s.chain[i].Code
	if !p.end.fixed() {
		return code, BasisRecorded // its latest day may have been another then
	}
	// Where it was done on its very last day, that day is given as the reason.
	if latest, _, err := s.resolve(target, p.end, i); err == nil && latest.Day == from {
		return code, BasisLatest
	}
	return code, BasisDone
}

// fixed says that a step comes to the same day whatever is reported or decided
// in the place.
func (a *step) fixed() bool {
	return a.Kind == OnElectionDay && !a.OrVotingDay && len(a.OrLast) == 0 || a.Kind == OnDate
}
