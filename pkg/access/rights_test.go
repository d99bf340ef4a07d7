package access_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/fault"
)

var list = area.Edition2021().Only("2021", "058", "060", "318")

func at(t require.TestingT, code area.Code) int {
	i, ok := list.Index(code)
	require.True(t, ok, code)
	return i
}

func nobody(int) bool { return false }

// verbs with the role that they take in the unit that decides.
var verbs = []struct {
	verb access.Verb
	role access.Role
}{
	{access.Read, access.Viewer},
	{access.Report, access.Reporter},
	{access.Confirm, access.Lead},
	{access.Organise, access.Lead},
	{access.Admit, access.Lead},
	{access.Administer, access.Administrator},
}

// TestWhoMayDoWhatWhere is the whole matrix: role × where it is held × verb,
// asked of Thành phố Bắc Kạn (058), whose province has a lead of its own.
func TestWhoMayDoWhatWhere(t *testing.T) {
	t.Parallel()
	const asked = "058"
	led := func(i int) bool { return i == at(t, "06") }
	for _, held := range []struct {
		where    string
		code     area.Code
		at, over bool // the role counts at the place asked of; at the level that confirms it
	}{
		{"itself", "058", true, false},
		{"the province above", "06", true, true},
		{"the nation", area.Nation, true, true},
		{"a commune below", "01840", false, false},
		{"the district beside", "060", false, false},
		{"another province", "31", false, false},
	} {
		for role := access.Viewer; role <= access.Administrator; role++ {
			r := access.NewRights(list, []access.Grant{{User: "lan", Edition: "2021", Area: held.code, Role: role}})
			for _, v := range verbs {
				t.Run(fmt.Sprintf("%s of %s to %s", role, held.where, v.verb), func(t *testing.T) {
					t.Parallel()
					has := role
					if role == access.Administrator && held.code != area.Nation {
						has = access.None // there is no administrator of a part of the country
					}
					may := has >= v.role
					switch v.verb {
					case access.Confirm:
						may = may && held.over
					case access.Administer:
						may = may && held.code == area.Nation
					default:
						may = may && held.at
					}
					err := r.May(v.verb, at(t, asked), led)
					if may {
						require.NoError(t, err)
						return
					}
					require.True(t, fault.Is(err, "not-allowed"), err)
					require.Equal(t, fault.Forbidden, fault.KindOf(err))
				})
			}
		}
	}
}

func TestConfirmingFallsToTheNextLevelAboveThatHasALead(t *testing.T) {
	t.Parallel()
	commune := at(t, "01840")
	province := access.NewRights(list, []access.Grant{{Edition: "2021", Area: "06", Role: access.Lead}})
	require.NoError(t, province.May(access.Confirm, commune, func(i int) bool { return i == at(t, "06") }), "the district has nobody")
	require.NoError(t, province.May(access.Confirm, commune, func(i int) bool { return i == at(t, "058") }),
		"a lead of the province leads in its districts as well")
	district := access.NewRights(list, []access.Grant{{Edition: "2021", Area: "058", Role: access.Lead}})
	require.NoError(t, district.May(access.Confirm, commune, func(i int) bool { return i == at(t, "058") }))
	require.Error(t, district.May(access.Confirm, at(t, "058"), func(i int) bool { return i == at(t, "058") }), "nobody confirms his own")
	nation := access.NewRights(list, []access.Grant{{Edition: "2021", Area: area.Nation, Role: access.Lead}})
	require.NoError(t, nation.May(access.Confirm, 0, nobody), "nobody is above the nation")
}

func TestARefusalNamesTheUnitThatMay(t *testing.T) {
	t.Parallel()
	err := access.Rights{}.May(access.Report, 0, nobody)
	require.True(t, fault.Is(err, "not-allowed"))
	beside := access.NewRights(list, []access.Grant{{Edition: "2021", Area: "060", Role: access.Lead}})
	f, _ := fault.As(beside.May(access.Report, at(t, "01840"), nobody))
	require.Contains(t, f.Text.Vi, list.At(at(t, "01840")).Name)
	f, _ = fault.As(beside.May(access.Confirm, at(t, "01840"), func(i int) bool { return i == at(t, "058") }))
	require.Contains(t, f.Text.Vi, "Thành phố Bắc Kạn", "the district confirms its communes")
}

func TestABranchCanBeTakenOutAndGivenBack(t *testing.T) {
	t.Parallel()
	r := access.NewRights(list, []access.Grant{
		{Edition: "2021", Area: "06", Role: access.Lead},
		{Edition: "2021", Area: "058", Role: access.None},
		{Edition: "2021", Area: "01840", Role: access.Reporter},
	})
	require.Equal(t, access.Lead, r.Role(at(t, "06")))
	require.Equal(t, access.Lead, r.Role(at(t, "060")))
	require.Equal(t, access.None, r.Role(at(t, "058")))
	require.Equal(t, access.Reporter, r.Role(at(t, "01840")), "what is granted below the end counts")
	require.Equal(t, access.None, r.Role(at(t, "01843")))
}

func TestWhatATakenOutBranchReportsIsNotConfirmedByWhoLeadsAbove(t *testing.T) {
	t.Parallel()
	led := func(i int) bool { return i == at(t, "06") }
	r := access.NewRights(list, []access.Grant{
		{Edition: "2021", Area: "06", Role: access.Lead},
		{Edition: "2021", Area: "058", Role: access.None},
	})
	require.NoError(t, r.May(access.Confirm, at(t, "060"), led))
	for _, code := range []area.Code{"058", "01840"} {
		require.True(t, fault.Is(r.May(access.Confirm, at(t, code), led), "not-allowed"), code)
		require.False(t, r.Confirms(at(t, code), led), code)
	}
}

func TestTheNationIsTheSameInAllEditions(t *testing.T) {
	t.Parallel()
	r := access.NewRights(list, []access.Grant{{Edition: "2025", Area: area.Nation, Role: access.Administrator}})
	require.NoError(t, r.May(access.Administer, 0, nobody))
	require.Equal(t, access.Administrator, r.Role(at(t, "01840")))
}

func TestRightsOfAnotherEditionGiveNothing(t *testing.T) {
	t.Parallel()
	r := access.NewRights(list, []access.Grant{{Edition: "2026", Area: "06", Role: access.Lead}})
	require.Equal(t, access.None, r.Role(at(t, "06")), "codes are no identities between editions")
}

func TestATokenIsWorthNoMoreThanItsOwner(t *testing.T) {
	t.Parallel()
	owner := access.NewRights(list, []access.Grant{{Edition: "2021", Area: "06", Role: access.Reporter}})
	for _, c := range []struct {
		name   string
		rights access.Rights
		at     area.Code
		role   access.Role
	}{
		{"reads only", owner.Limited(access.Viewer, area.Nation), "058", access.Viewer},
		{"more than the owner has", owner.Limited(access.Administrator, area.Nation), "058", access.Reporter},
		{"inside its branch", owner.Limited(access.Reporter, "058"), "01840", access.Reporter},
		{"outside its branch", owner.Limited(access.Reporter, "058"), "060", access.None},
		{"above its branch", owner.Limited(access.Reporter, "058"), "06", access.None},
		{"of a place that is not there", owner.Limited(access.Reporter, "999"), "06", access.None},
		{"limited twice, to the smaller", owner.Limited(access.Reporter, "058").Limited(access.Reporter, "06"), "060", access.None},
		{"limited twice, to two places", owner.Limited(access.Reporter, "058").Limited(access.Reporter, "060"), "058", access.None},
	} {
		require.Equal(t, c.role, c.rights.Role(at(t, c.at)), c.name)
	}
}

// TestRolesAreFoundAsByGoingDown compares with going from the nation down,
// which takes and loses roles on its way.
func TestRolesAreFoundAsByGoingDown(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		held := map[int]access.Role{}
		var grants []access.Grant
		for _, i := range rapid.SliceOfNDistinct(rapid.IntRange(0, list.Len()-1), 0, 12, rapid.ID[int]).Draw(t, "areas") {
			held[i] = access.Role(rapid.IntRange(0, int(access.Lead)).Draw(t, "role"))
			grants = append(grants, access.Grant{Edition: "2021", Area: list.At(i).Code, Role: held[i]})
		}
		rights := access.NewRights(list, grants)
		i := rapid.IntRange(0, list.Len()-1).Draw(t, "asked")
		way := append(list.Ancestors(i), i)
		var role access.Role
		for depth := range way {
			step := i
			if depth < len(way)-1 {
				step = list.Ancestors(i)[len(way)-2-depth]
			}
			if r, ok := held[step]; ok && r == access.None {
				role = access.None
			} else {
				role = max(role, r)
			}
		}
		require.Equal(t, role, rights.Role(i))
	})
}

// TestATerritoryIsWhereARoleIsHeld compares with asking of every place.
func TestATerritoryIsWhereARoleIsHeld(t *testing.T) {
	t.Parallel()
	require.Empty(t, access.Rights{}.Territory(access.Viewer).Stretches())
	rapid.Check(t, func(t *rapid.T) {
		var grants []access.Grant
		for _, i := range rapid.SliceOfN(rapid.IntRange(0, list.Len()-1), 0, 12).Draw(t, "areas") {
			role := access.Role(rapid.IntRange(0, int(access.Administrator)).Draw(t, "role"))
			grants = append(grants, access.Grant{Edition: "2021", Area: list.At(i).Code, Role: role})
		}
		rights := access.NewRights(list, grants)
		if rapid.Bool().Draw(t, "token") {
			rights = rights.Limited(access.Viewer, list.At(rapid.IntRange(0, list.Len()-1).Draw(t, "branch")).Code)
		}
		least := access.Role(rapid.IntRange(int(access.Viewer), int(access.Administrator)).Draw(t, "least"))
		held, last := rights.Territory(least), -1
		for i := range list.Len() {
			require.Equal(t, rights.Role(i) >= least, held.Has(i), "%s", list.At(i).Code)
		}
		for _, s := range held.Stretches() {
			require.Less(t, last, s.First, "in order, and none beside another")
			require.Less(t, s.First, s.End)
			last = s.End
		}
	})
}

func TestNobodyGrantsMoreThanHeHolds(t *testing.T) {
	t.Parallel()
	lead := access.NewRights(list, []access.Grant{{Edition: "2021", Area: "06", Role: access.Lead}})
	require.NoError(t, lead.Grantable(access.Lead, at(t, "058")))
	require.NoError(t, lead.Grantable(access.None, at(t, "058")))
	require.True(t, fault.Is(lead.Grantable(access.Viewer, at(t, "31")), "not-allowed"))
	require.True(t, fault.Is(lead.Grantable(access.Administrator, at(t, "058")), "administrator-of-the-country"))
	nation := access.NewRights(list, []access.Grant{{Edition: "2021", Area: area.Nation, Role: access.Lead}})
	require.True(t, fault.Is(nation.Grantable(access.Administrator, 0), "grant-above-own"))
	reporter := access.NewRights(list, []access.Grant{{Edition: "2021", Area: "06", Role: access.Reporter}})
	require.True(t, fault.Is(reporter.Grantable(access.Viewer, at(t, "06")), "not-allowed"))
}

func TestWhereSomebodyWorksIsWhereItWasGranted(t *testing.T) {
	t.Parallel()
	grants := []access.Grant{
		{Edition: "2021", Area: "06", Role: access.Lead},
		{Edition: "2021", Area: "01840", Role: access.Reporter},
		{Edition: "2021", Area: "060", Role: access.None},
		{Edition: "2021", Area: "318", Role: access.Viewer},
	}
	r := access.NewRights(list, grants)
	require.Equal(t, []int{at(t, "06"), at(t, "01840")}, r.Held(access.Reporter))
	require.Equal(t, []int{at(t, "06")}, r.Held(access.Lead))
	part := r.Limited(access.Reporter, "058")
	require.Equal(t, []int{at(t, "058"), at(t, "01840")}, part.Held(access.Reporter), "a token's part of it")
	require.Empty(t, part.Held(access.Lead))
	require.Empty(t, access.Rights{}.Held(access.Viewer))
}

func TestOnlyWhoLeadsWhereItIsDecidedIsWaitedFor(t *testing.T) {
	t.Parallel()
	one := func(code area.Code, role access.Role) access.Rights {
		return access.NewRights(list, []access.Grant{{Edition: "2021", Area: code, Role: role}})
	}
	led := func(i int) bool { return i == at(t, "06") }
	for name, c := range map[string]struct {
		rights access.Rights
		asked  area.Code
		led    access.Led
		want   bool
	}{
		"the level above":                            {one("06", access.Lead), "058", led, true},
		"the next one above, where nobody leads":     {one("06", access.Lead), "01840", led, true},
		"not where the level above has its own lead": {one("06", access.Lead), "01840", func(i int) bool { return led(i) || i == at(t, "058") }, false},
		"not the nation, though it may":              {one(area.Nation, access.Lead), "058", led, false},
		"the nation, where nobody leads at all":      {one(area.Nation, access.Administrator), "058", nobody, true},
		"the nation's own":                           {one(area.Nation, access.Lead), area.Nation, led, true},
		"not one's own":                              {one("058", access.Lead), "058", led, false},
		"not a reporter":                             {one("06", access.Reporter), "058", led, false},
	} {
		require.Equal(t, c.want, c.rights.Confirms(at(t, c.asked), c.led), name)
		if c.want {
			require.NoError(t, c.rights.May(access.Confirm, at(t, c.asked), c.led), name)
		}
	}
	require.False(t, access.Rights{}.Confirms(1, led))
}
