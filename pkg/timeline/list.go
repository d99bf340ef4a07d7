package timeline

import (
	"fmt"
	"slices"
	"strings"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/statute"
	"tiendo/pkg/tracker"
)

// ListOptions say which milestones of a branch are listed, in which order, and
// which page of them. Zero values ask for the first page of all, now, by date.
type ListOptions struct {
	// AsOf, Body and Serves are as those of [MatrixOptions].
	AsOf   civil.Date
	Body   statute.Body
	Serves statute.Assembly
	States ListStates
	// From and To are the first and the last day of the limit; with either of
	// them what has no limit is left out.
	From, To civil.Date
	Level    area.Level
	// Column is the key of a matrix column: a family, or "local:" and a phase.
	Column string
	Phase  string
	// Reach is whether the area itself, what lies below it, or both are listed.
	Reach Reach
	// Lateness sorts as [pressing] orders timings, what was missed longest ago first.
	Lateness bool
	// Limit is how many rows a page has; at least 1.
	Limit int
	// After is the last row of the page before; with it Revision is the one of
	// the first page, and now the moment of it: all pages are of one list.
	// Revision without After asks for that first page once more.
	After    *tracker.MilestoneID
	Revision tracker.Revision
}

// List is one page of what the milestones of a branch have to keep to.
type List struct {
	Frame *tracker.Frame
	Area  area.Area
	Today civil.Date
	Day   civil.Date // shown: AsOf, or today
	AsOf  civil.Date // none: the present
	// Revision of what the list shows, as [ListRevision].
	Revision tracker.Revision
	// NextRefreshAfter is in how many seconds it is worth asking again.
	NextRefreshAfter int
	// Counts are of all that the options ask for but for their states.
	Counts Sums
	// Total is how many rows all pages have.
	Total   int
	Items   []ListItem
	HasMore bool
}

// ListItem is one row of a list.
type ListItem struct {
	Item
	// Area is the index of the row's area.
	Area int
	// DaysBehind counts calendar days past a planned day, the area's own or a
	// local plan's; only when HasDaysBehind. The law's limit is another matter:
	// see DaysLeft.
	DaysBehind    int
	HasDaysBehind bool
}

// Reach is which part of a branch is meant.
type Reach uint8

// The reaches.
const (
	ReachBranch Reach = iota // the area and all below it
	ReachOwn                 // the area itself
	ReachBelow               // all below it, itself left out
)

var reachNames = [...]string{"branch", "own", "below"}

// ParseReach reads a reach's name; anything else is fault.Invalid "reach-unknown".
func ParseReach(s string) (Reach, error) {
	if k := slices.Index(reachNames[:], s); k >= 0 {
		return Reach(k), nil
	}
	return 0, fault.New(fault.Invalid, "reach-unknown",
		"Không có phạm vi %q; dùng một trong: %q", "There is no reach %q; use one of %q", fmt.Sprintf("%.40s", s), reachNames)
}

// ListStates is a set of states to list; the zero set asks for everything.
type ListStates struct {
	some      bool
	duties    timings // of what can be late
	bars      timings // of what cannot
	confirmed bool    // beside them, what is done and confirmed
}

// timings is a set of them.
type timings uint16

func timingsOf(all ...Timing) (s timings) {
	for _, t := range all {
		s |= 1 << t
	}
	return s
}

func (s timings) has(t Timing) bool { return s&(1<<t) != 0 }

// listState is a word for several timings of what can be late.
type listState struct {
	name   string
	duties timings
}

// listStates are these words. Those of the matrix mean what a matrix counts
// under them: only what can be late and is not set aside.
var listStates = []listState{
	{"late", timingsOf(Overdue, BehindPlan)},
	{"overdue", timingsOf(Overdue)},
	{"behind_plan", timingsOf(BehindPlan)},
	{"due_soon", timingsOf(DueSoon)},
	{"open", timingsOf(Upcoming, Running, DueSoon, BehindPlan, Overdue, NoRecord, Undated)},
	{"done", timingsOf(DoneOnTime, DoneLate, Done)},
}

// confirmed is the word for what is done and confirmed by the level above.
const confirmedState = "confirmed"

// ListStateNames are the words that [ParseListStates] knows.
func ListStateNames() []string {
	names := []string{confirmedState}
	for _, s := range listStates {
		names = append(names, s.name)
	}
	for t := Upcoming; t <= SetAside; t++ {
		if !slices.Contains(names, t.String()) {
			names = append(names, t.String())
		}
	}
	return names
}

// ParseListStates reads states with commas between them: those of the matrix,
// "late", "confirmed", or a timing. Anything else is fault.Invalid
// "list-state-unknown".
func ParseListStates(text string) (ListStates, error) {
	s := ListStates{some: true}
	for name := range strings.SplitSeq(text, ",") {
		if name == confirmedState {
			s.confirmed = true
			continue
		}
		if k := slices.IndexFunc(listStates, func(x listState) bool { return x.name == name }); k >= 0 {
			s.duties |= listStates[k].duties
			continue
		}
		t, err := ParseTiming(name)
		if err != nil {
			return ListStates{}, fault.New(fault.Invalid, "list-state-unknown",
				"Không lọc được theo tình trạng %q; dùng một hay nhiều trong số: %q", "There is no state %q to filter by; use one or more of %q",
				fmt.Sprintf("%.40s", name), ListStateNames())
		}
		s.duties, s.bars = s.duties|timingsOf(t), s.bars|timingsOf(t)
	}
	return s, nil
}

// BuildList makes a page of the list of the area at index i. now is the present
// moment in the election's time zone, for a page behind the first the moment of
// the first. It is one pass over the branch that keeps a page and no more, so
// that it costs about what a matrix does, whichever page is asked for.
//
// It fails with fault.Invalid "family-unknown" or "phase-unknown" for a column or
// phase that the election does not have, with fault.NotFound
// "milestone-not-found" for an After that was not there at that revision, and as
// [mirror.View.AsOf] does. A page behind the first fails with fault.Expired
// "token-expired" when the election was redrawn since the first
// ([mirror.View.Redrawn]): rows would be named, filtered and sorted by words that
// the first page did not have, and after an amendment every area had to be folded
// anew. Whoever reads then begins with the first page.
func BuildList(v *mirror.View, i int, now civil.Cutoff, o ListOptions) (*List, error) {
	l := &List{
		Frame: v.Frame(), Area: v.Frame().List.At(i), Today: now.Day, Day: now.Day, AsOf: o.AsOf, Revision: ListRevision(v, i),
	}
	if o.Revision != 0 {
		if v.Redrawn() > o.Revision {
			return nil, tokenExpired()
		}
		l.Revision = o.Revision
	}
	at := now
	if !o.AsOf.IsZero() {
		l.Day, at = o.AsOf, civil.Cutoff{Day: o.AsOf, Clock: lastMinute}
	}
	s, err := newSelection(v, at, &o, l.Revision)
	if err != nil {
		return nil, err
	}
	if o.After != nil {
		if err := s.begin(*o.After); err != nil {
			return nil, err
		}
	}
	if err := s.branch(i, &o); err != nil {
		return nil, err
	}
	l.Counts, l.Total, l.HasMore = s.tally.sums(), s.total, s.behind > len(s.page)
	l.NextRefreshAfter = refreshAfter(l.Frame, s.near && o.AsOf.IsZero())
	slices.SortFunc(s.page, func(a, b candidate) int { return a.place.compare(b.place) })
	l.Items = make([]ListItem, len(s.page))
	for k := range s.page {
		l.Items[k] = s.item(&s.page[k])
	}
	return l, nil
}

func tokenExpired() error {
	return fault.New(fault.Expired, "token-expired",
		"Các mốc việc của cuộc bầu cử đã được lập lại từ sau trang đầu của danh sách này: cuộc bầu cử được sửa đổi, hoặc một kế hoạch địa phương được sửa hay rút; hãy bỏ after để đọc lại từ trang đầu",
		"The election's milestones were redrawn since the first page of this list: the election was amended, or a local plan changed or withdrawn; leave after out and begin again with the first page")
}

// ListRevision is the greatest revision of what the list of the area at index i
// shows: all milestones of its branch, what they are of ([mirror.View.Redrawn]),
// and the election's state.
func ListRevision(v *mirror.View, i int) tracker.Revision {
	return max(v.StateRevision(), v.BranchRevision(i), v.Redrawn())
}

func (s *selection) item(c *candidate) ListItem {
	return rowOf(s.v, int(c.place.area), &c.milestone, s.at, s.then)
}
