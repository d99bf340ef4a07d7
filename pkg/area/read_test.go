package area_test

import (
	"errors"
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
		"parent too low":    {header + good + "00001,,commune,xã,Xã C,C\n001,00001,district,huyện,Huyện B,B\n", "/4/parent_code", "không thể nằm trong", "cannot lie in"},
		"no name":           {header + "01,,province,tỉnh,,A\n", "/2/name", "ô trống", "is empty"},
		"no type":           {header + "01,,province,,Tỉnh A,A\n", "/2/type", "ô trống", "is empty"},
		"decomposed":        {header + "01,,province,tỉnh," + norm.NFD.String("Tỉnh Á") + ",A\n", "/2/name", "NFC", "NFC"},
		"not UTF-8":         {header + "01,,province,tỉnh,T\xffnh,A\n", "/2/name", "UTF-8", "UTF-8"},
		"two spaces":        {header + "01,,province,tỉnh,Tỉnh  A,A\n", "/2/name", "thừa khoảng trắng", "extra white space"},
		"line break":        {header + "01,,province,tỉnh,\"Tỉnh\nA\",A\n", "/2/name", "thừa khoảng trắng", "extra white space"},
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
	})
}
