package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/fault"
	"tiendo/pkg/statute"
)

// rulebook is the rulebook of 2015 with some of its words replaced, in a file.
func rulebook(t *testing.T, oldnew ...string) string {
	t.Helper()
	own, err := statute.Load("2015")
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "rulebook.json")
	text := strings.NewReplacer(oldnew...).Replace(string(own.Text()))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// corrected is its next version, where election day is announced earlier.
func corrected(t *testing.T) string {
	t.Helper()
	return rulebook(t, `"version": "2015.1"`, `"version": "2015.2"`, `"days": -115`, `"days": -120`)
}

func TestA33_ARulebookIsCheckedWithoutADatabase(t *testing.T) {
	t.Parallel()
	check := func(file string) (string, error) {
		var out bytes.Buffer
		err := rulebookCheckCommand{File: file}.Run(output{&out})
		return out.String(), err
	}
	said, err := check(corrected(t))
	require.NoError(t, err)
	require.Contains(t, said, "2015.2  Bầu cử theo Luật 85/2015/QH13")
	require.Contains(t, said, "compared with     2015.1")
	require.Regexp(t, `(?m)^đổi ngày / dates +1: announce_election_day$`, said)

	said, err = check(rulebook(t))
	require.NoError(t, err)
	require.Contains(t, said, "nothing differs")

	_, err = check(rulebook(t, `"anchor": "election_day"`, `"anchor": "some_day"`))
	require.True(t, fault.Is(err, "rulebook-broken"), "%v", err)
	_, err = check(filepath.Join(t.TempDir(), "none.json"))
	require.True(t, fault.Is(err, "file-unreadable"), "%v", err)
}

func TestA33_ARulebookIsKeptOnceAndWithCommitOnly(t *testing.T) {
	t.Parallel()
	a := actsOnARunningElection(t)
	listed := func() string {
		t.Helper()
		said, err := a.run(rulebookListCommand{})
		require.NoError(t, err)
		return said
	}
	require.Contains(t, listed(), "2015\t2015.1\t")
	require.Contains(t, listed(), "2025\t2025.1\t")
	brings := rulebookImportCommand{File: corrected(t)}
	said, err := a.run(brings)
	require.NoError(t, err)
	require.Contains(t, said, "announce_election_day")
	require.Contains(t, said, "nothing is kept; --commit keeps it")
	require.NotContains(t, listed(), "2015.2")

	brings.Commit = true
	said, err = a.run(brings)
	require.NoError(t, err)
	require.Contains(t, said, "đã lưu / kept: 2015.2")
	require.Equal(t, 1, strings.Count(listed(), "2015\t2015.2\t"))
	said, err = a.run(brings)
	require.NoError(t, err)
	require.Contains(t, said, "nothing differs", "the newest there is by now")
	require.Contains(t, said, "kept already: 2015.2")
	require.Equal(t, 1, strings.Count(listed(), "2015\t2015.2\t"))

	other := rulebook(t, `"version": "2015.1"`, `"version": "2015.2"`, `"days": -115`, `"days": -121`)
	_, err = a.run(rulebookImportCommand{File: other, Commit: true})
	require.True(t, fault.Is(err, "rulebook-version-taken"), "a version means the same rules: %v", err)
}

func TestA33_AnElectionIsAmendedToTheVersionThatWasBroughtIn(t *testing.T) {
	t.Parallel()
	a := actsOnARunningElection(t)
	_, err := a.run(rulebookImportCommand{File: corrected(t), Commit: true})
	require.NoError(t, err)
	var list bytes.Buffer
	require.NoError(t, electionListCommand{}.Run(t.Context(), a.c, output{&list}))
	require.Contains(t, list.String(), "preview: tiendo election amend 2021 --rulebook-version 2015.2")
	now, _ := a.stands()
	require.Equal(t, "2015.1", now.RulebookVersion, "nothing moves by itself")

	command := electionAmendCommand{Election: "2021", RulebookVersion: "2015.2", Reason: "Sửa hạn công bố ngày bầu cử", Commit: true}
	effect := a.amends(command)
	require.Equal(t, "2015.2", effect.After.RulebookVersion)
	now, amended := a.stands()
	require.Equal(t, "2015.2", now.RulebookVersion)
	require.Equal(t, 1, amended)
}
