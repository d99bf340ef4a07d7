// Package find finds things by what they are called. An [Index] holds entries
// with their names; a search compares folded texts ([Fold]), whole names before
// beginnings, beginnings of words before how they sound, and only then, by
// trigrams, what is merely similar. It knows neither places nor elections, asks
// nobody, and gives the same answer to the same question.
package find

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"
)

// Entry is one thing that can be found.
type Entry struct {
	// Key is matched whole, in any case, and by its beginning.
	Key string
	// Names are what the thing is called, in every language: one at least, the
	// one that it is known by first. Their words count.
	Names []string
	// Short is the first name without what many names begin with ("Thành phố").
	Short string
	// Words are other words that are its own: abbreviations, numbers.
	Words []string
	// Context are words that help to tell it from its namesakes and find nothing
	// alone.
	Context []string
	// Parent is the index of the entry whose words are context to this one, and
	// whose context is, too; -1 for none. It comes before its children.
	Parent int
	// Order decides among equal matches, the least first; then the index does.
	Order uint64
}

// Index is made once and never changes; it may be used by many goroutines.
type Index struct {
	entries  []entry
	sorted   []int32    // indexes in order
	words    vocabulary // own words
	heard    vocabulary // own words by their sound
	initials vocabulary // every run of two or more words of a name, by initials, from each word on
	context  vocabulary
	around   vocabulary         // words of the context by their sound
	grams    map[string][]int32 // by trigram: the entries whose names or words have it
	marks    sync.Pool          // *[]mark of past searches
}

// entry is what is compared of one Entry: everything folded, the key in small letters.
type entry struct {
	key, short string
	sounds     [2]string // of the first name and of the short one
	letters    [2]uint32 // the same two's
	names      []string
	parent     int32
	position   int32 // in order
	own        int32 // trigrams of the short name
}

// New makes the index. Entries keep their places: a hit's Index is that of the
// slice.
func New(entries []Entry) *Index {
	x := &Index{entries: make([]entry, len(entries)), sorted: make([]int32, len(entries)), grams: map[string][]int32{}}
	words, initials, context := postings{}, postings{}, postings{}
	for i := range entries {
		e, at := &entries[i], int32(i)
		x.sorted[i] = at
		x.entries[i] = folded(e)
		for _, name := range x.entries[i].names {
			words.add(name, at)
			initials.addInitials(name, at)
			x.addGrams(name, at)
		}
		for _, text := range e.Words {
			text = Fold(text)
			words.add(text, at)
			initials.addInitials(text, at)
			x.addGrams(text, at)
		}
		for _, text := range e.Context {
			context.add(Fold(text), at)
		}
	}
	x.words, x.heard = words.sorted(), words.bySound().sorted()
	x.context, x.around = context.sorted(), context.bySound().sorted()
	x.initials = initials.sorted()
	for gram, having := range x.grams {
		x.grams[gram] = slices.Clip(having)
	}
	x.arrange(entries)
	x.marks.New = func() any { return new([]mark) }
	return x
}

func folded(e *Entry) entry {
	out := entry{key: strings.ToLower(e.Key), short: Fold(e.Short), parent: int32(e.Parent)}
	for _, name := range e.Names {
		out.names = append(out.names, Fold(name))
	}
	if out.short == "" {
		out.short = out.names[0]
	}
	out.sounds[0] = Sound(out.names[0])
	out.sounds[1] = Sound(out.short)
	out.letters = [2]uint32{letters(out.names[0]), letters(out.short)}
	for range Trigrams(out.short) {
		out.own++
	}
	return out
}

// arrange puts the entries in order.
func (x *Index) arrange(entries []Entry) {
	slices.SortFunc(x.sorted, func(a, b int32) int {
		return cmp.Or(cmp.Compare(entries[a].Order, entries[b].Order), cmp.Compare(a, b))
	})
	for position, i := range x.sorted {
		x.entries[i].position = int32(position)
	}
}

// Len counts the entries.
func (x *Index) Len() int { return len(x.entries) }

func (x *Index) addGrams(text string, at int32) {
	for gram := range allTrigrams(text) {
		if having := x.grams[gram]; len(having) == 0 || having[len(having)-1] != at {
			x.grams[gram] = append(having, at)
		}
	}
}

// postings are the entries that have a word, each once, in order.
type postings map[string][]int32

func (p postings) put(word string, at int32) {
	if having := p[word]; len(having) == 0 || having[len(having)-1] != at {
		p[word] = append(having, at)
	}
}

func (p postings) add(folded string, at int32) {
	for word := range strings.FieldsSeq(folded) {
		p.put(word, at)
	}
}

// addInitials enters the initials of a text from each word on but the last:
// "uy ban bau cu" as ubbc, bbc and bc, so that any run of them begins one.
func (p postings) addInitials(folded string, at int32) {
	var short strings.Builder
	for word := range strings.FieldsSeq(folded) {
		for _, r := range word {
			short.WriteRune(r)
			break
		}
	}
	all := short.String()
	for i := range all {
		if len(all[i:]) > 1 {
			p.put(all[i:], at)
		}
	}
}

// bySound joins the words that sound alike. An entry may come several times.
func (p postings) bySound() postings {
	heard := postings{}
	for word, having := range p {
		sound := Sound(word)
		heard[sound] = append(heard[sound], having...)
	}
	return heard
}

func (p postings) sorted() vocabulary {
	v := vocabulary{words: slices.Sorted(maps.Keys(p))}
	v.having = make([][]int32, len(v.words))
	for at, word := range v.words {
		v.having[at] = slices.Clip(p[word])
	}
	return v
}

// vocabulary is a sorted list of words and who has each.
type vocabulary struct {
	words  []string
	having [][]int32
}

// starting returns, for each word that starts with prefix, the entries having it.
func (v *vocabulary) starting(prefix string) [][]int32 {
	from, _ := slices.BinarySearch(v.words, prefix)
	to := from
	for to < len(v.words) && strings.HasPrefix(v.words[to], prefix) {
		to++
	}
	return v.having[from:to]
}
