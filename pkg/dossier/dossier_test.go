package dossier_test

import (
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/area"
	"tiendo/pkg/dossier"
	"tiendo/pkg/fault"
	"tiendo/pkg/tracker"
)

func TestEveryDossierLoads(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"2021", "2026"}, dossier.IDs())
	for _, id := range dossier.IDs() {
		d, err := dossier.Load(id)
		require.NoError(t, err)
		require.Equal(t, tracker.ElectionID(id), d.ID())
	}
	d, err := dossier.Load("2021")
	require.NoError(t, err)
	require.Equal(t, "2021-05-23", d.Day().String())
	require.Contains(t, d.Title().Vi, "khóa XV")
	require.Equal(t, "2015", d.Rulebook().ID())
	require.Equal(t, "2021", d.Edition())
	require.Equal(t, "2021-01-23", d.Written("SEEDA").String())
	require.Equal(t, "2021-02-16", d.Written("SEEDB").String())
	require.NotEmpty(t, d.Notes())
	_, err = dossier.Load("1946")
	require.True(t, fault.Is(err, "dossier-not-found"), "%v", err)
}

func TestBrokenDossiersAreRefused(t *testing.T) {
	t.Parallel()
	const organs, record, election = "bodies-and-documents.json", "plans.json", "election.json"
	for _, c := range []struct {
		name, file, old, fresh string
		where                  string // the key that the fault names
	}{
		{"unknown field", record, `"rule_tasks": [`, `"rumours": [], "rule_tasks": [`, ""},
		{"unknown field in a piece", organs, `"form": "politburo"`, `"from": "politburo"`, "bodies/vn_politburo"},
		{"not JSON", election, `{`, ``, ""},
		{"more behind the end", election, "}\n", "} {}", ""},
		{"another election", election, `"id": "2021"`, `"id": "2022"`, "id"},
		{"no rulebook", election, `"rulebook": "2015"`, `"rulebook": "1997"`, "rulebook"},
		{"unknown edition", election, `"edition": "2021"`, `"edition": "2022"`, "edition"},
		{"impossible day", election, `"election_day": "2021-05-23"`, `"election_day": "2021-02-31"`, ""},
		{"article without a source", election, `"SEEDA": "2021`, `"SEEDX": "2021`, "written/source"},
		{"file of another election", record, `"election": "2021"`, `"election": "2026"`, "election"},
		{"source without an address", organs, `"NQ133": "https://daibieunhandan.vn/ngay-bau-cu"`, `"NQ133": ""`, "sources/NQ133"},
		{"two addresses", record, `"NQ133": "https://daibieunhandan.vn/`, `"NQ133": "https://example.org/`, "sources/NQ133"},
		{"unknown source", organs, `"source": "CT45"`, `"source": "CT46"`, "documents/ct_45/source"},
		{"unknown kind of body", organs, `"kind": "nec"`, `"kind": "neck"`, "bodies/vn_nec/kind"},
		{"body twice", organs, `"key": "hp_front"`, `"key": "hp_police"`, "bodies/hp_police"},
		{"bad key", organs, `"key": "hp_front"`, `"key": "hp-front"`, "bodies/hp-front"},
		{"body of an unknown area", organs, `"area": "303"`, `"area": "30x"`, "bodies/hp_party_303/area"},
		{"body without a name", organs, `"name_vi": "Bộ Chính trị"`, `"name_vi": " "`, "bodies/vn_politburo/name"},
		{"set up by an unknown document", organs, `"set_up_by": "nq_nec"`, `"set_up_by": "nq_nec_2"`, "bodies/vn_nec/set_up_by/document"},
		{"unknown issuer", organs, `"issuer": "vn_politburo"`, `"issuer": "vn_polit"`, "documents/ct_45/issuer"},
		{"unknown kind of document", organs, `"kind": "joint_resolution"`, `"kind": "rumour"`, "documents/nqlt_09_2021/kind"},
		{"known before it was issued", organs, `"known_by": "2020-06-20"`, `"known_by": "2020-06-19"`, "documents/ct_45/known_by"},
		{"implements nothing known", organs, `"politburo_directive_45"`, `"politburo_directive_46"`, "documents/ct_45/implements"},
		{"unknown document of a plan", record, "\"documents\": [\n    \"bk_plan_18\"", "\"documents\": [\n    \"bk_plan_19\"", "plans/bac_kan_city_2021/document"},
		{"heading without a milestone", record, `"bk_emulation"`, `"bk_emulations"`, "plans/bac_kan_city_2021/contents"},
		{"unknown phase", record, `"phase": "nomination"`, `"phase": "naming"`, "plans/hai_phong_2021/milestones/hp_personnel_leadership/phase"},
		{"unknown nature", record, `"nature": "event"`, `"nature": "party"`, "plans/hai_phong_2021/milestones/hp_conference/nature"},
		{"line with the key of a rule", record, `"key": "hp_conference"`, `"key": "national_conference"`, "plans/hai_phong_2021/milestones/national_conference"},
		{"unknown state", record, `"state": "no_record"`, `"state": "late"`, "plans/hai_phong_2021/milestones/hp_district_conferences/state"},
		{"day without done", record, `"state": "done"`, `"state": "no_record"`, "plans/hai_phong_2021/milestones/hp_steering_committee/done_on"},
		{"unknown area of a line", record, `"303",`, `"3030",`, "plans/hai_phong_2021/milestones/hp_district_conferences/applies_to/area"},
		{"unknown body of a line", record, `"hp_party_304"`, `"hp_party_404"`, "plans/hai_phong_2021/milestones/hp_district_conferences/bodies"},
		{"unknown level", record, `"level": "commune"`, `"level": "hamlet"`, "plans/phu_tho_2021/milestones/pt_commune_conference/applies_to/level"},
		{"line with an hour", record, `"time": null`, `"time": "17:00"`, "plans/hai_phong_2021/milestones/hp_conference/start"},
		{"unknown rule", record, `"rule": "consult2_central"`, `"rule": "consult4_central"`, "facts/consult4_central@VN/rule"},
		{"rule of another level", record, "\"rule\": \"na_results\",\n   \"area\": \"VN\"", "\"rule\": \"na_results\",\n   \"area\": \"31\"", "facts/na_results@31/area"},
		{"two days of one fact", record, "\"done_on\": \"2021-06-10\",\n   \"done_by\": \"2021-06-10\"", "\"done_on\": \"2021-06-10\",\n   \"done_by\": \"2021-06-11\"", "facts/na_results@VN/done_by"},
		{"fact without a day", record, "\"done_on\": \"2021-06-10\",\n   \"done_by\": \"2021-06-10\"", "\"done_on\": null,\n   \"done_by\": null", "facts/na_results@VN/done_by"},
		{"fact before its document", record, "\"done_on\": \"2021-06-10\",\n   \"done_by\": \"2021-06-10\"", "\"done_on\": \"2021-06-09\",\n   \"done_by\": \"2021-06-09\"", "facts/na_results@VN/document"},
		{"unknown confidence", record, `"confidence": "medium"`, `"confidence": "some"`, "facts/consult1_na_province@01/confidence"},
		{"occurrence of what is scheduled", record, `"rule": "annul_and_re_vote"`, `"rule": "pc_first_session"`, "facts/pc_first_session@10303/occurrence"},
		{"task with the key of a step of the law", record, `"key": "announced"`, `"key": "duty"`, "rule_tasks/election_committee_province@31/duty"},
		{"unknown line of a local fact", record, `"milestone": "hp_district_conferences"`, `"milestone": "hp_district"`, "local_facts/hp_district@306/milestone"},
		{"statement on an unknown rule", record, "\"rules\": [\n    \"polling_team\"", "\"rules\": [\n    \"polling_teams\"", "statements/@VN/rules/rule"},
		{"council rule with an unknown document", record, `"document": "nq_97_2019"`, `"document": "nq_98_2019"`, "no_council/rules/ha_noi/document"},
		{"counts that do not add up", record, `"without_council": 23`, `"without_council": 24`, "no_council/counts/district"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := copyOf(t, "2021")
			file := dir["2021/"+c.file]
			require.Contains(t, string(file.Data), c.old)
			file.Data = []byte(strings.Replace(string(file.Data), c.old, c.fresh, 1))
			_, err := dossier.Read(dir, "2021")
			f, ok := fault.As(err)
			require.True(t, ok, "%v", err)
			require.Equal(t, "dossier-broken", f.Code)
			require.Equal(t, fault.Invalid, f.Kind)
			require.Equal(t, "/"+c.where, f.Fields[0].Pointer, "%v", err)
			require.Contains(t, f.Text.En, "2021/")
			require.Contains(t, f.Text.Vi, "hỏng")
		})
	}
	t.Run("no election.json", func(t *testing.T) {
		t.Parallel()
		_, err := dossier.Read(fstest.MapFS{}, "2021")
		require.True(t, fault.Is(err, "dossier-broken"), "%v", err)
	})
}

// copyOf is the files of a dossier, to be spoiled.
func copyOf(t *testing.T, id string) fstest.MapFS {
	t.Helper()
	dir := fstest.MapFS{}
	require.NoError(t, fs.WalkDir(os.DirFS("dossiers"), id, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile("dossiers/" + name)
		dir[name] = &fstest.MapFile{Data: data}
		return err
	}))
	return dir
}

func TestCouncilsOf2021(t *testing.T) {
	t.Parallel()
	d, err := dossier.Load("2021")
	require.NoError(t, err)
	list := area.Edition2021()
	o, err := d.Opening(list)
	require.NoError(t, err)
	with, without := map[area.Level]int{}, map[area.Level]int{}
	for i := range list.Len() {
		if p := o.Frame.Place(i, nil); p.Council {
			with[p.Level]++
		} else {
			without[p.Level]++
		}
	}
	require.Equal(t, map[area.Level]int{area.LevelProvince: 63, area.LevelDistrict: 682, area.LevelCommune: 10134}, with)
	require.Equal(t, map[area.Level]int{area.LevelNation: 1, area.LevelDistrict: 23, area.LevelCommune: 469}, without)

	said := map[area.Code]tracker.Exception{}
	documents := map[string]int{}
	for _, x := range o.Exceptions {
		said[x.Area] = x
		documents[x.Document]++
	}
	require.Equal(t, map[string]int{"nq_97_2019": 175, "nq_119_2020": 51, "nq_131_2020": 265, "": 1}, documents)
	require.Equal(t, tracker.Exception{Area: "498"}, said["498"], "Hoàng Sa: no council, no voters")
	require.NotContains(t, said, area.Code("769"), "Thủ Đức is a city and elects a council")
	require.Equal(t, tracker.Running, o.Frame.Election.State)
	require.Equal(t, d.Sources(), o.Sources)
}

func TestCountsThatDoNotComeOutAreRefused(t *testing.T) {
	t.Parallel()
	for name, change := range map[string][2]string{
		"rule":             {`"count": 175`, `"count": 177`},
		"level":            {"\"without_council\": 23,\n    \"with_council\": 682", "\"without_council\": 22,\n    \"with_council\": 683"},
		"without communes": {"\"471\",", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := copyOf(t, "2021")
			file := dir["2021/plans.json"]
			text := strings.Replace(string(file.Data), change[0], change[1], 1)
			require.NotEqual(t, string(file.Data), text)
			file.Data = []byte(text)
			d, err := dossier.Read(dir, "2021")
			require.NoError(t, err)
			_, err = d.Opening(area.Edition2021())
			require.True(t, fault.Is(err, "dossier-counts-differ"), "%v", err)
			_, err = d.Opening(small())
			require.NoError(t, err, "a small list is not counted")
		})
	}
}

func TestElectionOf2026OpensOverAnyTwoLevelList(t *testing.T) {
	t.Parallel()
	const csv = "code,parent_code,level,type,name,name_en\n" +
		"x1,,province,tỉnh,Tỉnh Một,Mot Province\nx11,x1,commune,xã,Xã Hai,Hai Commune\n"
	list, err := area.Read("made-up", strings.NewReader(csv))
	require.NoError(t, err)
	d, err := dossier.Load("2026")
	require.NoError(t, err)
	require.Equal(t, "2026-03-15", d.Day().String())
	require.Empty(t, d.Edition())
	c, report := at(t, "2026", list, "2026-01-20")
	require.Zero(t, report)
	require.Equal(t, map[tracker.Kind]int{tracker.RecordEntered: 1}, c.kinds())
	require.Equal(t, "2025", c.opening.Frame.Election.Rulebook)
	require.NotEmpty(t, c.record("x11", "voting_day").Tasks)

	c, _ = at(t, "2026", list, "2026-11-20")
	require.Equal(t, map[tracker.Kind]int{tracker.ElectionMoved: 1, tracker.RecordEntered: 1}, c.kinds(), "nothing is owed any more")
}
