package area_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"

	"tiendo/pkg/area"
)

// sum2021 is the sha256 of the list as it was compared, byte for byte, with the
// official one of 23 May 2021. It changes only with a known error in the list.
const sum2021 = "3ecb2c1a01146355e94519735892d0aaaa1191e6b0578b45f2147cd3d41b8a8d"

func TestTheEditionOf2021IsTheOneCompared(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("editions/2021.csv")
	require.NoError(t, err)
	sum := sha256.Sum256(text)
	require.Equal(t, sum2021, hex.EncodeToString(sum[:]))
}

func TestTheEditionOf2021HasEveryUnitOnceWithItsParent(t *testing.T) {
	t.Parallel()
	list := area.Edition2021()
	require.Equal(t, "2021", list.Edition())
	require.Equal(t, 11_372, list.Len())
	digits := map[area.Level]int{area.LevelNation: 2, area.LevelProvince: 2, area.LevelDistrict: 3, area.LevelCommune: 5}
	count := make(map[area.Level]int)
	seen := make(map[area.Code]bool)
	for i := range list.Len() {
		a := list.At(i)
		count[a.Level]++
		require.False(t, seen[a.Code], "%s is there twice", a.Code)
		seen[a.Code] = true
		require.Len(t, a.Code, digits[a.Level])
		require.NotEmpty(t, a.Type)
		require.NotEmpty(t, a.NameEn)
		require.True(t, norm.NFC.IsNormalString(a.Name), a.Name)
		if i == 0 {
			require.Equal(t, area.Nation, a.Code)
			require.Equal(t, "Cả nước", a.Name)
			continue
		}
		parent := list.At(list.Parent(i))
		require.Equal(t, a.Parent, parent.Code)
		require.Equal(t, a.Level-1, parent.Level, "%s lies right in the level above", a.Name)
	}
	require.Equal(t, map[area.Level]int{
		area.LevelNation: 1, area.LevelProvince: 63, area.LevelDistrict: 705, area.LevelCommune: 10_603,
	}, count)
}

func TestTheEditionOf2021IsBeforeTheChangesOfLater2021And2022(t *testing.T) {
	t.Parallel()
	list := area.Edition2021()
	for code, want := range map[area.Code]area.Area{
		"172":   {Parent: "19", Name: "Thị xã Phổ Yên", Type: "thị xã", NameEn: "Pho Yen Town"},
		"261":   {Parent: "27", Name: "Thị xã Từ Sơn", Type: "thị xã", NameEn: "Tu Son Town"},
		"19744": {Parent: "474", Name: "Phường Phú Thuận", Type: "phường", NameEn: "Phu Thuan Ward"},
		"19999": {Parent: "480", Name: "Xã Hải Dương", Type: "xã", NameEn: "Hai Duong Commune"},
		"11353": {Parent: "304", Name: "Phường Cầu Đất", Type: "phường", NameEn: "Cau Dat Ward"},
		"03727": {Parent: "119", Name: "Xã Mường É", Type: "xã", NameEn: "Muong E Commune"},
		"01":    {Parent: "VN", Name: "Thành phố Hà Nội", Type: "thành phố trực thuộc trung ương", NameEn: "Ha Noi City"},
		"058":   {Parent: "06", Name: "Thành phố Bắc Kạn", Type: "thành phố", NameEn: "Bac Kan City"},
	} {
		got, err := list.Get(code)
		require.NoError(t, err)
		want.Code, want.Level = code, got.Level
		require.Equal(t, want, got)
	}
	_, there := list.Index("11344")
	require.False(t, there, "this code came in 2022")
}

func TestFiveDistrictsHaveNoCommunes(t *testing.T) {
	t.Parallel()
	list := area.Edition2021()
	var without []area.Code
	for i := range list.Len() {
		if list.At(i).Level == area.LevelDistrict && !list.HasChildrenAt(i, area.LevelCommune) {
			without = append(without, list.At(i).Code)
		}
	}
	require.Equal(t, []area.Code{"318", "471", "498", "536", "755"}, without)
	require.True(t, list.HasChildrenAt(0, area.LevelProvince))
	require.False(t, list.HasChildrenAt(0, area.LevelCommune), "communes are not right below the nation")
}
