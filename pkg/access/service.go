package access

import (
	"context"
	"time"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
)

// Service is what can be done about accounts: it looks, decides, and has the
// store keep it, in one act.
type Service struct {
	store Store
	now   func() time.Time
	zone  *time.Location
	hash  *hasher

	known   *known
	clients *clients
}

// NewService joins a store with the real clock — accounts live in real time,
// in a trial as well —, the zone in which a token's last day ends, and the
// way passwords are hashed.
func NewService(store Store, now func() time.Time, zone *time.Location, p Passwords) (*Service, error) {
	h, err := newHasher(p)
	if err != nil {
		return nil, err
	}
	exact := func() time.Time { return now().UTC().Truncate(time.Microsecond) } // as it is kept
	return &Service{store: store, now: exact, zone: zone, hash: h, known: newKnown(exact), clients: newClients()}, nil
}

func (s *Service) today() civil.Date { return civil.Of(s.now(), s.zone) }

// change records an event about an account and writes the account as it is now.
func (s *Service) change(ctx context.Context, d Desk, a *Account, e *Event) error {
	e.User = a.User
	if err := s.record(ctx, d, e); err != nil {
		return err
	}
	a.Revision = e.Revision
	return d.ChangeAccount(ctx, a)
}

func (s *Service) record(ctx context.Context, d Desk, e *Event) error {
	e.Recorded = s.now()
	return d.Record(ctx, e)
}

// self refuses what only the user himself may do, with a session, or the
// operator for him.
func (a Actor) self(user UserID) error {
	switch {
	case a.operator || a.User == user && a.Scope == nil:
		return nil
	case a.Scope != nil:
		return fault.New(fault.Forbidden, "token-not-for-this",
			"Mã truy cập không được dùng cho việc này; hãy đăng nhập", "A token is not for this; sign in instead")
	}
	return fault.New(fault.Forbidden, "not-allowed", "Chỉ chính chủ tài khoản được làm việc này", "Only the account's owner may do this")
}

// place finds an area in its edition; the nation is the same in all.
func place(ctx context.Context, d interface {
	List(context.Context, string) (*area.List, error)
}, edition string, code area.Code,
) (*area.List, int, error) {
	if code == area.Nation {
		return area.Edition2021(), 0, nil
	}
	list, err := d.List(ctx, edition)
	if err != nil {
		return nil, 0, err
	}
	i, ok := list.Index(code)
	if !ok {
		_, err = list.Get(code)
	}
	return list, i, err
}

// usable finds an account that is not disabled.
func usable(ctx context.Context, d Desk, user UserID) (Account, error) {
	a, err := d.Account(ctx, user)
	if err == nil && !a.Disabled.IsZero() {
		err = fault.New(fault.Conflict, "user-disabled",
			"Tài khoản %q đã ngừng sử dụng; cho dùng lại trước đã", "The account %q is disabled; enable it first", user)
	}
	return a, err
}
