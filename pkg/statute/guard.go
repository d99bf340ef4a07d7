package statute

import (
	"tiendo/pkg/area"
	"tiendo/pkg/fault"
)

// Relation is what a guard holds two days to.
type Relation uint8

// The relations.
const (
	// NotBeforeFirst: what comes then was not done before what comes first was; on
	// the same day it may have been.
	NotBeforeFirst Relation = iota + 1
	// AfterFirst: it was done on a later day.
	AfterFirst
	// ByDocument: it is done by a document, so that it cannot have been done before
	// the document's day.
	ByDocument
	// FromFirstDay: it cannot have been done before its own first day.
	FromFirstDay
	// FromElectionDay: it cannot have been done before election day.
	FromElectionDay
)

var relationNames = []string{"", "not_before", "after", "by_document", "from_first_day", "from_election_day"}

// ParseRelation reads a relation's name as rulebooks write it.
func ParseRelation(s string) (Relation, error) {
	return parse[Relation]("relation", relationNames, s)
}

func (r Relation) String() string { return name(relationNames, r) }

// Pairs says that the relation is between two milestones.
func (r Relation) Pairs() bool { return r == NotBeforeFirst || r == AfterFirst }

// Side is where, seen from the area of what comes then, that is which comes first.
type Side uint8

// The sides.
const (
	// Same area.
	Same Side = iota + 1
	// Above: in the nearest area above that has it.
	Above
	// Below: in every area below for which the later one is the nearest.
	Below
)

var sideNames = []string{"", "same", "above", "below"}

// ParseSide reads a side's name as rulebooks write it.
func ParseSide(s string) (Side, error) { return parse[Side]("side", sideNames, s) }

func (s Side) String() string { return name(sideNames, s) }

// Force is what becomes of a report that a guard speaks against.
type Force uint8

// The forces.
const (
	// Refuses: it cannot be true.
	Refuses Force = iota + 1
	// Warns: it is unusual, and possible.
	Warns
)

var forceNames = []string{"", "refuse", "warn"}

// ParseForce reads a force's name as rulebooks write it.
func ParseForce(s string) (Force, error) { return parse[Force]("force", forceNames, s) }

func (f Force) String() string { return name(forceNames, f) }

// Guard is an order in time that the law, or the nature of things, leaves no
// other way: who reports otherwise has mistaken a day. It speaks of families, so
// that one guard holds at every level.
type Guard struct {
	Key      string
	Title    fault.Text // the order in one sentence
	Basis    Citation
	Relation Relation
	First    *Family // only with relations of two milestones, as is Where
	Then     *Family
	Where    Side
	Force    Force
}

// Guards lists the guards in the order of their file.
func (b *Rulebook) Guards() []*Guard { return b.guards }

// GuardsOf lists the guards that speak of a family, as what comes first or then.
func (b *Rulebook) GuardsOf(f *Family) []*Guard { return b.guardsOf[f] }

// Member is the rule of a family at a level; nil where it has none. Only of
// families that guards speak of, which have one rule at a level at most.
func (b *Rulebook) Member(f *Family, l area.Level) *Rule {
	for _, r := range b.rules {
		if _, here := r.ConditionAt(l); here && r.Family == f {
			return r
		}
	}
	return nil
}

type guardForm struct {
	titleForm
	citationForm
	Relation string `json:"relation"`
	First    string `json:"first"`
	Then     string `json:"then"`
	Where    string `json:"where"`
	Force    string `json:"force"`
}

// guards reads the guards, once the rules are there.
func (r *reader) guards(all []guardForm) {
	seen := map[string]bool{}
	for i := range all {
		f := &all[i]
		where := "guards/" + f.Key
		r.key("guards", f.Key, seen)
		g := &Guard{Key: f.Key, Title: r.title(where, f.TitleVi, f.TitleEn), Basis: r.citation(where, f.citationForm)}
		var err error
		g.Relation, err = ParseRelation(f.Relation)
		r.Because(where+"/relation", err)
		g.Force, err = ParseForce(f.Force)
		r.Because(where+"/force", err)
		g.Then = r.guarded(where+"/then", f.Then)
		switch pair := g.Relation.Pairs(); {
		case pair:
			g.First = r.guarded(where+"/first", f.First)
			g.Where, err = ParseSide(f.Where)
			r.Because(where+"/where", err)
		case f.First != "" || f.Where != "":
			r.Broken(where+"/first", "quan hệ %s chỉ nói về một mốc: bỏ first và where", "relation %s speaks of one milestone: leave first and where out", g.Relation)
		}
		if r.Err() == nil {
			r.guardFits(where, g)
			r.book.guards = append(r.book.guards, g)
		}
	}
}

// guarded is a family that a guard may speak of: of duties and events, with one
// rule at a level at most.
func (r *reader) guarded(where, key string) *Family {
	f := r.family(where, key)
	levels := map[area.Level]bool{}
	for _, rule := range r.book.rules {
		if f == nil || rule.Family != f {
			continue
		}
		if !rule.Nature.HasTasks() || rule.Nature == OnOccurrence || rule.Occasion != General {
			r.Broken(where, "%q không phải việc có ngày hoàn thành trong tổng tuyển cử", "%q is no work of a general election that is done on a day", rule.Key)
		}
		for _, w := range rule.Where {
			if levels[w.Level] {
				r.Broken(where, "nhóm %q có hai quy tắc ở cùng cấp", "family %q has two rules at one level", key)
			}
			levels[w.Level] = true
		}
	}
	return f
}

// guardFits checks that what the guard speaks of can meet.
func (r *reader) guardFits(where string, g *Guard) {
	switch g.Relation {
	case FromFirstDay:
		for _, rule := range r.book.rules {
			if rule.Family == g.Then && rule.Start == nil {
				r.Broken(where+"/then", "%q không có ngày đầu", "%q has no first day", rule.Key)
			}
		}
	case NotBeforeFirst, AfterFirst:
		if g.First == g.Then && g.Where == Same {
			r.Broken(where+"/first", "hai mốc là một", "the two milestones are the same")
		}
		if !r.book.meet(g) {
			r.Broken(where+"/where", "hai nhóm không gặp nhau ở vị trí %q", "the two families do not meet %s", g.Where)
		}
	}
}

func (b *Rulebook) meet(g *Guard) bool {
	for _, then := range b.levels {
		for _, first := range b.levels {
			placed := g.Where == Same && first == then || g.Where == Above && first < then || g.Where == Below && first > then
			if placed && b.Member(g.First, first) != nil && b.Member(g.Then, then) != nil {
				return true
			}
		}
	}
	return false
}

// guard notes of which families the guards speak.
func (b *Rulebook) guard() {
	b.guardsOf = map[*Family][]*Guard{}
	for _, g := range b.guards {
		b.guardsOf[g.Then] = append(b.guardsOf[g.Then], g)
		if g.First != nil && g.First != g.Then {
			b.guardsOf[g.First] = append(b.guardsOf[g.First], g)
		}
	}
}
