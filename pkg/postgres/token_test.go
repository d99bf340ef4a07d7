package postgres

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/civil"
)

// token makes a token of the user's that is good for ten days.
func (o *office) token(user access.UserID, kind string, code area.Code) (access.Token, access.Secret) {
	o.t.Helper()
	t, secret, err := o.MakeToken(o.t.Context(), access.Actor{User: user, Name: string(user)}, access.NewToken{
		User: user, Name: "máy", Access: kind, Edition: "small", Area: code, Expires: civil.Of(o.now, time.UTC).Add(10),
	})
	require.NoError(o.t, err)
	return t, secret
}

func TestATokenIsWorthWhatItsScopeAndItsOwnerAre(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	o.has("lan", access.Lead, "06")
	list, err := o.store.List(t.Context(), "small")
	require.NoError(t, err)
	role := func(s access.Secret, code area.Code) access.Role {
		c, err := o.TokenCaller(t.Context(), s)
		require.NoError(t, err)
		require.Equal(t, access.UserID("lan"), c.Account.User)
		i, _ := list.Index(code)
		return c.Rights(list).Role(i)
	}
	_, reads := o.token("lan", "read", area.Nation)
	_, writes := o.token("lan", "write", "058")
	require.Equal(t, access.Viewer, role(reads, "06"))
	require.Equal(t, access.None, role(reads, "31"))
	require.Equal(t, access.Lead, role(writes, "01840"))
	require.Equal(t, access.None, role(writes, "060"))
	c, err := o.TokenCaller(t.Context(), writes)
	require.NoError(t, err)
	require.Equal(t, access.None, c.Rights(area.Edition2021()).Role(0), "its branch is that of another edition")

	by := c.Actor()
	_, err = o.Grant(t.Context(), by, access.Grant{User: "lan", Edition: "small", Area: "060", Role: access.Viewer}, access.AnyRevision)
	refused(t, "not-allowed", err, "outside its branch")
	_, err = o.CreateAccount(t.Context(), by, access.NewAccount{User: "mai", Name: "Mai", Grants: []access.Grant{{Edition: "small", Area: "058", Role: access.Reporter}}})
	require.NoError(t, err, "inside")
	for _, forbidden := range []error{
		o.RevokeToken(t.Context(), by, "lan", "x"),
		func() error {
			_, _, err := o.MakeToken(t.Context(), by, access.NewToken{User: "lan", Name: "x", Access: "read", Area: area.Nation, Expires: civil.Of(o.now, time.UTC)})
			return err
		}(),
	} {
		refused(t, "token-not-for-this", forbidden)
	}
	c, err = o.TokenCaller(t.Context(), reads)
	require.NoError(t, err)
	_, err = o.CreateAccount(t.Context(), c.Actor(), access.NewAccount{User: "an2", Name: "An", Grants: []access.Grant{{Edition: "small", Area: "058", Role: access.Viewer}}})
	refused(t, "not-allowed", err, "it only reads")
}

func TestATokenEnds(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	o.has("lan", access.Lead, "06")
	lan := access.Actor{User: "lan", Name: "lan"}
	made, secret := o.token("lan", "read", "058")
	o.now = o.now.AddDate(0, 0, 10)
	_, err := o.TokenCaller(t.Context(), secret)
	require.NoError(t, err, "its last day")
	o.now = o.now.AddDate(0, 0, 1)
	_, err = o.TokenCaller(t.Context(), secret)
	refused(t, "token-unknown", err)
	o.now = o.now.AddDate(0, 0, -5)

	o.has("mai", access.Lead, "06")
	refused(t, "not-allowed", o.RevokeToken(t.Context(), access.Actor{User: "mai"}, "lan", made.ID))
	refused(t, "token-not-found", o.RevokeToken(t.Context(), access.Actor{User: "mai"}, "mai", made.ID))
	require.NoError(t, o.RevokeToken(t.Context(), lan, "lan", made.ID))
	refused(t, "token-not-found", o.RevokeToken(t.Context(), lan, "lan", made.ID))
	_, err = o.TokenCaller(t.Context(), secret)
	refused(t, "token-unknown", err)
	for _, s := range []access.Secret{"", "tdt_x", access.NewSecret(access.ForToken), access.NewSecret(access.ForSetup)} {
		_, err = o.TokenCaller(t.Context(), s)
		refused(t, "token-unknown", err)
	}
	all, err := o.Tokens(t.Context(), "lan")
	require.NoError(t, err)
	require.Len(t, all, 1, "it stands in the list")
	require.Equal(t, o.now, all[0].Revoked)
}

func TestATokensUseIsNotedOnceAMinute(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	o.has("lan", access.Lead, "06")
	_, secret := o.token("lan", "read", "058")
	used := func() time.Time {
		_, err := o.TokenCaller(t.Context(), secret)
		require.NoError(t, err)
		all, err := o.Tokens(t.Context(), "lan")
		require.NoError(t, err)
		return all[0].Used
	}
	first := o.now
	require.Equal(t, first, used())
	o.now = first.Add(access.Touch - time.Second)
	require.Equal(t, first, used())
	o.now = first.Add(access.Touch)
	require.Equal(t, o.now, used())
}

func TestATokenThatCannotBeIsRefused(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	o.has("lan", access.Lead, "06")
	today := civil.Of(o.now, time.UTC)
	base := access.NewToken{User: "lan", Name: "máy", Access: "read", Edition: "small", Area: "058", Expires: today}
	for code, change := range map[string]func(*access.NewToken){
		"token-name-missing":   func(n *access.NewToken) { n.Name = " " },
		"token-access-unknown": func(n *access.NewToken) { n.Access = "admin" },
		"token-expiry-refused": func(n *access.NewToken) { n.Expires = today.Add(-1) },
		"area-not-found":       func(n *access.NewToken) { n.Area = "999" },
		"edition-not-found":    func(n *access.NewToken) { n.Edition = "none" },
		"not-allowed":          func(n *access.NewToken) { n.User = "mai" },
	} {
		n := base
		change(&n)
		_, _, err := o.MakeToken(t.Context(), access.Actor{User: "lan"}, n)
		refused(t, code, err)
	}
	base.Expires = today.Add(367)
	_, _, err := o.MakeToken(t.Context(), access.Actor{User: "lan"}, base)
	refused(t, "token-expiry-refused", err)
	for range 50 {
		o.token("lan", "read", "058")
	}
	base.Expires = today
	_, _, err = o.MakeToken(t.Context(), access.Actor{User: "lan"}, base)
	refused(t, "tokens-too-many", err)
}
