package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
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

// What a report prints is all that one needs to find out later whether the log
// was written anew.
func TestPoint15_AuditTakesTheHashThatAReportPrints(t *testing.T) {
	t.Parallel()
	a := actsOnAnElection(t)
	name := filepath.Join(t.TempDir(), "report.pdf")
	_, err := a.run(exportCommand{Election: "2021", Area: "06", Format: "pdf", Language: "vi", Out: name})
	require.NoError(t, err)
	text, err := exec.Command("pdftotext", "-layout", "-enc", "UTF-8", name, "-").CombinedOutput()
	require.NoError(t, err, "reading a PDF needs pdftotext (Debian: poppler-utils): %s", text)
	printed := regexp.MustCompile(`2021:\d+:[0-9a-f]{16,64}`).FindString(string(text))
	require.NotEmpty(t, printed, "%s", text)
	said, err := a.run(auditVerifyCommand{Known: []string{printed}})
	require.NoError(t, err)
	require.Contains(t, said, "2021\t")
	bent := printed[:len(printed)-1] + map[bool]string{true: "1", false: "0"}[strings.HasSuffix(printed, "0")]
	_, err = a.run(auditVerifyCommand{Known: []string{bent}})
	require.True(t, fault.Is(err, "log-not-proved"), "%v", err)
}
