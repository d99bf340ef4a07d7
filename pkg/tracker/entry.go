package tracker

import (
	"errors"
	"iter"
	"slices"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/statute"
)

// Body is an organ of an area. Persons are not stored, only their offices.
type Body struct {
	Key        string     `json:"key"`
	Kind       string     `json:"kind"` // closed list of the rulebook
	Form       string     `json:"form"` // what it is: standing_board, steering_committee …
	Name       fault.Text `json:"name"`
	Area       area.Code  `json:"area"`
	SetUpBy    string     `json:"set_up_by,omitempty"` // a document
	HeadOffice string     `json:"head_office,omitempty"`
	Source     string     `json:"source,omitempty"`
	Note       string     `json:"note,omitempty"`
	Revision   Revision   `json:"-"`
}

// Plan is a local plan. Its lines make milestones of what the law does not know.
type Plan struct {
	Key       string        `json:"key"`
	Area      area.Code     `json:"area"`
	Title     fault.Text    `json:"title"`
	Documents []string      `json:"documents,omitempty"`
	Contents  []PlanHeading `json:"contents,omitempty"`
	Lines     []PlanLine    `json:"lines"`
	Source    string        `json:"source,omitempty"`
	Withdrawn *Withdrawal   `json:"withdrawn,omitempty"`
	// Revision is when it was changed last, Entered when it was entered.
	Revision Revision `json:"-"`
	Entered  Revision `json:"-"`
}

// PlanHeading is one of the plan's own headings, with the milestones, of the
// plan or of the law, that carry it out.
type PlanHeading struct {
	Title      fault.Text     `json:"title"`
	Milestones []MilestoneKey `json:"milestones"`
}

// PlanLine is one line of a local plan, for the areas it names.
type PlanLine struct {
	Key         MilestoneKey  `json:"key"`
	Title       fault.Text    `json:"title"`
	Phase       string        `json:"phase"`
	Nature      string        `json:"nature"`
	Areas       []area.Code   `json:"areas"`
	NotBefore   civil.Date    `json:"not_before,omitzero"`
	Latest      civil.Date    `json:"latest,omitzero"`
	Elections   []string      `json:"elections,omitempty"`
	Responsible []Responsible `json:"responsible,omitempty"`
	Bodies      []string      `json:"bodies,omitempty"`
	Steps       []PlanStep    `json:"steps,omitempty"`
	Silent      bool          `json:"silent,omitempty"`
	Document    string        `json:"document,omitempty"`
	Source      string        `json:"source,omitempty"`
	Note        string        `json:"note,omitempty"`
	// Withdrawn: the line was taken out of the plan; Areas stay those it had.
	Withdrawn *Withdrawal `json:"withdrawn,omitempty"`
	Entered   Revision    `json:"-"`
}

// Responsible is a kind of body and the level whose body it is ("own": the
// milestone's area).
type Responsible struct {
	Body  string `json:"body"`
	Level string `json:"level"`
}

// PlanStep is one task of a line.
type PlanStep struct {
	Key    TaskKey    `json:"key"`
	Title  fault.Text `json:"title"`
	Bodies []string   `json:"bodies,omitempty"`
}

// Statement is what a source says of a branch without naming single areas
// (then DoneBy is a day), or what is known of one area without a day.
type Statement struct {
	Key      string     `json:"key"`
	Area     area.Code  `json:"area"`
	Rules    []string   `json:"rules"`
	DoneBy   civil.Date `json:"done_by,omitzero"`
	Document string     `json:"document,omitempty"`
	Source   string     `json:"source,omitempty"`
	Note     string     `json:"note,omitempty"`
	Revision Revision   `json:"-"`
}

// Records are the milestones that the plan's lines make, at a revision.
func (p *Plan) Records(r Revision) iter.Seq[Record] {
	return func(yield func(Record) bool) {
		for i := range p.Lines {
			for _, code := range p.Lines[i].Areas {
				if !yield(p.Lines[i].record(code, r)) {
					return
				}
			}
		}
	}
}

func (l *PlanLine) record(code area.Code, r Revision) Record {
	rec := Record{Milestone: Milestone{
		ID: MilestoneID{Area: code, Key: l.Key}, Silent: l.Silent, Revision: r,
		Dates: Dates{
			NotBefore: civil.Whole(l.NotBefore), Latest: civil.Whole(l.Latest),
			NotBeforeFrom: l.NotBefore, LatestFrom: l.Latest,
		},
	}}
	nature, err := statute.ParseNature(l.Nature)
	if err != nil || !nature.HasTasks() {
		return rec
	}
	steps := l.Steps
	if len(steps) == 0 {
		steps = []PlanStep{{Key: statute.OnlyStep, Title: l.Title}}
	}
	for k, s := range steps {
		rec.Tasks = append(rec.Tasks, Task{Key: s.Key, Position: k, Title: s.Title, Bodies: s.Bodies, Revision: r})
	}
	return rec
}

// AddBody enters a body.
func (a *Act) AddBody(b Body) error {
	var wrong faults
	wrong.bodyKind("/kind", b.Kind)
	if err := wrong.err(); err != nil {
		return err
	}
	return a.emit(Change{Kind: BodyAdded, Milestone: MilestoneID{Area: b.Area}, Subject: b.Key, After: State{Body: &b}})
}

// AddPlan enters a local plan and creates its milestones.
func (a *Act) AddPlan(p Plan, happened civil.Date) error {
	var wrong faults
	wrong.plan(a.Frame.Rulebook, &p)
	if err := wrong.err(); err != nil {
		return err
	}
	for i := range p.Lines {
		if _, err := a.Frame.Rulebook.Rule(statute.RuleKey(p.Lines[i].Key)); err == nil {
			return fault.New(fault.Conflict, "plan-line-is-a-rule",
				"Dòng %q của kế hoạch trùng khóa với một quy định của luật", "Line %q of the plan has the key of a rule of the law", p.Lines[i].Key)
		}
	}
	if err := a.emit(Change{Kind: PlanAdded, Milestone: MilestoneID{Area: p.Area}, Subject: p.Key, Happened: happened, After: State{Plan: &p}}); err != nil {
		return err
	}
	a.keep(p)
	return nil
}

// AddStatement enters what a source says.
func (a *Act) AddStatement(s Statement) error {
	return a.emit(Change{
		Kind: StatementAdded, Milestone: MilestoneID{Area: s.Area}, Subject: s.Key,
		Happened: s.DoneBy, After: State{Statement: &s},
	})
}

// errElectionNotNeeded: the frame's state may be an old one.
var errElectionNotNeeded = errors.New("tracker: an act about the election itself has to say so in its Needs")

// Move brings the election into another state of its life, on a day (none:
// today). The act has to need the election.
func (a *Act) Move(s ElectionState, happened civil.Date) error {
	if !a.knows {
		return errElectionNotNeeded
	}
	if a.Frame.Election.State == s {
		return nil
	}
	before, after := a.Frame.Election, a.Frame.Election
	after.State = s
	a.Frame = a.Frame.In(s)
	return a.emit(Change{
		Kind: ElectionMoved, Milestone: MilestoneID{Area: area.Nation}, Happened: happened,
		Before: State{Election: &OpenedState{Election: before}}, After: State{Election: &OpenedState{Election: after}},
	})
}

// HasEntered says that a record of this name has been entered. The act has to
// need the election.
func (a *Act) HasEntered(subject string) bool { return slices.Contains(a.entered, subject) }

// EnterRecord notes that all that is known up to today has been entered, so
// that it is not entered again. The act has to need the election.
func (a *Act) EnterRecord(subject string) error {
	if !a.knows {
		return errElectionNotNeeded
	}
	a.entered = append(slices.Clone(a.entered), subject)
	return a.emit(Change{Kind: RecordEntered, Milestone: MilestoneID{Area: area.Nation}, Subject: subject})
}
