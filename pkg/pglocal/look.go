package pglocal

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
)

// Found is what there is of a server in a folder.
type Found struct {
	// Dir is the folder with the data: the one asked for, or its stand-in.
	Dir string
	// Major is the PostgreSQL whose data is there; 0 when there is none.
	Major int
	// Owned says, when a running program has the folder, so and by whom: a
	// fault with CodeOwned.
	Owned error
}

// Look says what there is in the folder of the options (the others do not
// matter) and makes, changes and starts nothing. A folder that is not there
// holds no data.
func Look(o Options) (Found, error) {
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return Found{}, folderFault(dir, err)
	}
	found := Found{Dir: dir}
	for _, d := range dirs(dir, o.OnlyHere) {
		if majors := clusters(d); len(majors) > 0 {
			found.Dir, found.Major = d, majors[0]
			break
		}
	}
	f, err := os.Open(filepath.Join(found.Dir, programLock))
	if errors.Is(err, os.ErrNotExist) {
		return found, nil
	}
	if err != nil {
		return found, folderFault(found.Dir, err)
	}
	defer f.Close()
	// Shared, so that two who look do not see each other, and given back at once.
	if errors.Is(syscall.Flock(int(f.Fd()), syscall.LOCK_SH|syscall.LOCK_NB), syscall.EWOULDBLOCK) {
		found.Owned = ownedFault(found.Dir)
	}
	return found, nil
}
