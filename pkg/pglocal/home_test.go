package pglocal

import (
	"io"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/fault"
)

// candidates are all the ways in which this process could run a server.
func candidates() []identity {
	if os.Geteuid() != 0 {
		return []identity{{}}
	}
	return append([]identity{namespaced()}, servants()...)
}

func usable(t *testing.T) binaries {
	t.Helper()
	found, err := findBinaries(t.Context(), "", "")
	require.NoError(t, err)
	return found[0]
}

func TestIdentity(t *testing.T) {
	t.Parallel()
	for _, who := range candidates() {
		t.Run("a server runs, stops and runs again as "+who.String(), func(t *testing.T) {
			t.Parallel()
			h := home{dir: filepath.Join(folder(t), "db"), bin: usable(t), who: who}
			if err := h.probe(t.Context()); err != nil {
				// Where namespaces are forbidden the probe must say so, and
				// the search must go on to the next.
				require.True(t, who.namespace, err)
				return
			}
			for range 2 {
				s, err := h.start(t.Context(), Options{Seed: seed(t)})
				require.NoError(t, err)
				require.NoError(t, s.CreateDatabase(t.Context(), "trial"))
				require.NoError(t, s.Stop())
			}
			uid, _, err := ownerOf(h.data())
			require.NoError(t, err)
			if who.other() {
				require.Equal(t, who.uid, uid)
			} else {
				require.Equal(t, os.Geteuid(), uid)
			}
			again, err := findHome(t.Context(), h.dir, []binaries{h.bin}, Options{Durable: true})
			require.NoError(t, err)
			require.Equal(t, h.dir, again.dir, "data that exists is found again")
			require.Equal(t, who.other(), again.who.other(), "and run by its owner")
			s, err := again.start(t.Context(), Options{})
			require.NoError(t, err)
			require.NoError(t, s.Stop())
		})
	}
}

func TestPlainUser(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	binary := self(t)
	var as *syscall.Credential
	if os.Geteuid() == 0 {
		as = &syscall.Credential{Uid: 65534, Gid: 65534}
		binary = copyFile(t, binary, filepath.Join(dir, "test"))
		require.NoError(t, os.Chown(dir, 65534, 65534))
	}
	db := filepath.Join(dir, "db")
	c := startChild(t, binary, db, as)
	require.NotZero(t, c.postmaster, c.out)
	require.Error(t, c.end(syscall.SIGKILL))

	// Whoever comes next, root included, runs it as its owner.
	s := start(t, Options{Dir: db, Durable: true})
	require.Equal(t, 1, rowsOf(t, s))
	require.NoError(t, s.Stop())

	c = startChild(t, binary, db, as)
	require.NotZero(t, c.postmaster, c.out)
	require.NoError(t, c.end(syscall.SIGINT), c.out)
}

func TestFolderOutOfReach(t *testing.T) {
	t.Parallel()
	dir, standIn := filepath.Join(t.TempDir(), "db"), filepath.Join(folder(t), "db")
	var places []place
	for _, d := range []string{dir, standIn} {
		for _, who := range servants() {
			places = append(places, place{d, who})
		}
	}
	if os.Geteuid() != 0 { // then nothing is out of reach but what is closed
		require.NoError(t, os.MkdirAll(dir, 0o500))
		_, err := Start(t.Context(), Options{Dir: filepath.Join(dir, "db")})
		require.True(t, fault.Is(err, CodeFolder))
		return
	}
	require.NoError(t, os.Chmod(filepath.Dir(dir), 0o700))
	h, err := findRootHome(t.Context(), places, []binaries{usable(t)}, true)
	require.NoError(t, err)
	require.Equal(t, standIn, h.dir)
	s, err := h.start(t.Context(), Options{Seed: seed(t)})
	require.NoError(t, err)
	require.Equal(t, standIn, s.Dir())
	require.NoError(t, s.Stop())

	_, err = findRootHome(t.Context(), places[:len(places)/2], []binaries{usable(t)}, true)
	require.True(t, fault.Is(err, CodeUser))
}

func TestNoStandInForAFolderThatWasNamed(t *testing.T) {
	t.Parallel()
	closed := t.TempDir()
	require.NoError(t, os.Chmod(closed, 0o700))
	dir := filepath.Join(closed, "db")
	if os.Geteuid() == 0 {
		// Root in a namespace can use what is root's; what is another's it cannot.
		require.NoError(t, os.WriteFile(dir, nil, 0o600))
	} else {
		require.NoError(t, os.Chmod(closed, 0o500))
	}
	_, err := Start(t.Context(), Options{Dir: dir, OnlyHere: true})
	require.True(t, fault.Is(err, CodeFolder), "%v", err)
	require.ErrorContains(t, err, dir)
	require.NoDirExists(t, away(dir))
}

func TestRootPlaces(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "db")
	places := rootPlaces(dir, false)
	require.Equal(t, place{dir, namespaced()}, places[0])
	require.Len(t, places, 1+2*len(servants()))
	require.Equal(t, away(dir), places[len(places)-1].dir)
	require.NotEqual(t, away(dir), away(dir+"2"))
	require.Equal(t, placesIn(dir), rootPlaces(dir, true), "and no stand-in where none is wanted")
}

func TestAdopt(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(folder(t), "db")
	s, err := Start(t.Context(), Options{Dir: dir, Seed: seed(t)})
	require.NoError(t, err)
	require.NoError(t, s.Stop())
	for _, who := range candidates() {
		if who.namespace {
			continue
		}
		// As when a folder that root made is taken to a container where
		// namespaces are forbidden.
		h := home{dir: dir, bin: s.home.bin, who: who}
		if who.other() {
			require.NoError(t, os.Lchown(h.data(), 0, 0))
			require.NoError(t, os.Lchown(h.dir, who.uid, who.gid))
		}
		s, err := h.start(t.Context(), Options{})
		require.NoError(t, err)
		require.NoError(t, s.Stop())
	}
}

func TestPick(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	found := []binaries{{major: 18, version: "18.4"}, {major: 15, version: "15.18"}}

	b, err := pick(dir, found, true)
	require.NoError(t, err)
	require.Equal(t, 18, b.major, "no data yet: the preferred one")

	for _, major := range []int{15, 14, 9} {
		d := filepath.Join(dir, strconv.Itoa(major))
		require.NoError(t, os.Mkdir(d, 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(d, "PG_VERSION"), nil, 0o600))
	}
	b, err = pick(dir, found, true)
	require.NoError(t, err)
	require.Equal(t, 15, b.major, "the one whose data is there")

	_, err = pick(dir, found[:1], true)
	require.True(t, fault.Is(err, CodeVersion))
	f, _ := fault.As(err)
	require.Contains(t, f.Text.Vi, "postgresql-15")
	require.Contains(t, f.Text.En, "postgresql-15")

	b, err = pick(dir, found[:1], false)
	require.NoError(t, err)
	require.Equal(t, 18, b.major, "data of tests is not missed")
}

func copyFile(t *testing.T, from, to string) string {
	t.Helper()
	in, err := os.Open(from)
	require.NoError(t, err)
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755)
	require.NoError(t, err)
	_, err = io.Copy(out, in)
	require.NoError(t, err)
	require.NoError(t, out.Close())
	return to
}
