package area_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"tiendo/pkg/area"
	"tiendo/pkg/fault"
)

func names(l *area.List, indexes []int) []string {
	var out []string
	for _, i := range indexes {
		out = append(out, l.At(i).Name)
	}
	return out
}

func index(t require.TestingT, l *area.List, code area.Code) int {
	i, ok := l.Index(code)
	require.True(t, ok, code)
	return i
}

func TestAnUnknownCodeIsNotFoundAndTheErrorSaysWhatCodesLookLike(t *testing.T) {
	t.Parallel()
	for _, code := range []area.Code{"", "99", "6", "vn", "11344", "x\xff", "1 OR 1=1", area.Code(strings.Repeat("ế", 500))} {
		_, err := area.Edition2021().Get(code)
		require.True(t, fault.Is(err, "area-not-found"), code)
		require.Equal(t, fault.NotFound, fault.KindOf(err))
		e, _ := fault.As(err)
		require.Contains(t, e.Text.En, "001 (district)")
		require.Contains(t, e.Text.Vi, "00001 (xã)")
		require.Less(t, len(e.Text.Vi), 500)
	}
}

func TestAncestorsAreNearestFirst(t *testing.T) {
	t.Parallel()
	list := area.Edition2021()
	i := index(t, list, "01840")
	require.Equal(t, []string{"Thành phố Bắc Kạn", "Tỉnh Bắc Kạn", "Cả nước"}, names(list, list.Ancestors(i)))
	require.Empty(t, list.Ancestors(0))
	require.Equal(t, -1, list.Parent(0))
}

func TestChildrenStandInVietnameseNaturalOrder(t *testing.T) {
	t.Parallel()
	list := area.Edition2021()
	city := names(list, list.Children(index(t, list, "79")))
	require.Equal(t, []string{
		"Huyện Bình Chánh", "Huyện Cần Giờ", "Huyện Củ Chi", "Huyện Hóc Môn", "Huyện Nhà Bè",
		"Quận 1", "Quận 3", "Quận 4", "Quận 5", "Quận 6", "Quận 7", "Quận 8", "Quận 10", "Quận 11", "Quận 12",
		"Quận Bình Tân", "Quận Bình Thạnh", "Quận Gò Vấp", "Quận Phú Nhuận", "Quận Tân Bình", "Quận Tân Phú",
		"Thành phố Thủ Đức",
	}, city)
	provinces := names(list, list.Children(0))
	require.Len(t, provinces, 63)
	require.Equal(t, []string{"Thành phố Cần Thơ", "Thành phố Đà Nẵng", "Thành phố Hà Nội"}, provinces[:3])
	require.Equal(t, []string{
		"Tỉnh An Giang", "Tỉnh Bà Rịa - Vũng Tàu", "Tỉnh Bạc Liêu", "Tỉnh Bắc Giang", "Tỉnh Bắc Kạn", "Tỉnh Bắc Ninh", "Tỉnh Bến Tre",
	}, provinces[5:12], "ă after a")
	require.Empty(t, list.Children(index(t, list, "01840")))
}

func TestSortingKnowsTheVietnameseLettersAndNumbers(t *testing.T) {
	t.Parallel()
	sorted := []string{
		"Quận 1", "Quận 2", "Quận 10", "Quận An", "Quận Anh", "Quận Ăn", "Quận Ân", "Quận Bà", "Quận Dung",
		"Quận Đa", "Quận E", "Quận Ê", "Quận Ia H' Drai", "Quận Oz", "Quận Ô", "Quận Ơ", "Quận P", "Quận Uz", "Quận Ư", "Quận V",
	}
	file := header
	for i, name := range sorted {
		file += string(rune('Z'-i)) + ",,province,quận," + name + ",\n"
	}
	list, err := area.Read("made-up", strings.NewReader(file))
	require.NoError(t, err)
	children := list.Children(0)
	require.Equal(t, sorted, names(list, children))
	for at := 1; at < len(children); at++ {
		require.Negative(t, list.Compare(children[at-1], children[at]))
		require.Positive(t, list.Compare(children[at], children[at-1]))
	}
	require.Zero(t, list.Compare(3, 3))
}

func TestChildrenAreTheCallersToChange(t *testing.T) {
	t.Parallel()
	list := area.Edition2021()
	list.Children(0)[0] = 7
	require.NotEqual(t, 7, list.Children(0)[0])
}

// walk collects everything below i the slow way.
func walk(l *area.List, i int) map[int]bool {
	below := make(map[int]bool)
	for c := i + 1; c < l.Len(); c++ {
		if p := l.Parent(c); p == i || below[p] {
			below[c] = true
		}
	}
	return below
}

func TestDescendantsAreWhatANaiveWalkFinds(t *testing.T) {
	t.Parallel()
	list := area.Edition2021()
	high := []int{0}
	for i := range list.Len() {
		if list.At(i).Level <= area.LevelDistrict {
			high = append(high, i)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		i := rapid.OneOf(rapid.SampledFrom(high), rapid.IntRange(0, list.Len()-1)).Draw(t, "area")
		below := walk(list, i)
		first, last := list.Descendants(i)
		require.Equal(t, len(below), last-first)
		for c := range list.Len() {
			if in := first <= c && c < last; in != below[c] || in != list.Under(c, i) {
				t.Fatalf("%d under %d: range says %v, walk %v, Under %v", c, i, in, below[c], list.Under(c, i))
			}
		}
	})
}

func TestTheListIsInPreorderOfCodes(t *testing.T) {
	t.Parallel()
	list := area.Edition2021()
	var next func(i int) int
	next = func(i int) int {
		at, before := i+1, area.Code("")
		for at < list.Len() && list.Parent(at) == i {
			require.Less(t, before, list.At(at).Code)
			before = list.At(at).Code
			at = next(at)
		}
		return at
	}
	require.Equal(t, list.Len(), next(0))
}

func TestOnlyKeepsBranchesAndTheirAncestors(t *testing.T) {
	t.Parallel()
	list := area.Edition2021()
	small := list.Only("small", "01840", "318", "058")
	require.Equal(t, "small", small.Edition())
	require.Equal(t, 1+2+2+8, small.Len(), "nation, two provinces, two districts, the city's communes")
	require.Equal(t, 1, list.Only("empty").Len())
	require.Equal(t, list.Len(), list.Only("all", area.Nation).Len())
	require.Panics(t, func() { list.Only("small", "99999") })

	rapid.Check(t, func(t *rapid.T) {
		chosen := rapid.SliceOfN(rapid.IntRange(1, list.Len()-1), 1, 5).Draw(t, "areas")
		var codes []area.Code
		for _, i := range chosen {
			codes = append(codes, list.At(i).Code)
		}
		small := list.Only("small", codes...)
		for _, i := range chosen {
			first, last := list.Descendants(i)
			require.Equal(t, list.At(i), small.At(index(t, small, list.At(i).Code)))
			require.Equal(t, names(list, list.Ancestors(i)), names(small, small.Ancestors(index(t, small, list.At(i).Code))))
			for d := first; d < last; d++ {
				index(t, small, list.At(d).Code)
			}
		}
		for i := range small.Len() {
			if i > 0 {
				require.Equal(t, small.At(i).Parent, small.At(small.Parent(i)).Code)
			}
		}
	})
}
