package dossier_test

import (
	"encoding/json"
	"io/fs"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/area"
	"tiendo/pkg/dossier"
	"tiendo/pkg/fault"
)

func TestATextInOneLanguageIsRefused(t *testing.T) {
	t.Parallel()
	const organs, record = "bodies-and-documents.json", "plans.json"
	const both = " both need words, or both have to be missing"
	for _, c := range []struct {
		name, file, old, fresh string
		where, why             string
	}{
		{"note in English only", organs, `"note_vi": "Tám kế hoạch, không nêu tên kế hoạch nào."`, `"note_vi": null`, "documents/bk_commune_plans/note_vi", "note and note_vi" + both},
		{"note in Vietnamese only", organs, `"note": "Eight plans, none named."`, `"note": null`, "documents/bk_commune_plans/note_vi", "note and note_vi" + both},
		{"blank Vietnamese", organs, `"note_vi": "Tám kế hoạch, không nêu tên kế hoạch nào."`, `"note_vi": " "`, "documents/bk_commune_plans/note_vi", "note and note_vi" + both},
		{"body", organs, `"note": "Its standing vice-chair presented the work at the conference."`, `"note": ""`, "bodies/hp_peoples_committee/note_vi", "note and note_vi" + both},
		{"line of a plan", record, `"note_vi": "Theo bài viết, việc đang được thực hiện."`, `"note_vi": null`, "plans/bac_kan_city_2021/milestones/bk_area_supervision/note_vi", "note and note_vi" + both},
		{"task", record, `"note": "January 2021, day not given."`, `"note": null`, "rule_tasks/pc_structure_draft_district@058/party_opinion/note_vi", "note and note_vi" + both},
		{"fact", record, `"note": "107 areas ratified."`, `"note": null`, "facts/polling_areas_decided@323/note_vi", "note and note_vi" + both},
		{"local fact", record, `"milestone": "hp_district_conferences"`, `"note": "x", "milestone": "hp_district_conferences"`, "local_facts/hp_district_conferences@306/note_vi", "note and note_vi" + both},
		{"place of an occurrence", record, `"scope_vi": "đơn vị bầu cử số 4"`, `"scope_vi": null`, "facts/annul_and_re_vote@10303/scope_vi", "scope and scope_vi" + both},
		{"statement", record, `"note": "84,767 polling teams nationwide; about 90,000 were named on 3/4/2021."`, `"note": null`, "statements/@VN/note_vi", "note and note_vi" + both},
		{"what has no day", record, `"note": "3 boards; day not found."`, `"note": null`, "not_dated/na_election_board@31/note_vi", "note and note_vi" + both},
		{"target", record, `"note": "Hồ Chí Minh City set its own day, 7 days before the legal limit."`, `"note": null`, "targets/polling_team@79/note_vi", "note and note_vi" + both},
		{"voting day", record, `"note": "Opened at 07:00, by another report at 06:30."`, `"note": null`, "voting_days/@318/note_vi", "note and note_vi" + both},
		{"early voting", record, `"voting_days_not_entered_vi": "Bầu cử sớm`, `"voting_days_not_entered_vi": "", "voting_days_not_entered": "`, "voting_days_not_entered_vi", "voting_days_not_entered and voting_days_not_entered_vi" + both},
		{"place without voters", record, `"note": "Hoàng Sa has no resident voters: no polling area, no council, no duty; it shows only what comes from above."`, `"note": null`, "no_council/no_voters/498/note_vi", "note and note_vi" + both},
		{"remark", record, `"682 and 10,134 are derived from the list; no official figure was found."`, `" "`, "no_council/notes_vi", "notes and notes_vi" + both},
		{"remarks of another number", record, `"notes_vi": [`, `"notes_vi": ["x",`, "no_council/notes_vi", "notes has 3 remarks, notes_vi 4"},
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
			require.Equal(t, "/"+c.where, f.Fields[0].Pointer, "%v", err)
			require.Contains(t, f.Text.En, "2021/"+c.file)
			require.Contains(t, f.Text.En, c.why)
			require.NotContains(t, f.Text.Vi, " need ")
		})
	}
}

func TestOfficersReadTheRecordInVietnamese(t *testing.T) {
	t.Parallel()
	c, _ := at(t, "2021", area.Edition2021(), realDay)
	log, err := json.Marshal(c.changes)
	require.NoError(t, err)
	english := englishOf(t)
	require.NotEmpty(t, english)
	for _, text := range english {
		quoted, err := json.Marshal(text)
		require.NoError(t, err)
		require.NotContains(t, string(log), strings.Trim(string(quoted), `"`))
	}
	require.Equal(t, "Tháng 1/2021, không nêu ngày.", c.task("058", "pc_structure_draft_district", "party_opinion").Note)
	require.Equal(t, "Một bản tin: cả 63 tỉnh, thành phố đã xong chậm nhất ngày 17/2/2021. Mức tin cậy: trung bình.",
		c.task("01", "consult1_na_province", "duty").Note)
	require.Equal(t, "Bài của Văn phòng Thành ủy Bắc Kạn (Hà Ngà), không ghi ngày [article without a day]", c.opening.Sources["SEEDB"])
	for _, x := range c.changes {
		require.NotContains(t, x.Reason, "Source:")
		require.NotContains(t, x.Reason, "Confidence:")
	}
}

// englishOf is every text of the files that has a Vietnamese one beside it.
func englishOf(t *testing.T) []string {
	t.Helper()
	var all []string
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, x := range v {
				walk(x)
			}
		case map[string]any:
			for key, x := range v {
				if text, ok := x.(string); ok && v[key+"_vi"] != nil {
					all = append(all, text)
				}
				walk(x)
			}
		}
	}
	dir := copyOf(t, "2021")
	for name := range dir {
		data, err := fs.ReadFile(dir, name)
		require.NoError(t, err)
		var v any
		require.NoError(t, json.Unmarshal(data, &v))
		walk(v)
	}
	return all
}
