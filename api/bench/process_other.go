//go:build !linux

package main

import "syscall"

// apart: only Linux tells a child that its parent has died.
func apart() *syscall.SysProcAttr { return nil }
