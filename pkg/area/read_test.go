package area_test

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"

	"tiendo/pkg/area"
	"tiendo/pkg/fault"
)

const header = "code,parent_code,level,type,name,name_en\n"

func TestAMadeUpEditionMayHaveOtherCodesAndLevels(t *testing.T) {
	t.Parallel()
	file := "\ufeff" + header +
		"P-2,X1,polling_area,khu vực bỏ phiếu,Khu vực bỏ phiếu số 2,\n" + // before its parent
		"P-3,D1,polling_area,khu vực bỏ phiếu,Khu vực bỏ phiếu số 3,\n" + // no communes there
		"T1,,province,tỉnh,Tỉnh Thử,Thu Province\n" +
		"X1,T1,commune,xã,Xã Mẫu,Mau Commune\n" + // no districts there
		"D1,T1,district,huyện,\"Huyện Đảo\",Dao District\n"
	list, err := area.Read("trial", strings.NewReader(file))
	require.NoError(t, err)
	require.Equal(t, 6, list.Len())
	i := index(t, list, "P-2")
	require.Equal(t, area.LevelPollingArea, list.At(i).Level)
	require.Equal(t, []string{"Xã Mẫu", "Tỉnh Thử", "Cả nước"}, names(list, list.Ancestors(i)))
	require.True(t, list.HasChildrenAt(index(t, list, "D1"), area.LevelPollingArea))
	require.True(t, list.Under(i, index(t, list, "T1")))
	require.False(t, list.Under(i, index(t, list, "D1")))
	require.False(t, list.Under(i, i))
	hits := list.Search(area.Query{Text: "kvbp 2 mau", Level: area.LevelPollingArea})
	require.Len(t, hits, 1)
	require.Equal(t, i, hits[0].Index)
	require.Len(t, list.Search(area.Query{Text: "p-3"}), 1)
}

func TestABrokenListSaysLineColumnAndRemedyInBothLanguages(t *testing.T) {
	t.Parallel()
	const good = "01,,province,tỉnh,Tỉnh A,A Province\n"
	for name, c := range map[string]struct{ file, pointer, vi, en string }{
		"empty":             {"", "/1/code", "không có dòng nào", "has no lines"},
		"header only":       {header, "/1/code", "không có dòng nào", "has no lines"},
		"other header":      {"code,name\n", "/1/code", "dòng đầu phải là code,parent_code", "first line must be"},
		"too few columns":   {header + good + "02,,province\n", "/3/code", "có 3 cột, phải là 6", "there are 3 columns"},
		"bad quotes":        {header + "01,,province,tỉnh,Tỉnh \"A,A\n", "", "Dòng 2", "Line 2, byte 28: a quotation mark"},
		"empty code":        {header + ",,province,tỉnh,Tỉnh A,A\n", "/2/code", "mã \"\" sai", "ASCII letters"},
		"code with a space": {header + "0 1,,province,tỉnh,Tỉnh A,A\n", "/2/code", "sai", "wrong"},
		"nation in file":    {header + "VN,,province,tỉnh,Tỉnh A,A\n", "/2/code", "hãy bỏ dòng này", "leave this line out"},
		"national level":    {header + "01,,national,tỉnh,Tỉnh A,A\n", "/2/level", "không đứng trong tệp", "does not stand in the file"},
		"unknown level":     {header + "01,,tỉnh,tỉnh,Tỉnh A,A\n", "/2/level", "Không có cấp", "There is no level"},
		"twice":             {header + good + good, "/3/code", "đã có ở dòng 2", "already on line 2"},
		"no such parent":    {header + good + "001,02,district,huyện,Huyện B,B\n", "/3/parent_code", "không có dòng nào mang mã cấp trên \"02\"", "no line has the parent's code \"02\""},
		"own parent":        {header + "01,01,province,tỉnh,Tỉnh A,A\n", "/2/parent_code", "cấp trên phải cao hơn", "must be higher"},
		"parent too low":    {header + good + "00001,01,commune,xã,Xã C,C\n001,00001,district,huyện,Huyện B,B\n", "/4/parent_code", "không thể nằm trong", "cannot lie in"},
		"no name":           {header + "01,,province,tỉnh,,A\n", "/2/name", "ô trống", "is empty"},
		"no type":           {header + "01,,province,,Tỉnh A,A\n", "/2/type", "ô trống", "is empty"},
		"decomposed":        {header + "01,,province,tỉnh," + norm.NFD.String("Tỉnh Á") + ",A\n", "/2/name", "NFC", "NFC"},
		"not UTF-8":         {header + "01,,province,tỉnh,T\xffnh,A\n", "/2/name", "UTF-8", "UTF-8"},
		"two spaces":        {header + "01,,province,tỉnh,Tỉnh  A,A\n", "/2/name", "thừa khoảng trắng", "extra white space"},
		"line break":        {header + "01,,province,tỉnh,\"Tỉnh\nA\",A\n", "/2/name", "thừa khoảng trắng", "extra white space"},
		"accents lost":      {header + "01,,province,t?nh,T?nh A,A\n", "/2/type", "lưu lại từ bản gốc", "the accents were lost"},
		"no parent":         {header + good + "00001,,commune,xã,Xã C,C\n", "/3/parent_code", "chỉ tỉnh không có mã cấp trên", "only provinces have no parent"},
		"number, province":  {header + "1,,province,tỉnh,Tỉnh A,A\n", "/2/code", "đã bỏ số 0 ở đầu; hãy đặt cột là Văn bản (Text) và viết 01", "write 01"},
		"number, district":  {header + good + "7,01,district,huyện,Huyện B,B\n", "/3/code", "mã 7 có 1 chữ số, mã cấp này có 3", "write 007"},
		"number, commune":   {header + good + "1840,01,commune,xã,Xã C,C\n", "/3/code", "viết 01840", "codes of this level have 5"},
		"number, parent":    {header + good + "01840,1,commune,xã,Xã C,C\n", "/3/parent_code", "viết 01", "a spreadsheet dropped the zeros"},
		"thousands":         {header + "1.840,,province,tỉnh,Tỉnh A,A\n", "/2/code", "sai", "ASCII letters"},
		"UTF-16":            {"\xff\xfec\x00o\x00d\x00e\x00", "/1/code", "UTF-16", "save it as CSV UTF-8"},
		"UTF-16, big end":   {"\xfe\xff\x00c\x00o\x00d\x00e", "/1/code", "UTF-16", "save it as CSV UTF-8"},
		"a spreadsheet":     {"PK\x03\x04\x14\x00", "/1/code", "tệp bảng tính", "this is a spreadsheet"},
		"CR alone":          {strings.ReplaceAll(header+good, "\n", "\r"), "/1/code", "chỉ ngắt bằng CR", "lines end in CR alone"},
		"too large":         {header + strings.Repeat(strings.Repeat("x", 1<<20)+"\n", 64), "/1/code", "lớn hơn 64 MB", "larger than 64 MB"},
		"very long":         {header + "01,,province,tỉnh," + strings.Repeat("x", 201) + ",A\n", "/2/name", "dài hơn 200", "longer than 200"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := area.Read("broken", strings.NewReader(c.file))
			require.True(t, fault.Is(err, "area-list-invalid"), "%v", err)
			require.Equal(t, fault.Invalid, fault.KindOf(err))
			e, _ := fault.As(err)
			require.Contains(t, e.Text.Vi, c.vi)
			require.Contains(t, e.Text.En, c.en)
			if c.pointer != "" {
				require.Equal(t, c.pointer, e.Fields[0].Pointer)
			}
		})
	}
}

func TestManyProblemsAreNamedAtOnceButNotWithoutEnd(t *testing.T) {
	t.Parallel()
	file := header + strings.Repeat("01,7,province,,,\n", 1000)
	_, err := area.Read("broken", strings.NewReader(file))
	e, ok := fault.As(err)
	require.True(t, ok)
	require.Len(t, e.Fields, 20)
}

func TestWhatSpreadsheetsWriteIsReadAsWell(t *testing.T) {
	t.Parallel()
	plain := header + "01,,province,tỉnh,Tỉnh A,A\n00001,01,commune,xã,\"Xã B, C\",\n"
	want, err := area.Read("sheet", strings.NewReader(plain))
	require.NoError(t, err)
	for name, file := range map[string]string{
		"CRLF":              strings.ReplaceAll(plain, "\n", "\r\n"),
		"byte order mark":   "\ufeff" + plain,
		"semicolons":        strings.NewReplacer("\"Xã B, C\"", "Xã B, C", ",", ";").Replace("code,parent_code,level,type,name,name_en\n01,,province,tỉnh,Tỉnh A,A\n") + "00001;01;commune;xã;Xã B, C;\n",
		"tabs":              strings.ReplaceAll(header+"01,,province,tỉnh,Tỉnh A,A\n", ",", "\t") + "00001\t01\tcommune\txã\tXã B, C\t\n",
		"empty lines":       plain + "\n,,,,,\n\n,,,,,\n",
		"other order":       header + "00001,01,commune,xã,\"Xã B, C\",\n01,,province,tỉnh,Tỉnh A,A\n",
		"the nation's code": header + "01,VN,province,tỉnh,Tỉnh A,A\n00001,01,commune,xã,\"Xã B, C\",\n",
	} {
		got, err := area.Read("sheet", strings.NewReader(file))
		require.NoError(t, err, name)
		require.Equal(t, want.Sum(), got.Sum(), name)
	}
}

func TestAsManyAreasAreTakenAsIsSaidAndNoMore(t *testing.T) {
	t.Parallel()
	const most = 250_000
	var file strings.Builder
	file.WriteString(header + "01,,province,tỉnh,Tỉnh A,A Province\n")
	for i := range most - 1 {
		fmt.Fprintf(&file, "K%d,01,commune,xã,Xã số %d,Commune No. %[1]d\n", i, i)
	}
	list, err := area.Read("large", strings.NewReader(file.String()))
	require.NoError(t, err)
	require.Equal(t, most+1, list.Len())
	file.WriteString("K,01,commune,xã,Xã,Commune\n")
	_, err = area.Read("large", strings.NewReader(file.String()))
	require.ErrorContains(t, err, "more than 250000 lines")
}

func TestAListThatBreaksOffIsNotTaken(t *testing.T) {
	t.Parallel()
	cause := errors.New("connection reset")
	_, err := area.Read("cut", iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader(header))))
	require.True(t, fault.Is(err, "area-list-unreadable"))
	_, err = area.Read("cut", iotest.ErrReader(cause))
	require.ErrorIs(t, err, cause)
}

func FuzzRead(f *testing.F) {
	f.Add(header + "01,,province,tỉnh,Tỉnh A,A\n")
	f.Add(strings.ReplaceAll(header, ",", ";") + "01;;province;tỉnh;Tỉnh A;A\n1;01;commune;xã;\"Xã \"\"B\"\", C\";\n")
	f.Add("\ufeff" + header + "T,,province,tỉnh,Tỉnh A,A\r\nX;1,T,commune,xã,Xã,\r\n,,,,,\r\n")
	f.Add(header + "01,01,province,tỉnh,Tỉnh A,A\n")
	f.Fuzz(func(t *testing.T, file string) {
		list, err := area.Read("fuzz", strings.NewReader(file))
		if err != nil {
			require.Equal(t, fault.Invalid, fault.KindOf(err))
			return
		}
		first, last := list.Descendants(0)
		require.Equal(t, list.Len(), last)
		require.Equal(t, 1, first)
		again(t, list)
	})
}

// again writes a list and reads it back.
func again(t require.TestingT, list *area.List) {
	var file strings.Builder
	require.NoError(t, area.Write(&file, list))
	back, err := area.Read(list.Edition(), strings.NewReader(file.String()))
	require.NoError(t, err)
	require.Equal(t, list.Sum(), back.Sum())
	require.Equal(t, list.Len(), back.Len())
	for i := range list.Len() {
		require.Equal(t, list.At(i), back.At(i))
		require.Equal(t, list.Parent(i), back.Parent(i))
	}
}

func TestAListThatIsWrittenIsReadBackEqual(t *testing.T) {
	t.Parallel()
	again(t, area.Edition2021())
	embedded, err := os.ReadFile("editions/2021.csv")
	require.NoError(t, err)
	var written strings.Builder
	require.NoError(t, area.Write(&written, area.Edition2021()))
	lines := func(text string) []string { return slices.Sorted(strings.Lines(text)) }
	require.Equal(t, lines(string(embedded)), lines(written.String()), "it differs in the order of its lines at most")
}
