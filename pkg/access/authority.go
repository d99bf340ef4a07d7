package access

import (
	"context"
	"slices"

	"tiendo/pkg/area"
	"tiendo/pkg/fault"
)

// Who may make, change and end the accounts and grants of others.

// authority is what an actor may do to other people's accounts, as of one act.
type authority struct {
	desk   Desk
	actor  Actor
	grants []Grant
}

// authority looks at what the actor holds now: whoever lost it meanwhile acts
// no more.
func (s *Service) authority(ctx context.Context, d Desk, by Actor) (*authority, error) {
	a := &authority{desk: d, actor: by}
	if by.operator {
		return a, nil
	}
	if !by.Scope.Writes() {
		return nil, Rights{}.May(Admit, 0, nil)
	}
	own, err := d.Account(ctx, by.User)
	if err != nil || !own.Disabled.IsZero() {
		if err == nil || fault.KindOf(err) == fault.NotFound {
			err = SignInNeeded()
		}
		return nil, err
	}
	grants, err := d.Grants(ctx, by.User)
	a.grants = bare(grants)
	return a, err
}

// rights are the actor's in a list; meaningless for the operator.
func (a *authority) rights(list *area.List) Rights {
	return a.actor.Scope.limit(NewRights(list, a.grants))
}

// over checks that the actor may make of what a user has been granted in the
// place at index i what it would be after: within what he holds himself, there
// and in all below it, so that nobody gets back by way of another account what
// was ended for him.
func (a *authority) over(ctx context.Context, list *area.List, i int, g Grant, before, after []Granted) error {
	if g.Role == Administrator && i != 0 {
		return administratorOfTheCountry()
	}
	if a.actor.operator {
		return nil
	}
	own := a.rights(list)
	if err := own.Grantable(g.Role, i); err != nil {
		return err
	}
	if held := NewRights(list, bare(before)).Role(i); held > own.Role(i) {
		return fault.New(fault.Forbidden, "grant-of-superior",
			"%q có vai trò %s ở đó, cao hơn vai trò của tài khoản này; chỉ cấp trên mới được đổi",
			"%q holds the role %s there, more than this account does; only a unit above may change that", g.User, held.Title())
	}
	if err := a.within(list, i, before, after); err != nil || i != 0 {
		return err
	}
	for _, own := range a.grants { // the nation is that of every edition
		list, _, err := place(ctx, a.desk, own.Edition, own.Area)
		if err == nil {
			err = a.within(list, 0, before, after)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// within checks that a user gets nothing, in the place at index i and below it,
// that the actor does not hold.
func (a *authority) within(list *area.List, i int, before, after []Granted) error {
	own, had, gets := a.rights(list), NewRights(list, bare(before)), NewRights(list, bare(after))
	// At i itself too: where an end is taken away nothing of it is held any more.
	for _, j := range append(own.turns(gets), i) {
		if (j == i || list.Under(j, i)) && gets.Role(j) > max(own.Role(j), had.Role(j)) {
			return own.above(j)
		}
	}
	return nil
}

// manages checks that the actor may change somebody's account: one to whom
// nothing was granted where he leads is not known to him ("user-not-found"), and
// of one who holds something elsewhere as well, or more, he may see the account
// and not change it.
func (a *authority) manages(ctx context.Context, user UserID) (Account, error) {
	account, err := a.desk.Account(ctx, user)
	if err != nil || a.actor.operator {
		return account, err
	}
	granted, err := a.desk.Grants(ctx, user)
	if err != nil {
		return account, err
	}
	grants := bare(granted)
	sees, whole := len(grants) == 0 && a.rights(area.Edition2021()).Role(0) >= Lead, true // who holds nothing is the nation's
	for _, g := range slices.Concat(grants, a.grants) {
		list, i, err := place(ctx, a.desk, g.Edition, g.Area)
		if err != nil {
			return account, err
		}
		own, theirs := a.rights(list), NewRights(list, grants)
		for _, j := range own.turns(theirs) {
			whole = whole && theirs.Role(j) <= own.Role(j)
		}
		if g.User == user {
			sees = sees || own.Role(i) >= Lead
			whole = whole && (g.Role == None || own.Role(i) >= Lead)
		}
	}
	switch {
	case !sees:
		return Account{}, UserNotFound(user)
	case !whole:
		return account, fault.New(fault.Forbidden, "user-of-others",
			"Tài khoản %q còn có vai trò ở nơi khác hoặc vai trò cao hơn; chỉ người phụ trách tất cả những nơi ấy mới được đổi",
			"The account %q holds something elsewhere as well, or more than this account; only who leads in all those places may change it", user)
	}
	return account, nil
}

// keepsAnAdministrator refuses an act after which nobody could administer the
// country any more: without whose account, or grant, it is about to go on.
func keepsAnAdministrator(ctx context.Context, d Desk, without UserID) error {
	all, err := d.Administrators(ctx)
	if err != nil {
		return err
	}
	setUp, administers := all[without]
	if !administers {
		return nil
	}
	for user, other := range all {
		// Who has never set a password may never do.
		if user != without && (other || !setUp) {
			return nil
		}
	}
	return fault.New(fault.Conflict, "last-administrator",
		"%q là người quản trị cuối cùng; giao quyền quản trị cho người khác và chờ người ấy đặt mật khẩu trước đã",
		"%q is the last administrator; make another one first, and wait until he has set a password", without)
}
