package tracker_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/statute"
	"tiendo/pkg/tracker"
)

// hangsOnVoting says that a rule's dates are counted from the voting.
func hangsOnVoting(t require.TestingT, o *tracker.Opening, key tracker.MilestoneKey) bool {
	rule, err := o.Frame.Rulebook.Rule(statute.RuleKey(key))
	require.NoError(t, err)
	return rule.CountsFromVoting()
}

func TestA32_OnlyWhatHangsOnTheVotingMovesAndNeighboursKeepTheirs(t *testing.T) {
	t.Parallel()
	o, l := opened(t)
	act := begin(o, l)
	require.NoError(t, act.DecideVotingDay(tracker.VotingDayCommand{Area: "058", Day: civil.Must("2021-05-22"), Opens: civil.NewClock(5, 0)}))
	moved := map[tracker.MilestoneID]bool{}
	for _, c := range act.Changes()[1:] {
		require.Equal(t, tracker.MilestoneMoved, c.Kind)
		moved[c.Milestone] = true
	}
	at, _ := o.Frame.List.Index("058")
	for id, r := range l {
		i, _ := o.Frame.List.Index(id.Area)
		_, last := o.Frame.List.Descendants(at)
		inside := i >= at && i < last
		// The first session is counted from a vote that is put off, not from an early one.
		hangs := hangsOnVoting(t, o, id.Key) && id.Key != "pc_first_session"
		require.Equal(t, inside && hangs, moved[id], "%s in %s", id.Key, id.Area)
		now, err := act.Record(id)
		require.NoError(t, err)
		if !moved[id] {
			require.Equal(t, r.Milestone.Dates, now.Milestone.Dates)
		}
	}
}

func TestA32_SettingAndWithdrawingAVotingDayRestoresAllDates(t *testing.T) {
	t.Parallel()
	o, l := opened(t)
	rapid.Check(t, func(t *rapid.T) {
		act := begin(o, l)
		code := rapid.SampledFrom([]area.Code{"06", "058", "01840", "31", "318"}).Draw(t, "area")
		c := tracker.VotingDayCommand{Area: code, Day: o.Frame.Election.Day.Add(rapid.IntRange(-60, 60).Draw(t, "days"))}
		if rapid.Bool().Draw(t, "hour") {
			c.Opens = civil.NewClock(rapid.IntRange(5, 20).Draw(t, "opens"), 30)
		}
		if err := act.DecideVotingDay(c); err != nil {
			require.True(t, fault.Is(err, "voting-day-is-election-day"), "%v", err)
			return
		}
		require.NoError(t, act.DecideVotingDay(tracker.VotingDayCommand{Area: code, Withdraw: true, Reason: "nhầm"}))
		for id, r := range l {
			now, err := act.Record(id)
			require.NoError(t, err)
			require.Equal(t, r.Milestone.Dates, now.Milestone.Dates, "%s in %s", id.Key, id.Area)
		}
	})
}

func TestA32_WhatAVotingDayNeedsIsAllThatMoves(t *testing.T) {
	t.Parallel()
	o, l := opened(t)
	c := tracker.VotingDayCommand{Area: "058", Day: civil.Must("2021-05-22")}
	whole := begin(o, l)
	require.NoError(t, whole.DecideVotingDay(c))
	needs := tracker.VotingDayNeeds(o.Frame, c)
	found := tracker.Found{}
	for _, id := range needs.Milestones {
		if r := l[id]; r != nil { // no later vote has occurred
			found.Records = append(found.Records, *r)
		}
	}
	part := tracker.Begin(o.Frame, local, noon, zone, found)
	require.NoError(t, part.DecideVotingDay(c))
	require.Equal(t, whole.Changes(), part.Changes())
	require.Less(t, len(found.Records), len(l)/4, "and not the whole branch")
}

func TestAVotingDayThatCannotBeMeantIsRefused(t *testing.T) {
	t.Parallel()
	o, l := opened(t)
	document := func(day string) tracker.DocumentChoice {
		return tracker.DocumentChoice{New: &tracker.NewDocument{Number: "1/NQ", Title: "Nghị quyết", IssuedOn: civil.Must(day)}}
	}
	for name, c := range map[string]struct {
		command tracker.VotingDayCommand
		code    string
	}{
		"a year earlier":          {tracker.VotingDayCommand{Area: "058", Day: civil.Must("2020-05-22")}, "voting-day-too-far"},
		"before it was decided":   {tracker.VotingDayCommand{Area: "058", Day: civil.Must("2021-03-24"), Document: document("2021-03-25")}, "document-in-the-future"},
		"the nation":              {tracker.VotingDayCommand{Area: "VN", Day: civil.Must("2021-05-22")}, "voting-day-of-the-nation"},
		"nobody votes":            {tracker.VotingDayCommand{Area: "498", Day: civil.Must("2021-05-22")}, "nobody-votes-here"},
		"election day":            {tracker.VotingDayCommand{Area: "058", Day: civil.Must("2021-05-23")}, "voting-day-is-election-day"},
		"at night":                {tracker.VotingDayCommand{Area: "058", Day: civil.Must("2021-05-22"), Opens: civil.NewClock(22, 0)}, "polls-open-unlawfully"},
		"withdrawn without one":   {tracker.VotingDayCommand{Area: "058", Withdraw: true, Reason: "x"}, "voting-day-not-in-force"},
		"a document that is not":  {tracker.VotingDayCommand{Area: "058", Day: civil.Must("2021-05-22"), Document: tracker.DocumentChoice{Key: "x"}}, "document-unknown"},
		"what nobody has decided": {tracker.VotingDayCommand{Area: "058", Day: civil.Must("2021-05-22"), If: 3}, "stale-revision"},
	} {
		act := begin(o, l)
		err := act.DecideVotingDay(c.command)
		require.True(t, fault.Is(err, c.code), "%s: %v", name, err)
		require.Empty(t, act.Changes(), name)
	}
}

func TestAVotingDayBeforeTheDayItIsDecidedNeedsTheDocumentOfThen(t *testing.T) {
	t.Parallel()
	o, l := opened(t)
	late := civil.Must("2021-05-30").At(civil.NewClock(12, 0), zone)
	var records []tracker.Record
	for _, r := range l {
		records = append(records, *r)
	}
	c := tracker.VotingDayCommand{Area: "318", Day: civil.Must("2021-05-22")}
	err := tracker.Begin(o.Frame, local, late, zone, tracker.Found{Records: records}).DecideVotingDay(c)
	require.True(t, fault.Is(err, "voting-day-before-its-decision"), "%v", err)
	c.Document.New = &tracker.NewDocument{Number: "533/HĐBCQG-VP", Title: "Văn bản", IssuedOn: civil.Must("2021-04-20")}
	act := tracker.Begin(o.Frame, local, late, zone, tracker.Found{Records: records})
	require.NoError(t, act.DecideVotingDay(c))
	require.Equal(t, "2021-04-20", act.Changes()[1].Happened.String(), "it was decided then")
	require.Equal(t, "d_318_20210420_533_hdbcqg_vp", act.Changes()[0].Subject)
	require.True(t, slices.ContainsFunc(act.Changes(), func(c tracker.Change) bool { return c.Kind == tracker.MilestoneMoved }))
}

func TestA32_WhatHasOccurredAndLastsUntilThePollsOpenMovesWithThem(t *testing.T) {
	t.Parallel()
	o, l := opened(t)
	a := begin(o, l)
	struck, err := a.Occur(tracker.OccurrenceCommand{Area: ward, Rule: "voter_strike_off", Occurred: civil.Must("2021-02-20")})
	require.NoError(t, err)
	before, err := a.Record(struck)
	require.NoError(t, err)
	require.Contains(t, tracker.VotingDayNeeds(o.Frame, tracker.VotingDayCommand{Area: "058"}).Milestones,
		tracker.MilestoneID{Area: ward, Key: "voter_strike_off", Occurrence: tracker.EveryOccurrence})
	require.NoError(t, a.DecideVotingDay(tracker.VotingDayCommand{Area: "058", Day: civil.Must("2021-05-22"), Opens: civil.NewClock(5, 0)}))
	after, err := a.Record(struck)
	require.NoError(t, err)
	require.Equal(t, before.Milestone.NotBefore, after.Milestone.NotBefore, "it happened when it happened")
	require.Equal(t, civil.Cutoff{Day: civil.Must("2021-05-22"), Clock: civil.NewClock(5, 0)}, after.Milestone.Latest)
}
