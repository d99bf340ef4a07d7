package api_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/api"
	"tiendo/pkg/area"
	"tiendo/pkg/dossier"
	"tiendo/pkg/postgres"
	"tiendo/pkg/tracker"
)

const next = "/api/v1/elections/2026"

// besides opens the election of 2026 over a made-up list without districts.
func (d *database) besides() *database {
	d.t.Helper()
	file, err := os.ReadFile("../pkg/area/testdata/two-provinces.csv")
	require.NoError(d.t, err)
	list, err := area.Read("2026", strings.NewReader(string(file)))
	require.NoError(d.t, err)
	known, err := dossier.Load("2026")
	require.NoError(d.t, err)
	opening, err := known.Opening(list)
	require.NoError(d.t, err)
	_, err = tracker.NewService(postgres.New(d.pool), d.clock.now, zone(d.t), nil).Open(d.t.Context(), opening, tracker.Actor{ID: "local", Name: "opener"})
	require.NoError(d.t, err)
	return d
}

func TestElectionsStandBesideEachOtherWithTheirOwnDaysLawsAndLists(t *testing.T) {
	t.Parallel()
	s := newDatabase(t).besides().serve()
	list := as[api.ElectionList](s.get("/api/v1/elections").ok())
	require.Len(t, list.Items, 2)
	later, earlier := list.Items[0], list.Items[1]
	require.Equal(t, []string{"2026", "2021"}, []string{later.Id, earlier.Id}, "the latest day first")
	require.Equal(t, "2026-03-15", later.ElectionDay.String())
	require.Equal(t, "2021-05-23", earlier.ElectionDay.String())
	require.Equal(t, []string{"2025", "2015"}, []string{later.Rulebook.Id, earlier.Rulebook.Id})
	require.Equal(t, []string{"2026", "small"}, []string{later.Edition, earlier.Edition})
	require.NotContains(t, later.Levels, api.Level("district"))
	require.Equal(t, earlier.Today, later.Today, "there is one clock")

	one, other := as[api.Area](s.get(v1+"/areas/318").ok()), s.get(next+"/areas/318")
	require.Equal(t, "district", string(one.Level))
	require.Equal(t, 404, other.status)
	require.Equal(t, "area-not-found", other.problem()["code"])
	require.NotContains(t, other.text(), "(huyện)", "codes of districts are no help here")
}

func TestWithoutDistrictsCommunesStandRightBelowProvinces(t *testing.T) {
	t.Parallel()
	s := newDatabase(t).besides().serve()
	commune := as[api.Area](s.get(next + "/areas/90010").ok())
	require.Equal(t, "đặc khu", commune.Type)
	require.True(t, commune.Council)
	require.Len(t, commune.Ancestors, 2)
	require.Equal(t, "91", commune.Ancestors[0].Code)

	hits := as[api.AreaList](s.get(next + "/areas?q=hon+mau&level=commune&under=91").ok())
	require.Equal(t, "90010", hits.Items[0].Code)
	require.Empty(t, as[api.AreaList](s.get(next+"/areas?level=district").ok()).Items)

	matrix := as[api.Matrix](s.get(next + "/areas/91/matrix").ok())
	require.Len(t, matrix.Rows.Code, 4)
	require.Contains(t, matrix.Rows.Code, "90010")
	require.NotContains(t, matrix.Rows.Level, api.Level("district"))
	tl := as[api.Timeline](s.get(next + "/areas/90010/timeline").ok())
	require.Contains(t, s.get(next+"/areas/90010/timeline").text(), `"latest_on":"2026-03-15"`)
	find(t, tl, "voting_day")
	detail := s.get(next + "/areas/90010/milestones/consult1_pc_commune").ok()
	require.Contains(t, detail.text(), `"key":"duty"`)
}

func TestA3_AChangeInOneElectionChangesNoTagOfTheOther(t *testing.T) {
	t.Parallel()
	s := newDatabase(t).besides().serve()
	of := map[string][]string{
		v1:   {timelineOf("058"), matrixOf("VN"), consult, duty, v1 + "/areas/058", v1},
		next: {next + "/areas/90010/timeline", next + "/areas/VN/matrix", next + "/areas/90010/milestones/consult1_pc_commune", next + "/areas/91", next},
	}
	tags := func(addresses []string) (all []string) {
		for _, a := range addresses {
			all = append(all, s.get(a).ok().tag())
		}
		return all
	}
	for changed, task := range map[string]string{v1: duty, next: next + "/areas/90010/milestones/consult1_pc_commune/tasks/duty"} {
		still := map[string]string{v1: next, next: v1}[changed]
		before, own := tags(of[still]), tags(of[changed])
		s.change(task, `{"status": "in_progress"}`)
		require.Equal(t, before, tags(of[still]))
		require.NotEqual(t, own, tags(of[changed]))
	}
}
