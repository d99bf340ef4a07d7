package find_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"tiendo/pkg/find"
)

// shelf is what the tests look through.
func shelf() []find.Entry {
	return []find.Entry{
		{Key: "06", Names: []string{"Tỉnh Bắc Kạn", "Bac Kan Province"}, Short: "Bắc Kạn", Parent: -1, Order: 1},
		{Key: "058", Names: []string{"Thành phố Bắc Kạn", "Bac Kan City"}, Short: "Bắc Kạn", Words: []string{"tp"}, Parent: 0, Order: 2},
		{Key: "01840", Names: []string{"Phường Đức Xuân", "Duc Xuan Ward"}, Short: "Đức Xuân", Parent: 1, Order: 3},
		{Key: "31", Names: []string{"Thành phố Hải Phòng", "Hai Phong City"}, Short: "Hải Phòng", Parent: -1, Order: 1},
		{Key: "ct_45", Names: []string{"45-CT/TW", "Chỉ thị của Bộ Chính trị"}, Context: []string{"trung ương"}, Parent: -1},
		{Key: "ubbc", Names: []string{"Ủy ban bầu cử xã Dương Quang"}, Context: []string{"Bắc Kạn"}, Parent: -1},
	}
}

func ask(x *find.Index, text string) (keys []string) {
	for _, h := range x.Search(find.Query{Text: text, To: x.Len(), Limit: 10}) {
		keys = append(keys, shelf()[h.Index].Key)
	}
	return keys
}

func TestRanksFollowFromWhatMatches(t *testing.T) {
	t.Parallel()
	x := find.New(shelf())
	for text, want := range map[string]find.Rank{
		"CT_45": find.IsKey, "tỉnh bắc kạn": find.IsName, "45 ct tw": find.IsName, "bac kan": find.IsShort, "bac can": find.SoundsAs,
		"bac k": find.BeginsName, "kan tinh": find.InWords, "xuan bac kan": find.InContext, "0184": find.BeginsKey,
		"tpbk": find.Loosely,
	} {
		hits := x.Search(find.Query{Text: text, To: x.Len(), Limit: 1})
		require.NotEmpty(t, hits, text)
		require.Equal(t, want, hits[0].Rank, text)
	}
}

func TestWhatMatchesLooselyIsFoundOnlyWhereNothingElseIs(t *testing.T) {
	t.Parallel()
	x := find.New(shelf())
	require.Equal(t, []string{"058"}, ask(x, "tpbk"))
	require.Equal(t, []string{"ubbc"}, ask(x, "ubbc duong quang"))
	require.Equal(t, []string{"ubbc"}, ask(x, "ubbc bac can"), "initials are its own, the sound is its context's")
	require.Equal(t, []string{"ubbc"}, ask(x, "ubbc"), "a key, and initials of nothing else")
	require.Empty(t, ask(x, "trung ương"), "context alone finds nothing")
	require.Equal(t, []string{"ct_45"}, ask(x, "chi thi trung uong"))
}

func TestSpellingsOfOneSoundFindEachOther(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]string{
		{"bac kan", "bac can"}, {"quy nhon", "qui nhon"}, {"ky anh", "ki anh"}, {"nghi son", "ngi son"}, {"dak lak", "dac lac"}, {"ghenh", "genh"},
	} {
		require.Equal(t, find.Sound(pair[0]), find.Sound(pair[1]))
	}
	require.NotEqual(t, find.Sound("khanh"), find.Sound("canh"))
	require.NotEqual(t, find.Sound("son la"), find.Sound("xon la"), "a region's way of saying it is no spelling")
}

func TestAQuestionKeepsToItsPart(t *testing.T) {
	t.Parallel()
	x := find.New(shelf())
	hits := x.Search(find.Query{Text: "duc xuan bac kan", From: 1, To: 3, Limit: 5})
	require.Len(t, hits, 1)
	require.Equal(t, 2, hits[0].Index, "words of what lies above the part count")
	require.Empty(t, x.Search(find.Query{Text: "hai phong", From: 0, To: 3, Limit: 5}))
	require.Empty(t, x.Similar(find.Query{Text: "hai phog", From: 0, To: 3, Limit: 5}))
	odd := find.Query{Text: "bac kan", To: x.Len(), Limit: 5, Keep: func(i int) bool { return i%2 == 1 }}
	require.Equal(t, 1, x.Search(odd)[0].Index)
	odd.Text = "bac kann"
	require.Equal(t, 1, x.Similar(odd)[0].Index)
	require.Empty(t, find.New(nil).Search(find.Query{Text: "a", Limit: 5}))
}

func TestSlipsComeBeforeWhatIsMerelySimilar(t *testing.T) {
	t.Parallel()
	x := find.New(shelf())
	one := func(text string) find.Hit {
		hits := x.Similar(find.Query{Text: text, To: x.Len(), Limit: 5})
		require.NotEmpty(t, hits, text)
		return hits[0]
	}
	for text, want := range map[string]int{
		"hia phong": 3, "hai phng": 3, "haiphong": 3, "hai phonng": 3, "thanh pho hia phong": 3, "bac kang": 0, "duc suan": 2,
	} {
		require.Equal(t, want, one(text).Index, text)
		require.Equal(t, find.IsSlip, one(text).Rank, text)
	}
	got := one("duc xuann bac kan")
	require.Equal(t, 2, got.Index)
	require.Equal(t, find.IsSimilar, got.Rank)
	require.Empty(t, x.Similar(find.Query{Text: "zzzzzzzz", To: x.Len(), Limit: 5}))
	require.Empty(t, x.Similar(find.Query{Text: "x", To: x.Len(), Limit: 5}), "too short to be misspelt")
}

// word is a text of few letters, so that trigrams meet.
var word = rapid.StringMatching(`[abđéç ]{0,12}`)

func TestTheSimilarityIsThatOfANaiveComputation(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		entries := make([]find.Entry, rapid.IntRange(1, 12).Draw(t, "entries"))
		for i := range entries {
			entries[i] = find.Entry{Key: "-", Names: []string{word.Draw(t, "name"), word.Draw(t, "other name")}, Parent: rapid.IntRange(-1, i-1).Draw(t, "parent")}
		}
		text := word.Draw(t, "text")
		x := find.New(entries)
		asked := grams(find.Fold(text))
		found := map[int]find.Hit{}
		for _, h := range x.Similar(find.Query{Text: text, To: x.Len(), Limit: x.Len()}) {
			found[h.Index] = h
		}
		slip := slices.ContainsFunc(entries, func(e find.Entry) bool { return isSlip(text, e) })
		for i := range entries {
			own, lines := gramsOf(&entries[i]), map[string]bool{}
			for p := i; p >= 0; p = entries[p].Parent {
				for gram := range gramsOf(&entries[p]) {
					lines[gram] = true
				}
			}
			mine := float64(shared(asked, own))
			want := (mine + float64(shared(asked, lines))) / 2 / float64(len(asked))
			h, ok := found[i]
			if ok {
				require.InDelta(t, want, h.Similarity, 1e-9)
			}
			if !slip && len(find.Fold(text)) >= 3 {
				require.Equal(t, mine > 0 && want >= 0.5, ok, "%q in %q", text, entries[i].Names)
			}
		}
	})
}

// grams are the trigrams of a folded text, straight from their description.
func grams(folded string) map[string]bool {
	all := map[string]bool{}
	for _, w := range strings.Fields(folded) {
		letters := []rune("  " + w + " ")
		for i := range len(letters) - 2 {
			all[string(letters[i:i+3])] = true
		}
	}
	return all
}

func gramsOf(e *find.Entry) map[string]bool {
	all := map[string]bool{}
	for _, name := range e.Names {
		for gram := range grams(find.Fold(name)) {
			all[gram] = true
		}
	}
	return all
}

func shared(a, b map[string]bool) (n int) {
	for gram := range a {
		if b[gram] {
			n++
		}
	}
	return n
}

func isSlip(text string, e find.Entry) bool {
	text, name := find.Fold(text), find.Fold(e.Names[0])
	most := 1
	if len(text) >= 8 {
		most = 2
	}
	return find.Slips(text, name) <= most
}

func TestTrigramsAreThoseOfTheDescription(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := find.Fold(rapid.String().Draw(t, "text"))
		want := grams(text)
		n := 0
		for gram := range find.Trigrams(text) {
			require.True(t, want[gram], gram)
			n++
		}
		require.Len(t, want, n, "each once")
	})
	require.Equal(t, []string{"  b", " ba", "bac", "ac "}, slices.Collect(find.Trigrams(strings.Repeat("bac ", 2))))
}

// naiveSlips is the optimal string alignment by its recursive definition.
func naiveSlips(a, b string) int {
	switch {
	case a == "":
		return len(b)
	case b == "":
		return len(a)
	case a[len(a)-1] == b[len(b)-1]:
		return naiveSlips(a[:len(a)-1], b[:len(b)-1])
	}
	best := min(naiveSlips(a[:len(a)-1], b), naiveSlips(a, b[:len(b)-1]), naiveSlips(a[:len(a)-1], b[:len(b)-1]))
	if len(a) > 1 && len(b) > 1 && a[len(a)-1] == b[len(b)-2] && a[len(a)-2] == b[len(b)-1] {
		best = min(best, naiveSlips(a[:len(a)-2], b[:len(b)-2]))
	}
	return best + 1
}

func TestSlipsAreThoseOfTheDefinition(t *testing.T) {
	t.Parallel()
	letters := rapid.StringMatching(`[abc]{0,7}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := letters.Draw(t, "a"), letters.Draw(t, "b")
		require.Equal(t, naiveSlips(a, b), find.Slips(a, b))
	})
	require.Equal(t, 1, find.Slips("hia phong", "hai phong"))
	require.Equal(t, 100, find.Slips(strings.Repeat("a", 100), strings.Repeat("b", 90)), "longer than any name")
}
