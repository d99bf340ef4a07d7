package main

import (
	"encoding/json"
	"net/netip"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/access"
	"tiendo/pkg/fault"
	"tiendo/pkg/postgres"
	"tiendo/pkg/postgres/pgtest"
)

// made is what a command with --json printed.
func made[T any](t *testing.T, said string, err error) T {
	t.Helper()
	require.NoError(t, err)
	var v T
	require.NoError(t, json.Unmarshal([]byte(said), &v), said)
	return v
}

func TestAnOperatorMakesAnAdministratorWhoSetsAPasswordAtTheAddressPrinted(t *testing.T) {
	t.Parallel()
	a := &acts{anOperator(t), t}
	a.c.Listen = "127.0.0.1:8080"
	said, err := a.run(userCreateCommand{User: "boss", Name: "Trần Văn Boss", Administrator: true})
	require.NoError(t, err)
	secret := regexp.MustCompile(`(?m)^http://127\.0\.0\.1:8080/setup#(tdu_\S+)$`).FindStringSubmatch(said)
	require.NotNil(t, secret, said)
	require.NoError(t, a.c.staff(t.Context(), func(_ *postgres.Store, s *access.Service) error {
		c, err := s.SetUp(t.Context(), access.Secret(secret[1]), "bốn con gà trống")
		require.Equal(t, []access.Grant{{User: "boss", Area: "VN", Role: access.Administrator}}, c.Grants)
		if err != nil {
			return err
		}
		_, err = s.SignIn(t.Context(), "boss", "bốn con gà trống", netip.MustParseAddr("127.0.0.1"))
		return err
	}))
	_, err = a.run(grantTakeCommand{granting: granting{User: "boss", Area: "VN"}})
	require.True(t, fault.Is(err, "last-administrator"), err)

	link := userSetupLinkCommand{User: "boss", base: base{URL: "https://bau-cu.example/"}}
	link.JSON = true
	said, err = a.run(link)
	again := made[userPrinted](t, said, err)
	require.False(t, again.SetUp)
	require.True(t, strings.HasPrefix(again.Setup.Address, "https://bau-cu.example/setup#tdu_"), again.Setup.Address)

	var who string
	require.NoError(t, a.c.with(t.Context(), func(d *database) error {
		who = pgtest.Value[string](t, d.pool, "accounts", "SELECT actor_id || ' ' || actor_name FROM access_event WHERE revision = 1")
		return nil
	}))
	require.Equal(t, "local "+a.c.actor().Name, who)
}

func TestRolesAreGivenListedAndTakenByCommands(t *testing.T) {
	t.Parallel()
	a := actsOnAnElection(t)
	create := userCreateCommand{
		User: "lan", Name: "Lan", Unit: "UBND", Language: "en", Role: "lead", Area: "058", Election: "2021",
		PasswordStdin: true, in: strings.NewReader("bốn con gà trống\n"),
	}
	create.JSON = true
	said, err := a.run(create)
	lan := made[userPrinted](t, said, err)
	require.True(t, lan.SetUp)
	require.Nil(t, lan.Setup, "a password was given")
	require.Equal(t, "small", lan.Grants[0].Edition)

	give := grantGiveCommand{granting: granting{User: "lan", Area: "01840", Election: "2021"}, Role: "none"}
	said, err = a.run(give)
	require.NoError(t, err)
	require.Equal(t, "lan: none 01840@small\n", said)
	list := grantListCommand{Area: "VN", Election: "2021"}
	list.JSON = true
	said, err = a.run(list)
	all := made[[]grantPrinted](t, said, err)
	require.Len(t, all, 2)
	require.Equal(t, []any{"058", access.Lead, "Lan", "local"}, []any{all[0].Area, all[0].Role, all[0].Name, all[0].By})
	said, err = a.run(grantTakeCommand{granting: give.granting})
	require.NoError(t, err)
	require.Equal(t, "lan: lead 058@small\n", said)

	said, err = a.run(userListCommand{})
	require.NoError(t, err)
	require.Regexp(t, `(?m)^lan +Lan +UBND +dùng được / usable +lead 058@small$`, said)
	said, err = a.run(userShowCommand{User: "lan"})
	require.NoError(t, err)
	require.Contains(t, said, "phụ trách / lead")
	said, err = a.run(userDisableCommand{User: "lan"})
	require.NoError(t, err)
	require.Equal(t, "lan: ngừng / disabled\n", said)
	said, err = a.run(userEnableCommand{User: "lan"})
	require.NoError(t, err)
	require.Equal(t, "lan: dùng được / usable\n", said)
}

func TestATokenIsShownOnceByTheCommandThatMakesIt(t *testing.T) {
	t.Parallel()
	a := &acts{anOperator(t), t}
	_, err := a.run(userCreateCommand{User: "lan", Name: "Lan"})
	require.NoError(t, err)
	command := tokenMakeCommand{User: "lan", Name: "máy", Access: "read", Area: "VN", Days: 10}
	command.JSON = true
	said, err := a.run(command)
	token := made[tokenPrinted](t, said, err)
	require.True(t, access.Secret(token.Secret).Is(access.ForToken))
	said, err = a.run(tokenListCommand{User: "lan"})
	require.NoError(t, err)
	require.Contains(t, said, token.ID)
	require.NotContains(t, said, token.Secret)
	said, err = a.run(tokenRevokeCommand{User: "lan", Token: token.ID})
	require.NoError(t, err)
	require.Contains(t, said, "revoked")
	_, err = a.run(tokenRevokeCommand{User: "lan", Token: token.ID})
	require.True(t, fault.Is(err, "token-not-found"), err)
}

func TestACommandAboutAccountsSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	a := &acts{anOperator(t), t}
	for code, command := range map[string]func() (string, error){
		"election-missing": func() (string, error) {
			return a.run(userCreateCommand{User: "lan", Name: "Lan", Role: "lead", Area: "058"})
		},
		"election-not-found": func() (string, error) {
			return a.run(userCreateCommand{User: "lan", Name: "Lan", Role: "lead", Area: "058", Election: "1999"})
		},
		"role-unknown":   func() (string, error) { return a.run(grantGiveCommand{Role: "owner"}) },
		"user-not-found": func() (string, error) { return a.run(userDisableCommand{User: "lan"}) },
		"password-missing": func() (string, error) {
			return a.run(userCreateCommand{User: "lan", Name: "Lan", PasswordStdin: true, in: strings.NewReader("")})
		},
		"token-expiry-refused": func() (string, error) {
			return a.run(tokenMakeCommand{User: "lan", Name: "x", Access: "read", Area: "VN", Days: 400})
		},
	} {
		_, err := command()
		require.True(t, fault.Is(err, code), "%s: %v", code, err)
	}
}
