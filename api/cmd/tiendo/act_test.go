package main

import (
	"bytes"
	"context"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/api"
	"tiendo/pkg/area"
	"tiendo/pkg/dossier"
	"tiendo/pkg/fault"
	"tiendo/pkg/postgres"
	"tiendo/pkg/tracker"
)

// acts runs a command about an act on a small election. It is the real day: a
// trial's database would have to be named as one.
type acts struct {
	*operator
	t *testing.T
}

func actsOnAnElection(t *testing.T) *acts {
	t.Helper()
	o := anOperator(t)
	known, err := dossier.Load("2021")
	require.NoError(t, err)
	require.NoError(t, o.c.with(t.Context(), func(d *database) error {
		service := tracker.NewService(postgres.New(d.pool), o.c.clock(), o.c.zone, nil)
		return o.c.enter(t.Context(), service, known, area.Edition2021().Only("small", "058", "318"))
	}))
	return &acts{o, t}
}

// run is the command itself, and what it printed.
func (a *acts) run(command interface {
	Run(context.Context, *Config, output) error
},
) (string, error) {
	var out bytes.Buffer
	err := command.Run(a.t.Context(), a.c, output{&out})
	return out.String(), err
}

func TestA24_AVotingDayIsShownByTheCommandAndWrittenWithCommitOnly(t *testing.T) {
	t.Parallel()
	a := actsOnAnElection(t)
	v := votingDayCommand{Election: "2021", Area: "01840", Day: "2021-05-21", Opens: "05:00"}
	v.paper = paper{Number: "12/NQ", IssuedOn: "2021-05-09", Title: "Nghị quyết"}
	for range 2 { // the first leaves nothing that the second would see
		said, err := a.run(v)
		require.NoError(t, err)
		require.Contains(t, said, "Phường Đức Xuân")
		require.Contains(t, said, "2021-05-21 05:00 – 2021-05-21 19:00")
		require.Contains(t, said, "nothing is written without --commit")
	}
	v.Commit = true
	said, err := a.run(v)
	require.NoError(t, err)
	require.Contains(t, said, "changes written")

	back := votingDayCommand{Election: "2021", Area: "01840", Withdraw: true, Reason: "nhầm"}
	back.JSON = true
	said, err = a.run(back)
	require.NoError(t, err)
	var e api.Effect
	require.NoError(t, json.Unmarshal([]byte(said), &e))
	require.True(t, e.DryRun)
	require.Equal(t, "voting_day_set", e.Changes[0].Kind)
	require.Greater(t, e.Total, 1)
}

func TestAnOccurrenceIsEnteredByTheCommand(t *testing.T) {
	t.Parallel()
	a := actsOnAnElection(t)
	o := occurCommand{Election: "2021", Area: "01840", Rule: "re_vote", Occurred: "2021-05-26", Day: "2021-06-06"}
	o.Commit = true
	said, err := a.run(o)
	require.NoError(t, err)
	require.Contains(t, said, "2021-05-26 – 2021-06-07 (2021-06-06)", "the law's span, and the day that was decided")
	require.Regexp(t, `Kỳ họp thứ nhất HĐND +2021-07-07 +2021-07-21`, said)
}

func TestACommandThatCannotBeReadSaysHowToWriteIt(t *testing.T) {
	t.Parallel()
	for code, v := range map[string]votingDayCommand{
		"day-unreadable":     {Day: "31/5"},
		"hour-unreadable":    {Day: "2021-05-22", Opens: "5h"},
		"voting-day-missing": {},
	} {
		_, err := v.command()
		require.True(t, fault.Is(err, code), "%v", err)
	}
	_, err := votingDayCommand{Day: "2021-05-22", Withdraw: true}.command()
	require.Error(t, err, "one of the two")
}
