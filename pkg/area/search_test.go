package area_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"tiendo/pkg/area"
	"tiendo/pkg/find"
)

func TestAwkwardNamesAreFoundFirst(t *testing.T) {
	t.Parallel()
	list := area.Edition2021()
	for _, c := range []struct {
		text string
		want area.Code
	}{
		{"phu tho", "25"},
		{"Phú Thọ", "25"},
		{norm.NFD.String("Phú Thọ"), "25"},
		{"PHU  THO", "25"},
		{"hoà bình", "17"},
		{"hòa bình", "17"},
		{"tinh hoa binh", "17"},
		{"thanh pho hoa binh", "148"},
		{"dak lak", "66"},
		{"ĐẮK LẮK", "66"},
		{"đak lak province", "66"},
		{"ho chi minh", "79"},
		{"tp ho chi minh", "79"},
		{"TP.Hồ Chí Minh", "79"},
		{"Ho Chi Minh City", "79"},
		{"ba ria vung tau", "77"},
		{"Bà Rịa-Vũng Tàu", "77"},
		{"vung tau", "747"},
		{"quan 1", "760"},
		{"Quận 01", "760"},
		{"q1", "760"},
		{"district 1", "760"},
		{"01", "01"},
		{"06", "06"},
		{"058", "058"},
		{" 058 ", "058"},
		{"01840", "01840"},
		{"VN", "VN"},
		{"vn", "VN"},
		{"viet nam", "VN"},
		{"ca nuoc", "VN"},
		{"bach long vi", "318"},
		{"con co", "471"},
		{"HUẾ", "474"},
		{"thua thien hue", "46"},
		{"bac kan", "06"},
		{"tp bac kan", "058"},
		{"thi xa sa pa", "088"},
		{"tx sa pa", "088"},
		{"sa pa", "088"},
		{"duc xuan bac kan", "01840"},
		{"Đức Xuân, Bắc Kạn", "01840"},
		{"ea h'leo", "645"},
		{"ea hleo", "645"},
		{"ea h’leo", "645"},
		{"m'drak", "652"},
		{"mdrak", "652"},
		{"nt phong hai", "02902"},
		{"n.t phong hải", "02902"},
		{"phan rang thap cham", "582"},
		{"ba dinh ha noi", "001"},
		{"hà nội ba đình", "001"},
		{"thu duc", "769"},
	} {
		hits := list.Search(area.Query{Text: c.text, Limit: 5})
		require.NotEmpty(t, hits, c.text)
		require.Equal(t, c.want, hits[0].Area.Code, "%s found %s", c.text, hits[0].Area.Name)
		require.Equal(t, hits[0].Area, list.At(hits[0].Index))
	}
}

func TestSameSpellingsFindTheSameAreas(t *testing.T) {
	t.Parallel()
	list := area.Edition2021()
	for _, spellings := range [][]string{
		{"Phường 1", "Phường 01", "phuong 1", "PHUONG01", "phường  001"},
		{"hoà bình", "hòa bình", "hoa binh", norm.NFD.String("Hoà Bình")},
		{"đông hải", "Đông Hải", "dong hai", "DONG HAI"},
	} {
		want := list.Search(area.Query{Text: spellings[0], Limit: 1000})
		require.NotEmpty(t, want)
		for _, s := range spellings[1:] {
			require.Equal(t, want, list.Search(area.Query{Text: s, Limit: 1000}), s)
		}
	}
	both := make(map[string]bool)
	for _, h := range list.Search(area.Query{Text: "phuong 1", Under: "79", Limit: 40}) {
		both[h.Area.Name] = true
	}
	require.True(t, both["Phường 01"], "written with a zero in the city")
}

func TestTheBestAndTheHighestComeFirst(t *testing.T) {
	t.Parallel()
	list := area.Edition2021()
	found := func(q area.Query) []string {
		var out []string
		for _, h := range list.Search(q) {
			out = append(out, h.Area.Name)
		}
		return out
	}
	require.Equal(t, []string{"Tỉnh Hoà Bình", "Huyện Hoà Bình", "Thành phố Hòa Bình"}, found(area.Query{Text: "hoa binh", Limit: 3}))
	require.Equal(t, []string{"Quận 1", "Quận 10", "Quận 11", "Quận 12"}, found(area.Query{Text: "quan 1", Level: area.LevelDistrict, Limit: 4}))
	require.Equal(t, []string{"Tỉnh Quảng Bình", "Tỉnh Quảng Nam", "Tỉnh Quảng Ngãi", "Tỉnh Quảng Ninh", "Tỉnh Quảng Trị"}, found(area.Query{Text: "q", Limit: 5}))
	require.Equal(t, []string{"Phường Đức Xuân"}, found(area.Query{Text: "duc xuan", Under: "06"}))
	require.Equal(t, "Tỉnh Ninh Thuận", found(area.Query{Text: "58"})[0], "a code, before the communes whose code starts so")
}

func TestSearchKeepsToBranchLevelAndLimit(t *testing.T) {
	t.Parallel()
	list := area.Edition2021()
	branch := index(t, list, "79")
	hits := list.Search(area.Query{Text: "p", Under: "79", Level: area.LevelCommune, Limit: 10_000})
	require.Greater(t, len(hits), 200)
	for _, h := range hits {
		require.Equal(t, area.LevelCommune, h.Area.Level)
		require.True(t, list.Under(h.Index, branch))
	}
	require.Equal(t, hits[:7], list.Search(area.Query{Text: "p", Under: "79", Level: area.LevelCommune, Limit: 7}))
	require.Len(t, list.Search(area.Query{Text: "p"}), 20, "the limit when none is given")
	require.Equal(t, branch, list.Search(area.Query{Text: "ho chi minh", Under: "79"})[0].Index, "the branch has its own top")
	require.Len(t, list.Search(area.Query{Text: "quan 1 ho chi minh viet nam", Under: "760", Level: area.LevelDistrict}), 1, "words of what lies above the branch count")
	require.Empty(t, list.Search(area.Query{Text: "p", Under: "no such"}))
	require.Empty(t, list.Search(area.Query{Text: "p", Level: area.LevelPollingArea}))
	require.NotEmpty(t, list.Only("small", "058").Search(area.Query{Text: "duc xuan"}))
}

func TestAllListsBranchAndLevelTheHigherFirstInVietnameseOrder(t *testing.T) {
	t.Parallel()
	list := area.Edition2021()
	names := func(q area.Query) (all []string) {
		for _, h := range list.All(q) {
			require.Equal(t, h.Area, list.At(h.Index))
			all = append(all, h.Area.Name)
		}
		return all
	}
	require.Equal(t, []string{"Cả nước", "Thành phố Cần Thơ", "Thành phố Đà Nẵng"}, names(area.Query{Limit: 3}))
	require.Len(t, names(area.Query{}), 20)
	require.Len(t, names(area.Query{Limit: 100_000}), list.Len())
	require.Len(t, names(area.Query{Level: area.LevelProvince, Limit: 100}), 63)
	require.Equal(t, []string{"Tỉnh Bắc Kạn", "Huyện Ba Bể", "Huyện Bạch Thông"}, func() []string {
		all := names(area.Query{Under: "06"})
		return []string{all[0], all[1], all[2]}
	}())
	require.Empty(t, names(area.Query{Under: "nowhere"}))
	require.Empty(t, names(area.Query{Under: "058", Level: area.LevelProvince}))
}

func TestNonsenseFindsNothingAndHarmsNothing(t *testing.T) {
	t.Parallel()
	list := area.Edition2021()
	for _, text := range []string{
		"", "   ", "...", "!?*%_'\"\\", "\x00\x00", "\xff\xfe", "🏠", "\u0301", "<script>alert(1)</script>",
		"'; DROP TABLE area; --", "%%%", ".*", "zzzzzz", "hanoi city of nowhere",
		strings.Repeat("a", 1_000_000), strings.Repeat("x zz ", 100_000),
	} {
		require.Empty(t, list.Search(area.Query{Text: text, Limit: 3}), "%.40q", text)
	}
	require.NotEmpty(t, list.Search(area.Query{Text: "a" + strings.Repeat("\u0301", 1_000_000)}), "one letter under many accents is that letter")
	long := "Phú Thọ" + strings.Repeat(" ", 10_000) + "zzz"
	require.NotEmpty(t, list.Search(area.Query{Text: long}), "what comes after the 200th character is ignored")
	many := "ha noi " + strings.Repeat("h n ", 40)
	require.Equal(t, area.Code("01"), list.Search(area.Query{Text: many})[0].Area.Code, "repeated words count once")
	require.Empty(t, list.Search(area.Query{Text: "a b c d e f g h i j k l m n o p q r s t u v w x y z 1 2 3 4 5 6 7 8 9"}))
}

// Communes are looked for in their district, the others in the whole country:
// all 10,603 there would take the race detector half a minute.
func TestEveryAreaIsFoundByItsFullNameAmongItsNamesakes(t *testing.T) {
	t.Parallel()
	list := area.Edition2021()
	type place struct {
		under area.Code
		name  string
	}
	places := make(map[place]map[area.Code]bool)
	for i := range list.Len() {
		a := list.At(i)
		at := place{area.Nation, find.Fold(a.Name)}
		if a.Level == area.LevelCommune {
			at.under = a.Parent
		}
		if places[at] == nil {
			places[at] = make(map[area.Code]bool)
		}
		places[at][a.Code] = true
	}
	for at, namesakes := range places {
		found := make(map[area.Code]bool)
		for _, h := range list.Search(area.Query{Text: at.name, Under: at.under, Limit: len(namesakes)}) {
			found[h.Area.Code] = true
		}
		require.Equal(t, namesakes, found, at.name)
	}
}

func TestAnAreaIsFoundFirstByItsNameAsWrittenAndByItsCode(t *testing.T) {
	t.Parallel()
	list := area.Edition2021()
	rapid.Check(t, func(t *rapid.T) {
		a := list.At(rapid.IntRange(0, list.Len()-1).Draw(t, "area"))
		require.Equal(t, a, list.Search(area.Query{Text: string(a.Code), Limit: 1})[0].Area)
		best := list.Search(area.Query{Text: a.Name, Under: a.Parent, Limit: 1})[0].Area
		require.Equal(t, find.Fold(a.Name), find.Fold(best.Name))
	})
}

func TestU11_APlaceIsFoundThoughOneLetterIsWrong(t *testing.T) {
	t.Parallel()
	list := area.Edition2021()
	rapid.Check(t, func(t *rapid.T) {
		// A short name with another letter is another short name.
		long := func(i int) bool { return len(find.Fold(area.ShortName(list.At(i)))) > 5 }
		a := list.At(rapid.IntRange(1, list.Len()-1).Filter(long).Draw(t, "area"))
		name := find.Fold(area.ShortName(a))
		at := rapid.IntRange(0, len(name)-1).Draw(t, "where")
		another := func(letter string) bool { return letter != name[at:at+1] }
		letter := rapid.StringMatching(`[a-z]`).Filter(another).Draw(t, "letter")
		text := rapid.SampledFrom([]string{name[:at] + letter + name[at:], name[:at] + name[at+1:], name[:at] + letter + name[at+1:]}).Draw(t, "text")
		for _, h := range append(list.Search(area.Query{Text: text, Limit: list.Len()}), list.Similar(area.Query{Text: text, Limit: list.Len()})...) {
			if h.Area.Code == a.Code {
				return
			}
		}
		t.Fatalf("%s does not find %s", text, a.Name)
	})
}

// naive says whether an area matches words, straight from the description;
// folded holds each area's names, every word after a space.
func naive(l *area.List, folded []string, i int, words []string) bool {
	has := func(i int, word string) bool { return strings.Contains(folded[i], " "+word) }
	some := false
	for _, word := range words {
		found := has(i, word)
		some = some || found
		for _, up := range l.Ancestors(i) {
			found = found || has(up, word)
		}
		if !found {
			return false
		}
	}
	return some
}

func TestSearchFindsWhatANaiveSearchFinds(t *testing.T) {
	t.Parallel()
	list := area.Edition2021()
	folded := make([]string, list.Len())
	for i := range folded {
		folded[i] = " " + find.Fold(list.At(i).Name) + " " + find.Fold(list.At(i).NameEn)
	}
	rapid.Check(t, func(t *rapid.T) {
		// The beginnings of some words of an area's and its ancestors' names.
		i := rapid.IntRange(0, list.Len()-1).Draw(t, "area")
		all := strings.Fields(find.Fold(strings.Join(names(list, append(list.Ancestors(i), i)), " ")))
		var words []string
		for _, word := range rapid.SliceOfN(rapid.SampledFrom(all), 1, 4).Draw(t, "words") {
			words = append(words, word[:rapid.IntRange(1, len(word)).Draw(t, "length")])
		}
		under := rapid.SampledFrom(append(list.Ancestors(i), i)).Draw(t, "under")
		var want []int
		_, last := list.Descendants(under)
		for c := under; c < last; c++ {
			if naive(list, folded, c, words) {
				want = append(want, c)
			}
		}
		got := make(map[int]bool)
		for _, h := range list.Search(area.Query{Text: strings.Join(words, " "), Under: list.At(under).Code, Limit: list.Len()}) {
			got[h.Index] = true
		}
		for _, c := range want {
			require.True(t, got[c], "%v finds %s", words, list.At(c).Name)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	text := edition(b)
	for b.Loop() {
		_, err := area.Read("2021", strings.NewReader(text))
		require.NoError(b, err)
	}
}

func BenchmarkFirstSort(b *testing.B) {
	text := edition(b)
	for b.Loop() {
		b.StopTimer()
		list, err := area.Read("2021", strings.NewReader(text))
		require.NoError(b, err)
		b.StartTimer()
		list.Compare(0, 1)
	}
}

func BenchmarkFirstSearch(b *testing.B) {
	text := edition(b)
	for b.Loop() {
		b.StopTimer()
		list, err := area.Read("2021", strings.NewReader(text))
		require.NoError(b, err)
		list.Compare(0, 1)
		b.StartTimer()
		list.Search(area.Query{Text: "ha noi"})
	}
}

func BenchmarkSearch(b *testing.B) {
	list := area.Edition2021()
	for _, text := range []string{"x", "phu tho", "duc xuan bac kan", "058", "zzz"} {
		list.Search(area.Query{Text: text}) // what is made on first use
		b.Run(text, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				list.Search(area.Query{Text: text})
			}
		})
	}
}

func edition(b *testing.B) string {
	b.Helper()
	text, err := os.ReadFile("editions/2021.csv")
	require.NoError(b, err)
	return string(text)
}
