package postgres

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/fault"
)

func (o *office) grant(by access.Actor, user access.UserID, code area.Code, role access.Role) error {
	_, err := o.Grant(o.t.Context(), by, access.Grant{User: user, Edition: "small", Area: code, Role: role}, access.AnyRevision)
	return err
}

func TestRolesAreGrantedUpToOnesOwnInOnesBranch(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	nation, province, district := o.has("nation", access.Administrator, area.Nation), o.has("province", access.Lead, "06"), o.has("district", access.Lead, "058")
	o.has("lan", access.Viewer, "060")
	require.NoError(t, o.grant(district, "lan", "01840", access.Reporter))
	require.Equal(t, access.Reporter, o.role("lan", "01840"))
	refused(t, "not-allowed", o.grant(district, "lan", "060", access.Reporter))
	refused(t, "not-allowed", o.grant(district, "lan", "06", access.Reporter))
	refused(t, "administrator-of-the-country", o.grant(province, "lan", "06", access.Administrator))
	refused(t, "grant-of-superior", o.grant(district, "nation", "058", access.Viewer))
	refused(t, "grant-of-superior", o.grant(district, "nation", "058", access.None), "a branch is not taken from who leads above")
	require.NoError(t, o.grant(district, "province", "058", access.Viewer), "what is held from above is more")
	require.Equal(t, access.Lead, o.role("province", "058"))
	require.NoError(t, o.grant(province, "lan", "01840", access.Lead))
	refused(t, "user-not-found", o.grant(province, "nobody", "058", access.Viewer))
	refused(t, "area-not-found", o.grant(nation, "lan", "01", access.Viewer))
	require.NoError(t, o.grant(nation, "lan", area.Nation, access.Lead))
	c, err := o.Caller(t.Context(), "lan")
	require.NoError(t, err)
	require.Equal(t, access.Lead, c.Rights(area.Edition2021()).Role(0), "the nation's holds in every edition")

	_, err = o.Grant(t.Context(), nation, access.Grant{User: "lan", Edition: "small", Area: "060", Role: access.Reporter}, 0)
	refused(t, "stale-revision", err)
	f, _ := fault.As(err)
	was, _ := f.Current.(access.Granted)
	require.Equal(t, access.Viewer, was.Role)
	given, err := o.Grant(t.Context(), nation, access.Grant{User: "lan", Edition: "small", Area: "060", Role: access.Reporter}, was.Revision)
	require.NoError(t, err)
	require.Greater(t, given.Revision, was.Revision)
	same, err := o.Grant(t.Context(), nation, access.Grant{User: "lan", Edition: "small", Area: "060", Role: access.Reporter}, given.Revision)
	require.NoError(t, err)
	require.Equal(t, given, same, "the same again changes nothing")
}

func TestWhatWasGrantedIsTakenAway(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	province, district := o.has("province", access.Lead, "06"), o.has("district", access.Lead, "058")
	o.has("lan", access.Reporter, "01840", "06")
	refused(t, "grant-not-found", o.Take(t.Context(), province, "lan", "small", "058", access.AnyRevision))
	require.NoError(t, o.grant(district, "lan", "058", access.None))
	require.Equal(t, access.Reporter, o.role("lan", "01840"), "what is granted below the end counts")
	require.NoError(t, o.Take(t.Context(), district, "lan", "small", "01840", access.AnyRevision))
	require.Equal(t, access.None, o.role("lan", "01840"))
	require.NoError(t, o.Take(t.Context(), district, "lan", "small", "058", access.AnyRevision))
	require.Equal(t, access.Reporter, o.role("lan", "01840"), "held from above again")
	refused(t, "not-allowed", o.Take(t.Context(), district, "lan", "small", "06", access.AnyRevision))
	well, failed := together(t, 2, func(ctx context.Context, _ int) error {
		return o.Take(ctx, province, "lan", "small", "06", access.AnyRevision)
	})
	require.Equal(t, 1, well)
	refused(t, "grant-not-found", failed[0])
	require.NoError(t, o.grant(operator, "lan", "06", access.Lead))
	require.NoError(t, o.grant(operator, "lan", "058", access.None))
	require.NoError(t, o.grant(operator, "district", "058", access.Lead))
	reporter := o.has("reporter", access.Reporter, "058")
	refused(t, "not-allowed", o.Take(t.Context(), reporter, "lan", "small", "058", access.AnyRevision))
}

func TestWhoLosesHisRoleActsNoMore(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	district := o.has("district", access.Lead, "058")
	o.has("lan", access.Viewer, "01840")
	require.NoError(t, o.Take(t.Context(), operator, "district", "small", "058", access.AnyRevision))
	refused(t, "not-allowed", o.grant(district, "lan", "058", access.Viewer))
	_, err := o.Disable(t.Context(), operator, "district", access.AnyRevision)
	require.NoError(t, err)
	refused(t, "sign-in-needed", o.grant(district, "lan", "058", access.Viewer))
}

func TestPeopleOfABranchAreFoundPageByPage(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	o.has("root", access.Administrator, area.Nation)
	o.has("province", access.Lead, "06")
	o.has("lan", access.Lead, "058")
	o.has("mai", access.Reporter, "058", "01840")
	o.has("elsewhere", access.Lead, "31")
	query := access.PeopleQuery{Edition: "small", Area: "06", Branch: true, Limit: 2}
	var all []string
	for {
		page, err := o.People(t.Context(), query)
		require.NoError(t, err)
		if len(page) == 0 {
			break
		}
		for _, p := range page {
			all = append(all, string(p.Area)+" "+string(p.User)+" "+p.Role.String())
		}
		query.After = page[len(page)-1].Mark()
	}
	require.Equal(t, []string{"06 province lead", "058 lan lead", "058 mai reporter", "01840 mai reporter"}, all)
	of := func(q access.PeopleQuery) (users []access.UserID) {
		q.Limit = 100
		found, err := o.People(t.Context(), q)
		require.NoError(t, err)
		for _, p := range found {
			users = append(users, p.User)
		}
		return users
	}
	require.Equal(t, []access.UserID{"lan", "mai"}, of(access.PeopleQuery{Edition: "small", Area: "058"}))
	require.Equal(t, []access.UserID{"root"}, of(access.PeopleQuery{Edition: "small", Area: area.Nation}))
	require.Len(t, of(access.PeopleQuery{Edition: "small", Area: area.Nation, Branch: true}), 6)

	above, err := o.LeadsAbove(t.Context(), "small", "01840")
	require.NoError(t, err)
	var leads []access.UserID
	for _, p := range above {
		leads = append(leads, p.User)
	}
	require.Equal(t, []access.UserID{"lan", "province", "root"}, leads, "the nearest first")
	list, err := o.store.List(t.Context(), "small")
	require.NoError(t, err)
	led, err := o.Leads(t.Context(), list)
	require.NoError(t, err)
	for code, is := range map[area.Code]bool{"06": true, "058": true, "31": true, "060": false, "01840": false} {
		i, _ := list.Index(code)
		require.Equal(t, is, led(i), code)
	}
	_, err = o.Disable(t.Context(), operator, "lan", access.AnyRevision)
	require.NoError(t, err)
	led, err = o.Leads(t.Context(), list)
	require.NoError(t, err)
	i, _ := list.Index("058")
	require.False(t, led(i), "who is disabled leads nothing")
}

func TestAListThatTakesAnEditionsPlaceKeepsWhatWasGranted(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	o.has("lan", access.Lead, "058")
	_, err := o.store.Import(t.Context(), area.Edition2021().Only("small", "058", "060"), "test", o.now)
	require.NoError(t, err)
	require.Equal(t, access.Lead, o.role("lan", "01840"))
	_, err = o.store.Import(t.Context(), area.Edition2021().Only("small", "060"), "test", o.now)
	refused(t, "reference-missing", err)
	require.Equal(t, access.Lead, o.role("lan", "01840"))
}

// TestNobodyGivesMoreThanHeHolds lets a user with any grants grant and take what
// he may: afterwards nobody holds, in any place, more than he held there before
// or the user holds.
func TestNobodyGivesMoreThanHeHolds(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	list, err := o.store.List(t.Context(), "small")
	require.NoError(t, err)
	places := []area.Code{area.Nation, "06", "058", "060", "01840", "01843", "31", "318"}
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		draw := func(user string) []access.Grant {
			var all []access.Grant
			for _, code := range rapid.SliceOfDistinct(rapid.SampledFrom(places), rapid.ID[area.Code]).Draw(rt, user) {
				all = append(all, access.Grant{Edition: "small", Area: code, Role: access.Role(rapid.IntRange(0, 3).Draw(rt, "role"))})
			}
			return all
		}
		account := func(name string) access.Actor {
			made, err := o.CreateAccount(t.Context(), operator, access.NewAccount{
				User: name + string(rune('a'+run/26)) + string(rune('a'+run%26)), Name: name, Password: goodPassword, Grants: draw(name),
			})
			require.NoError(t, err)
			return access.Actor{User: made.Account.User, Name: name}
		}
		actor, other := account("actor"), account("other")
		rights := func(user access.UserID) access.Rights {
			c, err := o.Caller(t.Context(), user)
			require.NoError(t, err)
			return c.Rights(list)
		}
		own, had := rights(actor.User), rights(other.User)
		for range rapid.IntRange(1, 8).Draw(rt, "acts") {
			code, role := rapid.SampledFrom(places).Draw(rt, "place"), access.Role(rapid.IntRange(0, 3).Draw(rt, "gives"))
			whom := rapid.SampledFrom([]access.UserID{actor.User, other.User}).Draw(rt, "whom")
			if rapid.Bool().Draw(rt, "takes") {
				err = o.Take(t.Context(), actor, whom, "small", code, access.AnyRevision)
			} else {
				err = o.grant(actor, whom, code, role)
			}
			if err != nil {
				require.Contains(t, []fault.Kind{fault.Forbidden, fault.NotFound}, fault.KindOf(err), err)
			}
		}
		now, then := rights(other.User), rights(actor.User)
		for i := range list.Len() {
			require.LessOrEqual(t, now.Role(i), max(had.Role(i), own.Role(i)), list.At(i).Code)
			require.LessOrEqual(t, then.Role(i), own.Role(i), list.At(i).Code)
		}
	})
}
