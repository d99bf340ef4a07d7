package main

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/mirror"
	"tiendo/pkg/tracker"
)

func TestManyStepsAreToldAsOneAMomentLater(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var told []tracker.ElectionID
		hear := gathered(time.Second, func(s mirror.Step) { told = append(told, s.Election) })
		for range 1000 {
			hear(mirror.Step{Election: "2021"})
		}
		synctest.Wait()
		require.Empty(t, told, "not at once")
		time.Sleep(time.Second)
		synctest.Wait()
		require.Equal(t, []tracker.ElectionID{"2021"}, told)
		hear(mirror.Step{Election: "2021"})
		hear(mirror.Step{Election: "2026"})
		time.Sleep(time.Second)
		synctest.Wait()
		require.ElementsMatch(t, []tracker.ElectionID{"2021", "2021", "2026"}, told, "and again")
	})
}
