package main

import (
	"maps"
	"sync"
	"time"

	"tiendo/pkg/mirror"
	"tiendo/pkg/tracker"
)

// gathering is how long what happens is gathered before it is passed on to the
// outside: a message comes that much later, and a thousand writes a second are four
// transactions of the pump, not a thousand that the writes would wait for.
const gathering = 250 * time.Millisecond

// gathered tells of the last step of each election, some time after the first that
// was not told. Only for who is told that something happened and looks for himself.
func gathered(pause time.Duration, told func(mirror.Step)) func(mirror.Step) {
	var mu sync.Mutex
	last := map[tracker.ElectionID]mirror.Step{}
	tell := func() {
		mu.Lock()
		steps := maps.Clone(last)
		clear(last)
		mu.Unlock()
		for _, s := range steps {
			told(s)
		}
	}
	return func(s mirror.Step) {
		mu.Lock()
		defer mu.Unlock()
		if len(last) == 0 {
			time.AfterFunc(pause, tell)
		}
		last[s.Election] = s
	}
}
