package statute_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/statute"
)

var update = flag.Bool("update", false, "write the golden files anew")

// explain computes and explains one rule in a place.
func explain(
	t *testing.T, b *statute.Rulebook, key statute.RuleKey, in statute.Setting, done statute.DoneDays, occurred map[string]civil.Date,
) statute.Explanation {
	t.Helper()
	d, err := b.Deadline(key, in.Election, in.Chain, done, occurred)
	require.NoError(t, err)
	e, err := b.Explain(d, in)
	require.NoError(t, err)
	return e
}

func write(w *strings.Builder, heading string, e statute.Explanation) {
	fmt.Fprintf(w, "# %s\n", heading)
	say := func(what string, t fault.Text) { fmt.Fprintf(w, "%s\t%s\n\t%s\n", what, t.Vi, t.En) }
	if e.Start != nil {
		say("start", e.Start.Sentence)
	}
	if e.End != nil {
		say("end", e.End.Sentence)
	}
	if e.Start == nil && e.End == nil {
		say("undated", e.Undated)
	}
	if e.OneSource {
		w.WriteString("one source\n")
	}
	w.WriteString("\n")
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(want), got, "if the new text is right: go test ./pkg/statute -update")
}

// TestExplanationsOfEveryRuleReadAsAgreed writes each rule of each rulebook at
// the highest level where it exists.
func TestExplanationsOfEveryRuleReadAsAgreed(t *testing.T) {
	t.Parallel()
	for id, e := range map[string]statute.Election{"2015": in2021, "2025": in2026} {
		b := load(t, id)
		var w strings.Builder
		for _, r := range b.Rules() {
			l := r.Where[0].Level
			chain := within(b, chains()[l])
			if r.Where[0].Condition == statute.NoCommune {
				chain = []statute.Place{bachLongVi(), haiPhong, nation}
			}
			in := statute.Setting{Election: e, Chain: chain}
			write(&w, fmt.Sprintf("%s, %s", r.Key, l), explain(t, b, r.Key, in, nil, nil))
		}
		golden(t, "testdata/explanations-"+id+".golden", w.String())
	}
}

// TestExplanationsFollowWhatHappened are the cases in which a place has done
// something, voted early, or had something happen to it.
func TestExplanationsFollowWhatHappened(t *testing.T) {
	t.Parallel()
	b := load(t, "2015")
	posted := func(code area.Code, key statute.RuleKey) civil.Date {
		if key == "voter_list_posted" && code == commune.Code {
			return civil.Must("2021-04-10")
		}
		return civil.Date{}
	}
	early := bachLongVi()
	early.Voting.Day = civil.Must("2021-05-22")
	atCommune := statute.Setting{Election: in2021, Chain: chains()[area.LevelCommune]}
	atIsland := statute.Setting{Election: in2021, Chain: []statute.Place{early, haiPhong, nation}}
	var w strings.Builder
	for _, c := range []struct {
		heading  string
		key      statute.RuleKey
		in       statute.Setting
		occurred map[string]civil.Date
	}{
		{"the list was posted on 10/04", "voter_list_complaint", atCommune, nil},
		{"the list was posted on 10/04", "vote_elsewhere_certificate", atCommune, nil},
		{"voting on 22/05", "voter_list_changes", atIsland, nil},
		{"voting on 22/05", "voter_notice", atIsland, nil},
		{"voting on 22/05", "voting_day", atIsland, nil},
		{"voting on 22/05", "team_minutes", atIsland, nil},
		{
			"a complaint came on 20/04", "voter_list_complaint_reply", atCommune,
			map[string]civil.Date{"voter_list_complaint_received": civil.Must("2021-04-20")},
		},
		{
			"a by-election on 04/06/2023", "be_consult1",
			statute.Setting{Election: in2021, Chain: chains()[area.LevelProvince]},
			map[string]civil.Date{statute.ByElectionDay: civil.Must("2023-06-04")},
		},
	} {
		write(&w, fmt.Sprintf("%s, %s: %s", c.key, c.in.Chain[0].Code, c.heading), explain(t, b, c.key, c.in, posted, c.occurred))
	}
	golden(t, "testdata/explanations-happened.golden", w.String())
}

func TestExplanationsHaveEveryPartOfTheSum(t *testing.T) {
	t.Parallel()
	in := statute.Setting{Election: in2021, Chain: chains()[area.LevelProvince]}
	e := explain(t, load(t, "2015"), "election_committee_province", in, nil, nil)
	require.Equal(t, statute.RuleKey("election_committee_province"), e.Rule.Key)
	require.Equal(t, "2015", e.Rulebook)
	require.Equal(t, "2015.1", e.Version)
	require.Equal(t, "Điều 22 khoản 1", e.Rule.Basis.Article)
	require.Equal(t, "85/2015/QH13", e.Rule.Basis.Instrument.Number)
	require.False(t, e.OneSource)
	require.Nil(t, e.Start)
	require.Equal(t, statute.OnElectionDay, e.End.Anchor)
	require.Equal(t, in2021.Day, e.End.AnchorDay)
	require.Equal(t, -105, e.End.Days)
	require.Equal(t, civil.Whole(civil.Must("2021-02-07")), e.End.Date)
	require.Equal(t, fault.Text{Vi: "Chủ nhật", En: "Sunday"}, e.End.DayOff)
	require.Equal(t, fault.Text{
		Vi: "23/05/2021 − 105 ngày = 07/02/2021 (Chủ nhật), khoản 1 Điều 22 Luật 85/2015/QH13; không lùi ngày nghỉ",
		En: "23 May 2021 − 105 days = 7 Feb 2021 (Sunday), Article 22(1) of Law 85/2015/QH13; not moved for days off",
	}, e.End.Sentence)
	require.Equal(t, "PD", e.Sources[0].Key)
	require.True(t, e.Sources[0].Linkable())
}

func TestExplanationsSayWhichDayOfTheMilestoneWasUsed(t *testing.T) {
	t.Parallel()
	b := load(t, "2015")
	doneOn := func(day string) statute.DoneDays {
		return func(code area.Code, key statute.RuleKey) civil.Date {
			if key != "voter_list_posted" || code != commune.Code || day == "" {
				return civil.Date{}
			}
			return civil.Must(day)
		}
	}
	for done, want := range map[string]statute.Basis{
		"":           statute.BasisLatest,
		"2021-04-10": statute.BasisDone,
		"2021-04-15": statute.BasisDone,
		"2021-04-13": statute.BasisLatest, // done on its very last day: the reason stays the same
	} {
		chain := chains()[area.LevelCommune]
		d, err := b.Deadline("voter_list_complaint", in2021, chain, doneOn(done), nil)
		require.NoError(t, err)
		e, err := b.Explain(d, statute.Setting{Election: in2021, Chain: chain})
		require.NoError(t, err)
		require.Equal(t, want, e.End.Basis)
		require.Equal(t, statute.RuleKey("voter_list_posted"), e.End.Milestone.Key)
		require.Equal(t, commune.Code, e.End.MilestoneArea)
		require.Equal(t, d.Latest, e.End.Date, "what was stored explains itself as it was stored")
	}
}

func TestOneSourceIsSaid(t *testing.T) {
	t.Parallel()
	for key, want := range map[statute.RuleKey]bool{"nec_established": true, "polling_team": false, "list_to_nec": true} {
		r, err := load(t, "2015").Rule(key)
		require.NoError(t, err)
		require.Equal(t, want, r.OneSource(), key)
	}
}

func TestOnlyAddressesAreLinkable(t *testing.T) {
	t.Parallel()
	require.True(t, statute.Source{Address: "https://luatvietnam.vn/a.html"}.Linkable())
	require.False(t, statute.Source{Address: "https://en.vietnamplus.vn (article 195922, 2/2021)"}.Linkable())
	require.False(t, statute.Source{Address: "press report (address not kept)"}.Linkable())
}

func TestCitationsAreWrittenAsEachLanguageDoes(t *testing.T) {
	t.Parallel()
	cite := func(i *statute.Instrument, article string) statute.Citation {
		return statute.Citation{Instrument: i, Article: article}
	}
	law := &statute.Instrument{Kind: statute.Law, Number: "85/2015/QH13"}
	amended := &statute.Instrument{Kind: statute.Law, Number: "85/2015/QH13", AmendedBy: "83/2025/QH15"}
	plan := &statute.Instrument{Kind: statute.Plan, Number: "42/KH-HĐBCQG"}
	nameless := &statute.Instrument{
		Kind: statute.Resolution, IssuedOn: civil.Must("2020-06-19"),
		Title: fault.Text{Vi: "Nghị quyết thành lập", En: "Resolution on setting up"},
	}
	undated := &statute.Instrument{Kind: statute.Law, Title: fault.Text{Vi: "Luật mới", En: "New Law"}}
	for _, c := range []struct {
		from   statute.Citation
		vi, en string
	}{
		{cite(law, "Điều 22 khoản 1"), "khoản 1 Điều 22 Luật 85/2015/QH13", "Article 22(1) of Law 85/2015/QH13"},
		{cite(law, "Điều 1 khoản 1 điểm b"), "điểm b khoản 1 Điều 1 Luật 85/2015/QH13", "Article 1(1)(b) of Law 85/2015/QH13"},
		{cite(law, "Điều 5; Điều 4 khoản 1"), "Điều 5; khoản 1 Điều 4 Luật 85/2015/QH13", "Article 5; Article 4(1) of Law 85/2015/QH13"},
		{
			cite(law, "Điều 29 khoản 4; Điều 30 khoản 2 đến khoản 4"),
			"khoản 4 Điều 29; khoản 2 đến khoản 4 Điều 30 Luật 85/2015/QH13", "Article 29(4); Article 30(2)–(4) of Law 85/2015/QH13",
		},
		{cite(law, "Điều 89 khoản 3, khoản 4"), "khoản 3, khoản 4 Điều 89 Luật 85/2015/QH13", "Article 89(3), (4) of Law 85/2015/QH13"},
		{cite(amended, "Điều 32"), "Điều 32 Luật 85/2015/QH13 (sửa đổi bởi Luật 83/2025/QH15)", "Article 32 of Law 85/2015/QH13 (as amended by Law 83/2025/QH15)"},
		{cite(plan, ""), "Kế hoạch 42/KH-HĐBCQG", "Plan 42/KH-HĐBCQG"},
		{cite(nameless, ""), "Nghị quyết thành lập ngày 19/06/2020", "Resolution on setting up of 19 Jun 2020"},
		{cite(undated, ""), "Luật mới", "New Law"},
	} {
		require.Equal(t, fault.Text{Vi: c.vi, En: c.en}, c.from.Text())
	}
}

func TestHolidaysAreNamedAndMoveNothing(t *testing.T) {
	t.Parallel()
	name, ok := statute.Holiday(civil.Must("2021-04-21"))
	require.True(t, ok)
	require.Equal(t, fault.Text{Vi: "Giỗ Tổ Hùng Vương", En: "Hùng Kings' Commemoration Day"}, name)
	_, ok = statute.Holiday(civil.Must("2021-02-17"))
	require.False(t, ok, "the first working day after Tết")

	// The Hùng Kings' day of 2021 as a limit: 32 days before election day.
	f := goodFile(t)
	f.rule("polling_team")["end"] = anchor{"anchor": "election_day", "days": -32}
	b, err := statute.Parse("some.json", f.bytes(t))
	require.NoError(t, err)
	e := explain(t, b, "polling_team", statute.Setting{Election: in2021, Chain: chains()[area.LevelCommune]}, nil, nil)
	require.Equal(t, "2021-04-21", e.End.Date.Day.String())
	require.Contains(t, e.End.Sentence.Vi, "= 21/04/2021 (Giỗ Tổ Hùng Vương), ")
	require.Contains(t, e.End.Sentence.Vi, "; không lùi ngày nghỉ")
}
