package tracker

import (
	"maps"
	"slices"
	"time"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/statute"
)

// Act is one act by one actor: from rows as they are now to the changes it
// makes. It is pure: it reads no clock and no database, and may be run again.
type Act struct {
	Frame *Frame
	Actor Actor
	Now   time.Time
	Today civil.Date

	records    Ledger
	voting     map[area.Code]statute.Voting
	votingDays map[area.Code]VotingDay
	documents  map[string]Document
	entered    []string // subjects of records
	knows      bool     // the election as it is now
	changes    []Change
	kept       []kept
	plans      map[string]Plan
	together   bool  // see Together
	undo       *undo // while something is tried
	notes      Notes
}

// EveryOccurrence stands for all occurrences that there are, where an act says
// which milestones it needs.
const EveryOccurrence = -1

// Needs is what an act has to see, locked against others.
type Needs struct {
	Milestones []MilestoneID
	// Areas of which all milestones are needed. No other act that needs them can
	// add one meanwhile, so that [Act.Occur] counts right.
	Areas []area.Code
	// VotingDays: areas of which it is needed what was decided of their voting
	// day. No two acts about one area run at a time, as both need its milestones.
	VotingDays []area.Code
	// Documents that the act names, by their keys; those that are not there are
	// not found.
	Documents []string
	// Notes: the milestones whose notes are needed; they need the milestones too, so
	// that no two acts about the notes of one run at a time.
	Notes []MilestoneID
	// Election: the election itself, to move it or to enter a record.
	Election bool
	// Plans: all local plans, to change one or to make keys for another. Needs
	// Election as well, so that no two such acts run at a time.
	Plans bool
}

// Found is what the store found of the needs.
type Found struct {
	Records []Record
	// Voting days in force of the areas concerned and of those above them.
	Voting map[area.Code]statute.Voting
	// VotingDays and Documents that were needed, as far as they are there.
	VotingDays []VotingDay
	Documents  []Document
	Notes      Notes
	// Election as it is now; nil when it was not needed.
	Election *Present
	// Plans are all local plans by their keys, when they were needed.
	Plans map[string]Plan
}

// Present is what changes of an election itself.
type Present struct {
	State   ElectionState
	Entered []string // the subjects of the records that have been entered
}

// Begin makes an act over what was found.
func Begin(f *Frame, actor Actor, now time.Time, zone *time.Location, found Found) *Act {
	a := &Act{Frame: f, Actor: actor, Now: now, Today: civil.Of(now, zone), records: Ledger{}, voting: found.Voting, plans: maps.Clone(found.Plans), notes: Notes{}}
	maps.Copy(a.notes, found.Notes)
	for _, r := range found.Records {
		a.records.Put(r)
	}
	a.votingDays, a.documents = map[area.Code]VotingDay{}, map[string]Document{}
	for _, v := range found.VotingDays {
		a.votingDays[v.Area] = v
	}
	for _, d := range found.Documents {
		a.documents[d.Key] = d
	}
	if e := found.Election; e != nil {
		a.Frame, a.entered, a.knows = f.In(e.State), e.Entered, true
	}
	return a
}

// Changes are what the act has decided so far, in their order. Revisions are
// given by the store.
func (a *Act) Changes() []Change { return a.changes }

// Together says that what the act has done is one set: each of its changes that
// is an act of its own has the first of them as its cause. What follows from one
// names that one, so that it is taken back with it alone.
func (a *Act) Together() bool { return a.together }

// Record is a milestone as the act has left it.
func (a *Act) Record(id MilestoneID) (Record, error) {
	r, err := a.record(id)
	if err != nil {
		return Record{}, err
	}
	return *r, nil
}

func (a *Act) record(id MilestoneID) (*Record, error) {
	if r := a.records[id]; r != nil {
		return r, nil
	}
	if _, err := a.Frame.List.Get(id.Area); err != nil {
		return nil, err
	}
	return nil, milestoneNotFound(id.Area, id.Name())
}

// emit enters a change and applies it to what the act sees, so that the next
// step of the same act stands on it.
func (a *Act) emit(c Change) error {
	if c.Happened.IsZero() {
		c.Happened = a.Today
	}
	if c.Happened.After(a.Today) {
		return fault.New(fault.Invalid, "happened-in-the-future",
			"Ngày %s chưa đến (hôm nay là %s)", "The day %s is in the future; today is %s",
			c.Happened.Vietnamese(), a.Today.Vietnamese()).At("/happened_on")
	}
	c.Election, c.Actor, c.Recorded = a.Frame.Election.ID, a.Actor.recorded(), a.Now
	a.changes = append(a.changes, c)
	if a.undo != nil {
		a.undo.remember(a.records, c.Milestone)
	}
	a.records.Apply(&c)
	return nil
}

func (a *Act) votingOf(code area.Code) statute.Voting { return a.voting[code] }

func (a *Act) chain(code area.Code) (int, []statute.Place, error) {
	i, ok := a.Frame.List.Index(code)
	if !ok {
		_, err := a.Frame.List.Get(code)
		return 0, nil, err
	}
	return i, a.Frame.Chain(i, a.votingOf), nil
}

// doneDay is the day a milestone was done on, when that day is known; of a rule
// that occurs, the day of the last vote under it.
func (a *Act) doneDay(code area.Code, key statute.RuleKey) civil.Date {
	if rule, err := a.Frame.Rulebook.Rule(key); err == nil && rule.Nature == statute.OnOccurrence {
		return a.lastVote(code, key)
	}
	if r := a.records[MilestoneID{Area: code, Key: MilestoneKey(key)}]; r != nil {
		return r.Milestone.DoneOn
	}
	return civil.Date{}
}

// follow computes the open milestones again whose dates hang on the given one,
// and those that hang on them.
func (a *Act) follow(id MilestoneID) error {
	for _, d := range Dependents(a.Frame, id) {
		moved, err := a.recompute(d)
		if err != nil {
			return err
		}
		if moved {
			if err := a.follow(d); err != nil {
				return err
			}
		}
	}
	return nil
}

// reopened brings a milestone that was closed up to date: what its dates hang on
// may have moved meanwhile.
func (a *Act) reopened(id MilestoneID, wasOpen bool) error {
	if wasOpen || id.Occurrence != 0 {
		return nil
	}
	_, err := a.recompute(id)
	return err
}

// recompute moves an open milestone to the dates that now follow for it. One
// that is done keeps its dates; where the day it was done on is outside those
// that now follow, that is noted for the act's effect.
func (a *Act) recompute(id MilestoneID) (moved bool, err error) {
	r := a.records[id]
	if r == nil || r.Milestone.Local() || !r.Milestone.Work.Open() && r.Milestone.Work != Done {
		return false, nil
	}
	_, chain, err := a.chain(id.Area)
	if err != nil {
		return false, err
	}
	if id.Occurrence == 0 && !a.Frame.Rulebook.Schedules(r.Milestone.Rule(), a.Frame.Law(), chain[0]) {
		return false, nil // of a rule that an amendment took away: it keeps its dates
	}
	d, err := a.Frame.Rulebook.Deadline(r.Milestone.Rule(), a.Frame.Law(), chain, a.doneDay, a.occurred(&r.Milestone))
	if err != nil {
		return false, err
	}
	next := r.Milestone
	next.Dates, next.RulebookVersion = datesOf(d), a.Frame.Rulebook.Version()
	if next.Dates == r.Milestone.Dates {
		return false, nil
	}
	if !next.Work.Open() {
		a.kept = append(a.kept, kept{id: id, was: r.Milestone, next: next})
		return false, nil
	}
	// What moves it happened on the day of the change before.
	happened := a.changes[len(a.changes)-1].Happened
	return true, a.emit(Change{
		Kind: MilestoneMoved, Milestone: id, Happened: happened,
		Before: State{Milestone: milestoneState(&r.Milestone)}, After: State{Milestone: milestoneState(&next)},
	})
}

// Dependents lists the milestones whose dates hang directly on the given one:
// in its own area, and in the areas below for which it is the nearest.
func Dependents(f *Frame, id MilestoneID) []MilestoneID {
	at, ok := f.List.Index(id.Area)
	if !ok {
		return nil
	}
	var all []MilestoneID
	key := statute.RuleKey(id.Key)
	for _, rule := range f.Rulebook.Dependents(key) {
		if rule.Nature == statute.OnOccurrence {
			continue // nothing is scheduled; what has occurred was counted then
		}
		if id.Occurrence != 0 { // a later vote concerns its own area only
			if rule.AppliesTo(f.Place(at, nil)) && slices.Contains(rule.LaterVotes(), key) {
				all = append(all, MilestoneID{Area: id.Area, Key: MilestoneKey(rule.Key)})
			}
			continue
		}
		_, last := f.List.Descendants(at)
		for i := at; i < last; i++ {
			place := f.Place(i, nil)
			// At another level the same rule may hang on another milestone.
			if rule.AppliesTo(place) && slices.Contains(rule.Anchors(place.Level), key) && (i == at || !f.nearer(i, at, key)) {
				all = append(all, MilestoneID{Area: place.Code, Key: MilestoneKey(rule.Key)})
			}
		}
	}
	return all
}

// nearer says that some area from i up to, but without, top has the rule itself.
func (f *Frame) nearer(i, top int, key statute.RuleKey) bool {
	rule, err := f.Rulebook.Rule(key)
	if err != nil {
		return false
	}
	for ; i != top && i >= 0; i = f.List.Parent(i) {
		if rule.AppliesTo(f.Place(i, nil)) {
			return true
		}
	}
	return false
}

// Reach is what has to be seen to change milestones: themselves, all that hangs
// on them, and what those hang on besides.
func Reach(f *Frame, ids ...MilestoneID) Needs { return reach(f, ids, ids) }

// reach is Reach, where only some may come to be done: what guards hold others
// together with is not asked for (see ordered).
func reach(f *Frame, ids, ending []MilestoneID) Needs {
	seen := make(map[MilestoneID]bool, len(ids))
	order := make([]MilestoneID, 0, len(ids))
	add := func(all []MilestoneID) {
		for _, id := range all {
			if !seen[id] {
				seen[id] = true
				order = append(order, id)
			}
		}
	}
	add(ids)
	for k := 0; k < len(order); k++ {
		add(Dependents(f, order[k]))
	}
	for _, id := range ending {
		add(partners(f, id))
	}
	for k := 0; k < len(order); k++ {
		add(anchors(f, order[k]))
	}
	// What is asked for as one of all is not asked for twice.
	return Needs{Milestones: slices.DeleteFunc(order, func(id MilestoneID) bool {
		every := MilestoneID{Area: id.Area, Key: id.Key, Occurrence: EveryOccurrence}
		return id != every && seen[every]
	})}
}

// anchors lists the milestones that the dates of the given one hang on
// directly: each in its own area, or in the nearest above that has it; and the
// later votes of the area.
func anchors(f *Frame, id MilestoneID) []MilestoneID {
	at, ok := f.List.Index(id.Area)
	rule, err := f.Rulebook.Rule(statute.RuleKey(id.Key))
	if !ok || err != nil {
		return nil
	}
	var all []MilestoneID
	for _, key := range rule.Anchors(f.List.At(at).Level) {
		anchor, err := f.Rulebook.Rule(key)
		for i := at; err == nil && i >= 0; i = f.List.Parent(i) {
			if place := f.Place(i, nil); anchor.AppliesTo(place) {
				all = append(all, MilestoneID{Area: place.Code, Key: MilestoneKey(key)})
				break
			}
		}
	}
	for _, key := range rule.LaterVotes() {
		all = append(all, MilestoneID{Area: id.Area, Key: MilestoneKey(key), Occurrence: EveryOccurrence})
	}
	return all
}
