package api_test

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tiendo/api"
	"tiendo/api/docs"
	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/mirror"
	"tiendo/pkg/mirror/mirrortest"
	"tiendo/pkg/statute"
	"tiendo/pkg/tracker"
)

func matrixOf(code string) string { return v1 + "/areas/" + code + "/matrix" }

func columnOf(t *testing.T, m api.Matrix, key string) api.MatrixColumn {
	t.Helper()
	k := slices.IndexFunc(m.Columns, func(c api.MatrixColumn) bool { return c.Key == key })
	require.GreaterOrEqual(t, k, 0, "no column %s", key)
	return m.Columns[k]
}

func TestAMatrixSaysWhatItsPlacesHaveAndWhatLiesBelow(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.change(duty, `{"status": "done", "done_on": "2021-01-22"}`)
	m := as[api.Matrix](s.get(matrixOf("06")).ok())
	require.Equal(t, "Tỉnh Bắc Kạn", m.Area.Name)
	require.Equal(t, civil.Must("2021-01-25"), m.Today)
	require.Equal(t, []string{"058"}, m.Rows.Code)
	require.Equal(t, []api.Level{"district"}, m.Rows.Level)
	require.Equal(t, 8, m.Rows.Children[0])

	c := columnOf(t, m, "consult1_pc")
	require.Equal(t, "consultation_1", c.Phase)
	require.Equal(t, civil.Must("2021-02-17"), c.LatestOn.MustGet())
	require.Equal(t, api.TimingDoneOnTime, m.Timings[c.Cells.Own[0]])
	require.Equal(t, "consult1_pc_district", c.Ids[c.Cells.OwnId[0]])
	require.Empty(t, c.Cells.OwnDays, "nobody has days left")
	require.Equal(t, []int{8}, c.Cells.Total, "the wards below, the city left out")
	require.Empty(t, c.Cells.Done)
	require.Equal(t, "consult1_pc_province", c.Ids[c.Self.OwnId[0]])
	require.Equal(t, 23, c.Self.OwnDays[0].MustGet())
	require.Equal(t, []int{1}, c.Self.Done)
	require.Equal(t, api.MatrixSums{Total: 10, Done: 1}, c.Sums)

	var total, done int
	for _, c := range m.Columns {
		total, done = total+c.Sums.Total, done+c.Sums.Done
	}
	require.Equal(t, m.Totals.Total, total)
	require.Equal(t, m.Totals.Done, done)
	require.Less(t, m.Rows.Total[0], m.Totals.Total, "the province has work of its own")
}

func TestAMatrixIsNarrowedAndSortedAsAsked(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.change(v1+"/areas/318/milestones/election_committee_district/tasks/duty", `{"status": "done", "done_on": "2021-01-22"}`)
	s.clock.set(t, "2021-02-10T08:00:00+07:00") // the committees should be there since the 7th
	ask := func(query string) api.Matrix { return as[api.Matrix](s.get(matrixOf("31") + query).ok()) }
	require.Equal(t, []string{"306", "318"}, slices.Sorted(slices.Values(ask("").Rows.Code)))
	late := ask("?sort=lateness")
	require.Equal(t, []string{"306", "318"}, late.Rows.Code)
	require.Greater(t, late.Rows.Overdue[0], late.Rows.Overdue[1])

	done := ask("?state=done")
	require.Equal(t, []string{"318"}, done.Rows.Code)
	require.NotEmpty(t, columnOf(t, done, "election_committee").Cells.Own)
	require.Equal(t, late.Totals, done.Totals)
	require.Empty(t, ask("?state=behind_plan").Rows.Code)

	front := ask("?body=front")
	require.NotEmpty(t, front.Columns)
	require.Less(t, front.Totals.Total, late.Totals.Total)
	require.Less(t, ask("?serves=pc_commune").Totals.Total, late.Totals.Total)
	require.Empty(t, ask("?body=nec&serves=pc_commune&state=overdue").Columns)
}

func TestA35_AMatrixShowsAPastDay(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.change(duty, `{"status": "done", "done_on": "2021-01-22"}`)
	timing := func(query string) api.Timing {
		m := as[api.Matrix](s.get(matrixOf("06") + query).ok())
		return m.Timings[columnOf(t, m, "consult1_pc").Cells.Own[0]]
	}
	require.Equal(t, api.TimingDoneOnTime, timing(""))
	require.Equal(t, api.TimingDoneOnTime, timing("?as_of=2021-01-22"))
	require.Equal(t, api.TimingUpcoming, timing("?as_of=2021-01-21"))
	then := as[api.Matrix](s.get(matrixOf("06") + "?as_of=2021-01-21").ok())
	require.Equal(t, civil.Must("2021-01-21"), then.Day)
	require.Equal(t, then.Day, then.AsOf.MustGet())
	require.Equal(t, civil.Must("2021-01-25"), then.Today)
}

func TestA3_AChangeChangesTheMatricesAndListsOfItsPlaceAndOfThoseAboveAndOfNothingElse(t *testing.T) {
	t.Parallel()
	s := serve(t)
	places := []string{"VN", "06", "058", "01840", "31", "306", "318", "48", "498", "25", "228"}
	projections := []func(string) string{matrixOf, deadlinesOf, changesOf} // the feed tells below what timelines show there
	look := func() map[string]string {
		tags := map[string]string{}
		for _, code := range places {
			for _, of := range projections {
				tags[of(code)] = s.get(of(code)).ok().tag()
			}
		}
		return tags
	}
	before := look()
	for _, c := range []struct {
		task          string
		changes, told []string
	}{
		{duty, []string{"VN", "06", "058"}, []string{"VN", "06", "058"}},
		{v1 + "/areas/01840/milestones/consult1_pc_commune/tasks/duty", []string{"VN", "06", "058", "01840"}, []string{"VN", "06", "058", "01840"}},
		{v1 + "/areas/VN/milestones/na_constituencies/tasks/duty", []string{"VN"}, places},
	} {
		s.change(c.task, `{"status": "in_progress"}`)
		after := look()
		for k, of := range projections {
			var differing []string
			for _, code := range places {
				if before[of(code)] != after[of(code)] {
					differing = append(differing, code)
				}
			}
			require.Equal(t, [][]string{c.changes, c.changes, c.told}[k], differing, "%s %s", c.task, of("…"))
		}
		before = after
	}
}

func TestA1_AMatrixsTagTurnsAtTheHoursOfItsBranch(t *testing.T) {
	t.Parallel()
	s := serve(t)
	tag := func(code, instant string) string {
		s.clock.set(t, instant)
		return s.get(matrixOf(code)).ok().tag()
	}
	before := tag("06", "2021-03-14T16:59:59+07:00")
	require.Equal(t, before, tag("06", "2021-03-14T10:00:00+07:00"))
	require.NotEqual(t, before, tag("06", "2021-03-14T17:00:00+07:00"), "filing closes at five")
}

func TestTheBodiesAndAssembliesToFilterByAreThoseOfTheLaw(t *testing.T) {
	t.Parallel()
	schemas := theContract(t).Components.Schemas
	var bodies, assemblies []any
	for _, b := range statute.Bodies() {
		bodies = append(bodies, b.String())
	}
	for a := statute.NationalAssembly; a <= statute.CommuneCouncil; a++ {
		assemblies = append(assemblies, a.String())
	}
	require.Equal(t, bodies, schemas["BodyKind"].Value.Enum)
	require.Equal(t, assemblies, schemas["Assembly"].Value.Enum)
}

// serveCountry starts a server on a country that stands still, without a database.
func serveCountry(t *testing.T, c *mirrortest.Country, now string) *server {
	t.Helper()
	country := mirror.New(c, mirror.Options{Now: time.Now})
	require.NoError(t, country.Apply(t.Context(), []tracker.Change{{Election: mirrortest.ID, Revision: 1}}))
	s := &server{t: t, clock: &clock{}, mirror: country}
	s.clock.set(t, now)
	var err error
	s.echo, err = api.New(api.Config{PublicReading: true, Mirror: country, Clock: s.clock.now, Zone: zone(t), Page: page(), Docs: docs.FS})
	require.NoError(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s.base = "http://" + listener.Addr().String()
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- api.Serve(ctx, listener, s.echo) }()
	t.Cleanup(func() {
		stop()
		<-ended
	})
	return s
}

func TestU14_TheNationalMatrixStaysBelow200kBWhateverTheStateOfTheCountry(t *testing.T) {
	t.Parallel()
	c := mirrortest.NewCountry(t, area.Edition2021())
	for k := range c.Milestones { // a third done, a third planned too early: counts of three digits everywhere
		m := &c.Milestones[k]
		switch k % 3 {
		case 0:
			m.Work, m.Standing = tracker.Done, tracker.Confirmed
		case 1:
			m.Planned = civil.Must("2021-04-01")
		}
	}
	s := serveCountry(t, c, "2021-05-17T09:00:00+07:00")
	nation := s.get(matrixOf("VN")).ok()
	require.Len(t, as[api.Matrix](nation).Rows.Code, 63)
	require.Less(t, len(nation.body), 200_000)
	t.Logf("%d bytes", len(nation.body))
	require.Equal(t, http.StatusNotModified, s.get(matrixOf("VN"), "If-None-Match", nation.tag()).status)
}

func TestU14_PhasesThatAreClosedBringOnlyTheirSums(t *testing.T) {
	t.Parallel()
	s := serveCountry(t, mirrortest.NewCountry(t, area.Edition2021()), "2021-02-10T09:00:00+07:00")
	whole := as[api.Matrix](s.get(matrixOf("VN")).ok())
	closed := s.get(matrixOf("VN") + "?open=none").ok()
	require.Less(t, len(closed.body), 40_000)
	t.Logf("%d bytes", len(closed.body))
	none := as[api.Matrix](closed)
	require.Empty(t, none.Columns)
	require.Equal(t, whole.Totals, none.Totals)
	require.Equal(t, whole.Rows, none.Rows)
	require.Equal(t, whole.Next, none.Next)
	var total int
	for n, p := range none.Phases {
		require.False(t, p.Open)
		require.Zero(t, p.Count)
		require.Equal(t, whole.Phases[n].Sums, p.Sums)
		require.Equal(t, whole.Phases[n].Count, p.Families)
		require.Nil(t, whole.Phases[n].Cells)
		total += p.Sums.Total
	}
	require.Equal(t, none.Totals.Total, total)

	some := as[api.Matrix](s.get(matrixOf("VN") + "?open=setup,direction").ok())
	for _, c := range some.Columns {
		require.Contains(t, []string{"setup", "direction"}, c.Phase)
		require.Equal(t, columnOf(t, whole, c.Key), c)
	}
	require.Equal(t, s.get(matrixOf("VN")).body, s.get(matrixOf("VN")+"?open=all").ok().body)
}

func TestAMatrixIsNotOpenedByAPhaseThatDoesNotExist(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for _, open := range []string{"x", "setup,", "none,setup", "setup, direction"} {
		require.Equal(t, "phase-unknown", s.get(matrixOf("VN") + "?open=" + url.QueryEscape(open)).problem()["code"])
	}
	require.Equal(t, "parameter-refused", s.get(matrixOf("VN") + "?open=").problem()["code"])
}

func TestA1_AMatrixsTagIsBoundToTheOpenPhases(t *testing.T) {
	t.Parallel()
	s := serve(t)
	none := s.get(matrixOf("06") + "?open=none").ok().tag()
	require.NotEqual(t, none, s.get(matrixOf("06")).ok().tag())
	require.Equal(t, http.StatusOK, s.get(matrixOf("06")+"?open=setup", "If-None-Match", none).status)
	require.Equal(t, http.StatusNotModified, s.get(matrixOf("06")+"?open=none", "If-None-Match", none).status)
	require.Equal(t, s.get(matrixOf("06")+"?open=setup,direction").tag(), s.get(matrixOf("06")+"?open=direction,setup").tag())
}

// BenchmarkGetMatrix is all but the network: nothing is prepared.
func BenchmarkGetMatrix(b *testing.B) {
	slog.SetDefault(slog.New(slog.DiscardHandler))
	country := mirror.New(mirrortest.NewCountry(b, area.Edition2021()), mirror.Options{Now: time.Now})
	require.NoError(b, country.Apply(b.Context(), []tracker.Change{{Election: mirrortest.ID, Revision: 1}}))
	now, err := time.Parse(time.RFC3339, trialMorning)
	require.NoError(b, err)
	zone, err := api.Zone()
	require.NoError(b, err)
	e, err := api.New(api.Config{PublicReading: true, Mirror: country, Clock: func() time.Time { return now }, Zone: zone, Page: page(), Docs: docs.FS})
	require.NoError(b, err)
	for _, address := range []string{matrixOf("VN"), matrixOf("06"), matrixOf("058"), timelineOf("058")} {
		ask := func(tag string) *httptest.ResponseRecorder {
			r := httptest.NewRequest(http.MethodGet, "http://localhost"+address, http.NoBody)
			r.Header.Set("If-None-Match", tag)
			w := httptest.NewRecorder()
			e.ServeHTTP(w, r)
			return w
		}
		tag := ask("").Header().Get("ETag")
		for _, known := range []string{"", tag} {
			b.Run(strings.TrimPrefix(address, v1+"/areas/")+map[string]string{"": "", tag: "/304"}[known], func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					ask(known)
				}
			})
		}
	}
}
