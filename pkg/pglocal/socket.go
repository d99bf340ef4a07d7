package pglocal

import (
	"errors"
	"os"
	"path/filepath"
)

// socketPathMax is the longest path of a socket that works everywhere: 107
// bytes on Linux, 103 on the others.
const socketPathMax = 103

// port is only a part of the socket's name; nothing listens on it.
const port = "5432"

func socketFits(dir string) bool {
	return len(dir)+len("/.s.PGSQL."+port) <= socketPathMax
}

// socketFolder makes the folder of the socket, closed to everybody else: in
// the server's own folder, or in a short temporary one where that path is too
// long. Temporary says that it is to be removed at the end.
func (h home) socketFolder() (dir string, temporary bool, err error) {
	if dir = filepath.Join(h.dir, "run"); socketFits(dir) {
		// What a killed predecessor left names a process that postgres would
		// believe in, see prepare.
		if err := os.RemoveAll(dir); err != nil {
			return "", false, err
		}
		return dir, false, h.who.mkdir(dir)
	}
	root := os.TempDir()
	if !socketFits(filepath.Join(root, "tiendo-0123456789")) {
		root = "/tmp"
	}
	// The last one's, if its program was killed: named in our own folder.
	note := filepath.Join(h.dir, "socket")
	if last, err := os.Readlink(note); err == nil {
		_ = os.RemoveAll(last)
		_ = os.Remove(note)
	}
	if dir, err = os.MkdirTemp(root, "tiendo-"); err != nil {
		return "", false, err
	}
	return dir, true, errors.Join(h.who.give(dir), os.Symlink(dir, note))
}
