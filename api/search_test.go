package api_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/api"
)

// look searches and gives what was found by kind.
func look(s *server, q string, more ...string) map[api.FoundKind][]api.Found {
	s.t.Helper()
	address := v1 + "/search?q=" + url.QueryEscape(q)
	for _, m := range more {
		address += "&" + m
	}
	all := map[api.FoundKind][]api.Found{}
	for _, g := range as[api.SearchAnswer](s.get(address).ok()).Groups {
		all[g.Kind] = g.Items
	}
	return all
}

func TestU11_OneSearchFindsAllFourKinds(t *testing.T) {
	t.Parallel()
	s := serve(t)
	place := look(s, "đuc xuan")["area"][0]
	require.Equal(t, "01840", place.Key)
	require.Equal(t, api.Level("commune"), place.Level.MustGet())
	require.Equal(t, []string{"058", "06"}, []string{place.Places[0].Code, place.Places[1].Code})
	require.False(t, place.Similar)

	law := look(s, "hiep thuong lan 1 cap huyen", "area=01840")["milestone"][0]
	require.Equal(t, "consult1_pc_district", law.Key)
	require.Contains(t, law.Citation.MustGet().Vi, "Điều 50")
	require.True(t, law.Plan.IsNull())
	require.Equal(t, "058", law.At.MustGet().Area.Code, "the district of the ward")
	require.Equal(t, "consult1_pc_district", law.At.MustGet().Milestone)
	for at, own := range map[string]string{"VN": "consult2_central", "058": "consult2_pc_district", "01840": "consult2_pc_commune"} {
		require.Equal(t, own, look(s, "hiep thuong lan 2", "limit=1", "area="+at)["milestone"][0].Key, "what stands at the place first")
	}
	require.Equal(t, "election_committee_province", look(s, "điều 22")["milestone"][0].Key)
	require.Equal(t, "06", look(s, "điều 22")["milestone"][0].At.MustGet().Area.Code, "the first below the nation")

	line := look(s, "an ninh trat tu")["milestone"][0]
	require.Equal(t, "bk_security", line.Key)
	require.True(t, line.Citation.IsNull())
	require.Contains(t, line.Plan.MustGet().Vi, "Bắc Kạn")
	require.Equal(t, "058", line.Places[0].Code)
	require.True(t, look(s, "bau cu lai")["milestone"][0].At.IsNull(), "it has not come to that")

	paper := look(s, "18kh")["document"][0]
	require.Equal(t, "bk_plan_18", paper.Key)
	require.Equal(t, "18-KH/TU", paper.Number.MustGet())
	require.Equal(t, "2021-01-14", paper.IssuedOn.MustGet().String())
	require.Equal(t, "Thành ủy Bắc Kạn", paper.Issuer.MustGet().Vi)

	body := look(s, "ub mttq", "under=31")["body"][0]
	require.Equal(t, "hp_front", body.Key)
	require.Equal(t, "front", body.BodyKind.MustGet())
	require.Equal(t, "31", body.Places[0].Code)
}

func TestASearchKeepsToKindBranchAndLimit(t *testing.T) {
	t.Parallel()
	s := serve(t)
	all := as[api.SearchAnswer](s.get(v1 + "/search?q=bac+kan&limit=1").ok()).Groups
	require.Equal(t, api.FoundKind("area"), all[0].Kind, "a whole name comes before all else")
	require.Len(t, all[0].Items, 1)
	require.True(t, all[0].HasMore)
	require.Len(t, look(s, "bac kan", "kind=body"), 1)
	for _, b := range look(s, "ban chi dao", "kind=body", "under=31")["body"] {
		require.Equal(t, "31", b.Places[len(b.Places)-1].Code)
	}
	require.True(t, look(s, "phu tgo")["area"][0].Similar)
	require.Equal(t, "25", look(s, "phu tgo")["area"][0].Key)
	require.Empty(t, look(s, "zzzzzz"))
}

func TestASearchForNothingSaysSo(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for query, want := range map[string]struct {
		status int
		code   string
	}{
		"":                   {http.StatusBadRequest, "parameter-missing"},
		"?q=":                {http.StatusUnprocessableEntity, "search-empty"},
		"?q=%20%3F":          {http.StatusUnprocessableEntity, "search-empty"},
		"?q=a&kind=person":   {http.StatusUnprocessableEntity, "parameter-refused"},
		"?q=a&limit=51":      {http.StatusUnprocessableEntity, "parameter-refused"},
		"?q=a&under=nowhere": {http.StatusNotFound, "area-not-found"},
		"?q=a&area=nowhere":  {http.StatusNotFound, "area-not-found"},
	} {
		r := s.get(v1 + "/search" + query)
		require.Equal(t, want.status, r.status, query)
		require.Equal(t, want.code, r.problem()["code"], query)
	}
}

func TestASearchAsksTheDatabaseNothingAndItsTagIsItsContents(t *testing.T) {
	t.Parallel()
	d, asked := newDatabase(t), &counter{}
	s := d.serve(d.counted(asked))
	before := asked.n.Load()
	first := s.get(v1 + "/search?q=hiep+thuong").ok()
	require.Equal(t, http.StatusNotModified, s.get(v1+"/search?q=hiep+thuong", "If-None-Match", first.tag()).status)
	require.Equal(t, before, asked.n.Load())
	s.change(duty, `{"status": "in_progress"}`)
	require.Equal(t, first.tag(), s.get(v1+"/search?q=hiep+thuong").ok().tag(), "a report changes nothing that is found")
	require.NotEqual(t, first.tag(), s.get(v1+"/search?q=hiep+thuong&area=25").ok().tag(), "it leads elsewhere")
}
