package area

import (
	"slices"

	"tiendo/pkg/find"
)

// Query is what somebody looks for.
type Query struct {
	// Text is what was typed: words of names in Vietnamese or English, or a
	// code; see [find.Query].
	Text string
	// Under keeps to the branch of this area, itself included; empty is the
	// whole list. A code that the list does not have finds nothing.
	Under Code
	// Level keeps to one level; zero is all.
	Level Level
	// Limit is the most hits wanted; zero or less is 20.
	Limit int
}

// Hit is one area found.
type Hit struct {
	Index int
	Area  Area
	// Rank and Similarity are as [find.Hit] has them; none of [List.All].
	Rank       find.Rank
	Similarity float64
}

const defaultHits = 20

// Search finds areas: each word of the text must start a word of the area's
// name (or of its English name) or of an ancestor's, at least one of its own;
// [find.Fold] says which spellings are the same, and units may be shortened (tp,
// tx, tt, q, p). Or the text is a code or the beginning of one. The best come
// first ([find.Rank]); then the higher level; then Vietnamese order. A text
// without letters and digits finds nothing.
func (l *List) Search(q Query) []Hit { return l.hits(l.finder().Search(l.query(q))) }

// Similar finds areas whose names, with those of their ancestors, share at least
// half of the text's trigrams ([find.Index.Similar]): for what was misspelt.
func (l *List) Similar(q Query) []Hit { return l.hits(l.finder().Similar(l.query(q))) }

func (l *List) query(q Query) find.Query {
	first, last := l.branch(q.Under)
	out := find.Query{Text: q.Text, From: first, To: last, Limit: limitOf(q)}
	if q.Level != 0 {
		out.Keep = func(i int) bool { return l.areas[i].Level == q.Level }
	}
	return out
}

func limitOf(q Query) int {
	if q.Limit <= 0 {
		return defaultHits
	}
	return q.Limit
}

func (l *List) hits(found []find.Hit) []Hit {
	hits := make([]Hit, len(found))
	for at, h := range found {
		hits[at] = Hit{Index: h.Index, Area: l.areas[h.Index], Rank: h.Rank, Similarity: h.Similarity}
	}
	return hits
}

// All lists the areas of a branch and level, whatever the text: the higher level
// first, then in Vietnamese order.
func (l *List) All(q Query) []Hit {
	var found []uint64
	position := l.order().position
	for i, last := l.branch(q.Under); i < last; i++ {
		if level := l.areas[i].Level; q.Level == 0 || level == q.Level {
			found = append(found, uint64(level)<<32|uint64(position[i]))
		}
	}
	return l.best(found, limitOf(q))
}

// branch is where the areas of a branch begin and end: all of them without a
// code, none with one that the list does not have.
func (l *List) branch(under Code) (first, last int) {
	if under == "" {
		return 0, len(l.areas)
	}
	i, ok := l.index[under]
	if !ok {
		return 0, 0
	}
	return int(i), int(l.end[i])
}

func (l *List) best(found []uint64, limit int) []Hit {
	slices.Sort(found)
	hits := make([]Hit, min(limit, len(found)))
	for at := range hits {
		i := int(l.order().sorted[uint32(found[at])])
		hits[at] = Hit{Index: i, Area: l.areas[i]}
	}
	return hits
}
