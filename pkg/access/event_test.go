package access_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/access"
)

func TestAnEventIsSealedBehindTheOneBefore(t *testing.T) {
	t.Parallel()
	role := access.Lead
	at := time.Date(2026, 11, 20, 8, 0, 0, 123456789, time.UTC)
	e := access.Event{Kind: access.GrantGiven, User: "lan", Edition: "2021", Area: "058", Actor: access.Operator("root"), Recorded: at, After: access.Detail{Role: &role}}
	head := access.Head{Revision: 7, Recorded: at.Add(time.Hour)}
	require.NoError(t, e.Seal(head))
	require.Equal(t, access.Revision(8), e.Revision)
	require.Equal(t, head.Recorded, e.Recorded, "time does not go back")
	before, after := e.Stored()
	require.Nil(t, before)
	require.JSONEq(t, `{"role":"lead"}`, string(after))

	read := e
	read.Before, read.After = access.Detail{}, access.Detail{}
	require.NoError(t, read.Read(before, after))
	require.Equal(t, role, *read.After.Role)
	digest, err := read.Digest(head.Hash)
	require.NoError(t, err)
	require.Equal(t, e.Hash, digest)
	require.Error(t, read.Read(nil, []byte("{")))
}

func TestASessionsValuesAreStrings(t *testing.T) {
	t.Parallel()
	deadline := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	b, err := access.SessionCodec{}.Encode(deadline, map[string]any{"user": "lan"})
	require.NoError(t, err)
	again, values, err := access.SessionCodec{}.Decode(b)
	require.NoError(t, err)
	require.Equal(t, deadline, again)
	require.Equal(t, map[string]any{"user": "lan"}, values)
	_, err = access.SessionCodec{}.Encode(deadline, map[string]any{"n": 1})
	require.Error(t, err)
	_, _, err = access.SessionCodec{}.Decode([]byte("x"))
	require.Error(t, err)
}
