package tracker

import (
	"fmt"
	"slices"
	"time"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/statute"
)

// Opening is an election to be opened. What it creates is derived from it:
// every scheduled rule in every area where the law has it, with its tasks.
// Voting days of single areas come afterwards, as changes.
type Opening struct {
	Frame      *Frame
	Exceptions []Exception
	Sources    map[string]string // key to address, for what is entered later
}

// NewOpening checks that the parts of an election fit together.
func NewOpening(e Election, rb *statute.Rulebook, list *area.List, exceptions []Exception, sources map[string]string) (*Opening, error) {
	e.RulebookVersion, e.Edition = rb.Version(), list.Edition()
	if e.Day.IsZero() {
		return nil, fault.New(fault.Invalid, "election-day-missing", "Cuộc bầu cử %s chưa có ngày bầu cử", "Election %s has no election day", e.ID)
	}
	if err := fitting(rb, list); err != nil {
		return nil, err
	}
	for _, x := range exceptions {
		if _, err := list.Get(x.Area); err != nil {
			return nil, err
		}
	}
	return &Opening{Frame: NewFrame(e, rb, list, exceptions), Exceptions: exceptions, Sources: sources}, nil
}

// fitting says whether the law knows every level of the list. No rulebook has
// polling areas: their milestones are kept at the commune.
func fitting(rb *statute.Rulebook, list *area.List) error {
	levels := rb.Levels()
	for i := range list.Len() {
		a := list.At(i)
		if !slices.Contains(levels, a.Level) {
			return fault.New(fault.Invalid, "edition-levels",
				"Danh mục %q có cấp %s (ví dụ %s), mà bộ quy tắc %s không có cấp ấy; hãy dùng danh mục theo đúng luật của cuộc bầu cử",
				"Edition %q has the level %s (such as %s), which rulebook %s does not know; use the list that fits the election's law",
				list.Edition(), a.Level, a.Name, rb.ID())
		}
	}
	return nil
}

// State is the opening as the log keeps it.
func (o *Opening) State() State {
	return State{Election: &OpenedState{Election: o.Frame.Election, Exceptions: o.Exceptions, Sources: o.Sources}}
}

// change is the one entry that the opening makes in the log.
func (o *Opening) change(actor Actor, now time.Time, zone *time.Location) Change {
	return Change{
		Election: o.Frame.Election.ID, Kind: ElectionOpened, Milestone: MilestoneID{Area: area.Nation},
		Subject: string(o.Frame.Election.ID), Actor: actor.recorded(), Recorded: now, Happened: civil.Of(now, zone), After: o.State(),
	}
}

// Area lists what the opening creates in the area at index i, in the order of
// the rules.
func (o *Opening) Area(i int) ([]Record, error) {
	f := o.Frame
	deadlines, err := f.Rulebook.Scheduled(f.Law(), f.Chain(i, nil))
	if err != nil {
		return nil, fmt.Errorf("tracker: opening %s in %s: %w", f.Election.ID, f.List.At(i).Code, err)
	}
	records := make([]Record, len(deadlines))
	for k, d := range deadlines {
		records[k] = newRecord(f, f.List.At(i).Code, 0, d)
	}
	return records, nil
}

// Records goes through all that the opening creates, area by area.
func (o *Opening) Records(yield func(Record) error) error {
	for i := range o.Frame.List.Len() {
		records, err := o.Area(i)
		if err != nil {
			return err
		}
		for _, r := range records {
			if err := yield(r); err != nil {
				return err
			}
		}
	}
	return nil
}
