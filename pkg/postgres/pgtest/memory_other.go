//go:build unix && !linux

package pgtest

// memory is a folder that is kept in memory: none that all these systems have.
const memory = ""

func freeBytes(string) uint64 { return 0 }
