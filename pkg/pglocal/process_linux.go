package pglocal

import (
	"syscall"
)

const (
	canNamespace = true
	// C.UTF-8 sorts by code point and still knows what a capital Đ is.
	locale = "C.UTF-8"
)

// attributes of a child: the identity, a process group of its own (so that
// Ctrl-C reaches the program alone, which then stops the server in order), and
// a signal when the thread that started it ends.
func (w identity) attributes(onDeath syscall.Signal) *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{Setpgid: true, Pdeathsig: onDeath}
	if w.uid == 0 {
		return a
	}
	a.Credential = &syscall.Credential{Uid: uint32(w.uid), Gid: uint32(w.gid)}
	if w.namespace {
		a.Cloneflags = syscall.CLONE_NEWUSER
		a.UidMappings = []syscall.SysProcIDMap{{ContainerID: w.uid, HostID: 0, Size: 1}}
		a.GidMappings = []syscall.SysProcIDMap{{ContainerID: w.gid, HostID: 0, Size: 1}}
		a.Credential.NoSetGroups = true // not allowed inside
	}
	return a
}

// endOrphan has nothing to do: the kernel told the server when its program died.
func endOrphan(string) {}
