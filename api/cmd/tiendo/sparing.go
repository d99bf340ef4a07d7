package main

import (
	"os"
	"runtime/debug"
)

// sparingPercent is how much garbage may lie about, in percent of what is used, before
// it is collected. Most of what a server uses are answers that are ready, bytes in which
// nothing has to be looked for; collecting is cheap there. Half of this again would save
// 45 MB more; what it costs was not told apart from noise (1 to 12 % of the processor's
// time of an answer, against Go's usual 100), and is not risked.
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
