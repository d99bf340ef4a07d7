package pgtest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"tiendo/pkg/pglocal"
)

// ground is the folder where the servers of one user's tests live:
//
//	lock                 held while a process starts its server or sweeps
//	seed-15-<checksum>   a stopped server with the template, to copy from
//	run-<random>         the server of one test process
type ground struct {
	dir string
}

const (
	seedPrefix = "seed-"
	runPrefix  = "run-"
	newSuffix  = ".new"
	keptMark   = "kept" // in a run folder: a failed test wants its database kept
	// keep is how many seeds, and how many kept runs, survive a sweep.
	keep = 3
)

// openGround makes or finds the folder: in memory where a GiB is free.
func openGround() (ground, error) {
	root := os.TempDir()
	if freeBytes(memory) >= 1<<30 {
		root = memory
	}
	g := ground{dir: filepath.Join(root, fmt.Sprintf("tiendo-test-%d", os.Geteuid()))}
	if err := os.Mkdir(g.dir, 0o711); err != nil && !os.IsExist(err) {
		return ground{}, err
	}
	// The name can be guessed, so somebody else may have made it first.
	info, err := os.Lstat(g.dir)
	if err != nil {
		return ground{}, err
	}
	if s, ok := info.Sys().(*syscall.Stat_t); !ok || !info.IsDir() || int(s.Uid) != os.Geteuid() {
		return ground{}, fmt.Errorf("%s belongs to somebody else", g.dir)
	}
	// Where root's server runs as another user that one must get through.
	return g, os.Chmod(g.dir, 0o711)
}

// lock waits for the folder; release gives it back.
func (g ground) lock() (release func(), err error) {
	f, err := os.OpenFile(filepath.Join(g.dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX)
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		return func() { _ = f.Close() }, err
	}
}

// touch says that a folder is still of use.
func (g ground) touch(dir string) error {
	now := time.Now()
	return os.Chtimes(dir, now, now)
}

// sweep removes what dead processes left behind: the runs nobody has, but for
// the last kept ones, and all but the last seeds. The lock is held, so nobody
// is about to start a server in a folder that looks unused.
func (g ground) sweep() error {
	entries, err := os.ReadDir(g.dir)
	if err != nil {
		return err
	}
	var seeds, kept, waste []string
	for _, e := range entries {
		dir := filepath.Join(g.dir, e.Name())
		_, errKept := os.Stat(filepath.Join(dir, keptMark))
		switch {
		case strings.HasSuffix(dir, newSuffix):
			waste = append(waste, dir)
		case strings.HasPrefix(e.Name(), seedPrefix):
			seeds = append(seeds, dir)
		case strings.HasPrefix(e.Name(), runPrefix) && errKept == nil:
			kept = append(kept, dir)
		case strings.HasPrefix(e.Name(), runPrefix):
			waste = append(waste, dir)
		}
	}
	waste = append(waste, oldest(seeds)...)
	waste = append(waste, oldest(kept)...)
	for _, dir := range waste {
		// What cannot be removed is no reason to fail a test; the next process
		// tries again.
		_, _ = pglocal.Remove(dir)
	}
	return nil
}

// oldest are those that were not touched lately: all but the last few.
func oldest(dirs []string) []string {
	touched := func(dir string) time.Time {
		info, err := os.Stat(dir)
		if err != nil {
			return time.Time{}
		}
		return info.ModTime()
	}
	slices.SortFunc(dirs, func(a, b string) int { return touched(b).Compare(touched(a)) })
	return dirs[min(keep, len(dirs)):]
}
