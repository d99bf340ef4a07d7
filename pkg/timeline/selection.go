package timeline

import (
	"cmp"
	"container/heap"
	"slices"

	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/tracker"
)

// selection goes through a branch once and keeps the first rows behind a place
// in the order; it counts the others. As in a count, what is the same for all
// milestones of an origin is found out before, and what is open is held against
// the day once for neighbours that are alike.
type selection struct {
	v       *mirror.View
	at      civil.Cutoff
	past    *mirror.Past
	then    age
	o       *ListOptions
	sources []listed // by mirror.Ref
	from    place
	page    page
	tally   tally
	total   int  // rows
	behind  int  // of them behind from
	near    bool // something turns late within a day
	whole   bool // all rows are kept, in no order
}

// listed is what milestones of an origin have in common, and the last of each kind.
type listed struct {
	skip bool // not asked for
	bar  bool
	// order is where the origin stands among those of one place.
	order uint32
	last  [2 * works]judged // as in a source
}

// judged is what is found of a milestone, and what it follows from beside its
// origin and its work.
type judged struct {
	notBefore, latest civil.Cutoff
	planned           civil.Date
	silent, known     bool

	timing Timing
	in     bool // its limit lies in the span asked for
	wanted bool // its state is asked for, too
	day    uint64
}

// place is where a row stands in the order of a list: by day, or timing and day;
// then by area, then in the order of the work. No two rows have the same.
type place struct {
	day         uint64
	area, order uint32
	occurrence  uint16
}

func (p place) compare(q place) int {
	return cmp.Or(
		cmp.Compare(p.day, q.day), cmp.Compare(p.area, q.area),
		cmp.Compare(p.order, q.order), cmp.Compare(p.occurrence, q.occurrence),
	)
}

// candidate is a row that is on the page as far as is known.
type candidate struct {
	place     place
	milestone mirror.Milestone
}

// page is a heap with the last row on top.
type page []candidate

func (p page) Len() int           { return len(p) }
func (p page) Less(i, j int) bool { return p[i].place.compare(p[j].place) > 0 }
func (p page) Swap(i, j int)      { p[i], p[j] = p[j], p[i] }

// Push and Pop are what container/heap asks for.
func (p *page) Push(x any) {
	c, _ := x.(candidate)
	*p = append(*p, c)
}

func (p *page) Pop() any {
	last := (*p)[len(*p)-1]
	*p = (*p)[:len(*p)-1]
	return last
}

func newSelection(v *mirror.View, at civil.Cutoff, o *ListOptions, r tracker.Revision) (*selection, error) {
	if err := exists(v, o); err != nil {
		return nil, err
	}
	s := &selection{
		v: v, at: at, past: v.PastAt(r, o.AsOf), o: o, sources: make([]listed, len(v.Origins())),
		then: ageOf(v, Options{AsOf: o.AsOf}), page: make(page, 0, o.Limit+1),
	}
	if r < v.Revision() {
		s.then.state = v.StateAtRevision(r, o.AsOf)
		s.then.past = !o.AsOf.IsZero() && v.StateAtRevision(r, civil.Date{}) == tracker.Closed
	}
	of := MatrixOptions{Body: o.Body, Serves: o.Serves}
	for k, ref := range byWork(v.Origins()) {
		x := v.Origins()[ref]
		bar := !x.Nature.CanBeLate()
		s.sources[ref] = listed{
			order: uint32(k), bar: bar,
			skip: !of.asksFor(x) || (o.Phase != "" && x.Phase != o.Phase) || (o.Column != "" && headingOf(x).key != o.Column) ||
				(bar && o.States.some && o.States.bars == 0),
		}
	}
	return s, nil
}

// byWork lists the origins as [compare] orders items, as far as they decide it.
func byWork(origins []*mirror.Origin) []int {
	refs := make([]int, len(origins))
	for k := range refs {
		refs[k] = k
	}
	slices.SortStableFunc(refs, func(a, b int) int {
		x, y := Item{Origin: origins[a]}, Item{Origin: origins[b]}
		return compare(x, y)
	})
	return refs
}

// exists refuses columns and phases that the election does not have.
func exists(v *mirror.View, o *ListOptions) error {
	has := func(is func(*mirror.Origin) bool) bool { return slices.ContainsFunc(v.Origins(), is) }
	if o.Phase != "" && !has(func(x *mirror.Origin) bool { return x.Phase == o.Phase }) {
		return fault.New(fault.Invalid, "phase-unknown",
			"Cuộc bầu cử không có giai đoạn %q; danh sách ở …/rules", "The election has no phase %q; they are listed under …/rules", o.Phase)
	}
	if o.Column == "" || has(func(x *mirror.Origin) bool { return headingOf(x).key == o.Column }) {
		return nil
	}
	return fault.New(fault.Invalid, "family-unknown",
		"Cuộc bầu cử không có nhóm mốc %q; danh sách ở …/rules, mốc của kế hoạch địa phương là \"local:\" cùng với giai đoạn",
		"The election has no family %q; they are listed under …/rules, what local plans have is \"local:\" and the phase", o.Column)
}

// begin finds the place in the order of the last row of the page before.
func (s *selection) begin(id tracker.MilestoneID) error {
	i, known := s.v.Frame().List.Index(id.Area)
	o, ours := s.v.OriginOf(id.Key)
	if !known || !ours {
		return tracker.MilestoneNotFound(id)
	}
	all, err := s.past.Milestones(i)
	if err != nil {
		return err
	}
	for k := range all {
		if m := &all[k]; m.Ref == o.Ref && int(m.Occurrence) == id.Occurrence {
			s.from = s.place(i, m, s.judge(m).day)
			return nil
		}
	}
	return tracker.MilestoneNotFound(id)
}

// branch goes through the part of a branch that is asked for.
func (s *selection) branch(i int, o *ListOptions) error {
	first, last := o.reached(s.v, i)
	for k := first; k < last; k++ {
		if o.Level != 0 && s.v.Frame().List.At(k).Level != o.Level {
			continue
		}
		all, err := s.past.Milestones(k)
		if err != nil {
			return err
		}
		s.add(k, all)
	}
	return nil
}

// reached are the places from first up to last, which is left out, that the
// options mean in the branch of the area at index i.
func (o *ListOptions) reached(v *mirror.View, i int) (first, last int) {
	first, last = v.Frame().List.Descendants(i)
	switch o.Reach {
	case ReachOwn:
		return i, i + 1
	case ReachBranch:
		return i, last
	}
	return first, last
}

// add counts the milestones of the area at index i and keeps those for the page.
func (s *selection) add(i int, all []mirror.Milestone) {
	for n := range all {
		m := &all[n]
		source := &s.sources[m.Ref]
		if source.skip {
			continue
		}
		x := s.judge(m)
		if !x.in {
			continue
		}
		if !source.bar {
			class := classOfTiming[x.timing]
			s.tally.by[class]++
			if class == done && m.Standing == tracker.Confirmed {
				s.tally.confirmed++
				if s.o.States.confirmed {
					s.offer(i, m, x.day)
					continue
				}
			}
		}
		if x.wanted {
			s.offer(i, m, x.day)
		}
	}
}

// offer keeps a row if it is behind the page before and among the first there.
func (s *selection) offer(i int, m *mirror.Milestone, day uint64) {
	s.total++
	if s.whole {
		s.page = append(s.page, candidate{s.place(i, m, day), *m})
		return
	}
	if day < s.from.day {
		return
	}
	full := len(s.page) == s.o.Limit
	if full && day > s.page[0].place.day {
		s.behind++
		return
	}
	at := s.place(i, m, day)
	if at.compare(s.from) <= 0 {
		return
	}
	s.behind++
	switch {
	case !full:
		heap.Push(&s.page, candidate{at, *m})
	case at.compare(s.page[0].place) < 0:
		s.page[0] = candidate{at, *m}
		heap.Fix(&s.page, 0)
	}
}

func (s *selection) place(i int, m *mirror.Milestone, day uint64) place {
	return place{day: day, area: uint32(i), order: s.sources[m.Ref].order, occurrence: m.Occurrence}
}

// judge holds a milestone against the day and the options, for itself and those
// that are alike. What is done is seldom alike.
func (s *selection) judge(m *mirror.Milestone) *judged {
	source := &s.sources[m.Ref]
	kind := int(m.Work)
	if !m.Planned.IsZero() {
		kind += works
	}
	last := &source.last[kind]
	if last.known && m.Work != tracker.Done && last.latest == m.Latest && last.notBefore == m.NotBefore &&
		last.planned == m.Planned && last.silent == m.Silent {
		return last
	}
	*last = judged{notBefore: m.NotBefore, latest: m.Latest, planned: m.Planned, silent: m.Silent, known: true}
	x := caseOf(s.v, m, s.then)
	last.timing = x.At(s.at)
	last.in = s.o.spans(m.Latest.Day)
	last.wanted = last.in && s.o.States.want(last.timing, source.bar)
	last.day = s.dayOf(&x, last.timing)
	s.near = s.near || (last.in && x.near(s.at))
	return last
}

func (o *ListOptions) spans(limit civil.Date) bool {
	if o.From.IsZero() && o.To.IsZero() {
		return true
	}
	return !limit.IsZero() && !limit.Before(o.From) && (o.To.IsZero() || !limit.After(o.To))
}

func (s *ListStates) want(t Timing, bar bool) bool {
	if bar {
		return !s.some || s.bars.has(t)
	}
	return !s.some || s.duties.has(t)
}

// dayOf is the part of a row's place that its dates decide: by the limit, what
// has none last; or by what presses, and within it by the day that was or will
// be missed.
func (s *selection) dayOf(c *Case, t Timing) uint64 {
	end := c.Latest
	if !s.o.Lateness {
		return position64(end)
	}
	if end.IsZero() {
		end = civil.Whole(c.target())
	}
	if t == BehindPlan {
		end = civil.Whole(c.missed(s.at))
	}
	return uint64(pressing[t])<<48 | position64(end)
}

// position64 orders ends: a day with an hour ends before one without.
func position64(end civil.Cutoff) uint64 {
	if end.IsZero() {
		return 1<<48 - 1
	}
	minutes := 24 * 60
	if !end.Clock.IsZero() {
		minutes = end.Clock.Minutes()
	}
	return uint64(civil.Date{}.DaysUntil(end.Day))<<11 | uint64(minutes)
}
