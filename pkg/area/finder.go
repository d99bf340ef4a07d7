package area

import (
	"maps"
	"slices"
	"strings"
)

// finder is what searching a list needs, made once.
type finder struct {
	names      []names   // by index
	vocabulary []string  // every folded word of the names, sorted
	having     [][]int32 // by word: the areas whose own names have it
}

// names of one area, folded; its code in lower case.
type names struct{ code, full, short, english string }

func newFinder(l *List) *finder {
	f := &finder{names: make([]names, len(l.areas))}
	having := make(map[string][]int32)
	for i, a := range l.areas {
		n := names{
			code: strings.ToLower(string(a.Code)),
			full: Fold(a.Name), short: Fold(ShortName(a)), english: Fold(a.NameEn),
		}
		f.names[i] = n
		for _, text := range []string{n.full, n.english, unspaced(a.Name), initials(a)} {
			for word := range strings.FieldsSeq(text) {
				with := having[word]
				if len(with) == 0 || with[len(with)-1] != int32(i) {
					having[word] = append(with, int32(i))
				}
			}
		}
	}
	f.vocabulary = slices.Sorted(maps.Keys(having))
	f.having = make([][]int32, len(f.vocabulary))
	for at, word := range f.vocabulary {
		f.having[at] = having[word]
	}
	return f
}

// starting returns, for each word that starts with prefix, the areas having it.
func (f *finder) starting(prefix string) [][]int32 {
	from, _ := slices.BinarySearch(f.vocabulary, prefix)
	to := from
	for to < len(f.vocabulary) && strings.HasPrefix(f.vocabulary[to], prefix) {
		to++
	}
	return f.having[from:to]
}

// joiners stand inside words of the highlands' names and are often left out:
// "Ea H'leo" is looked for as "ea hleo", "N.T Phong Hải" as "nt phong hai".
var joiners = strings.NewReplacer("' ", "", "'", "", "’ ", "", "’", "", ".", "")

// unspaced is a name folded with the parts around an apostrophe or a point
// written together; empty when it has none.
func unspaced(name string) string {
	if !strings.ContainsAny(name, "'’.") {
		return ""
	}
	return Fold(joiners.Replace(name))
}

// initials shorten a unit word of two syllables: "thành phố" is "tp".
func initials(a Area) string {
	syllables := strings.Fields(Fold(unitWord(a.Type)))
	if len(syllables) < 2 || a.Level == LevelNation {
		return ""
	}
	var short strings.Builder
	for _, syllable := range syllables {
		short.WriteByte(syllable[0])
	}
	return short.String()
}
