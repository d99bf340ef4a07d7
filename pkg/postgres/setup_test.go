package postgres

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/access"
	"tiendo/pkg/postgres/pgtest"
)

func TestASetUpLinkWorksOnceForSevenDays(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	made, err := o.CreateAccount(t.Context(), operator, access.NewAccount{User: "lan", Name: "Lan"})
	require.NoError(t, err)
	refused(t, "sign-in-refused", o.signIn("lan", "", "192.0.2.1"), "no password is none")

	o.now = o.now.Add(access.Setup - time.Second)
	look, err := o.LookAtLink(t.Context(), made.Secret)
	require.NoError(t, err)
	require.Equal(t, "Lan", look.Account.Name)
	_, err = o.SetUp(t.Context(), made.Secret, "short")
	refused(t, "password-weak", err, "which does not use it up")
	well, failed := together(t, 4, func(ctx context.Context, _ int) error {
		_, err := o.SetUp(ctx, made.Secret, goodPassword)
		return err
	})
	require.Equal(t, 1, well)
	for _, err := range failed {
		refused(t, "setup-link-unknown", err)
	}
	require.NoError(t, o.signIn("lan", goodPassword, "192.0.2.1"))

	late, err := o.SetupLink(t.Context(), operator, "lan")
	require.NoError(t, err)
	o.now = late.Until
	_, err = o.LookAtLink(t.Context(), late.Secret)
	refused(t, "setup-link-unknown", err)
	_, err = o.SetUp(t.Context(), late.Secret, goodPassword)
	refused(t, "setup-link-unknown", err)
	for _, s := range []access.Secret{"", "tdu_", access.NewSecret(access.ForSetup), access.NewSecret(access.ForToken)} {
		_, err = o.LookAtLink(t.Context(), s)
		refused(t, "setup-link-unknown", err)
	}
}

func TestANewSetUpLinkEndsTheOlderOneThePasswordAndTheSessions(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	lead := o.has("lead", access.Lead, "06")
	o.has("lan", access.Reporter, "058")
	id := begin(t, o.sessions, "lan")
	older, err := o.SetupLink(t.Context(), lead, "lan")
	require.NoError(t, err)
	newer, err := o.SetupLink(t.Context(), lead, "lan")
	require.NoError(t, err)
	_, found, err := o.sessions.FindCtx(t.Context(), id)
	require.NoError(t, err)
	require.False(t, found)
	refused(t, "sign-in-refused", o.signIn("lan", goodPassword, "192.0.2.1"))
	_, err = o.SetUp(t.Context(), older.Secret, goodPassword)
	refused(t, "setup-link-unknown", err)
	_, err = o.SetUp(t.Context(), newer.Secret, goodPassword)
	require.NoError(t, err)

	links := pgtest.Value[int](t, o.store.pool, "accounts", "SELECT count(*) FROM setup_link")
	require.Zero(t, links)
}

func TestNothingThatIsKeptGivesASecretAway(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	o.has("lan", access.Reporter, "058")
	invited, err := o.SetupLink(t.Context(), operator, "lan")
	require.NoError(t, err)
	_, token := o.token("lan", "read", "058")
	all := pgtest.Value[string](t, o.store.pool, "accounts", `SELECT concat(
		(SELECT string_agg(t::text, ' ') FROM setup_link t), (SELECT string_agg(t::text, ' ') FROM api_token t), (SELECT string_agg(t::text, ' ') FROM access_event t))`)
	require.NotEmpty(t, all)
	for _, s := range []access.Secret{invited.Secret, token} {
		require.NotContains(t, all, s.Reveal())
		require.NotContains(t, all, s.Reveal()[4:])
	}
}
