package main

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/api"
	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/dossier"
	"tiendo/pkg/fault"
	"tiendo/pkg/postgres"
	"tiendo/pkg/tracker"
)

// actsOnARunningElection is over a small election as it stood on 25 January
// 2021, still running although the commands come on the real day.
func actsOnARunningElection(t *testing.T) *acts {
	t.Helper()
	o := anOperator(t)
	known, err := dossier.Load("2021")
	require.NoError(t, err)
	then := *o.c
	then.Today = Today{Date: civil.Must("2021-01-25")}
	require.NoError(t, o.c.with(t.Context(), func(d *database) error {
		service := tracker.NewService(postgres.New(d.pool), then.clock(), o.c.zone, nil)
		return then.enter(t.Context(), service, known, area.Edition2021().Only("small", "058", "318"))
	}))
	return &acts{o, t}
}

// postpones is an amendment of election day by four weeks.
var postpones = electionAmendCommand{Election: "2021", Day: "2021-06-20", Number: "12/2021/QH14", Reason: "Quốc hội quyết định hoãn"}

// stands is on what the election stands, and how often it was amended.
func (a *acts) stands() (e tracker.Election, amended int) {
	a.t.Helper()
	require.NoError(a.t, a.c.looking(a.t.Context(), func(store *postgres.Store) error {
		f, err := store.Frame(a.t.Context(), "2021")
		if err != nil {
			return err
		}
		all, err := store.Amendments(a.t.Context(), "2021")
		e, amended = f.Election, len(all)
		return err
	}))
	return e, amended
}

// amends runs the command with --json.
func (a *acts) amends(command electionAmendCommand) api.AmendmentEffect {
	a.t.Helper()
	command.JSON = true
	said, err := a.run(command)
	require.NoError(a.t, err)
	var effect api.AmendmentEffect
	require.NoError(a.t, json.Unmarshal([]byte(said), &effect))
	return effect
}

func TestA33_AnAmendmentIsSaidByTheCommandAndDoneWithCommitOnly(t *testing.T) {
	t.Parallel()
	a := actsOnARunningElection(t)
	before, _ := a.stands()
	for range 2 { // the first leaves nothing that the second would see
		said, err := a.run(postpones)
		require.NoError(t, err)
		for _, holds := range []string{"2021-05-23 → 2021-06-20", "2015.1 → 2015.1", "milestone_moved", "Tỉnh Bắc Kạn", "residence_voter_meetings", "nothing is written; --commit does it"} {
			require.Contains(t, said, holds)
		}
	}
	now, amended := a.stands()
	require.Equal(t, before, now)
	require.Zero(t, amended)

	does := postpones
	does.Commit = true
	said, err := a.run(does)
	require.NoError(t, err)
	require.Contains(t, said, "đã ghi / done: bản / revision")
	now, amended = a.stands()
	require.Equal(t, civil.Must("2021-06-20"), now.Day)
	require.Equal(t, 1, amended)

	_, err = a.run(does)
	require.True(t, fault.Is(err, "amendment-empty"), "%v", err)
	_, amended = a.stands()
	require.Equal(t, 1, amended, "it is done once")
}

func TestA33_TheCommandPrintsAnAmendmentInTheFormOfTheAPI(t *testing.T) {
	t.Parallel()
	a := actsOnARunningElection(t)
	tried := a.amends(postpones)
	require.True(t, tried.Effect.DryRun)
	require.True(t, tried.Effect.Revision.IsNull())
	require.Equal(t, "2021-05-23", tried.Before.ElectionDay.String())
	require.Equal(t, "2021-06-20", tried.After.ElectionDay.String())
	ofProvinces := 1 // the amendment itself
	for _, p := range tried.ByProvince {
		ofProvinces += p.Count
	}
	require.Equal(t, tried.Effect.Total, ofProvinces)

	does := postpones
	does.Commit = true
	did := a.amends(does)
	require.False(t, did.Effect.DryRun)
	require.False(t, did.Effect.Revision.IsNull())
	require.Equal(t, tried.Effect.Changes, did.Effect.Changes)
	require.Equal(t, tried.ByRule, did.ByRule)
	require.Equal(t, tried.ByConflict, did.ByConflict)
}

func TestA33_TheTableOfAnAmendmentHasEveryDifference(t *testing.T) {
	t.Parallel()
	a := actsOnARunningElection(t)
	file := filepath.Join(t.TempDir(), "differences.csv")
	command := postpones
	command.Day, command.CSV = "2021-03-14", file // so early that some was done too late
	effect := a.amends(command)
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(text), "\ufeff"))).ReadAll()
	require.NoError(t, err)
	head, rows := rows[0], rows[1:]
	column := func(row []string, name string) string {
		for i, is := range head {
			if is == name {
				return row[i]
			}
		}
		t.Fatalf("no column %s", name)
		return ""
	}
	changes, conflicts, moved := 0, 0, 0
	for _, row := range rows {
		conflicts += len(strings.Fields(column(row, "conflicts")))
		if column(row, "change") != "" {
			changes++
		}
		if column(row, "area") == "058" && column(row, "milestone") == "consult1_pc_district" {
			require.Equal(t, "Tỉnh Bắc Kạn", column(row, "province"))
			moved++
			was, is := civil.Must(column(row, "latest_was")), civil.Must(column(row, "latest"))
			require.Equal(t, was.Add(-70), is)
		}
	}
	require.Equal(t, effect.Effect.Total-1, changes, "all but the amendment itself")
	require.Positive(t, conflicts)
	require.Equal(t, effect.Effect.ConflictsTotal, conflicts)
	require.Equal(t, 1, moved)

	command.CSV = filepath.Join(t.TempDir(), "none", "differences.csv")
	_, err = a.run(command)
	require.True(t, fault.Is(err, "file-unwritable"), "%v", err)
}

func TestA33_AnAmendmentThatCannotBeIsRefusedByTheCommand(t *testing.T) {
	t.Parallel()
	a := actsOnARunningElection(t)
	for code, command := range map[string]electionAmendCommand{
		"election-not-found":         {Election: "2031", Day: "2021-06-20", Reason: "x"},
		"rulebook-version-not-found": {Election: "2021", RulebookVersion: "2015.9", Reason: "x"},
		"amendment-empty":            {Election: "2021", Day: "2021-05-23", Reason: "x"},
		"reason-missing":             {Election: "2021", Day: "2021-06-20", Reason: " "},
	} {
		_, err := a.run(command)
		require.True(t, fault.Is(err, code), "%s: %v", code, err)
	}
}
