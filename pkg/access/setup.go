package access

import (
	"context"
	"errors"
	"time"

	"tiendo/pkg/area"
	"tiendo/pkg/fault"
)

// Invitation is a set-up link and whose it is. The secret is shown once.
type Invitation struct {
	Account Account
	Secret  Secret
	Until   time.Time
}

// Link is a set-up link as it is kept.
type Link struct {
	Digest Digest
	User   UserID
	MadeBy string // id of the actor
	Until  time.Time
}

// invite makes the one link by which an account gets its password.
func (s *Service) invite(ctx context.Context, d Desk, by Actor, a Account) (Invitation, error) {
	secret := NewSecret(ForSetup)
	until := s.now().Add(Setup)
	return Invitation{Account: a, Secret: secret, Until: until},
		d.PutLink(ctx, Link{Digest: secret.Digest(), User: a.User, MadeBy: by.ID(), Until: until})
}

// SetupLink makes a new one-time link for somebody's account: older links, the
// password and all sessions end.
func (s *Service) SetupLink(ctx context.Context, by Actor, user UserID) (Invitation, error) {
	var invitation Invitation
	err := s.act(ctx, func(d Desk) error {
		a, err := s.authority(ctx, d, by)
		if err != nil {
			return err
		}
		account, err := a.manages(ctx, user)
		if err != nil {
			return err
		}
		if _, err := usable(ctx, d, user); err != nil {
			return err
		}
		account.password = ""
		if err := errors.Join(
			s.change(ctx, d, &account, &Event{Kind: SetupLinkMade, Actor: by}),
			d.EndSessions(ctx, user, "")); err != nil {
			return err
		}
		invitation, err = s.invite(ctx, d, by, account)
		return err
	})
	return invitation, err
}

// LookAtLink says whose a set-up link is; fault.NotFound "setup-link-unknown"
// when it is none, was used, has ended, or a newer one was made.
func (s *Service) LookAtLink(ctx context.Context, secret Secret) (Invitation, error) {
	if !secret.Is(ForSetup) {
		return Invitation{}, LinkUnknown()
	}
	l, err := s.store.Link(ctx, secret.Digest(), s.now())
	if err != nil {
		return Invitation{}, err
	}
	a, err := s.store.Account(ctx, l.User)
	return Invitation{Account: a, Until: l.Until}, err
}

// SetUp sets the password by a set-up link, which is used up by that; sessions
// that there are end.
func (s *Service) SetUp(ctx context.Context, secret Secret, password string) (Caller, error) {
	invited, err := s.LookAtLink(ctx, secret)
	if err != nil {
		return Caller{}, err
	}
	user := invited.Account.User
	if err := CheckPassword(user, password); err != nil {
		return Caller{}, err
	}
	hash, err := s.hash.hash(ctx, password)
	if err != nil {
		return Caller{}, err
	}
	err = s.act(ctx, func(d Desk) error {
		l, err := d.Link(ctx, secret.Digest(), s.now())
		if err != nil {
			return err // used meanwhile
		}
		a, err := d.Account(ctx, l.User)
		if err != nil {
			return err
		}
		a.password = hash
		return errors.Join(
			s.change(ctx, d, &a, &Event{Kind: PasswordSet, Actor: Actor{User: a.User, Name: a.Name}}),
			d.EndLinks(ctx, a.User), d.EndSessions(ctx, a.User, ""))
	})
	if err != nil {
		return Caller{}, err
	}
	return s.store.Caller(ctx, user)
}

// LinkUnknown says that a set-up link is good for nothing.
func LinkUnknown() error {
	return fault.New(fault.NotFound, "setup-link-unknown",
		"Đường dẫn thiết lập không đúng, đã dùng rồi hoặc đã hết hạn; xin người phụ trách cấp đường dẫn mới",
		"The set-up link is wrong, was used already or has expired; ask whoever leads for a new one")
}

// FirstUser is the account that the first start makes.
const FirstUser UserID = "admin"

// FirstAdministrator is a new set-up link for the first administrator, as long
// as there is no other account and nobody has used one; false after that.
func (s *Service) FirstAdministrator(ctx context.Context, by Actor) (Invitation, bool, error) {
	var invitation Invitation
	var made bool
	err := s.act(ctx, func(d Desk) error {
		all, setUp, err := d.Count(ctx)
		if err != nil || setUp > 0 || all > 1 {
			return err
		}
		a := &authority{desk: d, actor: by}
		if all == 0 {
			account, err := s.create(ctx, a, NewAccount{
				User: string(FirstUser), Name: "Quản trị viên", Grants: []Grant{{Area: area.Nation, Role: Administrator}},
			}, "")
			invitation, made = account.Invitation, err == nil
			return err
		}
		account, err := d.Account(ctx, FirstUser)
		if err != nil || !account.Disabled.IsZero() {
			return ignore(err, fault.NotFound)
		}
		made = true
		if err := s.change(ctx, d, &account, &Event{Kind: SetupLinkMade, Actor: by}); err != nil {
			return err
		}
		invitation, err = s.invite(ctx, d, by, account)
		return err
	})
	return invitation, made && err == nil, err
}

func ignore(err error, kind fault.Kind) error {
	if fault.KindOf(err) == kind {
		return nil
	}
	return err
}
