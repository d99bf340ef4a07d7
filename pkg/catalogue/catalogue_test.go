package catalogue_test

import (
	"encoding/csv"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/area"
	"tiendo/pkg/catalogue"
	"tiendo/pkg/civil"
	"tiendo/pkg/dossier"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/mirror/mirrortest"
	"tiendo/pkg/tracker"
)

// country is the whole country as known on the trial day.
var country = sync.OnceValue(func() *mirror.View { return known(panicking{}, area.Edition2021()).View(panicking{}) })

type panicking struct{}

func (panicking) Errorf(format string, args ...any) {}
func (panicking) FailNow()                          { panic("the country could not be made") }

// known is the log of an election in some places, with all that its dossier has.
func known(t require.TestingT, list *area.List) *mirrortest.Log {
	l := mirrortest.Open(t, list)
	day := civil.Must("2021-01-25")
	l.PassTo(day)
	d, err := dossier.Load("2021")
	require.NoError(t, err)
	_, err = l.Do(func(a *tracker.Act) error {
		_, err := d.Tell(a, day)
		return err
	})
	require.NoError(t, err)
	return l
}

func search(t require.TestingT, v *mirror.View, q catalogue.Query) []catalogue.Group {
	groups, err := catalogue.Of(v).Search(q)
	require.NoError(t, err)
	return groups
}

func keyOf(v *mirror.View, k catalogue.Kind, h catalogue.Hit) string {
	switch k {
	case catalogue.Area:
		return string(v.Frame().List.At(h.Area).Code)
	case catalogue.Milestone:
		return string(h.Origin.Key)
	case catalogue.Document:
		return h.Document.Key
	}
	return h.Body.Key
}

func keys(v *mirror.View, groups []catalogue.Group) map[string][]string {
	all := map[string][]string{}
	for _, g := range groups {
		for _, h := range g.Hits {
			all[g.Kind.String()] = append(all[g.Kind.String()], keyOf(v, g.Kind, h))
		}
	}
	return all
}

func TestU11_AwkwardNamesOfAllKindsAreFound(t *testing.T) {
	t.Parallel()
	file, err := os.Open("testdata/awkward.csv")
	require.NoError(t, err)
	defer file.Close()
	lines := csv.NewReader(file)
	lines.Comment = '#'
	cases, err := lines.ReadAll()
	require.NoError(t, err)
	v := country()
	c := catalogue.Of(v)
	for _, line := range cases[1:] {
		text, kind, key, first := line[0], line[1], line[2], line[4] == "yes"
		within, err := strconv.Atoi(line[3])
		require.NoError(t, err)
		groups, err := c.Search(catalogue.Query{Text: text, Limit: max(within, 1)})
		require.NoError(t, err)
		found := keys(v, groups)
		if within == 0 {
			require.Empty(t, groups, text)
			continue
		}
		if !slices.Contains(found[kind], key) {
			t.Errorf("%s: %s %s is not among %v", text, kind, key, found)
		} else if first && groups[0].Kind.String() != kind {
			t.Errorf("%s: %s before %s: %v", text, groups[0].Kind, kind, found)
		}
	}
}

func TestAnAnswerHasEveryKindTheBestFirst(t *testing.T) {
	t.Parallel()
	v := country()
	all := search(t, v, catalogue.Query{Text: "bac kan", Limit: 3})
	require.Equal(t, catalogue.Area, all[0].Kind)
	require.Greater(t, len(all), 1)
	require.Len(t, all[0].Hits, 3)
	require.True(t, all[0].More)
	require.Equal(t, "06", keyOf(v, catalogue.Area, all[0].Hits[0]))
	for _, g := range all {
		one := search(t, v, catalogue.Query{Text: "bac kan", Limit: 3, Kind: g.Kind})
		require.Equal(t, []catalogue.Group{g}, one, "a kind alone is as it is among the others")
	}
}

func TestUnderKeepsToABranchAndTheLawIsEverywheres(t *testing.T) {
	t.Parallel()
	v := country()
	found := keys(v, search(t, v, catalogue.Query{Text: "ban chi dao", Under: "31", Limit: 100}))
	require.Equal(t, []string{"hp_steering_committee"}, found["body"])
	require.Equal(t, "hp_steering_committee", found["milestone"][0])
	require.NotContains(t, found["milestone"], "bk_steering_committee")
	found = keys(v, search(t, v, catalogue.Query{Text: "dieu 22", Under: "058", Limit: 100}))
	require.Len(t, found["milestone"], 3)
	require.Contains(t, keys(v, search(t, v, catalogue.Query{Text: "hoi nghi quan triet", Under: "303"}))["milestone"], "hp_district_conferences")
	_, err := catalogue.Of(v).Search(catalogue.Query{Text: "a", Under: "nowhere"})
	require.True(t, fault.Is(err, "area-not-found"))
}

func TestNothingToLookForIsAnError(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "  ", "?!", "\x00", "\u0301"} {
		_, err := catalogue.Of(country()).Search(catalogue.Query{Text: text})
		require.True(t, fault.Is(err, "search-empty"), "%q", text)
	}
	_, err := catalogue.ParseKind("person")
	require.True(t, fault.Is(err, "find-kind-unknown"))
}

func TestAMilestoneLeadsToTheNearestPlaceThatHasIt(t *testing.T) {
	t.Parallel()
	v := country()
	for _, c := range []struct{ key, from, want string }{
		{"consult1_pc_district", "058", "058"},
		{"consult1_pc_district", "01840", "058"},
		{"consult1_pc_district", "06", "058"}, // the first district of the province
		{"politburo_directive_45", "01840", "VN"},
		{"voter_list_posted", "01840", "01840"},
		{"voter_list_posted", "318", "318"}, // a district that has no communes
		{"bk_plan_18", "01840", "058"},
		{"bk_plan_18", "31", "058"},
		{"re_vote", "058", ""}, // nothing has happened
	} {
		o, ok := v.OriginOf(tracker.MilestoneKey(c.key))
		require.True(t, ok, c.key)
		from, _ := v.Frame().List.Index(area.Code(c.from))
		id, ok := catalogue.Where(v, o, from)
		require.Equal(t, c.want != "", ok, c.key)
		require.Equal(t, area.Code(c.want), id.Area, "%s from %s", c.key, c.from)
	}
}

func TestWhatIsAddedIsFoundAtOnceAndReportsChangeNothing(t *testing.T) {
	t.Parallel()
	l := known(t, mirrortest.Places())
	m := mirror.New(l, mirror.Options{Now: l.Now})
	require.NoError(t, m.Apply(t.Context(), l.All()))
	var shelf catalogue.Shelf
	now := func() *mirror.View {
		v, err := m.View(mirrortest.ID)
		require.NoError(t, err)
		return v
	}
	do := func(act func(*tracker.Act) error) {
		changes, err := l.Do(act)
		require.NoError(t, err)
		require.NoError(t, m.Apply(t.Context(), changes))
	}
	first := shelf.Of(now())
	r := l.Records()[slices.IndexFunc(l.Records(), func(r tracker.Record) bool { return len(r.Tasks) > 0 })]
	do(func(a *tracker.Act) error {
		_, err := a.UpdateTask(tracker.TaskCommand{
			ID: r.Milestone.ID, Task: r.Tasks[0].Key, If: r.Tasks[0].Revision, Status: tracker.To(tracker.InProgress),
		})
		return err
	})
	require.Same(t, first, shelf.Of(now()))

	text := fault.Text{Vi: "Tổ giúp việc khác thường", En: "An unusual team"}
	do(func(a *tracker.Act) error {
		return a.AddBody(tracker.Body{Key: "odd_body", Kind: "front", Form: "team", Name: text, Area: "058"})
	})
	do(func(a *tracker.Act) error {
		return a.AddDocument(tracker.Document{Key: "odd", Number: "777-KH/TU", Kind: "plan", Title: text, Area: "058", Public: true, KnownBy: civil.Must("2021-01-25")})
	})
	do(func(a *tracker.Act) error {
		return a.AddDocument(tracker.Document{Key: "secret", Number: "778-KH/TU", Kind: "plan", Title: text, Area: "058", KnownBy: civil.Must("2021-01-25")})
	})
	groups, err := shelf.Of(now()).Search(catalogue.Query{Text: "khac thuong"})
	require.NoError(t, err)
	require.Equal(t, map[string][]string{"document": {"odd"}, "body": {"odd_body"}}, keys(now(), groups), "what is not public is not found")
}

func BenchmarkCatalogue(b *testing.B) {
	v := country()
	b.Run("made", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			catalogue.Of(v)
		}
	})
	c := catalogue.Of(v)
	for _, text := range []string{"p", "phu tho", "duc xuan bac kan", "hiep thuong lan 2", "hia phong", "hiep thuog lan 2"} {
		_, err := c.Search(catalogue.Query{Text: text})
		require.NoError(b, err)
		b.Run(text, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = c.Search(catalogue.Query{Text: text})
			}
		})
	}
}
