package area

import (
	"cmp"
	"slices"
)

// Difference is how two editions differ, code by code. A code that stands in
// both need not be the same place: codes are identities only within an edition.
type Difference struct {
	Kept    int // the same code with the same name
	Altered int // of these: with another parent, level, type or English name
	Renamed int // the same code with another name
	Added   int // codes of the later edition alone
	Gone    int // codes of the earlier edition alone
	// Examples are the first that were altered, renamed, added or gone, in the
	// order of their codes; 20 at most.
	Examples []Pair
}

// Pair is one code in two editions. Where one does not have it, the area is
// the zero Area.
type Pair struct{ Before, After Area }

// None says that the editions say the same.
func (d *Difference) None() bool { return d.Altered+d.Renamed+d.Added+d.Gone == 0 }

const maxExamples = 20

// Differ compares two lists.
func Differ(before, after *List) Difference {
	var d Difference
	var pairs []Pair
	for i := 1; i < len(before.areas); i++ {
		p := Pair{Before: before.areas[i]}
		if k, ok := after.index[p.Before.Code]; ok {
			p.After = after.areas[k]
		}
		if d.count(p) {
			pairs = append(pairs, p)
		}
	}
	for i := 1; i < len(after.areas); i++ {
		if _, ok := before.index[after.areas[i].Code]; !ok {
			d.Added++
			pairs = append(pairs, Pair{After: after.areas[i]})
		}
	}
	slices.SortStableFunc(pairs, func(a, b Pair) int { return cmp.Compare(a.code(), b.code()) })
	d.Examples = pairs[:min(maxExamples, len(pairs)):min(maxExamples, len(pairs))]
	return d
}

// count files a code of the earlier edition; true when something differs.
func (d *Difference) count(p Pair) bool {
	switch {
	case p.After.Code == "":
		d.Gone++
	case p.Before.Name != p.After.Name:
		d.Renamed++
	case p.Before != p.After:
		d.Kept++
		d.Altered++
	default:
		d.Kept++
		return false
	}
	return true
}

func (p *Pair) code() Code { return max(p.Before.Code, p.After.Code) }

// Count is how many areas of one level and type a list has.
type Count struct {
	Level Level
	Type  string
	Areas int
}

// Counts are the levels and types of the list, the higher level first, within
// it the type that most areas have. The nation is not counted.
func (l *List) Counts() []Count {
	at := map[Count]int{}
	for i := 1; i < len(l.areas); i++ {
		at[Count{Level: l.areas[i].Level, Type: l.areas[i].Type}]++
	}
	counts := make([]Count, 0, len(at))
	for c, n := range at {
		c.Areas = n
		counts = append(counts, c)
	}
	slices.SortFunc(counts, func(a, b Count) int {
		return cmp.Or(cmp.Compare(a.Level, b.Level), cmp.Compare(b.Areas, a.Areas), cmp.Compare(a.Type, b.Type))
	})
	return counts
}

// Namesakes are areas right below one area that have the same name: allowed, and
// often one place that was entered twice. Each pair is two indexes, the earlier
// first; 20 pairs at most.
func (l *List) Namesakes() [][2]int {
	type place struct {
		parent int32
		name   string
	}
	first := make(map[place]int, len(l.areas))
	var pairs [][2]int
	for i := 1; i < len(l.areas) && len(pairs) < maxExamples; i++ {
		n := place{l.parent[i], l.areas[i].Name}
		if earlier, ok := first[n]; ok {
			pairs = append(pairs, [2]int{earlier, i})
			continue
		}
		first[n] = i
	}
	return pairs
}
