package main

import (
	"os"
	"runtime/debug"
)

// sparingPercent is how much garbage may lie about, in percent of what is used, before
// it is collected. Most of what a server uses are answers that are ready: bytes without
// pointers, in which nothing has to be looked for, and a refresh leaves little behind.
// So collecting oftener than Go's usual 100 costs little, and a server needs little
// more than what it uses instead of twice that.
const sparingPercent = 25

// sparing has the program take less memory, unless its operator said how much.
func sparing() {
	for _, name := range []string{"GOGC", "GOMEMLIMIT"} {
		if _, said := os.LookupEnv(name); said {
			return
		}
	}
	debug.SetGCPercent(sparingPercent)
}
