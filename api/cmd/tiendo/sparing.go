package main

import (
	"context"
	"math"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"

	"tiendo/pkg/feed"
)

// sparingPercent is how much garbage may lie about, in percent of what is used, before
// it is collected. Go's usual 100 makes a server that has much to keep take twice that.
//
// Most of what a full server uses are answers that are ready: bytes in which nothing
// has to be looked for, so collecting costs as little as it does without them, and they
// are left out of what the percent is of. leastGarbage may lie about in any case: at
// full load 100 MB of it come in a second, and each collection takes 7 to 10 ms of
// processor time. A third of it more costs 1 % of an answer's time less.
const (
	sparingPercent = 50
	leastGarbage   = 40 << 20
	// sparingEvery is how often it is looked what is ready by now.
	sparingEvery = time.Second
)

// sparing has the program take less memory; false where its operator said how much.
func sparing() bool {
	for _, name := range []string{"GOGC", "GOMEMLIMIT"} {
		if _, said := os.LookupEnv(name); said {
			return false
		}
	}
	debug.SetGCPercent(sparingPercent)
	return true
}

// spare keeps to it until ctx ends, as the bytes of answers that are ready become more
// and fewer.
func (c *Config) spare(ctx context.Context, ready *feed.Prepared) error {
	if !c.sparing {
		return nil
	}
	tick := time.NewTicker(sparingEvery)
	defer tick.Stop()
	for set := sparingPercent; ; {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		percent := garbagePercent(heapUsed(), ready.Figures().Bytes)
		if d := percent - set; d*d > 1 { // setting it stops everything for a moment
			set = percent
			debug.SetGCPercent(percent)
		}
	}
}

// garbagePercent is how much garbage there may be, in percent of used bytes of which
// some are answers that are ready.
func garbagePercent(used, ready int64) int {
	garbage := max((used-ready)*sparingPercent/100, leastGarbage)
	return int(min(garbage*100/max(used, 1), sparingPercent))
}

// heapUsed is what was used when garbage was collected last, in bytes.
func heapUsed() int64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return int64(min(sample[0].Value.Uint64(), math.MaxInt64)) //nolint:gosec // bounded
}
