package postgres

import (
	"context"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/access"
	"tiendo/pkg/fault"
	"tiendo/pkg/postgres/pgtest"
)

func (o *office) signIn(user, password, from string) error {
	_, err := o.SignIn(o.t.Context(), user, password, netip.MustParseAddr(from))
	return err
}

// limited says that an attempt is held up, and for how long.
func limited(t *testing.T, err error) time.Duration {
	t.Helper()
	refused(t, "sign-in-limited", err)
	f, _ := fault.As(err)
	require.Positive(t, f.Wait)
	return f.Wait
}

func TestAnUnknownUserAndAWrongPasswordAreTheSame(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	o.has("lan", access.Viewer, "058")
	_, err := o.CreateAccount(t.Context(), operator, access.NewAccount{User: "invited", Name: "I"})
	require.NoError(t, err)
	o.has("gone", access.Viewer, "058")
	_, err = o.Disable(t.Context(), operator, "gone", access.AnyRevision)
	require.NoError(t, err)
	said := map[string]bool{}
	for i, user := range []string{"lan", "nobody", "invited", "gone", "Lân!", ""} {
		before := o.hashes.compared.Load()
		err := o.signIn(user, "wrong password", fmt.Sprintf("192.0.2.%d", i))
		refused(t, "sign-in-refused", err)
		f, _ := fault.As(err)
		said[f.Error()+f.Text.Vi] = true
		require.Equal(t, before+1, o.hashes.compared.Load(), user)
	}
	require.Len(t, said, 1)
	require.NoError(t, o.signIn(" LAN ", goodPassword, "192.0.2.1"))
}

func TestWrongAttemptsAreHeldUpLongerAndLonger(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	o.has("lan", access.Viewer, "058")
	for _, user := range []string{"lan", "nobody"} {
		for range 5 {
			refused(t, "sign-in-refused", o.signIn(user, "wrong password", "192.0.2.1"))
		}
		begun := o.now
		var waits []time.Duration
		for range 7 {
			wait := limited(t, o.signIn(user, goodPassword, "192.0.2.1"))
			require.Equal(t, wait, limited(t, o.signIn(user, goodPassword, "192.0.2.1")), "asking does not make it longer")
			waits = append(waits, wait)
			o.now = o.now.Add(wait)
			refused(t, "sign-in-refused", o.signIn(user, "wrong password", "192.0.2.1"))
		}
		const s, m = time.Second, time.Minute
		require.Equal(t, []time.Duration{30 * s, m, 2 * m, 4 * m, 8 * m, 15 * m, 15 * m}, waits, user)
		o.now = begun
	}
	o.now = o.now.Add(2 * time.Hour)
	require.NoError(t, o.signIn("lan", goodPassword, "192.0.2.1"), "it is forgotten")
	for range 4 {
		refused(t, "sign-in-refused", o.signIn("lan", "wrong password", "192.0.2.1"))
	}
	require.NoError(t, o.signIn("lan", goodPassword, "192.0.2.1"), "a right one begins anew")
	refused(t, "sign-in-refused", o.signIn("lan", "wrong password", "192.0.2.1"))
}

func TestAThousandAttemptsAtOnceAreNoMoreThanOneAfterTheOther(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	o.has("lan", access.Viewer, "058")
	before := o.hashes.compared.Load()
	well, failed := together(t, 1000, func(ctx context.Context, _ int) error {
		_, err := o.SignIn(ctx, "lan", "wrong password", netip.MustParseAddr("192.0.2.1"))
		return err
	})
	require.Zero(t, well)
	held := 0
	for _, err := range failed {
		if fault.Is(err, "sign-in-limited") {
			held++
		}
	}
	require.Equal(t, 995, held)
	require.Equal(t, before+5, o.hashes.compared.Load())
}

func TestAStrangerLocksNobodyOut(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	o.has("lan", access.Viewer, "058")
	require.NoError(t, o.signIn("lan", goodPassword, "192.0.2.1"))
	for i := range 40 {
		_ = o.signIn("lan", "wrong password", fmt.Sprintf("198.51.100.%d", i))
	}
	require.NoError(t, o.signIn("lan", goodPassword, "192.0.2.1"), "where she has been before")
	wait := limited(t, o.signIn("lan", goodPassword, "203.0.113.7"))
	require.LessOrEqual(t, wait, time.Minute, "and from a new place soon")
	o.now = o.now.Add(wait)
	require.NoError(t, o.signIn("lan", goodPassword, "203.0.113.7"))
}

func TestAnAddressDoesNotTryAllNames(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	o.has("lan", access.Viewer, "058")
	require.NoError(t, o.signIn("lan", goodPassword, "2001:db8:1:2::1"))
	for i := range 50 {
		refused(t, "sign-in-refused", o.signIn(fmt.Sprintf("user%d", i), "wrong password", fmt.Sprintf("2001:db8:1:2::%x", i+16)))
	}
	limited(t, o.signIn("user99", "wrong password", "2001:db8:1:2:ffff::1"))
	refused(t, "sign-in-refused", o.signIn("user99", "wrong password", "2001:db8:1:3::1"), "another network")
	require.NoError(t, o.signIn("lan", goodPassword, "2001:db8:1:2::1"), "who has been there before")
}

func TestAttemptsThatAreOverAreRemoved(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	o.has("lan", access.Viewer, "058")
	require.NoError(t, o.signIn("lan", goodPassword, "192.0.2.1"))
	for i := range 10 {
		refused(t, "sign-in-refused", o.signIn(fmt.Sprintf("user%d", i), "wrong password", "192.0.2.1"))
	}
	count := func() int {
		return pgtest.Value[int](t, o.store.pool, "accounts", "SELECT count(*) FROM sign_in_attempt")
	}
	require.Equal(t, 11, count())
	o.now = o.now.Add(2 * time.Hour)
	refused(t, "sign-in-refused", o.signIn("nobody", "wrong password", "192.0.2.9"))
	require.Equal(t, 2, count(), "where lan has signed in, and the last")
	o.now = o.now.Add(100 * 24 * time.Hour)
	refused(t, "sign-in-refused", o.signIn("nobody", "wrong password", "192.0.2.9"))
	require.Equal(t, 1, count())
}

func TestAChangeOfPasswordEndsTheOtherSessions(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	o.has("lan", access.Viewer, "058")
	this, other := begin(t, o.sessions, "lan"), begin(t, o.sessions, "lan")
	change := access.PasswordChange{User: "lan", Current: "not this one", New: "năm con gà trống", From: netip.MustParseAddr("192.0.2.1"), Keep: access.SessionID(this)}
	refused(t, "password-wrong", o.ChangePassword(t.Context(), change))
	change.Current, change.New = goodPassword, "short"
	refused(t, "password-weak", o.ChangePassword(t.Context(), change))
	change.New = "năm con gà trống"
	well, _ := together(t, 2, func(ctx context.Context, _ int) error { return o.ChangePassword(ctx, change) })
	require.Equal(t, 1, well, "the other one's password is not the current one any more")
	for id, alive := range map[string]bool{this: true, other: false} {
		_, found, err := o.sessions.FindCtx(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, alive, found)
	}
	refused(t, "sign-in-refused", o.signIn("lan", goodPassword, "192.0.2.2"))
	require.NoError(t, o.signIn("lan", "năm con gà trống", "192.0.2.2"))
	for range 5 {
		_ = o.ChangePassword(t.Context(), access.PasswordChange{User: "lan", Current: "guess", New: "sáu con gà trống", From: netip.MustParseAddr("192.0.2.1")})
	}
	limited(t, o.ChangePassword(t.Context(), access.PasswordChange{User: "lan", Current: "guess", New: "sáu con gà trống", From: netip.MustParseAddr("192.0.2.1")}))
}
