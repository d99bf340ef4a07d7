package access

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/stretchr/testify/require"

	"tiendo/pkg/fault"
)

func TestPasswordsAreHashedWithArgon2id(t *testing.T) {
	t.Parallel()
	h, err := newHasher(Argon2id{})
	require.NoError(t, err)
	hash, err := h.hash(t.Context(), "bốn con gà trống")
	require.NoError(t, err)
	params, _, _, err := argon2id.DecodeHash(hash)
	require.NoError(t, err)
	require.Equal(t, argonParams, *params)
	for password, right := range map[string]bool{"bốn con gà trống": true, "bốn con gà": false, "": false} {
		same, err := h.matches(t.Context(), password, hash)
		require.NoError(t, err)
		require.Equal(t, right, same, password)
		same, err = h.matches(t.Context(), password, "")
		require.NoError(t, err)
		require.False(t, same, "where there is no password none is right")
	}
}

// slow hashes for a second, and counts how many do so at once.
type slow struct{ now, most atomic.Int64 }

func (s *slow) Hash(string) (string, error) {
	s.most.Store(max(s.most.Load(), s.now.Add(1)))
	time.Sleep(time.Second)
	s.now.Add(-1)
	return "hash", nil
}

func (s *slow) Matches(string, string) (bool, error) {
	_, err := s.Hash("")
	return true, err
}

func TestNoMoreHashesAtOnceThanThereAreProcessors(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &slow{}
		h, err := newHasher(s)
		require.NoError(t, err)
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				same, err := h.matches(t.Context(), "x", "y")
				require.NoError(t, err)
				require.True(t, same)
			})
		}
		time.Sleep(time.Second / 2)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second/10)
		defer cancel()
		_, err = h.hash(ctx, "x")
		require.True(t, fault.Is(err, "sign-in-busy"), err)
		all.Wait()
		require.Equal(t, int64(cap(h.at)), s.most.Load())
	})
}
