package postgres_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/tracker"
)

func TestARehearsalIsWhatWouldBeDoneAndLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	before, log := w.records(), w.log()
	c := tracker.VotingDayCommand{Area: bacKan, Day: civil.Must("2021-05-22"), DryRun: true, Document: tracker.DocumentChoice{
		New: &tracker.NewDocument{Number: "7/NQ", Title: "Nghị quyết", IssuedOn: civil.Must("2021-01-20")},
	}}
	tried, err := w.SetVotingDay(t.Context(), id, actor, c)
	require.NoError(t, err)
	require.True(t, tried.DryRun)
	require.NotEmpty(t, tried.Changes)
	require.Equal(t, before, w.records())
	require.Equal(t, log, w.log(), "no revision is used")
	require.Zero(t, w.count("SELECT count(*) FROM voting_day"))
	require.Zero(t, w.count("SELECT count(*) FROM document"))

	c.DryRun = false
	did, err := w.SetVotingDay(t.Context(), id, actor, c)
	require.NoError(t, err)
	require.Len(t, did.Changes, len(tried.Changes))
	for i := range did.Changes {
		done, said := did.Changes[i], tried.Changes[i]
		require.Equal(t, tracker.Revision(len(log)+1+i), done.Revision)
		require.Zero(t, said.Revision)
		require.Equal(t, []any{done.Kind, done.Milestone, done.Subject, done.Happened, done.Before, done.After},
			[]any{said.Kind, said.Milestone, said.Subject, said.Happened, said.Before, said.After})
	}
	require.Equal(t, did.Changes[len(did.Changes)-1].Revision, did.Revision)
}

func TestARehearsalIsRefusedWhereTheDatabaseWouldRefuse(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	body := tracker.Body{Key: "board", Kind: "election_board", Form: "board", Area: bacKan, SetUpBy: "nothing"}
	_, _, err := w.Rehearse(t.Context(), id, actor,
		func(*tracker.Frame) tracker.Needs { return tracker.Needs{} },
		func(a *tracker.Act) error { return a.AddBody(body) })
	require.True(t, fault.Is(err, "reference-missing"), "also what is looked at on commit: %v", err)
	_, _, err = w.Rehearse(t.Context(), id, actor,
		func(*tracker.Frame) tracker.Needs { return tracker.Needs{} },
		func(a *tracker.Act) error { return a.AddBody(tracker.Body{Area: area.Nation, Kind: "none"}) })
	require.True(t, fault.Is(err, "unknown-body"), "%v", err)
}

func TestA32_NobodyVotesOnTwoDaysAtOnce(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	days := []string{"2021-05-20", "2021-05-21", "2021-05-22"}
	failed := make(chan error, len(days))
	for _, day := range days {
		go func() {
			_, err := w.SetVotingDay(t.Context(), id, actor, tracker.VotingDayCommand{Area: bacKan, Day: civil.Must(day)})
			failed <- err
		}()
	}
	done := 0
	for range days {
		if err := <-failed; err == nil {
			done++
		} else {
			require.True(t, fault.Is(err, "if-match-missing"), "%v", err)
		}
	}
	require.Equal(t, 1, done, "the others have not seen what was decided")
}

func TestALaterVoteMovesTheFirstSessionInTheTables(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	w.clock.set("2021-05-27")
	out, err := w.Occur(t.Context(), id, actor, tracker.OccurrenceCommand{
		Area: commune, Rule: "re_vote", Occurred: civil.Must("2021-05-26"), Day: civil.Must("2021-06-05"),
	})
	require.NoError(t, err)
	latest := func() string { return w.record(commune, "pc_first_session").Milestone.Latest.Day.String() }
	require.Equal(t, "2021-07-20", latest())
	w.clock.set("2021-06-07")
	r, err := w.store.Record(t.Context(), id, out.Milestone)
	require.NoError(t, err)
	moved, err := w.Plan(t.Context(), id, actor, tracker.PlanCommand{ID: out.Milestone, If: r.Milestone.Revision, Planned: civil.Must("2021-06-06")})
	require.NoError(t, err)
	require.Len(t, moved.Changes, 2)
	require.Equal(t, "2021-07-21", latest())
	done, err := w.UpdateTask(t.Context(), id, actor, tracker.TaskCommand{
		ID: out.Milestone, Task: firstTask, If: r.Tasks[0].Revision, Status: tracker.To(tracker.Done), DoneOn: tracker.To(civil.Must("2021-06-07")),
	})
	require.NoError(t, err)
	require.Equal(t, done.Changes[0].Revision, done.Changes[1].Cause)
	require.Equal(t, "2021-07-22", latest())
	require.Equal(t, "2021-07-07", w.record(bacKan, "pc_first_session").Milestone.Latest.Day.String())
}

func TestTwoOccurrencesAtOnceAreTwo(t *testing.T) {
	t.Parallel()
	w := open(t, places())
	w.clock.set("2021-05-27")
	const many = 4
	failed := make(chan error, many)
	for range many {
		go func() {
			_, err := w.Occur(t.Context(), id, actor, tracker.OccurrenceCommand{Area: commune, Rule: "re_vote", Occurred: civil.Must("2021-05-26")})
			failed <- err
		}()
	}
	for range many {
		require.NoError(t, <-failed)
	}
	require.Equal(t, many, w.count("SELECT count(*) FROM milestone WHERE key = 're_vote' AND area_code = $1", string(commune)))
}
