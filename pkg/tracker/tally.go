package tracker

import (
	"cmp"
	"maps"
	"slices"

	"tiendo/pkg/area"
)

// Tally counts what an amendment does, area by area, and keeps only what is
// listed: the amendment of a moved election day is as long as the country is large.
type Tally struct {
	Total     int
	ByKind    map[Kind]int
	ByRule    map[MilestoneKey]int
	ByArea    map[area.Code]int // by province; the nation's own under its code
	Conflicts map[string]int    // by code
	// Listed are the changes of whole areas behind After, in the order of the list,
	// until there are Most; Doubts the first conflicts, as many.
	Listed []Change
	Doubts []Conflict
	Next   area.Code // the last area listed, where more follow
	Most   int

	list  *area.List
	after int
	last  area.Code
}

// NewTally counts over a list of areas and lists the changes of those behind one
// of them (empty: from the beginning).
func NewTally(list *area.List, after area.Code, most int) (*Tally, error) {
	t := &Tally{
		ByKind: map[Kind]int{}, ByRule: map[MilestoneKey]int{}, ByArea: map[area.Code]int{}, Conflicts: map[string]int{},
		Most: most, list: list, after: -1,
	}
	if after == "" {
		return t, nil
	}
	i, ok := list.Index(after)
	if !ok {
		_, err := list.Get(after)
		return nil, err
	}
	t.after = i
	return t, nil
}

// Change counts the amendment itself.
func (t *Tally) Change(c *Change) {
	t.Total++
	t.ByKind[c.Kind]++
	if t.after < 0 {
		t.Listed = slices.Insert(t.Listed, 0, *c) // it is the first in the log
	}
}

// Area counts what happens in one area.
func (t *Tally) Area(m *Amended) error {
	i, _ := t.list.Index(m.Area)
	for k := range m.Changes {
		c := &m.Changes[k]
		t.Total++
		t.ByKind[c.Kind]++
		t.ByRule[c.Milestone.Key]++
		t.ByArea[t.province(i)]++
	}
	for _, c := range m.Conflicts {
		t.Conflicts[c.Code]++
	}
	t.Doubts = append(t.Doubts, m.Conflicts[:min(len(m.Conflicts), t.Most-len(t.Doubts))]...)
	switch {
	case i <= t.after || len(m.Changes) == 0:
	case len(t.Listed) >= t.Most:
		t.Next = t.last
	default:
		t.Listed, t.last = append(t.Listed, m.Changes...), m.Area
	}
	return nil
}

// province is the province that the area at index i is in, or the nation.
func (t *Tally) province(i int) area.Code {
	for ; i >= 0; i = t.list.Parent(i) {
		if a := t.list.At(i); a.Level <= area.LevelProvince {
			return a.Code
		}
	}
	return area.Nation
}

// Rules are the rules with changes, those with the most first.
func (t *Tally) Rules() []MilestoneKey {
	return slices.SortedFunc(maps.Keys(t.ByRule), func(a, b MilestoneKey) int {
		return cmp.Or(cmp.Compare(t.ByRule[b], t.ByRule[a]), cmp.Compare(a, b))
	})
}

// Areas are the provinces with changes in the order of the list, the nation first.
func (t *Tally) Areas() []area.Code {
	return slices.SortedFunc(maps.Keys(t.ByArea), func(a, b area.Code) int {
		i, _ := t.list.Index(a)
		k, _ := t.list.Index(b)
		return cmp.Compare(i, k)
	})
}
