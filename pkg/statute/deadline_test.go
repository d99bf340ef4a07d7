package statute_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/statute"
)

// julian is the day number of a Gregorian date by the formula of Fliegel and
// Van Flandern: an oracle that shares nothing with package civil.
func julian(y, m, d int) int {
	a := (m - 14) / 12
	return 1461*(y+4800+a)/4 + 367*(m-2-12*a)/12 - 3*((y+4900+a)/100)/4 + d - 32075
}

func julianOf(d civil.Date) int {
	y, m, day := d.Parts()
	return julian(y, int(m), day)
}

func electionDay(t *rapid.T) civil.Date {
	y, m := rapid.IntRange(1946, 2100).Draw(t, "year"), rapid.IntRange(1, 12).Draw(t, "month")
	d := rapid.IntRange(1, julian(y+m/12, m%12+1, 1)-julian(y, m, 1)).Draw(t, "day")
	return civil.Must(fmt.Sprintf("%04d-%02d-%02d", y, m, d))
}

func TestAnyElectionDayAgreesWithAnIndependentDayCount(t *testing.T) {
	t.Parallel()
	b := load(t, "2015")
	rapid.Check(t, func(t *rapid.T) {
		e := statute.Election{ID: "any", Day: electionDay(t)}
		for _, chain := range chains() {
			all, err := b.Scheduled(e, chain)
			require.NoError(t, err)
			for _, d := range all {
				if a := d.Rule.End; a != nil && a.Kind == statute.OnElectionDay {
					require.Equal(t, julianOf(e.Day)+a.Days, julianOf(d.Latest.Day), "%s for %s", d.Rule.Key, e.Day)
				}
				if a := d.Rule.Start; a != nil && a.Kind == statute.OnElectionDay {
					require.Equal(t, julianOf(e.Day)+a.Days, julianOf(d.NotBefore.Day), "%s for %s", d.Rule.Key, e.Day)
				}
			}
		}
	})
}

func TestCountingBackReturnsToTheAnchor(t *testing.T) {
	t.Parallel()
	good := goodFile(t)
	good["rules"] = []any{good.rule("polling_team")} // alone, so that reading it is quick
	delete(good, "guards")
	good.rule("polling_team")["after"] = []any{}
	rapid.Check(t, func(t *rapid.T) {
		e := statute.Election{ID: "any", Day: electionDay(t)}
		n := rapid.IntRange(-2000, 2000).Draw(t, "days")
		good.rule("polling_team")["end"] = anchor{"anchor": "election_day", "days": n}
		b, err := statute.Parse("any.json", good.bytes(t))
		require.NoError(t, err)
		d, err := b.Deadline("polling_team", e, chains()[area.LevelCommune], nil, nil)
		require.NoError(t, err)
		require.Equal(t, e.Day, d.LatestFrom)
		require.Equal(t, julianOf(e.Day), julianOf(d.Latest.Day)-n)
		require.Equal(t, e.Day, d.Latest.Day.Add(-n))
	})
}

// TestEarlyVotingMovesOnlyWhatFollowsThePolls is A32: Bạch Long Vĩ voted on
// 22/05/2021, a day early, under Article 72.
func TestEarlyVotingMovesOnlyWhatFollowsThePolls(t *testing.T) {
	t.Parallel()
	early := bachLongVi()
	early.Voting = statute.Voting{Day: civil.Must("2021-05-22"), Opens: civil.NewClock(6, 30)}
	for id, c := range map[string]struct {
		election statute.Election
		chain    []statute.Place
		moved    []statute.RuleKey
	}{
		"2015": {in2021, []statute.Place{early, haiPhong, nation}, []statute.RuleKey{
			"voter_list_changes", "voter_strike_off", "candidate_removed_pc", "campaign_pc",
			"voter_notice", "voting_day", "counting",
		}},
		"2025": {in2026, []statute.Place{earlyCommune(), haiPhong, nation}, []statute.RuleKey{
			"voter_list_changes", "voter_strike_off", "candidate_removed_pc", "campaign_pc",
			"voter_notice", "voting_day", "counting",
			"team_minutes", // the official answers of 2026 count them from the area's own day
		}},
	} {
		b := load(t, id)
		usual := append([]statute.Place{c.chain[0]}, c.chain[1:]...)
		usual[0].Voting = statute.Voting{}
		var moved []statute.RuleKey
		for _, r := range b.Rules() {
			if !r.AppliesTo(c.chain[0]) || !r.BelongsTo(c.election.ID) {
				continue
			}
			before, err := b.Deadline(r.Key, c.election, usual, nil, nil)
			require.NoError(t, err)
			after, err := b.Deadline(r.Key, c.election, c.chain, nil, nil)
			require.NoError(t, err)
			if before != after {
				moved = append(moved, r.Key)
			}
		}
		require.Equal(t, c.moved, moved, id)
	}
}

// earlyCommune is Bạch Long Vĩ of 2026, a commune, voting on 14/03/2026.
func earlyCommune() statute.Place {
	p := place("11914", area.LevelCommune)
	p.Voting = statute.Voting{Day: civil.Must("2026-03-14"), Opens: civil.NewClock(7, 0)}
	return p
}

func TestEarlyVotingClosesListsOnTheOwnClock(t *testing.T) {
	t.Parallel()
	early := bachLongVi()
	early.Voting = statute.Voting{Day: civil.Must("2021-05-22"), Opens: civil.NewClock(6, 30)}
	d, err := load(t, "2015").Deadline("voter_list_changes", in2021, []statute.Place{early, haiPhong, nation}, nil, nil)
	require.NoError(t, err)
	require.Equal(t, civil.Cutoff{Day: civil.Must("2021-05-21"), Clock: civil.NewClock(6, 30)}, d.Latest)
	require.Equal(t, civil.Must("2021-05-22"), d.LatestFrom)
}

// TestADependentDayFollowsTheDoneDay is A34. A plan cannot be followed by
// mistake: nothing here takes one.
func TestADependentDayFollowsTheDoneDay(t *testing.T) {
	t.Parallel()
	b := load(t, "2015")
	var dependents []statute.RuleKey
	for _, r := range b.Dependents("voter_list_posted") {
		dependents = append(dependents, r.Key)
	}
	require.Equal(t, []statute.RuleKey{"voter_list_complaint", "vote_elsewhere_certificate", "voter_list_changes"}, dependents)

	done := func(code area.Code, key statute.RuleKey) civil.Date {
		if code == commune.Code && key == "voter_list_posted" {
			return civil.Must("2021-04-10")
		}
		return civil.Date{}
	}
	chain := chains()[area.LevelCommune]
	for _, r := range b.Rules() {
		if !r.AppliesTo(commune) {
			continue
		}
		before, err := b.Deadline(r.Key, in2021, chain, nil, nil)
		require.NoError(t, err)
		after, err := b.Deadline(r.Key, in2021, chain, done, nil)
		require.NoError(t, err)
		moved := r.Key == "voter_list_complaint" || r.Key == "vote_elsewhere_certificate" || r.Key == "voter_list_changes"
		require.Equal(t, moved, before != after, r.Key)
	}
	d, err := b.Deadline("voter_list_complaint", in2021, chain, done, nil)
	require.NoError(t, err)
	require.Equal(t, "2021-04-10", d.NotBefore.Day.String())
	require.Equal(t, "2021-04-10", d.NotBeforeFrom.String())
	require.Equal(t, "2021-05-10", d.Latest.Day.String())

	neighbour := place("01843", area.LevelCommune)
	d, err = b.Deadline("voter_list_complaint", in2021, []statute.Place{neighbour, district, province, nation}, done, nil)
	require.NoError(t, err)
	require.Equal(t, "2021-04-13", d.NotBefore.Day.String(), "the neighbour keeps the latest legal day")
}

func TestAMilestoneAboveCountsForTheAreasBelow(t *testing.T) {
	t.Parallel()
	done := func(code area.Code, key statute.RuleKey) civil.Date {
		if code == area.Nation && key == "na_official_list" {
			return civil.Must("2021-04-26")
		}
		return civil.Date{}
	}
	d, err := load(t, "2015").Deadline("campaign_na", in2021, chains()[area.LevelProvince], done, nil)
	require.NoError(t, err)
	require.Equal(t, "2021-04-26", d.NotBefore.Day.String())
}

func TestDependentsAreFoundForEachLevel(t *testing.T) {
	t.Parallel()
	for _, key := range []statute.RuleKey{"pc_official_list_province", "pc_official_list_district", "pc_official_list_commune"} {
		var names []statute.RuleKey
		for _, r := range load(t, "2015").Dependents(key) {
			names = append(names, r.Key)
		}
		require.Equal(t, []statute.RuleKey{"candidate_leaves_board_pc", "candidate_removed_pc", "campaign_pc"}, names)
	}
	require.Empty(t, load(t, "2015").Dependents("polling_team"))
}

func TestATriggeredRuleCountsFromWhatOccurred(t *testing.T) {
	t.Parallel()
	d, err := load(t, "2015").Deadline("voter_list_complaint_reply", in2021, chains()[area.LevelCommune], nil,
		map[string]civil.Date{"voter_list_complaint_received": civil.Must("2021-04-20")})
	require.NoError(t, err)
	require.Equal(t, "2021-04-20", d.NotBefore.Day.String())
	require.Equal(t, "2021-04-25", d.Latest.Day.String())
}

func TestAByElectionRuleCountsFromItsOwnDay(t *testing.T) {
	t.Parallel()
	d, err := load(t, "2015").Deadline("be_announce", in2021, chains()[area.LevelProvince], nil,
		map[string]civil.Date{statute.ByElectionDay: civil.Must("2023-06-04")})
	require.NoError(t, err)
	require.Equal(t, "2023-05-05", d.Latest.Day.String())
}

func TestWhereNobodyVotesNothingIsDue(t *testing.T) {
	t.Parallel()
	hoangSa := place("498", area.LevelDistrict)
	hoangSa.Voters, hoangSa.Council, hoangSa.Communes = false, false, false
	all, err := load(t, "2015").Scheduled(in2021, []statute.Place{hoangSa, province, nation})
	require.NoError(t, err)
	require.Empty(t, all)
}

func TestConditionsDecideWhatADistrictHas(t *testing.T) {
	t.Parallel()
	b := load(t, "2015")
	has := func(p statute.Place, key statute.RuleKey) bool {
		all, err := b.Scheduled(in2021, []statute.Place{p, province, nation})
		require.NoError(t, err)
		_, ok := byKey(all)[key]
		return ok
	}
	quan := district
	quan.Council = false
	require.True(t, has(district, "election_committee_district"))
	require.False(t, has(quan, "election_committee_district"), "no council is elected there")
	require.True(t, has(quan, "polling_areas_decided"))
	require.False(t, has(district, "voter_list_posted"), "its communes do that")
	require.True(t, has(bachLongVi(), "voter_list_posted"), "it has no communes")
}

func TestScheduledStandsInTheOrderOfWork(t *testing.T) {
	t.Parallel()
	for _, chain := range chains() {
		all, err := load(t, "2015").Scheduled(in2021, chain)
		require.NoError(t, err)
		for i := 1; i < len(all); i++ {
			require.Less(t, all[i-1].Rule.Order, all[i].Rule.Order)
		}
	}
}

func TestAMissingAnchorFailsNamingRuleAndArea(t *testing.T) {
	t.Parallel()
	f := goodFile(t)
	f.rule("voter_list_posted")["levels"] = anchor{"commune": "council", "district": "no_commune"}
	b, err := statute.Parse("some.json", f.bytes(t))
	require.NoError(t, err)
	ward := commune
	ward.Council = false
	_, err = b.Scheduled(in2021, []statute.Place{ward, district, province, nation})
	require.True(t, fault.Is(err, "anchor-missing"), "%v", err)
	require.ErrorContains(t, err, `"voter_list_complaint" in 01840`)
	require.ErrorContains(t, err, `"voter_list_posted"`)
}

func TestABrokenChainIsRefused(t *testing.T) {
	t.Parallel()
	b := load(t, "2015")
	for _, chain := range [][]statute.Place{nil, {nation, province}, {commune, commune, nation}} {
		_, err := b.Scheduled(in2021, chain)
		require.True(t, fault.Is(err, "chain-broken"), "%v", err)
		_, err = b.Deadline("voting_day", in2021, chain, nil, nil)
		require.True(t, fault.Is(err, "chain-broken"), "%v", err)
	}
	_, err := b.Scheduled(statute.Election{ID: "2021"}, []statute.Place{nation})
	require.True(t, fault.Is(err, "chain-broken"), "no election day: %v", err)
}

func TestOnlyDutiesAndEventsHaveTasksAndCanBeLate(t *testing.T) {
	t.Parallel()
	for _, r := range load(t, "2015").Rules() {
		works := r.Nature == statute.Duty || r.Nature == statute.Event || r.Nature == statute.OnOccurrence
		require.Equal(t, works, r.Nature.CanBeLate())
		require.Equal(t, works, len(r.Steps()) > 0, r.Key)
	}
	r, err := load(t, "2015").Rule("polling_team")
	require.NoError(t, err)
	require.Equal(t, []statute.TaskStep{{Key: statute.OnlyStep, Title: r.Title}}, r.Steps())
	r, err = load(t, "2015").Rule("voter_list_posted")
	require.NoError(t, err)
	require.Len(t, r.Steps(), 3)
}

// BenchmarkCountry computes every deadline of a country shaped like 2021's.
func BenchmarkCountry(b *testing.B) {
	book := load(b, "2015")
	var all [][]statute.Place
	for l, n := range map[area.Level]int{
		area.LevelNation: 1, area.LevelProvince: 63, area.LevelDistrict: 705, area.LevelCommune: 10603,
	} {
		for range n {
			all = append(all, chains()[l])
		}
	}
	b.ReportAllocs()
	deadlines := 0
	for b.Loop() {
		deadlines = 0
		for _, chain := range all {
			d, err := book.Scheduled(in2021, chain)
			if err != nil {
				b.Fatal(err)
			}
			deadlines += len(d)
		}
	}
	b.ReportMetric(float64(deadlines), "deadlines")
}
