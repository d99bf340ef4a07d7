package api_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tiendo/api"
	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/postgres"
)

// office has accounts whose clock a test moves.
func (d *database) office(c *clock) (*access.Service, setting) {
	d.t.Helper()
	accounts, err := access.NewService(postgres.New(d.pool), c.now, zone(d.t), quick{})
	require.NoError(d.t, err)
	return accounts, func(to *api.Config) { to.Access, to.Now = accounts, c.now }
}

func (d *database) tokenOf(user access.UserID, name string, edition string, code area.Code, c *clock) (access.Token, access.Secret) {
	d.t.Helper()
	made, secret, err := d.accounts.MakeToken(d.t.Context(), access.Operator("test"), access.NewToken{
		User: user, Name: name, Access: "read", Edition: edition, Area: code, Expires: civil.Of(c.now(), zone(d.t)).Add(30),
	})
	require.NoError(d.t, err)
	return made, secret
}

const clientsOf06 = v1 + "/areas/06/clients"

func TestALeadSeesWhichClientsOfHisBranchStillRefresh(t *testing.T) {
	t.Parallel()
	d, now := newDatabase(t), &clock{}
	now.set(t, time.Now().UTC().Truncate(time.Second).Format(time.RFC3339))
	_, on := d.office(now)
	s, other := d.serve(on), d.serve(func() setting { _, on := d.office(now); return on }())
	lead := s.as(d.user("mai", "Mai Thị Hoa", grant("06", access.Lead)))
	portal, secret := d.tokenOf("mai", "Cổng thông tin tỉnh", "small", "06", now)
	client, asked := s.as(secret), other.as(secret)
	tag := client.get(timelineOf("06")).ok().tag()
	for range 7 {
		now.moves(time.Minute)
		require.Equal(t, http.StatusNotModified, client.get(timelineOf("06"), "If-None-Match", tag).status)
	}
	at := now.now()
	asked.get(timelineOf("058")).ok()
	asked.get(v1+"/areas/nowhere").refused(http.StatusNotFound, "area-not-found")
	asked.get(v1+"/areas/31/people").refused(http.StatusNotFound, "nothing-here")
	other.as(d.token).get(me+"/tokens").refused(http.StatusForbidden, "token-not-for-this")

	cookie := other.signIn("mai")
	tokens := as[api.TokenList](other.get(me+"/tokens", "Cookie", cookie).ok()).Items // writes down what that server counted
	require.Equal(t, "Cổng thông tin tỉnh", tokens[0].Name)
	found := as[api.ClientList](lead.get(clientsOf06).ok())
	require.Len(t, found.Items, 2, "the portal's, and that of the lead herself")
	require.False(t, found.Next.IsSpecified() && !found.Next.IsNull())
	one := found.Items[0]
	if one.Token != portal.ID {
		one = found.Items[1]
	}
	require.Equal(t, "Mai Thị Hoa", one.Owner)
	h := one.Health
	require.Equal(t, at.Unix(), h.RefreshedAt.MustGet().Unix())
	require.InDelta(t, 60, h.IntervalSeconds.MustGet(), 0.001)
	require.False(t, h.Stale)
	require.EqualValues(t, 11, h.Requests)
	require.EqualValues(t, 2, h.Whole)
	require.EqualValues(t, 7, h.Unchanged)
	require.InDelta(t, 7.0/9, h.UnchangedShare.MustGet(), 0.001)
	require.EqualValues(t, 2, h.Refused)
	require.Equal(t, 404, h.LastFailureStatus.MustGet())
	require.True(t, h.ChangesRevision.IsNull())

	now.moves(3*time.Minute + time.Second)
	again := as[api.TokenList](s.get(me+"/tokens", "Cookie", cookie).ok()).Items
	require.True(t, again[0].Health.Stale, "three of its own intervals without a refresh")
}

func TestTheClientsOfABranchAreForWhoLeadsThere(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	s := d.serve()
	reporter := s.as(d.user("chi", "Chi", grant("06", access.Reporter)))
	beside := s.as(d.user("hai", "Hải", grant("31", access.Lead)))
	reporter.get(clientsOf06).refused(http.StatusForbidden, "not-allowed")
	beside.get(clientsOf06).refused(http.StatusNotFound, "nothing-here")
	s.stranger().get(clientsOf06).refused(http.StatusUnauthorized, "sign-in-needed")
	require.NotContains(t, beside.get(v1+"/areas/31/clients").ok().text(), "chi")
	require.Contains(t, s.get(clientsOf06).ok().text(), "chi")

	now := &clock{}
	now.set(t, time.Now().UTC().Format(time.RFC3339))
	for i := range 5 {
		d.tokenOf("chi", fmt.Sprint("máy ", i), "small", "058", now)
	}
	seen := map[string]bool{}
	for address := clientsOf06 + "?limit=2"; ; {
		page := as[api.ClientList](s.get(address).ok())
		for _, c := range page.Items {
			require.False(t, seen[c.Token])
			seen[c.Token] = true
		}
		if page.Next.IsNull() {
			break
		}
		address = page.Next.MustGet()
	}
	require.Len(t, seen, 6)
	s.get(clientsOf06+"?after=x").refused(http.StatusBadRequest, "token-unreadable")
	s.get(clientsOf06+"?limit=201").refused(http.StatusUnprocessableEntity, "parameter-refused")
}
