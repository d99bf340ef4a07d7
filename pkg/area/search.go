package area

import (
	"slices"
	"strings"
	"unicode"
)

// Query is what somebody looks for.
type Query struct {
	// Text is what was typed: words of names in Vietnamese or English, or a
	// code. Anything is allowed; what follows the 200th character or the 32nd
	// word is ignored.
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
}

const (
	defaultHits = 20
	maxText     = 200
	maxWords    = 32 // one bit each
)

// rank says how well an area matches; the least is the best.
type rank uint8

const (
	isCode      rank = iota // the text is its code
	isName                  // the text is its whole name, in either language
	isShortName             // … its name without the unit word
	isPrefix                // its name or short name starts with the text
	inName                  // every word starts a word of its name
	inBranch                // some words start words of its ancestors' names
	startsCode              // its code starts with the text
	noMatch
)

// Search finds areas: each word of the text must start a word of the area's
// name (or of its English name) or of an ancestor's, at least one of its own;
// [Fold] says which spellings are the same, and units may be shortened (tp, tx,
// tt, q, p). Or the text is a code or the beginning of one. The best come
// first: whole name, short name, beginning of a name, others; then the higher
// level; then Vietnamese order. A text without letters and digits finds nothing.
func (l *List) Search(q Query) []Hit {
	first, last := l.branch(q.Under)
	if first == last {
		return nil
	}
	text := strings.TrimFunc(firstRunes(q.Text, maxText), unicode.IsSpace)
	s := l.finder().begin(text)
	if len(s.words) == 0 {
		return nil
	}
	s.mark(l, first, last)
	found := make([]uint64, 0, 64)
	position := l.order().position
	for i := first; i < last; i++ {
		level := l.areas[i].Level
		if q.Level != 0 && level != q.Level {
			continue
		}
		if r := s.rank(i, i-first); r != noMatch {
			// One number to sort by; the position says the area, too.
			found = append(found, uint64(r)<<40|uint64(level)<<32|uint64(position[i]))
		}
	}
	return l.best(found, q.Limit)
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
	return l.best(found, q.Limit)
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
	if limit <= 0 {
		limit = defaultHits
	}
	slices.Sort(found)
	hits := make([]Hit, min(limit, len(found)))
	for at := range hits {
		i := int(l.order().sorted[uint32(found[at])])
		hits[at] = Hit{Index: i, Area: l.areas[i]}
	}
	return hits
}

// search is one search under way.
type search struct {
	*finder
	code   string // the text in lower case
	folded string // the text
	words  []string
	// Which words an area's own names have, and which it or its ancestors
	// have, one bit per word; by index less that of the first area asked for.
	own, all []uint32
	want     uint32
}

func (f *finder) begin(text string) search {
	s := search{finder: f, code: strings.ToLower(text), folded: Fold(text)}
	for word := range strings.FieldsSeq(s.folded) {
		if len(s.words) < maxWords && !slices.Contains(s.words, word) {
			s.words = append(s.words, word)
		}
	}
	s.want = uint32(1<<len(s.words) - 1)
	return s
}

// mark finds out which words each area from first to last has.
func (s *search) mark(l *List, first, last int) {
	s.own, s.all = make([]uint32, last-first), make([]uint32, last-first)
	var above uint32 // what the ancestors of the first area have
	ancestors := l.Ancestors(first)
	for bit, word := range s.words {
		for _, having := range s.starting(word) {
			for _, i := range having {
				switch at := int(i) - first; {
				case at < 0 && slices.Contains(ancestors, int(i)):
					above |= 1 << bit
				case at >= 0 && int(i) < last:
					s.own[at] |= 1 << bit
				}
			}
		}
	}
	s.all[0] = s.own[0] | above
	for i := 1; i < last-first; i++ {
		s.all[i] = s.own[i] | s.all[int(l.parent[first+i])-first] // parents come first
	}
}

// rank is that of area i, which stands at in own and all.
func (s *search) rank(i, at int) rank {
	n := &s.names[i]
	switch matches := s.own[at] != 0 && s.all[at] == s.want; {
	case n.code == s.code:
		return isCode
	case !matches && len(s.code) > 1 && strings.HasPrefix(n.code, s.code):
		return startsCode
	case !matches:
		return noMatch
	case n.full == s.folded || n.english == s.folded:
		return isName
	case n.short == s.folded:
		return isShortName
	case strings.HasPrefix(n.full, s.folded) || strings.HasPrefix(n.short, s.folded):
		return isPrefix
	case s.own[at] == s.want:
		return inName
	}
	return inBranch
}
