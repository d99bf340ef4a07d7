package export_test

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/export"
	"tiendo/pkg/mirror/mirrortest"
	"tiendo/pkg/tracker"
)

var update = flag.Bool("update", false, "write the golden texts")

func pdf(t require.TestingT, b *export.Branch) []byte {
	r, err := b.Report(tracker.Head{Revision: b.View.Revision(), Hash: [32]byte{0x9f, 0x3a, 1, 2, 3, 4, 5, 6, 7}})
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, r.PDF(&out))
	return out.Bytes()
}

// words is the text of a document as pdftotext of poppler-utils reads it.
func words(t *testing.T, document []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "report.pdf")
	require.NoError(t, os.WriteFile(name, document, 0o600))
	out, err := exec.Command("pdftotext", "-layout", "-enc", "UTF-8", name, "-").CombinedOutput()
	require.NoError(t, err, "reading a PDF needs pdftotext (Debian: poppler-utils): %s", out)
	return string(out)
}

// dueIn lets three weeks pass in which nothing is reported, so that much is late.
func dueIn(l *mirrortest.Log) *mirrortest.Log {
	l.PassTo(civil.Must("2021-03-05"))
	return l
}

func TestAReportSaysWhatItsGoldenTextSays(t *testing.T) {
	t.Parallel()
	for name, code := range map[string]area.Code{"province": "06", "commune": "01834", "nation": area.Nation} {
		got := words(t, pdf(t, branch(t, dueIn(reported(t)), code)))
		golden := filepath.Join("testdata", "report-"+name+".txt")
		if *update {
			require.NoError(t, os.MkdirAll("testdata", 0o750))
			require.NoError(t, os.WriteFile(golden, []byte(got), 0o600))
		}
		want, err := os.ReadFile(golden)
		require.NoError(t, err)
		require.Equal(t, string(want), got, "if this is meant: go test ./pkg/export -run Golden -update")
	}
}

func TestTheSameReportHasTheSameBytes(t *testing.T) {
	t.Parallel()
	l := dueIn(reported(t))
	one, two := pdf(t, branch(t, l, "06")), pdf(t, branch(t, l, "06"))
	require.True(t, bytes.Equal(one, two))
	require.True(t, bytes.HasPrefix(one, []byte("%PDF-")))
}

func TestAReportHasTheFormOfTheDecree(t *testing.T) {
	t.Parallel()
	text := words(t, pdf(t, branch(t, dueIn(reported(t)), "06")))
	for _, part := range []string{
		"ỦY BAN BẦU CỬ", "TỈNH BẮC KẠN", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "/BC-UBBC",
		"Bắc Kạn, ngày 05 tháng 03 năm 2021", "BÁO CÁO", "Nơi nhận:", "Hội đồng bầu cử quốc gia", "TM. ỦY BAN BẦU CỬ", "CHỦ TỊCH",
		"Dấu vết nhật ký", "9f3a010203040506",
	} {
		require.Contains(t, text, part)
	}
	pages := strings.Split(strings.TrimSuffix(text, "\f"), "\f")
	require.Greater(t, len(pages), 1)
	require.NotEqual(t, "1", strings.TrimSpace(strings.SplitN(pages[0], "\n", 2)[0]), "the first page has no number")
	for k, page := range pages[1:] {
		require.Equal(t, string(rune('2'+k)), strings.TrimSpace(strings.SplitN(page, "\n", 2)[0]))
		if k < len(pages)-2 {
			require.Contains(t, page, "Việc", "the head of a table stands on each page")
		}
	}
}

func TestAReportOfATrialSaysThatItIsOneOnEveryPage(t *testing.T) {
	t.Parallel()
	b := branch(t, dueIn(reported(t)), "06")
	b.Trial = true
	text := words(t, pdf(t, b))
	require.Contains(t, text, "BÁO CÁO CHẠY THỬ (không có giá trị)")
	for _, page := range strings.Split(strings.TrimSuffix(text, "\f"), "\f") {
		require.Contains(t, page, "CHẠY THỬ. Dấu vết nhật ký")
	}
}

func TestAReportHoldsNothingInternal(t *testing.T) {
	t.Parallel()
	text := words(t, pdf(t, branch(t, dueIn(reported(t)), "058")))
	require.NotContains(t, text, "chờ hướng dẫn")
	require.NotContains(t, text, "gọi lại")
}

// Every letter of Vietnamese, with every mark, in each of the styles.
func TestEveryVietnameseLetterCanBeReadFromAReport(t *testing.T) {
	t.Parallel()
	var letters strings.Builder
	for _, r := range "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵđ" {
		letters.WriteString(string(r) + strings.ToUpper(string(r)))
	}
	read := words(t, export.Specimen(letters.String()))
	for _, r := range letters.String() {
		require.GreaterOrEqual(t, strings.Count(read, string(r)), 4, "%c", r)
	}
}
