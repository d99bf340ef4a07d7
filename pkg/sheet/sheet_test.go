package sheet_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/find"
	"tiendo/pkg/sheet"
	"tiendo/pkg/tracker"
)

func TestAColumnIsFoundByEveryNameItHas(t *testing.T) {
	t.Parallel()
	for k, c := range sheet.StatusColumns {
		require.Equal(t, k, sheet.StatusColumns.At(c.Key))
		for _, header := range []string{
			c.Key, c.Title.Vi, c.Title.En, strings.ToUpper(c.Title.Vi), "  " + c.Title.Vi + " ", find.Fold(c.Title.Vi), strings.ToUpper(c.Key),
		} {
			require.Equal(t, k, sheet.StatusColumns.Find(header), "%q", header)
		}
	}
	require.Equal(t, -1, sheet.StatusColumns.Find("Ngày sinh"))
	require.Equal(t, -1, sheet.StatusColumns.Find(""))
	require.Equal(t, -1, sheet.StatusColumns.At("born_on"))
}

func TestAStateOfWorkIsReadInBothLanguagesAndByItsName(t *testing.T) {
	t.Parallel()
	for k, words := range sheet.Works {
		w := tracker.Work(k)
		for _, cell := range []string{words.Vi, words.En, w.String(), strings.ToLower(words.Vi), find.Fold(words.Vi), " " + words.En + " "} {
			got, err := sheet.ParseWork(cell)
			require.NoError(t, err, "%q", cell)
			require.Equal(t, w, got, "%q", cell)
		}
	}
	got, err := sheet.ParseWork("Đã hoàn thành")
	require.NoError(t, err)
	require.Equal(t, tracker.Done, got)
	_, err = sheet.ParseWork("gần xong")
	require.True(t, fault.Is(err, "status-word-unknown"))
}

func TestAGuardKeepsFormulasFromRunningAndComesOffAgain(t *testing.T) {
	t.Parallel()
	for s, guarded := range map[string]string{
		"=1+1": "'=1+1", "+84": "'+84", "-5": "'-5", "@SUM(A1)": "'@SUM(A1)", "\tx": "'\tx", "\rx": "'\rx", "\nx": "'\nx", "＝1": "'＝1",
		"'=1": "''=1", "'tis": "'tis", "": "", "'": "'", "06": "06", "Xã Đồng Tâm": "Xã Đồng Tâm", " =1": " =1",
	} {
		require.Equal(t, guarded, sheet.Guard(s))
		require.Equal(t, s, sheet.Unguard(guarded))
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.StringMatching(`'{0,3}[=+\-@\t\r\n＝]?.{0,5}`)).Draw(t, "s")
		require.Equal(t, s, sheet.Unguard(sheet.Guard(s)))
		require.NotContains(t, "=+-@\t\r\n", first(sheet.Guard(s)))
	})
}

func first(s string) string {
	if s == "" {
		return "none"
	}
	return s[:1]
}

func TestWhatIsWrittenOfAMilestoneIsWhatItsTasksSayLast(t *testing.T) {
	t.Parallel()
	day := civil.Must("2021-02-03")
	documents := func(key string) (tracker.Document, bool) {
		return tracker.Document{Number: "12/QĐ", IssuedOn: day}, key == "d12"
	}
	require.Zero(t, sheet.TextsOf(nil, documents))
	require.Equal(t, sheet.Texts{Number: "12/QĐ", On: day, Reason: "mưa", Note: "b"}, sheet.TextsOf([]tracker.Task{
		{Document: "d12", Reason: "mưa", Note: "a"}, {Document: "hidden"}, {Note: "b"},
	}, documents))
	own := tracker.Evidence{Number: "7", Link: "https://example.com/7"}
	require.Equal(t, sheet.Texts{Number: "7", Link: own.Link}, sheet.TextsOf([]tracker.Task{{Document: "d12"}, {Document: "d12", Evidence: own}}, documents))
	require.Zero(t, sheet.TextsOf([]tracker.Task{{Document: "d12"}}, nil))
}
