package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/fault"
	"tiendo/pkg/postgres/pgtest"
)

const goodPassword = "bốn con gà trống"

// counted is a way to hash that takes no time, and counts.
type counted struct{ compared atomic.Int64 }

func (*counted) Hash(password string) (string, error) { return "$argon2id$" + password, nil }

func (c *counted) Matches(password, hash string) (bool, error) {
	c.compared.Add(1)
	return hash == "$argon2id$"+password, nil
}

// newAccounts is a service on the store, whose clock the test moves.
func newAccounts(t *testing.T, s *Store, now *time.Time) *access.Service {
	t.Helper()
	accounts, err := access.NewService(s, func() time.Time { return *now }, time.UTC, &counted{})
	require.NoError(t, err)
	return accounts
}

// begin begins a session of the user's and returns its id.
func begin(t *testing.T, sessions *Sessions, user access.UserID) string {
	t.Helper()
	sum := sha256.Sum256([]byte(access.NewSecret(access.ForSession).Reveal()))
	id := base64.RawURLEncoding.EncodeToString(sum[:])
	deadline := sessions.now().Add(access.Longest)
	b, err := access.SessionCodec{}.Encode(deadline, map[string]any{access.SessionUser: string(user), access.SessionDevice: "Firefox"})
	require.NoError(t, err)
	require.NoError(t, sessions.CommitCtx(t.Context(), id, b, sessions.now().Add(access.Idle)))
	return id
}

// office is a database with a small list of areas and nobody in it yet.
type office struct {
	*access.Service
	t        *testing.T
	store    *Store
	sessions *Sessions
	now      time.Time
	hashes   *counted
}

var operator = access.Operator("root")

func anOffice(t *testing.T) *office {
	t.Helper()
	o := &office{t: t, store: New(pgtest.New(t)), now: time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC), hashes: &counted{}}
	_, err := o.store.Import(t.Context(), area.Edition2021().Only("small", "058", "060", "318"), "test", o.now)
	require.NoError(t, err)
	o.Service, err = access.NewService(o.store, func() time.Time { return o.now }, time.UTC, o.hashes)
	require.NoError(t, err)
	o.sessions = NewSessions(o.store, func() time.Time { return o.now })
	return o
}

// has makes an account with a password and a role in each of the areas.
func (o *office) has(user string, role access.Role, areas ...area.Code) access.Actor {
	o.t.Helper()
	n := access.NewAccount{User: user, Name: user, Password: goodPassword}
	for _, code := range areas {
		n.Grants = append(n.Grants, access.Grant{Edition: "small", Area: code, Role: role})
	}
	made, err := o.CreateAccount(o.t.Context(), operator, n)
	require.NoError(o.t, err)
	return access.Actor{User: made.Account.User, Name: made.Account.Name}
}

func (o *office) role(user access.UserID, code area.Code) access.Role {
	o.t.Helper()
	c, err := o.Caller(o.t.Context(), user)
	require.NoError(o.t, err)
	list, err := o.store.List(o.t.Context(), "small")
	require.NoError(o.t, err)
	i, ok := list.Index(code)
	require.True(o.t, ok)
	return c.Rights(list).Role(i)
}

func refused(t *testing.T, code string, err error, why ...any) {
	t.Helper()
	require.True(t, fault.Is(err, code), "%s, got: %v %v", code, err, why)
}

// together does the same several times at once and says how often it went well.
func together(t *testing.T, n int, do func(context.Context, int) error) (well int, failed []error) {
	t.Helper()
	var mu sync.Mutex
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			err := do(t.Context(), i)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				well++
			} else {
				failed = append(failed, err)
			}
		})
	}
	all.Wait()
	return well, failed
}

func TestAnAccountIsMadeByWhoLeadsWithARoleInHisBranch(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	lead := o.has("lead", access.Lead, "06")
	grant := func(code area.Code, role access.Role) []access.Grant {
		return []access.Grant{{Edition: "small", Area: code, Role: role}}
	}
	made, err := o.CreateAccount(t.Context(), lead, access.NewAccount{User: " Lan.Nguyen ", Name: "Nguyễn Thị Lan", Unit: "UBND", Grants: grant("058", access.Lead)})
	require.NoError(t, err)
	require.Equal(t, access.UserID("lan.nguyen"), made.Account.User)
	require.False(t, made.Account.SetUp())
	require.True(t, made.Secret.Is(access.ForSetup))
	require.Equal(t, o.now.Add(7*24*time.Hour), made.Until)
	found, err := o.store.Account(t.Context(), "lan.nguyen")
	require.NoError(t, err)
	require.Equal(t, made.Account, found)
	require.Equal(t, access.Lead, o.role("lan.nguyen", "01840"), "a commune of 058")

	for code, n := range map[string]access.NewAccount{
		"user-exists":                  {User: "lan.nguyen", Name: "Lan", Grants: grant("058", access.Viewer)},
		"grant-missing":                {User: "new", Name: "New"},
		"not-allowed":                  {User: "new", Name: "New", Grants: grant("31", access.Viewer)},
		"administrator-of-the-country": {User: "new", Name: "New", Grants: grant("058", access.Administrator)},
		"area-not-found":               {User: "new", Name: "New", Grants: grant("01", access.Viewer)},
		"user-name-reserved":           {User: "local", Name: "New", Grants: grant("058", access.Viewer)},
		"user-name-not-plain":          {User: "lân", Name: "New", Grants: grant("058", access.Viewer)},
		"account-name-missing":         {User: "new", Grants: grant("058", access.Viewer)},
		"language-unknown":             {User: "new", Name: "New", Language: "fr", Grants: grant("058", access.Viewer)},
		"password-weak":                {User: "new", Name: "New", Password: "short", Grants: grant("058", access.Viewer)},
	} {
		_, err := o.CreateAccount(t.Context(), lead, n)
		refused(t, code, err)
	}
	_, err = o.Account(t.Context(), "new")
	refused(t, "user-not-found", err)
}

func TestAnAccountIsManagedByWhoLeadsWhereverItHoldsSomething(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	province, district, beside := o.has("province", access.Lead, "06"), o.has("district", access.Lead, "058"), o.has("beside", access.Lead, "060")
	o.has("lan", access.Reporter, "01840")
	o.has("both", access.Reporter, "01840", "060")
	name := "Lan Nguyễn"
	change := func(by access.Actor, user access.UserID) error {
		_, err := o.ChangeAccount(t.Context(), by, access.AccountChange{User: user, Name: &name, If: access.AnyRevision})
		return err
	}
	require.NoError(t, change(district, "lan"))
	require.NoError(t, change(province, "both"))
	require.NoError(t, change(access.Actor{User: "lan"}, "lan"), "his own")
	refused(t, "user-not-found", change(beside, "lan"))
	refused(t, "user-of-others", change(district, "both"))
	refused(t, "user-not-found", change(district, "province"), "who holds what he holds above")
	require.NoError(t, o.grant(operator, "province", "058", access.Viewer))
	refused(t, "user-of-others", change(district, "province"), "whom he sees then, and who holds more")
	refused(t, "user-not-found", change(access.Actor{User: "lan"}, "district"))
	refused(t, "sign-in-needed", change(access.Actor{}, "lan"))
	_, err := o.SetupLink(t.Context(), district, "both")
	refused(t, "user-of-others", err)
	_, grants, err := o.Managed(t.Context(), district, "both")
	require.NoError(t, err)
	require.Len(t, grants, 2)
	_, err = o.Disable(t.Context(), district, "district", access.AnyRevision)
	refused(t, "user-is-self", err)
}

func TestWhatWasEndedForALeadHeDoesNotGetBackByAnotherAccount(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	lead := o.has("lead", access.Lead, "06")
	_, err := o.Grant(t.Context(), operator, access.Grant{User: "lead", Edition: "small", Area: "058", Role: access.None}, access.AnyRevision)
	require.NoError(t, err)
	o.has("other", access.Lead, "06")
	_, err = o.SetupLink(t.Context(), lead, "other")
	refused(t, "user-of-others", err, "who leads in 058 as well")
	_, err = o.CreateAccount(t.Context(), lead, access.NewAccount{User: "puppet", Name: "P", Grants: []access.Grant{{Edition: "small", Area: "06", Role: access.Viewer}}})
	refused(t, "grant-above-own", err)
	_, err = o.CreateAccount(t.Context(), lead, access.NewAccount{User: "puppet", Name: "P", Grants: []access.Grant{{Edition: "small", Area: "060", Role: access.Lead}}})
	require.NoError(t, err)
}

func TestASecondLookDecidesWhoWasFaster(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	o.has("lan", access.Viewer, "058")
	was, err := o.Account(t.Context(), "lan")
	require.NoError(t, err)
	well, failed := together(t, 3, func(ctx context.Context, i int) error {
		unit := []string{"một", "hai", "ba"}[i]
		_, err := o.ChangeAccount(ctx, access.Actor{User: "lan"}, access.AccountChange{User: "lan", Unit: &unit, If: was.Revision})
		return err
	})
	require.Equal(t, 1, well)
	for _, err := range failed {
		refused(t, "stale-revision", err)
	}
	again := was.Name
	now, err := o.Account(t.Context(), "lan")
	require.NoError(t, err)
	same, err := o.ChangeAccount(t.Context(), access.Actor{User: "lan"}, access.AccountChange{User: "lan", Name: &again, If: now.Revision})
	require.NoError(t, err)
	require.Equal(t, now, same, "what says the same changes nothing")
}

func TestADisabledAccountIsDeadAtOnce(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	o.has("lan", access.Reporter, "058")
	made, err := o.CreateAccount(t.Context(), operator, access.NewAccount{User: "new", Name: "New"})
	require.NoError(t, err)
	id := begin(t, o.sessions, "lan")
	_, secret := o.token("lan", "write", area.Nation)

	_, err = o.Disable(t.Context(), operator, "lan", access.AnyRevision)
	require.NoError(t, err)
	_, err = o.Disable(t.Context(), operator, "new", access.AnyRevision)
	require.NoError(t, err)
	_, found, err := o.sessions.FindCtx(t.Context(), id)
	require.NoError(t, err)
	require.False(t, found)
	_, err = o.TokenCaller(t.Context(), secret)
	refused(t, "token-unknown", err)
	_, err = o.Caller(t.Context(), "lan")
	refused(t, "sign-in-needed", err)
	refused(t, "sign-in-refused", o.signIn("lan", goodPassword, "192.0.2.1"))
	_, err = o.SetUp(t.Context(), made.Secret, goodPassword)
	refused(t, "setup-link-unknown", err)
	_, err = o.Grant(t.Context(), operator, access.Grant{User: "lan", Edition: "small", Area: "060", Role: access.Viewer}, access.AnyRevision)
	refused(t, "user-disabled", err)
	_, err = o.SetupLink(t.Context(), operator, "lan")
	refused(t, "user-disabled", err)

	_, err = o.Enable(t.Context(), operator, "lan", access.AnyRevision)
	require.NoError(t, err)
	require.NoError(t, o.signIn("lan", goodPassword, "192.0.2.1"))
	_, found, err = o.sessions.FindCtx(t.Context(), id)
	require.NoError(t, err)
	require.False(t, found, "what has ended stays so")
}

func TestTheLastAdministratorStays(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	a, b := o.has("anh", access.Administrator, area.Nation), o.has("binh", access.Administrator, area.Nation)
	// Each takes it from the other, at once.
	well, failed := together(t, 2, func(ctx context.Context, i int) error {
		if i == 0 {
			return o.Take(ctx, a, "binh", "", area.Nation, access.AnyRevision)
		}
		_, err := o.Disable(ctx, b, "anh", access.AnyRevision)
		return err
	})
	require.Equal(t, 1, well, "%v", failed)
	left, err := o.store.as(readsAccounts).Administrators(t.Context())
	require.NoError(t, err)
	require.Len(t, left, 1)
	last := access.UserID(left[0].ID)
	_, err = o.Disable(t.Context(), operator, last, access.AnyRevision)
	refused(t, "last-administrator", err)
	_, err = o.CreateAccount(t.Context(), operator, access.NewAccount{User: "new", Name: "New", Grants: []access.Grant{{Area: area.Nation, Role: access.Administrator}}})
	require.NoError(t, err)
	refused(t, "last-administrator", o.Take(t.Context(), operator, last, "", area.Nation, access.AnyRevision), "the new one may never set a password")
	_, err = o.Grant(t.Context(), operator, access.Grant{User: last, Area: area.Nation, Role: access.Lead}, access.AnyRevision)
	refused(t, "last-administrator", err)
	o.has("chi", access.Administrator, area.Nation)
	require.NoError(t, o.Take(t.Context(), operator, last, "", area.Nation, access.AnyRevision))
}

func TestAListOfAccountsIsTakenWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	lead := o.has("lead", access.Lead, "06")
	in := func(code area.Code, role access.Role) []access.Grant {
		return []access.Grant{{Edition: "small", Area: code, Role: role}}
	}
	rows := []access.NewAccount{
		{User: "lan", Name: "Lan", Unit: "UBND", Grants: in("058", access.Lead)},
		{User: "mai", Name: "Mai", Grants: in("31", access.Reporter)},
		{User: "Lan", Name: "Lan", Grants: in("060", access.Reporter)},
		{User: "x", Name: "X"},
	}
	outcomes := func(rows []access.NewAccount, dry bool) (all []access.Outcome, kept bool) {
		t.Helper()
		got, kept, err := o.Admit(t.Context(), lead, rows, dry)
		require.NoError(t, err)
		for i, x := range got {
			all = append(all, x.Outcome)
			require.Equal(t, x.Outcome == access.Refused, x.Err != nil, "row %d: %v", i, x.Err)
			require.Equal(t, kept && x.Outcome == access.MadeAnew, x.Secret != "", "row %d", i)
		}
		return all, kept
	}
	got, kept := outcomes(rows, false)
	require.Equal(t, []access.Outcome{access.MadeAnew, access.Refused, access.Altered, access.Refused}, got)
	require.False(t, kept)
	_, err := o.Account(t.Context(), "lan")
	refused(t, "user-not-found", err)

	rows = []access.NewAccount{rows[0], rows[2]}
	for _, dry := range []bool{true, false} {
		got, kept = outcomes(rows, dry)
		require.Equal(t, []access.Outcome{access.MadeAnew, access.Altered}, got)
		require.Equal(t, !dry, kept)
	}
	got, _ = outcomes(rows, false)
	require.Equal(t, []access.Outcome{access.Unchanged, access.Unchanged}, got, "the same list again")
	rows[0].Unit = "Mặt trận"
	got, _ = outcomes(rows, false)
	require.Equal(t, []access.Outcome{access.Altered, access.Unchanged}, got)
}

func TestADatabaseThatIsGoneIsNotTakenForARowOfAList(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	o.store.pool.Close()
	_, kept, err := o.Admit(t.Context(), operator, []access.NewAccount{{User: "lan", Name: "Lan"}}, false)
	require.False(t, kept)
	require.Equal(t, fault.Unavailable, fault.KindOf(err))
}

func TestTheFirstStartMakesAnAdministratorUntilSomebodyIsOne(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	first := func() (access.Invitation, bool) {
		t.Helper()
		i, ok, err := o.FirstAdministrator(t.Context(), operator)
		require.NoError(t, err)
		needs, err := o.NeedsSetup(t.Context())
		require.NoError(t, err)
		require.Equal(t, ok, needs)
		return i, ok
	}
	older, ok := first()
	require.True(t, ok)
	newer, ok := first()
	require.True(t, ok)
	_, err := o.SetUp(t.Context(), older.Secret, goodPassword)
	refused(t, "setup-link-unknown", err)
	c, err := o.SetUp(t.Context(), newer.Secret, goodPassword)
	require.NoError(t, err)
	require.Equal(t, access.FirstUser, c.Account.User)
	require.Equal(t, access.Administrator, o.role(access.FirstUser, "058"))
	_, ok = first()
	require.False(t, ok)
}

func TestAnActThatFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	gone := errors.New("gone")
	require.ErrorIs(t, o.store.Act(t.Context(), func(d access.Desk) error {
		a := access.Account{User: "lan", Name: "Lan", Language: "vi", Created: o.now}
		require.NoError(t, d.Record(t.Context(), &access.Event{Kind: access.AccountMade, User: "lan", Actor: operator, Recorded: o.now}))
		require.NoError(t, d.AddAccount(t.Context(), &a))
		return gone
	}), gone)
	events, err := o.store.Events(t.Context(), 0, 10)
	require.NoError(t, err)
	require.Empty(t, events)
	_, err = o.Account(t.Context(), "lan")
	refused(t, "user-not-found", err)
}
