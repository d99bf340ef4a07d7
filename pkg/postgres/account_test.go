package postgres

import (
	"crypto/sha256"
	"encoding/base64"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/access"
)

const goodPassword = "bốn con gà trống"

// counted is a way to hash that takes no time, and counts.
type counted struct{ compared atomic.Int64 }

func (*counted) Hash(password string) (string, error) { return "$argon2id$" + password, nil }

func (c *counted) Matches(password, hash string) (bool, error) {
	c.compared.Add(1)
	return hash == "$argon2id$"+password, nil
}

// newAccounts is a service on the store, whose clock the test moves.
func newAccounts(t *testing.T, s *Store, now *time.Time) *access.Service {
	t.Helper()
	accounts, err := access.NewService(s, func() time.Time { return *now }, time.UTC, &counted{})
	require.NoError(t, err)
	return accounts
}

// begin begins a session of the user's and returns its id.
func begin(t *testing.T, sessions *Sessions, user access.UserID) string {
	t.Helper()
	sum := sha256.Sum256([]byte(access.NewSecret(access.ForSession).Reveal()))
	id := base64.RawURLEncoding.EncodeToString(sum[:])
	deadline := sessions.now().Add(access.Longest)
	b, err := access.SessionCodec{}.Encode(deadline, map[string]any{access.SessionUser: string(user), access.SessionDevice: "Firefox"})
	require.NoError(t, err)
	require.NoError(t, sessions.CommitCtx(t.Context(), id, b, sessions.now().Add(access.Idle)))
	return id
}
