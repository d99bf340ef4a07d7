package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/postgres/rows"
)

var _ access.Store = (*Store)(nil)

// Act runs one act on accounts, with all others kept out, and keeps what it
// does when it agrees.
func (s *Store) Act(ctx context.Context, do func(access.Desk) error) error {
	return s.in(ctx, changingPeople, func(q *rows.Queries, _ pgx.Tx) error {
		h, err := q.LockAccessHead(ctx)
		if err != nil {
			return err
		}
		begun := access.Head{Revision: access.Revision(h.Revision), Recorded: h.RecordedAt.UTC(), Hash: [32]byte(h.Hash)}
		d := &desk{s: s, q: q, head: begun, lists: map[string]*area.List{}}
		if err := do(d); err != nil || d.head == begun {
			return err
		}
		return q.MoveAccessHead(ctx, int64(d.head.Revision), d.head.Recorded, d.head.Hash[:])
	})
}

// desk is where one act on accounts works; it holds the lock of the log's head.
type desk struct {
	s     *Store
	q     *rows.Queries
	head  access.Head
	lists map[string]*area.List // those it has asked for: a list of accounts asks for one in every row
}

func (d *desk) Account(ctx context.Context, user access.UserID) (access.Account, error) {
	return account(ctx, d.q, user)
}

func account(ctx context.Context, q *rows.Queries, user access.UserID) (access.Account, error) {
	r, err := q.Account(ctx, string(user))
	if err != nil {
		return access.Account{}, one(err, access.UserNotFound(user))
	}
	return accountOf(&r), nil
}

func accountOf(r *rows.Account) access.Account {
	return access.Account{
		User: access.UserID(r.ID), Name: r.Name, Unit: r.Unit, Language: r.Language,
		Created: r.CreatedAt.UTC(), Disabled: moment(r.DisabledAt), Revision: access.Revision(r.Revision),
	}.WithPassword(r.PasswordHash.String)
}

// moment reads a time that may be missing.
func moment(t pgtype.Timestamptz) time.Time {
	if !t.Valid {
		return time.Time{}
	}
	return t.Time.UTC()
}

func maybe(t time.Time) pgtype.Timestamptz {
	return pgtype.Timestamptz{Time: t, Valid: !t.IsZero()}
}

func (d *desk) Count(ctx context.Context) (all, setUp int, err error) {
	return countAccounts(ctx, d.q)
}

func countAccounts(ctx context.Context, q *rows.Queries) (all, setUp int, err error) {
	n, err := q.CountAccounts(ctx)
	return int(n.Accounts), int(n.SetUp), mapped(err)
}

func (d *desk) List(ctx context.Context, edition string) (*area.List, error) {
	if known := d.lists[edition]; known != nil {
		return known, nil
	}
	l, err := d.s.edition(ctx, d.q, edition)
	if err == nil {
		d.lists[edition] = l
	}
	return l, err
}

func (d *desk) Record(ctx context.Context, e *access.Event) error {
	if err := e.Seal(d.head); err != nil {
		return err
	}
	d.head = e.Head()
	if err := insertEvent(ctx, d.q, e); err != nil {
		return err
	}
	_, err := d.q.TouchAccount(ctx, int64(e.Revision), string(e.User)) // none yet when it is being made
	return err
}

func (d *desk) AddAccount(ctx context.Context, a *access.Account) error {
	return d.q.InsertAccount(ctx, rows.InsertAccountParams{
		ID: string(a.User), Name: a.Name, Unit: a.Unit, Language: a.Language, PasswordHash: text(a.PasswordHash()),
		DisabledAt: maybe(a.Disabled), CreatedAt: a.Created, Revision: int64(a.Revision),
	})
}

func (d *desk) ChangeAccount(ctx context.Context, a *access.Account) error {
	return written(d.q.UpdateAccount(ctx, rows.UpdateAccountParams{
		ID: string(a.User), Name: a.Name, Unit: a.Unit, Language: a.Language, PasswordHash: text(a.PasswordHash()),
		DisabledAt: maybe(a.Disabled), Revision: int64(a.Revision),
	}))
}

// Caller reads an account that may be used, with its grants, in one query.
func (s *Store) Caller(ctx context.Context, user access.UserID) (access.Caller, error) {
	found, err := s.as(readsAccounts).Caller(ctx, string(user))
	if err == nil && len(found) == 0 {
		err = access.SignInNeeded()
	}
	if err != nil {
		return access.Caller{}, mapped(err)
	}
	c := access.Caller{Account: accountOf(&found[0].Account)}
	for i := range found {
		r := &found[i]
		if !r.Role.Valid {
			continue // nothing was granted
		}
		g := access.Grant{User: user, Edition: r.Edition.String, Area: area.Code(r.AreaCode.String)}
		if g.Role, err = access.ParseRole(r.Role.String); err != nil {
			return c, err
		}
		c.Grants = append(c.Grants, g)
	}
	return c, nil
}

// Account reads an account; fault.NotFound "user-not-found".
func (s *Store) Account(ctx context.Context, user access.UserID) (access.Account, error) {
	return account(ctx, s.as(readsAccounts), user)
}

// Accounts reads the accounts whose names come after one, by name.
func (s *Store) Accounts(ctx context.Context, after access.UserID, limit int) ([]access.Account, error) {
	found, err := s.as(readsAccounts).Accounts(ctx, string(after), int32(limit))
	if err != nil {
		return nil, mapped(err)
	}
	all := make([]access.Account, len(found))
	for i := range found {
		all[i] = accountOf(&found[i])
	}
	return all, nil
}

// CountAccounts says how many accounts there are, and how many have a password.
func (s *Store) CountAccounts(ctx context.Context) (all, setUp int, err error) {
	return countAccounts(ctx, s.as(readsAccounts))
}
