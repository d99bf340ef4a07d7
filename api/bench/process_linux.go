package main

import "syscall"

// apart keeps Ctrl-C from a child, which is ended in order; it ends with the
// bench even where that is killed.
func apart() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
}
