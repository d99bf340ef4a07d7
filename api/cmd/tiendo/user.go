package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/fault"
	"tiendo/pkg/postgres"
	"tiendo/pkg/tracker"
)

// Whoever runs the program at the machine itself is asked for no role; only what
// holds for everybody holds for him too, such as that an administrator stays.

type userCommand struct {
	Create    userCreateCommand    `cmd:"" help:"Make an account; prints the one-time address at which its owner sets a password."`
	List      userListCommand      `cmd:"" help:"List the accounts."`
	Show      userShowCommand      `cmd:"" help:"Show an account and what is granted to it."`
	Disable   userDisableCommand   `cmd:"" help:"End the use of an account: sessions and tokens are dead at once, its name stays in the history."`
	Enable    userEnableCommand    `cmd:"" help:"Let a disabled account be used again."`
	SetupLink userSetupLinkCommand `cmd:"" help:"Print a new one-time address for setting a password; the password, the sessions and older addresses end."`
}

// printed is how a command about accounts ends.
type printed struct {
	JSON bool `name:"json" help:"Print it as JSON."`
}

// base is where the page is opened.
type base struct {
	URL string `name:"url" placeholder:"URL" help:"Address at which the page is opened, for the one-time address. Without it: http:// and the address of --listen."`
}

// setup is the address at which a password is set. What is behind # is not sent
// to servers, and stands in no log.
func (b base) setup(c *Config, s access.Secret) string {
	return strings.TrimSuffix(cmp.Or(b.URL, "http://"+local(c.Listen)), "/") + "/setup#" + s.Reveal()
}

// operator is who acts at the machine itself.
func (c *Config) operator() access.Actor { return access.Operator(c.actor().Name) }

// staff runs do on an open, migrated database.
func (c *Config) staff(ctx context.Context, do func(*postgres.Store, *access.Service) error) error {
	return c.with(ctx, func(d *database) error { return c.serviceOn(postgres.New(d.pool), do) })
}

// lookingAtStaff runs do on a database with this program's schema, and changes
// nothing.
func (c *Config) lookingAtStaff(ctx context.Context, do func(*postgres.Store, *access.Service) error) error {
	return c.looking(ctx, func(store *postgres.Store) error { return c.serviceOn(store, do) })
}

func (c *Config) serviceOn(store *postgres.Store, do func(*postgres.Store, *access.Service) error) error {
	service, err := access.NewService(store, time.Now, c.zone, access.Argon2id{})
	if err != nil {
		return err
	}
	return do(store, service)
}

// editionOf is the edition of the list that an election is held over; a grant in
// the nation needs none.
func editionOf(ctx context.Context, store *postgres.Store, election string, code area.Code) (string, error) {
	if code == area.Nation {
		return "", nil
	}
	if election == "" {
		return "", fault.New(fault.Invalid, "election-missing",
			"Cần --election: mã đơn vị chỉ có nghĩa trong danh mục của một cuộc bầu cử", "The flag --election is needed: the code of a place means something only in the list of an election")
	}
	return editionOfElection(ctx, store, election)
}

func editionOfElection(ctx context.Context, store *postgres.Store, election string) (string, error) {
	f, err := store.Frame(ctx, tracker.ElectionID(election))
	if err != nil {
		return "", err
	}
	return f.List.Edition(), nil
}

// userPrinted is an account as --json prints it.
type userPrinted struct {
	User     string          `json:"user"`
	Name     string          `json:"name"`
	Unit     string          `json:"unit"`
	Language string          `json:"language"`
	SetUp    bool            `json:"set_up"` // has a password
	Disabled *time.Time      `json:"disabled_at"`
	Created  time.Time       `json:"created_at"`
	Revision access.Revision `json:"revision"`
	Grants   []grantPrinted  `json:"grants,omitempty"`
	Setup    *invitePrinted  `json:"setup,omitempty"`
}

type invitePrinted struct {
	Address string    `json:"address"`
	Until   time.Time `json:"until"`
}

func printedUser(a access.Account, grants []access.Granted) userPrinted {
	p := userPrinted{
		User: string(a.User), Name: a.Name, Unit: a.Unit, Language: a.Language,
		SetUp: a.SetUp(), Created: a.Created, Revision: a.Revision,
	}
	if !a.Disabled.IsZero() {
		p.Disabled = &a.Disabled
	}
	for _, g := range grants {
		p.Grants = append(p.Grants, printedGrant(g))
	}
	return p
}

// json prints anything as JSON.
func (o output) json(v any) error {
	w := json.NewEncoder(o)
	w.SetIndent("", "  ")
	w.SetEscapeHTML(false)
	return w.Encode(v)
}

// table prints rows in columns.
func (o output) table(rows ...[]string) error {
	w := tabwriter.NewWriter(o, 0, 8, 2, ' ', 0)
	for _, row := range rows {
		output{w}.say("%s", strings.Join(row, "\t"))
	}
	return w.Flush()
}

// at writes a time that may not be, as the clock shows it in Viet Nam.
func (c *Config) at(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.In(c.zone).Format("2006-01-02 15:04")
}

// state is what can be done with an account, in a word.
func state(a access.Account) string {
	switch {
	case !a.Disabled.IsZero():
		return "ngừng / disabled"
	case !a.SetUp():
		return "chờ mật khẩu / invited"
	}
	return "dùng được / usable"
}

type userCreateCommand struct {
	User          string `arg:"" help:"Name at sign-in: 3 to 64 small letters, digits, points, hyphens, underscores."`
	Name          string `required:"" placeholder:"TEXT" help:"Full name."`
	Unit          string `placeholder:"TEXT" help:"Where the person works."`
	Language      string `default:"vi" help:"Language of the page: vi or en."`
	Administrator bool   `xor:"role" help:"Make the account an administrator of the whole country."`
	Role          string `xor:"role" and:"place" placeholder:"ROLE" help:"Role that it holds in --area: viewer, reporter, lead."`
	Area          string `and:"place" placeholder:"CODE" help:"Code of the place; VN for the nation."`
	Election      string `placeholder:"ID" help:"Id of an election held over the list that the place stands in; not for VN."`
	PasswordStdin bool   `name:"password-stdin" help:"Read the password from the first line of the standard input, instead of printing a one-time address."`
	base
	printed

	in io.Reader // instead of the standard input, in tests
}

// Run makes the account.
func (u userCreateCommand) Run(ctx context.Context, c *Config, out output) error {
	n := access.NewAccount{User: u.User, Name: u.Name, Unit: u.Unit, Language: u.Language}
	if u.PasswordStdin {
		line, err := u.password()
		if err != nil {
			return err
		}
		n.Password = line
	}
	return c.staff(ctx, func(store *postgres.Store, s *access.Service) (err error) {
		if n.Grants, err = u.grants(ctx, store); err != nil {
			return err
		}
		made, err := s.CreateAccount(ctx, c.operator(), n)
		if err != nil {
			return err
		}
		p := printedUser(made.Account, made.Grants)
		if made.Secret != "" {
			p.Setup = &invitePrinted{Address: u.setup(c, made.Secret), Until: made.Until}
		}
		if u.JSON {
			return out.json(p)
		}
		out.say("đã tạo tài khoản / account made: %s", p.User)
		out.invitation(c, p.Setup)
		return nil
	})
}

func (o output) invitation(c *Config, i *invitePrinted) {
	if i == nil {
		return
	}
	o.say("đặt mật khẩu tại địa chỉ này, một lần, trước %s / set the password at this address, once, before then:", c.at(i.Until))
	o.say("%s", i.Address)
}

func (u userCreateCommand) password() (string, error) {
	in := u.in
	if in == nil {
		in = os.Stdin
	}
	line, err := bufio.NewReader(in).ReadString('\n')
	if line = strings.TrimRight(line, "\r\n"); line == "" {
		return "", fault.New(fault.Invalid, "password-missing",
			"Không có mật khẩu ở dòng đầu của đầu vào chuẩn", "There is no password on the first line of the standard input").Because(err)
	}
	return line, nil
}

func (u userCreateCommand) grants(ctx context.Context, store *postgres.Store) ([]access.Grant, error) {
	switch {
	case u.Administrator:
		return []access.Grant{{Area: area.Nation, Role: access.Administrator}}, nil
	case u.Role == "":
		return nil, nil
	}
	role, err := access.ParseRole(u.Role)
	if err != nil {
		return nil, err
	}
	edition, err := editionOf(ctx, store, u.Election, area.Code(u.Area))
	return []access.Grant{{Edition: edition, Area: area.Code(u.Area), Role: role}}, err
}

type userListCommand struct{ printed }

// Run lists the accounts by name.
func (u userListCommand) Run(ctx context.Context, c *Config, out output) error {
	return c.lookingAtStaff(ctx, func(_ *postgres.Store, s *access.Service) error {
		const page = 1000
		all := []userPrinted{}
		rows := [][]string{{"tên / user", "họ tên / name", "đơn vị / unit", "trạng thái / state", "vai trò / roles"}}
		for after := access.UserID(""); ; {
			found, err := s.Accounts(ctx, after, page)
			if err != nil {
				return err
			}
			for _, a := range found {
				after = a.User
				grants, err := s.Grants(ctx, a.User)
				if err != nil {
					return err
				}
				all = append(all, printedUser(a, grants))
				rows = append(rows, []string{string(a.User), a.Name, a.Unit, state(a), inShort(grants)})
			}
			if len(found) < page {
				break
			}
		}
		if u.JSON {
			return out.json(all)
		}
		return out.table(rows...)
	})
}

type userShowCommand struct {
	User string `arg:"" help:"Name at sign-in."`
	printed
}

// Run shows one account.
func (u userShowCommand) Run(ctx context.Context, c *Config, out output) error {
	return c.lookingAtStaff(ctx, func(_ *postgres.Store, s *access.Service) error {
		a, err := s.Account(ctx, access.UserID(u.User))
		if err != nil {
			return err
		}
		grants, err := s.Grants(ctx, a.User)
		if err != nil {
			return err
		}
		if u.JSON {
			return out.json(printedUser(a, grants))
		}
		out.say("%s\t%s\t%s\t%s", a.User, a.Name, a.Unit, state(a))
		return out.grants(c, grants)
	})
}

type userDisableCommand struct {
	User string `arg:"" help:"Name at sign-in."`
	printed
}

// Run disables the account.
func (u userDisableCommand) Run(ctx context.Context, c *Config, out output) error {
	return c.staff(ctx, func(_ *postgres.Store, s *access.Service) error {
		a, err := s.Disable(ctx, c.operator(), access.UserID(u.User), access.AnyRevision)
		return out.account(a, u.printed, err)
	})
}

type userEnableCommand struct {
	User string `arg:"" help:"Name at sign-in."`
	printed
}

// Run enables the account.
func (u userEnableCommand) Run(ctx context.Context, c *Config, out output) error {
	return c.staff(ctx, func(_ *postgres.Store, s *access.Service) error {
		a, err := s.Enable(ctx, c.operator(), access.UserID(u.User), access.AnyRevision)
		return out.account(a, u.printed, err)
	})
}

// account prints an account as it is now, in one line.
func (o output) account(a access.Account, p printed, err error) error {
	if err != nil {
		return err
	}
	if p.JSON {
		return o.json(printedUser(a, nil))
	}
	o.say("%s: %s", a.User, state(a))
	return nil
}

type userSetupLinkCommand struct {
	User string `arg:"" help:"Name at sign-in."`
	base
	printed
}

// Run prints a new one-time address.
func (u userSetupLinkCommand) Run(ctx context.Context, c *Config, out output) error {
	return c.staff(ctx, func(_ *postgres.Store, s *access.Service) error {
		made, err := s.SetupLink(ctx, c.operator(), access.UserID(u.User))
		if err != nil {
			return err
		}
		p := printedUser(made.Account, nil)
		p.Setup = &invitePrinted{Address: u.setup(c, made.Secret), Until: made.Until}
		if u.JSON {
			return out.json(p)
		}
		out.invitation(c, p.Setup)
		return nil
	})
}
