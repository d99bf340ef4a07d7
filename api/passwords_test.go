package api_test

import (
	"fmt"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/access"
	"tiendo/pkg/postgres"
)

// counted hashes as [quick] does, and counts the hashes that were compared.
type counted struct {
	quick
	n *atomic.Int64
}

func (c counted) Matches(password, hash string) (bool, error) {
	c.n.Add(1)
	return c.quick.Matches(password, hash)
}

// guessed is a server whose hashes are counted, with the account minh.
func guessed(t *testing.T) (*server, *atomic.Int64) {
	t.Helper()
	d := newDatabase(t)
	n := &atomic.Int64{}
	accounts, err := access.NewService(postgres.New(d.pool), time.Now, zone(t), counted{n: n})
	require.NoError(t, err)
	d.accounts = accounts
	d.user("minh", "Minh", grant("058", access.Lead))
	s := d.serve(behindProxy).stranger()
	return s, n
}

// guess sends so many wrong passwords, many at once, and counts how each was
// answered.
func (s *server) guess(times int, attempt func(i int) (user, from string)) map[int]int {
	s.t.Helper()
	var mu sync.Mutex
	said := map[int]int{}
	var all sync.WaitGroup
	for w := range 20 {
		all.Go(func() {
			for i := w; i < times; i += 20 {
				user, from := attempt(i)
				r, err := client.Do(s.request(http.MethodPost, theSession, fmt.Sprintf(`{"user": %q, "password": "guess %d"}`, user, i),
					"Content-Type", "application/json", "X-Forwarded-For", from))
				mu.Lock()
				if err == nil {
					said[r.StatusCode]++
					if wait, err := strconv.Atoi(r.Header.Get("Retry-After")); r.StatusCode == http.StatusTooManyRequests && (err != nil || wait < 1) {
						said[0]++
					}
					r.Body.Close()
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
	return said
}

func TestAThousandWrongPasswordsFromEverywhereAreFewHashes(t *testing.T) {
	t.Parallel()
	s, hashes := guessed(t)
	s.signIn("minh", "X-Forwarded-For", "192.0.2.1")
	before := hashes.Load()
	said := s.guess(1000, func(i int) (string, string) { return "minh", fmt.Sprintf("198.51.%d.%d", i/250, i%250) })
	require.Equal(t, 1000, said[http.StatusUnauthorized]+said[http.StatusTooManyRequests], "%v", said)
	require.Zero(t, said[0], "who is held up is told for how long")
	require.LessOrEqual(t, hashes.Load()-before, int64(30), "20 are free, then one in a while")
	s.signIn("minh", "X-Forwarded-For", "192.0.2.1") // where she has been before
}

func TestAThousandWrongPasswordsFromOneAddressAreFewHashes(t *testing.T) {
	t.Parallel()
	s, hashes := guessed(t)
	s.signIn("minh", "X-Forwarded-For", "192.0.2.1")
	before := hashes.Load()
	said := s.guess(1000, func(i int) (string, string) {
		return fmt.Sprintf("user%d", i), netip.AddrFrom4([4]byte{198, 51, 100, 7}).String()
	})
	require.Equal(t, 1000, said[http.StatusUnauthorized]+said[http.StatusTooManyRequests], "%v", said)
	require.Zero(t, said[0], "who is held up is told for how long")
	require.LessOrEqual(t, hashes.Load()-before, int64(60), "50 are free, then one in a while")
	s.signIn("minh", "X-Forwarded-For", "192.0.2.1")
}
