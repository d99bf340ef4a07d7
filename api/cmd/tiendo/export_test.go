package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/fault"
)

func TestABranchIsExportedToAFileOfEachFormat(t *testing.T) {
	t.Parallel()
	a := actsOnAnElection(t)
	folder := t.TempDir()
	for format, begins := range map[string]string{"xlsx": "PK", "csv": "\ufeffMã đơn vị", "pdf": "%PDF-"} {
		name := filepath.Join(folder, "bắc kạn."+format)
		said, err := a.run(exportCommand{Election: "2021", Area: "06", Format: format, Language: "vi", Out: name, JSON: true})
		require.NoError(t, err)
		var done exported
		require.NoError(t, json.Unmarshal([]byte(said), &done))
		contents, err := os.ReadFile(name)
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(string(contents), begins), format)
		require.EqualValues(t, len(contents), done.Bytes)
		require.Positive(t, done.Revision)
	}
	left, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Len(t, left, 3, "nothing half written stays")
	said, err := a.run(exportCommand{Election: "2021", Area: "058", Format: "csv", Language: "en", Out: "-", State: "late,open"})
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(said, "\ufeffArea code,"))
}

func TestAnExportOfWhatThereIsNotIsRefusedAndWritesNothing(t *testing.T) {
	t.Parallel()
	a := actsOnAnElection(t)
	folder := t.TempDir()
	for code, x := range map[string]exportCommand{
		"area-not-found":     {Election: "2021", Area: "999"},
		"election-not-found": {Election: "1946", Area: "06"},
		"list-state-unknown": {Election: "2021", Area: "06", State: "lost"},
		"language-unknown":   {Election: "2021", Area: "06", Language: "fr"},
		"level-unknown":      {Election: "2021", Area: "06", Level: "village"},
	} {
		if x.Language == "" {
			x.Language = "vi"
		}
		x.Format, x.Out = "csv", filepath.Join(folder, "x.csv")
		_, err := a.run(x)
		require.True(t, fault.Is(err, code), "%s: %v", code, err)
	}
	left, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Empty(t, left)
}
