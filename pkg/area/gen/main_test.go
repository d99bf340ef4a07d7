package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// smallPackage writes an unpacked package and its changes into a folder.
func smallPackage(t *testing.T) (folder, changes string) {
	t.Helper()
	folder = t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(folder, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
		return path
	}
	write("dist/tinh_tp.json", `{"79": {"name_with_type": "Thành phố Hồ Chí Minh"}, "46": {"name_with_type": "Tỉnh  Thừa Thiên Hue\u0302\u0301"}}`)
	write("dist/quan_huyen.json", `{"474": {"name_with_type": "Thành Phố Huế", "parent_code": "46"}, "760": {"name_with_type": "Quận 1", "parent_code": "79"}}`)
	write("dist/xa_phuong.json", `{
		"26734": {"name_with_type": "Phường 01", "parent_code": "760"},
		"11344": {"name_with_type": "Phường Cầu Đất", "parent_code": "474"},
		"00679": {"name_with_type": "Xã Đại áng", "parent_code": "760"},
		"19900": {"name_with_type": "Phường Thuận An", "parent_code": "474"}}`)
	changes = write("changes.csv", `code,level,name_2021,parent_2021,name_2022,parent_2022,cause,in_force
11344,commune,,,Phường Cầu Đất,474,x,2022-04
19744,commune,Phường IV,474,,,x,2021-07-01
19900,commune,Thị trấn Thuận An,474,Phường Thuận An,474,x,2021-07-01
`)
	return folder, changes
}

const smallEdition = `code,parent_code,level,type,name,name_en
46,,province,tỉnh,Tỉnh Thừa Thiên Huế,Thua Thien Hue Province
79,,province,thành phố trực thuộc trung ương,Thành phố Hồ Chí Minh,Ho Chi Minh City
474,46,district,thành phố,Thành phố Huế,Hue City
760,79,district,quận,Quận 1,District 1
00679,760,commune,xã,Xã Đại Áng,Dai Ang Commune
19744,474,commune,phường,Phường IV,Ward IV
19900,474,commune,thị trấn,Thị trấn Thuận An,Thuan An Township
26734,760,commune,phường,Phường 01,Ward 1
`

func TestTheListIsPutRightAndTheChangesAreTakenBack(t *testing.T) {
	t.Parallel()
	folder, changes := smallPackage(t)
	out := filepath.Join(t.TempDir(), "out.csv")
	for range 3 { // the same bytes each time
		require.NoError(t, run(t.Context(), []string{"-package", folder, "-changes", changes, "-out", out}))
		text, err := os.ReadFile(out)
		require.NoError(t, err)
		require.Equal(t, smallEdition, string(text))
	}
}

func TestAListThatDoesNotShowTheChangesIsRefused(t *testing.T) {
	t.Parallel()
	folder, changes := smallPackage(t)
	text, err := os.ReadFile(changes)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(changes, []byte(strings.Replace(string(text), ",Phường Thuận An", ",Phường Khác", 1)), 0o644))
	err = run(t.Context(), []string{"-package", folder, "-changes", changes, "-out", filepath.Join(t.TempDir(), "out.csv")})
	require.ErrorContains(t, err, "19900")
}

func TestNamesThatAreNotUnderstoodAreRefused(t *testing.T) {
	t.Parallel()
	_, err := spell("00001", "Làng Mới")
	require.ErrorContains(t, err, "no known unit word")
	_, err = spell("00679", "Xã Khác")
	require.ErrorContains(t, err, "lost capital")
}
