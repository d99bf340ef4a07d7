//go:build unix

package api_test

import (
	"os/exec"
	"syscall"
)

// ownGroup has a program be the first of a group of processes of its own.
func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// endGroup kills a program and all that it has started.
func endGroup(c *exec.Cmd) error { return syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }
