package access_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/access"
	"tiendo/pkg/fault"
)

func TestUserNames(t *testing.T) {
	t.Parallel()
	for typed, id := range map[string]access.UserID{
		"Lan.Nguyen\t": "lan.nguyen", "BK-058_1": "bk-058_1", "abc": "abc",
	} {
		got, err := access.ParseUserID(typed)
		require.NoError(t, err, typed)
		require.Equal(t, id, got)
	}
	for _, typed := range []string{"", "ab", ".lan", "lan.", "lân", "a b c", "a/b", "lan\x00a", strings.Repeat("a", 65)} {
		_, err := access.ParseUserID(typed)
		require.True(t, fault.Is(err, "user-name-not-plain"), "%q", typed)
	}
}

func TestPasswordsThatAreGuessedFirstAreRefused(t *testing.T) {
	t.Parallel()
	for _, p := range []string{"", "ngắn quá", "lan.nguyen2021", "LAN.NGUYEN-bk", "aaaaaaaaaaaa", "ababababababab", strings.Repeat("x1y2z", 60), "abcdefghij\xff"} {
		require.True(t, fault.Is(access.CheckPassword("lan.nguyen", p), "password-weak"), "%q", p)
	}
	for _, p := range []string{"bốn con gà trống", "correct horse", "q7#Lm2!xPa"} {
		require.NoError(t, access.CheckPassword("lan.nguyen", p), p)
	}
}

func TestSecretsAreNeverPrinted(t *testing.T) {
	t.Parallel()
	s := access.NewSecret(access.ForToken)
	require.NotContains(t, fmt.Sprintf("%s %v %#v %q", s, s, s, s), s.Reveal())
	require.True(t, s.Is(access.ForToken))
	require.False(t, s.Is(access.ForSession))
	require.False(t, access.Secret("tdt_short").Is(access.ForToken))
	require.NotEqual(t, s.Digest(), access.NewSecret(access.ForToken).Digest())
	require.True(t, s.Digest().Equal(access.Secret(s.Reveal()).Digest()))
}

func TestSessionsEndIdleOrOld(t *testing.T) {
	t.Parallel()
	begun := time.Date(2021, 1, 25, 8, 0, 0, 0, time.UTC)
	s := access.Session{User: "lan", Begun: begun, Seen: begun}
	require.True(t, s.Alive(begun.Add(access.Idle-time.Second)))
	require.False(t, s.Alive(begun.Add(access.Idle)))
	s.Seen = begun.Add(access.Longest - time.Hour)
	require.True(t, s.Alive(begun.Add(access.Longest-time.Second)))
	require.False(t, s.Alive(begun.Add(access.Longest)), "however often it is used")
	require.False(t, s.Stale(s.Seen.Add(access.Touch-time.Second)))
	require.True(t, s.Stale(s.Seen.Add(access.Touch)))
}

func TestRolesHaveNames(t *testing.T) {
	t.Parallel()
	for r := access.None; r <= access.Administrator; r++ {
		b, err := json.Marshal(r)
		require.NoError(t, err)
		var back access.Role
		require.NoError(t, json.Unmarshal(b, &back))
		require.Equal(t, r, back)
		require.NotEmpty(t, r.Title().Vi)
	}
	_, err := access.ParseRole("owner")
	require.True(t, fault.Is(err, "role-unknown"))
}
