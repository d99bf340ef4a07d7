package postgres

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/fault"
	"tiendo/pkg/postgres/pgtest"
)

func TestEveryActOnAccountsStandsInTheChainedLog(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	root := o.has("root", access.Administrator, area.Nation)
	together(t, 6, func(ctx context.Context, i int) error {
		_, err := o.CreateAccount(ctx, root, access.NewAccount{User: fmt.Sprintf("user%d", i), Name: "U", Grants: []access.Grant{{Edition: "small", Area: "058", Role: access.Viewer}}})
		return err
	})
	made, _ := o.token("root", "read", area.Nation)
	require.NoError(t, o.RevokeToken(t.Context(), root, "root", made.ID))
	require.NoError(t, o.Take(t.Context(), root, "user1", "small", "058", access.AnyRevision))
	invited, err := o.SetupLink(t.Context(), root, "user1")
	require.NoError(t, err)
	_, err = o.SetUp(t.Context(), invited.Secret, goodPassword)
	require.NoError(t, err)
	unit := "UBND"
	_, err = o.ChangeAccount(t.Context(), root, access.AccountChange{User: "user1", Unit: &unit, If: access.AnyRevision})
	require.NoError(t, err)
	_, err = o.Disable(t.Context(), root, "user1", access.AnyRevision)
	require.NoError(t, err)

	events, err := o.store.Events(t.Context(), 0, 100)
	require.NoError(t, err)
	var head access.Head
	kinds := map[access.Kind]access.Event{}
	for i := range events {
		e := &events[i]
		require.Equal(t, head.Revision+1, e.Revision)
		require.False(t, e.Recorded.Before(head.Recorded))
		digest, err := e.Digest(head.Hash)
		require.NoError(t, err)
		require.Equal(t, digest, e.Hash, "event %d", e.Revision)
		head, kinds[e.Kind] = e.Head(), *e
	}
	for _, k := range []access.Kind{
		access.AccountMade, access.AccountChanged, access.AccountDisabled, access.SetupLinkMade, access.PasswordSet,
		access.GrantGiven, access.GrantTaken, access.TokenMade, access.TokenRevoked,
	} {
		require.Contains(t, kinds, k)
	}
	taken := kinds[access.GrantTaken]
	require.Equal(t, []any{access.UserID("user1"), "small", area.Code("058"), "root", access.Viewer},
		[]any{taken.User, taken.Edition, taken.Area, taken.Actor.ID(), *taken.Before.Role})
	now, err := o.Account(t.Context(), "user1")
	require.NoError(t, err)
	require.Equal(t, head.Revision, now.Revision, "the account has the revision of its last event")
}

func TestTheLogOfAccountsCanOnlyBeAddedTo(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	o.has("lan", access.Viewer, "058")
	for _, statement := range []string{
		"UPDATE access_event SET actor_name = 'somebody else' WHERE revision = 1", "DELETE FROM access_event WHERE revision = 2",
		"DELETE FROM access_event", "TRUNCATE access_event",
		"INSERT INTO access_event SELECT * FROM access_event ON CONFLICT ON CONSTRAINT access_event_pk DO UPDATE SET kind = 'x'",
	} {
		err := pgtest.Exec(o.store.pool, "accounts", statement)
		refused(t, "log-append-only", mapped(err), statement)
		require.Equal(t, fault.Forbidden, fault.KindOf(mapped(err)))
	}
}

func TestAnEventThatWasBentDoesNotFitItsHash(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	o.has("lan", access.Viewer, "058")
	for _, bend := range []string{
		"actor_name = 'x'", "user_id = 'mai'", "after = '{\"role\":\"lead\"}'", "before = '{}'", "kind = 'x'", "area_code = '06'", "recorded_at = recorded_at + interval '1 second'", "edition = NULL",
	} {
		require.NoError(t, pgtest.Exec(o.store.pool, "accounts", "ALTER TABLE access_event DISABLE TRIGGER ALL"))
		require.NoError(t, pgtest.Exec(o.store.pool, "accounts", "UPDATE access_event SET "+bend+" WHERE revision = 2"))
		events, err := o.store.Events(t.Context(), 0, 2)
		require.NoError(t, err)
		digest, err := events[1].Digest(events[0].Hash)
		require.NoError(t, err)
		require.NotEqual(t, events[1].Hash, digest, bend)
	}
}
