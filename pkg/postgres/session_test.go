package postgres

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/access"
	"tiendo/pkg/postgres/pgtest"
)

// request does what one request does to a session: it is found, perhaps
// something is done meanwhile, and it is committed.
func (o *office) request(id string, meanwhile func(values map[string]any)) (found bool) {
	o.t.Helper()
	b, found, err := o.sessions.FindCtx(o.t.Context(), id)
	require.NoError(o.t, err)
	if !found {
		return false
	}
	deadline, values, err := access.SessionCodec{}.Decode(b)
	require.NoError(o.t, err)
	if meanwhile != nil {
		meanwhile(values)
	}
	b, err = access.SessionCodec{}.Encode(deadline, values)
	require.NoError(o.t, err)
	expiry := o.now.Add(access.Idle)
	if deadline.Before(expiry) {
		expiry = deadline
	}
	require.NoError(o.t, o.sessions.CommitCtx(o.t.Context(), id, b, expiry))
	return true
}

func (o *office) seen(user access.UserID) time.Time {
	o.t.Helper()
	all, err := o.Sessions(o.t.Context(), user)
	require.NoError(o.t, err)
	require.NotEmpty(o.t, all)
	return all[0].Seen
}

func TestASessionsUseIsWrittenOnceAMinute(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	o.has("lan", access.Viewer, "058")
	id := begin(t, o.sessions, "lan")
	begun := o.now
	version := func() string {
		return pgtest.Value[string](t, o.store.pool, "accounts", "SELECT xmin::text || xmax::text || ctid::text FROM session")
	}
	was := version()
	o.now = begun.Add(access.Touch - time.Second)
	require.True(t, o.request(id, nil))
	require.Equal(t, was, version(), "not even locked")
	o.now = begun.Add(access.Touch)
	require.True(t, o.request(id, nil))
	require.Equal(t, o.now, o.seen("lan"))
	require.True(t, o.request(id, func(values map[string]any) { values["page"] = "list" }))
	b, _, err := o.sessions.FindCtx(t.Context(), id)
	require.NoError(t, err)
	_, values, err := access.SessionCodec{}.Decode(b)
	require.NoError(t, err)
	require.Equal(t, "list", values["page"], "what changed is written at once")
}

func TestASessionEndsIdleAndOld(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	o.has("lan", access.Viewer, "058")
	id := begin(t, o.sessions, "lan")
	begun := o.now
	o.now = begun.Add(access.Idle)
	require.False(t, o.request(id, nil))
	o.now = begun
	for o.now.Before(begun.Add(access.Longest - access.Idle/2)) {
		o.now = o.now.Add(access.Idle / 2)
		require.True(t, o.request(id, nil), o.now)
	}
	o.now = begun.Add(access.Longest)
	require.False(t, o.request(id, nil), "however often it is used")
	begin(t, o.sessions, "lan")
	n := pgtest.Value[int](t, o.store.pool, "accounts", "SELECT count(*) FROM session")
	require.Equal(t, 1, n, "the old one is removed with the next sign-in")
}

func TestASessionThatWasEndedIsNotBroughtBackByARequestUnderWay(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	o.has("lan", access.Viewer, "058")
	for name, end := range map[string]func(string){
		"by its owner": func(id string) { require.NoError(t, o.EndSession(t.Context(), "lan", access.SessionID(id))) },
		"with all":     func(string) { require.NoError(t, o.EndSessions(t.Context(), "lan", "")) },
		"signed out":   func(id string) { require.NoError(t, o.sessions.DeleteCtx(t.Context(), id)) },
	} {
		id := begin(t, o.sessions, "lan")
		require.True(t, o.request(id, func(values map[string]any) {
			end(id)
			values["page"] = "list"
		}), name)
		require.False(t, o.request(id, nil), name)
	}
}

func TestASessionOfAnotherNameIsANewOne(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	o.has("lan", access.Viewer, "058")
	old := begin(t, o.sessions, "lan")
	b, _, err := o.sessions.FindCtx(t.Context(), old)
	require.NoError(t, err)
	// As when a session's token is renewed: the same values under another one.
	renewed := idOf(make([]byte, 32))
	require.NoError(t, o.sessions.DeleteCtx(t.Context(), old))
	require.NoError(t, o.sessions.CommitCtx(t.Context(), renewed, b, o.now.Add(access.Idle)))
	require.True(t, o.request(renewed, nil))
	require.False(t, o.request(old, nil))
}

func TestASessionIsSomebodys(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	o.has("lan", access.Viewer, "058")
	b, err := access.SessionCodec{}.Encode(o.now.Add(time.Hour), map[string]any{"page": "list"})
	require.NoError(t, err)
	id := idOf(make([]byte, 32))
	require.NoError(t, o.sessions.CommitCtx(t.Context(), id, b, o.now.Add(time.Hour)))
	require.False(t, o.request(id, nil), "nobody's is not kept")
	begin(t, o.sessions, "nobody")
	_, err = o.CreateAccount(t.Context(), operator, access.NewAccount{User: "invited", Name: "I"})
	require.NoError(t, err)
	require.False(t, o.request(begin(t, o.sessions, "invited"), nil), "nor that of who has no password")

	one, two := begin(t, o.sessions, "lan"), begin(t, o.sessions, "lan")
	all, err := o.Sessions(t.Context(), "lan")
	require.NoError(t, err)
	require.Len(t, all, 2)
	require.Equal(t, "Firefox", all[0].Device)
	o.has("mai", access.Viewer, "058")
	refused(t, "session-not-found", o.EndSession(t.Context(), "mai", access.SessionID(one)))
	require.NoError(t, o.EndSessions(t.Context(), "lan", access.SessionID(two)))
	require.False(t, o.request(one, nil))
	require.True(t, o.request(two, nil))
	for _, id := range []string{"", "x", "../..", "AAAA"} {
		require.False(t, o.request(id, nil))
		refused(t, "session-not-found", o.EndSession(t.Context(), "lan", access.SessionID(id)))
		require.NoError(t, o.sessions.DeleteCtx(t.Context(), id))
		require.Error(t, o.sessions.CommitCtx(t.Context(), id, b, o.now))
	}
}

func TestTwoSignInsAtOnceAreTwoSessions(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	o.has("lan", access.Viewer, "058")
	well, failed := together(t, 2, func(context.Context, int) error {
		begin(t, o.sessions, "lan")
		return o.signIn("lan", goodPassword, "192.0.2.1")
	})
	require.Equal(t, 2, well, "%v", failed)
	all, err := o.Sessions(t.Context(), "lan")
	require.NoError(t, err)
	require.Len(t, all, 2)
}
