package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const ms = time.Millisecond

// Clients come every 10 ms; the server stands still from 20 to 70 ms. Whoever
// wanted to ask meanwhile waited, whether the question could be sent or not.
func TestWhoComesWhileTheServerStandsStillIsCounted(t *testing.T) {
	t.Parallel()
	s := newSchedule(steadyOrders{Rate: 100, For: 100 * ms, Connections: 1})
	var free time.Duration // when the only connection is free again
	for now := time.Duration(0); !s.over() || now < free; now += ms {
		s.come(now)
		if now < free {
			continue
		}
		n, some := s.take()
		if !some {
			continue
		}
		free = now + ms
		if now >= 20*ms && now < 70*ms {
			free = 70 * ms
		}
		s.answered(n, free)
	}
	r := s.result(steadyResult{})
	require.Equal(t, 10, r.Answers)
	require.NoError(t, r.sound(s.orders))
	// Refresh 2 came at 20 and was answered at 70; 3 to 6 came meanwhile and were
	// answered one ms after the other from then on; 7 to 9 caught up.
	require.Equal(t, 50*ms, r.Most)
	require.Greater(t, r.P50, 4*ms, "a loop that waits for its answers would have counted one slow one in ten")
}

func TestRefreshesAreDueAtAConstantRate(t *testing.T) {
	t.Parallel()
	s := newSchedule(steadyOrders{Rate: 5000, For: 2 * time.Second})
	require.Equal(t, 10_000, s.orders.count())
	require.Equal(t, 200*time.Microsecond, s.orders.due(1))
	require.Equal(t, time.Second, s.orders.due(5000))
	require.Equal(t, time.Duration(0), s.pause(0), "the first one comes at once")
	s.come(time.Second)
	require.Len(t, s.waiting, 5001)
	require.Equal(t, 200*time.Microsecond, s.pause(time.Second))
	n, some := s.take()
	require.True(t, some)
	require.Zero(t, n, "the one who has waited the longest")
	s.come(time.Hour)
	require.Equal(t, 10_000, s.next, "nobody comes after the round")
}

func TestARoundInWhichARefreshWasNotAnsweredIsVoid(t *testing.T) {
	t.Parallel()
	o := steadyOrders{Rate: 10, For: time.Second}
	require.NoError(t, steadyResult{Answers: 10}.sound(o))
	require.ErrorIs(t, steadyResult{Answers: 9}.sound(o), errVoid)
	require.ErrorIs(t, steadyResult{Answers: 10, Failed: 1, Failure: "status 429"}.sound(o), errVoid)
}

func TestQuantilesAreOfThoseThatWere(t *testing.T) {
	t.Parallel()
	all := []time.Duration{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	require.EqualValues(t, 6, quantile(all, 0.5))
	require.EqualValues(t, 10, quantile(all, 0.99))
	require.EqualValues(t, 1, quantile(all[:1], 0.99))
}
