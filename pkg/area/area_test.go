package area_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/area"
	"tiendo/pkg/fault"
)

func TestLevelsAreReadAndWrittenByTheirNames(t *testing.T) {
	t.Parallel()
	for level, name := range map[area.Level]string{
		area.LevelNation:      "national",
		area.LevelProvince:    "province",
		area.LevelDistrict:    "district",
		area.LevelCommune:     "commune",
		area.LevelPollingArea: "polling_area",
	} {
		require.Equal(t, name, level.String())
		parsed, err := area.ParseLevel(name)
		require.NoError(t, err)
		require.Equal(t, level, parsed)

		text, err := json.Marshal(level)
		require.NoError(t, err)
		require.Equal(t, `"`+name+`"`, string(text))
		var back area.Level
		require.NoError(t, json.Unmarshal(text, &back))
		require.Equal(t, level, back)
	}
}

func TestUnknownLevelsAreRefusedWithTheKnownOnes(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "nation", "Province", "huyện", "6"} {
		_, err := area.ParseLevel(name)
		require.True(t, fault.Is(err, "level-unknown"), name)
		require.ErrorContains(t, err, "province, district")
	}
	_, err := json.Marshal(area.Level(9))
	require.Error(t, err)
	var level area.Level
	require.Error(t, json.Unmarshal([]byte(`"ward"`), &level))
	require.NoError(t, json.Unmarshal([]byte(`""`), &level))
	require.Zero(t, level)
	require.Empty(t, level.String())
	require.Equal(t, "level 9", area.Level(9).String())
}

func TestShortNamesDropTheUnitWordButKeepNumbersWhole(t *testing.T) {
	t.Parallel()
	list := area.Edition2021()
	for code, want := range map[area.Code]string{
		"VN": "Cả nước",
		"01": "Hà Nội", "77": "Bà Rịa - Vũng Tàu", "06": "Bắc Kạn", "058": "Bắc Kạn",
		"760": "Quận 1", "761": "Quận 12", "769": "Thủ Đức", "088": "Sa Pa",
		"00616": "Cổ Nhuế 1", "00376": "Sóc Sơn", "27394": "Phường 01",
		"31324": "Phường IV", "618": "Ia H' Drai", "02902": "N.T Phong Hải",
	} {
		a, err := list.Get(code)
		require.NoError(t, err)
		require.Equal(t, want, area.ShortName(a), a.Name)
	}
	require.Equal(t, "Hòn Mun", area.ShortName(area.Area{Type: "đặc khu", Name: "Hòn Mun"}))
	require.Equal(t, "Côn Đảo", area.ShortName(area.Area{Type: "đặc khu", Name: "Đặc khu Côn Đảo"}))
	require.Equal(t, "Xã", area.ShortName(area.Area{Type: "xã", Name: "Xã"}))
	require.Equal(t, "Không loại", area.ShortName(area.Area{Name: "Không loại"}))
}
