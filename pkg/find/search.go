package find

import (
	"slices"
	"strings"
	"unicode"
)

// Query is what somebody looks for.
type Query struct {
	// Text is what was typed. Anything is allowed; what follows the 200th
	// character or the 32nd word is ignored.
	Text string
	// From and To keep to the entries with From <= index < To, of which only the
	// first may have a parent before From.
	From, To int
	// Keep says which of them count; nil: all.
	Keep func(i int) bool
	// First says which of them come first within a rank; nil: none.
	First func(i int) bool
	// Limit is the most hits wanted.
	Limit int
}

const (
	maxText  = 200
	maxWords = 32 // one bit each
)

// Rank says how well an entry matches; the least is the best.
type Rank uint8

// The ranks.
const (
	IsKey      Rank = iota // the text is its key
	IsName                 // the text is a whole name
	IsShort                // … its short name
	SoundsAs               // … read aloud, its first or its short name
	BeginsName             // a name or the short name begins with the text
	InWords                // every word begins one of its own words
	InContext              // some words begin words of its context
	BeginsKey              // its key begins with the text
	Loosely                // … every word sounds like the beginning of an own word, or is made of initials
	LooselyIn              // … of an own word or of one of its context
	IsSlip                 // the text is a slip or two away from a name; see [Index.Similar]
	IsSimilar              // half of the text's trigrams are the entry's
	noMatch
)

// Hit is an entry that was found.
type Hit struct {
	Index int
	Rank  Rank
	// Similarity is that of [Index.Similar], from 0 to 1; else 1.
	Similarity float64
}

// Search finds entries each of whose words in the text begins a word of the
// entry or of its context, at least one of its own; the best rank first, within
// a rank those that [Query.First] names, then by the entries' order. What matches by sound or by initials alone
// ([Loosely]) is given only where nothing else is. A text without letters and
// digits finds nothing.
func (x *Index) Search(q Query) []Hit {
	a := ask(q.Text)
	if len(a.words) == 0 || q.From >= q.To {
		return nil
	}
	room, _ := x.marks.Get().(*[]mark) // it holds nothing else
	defer x.marks.Put(room)
	marks := x.mark(&a, q, room)
	var found []uint64
	for i := q.From; i < q.To; i++ {
		if q.Keep != nil && !q.Keep(i) {
			continue
		}
		e := &x.entries[i]
		if r := a.rank(e, marks[i-q.From]); r != noMatch {
			// One number to sort by; the position says the entry, too.
			n := uint64(r)<<40 | uint64(e.position)
			if q.First != nil && !q.First(i) {
				n |= notFirst
			}
			found = append(found, n)
		}
	}
	slices.Sort(found)
	if len(found) > 0 && Rank(found[0]>>40) < Loosely {
		loose, _ := slices.BinarySearch(found, uint64(Loosely)<<40)
		found = found[:loose]
	}
	hits := make([]Hit, min(q.Limit, len(found)))
	for at := range hits {
		hits[at] = Hit{Index: int(x.sorted[uint32(found[at])]), Rank: Rank(found[at] >> 40), Similarity: 1}
	}
	return hits
}

// notFirst stands between the rank and the position.
const notFirst = 1 << 32

// asked is the text of one search.
type asked struct {
	key    string // in small letters
	folded string
	sound  string
	words  []string
	want   uint32 // a bit for each word
}

func ask(text string) asked {
	text = strings.TrimFunc(firstRunes(text, maxText), unicode.IsSpace)
	a := asked{key: strings.ToLower(text), folded: Fold(text)}
	a.sound = Sound(a.folded)
	for word := range strings.FieldsSeq(a.folded) {
		if len(a.words) < maxWords && !slices.Contains(a.words, word) {
			a.words = append(a.words, word)
		}
	}
	a.want = uint32(1<<len(a.words) - 1)
	return a
}

// mark says which words of the text an entry has, one bit per word.
type mark struct {
	own, loose uint32 // as written; also by sound and initials
	all, any   uint32 // the same with those of its context
}

// mark finds out which words each entry asked for has.
func (x *Index) mark(a *asked, q Query, room *[]mark) []mark {
	if n := q.To - q.From; cap(*room) < n {
		*room = make([]mark, n)
	}
	marks := (*room)[:q.To-q.From]
	clear(marks)
	above := mark{} // what those have that the first entry lies in
	each := func(lists [][]int32, set func(*mark)) {
		for _, having := range lists {
			for _, i := range having {
				switch at := int(i) - q.From; {
				case at < 0 && x.over(int(i), q.From):
					set(&above)
				case at >= 0 && int(i) < q.To:
					set(&marks[at])
				}
			}
		}
	}
	for n, word := range a.words {
		bit, sound := uint32(1)<<n, Sound(word)
		each(x.words.starting(word), func(m *mark) { m.own |= bit; m.loose |= bit })
		each(x.heard.starting(sound), func(m *mark) { m.loose |= bit })
		if len(word) > 1 {
			each(x.initials.starting(word), func(m *mark) { m.loose |= bit })
		}
		each(x.context.starting(word), func(m *mark) { m.all |= bit })
		each(x.around.starting(sound), func(m *mark) { m.any |= bit })
	}
	above.all, above.any = above.all|above.own, above.any|above.loose
	x.inherit(marks, q.From, above)
	return marks
}

// inherit gives every entry what its parent has. Parents come first.
func (x *Index) inherit(marks []mark, from int, above mark) {
	for at := range marks {
		m := &marks[at]
		m.all, m.any = m.all|m.own, m.any|m.loose
		switch p := int(x.entries[from+at].parent); {
		case p >= from:
			m.all, m.any = m.all|marks[p-from].all, m.any|marks[p-from].any
		case p >= 0:
			m.all, m.any = m.all|above.all, m.any|above.any
		}
	}
}

// over says that entry i is the parent of another, or a parent of that.
func (x *Index) over(i, of int) bool {
	for p := x.entries[of].parent; p >= 0; p = x.entries[p].parent {
		if int(p) == i {
			return true
		}
	}
	return false
}

func (a *asked) rank(e *entry, m mark) Rank {
	switch {
	case e.key == a.key:
		return IsKey
	case m.loose == 0 || m.any != a.want:
		if len(a.key) > 1 && strings.HasPrefix(e.key, a.key) {
			return BeginsKey
		}
		return noMatch
	}
	switch matches := m.own != 0 && m.all == a.want; {
	case matches && slices.Contains(e.names, a.folded):
		return IsName
	case matches && e.short == a.folded:
		return IsShort
	case e.sounds[0] == a.sound || e.sounds[1] == a.sound:
		return SoundsAs
	case matches && (strings.HasPrefix(e.short, a.folded) || begins(e.names, a.folded)):
		return BeginsName
	case m.own == a.want:
		return InWords
	case matches:
		return InContext
	case len(a.key) > 1 && strings.HasPrefix(e.key, a.key):
		return BeginsKey
	case m.loose == a.want:
		return Loosely
	}
	return LooselyIn
}

func begins(names []string, text string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return strings.HasPrefix(name, text) })
}

func firstRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}
