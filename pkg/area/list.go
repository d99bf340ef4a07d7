package area

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"tiendo/pkg/fault"
	"tiendo/pkg/find"
)

// List is one edition of the areas. It never changes and may be used by many
// goroutines. Areas are known by their index, from 0 (the nation): parents come
// before children, siblings in the order of their codes, and each branch is a
// run of neighbours, so that scanning a branch is scanning a slice.
type List struct {
	edition string
	areas   []Area
	parent  []int32 // index of the parent, -1 for the nation
	end     []int32 // index after the last area of the branch
	index   map[Code]int32

	// Made when first needed: not every program sorts or searches.
	order  func() *order
	finder func() *find.Index
	sum    func() [32]byte
}

// Edition is the name of the edition: "2021".
func (l *List) Edition() string { return l.edition }

// Len is how many areas there are, the nation included.
func (l *List) Len() int { return len(l.areas) }

// At is the area at index i.
func (l *List) At(i int) Area { return l.areas[i] }

// Index finds the index of a code; false when the edition does not have it.
func (l *List) Index(code Code) (int, bool) {
	i, ok := l.index[code]
	return int(i), ok
}

// Get finds an area; fault.NotFound, "area-not-found" when the edition does not
// have the code.
func (l *List) Get(code Code) (Area, error) {
	i, ok := l.index[code]
	if !ok {
		return Area{}, l.notFound(code)
	}
	return l.areas[i], nil
}

func (l *List) notFound(code Code) error {
	shown := string(code)
	if !code.wellFormed() {
		shown = firstRunes(strings.ToValidUTF8(shown, "?"), maxCode)
	}
	forms := fault.Text{Vi: "VN (cả nước)", En: "VN (the nation)"}
	for _, form := range l.forms() {
		forms = fault.Textf("%s, %s", "%s, %s", forms, form)
	}
	return fault.New(fault.NotFound, "area-not-found",
		"Danh mục %s không có địa phương mang mã %q. Mã có dạng: %s; giữ cả số 0 ở đầu.",
		"Edition %s has no area with the code %q. Codes are of the form: %s; leading zeros kept.",
		l.edition, shown, forms)
}

// forms describe the codes of each level that the edition has, by an example.
func (l *List) forms() []fault.Text {
	names := map[Level]fault.Text{
		LevelProvince: {Vi: "tỉnh", En: "province"}, LevelDistrict: {Vi: "huyện", En: "district"},
		LevelCommune: {Vi: "xã", En: "commune"}, LevelPollingArea: {Vi: "khu vực bỏ phiếu", En: "polling area"},
	}
	examples := map[Level]Code{}
	for i := 1; i < len(l.areas) && len(examples) < len(names); i++ {
		if a := &l.areas[i]; examples[a.Level] == "" {
			examples[a.Level] = a.Code
		}
	}
	var forms []fault.Text
	for level := LevelProvince; level <= LevelPollingArea; level++ {
		if code, ok := examples[level]; ok {
			forms = append(forms, fault.Textf("%s (%s)", "%s (%s)", code, names[level]))
		}
	}
	return forms
}

// Parent is the index of the area that i lies in; -1 for the nation.
func (l *List) Parent(i int) int { return int(l.parent[i]) }

// Ancestors are the areas that i lies in, the nearest first, the nation last.
func (l *List) Ancestors(i int) []int {
	var up []int
	for p := l.parent[i]; p >= 0; p = l.parent[p] {
		up = append(up, int(p))
	}
	return up
}

// Children are the areas right below i, by name in Vietnamese natural order.
// The slice belongs to the caller.
func (l *List) Children(i int) []int {
	var children []int
	for c := i + 1; c < int(l.end[i]); c = int(l.end[c]) {
		children = append(children, c)
	}
	position := l.order().position
	slices.SortFunc(children, func(a, b int) int { return int(position[a] - position[b]) })
	return children
}

// Descendants are all areas below i: those with first <= index < last. The
// whole branch, i included, is i <= index < last.
func (l *List) Descendants(i int) (first, last int) { return i + 1, int(l.end[i]) }

// Under says that i lies in ancestor, at any depth; no area lies in itself.
func (l *List) Under(i, ancestor int) bool { return ancestor < i && i < int(l.end[ancestor]) }

// HasChildrenAt says that some area right below i is of this level.
func (l *List) HasChildrenAt(i int, level Level) bool {
	for c := i + 1; c < int(l.end[i]); c = int(l.end[c]) {
		if l.areas[c].Level == level {
			return true
		}
	}
	return false
}

// Only makes a small edition of the branches under the given codes, with the
// ancestors these need. It panics on a code that the list does not have: the
// codes are the programmer's.
func (l *List) Only(edition string, codes ...Code) *List {
	keep := make([]bool, len(l.areas))
	keep[0] = true
	for _, code := range codes {
		i, ok := l.index[code]
		if !ok {
			panic(fmt.Sprintf("area: edition %s has no %q", l.edition, code))
		}
		for up := i; up >= 0; up = l.parent[up] {
			keep[up] = true
		}
		for down := i; down < l.end[i]; down++ {
			keep[down] = true
		}
	}
	var areas []Area
	for i, a := range l.areas {
		if keep[i] {
			areas = append(areas, a)
		}
	}
	return newList(edition, areas)
}

// newList lays areas out as a List says. The nation must be among them, every
// parent too, and a parent's level must be above its child's.
func newList(edition string, areas []Area) *List {
	below := make(map[Code][]Area)
	for _, a := range areas {
		below[a.Parent] = append(below[a.Parent], a)
	}
	l := &List{
		edition: edition,
		areas:   make([]Area, 0, len(areas)),
		parent:  make([]int32, 0, len(areas)),
		end:     make([]int32, len(areas)),
		index:   make(map[Code]int32, len(areas)),
	}
	l.lay(below[""][0], -1, below)
	l.order = sync.OnceValue(func() *order { return newOrder(l.areas) })
	l.finder = sync.OnceValue(func() *find.Index { return newFinder(l) })
	l.sum = sync.OnceValue(l.digest)
	return l
}

// lay appends a and its branch; it goes no deeper than there are levels.
func (l *List) lay(a Area, parent int32, below map[Code][]Area) {
	i := int32(len(l.areas))
	l.areas = append(l.areas, a)
	l.parent = append(l.parent, parent)
	l.index[a.Code] = i
	children := below[a.Code]
	slices.SortFunc(children, func(x, y Area) int { return strings.Compare(string(x.Code), string(y.Code)) })
	for _, child := range children {
		l.lay(child, i, below)
	}
	l.end[i] = int32(len(l.areas))
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
