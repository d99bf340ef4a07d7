package area

// Stretch is the places of a list from index First to, but without, End.
type Stretch struct{ First, End int }

// Territory is some places of one list, as stretches of its order: what somebody
// reads is a few branches with parts taken out. The zero Territory has no place.
type Territory struct {
	stretches []Stretch // in their order, none of them empty, none beside another
}

// With is the territory and the places from index first to, but without, end.
// They come after all that it has.
func (t Territory) With(first, end int) Territory {
	if first >= end {
		return t
	}
	all := append([]Stretch(nil), t.stretches...)
	if n := len(all); n > 0 && all[n-1].End == first {
		all[n-1].End = end
	} else {
		all = append(all, Stretch{first, end})
	}
	return Territory{all}
}

// Stretches are what it is made of, in the order of the list.
func (t Territory) Stretches() []Stretch { return t.stretches }

// Has says whether the place at index i is part of it.
func (t Territory) Has(i int) bool {
	for _, s := range t.stretches {
		if s.First <= i && i < s.End {
			return true
		}
	}
	return false
}
