package statute

import (
	"slices"
	"strings"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
)

// RuleKey names a rule within its rulebook, and its milestone within an area.
type RuleKey string

// levelMark stands for the level of the area that a rule is applied in.
const levelMark = "{level}"

// Rule is one duty, event, period, right or prohibition of a rulebook. Rules
// are shared by everyone and never changed after loading.
type Rule struct {
	Key RuleKey
	// Index is the rule's place in its file, from zero.
	Index int
	// Order is the rule's place in the order of work, from zero: file order,
	// but never before a rule that has to come first. Rules without a date stand
	// by it.
	Order  int
	Title  fault.Text
	Basis  Citation   // the article that the rule rests on
	Also   []Citation // further articles and instruments
	Serves []Assembly // whose elections it is for

	Occasion Occasion
	OnlyFor  []string // the elections that a dated rule belongs to; empty: every one
	Phase    *Phase
	Family   *Family
	Nature   Nature
	Trigger  *Occurrence // what brings an on_occurrence rule into being; else nil

	Start, End *Anchor // nil: the law names no day
	Where      []Where // in the order of levels, from the nation down
	After      []string
	ShownBelow bool // lower areas show it, read-only

	Responsible      []Responsible // the first leads
	ResponsibleTitle fault.Text
	Tasks            []TaskStep // the steps the law names one by one; often none: see Steps

	Verified   Verified
	Confidence Confidence
	Sources    []Source
	Notes      fault.Text // doubts, sizes, limits; in both languages or zero
}

// Where is one level at which a rule exists, and in which of its areas.
type Where struct {
	Level     area.Level
	Condition Condition
}

// Responsible is a body that answers for a rule: of the milestone's own area,
// or of the area of a named level above it.
type Responsible struct {
	Body  Body
	Own   bool
	Level area.Level // only when not Own
}

// TaskStep is one step of a rule, and the pattern of one task.
type TaskStep struct {
	Key   string
	Title fault.Text
}

// OnlyStep is the key of the one task of a rule whose steps the law does not name.
const OnlyStep = "duty"

// Anchor says how a day follows from another.
type Anchor struct {
	Kind       AnchorKind
	Milestone  string      // with OnMilestone: a rule's key, {level} being the area's own level
	Occurrence *Occurrence // with OnOccurrenceDay
	Date       civil.Date  // with OnDate
	Days       int         // signed; none with OnVotingOpens and OnDate
	Hours      int         // signed; only with OnVotingOpens
	Clock      civil.Clock // the hour of the day; none: the whole day
	// Only with OnElectionDay: where the place votes later, or again, it is
	// counted from the last of these days instead. OrVotingDay: its own voting
	// day; OrLast: rules that occur (a re-vote).
	OrVotingDay bool
	OrLast      []RuleKey
}

// Phase is a stretch of an election; families are grouped by it.
type Phase struct {
	Key   string
	Order int // from zero
	Title fault.Text
}

// Family joins the same rule at several levels: one column of a matrix.
type Family struct {
	Key   string
	Order int // from zero
	Phase *Phase
	Title fault.Text
}

// Occurrence is something that can happen and brings duties with it.
type Occurrence struct {
	Key   string
	Title fault.Text
}

// Source is a page that a rule was found on.
type Source struct {
	Key string
	// Address of the page, or in words what is known of it.
	Address string
}

// Linkable says that the address can be followed.
func (s Source) Linkable() bool {
	return (strings.HasPrefix(s.Address, "https://") || strings.HasPrefix(s.Address, "http://")) &&
		!strings.ContainsAny(s.Address, " ()*")
}

// Steps lists the tasks of a rule: the steps the law names, or one step
// [OnlyStep] with the rule's own title, or none where nothing is to be done.
func (r *Rule) Steps() []TaskStep {
	switch {
	case !r.Nature.HasTasks():
		return nil
	case len(r.Tasks) > 0:
		return r.Tasks
	}
	return []TaskStep{{Key: OnlyStep, Title: r.Title}}
}

// ConditionAt says under which condition the rule exists at a level, and false
// when it does not exist there at all.
func (r *Rule) ConditionAt(l area.Level) (Condition, bool) {
	for _, w := range r.Where {
		if w.Level == l {
			return w.Condition, true
		}
	}
	return 0, false
}

// AppliesTo says that the rule exists in a place: its level and its condition
// say so, and somebody votes there.
func (r *Rule) AppliesTo(p Place) bool {
	c, ok := r.ConditionAt(p.Level)
	return ok && c.holdsIn(p)
}

// Anchors lists the rules whose milestones the rule is counted from in an area
// of the given level.
func (r *Rule) Anchors(level area.Level) []RuleKey {
	var keys []RuleKey
	for _, a := range []*Anchor{r.Start, r.End} {
		if a != nil && a.Kind == OnMilestone && !slices.Contains(keys, at(a.Milestone, level)) {
			keys = append(keys, at(a.Milestone, level))
		}
	}
	return keys
}

// LaterVotes lists the rules that occur from whose last day the rule is counted
// where there was one.
func (r *Rule) LaterVotes() []RuleKey {
	var keys []RuleKey
	for _, a := range r.anchors() {
		for _, key := range a.OrLast {
			if !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		}
	}
	return keys
}

// CountsFromVoting says that a date of the rule is counted from the area's own
// voting day or from the opening of its polls, so that both move with them.
func (r *Rule) CountsFromVoting() bool {
	for _, a := range r.anchors() {
		if a.Kind == OnVotingDay || a.Kind == OnVotingOpens || a.OrVotingDay {
			return true
		}
	}
	return false
}

// BelongsTo says that the rule is one of a given election.
func (r *Rule) BelongsTo(election string) bool {
	return len(r.OnlyFor) == 0 || slices.Contains(r.OnlyFor, election)
}

// OneSource says that no second, independent source is on record for the rule:
// it was verified once, or only one source is listed.
func (r *Rule) OneSource() bool { return r.Verified == Once || len(r.Sources) < 2 }

func (c Condition) holdsIn(p Place) bool {
	switch {
	case !p.Voters:
		return false
	case c == Council:
		return p.Council
	case c == NoCommune:
		return !p.Communes
	}
	return c == Always
}

// at writes a pattern for one level: {level} becomes the level's name.
func at(pattern string, l area.Level) RuleKey {
	return RuleKey(strings.ReplaceAll(pattern, levelMark, l.String()))
}
