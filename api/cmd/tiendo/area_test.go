package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/api"
	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/dossier"
	"tiendo/pkg/fault"
	"tiendo/pkg/postgres"
	"tiendo/pkg/postgres/pgtest"
	"tiendo/pkg/tracker"
)

const twoProvinces = "../../../pkg/area/testdata/two-provinces.csv"

// operator has a database of his own and runs commands on it.
type operator struct {
	t *testing.T
	c *Config
}

func anOperator(t *testing.T) *operator {
	t.Helper()
	zone, err := api.Zone()
	require.NoError(t, err)
	return &operator{t, &Config{zone: zone, DatabaseURL: Secret(pgtest.URL(t)), Data: t.TempDir()}}
}

// brings runs tiendo area import, and says what was printed.
func (o *operator) brings(i areaImportCommand) (string, error) {
	var out bytes.Buffer
	err := i.Run(o.t.Context(), o.c, output{&out})
	return out.String(), err
}

func (o *operator) opens(open electionOpenCommand) (string, error) {
	var out bytes.Buffer
	err := open.Run(o.t.Context(), o.c, output{&out})
	return out.String(), err
}

// file is a copy of the made-up list with more lines.
func file(t *testing.T, lines ...string) string {
	t.Helper()
	text, err := os.ReadFile(twoProvinces)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "list.csv")
	require.NoError(t, os.WriteFile(path, []byte(string(text)+strings.Join(lines, "\n")), 0o600))
	return path
}

func TestAnImportWritesNothingUntilItIsToldTo(t *testing.T) {
	t.Parallel()
	o := anOperator(t)
	said, err := o.brings(areaImportCommand{File: twoProvinces, Edition: "2026"})
	require.NoError(t, err)
	for _, holds := range []string{"areas   9", "1  tỉnh", "1  đặc khu", "nothing is written; add --commit"} {
		require.Contains(t, said, holds)
	}
	_, err = o.opens(electionOpenCommand{ID: "2026", Edition: "2026"})
	require.True(t, fault.Is(err, "edition-not-found"), "%v", err)

	said, err = o.brings(areaImportCommand{File: twoProvinces, Edition: "2026", Commit: true, Source: "made up"})
	require.NoError(t, err)
	require.Contains(t, said, "đã ghi / written")
	var list bytes.Buffer
	require.NoError(t, areaListCommand{}.Run(t.Context(), o.c, output{&list}))
	require.Equal(t, "2026\t2 province, 7 commune\tchưa dùng / not used\tmade up\n", list.String())
	var exported bytes.Buffer
	require.NoError(t, areaExportCommand{Edition: "2026"}.Run(t.Context(), o.c, output{&exported}))
	want, err := os.ReadFile(twoProvinces)
	require.NoError(t, err)
	lines := func(text string) []string { return slices.Sorted(strings.Lines(text)) }
	require.Equal(t, lines(string(want)), lines(exported.String()))
}

func TestAnImportSaysHowTheListDiffersFromThoseThatAreThere(t *testing.T) {
	t.Parallel()
	o := anOperator(t)
	_, err := o.brings(areaImportCommand{File: twoProvinces, Edition: "first", Commit: true})
	require.NoError(t, err)
	_, err = o.brings(areaImportCommand{File: twoProvinces, Edition: "2026", Commit: true})
	require.NoError(t, err)
	longer := file(t, "90013,91,commune,xã,Xã Mẫu Bốn,", "90016,91,commune,xã,Xã Mẫu Bốn,")
	said, err := o.brings(areaImportCommand{File: longer, Edition: "2026", JSON: true})
	require.NoError(t, err)
	var report imported
	require.NoError(t, json.Unmarshal([]byte(said), &report))
	require.Equal(t, "2026", report.Before.Edition)
	require.Equal(t, "first", report.Other.Edition)
	for _, c := range []*comparison{report.Before, report.Other} {
		require.Equal(t, []int{9, 0, 0, 2, 0}, []int{c.Kept, c.Altered, c.Renamed, c.Added, c.Gone})
		require.Equal(t, []string{"+ 90013 Xã Mẫu Bốn (91)", "+ 90016 Xã Mẫu Bốn (91)"}, c.Examples)
	}
	require.Equal(t, [][2]string{{"90013 Xã Mẫu Bốn (91)", "90016 Xã Mẫu Bốn (91)"}}, report.Namesakes)
	require.False(t, report.Committed)
	said, err = o.brings(areaImportCommand{File: longer, Edition: "2026", Commit: true})
	require.NoError(t, err, "no election uses it")
	require.Contains(t, said, "+ 90013 Xã Mẫu Bốn (91)")
	said, err = o.brings(areaImportCommand{File: longer, Edition: "2026"})
	require.NoError(t, err)
	require.Contains(t, said, "the very same")
}

func TestAListThatCannotBeUsedIsExplainedAndTheCommandFails(t *testing.T) {
	t.Parallel()
	o := anOperator(t)
	broken := file(t, "1,01,commune,xã,Xã Một,", "90013,7,commune,xã,X? Hai,")
	said, err := o.brings(areaImportCommand{File: broken, Edition: "2026", Commit: true})
	require.True(t, fault.Is(err, "area-list-invalid"), "%v", err)
	for _, holds := range []string{"Dòng 11, cột code: mã 1 có 1 chữ số", "Line 12, column name: it has ? in place", "Line 12, column parent_code"} {
		require.Contains(t, said, holds)
	}
	said, err = o.brings(areaImportCommand{File: broken, Edition: "2026", JSON: true})
	require.Error(t, err)
	var report imported
	require.NoError(t, json.Unmarshal([]byte(said), &report))
	require.Equal(t, 11, report.Problems[0].Line)
	require.Equal(t, "code", report.Problems[0].Column)
	require.Len(t, report.Problems, 3)

	for code, i := range map[string]areaImportCommand{
		"file-unreadable":    {File: filepath.Join(t.TempDir(), "none.csv"), Edition: "2026"},
		"edition-id-refused": {File: twoProvinces, Edition: "Năm 2026"},
		"edition-built-in":   {File: twoProvinces, Edition: "2021"},
	} {
		_, err := o.brings(i)
		require.True(t, fault.Is(err, code), "%s: %v", code, err)
	}
}

func TestAnImportThatCouldNotBeWrittenDoesNotAskForCommit(t *testing.T) {
	t.Parallel()
	o := anOperator(t)
	o.c.DatabaseURL = "postgres://127.0.0.1:1/none"
	said, err := o.brings(areaImportCommand{File: twoProvinces, Edition: "2026", Commit: true})
	require.Error(t, err)
	require.Contains(t, said, "areas   9")
	require.NotContains(t, said, "--commit")
}

func TestWithoutADatabaseAListIsCheckedAllTheSame(t *testing.T) {
	t.Parallel()
	o := anOperator(t)
	o.c.DatabaseURL = ""
	said, err := o.brings(areaImportCommand{File: twoProvinces, Edition: "2026"})
	require.NoError(t, err)
	require.Contains(t, said, "not compared")
}

func TestASecondElectionIsOpenedOverTheEditionThatWasBrought(t *testing.T) {
	t.Parallel()
	o := anOperator(t)
	_, err := o.opens(electionOpenCommand{ID: "2026"})
	require.True(t, fault.Is(err, "edition-needed"), "%v", err)
	require.ErrorContains(t, err, "tiendo area import")
	_, err = o.opens(electionOpenCommand{ID: "2031"})
	require.True(t, fault.Is(err, "dossier-not-found"), "%v", err)
	_, err = o.opens(electionOpenCommand{ID: "2026", Edition: "2021"})
	require.True(t, fault.Is(err, "edition-levels"), "%v", err)
	for _, edition := range []string{"2026", "2026-2"} {
		_, err := o.brings(areaImportCommand{File: twoProvinces, Edition: edition, Commit: true})
		require.NoError(t, err)
	}
	for _, open := range []electionOpenCommand{{ID: "2026", Edition: "2026"}, {ID: "2026", Edition: "2026"}, {ID: "2026"}} {
		said, err := o.opens(open)
		require.NoError(t, err)
		require.Equal(t, "2026: đã mở / open, 2026-03-15, danh mục / edition 2026 (2 province, 7 commune)\n", said)
	}
	_, err = o.opens(electionOpenCommand{ID: "2026", Edition: "2026-2"})
	require.True(t, fault.Is(err, "election-open-already"), "%v", err)
	_, err = o.brings(areaImportCommand{File: file(t, "90013,91,commune,xã,Xã Mẫu Bốn,"), Edition: "2026"})
	require.True(t, fault.Is(err, "edition-in-use"), "the dry run says so too: %v", err)
}

func TestTheClockOfATrialIsThatOfBothElections(t *testing.T) {
	t.Parallel()
	for day, states := range map[string][2]tracker.ElectionState{
		"2021-01-25": {tracker.Running, tracker.Running},
		"2026-01-25": {tracker.Closed, tracker.Running},
		"2026-12-01": {tracker.Closed, tracker.Closed},
	} {
		t.Run(day, func(t *testing.T) {
			t.Parallel()
			zone, err := api.Zone()
			require.NoError(t, err)
			c, store := &Config{zone: zone, Today: Today{Date: civil.Must(day)}}, postgres.New(pgtest.New(t))
			text, err := os.Open(twoProvinces)
			require.NoError(t, err)
			defer text.Close()
			made, err := area.Read("2026", text)
			require.NoError(t, err)
			service := tracker.NewService(store, c.clock(), zone, nil)
			for i, list := range []*area.List{area.Edition2021().Only("small", "058"), made} {
				known, err := dossier.Load([]string{"2021", "2026"}[i])
				require.NoError(t, err)
				require.NoError(t, c.enter(t.Context(), service, known, list))
				f, err := store.Frame(t.Context(), known.ID())
				require.NoError(t, err)
				require.Equal(t, states[i], f.Election.State, known.ID())
				require.Equal(t, known.Day(), f.Election.Day)
			}
			c.Today = Today{Date: civil.Must("2027-01-01")}
			require.NoError(t, c.enterOwn(t.Context(), tracker.NewService(store, c.clock(), zone, nil)), "the server starts again")
			for _, e := range []tracker.ElectionID{"2021", "2026"} {
				f, err := store.Frame(t.Context(), e)
				require.NoError(t, err)
				require.Equal(t, tracker.Closed, f.Election.State, "%s is over", e)
			}
		})
	}
}
