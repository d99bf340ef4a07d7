package area_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/area"
)

func read(t *testing.T, file string) *area.List {
	t.Helper()
	list, err := area.Read("made-up", strings.NewReader(file))
	require.NoError(t, err)
	return list
}

func TestEditionsAreComparedCodeByCode(t *testing.T) {
	t.Parallel()
	before := read(t, header+"01,,province,tỉnh,Tỉnh A,A\n02,,province,tỉnh,Tỉnh B,B\n00001,01,commune,xã,Xã C,C\n00002,01,commune,xã,Xã D,D\n00003,01,commune,xã,Xã E,E\n")
	after := read(t, header+"01,,province,tỉnh,Tỉnh A,A\n02,,province,tỉnh,Tỉnh B,B\n00001,02,commune,xã,Xã C,C\n00002,01,commune,phường,Phường D,D\n00004,01,commune,xã,Xã E,E\n")
	d := area.Differ(before, after)
	require.False(t, d.None())
	require.Equal(t, []int{3, 1, 1, 1, 1}, []int{d.Kept, d.Altered, d.Renamed, d.Added, d.Gone})
	var codes []string
	for _, p := range d.Examples {
		codes = append(codes, string(p.Before.Code)+">"+string(p.After.Code))
	}
	require.Equal(t, []string{"00001>00001", "00002>00002", "00003>", ">00004"}, codes)

	same := area.Differ(before, before)
	require.True(t, same.None())
	require.Equal(t, before.Len()-1, same.Kept)
	require.Empty(t, same.Examples)
}

func TestExamplesOfADifferenceAreNotWithoutEnd(t *testing.T) {
	t.Parallel()
	d := area.Differ(area.Edition2021(), read(t, header+"T1,,province,tỉnh,Tỉnh A,A\n"))
	require.Equal(t, 11_371, d.Gone)
	require.Equal(t, 1, d.Added)
	require.Len(t, d.Examples, 20)
}

func TestAListIsCountedByLevelAndType(t *testing.T) {
	t.Parallel()
	counts := area.Edition2021().Counts()
	require.Equal(t, area.Count{Level: area.LevelProvince, Type: "tỉnh", Areas: 58}, counts[0])
	require.Equal(t, area.Count{Level: area.LevelProvince, Type: "thành phố trực thuộc trung ương", Areas: 5}, counts[1])
	sum := 0
	for _, c := range counts {
		sum += c.Areas
	}
	require.Equal(t, 11_371, sum)
}

func TestPlacesOfOneNameBesideEachOtherAreFound(t *testing.T) {
	t.Parallel()
	list := read(t, header+"01,,province,tỉnh,Tỉnh A,A\n02,,province,tỉnh,Tỉnh B,B\n"+
		"00001,01,commune,xã,Xã C,C\n00002,01,commune,xã,Xã C,C\n00003,02,commune,xã,Xã C,C\n00004,01,commune,xã,Xã Ç,C\n")
	twins := list.Namesakes()
	require.Len(t, twins, 1)
	require.Equal(t, area.Code("00001"), list.At(twins[0][0]).Code)
	require.Equal(t, area.Code("00002"), list.At(twins[0][1]).Code)
}

func TestTheSumIsOfTheContentsAndNotOfTheName(t *testing.T) {
	t.Parallel()
	list := area.Edition2021()
	whole := list.Only("another name", area.Nation)
	require.Equal(t, list.Sum(), whole.Sum())
	require.NotEqual(t, list.Sum(), list.Only("2021", "058").Sum())
}
