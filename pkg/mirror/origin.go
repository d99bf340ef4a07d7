package mirror

import (
	"cmp"
	"maps"
	"slices"
	"sync/atomic"

	"tiendo/pkg/fault"
	"tiendo/pkg/statute"
	"tiendo/pkg/tracker"
)

// Ref finds the [Origin] of a milestone in any view of its election; it never
// changes while a program runs, and means nothing outside of it.
type Ref uint32

// Binding is what sets a milestone's dates.
type Binding uint8

// The bindings.
const (
	ByLaw Binding = iota + 1
	ByPlan
)

var bindingNames = [...]string{"", "law", "plan"}

func (b Binding) String() string { return bindingNames[b] }

// Origin is what milestones are of: a rule of the law, or a line of a local
// plan. It is shared by all of them and never changes.
type Origin struct {
	Ref     Ref
	Key     tracker.MilestoneKey
	Binding Binding
	// Rule is nil for a line of a plan; Plan and Line are nil for a rule.
	Rule *statute.Rule
	Plan *tracker.Plan
	Line *tracker.PlanLine

	Title       fault.Text
	Phase       string // key of a phase of the rulebook
	PhaseOrder  int    // from zero; a phase that the rulebook lacks comes last
	Family      string // empty for a line of a plan
	Nature      statute.Nature
	Elections   []string              // whose elections it serves
	Responsible []tracker.Responsible // the first leads
	// ResponsibleText says in words who is responsible; empty for a line of a plan.
	ResponsibleText fault.Text
	OneSource       bool

	steps []tracker.TaskKey // the tasks it begins with

	written atomic.Pointer[[]byte]
}

// Written is what write makes of the origin, made once and kept as long as the
// origin is: whoever answers with milestones writes what all of an origin share
// only once, and what he wrote goes when the mirror reads the election anew.
// There is room for one form; write has to give the same whenever it is called.
func (o *Origin) Written(write func(*Origin) ([]byte, error)) ([]byte, error) {
	if b := o.written.Load(); b != nil {
		return *b, nil
	}
	b, err := write(o)
	if err != nil {
		return nil, err
	}
	o.written.Store(&b)
	return b, nil
}

// shape is what an election's milestones are of. It is immutable: a plan that
// is added or changed makes a new one, in which every Ref keeps its meaning. A
// line is never lost: what was planned stays to be looked at.
type shape struct {
	origins []*Origin // by Ref
	refs    map[tracker.MilestoneKey]Ref
	plans   []tracker.Plan // in the order in which they were entered
}

// newShape holds the rules of the law, those that only former frames had, and the
// lines of the given plans, in the order in which they came to the election: so
// every Ref keeps its meaning. Rules are as the latest frame that has them says.
func newShape(f *tracker.Frame, former []*tracker.Frame, plans []tracker.Plan) (*shape, error) {
	s := &shape{refs: make(map[tracker.MilestoneKey]Ref, len(f.Rulebook.Rules()))}
	s.plans = slices.Clone(plans)
	slices.SortStableFunc(s.plans, func(a, b tracker.Plan) int { return cmp.Compare(a.Entered, b.Entered) })
	var lines []*Origin
	for i := range s.plans {
		more, err := planOrigins(f, &s.plans[i])
		if err != nil {
			return nil, err
		}
		lines = append(lines, more...)
	}
	// A line that was added to a plan later comes after what was there by then.
	slices.SortStableFunc(lines, func(a, b *Origin) int { return cmp.Compare(a.Line.Entered, b.Line.Entered) })
	for _, stood := range append(slices.Clip(former), f) {
		for len(lines) > 0 && lines[0].Line.Entered < stood.Amended {
			s.put(lines[0])
			lines = lines[1:]
		}
		for _, r := range stood.Rulebook.Rules() {
			s.put(ruleOrigin(r))
		}
	}
	for _, o := range lines {
		s.put(o)
	}
	if len(former) > 0 {
		s.begin(former[0].Rulebook)
	}
	return s, nil
}

// begin gives the origins the tasks that their milestones were opened with.
func (s *shape) begin(opened *statute.Rulebook) {
	for _, r := range opened.Rules() {
		s.origins[s.refs[tracker.MilestoneKey(r.Key)]].steps = ruleOrigin(r).steps
	}
}

// with is the shape with one plan more, or with one as it is now.
func (s *shape) with(f *tracker.Frame, c *tracker.Change) (*shape, error) {
	next := &shape{origins: slices.Clone(s.origins), refs: maps.Clone(s.refs), plans: slices.Clone(s.plans)}
	at := slices.IndexFunc(next.plans, func(p tracker.Plan) bool { return p.Key == c.After.Plan.Key })
	if at < 0 {
		next.plans = append(next.plans, c.After.Plan.At(c.Revision, nil))
		at = len(next.plans) - 1
	} else {
		next.plans[at] = c.After.Plan.At(c.Revision, &s.plans[at])
	}
	p := next.plans[at]
	lines, err := planOrigins(f, &p)
	if err != nil {
		return nil, err
	}
	for _, o := range lines {
		next.put(o)
	}
	return next, nil
}

func planOrigins(f *tracker.Frame, p *tracker.Plan) ([]*Origin, error) {
	var lines []*Origin
	for i := range p.Lines {
		o, err := lineOrigin(f, p, &p.Lines[i])
		if err != nil {
			return nil, err
		}
		lines = append(lines, o)
	}
	return lines, nil
}

// put enters an origin; one of the same key keeps its Ref.
func (s *shape) put(o *Origin) {
	if ref, ok := s.refs[o.Key]; ok {
		o.Ref = ref
		s.origins[ref] = o
		return
	}
	o.Ref = Ref(len(s.origins))
	s.origins = append(s.origins, o)
	s.refs[o.Key] = o.Ref
}

func ruleOrigin(r *statute.Rule) *Origin {
	o := &Origin{
		Key: tracker.MilestoneKey(r.Key), Binding: ByLaw, Rule: r, Title: r.Title,
		Phase: r.Phase.Key, PhaseOrder: r.Phase.Order, Family: r.Family.Key, Nature: r.Nature,
		ResponsibleText: r.ResponsibleTitle, OneSource: r.OneSource(),
	}
	for _, a := range r.Serves {
		o.Elections = append(o.Elections, a.String())
	}
	for _, b := range r.Responsible {
		level := "own"
		if !b.Own {
			level = b.Level.String()
		}
		o.Responsible = append(o.Responsible, tracker.Responsible{Body: b.Body.String(), Level: level})
	}
	for _, s := range r.Steps() {
		o.steps = append(o.steps, tracker.TaskKey(s.Key))
	}
	return o
}

func lineOrigin(f *tracker.Frame, p *tracker.Plan, l *tracker.PlanLine) (*Origin, error) {
	nature, err := statute.ParseNature(l.Nature)
	if err != nil {
		return nil, broken("plan %s, line %s: %v", p.Key, l.Key, err)
	}
	phases := f.Rulebook.Phases()
	order := slices.IndexFunc(phases, func(x *statute.Phase) bool { return x.Key == l.Phase })
	if order < 0 {
		order = len(phases)
	}
	o := &Origin{
		Key: l.Key, Binding: ByPlan, Plan: p, Line: l, Title: l.Title, Phase: l.Phase, PhaseOrder: order,
		Nature: nature, Elections: l.Elections, Responsible: l.Responsible,
		// A local plan is on record once: in the source that tells of it.
		OneSource: true,
	}
	if !nature.HasTasks() {
		return o, nil
	}
	for _, s := range l.Steps {
		o.steps = append(o.steps, s.Key)
	}
	if len(o.steps) == 0 {
		o.steps = []tracker.TaskKey{statute.OnlyStep}
	}
	return o, nil
}
