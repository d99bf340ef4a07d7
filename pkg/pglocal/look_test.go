package pglocal

import (
	"io/fs"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/fault"
)

func TestLook(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(folder(t), "db")
	found, err := Look(Options{Dir: dir})
	require.NoError(t, err)
	require.Equal(t, Found{Dir: dir}, found)
	require.NoDirExists(t, dir, "looking makes nothing")

	s := start(t, Options{Dir: dir, Seed: seed(t)})
	found, err = Look(Options{Dir: dir})
	require.NoError(t, err)
	require.Equal(t, s.DataDir(), filepath.Join(found.Dir, strconv.Itoa(found.Major)))
	require.True(t, fault.Is(found.Owned, CodeOwned))

	require.NoError(t, s.Stop())
	before := everything(t, dir)
	found, err = Look(Options{Dir: dir})
	require.NoError(t, err)
	require.NoError(t, found.Owned)
	require.NotZero(t, found.Major)
	require.Equal(t, before, everything(t, dir))
	again := start(t, Options{Dir: dir})
	require.NoError(t, again.Stop(), "who looked keeps nobody out")
}

// everything lists the files below a folder with when they were written.
func everything(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		require.NoError(t, err)
		info, err := d.Info()
		require.NoError(t, err)
		all[path] = info.ModTime().String()
		return nil
	}))
	return all
}
