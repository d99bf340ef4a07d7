package area

import (
	"strings"

	"tiendo/pkg/find"
)

// newFinder is what searching a list needs, made once: every area with its
// names and code, those it lies in as its parents.
func newFinder(l *List) *find.Index {
	entries := make([]find.Entry, len(l.areas))
	position := l.order().position
	for i, a := range l.areas {
		entries[i] = find.Entry{
			Key: string(a.Code), Names: []string{a.Name, a.NameEn}, Short: ShortName(a),
			Words:  []string{unspaced(a.Name), initials(a)},
			Parent: int(l.parent[i]), Order: uint64(a.Level)<<32 | uint64(position[i]),
		}
	}
	return find.New(entries)
}

// joiners stand inside words of the highlands' names and are often left out:
// "Ea H'leo" is looked for as "ea hleo", "N.T Phong Hải" as "nt phong hai".
var joiners = strings.NewReplacer("' ", "", "'", "", "’ ", "", "’", "", ".", "")

// unspaced is a name with the parts around an apostrophe or a point written
// together; empty when it has none.
func unspaced(name string) string {
	if !strings.ContainsAny(name, "'’.") {
		return ""
	}
	return joiners.Replace(name)
}

// initials shorten a unit word of two syllables: "thành phố" is "tp".
func initials(a Area) string {
	syllables := strings.Fields(find.Fold(unitWord(a.Type)))
	if len(syllables) < 2 || a.Level == LevelNation {
		return ""
	}
	var short strings.Builder
	for _, syllable := range syllables {
		short.WriteByte(syllable[0])
	}
	return short.String()
}
