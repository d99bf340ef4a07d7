package statute_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/fault"
	"tiendo/pkg/statute"
)

// file is a rulebook file as loose JSON, to break it in one place.
type file map[string]any

func goodFile(t testing.TB) file {
	t.Helper()
	data, err := os.ReadFile("rulebooks/2015.json")
	require.NoError(t, err)
	var f file
	require.NoError(t, json.Unmarshal(data, &f))
	return f
}

func (f file) bytes(t require.TestingT) []byte {
	data, err := json.Marshal(f)
	require.NoError(t, err)
	return data
}

// in finds the object of a list by its key or id.
func (f file) in(list, key string) map[string]any {
	for _, x := range f[list].([]any) {
		o := x.(map[string]any)
		if o["key"] == key || o["id"] == key {
			return o
		}
	}
	panic("no " + key + " in " + list)
}

func (f file) rule(key string) map[string]any { return f.in("rules", key) }

func (f file) again(list string) {
	all := f[list].([]any)
	f[list] = append(all, all[0])
}

type anchor = map[string]any

// Long because it is a table: one way to break a rulebook after the other.
func TestABrokenRulebookIsRefusedWithFileKeyAndReason(t *testing.T) {
	t.Parallel()
	const duty, bar, once = "polling_team", "complaints_freeze", "extra_vote"
	set := func(key, field string, value any) func(file) {
		return func(f file) { f.rule(key)[field] = value }
	}
	later := func(all ...any) func(file) {
		return func(f file) { f.rule("pc_first_session")["end"].(anchor)["or_last"] = all }
	}
	guard := func(pairs ...any) func(file) {
		return func(f file) {
			for i := 0; i < len(pairs); i += 2 {
				f.in("guards", "consult_na_1_2")[pairs[i].(string)] = pairs[i+1]
			}
		}
	}
	cases := map[string]struct {
		spoil  func(file)
		where  string
		reason string
	}{
		"a later vote of milestones": {func(f file) {
			f.rule(duty)["end"].(anchor)["or_last"] = []any{"milestone:re_vote"}
			f.rule(duty)["end"].(anchor)["anchor"] = "voting_day"
		}, "rules/" + duty + "/end/or_last", "election_day only"},
		"a later vote, no rule":    {later("milestone:nothing"), "rules/pc_first_session/end/or_last", `no rule "nothing"`},
		"a later vote, a duty":     {later("milestone:polling_team"), "rules/pc_first_session/end/or_last", "does not occur at level"},
		"a later vote twice":       {later("milestone:re_vote", "milestone:re_vote"), "rules/pc_first_session/end/or_last", "each once"},
		"a later vote, other word": {later("re_vote"), "rules/pc_first_session/end/or_last", "each once"},
		"a later vote that counts from one": {
			func(f file) { f.rule(once)["end"].(anchor)["or_last"] = []any{"milestone:re_vote"} },
			"rules/" + once + "/end/or_last", "occurs itself",
		},

		"a guard of no family":    {guard("then", "nothing"), "guards/consult_na_1_2/then", `no family "nothing"`},
		"a guard of no first":     {guard("first", ""), "guards/consult_na_1_2/first", "no family"},
		"a guard of no relation":  {guard("relation", "near"), "guards/consult_na_1_2/relation", "near"},
		"a guard on no side":      {guard("where", "beside"), "guards/consult_na_1_2/where", "beside"},
		"a guard of no force":     {guard("force", "shout"), "guards/consult_na_1_2/force", "shout"},
		"a guard that never is":   {guard("where", "above", "first", "consult1_pc"), "guards/consult_na_1_2/where", "do not meet"},
		"a guard of itself":       {guard("first", "consult2_na"), "guards/consult_na_1_2/first", "the same"},
		"a guard of one with two": {guard("relation", "by_document"), "guards/consult_na_1_2/first", "speaks of one"},
		"a guard of two at once":  {guard("first", "ballots_to_boards"), "guards/consult_na_1_2/first", "two rules at one level"},
		"a guard of a right":      {guard("first", "voter_list_complaint"), "guards/consult_na_1_2/first", "is no work"},
		"a guard with no article": {guard("article", "somewhere"), "guards/consult_na_1_2/article", "is not of the form"},
		"a guard without a title": {guard("title_en", ""), "guards/consult_na_1_2", "title is missing"},
		"a guard key twice":       {func(f file) { f.again("guards") }, "guards/consult_na_1_2", "used already"},
		"a guard with more":       {guard("colour", 1), "", `unknown field "colour"`},
		"a guard of no first day": {guard("relation", "from_first_day", "first", "", "where", ""), "guards/consult_na_1_2/then", "no first day"},

		"unknown field on top":   {func(f file) { f["colour"] = 1 }, "", `unknown field "colour"`},
		"unknown field in rule":  {set(duty, "colour", 1), "rules/" + duty, `unknown field "colour"`},
		"no version":             {func(f file) { f["version"] = "1" }, "version", "id, a full stop"},
		"another zone":           {func(f file) { f["time_zone"] = "UTC" }, "time_zone", "Asia/Ho_Chi_Minh"},
		"no title on top":        {func(f file) { f["title_en"] = "" }, "title", "title is missing"},
		"unknown level on top":   {func(f file) { f["levels"] = []any{"national", "village"} }, "levels", "village"},
		"levels out of order":    {func(f file) { f["levels"] = []any{"national", "commune", "province"} }, "levels", "from the nation down"},
		"levels without nation":  {func(f file) { f["levels"] = []any{"province", "commune"} }, "levels", "begin with the nation"},
		"rule key twice":         {func(f file) { f.again("rules") }, "rules/nec_established", "used already"},
		"phase key twice":        {func(f file) { f.again("phases") }, "phases/direction", "used already"},
		"family key twice":       {func(f file) { f.again("families") }, "families/nec_established", "used already"},
		"instrument twice":       {func(f file) { f.again("instruments") }, "instruments/l85_2015", "used already"},
		"occurrence twice":       {func(f file) { f.again("occurrences") }, "occurrences/voter_list_complaint_received", "used already"},
		"malformed key":          {set(duty, "key", "Polling.Team"), "rules/Polling.Team", "small letters"},
		"no Vietnamese title":    {set(duty, "title_vi", " "), "rules/" + duty, "title is missing"},
		"no English title":       {set(duty, "title_en", ""), "rules/" + duty, "title is missing"},
		"notes in English only":  {func(f file) { delete(f.rule(duty), "notes_vi") }, "rules/" + duty + "/notes_vi", "both have to be missing"},
		"Vietnamese notes only":  {set(duty, "notes", nil), "rules/" + duty + "/notes_vi", "both have to be missing"},
		"blank Vietnamese notes": {set(duty, "notes_vi", " "), "rules/" + duty + "/notes_vi", "both have to be missing"},
		"blank English notes":    {set(duty, "notes", ""), "rules/" + duty + "/notes_vi", "both have to be missing"},
		"remarks in English":     {func(f file) { f["notes"] = []any{"x"} }, "notes_vi", "as many"},
		"a blank remark":         {func(f file) { f["notes"], f["notes_vi"] = []any{"x"}, []any{" "} }, "notes_vi", "both have to be missing"},
		"nobody in words":        {set(duty, "responsible_vi", ""), "rules/" + duty + "/responsible", "title is missing"},
		"unknown phase":          {set(duty, "phase", "dawn"), "rules/" + duty + "/phase", `no phase "dawn"`},
		"unknown family":         {set(duty, "family", "clan"), "rules/" + duty + "/family", `no family "clan"`},
		"family of other phase":  {set(duty, "phase", "voting"), "rules/" + duty + "/family", "another phase"},
		"family in no phase":     {func(f file) { f.in("families", "counting")["phase"] = "x" }, "families/counting", `no phase "x"`},
		"unknown instrument":     {set(duty, "instrument", "l1"), "rules/" + duty + "/instrument", `no instrument "l1"`},
		"unknown further one":    {set(duty, "also", []any{anchor{"instrument": "l1"}}), "rules/" + duty + "/also/instrument", `"l1"`},
		"unknown kind":           {func(f file) { f.in("instruments", "ct_45")["kind"] = "poem" }, "instruments/ct_45/kind", "poem"},
		"malformed issue day":    {func(f file) { f.in("instruments", "ct_45")["issued_on"] = "2020-02-30" }, "instruments/ct_45/issued_on", "2020-02-30"},
		"malformed article":      {set(duty, "article", "khoản 1 Điều 25"), "rules/" + duty + "/article", "not of the form"},
		"unknown source":         {set(duty, "sources", []any{"WIKI"}), "rules/" + duty + "/sources", `no source "WIKI"`},
		"no source":              {set(duty, "sources", []any{}), "rules/" + duty + "/sources", "no source is given"},
		"source without address": {func(f file) { f["sources"].(map[string]any)["PD"] = "" }, "sources/PD", "no address"},
		"unknown body":           {set(duty, "responsible", []any{anchor{"body": "guild", "level": "own"}}), "rules/" + duty + "/responsible", "guild"},
		"nobody responsible":     {set(duty, "responsible", []any{}), "rules/" + duty + "/responsible", "no body"},
		"body of unknown level":  {set(duty, "responsible", []any{anchor{"body": "nec", "level": "moon"}}), "rules/" + duty + "/responsible", "moon"},
		"unknown level":          {set(duty, "levels", anchor{"village": "always"}), "rules/" + duty + "/levels/village", "village"},
		"no level":               {set(duty, "levels", anchor{}), "rules/" + duty + "/levels", "no level"},
		"unknown condition":      {set(duty, "levels", anchor{"commune": "often"}), "rules/" + duty + "/levels/commune", "often"},
		"a council of the nation": {
			set(duty, "levels", anchor{"national": "council"}), "rules/" + duty + "/levels/national", "no People's Council",
		},
		"communes without communes": {
			set(duty, "levels", anchor{"commune": "no_commune"}), "rules/" + duty + "/levels/commune", "stand in",
		},
		"unknown election":        {set(duty, "elections", []any{"pc_village"}), "rules/" + duty + "/elections", "pc_village"},
		"no election":             {set(duty, "elections", []any{}), "rules/" + duty + "/elections", "no election"},
		"unknown nature":          {set(duty, "nature", "wish"), "rules/" + duty + "/nature", "wish"},
		"unknown occasion":        {set(duty, "occasion", "party"), "rules/" + duty + "/occasion", "party"},
		"unknown verification":    {set(duty, "verified", "thrice"), "rules/" + duty + "/verified", "thrice"},
		"unknown confidence":      {set(duty, "confidence", "none"), "rules/" + duty + "/confidence", "none"},
		"triggered by nothing":    {func(f file) { delete(f.rule(once), "trigger") }, "rules/" + once + "/trigger", "needs a trigger"},
		"triggered by unknown":    {set(once, "trigger", "rain"), "rules/" + once + "/trigger", `no occurrence "rain"`},
		"a duty with a trigger":   {set(duty, "trigger", "re_vote_decided"), "rules/" + duty + "/trigger", "only on_occurrence"},
		"anchored on another":     {set(once, "trigger", "re_vote_decided"), "rules/" + once + "/start", "another occurrence"},
		"tasks on a bar":          {set(bar, "tasks", []any{anchor{"key": "a", "title_vi": "a", "title_en": "a"}}), "rules/" + bar + "/tasks", "no tasks"},
		"task without title":      {set(duty, "tasks", []any{anchor{"key": "a", "title_vi": "a"}}), "rules/" + duty + "/tasks/a", "title is missing"},
		"only for nothing":        {set("nec_plan_42", "only_for", []any{}), "rules/nec_plan_42/only_for", "name elections"},
		"a date for every year":   {func(f file) { delete(f.rule("nec_plan_42"), "only_for") }, "rules/nec_plan_42/end", "needs only_for"},
		"unknown anchor":          {set(duty, "end", anchor{"anchor": "easter", "days": 1}), "rules/" + duty + "/end/anchor", "easter"},
		"days missing":            {set(duty, "end", anchor{"anchor": "election_day"}), "rules/" + duty + "/end/days", "measure"},
		"hours from election day": {set(duty, "end", anchor{"anchor": "election_day", "days": 1, "hours": 1}), "rules/" + duty + "/end/hours", "measure"},
		"days from the opening":   {set(duty, "end", anchor{"anchor": "voting_opens", "days": 1}), "rules/" + duty + "/end/days", "measure"},
		"time at the opening":     {set(duty, "end", anchor{"anchor": "voting_opens", "hours": 1, "time": "07:00"}), "rules/" + duty + "/end/time", "follows the opening"},
		"malformed time":          {set(duty, "end", anchor{"anchor": "election_day", "days": 1, "time": "25:00"}), "rules/" + duty + "/end/time", "25:00"},
		"malformed date":          {set("nec_plan_42", "end", anchor{"anchor": "date", "date": "2021-02-31"}), "rules/nec_plan_42/end/date", "2021-02-31"},
		"target of no use":        {set(duty, "end", anchor{"anchor": "election_day:x", "days": 1}), "rules/" + duty + "/end/anchor", "colon"},
		"by-election day":         {set(duty, "end", anchor{"anchor": "by_election_day", "days": 1}), "rules/" + duty + "/end", "only by-election"},
		"unknown milestone":       {set(duty, "end", anchor{"anchor": "milestone:gone", "days": 1}), "rules/" + duty + "/end", `no rule "gone"`},
		"milestone of no level": {
			set(duty, "end", anchor{"anchor": "milestone:polling_{level}", "days": 1}), "rules/" + duty + "/end", `no rule "polling_district"`,
		},
		"milestone further down": {
			set("na_results", "end", anchor{"anchor": "milestone:polling_team", "days": 1}), "rules/na_results/end", "only below",
		},
		"milestone without a day": {
			set(duty, "end", anchor{"anchor": "milestone:polling_areas_decided", "days": 1}), "rules/" + duty + "/end", "no last day",
		},
		"milestone of one election": {
			set(duty, "end", anchor{"anchor": "milestone:nec_plan_42", "days": 1}), "rules/" + duty + "/end", "every election",
		},
		"after nothing":        {set(duty, "after", []any{"gone"}), "rules/" + duty + "/after", `no rule "gone"`},
		"after itself":         {set(duty, "after", []any{duty}), "rules/" + duty + "/after", "names itself"},
		"after a by-election":  {set(duty, "after", []any{"be_team"}), "rules/" + duty + "/after", "another occasion"},
		"after a lower level":  {set("na_results", "after", []any{duty}), "rules/na_results/after", "only below"},
		"circle of order":      {set("polling_areas_decided", "after", []any{duty}), "rules/polling_areas_decided/after", "circle"},
		"starts after its end": {set(bar, "start", anchor{"anchor": "election_day", "days": 0}), "rules/" + bar + "/start", "after its end"},
		"starts on a later date": {
			set("nec_plan_42", "start", anchor{"anchor": "date", "date": "2021-01-20"}), "rules/nec_plan_42/start", "after its end",
		},
		"starts at a later hour": {
			set("voting_day", "end", anchor{"anchor": "voting_opens", "hours": -1}), "rules/voting_day/start", "after its end",
		},
		"starts later that day": {func(f file) {
			f.rule(bar)["start"] = anchor{"anchor": "election_day", "days": -1, "time": "18:00"}
			f.rule(bar)["end"] = anchor{"anchor": "election_day", "days": -1, "time": "17:00"}
		}, "rules/" + bar + "/start", "after its end"},
		"milestone of another year": {func(f file) {
			f.rule("nec_plan_42")["end"] = anchor{"anchor": "milestone:nec_resolution_41", "days": 1}
			f.rule("nec_resolution_41")["only_for"] = []any{"2016"}
		}, "rules/nec_plan_42/end", "every election"},
		"circle of anchors": {
			set("consult2_central", "end", anchor{"anchor": "milestone:workplace_minutes_to_front_na_central", "days": 0}),
			"rules/workplace_minutes_to_front_na_central", "circle",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := goodFile(t)
			c.spoil(f)
			_, err := statute.Parse("some/2015.json", f.bytes(t))
			requireBroken(t, err, c.where, c.reason)
		})
	}
}

func requireBroken(t *testing.T, err error, where, reason string) {
	t.Helper()
	require.Error(t, err)
	e, ok := fault.As(err)
	require.True(t, ok)
	require.Equal(t, fault.Invalid, e.Kind)
	require.Equal(t, "rulebook-broken", e.Code)
	require.Contains(t, e.Text.En, `File some/2015.json is broken at "`+where+`": `)
	require.Contains(t, e.Text.En, reason)
	require.Contains(t, e.Text.Vi, `Tệp some/2015.json hỏng ở "`+where+`": `)
	require.NotContains(t, e.Text.En+e.Text.Vi, "%!")
	require.Equal(t, "/"+where, e.Fields[0].Pointer)
}

func TestAnUnbrokenCopyIsAccepted(t *testing.T) {
	t.Parallel()
	b, err := statute.Parse("some/2015.json", goodFile(t).bytes(t))
	require.NoError(t, err)
	require.Len(t, b.Rules(), 131)
}

func TestAFieldThatStandsThereTwiceIsRefused(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("rulebooks/2015.json")
	require.NoError(t, err)
	for field, double := range map[string]string{
		"nature": strings.Replace(string(data), `"nature": "duty",`, `"nature": "duty", "nature": "event",`, 1),
		"PD":     strings.Replace(string(data), `"sources": {`, `"sources": {"PD": "x",`, 1),
		"id":     `{"id": "2015", "id": "2015"}`,
	} {
		_, err := statute.Parse("some/2015.json", []byte(double))
		requireBroken(t, err, "", `field "`+field+`" stands there twice`)
	}
}

func TestWhatIsNoRulebookAtAllIsRefused(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("rulebooks/2015.json")
	require.NoError(t, err)
	for reason, text := range map[string]string{
		"more behind the end": string(data) + "{}",
		"cannot be read":      string(data[:len(data)/2]),
		"id, a full stop":     "{}",
	} {
		_, err := statute.Parse("some/2015.json", []byte(text))
		require.ErrorContains(t, err, reason)
		require.True(t, fault.Is(err, "rulebook-broken"))
	}
}
