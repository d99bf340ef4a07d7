package area

import (
	"bytes"
	"cmp"
	"slices"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// order is where each area stands when all are sorted by name as Vietnamese
// does it (Ă after A, Đ after D, tones after letters), numbers by their value.
type order struct {
	position []int32 // by index
	sorted   []int32 // indexes in order
}

func newOrder(areas []Area) *order {
	var buffer collate.Buffer
	// A Collator is not for sharing, and making one is cheap.
	collator := collate.New(language.Vietnamese, collate.Numeric)
	keys := make([][]byte, len(areas))
	for i, a := range areas {
		keys[i] = collator.KeyFromString(&buffer, a.Name)
	}
	o := &order{position: make([]int32, len(areas)), sorted: make([]int32, len(areas))}
	for i := range o.sorted {
		o.sorted[i] = int32(i)
	}
	slices.SortFunc(o.sorted, func(a, b int32) int {
		return cmp.Or(bytes.Compare(keys[a], keys[b]), cmp.Compare(a, b))
	})
	for at, i := range o.sorted {
		o.position[i] = int32(at)
	}
	return o
}

// Compare puts the areas at two indexes in Vietnamese natural order by their
// names, unit word included: negative when i comes first. Areas of one name
// stand in the order of the list.
func (l *List) Compare(i, j int) int {
	position := l.order().position
	return cmp.Compare(position[i], position[j])
}
