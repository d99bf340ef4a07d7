package tracker_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/statute"
	"tiendo/pkg/tracker"
)

// after is an act that sees everything, on a day.
func after(o *tracker.Opening, l tracker.Ledger, day string) *tracker.Act {
	found := tracker.Found{}
	for _, r := range l {
		found.Records = append(found.Records, *r)
	}
	return tracker.Begin(o.Frame, local, civil.Must(day).At(civil.NewClock(12, 0), zone), zone, found)
}

func session(t require.TestingT, a *tracker.Act, code area.Code) string {
	r, err := a.Record(id(code, "pc_first_session"))
	require.NoError(t, err)
	return r.Milestone.Latest.Day.String()
}

const ward area.Code = "01840"

func revote(occurred, day string) tracker.OccurrenceCommand {
	c := tracker.OccurrenceCommand{Area: ward, Rule: "re_vote", Scope: "đơn vị bầu cử số 4", Occurred: civil.Must(occurred)}
	if day != "" {
		c.Day = civil.Must(day)
	}
	return c
}

func TestA34_TheFirstSessionFollowsALaterVoteInItsOwnAreaOnly(t *testing.T) {
	t.Parallel()
	o, l := opened(t)
	a := after(o, l, "2021-06-10")
	vote, err := a.Occur(revote("2021-05-26", ""))
	require.NoError(t, err)
	require.Equal(t, tracker.MilestoneID{Area: ward, Key: "re_vote", Occurrence: 1}, vote)
	made, err := a.Record(vote)
	require.NoError(t, err)
	require.Equal(t, "2021-06-07", made.Milestone.Latest.Day.String(), "T+15")
	require.Equal(t, "2021-07-22", session(t, a, ward), "until the vote is held, from its limit")
	require.NoError(t, a.Plan(tracker.PlanCommand{ID: vote, If: made.Milestone.Revision, Planned: civil.Must("2021-06-05")}))
	require.Equal(t, "2021-07-20", session(t, a, ward), "from the day that was decided")
	c := done(ward, "re_vote", "2021-06-06")
	c.ID, c.If = vote, 0 // changed within this act
	_, err = a.UpdateTask(c)
	require.NoError(t, err)
	require.Equal(t, "2021-07-21", session(t, a, ward), "from the day it was held")
	c.Status, c.Reason, c.DoneOn = tracker.To(tracker.NotApplicable), tracker.To("quyết định bị hủy"), tracker.Set[civil.Date]{}
	_, err = a.UpdateTask(c)
	require.NoError(t, err)
	require.Equal(t, "2021-07-07", session(t, a, ward), "one that was called off does not count")
	require.Equal(t, "2021-07-07", session(t, a, "058"))
	require.Equal(t, "2021-07-07", session(t, a, "01837"))
	for _, c := range a.Changes() {
		require.Equal(t, ward, c.Milestone.Area)
	}
}

func TestOccurrencesCountUpAndTheLastVoteCounts(t *testing.T) {
	t.Parallel()
	o, l := opened(t)
	a := after(o, l, "2021-06-10")
	for n, day := range []string{"2021-06-06", "2021-06-01"} {
		vote, err := a.Occur(revote("2021-05-26", day))
		require.NoError(t, err)
		require.Equal(t, n+1, vote.Occurrence)
	}
	require.Equal(t, "2021-07-21", session(t, a, ward))
}

func TestWhatIsNeededForALaterVoteIsAllThatMoves(t *testing.T) {
	t.Parallel()
	o, l := opened(t)
	a := after(o, l, "2021-06-10")
	vote, err := a.Occur(revote("2021-05-26", "2021-06-01"))
	require.NoError(t, err)
	needs := tracker.Reach(o.Frame, vote)
	require.Contains(t, needs.Milestones, id(ward, "pc_first_session"))
	for _, key := range []tracker.MilestoneKey{"extra_vote", "re_vote", "annul_and_re_vote"} {
		require.Contains(t, needs.Milestones, tracker.MilestoneID{Area: ward, Key: key, Occurrence: tracker.EveryOccurrence})
	}
	require.NotContains(t, needs.Milestones, vote, "it is one of all")
}

func TestTheSessionIsWhatTheLawSaysWhateverIsVotedAgain(t *testing.T) {
	t.Parallel()
	o, l := opened(t)
	rapid.Check(t, func(t *rapid.T) {
		a := after(o, l, "2021-06-10")
		last := civil.Must("2021-05-23")
		for range rapid.IntRange(0, 4).Draw(t, "votes") {
			c := revote("2021-05-25", "")
			c.Rule = rapid.SampledFrom([]statute.RuleKey{"re_vote", "extra_vote", "annul_and_re_vote"}).Draw(t, "rule")
			held := civil.Must("2021-06-07")
			if rapid.Bool().Draw(t, "decided") {
				c.Day = civil.Must("2021-05-25").Add(rapid.IntRange(0, 13).Draw(t, "day"))
				held = c.Day
			}
			_, err := a.Occur(c)
			require.NoError(t, err)
			last = civil.Later(last, held)
		}
		require.Equal(t, last.Add(45).String(), session(t, a, ward))
	})
}

func TestADayThatAVoteCannotBeHeldOnIsRefused(t *testing.T) {
	t.Parallel()
	o, l := opened(t)
	for name, c := range map[string]struct {
		command tracker.OccurrenceCommand
		code    string
	}{
		"after T+15":             {revote("2021-05-26", "2021-06-08"), "planned-too-late"},
		"before it was decided":  {revote("2021-05-26", "2021-05-25"), "planned-too-early"},
		"a duty":                 {tracker.OccurrenceCommand{Area: ward, Rule: "polling_team", Occurred: today}, "rule-does-not-occur"},
		"a vote of no vote":      {tracker.OccurrenceCommand{Area: ward, Rule: "voter_list_complaint_reply", Occurred: today, Day: today}, "no-vote-to-hold"},
		"where no council is up": {tracker.OccurrenceCommand{Area: "498", Rule: "re_vote", Occurred: today}, "rule-does-not-occur"},
	} {
		a := after(o, l, "2021-06-10")
		_, err := a.Occur(c.command)
		require.True(t, fault.Is(err, c.code), "%s: %v", name, err)
		require.Empty(t, a.Changes(), name)
	}
}
