package access

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"tiendo/pkg/area"
	"tiendo/pkg/fault"
)

// Account is one person's, or one office's. It is never deleted: its name stands
// in the history. One that is disabled is of no use to anybody.
type Account struct {
	User     UserID
	Name     string // in full
	Unit     string // where the person works
	Language string // vi, en
	Created  time.Time
	Disabled time.Time // zero: it may be used
	Revision Revision  // of the last event about the account or its grants

	password string // argon2id; empty until a set-up link was used
}

// WithPassword is the account with the hash of its password, as a store keeps it.
func (a Account) WithPassword(hash string) Account {
	a.password = hash
	return a
}

// PasswordHash is what a store keeps; empty when there is no password yet.
func (a *Account) PasswordHash() string { return a.password }

// SetUp says that the account has a password.
func (a *Account) SetUp() bool { return a.password != "" }

// Usable says that somebody can sign in with the account.
func (a *Account) Usable() bool { return a.SetUp() && a.Disabled.IsZero() }

func (a *Account) detail() Detail {
	return Detail{Name: a.Name, Unit: a.Unit, Language: a.Language}
}

// Actor is who acts on accounts. The zero Actor may do nothing.
type Actor struct {
	User UserID
	Name string
	// Scope limits a token's caller; nil for all that the user holds.
	Scope *Scope

	operator bool
}

// Operator is whoever runs the program, at the machine itself: no role is asked
// of him, only what holds for everybody.
func Operator(name string) Actor { return Actor{Name: name, operator: true} }

// operatorID is what the logs call whoever acts at the machine itself.
const operatorID = "local"

// ID is the actor as the logs name him.
func (a Actor) ID() string {
	if a.operator {
		return operatorID
	}
	return string(a.User)
}

// ReadActor is the actor as the log has him.
func ReadActor(id, name string) Actor {
	if id == operatorID {
		return Operator(name)
	}
	return Actor{User: UserID(id), Name: name}
}

// reserved names stand in the logs for who has no account.
var reserved = []UserID{operatorID, "dossier", "system"}

// Caller is an account with all that was granted to it, as one request finds it.
type Caller struct {
	Account Account
	Grants  []Grant
	// Scope limits who comes with a token; nil for a session.
	Scope *Scope
}

// Actor is the caller as he acts on accounts.
func (c *Caller) Actor() Actor {
	return Actor{User: c.Account.User, Name: c.Account.Name, Scope: c.Scope}
}

// Rights are what the caller holds in an edition of the list.
func (c *Caller) Rights(list *area.List) Rights { return c.Scope.limit(NewRights(list, c.Grants)) }

// NewAccount is an account to be made.
type NewAccount struct {
	User, Name, Unit, Language string
	// Grants are given with it; their User is not looked at.
	Grants []Grant
	// Password is set at once where there is one; otherwise a set-up link is made.
	Password string
}

const (
	maxName   = 200 // characters
	maxGrants = 100 // of one account
)

// account checks what was entered and makes an account of it.
func (n *NewAccount) account(now time.Time) (Account, error) {
	user, err := ParseUserID(n.User)
	if err != nil {
		return Account{}, err
	}
	if slices.Contains(reserved, user) {
		return Account{}, fault.New(fault.Invalid, "user-name-reserved",
			"Tên đăng nhập %q dành cho chương trình; chọn tên khác", "The user name %q is the program's own; choose another", user).At("/user")
	}
	a := Account{User: user, Name: strings.TrimSpace(n.Name), Unit: strings.TrimSpace(n.Unit), Language: n.Language, Created: now}
	if a.Language == "" {
		a.Language = "vi"
	}
	err = a.check()
	return a, err
}

func (a *Account) check() error {
	switch {
	case a.Name == "":
		return fault.New(fault.Invalid, "account-name-missing", "Cần họ và tên", "The full name is needed").At("/name")
	case utf8.RuneCountInString(a.Name) > maxName || utf8.RuneCountInString(a.Unit) > maxName:
		return fault.New(fault.Invalid, "account-text-too-long",
			"Họ tên và đơn vị dài tối đa %d ký tự", "Name and unit have at most %d characters", maxName).At("/name")
	case a.Language != "vi" && a.Language != "en":
		return fault.New(fault.Invalid, "language-unknown",
			"Ngôn ngữ là vi hoặc en, không phải %q", "The language is vi or en, not %q", firstOf(a.Language)).At("/language")
	case !plain(a.Name):
		return notPlain("/name")
	case !plain(a.Unit):
		return notPlain("/unit")
	}
	return nil
}

// plain says that a text that stands on one line is text: it goes into lists,
// into the log, and to a terminal.
func plain(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, unicode.IsControl)
}

func notPlain(pointer string) error {
	return fault.New(fault.Invalid, "text-not-plain", "Có ký tự điều khiển; chỉ dùng chữ thường", "Has control characters; use plain text").At(pointer)
}

// AccountChange is what of an account is to be different; nil leaves as it is.
type AccountChange struct {
	User                 UserID
	Name, Unit, Language *string
	Disabled             *bool
	If                   Revision // the account as it was looked at, or AnyRevision
}

func (c *AccountChange) apply(a Account) (Account, error) {
	for _, field := range []struct {
		to   *string
		from *string
	}{{&a.Name, c.Name}, {&a.Unit, c.Unit}, {&a.Language, c.Language}} {
		if field.from != nil {
			*field.to = strings.TrimSpace(*field.from)
		}
	}
	err := a.check()
	return a, err
}

// firstOf is the beginning of what somebody entered, to show it again.
func firstOf(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// Made is an account that was made: with the secret of its set-up link where no
// password was given.
type Made struct {
	Invitation
	Grants []Granted
}

// CreateAccount makes an account with grants. Whoever is not the operator has to
// grant something, somewhere where he leads. fault.Conflict "user-exists".
func (s *Service) CreateAccount(ctx context.Context, by Actor, n NewAccount) (Made, error) {
	var made Made
	hash, err := s.firstPassword(ctx, n)
	if err != nil {
		return made, err
	}
	err = s.act(ctx, func(d Desk) error {
		a, err := s.authority(ctx, d, by)
		if err == nil {
			made, err = s.create(ctx, a, n, hash)
		}
		return err
	})
	return made, err
}

func (s *Service) firstPassword(ctx context.Context, n NewAccount) (string, error) {
	a, err := n.account(s.now())
	if err != nil || n.Password == "" {
		return "", err
	}
	if err := CheckPassword(a.User, n.Password); err != nil {
		return "", err
	}
	return s.hash.hash(ctx, n.Password)
}

func (s *Service) create(ctx context.Context, a *authority, n NewAccount, hash string) (made Made, err error) {
	account, err := n.account(s.now())
	if err != nil {
		return made, err
	}
	if len(n.Grants) == 0 && !a.actor.operator {
		return made, fault.New(fault.Invalid, "grant-missing",
			"Tài khoản mới cần một vai trò ở một đơn vị", "A new account needs a role in a place").At("/role")
	}
	account.password = hash
	switch _, err := a.desk.Account(ctx, account.User); {
	case err == nil:
		return made, fault.New(fault.Conflict, "user-exists",
			"Đã có tài khoản %q; giao thêm vai trò cho tài khoản ấy, hoặc chọn tên khác", "There is an account %q; grant it a role instead, or choose another name", account.User).At("/user")
	case fault.KindOf(err) != fault.NotFound:
		return made, err
	}
	e := Event{Kind: AccountMade, User: account.User, Actor: a.actor, After: account.detail()}
	if err := s.record(ctx, a.desk, &e); err != nil {
		return made, err
	}
	account.Revision = e.Revision
	if err := a.desk.AddAccount(ctx, &account); err != nil {
		return made, err
	}
	for _, g := range n.Grants {
		g.User = account.User
		given, _, err := s.give(ctx, a, g, AnyRevision)
		if err != nil {
			return made, err
		}
		account.Revision = given.Revision
		made.Grants = append(made.Grants, given)
	}
	if hash == "" {
		made.Invitation, err = s.invite(ctx, a.desk, a.actor, account)
	}
	made.Account = account
	return made, err
}

// ChangeAccount changes name, unit or language: of one's own account, or of one
// that is managed. fault.Stale "stale-revision" when it is not as it was.
func (s *Service) ChangeAccount(ctx context.Context, by Actor, c AccountChange) (Account, error) {
	var changed Account
	err := s.act(ctx, func(d Desk) error {
		was, err := s.managed(ctx, d, by, c.User, c.If)
		if err != nil {
			return err
		}
		if c.Disabled != nil {
			if err := s.setDisabled(ctx, d, by, &was, *c.Disabled); err != nil {
				return err
			}
		}
		if changed, err = c.apply(was); err != nil || changed == was {
			return err
		}
		return s.change(ctx, d, &changed, &Event{Kind: AccountChanged, Actor: by, Before: was.detail(), After: changed.detail()})
	})
	return changed, err
}

// managed is an account that the actor may change: his own, or one he manages.
func (s *Service) managed(ctx context.Context, d Desk, by Actor, user UserID, known Revision) (Account, error) {
	var account Account
	a, err := s.authority(ctx, d, by)
	switch {
	case err != nil:
	case by.self(user) == nil:
		account, err = d.Account(ctx, user)
	default:
		account, err = a.manages(ctx, user)
	}
	if err == nil && known != AnyRevision && known != account.Revision {
		err = stale(account.Revision, known, account)
	}
	return account, err
}

// Managed is somebody's account as whoever manages it sees it;
// "user-not-found" for anybody else.
func (s *Service) Managed(ctx context.Context, by Actor, user UserID) (Account, []Granted, error) {
	var account Account
	var grants []Granted
	err := s.act(ctx, func(d Desk) error {
		a, err := s.authority(ctx, d, by)
		if err != nil {
			return err
		}
		account, err = a.manages(ctx, user)
		if err != nil && !fault.Is(err, "user-of-others") {
			return err
		}
		grants, err = d.Grants(ctx, user)
		return err
	})
	return account, grants, err
}

// Disable ends the use of an account: its sessions, tokens and set-up links are
// dead at once, its name stays in the history. Fails with fault.Conflict
// "last-administrator". Doing it twice changes nothing.
func (s *Service) Disable(ctx context.Context, by Actor, user UserID, known Revision) (Account, error) {
	var account Account
	err := s.act(ctx, func(d Desk) (err error) {
		if account, err = s.managed(ctx, d, by, user, known); err != nil {
			return err
		}
		return s.setDisabled(ctx, d, by, &account, true)
	})
	return account, err
}

// Enable lets an account be used again, with its password and grants. Doing it
// twice changes nothing.
func (s *Service) Enable(ctx context.Context, by Actor, user UserID, known Revision) (Account, error) {
	var account Account
	err := s.act(ctx, func(d Desk) (err error) {
		if account, err = s.managed(ctx, d, by, user, known); err != nil {
			return err
		}
		return s.setDisabled(ctx, d, by, &account, false)
	})
	return account, err
}

// setDisabled ends the use of an account, or lets it be used again, as a part of
// an act.
func (s *Service) setDisabled(ctx context.Context, d Desk, by Actor, a *Account, disabled bool) error {
	switch {
	case disabled && by.self(a.User) == nil && !by.operator:
		return fault.New(fault.Conflict, "user-is-self",
			"Không tự ngừng tài khoản của mình được; nhờ người phụ trách khác", "Nobody disables his own account; ask somebody else who leads")
	case disabled != a.Disabled.IsZero():
		return nil // it is so already
	case !disabled:
		a.Disabled = time.Time{}
		return s.change(ctx, d, a, &Event{Kind: AccountEnabled, Actor: by, After: a.detail()})
	}
	if err := keepsAnAdministrator(ctx, d, a.User); err != nil {
		return err
	}
	a.Disabled = s.now()
	return errors.Join(
		s.change(ctx, d, a, &Event{Kind: AccountDisabled, Actor: by, Before: a.detail()}),
		d.EndLinks(ctx, a.User), d.EndSessions(ctx, a.User, ""))
}

// Account is an account, disabled or not; fault.NotFound "user-not-found".
func (s *Service) Account(ctx context.Context, user UserID) (Account, error) {
	return s.store.Account(ctx, user)
}

// Accounts are those whose names come after one, by name.
func (s *Service) Accounts(ctx context.Context, after UserID, limit int) ([]Account, error) {
	return s.store.Accounts(ctx, after, limit)
}
