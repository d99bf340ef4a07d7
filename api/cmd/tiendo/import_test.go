package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/api"
	"tiendo/pkg/fault"
)

func fileOf(t *testing.T, rows ...string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "table.csv")
	require.NoError(t, os.WriteFile(name, []byte(strings.Join(rows, "\r\n")), 0o600))
	return name
}

func TestStatusesComeInByTheCommandWithCommitOnly(t *testing.T) {
	t.Parallel()
	a := actsOnAnElection(t)
	i := importStatusesCommand{brought: brought{Election: "2021", Area: "06"}}
	i.File = fileOf(t, "area;milestone;status", "1840;polling_team;Đang làm", "01834;polling_team;Đang làm")
	for range 2 {
		said, err := a.run(i)
		require.NoError(t, err)
		require.Contains(t, said, "Phường Đức Xuân")
		require.Contains(t, said, "0 made, 2 changed, 0 unchanged, 0 refused")
		require.Contains(t, said, "nothing is written without --commit")
	}
	i.Commit = true
	_, err := a.run(i)
	require.NoError(t, err)
	i.JSON = true
	said, err := a.run(i)
	require.NoError(t, err)
	var again api.Import
	require.NoError(t, json.Unmarshal([]byte(said), &again))
	require.Equal(t, 2, again.Unchanged)

	i.JSON, i.File = false, fileOf(t, "area;milestone;status", "1843;polling_team;gần xong", "01837;polling_team;Đang làm")
	said, err = a.run(i)
	require.True(t, fault.Is(err, "import-refused"))
	require.Contains(t, said, "C2")
	i.Partial = true
	said, err = a.run(i)
	require.NoError(t, err)
	require.Contains(t, said, "1 changed, 0 unchanged, 1 refused")
	i.File = filepath.Join(t.TempDir(), "none")
	_, err = a.run(i)
	require.True(t, fault.Is(err, "file-unreadable"))
	i.File, i.Area = fileOf(t, "area;milestone;status", "58;consult1_pc_district;done"), "77"
	_, err = a.run(i)
	require.True(t, fault.Is(err, "area-not-found"))
}

func TestAccountsComeInByTheCommandAndTheirAddressesAreHandedOverOnce(t *testing.T) {
	t.Parallel()
	a := actsOnAnElection(t)
	i := importPeopleCommand{brought: brought{Election: "2021", Area: "VN"}}
	i.Commit = true
	i.File = fileOf(t, "user;name;area;role", "binh;Trần Bình;58;Phụ trách", "binh;;VN;viewer")
	i.Links = filepath.Join(t.TempDir(), "links.csv")
	said, err := a.run(i)
	require.NoError(t, err)
	require.Contains(t, said, "1 made, 1 changed, 0 unchanged")
	links, err := os.ReadFile(i.Links)
	require.NoError(t, err)
	require.Contains(t, string(links), "/setup#tdu_")
	require.NotContains(t, said, "tdu_")
	info, err := os.Stat(i.Links)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	said, err = a.run(i)
	require.NoError(t, err)
	require.Contains(t, said, "0 made, 0 changed, 2 unchanged")
	i.Links = ""
	i.File = fileOf(t, "user;name;area;role", "chi;Lê Chi;058;viewer")
	said, err = a.run(i)
	require.NoError(t, err)
	require.Contains(t, said, "/setup#tdu_")
}
