package timeline

import (
	"cmp"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/mirror"
	"tiendo/pkg/tracker"
)

// ComparisonOptions say which two days are compared, and which part of the
// differences is wanted.
type ComparisonOptions struct {
	// From and To are both looked at by their end, From not after To.
	From, To civil.Date
	// Kind lists only differences of one kind; counts are of all.
	Kind DifferenceKind
	// Level counts and lists only places of one level; zero for all.
	Level area.Level
	// After is where the page before ended; nil for the first page.
	After *tracker.MilestoneID
	// Limit is how many are listed at most; with 0 they are only counted.
	Limit int
}

// DifferenceCounts count milestones by what they differ in. One that differs in
// several ways is counted under each, and once in Total.
type DifferenceCounts struct {
	Total int
	By    [differenceKinds]int
}

func (c *DifferenceCounts) add(d Differences) {
	c.Total++
	for k := AnyDifference + 1; k < differenceKinds; k++ {
		if d.Has(k) {
			c.By[k]++
		}
	}
}

// Difference is one milestone that is not on the later day what it was on the
// earlier one.
type Difference struct {
	ID     tracker.MilestoneID
	Origin *mirror.Origin
	Area   area.Area
	Kinds  Differences
	// Before is nil where it was not there yet.
	Before *Side
	After  Side
}

// Side is a milestone by the end of one of the two days.
type Side struct {
	Milestone mirror.Milestone
	Timing    Timing
}

// ChildDifferences count the branch of one place.
type ChildDifferences struct {
	Index  int
	Counts DifferenceCounts
}

// Comparison is what changed in a branch between the ends of two days.
type Comparison struct {
	Frame    *tracker.Frame
	Area     area.Area
	From, To civil.Date
	// Revision of what it shows, as [MatrixRevision].
	Revision         tracker.Revision
	NextRefreshAfter int
	// Counts are of the whole branch, Self of the area's own milestones.
	Counts, Self DifferenceCounts
	// Children are the places right below it in which something differs, in the
	// order of their names.
	Children []ChildDifferences
	// Items by place, in the order of the list, and in it by the order of the
	// rulebook; More says that there are some behind the last.
	Items []Difference
	More  bool
}

// Compare makes the comparison of the branch of the area at index i: two looks at
// every milestone of it, 17 ms for a busy nation. Options.After has to name a
// milestone that the election has (tracker.MilestoneNotFound). It fails else only
// as [mirror.View.AsOf] does.
func Compare(v *mirror.View, i int, o ComparisonOptions) (*Comparison, error) {
	list := v.Frame().List
	c := &Comparison{
		Frame: v.Frame(), Area: list.At(i), From: o.From, To: o.To, Revision: MatrixRevision(v, i),
		NextRefreshAfter: refreshAfter(v.Frame(), false),
	}
	d, err := newComparing(v, c, o)
	if err != nil {
		return nil, err
	}
	if err := d.area(i, &c.Self); err != nil {
		return nil, err
	}
	// Items come in the order of the list, counts by the names of the children.
	counts := map[int]*DifferenceCounts{}
	_, last := list.Descendants(i)
	for child := i + 1; child < last; {
		_, end := list.Descendants(child)
		n := &DifferenceCounts{}
		for k := child; k < end; k++ {
			if err := d.area(k, n); err != nil {
				return nil, err
			}
		}
		counts[child], child = n, end
	}
	for _, child := range list.Children(i) {
		if n := counts[child]; n != nil && n.Total > 0 {
			c.Children = append(c.Children, ChildDifferences{child, *n})
		}
	}
	return c, nil
}

// comparing goes through a branch once.
type comparing struct {
	v        *mirror.View
	c        *Comparison
	o        ComparisonOptions
	from, to moment
	after    after
	passing  []passing // by mirror.Ref, the last one that was asked about
}

// after is where the page before ended.
type after struct {
	index      int // of the area; -1: at the beginning
	ref        mirror.Ref
	occurrence uint16
}

func (a after) passed(index int, m *mirror.Milestone) bool {
	return cmp.Or(cmp.Compare(index, a.index), cmp.Compare(m.Ref, a.ref), cmp.Compare(m.Occurrence, a.occurrence)) > 0
}

// moment is the end of a day, and how things stood then.
type moment struct {
	at   civil.Cutoff
	past *mirror.Past
	then age
}

func newMoment(v *mirror.View, day civil.Date) moment {
	return moment{civil.Cutoff{Day: day, Clock: lastMinute}, v.Past(day), ageOf(v, Options{AsOf: day})}
}

func (m *moment) timing(v *mirror.View, x *mirror.Milestone) Timing {
	c := caseOf(v, x, m.then)
	return c.At(m.at)
}

func newComparing(v *mirror.View, c *Comparison, o ComparisonOptions) (*comparing, error) {
	d := &comparing{
		v: v, c: c, o: o, from: newMoment(v, o.From), to: newMoment(v, o.To), after: after{index: -1},
		passing: make([]passing, len(v.Origins())),
	}
	if o.After == nil {
		return d, nil
	}
	i, known := v.Frame().List.Index(o.After.Area)
	origin, named := v.OriginOf(o.After.Key)
	if !known || !named {
		return nil, tracker.MilestoneNotFound(*o.After)
	}
	d.after = after{i, origin.Ref, uint16(o.After.Occurrence)}
	return d, nil
}

// area compares the area at index i with itself.
func (d *comparing) area(i int, n *DifferenceCounts) error {
	if d.o.Level != 0 && d.v.Frame().List.At(i).Level != d.o.Level {
		return nil
	}
	before, err := d.from.past.Milestones(i)
	if err != nil {
		return err
	}
	after, err := d.to.past.Milestones(i)
	if err != nil {
		return err
	}
	for k := range after {
		b, a := (*mirror.Milestone)(nil), &after[k]
		// What there was on the earlier day is there on the later.
		if len(before) > 0 && before[0].Ref == a.Ref && before[0].Occurrence == a.Occurrence {
			b, before = &before[0], before[1:]
		}
		if kinds := d.kinds(b, a); kinds != 0 {
			n.add(kinds)
			d.c.Counts.add(kinds)
			d.list(i, b, a, kinds)
		}
	}
	return nil
}

// kinds is in what a milestone differs.
func (d *comparing) kinds(b, a *mirror.Milestone) Differences {
	var kinds Differences
	if b == nil || b.Progress != a.Progress || b.Dates != a.Dates || b.Planned != a.Planned || b.Standing != a.Standing {
		kinds = recorded(b, a)
	}
	if b != nil && b.Work.Open() && a.Work.Open() && b.Dates == a.Dates && b.Planned == a.Planned && d.becameLate(b, a) {
		kinds.add(BecameLate, true)
	}
	return kinds
}

func (d *comparing) becameLate(b, a *mirror.Milestone) bool {
	p := &d.passing[a.Ref]
	now := passing{a.NotBefore, a.Latest, a.Planned, a.Work, a.Silent, true, p.late}
	if *p == now && b.Work == a.Work && b.Silent == a.Silent {
		return p.late
	}
	is := late(d.from.timing(d.v, b), d.to.timing(d.v, b)) && late(Upcoming, d.to.timing(d.v, a))
	if b.Work == a.Work && b.Silent == a.Silent {
		now.late = is
		*p = now
	}
	return is
}

// list keeps a difference if it is on the page.
func (d *comparing) list(i int, b, a *mirror.Milestone, kinds Differences) {
	if d.c.More || d.o.Limit == 0 || (d.o.Kind != AnyDifference && !kinds.Has(d.o.Kind)) || !d.after.passed(i, a) {
		return
	}
	if len(d.c.Items) == d.o.Limit {
		d.c.More = true
		return
	}
	x := Difference{
		ID: d.v.ID(i, a), Origin: d.v.Origin(a), Area: d.v.Frame().List.At(i), Kinds: kinds,
		After: Side{*a, d.to.timing(d.v, a)},
	}
	if b != nil {
		x.Before = &Side{*b, d.from.timing(d.v, b)}
	}
	d.c.Items = append(d.c.Items, x)
}
