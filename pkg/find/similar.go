package find

import (
	"cmp"
	"iter"
	"math/bits"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	maxGrams = 64 // of a text: one bit each
	// leastText is the shortest text, folded, that can be misspelt and known.
	leastText = 3
	// longText is from how many characters on two slips are forgiven.
	longText = 8
	// brokenBySlip is how many trigrams of a text one slip changes at most: two
	// letters swapped stand in four.
	brokenBySlip = 4
)

// Trigrams yields the different trigrams of a folded text: every three
// neighbouring characters of a word that has two spaces put before it and one
// behind, as PostgreSQL's pg_trgm has them.
func Trigrams(folded string) iter.Seq[string] {
	return func(yield func(string) bool) {
		seen := make([]string, 0, 32)
		for gram := range allTrigrams(folded) {
			if slices.Contains(seen, gram) {
				continue
			}
			seen = append(seen, gram)
			if !yield(gram) {
				return
			}
		}
	}
}

// allTrigrams yields some of them several times.
func allTrigrams(folded string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for word := range strings.FieldsSeq(folded) {
			padded := "  " + word + " "
			for from := 0; ; {
				to, n := from, 0
				for ; n < 3 && to < len(padded); n++ {
					_, size := utf8.DecodeRuneInString(padded[to:])
					to += size
				}
				if n < 3 {
					break
				}
				if !yield(padded[from:to]) {
					return
				}
				_, size := utf8.DecodeRuneInString(padded[from:])
				from += size
			}
		}
	}
}

// Similar finds entries for a text that was misspelt. First those of whose first
// or short name the text is one slip away: a letter too many, too few, another,
// or two swapped; in a text of eight letters or more, two slips ([IsSlip]).
//
// Only where there are none, entries that have at least half of the text's
// trigrams ([IsSimilar]). A trigram that only the entry's parents have counts
// half, so that a place is found before all that lies in it, and a place in the
// right province before its namesakes. The more similar comes first; then what
// has the fewest other trigrams in its short name; then the entries' order. Of
// the text the first 64 trigrams count.
func (x *Index) Similar(q Query) []Hit {
	folded := ask(q.Text).folded
	if len(folded) < leastText || q.From >= q.To {
		return nil
	}
	own, all, n := x.share(folded, q.To)
	var slips, alike []near
	for i := q.From; i < q.To; i++ {
		shared := bits.OnesCount64(own[i])
		if shared == 0 || q.Keep != nil && !q.Keep(i) {
			continue
		}
		e, score := &x.entries[i], shared+bits.OnesCount64(all[i])
		if d := e.slips(folded, n-shared); d > 0 {
			slips = append(slips, near{uint64(d)<<32 | uint64(e.position), score})
		}
		if len(slips) == 0 && score >= n {
			other := min(max(int(e.own)-shared, 0), 1<<16-1)
			alike = append(alike, near{uint64(2*n-score)<<48 | uint64(other)<<32 | uint64(e.position), score})
		}
	}
	found, r := slips, IsSlip
	if len(slips) == 0 {
		found, r = alike, IsSimilar
	}
	slices.SortFunc(found, func(a, b near) int { return cmp.Compare(a.key, b.key) })
	hits := make([]Hit, min(q.Limit, len(found)))
	for at := range hits {
		f := found[at]
		hits[at] = Hit{Index: int(x.sorted[uint32(f.key)]), Rank: r, Similarity: float64(f.score) / float64(2*n)}
	}
	return hits
}

// near is an entry in the order of likeness; its key ends in its position.
type near struct {
	key   uint64
	score int // twice the trigrams it has, once those of its parents
}

// slips counts the slips between the text and a name where they are few enough;
// else 0. missing are the text's trigrams that the entry does not have.
func (e *entry) slips(folded string, missing int) int {
	most := 1
	if len(folded) >= longText {
		most = 2
	}
	if missing > most*brokenBySlip {
		return 0
	}
	best, set := most+1, letters(folded)
	for k, name := range [...]string{e.names[0], e.short} {
		d := len(name) - len(folded)
		if -most <= d && d <= most && bits.OnesCount32(set^e.letters[k]) <= 2*most {
			best = min(best, Slips(name, folded))
		}
	}
	if best > most {
		return 0
	}
	return best
}

// letters is the set of the letters from a to z in a text. A slip adds one, takes
// one out, or both.
func letters(folded string) (set uint32) {
	for i := range len(folded) {
		if b := folded[i] - 'a'; b < 26 {
			set |= 1 << b
		}
	}
	return set
}

// Slips counts how often a letter has to be put in, left out, changed, or swapped
// with its neighbour to make one folded text of another (optimal string
// alignment, by bytes).
func Slips(a, b string) int {
	var room [3][64]int
	if len(b) >= len(room[0]) {
		a, b = b, a
	}
	if len(b) >= len(room[0]) {
		return max(len(a), len(b)) // no name is as long
	}
	before, last, row := &room[0], &room[1], &room[2]
	for j := range len(b) + 1 {
		last[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j]+cost, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

// share says of the entries before an index which of the text's n trigrams they
// have themselves, and which they or their parents have: one bit each.
func (x *Index) share(folded string, to int) (own, all []uint64, n int) {
	own, all = make([]uint64, to), make([]uint64, to)
	for gram := range Trigrams(folded) {
		if n == maxGrams {
			break
		}
		for _, i := range x.grams[gram] {
			if int(i) >= to {
				break
			}
			own[i] |= 1 << n
		}
		n++
	}
	for i := range all {
		all[i] = own[i]
		if p := x.entries[i].parent; p >= 0 {
			all[i] |= all[p]
		}
	}
	return own, all, n
}
