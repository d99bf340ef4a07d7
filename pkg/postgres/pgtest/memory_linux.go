package pgtest

import "syscall"

// memory is a folder that is kept in memory.
const memory = "/dev/shm"

// freeBytes is what a plain user can still write to dir; 0 when there is none.
func freeBytes(dir string) uint64 {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0
	}
	return s.Bavail * uint64(s.Bsize)
}
