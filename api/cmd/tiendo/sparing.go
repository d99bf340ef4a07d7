package main

import (
	"os"
	"runtime/debug"
)

// sparingPercent is how much garbage may lie about, in percent of what is used, before
// it is collected. Most of what a server uses are answers that are ready, bytes in which
// nothing has to be looked for; so collecting twice as often as Go's usual 100 does costs
// little. Half of this again would save 45 MB more, and cost a server that is asked as
// much as it can answer several percent of that.
const sparingPercent = 50

// sparing has the program take less memory, unless its operator said how much.
func sparing() {
	for _, name := range []string{"GOGC", "GOMEMLIMIT"} {
		if _, said := os.LookupEnv(name); said {
			return
		}
	}
	debug.SetGCPercent(sparingPercent)
}
