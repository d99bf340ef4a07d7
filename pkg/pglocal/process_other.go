//go:build unix && !linux

package pglocal

import (
	"bufio"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

const (
	canNamespace = false
	locale       = "en_US.UTF-8" // not every system here has C.UTF-8
)

// attributes of a child: the identity and a process group of its own (so that
// Ctrl-C reaches the program alone, which then stops the server in order).
// These systems cannot tell a child that its parent died: see endOrphan.
func (w identity) attributes(syscall.Signal) *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{Setpgid: true}
	if w.uid != 0 {
		a.Credential = &syscall.Credential{Uid: uint32(w.uid), Gid: uint32(w.gid)}
	}
	return a
}

// endOrphan asks the server of a data folder to end. It is called with the
// lock of the program held, so there is no program left that wants the server.
func endOrphan(data string) {
	f, err := os.Open(filepath.Join(data, "postmaster.pid"))
	if err != nil {
		return
	}
	defer f.Close()
	line := bufio.NewScanner(f)
	if !line.Scan() {
		return
	}
	if pid, err := strconv.Atoi(line.Text()); err == nil && pid > 1 {
		_ = syscall.Kill(pid, syscall.SIGINT) // gone already is fine
	}
}
