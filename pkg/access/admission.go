package access

import (
	"context"
	"errors"

	"tiendo/pkg/fault"
)

// Outcome is what became of one row of a list of accounts.
type Outcome string

// The outcomes of rows.
const (
	MadeAnew  Outcome = "made"
	Altered   Outcome = "changed"
	Unchanged Outcome = "unchanged"
	Refused   Outcome = "refused"
)

// Admission is one row of a list of accounts: the account as it is then, with
// the secret of its set-up link where it was made; or why it was refused.
type Admission struct {
	Made
	Outcome Outcome
	Err     error // of a refused row: a fault
}

// errNotKept ends an act whose writes were never meant, or are not wanted.
var errNotKept = errors.New("access: not kept")

// Admit makes the accounts of a list with their grants, in one act: all or, when
// one row is refused or with dryRun, none; kept says which. Of an account that is
// there, what the row says is changed, and what it leaves empty stays; its other
// grants stay as well. The same list again is all unchanged. Rows have no
// passwords: each new account gets a set-up link.
func (s *Service) Admit(ctx context.Context, by Actor, rows []NewAccount, dryRun bool) (all []Admission, kept bool, err error) {
	all = make([]Admission, len(rows))
	err = s.act(ctx, func(d Desk) error {
		a, err := s.authority(ctx, d, by)
		if err != nil {
			return err
		}
		refused := false
		for i := range rows {
			all[i], err = s.admit(ctx, a, rows[i])
			switch {
			case err != nil && ofTheRow(err):
				all[i], refused = Admission{Outcome: Refused, Err: err}, true
			case err != nil:
				return err
			}
		}
		if refused || dryRun {
			return errNotKept
		}
		return nil
	})
	if errors.Is(err, errNotKept) {
		for i := range all {
			all[i].Secret = "" // of a link that was not kept
		}
		return all, false, nil
	}
	return all, err == nil, err
}

// ofTheRow says that a row was refused by a decision; what the database refuses
// ends the whole act.
func ofTheRow(err error) bool {
	f, ok := fault.As(err)
	if !ok || f.Cause != nil {
		return false
	}
	switch f.Kind {
	case fault.Invalid, fault.NotFound, fault.Forbidden, fault.Conflict:
		return true
	}
	return false
}

func (s *Service) admit(ctx context.Context, a *authority, n NewAccount) (Admission, error) {
	user, err := ParseUserID(n.User)
	if err != nil {
		return Admission{}, err
	}
	was, err := a.desk.Account(ctx, user)
	if fault.KindOf(err) == fault.NotFound {
		made, err := s.create(ctx, a, n, "")
		return Admission{Made: made, Outcome: MadeAnew}, err
	}
	if err != nil {
		return Admission{}, err
	}
	x := Admission{Outcome: Unchanged}
	if x.Account, err = s.readmit(ctx, a, was, n); err != nil {
		return x, err
	}
	if x.Account.Revision != was.Revision {
		x.Outcome = Altered
	}
	for _, g := range n.Grants {
		g.User = user
		given, changed, err := s.give(ctx, a, g, AnyRevision)
		if err != nil {
			return x, err
		}
		if changed {
			x.Outcome, x.Account.Revision = Altered, given.Revision
		}
		x.Grants = append(x.Grants, given)
	}
	return x, nil
}

// readmit changes of an account that is there what a row says otherwise.
func (s *Service) readmit(ctx context.Context, a *authority, was Account, n NewAccount) (Account, error) {
	c := AccountChange{User: was.User}
	for _, field := range []struct {
		says string
		to   **string
	}{{n.Name, &c.Name}, {n.Unit, &c.Unit}, {n.Language, &c.Language}} {
		if field.says != "" {
			*field.to = &field.says
		}
	}
	now, err := c.apply(was)
	if err != nil || now == was {
		return was, err
	}
	if _, err := a.manages(ctx, was.User); err != nil {
		return was, err
	}
	err = s.change(ctx, a.desk, &now, &Event{Kind: AccountChanged, Actor: a.actor, Before: was.detail(), After: now.detail()})
	return now, err
}
